package app

import (
	"cmp"
	"image/color"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// keyFormView is the page of a key's form: the key at the top, then what it is
// for; beside it what the key looks like and what to know.
type keyFormView struct {
	formPage
	f     *keyForm
	texts []draftText

	value          *look.Entry
	product, name  *look.Entry
	begin, end     *look.Combo
	plugin         *look.Combo
	entity         *look.Picker
	scope, kept    *look.Picker
	network, trial *look.Check
	renews, below  *look.Check
	closeNow       *look.Check
	closeHint      fyne.CanvasObject
	closeText      *look.Text // in closeHint
	proposals      *fyne.Container
	starts         *look.Chips
	sides          []*keySide
}

// draftText is an entry with the text of the draft that it shows as it is.
type draftText struct {
	entry *look.Entry
	of    func(*keyDraft) *string
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
	v := &keyFormView{f: f, formPage: newFormPage(&f.form, formWords{
		label: func(field string) string { return t("keywork.field." + field) },
		again: t("keywork.form.again"), unknown: t("keywork.form.unknown"), lost: t("keywork.form.unknown_text"), failed: t("keywork.form.failed"),
	}, f.submit, acts.win)}
	for _, field := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} { // the language may be another now
		if d := f.draft.dayOf(field); !d.day.IsZero() {
			d.text = dayText(d.day)
		}
	}
	v.buildFields()
	f.onChange = v.render
	f.onType = func() { askKeyType(acts.win, f.agreeType) }
	v.render()
	return v
}

func (v *keyFormView) buildFields() {
	beside, beneath := newKeySide(), newKeySide()
	v.sides = []*keySide{beside, beneath}
	rare := v.buildRare()
	v.build(beside.root, look.Padded(8, 0, 0, 0, beneath.root), nil, nil,
		v.buildKey(),
		v.buildRenewal(),
		v.buildProduct(),
		look.Equal(formColumns, v.buildEntity(), v.buildKept()),
		look.Equal(formColumns, v.buildDay(keys.KeyFieldBegin, &v.begin), v.buildDay(keys.KeyFieldEnd, &v.end)),
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
		rare,
		v.moreBox,
	)
}

// text is a field for one of the draft's texts.
func (v *keyFormView) text(name string, of func(*keyDraft) *string) *look.Field {
	e := look.NewEntry("")
	v.entry(name, e, v.typed(name, of))
	v.texts = append(v.texts, draftText{e, of})
	return v.field(name, e, e)
}

// typed takes what is typed into one of the draft's texts.
func (v *keyFormView) typed(name string, of func(*keyDraft) *string) func(string) {
	return func(text string) { v.f.edit(name, func(d *keyDraft) { *of(d) = text }) }
}

func (v *keyFormView) buildKey() fyne.CanvasObject {
	f := v.f
	v.value = look.NewEntry(t("keywork.value.placeholder"))
	if f.kind == keyFormEdit && f.of.Block.Fingerprint != "" {
		v.value.PlaceHolder = t("keywork.value.replace")
	}
	v.value.MultiLine, v.value.Wrapping = true, fyne.TextWrapBreak
	v.value.TextStyle = fyne.TextStyle{Monospace: true}
	v.value.SetMinRowsVisible(3)
	v.entry(keys.KeyFieldValue, v.value, f.typeKey)
	v.left(v.value, f.settleKey)
	file := look.NewButton(look.Link, t("keywork.form.file"), v.chooseFile)
	v.locks = append(v.locks, file)
	field := v.field(keys.KeyFieldValue, v.value, v.value)
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
	}, v.win)
	openIn(d, v.f.work.deps.Preferences.Get().Folder)
	showFileDialog(d, v.win)
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
	product := v.field(keys.KeyFieldProduct, v.product, v.product)
	name := v.text(keys.KeyFieldName, func(d *keyDraft) *string { return &d.name })
	v.name = v.texts[len(v.texts)-1].entry
	// Proposals come and go while somebody types: what is below stays in place.
	place := canvas.NewRectangle(color.Transparent)
	place.SetMinSize(look.NewChip("", nil).MinSize())
	return look.VBox(2, look.Equal(formColumns, product, name), container.NewStack(place, v.proposals))
}

