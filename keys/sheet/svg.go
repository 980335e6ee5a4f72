package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
)

// SVG writes the page as a drawing whose unit is the millimetre. Each code is
// one path, so that no viewer leaves hairs between its modules. Texts are
// texts in the viewer's own font, as wide as they were measured: characters
// that the fonts here lack appear as they were meant.
func (p *Page) SVG() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %[1]s %[2]s">`+"\n",
		number(p.width), number(p.height))
	if p.title != "" {
		fmt.Fprintf(&b, "<title>%s</title>\n", escape(p.title))
	}
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", number(p.width), number(p.height))
	for _, r := range p.rules {
		fmt.Fprintf(&b, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>`+"\n",
			number(r.x1), number(r.y1), number(r.x2), number(r.y2), hex(r.ink), number(ruleWidth))
	}
	for _, c := range p.codes {
		c.svg(&b)
	}
	for _, l := range p.lines {
		l.svg(&b)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// svg writes the path in modules, which are whole numbers.
func (c placedCode) svg(b *bytes.Buffer) {
	fmt.Fprintf(b, `<path transform="translate(%s %s) scale(%s)" fill="#000000" shape-rendering="crispEdges" d="`,
		number(c.x), number(c.y), number(c.module))
	for _, r := range c.code.runs() {
		fmt.Fprintf(b, "M%d %dh%dv1h-%dz", r.x, r.y, r.length, r.length)
	}
	b.WriteString("\"/>\n")
}

// families name the fonts that the texts were measured with, where the viewer
// has them, and what comes nearest elsewhere.
var families = [styles]string{
	Regular: `font-family="'Noto Sans', sans-serif"`,
	Bold:    `font-family="'Noto Sans', sans-serif" font-weight="bold"`,
	Mono:    `font-family="'DejaVu Sans Mono', monospace"`,
}

func (l line) svg(b *bytes.Buffer) {
	x, anchor := l.x, ""
	if l.centred {
		// Viewers that do not know textLength keep it in the middle at least.
		x, anchor = l.x+l.width/2, ` text-anchor="middle"`
	}
	fmt.Fprintf(b, `<text x="%s" y="%s"%s textLength="%s" lengthAdjust="spacingAndGlyphs" %s font-size="%s" fill="%s">%s</text>`+"\n",
		number(x), number(l.baseline), anchor, number(l.width), families[l.style], number(l.size), hex(l.ink), escape(l.text))
}

// number writes mm with four digits after the point at most: a tenth of a
// micron.
func number(mm float64) string {
	text := strconv.FormatFloat(mm, 'f', 4, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
