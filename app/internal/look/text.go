package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Style is the rank of a text.
type Style uint8

// The styles.
const (
	Body      Style = iota // 13
	Bold                   // 13 bold
	Muted                  // 12 muted: second lines, notes
	Small                  // 12
	SmallBold              // 12 bold: labels of fields
	Mono                   // 13, fixed width
	Heading                // 16 bold: of a detail pane
	Title                  // 21 bold: of a screen
	Number                 // 26 bold: counts
)

func (s Style) size() fyne.ThemeSizeName {
	switch s {
	case Muted, Small, SmallBold:
		return SizeSmallText
	case Heading:
		return theme.SizeNameSubHeadingText
	case Title:
		return SizeTitleText
	case Number:
		return SizeNumberText
	}
	return theme.SizeNameText
}

func (s Style) font() fyne.TextStyle {
	switch s {
	case Bold, SmallBold, Heading, Title, Number:
		return fyne.TextStyle{Bold: true}
	case Mono:
		return fyne.TextStyle{Monospace: true}
	}
	return fyne.TextStyle{}
}

// Overflow says what happens to a text that is wider than its place.
type Overflow uint8

// The ways.
const (
	Full     Overflow = iota // the text asks for its whole width
	Ellipsis                 // cut with "…"
	Wrap                     // broken into lines at spaces
)

// Text is a piece of text without padding around it.
type Text struct {
	widget.BaseWidget
	text     string
	style    Style
	overflow Overflow
	color    fyne.ThemeColorName // empty: the style's own
	align    fyne.TextAlign
}

// NewText makes a text that asks for its whole width.
func NewText(style Style, text string) *Text {
	t := &Text{text: text, style: style}
	t.ExtendBaseWidget(t)
	return t
}

// NewWrapped makes a text that is broken into lines.
func NewWrapped(style Style, text string) *Text {
	t := NewText(style, text)
	t.overflow = Wrap
	return t
}

// NewShortened makes a text that is cut with "…" where the place ends.
func NewShortened(style Style, text string) *Text {
	t := NewText(style, text)
	t.overflow = Ellipsis
	return t
}

// Text is the whole text.
func (t *Text) Text() string { return t.text }

// SetText changes the text.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text = text
		t.Refresh()
	}
}

// SetColor changes the colour; the empty name is the style's own.
func (t *Text) SetColor(name fyne.ThemeColorName) {
	if t.color != name {
		t.color = name
		t.Refresh()
	}
}

// SetAlign changes where the text stands in its width.
func (t *Text) SetAlign(a fyne.TextAlign) {
	t.align = a
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t}
	r.style()
	return r
}

type textRenderer struct {
	t       *Text
	lines   []string // as broken for width
	width   float32
	objects []fyne.CanvasObject
}

func (r *textRenderer) measure(s string) float32 {
	return fyne.MeasureText(s, sizeOf(r.t, r.t.style.size()), r.t.style.font()).Width
}

func (r *textRenderer) lineHeight() float32 {
	return fyne.MeasureText("M", sizeOf(r.t, r.t.style.size()), r.t.style.font()).Height
}

func (r *textRenderer) broken() []string {
	switch {
	case r.t.overflow == Wrap && r.width > 0:
		return wrap(r.t.text, r.width, r.measure)
	case r.t.overflow == Ellipsis && r.width > 0:
		return []string{shorten(r.t.text, r.width, r.measure)}
	}
	return strings.Split(r.t.text, "\n")
}

func (r *textRenderer) style() {
	r.lines = r.broken()
	name := r.t.color
	if name == "" {
		name = theme.ColorNameForeground
		if r.t.style == Muted {
			name = theme.ColorNamePlaceHolder
		}
	}
	col := colorOf(r.t, name)
	for len(r.objects) < len(r.lines) {
		r.objects = append(r.objects, &canvas.Text{})
	}
	r.objects = r.objects[:len(r.lines)]
	for i, line := range r.lines {
		text := r.objects[i].(*canvas.Text)
		text.Alignment = r.t.align
		write(text, line, col, sizeOf(r.t, r.t.style.size()), r.t.style.font())
	}
}

// Layout implements fyne.WidgetRenderer.
func (r *textRenderer) Layout(size fyne.Size) {
	if r.width != size.Width && r.t.overflow != Full {
		before := len(r.lines)
		r.width = size.Width
		r.style()
		if len(r.lines) != before {
			canvas.Refresh(r.t) // the parents must ask for the height again
		}
	}
	height := r.lineHeight()
	y := float32(0)
	if free := size.Height - height*float32(len(r.lines)); r.t.overflow != Wrap && free > 0 {
		y = free / 2
	}
	for i, o := range r.objects {
		place(o, 0, y+float32(i)*height, size.Width, height)
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r *textRenderer) MinSize() fyne.Size {
	height := r.lineHeight() * float32(len(r.lines))
	width := float32(0)
	if r.t.overflow == Full {
		for _, line := range r.lines {
			width = max(width, r.measure(line))
		}
	}
	return fyne.NewSize(width, height)
}

// Refresh implements fyne.WidgetRenderer.
func (r *textRenderer) Refresh() {
	r.style()
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// Objects implements fyne.WidgetRenderer.
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *textRenderer) Destroy() {}

// shorten cuts text to the width, "…" included.
func shorten(text string, width float32, measure func(string) float32) string {
	if measure(text) <= width {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		half := (low + high + 1) / 2
		if measure(string(runes[:half])+"…") <= width {
			low = half
		} else {
			high = half - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + "…"
}

// wrap breaks text at spaces; a word wider than the width is broken inside.
func wrap(text string, width float32, measure func(string) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Split(paragraph, " ") {
			candidate := word
			if line != "" {
				candidate = line + " " + word
			}
			if measure(candidate) <= width {
				line = candidate
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			line = word
			for measure(line) > width {
				head, tail := split(line, width, measure)
				if tail == "" {
					break
				}
				lines = append(lines, head)
				line = tail
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// split takes as many letters, at least one, as fit into the width.
func split(word string, width float32, measure func(string) float32) (head, tail string) {
	runes := []rune(word)
	n := 1
	for n < len(runes) && measure(string(runes[:n+1])) <= width {
		n++
	}
	return string(runes[:n]), string(runes[n:])
}
