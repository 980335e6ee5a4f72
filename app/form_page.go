package app

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// The measures of a form's page.
const (
	formPadding    = 18
	formSide       = 340 // width of what stands beside the fields
	formSideBySide = 900 // least width of the page for that
	formGap        = 16
	formColumns    = 12 // between the two columns of fields
	formBar        = 14
	formRing       = 4
)

// formPage is what the pages of the forms have in common: the fields, above
// them what became of the last attempt, below them the buttons; beside them, or
// in a narrow window below them, what is worth knowing of what was typed.
//
// A page draws itself anew whenever its form changes: first renderProblems, then
// what is its own, at the end renderState.
type formPage struct {
	form   *form
	words  formWords
	submit func() // sends the form off
	win    fyne.Window
	root   fyne.CanvasObject

	scroll  *container.Scroll
	column  *fyne.Container // all fields, inside scroll
	fields  map[string]*look.Field
	inputs  map[string]fyne.Focusable // that take the keyboard for a field
	entries []*look.Entry
	locks   []fyne.Disableable // that nobody may touch while the form is locked
	quiet   bool               // a text is set by the page, not typed

	moreLink *look.Button
	moreBox  *fyne.Container // the rarely used fields
	more     bool            // they are shown

	notice       *look.Notice
	told         string // the notice shown last, to scroll to a new one
	again        *look.Button
	cancel, send *look.Button
}

// formWords are the words in which the forms differ.
type formWords struct {
	label         func(field string) string
	again         string // asks once more after a lost answer
	unknown, lost string // title and text of such an answer
	failed        string // title of any other failure
}

func newFormPage(f *form, words formWords, submit func(), win fyne.Window) formPage {
	f.onLose = func() {
		ask(win, question{
			title: t("form.lose"), content: look.NewWrapped(look.Body, t("form.lose.text")), kind: look.Danger,
			confirm: t("form.lose.confirm"), then: f.onClose,
		})
	}
	return formPage{
		form: f, words: words, submit: submit, win: win,
		fields: map[string]*look.Field{}, inputs: map[string]fyne.Focusable{},
		notice: look.NewNotice(look.Expired, look.SymbolExclamation, "", ""),
		again:  look.NewButton(look.Secondary, words.again, submit),
		cancel: look.NewButton(look.Secondary, t("Cancel"), f.close),
		send:   look.NewButton(look.Primary, "", submit),
	}
}

// build puts the page together. side stands beside the fields where there is
// room, narrow below them where there is none; left and alarm, which may be
// nil, stand in the line of the buttons.
func (p *formPage) build(side, narrow, left, alarm fyne.CanvasObject, fields ...fyne.CanvasObject) {
	p.column = look.VBox(look.FieldGap, spaced(0, p.notice))
	p.column.Objects = append(append(p.column.Objects, fields...), narrow)
	buttons := look.HBox(8, p.cancel, p.send)
	if alarm != nil {
		buttons = look.HBox(8, alarm, p.cancel, p.send)
	}
	if left == nil {
		left = look.HBox(0)
	}
	// The bar of the scroll stands in the padding, and so do focus rings.
	p.scroll = look.NewScroll(look.Padded(2, formBar, 4, formRing, p.column))
	card := look.NewCardPadded(0, look.Padded(formPadding-4, formPadding-formBar, formPadding-4, formPadding-formRing,
		look.Border(10, nil, look.Padded(0, formBar, 0, formRing, look.Between(12, left, buttons)), nil, nil, p.scroll)))
	p.root = look.Padded(0, 22, 12, 22, container.New(&besideLayout{narrow: narrow},
		card, look.NewCardPadded(formPadding-1, container.NewVScroll(side))))
}

// spaced keeps room above an object, and none while it is hidden.
func spaced(above float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(spacedLayout{above}, o)
}

// shown takes the keyboard, once the page is in the window.
func (p *formPage) shown() {
	if p.form.focus == "" {
		p.form.focus = p.form.order[0]
	}
	p.takeFocus()
}

// handle takes the keys that no widget wants: Enter sends the form off, Escape
// closes it.
func (p *formPage) handle(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		p.submit()
		return true
	}
	return p.escape(e)
}

// escape closes the form, or stops waiting, with Escape.
func (p *formPage) escape(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		return false
	}
	p.form.close()
	return true
}

// field frames an input and remembers it; focus takes the keyboard for it.
func (p *formPage) field(name string, input fyne.CanvasObject, focus fyne.Focusable) *look.Field {
	return p.remember(name, look.NewField(p.words.label(name), "", input), focus)
}

// remember makes f, which may have been made for another one, the field of that
// name.
func (p *formPage) remember(name string, f *look.Field, focus fyne.Focusable) *look.Field {
	p.fields[name], p.inputs[name] = f, focus
	if d, ok := focus.(fyne.Disableable); ok && !slices.Contains(p.locks, d) {
		p.locks = append(p.locks, d)
	}
	return f
}

