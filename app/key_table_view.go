package app

import (
	"cmp"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// keyTableView is the page of an import: the rows of the file with what becomes
// of each.
type keyTableView struct {
	p    *keyTable
	acts frameActs
	root fyne.CanvasObject

	what     *look.Text
	notices  *fyne.Container
	table    *rowtable.Table[keyTableRow, int]
	open     *look.Button
	place    *look.Picker
	dayFirst *look.Check
	correct  *look.Button
	keep     *look.Button
	cancel   *look.Button
	start    *look.Button
	fault    *look.Text // all of what is wrong with the row at the cursor
	drawn    int
}

// keyTableRow is a row with what its cells need.
type keyTableRow struct {
	at     int
	record keys.KeyRecord
	line   int
	id     int
	err    error
	fixes  []keys.Repair
}

// result says in a word or a sentence how a row stands.
func (r keyTableRow) result() string {
	switch {
	case r.id != 0:
		return t("keywork.import.made")
	case r.err != nil:
		return rowFault(r.err)
	case len(r.fixes) > 0:
		return t("keywork.import.repaired")
	default:
		return t("keywork.import.ready")
	}
}

// rowFault says what is wrong with a row, and in which column.
func rowFault(err error) string {
	text := keepFault(err)
	field, cause := fieldOfKey(err), keys.CauseOf(err)
	switch {
	case field == keys.KeyFieldEntity && cause == keys.BadValue:
		text = t("keywork.import.entity")
	case cause == keys.BadDate:
		text = dateFault(err)
	}
	if field != "" {
		text = t("keywork.field."+field) + ": " + text
	}
	return text
}

// dateFault says what is wrong with a date of a table: it cannot be read, or it
// is an end before the begin. Licences know no last year.
func dateFault(err error) string {
	var p *keys.Problem
	if errors.As(err, &p) {
		if _, noDay := keys.ParseDate(p.Detail); p.Detail != "" && noDay == nil {
			return t("keywork.error.order")
		}
	}
	return t("keywork.import.date")
}

func (r keyTableRow) look() (look.Tone, look.Symbol, string) {
	switch {
	case r.id != 0:
		return look.OK, look.SymbolCheck, t("keywork.import.state.made")
	case r.err != nil:
		return look.Expired, look.SymbolCross, t("keywork.import.state.wrong")
	default:
		return look.Neutral, look.SymbolDash, t("keywork.import.state.ready")
	}
}

func keyTableColumns() []rowtable.Column[keyTableRow] {
	text := func(id, title string, width, weight float32, of func(keyTableRow) string) rowtable.Column[keyTableRow] {
		return rowtable.Column[keyTableRow]{
			ID: id, Title: title, Width: width, Weight: weight,
			New:     func() fyne.CanvasObject { return look.NewShortened(look.Body, "") },
			Update:  func(cell fyne.CanvasObject, r keyTableRow) { cell.(*look.Text).SetText(of(r)) },
			Compare: func(a, b keyTableRow) int { return cmp.Or(cmp.Compare(of(a), of(b)), cmp.Compare(a.at, b.at)) },
			Text:    of,
		}
	}
	line := text("line", t("keywork.import.line"), 64, 0, func(r keyTableRow) string { return formatCount(r.line) })
	line.Compare = func(a, b keyTableRow) int { return cmp.Compare(a.at, b.at) }
	return []rowtable.Column[keyTableRow]{
		line,
		{
			ID: "state", Title: t("keywork.import.state"), Width: 118,
			New: func() fyne.CanvasObject { return look.Leading(look.NewPill(look.Neutral, look.NoSymbol, "")) },
			Update: func(cell fyne.CanvasObject, r keyTableRow) {
				cell.(*fyne.Container).Objects[0].(*look.Pill).Set(r.look())
				cell.Refresh()
			},
			Compare: func(a, b keyTableRow) int {
				_, _, x := a.look()
				_, _, y := b.look()
				return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.at, b.at))
			},
			Text: func(r keyTableRow) string { _, _, word := r.look(); return word },
		},
		text("product", t("keywork.field.product"), 0, 3, func(r keyTableRow) string { return r.record.Product.Name }),
		text("end", t("keywork.field.expire"), 104, 0, func(r keyTableRow) string { return dayText(r.record.End) }),
		text("key", t("keywork.import.print"), 100, 0, func(r keyTableRow) string { return keys.ShortFingerprint(r.record.Block.Fingerprint) }),
		text("result", t("keywork.import.result"), 0, 5, keyTableRow.result),
	}
}

