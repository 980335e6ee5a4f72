package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Chip is a small rounded button: a filter that is on or off, or a minor act.
type Chip struct {
	control
	text     string
	selected bool
	trailing Symbol
	neighbor func(step int) // moves along the group, nil outside one
}

// NewChip makes a chip that calls tapped when pressed. It does not select
// itself: that is for the group or the caller.
func NewChip(text string, tapped func()) *Chip {
	c := &Chip{text: text}
	c.tapped = tapped
	c.ExtendBaseWidget(c)
	return c
}

// NewMenuChip makes a chip with a small triangle that says a menu opens.
func NewMenuChip(text string, tapped func()) *Chip {
	c := NewChip(text, tapped)
	c.trailing = SymbolDown
	return c
}

// SetText changes the text.
func (c *Chip) SetText(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// Text is what the chip says.
func (c *Chip) Text() string { return c.text }

// Selected reports whether the chip is on.
func (c *Chip) Selected() bool { return c.selected }

// SetSelected switches the chip.
func (c *Chip) SetSelected(on bool) {
	if c.selected != on {
		c.selected = on
		c.Refresh()
	}
}

// TypedKey implements fyne.Focusable; the arrows move along the group.
func (c *Chip) TypedKey(e *fyne.KeyEvent) {
	switch {
	case c.neighbor != nil && e.Name == fyne.KeyLeft:
		c.neighbor(-1)
	case c.neighbor != nil && e.Name == fyne.KeyRight:
		c.neighbor(1)
	default:
		c.control.TypedKey(e)
	}
}

const (
	chipHeight = 26
	chipPad    = 13
	chipIcon   = 8
)

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	back, focus, text, picture := &panel{}, &canvas.Rectangle{}, &canvas.Text{}, newPicture()
	return newDrawing(c, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, text, picture, focus},
		style: func() {
			ink, inside, border := theme.ColorNameForeground, ColorCard, theme.ColorNameInputBorder
			switch {
			case c.selected:
				ink, inside, border = ColorOnStrong, ColorStrong, ColorStrong
			case c.Disabled():
				ink = theme.ColorNameDisabled
			case c.hovered:
				inside = ColorHoverRow
			}
			back.paint(colorOf(c, inside), colorOf(c, border), chipHeight/2)
			write(text, c.text, colorOf(c, ink), sizeOf(c, SizeSmallText), fyne.TextStyle{})
			showSymbol(picture, c.trailing, colorOf(c, ink))
			ring(c, focus, c.focused, chipHeight/2)
		},
		layout: func(size fyne.Size) {
			top := middle(size.Height, chipHeight)
			back.place(0, top, size.Width, chipHeight)
			place(focus, 0, top, size.Width, chipHeight)
			need := text.MinSize()
			place(text, chipPad, middle(size.Height, need.Height), need.Width, need.Height)
			place(picture, chipPad+need.Width+4, middle(size.Height, chipIcon), chipIcon, chipIcon)
		},
		min: func() fyne.Size {
			width := text.MinSize().Width + 2*chipPad
			if c.trailing != NoSymbol {
				width += chipIcon + 4
			}
			return fyne.NewSize(width, chipHeight)
		},
	})
}

// Chips is a row of chips of which exactly one is selected. The arrow keys
// move along the row.
type Chips struct {
	widget.BaseWidget
	row      *fyne.Container
	chips    []*Chip
	selected int
	changed  func(int)
}

// NewChips makes a row with the first chip selected. changed is called with
// the index when a person chooses another one.
func NewChips(texts []string, changed func(int)) *Chips {
	g := &Chips{row: Flow(8), changed: changed}
	for i, text := range texts {
		c := NewChip(text, func() { g.choose(i) })
		c.neighbor = func(step int) { g.move(i, step) }
		c.selected = i == 0
		g.chips = append(g.chips, c)
		g.row.Add(c)
	}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *Chips) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.row) }

// SetText changes the text of one chip.
func (g *Chips) SetText(index int, text string) {
	if index >= 0 && index < len(g.chips) {
		g.chips[index].SetText(text)
	}
}

// SetHidden shows or hides one chip.
func (g *Chips) SetHidden(index int, hidden bool) {
	if index >= 0 && index < len(g.chips) && g.chips[index].Hidden != hidden {
		g.chips[index].Hidden = hidden
		g.row.Refresh()
	}
}

// Selected is the index of the selected chip.
func (g *Chips) Selected() int { return g.selected }

// Select selects a chip without calling changed.
func (g *Chips) Select(index int) {
	g.selected = index
	for i, c := range g.chips {
		c.SetSelected(i == index)
	}
}

func (g *Chips) choose(index int) {
	if index == g.selected {
		return
	}
	g.Select(index)
	if g.changed != nil {
		g.changed(index)
	}
}

func (g *Chips) move(from, step int) {
	index := from + step
	for index >= 0 && index < len(g.chips) && g.chips[index].Hidden {
		index += step
	}
	if index < 0 || index >= len(g.chips) {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(g.chips[index]); c != nil {
		c.Focus(g.chips[index])
	}
	g.choose(index)
}
