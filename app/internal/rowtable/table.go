package rowtable

import (
	"cmp"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
)

// RowHeight is the height of a row of two lines, its line included.
const RowHeight = 49

// HeaderHeight is the height of the line of titles.
const HeaderHeight = 32

const (
	cellPad     = 10
	doubleClick = 400 * time.Millisecond
)

// Table shows a Model and lets people move, select and open by keyboard and
// mouse.
type Table[T any, K comparable] struct {
	widget.BaseWidget
	// Model is what the table shows. Change it through the table's methods, or
	// call Refresh afterwards.
	Model *Model[T, K]

	OnSelect func()              // cursor or selection changed
	OnOpen   func(row T)         // Enter or double click
	OnMenu   func(fyne.Position) // right click or menu key, absolute position; the row is selected
	OnType   func(rune)          // a letter was typed: the start of a filter
	OnCopy   func(tsv string)    // Ctrl+C
	OnEscape func()              // Escape with nothing to clear
	OnSort   func(id string, descending bool)

	header      *header
	list        *rows
	body        *fyne.Container
	placeholder *fyne.Container
	columns     []Column[T]
	spans       []span
	width       float32 // that spans was computed for

	now       func() time.Time
	modifiers func() fyne.KeyModifier
	lastRow   int
	lastTap   time.Time
}

// New makes a table without rows. key must differ between any two rows.
func New[T any, K comparable](columns []Column[T], key func(T) K) *Table[T, K] {
	t := &Table[T, K]{
		Model:     NewModel(columns, key),
		columns:   columns,
		now:       time.Now,
		modifiers: currentModifiers,
		lastRow:   -1,
	}
	t.header = newHeader(t)
	t.list = newRows(t)
	t.placeholder = container.NewStack()
	t.placeholder.Hide()
	t.body = container.New(tableLayout{},
		t.header, container.NewThemeOverride(t.list, tight{}), t.placeholder)
	t.ExtendBaseWidget(t)
	return t
}

func currentModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// SetColumns replaces titles and cells, for a change of language or of what is
// hidden. The columns must be the same in number and order.
func (t *Table[T, K]) SetColumns(columns []Column[T]) {
	t.columns = columns
	t.Model.columns = columns
	t.Model.folded = nil
	t.width = 0
	t.Refresh()
}

// SetRows replaces all rows; selection, order, filter and scroll stay.
func (t *Table[T, K]) SetRows(rows []T) {
	t.Model.SetRows(rows)
	t.Refresh()
}

// SetFilter shows only the rows that accept says yes to; nil shows all.
func (t *Table[T, K]) SetFilter(accept func(T) bool) {
	t.Model.SetFilter(accept)
	t.Refresh()
}

// SetText shows only the rows that hold all words of text.
func (t *Table[T, K]) SetText(text string) {
	t.Model.SetText(text)
	t.Refresh()
}

// SetSort orders the rows by a column; OnSort is not called.
func (t *Table[T, K]) SetSort(id string, descending bool) {
	t.Model.SetSort(id, descending)
	t.Refresh()
}

// SetPlaceholder shows an object in place of the rows while there are none;
// nil shows nothing.
func (t *Table[T, K]) SetPlaceholder(o fyne.CanvasObject) {
	t.placeholder.RemoveAll()
	if o != nil {
		t.placeholder.Add(o)
	}
	t.Refresh()
}

// ChooseKey selects the row with that key alone and scrolls to it; false when
// it is not shown.
func (t *Table[T, K]) ChooseKey(k K) bool {
	if !t.Model.ChooseKey(k) {
		return false
	}
	t.moved()
	return true
}

// Focus gives the keyboard to the rows.
func (t *Table[T, K]) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.list); c != nil {
		c.Focus(t.list)
	}
}

// Focusable is the part of the table that takes the keyboard.
func (t *Table[T, K]) Focusable() fyne.Focusable { return t.list }

// CreateRenderer implements fyne.Widget.
func (t *Table[T, K]) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(t.body)
}

// Refresh shows the model as it is now.
func (t *Table[T, K]) Refresh() {
	empty := t.Model.Len() == 0 && len(t.placeholder.Objects) > 0
	t.placeholder.Hidden = !empty
	t.header.Refresh()
	t.list.Refresh()
	t.BaseWidget.Refresh()
}

// moved shows a new cursor or selection and tells about it.
func (t *Table[T, K]) moved() {
	if i := t.Model.Cursor(); i >= 0 {
		t.list.ScrollTo(i)
	}
	t.list.Refresh()
	if t.OnSelect != nil {
		t.OnSelect()
	}
}