func newKeyTableView(p *keyTable, acts frameActs) *keyTableView {
	v := &keyTableView{p: p, acts: acts, drawn: -1}
	v.build()
	p.onChange = v.render
	p.onType = func() { askKeyType(acts.win, p.agreeType) }
	v.render()
	return v
}

func (v *keyTableView) build() {
	p := v.p
	v.what = look.NewWrapped(look.Body, "")
	v.notices = look.VBox(8)
	v.table = rowtable.New(keyTableColumns(), func(r keyTableRow) int { return r.at })
	v.table.OnSelect = v.renderButtons
	v.table.OnOpen = func(r keyTableRow) { v.askCorrect(r.at) }
	v.table.OnEscape = p.close
	v.table.OnCopy = func(tsv string) { v.acts.clipboard.SetContent(tsv) }
	v.open = look.NewButton(look.Secondary, t("keywork.import.open"), v.chooseFile)
	v.place = look.NewMenuPicker("", func() []*fyne.MenuItem {
		return p.k.work.keyPlaceItems(p.setPlace)
	})
	v.dayFirst = look.NewCheck(t("keywork.import.day_first"), "", p.setDayFirst)
	v.fault = look.NewWrapped(look.Body, "")
	v.fault.SetColor(look.Expired.Text())
	v.correct = look.NewButton(look.Secondary, t("keywork.import.correct"), func() {
		if r, ok := v.table.Model.Current(); ok {
			v.askCorrect(r.at)
		}
	})
	v.keep = look.NewButton(look.Secondary, t("keywork.import.save"), v.saveFile)
	v.cancel = look.NewButton(look.Secondary, t("Cancel"), p.close)
	v.start = look.NewButton(look.Primary, "", p.run)
	top := look.VBox(10, look.Between(12, v.what, v.open),
		look.Between(16, look.HBox(10, look.NewText(look.SmallBold, t("keywork.import.place")), look.Wide(230, v.place)),
			look.Leading(look.Wide(fyne.MeasureText(t("keywork.import.day_first"), 13, fyne.TextStyle{}).Width+34, v.dayFirst))), v.notices)
	bottom := look.VBox(8, v.fault, look.Between(12, look.HBox(8, v.correct, v.keep), look.HBox(8, v.cancel, v.start)))
	v.root = look.Padded(0, 22, 12, 22, look.Border(gap, top, bottom, nil, nil, look.NewCardPadded(0, v.table)))
}

// rows are what the table shows.
func (v *keyTableView) rows() []keyTableRow {
	p := v.p
	if p.table == nil {
		return nil
	}
	rows := make([]keyTableRow, len(p.rows))
	for i := range p.rows {
		row := &p.table.Rows[i]
		rows[i] = keyTableRow{at: i, record: row.Record, line: row.Line, id: p.rows[i].id, err: p.problem(i), fixes: row.Repairs}
	}
	return rows
}

func (v *keyTableView) render() {
	p := v.p
	if v.drawn != p.version && (!p.running() || p.done%25 == 0) {
		v.drawn = p.version
		v.table.SetRows(v.rows())
	}
	v.what.SetText(p.summary())
	v.place.SetText(t("keywork.kept." + string(p.place)))
	v.renderNotices()
	v.renderButtons()
	if p.table == nil {
		v.table.SetPlaceholder(container.NewCenter(look.NewFirstUse(look.SymbolKey, t("keywork.import.first"), t("keywork.import.first_text"), t("keywork.import.open"), v.chooseFile)))
	}
	v.root.Refresh()
}

// summary says in plain numbers how the rows stand.
func (p *keyTable) summary() string {
	if p.table == nil {
		return t("keywork.import.what")
	}
	ready, wrong, failed, made := p.counts()
	values := map[string]any{
		"File": shorten(p.name, 60), "N": formatCount(len(p.rows)), "Ready": formatCount(ready),
		"Wrong": formatCount(wrong), "Failed": formatCount(failed), "Made": formatCount(made),
	}
	text := tn("keywork.import.rows", len(p.rows), values)
	if made > 0 {
		text += " " + t("keywork.import.count_made", values)
	}
	if wrong > 0 {
		text += " " + t("keywork.import.count_wrong", values)
	}
	if failed > 0 {
		text += " " + t("keywork.import.count_failed", values)
	}
	return text
}

