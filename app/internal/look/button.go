package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Kind is the rank of a button.
type Kind uint8

// The kinds.
const (
	Secondary Kind = iota // white with a border
	Primary               // the accent: one on a screen
	Danger                // red text: destroys something
	Link                  // text in the link colour, no border
)

// Button is something to press.
type Button struct {
	control
	kind     Kind
	text     string
	leading  Symbol
	trailing Symbol
	busy     bool
}

// NewButton makes a button that calls tapped when pressed by pointer, Enter or
// Space.
func NewButton(kind Kind, text string, tapped func()) *Button {
	b := &Button{kind: kind, text: text}
	b.tapped = tapped
	b.ExtendBaseWidget(b)
	return b
}

// SetText changes the text.
func (b *Button) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// Text is what the button says.
func (b *Button) Text() string { return b.text }

// SetSymbols puts symbols before and after the text; NoSymbol for none.
func (b *Button) SetSymbols(leading, trailing Symbol) {
	b.leading, b.trailing = leading, trailing
	b.Refresh()
}

// Busy reports whether the button shows that its work is under way.
func (b *Button) Busy() bool { return b.busy }

// SetBusy shows a spinner instead of the text, in the same width; a busy
// button cannot be pressed.
func (b *Button) SetBusy(on bool) {
	if b.busy != on {
		b.busy = on
		b.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) { b.press() }

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if b.busy {
		PassOn(b, e)
		return
	}
	b.control.TypedKey(e)
}

func (b *Button) press() {
	if !b.busy {
		b.control.press()
	}
}

const (
	buttonHeight = 33
	buttonPad    = 12
	buttonIcon   = 14
	buttonMark   = 8 // the triangle
	buttonGap    = 6
)

func (b *Button) colors() (ink, inside, border color.Color) {
	pick := func(n fyne.ThemeColorName) color.Color { return colorOf(b, n) }
	ink, inside, border = pick(theme.ColorNameForeground), pick(ColorButton), pick(theme.ColorNameInputBorder)
	hovered := b.hovered && !b.Disabled() && !b.busy
	if hovered {
		inside = over(inside, pick(theme.ColorNameHover))
	}
	switch b.kind {
	case Primary:
		ink, inside, border = pick(theme.ColorNameForegroundOnPrimary), pick(theme.ColorNamePrimary), nil
		if hovered {
			inside = pick(ColorAccentHover)
		}
		if b.Disabled() {
			inside = pick(theme.ColorNameDisabledButton)
		}
	case Danger:
		ink = pick(ColorDanger)
	case Link:
		ink, inside, border = pick(ColorAccentText), color.Transparent, nil
		if hovered {
			inside = pick(theme.ColorNameHover)
		}
	}
	if b.Disabled() {
		ink = pick(theme.ColorNameDisabled)
	}
	return ink, inside, border
}

// over lays a translucent colour on an opaque one.
func over(base, top color.Color) color.Color {
	b, t := color.NRGBAModel.Convert(base).(color.NRGBA), color.NRGBAModel.Convert(top).(color.NRGBA)
	mix := func(x, y uint8) uint8 { return uint8((int(x)*(255-int(t.A)) + int(y)*int(t.A)) / 255) }
	return color.NRGBA{R: mix(b.R, t.R), G: mix(b.G, t.G), B: mix(b.B, t.B), A: b.A}
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	back, focus, text := &panel{}, &canvas.Rectangle{}, &canvas.Text{}
	leading, trailing := newPicture(), newPicture()
	dots := newDots()
	width := func() float32 {
		w := text.MinSize().Width
		if b.leading != NoSymbol {
			w += buttonIcon
			if b.text != "" {
				w += buttonGap
			}
		}
		if b.trailing != NoSymbol {
			w += buttonMark + buttonGap
		}
		return w
	}
	pad := func() float32 {
		if b.kind == Link {
			return 4
		}
		return buttonPad
	}
	return newDrawing(b, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, leading, text, trailing, dots.circles[0], dots.circles[1], dots.circles[2], focus},
		style: func() {
			ink, inside, border := b.colors()
			back.paint(inside, border, sizeOf(b, theme.SizeNameButtonRadius))
			write(text, b.text, ink, sizeOf(b, theme.SizeNameText), fyne.TextStyle{Bold: b.kind != Link})
			showSymbol(leading, b.leading, ink)
			showSymbol(trailing, b.trailing, ink)
			ring(b, focus, b.focused, sizeOf(b, theme.SizeNameButtonRadius))
			text.Hidden = b.busy
			if b.busy {
				leading.Hide()
				trailing.Hide()
			}
			dots.run(b.busy, ink)
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			focus.Resize(size)
			x := middle(size.Width, width())
			if b.leading != NoSymbol {
				place(leading, x, middle(size.Height, buttonIcon), buttonIcon, buttonIcon)
				x += buttonIcon + buttonGap
			}
			need := text.MinSize()
			place(text, x, middle(size.Height, need.Height), need.Width, need.Height)
			place(trailing, x+need.Width+buttonGap, middle(size.Height, buttonMark), buttonMark, buttonMark)
			dots.place(size)
		},
		min:     func() fyne.Size { return fyne.NewSize(width()+2*pad(), buttonHeight) },
		destroy: func() { dots.run(false, nil) },
	})
}
