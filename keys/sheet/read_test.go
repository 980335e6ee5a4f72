package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// written is one file of each kind, each with testLink.
func written(t testing.TB) map[string]struct {
	Kind  Kind
	Bytes []byte
} {
	t.Helper()
	c := card(t)
	return map[string]struct {
		Kind  Kind
		Bytes []byte
	}{
		"PNG":      {PNG, must(c.Code.PNG(DefaultPixels))(t)},
		"bare SVG": {SVG, c.Code.SVG()},
		"SVG":      {SVG, c.mustPage(t).SVG()},
		"PDF":      {PDF, must(c.mustPage(t).PDF())(t)},
	}
}

func refused(t *testing.T, what string, kind Kind, file []byte) {
	t.Helper()
	err := Verify(kind, file, testLink)
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%s: %v, want ErrDamaged", what, err)
	}
	if err != nil && strings.Contains(err.Error(), secret) {
		t.Errorf("%s: the error holds the link: %v", what, err)
	}
}

func TestTruncatedFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, file := range written(t) {
		whole := len(bytes.TrimRight(file.Bytes, "\n"))
		for _, missing := range []int{1, 2, 5, 10, 20, 50, 200, whole / 3, whole / 2, whole - 100, whole - 1, whole} {
			refused(t, fmt.Sprintf("%s without its last %d bytes", name, missing), file.Kind, file.Bytes[:whole-missing])
		}
		if file.Kind != SVG { // where it may be a space
			refused(t, name+" with a gap", file.Kind, append(bytes.Clone(file.Bytes[:whole/2]), file.Bytes[whole/2+1:]...))
		}
		refused(t, name+" of zeros", file.Kind, make([]byte, whole))
	}
}

