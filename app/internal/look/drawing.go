package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// themed is a widget that knows the theme it stands in.
type themed interface {
	fyne.Widget
	Theme() fyne.Theme
}

func colorOf(w themed, name fyne.ThemeColorName) color.Color {
	return w.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

func sizeOf(w themed, name fyne.ThemeSizeName) float32 { return w.Theme().Size(name) }

// drawing renders a widget by three functions. style reads the widget's state
// and the theme into the objects; it runs at every Refresh, so a change of
// theme recolours everything.
type drawing struct {
	owner   themed
	objects []fyne.CanvasObject
	style   func()
	layout  func(fyne.Size)
	min     func() fyne.Size
	destroy func()
}

func newDrawing(owner themed, d drawing) fyne.WidgetRenderer {
	d.owner = owner
	d.style()
	return &d
}

// Layout implements fyne.WidgetRenderer.
func (d *drawing) Layout(size fyne.Size) { d.layout(size) }

// MinSize implements fyne.WidgetRenderer.
func (d *drawing) MinSize() fyne.Size { return d.min() }

// Objects implements fyne.WidgetRenderer.
func (d *drawing) Objects() []fyne.CanvasObject { return d.objects }

// Refresh implements fyne.WidgetRenderer.
func (d *drawing) Refresh() {
	d.style()
	// A theme override reaches what stands inside only through here.
	for _, o := range d.objects {
		switch o.(type) {
		case fyne.Widget, *fyne.Container:
			o.Refresh()
		}
	}
	d.layout(d.owner.Size())
	canvas.Refresh(d.owner)
}

// Destroy implements fyne.WidgetRenderer.
func (d *drawing) Destroy() {
	if d.destroy != nil {
		d.destroy()
	}
}

func place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
}

// middle is where something of height inner starts to be centred in outer.
func middle(outer, inner float32) float32 { return (outer - inner) / 2 }

// control is what everything that can be pressed has in common: pointer,
// keyboard focus, Enter and Space.
type control struct {
	widget.DisableableWidget
	// OnFocus is told when the keyboard focus comes and goes.
	OnFocus          func(gained bool)
	self             fyne.Widget
	tapped           func()
	hovered, focused bool
}

// ExtendBaseWidget remembers which widget this is a part of.
func (c *control) ExtendBaseWidget(self fyne.Widget) {
	c.self = self
	c.DisableableWidget.ExtendBaseWidget(self)
}

// Tapped implements fyne.Tappable.
func (c *control) Tapped(*fyne.PointEvent) { c.press() }

func (c *control) press() {
	if c.tapped != nil && !c.Disabled() {
		c.tapped()
	}
}

// FocusGained implements fyne.Focusable.
func (c *control) FocusGained() { c.focus(true) }

// FocusLost implements fyne.Focusable.
func (c *control) FocusLost() { c.focus(false) }

func (c *control) focus(on bool) {
	c.focused = on
	c.Refresh()
	if c.OnFocus != nil {
		c.OnFocus(on)
	}
}

// TypedRune implements fyne.Focusable.
func (c *control) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *control) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.press()
	default:
		PassOn(c.self, e)
	}
}

// PassOn gives a key that a widget has no use for to its window: Fyne gives
// the window only what is typed while nothing has the focus.
func PassOn(from fyne.CanvasObject, e *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *control) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *control) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *control) MouseOut() { c.hovered = false; c.Refresh() }

// Cursor implements desktop.Cursorable.
func (c *control) Cursor() desktop.Cursor {
	if c.Disabled() || c.tapped == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// ring draws the keyboard focus around a control.
func ring(w themed, r *canvas.Rectangle, focused bool, radius float32) {
	r.FillColor = color.Transparent
	r.StrokeWidth = 2
	r.CornerRadius = radius + 1
	r.StrokeColor = colorOf(w, theme.ColorNameFocus)
	if focused {
		r.Show()
	} else {
		r.Hide()
	}
	r.Refresh()
}

// fill colours a rectangle; stroke nil draws no border. For a border that is
// seen, a panel is sharper.
func fill(r *canvas.Rectangle, inside, stroke color.Color, radius float32) {
	r.FillColor, r.StrokeColor, r.CornerRadius = inside, stroke, radius
	r.StrokeWidth = 0
	if stroke != nil {
		r.StrokeWidth = 1
	}
	r.Refresh()
}

// panel is a filled rectangle with a border of one unit. Two rectangles, one
// in the other, give a sharper border than a stroke, which falls between two
// pixels.
type panel struct{ border, inside canvas.Rectangle }

// paint sets the colours; no border when that is nil.
func (p *panel) paint(inside, border color.Color, radius float32) {
	p.border.Hidden = border == nil
	p.border.FillColor, p.border.CornerRadius = border, radius
	p.inside.FillColor, p.inside.CornerRadius = inside, radius
	if border != nil {
		p.inside.CornerRadius = max(radius-1, 0)
	}
	p.place(p.border.Position().X, p.border.Position().Y, p.border.Size().Width, p.border.Size().Height)
	p.border.Refresh()
	p.inside.Refresh()
}

func (p *panel) place(x, y, width, height float32) {
	place(&p.border, x, y, width, height)
	if p.border.Hidden {
		place(&p.inside, x, y, width, height)
	} else {
		place(&p.inside, x+1, y+1, max(width-2, 0), max(height-2, 0))
	}
}

func (p *panel) fit(size fyne.Size) { p.place(0, 0, size.Width, size.Height) }

func write(t *canvas.Text, text string, c color.Color, size float32, style fyne.TextStyle) {
	t.Text, t.Color, t.TextSize, t.TextStyle = text, c, size, style
	t.Refresh()
}
