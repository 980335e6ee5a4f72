package sheet

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// The parts of a PDF file as the library writes them. Their positions come
// from the table of references at the end, so a file that lost or gained a
// byte anywhere is refused.
var (
	pdfEnd      = regexp.MustCompile(`startxref\n(\d{1,9})\n%%EOF\n?$`)
	pdfTable    = regexp.MustCompile(`^xref\n0 (\d{1,6})\n`)
	pdfEntry    = regexp.MustCompile(`^(\d{10}) \d{5} [nf] \n`)
	pdfPage     = regexp.MustCompile(`^\d+ 0 obj\n<</Type /Page\n(?s:.*?)/Contents (\d{1,6}) 0 R>>\nendobj\n`)
	pdfContents = regexp.MustCompile(`^\d+ 0 obj\n<<(/Filter /FlateDecode )?/Length (\d{1,9})>>\nstream\n`)
)

// maxContents is the most that one page draws, in bytes: a sheet of 24 of the
// largest codes has 6 million.
const maxContents = 64 << 20

// readPDF finds the codes in a file that Page.PDF wrote: what its pages fill
// with black.
func readPDF(file []byte) ([]shape, error) {
	objects, err := pdfObjects(file)
	if err != nil {
		return nil, err
	}
	var shapes []shape
	for _, start := range objects {
		page := pdfPage.FindSubmatch(file[start:])
		if page == nil {
			continue
		}
		number, _ := strconv.Atoi(string(page[1]))
		if number >= len(objects) {
			return nil, errForeign
		}
		contents, err := pdfStream(file[objects[number]:])
		if err != nil {
			return nil, err
		}
		found, err := filledShapes(contents)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, found...)
	}
	if len(shapes) == 0 {
		return nil, errors.New("no code on the pages")
	}
	return shapes, nil
}

// pdfObjects gives where each object starts, by its number, after looking that
// it does.
func pdfObjects(file []byte) ([]int, error) {
	end := pdfEnd.FindSubmatch(file[max(0, len(file)-64):])
	if end == nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		return nil, errors.New("not a whole PDF file")
	}
	at, _ := strconv.Atoi(string(end[1]))
	table := file[min(at, len(file)):]
	head := pdfTable.FindSubmatch(table)
	if head == nil {
		return nil, errors.New("no table of references")
	}
	table = table[len(head[0]):]
	count, _ := strconv.Atoi(string(head[1]))
	var objects []int
	for i := range count {
		entry := pdfEntry.FindSubmatch(table)
		if entry == nil {
			return nil, errors.New("table of references cut off")
		}
		table = table[len(entry[0]):]
		start, _ := strconv.Atoi(string(entry[1]))
		if start > len(file) || i > 0 && !bytes.HasPrefix(file[start:], fmt.Appendf(nil, "%d 0 obj\n", i)) {
			return nil, errors.New("table of references is wrong")
		}
		objects = append(objects, start)
	}
	return objects, nil
}

// pdfStream unpacks the stream of an object.
func pdfStream(object []byte) ([]byte, error) {
	head := pdfContents.FindSubmatch(object)
	if head == nil {
		return nil, errForeign
	}
	length, _ := strconv.Atoi(string(head[2]))
	object = object[len(head[0]):]
	if length > len(object) || !bytes.HasPrefix(object[length:], []byte("\nendstream\nendobj\n")) {
		return nil, errors.New("stream cut off")
	}
	if len(head[1]) == 0 {
		return object[:length], nil
	}
	unpacked, err := zlib.NewReader(bytes.NewReader(object[:length]))
	if err != nil {
		return nil, err
	}
	contents, err := io.ReadAll(io.LimitReader(unpacked, maxContents+1))
	if err == nil && len(contents) > maxContents {
		err = errors.New("page too large")
	}
	return contents, err
}

// pdfState is what q keeps and Q brings back: the fill is black or not, and
// the matrix, which only moves and stretches.
type pdfState struct {
	black      bool
	sx, sy     float64
	left, base float64
}

// filledShapes runs a page's drawing operators as far as rectangles go. It
// gives the black ones of each fill, in mm, measured down from the base of the
// page.
func filledShapes(contents []byte) ([]shape, error) {
	var shapes []shape
	var saved []pdfState
	state := pdfState{black: true, sx: 1, sy: 1}
	var path shape
	var operands []float64
	for tokens := (pdfTokens{contents}); ; {
		token, err := tokens.next()
		if err != nil {
			return nil, err
		}
		if value, err := strconv.ParseFloat(token, 64); err == nil {
			operands = append(operands, value)
			continue
		}
		take := func(count int) []float64 {
			if len(operands) != count {
				err = fmt.Errorf("operator %.8q with %d numbers", token, len(operands))
				return make([]float64, count)
			}
			return operands
		}
		switch token {
		case "":
			if len(saved) > 0 || len(path) > 0 {
				return nil, errors.New("page cut off")
			}
			return shapes, nil
		case "q":
			saved = append(saved, state)
		case "Q":
			if len(saved) == 0 {
				return nil, errForeign
			}
			state, saved = saved[len(saved)-1], saved[:len(saved)-1]
		case "g":
			state.black = take(1)[0] == 0
		case "rg":
			c := take(3)
			state.black = c[0] == 0 && c[1] == 0 && c[2] == 0
		case "cm":
			state = state.transformed(take(6))
		case "re":
			path = append(path, state.box(take(4)))
		case "f":
			if state.black && len(path) > 0 {
				shapes = append(shapes, path)
			}
			path = nil
		}
		if err != nil {
			return nil, err
		}
		operands = operands[:0]
	}
}

func (s pdfState) transformed(m []float64) pdfState {
	s.left, s.base = s.left+s.sx*m[4], s.base+s.sy*m[5]
	s.sx, s.sy = s.sx*m[0], s.sy*m[3]
	return s
}

// box is a rectangle in mm; down is positive.
func (s pdfState) box(r []float64) box {
	x1, x2 := s.left+s.sx*r[0], s.left+s.sx*(r[0]+r[2])
	y1, y2 := -(s.base + s.sy*r[1]), -(s.base + s.sy*(r[1]+r[3]))
	return box{
		min(x1, x2) * mmPerPoint, min(y1, y2) * mmPerPoint,
		max(x1, x2) * mmPerPoint, max(y1, y2) * mmPerPoint,
	}
}

// pdfTokens reads a page's operators and operands.
type pdfTokens struct{ rest []byte }

// next gives a number, a name or an operator, "" at the end. A text counts as
// the token "(".
func (t *pdfTokens) next() (string, error) {
	t.rest = bytes.TrimLeft(t.rest, " \t\r\n")
	if len(t.rest) == 0 {
		return "", nil
	}
	if t.rest[0] == '(' {
		return "(", t.skipText()
	}
	end := bytes.IndexAny(t.rest[1:], " \t\r\n(") + 1
	if end == 0 {
		end = len(t.rest)
	}
	token := string(t.rest[:end])
	t.rest = t.rest[end:]
	return token, nil
}

// skipText passes over a text in parentheses; a backslash hides one byte.
func (t *pdfTokens) skipText() error {
	depth := 0
	for i := 0; i < len(t.rest); i++ {
		switch t.rest[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			t.rest = t.rest[i+1:]
			return nil
		}
	}
	return errors.New("text cut off")
}