func (v *keyFormView) buildEntity() fyne.CanvasObject {
	v.entity = v.entityPicker(keys.KeyFieldEntity, func() keys.Entity { return v.f.draft.entity }, func(e keys.Entity) {
		v.f.edit(keys.KeyFieldEntity, func(d *keyDraft) { d.entity = e })
	})
	return v.field(keys.KeyFieldEntity, v.entity, v.entity)
}

func (v *keyFormView) buildKept() fyne.CanvasObject {
	f := v.f
	v.kept = look.NewMenuPicker("", func() []*fyne.MenuItem {
		return f.work.keyPlaceItems(f.choosePlace)
	})
	v.kept.OnFocus = v.follow(keys.KeyFieldKept)
	return v.field(keys.KeyFieldKept, v.kept, v.kept)
}

func (v *keyFormView) buildDay(name string, c **look.Combo) fyne.CanvasObject {
	f := v.f
	*c = v.day(name, t("keywork.field."+name+".none"), func(c *look.Combo) {
		at := time.Time{}
		if day := f.draft.dayOf(name).day; !day.IsZero() {
			at = day.Time()
		}
		openCalendar(c, at, f.now(), func(day keys.Date) {
			f.typeDay(name, day.String())
			f.settleDay(name)
		})
	}, func(text string) { f.typeDay(name, text) }, func() { f.settleDay(name) })
	return v.field(name, *c, *c)
}

// keyPeriods are the usual lengths of a period, in months.
var keyPeriods = []int{1, 12, 24, 36}

