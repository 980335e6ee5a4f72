package rowtable

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
)

func cell() fyne.CanvasObject { return look.NewShortened(look.Body, "") }

func setCell(text func(book) string) func(fyne.CanvasObject, book) {
	return func(o fyne.CanvasObject, b book) { o.(*look.Text).SetText(text(b)) }
}

type fixture struct {
	*Table[book, int]
	w     fyne.Window
	held  fyne.KeyModifier
	clock time.Time
}

func shownTable(t *testing.T, rows []book, width, height float32) *fixture {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, look.New(look.Light))
	f := &fixture{Table: New(columns(), func(b book) int { return b.id }), clock: time.Unix(0, 0)}
	f.now = func() time.Time { return f.clock }
	f.modifiers = func() fyne.KeyModifier { return f.held }
	f.SetRows(rows)
	f.w = test.NewTempWindow(t, f.Table)
	f.w.SetPadded(false)
	f.w.Resize(fyne.NewSize(width, height))
	return f
}

func (f *fixture) press(held fyne.KeyModifier, names ...fyne.KeyName) {
	f.held = held
	for _, name := range names {
		f.w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
	}
	f.held = 0
}

// row finds the widget of the row shown at i. test.LaidOutObjects would lay the
// list out anew and with other widgets.
func (f *fixture) row(t *testing.T, i int) *row {
	t.Helper()
	var found *row
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *row:
			if o.index == i {
				found = o
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		}
	}
	walk(f.w.Content())
	if found == nil {
		t.Fatalf("row %d is not on the screen", i)
	}
	return found
}

func (f *fixture) click(t *testing.T, i int, held fyne.KeyModifier) {
	t.Helper()
	r := f.row(t, i)
	r.MouseDown(&desktop.MouseEvent{Modifier: held, Button: desktop.MouseButtonPrimary})
	r.MouseUp(&desktop.MouseEvent{Modifier: held, Button: desktop.MouseButtonPrimary})
	test.Tap(r)
}

func TestKeyboard(t *testing.T) {
	const shift = fyne.KeyModifierShift
	for _, c := range []struct {
		name   string
		play   func(f *fixture)
		want   []int
		cursor int
	}{
		{"down from nothing", func(f *fixture) { f.press(0, fyne.KeyDown) }, []int{1}, 0},
		{"down and up", func(f *fixture) { f.press(0, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp) }, []int{2}, 1},
		{"end", func(f *fixture) { f.press(0, fyne.KeyEnd) }, []int{5}, 4},
		{"home", func(f *fixture) { f.press(0, fyne.KeyEnd, fyne.KeyHome) }, []int{1}, 0},
		{"page", func(f *fixture) { f.press(0, fyne.KeyHome, fyne.KeyPageDown) }, []int{4}, 3},
		{"page back", func(f *fixture) { f.press(0, fyne.KeyEnd, fyne.KeyPageUp) }, []int{2}, 1},
		{"shift extends", func(f *fixture) { f.press(0, fyne.KeyHome); f.press(shift, fyne.KeyDown, fyne.KeyDown) }, []int{1, 2, 3}, 2},
		{"shift end", func(f *fixture) { f.press(0, fyne.KeyHome, fyne.KeyDown); f.press(shift, fyne.KeyEnd) }, []int{2, 3, 4, 5}, 4},
		{"space marks", func(f *fixture) {
			f.press(0, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown, fyne.KeyDown, fyne.KeySpace, fyne.KeyDown)
		}, []int{1, 3}, 3},
		{"escape clears", func(f *fixture) { f.press(0, fyne.KeyDown, fyne.KeyEscape) }, []int{}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := shownTable(t, shelf(), 600, HeaderHeight+4*RowHeight)
			told := 0
			f.OnSelect = func() { told++ }
			f.Focus()
			c.play(f)
			if got := selectedIDs(f.Model); !slices.Equal(got, c.want) {
				t.Errorf("selected %v, want %v", got, c.want)
			}
			if f.Model.Cursor() != c.cursor {
				t.Errorf("cursor at %d, want %d", f.Model.Cursor(), c.cursor)
			}
			if told == 0 {
				t.Error("OnSelect was not called")
			}
		})
	}
}

