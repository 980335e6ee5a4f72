package look

import (
	"image/color"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// CalendarTexts are the words of a calendar.
type CalendarTexts struct {
	Months   [12]string
	Weekdays [7]string // short, from Monday
}

// Calendar shows a month and lets a person choose a day, by pointer or by
// arrows, Page Up, Page Down and Enter. Fyne's own knows English months only
// and cannot be used from the keyboard.
type Calendar struct {
	widget.BaseWidget
	texts   CalendarTexts
	today   time.Time
	cursor  time.Time // noon UTC of the day under the cursor
	hovered int       // cell under the pointer, -1 for none
	focused bool
	choose  func(year int, month time.Month, day int)
	leave   func()
}

// NewCalendar makes a calendar with the cursor on the day at. choose is told
// the chosen day, leave that Escape was pressed.
func NewCalendar(texts CalendarTexts, at, today time.Time, choose func(int, time.Month, int), leave func()) *Calendar {
	c := &Calendar{texts: texts, today: noon(today), cursor: noon(at), hovered: -1, choose: choose, leave: leave}
	c.ExtendBaseWidget(c)
	return c
}

// OpenCalendar opens a calendar beside an object. choose is told the day.
func OpenCalendar(anchor fyne.CanvasObject, texts CalendarTexts, at, today time.Time, choose func(int, time.Month, int)) {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(anchor)
	if canvas == nil {
		return
	}
	var popup *widget.PopUp
	c := NewCalendar(texts, at, today, func(y int, m time.Month, d int) {
		popup.Hide()
		choose(y, m, d)
	}, func() { popup.Hide() })
	popup = widget.NewPopUp(Padded(pickMargin, pickMargin, pickMargin, pickMargin, c), canvas)
	openBeside(popup, anchor, popup.MinSize())
	canvas.Focus(c)
}

func noon(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

// first is the Monday with which the shown month begins.
func (c *Calendar) first() time.Time {
	first := c.cursor.AddDate(0, 0, 1-c.cursor.Day())
	return first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
}

func (c *Calendar) moveDays(n int) { c.moveTo(c.cursor.AddDate(0, 0, n)) }

// moveMonths keeps to the month's last day where the day does not exist.
func (c *Calendar) moveMonths(n int) {
	first := c.cursor.AddDate(0, 0, 1-c.cursor.Day()).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	c.moveTo(first.AddDate(0, 0, min(c.cursor.Day(), last)-1))
}

func (c *Calendar) moveTo(day time.Time) {
	c.cursor = day
	c.Refresh()
}

func (c *Calendar) take(day time.Time) { c.choose(day.Year(), day.Month(), day.Day()) }

// FocusGained implements fyne.Focusable.
func (c *Calendar) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *Calendar) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *Calendar) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *Calendar) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		c.moveDays(-1)
	case fyne.KeyRight:
		c.moveDays(1)
	case fyne.KeyUp:
		c.moveDays(-7)
	case fyne.KeyDown:
		c.moveDays(7)
	case fyne.KeyPageUp:
		c.moveMonths(-1)
	case fyne.KeyPageDown:
		c.moveMonths(1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.take(c.cursor)
	case fyne.KeyEscape:
		c.leave()
	}
}

const (
	calendarCell = 31
	calendarHead = 30 // the month
	calendarDays = 22 // the names of the days
	calendarPart = 7
	calendarRows = 6
)

// The cells above the days that turn the page.
const (
	cellNone     = -1
	cellPrevious = -2
	cellNext     = -3
)

// cellAt is what stands at a position: a day from 0, or one of the constants.
func (c *Calendar) cellAt(at fyne.Position) int {
	column := int(at.X / calendarCell)
	switch {
	case at.X < 0 || column >= calendarPart || at.Y < 0:
		return cellNone
	case at.Y < calendarHead && column == 0:
		return cellPrevious
	case at.Y < calendarHead && column == calendarPart-1:
		return cellNext
	case at.Y < calendarHead+calendarDays:
		return cellNone
	}
	row := int((at.Y - calendarHead - calendarDays) / calendarCell)
	if row >= calendarRows {
		return cellNone
	}
	return row*calendarPart + column
}

// Tapped implements fyne.Tappable.
func (c *Calendar) Tapped(e *fyne.PointEvent) {
	switch cell := c.cellAt(e.Position); cell {
	case cellNone:
	case cellPrevious:
		c.moveMonths(-1)
	case cellNext:
		c.moveMonths(1)
	default:
		c.take(c.first().AddDate(0, 0, cell))
	}
}

