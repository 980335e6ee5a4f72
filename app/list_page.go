package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
)

const (
	detailWidth = 340
	// wideSplit is the width from which list and detail stand beside each
	// other: that of a page in a window of 1100 units.
	wideSplit = 1100 - railWidth - 2*22
)

// listPage is what the screens of keys and of invitations have in common: rows
// beside the detail of one of them, one of the two where there is no room for
// both, and at times a form in place of them all.
type listPage[R any, K comparable] struct {
	work   *workspace
	acts   frameActs
	notify func(text string) // tells in passing: "Link copied"

	name    string // of the table in the preferences
	table   *rowtable.Table[R, K]
	text    *look.Entry     // filters the rows
	above   *fyne.Container // chips and text
	notices *fyne.Container // between these and the rows
	split   *splitLayout
	page    *fyne.Container // rows and detail
	root    *fyne.Container // shows page, or a form

	detailOpen   bool   // people asked for it, where there is room for one only
	arrange      func() // says what a narrow window shows
	renderDetail func()
	onTyped      func() // the text filter has changed
	onSelect     func() // the cursor or the selection has changed
	onClear      func() // every filter is to be forgotten
}

// buildTable makes the table, ordered as it was left, at first by the column
// sort. menu is what a right click offers.
func (l *listPage[R, K]) buildTable(columns []rowtable.Column[R], key func(R) K, sort string, menu func() *fyne.Menu) {
	l.table = rowtable.New(columns, key)
	state := l.work.deps.Preferences.Get().Tables[l.name]
	if state.Sort == "" {
		state.Sort = sort
	}
	l.table.SetSort(state.Sort, state.Descending)
	l.table.OnSort = func(id string, descending bool) {
		l.remember(func(s *TableState) { s.Sort, s.Descending = id, descending })
	}
	l.table.OnSelect = func() { l.onSelect() }
	l.table.OnOpen = func(R) { l.openDetail() }
	l.table.OnType = func(r rune) {
		l.acts.win.Canvas().Focus(l.text)
		l.text.TypedRune(r)
	}
	l.table.OnCopy = func(tsv string) {
		l.acts.clipboard.SetContent(tsv)
		n := len(l.table.Model.Selected())
		l.notify(tn("keys.copied_rows", n, map[string]any{"N": formatCount(n)}))
	}
	l.table.OnEscape = func() { l.onClear() }
	l.table.OnMenu = func(at fyne.Position) {
		m := menu()
		m.Items = append(m.Items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(t("keys.copy_rows"), func() { l.table.OnCopy(l.table.Model.TSV()) }))
		widget.ShowPopUpMenuAtPosition(m, l.acts.win.Canvas(), at)
	}
}

// remember keeps how a person left the table.
func (l *listPage[R, K]) remember(change func(*TableState)) {
	err := l.work.deps.Preferences.Update(func(p *PreferencesData) {
		s := p.Tables[l.name]
		change(&s)
		p.setTable(l.name, s)
	})
	if err != nil {
		l.work.deps.Log.Warn("could not save preferences", "error", err)
	}
}

// buildText makes the entry that filters the rows.
func (l *listPage[R, K]) buildText(placeholder string) {
	l.text = look.NewEntry(placeholder)
	l.text.OnChanged = func(text string) {
		l.table.SetText(text)
		l.onTyped()
		l.onSelect()
		l.page.Refresh() // the card ends with its last row
	}
	l.text.OnSubmitted = func(string) { l.focusRows() }
	l.text.OnKey = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyEscape:
			l.clearText()
		case fyne.KeyDown:
		default:
			return false
		}
		l.focusRows()
		return true
	}
}

// build puts above, the rows and their detail together.
func (l *listPage[R, K]) build(above *fyne.Container, detail fyne.CanvasObject) {
	l.above, l.notices = above, look.VBox(8)
	card := look.AtMost(l.tableHeight, look.NewCardPadded(0, l.table))
	l.page = look.Padded(0, 22, gap, 22, look.Border(gap, look.VBox(10, l.above, l.notices), nil, nil, nil,
		container.New(l.split, card, detail)))
	l.root = container.NewStack(l.page)
}

// tableHeight is how high the card is: it ends with its last row.
func (l *listPage[R, K]) tableHeight() float32 {
	n := l.table.Model.Len()
	if n == 0 {
		return 1e6
	}
	return rowtable.HeaderHeight + rowtable.RowHeight*float32(n) + 2
}

// showNotices puts notices above the rows. What is said there gets its width
// first: a text that wraps tells its height only then, and would lie over the
// rows until the next time.
func (l *listPage[R, K]) showNotices(list []fyne.CanvasObject) {
	before := l.noticeHeight()
	l.notices.Objects, l.notices.Hidden = list, len(list) == 0
	l.notices.Resize(fyne.NewSize(max(l.page.Size().Width-2*22, 0), l.notices.Size().Height))
	l.notices.Refresh()
	if l.noticeHeight() != before { // before somebody scrolls to a row
		l.page.Refresh()
	}
}

func (l *listPage[R, K]) noticeHeight() float32 {
	if l.notices.Hidden {
		return 0
	}
	return l.notices.MinSize().Height
}

// show puts o, the page or a form, in sight; false when it was there already.
func (l *listPage[R, K]) show(o fyne.CanvasObject) bool {
	if l.root.Objects[0] == o {
		return false
	}
	l.root.Objects = []fyne.CanvasObject{o}
	return true
}

