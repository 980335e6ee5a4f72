package app

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyFormView is the page of a key's form: the key at the top, then what it is
// for; beside it what the key looks like and what to know.
type keyFormView struct {
	f    *keyForm
	acts frameActs
	root fyne.CanvasObject

	scroll *container.Scroll
	column *fyne.Container
	fields map[string]*look.Field
	inputs map[string]fyne.Focusable
	texts  map[string]*look.Entry // that hold a text of the draft as it is
	quiet  bool

	key            *look.Entry
	product        *look.Entry
	begin, end     *look.Combo
	plugin         *look.Combo
	entity         *look.Picker
	scope, kept    *look.Picker
	network, trial *look.Check
	renews, below  *look.Check
	closeNow       *look.Check
	closeHint      fyne.CanvasObject
	proposals      *fyne.Container
	starts         *look.Chips
	periods        *fyne.Container
	moreLink       *look.Button
	moreBox        *fyne.Container
	more           bool

	notice *look.Notice
	again  *look.Button
	sides  []*keySide
	cancel *look.Button
	save   *look.Button
	locks  []fyne.Disableable
}

// keySide is what stands beside the fields, or below them in a narrow window.
type keySide struct {
	shape, repairs, fields *look.Text
	odd, doubts, kept      *look.Notice
	root                   *fyne.Container
}

func newKeySide() *keySide {
	s := &keySide{
		shape: look.NewWrapped(look.Body, ""), repairs: look.NewWrapped(look.Body, ""), fields: look.NewWrapped(look.Mono, ""),
		odd:    look.NewNotice(look.Soon, look.SymbolWarning, "", ""),
		doubts: look.NewNotice(look.Soon, look.SymbolWarning, t("keywork.form.doubts"), ""),
		kept:   look.NewNotice(look.Info, look.SymbolLock, t("keywork.form.readers"), ""),
	}
	s.repairs.SetColor(look.OK.Text())
	s.root = look.VBox(10, look.NewText(look.Bold, t("keywork.form.shape")), s.shape, s.repairs, s.fields, s.odd, s.doubts, s.kept)
	return s
}

// render says what the presenter knows of the key.
func (s *keySide) render(f *keyForm) {
	set := func(o fyne.CanvasObject, text string) { show(o, text != "") }
	shape, odd := f.shapeText()
	s.shape.SetText(shape)
	s.repairs.SetText(f.repairText())
	set(s.repairs, s.repairs.Text())
	s.fields.SetText(f.fieldsText())
	set(s.fields, s.fields.Text())
	s.odd.Set(look.Soon, look.SymbolWarning, "", t("keywork.form.odd"))
	show(s.odd, odd)
	doubts := strings.Join(f.doubts(), "\n")
	s.doubts.Set(look.Soon, look.SymbolWarning, t("keywork.form.doubts"), doubts)
	set(s.doubts, doubts)
	kept, warn := f.keptNote()
	tone, symbol := look.Info, look.SymbolLock
	if warn {
		tone, symbol = look.Soon, look.SymbolWarning
	}
	s.kept.Set(tone, symbol, t("keywork.form.readers"), kept)
	s.root.Refresh()
}

// newKeyFormView builds the page and keeps it up to date. Call shown once its
// root is in the window.
func newKeyFormView(f *keyForm, acts frameActs) *keyFormView {
	v := &keyFormView{
		f: f, acts: acts, fields: map[string]*look.Field{}, inputs: map[string]fyne.Focusable{}, texts: map[string]*look.Entry{},
	}
	for _, field := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} { // the language may be another now
		if d := f.draft.dayOf(field); !d.day.IsZero() {
			d.text = dayText(d.day)
		}
	}
	v.build()
	f.onChange = v.render
	f.onType = v.askType
	v.render()
	return v
}

func (v *keyFormView) shown() { v.takeFocus() }

// handle takes the keys that no widget wants.
func (v *keyFormView) handle(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		v.f.submit()
		return true
	}
	return v.escape(e)
}

func (v *keyFormView) escape(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		return false
	}
	v.f.close()
	return true
}

