package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The marks around what stands out in the text of a Rich. They are characters
// for private use, which no text has.
const (
	strongBegin = '\ue000'
	strongEnd   = '\ue001'
)

// Strong marks a part of a Rich's text that is bold.
func Strong(text string) string { return string(strongBegin) + text + string(strongEnd) }

// Rich is a text in several lines, some parts of it bold, on a coloured box.
type Rich struct {
	widget.BaseWidget
	tone Tone
	text string
}

// NewRich makes a text with the parts marked by Strong in bold.
func NewRich(tone Tone, text string) *Rich {
	r := &Rich{tone: tone, text: text}
	r.ExtendBaseWidget(r)
	return r
}

// SetText changes the text.
func (r *Rich) SetText(text string) {
	if r.text != text {
		r.text = text
		r.Refresh()
	}
}

// Text is the text with its marks.
func (r *Rich) Text() string { return r.text }

// CreateRenderer implements fyne.Widget.
func (r *Rich) CreateRenderer() fyne.WidgetRenderer {
	rr := &richRenderer{r: r, back: &canvas.Rectangle{}}
	rr.style()
	return rr
}

type richRenderer struct {
	r       *Rich
	back    *canvas.Rectangle
	pieces  []piece
	width   float32
	lines   int
	objects []fyne.CanvasObject
}

// piece is a run of one weight on one line.
type piece struct {
	text string
	bold bool
	line int
	x    float32
}

const (
	richPadX = 12
	richPadY = 9
	richLine = 3 // between lines
)

func (rr *richRenderer) size() float32 { return sizeOf(rr.r, SizeSmallText) }

func (rr *richRenderer) measure(text string, bold bool) float32 {
	return fyne.MeasureText(text, rr.size(), fyne.TextStyle{Bold: bold}).Width
}

func (rr *richRenderer) lineHeight() float32 {
	return fyne.MeasureText("M", rr.size(), fyne.TextStyle{Bold: true}).Height + richLine
}

func (rr *richRenderer) style() {
	width := rr.width
	if width == 0 {
		width = 1e6
	}
	rr.pieces, rr.lines = layRich(rr.r.text, width, rr.measure)
	fill(rr.back, colorOf(rr.r, rr.r.tone.Pale()), nil, 6)
	rr.objects = append(rr.objects[:0], rr.back)
	ink := colorOf(rr.r, rr.r.tone.Text())
	if rr.r.tone == Info {
		ink = colorOf(rr.r, theme.ColorNameForeground)
	}
	for _, p := range rr.pieces {
		text := &canvas.Text{}
		write(text, p.text, ink, rr.size(), fyne.TextStyle{Bold: p.bold})
		rr.objects = append(rr.objects, text)
	}
}

// layRich breaks a marked text into pieces that fit into the width, at spaces.
func layRich(text string, width float32, measure func(string, bool) float32) ([]piece, int) {
	var pieces []piece
	line, x, bold := 0, float32(0), false
	add := func(word string, bold, space bool) {
		if word == "" {
			return
		}
		if n := len(pieces); n > 0 && x > 0 && pieces[n-1].line == line && pieces[n-1].bold == bold {
			last := &pieces[n-1]
			joined := last.text + gapText(space) + word
			if end := last.x + measure(joined, bold); end <= width || !space {
				last.text, x = joined, end
				return
			}
		} else if x > 0 {
			if space {
				x += measure(" ", false)
			}
			if x+measure(word, bold) <= width || !space {
				pieces = append(pieces, piece{word, bold, line, x})
				x += measure(word, bold)
				return
			}
		}
		if x > 0 {
			line++
		}
		pieces = append(pieces, piece{word, bold, line, 0})
		x = measure(word, bold)
	}
	for i, word := range strings.Split(text, " ") {
		space := i > 0
		for word != "" {
			cut := strings.IndexAny(word, string(strongBegin)+string(strongEnd))
			if cut < 0 {
				add(word, bold, space)
				break
			}
			if cut > 0 {
				add(word[:cut], bold, space)
				space = false
			}
			bold = strings.HasPrefix(word[cut:], string(strongBegin))
			word = word[cut+len(string(strongBegin)):]
		}
	}
	return pieces, line + 1
}

func gapText(space bool) string {
	if space {
		return " "
	}
	return ""
}

// Layout implements fyne.WidgetRenderer.
func (rr *richRenderer) Layout(size fyne.Size) {
	if width := max(size.Width-2*richPadX, 1); width != rr.width {
		before := rr.lines
		rr.width = width
		rr.style()
		if rr.lines != before {
			canvas.Refresh(rr.r) // the parents must ask for the height again
		}
	}
	rr.back.Resize(size)
	for i, p := range rr.pieces {
		o := rr.objects[i+1]
		need := o.MinSize()
		place(o, richPadX+p.x, richPadY+float32(p.line)*rr.lineHeight(), need.Width, need.Height)
	}
}

// MinSize implements fyne.WidgetRenderer.
func (rr *richRenderer) MinSize() fyne.Size {
	return fyne.NewSize(2*richPadX, 2*richPadY-richLine+float32(rr.lines)*rr.lineHeight())
}

// Refresh implements fyne.WidgetRenderer.
func (rr *richRenderer) Refresh() {
	rr.style()
	rr.Layout(rr.r.Size())
	canvas.Refresh(rr.r)
}

// Objects implements fyne.WidgetRenderer.
func (rr *richRenderer) Objects() []fyne.CanvasObject { return rr.objects }

// Destroy implements fyne.WidgetRenderer.
func (rr *richRenderer) Destroy() {}
