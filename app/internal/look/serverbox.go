package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// ServerBox stands at the foot of the rail: which server, as whom, where. A
// press offers to change that. It looks right inside the Rail theme.
type ServerBox struct {
	control
	name, who, where string
}

// NewServerBox makes a box.
func NewServerBox(tapped func()) *ServerBox {
	b := &ServerBox{}
	b.tapped = tapped
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the three lines.
func (b *ServerBox) Set(name, who, where string) {
	b.name, b.who, b.where = name, who, where
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *ServerBox) CreateRenderer() fyne.WidgetRenderer {
	back, focus := &canvas.Rectangle{}, &canvas.Rectangle{}
	name, who, where := NewShortened(Bold, ""), NewShortened(Muted, ""), NewShortened(Muted, "")
	arrow := NewIcon(SymbolDown, 9)
	lines := VBox(3, name, who, where)
	return newDrawing(b, drawing{
		objects: []fyne.CanvasObject{back, lines, arrow, focus},
		style: func() {
			inside := ColorCard
			if b.hovered {
				inside = ColorStrong
			}
			fill(back, colorOf(b, inside), nil, 8)
			ring(b, focus, b.focused, 8)
			name.SetText(b.name)
			who.SetText(b.who)
			where.SetText(b.where)
			arrow.SetColor(theme.ColorNameForeground)
		},
		layout: func(size fyne.Size) {
			back.Resize(size)
			focus.Resize(size)
			place(lines, 12, 11, size.Width-24-14, size.Height-22)
			place(arrow, size.Width-12-10, size.Height-11-13, 9, 9)
		},
		min: func() fyne.Size { return fyne.NewSize(120, lines.MinSize().Height+22) },
	})
}