// TestDamageIsSeenOrHarmless changes single bytes: what is then still accepted
// must hold the same link.
func TestDamageIsSeenOrHarmless(t *testing.T) {
	t.Parallel()
	for name, file := range written(t) {
		for at := 0; at < len(file.Bytes); at += 1 + len(file.Bytes)/50 {
			damaged := bytes.Clone(file.Bytes)
			damaged[at] ^= 0x11
			if links, err := Read(file.Kind, damaged); err == nil && (len(links) != 1 || links[0] != testLink) {
				t.Errorf("%s with another byte %d holds %d codes, or another link", name, at, len(links))
			}
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	other := code(t, testLink+"X", Medium)
	two := must(NewPage(200, 100, "", testFonts))(t)
	two.AddCode(other, 0, 0, 80)
	two.AddCode(code(t, testLink, Medium), 100, 10, 80)
	empty := must(NewPage(50, 50, "", testFonts))(t)
	for _, tc := range []struct {
		name string
		kind Kind
		file []byte
	}{
		{"no file", PNG, nil},
		{"SVG called PNG", PNG, other.SVG()},
		{"PNG called PDF", PDF, must(other.PNG(4))(t)},
		{"another link as PNG", PNG, must(other.PNG(4))(t)},
		{"another link as SVG", SVG, other.SVG()},
		{"two codes as SVG", SVG, two.SVG()},
		{"two codes as PDF", PDF, must(two.PDF())(t)},
		{"no code as SVG", SVG, empty.SVG()},
		{"no code as PDF", PDF, must(empty.PDF())(t)},
		{"foreign SVG", SVG, []byte(`<svg><path d="M0 0h1v1z"/></svg>`)},
		{"SVG cut in two", SVG, []byte("<svg></svg>")},
	} {
		refused(t, tc.name, tc.kind, tc.file)
	}
	if err := Verify(Kind(9), nil); err == nil {
		t.Error("an unknown kind is accepted")
	}
}

// TestSeveralCodes is what sheets of cards need: codes in their order.
func TestSeveralCodes(t *testing.T) {
	t.Parallel()
	page := must(NewPage(210, 297, "", testFonts))(t)
	var links []string
	for i := range 12 {
		links = append(links, fmt.Sprintf("%s%02d", testLink, i))
		page.AddCode(code(t, links[i], High), 20+float64(i%3)*60, 20+float64(i/3)*60, 25)
	}
	for kind, file := range map[Kind][]byte{SVG: page.SVG(), PDF: must(page.PDF())(t)} {
		if err := Verify(kind, file, links...); err != nil {
			t.Errorf("%v: %v", kind, err)
		}
	}
}

// nearly compares shapes by the nanometre.
var nearly = cmp.Options{
	cmp.AllowUnexported(box{}),
	cmpopts.EquateApprox(0, 1e-6),
	cmpopts.EquateEmpty(),
}

// TestFilledShapes runs drawing operators that our writer uses, and some that
// it would only use if the library changed.
func TestFilledShapes(t *testing.T) {
	t.Parallel()
	const point = mmPerPoint
	for _, tc := range []struct {
		name, contents string
		want           []shape // nil: refused
	}{
		{"nothing", "", []shape{}},
		{"one", "0 g 0 0 1 2 re f", []shape{{{0, -2 * point, point, 0}}}},
		{"two in one", "0 0 1 1 re 2 0 1 1 re f", []shape{{{0, -point, point, 0}, {2 * point, -point, 3 * point, 0}}}},
		{"turned over and stretched", "q 2 0 0 -3 10 20 cm 1 1 1 1 re f Q", []shape{{{12 * point, -17 * point, 14 * point, -14 * point}}}},
		{"white", "1 g 0 0 1 1 re f", []shape{}},
		{"colour ends with Q", "q 1 0 0 rg 0 0 1 1 re f Q 0 0 1 1 re f", []shape{{{0, -point, point, 0}}}},
		{"text with operators", `BT (0 0 1 1 re \) f (0 g\)) \\) Tj ET`, []shape{}},
		{"numbers missing", "0 0 1 re f", nil},
		{"numbers too many", "0 0 0 0 1 re f", nil},
		{"no fill", "0 0 1 1 re", nil},
		{"no Q", "q 0 0 1 1 re f", nil},
		{"no q", "Q", nil},
		{"text cut off", `BT (abc\)`, nil},
	} {
		got, err := filledShapes([]byte(tc.contents))
		if (err != nil) != (tc.want == nil) || err == nil && !cmp.Equal(got, tc.want, nearly...) {
			t.Errorf("%s: %v, %v; want %v", tc.name, got, err, tc.want)
		}
	}
}

// FuzzRead feeds the readers with what a disk or a person may have left. They
// may refuse, and nothing else.
func FuzzRead(f *testing.F) {
	for _, file := range written(f) {
		f.Add(uint8(file.Kind), file.Bytes)
	}
	f.Add(uint8(SVG), []byte(`<svg><path transform="translate(0 0) scale(-1)" fill="#000000" d="M0 0h1v1h-1z"/></svg>`))
	f.Add(uint8(SVG), []byte(`<svg><path transform="translate(NaN 1e300) scale(Inf)" fill="#000000" d="M0 0h0v1h-0z"/></svg>`))
	f.Fuzz(func(t *testing.T, kind uint8, file []byte) {
		var shapes []shape
		var err error
		switch Kind(kind) {
		case SVG:
			shapes, err = readSVG(file)
		case PDF:
			shapes, err = readPDF(file)
		}
		// Pictures of several square metres are right, but slow.
		for _, s := range shapes {
			if around := s.around(); around.right-around.left > 50 || around.bottom-around.top > 50 || s[0].bottom-s[0].top < 0.1 {
				return
			}
		}
		if err != nil || shapes != nil {
			_, _ = rasterize(shapes, err)
		}
	})
}

func FuzzFilledShapes(f *testing.F) {
	f.Add([]byte("q 0 g 2 0 0 -3 10 20 cm 1 1 1 1 re f Q BT (a\\)b) Tj ET"))
	f.Fuzz(func(t *testing.T, contents []byte) {
		shapes, err := filledShapes(contents)
		for _, s := range shapes {
			if err == nil && len(s) == 0 {
				t.Error("an empty shape")
			}
		}
	})
}
