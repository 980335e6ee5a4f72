package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tags is an input that holds several short texts, each with a cross that
// removes it, and behind them a way to add more.
type Tags struct {
	widget.BaseWidget
	tags    []*tag
	body    *fyne.Container
	tail    fyne.CanvasObject // what adds
	removed func(int)
	locked  bool
	focused bool
}

// NewTags makes an empty input. tail stands behind the tags: a button, or an
// entry in Bare. removed is told the index of a tag that a person removes; it
// stays until SetTags.
func NewTags(tail fyne.CanvasObject, removed func(int)) *Tags {
	t := &Tags{tail: tail, removed: removed}
	t.body = container.New(&tagsLayout{}, tail)
	t.ExtendBaseWidget(t)
	return t
}

// SetTags changes the texts.
func (t *Tags) SetTags(texts []string) {
	if t.holds(texts) {
		return
	}
	t.tags = t.tags[:0]
	t.body.Objects = nil
	for i, text := range texts {
		one := newTag(text, func() { t.remove(i) })
		if t.locked {
			one.Disable()
		}
		t.tags = append(t.tags, one)
		t.body.Objects = append(t.body.Objects, one)
	}
	t.body.Objects = append(t.body.Objects, t.tail)
	t.body.Refresh()
	t.Refresh()
}

func (t *Tags) holds(texts []string) bool {
	if len(texts) != len(t.tags) {
		return false
	}
	for i, one := range t.tags {
		if one.text != texts[i] {
			return false
		}
	}
	return true
}

// Lock keeps the tags from being removed, or lets them be. The tail is the
// caller's to disable.
func (t *Tags) Lock(on bool) {
	if t.locked == on {
		return
	}
	t.locked = on
	for _, one := range t.tags {
		if on {
			one.Disable()
		} else {
			one.Enable()
		}
	}
}

// SetFocused draws the ring of the keyboard focus: call it for an entry at the
// end, which draws none.
func (t *Tags) SetFocused(on bool) {
	t.focused = on
	t.Refresh()
}

// RemoveLast removes the last tag, as Backspace in an empty entry does.
func (t *Tags) RemoveLast() {
	if len(t.tags) > 0 && !t.locked {
		t.removed(len(t.tags) - 1)
	}
}

// remove keeps the keyboard in the input.
func (t *Tags) remove(i int) {
	c := fyne.CurrentApp().Driver().CanvasForObject(t)
	atTag := false
	if c != nil {
		_, atTag = c.Focused().(*tag)
	}
	t.removed(i)
	switch {
	case !atTag:
	case len(t.tags) > 0:
		c.Focus(t.tags[min(i, len(t.tags)-1)])
	default:
		c.Unfocus()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Tags) CreateRenderer() fyne.WidgetRenderer {
	back, focus := &panel{}, &canvas.Rectangle{}
	return newDrawing(t, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, t.body, focus},
		style: func() {
			back.paint(colorOf(t, theme.ColorNameInputBackground), colorOf(t, theme.ColorNameInputBorder), sizeOf(t, theme.SizeNameInputRadius))
			ring(t, focus, t.focused, sizeOf(t, theme.SizeNameInputRadius))
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			focus.Resize(size)
			place(t.body, 1, 1, size.Width-2, size.Height-2)
		},
		min: func() fyne.Size {
			return fyne.NewSize(90, max(t.body.MinSize().Height+2, inputHeight))
		},
	})
}

const (
	tagLine  = 23
	tagPad   = 8
	tagCross = 8
	tagGap   = 6
	tagEdge  = 4   // inside the input
	tagTail  = 120 // the least width of an entry at the end
)

// tag is one of the texts.
type tag struct {
	control
	text string
}

