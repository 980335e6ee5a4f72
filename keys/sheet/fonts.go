package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Fonts are the TrueType files that texts are measured, drawn and embedded
// with. The bytes are only read.
type Fonts struct{ Regular, Bold, Mono []byte }

// Style says which of the fonts a text has.
type Style uint8

// The styles.
const (
	Regular Style = iota
	Bold
	Mono
	styles = iota
)

// unknown stands for characters that no font has. It is the sign made for
// that, so nobody takes it for the text that was meant.
const unknown = '\uFFFD'

// typefaces are parsed fonts, one for each style.
type typefaces [styles]typeface

type typeface struct {
	file []byte
	font *sfnt.Font
}

func (f Fonts) parse() (*typefaces, error) {
	var all typefaces
	for style, file := range [styles][]byte{Regular: f.Regular, Bold: f.Bold, Mono: f.Mono} {
		parsed, err := sfnt.Parse(file)
		if err != nil {
			return nil, fmt.Errorf("font %d: %w", style, err)
		}
		all[style] = typeface{file, parsed}
	}
	return &all, nil
}

// piece is a part of a line that one font can draw.
type piece struct {
	style Style
	text  string
	x     float64 // where it starts in the line, in em
}

// pieces divides a line into parts by the font that has the characters: the
// asked one, else Mono, whose choice of arrows and signs is larger. What none
// has becomes the sign for unknown characters. width is that of the whole
// line in em, which is the size of the text.
func (f *typefaces) pieces(style Style, line string) (list []piece, width float64) {
	var buffer sfnt.Buffer
	for _, r := range line {
		with, shown := f.find(&buffer, style, r)
		if len(list) == 0 || list[len(list)-1].style != with {
			list = append(list, piece{style: with, x: width})
		}
		list[len(list)-1].text += string(shown)
		width += f[with].advance(&buffer, shown)
	}
	return list, width
}

// find gives the font that draws a character and what it draws.
func (f *typefaces) find(buffer *sfnt.Buffer, style Style, r rune) (Style, rune) {
	// The PDF library can write the basic plane only.
	if r <= 0xFFFF {
		for _, with := range [...]Style{style, Mono} {
			if f[with].has(buffer, r) {
				return with, r
			}
		}
	}
	switch {
	case unicode.IsSpace(r):
		return style, ' '
	case f[style].has(buffer, unknown):
		return style, unknown
	default:
		return style, '?'
	}
}

func (t typeface) has(buffer *sfnt.Buffer, r rune) bool {
	glyph, err := t.font.GlyphIndex(buffer, r)
	return err == nil && glyph != 0
}

// advance is the width of a character in em. Kerning is left out, here as in
// the PDF, so that all writers agree on every position.
func (t typeface) advance(buffer *sfnt.Buffer, r rune) float64 {
	glyph, err := t.font.GlyphIndex(buffer, r)
	if err != nil {
		return 0
	}
	em := fixed.I(int(t.font.UnitsPerEm()))
	width, err := t.font.GlyphAdvance(buffer, glyph, em, font.HintingNone)
	if err != nil {
		return 0
	}
	return float64(width) / float64(em)
}

func (f *typefaces) width(style Style, line string) float64 {
	_, width := f.pieces(style, line)
	return width
}

// clean prepares a text for drawing: composed characters, no signs without a
// picture of their own (direction marks, joiners, variation selectors), every
// white space but the ones that forbid a break as one plain space. Line feeds
// stay.
func clean(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case r == '\n' || r == '\u00A0' || r == '\u202F':
			b.WriteRune(r)
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteRune(' ')
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// wrap divides a cleaned text into lines no wider than width, in em. Lines end
// at spaces; a word that is too wide for a line, as links are, at any
// character.
func (f *typefaces) wrap(style Style, text string, width float64) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.FieldsFunc(paragraph, func(r rune) bool { return r == ' ' }) {
			if line != "" && f.width(style, line+" "+word) <= width {
				line += " " + word
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			var full []string
			full, line = f.split(style, word, width)
			lines = append(lines, full...)
		}
		lines = append(lines, line)
	}
	return lines
}

// split cuts a word into full lines and what is left for the next one.
func (f *typefaces) split(style Style, word string, width float64) (full []string, rest string) {
	var buffer sfnt.Buffer
	start, used := 0, 0.0
	for i, r := range word {
		with, shown := f.find(&buffer, style, r)
		advance := f[with].advance(&buffer, shown)
		if used+advance > width && i > start && !unicode.Is(unicode.M, r) {
			full = append(full, word[start:i])
			start, used = i, 0
		}
		used += advance
	}
	return full, word[start:]
}
