package sheet

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCardGolden holds the whole layout: the SVG has every position, size and
// colour as text.
func TestCardGolden(t *testing.T) {
	t.Parallel()
	const golden = "testdata/card.svg"
	got := card(t).mustPage(t).SVG()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the card changed (-golden +now); with -update it becomes the golden one:\n%s", diff)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"e\u0301t\u00e9", "été"},
		{"a\tb\r\nc\u2003d", "a b \nc d"},
		{"4\u00A0déc. : 5\u202F%", "4\u00A0déc. : 5\u202F%"},
		{"\u202Eabc\u202C \u200Bd\u200Ee", "abc de"},
		{"\u2764\uFE0F", "\u2764"},
		{"a\x00b\x7f", "a b "},
		{"a\xffb", "a\uFFFDb"},
	} {
		if got := clean(tc.in); got != tc.want {
			t.Errorf("clean(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func parsed(t testing.TB) *typefaces {
	t.Helper()
	return must(testFonts.parse())(t)
}

func TestPieces(t *testing.T) {
	t.Parallel()
	type part struct {
		Style Style
		Text  string
	}
	for _, tc := range []struct {
		style Style
		text  string
		want  []part
	}{
		{Regular, "", nil},
		{Regular, "Été", []part{{Regular, "Été"}}},
		{Bold, "漢 a", []part{{Bold, "\uFFFD a"}}},
		{Regular, "😀", []part{{Regular, "\uFFFD"}}},
		{Mono, "a\u202Fb", []part{{Mono, "a b"}}},
	} {
		pieces, width := parsed(t).pieces(tc.style, tc.text)
		var got []part
		for _, p := range pieces {
			got = append(got, part{p.style, p.text})
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q:\n%s", tc.text, diff)
		}
		if (width > 0) != (tc.text != "") {
			t.Errorf("%q is %g em wide", tc.text, width)
		}
	}
}

// TestOtherFontHelps gives the regular font an arrow that only the mono one
// has.
func TestOtherFontHelps(t *testing.T) {
	t.Parallel()
	fonts := must(Fonts{withoutArrow(t, goregular.TTF), gobold.TTF, gomono.TTF}.parse())(t)
	pieces, width := fonts.pieces(Regular, "a\u2190b")
	if len(pieces) != 3 || pieces[1].style != Mono || pieces[1].text != "\u2190" || pieces[2].x >= width {
		t.Errorf("became %+v", pieces)
	}
	page := must(NewPage(60, 60, "", Fonts{withoutArrow(t, goregular.TTF), gobold.TTF, gomono.TTF}))(t)
	page.AddCode(code(t, testLink, Medium), 5, 5, 40)
	must(page.AddText(Text{Text: "Lyon \u2190 Paris", Size: 9}, 5, 46, 50, 60))(t)
	if err := Verify(PDF, must(page.PDF())(t), testLink); err != nil {
		t.Error(err)
	}
}

// withoutArrow makes the segment of a font's character map that starts with
// the arrow to the left start one later.
func withoutArrow(t *testing.T, file []byte) []byte {
	t.Helper()
	file = bytes.Clone(file)
	entry := file[bytes.Index(file, []byte("cmap")):]
	table := file[binary.BigEndian.Uint32(entry[8:]):]
	at := bytes.Index(table, []byte{0x21, 0x90})
	if at < 0 {
		t.Fatal("no segment starts with the arrow")
	}
	table[at+1]++
	return file
}

func TestWrapLosesNothing(t *testing.T) {
	t.Parallel()
	fonts := parsed(t)
	for _, text := range []string{
		"", "a", "one two three four five six seven", strings.Repeat("W", 255), testLink,
		strings.Repeat("wo\u0308rd ", 50), "first\nsecond\n\nfourth", "1\u00A0000 " + strings.Repeat("x\u00A0", 40),
	} {
		for _, style := range []Style{Regular, Bold, Mono} {
			for _, width := range []float64{0.1, 3, 12, 40, 1000} {
				lines := fonts.wrap(style, text, width)
				without := func(text string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(text) }
				if got := without(strings.Join(lines, "")); got != without(text) {
					t.Errorf("%q at %g em became %q", text, width, lines)
				}
				for _, l := range lines {
					if fonts.width(style, l) > width+1e-9 && len([]rune(l)) > 1 && !strings.ContainsRune(l, '\u0308') {
						t.Errorf("%q is wider than %g em", l, width)
					}
				}
			}
		}
	}
}

func TestAddTextKeepsItsRoom(t *testing.T) {
	t.Parallel()
	page := must(NewPage(50, 50, "", testFonts))(t)
	text := Text{Text: "one two three four five", Size: 12}
	height := page.Height(text, 20)
	if _, err := page.AddText(text, 5, 5, 20, 5+height-0.1); !errors.Is(err, ErrNoRoom) || len(page.lines) != 0 {
		t.Errorf("a tenth of a millimetre missing: %v, %d lines drawn", err, len(page.lines))
	}
	bottom, err := page.AddText(text, 5, 5, 20, 5+height)
	if err != nil || bottom != 5+height {
		t.Errorf("ends at %g, %v; want %g", bottom, err, 5+height)
	}
	if bottom, err := page.AddText(Text{Size: 12}, 5, 9, 20, 9); err != nil || bottom != 9 {
		t.Errorf("an empty text ends at %g, %v", bottom, err)
	}
}

// TestCardsKeepTheirMargins draws cards with difficult texts and looks for ink
// near the edges, and between texts and code.
func TestCardsKeepTheirMargins(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Card{
		"bare":         {},
		"usual":        card(t),
		"long words":   {Title: strings.Repeat("M", 60), Label: strings.Repeat("W", 255), Note: strings.Repeat("m", 120)},
		"long label":   {Title: "Join", Label: strings.Repeat("Wöchentliche Übung ", 14)[:255], Note: "Until\nthen"},
		"long link":    {Title: "Join", Label: "Trainees", Code: code(t, link(700), Medium), Note: "Until then"},
		"all are long": {Title: strings.Repeat("Join us ", 12), Label: strings.Repeat("many people ", 20), Code: code(t, link(300), High), Note: strings.Repeat("until then ", 10)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.Code == nil {
				c.Code = code(t, testLink, Medium)
			}
			page := c.mustPage(t)
			const dpi = 127 // five pixels a millimetre
			picture := must(page.Raster(dpi))(t)
			const edge = 5 * (cardMargin - 1)
			inner := picture.Bounds().Inset(edge)
			for y := range picture.Bounds().Dy() {
				for x := range picture.Bounds().Dx() {
					if r, g, b, _ := picture.At(x, y).RGBA(); !image.Pt(x, y).In(inner) && r+g+b != 3*0xFFFF {
						t.Fatalf("ink at pixel %d, %d of %v", x, y, picture.Bounds())
					}
				}
			}
			placed := page.codes[0]
			if placed.module < leastModule {
				t.Errorf("a module has %g mm", placed.module)
			}
			top, bottom := placed.y, placed.y+placed.module*float64(placed.code.Size())
			for _, l := range page.lines {
				if l.baseline > top && l.baseline-l.size < bottom {
					t.Errorf("the text on %g mm stands in the code, %g to %g mm", l.baseline, top, bottom)
				}
			}
		})
	}
}

func TestCardWithoutRoom(t *testing.T) {
	t.Parallel()
	c := Card{Title: "Join", Label: strings.Repeat("W", 2000), Code: code(t, testLink, Medium)}
	if _, err := c.Page(testFonts); !errors.Is(err, ErrNoRoom) {
		t.Errorf("%v, want ErrNoRoom", err)
	}
	if _, err := card(t).Page(Fonts{}); err == nil {
		t.Error("a card without fonts was made")
	}
}

// TestRaster looks at the code in a page's picture: whole pixels of one size,
// inside its place.
func TestRaster(t *testing.T) {
	t.Parallel()
	page := card(t).mustPage(t)
	placed := page.codes[0]
	if width, height := page.Size(); width != cardWidth || height != cardHeight {
		t.Errorf("%g × %g mm", width, height)
	}
	for _, dpi := range []float64{10, 72, 96, 150, 203, 300} {
		picture := must(page.Raster(dpi))(t)
		scale := dpi / mmPerInch
		if got, want := picture.Bounds().Dx(), int(math.Round(cardWidth*scale)); got != want {
			t.Errorf("%g dpi: %d pixels wide, want %d", dpi, got, want)
		}
		pixels := math.Floor(placed.module * scale)
		if pixels < 1 {
			continue
		}
		n := float64(placed.code.Size())
		left := math.Round(placed.x*scale + (placed.module*scale-pixels)*n/2)
		top := math.Round(placed.y*scale + (placed.module*scale-pixels)*n/2)
		for y := range int(n * pixels) {
			for x := range int(n * pixels) {
				want := placed.code.Black(x/int(pixels), y/int(pixels))
				if isBlack(picture.At(int(left)+x, int(top)+y)) != want {
					t.Fatalf("%g dpi: pixel %d, %d of the code is black: %v", dpi, x, y, !want)
				}
			}
		}
	}
	for _, dpi := range []float64{0, -300, 0.01, 1e6, math.NaN(), math.Inf(1)} {
		if _, err := page.Raster(dpi); err == nil {
			t.Errorf("%g dpi are accepted", dpi)
		}
	}
}

// TestFilesAgree compares where the code stands in the PDF and the SVG with
// where the page has it.
func TestFilesAgree(t *testing.T) {
	t.Parallel()
	page := card(t).mustPage(t)
	placed := page.codes[0]
	pattern := placed.module * float64(placed.code.Size()-2*quiet)
	want := box{left: placed.x + quiet*placed.module, top: placed.y + quiet*placed.module}
	want.right, want.bottom = want.left+pattern, want.top+pattern
	inPDF := must(readPDF(must(page.PDF())(t)))(t)[0].around()
	inSVG := must(readSVG(page.SVG()))(t)[0].around()
	inPDF.top, inPDF.bottom = inPDF.top+cardHeight, inPDF.bottom+cardHeight // it counts from the base
	const tolerance = 0.001
	for name, got := range map[string]box{"PDF": inPDF, "SVG": inSVG} {
		for _, distance := range []float64{got.left - want.left, got.top - want.top, got.right - want.right, got.bottom - want.bottom} {
			if math.Abs(distance) > tolerance {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
}

// TestSecretStaysInTheContents looks for the link where desktops index files.
func TestSecretStaysInTheContents(t *testing.T) {
	t.Parallel()
	pdf := must(card(t).mustPage(t).PDF())(t)
	var wide []byte
	for _, unit := range utf16.Encode([]rune(secret)) {
		wide = append(wide, byte(unit>>8), byte(unit))
	}
	if bytes.Contains(pdf, []byte(secret)) || bytes.Contains(pdf, wide) {
		t.Error("the PDF's properties hold the link")
	}
	var svg struct {
		Title string   `xml:"title"`
		Texts []string `xml:"text"`
	}
	if err := xml.Unmarshal(card(t).mustPage(t).SVG(), &svg); err != nil {
		t.Fatal(err)
	}
	if svg.Title != "Join the helpdesk" {
		t.Errorf("the SVG's title is %q", svg.Title)
	}
	if text := strings.Join(svg.Texts, "|"); !strings.Contains(text, "Zürich & <Paris> – été") ||
		!strings.Contains(strings.ReplaceAll(text, "|", ""), testLink) {
		t.Errorf("the SVG's texts are %q", text)
	}
}

// TestFontsAreOnlyRead would fail if the PDF library got the caller's bytes.
func TestFontsAreOnlyRead(t *testing.T) {
	t.Parallel()
	own := Fonts{bytes.Clone(goregular.TTF), bytes.Clone(gobold.TTF), bytes.Clone(gomono.TTF)}
	page := must(card(t).Page(own))(t)
	must(page.PDF())(t)
	must(page.Raster(96))(t)
	if !bytes.Equal(own.Regular, goregular.TTF) || !bytes.Equal(own.Bold, gobold.TTF) || !bytes.Equal(own.Mono, gomono.TTF) {
		t.Error("a font was changed")
	}
}
