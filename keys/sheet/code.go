package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"unicode"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"
)

// Why a link cannot become a code. The errors never hold the link.
var (
	// ErrTooLong is a link that no QR code of the asked level can hold: over
	// 2,331 bytes at Medium, over 1,663 at High.
	ErrTooLong = errors.New("link too long for a QR code")
	// ErrNotALink is an empty text, or one with spaces, control characters or
	// broken UTF-8, which phones would open as something else.
	ErrNotALink = errors.New("not a link")
)

// Level is how much of a code may be dirty, torn or covered before it can no
// longer be read. A higher level needs more modules for the same link.
type Level uint8

// The levels.
const (
	Medium Level = iota // 15 %: for screens and for files
	High                // 25 % (the Q of ISO 18004): for what hangs on a wall
)

// quiet is the white border that ISO 18004 asks for, in modules.
const quiet = 4

// Code is the QR code of one link: a square of modules, black on white, with
// a quiet zone of 4 modules on each side. It does not change, so several
// goroutines may use it.
type Code struct {
	link  string
	black [][]bool // [y][x], with the quiet zone
}

// NewCode makes the code of a link. It fails with ErrTooLong or ErrNotALink.
func NewCode(link string, level Level) (*Code, error) {
	if !plausible(link) {
		return nil, ErrNotALink
	}
	recovery := qrcode.Medium
	if level == High {
		recovery = qrcode.High
	}
	made, err := qrcode.New(link, recovery)
	if err != nil {
		return nil, ErrTooLong // the only failure of the library
	}
	return &Code{link: link, black: made.Bitmap()}, nil
}

func plausible(link string) bool {
	if link == "" || !utf8.ValidString(link) {
		return false
	}
	for _, r := range link {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// Link is what the code holds.
func (c *Code) Link() string { return c.link }

// String describes the code without its link, so that none gets into a log.
func (c *Code) String() string { return fmt.Sprintf("QR code of %d modules", c.Size()) }

// GoString is String.
func (c *Code) GoString() string { return c.String() }

// Size is how many modules the code has on each side, with the quiet zone.
func (c *Code) Size() int { return len(c.black) }

// Black reports whether the module in column x and row y is black. Both count
// from 0 at the top left corner of the quiet zone.
func (c *Code) Black(x, y int) bool { return c.black[y][x] }

// run is a horizontal row of black modules.
type run struct{ x, y, length int }

// runs lists the black modules, neighbours of a row in one piece.
func (c *Code) runs() []run {
	var found []run
	for y, row := range c.black {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				found = append(found, run{start, y, x - start})
			}
		}
	}
	return found
}

var blackOnWhite = color.Palette{color.White, color.Black}

// Image draws the code in the middle of a white picture of that many pixels,
// each module as a square of as many whole pixels as fit. Where not even one
// pixel fits, the picture stays white: half a code helps nobody.
func (c *Code) Image(width, height int) image.Image {
	picture := image.NewPaletted(image.Rect(0, 0, max(width, 0), max(height, 0)), blackOnWhite)
	pixels := min(width, height) / c.Size()
	left, top := (width-pixels*c.Size())/2, (height-pixels*c.Size())/2
	for _, r := range c.runs() {
		x, y := left+r.x*pixels, top+r.y*pixels
		draw.Draw(picture, image.Rect(x, y, x+r.length*pixels, y+pixels), image.Black, image.Point{}, draw.Src)
	}
	return picture
}

// DefaultPixels is how many pixels a module of a PNG has on each side where
// nobody asks for another size.
const DefaultPixels = 10

// maxPixels keeps the largest code under 12,000 pixels a side.
const maxPixels = 64

// PNG writes the bare code as a PNG file of that many pixels a module, 1 to 64.
func (c *Code) PNG(pixels int) ([]byte, error) {
	if pixels < 1 || pixels > maxPixels {
		return nil, fmt.Errorf("%d pixels a module: not between 1 and %d", pixels, maxPixels)
	}
	side := pixels * c.Size()
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&file, c.Image(side, side)); err != nil {
		return nil, fmt.Errorf("write a QR code as PNG: %w", err)
	}
	return file.Bytes(), nil
}

// SVG writes the bare code as an SVG file of 1 mm a module, to be scaled at
// will.
func (c *Code) SVG() []byte {
	side := float64(c.Size())
	page := &Page{width: side, height: side}
	page.AddCode(c, 0, 0, side)
	return page.SVG()
}
