package app

import (
	"cmp"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// expiryTable names the table in the preferences.
const expiryTable = "expiry"

// expiryView is the list of everything that ends, with chips, a type and a
// text to narrow it.
type expiryView struct {
	list   *expiryList
	win    fyne.Window
	notify func(text string) // tells in passing: "3 rows copied"

	chips   *look.Chips
	types   *look.Select
	text    *look.Entry
	shown   *look.Text
	month   *look.Chip
	notices *fyne.Container
	table   *rowtable.Table[expiryRow, keys.ItemKey]
	root    fyne.CanvasObject
}

// expiryColumns are the columns of the list.
func expiryColumns() []rowtable.Column[expiryRow] {
	two := func() fyne.CanvasObject {
		return look.VBox(1, look.NewShortened(look.Body, ""), look.NewShortened(look.Muted, ""))
	}
	fill := func(cell fyne.CanvasObject, first, second string) {
		lines := cell.(*fyne.Container).Objects
		lines[0].(*look.Text).SetText(first)
		lines[1].(*look.Text).SetText(second)
		lines[1].(*look.Text).Hidden = second == ""
	}
	one := func() fyne.CanvasObject { return look.NewShortened(look.Body, "") }
	return []rowtable.Column[expiryRow]{
		{
			ID: "state", Title: t("expiry.column.state"), Width: 130,
			New: func() fyne.CanvasObject { return look.Leading(look.NewPill(look.Neutral, look.NoSymbol, "")) },
			Update: func(cell fyne.CanvasObject, r expiryRow) {
				tone, symbol := stateLook(r.state)
				cell.(*fyne.Container).Objects[0].(*look.Pill).Set(tone, symbol, stateWord(r.state, r.End, r.today))
				cell.Refresh()
			},
			Compare: endsFirst,
			Text:    func(r expiryRow) string { return stateWord(r.state, r.End, r.today) },
		},
		{
			ID: "name", Title: t("expiry.column.name"), Weight: 3,
			New: func() fyne.CanvasObject {
				return look.VBox(1, look.NewShortened(look.Bold, ""), look.NewShortened(look.Muted, ""))
			},
			Update:  func(cell fyne.CanvasObject, r expiryRow) { fill(cell, r.Name, r.Detail) },
			Compare: func(a, b expiryRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), endsFirst(a, b)) },
			Text: func(r expiryRow) string {
				if r.Detail == "" {
					return r.Name
				}
				return r.Name + " · " + r.Detail
			},
		},
		{
			ID: "type", Title: t("expiry.column.type"), Width: 110, HideBelow: 700,
			New: one,
			Update: func(cell fyne.CanvasObject, r expiryRow) {
				cell.(*look.Text).SetText(t("type." + string(r.Type)))
			},
			Compare: func(a, b expiryRow) int { return cmp.Or(cmp.Compare(a.Type, b.Type), endsFirst(a, b)) },
			Text:    func(r expiryRow) string { return t("type." + string(r.Type)) },
		},
		{
			ID: "entity", Title: t("expiry.column.entity"), Weight: 2,
			New:     two,
			Update:  func(cell fyne.CanvasObject, r expiryRow) { fill(cell, lastPart(r.Entity), parentPart(r.Entity)) },
			Compare: func(a, b expiryRow) int { return cmp.Or(cmp.Compare(a.Entity, b.Entity), endsFirst(a, b)) },
			Text:    func(r expiryRow) string { return r.Entity },
		},
		{
			ID: "end", Title: t("expiry.column.end"), Width: 150,
			New: two,
			Update: func(cell fyne.CanvasObject, r expiryRow) {
				second := distanceText(r.End, r.today)
				if r.Renews && second != "" {
					second += " · " + t("expiry.renews")
				}
				fill(cell, dayText(r.End), second)
			},
			Compare: endsFirst,
			Text:    func(r expiryRow) string { return r.End.String() },
		},
	}
}

