package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// outline draws the border of an input around an object.
type outline struct {
	widget.BaseWidget
	inside fyne.CanvasObject
}

// Outlined gives a widget that Fyne draws without a border, such as a Select,
// the border of an entry.
func Outlined(o fyne.CanvasObject) fyne.CanvasObject {
	w := &outline{inside: o}
	w.ExtendBaseWidget(w)
	return w
}

// CreateRenderer implements fyne.Widget.
func (o *outline) CreateRenderer() fyne.WidgetRenderer {
	border := &canvas.Rectangle{}
	return newDrawing(o, drawing{
		objects: []fyne.CanvasObject{o.inside, border},
		style: func() {
			fill(border, color.Transparent, colorOf(o, theme.ColorNameInputBorder), sizeOf(o, theme.SizeNameInputRadius))
		},
		layout: func(size fyne.Size) {
			place(o.inside, 1, 1, size.Width-2, size.Height-2)
			border.Resize(size)
		},
		min: func() fyne.Size { return o.inside.MinSize().AddWidthHeight(2, 2) },
	})
}
