package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// VBox stacks objects with gap units between the visible ones; each is as wide
// as the box. A layout.NewSpacer takes the room that is left.
func VBox(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stackLayout{gap: gap}, objects...)
}

// HBox puts objects beside each other with gap units between the visible ones;
// each keeps its width and is centred vertically. A layout.NewSpacer takes the
// room that is left.
func HBox(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap}, objects...)
}

// Spacer takes the room that is left in a VBox or HBox.
func Spacer() fyne.CanvasObject { return layout.NewSpacer() }

// Flow puts objects beside each other and goes to a new line where the width
// ends, so that nothing is clipped.
func Flow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flowLayout{gap: gap}, objects...)
}

// Equal puts objects beside each other in columns of the same width, all as
// high as the box.
func Equal(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&equalLayout{gap: gap}, objects...)
}

// Padded keeps room around an object.
func Padded(top, right, bottom, left float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), object)
}

// Wide gives an object the width, and its own height.
func Wide(width float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&wideLayout{width: width}, object)
}

// Leading keeps an object at its own width at the left, centred vertically.
func Leading(object fyne.CanvasObject) *fyne.Container { return HBox(0, object) }

// Between puts one object at the left, cut to what is free, and one at the
// right in its own width.
func Between(gap float32, left, right fyne.CanvasObject) *fyne.Container {
	return container.New(&betweenLayout{gap: gap}, left, right)
}

// AtMost gives an object the whole place, but no more height than limit says;
// it is asked at each layout. A table in a card ends with its last row.
func AtMost(limit func() float32, object fyne.CanvasObject) *fyne.Container {
	return container.New(&limitLayout{limit: limit}, object)
}

// Border puts objects along the edges, gap units apart, and gives center what
// is left. Any but center may be nil. Unlike Fyne's it leaves no room of its
// own.
func Border(gap float32, top, bottom, left, right, center fyne.CanvasObject) *fyne.Container {
	l := &borderLayout{gap: gap, top: top, bottom: bottom, left: left, right: right, center: center}
	c := container.New(l)
	for _, o := range []fyne.CanvasObject{center, top, bottom, left, right} {
		if o != nil {
			c.Objects = append(c.Objects, o)
		}
	}
	return c
}

func isSpacer(o fyne.CanvasObject) bool {
	s, ok := o.(layout.SpacerObject)
	return ok && s.ExpandVertical()
}

type stackLayout struct{ gap float32 }

// Layout implements fyne.Layout. Wrapped texts know their height only after
// they know their width, so the width comes first.
func (l *stackLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	used, shown, spacers := float32(0), 0, 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if isSpacer(o) {
			spacers++
			continue
		}
		used += heightAt(o, size.Width)
		shown++
	}
	used += l.gap * float32(max(shown-1, 0))
	y := float32(0)
	for _, o := range objects {
		switch {
		case !o.Visible():
		case isSpacer(o):
			y += max(size.Height-used, 0) / float32(spacers)
		default:
			height := o.MinSize().Height
			place(o, 0, y, size.Width, height)
			y += height + l.gap
		}
	}
}

// MinSize implements fyne.Layout.
func (l *stackLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min, shown := fyne.Size{}, 0
	for _, o := range objects {
		if !o.Visible() || isSpacer(o) {
			continue
		}
		need := o.MinSize()
		min.Width = max(min.Width, need.Width)
		min.Height += need.Height
		shown++
	}
	min.Height += l.gap * float32(max(shown-1, 0))
	return min
}

type rowLayout struct{ gap float32 }

// Layout implements fyne.Layout.
func (l *rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	spacers := 0
	for _, o := range objects {
		if o.Visible() && isSpacer(o) {
			spacers++
		}
	}
	free := max(size.Width-l.MinSize(objects).Width, 0)
	x := float32(0)
	for _, o := range objects {
		switch {
		case !o.Visible():
		case isSpacer(o):
			x += free / float32(spacers)
		default:
			need := o.MinSize()
			place(o, x, middle(size.Height, need.Height), need.Width, need.Height)
			x += need.Width + l.gap
		}
	}
}

// MinSize implements fyne.Layout.
func (l *rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min, shown := fyne.Size{}, 0
	for _, o := range objects {
		if !o.Visible() || isSpacer(o) {
			continue
		}
		need := o.MinSize()
		min.Height = max(min.Height, need.Height)
		min.Width += need.Width
		shown++
	}
	min.Width += l.gap * float32(max(shown-1, 0))
	return min
}

type flowLayout struct {
	gap   float32
	width float32 // of the last layout, 0 before
}

// Layout implements fyne.Layout.
func (l *flowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.walk(objects, size.Width, func(o fyne.CanvasObject, x, y float32, need fyne.Size) {
		place(o, x, y, need.Width, need.Height)
	})
}