func (v *keyFormView) build() {
	v.notice = look.NewNotice(look.Expired, look.SymbolExclamation, "", "")
	v.again = look.NewButton(look.Secondary, t("keywork.form.again"), v.f.submit)
	beside, beneath := newKeySide(), newKeySide()
	v.sides = []*keySide{beside, beneath}
	narrow := look.Padded(8, 0, 0, 0, beneath.root)
	v.column = look.VBox(look.FieldGap,
		spaced(0, v.notice),
		v.buildKey(),
		v.buildRenewal(),
		v.buildProduct(),
		look.Equal(formColumns, v.buildEntity(), v.buildKept()),
		look.Equal(formColumns, v.buildDay(keys.KeyFieldBegin), v.buildDay(keys.KeyFieldEnd)),
		look.Padded(0, 0, 8, 0, v.buildPeriods()),
		look.Equal(formColumns, v.buildScope(), v.buildPlugin()),
		look.Equal(formColumns,
			v.text(keys.KeyFieldBoundTo, func(d *keyDraft) *string { return &d.boundTo }),
			v.text(keys.KeyFieldInstance, func(d *keyDraft) *string { return &d.instance })),
		v.buildChecks(),
		look.Padded(6, 0, 0, 0, look.Equal(formColumns,
			v.text(keys.KeyFieldSupplier, func(d *keyDraft) *string { return &d.supplier }),
			v.text(keys.KeyFieldNumber, func(d *keyDraft) *string { return &d.number }))),
		look.Equal(formColumns,
			v.text(keys.KeyFieldContact, func(d *keyDraft) *string { return &d.contact }),
			v.text(keys.KeyFieldContactNum, func(d *keyDraft) *string { return &d.contactNum })),
		v.buildMore(),
		narrow,
	)
	v.scroll = container.NewVScroll(look.Padded(2, formBar, 4, formRing, v.column))
	card := look.NewCardPadded(0, look.Padded(formPadding-4, formPadding-formBar, formPadding-4, formPadding-formRing,
		look.Border(10, nil, look.Padded(0, formBar, 0, formRing, v.buildButtons()), nil, nil, v.scroll)))
	side := look.NewCardPadded(formPadding-1, container.NewVScroll(beside.root))
	v.root = look.Padded(0, 22, 12, 22, container.New(&besideLayout{narrow: narrow}, card, side))
}

func (v *keyFormView) field(name string, input fyne.CanvasObject, focus fyne.Focusable) *look.Field {
	v.fields[name] = look.NewField(t("keywork.field."+name), "", input)
	v.inputs[name] = focus
	if d, ok := focus.(fyne.Disableable); ok {
		v.locks = append(v.locks, d)
	}
	return v.fields[name]
}

func (v *keyFormView) entry(name string, e *look.Entry, typed func(string)) {
	e.OnChanged = func(text string) {
		if !v.quiet {
			typed(text)
		}
	}
	if !e.MultiLine {
		e.OnSubmitted = func(string) { v.f.submit() }
	}
	e.OnKey = v.escape
	e.OnFocus = v.follow(name)
}

func (v *keyFormView) follow(name string) func(bool) {
	return func(gained bool) {
		if gained && v.fields[name] != nil {
			v.reveal(v.fields[name])
		}
	}
}

// text is a field for one of the draft's texts.
func (v *keyFormView) text(name string, of func(*keyDraft) *string) *look.Field {
	e := look.NewEntry("")
	v.entry(name, e, func(text string) { v.f.edit(name, func(d *keyDraft) { *of(d) = text }) })
	v.texts[name] = e
	return v.field(name, e, e)
}

func (v *keyFormView) buildKey() fyne.CanvasObject {
	f := v.f
	v.key = look.NewEntry(t("keywork.value.placeholder"))
	if f.kind == keyFormEdit && f.of.Block.Fingerprint != "" {
		v.key.PlaceHolder = t("keywork.value.replace")
	}
	v.key.MultiLine, v.key.Wrapping = true, fyne.TextWrapBreak
	v.key.TextStyle = fyne.TextStyle{Monospace: true}
	v.key.SetMinRowsVisible(3)
	v.entry(keys.KeyFieldValue, v.key, f.typeKey)
	v.key.OnFocus = func(gained bool) {
		v.follow(keys.KeyFieldValue)(gained)
		if !gained {
			f.settleKey()
		}
	}
	file := look.NewButton(look.Link, t("keywork.form.file"), v.chooseFile)
	v.locks = append(v.locks, file)
	field := v.field(keys.KeyFieldValue, v.key, v.key)
	field.SetNote(look.Neutral, look.NoSymbol, t("keywork.form.drop"))
	return look.VBox(0, field, look.Between(8, look.HBox(0), file))
}