// entry lets Enter send the form off from an entry, and tells what is typed.
func (p *formPage) entry(name string, e *look.Entry, typed func(string)) {
	p.entries = append(p.entries, e)
	e.OnChanged = func(text string) {
		if !p.quiet {
			typed(text)
		}
	}
	e.OnSubmitted = func(string) { p.submit() }
	e.OnKey = p.escape
	e.OnFocus = p.follow(name)
}

// paragraph makes an entry of several lines.
func (p *formPage) paragraph(name string, typed func(string)) *look.Entry {
	e := look.NewEntry("")
	e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	e.SetMinRowsVisible(2)
	p.entry(name, e, typed)
	return e
}

// overwritten lets what is typed into a short entry replace what stands there.
func overwritten(e *look.Entry) {
	before := e.OnFocus
	e.OnFocus = func(gained bool) {
		before(gained)
		if gained {
			e.TypedShortcut(&fyne.ShortcutSelectAll{})
		}
	}
}

// day makes the input of a date: typed, or chosen from what open shows. leave
// is told when a date there is complete.
func (p *formPage) day(name, placeholder string, open func(*look.Combo), typed func(string), leave func()) *look.Combo {
	var c *look.Combo
	c = look.NewCombo(placeholder, func() { open(c) })
	p.entry(name, &c.Entry, typed)
	c.OnSubmitted = func(string) {
		leave()
		p.submit()
	}
	p.left(&c.Entry, leave)
	overwritten(&c.Entry)
	return c
}

// left tells when the keyboard leaves an entry.
func (p *formPage) left(e *look.Entry, tell func()) {
	before := e.OnFocus
	e.OnFocus = func(gained bool) {
		before(gained)
		if !gained {
			tell()
		}
	}
}

// openCalendar lets somebody choose a day; now is the clock that the date
// belongs to, at the date that stands there, zero for none.
func openCalendar(under fyne.CanvasObject, at, now time.Time, chosen func(keys.Date)) {
	if at.IsZero() {
		at = now
	}
	look.OpenCalendar(under, calendarTexts(), at, now, func(year int, month time.Month, day int) {
		chosen(keys.Date{Year: year, Month: month, Day: day})
	})
}

// calendarTexts are the words of a calendar.
func calendarTexts() look.CalendarTexts {
	texts := look.CalendarTexts{}
	for i := range texts.Months {
		texts.Months[i] = monthName(time.Month(i + 1))
	}
	copy(texts.Weekdays[:], strings.Fields(t("calendar.weekdays")))
	return texts
}

// check makes a box to tick.
func (p *formPage) check(text string, tick func(bool)) *look.Check {
	c := look.NewCheck(text, "", tick)
	c.OnFocus = func(gained bool) {
		if gained {
			p.reveal(c)
		}
	}
	p.locks = append(p.locks, c)
	return c
}

// entityPicker makes the choice of an entity.
func (p *formPage) entityPicker(name string, chosen func() keys.Entity, choose func(keys.Entity)) *look.Picker {
	entities := func() []keys.Entity { return p.form.work.facts.Entities }
	c := look.NewPicker(t("invite.entities_id.choose"), pickTexts(), func() []look.Option {
		var options []look.Option
		for _, e := range entities() {
			options = append(options, look.Option{Text: e.Name(), Path: shownPath(e.Path), Depth: e.Depth()})
		}
		return options
	}, func() int {
		return slices.IndexFunc(entities(), func(e keys.Entity) bool { return e.ID == chosen().ID })
	}, func(i int) { choose(entities()[i]) })
	c.OnFocus = p.follow(name)
	return c
}

// pickTexts are the words of a list to choose from.
func pickTexts() look.PickTexts {
	return look.PickTexts{Placeholder: t("invite.pick.search"), None: t("palette.none"), Match: func(path, query string) bool {
		return holdsAll(rowtable.Fold(path), strings.Fields(rowtable.Fold(query)))
	}}
}

// shownPath is a path as the forms write it: "Root entity › Paris".
func shownPath(path string) string { return strings.ReplaceAll(path, " > ", " › ") }

// buildMore makes the box of the rarely used fields, and gives the link that
// shows it; the keyboard goes to first then.
func (p *formPage) buildMore(first fyne.Focusable, fields ...fyne.CanvasObject) fyne.CanvasObject {
	p.moreBox = look.VBox(look.FieldGap, fields...)
	p.moreLink = look.NewButton(look.Link, t("invite.more"), func() {
		p.more = !p.more
		p.form.onChange()
		if p.more {
			p.reveal(p.moreBox)
			p.win.Canvas().Focus(first)
		}
	})
	p.moreLink.OnFocus = func(gained bool) {
		if gained {
			p.reveal(p.moreLink)
		}
	}
	return look.Leading(p.moreLink)
}

// write sets an entry's text without taking it for typed.
func (p *formPage) write(e *look.Entry, text string) {
	if e.Text == text {
		return
	}
	p.quiet = true
	e.SetText(text)
	e.CursorColumn = min(e.CursorColumn, len([]rune(text)))
	p.quiet = false
}