// showPage puts rows and detail in sight again.
func (l *listPage[R, K]) showPage() {
	if l.show(l.page) {
		l.root.Refresh()
		l.focusRows()
	}
}

// narrowed reports whether the detail stands in place of the rows.
func (l *listPage[R, K]) narrowed() bool { return l.split.open && !l.split.wide }

// escape goes back from a detail that stands in place of the rows; true when
// that is what the key did.
func (l *listPage[R, K]) escape(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape || !l.narrowed() {
		return false
	}
	l.closeDetail()
	return true
}

// openDetail shows the detail in place of the rows where there is no room for
// both.
func (l *listPage[R, K]) openDetail() {
	l.detailOpen = true
	l.arrange()
	l.page.Refresh()
	l.renderDetail()
	l.freeFocus()
}

// closeDetail goes back to the rows.
func (l *listPage[R, K]) closeDetail() {
	l.detailOpen = false
	l.arrange()
	l.page.Refresh()
	l.focusRows()
}

// freeFocus gives the keyboard to the rows, or to nobody while the detail
// stands in their place, so that Escape goes back.
func (l *listPage[R, K]) freeFocus() {
	if l.narrowed() {
		l.acts.win.Canvas().Unfocus()
		return
	}
	l.focusRows()
}

// focusRows gives the keyboard to the rows.
func (l *listPage[R, K]) focusRows() { l.acts.win.Canvas().Focus(l.table.Focusable()) }

func (l *listPage[R, K]) clearText() {
	if l.text.Text != "" {
		l.text.SetText("")
	}
}

// holdsFocus reports whether the keyboard is somewhere in o, and no popup has
// it.
func (l *listPage[R, K]) holdsFocus(o fyne.CanvasObject) bool {
	at, ok := l.acts.win.Canvas().Focused().(fyne.CanvasObject)
	if !ok || !o.Visible() || l.acts.win.Canvas().Overlays().Top() != nil {
		return false
	}
	driver := fyne.CurrentApp().Driver()
	in := driver.AbsolutePositionForObject(at).Subtract(driver.AbsolutePositionForObject(o))
	return in.X >= 0 && in.Y >= 0 && in.X < o.Size().Width && in.Y < o.Size().Height
}

// detailPane is the detail of one row. It is made anew whenever what it rests
// on, a D, has changed.
type detailPane[D comparable] struct {
	drawn  D
	scroll *container.Scroll // of the detail that is shown; may be nil
	root   *fyne.Container
}

func newDetailPane[D comparable]() detailPane[D] { return detailPane[D]{root: container.NewStack()} }

// redraw shows what build makes, which sets scroll, unless it rests on the same
// as what is shown. same says that it is about the same row in the same place:
// it stays scrolled then. held reports whether the keyboard is in the pane, and
// free takes it from what is no more.
func (p *detailPane[D]) redraw(now D, same bool, build func() fyne.CanvasObject, held func(fyne.CanvasObject) bool, free func()) {
	if now == p.drawn && len(p.root.Objects) > 0 {
		return
	}
	offset := fyne.Position{}
	if p.scroll != nil && same {
		offset = p.scroll.Offset
	}
	had := held(p.root)
	p.drawn, p.scroll = now, nil
	p.root.Objects = []fyne.CanvasObject{build()}
	p.root.Refresh()
	if had {
		free()
	}
	if p.scroll != nil && offset.Y > 0 {
		p.scroll.ScrollToOffset(offset)
	}
}

// twoLines makes a cell of two lines, the second muted.
func twoLines(first look.Style) func() fyne.CanvasObject {
	return func() fyne.CanvasObject {
		return look.VBox(1, look.NewShortened(first, ""), look.NewShortened(look.Muted, ""))
	}
}

// fillLines writes into a cell of two lines; an empty second one takes no room.
func fillLines(cell fyne.CanvasObject, first, second string) {
	lines := cell.(*fyne.Container).Objects
	lines[0].(*look.Text).SetText(first)
	lines[1].(*look.Text).SetText(second)
	lines[1].(*look.Text).Hidden = second == ""
}

// splitLayout puts a list beside its detail where the width allows it, and
// shows one of the two otherwise.
type splitLayout struct {
	wide    bool
	open    bool    // the detail is in sight where there is room for one only
	empty   bool    // there is no detail
	least   float32 // that the list needs to stand beside its detail
	changed func()
}

// Layout implements fyne.Layout.
func (l *splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	list, detail := objects[0], objects[1]
	room := size.Width - detailWidth - 16
	if wide := size.Width >= wideSplit && room >= l.least; wide != l.wide {
		l.wide = wide
		l.changed()
	}
	beside := l.wide && !l.empty
	show(list, beside || !l.open)
	show(detail, beside || l.open)
	at := size
	if beside {
		at.Width = room
		detail.Move(fyne.NewPos(at.Width+16, 0))
		detail.Resize(fyne.NewSize(detailWidth, size.Height))
	} else {
		detail.Move(fyne.NewPos(0, 0))
		detail.Resize(size)
	}
	list.Move(fyne.NewPos(0, 0))
	list.Resize(at)
}

// MinSize implements fyne.Layout: it fits the smallest window, where one of
// the two is seen.
func (l *splitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(detailWidth, objects[0].MinSize().Height)
}