// chooseFile asks for a file with a key.
func (v *keyFormView) chooseFile() {
	d := dialog.NewFileOpen(func(from fyne.URIReadCloser, err error) {
		if err != nil || from == nil {
			return
		}
		_ = from.Close()
		v.f.readFile(from.URI().Path())
	}, v.acts.win)
	openIn(d, v.f.k.work.deps.Preferences.Get().Folder)
	showFileDialog(d, v.acts.win)
}

// openIn begins a file dialog in a folder, if it is there.
func openIn(d *dialog.FileDialog, folder string) {
	if folder == "" {
		return
	}
	if at, err := storage.ListerForURI(storage.NewFileURI(folder)); err == nil {
		d.SetLocation(at)
	}
}

func (v *keyFormView) buildProduct() fyne.CanvasObject {
	v.product = look.NewEntry(t("keywork.product.placeholder"))
	v.entry(keys.KeyFieldProduct, v.product, v.f.typeProduct)
	v.proposals = look.Flow(6)
	return look.VBox(2,
		look.Equal(formColumns, v.field(keys.KeyFieldProduct, v.product, v.product),
			v.text(keys.KeyFieldName, func(d *keyDraft) *string { return &d.name })),
		v.proposals)
}

func (v *keyFormView) buildEntity() fyne.CanvasObject {
	f := v.f
	v.entity = look.NewPicker(t("invite.entities_id.choose"), pickTexts(), func() []look.Option {
		var options []look.Option
		for _, e := range f.k.work.facts.Entities {
			options = append(options, look.Option{Text: e.Name(), Path: shownPath(e.Path), Depth: e.Depth()})
		}
		return options
	}, func() int {
		return slices.IndexFunc(f.k.work.facts.Entities, func(e keys.Entity) bool { return e.ID == f.draft.entity.ID })
	}, func(i int) {
		f.edit(keys.KeyFieldEntity, func(d *keyDraft) { d.entity = f.k.work.facts.Entities[i] })
	})
	v.entity.OnFocus = v.follow(keys.KeyFieldEntity)
	return v.field(keys.KeyFieldEntity, v.entity, v.entity)
}

// keyPlaces are where a text can be kept, in the order in which they are
// offered.
var keyPlaces = []keys.Place{keys.PlaceComputer, keys.PlaceGLPI, keys.PlaceNowhere}

func (v *keyFormView) buildKept() fyne.CanvasObject {
	f := v.f
	v.kept = look.NewMenuPicker("", func() []*fyne.MenuItem {
		var items []*fyne.MenuItem
		for _, place := range keyPlaces {
			item := fyne.NewMenuItem(t("keywork.kept."+string(place)), func() {
				f.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = place })
			})
			item.Disabled = place == keys.PlaceComputer && f.k.work.deps.KeyTexts == nil
			items = append(items, item)
		}
		return items
	})
	v.kept.OnFocus = v.follow(keys.KeyFieldKept)
	return v.field(keys.KeyFieldKept, v.kept, v.kept)
}

func (v *keyFormView) buildDay(name string) fyne.CanvasObject {
	f := v.f
	var c *look.Combo
	c = look.NewCombo(t("keywork.field."+name+".none"), func() {
		at := f.draft.dayOf(name).day.Time()
		if f.draft.dayOf(name).day.IsZero() {
			at = f.now()
		}
		look.OpenCalendar(c, calendarTexts(), at, f.now(), func(year int, month time.Month, day int) {
			f.typeDay(name, keys.Date{Year: year, Month: month, Day: day}.String())
			f.settleDay(name)
		})
	})
	v.entry(name, &c.Entry, func(text string) { f.typeDay(name, text) })
	c.OnSubmitted = func(string) {
		f.settleDay(name)
		f.submit()
	}
	c.OnFocus = func(gained bool) {
		v.follow(name)(gained)
		if !gained {
			f.settleDay(name)
		}
	}
	overwritten(&c.Entry)
	if name == keys.KeyFieldBegin {
		v.begin = c
	} else {
		v.end = c
	}
	return v.field(name, c, c)
}

// keyPeriods are the usual lengths of a period, in months.
var keyPeriods = []int{1, 12, 24, 36}

func (v *keyFormView) buildPeriods() fyne.CanvasObject {
	v.periods = look.Flow(6)
	for _, months := range keyPeriods {
		text := tn("keywork.months", months, map[string]any{"N": months})
		if months%12 == 0 {
			text = tn("keywork.years", months/12, map[string]any{"N": months / 12})
		}
		v.periods.Add(look.NewChip(text, func() { v.f.setMonths(months) }))
	}
	return v.periods
}

