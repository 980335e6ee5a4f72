package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// The measures of the form.
const (
	formPadding   = 18
	formPreview   = 340 // width of the preview at the side
	formSideBySde = 900 // least width of the page for that
	formGap       = 16
	formColumns   = 12 // between the two columns of fields
	formChoice    = 118
	formBar       = 14
	formRing      = 4
)

// invitationFormView is the page for a new invitation: the fields in two
// columns, beside them what people will see.
type invitationFormView struct {
	f    *invitationForm
	acts frameActs
	root fyne.CanvasObject

	scroll *container.Scroll
	column *fyne.Container // all fields, inside scroll
	fields map[string]*look.Field
	inputs map[string]fyne.Focusable // that take the keyboard for a field
	quiet  bool                      // texts are set by render, not typed
	more   bool                      // the rarely used fields are shown
	of     string                    // the draft that this was decided for
	told   string                    // the notice shown last, to scroll to a new one
	locked bool

	label, comment, uses, days, domain *look.Entry
	begin, end, accountEnd             *look.Combo
	entity, profile, accounts          *look.Picker
	groups, domains                    *look.Tags
	addGroup                           *look.Button
	profileBelow, unlimited, login     *look.Check
	verify, approval, below, once      *look.Check

	notice   *look.Notice
	again    *look.Button
	summary  *look.Rich
	warnings *look.Notice
	moreLink *look.Button
	moreBox  *fyne.Container
	previews []*joinPreview

	startOver, cancel, create *look.Button
	alarm                     *look.Button // says beside the buttons that there are warnings
}

// newInvitationFormView builds the page and keeps it up to date. Call shown
// once its root is in the window.
func newInvitationFormView(f *invitationForm, acts frameActs) *invitationFormView {
	v := &invitationFormView{f: f, acts: acts, fields: map[string]*look.Field{}, inputs: map[string]fyne.Focusable{}}
	for _, field := range momentFields {
		f.settle(field) // the language may be another than when it was typed
	}
	v.build()
	f.onChange = v.render
	v.render()
	return v
}

// momentFields are the fields that hold a date.
var momentFields = []string{keys.FieldBegin, keys.FieldEnd, keys.FieldAccountEnd}

// shown takes the keyboard, once the page is in the window.
func (v *invitationFormView) shown() {
	if v.f.focus == "" {
		v.f.focus = keys.FieldLabel
	}
	v.takeFocus()
}

// key takes the keys that no widget wants: Enter creates, Escape closes.
func (v *invitationFormView) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		v.submit()
		return true
	}
	return v.escape(e)
}

// escape closes the form, or stops waiting, with Escape.
func (v *invitationFormView) escape(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		return false
	}
	v.f.close()
	return true
}

// submit creates the invitation; it is also the command's.
func (v *invitationFormView) submit() { v.f.submit() }

func (v *invitationFormView) build() {
	v.notice = look.NewNotice(look.Expired, look.SymbolExclamation, "", "")
	v.again = look.NewButton(look.Secondary, t("invite.again"), v.submit)
	v.summary = look.NewRich(look.Info, "")
	v.warnings = look.NewNotice(look.Soon, look.SymbolWarning, "", "")
	beside, beneath := newJoinPreview(), newJoinPreview()
	v.previews = []*joinPreview{beside, beneath}
	narrow := look.Padded(14, 0, 0, 0, beneath.root)

	v.column = look.VBox(look.FieldGap,
		spaced(0, v.notice),
		v.buildLabel(),
		look.Equal(formColumns, v.buildEntity(), v.buildProfile()),
		look.Equal(formColumns, v.buildGroups(), v.buildAccounts()),
		look.Equal(formColumns, v.buildUses(), v.buildMoment(keys.FieldEnd)),
		v.buildDomains(),
		v.buildChecks(),
		look.Leading(v.buildMore()),
		v.moreBox,
		look.Padded(6, 0, 0, 0, v.summary),
		spaced(8, v.warnings),
		narrow,
	)
	// The bar of the scroll stands in the padding, and so do focus rings.
	v.scroll = container.NewVScroll(look.Padded(2, formBar, 4, formRing, v.column))
	card := look.NewCardPadded(0, look.Padded(formPadding-4, formPadding-formBar, formPadding-4, formPadding-formRing,
		look.Border(10, nil, look.Padded(0, formBar, 0, formRing, v.buildButtons()), nil, nil, v.scroll)))
	side := look.NewCardPadded(formPadding-1, container.NewVScroll(beside.root))
	v.root = look.Padded(0, 22, 12, 22, container.New(&besideLayout{narrow: narrow}, card, side))
}

