package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// TappableRow is a line of a short list inside a card that can be pressed.
type TappableRow struct {
	control
	content fyne.CanvasObject
}

// NewTappableRow makes a row that calls tapped when pressed by pointer, Enter
// or Space.
func NewTappableRow(content fyne.CanvasObject, tapped func()) *TappableRow {
	r := &TappableRow{content: content}
	r.tapped = tapped
	r.ExtendBaseWidget(r)
	return r
}

const rowPad = 6 // above and below the content, and beside it

// CreateRenderer implements fyne.Widget.
func (r *TappableRow) CreateRenderer() fyne.WidgetRenderer {
	back, focus := &canvas.Rectangle{}, &canvas.Rectangle{}
	return newDrawing(r, drawing{
		objects: []fyne.CanvasObject{back, r.content, focus},
		style: func() {
			inside := color.Color(color.Transparent)
			if r.hovered && !r.Disabled() {
				inside = colorOf(r, ColorHoverRow)
			}
			fill(back, inside, nil, 6)
			ring(r, focus, r.focused, 6)
		},
		layout: func(size fyne.Size) {
			back.Resize(size)
			focus.Resize(size)
			place(r.content, rowPad, rowPad, size.Width-2*rowPad, size.Height-2*rowPad)
		},
		min: func() fyne.Size { return r.content.MinSize().AddWidthHeight(2*rowPad, 2*rowPad) },
	})
}