// renewalStarts are the days from which a renewed period can count.
var renewalStarts = []keys.RenewalStart{keys.FromOldEnd, keys.FromToday, keys.FromTodayIfEnded}

// buildRenewal is what only a renewal asks.
func (v *keyFormView) buildRenewal() fyne.CanvasObject {
	var names []string
	for _, from := range renewalStarts {
		names = append(names, t("keywork.renew."+string(from)))
	}
	v.starts = look.NewChips(names, func(i int) { v.f.setFrom(renewalStarts[i]) })
	v.closeNow = look.NewCheck(t("keywork.renew.close_now"), "", func(on bool) {
		v.f.closeNow = on
		v.f.onChange()
	})
	v.closeHint = look.Padded(0, 0, 6, 22, look.NewWrapped(look.Muted, t("keywork.renew.close_hint")))
	box := look.VBox(6, look.NewText(look.SmallBold, t("keywork.renew.from")), v.starts, v.closeNow, v.closeHint)
	box.Hidden = v.f.kind != keyFormRenew
	return box
}

func (v *keyFormView) buildScope() fyne.CanvasObject {
	f := v.f
	v.scope = look.NewMenuPicker("", func() []*fyne.MenuItem {
		var items []*fyne.MenuItem
		for _, scope := range []keys.Scope{keys.ScopeInstance, keys.ScopePlugin, keys.ScopePluginURL} {
			items = append(items, fyne.NewMenuItem(t("keywork.scope."+string(scope)), func() {
				f.edit(keys.KeyFieldScope, func(d *keyDraft) {
					d.scope = scope
					d.network = d.network && scope == keys.ScopeInstance
				})
			}))
		}
		return items
	})
	v.scope.OnFocus = v.follow(keys.KeyFieldScope)
	return v.field(keys.KeyFieldScope, v.scope, v.scope)
}

func (v *keyFormView) buildPlugin() fyne.CanvasObject {
	f := v.f
	set := func(text string) { f.edit(keys.KeyFieldPlugin, func(d *keyDraft) { d.plugin = text }) }
	v.plugin = look.NewCombo(t("keywork.plugin.placeholder"), func() {
		var options []look.Option
		for _, p := range f.plugins {
			options = append(options, look.Option{Text: p.Folder, Path: p.Name + " " + p.Folder, Detail: p.Name})
		}
		texts := pickTexts()
		if len(options) == 0 {
			texts.None = t("keywork.plugin.none")
		}
		look.OpenPickList(v.plugin, texts, options, -1, "", func(i int) { set(f.plugins[i].Folder) })
	})
	v.entry(keys.KeyFieldPlugin, &v.plugin.Entry, set)
	return v.field(keys.KeyFieldPlugin, v.plugin, v.plugin)
}

func (v *keyFormView) check(name, text string, change func(*keyDraft, bool)) *look.Check {
	c := look.NewCheck(t(text), "", func(on bool) {
		v.f.edit(name, func(d *keyDraft) { change(d, on) })
	})
	c.OnFocus = func(gained bool) {
		if gained {
			v.reveal(c)
		}
	}
	v.locks = append(v.locks, c)
	return c
}

func (v *keyFormView) buildChecks() fyne.CanvasObject {
	v.network = v.check(keys.KeyFieldVendor, "keywork.network", func(d *keyDraft, on bool) { d.network = on })
	v.renews = v.check(keys.KeyFieldAutoRenews, "keywork.renews", func(d *keyDraft, on bool) { d.renews = on })
	v.trial = look.NewCheck(t("keywork.trial"), "", v.f.setTrial)
	v.locks = append(v.locks, v.trial)
	v.below = v.check(keys.KeyFieldEntity, "keywork.below", func(d *keyDraft, on bool) { d.below = on })
	return look.VBox(2, v.network, v.trial, v.renews, v.below)
}

func (v *keyFormView) buildMore() fyne.CanvasObject {
	notes := look.NewEntry("")
	notes.MultiLine, notes.Wrapping = true, fyne.TextWrapWord
	notes.SetMinRowsVisible(2)
	v.entry(keys.KeyFieldNotes, notes, func(text string) { v.f.edit(keys.KeyFieldNotes, func(d *keyDraft) { d.notes = text }) })
	v.texts[keys.KeyFieldNotes] = notes
	v.moreBox = look.VBox(look.FieldGap,
		look.Equal(formColumns,
			v.text(keys.KeyFieldOwner, func(d *keyDraft) *string { return &d.owner }),
			v.text(keys.KeyFieldReminders, func(d *keyDraft) *string { return &d.reminders })),
		v.field(keys.KeyFieldNotes, notes, notes))
	v.more = v.f.draft.owner+v.f.draft.reminders+v.f.draft.notes != ""
	v.moreLink = look.NewButton(look.Link, t("invite.more"), func() {
		v.more = !v.more
		v.render()
		if v.more {
			v.reveal(v.moreBox)
		}
	})
	return look.VBox(4, look.Leading(v.moreLink), v.moreBox)
}

