package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// formChoice is the width of a choice with a date or a number beside it.
const formChoice = 118

// invitationFormView is the page for a new invitation: the fields in two
// columns, beside them what people will see.
type invitationFormView struct {
	formPage
	f  *invitationForm
	of string // the draft that showing the rarely used fields was decided for

	label, comment, uses, days, domain *look.Entry
	begin, end, accountEnd             *look.Combo
	entity, profile, accounts          *look.Picker
	groups, domains                    *look.Tags
	addGroup                           *look.Button
	profileBelow, unlimited, login     *look.Check
	verify, approval, below, once      *look.Check

	summary   *look.Rich
	warnings  *look.Notice
	previews  []*joinPreview
	startOver *look.Button
	alarm     *look.Button // says beside the buttons that there are warnings
}

// newInvitationFormView builds the page and keeps it up to date. Call shown
// once its root is in the window.
func newInvitationFormView(f *invitationForm, acts frameActs) *invitationFormView {
	v := &invitationFormView{f: f, formPage: newFormPage(&f.form, formWords{
		label: func(field string) string { return t("invite." + field) },
		again: t("invite.again"), unknown: t("invite.unknown.title"), lost: t("invite.unknown.text"), failed: t("invite.failed"),
	}, f.submit, acts.win)}
	for _, field := range momentFields {
		f.settle(field) // the language may be another than when it was typed
	}
	v.buildFields()
	f.onChange = v.render
	v.render()
	return v
}

func (v *invitationFormView) buildFields() {
	v.summary = look.NewRich(look.Info, "")
	v.warnings = look.NewNotice(look.Soon, look.SymbolWarning, "", "")
	v.alarm = look.NewButton(look.Link, "", func() { v.reveal(v.warnings) })
	v.alarm.SetSymbols(look.SymbolWarning, look.NoSymbol)
	beside, beneath := newJoinPreview(), newJoinPreview()
	v.previews = []*joinPreview{beside, beneath}
	v.build(beside.root, look.Padded(14, 0, 0, 0, beneath.root), look.Leading(v.buildStartOver()), v.alarm,
		v.buildLabel(),
		look.Equal(formColumns, v.buildEntity(), v.buildProfile()),
		look.Equal(formColumns, v.buildGroups(), v.buildAccounts()),
		look.Equal(formColumns, v.buildUses(), v.buildMoment(keys.FieldEnd, &v.end)),
		v.buildDomains(),
		v.buildChecks(),
		v.buildRare(),
		v.moreBox,
		look.Padded(6, 0, 0, 0, v.summary),
		spaced(8, v.warnings),
	)
}

func (v *invitationFormView) buildLabel() fyne.CanvasObject {
	v.label = look.NewEntry("")
	v.entry(keys.FieldLabel, v.label, func(text string) {
		v.f.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = text })
	})
	return v.field(keys.FieldLabel, v.label, v.label)
}

func (v *invitationFormView) buildEntity() fyne.CanvasObject {
	v.entity = v.entityPicker(keys.FieldEntity, func() keys.Entity { return v.f.draft.entity }, v.f.setEntity)
	return v.field(keys.FieldEntity, v.entity, v.entity)
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
	return v.field(keys.FieldProfile, v.profile, v.profile)
}

func (v *invitationFormView) buildGroups() fyne.CanvasObject {
	f := v.f
	v.addGroup = look.NewButton(look.Link, "", v.chooseGroup)
	v.addGroup.SetSymbols(look.SymbolPlus, look.NoSymbol)
	v.groups = look.NewTags(v.addGroup, f.removeGroup)
	v.addGroup.OnFocus = v.follow(keys.FieldGroups)
	return v.field(keys.FieldGroups, v.groups, v.addGroup)
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
	v.locks = append(v.locks, v.accounts)
	v.remember(keys.FieldAccountEnd, choice, v.accountEnd)
	return v.remember(keys.FieldAccountDays, choice, v.days)
}

func (v *invitationFormView) buildUses() fyne.CanvasObject {
	f := v.f
	v.uses = look.NewEntry("")
	v.entry(keys.FieldMaxUses, v.uses, func(text string) {
		f.edit(keys.FieldMaxUses, func(d *invitationDraft) { d.uses = text })
	})
	overwritten(v.uses)
	v.unlimited = v.tick(keys.FieldMaxUses, t("invite.unlimited"), func(d *invitationDraft, on bool) { d.unlimited = on })
	width := fyne.MeasureText(t("invite.unlimited"), 13, fyne.TextStyle{}).Width + 30
	return v.field(keys.FieldMaxUses, look.Border(12, nil, nil, nil, look.Leading(look.Wide(width, v.unlimited)), v.uses), v.uses)
}

// tick makes a box to tick that belongs to a field.
func (v *invitationFormView) tick(name, text string, change func(*invitationDraft, bool)) *look.Check {
	return v.check(text, func(on bool) {
		v.f.edit(name, func(d *invitationDraft) { change(d, on) })
	})
}

