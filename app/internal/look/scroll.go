package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Reveal scrolls as little as it takes to have what stands from top to bottom
// of a scroll's content in sight.
func Reveal(s *container.Scroll, top, bottom float32) {
	switch height := s.Size().Height; {
	case height <= 0: // not laid out yet
	case top < s.Offset.Y:
		s.ScrollToOffset(fyne.NewPos(0, top))
	case bottom > s.Offset.Y+height:
		s.ScrollToOffset(fyne.NewPos(0, bottom-height))
	}
}

// NewScroll scrolls content up and down with the wheel wherever the pointer is.
// Over one of Fyne's entries it would stop otherwise: each has a scroll of its
// own, which takes the wheel and has nothing to scroll.
func NewScroll(content fyne.CanvasObject) *container.Scroll {
	w := &wheel{}
	w.ExtendBaseWidget(w)
	w.to = container.NewVScroll(container.NewStack(content, w))
	return w.to
}

// wheel lies above what is scrolled and takes nothing but the wheel.
type wheel struct {
	widget.BaseWidget
	to *container.Scroll
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) { w.to.Scrolled(e) }

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}