// spaced keeps room above an object, and none while it is hidden.
func spaced(above float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(spacedLayout{above}, o)
}

// field frames an input and remembers it.
func (v *invitationFormView) field(name, hint string, input fyne.CanvasObject, focus fyne.Focusable) *look.Field {
	v.fields[name] = look.NewField(t("invite."+name), hint, input)
	v.inputs[name] = focus
	return v.fields[name]
}

// entry makes an entry that Enter sends the form off from.
func (v *invitationFormView) entry(name string, e *look.Entry, typed func(string)) {
	e.OnChanged = func(text string) {
		if !v.quiet {
			typed(text)
		}
	}
	e.OnSubmitted = func(string) { v.submit() }
	e.OnKey = v.escape
	e.OnFocus = v.follow(name)
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

// follow scrolls to a field that gains the keyboard.
func (v *invitationFormView) follow(name string) func(bool) {
	return func(gained bool) {
		if gained && v.fields[name] != nil {
			v.reveal(v.fields[name])
		}
	}
}

func (v *invitationFormView) buildLabel() fyne.CanvasObject {
	v.label = look.NewEntry("")
	v.entry(keys.FieldLabel, v.label, func(text string) {
		v.f.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = text })
	})
	return v.field(keys.FieldLabel, "", v.label, v.label)
}

// pickTexts are the words of a list to choose from.
func pickTexts() look.PickTexts {
	return look.PickTexts{Placeholder: t("invite.pick.search"), None: t("palette.none"), Match: func(path, query string) bool {
		return holdsAll(rowtable.Fold(path), strings.Fields(rowtable.Fold(query)))
	}}
}

// shownPath is a path as the form writes it: "Root entity › Paris".
func shownPath(path string) string { return strings.ReplaceAll(path, " > ", " › ") }

func (v *invitationFormView) buildEntity() fyne.CanvasObject {
	f := v.f
	v.entity = look.NewPicker(t("invite.entities_id.choose"), pickTexts(), func() []look.Option {
		var options []look.Option
		for _, e := range f.work.facts.Entities {
			options = append(options, look.Option{Text: e.Name(), Path: shownPath(e.Path), Depth: e.Depth()})
		}
		return options
	}, func() int {
		return slices.IndexFunc(f.work.facts.Entities, func(e keys.Entity) bool { return e.ID == f.draft.entity.ID })
	}, func(i int) { f.setEntity(f.work.facts.Entities[i]) })
	v.entity.OnFocus = v.follow(keys.FieldEntity)
	return v.field(keys.FieldEntity, "", v.entity, v.entity)
}

func (v *invitationFormView) buildProfile() fyne.CanvasObject {
	f := v.f
	v.profile = look.NewPicker(t("invite.profiles_id.choose"), pickTexts(), func() []look.Option {
		var options []look.Option
		for _, p := range f.profiles() {
			o := look.Option{Text: p.Name}
			if p.Central {
				o.Detail = t("invite.profile.central")
			}
			options = append(options, o)
		}
		return options
	}, func() int {
		return slices.IndexFunc(f.profiles(), func(p keys.Profile) bool { return p.ID == f.draft.profile.ID })
	}, func(i int) {
		f.edit(keys.FieldProfile, func(d *invitationDraft) { d.profile = f.profiles()[i] })
	})
	v.profile.OnFocus = v.follow(keys.FieldProfile)
	return v.field(keys.FieldProfile, "", v.profile, v.profile)
}

func (v *invitationFormView) buildGroups() fyne.CanvasObject {
	f := v.f
	v.addGroup = look.NewButton(look.Link, "", v.chooseGroup)
	v.addGroup.SetSymbols(look.SymbolPlus, look.NoSymbol)
	v.groups = look.NewTags(v.addGroup, f.removeGroup)
	v.addGroup.OnFocus = v.follow(keys.FieldGroups)
	return v.field(keys.FieldGroups, "", v.groups, v.addGroup)
}