func newTag(text string, remove func()) *tag {
	t := &tag{text: text}
	t.tapped = remove
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable: only the cross removes.
func (t *tag) Tapped(e *fyne.PointEvent) {
	if e.Position.X >= t.Size().Width-2*tagPad-tagCross {
		t.press()
	}
}

// TypedKey implements fyne.Focusable: Delete and Backspace remove it, too.
func (t *tag) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDelete, fyne.KeyBackspace:
		t.press()
	default:
		t.control.TypedKey(e)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *tag) CreateRenderer() fyne.WidgetRenderer {
	back, focus, text, cross := &canvas.Rectangle{}, &canvas.Rectangle{}, NewShortened(Body, t.text), newPicture()
	return newDrawing(t, drawing{
		objects: []fyne.CanvasObject{back, text, cross, focus},
		style: func() {
			fill(back, colorOf(t, Neutral.Pale()), nil, 5)
			ink := theme.ColorNameForeground
			if t.Disabled() {
				ink = theme.ColorNameDisabled
			}
			text.SetText(t.text)
			text.SetColor(ink)
			mark := ink
			if t.hovered && !t.Disabled() {
				mark = ColorDanger
			}
			showSymbol(cross, SymbolCross, colorOf(t, mark))
			ring(t, focus, t.focused, 5)
		},
		layout: func(size fyne.Size) {
			back.Resize(size)
			focus.Resize(size)
			place(text, tagPad, 0, max(size.Width-2*tagPad-tagCross-5, 0), size.Height)
			place(cross, size.Width-tagPad-tagCross, middle(size.Height, tagCross), tagCross, tagCross)
		},
		min: func() fyne.Size {
			width := fyne.MeasureText(t.text, sizeOf(t, theme.SizeNameText), fyne.TextStyle{}).Width
			return fyne.NewSize(width+1+2*tagPad+tagCross+5, tagLine)
		},
	})
}

// tagsLayout puts tags beside each other in lines; what adds more, the last
// object, takes the rest of its line when it is an entry.
type tagsLayout struct{ width float32 }

func (l *tagsLayout) walk(objects []fyne.CanvasObject, width float32, at func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	const line = inputHeight - 2
	x, y := float32(tagEdge), float32(0)
	for i, o := range objects {
		need := o.MinSize()
		last := i == len(objects)-1
		wide := min(need.Width, width-2*tagEdge)
		if last {
			if _, stretches := o.(*bare); stretches {
				wide = min(max(wide, tagTail), width-2*tagEdge)
			}
		}
		if x > tagEdge && x+wide > width-tagEdge {
			x, y = tagEdge, y+line-tagEdge
		}
		if _, stretches := o.(*bare); last && stretches {
			wide = width - tagEdge - x
		}
		at(o, x, y+middle(line, min(need.Height, line)), wide, min(need.Height, line))
		x += wide + tagGap
	}
	return y + line
}

// Layout implements fyne.Layout.
func (l *tagsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.walk(objects, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) { place(o, x, y, w, h) })
}

// MinSize implements fyne.Layout: as high as the lines of the last known width.
func (l *tagsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := l.width
	if width == 0 {
		width = 1e6
	}
	return fyne.NewSize(80, l.walk(objects, width, func(fyne.CanvasObject, float32, float32, float32, float32) {}))
}

// bare is an entry without its border.
type bare struct {
	widget.BaseWidget
	inside fyne.CanvasObject
}

// Bare takes the border from an entry that stands in Tags.
func Bare(entry fyne.CanvasObject) fyne.CanvasObject {
	b := &bare{inside: container.NewThemeOverride(entry, bareTheme{})}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *bare) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.inside) }

// bareTheme is the program's theme with entries that have no border and little
// room around the text.
type bareTheme struct{}

func (bareTheme) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (t bareTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameInputBorder || name == theme.ColorNameInputBackground {
		return color.Transparent
	}
	return t.base().Color(name, v)
}

// Font implements fyne.Theme.
func (t bareTheme) Font(style fyne.TextStyle) fyne.Resource { return t.base().Font(style) }

// Icon implements fyne.Theme.
func (t bareTheme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base().Icon(name) }

// Size implements fyne.Theme.
func (t bareTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInnerPadding: // so that a line of Tags is high enough
		return 6
	}
	return t.base().Size(name)
}
