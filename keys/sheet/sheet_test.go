package sheet

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

var testFonts = Fonts{Regular: goregular.TTF, Bold: gobold.TTF, Mono: gomono.TTF}

// secret is a token as the plugin makes them: nothing but codes and texts may
// hold it.
const (
	secret   = "7Q2Mk0aZt9XbC4LhVw3RsE"
	testLink = "https://helpdesk.example.com/plugins/glpikeys/front/join.php?i=" + secret
)

// link is a link of that many bytes.
func link(length int) string {
	const head = "https://h.example/?i="
	if length < len(head) {
		return head[:length]
	}
	return head + strings.Repeat("aB3-dE5_", length/8+1)[:length-len(head)]
}

func code(t testing.TB, text string, level Level) *Code {
	t.Helper()
	c, err := NewCode(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func card(t testing.TB) Card {
	t.Helper()
	return Card{
		Title: "Join the helpdesk",
		Label: "Zürich & <Paris> – été",
		Code:  code(t, testLink, Medium),
		Note:  "Valid until 4 Dec 2026, 18:00 (Europe/Paris)",
	}
}

func (c Card) mustPage(t testing.TB) *Page {
	t.Helper()
	page, err := c.Page(testFonts)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// must is for writers that cannot fail here.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestNewCodeRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		link  string
		level Level
		want  error
	}{
		{"empty", "", Medium, ErrNotALink},
		{"space", "https://h.example/ ?i=" + secret, Medium, ErrNotALink},
		{"line feed", testLink + "\n", Medium, ErrNotALink},
		{"no-break space", testLink + "\u00A0", Medium, ErrNotALink},
		{"direction mark", testLink + "\u202E", Medium, ErrNotALink},
		{"broken UTF-8", testLink + "\xC3", Medium, ErrNotALink},
		{"longest, Medium", strings.Repeat("a", 2331), Medium, nil},
		{"too long, Medium", strings.Repeat("a", 2332), Medium, ErrTooLong},
		{"longest, High", strings.Repeat("a", 1663), High, nil},
		{"too long, High", strings.Repeat("a", 1664), High, ErrTooLong},
		{"host in its own letters", "https://bücher.example/?i=" + secret, Medium, nil},
	} {
		_, err := NewCode(tc.link, tc.level)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error holds the link: %v", tc.name, err)
		}
	}
}

func TestCodeHasQuietZone(t *testing.T) {
	t.Parallel()
	c := code(t, testLink, Medium)
	for i := range c.Size() {
		for border := range quiet {
			far := c.Size() - 1 - border
			if c.Black(i, border) || c.Black(i, far) || c.Black(border, i) || c.Black(far, i) {
				t.Fatalf("module %d of border %d is black", i, border)
			}
		}
	}
	if !c.Black(quiet, quiet) {
		t.Error("no finder pattern right behind the quiet zone")
	}
	if high := code(t, testLink, High); high.Size() <= c.Size() {
		t.Errorf("High has %d modules, Medium %d", high.Size(), c.Size())
	}
}

func TestRunsAreTheModules(t *testing.T) {
	t.Parallel()
	c := code(t, testLink, Medium)
	drawn := map[image.Point]bool{}
	for _, r := range c.runs() {
		for x := r.x; x < r.x+r.length; x++ {
			drawn[image.Pt(x, r.y)] = true
		}
		if c.Black(r.x-1, r.y) || c.Black(r.x+r.length, r.y) {
			t.Errorf("run %v could be longer", r)
		}
	}
	for y := range c.Size() {
		for x := range c.Size() {
			if c.Black(x, y) != drawn[image.Pt(x, y)] {
				t.Fatalf("module %d, %d is not as drawn", x, y)
			}
		}
	}
}

// TestImage is about the window: any size, whole pixels, in the middle.
func TestImage(t *testing.T) {
	t.Parallel()
	c := code(t, testLink, Medium)
	n := c.Size()
	for _, size := range []image.Point{{}, {-3, 5}, {1, 1}, {n - 1, 500}, {n, n}, {2*n - 1, 2 * n}, {301, 420}, {640, 333}} {
		picture := c.Image(size.X, size.Y)
		pixels := max(0, min(size.X, size.Y)) / n
		left, top := (picture.Bounds().Dx()-n*pixels)/2, (picture.Bounds().Dy()-n*pixels)/2
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				want := false
				if inside := image.Pt(x-left, y-top); pixels > 0 && inside.In(image.Rect(0, 0, n*pixels, n*pixels)) {
					want = c.Black(inside.X/pixels, inside.Y/pixels)
				}
				if isBlack(picture.At(x, y)) != want {
					t.Fatalf("%v: pixel %d, %d is black: %v", size, x, y, !want)
				}
			}
		}
	}
}

