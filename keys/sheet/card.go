package sheet

import (
	"image/color"
	"math"
)

// A card is A6, in mm.
const (
	cardWidth  = 105
	cardHeight = 148
	cardMargin = 8 // most office printers reach no nearer to the edge than 5
	cardGap    = 2 // between two texts
)

// The side of a module in mm. A phone held at arm's length reads the good
// one; under the least one cheap cameras and printers fail.
const (
	goodModule  = 0.5
	leastModule = 0.33
)

// leastCardText is how far a card's texts shrink before one gives up: the
// smallest, the link, is then 5 points high.
const leastCardText = 0.625

// The inks of cards: the window's colours for text and for muted text, and a
// line that an office printer still shows.
var (
	textInk  = color.NRGBA{0x1B, 0x23, 0x33, 0xFF}
	mutedInk = color.NRGBA{0x5D, 0x68, 0x81, 0xFF}
	lineInk  = color.NRGBA{0xAE, 0xB9, 0xCF, 0xFF}
)

// Card is one invitation on a card of A6, 105 × 148 mm: what it is for, its
// code as large as the texts allow, the link to type for those who cannot scan
// it, and until when it is good. The texts are the caller's, in the language
// of those who get the card; an empty one leaves no gap.
type Card struct {
	Title string // "Join the helpdesk"; also the title in the file's properties
	Label string // "New hires – Paris"
	Code  *Code
	Note  string // end with time zone, several lines if wanted
}

// Page lays the card out. Long texts wrap, then all of them become smaller to
// leave the code modules of 0.5 mm, then the code becomes smaller. It fails
// with ErrNoRoom when its modules would be under 0.33 mm, or when a font
// cannot be read.
func (c Card) Page(fonts Fonts) (*Page, error) {
	page, err := NewPage(cardWidth, cardHeight, c.Title, fonts)
	if err != nil {
		return nil, err
	}
	scale := 1.0
	for scale > leastCardText && c.fit(page, scale).module(c.Code) < goodModule {
		scale -= leastCardText / 10
	}
	room := c.fit(page, scale)
	if room.module(c.Code) < leastModule {
		return nil, ErrNoRoom
	}
	return page, c.draw(page, room)
}

const cardColumn = cardWidth - 2*cardMargin

// cardRoom is a card's texts at one size, and what they leave to the code.
type cardRoom struct {
	title, label, link, note Text
	top, bottom              float64 // of the code's room, in mm
	labelTop                 float64
	linkTop, noteTop         float64
}

// module is the side of a module when the code fills its room, cut to whole
// hundredths of a mm.
func (r cardRoom) module(c *Code) float64 {
	side := min(cardColumn, r.bottom-r.top)
	return math.Floor(100*side/float64(c.Size())) / 100
}

func (c Card) fit(page *Page, scale float64) cardRoom {
	text := func(words string, style Style, size float64, ink color.NRGBA) Text {
		return Text{Text: words, Style: style, Size: size * scale, Centred: true, Ink: ink}
	}
	r := cardRoom{
		title: text(c.Title, Bold, 18, textInk),
		label: text(c.Label, Regular, 12, textInk),
		link:  text(c.Code.Link(), Mono, 8, textInk),
		note:  text(c.Note, Regular, 9, mutedInk),
	}
	r.labelTop = cardMargin + page.Height(r.title, cardColumn) + cardGap/2
	r.top = r.labelTop + page.Height(r.label, cardColumn)
	r.noteTop = cardHeight - cardMargin - page.Height(r.note, cardColumn)
	r.linkTop = r.noteTop - cardGap - page.Height(r.link, cardColumn)
	if c.Note != "" {
		r.linkTop -= cardGap
	}
	r.bottom = r.linkTop
	return r
}

func (c Card) draw(page *Page, r cardRoom) error {
	if _, err := page.AddText(r.title, cardMargin, cardMargin, cardColumn, r.labelTop); err != nil {
		return err
	}
	if _, err := page.AddText(r.label, cardMargin, r.labelTop, cardColumn, r.top); err != nil {
		return err
	}
	side := r.module(c.Code) * float64(c.Code.Size())
	page.AddCode(c.Code, (cardWidth-side)/2, (r.top+r.bottom-side)/2, side)
	if _, err := page.AddText(r.link, cardMargin, r.linkTop, cardColumn, r.noteTop); err != nil {
		return err
	}
	if c.Note == "" {
		return nil
	}
	page.AddRule(cardMargin, r.noteTop-cardGap, cardWidth-cardMargin, r.noteTop-cardGap, lineInk)
	_, err := page.AddText(r.note, cardMargin, r.noteTop, cardColumn, cardHeight-cardMargin)
	return err
}