// chooseGroup offers the groups that are not chosen yet, or reads them again
// when that failed.
func (v *invitationFormView) chooseGroup() {
	f := v.f
	if f.groupsError != nil {
		f.readGroups()
		f.onChange()
		return
	}
	free := f.freeGroups()
	var options []look.Option
	for _, g := range free {
		options = append(options, look.Option{Text: shownPath(g.Name)})
	}
	texts := pickTexts()
	if len(free) == 0 {
		texts.None = t("invite.groups.none")
	}
	look.OpenPickList(v.groups, texts, options, -1, "", func(i int) { f.addGroup(free[i]) })
}

func (v *invitationFormView) buildAccounts() fyne.CanvasObject {
	f := v.f
	choose := func(kind accountsValid) func() {
		return func() {
			f.edit(keys.FieldAccountEnd, func(d *invitationDraft) { d.accounts = kind })
			f.edit(keys.FieldAccountDays, func(*invitationDraft) {})
		}
	}
	v.accounts = look.NewMenuPicker("", func() []*fyne.MenuItem {
		return []*fyne.MenuItem{
			fyne.NewMenuItem(t("invite.accounts.always"), choose(accountsAlways)),
			fyne.NewMenuItem(t("invite.accounts.until"), choose(accountsUntil)),
			fyne.NewMenuItem(t("invite.accounts.days"), choose(accountsForDays)),
		}
	})
	v.accountEnd = v.moment(keys.FieldAccountEnd)
	v.days = look.NewEntry("")
	v.entry(keys.FieldAccountDays, v.days, func(text string) {
		f.edit(keys.FieldAccountDays, func(d *invitationDraft) { d.accountDays = text })
	})
	overwritten(v.days)
	v.accounts.OnFocus = v.follow(keys.FieldAccountEnd)
	choice := look.NewField(t("invite.accounts"), "", container.New(accountsLayout{}, v.accounts, v.accountEnd, v.days))
	v.fields[keys.FieldAccountEnd], v.fields[keys.FieldAccountDays] = choice, choice
	v.inputs[keys.FieldAccountEnd], v.inputs[keys.FieldAccountDays] = v.accountEnd, v.days
	return choice
}

func (v *invitationFormView) buildUses() fyne.CanvasObject {
	f := v.f
	v.uses = look.NewEntry("")
	v.entry(keys.FieldMaxUses, v.uses, func(text string) {
		f.edit(keys.FieldMaxUses, func(d *invitationDraft) { d.uses = text })
	})
	overwritten(v.uses)
	v.unlimited = v.check(keys.FieldMaxUses, "invite.unlimited", func(d *invitationDraft, on bool) { d.unlimited = on })
	width := fyne.MeasureText(t("invite.unlimited"), 13, fyne.TextStyle{}).Width + 30
	return v.field(keys.FieldMaxUses, "", look.Border(12, nil, nil, nil, look.Leading(look.Wide(width, v.unlimited)), v.uses), v.uses)
}

// check makes a box to tick that belongs to a field.
func (v *invitationFormView) check(name, text string, change func(*invitationDraft, bool)) *look.Check {
	c := look.NewCheck(t(text), "", func(on bool) {
		v.f.edit(name, func(d *invitationDraft) { change(d, on) })
	})
	c.OnFocus = func(gained bool) {
		if gained {
			v.reveal(c)
		}
	}
	return c
}

// moment makes the input of a date: typed, or chosen from a menu and a
// calendar.
func (v *invitationFormView) moment(name string) *look.Combo {
	var c *look.Combo
	c = look.NewCombo(t("invite."+name+".none"), func() { look.OpenMenu(c, v.presets(name, c)...) })
	v.entry(name, &c.Entry, func(text string) { v.f.typeMoment(name, text) })
	c.OnSubmitted = func(string) {
		v.f.leave(name)
		v.submit()
	}
	c.OnFocus = func(gained bool) {
		v.follow(name)(gained)
		if !gained {
			v.f.leave(name)
		}
	}
	overwritten(&c.Entry)
	return c
}

func (v *invitationFormView) buildMoment(name string) fyne.CanvasObject {
	c := v.moment(name)
	if name == keys.FieldBegin {
		v.begin = c
	} else {
		v.end = c
	}
	return v.field(name, "", c, c)
}