func (v *keyFormView) buildPeriods() fyne.CanvasObject {
	periods := look.Flow(6)
	for _, months := range keyPeriods {
		text := tn("keywork.months", months, map[string]any{"N": months})
		if months%12 == 0 {
			text = tn("keywork.years", months/12, map[string]any{"N": months / 12})
		}
		periods.Add(look.NewChip(text, func() { v.f.setMonths(months) }))
	}
	return periods
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
	v.closeText = look.NewWrapped(look.Muted, "")
	v.closeHint = look.Padded(0, 0, 6, 22, v.closeText)
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
	set := v.typed(keys.KeyFieldPlugin, func(d *keyDraft) *string { return &d.plugin })
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

func (v *keyFormView) buildChecks() fyne.CanvasObject {
	tick := func(name, text string, of func(*keyDraft) *bool) *look.Check {
		return v.check(text, func(on bool) { v.f.edit(name, func(d *keyDraft) { *of(d) = on }) })
	}
	v.network = tick(keys.KeyFieldVendor, t("keywork.network"), func(d *keyDraft) *bool { return &d.network })
	v.renews = tick(keys.KeyFieldAutoRenews, t("keywork.renews"), func(d *keyDraft) *bool { return &d.renews })
	v.trial = v.check(t("keywork.trial"), v.f.setTrial)
	v.below = tick(keys.KeyFieldEntity, t("keywork.below"), func(d *keyDraft) *bool { return &d.below })
	return look.VBox(2, v.network, v.trial, v.renews, v.below)
}

func (v *keyFormView) buildRare() fyne.CanvasObject {
	ofNotes := func(d *keyDraft) *string { return &d.notes }
	owner := v.text(keys.KeyFieldOwner, func(d *keyDraft) *string { return &d.owner })
	notes := v.paragraph(keys.KeyFieldNotes, v.typed(keys.KeyFieldNotes, ofNotes))
	v.texts = append(v.texts, draftText{notes, ofNotes})
	d := &v.f.draft
	v.more = d.owner+d.reminders+d.notes != ""
	return v.buildMore(v.inputs[keys.KeyFieldOwner],
		look.Equal(formColumns, owner, v.text(keys.KeyFieldReminders, func(d *keyDraft) *string { return &d.reminders })),
		v.field(keys.KeyFieldNotes, notes, notes))
}

// render shows what the presenter holds now.
func (v *keyFormView) render() {
	f := v.f
	v.renderProblems(keys.KeyFieldOwner, keys.KeyFieldReminders, keys.KeyFieldNotes)
	v.renderInputs()
	v.renderNotes()
	for _, s := range v.sides {
		s.render(f)
	}
	v.renderState(f.sendText(), map[fyne.Disableable]bool{
		v.kept:   f.hasKey() && (f.kind != keyFormRenew || f.creates()),
		v.plugin: f.draft.scope != keys.ScopeInstance && f.draft.scope != "",
	})
}

func (v *keyFormView) renderInputs() {
	d := &v.f.draft
	v.write(v.value, d.text)
	v.write(v.product, d.product)
	for _, x := range v.texts {
		v.write(x.entry, *x.of(d))
	}
	v.name.SetPlaceHolder(d.product)
	v.writeDay(v.begin, d.begin.text)
	v.writeDay(v.end, d.end.text)
	v.write(&v.plugin.Entry, d.plugin)
	v.entity.SetText(shownPath(d.entity.Path))
	v.kept.SetText(t("keywork.kept." + string(d.kept)))
	if !v.f.hasKey() {
		v.kept.SetText(t("keywork.kept.no_text"))
	}
	v.scope.SetText(t("keywork.scope." + string(cmp.Or(d.scope, keys.ScopeInstance))))
	v.network.SetChecked(d.network)
	v.trial.SetChecked(d.trial)
	v.renews.SetChecked(d.renews)
	v.below.SetChecked(d.below)
	v.closeNow.SetChecked(v.f.closeNow)
	if v.f.kind == keyFormRenew {
		v.starts.Select(slices.Index(renewalStarts, v.f.from))
		show(v.closeNow, v.f.creates())
		show(v.closeHint, v.f.creates())
		v.closeText.SetText(t("keywork.renew.close_hint"))
		if !d.network {
			v.closeText.SetText(t("keywork.renew.close_by_hand"))
		}
		show(v.fields[keys.KeyFieldBegin], v.f.creates()) // the same key goes on from where it began
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
	note := func(name string, tone look.Tone, symbol look.Symbol, text string) {
		v.fields[name].SetNote(tone, symbol, text)
	}
	for _, name := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} {
		note(name, look.Neutral, look.NoSymbol, f.dayNote(name))
	}
	note(keys.KeyFieldReminders, look.Neutral, look.NoSymbol, t("keywork.reminders.hint"))
	note(keys.KeyFieldValue, look.Neutral, look.NoSymbol, t("keywork.form.drop"))
	if text := f.repairText(); text != "" {
		note(keys.KeyFieldValue, look.OK, look.SymbolCheck, text)
	}
	switch name := strings.TrimSpace(f.draft.product); {
	case name == "":
		note(keys.KeyFieldProduct, look.Neutral, look.NoSymbol, t("keywork.product.hint"))
	case f.draft.productID != 0:
		note(keys.KeyFieldProduct, look.OK, look.SymbolCheck, t("keywork.product.known"))
	case f.productsOf == name:
		note(keys.KeyFieldProduct, look.Neutral, look.NoSymbol, t("keywork.product.new"))
	default:
		note(keys.KeyFieldProduct, look.Neutral, look.NoSymbol, "")
	}
}

// askKeyType asks before GLPI gets the licence type of registration keys.
func askKeyType(win fyne.Window, answer func(bool)) {
	ask(win, question{
		title: t("keywork.type.title"), content: look.NewWrapped(look.Body, t("keywork.type.text")), kind: look.Primary,
		confirm: t("keywork.type.confirm"), then: func() { answer(true) },
	})
}