// newExpiryView makes the page. notify tells something in passing.
func newExpiryView(list *expiryList, acts frameActs, notify func(string)) *expiryView {
	v := &expiryView{list: list, win: acts.win, notify: notify}
	prefs := list.work.deps.Preferences

	var labels []string
	for _, f := range stateFilters {
		labels = append(labels, f.label(list.work.limits()))
	}
	v.chips = look.NewChips(labels, func(i int) { list.show(stateFilters[i]) })

	v.types = look.NewSelect(v.typeNames(), func(string) {
		if i := v.types.SelectedIndex(); i > 0 {
			list.showType(keys.ItemTypes[i-1])
		} else {
			list.showType("")
		}
	})
	v.text = look.NewEntry(t("expiry.filter"))
	v.text.OnChanged = func(text string) { v.table.SetText(text); v.renderShown(); acts.changed() }
	v.shown = look.NewText(look.Muted, "")
	v.month = look.NewChip("", func() { list.clear() })
	v.month.SetSelected(true)

	v.table = rowtable.New(expiryColumns(), func(r expiryRow) keys.ItemKey { return r.Key() })
	state := prefs.Get().Tables[expiryTable]
	if state.Sort == "" {
		state.Sort = "end"
	}
	v.table.SetSort(state.Sort, state.Descending)
	v.table.OnSort = func(id string, descending bool) {
		if err := prefs.Update(func(p *PreferencesData) {
			s := p.Tables[expiryTable]
			s.Sort, s.Descending = id, descending
			p.setTable(expiryTable, s)
		}); err != nil {
			list.work.deps.Log.Warn("could not save preferences", "error", err)
		}
	}
	v.table.OnSelect = acts.changed
	v.table.OnOpen = func(expiryRow) { v.openCurrent() }
	v.table.OnType = func(r rune) {
		acts.win.Canvas().Focus(v.text)
		v.text.TypedRune(r)
	}
	v.table.OnCopy = func(tsv string) {
		acts.clipboard.SetContent(tsv)
		n := len(v.table.Model.Selected())
		notify(tn("expiry.copied", n, map[string]any{"N": n}))
	}
	v.table.OnEscape = v.clear
	v.table.OnMenu = func(at fyne.Position) {
		open := fyne.NewMenuItem(t("expiry.open"), v.openCurrent)
		open.Disabled = !v.canOpen()
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", open,
			fyne.NewMenuItem(t("expiry.copy"), func() { v.table.OnCopy(v.table.Model.TSV()) }),
		), acts.win.Canvas(), at)
	}
	v.text.OnSubmitted = func(string) { v.focusRows() }
	v.text.OnKey = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyEscape:
			v.clearText()
		case fyne.KeyDown:
		default:
			return false
		}
		v.focusRows()
		return true
	}

	v.notices = look.VBox(gap)
	v.root = look.Padded(0, 22, gap, 22, look.Border(gap,
		look.VBox(10, v.notices, look.Border(8, nil, nil, nil, v.month, v.chips),
			look.Border(10, nil, nil, nil, look.HBox(10, v.shown, look.Wide(150, look.Outlined(v.types))), v.text)),
		nil, nil, nil,
		look.NewCardPadded(0, v.table),
	))
	return v
}

func (v *expiryView) typeNames() []string {
	names := []string{t("types.all")}
	for _, typ := range keys.ItemTypes {
		names = append(names, t("types."+string(typ)))
	}
	return names
}

// render shows what the list lets pass now.
func (v *expiryView) render() {
	l := v.list
	counts := l.counts()
	for i, f := range stateFilters {
		v.chips.SetText(i, f.label(l.work.limits())+" "+formatCount(counts[f]))
		if f == l.state {
			v.chips.Select(i)
		}
	}
	index := 0
	for i, typ := range keys.ItemTypes {
		if typ == l.only {
			index = i + 1
		}
	}
	if v.types.SelectedIndex() != index {
		v.types.SetSelectedIndex(index)
	}
	v.month.Hidden = l.month.IsZero()
	if !v.month.Hidden {
		v.month.SetText(t("expiry.month", map[string]any{"Month": monthName(l.month.Month), "Year": l.month.Year}) + " ×")
	}
	showNotices(v.notices, l.work)
	v.table.SetRows(l.rows())
	v.renderShown()
	v.root.Refresh()
}

// renderShown says how many rows pass, and why there are none.
func (v *expiryView) renderShown() {
	all := len(v.list.work.glance.Items)
	v.shown.SetText(t("expiry.shown", map[string]any{
		"Shown": formatCount(v.table.Model.Len()), "All": formatCount(all)}))
	if v.table.Model.Len() > 0 {
		return
	}
	empty := firstState(v.list.work)
	if empty == nil {
		empty = look.NewNoMatch(t("empty.match.title"), t("empty.match.text"), t("empty.match.clear"), v.clear)
	}
	v.table.SetPlaceholder(container.NewCenter(empty))
}

// clear forgets every filter.
func (v *expiryView) clear() {
	v.clearText()
	v.list.clear()
}

func (v *expiryView) clearText() {
	if v.text.Text != "" {
		v.text.SetText("")
	}
}

// find puts the keyboard into the text filter.
func (v *expiryView) find() { v.win.Canvas().Focus(v.text) }

// choose puts the cursor on an item.
func (v *expiryView) choose(key keys.ItemKey) {
	v.clearText()
	v.table.ChooseKey(key)
	v.focusRows()
}

// focusRows gives the keyboard to the rows. It asks the window, since a table
// that was never drawn does not know its own yet.
func (v *expiryView) focusRows() { v.win.Canvas().Focus(v.table.Focusable()) }

// openCurrent opens the item under the cursor in GLPI, or says why it cannot.
func (v *expiryView) openCurrent() {
	r, ok := v.table.Model.Current()
	switch {
	case !ok:
	case v.list.work.demo:
		v.notify(t("expiry.open_demo"))
	case v.list.work.offline:
		v.notify(t("expiry.open_offline"))
	default:
		v.openInGLPI(r)
	}
}

// canOpen reports whether there is an item under the cursor and a page of it,
// which the demo has not, on a server that can be reached.
func (v *expiryView) canOpen() bool {
	_, ok := v.table.Model.Current()
	return ok && !v.list.work.offline && !v.list.work.demo
}

func (v *expiryView) openInGLPI(r expiryRow) {
	w := v.list.work
	page, err := url.Parse(itemPage(w.facts.Web(), r.Item.Key()))
	if err == nil {
		err = w.deps.OpenURL(page)
	}
	if err != nil {
		w.deps.Log.Warn("could not open the browser", "error", err)
		v.notify(t("expiry.open_failed"))
	}
}

// lastPart and parentPart split an entity's path for the two lines of a cell.
func lastPart(path string) string { return keys.Entity{Path: path}.Name() }

func parentPart(path string) string {
	if last := lastPart(path); last != path {
		return path[:len(path)-len(last)-len(" > ")]
	}
	return ""
}