// presets are the menu of a date field.
func (v *invitationFormView) presets(name string, c *look.Combo) []*fyne.MenuItem {
	f := v.f
	item := func(text, typed string) *fyne.MenuItem {
		return fyne.NewMenuItem(text, func() {
			f.typeMoment(name, typed)
			f.leave(name)
		})
	}
	days := func(n int) *fyne.MenuItem {
		at := keys.DateOf(f.now()).AddDays(n)
		return item(tn("invite.preset.days", n, map[string]any{"N": n})+" · "+dayText(at), at.String())
	}
	weeks := func(n int) *fyne.MenuItem {
		at := keys.DateOf(f.now()).AddDays(7 * n)
		return item(tn("invite.preset.weeks", n, map[string]any{"N": n})+" · "+dayText(at), at.String())
	}
	calendar := fyne.NewMenuItem(t("invite.preset.day"), func() { v.openCalendar(name, c) })
	none := item(t("invite."+name+".none"), "")
	switch name {
	case keys.FieldBegin:
		return []*fyne.MenuItem{none, days(1), weeks(1), fyne.NewMenuItemSeparator(), calendar}
	case keys.FieldAccountEnd:
		year := keys.DateOf(f.now()).AddMonths(12)
		return []*fyne.MenuItem{
			days(30), item(t("invite.preset.year")+" · "+dayText(year), year.String()),
			item(t("invite.preset.year_end")+" · "+dayText(yearEnd(f.now())), yearEnd(f.now()).String()),
			fyne.NewMenuItemSeparator(), calendar,
		}
	default:
		return []*fyne.MenuItem{days(1), weeks(1), weeks(2), days(30), none, fyne.NewMenuItemSeparator(), calendar}
	}
}

// yearEnd is the last day of the year.
func yearEnd(now time.Time) keys.Date {
	return keys.Date{Year: now.Year(), Month: time.December, Day: 31}
}