func (v *keyFormView) buildButtons() fyne.CanvasObject {
	v.cancel = look.NewButton(look.Secondary, t("Cancel"), v.f.close)
	v.save = look.NewButton(look.Primary, "", v.f.submit)
	return look.Between(12, look.HBox(0), look.HBox(8, v.cancel, v.save))
}

// render shows what the presenter holds now.
func (v *keyFormView) render() {
	v.quiet = true
	v.renderInputs()
	v.quiet = false
	v.renderNotes()
	for _, s := range v.sides {
		s.render(v.f)
	}
	v.renderNotice()
	v.renderLock()
	v.root.Refresh()
	v.takeFocus()
}

func (v *keyFormView) renderInputs() {
	d := &v.f.draft
	write := func(e *look.Entry, text string) {
		if e.Text != text {
			e.SetText(text)
			e.CursorColumn = min(e.CursorColumn, len([]rune(text)))
		}
	}
	write(v.key, d.text)
	write(v.product, d.product)
	for name, text := range map[string]string{
		keys.KeyFieldName: d.name, keys.KeyFieldBoundTo: d.boundTo, keys.KeyFieldInstance: d.instance,
		keys.KeyFieldSupplier: d.supplier, keys.KeyFieldNumber: d.number, keys.KeyFieldContact: d.contact,
		keys.KeyFieldContactNum: d.contactNum, keys.KeyFieldOwner: d.owner, keys.KeyFieldReminders: d.reminders,
		keys.KeyFieldNotes: d.notes,
	} {
		write(v.texts[name], text)
	}
	v.texts[keys.KeyFieldName].SetPlaceHolder(d.product)
	for _, c := range []struct {
		combo *look.Combo
		text  string
	}{{v.begin, d.begin.text}, {v.end, d.end.text}, {v.plugin, d.plugin}} {
		if c.combo.Text != c.text {
			c.combo.SetText(c.text)
		}
	}
	v.entity.SetText(shownPath(d.entity.Path))
	v.kept.SetText(t("keywork.kept." + string(d.kept)))
	if !v.f.hasKey() {
		v.kept.SetText(t("keywork.kept.no_text"))
	}
	scope := d.scope
	if scope == "" {
		scope = keys.ScopeInstance
	}
	v.scope.SetText(t("keywork.scope." + string(scope)))
	v.network.SetChecked(d.network)
	v.trial.SetChecked(d.trial)
	v.renews.SetChecked(d.renews)
	v.below.SetChecked(d.below)
	v.closeNow.SetChecked(v.f.closeNow)
	if v.f.kind == keyFormRenew {
		v.starts.Select(slices.Index(renewalStarts, v.f.from))
		show(v.closeNow, v.f.creates())
		show(v.closeHint, v.f.creates())
	}
	v.renderProposals()
}

// renderProposals offers the Software of GLPI that match.
func (v *keyFormView) renderProposals() {
	found := v.f.proposals()
	v.proposals.RemoveAll()
	for _, p := range found {
		v.proposals.Add(look.NewChip(p.Name, func() { v.f.chooseProduct(p) }))
	}
	show(v.proposals, len(found) > 0)
}

// renderNotes shows what is said under the fields.
func (v *keyFormView) renderNotes() {
	f := v.f
	for name, field := range v.fields {
		field.SetError(f.problems[name])
		field.SetNote(look.Neutral, look.NoSymbol, "")
	}
	for _, name := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} {
		v.fields[name].SetNote(look.Neutral, look.NoSymbol, f.dayNote(name))
	}
	v.fields[keys.KeyFieldValue].SetNote(look.Neutral, look.NoSymbol, t("keywork.form.drop"))
	if text := f.repairText(); text != "" {
		v.fields[keys.KeyFieldValue].SetNote(look.OK, look.SymbolCheck, text)
	}
	product := v.fields[keys.KeyFieldProduct]
	switch name := strings.TrimSpace(f.draft.product); {
	case name == "":
		product.SetNote(look.Neutral, look.NoSymbol, t("keywork.product.hint"))
	case f.draft.productID != 0:
		product.SetNote(look.OK, look.SymbolCheck, t("keywork.product.known"))
	case f.productsOf == name:
		product.SetNote(look.Neutral, look.NoSymbol, t("keywork.product.new"))
	}
	v.fields[keys.KeyFieldReminders].SetNote(look.Neutral, look.NoSymbol, t("keywork.reminders.hint"))
	if p := f.problems; p[keys.KeyFieldOwner]+p[keys.KeyFieldReminders]+p[keys.KeyFieldNotes] != "" {
		v.more = true
	}
	show(v.moreBox, v.more)
	v.moreLink.SetSymbols(disclosure(v.more), look.NoSymbol)
}