func TestKeyboardCallbacks(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	var opened []int
	var typed []rune
	var copied string
	escaped := 0
	f.OnOpen = func(b book) { opened = append(opened, b.id) }
	f.OnType = func(r rune) { typed = append(typed, r) }
	f.OnCopy = func(tsv string) { copied = tsv }
	f.OnEscape = func() { escaped++ }
	f.Focus()
	f.press(0, fyne.KeyReturn) // nothing under the cursor yet
	f.press(0, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter)
	if !slices.Equal(opened, []int{2, 2}) {
		t.Errorf("opened %v", opened)
	}
	focused := f.w.Canvas().Focused()
	for _, r := range "a É" {
		focused.TypedRune(r)
	}
	if string(typed) != "aÉ" {
		t.Errorf("typed %q, want the letters without the space", string(typed))
	}
	focused.(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	if len(f.Model.Selected()) != 5 {
		t.Error("Ctrl+A did not select all")
	}
	focused.(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	if want := "Title\tAuthor\tYear\nÉlégie\tDuras\t1958\n"; len(copied) < len(want) || copied[:len(want)] != want {
		t.Errorf("copied %q", copied)
	}
	f.press(0, fyne.KeyEscape, fyne.KeyEscape)
	if escaped != 1 {
		t.Errorf("OnEscape called %d times, want once: the first Escape clears", escaped)
	}
}

func TestMouse(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	var opened []int
	f.OnOpen = func(b book) { opened = append(opened, b.id) }
	f.click(t, 1, 0)
	if got := selectedIDs(f.Model); !slices.Equal(got, []int{2}) {
		t.Errorf("after a click %v", got)
	}
	if f.w.Canvas().Focused() != f.Focusable() {
		t.Error("a click does not give the rows the keyboard")
	}
	f.clock = f.clock.Add(time.Second)
	f.click(t, 1, 0)
	if len(opened) != 0 {
		t.Error("two slow clicks opened")
	}
	f.clock = f.clock.Add(doubleClick / 2)
	f.click(t, 1, 0)
	if !slices.Equal(opened, []int{2}) {
		t.Errorf("a double click opened %v", opened)
	}
	f.clock = f.clock.Add(doubleClick / 2)
	f.click(t, 1, 0)
	if len(opened) != 1 {
		t.Error("a third click opened again")
	}
	f.clock = f.clock.Add(doubleClick / 4)
	f.click(t, 2, 0)
	if len(opened) != 1 {
		t.Error("quick clicks on two rows opened")
	}
	f.click(t, 4, fyne.KeyModifierShift)
	if got := selectedIDs(f.Model); !slices.Equal(got, []int{3, 4, 5}) {
		t.Errorf("after Shift and click %v", got)
	}
	f.click(t, 0, fyne.KeyModifierControl)
	if got := selectedIDs(f.Model); !slices.Equal(got, []int{1, 3, 4, 5}) {
		t.Errorf("after Ctrl and click %v", got)
	}
}

func TestMenu(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	menus := 0
	f.OnMenu = func(fyne.Position) { menus++ }
	test.TapSecondary(f.row(t, 2))
	if got := selectedIDs(f.Model); !slices.Equal(got, []int{3}) || menus != 1 {
		t.Errorf("selected %v, menus %d", got, menus)
	}
	f.Model.SelectAll()
	f.Refresh()
	test.TapSecondary(f.row(t, 0))
	if len(f.Model.Selected()) != 5 || menus != 2 {
		t.Error("a right click on a selected row changed the selection")
	}
}

func TestMenuByKey(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	var at []fyne.Position
	f.OnMenu = func(p fyne.Position) { at = append(at, p) }
	f.list.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	if len(at) != 0 {
		t.Fatal("a menu without a cursor")
	}
	f.Model.Choose(1)
	f.list.TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	list := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.list)
	if len(at) != 1 || at[0].Y != list.Y+2*RowHeight {
		t.Errorf("menus at %v, the list begins at %v", at, list)
	}
}

func TestHeaderSorts(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	type sorted struct {
		id   string
		down bool
	}
	var told []sorted
	f.OnSort = func(id string, down bool) { told = append(told, sorted{id, down}) }
	f.Model.Choose(2) // book 3
	at := func(x float32) { f.header.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, 10)}) }
	at(10)  // title
	at(10)  // title, down
	at(400) // author cannot be sorted
	at(590) // year
	want := []sorted{{"title", false}, {"title", true}, {"year", false}}
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if got := shownIDs(f.Model); !slices.Equal(got, []int{1, 5, 2, 4, 3}) {
		t.Errorf("order %v", got)
	}
	if b, _ := f.Model.Current(); b.id != 3 {
		t.Errorf("the cursor left its row for %d", b.id)
	}
}