func (t *Table[T, K]) tapped(i int, held fyne.KeyModifier) {
	if i < 0 || i >= t.Model.Len() {
		return
	}
	t.Focus()
	now := t.now()
	again := i == t.lastRow && now.Sub(t.lastTap) < doubleClick && held == 0
	t.lastRow, t.lastTap = i, now
	switch {
	case held&fyne.KeyModifierShift != 0:
		t.Model.Move(i, true)
	case held&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0:
		t.Model.Mark(i)
	case again:
		t.lastTap = time.Time{}
		t.open()
		return
	default:
		t.Model.Choose(i)
	}
	t.moved()
}

func (t *Table[T, K]) menu(i int, at fyne.Position) {
	if i < 0 || i >= t.Model.Len() {
		return
	}
	t.Focus()
	if !t.Model.IsSelected(i) {
		t.Model.Choose(i)
		t.moved()
	}
	if t.OnMenu != nil {
		t.OnMenu(at)
	}
}

func (t *Table[T, K]) open() {
	if row, ok := t.Model.Current(); ok && t.OnOpen != nil {
		t.OnOpen(row)
	}
}

// key moves, marks and opens; false for a key that it has no use for.
func (t *Table[T, K]) key(name fyne.KeyName) bool {
	page := max(int(t.list.Size().Height/RowHeight)-1, 1)
	extend := t.modifiers()&fyne.KeyModifierShift != 0
	at := t.Model.Cursor()
	move := func(to int) { t.Model.Move(to, extend); t.moved() }
	switch name {
	case fyne.KeyDown:
		move(at + 1)
	case fyne.KeyUp:
		move(at - 1)
	case fyne.KeyPageDown:
		move(at + page)
	case fyne.KeyPageUp:
		move(at - page)
	case fyne.KeyHome:
		move(0)
	case fyne.KeyEnd:
		move(t.Model.Len() - 1)
	case fyne.KeySpace:
		t.Model.Mark(at)
		t.moved()
	case fyne.KeyReturn, fyne.KeyEnter:
		t.open()
	case fyne.KeyEscape:
		t.escape()
	case desktop.KeyMenu:
		t.menuAtCursor()
	case fyne.KeyF10:
		if !extend {
			return false
		}
		t.menuAtCursor()
	default:
		return false
	}
	return true
}

// menuIndent is how far inside its row a menu opens by key.
const menuIndent = 24

// menuAtCursor asks for the menu below the row at the cursor, for who has no
// mouse.
func (t *Table[T, K]) menuAtCursor() {
	at := t.Model.Cursor()
	if at < 0 {
		return
	}
	t.list.ScrollTo(at)
	below := min(RowHeight*float32(at+1)-t.list.GetScrollOffset(), t.list.Size().Height)
	t.menu(at, fyne.CurrentApp().Driver().AbsolutePositionForObject(t.list).AddXY(menuIndent, below))
}

func (t *Table[T, K]) escape() {
	if len(t.Model.Selected()) > 0 {
		t.Model.Clear()
		t.moved()
	} else if t.OnEscape != nil {
		t.OnEscape()
	}
}

func (t *Table[T, K]) shortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutSelectAll:
		t.Model.SelectAll()
		t.moved()
	case *fyne.ShortcutCopy:
		if tsv := t.Model.TSV(); tsv != "" && t.OnCopy != nil {
			t.OnCopy(tsv)
		}
	}
}

func (t *Table[T, K]) sortBy(column int) {
	c := t.columns[column]
	if c.Compare == nil {
		return
	}
	t.Focus() // the click took the keyboard from the rows
	id, down := t.Model.Sort()
	down = id == c.ID && !down
	t.SetSort(c.ID, down)
	if t.OnSort != nil {
		t.OnSort(c.ID, down)
	}
}

// span is where a column stands; no width means hidden.
type span struct{ x, width float32 }

// spansFor shares width among the columns.
func (t *Table[T, K]) spansFor(width float32) []span {
	if t.width == width && len(t.spans) == len(t.columns) {
		return t.spans
	}
	fixed, weights := float32(0), float32(0)
	for _, c := range t.columns {
		switch {
		case width < c.HideBelow, c.Hidden:
		case c.Width > 0:
			fixed += c.Width
		default:
			weights += weightOf(c.Weight)
		}
	}
	t.spans = make([]span, len(t.columns))
	free, x := max(width-fixed, 0), float32(0)
	for i, c := range t.columns {
		w := c.Width
		switch {
		case width < c.HideBelow, c.Hidden:
			continue
		case w == 0:
			w = free * weightOf(c.Weight) / weights
		}
		t.spans[i] = span{x: x, width: w}
		x += w
	}
	t.width = width
	return t.spans
}