// moment makes the input of a date: typed, or chosen from a menu and a
// calendar.
func (v *invitationFormView) moment(name string) *look.Combo {
	return v.day(name, t("invite."+name+".none"), func(c *look.Combo) { look.OpenMenu(c, v.presets(name, c)...) },
		func(text string) { v.f.typeMoment(name, text) }, func() { v.f.leave(name) })
}

func (v *invitationFormView) buildMoment(name string, c **look.Combo) fyne.CanvasObject {
	*c = v.moment(name)
	return v.field(name, *c, *c)
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
	openCalendar(c, m.read.Time, v.f.now(), func(day keys.Date) {
		v.f.setDay(name, day)
		v.win.Canvas().Focus(c) // to type a time of day
		c.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	})
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
	return v.field(keys.FieldEmailDomains, v.domains, v.domain)
}

func (v *invitationFormView) buildChecks() fyne.CanvasObject {
	v.login = v.tick("", t("invite.login"), func(d *invitationDraft, on bool) { d.loginIsEmail = on })
	v.verify = v.tick(keys.FieldVerifyEmail, t("invite.verify"), func(d *invitationDraft, on bool) { d.verify = on })
	v.approval = v.tick("", t("invite.approval"), func(d *invitationDraft, on bool) { d.approval = on })
	return look.VBox(2, v.login, v.noted(keys.FieldVerifyEmail, v.verify), v.approval)
}

// noted gives a box to tick a line for messages.
func (v *invitationFormView) noted(name string, c *look.Check) fyne.CanvasObject {
	return v.remember(name, look.NewTightField(c), c)
}

func (v *invitationFormView) buildRare() fyne.CanvasObject {
	v.comment = v.paragraph(keys.FieldComment, func(text string) {
		v.f.edit(keys.FieldComment, func(d *invitationDraft) { d.comment = text })
	})
	v.profileBelow = v.tick(keys.FieldProfileBelow, t("invite.profile_recursive"), func(d *invitationDraft, on bool) { d.profileBelow = on })
	v.below = v.tick(keys.FieldBelow, t("invite.is_recursive"), func(d *invitationDraft, on bool) { d.below = on })
	v.once = v.tick("", t("invite.once"), func(d *invitationDraft, on bool) { d.showOnce = on })
	begin := v.buildMoment(keys.FieldBegin, &v.begin)
	return v.buildMore(v.begin,
		look.Equal(formColumns, begin, v.field(keys.FieldComment, v.comment, v.comment)),
		look.VBox(2, v.noted(keys.FieldProfileBelow, v.profileBelow), v.noted(keys.FieldBelow, v.below), v.once),
		look.Padded(0, 0, 0, 22, look.NewWrapped(look.Muted, t("invite.once.hint"))))
}

func (v *invitationFormView) buildStartOver() fyne.CanvasObject {
	v.startOver = look.NewButton(look.Link, t("invite.start_over"), func() {
		if v.canBringBack() {
			v.f.bringBack()
			return
		}
		v.f.startOver()
		v.shown()
	})
	return v.startOver
}

// canBringBack reports whether what was typed before starting over can be
// brought back without losing anything.
func (v *invitationFormView) canBringBack() bool { return v.f.dropped != nil && !v.f.changed() }

// render shows what the presenter holds now.
func (v *invitationFormView) render() {
	f := v.f
	v.renderProblems(keys.FieldBegin, keys.FieldComment, keys.FieldProfileBelow, keys.FieldBelow)
	v.renderInputs()
	v.renderNotes()
	v.summary.SetText(f.summary(look.Strong))
	warnings := f.warnings()
	v.warnings.Set(look.Soon, look.SymbolWarning, "", strings.Join(warnings, "\n"))
	show(v.warnings, len(warnings) > 0)
	v.alarm.SetText(tn("invite.warnings", len(warnings), map[string]any{"N": len(warnings)}))
	show(v.alarm, len(warnings) > 0)
	for _, p := range v.previews {
		p.render(f)
	}
	if d := &f.draft; v.of != f.uuid { // a new draft
		v.of = f.uuid
		v.more = d.begin.text+d.comment != "" || d.profileBelow || d.below || d.showOnce
	}
	v.groups.Lock(f.locked())
	v.domains.Lock(f.locked())
	v.startOver.SetText(t("invite.start_over"))
	if v.canBringBack() {
		v.startOver.SetText(t("invite.bring_back"))
	}
	show(v.startOver, (f.changed() || v.canBringBack()) && !f.busy())
	v.renderState(t("invite.create"), map[fyne.Disableable]bool{
		v.uses: !f.draft.unlimited, v.verify: f.plugin.MailOn || f.draft.verify,
	})
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
	v.writeDay(v.accountEnd, d.accountEnd.text)
	v.write(v.days, d.accountDays)
	v.write(v.uses, d.uses)
	v.unlimited.SetChecked(d.unlimited)
	v.writeDay(v.end, d.end.text)
	v.writeDay(v.begin, d.begin.text)
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

// renderNotes shows what is said under the fields.
func (v *invitationFormView) renderNotes() {
	f := v.f
	account := v.fields[keys.FieldAccountEnd] // both kinds share it
	account.SetError(cmp.Or(f.problems[keys.FieldAccountEnd], f.problems[keys.FieldAccountDays]))
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