// writeDay is write for a date, which what is typed next replaces.
func (p *formPage) writeDay(c *look.Combo, text string) {
	if c.Text == text {
		return
	}
	p.write(&c.Entry, text)
	if p.win.Canvas().Focused() == fyne.Focusable(c) {
		c.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
}

// renderProblems says at each field what is wrong with it, and shows the rarely
// used fields if one of these, rare, is refused.
func (p *formPage) renderProblems(rare ...string) {
	for name, field := range p.fields {
		field.SetError(p.form.problems[name])
	}
	if slices.ContainsFunc(rare, func(name string) bool { return p.form.problems[name] != "" }) {
		p.more = true
	}
}

// renderState draws how far the form is: locked or not, how the last attempt
// ended, and what the buttons do. able are the inputs with a rule of their own.
func (p *formPage) renderState(send string, able map[fyne.Disableable]bool) {
	f := p.form
	for _, o := range p.locks {
		on, own := able[o]
		enable(o, !f.locked() && (on || !own))
	}
	p.send.SetBusy(f.busy())
	p.send.SetText(send)
	if f.unknown {
		p.send.SetText(p.words.again)
	}
	p.cancel.SetText(t("Cancel"))
	if f.busy() {
		p.cancel.SetText(t("invite.stop"))
	}
	show(p.moreBox, p.more)
	p.moreLink.SetSymbols(disclosure(p.more), look.NoSymbol)
	p.renderNotice()
	p.root.Refresh()
	p.takeFocus()
	p.tell()
}

// renderNotice says what became of the last attempt.
func (p *formPage) renderNotice() {
	f := p.form
	show(p.notice, f.unknown && !f.busy() || f.failure != nil)
	switch {
	case f.unknown:
		text := p.words.lost
		if c := keys.CauseOf(f.failure); f.failure != nil && c != keys.OutcomeUnknown && c != keys.TimedOut {
			text = sentence(f.failure) + " " + text
		}
		p.notice.Set(look.Soon, look.SymbolWarning, p.words.unknown, text)
		p.notice.SetButtons(p.again)
	case f.failure != nil:
		p.notice.Set(look.Expired, look.SymbolExclamation, p.words.failed, sentence(f.failure))
		p.notice.SetButtons()
	}
}

// tell scrolls to a notice that has just appeared.
func (p *formPage) tell() {
	told := ""
	if p.notice.Visible() {
		told = p.words.failed + sentence(p.form.failure)
	}
	if told != p.told && told != "" {
		p.scroll.ScrollToTop()
	}
	p.told = told
}

// takeFocus puts the keyboard where the form wants it.
func (p *formPage) takeFocus() {
	name := p.form.focus
	input := p.inputs[name]
	if input == nil || p.form.busy() || fyne.CurrentApp().Driver().CanvasForObject(p.root) == nil {
		return
	}
	p.form.focus = ""
	for _, e := range p.entries {
		toEnd(e)
	}
	p.win.Canvas().Focus(input)
	p.reveal(p.fields[name])
}

// toEnd puts the cursor behind what stands in an entry, unless that is too long
// for it: then its beginning is to be seen.
func toEnd(e *look.Entry) {
	room := e.Size().Width - 2*theme.InnerPadding()
	if !e.MultiLine && fyne.MeasureText(e.Text, theme.TextSize(), e.TextStyle).Width < room {
		e.CursorColumn = len([]rune(e.Text))
	}
}

// follow scrolls to a field that gains the keyboard, unless it was pressed: then
// it is in sight.
func (p *formPage) follow(name string) func(bool) {
	return func(gained bool) {
		input, ok := p.inputs[name].(interface{ Pressed() bool })
		if pressed := ok && input.Pressed(); gained && !pressed && p.fields[name] != nil {
			p.reveal(p.fields[name])
		}
	}
}

// reveal scrolls until an object is in sight. What was hidden until now has no
// place on the canvas yet: the box that holds it is shown instead.
func (p *formPage) reveal(o fyne.CanvasObject) {
	if p.scroll == nil || p.scroll.Size().Height == 0 {
		return
	}
	content := p.scroll.Content // may have grown since it was last laid out
	content.Resize(p.scroll.Size().Max(content.MinSize()))
	driver := fyne.CurrentApp().Driver()
	top := p.column.Position().Y + p.moreBox.Position().Y
	if o == p.moreBox || driver.CanvasForObject(o) == nil {
		o = p.moreBox
	} else {
		top = driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(content).Y
	}
	look.Reveal(p.scroll, top, top+o.Size().Height+formPadding)
}

// besideLayout puts what belongs to the fields beside them where there is room;
// where there is none, narrow is shown below them instead.
type besideLayout struct{ narrow fyne.CanvasObject }

// Layout implements fyne.Layout.
func (l *besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	fields, side := objects[0], objects[1]
	wide := size.Width >= formSideBySide
	show(side, wide)
	show(l.narrow, !wide)
	width := size.Width
	if wide {
		width -= formSide + formGap
		side.Move(fyne.NewPos(width+formGap, 0))
		side.Resize(fyne.NewSize(formSide, size.Height))
	}
	fields.Move(fyne.NewPos(0, 0))
	fields.Resize(fyne.NewSize(width, size.Height))
}

// MinSize implements fyne.Layout.
func (l *besideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize()
}
