package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// ErrDamaged is a file that does not hold the codes it should: cut off,
// changed, or with a code that a phone would not read.
var ErrDamaged = errors.New("the file does not hold the code")

// Kind is a format of files.
type Kind uint8

// The kinds.
const (
	PNG Kind = iota
	SVG
	PDF
)

var kindNames = [...]string{PNG: "png", SVG: "svg", PDF: "pdf"}

// String is the file name's ending, without a dot.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Read decodes the codes in a file that this package wrote, in the order in
// which they were added. A PNG holds one. It fails with ErrDamaged, wrapped.
func Read(kind Kind, file []byte) ([]string, error) {
	var pictures []image.Image
	var err error
	switch kind {
	case PNG:
		pictures, err = readPNG(file)
	case SVG:
		pictures, err = rasterize(readSVG(file))
	case PDF:
		pictures, err = rasterize(readPDF(file))
	default:
		return nil, fmt.Errorf("no such kind of file: %d", kind)
	}
	links := make([]string, len(pictures))
	for i := range pictures {
		if err == nil {
			links[i], err = decode(pictures[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return links, nil
}

// Verify reads a file that this package wrote and compares what its codes hold
// with the links. It fails with ErrDamaged, wrapped.
func Verify(kind Kind, file []byte, links ...string) error {
	found, err := Read(kind, file)
	if err != nil {
		return err
	}
	if !slices.Equal(found, links) {
		return fmt.Errorf("%w: another link", ErrDamaged)
	}
	return nil
}

func readPNG(file []byte) ([]image.Image, error) {
	facts, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if facts.Width*facts.Height > maxCode*maxCode {
		return nil, errors.New("picture too large")
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	return []image.Image{picture}, nil
}

// shape is a code as a file draws it: black rectangles in mm.
type shape []box

type box struct{ left, top, right, bottom float64 }

// around is the smallest box that holds the shape.
func (s shape) around() box {
	all := s[0]
	for _, b := range s {
		all = box{min(all.left, b.left), min(all.top, b.top), max(all.right, b.right), max(all.bottom, b.bottom)}
	}
	return all
}

const (
	readDPI   = 300
	readQuiet = 16    // white pixels around a rasterised code
	maxCode   = 12000 // pixels a side: a metre at 300 dots per inch, the largest PNG
)

// rasterize draws shapes as [Page.Raster] does for a printer of 300 dots per
// inch: with whole pixels a module.
func rasterize(shapes []shape, err error) ([]image.Image, error) {
	if err != nil {
		return nil, err
	}
	pictures := make([]image.Image, len(shapes))
	for i, s := range shapes {
		if pictures[i], err = s.raster(); err != nil {
			return nil, err
		}
	}
	return pictures, nil
}

func (s shape) raster() (image.Image, error) {
	all := s.around()
	module := s[0].bottom - s[0].top
	scale := max(1, math.Round(module*readDPI/mmPerInch)) / module
	width, height := (all.right-all.left)*scale, (all.bottom-all.top)*scale
	// Written so that what is not a number fails too.
	if !(width > 0 && width < maxCode && height > 0 && height < maxCode) {
		return nil, errors.New("shape out of all measure")
	}
	pixel := func(mm, from float64) int { return readQuiet + int(math.Round((mm-from)*scale)) }
	picture := image.NewGray(image.Rect(0, 0, 2*readQuiet+int(math.Ceil(width)), 2*readQuiet+int(math.Ceil(height))))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for _, b := range s {
		black := image.Rect(pixel(b.left, all.left), pixel(b.top, all.top), pixel(b.right, all.left), pixel(b.bottom, all.top))
		draw.Draw(picture, black, image.Black, image.Point{}, draw.Src)
	}
	return picture, nil
}

// decode reads the code in a picture that shows nothing else. The hint says
// so: the decoder then takes the modules from the frame, which never fails on
// clean pictures, while looking for the finder patterns missed 15 of 254 codes
// between 20 and 2,300 bytes.
func decode(picture image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(gozxing.NewLuminanceSourceFromImage(picture)))
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_PURE_BARCODE:  true,
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
	})
	if err != nil {
		return "", errors.New("no code can be read") // the library's own text may hold what it read
	}
	return result.GetText(), nil
}