func (v *keyFormView) renderNotice() {
	f := v.f
	show(v.notice, f.unknown && !f.busy() || f.failure != nil)
	switch {
	case f.unknown:
		text := t("keywork.form.unknown_text")
		if c := keys.CauseOf(f.failure); f.failure != nil && c != keys.OutcomeUnknown && c != keys.TimedOut {
			text = sentence(f.failure) + " " + text
		}
		v.notice.Set(look.Soon, look.SymbolWarning, t("keywork.form.unknown"), text)
		v.notice.SetButtons(v.again)
	case f.failure != nil:
		v.notice.Set(look.Expired, look.SymbolExclamation, t("keywork.form.failed"), sentence(f.failure))
		v.notice.SetButtons()
	}
	if v.notice.Visible() && !f.busy() {
		v.scroll.ScrollToTop()
	}
}

func (v *keyFormView) renderLock() {
	f := v.f
	for _, o := range v.locks {
		enable(o, !f.locked())
	}
	enable(v.kept, !f.locked() && f.hasKey() && (f.kind != keyFormRenew || f.creates()))
	enable(v.plugin, !f.locked() && f.draft.scope != keys.ScopeInstance && f.draft.scope != "")
	v.save.SetBusy(f.busy())
	switch {
	case f.unknown:
		v.save.SetText(t("keywork.form.again"))
	case f.kind == keyFormNew:
		v.save.SetText(t("keywork.form.add"))
	case f.kind == keyFormRenew && f.creates():
		v.save.SetText(t("keywork.form.renew_key"))
	case f.kind == keyFormRenew:
		v.save.SetText(t("keywork.form.renew_end"))
	default:
		v.save.SetText(t("keywork.form.save"))
	}
	v.cancel.SetText(t("Cancel"))
	if f.busy() {
		v.cancel.SetText(t("invite.stop"))
	}
}

// takeFocus puts the keyboard where the presenter wants it.
func (v *keyFormView) takeFocus() {
	input := v.inputs[v.f.focus]
	if input == nil || v.f.busy() || fyne.CurrentApp().Driver().CanvasForObject(v.root) == nil {
		return
	}
	name := v.f.focus
	v.f.focus = ""
	v.acts.win.Canvas().Focus(input)
	v.reveal(v.fields[name])
}

// reveal scrolls until an object is in sight.
func (v *keyFormView) reveal(o fyne.CanvasObject) {
	if v.scroll == nil || v.scroll.Size().Height == 0 {
		return
	}
	content := v.scroll.Content
	content.Resize(v.scroll.Size().Max(content.MinSize()))
	driver := fyne.CurrentApp().Driver()
	if driver.CanvasForObject(o) == nil {
		return
	}
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(content).Y
	bottom := top + o.Size().Height + formPadding
	switch height := v.scroll.Size().Height; {
	case top < v.scroll.Offset.Y:
		v.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > v.scroll.Offset.Y+height:
		v.scroll.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

// askType asks before GLPI gets a new licence type.
func (v *keyFormView) askType() { askKeyType(v.acts.win, v.f.agreeType) }

// askKeyType asks before GLPI gets the licence type of registration keys.
func askKeyType(win fyne.Window, answer func(bool)) {
	ask(win, question{
		title: t("keywork.type.title"), content: look.NewWrapped(look.Body, t("keywork.type.text")), kind: look.Primary,
		confirm: t("keywork.type.confirm"), then: func() { answer(true) },
	})
}

// readFile takes the key from a file.
func (f *keyForm) readFile(path string) {
	w := f.k.work
	if f.locked() {
		return
	}
	task.Run(w.tasks, slotKeyFile, readKeyFile(path), func(text string, err error) {
		if err != nil {
			f.problems[keys.KeyFieldValue] = sentence(err)
			f.onChange()
			return
		}
		f.typeKey(text)
		f.settleKey()
	})
}
