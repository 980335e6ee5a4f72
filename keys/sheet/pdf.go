package sheet

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// pdfDate stands in every PDF, so that the same page gives the same bytes.
var pdfDate = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// PDF writes the page as a PDF file of one page: codes as shapes, texts that
// can be searched and copied, with the used parts of their fonts inside. The
// same page gives the same bytes.
func (p *Page) PDF() ([]byte, error) {
	f := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: p.width, Ht: p.height}})
	f.SetCatalogSort(true)
	f.SetCreationDate(pdfDate)
	f.SetModificationDate(pdfDate)
	f.SetProducer("GLPI Keys", true)
	f.SetTitle(p.title, true)
	f.SetMargins(0, 0, 0)
	f.SetAutoPageBreak(false, 0)
	f.AddPage()
	var embedded [styles]bool
	for _, r := range p.rules {
		f.SetDrawColor(int(r.ink.R), int(r.ink.G), int(r.ink.B))
		f.SetLineWidth(ruleWidth)
		f.Line(r.x1, r.y1, r.x2, r.y2)
	}
	for _, c := range p.codes {
		f.RawWriteStr(c.pdf(p.height))
	}
	for _, l := range p.lines {
		p.fonts.pdf(f, l, &embedded)
	}
	var file bytes.Buffer
	if err := f.Output(&file); err != nil {
		return nil, fmt.Errorf("write a page as PDF: %w", err)
	}
	return file.Bytes(), nil
}

// pdf writes a code as one shape, in modules that a matrix turns into points
// from the bottom of the page. One shape of whole numbers, because viewers
// leave hairs between shapes that merely touch.
func (c placedCode) pdf(pageHeight float64) string {
	const points = 1 / mmPerPoint
	var b bytes.Buffer
	fmt.Fprintf(&b, "q 0 g %s 0 0 -%s %s %s cm\n", number(c.module*points), number(c.module*points),
		number(c.x*points), number((pageHeight-c.y)*points))
	for _, r := range c.code.runs() {
		fmt.Fprintf(&b, "%d %d %d 1 re\n", r.x, r.y, r.length)
	}
	b.WriteString("f Q")
	return b.String()
}

var pdfNames = [styles]string{Regular: "regular", Bold: "bold", Mono: "mono"}

// pdf writes a line of text and embeds the fonts that were not yet.
func (f *typefaces) pdf(file *fpdf.Fpdf, l line, embedded *[styles]bool) {
	pieces, _ := f.pieces(l.style, l.text)
	file.SetTextColor(int(l.ink.R), int(l.ink.G), int(l.ink.B))
	for _, p := range pieces {
		if !embedded[p.style] {
			// A copy, because the library writes into the bytes of fonts whose
			// last glyphs share a width, and these are the window's own.
			file.AddUTF8FontFromBytes(pdfNames[p.style], "", bytes.Clone(f[p.style].file))
			embedded[p.style] = true
		}
		file.SetFont(pdfNames[p.style], "", l.size/mmPerPoint)
		file.Text(l.x+p.x*l.size, l.baseline, p.text)
	}
}