func (v *keyTableView) renderNotices() {
	p := v.p
	v.notices.RemoveAll()
	if p.running() {
		progress := look.NewProgress(t("keywork.acting", map[string]any{"Done": formatCount(p.done), "Total": formatCount(p.total)}), t("Cancel"), p.halt)
		progress.Set(p.done, p.total)
		v.notices.Add(progress)
	}
	if p.failure != nil {
		v.notices.Add(look.NewNotice(look.Expired, look.SymbolWarning, t("keywork.import.failed"), sentence(p.failure)))
	}
	if p.table != nil && len(p.table.Unknown) > 0 {
		v.notices.Add(look.NewNotice(look.Soon, look.SymbolWarning, "", t("keywork.import.unknown", map[string]any{"Columns": shorten(joinNames(p.table.Unknown), 160)})))
	}
	if note := map[keys.Place]string{
		keys.PlaceGLPI: t("keywork.kept.glpi_note"), placeRun: t("keywork.kept.run_note"),
	}[p.place]; note != "" && p.table != nil {
		v.notices.Add(look.NewNotice(look.Soon, look.SymbolWarning, "", note))
	}
	if p.saved != "" {
		v.notices.Add(look.NewNotice(look.OK, look.SymbolCheck, "", t("keywork.import.saved", map[string]any{"File": p.saved})))
	}
	v.notices.Hidden = len(v.notices.Objects) == 0
}

func (v *keyTableView) renderButtons() {
	p := v.p
	ready, wrong, failed, made := p.counts()
	idle := p.table != nil && !p.busy()
	r, ok := v.table.Model.Current()
	enable(v.correct, idle && ok && r.id == 0)
	v.fault.SetText("")
	if ok && r.id == 0 && r.err != nil {
		v.fault.SetText(t("keywork.import.at", map[string]any{"Line": formatCount(r.line), "Fault": rowFault(r.err)}))
	}
	show(v.fault, v.fault.Text() != "")
	show(v.keep, p.table != nil && wrong+failed > 0)
	enable(v.keep, idle)
	enable(v.open, !p.busy())
	enable(v.place, !p.running())
	enable(v.dayFirst, idle)
	enable(v.start, idle && ready > 0)
	v.start.SetBusy(p.running())
	v.start.SetText(t("keywork.import.start"))
	if ready > 0 {
		v.start.SetText(tn("keywork.import.start_n", ready, map[string]any{"N": formatCount(ready)}))
	}
	v.cancel.SetText(t("Cancel"))
	if made > 0 {
		v.cancel.SetText(t("keywork.import.close"))
	}
}

// chooseFile asks for a table.
func (v *keyTableView) chooseFile() {
	d := dialog.NewFileOpen(func(from fyne.URIReadCloser, err error) {
		if err != nil || from == nil {
			return
		}
		_ = from.Close()
		v.p.read(from.URI().Path())
	}, v.acts.win)
	openIn(d, v.p.k.work.deps.Preferences.Get().Folder)
	showFileDialog(d, v.acts.win)
}

// saveFile asks where the rows that are not in GLPI go.
func (v *keyTableView) saveFile() {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			return
		}
		_ = to.Close()
		v.p.save(to.URI().Path())
	}, v.acts.win)
	d.SetFileName(t("keywork.import.file"))
	openIn(d, v.p.k.work.deps.Preferences.Get().Folder)
	showFileDialog(d, v.acts.win)
}

// askCorrect asks for other values of a row.
func (v *keyTableView) askCorrect(i int) {
	p := v.p
	if p.running() || p.rows[i].id != 0 {
		return
	}
	columns := p.table.Columns()
	if field := fieldOfKey(p.problem(i)); field != "" && !slices.Contains(columns, field) {
		columns = append(columns, field)
	}
	entries := map[string]*look.Entry{}
	wrong := fieldOfKey(p.problem(i))
	box := look.VBox(look.FieldGap)
	for _, name := range columns {
		e := look.NewEntry("")
		if name == keys.KeyFieldValue {
			e = look.NewPassword("")
		}
		e.Text = p.table.Cell(i, name).Reveal()
		f := look.NewField(t("keywork.field."+name), "", e)
		if name == wrong {
			f.SetError(rowFault(p.problem(i)))
		}
		entries[name] = e
		box.Add(f)
	}
	scroll := container.NewVScroll(look.Padded(0, 12, 0, 2, box))
	room := v.acts.win.Canvas().Size()
	scroll.SetMinSize(fyne.NewSize(400, min(box.MinSize().Height+4, room.Height-200)))
	confirm := ask(v.acts.win, question{
		title: t("keywork.import.correct_title", map[string]any{"Line": formatCount(p.table.Rows[i].Line)}), content: scroll,
		kind: look.Primary, confirm: t("keywork.import.correct_confirm"),
		then: func() {
			values := map[string]string{}
			for name, e := range entries {
				values[name] = e.Text
			}
			p.correct(i, values)
		},
	})
	for _, e := range entries {
		e.OnSubmitted = func(string) { confirm() }
	}
	if e := entries[wrong]; e != nil {
		v.acts.win.Canvas().Focus(e)
	}
}
