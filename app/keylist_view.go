package app

import (
	"cmp"
	"net/url"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// keysTable names the table in the preferences.
const keysTable = "keys"

// keyListView is the list of registration keys, on demand with all else that
// ends, and the detail of the current row beside it, or, in a narrow window, in
// its place.
type keyListView struct {
	listPage[keyRow, keys.ItemKey]

	p     *keyList
	doing *keyActs // what is done to keys, with its dialogs and forms
	need  func()   // shows who needs a key at all

	chips   *look.Chips
	export  *look.Chip
	columns *look.Chip
	every   *look.Check
	types   *look.Select
	kinds   *fyne.Container // the place of types
	month   *look.Chip
	detail  *keyDetailView
	drawn   keysBasis
	shows   bool // all that ends, as the columns are made for
}

// newKeyListView makes the page. notify tells something in passing.
func newKeyListView(p *keyList, doing *keyActs, acts frameActs, notify func(string)) *keyListView {
	v := &keyListView{p: p, doing: doing, need: func() {}, drawn: keysBasis{version: -1}}
	v.work, v.acts, v.notify, v.name = p.work, acts, notify, keysTable
	p.onClip, p.clipNow = acts.clipboard.SetContent, acts.clipboard.Content

	var labels []string
	for _, f := range stateFilters {
		labels = append(labels, f.label(p.work.limits()))
	}
	v.chips = look.NewChips(labels, func(i int) { p.showState(stateFilters[i]) })
	v.export = look.NewMenuChip(t("keys.export"), v.exportMenu)
	v.columns = look.NewMenuChip(t("keys.columns"), v.columnMenu)
	v.every = look.NewCheck(t("keys.every"), "", p.showEverything)
	v.types = look.NewSelect(typeNames(), func(string) {
		if i := v.types.SelectedIndex(); i > 0 {
			p.showType(keys.ItemTypes[i-1])
		} else {
			p.showType("")
		}
	})
	v.kinds = look.Wide(132, look.Outlined(v.types))
	v.month = look.NewChip("", p.clear)
	v.month.SetSelected(true)
	v.buildText(t("keys.find"))
	v.buildTable(v.shownColumns(), func(r keyRow) keys.ItemKey { return r.Key() }, "end", func() *fyne.Menu {
		menu := acts.menu(keyMenu...)
		menu.Items = append(menu.Items, v.snoozeMenu())
		return menu
	})
	v.detail = newKeyDetailView(v)
	v.arrange, v.renderDetail, v.onTyped, v.onSelect, v.onClear = v.arrangeSplit, v.detail.render, v.typed, v.selected, v.clear
	v.split = &splitLayout{changed: func() { v.arrange(); v.detail.render() }, least: v.table.LeastWidth()}
	v.build(look.VBox(10,
		look.Border(gap, nil, nil, nil, look.VBox(0, look.HBox(8, v.columns, v.export)), v.chips),
		look.Border(gap, nil, nil, look.HBox(12, look.Wide(checkWidth(t("keys.every")), v.every), v.kinds, v.month), look.Wide(196, v.text), look.Spacer())), v.detail.root)
	return v
}

// checkWidth is the width of a box to tick with its label on one line.
func checkWidth(label string) float32 {
	return fyne.MeasureText(label, theme.TextSize(), fyne.TextStyle{}).Width + 28
}

func typeNames() []string {
	names := []string{t("types.all")}
	for _, typ := range keys.ItemTypes {
		names = append(names, t("types."+string(typ)))
	}
	return names
}

// typed follows a change of the text filter.
func (v *keyListView) typed() {
	if rows := v.table.Model.Selected(); len(rows) == 1 && v.table.Model.Cursor() < 0 {
		v.table.ChooseKey(rows[0].Key()) // the text had hidden it
	}
	v.renderEmpty()
}

// selected follows the cursor.
func (v *keyListView) selected() {
	var at keys.ItemKey
	if r, ok := v.table.Model.Current(); ok {
		at = r.Key()
	}
	if at != v.p.at {
		v.p.look(at)
	} else {
		v.detail.render()
	}
	v.acts.changed()
}

// detailChanged draws the detail anew, while it is in sight.
func (v *keyListView) detailChanged() {
	v.detail.render()
	v.acts.changed()
}

// targets are the keys that an act is about: the selected ones, or the one
// under the cursor. What is no key is read-only here.
func (v *keyListView) targets() []int {
	var ids []int
	for _, r := range v.chosen() {
		if r.record != nil {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// chosen are the selected rows, or the one under the cursor.
func (v *keyListView) chosen() []keyRow {
	if rows := v.table.Model.Selected(); len(rows) > 0 {
		return rows
	}
	if r, ok := v.table.Model.Current(); ok {
		return []keyRow{r}
	}
	return nil
}

// render shows what the presenter holds now.
func (v *keyListView) render() {
	if v.renderForm() {
		return
	}
	v.renderFilters()
	v.renderRows()
	v.renderNotices()
	v.renderEmpty()
	v.follow()
	v.detail.render()
	v.arrange()
	v.page.Refresh()
}

func (v *keyListView) renderFilters() {
	p := v.p
	v.drawn.version = min(v.drawn.version, p.version)
	if v.p.basis() != v.drawn {
		counts := p.counts()
		for i, f := range stateFilters {
			v.chips.SetText(i, f.label(p.work.limits())+" "+formatCount(counts[f]))
			v.chips.SetHidden(i, v.hides(f, counts[f]))
		}
	}
	v.chips.Select(slices.Index(stateFilters[:], p.state))
	v.every.SetChecked(p.showsAll())
	if v.shows != p.showsAll() {
		v.shows = p.showsAll()
		v.showColumns()
	}
	enable(v.every, p.choosesAll())
	v.kinds.Hidden = !p.showsAll() || !p.month.IsZero() // there is room for one of them
	if index := slices.Index(keys.ItemTypes[:], p.only) + 1; v.types.SelectedIndex() != index {
		v.types.SetSelectedIndex(index)
	}
	v.month.Hidden = p.month.IsZero()
	if !v.month.Hidden {
		v.month.SetText(t("keys.month", map[string]any{"Month": monthName(p.month.Month), "Year": p.month.Year}) + " ×")
	}
}

// hides reports whether a filter has no chip now: one that lets nothing pass
// and that nobody asks for every day.
func (v *keyListView) hides(f stateFilter, count int) bool {
	switch f {
	case showFine, showNoDate, showRenewed:
		return f != v.p.state && count == 0
	default:
		return false
	}
}

// renderRows makes the rows again if what they rest on has changed.
func (v *keyListView) renderRows() {
	if now := v.p.basis(); v.drawn != now {
		v.drawn = now
		v.table.SetRows(v.p.rows())
	}
}

// follow puts the cursor where the presenter wants it, or the presenter where
// the cursor is.
func (v *keyListView) follow() {
	p, none := v.p, keys.ItemKey{}
	if p.want != none {
		if _, ok := p.row(p.want); ok {
			v.clearText()
			if want := p.want; v.table.ChooseKey(want) {
				p.want = none
				v.detailOpen = true
			}
		}
	}
	if p.moved && len(v.table.Model.Selected()) <= 1 {
		v.table.ChooseKey(p.at) // scrolls there
	}
	p.moved = false
	if r, ok := v.table.Model.Current(); ok && p.want == none && r.Key() != p.at {
		p.look(r.Key())
	} else if !ok && p.want == none && p.at != none && !v.table.ChooseKey(p.at) {
		p.look(none)
	}
}

// arrangeSplit says what a narrow window shows, and whether there is a detail at
// all.
func (v *keyListView) arrangeSplit() {
	empty := len(v.table.Model.All()) == 0
	v.split.open = v.detailOpen && v.p.at != keys.ItemKey{}
	v.split.empty = empty
	v.above.Hidden = v.narrowed()
}

// renderForm shows a form in place of the list while one is open, and reports
// whether one is.
func (v *keyListView) renderForm() bool {
	form := v.doing.page()
	if form == nil {
		v.showPage()
		return false
	}
	fresh := v.show(form)
	v.root.Refresh()
	if fresh {
		v.doing.shown()
	}
	return true
}

// key is a key that no widget wanted; true when it has been dealt with.
func (v *keyListView) key(e *fyne.KeyEvent) bool {
	switch {
	case v.doing.page() != nil:
		return v.doing.key(e)
	default:
		return v.escape(e)
	}
}

// clear forgets every filter.
func (v *keyListView) clear() {
	v.clearText()
	v.p.clear()
}

// find puts the keyboard into the text filter.
func (v *keyListView) find() {
	v.closeDetail()
	v.acts.win.Canvas().Focus(v.text)
}

// choose puts the cursor on an item, whatever the filters say.
func (v *keyListView) choose(key keys.ItemKey) {
	v.clearText()
	v.p.openItem(key)
	v.render()
	v.freeFocus()
}

// opened is told when the screen comes in sight: where there is room for a
// detail, there is a row to show it of.
func (v *keyListView) opened() {
	if v.doing.page() != nil {
		return
	}
	if _, ok := v.table.Model.Current(); !ok && v.split.wide && v.table.Model.Len() > 0 {
		v.table.Model.Choose(0)
		v.table.Refresh()
		v.selected()
	}
	v.freeFocus()
}

// renderNotices says what was done, what is being done, and when the rows are
// older or fewer than they should be.
func (v *keyListView) renderNotices() {
	p := v.p
	list := slices.Clone(v.doing.notices())
	if note := v.exportNote(); note != nil {
		list = append(list, note)
	}
	if p.failure != nil && len(p.list) > 0 && !(p.work.offline && p.showsAll()) { // said below
		list = append(list, p.staleNotice())
	}
	if p.showsAll() {
		list = append(list, problemNotices(p.work)...)
		if p.failure != nil && len(p.list) == 0 && !p.work.offline && len(p.work.glance.Items) > 0 {
			list = append(list, look.NewNotice(look.Soon, look.SymbolWarning, t("keys.empty.failed"), sentence(p.failure),
				look.NewButton(look.Secondary, t("empty.failed.retry"), p.refresh)))
		}
	}
	v.showNotices(list)
}

// renderEmpty says why there are no rows.
func (v *keyListView) renderEmpty() {
	if v.table.Model.Len() > 0 {
		return
	}
	var empty fyne.CanvasObject
	switch {
	case len(v.table.Model.All()) > 0 || v.p.narrowed():
	case v.p.showsAll():
		empty = firstState(v.p.work)
	default:
		empty = v.emptyState()
	}
	if empty == nil {
		empty = look.NewNoMatch(t("empty.match.title"), t("empty.match.text"), t("empty.match.clear"), v.clear)
	}
	v.table.SetPlaceholder(container.NewCenter(empty))
}

// emptyState is what the screen shows while there are no key records at all.
func (v *keyListView) emptyState() fyne.CanvasObject {
	p, w := v.p, v.p.work
	switch {
	case len(p.list) > 0:
		return nil
	case p.busy() || w.tasks.Busy(slotSwitch):
		progress := look.NewProgress(t("empty.loading"), t("Cancel"), p.cancel)
		progress.Set(p.done, p.total)
		return look.Wide(360, progress)
	case keys.CauseOf(p.failure) == keys.NoRight:
		return v.orEverything(look.NewNoRight(t("keys.empty.right"),
			t("keys.empty.right_text", map[string]any{"Profile": w.facts.Profile.Name}), "", nil))
	case p.failure != nil:
		return look.NewFailure(t("keys.empty.failed"), sentence(p.failure), t("empty.failed.retry"), p.refresh)
	case p.seen.IsZero():
		return look.NewFailure(t("keys.empty.failed"), t("problem.canceled"), t("empty.failed.retry"), p.refresh)
	}
	button, text := "", t("keys.empty.first_text")
	if !p.hasType {
		text += " " + t("keys.empty.type_text")
	}
	if v.doing.can(keyAdd) {
		button = t("keys.add")
	}
	return v.orEverything(look.NewFirstUse(look.SymbolKey, t("keys.empty.first"), text, button, v.doing.add))
}

// orEverything offers what else ends, and to read who needs a key, below an
// empty state.
func (v *keyListView) orEverything(empty fyne.CanvasObject) fyne.CanvasObject {
	box := look.VBox(4, empty)
	if n := len(v.p.work.glance.Items); n > 0 {
		box.Add(container.NewCenter(look.NewButton(look.Link, tn("keys.empty.every", n, map[string]any{"N": formatCount(n)}),
			func() { v.p.showEverything(true) })))
	}
	box.Add(container.NewCenter(look.NewButton(look.Link, t("overview.need"), v.need)))
	return box
}

// openCurrent opens the row under the cursor in GLPI, or says why it cannot.
func (v *keyListView) openCurrent() {
	r, ok := v.table.Model.Current()
	w := v.p.work
	switch {
	case !ok:
	case w.demo:
		v.notify(t("keys.open_demo"))
	case w.offline:
		v.notify(t("keys.open_offline"))
	default:
		page, err := url.Parse(itemPage(w.facts.Web(), r.Key()))
		if err == nil {
			err = w.deps.OpenURL(page)
		}
		if err != nil {
			w.deps.Log.Warn("could not open the browser", "error", err)
			v.notify(t("keys.open_failed"))
		}
	}
}

// canOpen reports whether there is a row under the cursor and a page of it,
// which the demo has not, on a server that can be reached.
func (v *keyListView) canOpen() bool {
	_, ok := v.table.Model.Current()
	return ok && !v.p.work.offline && !v.p.work.demo
}

// lastPart and parentPart split an entity's path for the two lines of a cell.
func lastPart(path string) string { return keys.Entity{Path: path}.Name() }

func parentPart(path string) string {
	if last := lastPart(path); last != path {
		return path[:len(path)-len(last)-len(" > ")]
	}
	return ""
}

// compareText orders rows by a text, what has none last; equal ones by end.
func compareText(text func(keyRow) string) func(a, b keyRow) int {
	return func(a, b keyRow) int {
		one, two := text(a), text(b)
		if (one == "") != (two == "") {
			return cmp.Compare(len(two), len(one))
		}
		return cmp.Or(cmp.Compare(one, two), byEnd(a, b))
	}
}