func isBlack(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r+g+b == 0
}

func TestPNGSize(t *testing.T) {
	t.Parallel()
	c := code(t, testLink, Medium)
	for _, pixels := range []int{-1, 0, maxPixels + 1} {
		if _, err := c.PNG(pixels); err == nil {
			t.Errorf("%d pixels a module are accepted", pixels)
		}
	}
}

// TestLinksStayOutOfLogs prints what holds a link in every way a log might.
func TestLinksStayOutOfLogs(t *testing.T) {
	t.Parallel()
	c := card(t)
	for _, value := range []any{c, &c, c.Code, c.mustPage(t)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, secret) {
				t.Errorf("%T with %s: %s", value, verb, text)
			}
		}
	}
}

// TestEveryLengthReads writes and reads codes of every tenth length, in all
// kinds of files.
func TestEveryLengthReads(t *testing.T) {
	t.Parallel()
	for length := 20; length <= 700; length += 40 {
		for _, level := range []Level{Medium, High} {
			t.Run(fmt.Sprint(length, " bytes, level ", level), func(t *testing.T) {
				t.Parallel()
				text := link(length)
				c := code(t, text, level)
				page, err := Card{Title: "Join", Label: "A", Code: c, Note: "B"}.Page(testFonts)
				if err != nil {
					t.Fatal(err)
				}
				for name, file := range map[string]struct {
					kind  Kind
					bytes []byte
				}{
					"bare PNG":       {PNG, must(c.PNG(DefaultPixels))(t)},
					"small bare PNG": {PNG, must(c.PNG(1))(t)},
					"bare SVG":       {SVG, c.SVG()},
					"card as SVG":    {SVG, page.SVG()},
					"card as PDF":    {PDF, must(page.PDF())(t)},
				} {
					if err := Verify(file.kind, file.bytes, text); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			})
		}
	}
}

func TestLargestCodesRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("a", 2331), strings.Repeat("1", 5596), "https://bücher.example/?é=漢"} {
		c := code(t, text, Medium)
		for _, file := range []struct {
			kind  Kind
			bytes []byte
		}{{PNG, must(c.PNG(3))(t)}, {SVG, c.SVG()}} {
			if err := Verify(file.kind, file.bytes, text); err != nil {
				t.Errorf("%d bytes as %v: %v", len(text), file.kind, err)
			}
		}
	}
}

func TestSameBytesEachTime(t *testing.T) {
	t.Parallel()
	write := func() map[string]string {
		page := card(t).mustPage(t)
		return map[string]string{
			"PDF": string(must(page.PDF())(t)), "PDF again": string(must(page.PDF())(t)), "SVG": string(page.SVG()),
			"PNG": string(must(card(t).Code.PNG(DefaultPixels))(t)), "bare SVG": string(card(t).Code.SVG()),
		}
	}
	first, second := write(), write()
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs from run to run", name)
		}
	}
	if first["PDF"] != first["PDF again"] {
		t.Error("a page's second PDF differs from its first")
	}
}

func FuzzCode(f *testing.F) {
	for _, text := range []string{testLink, "0123456789", "HTTPS://H.EXAMPLE/A1", "https://bücher.example/漢?😀", "a", "\u00ff"} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, high bool) {
		level := Medium
		if high {
			level = High
		}
		c, err := NewCode(text, level)
		if err != nil {
			if !errors.Is(err, ErrTooLong) && !errors.Is(err, ErrNotALink) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if err := Verify(SVG, c.SVG(), text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func BenchmarkNewCode(b *testing.B) {
	for b.Loop() {
		code(b, testLink, Medium)
	}
}

func BenchmarkCardPDF(b *testing.B) {
	c := card(b)
	for b.Loop() {
		must(c.mustPage(b).PDF())(b)
	}
}

func BenchmarkRead(b *testing.B) {
	c := card(b)
	for _, file := range []struct {
		kind  Kind
		bytes []byte
	}{{PNG, must(c.Code.PNG(DefaultPixels))(b)}, {SVG, c.Code.SVG()}, {PDF, must(c.mustPage(b).PDF())(b)}} {
		b.Run(file.kind.String(), func(b *testing.B) {
			for b.Loop() {
				must(Read(file.kind, file.bytes))(b)
			}
		})
	}
}

func BenchmarkRaster(b *testing.B) {
	page := card(b).mustPage(b)
	for b.Loop() {
		must(page.Raster(150))(b)
	}
}