// LeastWidth is what the columns shown need to be of use.
func (t *Table[T, K]) LeastWidth() float32 {
	least := float32(0)
	for _, c := range t.columns {
		if !c.Hidden {
			least += cmp.Or(c.Width, c.Least)
		}
	}
	return least
}

func weightOf(w float32) float32 {
	if w == 0 {
		return 1
	}
	return w
}

// host is what header and rows need of their table, whatever its types.
type host interface {
	spansFor(width float32) []span
	tapped(row int, held fyne.KeyModifier)
	menu(row int, at fyne.Position)
	key(fyne.KeyName) bool
	typed(rune)
	shortcut(fyne.Shortcut)
	sortBy(column int)
	titles() []title
	state(row int) (selected, cursor bool)
	cells() []fyne.CanvasObject
	fill(row int, cells []fyne.CanvasObject)
	count() int
	align(column int) bool
}

type title struct {
	text            string
	sortable, right bool
	sorted          int // 1 up, -1 down
}

func (t *Table[T, K]) typed(r rune) {
	if t.OnType != nil && r > ' ' {
		t.OnType(r)
	}
}

func (t *Table[T, K]) titles() []title {
	id, down := t.Model.Sort()
	out := make([]title, len(t.columns))
	for i, c := range t.columns {
		out[i] = title{text: c.Title, sortable: c.Compare != nil, right: c.AlignRight}
		if c.ID == id && c.Compare != nil {
			out[i].sorted = 1
			if down {
				out[i].sorted = -1
			}
		}
	}
	return out
}

func (t *Table[T, K]) state(i int) (selected, cursor bool) {
	return t.Model.IsChosen(i), i == t.Model.Cursor()
}

func (t *Table[T, K]) cells() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.New()
		if text, ok := out[i].(*look.Text); ok && c.AlignRight {
			text.SetAlign(fyne.TextAlignTrailing)
		}
	}
	return out
}

func (t *Table[T, K]) fill(i int, cells []fyne.CanvasObject) {
	if i >= t.Model.Len() {
		return
	}
	row := t.Model.At(i)
	for n, c := range t.columns {
		c.Update(cells[n], row)
	}
}

func (t *Table[T, K]) count() int            { return t.Model.Len() }
func (t *Table[T, K]) align(column int) bool { return t.columns[column].AlignRight }

// tight is the program's theme without the room that Fyne's list leaves
// between rows and without its own marks: the rows draw theirs.
type tight struct{}

func (tight) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (t tight) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameHover || n == theme.ColorNameSelection {
		return color.Transparent
	}
	return t.base().Color(n, v)
}

// Font implements fyne.Theme.
func (t tight) Font(s fyne.TextStyle) fyne.Resource { return t.base().Font(s) }

// Icon implements fyne.Theme.
func (t tight) Icon(n fyne.ThemeIconName) fyne.Resource { return t.base().Icon(n) }

// Size implements fyne.Theme.
func (t tight) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNamePadding {
		return 0
	}
	return t.base().Size(n)
}

// tableLayout puts the header above the rows; the placeholder shares their
// place.
type tableLayout struct{}

// Layout implements fyne.Layout.
func (tableLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, HeaderHeight))
	for _, o := range objects[1:] {
		o.Move(fyne.NewPos(0, HeaderHeight))
		o.Resize(fyne.NewSize(size.Width, max(size.Height-HeaderHeight, 0)))
	}
}

// MinSize implements fyne.Layout.
func (tableLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := fyne.NewSize(200, RowHeight)
	if objects[2].Visible() {
		min = min.Max(objects[2].MinSize())
	}
	return min.AddWidthHeight(0, HeaderHeight)
}

// rows is Fyne's list with the keyboard of the table.
type rows struct {
	widget.List
	t       host
	focused bool
}

func newRows(t host) *rows {
	r := &rows{t: t}
	r.Length = t.count
	r.CreateItem = func() fyne.CanvasObject { return newRow(t, r) }
	r.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*row).show(i) }
	r.HideSeparators = true
	r.ExtendBaseWidget(r)
	return r
}