// MinSize implements fyne.Layout: the widest object, and as high as the lines
// of the last known width need.
func (l *flowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	widest := float32(0)
	for _, o := range objects {
		if o.Visible() {
			widest = max(widest, o.MinSize().Width)
		}
	}
	width := l.width
	if width == 0 {
		width = 1e6
	}
	height := l.walk(objects, width, func(fyne.CanvasObject, float32, float32, fyne.Size) {})
	return fyne.NewSize(widest, height)
}

func (l *flowLayout) walk(objects []fyne.CanvasObject, width float32, at func(fyne.CanvasObject, float32, float32, fyne.Size)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		need := o.MinSize()
		if x > 0 && x+need.Width > width {
			x, y, line = 0, y+line+l.gap, 0
		}
		at(o, x, y, need)
		x += need.Width + l.gap
		line = max(line, need.Height)
	}
	return y + line
}

type equalLayout struct{ gap float32 }

// Layout implements fyne.Layout.
func (l *equalLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n := countVisible(objects)
	if n == 0 {
		return
	}
	width := (size.Width - l.gap*float32(n-1)) / float32(n)
	x := float32(0)
	for _, o := range objects {
		if o.Visible() {
			place(o, x, 0, width, size.Height)
			x += width + l.gap
		}
	}
}

// MinSize implements fyne.Layout.
func (l *equalLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := fyne.Size{}
	for _, o := range objects {
		if o.Visible() {
			min = min.Max(o.MinSize())
		}
	}
	n := float32(countVisible(objects))
	return fyne.NewSize(min.Width*n+l.gap*max(n-1, 0), min.Height)
}

func countVisible(objects []fyne.CanvasObject) int {
	n := 0
	for _, o := range objects {
		if o.Visible() {
			n++
		}
	}
	return n
}

type wideLayout struct{ width float32 }

// Layout implements fyne.Layout.
func (l *wideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, l.width, size.Height)
	}
}

// MinSize implements fyne.Layout.
func (l *wideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		height = max(height, heightAt(o, l.width))
	}
	return fyne.NewSize(l.width, height)
}

type betweenLayout struct{ gap float32 }

// Layout implements fyne.Layout.
func (l *betweenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, right := objects[0], objects[1]
	need := right.MinSize()
	place(right, size.Width-need.Width, middle(size.Height, need.Height), need.Width, need.Height)
	height := left.MinSize().Height
	place(left, 0, middle(size.Height, height), max(size.Width-need.Width-l.gap, 0), height)
}

// MinSize implements fyne.Layout.
func (l *betweenLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	left, right := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(left.Width+l.gap+right.Width, max(left.Height, right.Height))
}

type limitLayout struct{ limit func() float32 }

// Layout implements fyne.Layout.
func (l *limitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, min(size.Height, max(l.limit(), o.MinSize().Height)))
	}
}

// MinSize implements fyne.Layout.
func (l *limitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := fyne.Size{}
	for _, o := range objects {
		min = min.Max(o.MinSize())
	}
	return min
}

type borderLayout struct {
	gap                              float32
	top, bottom, left, right, center fyne.CanvasObject
}

func shown(o fyne.CanvasObject) bool { return o != nil && o.Visible() }

// Layout implements fyne.Layout.
func (l *borderLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	x, y, width, height := float32(0), float32(0), size.Width, size.Height
	if shown(l.top) {
		h := heightAt(l.top, width)
		place(l.top, 0, 0, width, h)
		y, height = h+l.gap, height-h-l.gap
	}
	if shown(l.bottom) {
		h := heightAt(l.bottom, width)
		place(l.bottom, 0, size.Height-h, width, h)
		height -= h + l.gap
	}
	if shown(l.left) {
		w := l.left.MinSize().Width
		place(l.left, 0, y, w, height)
		x, width = w+l.gap, width-w-l.gap
	}
	if shown(l.right) {
		w := l.right.MinSize().Width
		place(l.right, size.Width-w, y, w, height)
		width -= w + l.gap
	}
	if shown(l.center) {
		place(l.center, x, y, max(width, 0), max(height, 0))
	}
}

// MinSize implements fyne.Layout.
func (l *borderLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	min := fyne.Size{}
	if shown(l.center) {
		min = l.center.MinSize()
	}
	for _, o := range []fyne.CanvasObject{l.left, l.right} {
		if shown(o) {
			need := o.MinSize()
			min = fyne.NewSize(min.Width+need.Width+l.gap, max(min.Height, need.Height))
		}
	}
	for _, o := range []fyne.CanvasObject{l.top, l.bottom} {
		if shown(o) {
			need := o.MinSize()
			min = fyne.NewSize(max(min.Width, need.Width), min.Height+need.Height+l.gap)
		}
	}
	return min
}

// heightAt is the height an object needs at a width: wrapped texts know it
// only once they have the width.
func heightAt(o fyne.CanvasObject, width float32) float32 {
	if o.Size().Width != width {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	return o.MinSize().Height
}