// MouseIn implements desktop.Hoverable.
func (c *Calendar) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (c *Calendar) MouseMoved(e *desktop.MouseEvent) {
	if cell := c.cellAt(e.Position); cell != c.hovered {
		c.hovered = cell
		c.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (c *Calendar) MouseOut() { c.hovered = cellNone; c.Refresh() }

// CreateRenderer implements fyne.Widget.
func (c *Calendar) CreateRenderer() fyne.WidgetRenderer {
	title, previous, next := &canvas.Text{Alignment: fyne.TextAlignCenter}, newPicture(), newPicture()
	var names [calendarPart]*canvas.Text
	var days [calendarPart * calendarRows]*canvas.Text
	var backs [calendarPart * calendarRows]*canvas.Rectangle
	objects := []fyne.CanvasObject{title, previous, next}
	for i := range names {
		names[i] = &canvas.Text{Alignment: fyne.TextAlignCenter}
		objects = append(objects, names[i])
	}
	for i := range days {
		days[i], backs[i] = &canvas.Text{Alignment: fyne.TextAlignCenter}, &canvas.Rectangle{}
		objects = append(objects, backs[i], days[i])
	}
	return newDrawing(c, drawing{
		objects: objects,
		style: func() {
			ink, muted := colorOf(c, theme.ColorNameForeground), colorOf(c, theme.ColorNamePlaceHolder)
			small := sizeOf(c, SizeSmallText)
			write(title, c.texts.Months[c.cursor.Month()-1]+" "+strconv.Itoa(c.cursor.Year()), ink, sizeOf(c, theme.SizeNameText), fyne.TextStyle{Bold: true})
			showSymbol(previous, SymbolLeft, c.turnInk(cellPrevious))
			showSymbol(next, SymbolRight, c.turnInk(cellNext))
			for i, name := range c.texts.Weekdays {
				write(names[i], name, muted, small, fyne.TextStyle{})
			}
			first := c.first()
			for i := range days {
				c.styleDay(i, first.AddDate(0, 0, i), backs[i], days[i])
			}
		},
		layout: func(fyne.Size) {
			place(title, calendarCell, middle(calendarHead, 18), calendarCell*(calendarPart-2), 18)
			place(previous, middle(calendarCell, 13), middle(calendarHead, 13), 13, 13)
			place(next, calendarCell*(calendarPart-1)+middle(calendarCell, 13), middle(calendarHead, 13), 13, 13)
			for i := range names {
				place(names[i], float32(i)*calendarCell, calendarHead, calendarCell, calendarDays)
			}
			for i := range days {
				x, y := float32(i%calendarPart)*calendarCell, float32(i/calendarPart)*calendarCell+calendarHead+calendarDays
				place(days[i], x, y, calendarCell, calendarCell)
				place(backs[i], x+1, y+1, calendarCell-2, calendarCell-2)
			}
		},
		min: func() fyne.Size {
			return fyne.NewSize(calendarPart*calendarCell, calendarHead+calendarDays+calendarRows*calendarCell)
		},
	})
}

// turnInk is the colour of what turns the page.
func (c *Calendar) turnInk(cell int) color.Color {
	if c.hovered == cell {
		return colorOf(c, ColorAccentText)
	}
	return colorOf(c, theme.ColorNameForeground)
}

// styleDay colours one cell.
func (c *Calendar) styleDay(cell int, day time.Time, back *canvas.Rectangle, text *canvas.Text) {
	ink, style := colorOf(c, theme.ColorNameForeground), fyne.TextStyle{Bold: day.Equal(c.today)}
	if day.Month() != c.cursor.Month() {
		ink = colorOf(c, theme.ColorNameDisabled)
	}
	back.Hidden = true
	switch {
	case day.Equal(c.cursor):
		back.Hidden = false
		fill(back, colorOf(c, theme.ColorNamePrimary), nil, 6)
		ink = colorOf(c, theme.ColorNameForegroundOnPrimary)
	case cell == c.hovered:
		back.Hidden = false
		fill(back, colorOf(c, ColorSelectedRow), nil, 6)
	case day.Equal(c.today):
		back.Hidden = false
		fill(back, colorOf(c, theme.ColorNameInputBackground), colorOf(c, theme.ColorNamePrimary), 6)
	}
	write(text, strconv.Itoa(day.Day()), ink, sizeOf(c, SizeSmallText), style)
}
