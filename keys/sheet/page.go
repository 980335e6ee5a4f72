package sheet

import (
	"errors"
	"fmt"
	"image/color"
)

// ErrNoRoom is a page whose texts do not fit, even at their smallest size.
// They are never cut instead: a card with half a link is waste paper.
var ErrNoRoom = errors.New("the texts do not fit on the page")

const (
	mmPerInch     = 25.4
	pointsPerInch = 72
	mmPerPoint    = mmPerInch / pointsPerInch
)

// lineHeight is from one baseline to the next, firstLine from the top of a
// text to its first baseline, both in em: room for accents on capitals above,
// for descenders below.
const (
	lineHeight = 1.3
	firstLine  = 1.0
)

// ruleWidth is a hairline's, in mm; thinner ones get lost on office printers.
const ruleWidth = 0.2

// Page is a sheet of paper described in millimetres from its top left corner:
// codes, texts and hairlines on white. Once it is built, several goroutines
// may write it.
type Page struct {
	width, height float64
	title         string
	fonts         *typefaces
	codes         []placedCode
	lines         []line
	rules         []rule
}

type placedCode struct {
	code   *Code
	x, y   float64
	module float64 // side of a module
}

// line is one line of text, already measured.
type line struct {
	style    Style
	size     float64 // mm, as all that follows
	text     string  // as asked for; pieces tell how to draw it
	x        float64 // left end
	baseline float64
	width    float64
	centred  bool
	ink      color.NRGBA
}

type rule struct {
	x1, y1, x2, y2 float64
	ink            color.NRGBA
}

// NewPage makes an empty page of that size in mm. The title names it in the
// file's properties, where search engines of a desktop find it: no link, no
// person's name. It fails when a font cannot be read.
func NewPage(width, height float64, title string, fonts Fonts) (*Page, error) {
	parsed, err := fonts.parse()
	if err != nil {
		return nil, err
	}
	return &Page{width: width, height: height, title: clean(title), fonts: parsed}, nil
}

// String describes the page without its texts, so that no link gets into a
// log.
func (p *Page) String() string { return fmt.Sprintf("page of %g × %g mm", p.width, p.height) }

// GoString is String.
func (p *Page) GoString() string { return p.String() }

// Size is the page's width and height in mm.
func (p *Page) Size() (width, height float64) { return p.width, p.height }

// AddCode draws a code as a square of that side in mm, quiet zone included.
func (p *Page) AddCode(c *Code, x, y, side float64) {
	p.codes = append(p.codes, placedCode{c, x, y, side / float64(c.Size())})
}

// AddRule draws a hairline between two points.
func (p *Page) AddRule(x1, y1, x2, y2 float64, ink color.NRGBA) {
	p.rules = append(p.rules, rule{x1, y1, x2, y2, ink})
}

// Text is a paragraph or several, divided by line feeds.
type Text struct {
	Text    string
	Style   Style
	Size    float64 // points
	Centred bool    // else every line starts at the left
	Ink     color.NRGBA
}

// Height is how high the text becomes in a column of that width, both in mm.
func (p *Page) Height(t Text, width float64) float64 {
	return float64(len(p.wrap(t, width))) * t.Size * mmPerPoint * lineHeight
}

// AddText wraps a text in the column that starts at x, y and is width wide,
// and returns where it ends at the bottom. It fails with ErrNoRoom when that
// is below limit, and draws nothing then: make it smaller.
func (p *Page) AddText(t Text, x, y, width, limit float64) (bottom float64, err error) {
	const rounding = 1e-6
	bottom = y + p.Height(t, width)
	if bottom > limit+rounding {
		return y, ErrNoRoom
	}
	size := t.Size * mmPerPoint
	for i, text := range p.wrap(t, width) {
		wide := p.fonts.width(t.Style, text) * size
		l := line{
			style: t.Style, size: size, text: text, width: wide, centred: t.Centred, ink: t.Ink,
			x:        x,
			baseline: y + (firstLine+float64(i)*lineHeight)*size,
		}
		if t.Centred {
			l.x += (width - wide) / 2
		}
		if text != "" {
			p.lines = append(p.lines, l)
		}
	}
	return bottom, nil
}

func (p *Page) wrap(t Text, width float64) []string {
	if t.Text == "" {
		return nil
	}
	return p.fonts.wrap(t.Style, clean(t.Text), width/(t.Size*mmPerPoint))
}
