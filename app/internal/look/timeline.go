package look

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Square is one mark of a Timeline.
type Square struct {
	Tone Tone
	Text string // what is told about it while the pointer is over it
}

// Column is one month of a Timeline.
type Column struct {
	Label   string
	Squares []Square // stacked from the bottom, first one lowest
}

// Timeline shows columns of squares, one column a month, and a line for today.
// A column that has no room for all of its squares says how many it leaves
// out: "+12".
type Timeline struct {
	widget.BaseWidget
	columns  []Column
	today    float32
	todayTag string
	tapped   func(column, square int)
	told     func(text string)

	column, square   int // under the pointer or the keyboard, -1 for none
	focused, hovered bool
}

// NewTimeline makes a timeline. tapped is called with the square pressed, or
// with square -1 for a column as a whole; told with the text of the square
// under the pointer, and "" when there is none.
func NewTimeline(tapped func(column, square int), told func(text string)) *Timeline {
	t := &Timeline{tapped: tapped, told: told, column: -1, square: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows columns. The line for today stands at the given share, 0 to 1, of
// the first column, with its tag beside it.
func (t *Timeline) Set(columns []Column, today float32, tag string) {
	t.columns, t.today, t.todayTag = columns, today, tag
	t.Refresh()
}

const (
	squareSize  = 14
	squarePitch = 18 // from one square to the next, upwards
	squareStep  = 18 // and sideways
	squareRows  = 5
	monthText   = 11
	tagHeight   = 14 // for today's tag
	moreHeight  = 14 // for "+12"
	labelHeight = 22
	inColumn    = 12 // from a column's line to its first square
	todayWidth  = 2  // of today's line
)

// stackTop is where the highest squares begin.
const stackTop = tagHeight + moreHeight

const timelineHeight = stackTop + squareRows*squarePitch + labelHeight

func (t *Timeline) columnWidth(width float32) float32 {
	return width / float32(max(len(t.columns), 1))
}

// fits is how many squares of n a column of that width shows.
func fits(n int, width float32) int {
	across := max(int((width-inColumn)/squareStep), 1)
	return min(n, across*squareRows)
}

// spot is the top left corner of a square.
func (t *Timeline) spot(column, square int, width float32) fyne.Position {
	return fyne.NewPos(
		float32(column)*width+inColumn+float32(square/squareRows)*squareStep,
		stackTop+float32(squareRows-1-square%squareRows)*squarePitch+(squarePitch-squareSize),
	)
}

// todayAt is where today's line begins in the first column: in the nearest gap
// where it would cut squares.
func (t *Timeline) todayAt(width float32) float32 {
	const beside = (squareStep - squareSize - todayWidth) / 2
	x := t.today * width
	for s := 0; s < fits(len(t.columns[0].Squares), width); s += squareRows {
		left := t.spot(0, s, width).X
		if x <= left-todayWidth || x >= left+squareSize {
			continue
		}
		if x+todayWidth/2 < left+squareSize/2 {
			return left - beside - todayWidth
		}
		return left + squareSize + beside
	}
	return x
}

// at finds the column and square at a point; square is -1 beside all of them.
func (t *Timeline) at(p fyne.Position) (column, square int) {
	width := t.columnWidth(t.Size().Width)
	column = int(p.X / width)
	if p.X < 0 || column < 0 || column >= len(t.columns) || p.Y < 0 || p.Y > timelineHeight {
		return -1, -1
	}
	for s := range fits(len(t.columns[column].Squares), width) {
		corner := t.spot(column, s, width)
		if p.X >= corner.X-2 && p.X <= corner.X+squareSize+2 && p.Y >= corner.Y-2 && p.Y <= corner.Y+squareSize+2 {
			return column, s
		}
	}
	return column, -1
}

func (t *Timeline) point(column, square int) {
	if column == t.column && square == t.square {
		return
	}
	t.column, t.square = column, square
	text := ""
	if square >= 0 {
		text = t.columns[column].Squares[square].Text
	}
	t.told(text)
	t.Refresh()
}

// Tapped implements fyne.Tappable.
func (t *Timeline) Tapped(e *fyne.PointEvent) {
	if column, square := t.at(e.Position); column >= 0 && len(t.columns[column].Squares) > 0 {
		t.tapped(column, square)
	}
}

// MouseIn implements desktop.Hoverable.
func (t *Timeline) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *Timeline) MouseMoved(e *desktop.MouseEvent) { t.hovered = true; t.point(t.at(e.Position)) }

// MouseOut implements desktop.Hoverable.
func (t *Timeline) MouseOut() { t.hovered = false; t.point(-1, -1) }

// FocusGained implements fyne.Focusable.
func (t *Timeline) FocusGained() { t.focused = true; t.point(max(t.column, 0), -1); t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *Timeline) FocusLost() { t.focused = false; t.point(-1, -1); t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *Timeline) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: the arrows walk over the months and
// their squares, Enter opens what they stand on.
func (t *Timeline) TypedKey(e *fyne.KeyEvent) {
	if len(t.columns) == 0 {
		PassOn(t, e)
		return
	}
	column, square := min(max(t.column, 0), len(t.columns)-1), t.square
	switch e.Name {
	case fyne.KeyRight:
		column, square = min(column+1, len(t.columns)-1), -1
	case fyne.KeyLeft:
		column, square = max(column-1, 0), -1
	case fyne.KeyUp:
		square = min(square+1, fits(len(t.columns[column].Squares), t.columnWidth(t.Size().Width))-1)
	case fyne.KeyDown:
		square = max(square-1, -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if len(t.columns[column].Squares) > 0 {
			t.tapped(column, square)
		}
		return
	default:
		PassOn(t, e)
		return
	}
	t.point(column, square)
}

// Cursor implements desktop.Cursorable.
func (t *Timeline) Cursor() desktop.Cursor {
	if t.hovered && t.column >= 0 && len(t.columns[t.column].Squares) > 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer implements fyne.Widget. The objects are made anew at each
// change: there are a few hundred at most, and they change only with the data.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer {
	r := &timelineRenderer{t: t}
	r.Layout(t.Size())
	return r
}

type timelineRenderer struct {
	t       *Timeline
	objects []fyne.CanvasObject
}

// Layout implements fyne.WidgetRenderer.
func (r *timelineRenderer) Layout(size fyne.Size) {
	t := r.t
	r.objects = nil
	if len(t.columns) == 0 || size.Width <= 0 {
		return
	}
	width := t.columnWidth(size.Width)
	bottom := float32(stackTop + squareRows*squarePitch)
	for c, column := range t.columns {
		left := float32(c) * width
		if t.column == c && t.square < 0 && (t.focused || t.hovered && len(column.Squares) > 0) {
			r.rectangle(left, tagHeight, width, bottom+labelHeight-tagHeight-2, colorOf(t, ColorHoverRow), 6)
		}
		r.rectangle(left, tagHeight, 1, bottom-tagHeight, colorOf(t, theme.ColorNameSeparator), 0)
		r.text(column.Label, left+inColumn-4, bottom+5, theme.ColorNamePlaceHolder)
		shown := fits(len(column.Squares), width)
		for s := range shown {
			corner := t.spot(c, s, width)
			if t.column == c && t.square == s {
				r.rectangle(corner.X-2, corner.Y-2, squareSize+4, squareSize+4, colorOf(t, theme.ColorNameForeground), 5)
			}
			r.rectangle(corner.X, corner.Y, squareSize, squareSize, colorOf(t, column.Squares[s].Tone.Fill()), 3)
		}
		if rest := len(column.Squares) - shown; rest > 0 {
			corner := t.spot(c, squareRows-1, width)
			r.text("+"+strconv.Itoa(rest), corner.X, corner.Y-moreHeight-2, theme.ColorNamePlaceHolder)
		}
	}
	if t.todayTag != "" {
		x := t.todayAt(width)
		r.rectangle(x, 0, todayWidth, bottom+3, colorOf(t, theme.ColorNameForeground), 0)
		r.text(t.todayTag, x+6, -2, theme.ColorNameForeground)
	}
}

func (r *timelineRenderer) rectangle(x, y, width, height float32, c color.Color, radius float32) {
	o := canvas.NewRectangle(c)
	o.CornerRadius = radius
	place(o, x, y, width, height)
	r.objects = append(r.objects, o)
}

func (r *timelineRenderer) text(s string, x, y float32, name fyne.ThemeColorName) {
	o := canvas.NewText(s, colorOf(r.t, name))
	o.TextSize = monthText
	o.Move(fyne.NewPos(x, y))
	o.Resize(o.MinSize())
	r.objects = append(r.objects, o)
}

// MinSize implements fyne.WidgetRenderer.
func (r *timelineRenderer) MinSize() fyne.Size {
	return fyne.NewSize(float32(len(r.t.columns))*(inColumn+squareStep), timelineHeight)
}

// Refresh implements fyne.WidgetRenderer.
func (r *timelineRenderer) Refresh() {
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// Objects implements fyne.WidgetRenderer.
func (r *timelineRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *timelineRenderer) Destroy() {}