// FocusGained implements fyne.Focusable.
func (r *rows) FocusGained() {
	r.focused = true
	r.List.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (r *rows) FocusLost() {
	r.focused = false
	r.List.FocusLost()
}

// TypedKey implements fyne.Focusable.
func (r *rows) TypedKey(e *fyne.KeyEvent) {
	if !r.t.key(e.Name) {
		look.PassOn(r, e)
	}
}

// TypedRune implements fyne.Focusable.
func (r *rows) TypedRune(letter rune) { r.t.typed(letter) }

// TypedShortcut implements fyne.Shortcutable.
func (r *rows) TypedShortcut(s fyne.Shortcut) { r.t.shortcut(s) }

// row is one line of the table; it is used again for other rows.
type row struct {
	widget.BaseWidget
	t       host
	list    *rows
	index   int
	cells   []fyne.CanvasObject
	held    fyne.KeyModifier
	hovered bool
}

func newRow(t host, list *rows) *row {
	r := &row{t: t, list: list, index: -1, cells: t.cells()}
	r.ExtendBaseWidget(r)
	return r
}

func (r *row) show(i int) {
	if r.index != i {
		r.index, r.hovered = i, false
	}
	r.t.fill(i, r.cells)
	r.Refresh()
}

// MouseDown implements desktop.Mouseable: only here are the held keys known.
func (r *row) MouseDown(e *desktop.MouseEvent) { r.held = e.Modifier }

// MouseUp implements desktop.Mouseable.
func (r *row) MouseUp(*desktop.MouseEvent) {}

// Tapped implements fyne.Tappable. There is no DoubleTapped: Fyne would then
// hold back each single click.
func (r *row) Tapped(*fyne.PointEvent) {
	held := r.held
	r.held = 0
	r.t.tapped(r.index, held)
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *row) TappedSecondary(e *fyne.PointEvent) { r.t.menu(r.index, e.AbsolutePosition) }

// MouseIn implements desktop.Hoverable.
func (r *row) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *row) MouseOut() { r.hovered = false; r.Refresh() }

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	rr := &rowRenderer{r: r, back: &canvas.Rectangle{}, line: &canvas.Rectangle{}, mark: &canvas.Rectangle{}}
	rr.objects = append([]fyne.CanvasObject{rr.back, rr.line, rr.mark}, r.cells...)
	rr.style()
	return rr
}

type rowRenderer struct {
	r                *row
	back, line, mark *canvas.Rectangle
	objects          []fyne.CanvasObject
}

// Layout implements fyne.WidgetRenderer.
func (rr *rowRenderer) Layout(size fyne.Size) {
	rr.back.Resize(fyne.NewSize(size.Width, size.Height-1))
	rr.line.Move(fyne.NewPos(0, size.Height-1))
	rr.line.Resize(fyne.NewSize(size.Width, 1))
	rr.mark.Resize(fyne.NewSize(3, size.Height-1))
	for i, s := range rr.r.t.spansFor(size.Width) {
		cell := rr.r.cells[i]
		if s.width <= 0 {
			cell.Hide()
			continue
		}
		cell.Show()
		room := max(s.width-2*cellPad, 0)
		need := cell.MinSize()
		height := min(need.Height, size.Height-1)
		width := room
		x := s.x + cellPad
		if rr.r.t.align(i) && need.Width < room && need.Width > 0 {
			width = need.Width
			x += room - width
		}
		cell.Move(fyne.NewPos(x, (size.Height-1-height)/2))
		cell.Resize(fyne.NewSize(width, height))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (rr *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(100, RowHeight) }

func (rr *rowRenderer) style() {
	selected, cursor := rr.r.t.state(rr.r.index)
	switch {
	case selected:
		rr.back.FillColor = colorOf(rr.r, look.ColorSelectedRow)
	case rr.r.hovered:
		rr.back.FillColor = colorOf(rr.r, look.ColorHoverRow)
	default:
		rr.back.FillColor = color.Transparent
	}
	rr.line.FillColor = colorOf(rr.r, look.ColorRowLine)
	rr.mark.FillColor = colorOf(rr.r, theme.ColorNamePrimary)
	rr.mark.Hidden = !cursor || !rr.r.list.focused
}

// Refresh implements fyne.WidgetRenderer.
func (rr *rowRenderer) Refresh() {
	rr.style()
	rr.Layout(rr.r.Size())
	for _, o := range rr.objects[:3] {
		o.Refresh()
	}
	canvas.Refresh(rr.r)
}

// Objects implements fyne.WidgetRenderer.
func (rr *rowRenderer) Objects() []fyne.CanvasObject { return rr.objects }

// Destroy implements fyne.WidgetRenderer.
func (rr *rowRenderer) Destroy() {}

func colorOf(w interface{ Theme() fyne.Theme }, name fyne.ThemeColorName) color.Color {
	return w.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}
