package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// CardPadding is the space between a card's border and its content.
const CardPadding = 15

// cardTightPadding is what a TappableCard keeps at its sides when it is narrow.
const cardTightPadding = 7

// Card is a white rounded panel with a thin border.
type Card struct {
	widget.BaseWidget
	content fyne.CanvasObject
	padding float32
}

// NewCard makes a card with the usual padding.
func NewCard(content fyne.CanvasObject) *Card { return NewCardPadded(CardPadding, content) }

// NewCardPadded makes a card with padding of its own: 0 for a table, 28 for
// the sign-in form.
func NewCardPadded(padding float32, content fyne.CanvasObject) *Card {
	c := &Card{content: content, padding: padding}
	c.ExtendBaseWidget(c)
	return c
}

// SetContent replaces what the card holds.
func (c *Card) SetContent(content fyne.CanvasObject) {
	c.content = content
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	back := &panel{}
	r := &cardRenderer{c: c}
	r.drawing = drawing{
		owner: c,
		style: func() {
			back.paint(colorOf(c, ColorCard), colorOf(c, theme.ColorNameSeparator), sizeOf(c, SizeRadius))
			r.objects = []fyne.CanvasObject{&back.border, &back.inside, c.content}
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			// One unit for the border itself, so that a table in a card
			// without padding does not cover it.
			inset := c.padding + 1
			place(c.content, inset, inset, size.Width-2*inset, size.Height-2*inset)
		},
		min: func() fyne.Size {
			return c.content.MinSize().AddWidthHeight(2*(c.padding+1), 2*(c.padding+1))
		},
	}
	r.style()
	return r
}

type cardRenderer struct {
	drawing
	c *Card
}

// TappableCard is a card that can be pressed.
type TappableCard struct {
	control
	content fyne.CanvasObject
	padding float32
}

// NewTappableCard makes a card that calls tapped when pressed by pointer,
// Enter or Space.
func NewTappableCard(content fyne.CanvasObject, tapped func()) *TappableCard {
	c := &TappableCard{content: content, padding: CardPadding}
	c.tapped = tapped
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *TappableCard) CreateRenderer() fyne.WidgetRenderer {
	back, focus := &panel{}, &canvas.Rectangle{}
	return newDrawing(c, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, c.content, focus},
		style: func() {
			inside, border := ColorCard, theme.ColorNameSeparator
			if c.hovered && !c.Disabled() {
				inside, border = ColorHoverRow, theme.ColorNameInputBorder
			}
			back.paint(colorOf(c, inside), colorOf(c, border), sizeOf(c, SizeRadius))
			ring(c, focus, c.focused, sizeOf(c, SizeRadius))
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			place(focus, 0, 0, size.Width, size.Height)
			// A narrow card gives up room at its sides before it clips anything.
			side := min(c.padding, max((size.Width-c.content.MinSize().Width)/2, cardTightPadding)) + 1
			above := c.padding - 2
			place(c.content, side, above, size.Width-2*side, size.Height-2*above)
		},
		min: func() fyne.Size {
			return c.content.MinSize().AddWidthHeight(2*(cardTightPadding+1), 2*(c.padding-2))
		},
	})
}

// Surface fills the place behind its content with a colour of the theme.
type Surface struct {
	widget.BaseWidget
	content fyne.CanvasObject
	color   fyne.ThemeColorName
	radius  float32
}

// NewSurface makes a surface without rounded corners.
func NewSurface(name fyne.ThemeColorName, content fyne.CanvasObject) *Surface {
	s := &Surface{content: content, color: name}
	s.ExtendBaseWidget(s)
	return s
}

// NewRoundedSurface makes a surface with rounded corners.
func NewRoundedSurface(name fyne.ThemeColorName, radius float32, content fyne.CanvasObject) *Surface {
	s := NewSurface(name, content)
	s.radius = radius
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	back := &canvas.Rectangle{}
	return newDrawing(s, drawing{
		objects: []fyne.CanvasObject{back, s.content},
		style:   func() { fill(back, colorOf(s, s.color), nil, s.radius) },
		layout: func(size fyne.Size) {
			back.Resize(size)
			s.content.Resize(size)
		},
		min: s.content.MinSize,
	})
}
