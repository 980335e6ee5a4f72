package app

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// usualColumns are those shown as long as nobody chose others; the first two
// are always shown.
var usualColumns = []string{"state", "name", "bound", "end", "key"}

// keyColumns are all columns of the list.
func keyColumns(zone *time.Location) []rowtable.Column[keyRow] {
	texts := newRowTexts()
	// one is a column of a single line, of key records alone.
	one := func(id string, width, weight float32, style look.Style, text func(keyRow) string) rowtable.Column[keyRow] {
		return rowtable.Column[keyRow]{
			ID: id, Title: t("keys.column." + id), Width: width, Weight: weight, Least: 96,
			New:     func() fyne.CanvasObject { return look.NewShortened(style, "") },
			Update:  func(cell fyne.CanvasObject, r keyRow) { cell.(*look.Text).SetText(text(r)) },
			Compare: compareText(text),
			Text:    text,
		}
	}
	of := func(text func(*keys.KeyRecord) string) func(keyRow) string {
		return func(r keyRow) string {
			if r.record == nil {
				return ""
			}
			return text(r.record)
		}
	}
	bound := one("bound", 0, 25, look.Body, boundText)
	bound.Least = 72
	return []rowtable.Column[keyRow]{
		{
			ID: "state", Title: t("keys.column.state"), Width: 124,
			New: func() fyne.CanvasObject { return look.Leading(look.NewPill(look.Neutral, look.NoSymbol, "")) },
			Update: func(cell fyne.CanvasObject, r keyRow) {
				tone, symbol := keyLook(r)
				cell.(*fyne.Container).Objects[0].(*look.Pill).Set(tone, symbol, texts.word(r))
				cell.Refresh()
			},
			Compare: byStanding,
			Text:    texts.word,
		},
		{
			ID: "name", Title: t("keys.column.name"), Weight: 28, Least: 88,
			New:     twoLines(look.Bold),
			Update:  func(cell fyne.CanvasObject, r keyRow) { fillLines(cell, r.title(), secondLine(r)) },
			Compare: func(a, b keyRow) int { return cmp.Or(cmp.Compare(a.title(), b.title()), byEnd(a, b)) },
			Text:    texts.name,
		},
		bound,
		{
			ID: "end", Title: t("keys.column.end"), Width: 102,
			New: twoLines(look.Body),
			Update: func(cell fyne.CanvasObject, r keyRow) {
				fillLines(cell, dayText(r.End), endNote(r))
			},
			Compare: byEnd,
			Text:    func(r keyRow) string { return r.End.String() },
		},
		one("key", 94, 0, look.Mono, func(r keyRow) string {
			switch {
			case r.record == nil:
				return ""
			case r.record.Damage != nil:
				return t("keys.damaged")
			default:
				return keys.ShortFingerprint(r.record.Block.Fingerprint)
			}
		}),
		{
			ID: "entity", Title: t("keys.column.entity"), Weight: 16, Least: 96,
			New:     twoLines(look.Body),
			Update:  func(cell fyne.CanvasObject, r keyRow) { fillLines(cell, lastPart(r.Entity), parentPart(r.Entity)) },
			Compare: compareText(func(r keyRow) string { return r.Entity }),
			Text:    func(r keyRow) string { return r.Entity },
		},
		one("supplier", 0, 16, look.Body, of(func(r *keys.KeyRecord) string { return r.Supplier })),
		one("contact", 0, 16, look.Body, of(contactText)),
		one("number", 100, 0, look.Body, of(func(r *keys.KeyRecord) string { return r.Number })),
		one("scope", 0, 16, look.Body, of(texts.scope)),
		{
			ID: "validated", Title: t("keys.column.validated"), Width: 132,
			New: twoLines(look.Body),
			Update: func(cell fyne.CanvasObject, r keyRow) {
				day := ""
				if text := validatedText(r); text != "" {
					day = dayText(keys.DateOf(r.record.Block.Validated.Time.In(zone)))
				}
				fillLines(cell, cmp.Or(day, "—"), validatedText(r))
			},
			Compare: func(a, b keyRow) int { return cmp.Or(validatedAt(b).Compare(validatedAt(a)), byEnd(a, b)) },
			Text: of(func(r *keys.KeyRecord) string {
				if r.Block.Validated.Time.IsZero() {
					return ""
				}
				return keys.DateOf(r.Block.Validated.Time.In(zone)).String()
			}),
		},
	}
}

// validatedAt is the day of the last validation; before every day without one.
func validatedAt(r keyRow) keys.Date {
	if r.record == nil || r.record.Block.Validated.Time.IsZero() {
		return keys.Date{Year: 1, Month: 1, Day: 1}
	}
	return keys.DateOf(r.record.Block.Validated.Time)
}

// endNote is what stands under an end: how far away it is.
func endNote(r keyRow) string {
	if r.closed() {
		return "—"
	}
	return distanceText(r.End, r.today)
}

// shownColumns are the columns, hidden where nobody wants to see them.
func (v *keyListView) shownColumns() []rowtable.Column[keyRow] {
	chosen := v.chosenColumns()
	columns := keyColumns(v.p.work.deps.Now().Location())
	for i := range columns {
		columns[i].Hidden = !slices.Contains(chosen, columns[i].ID)
		if columns[i].ID == "name" && v.p.showsAll() {
			columns[i].Weight *= 2 // most rows are bound to nothing, and have long names
		}
	}
	return columns
}

// chosenColumns are the columns that a person wants to see.
func (v *keyListView) chosenColumns() []string {
	chosen := v.p.work.deps.Preferences.Get().Tables[keysTable].Columns
	if len(chosen) == 0 {
		return usualColumns
	}
	always := usualColumns[:2]
	more := slices.DeleteFunc(slices.Clone(chosen), func(id string) bool { return slices.Contains(always, id) })
	return append(slices.Clone(always), more...)
}

// toggleColumn shows a column, or hides it.
func (v *keyListView) toggleColumn(id string) {
	chosen := slices.Clone(v.chosenColumns())
	if at := slices.Index(chosen, id); at >= 0 {
		chosen = slices.Delete(chosen, at, at+1)
	} else {
		chosen = append(chosen, id)
	}
	v.setColumns(chosen)
}

// setColumns shows the columns named and keeps that.
func (v *keyListView) setColumns(chosen []string) {
	v.remember(func(s *TableState) { s.Columns = chosen })
	v.showColumns()
	v.page.Refresh()
}

// showColumns shows the columns chosen. Many of them need the room of the
// detail, which is a page of its own then.
func (v *keyListView) showColumns() {
	v.table.SetColumns(v.shownColumns())
	v.split.least = v.table.LeastWidth()
}

// columnMenu offers the columns that can be shown.
func (v *keyListView) columnMenu() {
	chosen := v.chosenColumns()
	var items []*fyne.MenuItem
	for _, c := range v.shownColumns()[2:] {
		item := fyne.NewMenuItem(c.Title, func() { v.toggleColumn(c.ID) })
		item.Checked = slices.Contains(chosen, c.ID)
		items = append(items, item)
	}
	usual := fyne.NewMenuItem(t("keys.columns_usual"), func() { v.setColumns(usualColumns) })
	items = append(items, fyne.NewMenuItemSeparator(), usual)
	look.OpenMenu(v.columns, items...)
}
