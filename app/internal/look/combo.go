package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Combo is an entry with a triangle at its right that opens something to
// choose from, such as a menu or a calendar. The Down key opens it, too.
type Combo struct {
	Entry
	open func()
}

// NewCombo makes a combo.
func NewCombo(placeholder string, open func()) *Combo {
	c := &Combo{open: open}
	c.PlaceHolder = placeholder
	mark := &opener{combo: c}
	mark.ExtendBaseWidget(mark)
	c.ActionItem = mark
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey implements fyne.Focusable.
func (c *Combo) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyDown:
		c.press()
	case c.OnKey != nil && c.OnKey(e):
	case e.Name == fyne.KeyEscape || e.Name == fyne.KeyF5:
		PassOn(c, e)
	default:
		c.Entry.Entry.TypedKey(e)
	}
}

func (c *Combo) press() {
	if !c.Disabled() {
		takeFocus(c)
		c.open()
	}
}

// takeFocus brings the keyboard to a widget that was pressed by pointer, so that
// it is there again when what opened is closed.
func takeFocus(w fyne.Focusable) {
	object := w.(fyne.CanvasObject)
	if c := fyne.CurrentApp().Driver().CanvasForObject(object); c != nil && c.Focused() != w {
		c.Focus(w)
	}
}

// OpenMenu opens a menu below an object, or above where it does not fit, with
// the keyboard on its first item.
func OpenMenu(anchor fyne.CanvasObject, items ...*fyne.MenuItem) {
	c := fyne.CurrentApp().Driver().CanvasForObject(anchor)
	if c == nil {
		return
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(anchor)
	size := fyne.NewSize(max(menu.MinSize().Width, min(anchor.Size().Width, 240)), menu.MinSize().Height)
	y := at.Y + anchor.Size().Height + 2
	if y+size.Height > c.Size().Height && at.Y > size.Height {
		y = at.Y - size.Height - 2
	}
	menu.ShowAtPosition(fyne.NewPos(at.X, y))
	menu.Resize(size)
	menu.ActivateNext()
}

// opener is the triangle. Tab passes it by: Down does the same.
type opener struct {
	widget.BaseWidget
	combo *Combo
}

// Tapped implements fyne.Tappable.
func (o *opener) Tapped(*fyne.PointEvent) { o.combo.press() }

// Cursor implements desktop.Cursorable.
func (o *opener) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (o *opener) CreateRenderer() fyne.WidgetRenderer {
	mark := newPicture()
	return newDrawing(o, drawing{
		objects: []fyne.CanvasObject{mark},
		style: func() {
			ink := theme.ColorNameForeground
			if o.combo.Disabled() {
				ink = theme.ColorNameDisabled
			}
			showSymbol(mark, SymbolDown, colorOf(o, ink))
		},
		layout: func(size fyne.Size) {
			place(mark, middle(size.Width, inputMark), middle(size.Height, inputMark), inputMark, inputMark)
		},
		min: func() fyne.Size { return fyne.NewSize(inputMark+10, inputMark+10) },
	})
}
