package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// year is twelve months with 3 squares each, and 40 in the second.
func year() []Column {
	columns := make([]Column, 12)
	for i := range columns {
		columns[i].Label = "Mon"
		n := 3
		if i == 1 {
			n = 40
		}
		for range n {
			columns[i].Squares = append(columns[i].Squares, Square{Tone: OK, Text: "item"})
		}
	}
	return columns
}

// opened records what a timeline is asked to open.
type opened struct{ column, square int }

func newTestTimeline(t *testing.T, width float32) (*Timeline, *[]opened, *string) {
	t.Helper()
	test.NewTempApp(t)
	var calls []opened
	var told string
	tl := NewTimeline(func(c, s int) { calls = append(calls, opened{c, s}) }, func(text string) { told = text })
	w := test.NewTempWindow(t, tl)
	w.Resize(fyne.NewSize(width, 200))
	tl.Set(year(), 0.5, "today")
	return tl, &calls, &told
}

func TestTimelineCapsSquares(t *testing.T) {
	for _, tc := range []struct {
		squares int
		width   float32
		want    int
	}{
		{3, 80, 3},
		{15, 80, 15}, // three columns of five
		{40, 80, 15},
		{40, 20, 5}, // one column always fits
	} {
		if got := fits(tc.squares, tc.width); got != tc.want {
			t.Errorf("%d squares in a column of %v: %d shown, want %d", tc.squares, tc.width, got, tc.want)
		}
	}
}

func TestTimelinePointer(t *testing.T) {
	tl, calls, _ := newTestTimeline(t, 960)
	width := tl.columnWidth(tl.Size().Width)
	middle := func(c, s int) fyne.Position { return tl.spot(c, s, width).AddXY(squareSize/2, squareSize/2) }
	test.TapAt(tl, middle(2, 1))
	test.TapAt(tl, fyne.NewPos(2*width+2, stackTop))
	want := []opened{{2, 1}, {2, -1}}
	if len(*calls) != 2 || (*calls)[0] != want[0] || (*calls)[1] != want[1] {
		t.Errorf("opened %v, want %v", *calls, want)
	}
	if c, s := tl.at(fyne.NewPos(-1, 50)); c != -1 || s != -1 {
		t.Errorf("beside the timeline: %d, %d", c, s)
	}
}

func TestTimelineKeyboard(t *testing.T) {
	tl, calls, told := newTestTimeline(t, 960)
	tl.FocusGained()
	press(tl, fyne.KeyRight, fyne.KeyRight, fyne.KeyUp, fyne.KeyUp, fyne.KeyReturn)
	if *told != "item" {
		t.Errorf("told %q about the square", *told)
	}
	press(tl, fyne.KeyLeft, fyne.KeyReturn)
	want := []opened{{2, 1}, {1, -1}}
	if len(*calls) != 2 || (*calls)[0] != want[0] || (*calls)[1] != want[1] {
		t.Errorf("opened %v, want %v", *calls, want)
	}
	press(tl, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyDown)
	if tl.column != 0 || tl.square != -1 {
		t.Errorf("ran over the edge: %d, %d", tl.column, tl.square)
	}
}

// Today's line never cuts a square, and stays near its share of the month.
func TestTimelineTodayBesideSquares(t *testing.T) {
	const width = 80
	for _, n := range []int{0, 1, 6, 15, 40} {
		tl := NewTimeline(func(int, int) {}, func(string) {})
		for day := range 31 {
			tl.Set([]Column{{Squares: make([]Square, n)}}, float32(day)/31, "today")
			x := tl.todayAt(width)
			if off := x - tl.today*width; off < -squareStep || off > squareStep {
				t.Errorf("%d squares, day %d: %v away", n, day+1, off)
			}
			for s := range fits(n, width) {
				if left := tl.spot(0, s, width).X; x+todayWidth > left && x < left+squareSize {
					t.Errorf("%d squares, day %d: the line at %v cuts the square at %v", n, day+1, x, left)
				}
			}
		}
	}
}

func TestTimelineEmpty(t *testing.T) {
	test.NewTempApp(t)
	tl := NewTimeline(func(int, int) { t.Error("opened nothing") }, func(string) {})
	test.NewTempWindow(t, tl).Resize(fyne.NewSize(400, 200))
	tl.FocusGained()
	press(tl, fyne.KeyReturn)
	test.Tap(tl)
}
