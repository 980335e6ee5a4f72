package sheet

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// maxRaster is the most pixels that a picture of a page may have: A4 at 600
// dots per inch has 35 millions.
const maxRaster = 64e6

// Raster draws the page as a picture of that many dots per inch: for the
// preview, or for a printer. Modules are squares of whole pixels, all of the
// same size, so that a code may become a little smaller than on paper, in the
// middle of its place. Where a module is under a pixel, its edges are rounded:
// the code looks right, but cannot be read. It fails when the picture would be
// empty or over 64 million pixels.
func (p *Page) Raster(dpi float64) (image.Image, error) {
	scale := dpi / mmPerInch
	width, height := math.Round(p.width*scale), math.Round(p.height*scale)
	if !(width >= 1 && height >= 1 && width*height <= maxRaster) {
		return nil, fmt.Errorf("a page of %g × %g mm cannot be drawn at %g dots per inch", p.width, p.height, dpi)
	}
	picture := image.NewNRGBA(image.Rect(0, 0, int(width), int(height)))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for _, r := range p.rules {
		r.draw(picture, scale)
	}
	for _, c := range p.codes {
		c.draw(picture, scale)
	}
	for _, l := range p.lines {
		if err := p.fonts.draw(picture, l, scale); err != nil {
			return nil, err
		}
	}
	return picture, nil
}

// draw fills the pixels between the rule's ends, one pixel wide at least.
// Rules are level or upright.
func (r rule) draw(picture draw.Image, scale float64) {
	thick := max(1, int(math.Round(ruleWidth*scale)))
	pixel := func(mm float64) int { return int(math.Round(mm*scale)) - thick/2 }
	ends := image.Rect(pixel(r.x1), pixel(r.y1), pixel(r.x2), pixel(r.y2))
	ends.Max = ends.Max.Add(image.Pt(thick, thick))
	draw.Draw(picture, ends, image.NewUniform(r.ink), image.Point{}, draw.Src)
}

func (c placedCode) draw(picture draw.Image, scale float64) {
	step := c.module * scale
	margin := 0.0
	if whole := math.Floor(step + 1e-9); whole >= 1 {
		margin = (step - whole) * float64(c.code.Size()) / 2
		step = whole
	}
	left, top := math.Round(c.x*scale+margin), math.Round(c.y*scale+margin)
	edge := func(start float64, modules int) int { return int(math.Round(start + float64(modules)*step)) }
	for _, r := range c.code.runs() {
		black := image.Rect(edge(left, r.x), edge(top, r.y), edge(left, r.x+r.length), edge(top, r.y+1))
		draw.Draw(picture, black, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
}

// draw writes a line of text, glyph by glyph at the places where it was
// measured: a font's own drawer would add kerning, which the PDF has not.
func (f *typefaces) draw(picture draw.Image, l line, scale float64) error {
	pieces, _ := f.pieces(l.style, l.text)
	pixels := l.size * scale
	ink := image.NewUniform(l.ink)
	for _, p := range pieces {
		// At 72 dots per inch a point is a pixel.
		face, err := opentype.NewFace(f[p.style].font, &opentype.FaceOptions{Size: pixels, DPI: pointsPerInch})
		if err != nil {
			return fmt.Errorf("draw a text: %w", err)
		}
		x, y := (l.x*scale + p.x*pixels), l.baseline*scale
		for _, r := range p.text {
			where, mask, from, advance, ok := face.Glyph(fixed.Point26_6{X: dots(x), Y: dots(y)}, r)
			if ok {
				draw.DrawMask(picture, where, ink, image.Point{}, mask, from, draw.Over)
			}
			x += float64(advance) / 64
		}
	}
	return nil
}

// dots is a number of pixels in 64ths.
func dots(pixels float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(pixels * 64)) }
