package rowtable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
)

// header is the line of titles; a click on one sorts.
type header struct {
	widget.BaseWidget
	t       host
	hovered int // column, -1 for none
}

func newHeader(t host) *header {
	h := &header{t: t, hovered: -1}
	h.ExtendBaseWidget(h)
	return h
}

func (h *header) columnAt(x float32) int {
	for i, s := range h.t.spansFor(h.Size().Width) {
		if s.width > 0 && x >= s.x && x < s.x+s.width {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (h *header) Tapped(e *fyne.PointEvent) {
	if i := h.columnAt(e.Position.X); i >= 0 {
		h.t.sortBy(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (h *header) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (h *header) MouseMoved(e *desktop.MouseEvent) {
	if i := h.columnAt(e.Position.X); i != h.hovered {
		h.hovered = i
		h.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (h *header) MouseOut() {
	h.hovered = -1
	h.Refresh()
}

// Cursor implements desktop.Cursorable.
func (h *header) Cursor() desktop.Cursor {
	if h.hovered >= 0 && h.t.titles()[h.hovered].sortable {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer implements fyne.Widget.
func (h *header) CreateRenderer() fyne.WidgetRenderer {
	r := &headerRenderer{h: h, back: &canvas.Rectangle{}, line: &canvas.Rectangle{}}
	r.objects = []fyne.CanvasObject{r.back, r.line}
	for range h.t.titles() {
		text, arrow := look.NewShortened(look.SmallBold, ""), look.NewIcon(look.NoSymbol, 9)
		r.texts, r.arrows = append(r.texts, text), append(r.arrows, arrow)
		r.objects = append(r.objects, text, arrow)
	}
	r.style()
	return r
}

type headerRenderer struct {
	h          *header
	back, line *canvas.Rectangle
	texts      []*look.Text
	arrows     []*look.Icon
	objects    []fyne.CanvasObject
}

func (r *headerRenderer) style() {
	r.back.FillColor = colorOf(r.h, theme.ColorNameHeaderBackground)
	r.back.TopLeftCornerRadius, r.back.TopRightCornerRadius = 7, 7
	r.line.FillColor = colorOf(r.h, theme.ColorNameSeparator)
	for i, t := range r.h.t.titles() {
		ink := theme.ColorNamePlaceHolder
		if t.sortable && i == r.h.hovered {
			ink = theme.ColorNameForeground
		}
		r.texts[i].SetText(t.text)
		r.texts[i].SetColor(ink)
		r.arrows[i].SetColor(ink)
		switch t.sorted {
		case 1:
			r.arrows[i].SetSymbol(look.SymbolUp)
		case -1:
			r.arrows[i].SetSymbol(look.SymbolDown)
		default:
			r.arrows[i].SetSymbol(look.NoSymbol)
		}
	}
}

// Layout implements fyne.WidgetRenderer.
func (r *headerRenderer) Layout(size fyne.Size) {
	r.back.Resize(fyne.NewSize(size.Width, size.Height-1))
	r.line.Move(fyne.NewPos(0, size.Height-1))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	titles := r.h.t.titles()
	for i, s := range r.h.t.spansFor(size.Width) {
		if s.width <= 0 {
			r.texts[i].Hide()
			r.arrows[i].Hide()
			continue
		}
		r.texts[i].Show()
		r.arrows[i].Show()
		room := max(s.width-2*cellPad, 0)
		arrow := float32(0)
		if titles[i].sorted != 0 {
			arrow = 13
		}
		need := fyne.MeasureText(titles[i].text, r.h.Theme().Size(look.SizeSmallText), fyne.TextStyle{Bold: true}).Width
		width := min(need+1, max(room-arrow, 0))
		x := s.x + cellPad
		if titles[i].right {
			x += room - width - arrow
		}
		r.texts[i].Move(fyne.NewPos(x, 0))
		r.texts[i].Resize(fyne.NewSize(width, size.Height-1))
		r.arrows[i].Move(fyne.NewPos(x+width+3, (size.Height-9)/2))
		r.arrows[i].Resize(fyne.NewSize(9, 9))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(100, HeaderHeight) }

// Refresh implements fyne.WidgetRenderer.
func (r *headerRenderer) Refresh() {
	r.style()
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

// Objects implements fyne.WidgetRenderer.
func (r *headerRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *headerRenderer) Destroy() {}