func (v *invitationFormView) openCalendar(name string, c *look.Combo) {
	m, _ := v.f.draft.momentOf(name)
	at := m.read.Time
	if at.IsZero() {
		at = v.f.now()
	}
	look.OpenCalendar(c, calendarTexts(), at, v.f.now(), func(year int, month time.Month, day int) {
		v.f.setDay(name, keys.Date{Year: year, Month: month, Day: day})
		v.acts.win.Canvas().Focus(c) // to type a time of day
		c.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
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

func (v *invitationFormView) buildDomains() fyne.CanvasObject {
	f := v.f
	v.domain = look.NewEntry(t("invite.email_domains.placeholder"))
	v.entry(keys.FieldEmailDomains, v.domain, func(text string) { f.typeDomains(text, false) })
	v.domains = look.NewTags(look.Bare(v.domain), f.removeDomain)
	v.domain.OnSubmitted = func(text string) {
		if strings.TrimSpace(text) == "" {
			v.submit()
			return
		}
		f.typeDomains(text, true)
	}
	v.domain.OnFocus = func(gained bool) {
		v.follow(keys.FieldEmailDomains)(gained)
		v.domains.SetFocused(gained)
		if !gained {
			f.typeDomains(v.domain.Text, true)
		}
	}
	v.domain.OnKey = func(e *fyne.KeyEvent) bool {
		if e.Name == fyne.KeyBackspace && v.domain.Text == "" {
			v.domains.RemoveLast()
			return true
		}
		return v.escape(e)
	}
	return v.field(keys.FieldEmailDomains, "", v.domains, v.domain)
}

func (v *invitationFormView) buildChecks() fyne.CanvasObject {
	v.login = v.check("", "invite.login", func(d *invitationDraft, on bool) { d.loginIsEmail = on })
	v.verify = v.check(keys.FieldVerifyEmail, "invite.verify", func(d *invitationDraft, on bool) { d.verify = on })
	v.approval = v.check("", "invite.approval", func(d *invitationDraft, on bool) { d.approval = on })
	return look.VBox(2, v.login, v.noted(keys.FieldVerifyEmail, v.verify), v.approval)
}

// noted gives a box to tick a line for messages.
func (v *invitationFormView) noted(name string, c *look.Check) fyne.CanvasObject {
	v.fields[name], v.inputs[name] = look.NewTightField(c), c
	return v.fields[name]
}

func (v *invitationFormView) buildMore() fyne.CanvasObject {
	f := v.f
	v.comment = look.NewEntry("")
	v.comment.MultiLine = true
	v.comment.Wrapping = fyne.TextWrapWord
	v.comment.SetMinRowsVisible(2)
	v.entry(keys.FieldComment, v.comment, func(text string) {
		f.edit(keys.FieldComment, func(d *invitationDraft) { d.comment = text })
	})
	v.profileBelow = v.check(keys.FieldProfileBelow, "invite.profile_recursive", func(d *invitationDraft, on bool) { d.profileBelow = on })
	v.below = v.check(keys.FieldBelow, "invite.is_recursive", func(d *invitationDraft, on bool) { d.below = on })
	v.once = v.check("", "invite.once", func(d *invitationDraft, on bool) { d.showOnce = on })
	v.moreBox = look.VBox(look.FieldGap,
		look.Equal(formColumns, v.buildMoment(keys.FieldBegin), v.field(keys.FieldComment, "", v.comment, v.comment)),
		look.VBox(2, v.noted(keys.FieldProfileBelow, v.profileBelow), v.noted(keys.FieldBelow, v.below), v.once),
		look.Padded(0, 0, 0, 22, look.NewWrapped(look.Muted, t("invite.once.hint"))))
	v.moreLink = look.NewButton(look.Link, t("invite.more"), func() {
		v.more = !v.more
		v.render()
		if v.more {
			v.reveal(v.moreBox)
			v.acts.win.Canvas().Focus(v.begin)
		}
	})
	return v.moreLink
}

func (v *invitationFormView) buildButtons() fyne.CanvasObject {
	v.startOver = look.NewButton(look.Link, t("invite.start_over"), func() {
		if v.canBringBack() {
			v.f.bringBack()
			return
		}
		v.f.startOver()
		v.f.focus = keys.FieldLabel
		v.takeFocus()
	})
	v.cancel = look.NewButton(look.Secondary, t("invite.cancel"), v.f.close)
	v.create = look.NewButton(look.Primary, t("invite.create"), v.submit)
	v.alarm = look.NewButton(look.Link, "", func() { v.reveal(v.warnings) })
	v.alarm.SetSymbols(look.SymbolWarning, look.NoSymbol)
	return look.Between(12, look.Leading(v.startOver), look.HBox(8, v.alarm, v.cancel, v.create))
}

// canBringBack reports whether what was typed before starting over can be
// brought back without losing anything.
func (v *invitationFormView) canBringBack() bool { return v.f.dropped != nil && !v.f.changed() }

// render shows what the presenter holds now.
func (v *invitationFormView) render() {
	v.renderInputs()
	v.renderNotes()
	v.renderMore()
	v.renderNotice()
	v.summary.SetText(v.f.summary(look.Strong))
	warnings := v.f.warnings()
	v.warnings.Set(look.Soon, look.SymbolWarning, "", strings.Join(warnings, "\n"))
	show(v.warnings, len(warnings) > 0)
	v.alarm.SetText(tn("invite.warnings", len(warnings), map[string]any{"N": len(warnings)}))
	show(v.alarm, len(warnings) > 0)
	for _, p := range v.previews {
		p.render(v.f)
	}
	v.renderLock()
	v.root.Refresh()
	v.takeFocus()
	v.tell()
}

// write sets an entry's text without taking it for typed.
func (v *invitationFormView) write(e *look.Entry, text string) {
	if e.Text == text {
		return
	}
	v.quiet = true
	e.SetText(text)
	e.CursorColumn = min(e.CursorColumn, len([]rune(text)))
	v.quiet = false
}

func (v *invitationFormView) renderInputs() {
	d := &v.f.draft
	v.write(v.label, d.label)
	v.write(v.comment, d.comment)
	v.entity.SetText(shownPath(d.entity.Path))
	v.profile.SetText(d.profile.Name)
	var names []string
	for _, g := range d.groups {
		names = append(names, lastPart(g.Name))
	}
	v.groups.SetTags(names)
	v.accounts.SetText(t([...]string{"invite.accounts.always", "invite.accounts.until", "invite.accounts.days"}[d.accounts]))
	show(v.accountEnd, d.accounts == accountsUntil)
	show(v.days, d.accounts == accountsForDays)
	v.writeCombo(v.accountEnd, d.accountEnd.text)
	v.write(v.days, d.accountDays)
	v.write(v.uses, d.uses)
	v.unlimited.SetChecked(d.unlimited)
	v.writeCombo(v.end, d.end.text)
	v.writeCombo(v.begin, d.begin.text)
	var domains []string
	for _, domain := range d.domains {
		domains = append(domains, shownDomain(domain))
	}
	v.domains.SetTags(domains)
	v.write(v.domain, d.domainText)
	for box, on := range map[*look.Check]bool{
		v.profileBelow: d.profileBelow, v.login: d.loginIsEmail, v.verify: d.verify,
		v.approval: d.approval, v.below: d.below, v.once: d.showOnce,
	} {
		box.SetChecked(on)
	}
}

func (v *invitationFormView) writeCombo(c *look.Combo, text string) {
	if c.Text != text {
		v.quiet = true
		c.SetText(text)
		v.quiet = false
		if v.acts.win.Canvas().Focused() == fyne.Focusable(c) {
			c.TypedShortcut(&fyne.ShortcutSelectAll{})
		}
	}
}

// renderNotes shows what is said under the fields.
func (v *invitationFormView) renderNotes() {
	f := v.f
	for name, field := range v.fields {
		field.SetError(f.problem(name))
	}
	account := v.fields[keys.FieldAccountEnd] // both kinds share it
	account.SetError(cmp.Or(f.problem(keys.FieldAccountEnd), f.problem(keys.FieldAccountDays)))
	account.SetNote(look.Neutral, look.NoSymbol, "")
	if f.draft.accounts == accountsUntil {
		account.SetNote(look.Neutral, look.NoSymbol, f.momentNote(keys.FieldAccountEnd))
	}
	v.fields[keys.FieldLabel].SetNote(look.Neutral, look.NoSymbol, t("invite.name.hint"))
	v.fields[keys.FieldEmailDomains].SetNote(look.Neutral, look.NoSymbol, t("invite.email_domains.hint"))
	for _, name := range []string{keys.FieldBegin, keys.FieldEnd} {
		v.fields[name].SetNote(look.Neutral, look.NoSymbol, f.momentNote(name))
	}
	v.fields[keys.FieldEntity].SetNote(look.Soon, look.SymbolExclamation, f.entityNotice)
	v.renderGroups()
	mail := ""
	if !f.plugin.MailOn {
		mail = t("invite.verify.off")
	}
	v.fields[keys.FieldVerifyEmail].SetNote(look.Neutral, look.NoSymbol, mail)
}

func (v *invitationFormView) renderGroups() {
	f, field := v.f, v.fields[keys.FieldGroups]
	switch {
	case f.groupsNotice != "":
		field.SetNote(look.Soon, look.SymbolExclamation, f.groupsNotice)
	case f.groupsError != nil:
		field.SetNote(look.Expired, look.SymbolExclamation, t("invite.groups.failed")+" "+sentence(f.groupsError))
	case f.groupsBusy():
		field.SetNote(look.Neutral, look.NoSymbol, t("invite.groups.reading"))
	default:
		field.SetNote(look.Neutral, look.NoSymbol, "")
	}
	v.addGroup.SetSymbols(look.SymbolPlus, look.NoSymbol)
	if f.groupsError != nil {
		v.addGroup.SetSymbols(look.SymbolRefresh, look.NoSymbol)
	}
}

// renderMore shows the rarely used fields when they are wanted, hold something
// or are refused.
func (v *invitationFormView) renderMore() {
	p, d := v.f.problems, &v.f.draft
	if p[keys.FieldBegin]+p[keys.FieldComment]+p[keys.FieldProfileBelow]+p[keys.FieldBelow] != "" {
		v.more = true
	}
	if used := d.begin.text + d.comment; v.of != v.f.uuid { // a new draft
		v.of = v.f.uuid
		v.more = used != "" || d.profileBelow || d.below || d.showOnce
	}
	show(v.moreBox, v.more)
	v.moreLink.SetSymbols(disclosure(v.more), look.NoSymbol)
}

// renderNotice says what became of the last attempt.
func (v *invitationFormView) renderNotice() {
	f := v.f
	show(v.notice, f.unknown && !f.busy() || f.failure != nil)
	switch {
	case f.unknown:
		text := t("invite.unknown.text")
		if f.failure != nil && keys.CauseOf(f.failure) != keys.OutcomeUnknown {
			text = sentence(f.failure) + " " + text
		}
		v.notice.Set(look.Soon, look.SymbolWarning, t("invite.unknown.title"), text)
		v.notice.SetButtons(v.again)
	case f.failure != nil:
		v.notice.Set(look.Expired, look.SymbolExclamation, t("invite.failed"), sentence(f.failure))
		v.notice.SetButtons()
	}
}

// renderLock locks the form while GLPI is asked and while nobody knows what it
// did.
func (v *invitationFormView) renderLock() {
	f := v.f
	locked := f.locked()
	for _, o := range []fyne.Disableable{
		v.label, v.comment, v.entity, v.profile, v.addGroup, v.accounts, v.accountEnd, v.days, v.begin, v.end,
		v.domain, v.profileBelow, v.unlimited, v.login, v.approval, v.below, v.once,
	} {
		enable(o, !locked)
	}
	enable(v.uses, !locked && !f.draft.unlimited)
	enable(v.verify, !locked && (f.plugin.MailOn || f.draft.verify))
	v.groups.Lock(locked)
	v.domains.Lock(locked)
	v.create.SetBusy(f.busy())
	v.create.SetText(t("invite.create"))
	if f.unknown {
		v.create.SetText(t("invite.again"))
	}
	v.cancel.SetText(t("invite.cancel"))
	if f.busy() {
		v.cancel.SetText(t("invite.stop"))
	}
	v.startOver.SetText(t("invite.start_over"))
	if v.canBringBack() {
		v.startOver.SetText(t("invite.bring_back"))
	}
	show(v.startOver, (f.changed() || v.canBringBack()) && !f.busy())
	v.locked = locked
}

// takeFocus puts the keyboard where the presenter wants it.
func (v *invitationFormView) takeFocus() {
	name := v.f.focus
	input := v.inputs[name]
	if input == nil || v.f.busy() || fyne.CurrentApp().Driver().CanvasForObject(v.root) == nil {
		return
	}
	v.f.focus = ""
	for _, e := range []*look.Entry{v.label, v.comment, v.uses, v.days, v.domain, &v.begin.Entry, &v.end.Entry, &v.accountEnd.Entry} {
		e.CursorColumn = len([]rune(e.Text))
	}
	v.acts.win.Canvas().Focus(input)
	v.reveal(v.fields[name])
}

// tell scrolls to a notice that has just appeared.
func (v *invitationFormView) tell() {
	told := ""
	if v.notice.Visible() {
		told = t("invite.failed") + sentence(v.f.failure)
	}
	if told != v.told && told != "" {
		v.scroll.ScrollToTop()
	}
	v.told = told
}

// reveal scrolls until an object is in sight. What was hidden until now has no
// place on the canvas yet: the box that holds it is shown instead.
func (v *invitationFormView) reveal(o fyne.CanvasObject) {
	if v.scroll == nil || v.scroll.Size().Height == 0 {
		return
	}
	content := v.scroll.Content // may have grown since it was last laid out
	content.Resize(v.scroll.Size().Max(content.MinSize()))
	driver := fyne.CurrentApp().Driver()
	top := v.column.Position().Y + v.moreBox.Position().Y
	if o == v.moreBox || driver.CanvasForObject(o) == nil {
		o = v.moreBox
	} else {
		top = driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(content).Y
	}
	bottom := top + o.Size().Height + formPadding
	switch height := v.scroll.Size().Height; {
	case top < v.scroll.Offset.Y:
		v.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > v.scroll.Offset.Y+height:
		v.scroll.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

// accountsLayout gives the kind the whole place, or a part of it when there is
// a date or a number besides.
type accountsLayout struct{}

// Layout implements fyne.Layout.
func (accountsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	kind, rest := size.Width, fyne.CanvasObject(nil)
	for _, o := range objects[1:] {
		if o.Visible() {
			kind, rest = formChoice, o
		}
	}
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(kind, size.Height))
	if rest != nil {
		rest.Move(fyne.NewPos(kind+8, 0))
		rest.Resize(fyne.NewSize(size.Width-kind-8, size.Height))
	}
}

// MinSize implements fyne.Layout.
func (accountsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return fyne.NewSize(formChoice+100, height)
}

// besideLayout puts the preview beside the form where there is room; where
// there is none it is shown below the fields instead.
type besideLayout struct{ narrow fyne.CanvasObject }

// Layout implements fyne.Layout.
func (l *besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	form, side := objects[0], objects[1]
	wide := size.Width >= formSideBySde
	show(side, wide)
	show(l.narrow, !wide)
	width := size.Width
	if wide {
		width -= formPreview + formGap
		side.Move(fyne.NewPos(width+formGap, 0))
		side.Resize(fyne.NewSize(formPreview, size.Height))
	}
	form.Move(fyne.NewPos(0, 0))
	form.Resize(fyne.NewSize(width, size.Height))
}

// MinSize implements fyne.Layout.
func (l *besideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize()
}