func TestColumnsHide(t *testing.T) {
	f := shownTable(t, shelf(), 399, 400)
	spans := f.spansFor(399)
	if spans[1].width != 0 {
		t.Error("the author is shown in a narrow table")
	}
	if got := spans[0].width + spans[2].width; got != 399 {
		t.Errorf("the rest takes %v of 399", got)
	}
	spans = f.spansFor(500)
	if spans[0].width <= spans[1].width || spans[2].width != 90 {
		t.Errorf("widths %v, want 2 to 1 and 90", spans)
	}
}

func TestScrollFollowsCursor(t *testing.T) {
	f := shownTable(t, manyBooks(10_000), 600, HeaderHeight+5*RowHeight)
	f.Focus()
	for _, c := range []struct {
		key  fyne.KeyName
		want int
	}{{fyne.KeyEnd, 9999}, {fyne.KeyUp, 9998}, {fyne.KeyPageUp, 9994}, {fyne.KeyHome, 0}, {fyne.KeyPageDown, 4}, {fyne.KeyPageDown, 8}} {
		f.press(0, c.key)
		f.row(t, c.want)
		if !f.Model.IsSelected(c.want) {
			t.Errorf("%s: row %d is not selected", c.key, c.want)
		}
		top := HeaderHeight + float32(c.want)*RowHeight - f.list.GetScrollOffset()
		if top < HeaderHeight || top+RowHeight > HeaderHeight+5*RowHeight {
			t.Errorf("%s: row %d stands at %v, not wholly on the screen", c.key, c.want, top)
		}
	}
}

func TestRefreshKeepsScroll(t *testing.T) {
	f := shownTable(t, manyBooks(1_000), 600, 400)
	f.ChooseKey(700)
	before := f.list.GetScrollOffset()
	f.SetRows(manyBooks(1_000))
	if got := f.list.GetScrollOffset(); got != before || before == 0 {
		t.Errorf("scrolled from %v to %v", before, got)
	}
}

func TestPlaceholder(t *testing.T) {
	f := shownTable(t, nil, 600, 400)
	empty := look.NewNoMatch("Nothing", "", "Clear", func() {})
	f.SetPlaceholder(empty)
	if !f.placeholder.Visible() {
		t.Error("no rows and no placeholder")
	}
	f.SetRows(shelf())
	if f.placeholder.Visible() {
		t.Error("rows and a placeholder")
	}
}

func TestTablePictures(t *testing.T) {
	for _, variant := range []string{look.Light, look.Dark} {
		t.Run(variant, func(t *testing.T) {
			f := shownTable(t, shelf(), 460, HeaderHeight+5*RowHeight+2)
			test.ApplyTheme(t, look.New(variant))
			f.w.SetContent(container.NewStack(look.NewCardPadded(0, f.Table)))
			f.SetSort("year", true)
			f.click(t, 1, 0)
			f.row(t, 3).MouseIn(nil)
			test.AssertRendersToImage(t, "table-"+variant+".png", f.w.Canvas())
		})
	}
}

func BenchmarkCursor10000(b *testing.B) {
	test.NewTempApp(b)
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Light))
	f := New(columns(), func(b book) int { return b.id })
	f.SetRows(manyBooks(10_000))
	w := test.NewTempWindow(b, f)
	w.Resize(fyne.NewSize(1000, 700))
	for b.Loop() {
		f.key(fyne.KeyDown)
	}
}

func BenchmarkScroll10000(b *testing.B) {
	test.NewTempApp(b)
	fyne.CurrentApp().Settings().SetTheme(look.New(look.Light))
	f := New(columns(), func(b book) int { return b.id })
	f.SetRows(manyBooks(10_000))
	w := test.NewTempWindow(b, f)
	w.Resize(fyne.NewSize(1000, 700))
	for i := 0; b.Loop(); i++ {
		f.list.ScrollToOffset(float32(i % 9000 * 40))
	}
}

func TestLanguageChange(t *testing.T) {
	f := shownTable(t, shelf(), 600, 400)
	f.SetSort("year", true)
	f.ChooseKey(4)
	french := columns()
	french[0].Title = "Titre"
	french[0].Text = func(b book) string { return "œuvre " + b.title }
	f.SetColumns(french)
	if got := f.titles()[0].text; got != "Titre" {
		t.Errorf("the header says %q", got)
	}
	if id, down := f.Model.Sort(); id != "year" || !down || !slices.Equal(selectedIDs(f.Model), []int{4}) {
		t.Error("order or selection are lost")
	}
	f.SetText("œuvre atlas")
	if got := shownIDs(f.Model); !slices.Equal(got, []int{3}) {
		t.Errorf("the new texts are not searched: %v", got)
	}
}
