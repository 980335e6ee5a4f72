package look

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func tree() []Option {
	return []Option{
		{Text: "Root entity", Path: "Root entity"},
		{Text: "Lyon", Path: "Root entity > Lyon", Depth: 1},
		{Text: "Headquarters", Path: "Root entity > Lyon > Headquarters", Depth: 2},
		{Text: "Paris", Path: "Root entity > Paris", Depth: 1, Detail: "3 below"},
	}
}

func pickTexts() PickTexts {
	return PickTexts{Placeholder: "Search", None: "Nothing matches", Match: func(path, query string) bool {
		return strings.Contains(strings.ToLower(path), strings.ToLower(query))
	}}
}

// openPicker puts a picker into a window and opens its list.
func openPicker(t *testing.T, chosen *[]int) (*Picker, fyne.Canvas) {
	t.Helper()
	p := NewPicker("Choose an entity", pickTexts(), tree, func() int { return 1 }, func(i int) { *chosen = append(*chosen, i) })
	p.SetText("Root entity › Lyon")
	w := show(t, VBox(0, p), 320, 400)
	w.Canvas().Focus(p)
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	return p, w.Canvas()
}

func typeInto(c fyne.Canvas, text string) {
	for _, r := range text {
		c.Focused().TypedRune(r)
	}
}

func TestPickerIsUsedFromTheKeyboard(t *testing.T) {
	for _, c := range []struct {
		name string
		act  func(fyne.Canvas)
		want []int
	}{
		{"next", func(c fyne.Canvas) { press(c.Focused(), fyne.KeyDown, fyne.KeyReturn) }, []int{2}},
		{"same", func(c fyne.Canvas) { press(c.Focused(), fyne.KeyReturn) }, []int{1}},
		{"last", func(c fyne.Canvas) { press(c.Focused(), fyne.KeyPageDown, fyne.KeyReturn) }, []int{3}},
		{"first", func(c fyne.Canvas) { press(c.Focused(), fyne.KeyPageUp, fyne.KeyUp, fyne.KeyReturn) }, []int{0}},
		{"search", func(c fyne.Canvas) { typeInto(c, "paris"); press(c.Focused(), fyne.KeyReturn) }, []int{3}},
		{"opened by Space", func(c fyne.Canvas) { typeInto(c, " paris"); press(c.Focused(), fyne.KeyReturn) }, []int{3}},
		{"nothing", func(c fyne.Canvas) { typeInto(c, "oslo"); press(c.Focused(), fyne.KeyReturn) }, nil},
		{"escape", func(c fyne.Canvas) { press(c.Focused(), fyne.KeyEscape) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			start(t)
			var chosen []int
			p, canvas := openPicker(t, &chosen)
			if canvas.Overlays().Top() == nil {
				t.Fatal("the list did not open")
			}
			c.act(canvas)
			if !slices.Equal(chosen, c.want) {
				t.Errorf("chosen %v, want %v", chosen, c.want)
			}
			if c.name != "nothing" && (canvas.Overlays().Top() != nil || canvas.Focused() != fyne.Focusable(p)) {
				t.Error("the list stays, or the keyboard does not come back")
			}
		})
	}
}

func TestPickerOpensWithALetter(t *testing.T) {
	start(t)
	var chosen []int
	p, c := openPicker(t, &chosen)
	press(c.Focused(), fyne.KeyEscape)
	p.TypedRune('h')
	press(c.Focused(), fyne.KeyReturn)
	if !slices.Equal(chosen, []int{2}) {
		t.Errorf("chosen %v", chosen)
	}
	p.Disable()
	p.TypedRune('h')
	p.Tapped(nil)
	if c.Overlays().Top() != nil {
		t.Error("a disabled picker opens")
	}
}

func TestShortenStart(t *testing.T) {
	measure := func(s string) float32 { return float32(len([]rune(s))) }
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "…cdef"},
		{"abc def", 5, "…def"},
		{"abcdef", 1, "…"},
		{"", 0, ""},
	} {
		if got := shortenStart(c.in, c.width, measure); got != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestComboOpens(t *testing.T) {
	start(t)
	opened := 0
	c := NewCombo("Never", func() { opened++ })
	w := show(t, VBox(0, c), 200, 80)
	var passed []fyne.KeyName
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { passed = append(passed, e.Name) })
	press(c, fyne.KeyDown, fyne.KeyEscape)
	test.TapCanvas(w.Canvas(), fyne.NewPos(c.Size().Width-12, c.Size().Height/2))
	if opened != 2 || !slices.Equal(passed, []fyne.KeyName{fyne.KeyEscape}) {
		t.Errorf("opened %d times, passed on %v", opened, passed)
	}
	c.Disable()
	press(c, fyne.KeyDown)
	if opened != 2 {
		t.Error("a disabled combo opens")
	}
}

func TestTags(t *testing.T) {
	start(t)
	var removed []int
	var tags *Tags
	texts := []string{"example.com", "example.org", "example.net"}
	tags = NewTags(Bare(NewEntry("")), func(i int) {
		removed = append(removed, i)
		texts = slices.Delete(texts, i, i+1)
		tags.SetTags(texts)
	})
	tags.SetTags(texts)
	w := show(t, VBox(0, tags), 240, 200)
	if lines := tags.MinSize().Height; lines < 2*tagLine {
		t.Errorf("three tags do not wrap: %v high", lines)
	}
	w.Canvas().Focus(tags.tags[1])
	press(tags.tags[1], fyne.KeyDelete)
	if focused := w.Canvas().Focused(); focused != fyne.Focusable(tags.tags[1]) {
		t.Error("the keyboard does not stay among the tags")
	}
	cross := func() fyne.Position { return fyne.NewPos(tags.tags[0].Size().Width-10, 8) }
	test.Tap(tags.tags[0]) // its text: nothing happens
	test.TapAt(tags.tags[0], cross())
	tags.Lock(true)
	test.TapAt(tags.tags[0], cross())
	tags.RemoveLast()
	tags.Lock(false)
	tags.RemoveLast()
	if !slices.Equal(removed, []int{1, 0, 0}) || len(texts) != 0 {
		t.Errorf("removed %v, left %v", removed, texts)
	}
}

func calendarTexts() CalendarTexts {
	return CalendarTexts{
		Months:   [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		Weekdays: [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"},
	}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 23, 59, 59, 0, time.UTC) }

func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		keys []fyne.KeyName
		want string
	}{
		{"itself", day(2026, 12, 4), nil, "2026-12-04"},
		{"arrows", day(2026, 12, 4), []fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft}, "2026-12-12"},
		{"back a week", day(2026, 12, 4), []fyne.KeyName{fyne.KeyUp}, "2026-11-27"},
		{"short month", day(2027, 1, 31), []fyne.KeyName{fyne.KeyPageDown}, "2027-02-28"},
		{"year before", day(2027, 1, 15), []fyne.KeyName{fyne.KeyPageUp}, "2026-12-15"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start(t)
			got, left := "", false
			cal := NewCalendar(calendarTexts(), c.at, day(2026, 11, 23), func(y int, m time.Month, d int) {
				got = day(y, m, d).Format(time.DateOnly)
			}, func() { left = true })
			press(cal, append(c.keys, fyne.KeyReturn)...)
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if press(cal, fyne.KeyEscape); !left {
				t.Error("Escape does not leave")
			}
		})
	}
}

func TestCalendarTakesThePointer(t *testing.T) {
	start(t)
	got := ""
	c := NewCalendar(calendarTexts(), day(2026, 12, 4), day(2026, 11, 23), func(y int, m time.Month, d int) {
		got = day(y, m, d).Format(time.DateOnly)
	}, func() {})
	w := show(t, VBox(0, c), 260, 280)
	tap := func(column, row int) {
		y := float32(15)
		if row >= 0 {
			y = calendarHead + calendarDays + (float32(row)+0.5)*calendarCell
		}
		test.TapCanvas(w.Canvas(), fyne.NewPos((float32(column)+0.5)*calendarCell, y))
	}
	if tap(0, 0); got != "2026-11-30" {
		t.Errorf("the first cell is %s", got)
	}
	tap(6, -1) // the next month
	if tap(4, 0); got != "2027-01-01" {
		t.Errorf("the first Friday is %s", got)
	}
	tap(0, -1)
	if tap(6, 5); got != "2027-01-10" {
		t.Errorf("the last cell is %s", got)
	}
}

func TestLayRich(t *testing.T) {
	measure := func(s string, _ bool) float32 { return float32(len([]rune(s))) }
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"plain text", 20, "0:plain text"},
		{"up to " + Strong("40") + " accounts", 40, "0:up to|0:*40|0:accounts"},
		{"up to " + Strong("40") + " accounts", 8, "0:up to|0:*40|1:accounts"},
		{"in " + Strong("Paris") + ".", 40, "0:in|0:*Paris|0:."},
		{Strong("two words") + " and", 5, "0:*two|1:*words|2:and"},
		{"", 5, ""},
		{"one two three", 7, "0:one two|1:three"},
	} {
		pieces, lines := layRich(c.in, c.width, measure)
		var got []string
		for _, p := range pieces {
			mark := ""
			if p.bold {
				mark = "*"
			}
			got = append(got, string(rune('0'+p.line))+":"+mark+p.text)
		}
		if joined := strings.Join(got, "|"); joined != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.in, c.width, joined, c.want)
		}
		if n := len(pieces); n > 0 && lines != pieces[n-1].line+1 {
			t.Errorf("%q: %d lines", c.in, lines)
		}
	}
}

// The pictures of what opens and of what stands in forms.
func TestPickPictures(t *testing.T) {
	for name, draw := range map[string]func(t *testing.T) (fyne.CanvasObject, fyne.Size, func(fyne.Canvas)){
		"picker": func(t *testing.T) (fyne.CanvasObject, fyne.Size, func(fyne.Canvas)) {
			p := NewPicker("Choose an entity", pickTexts(), tree, func() int { return 3 }, func(int) {})
			p.SetText("Root entity › Paris")
			empty := NewPicker("Choose an entity", pickTexts(), tree, func() int { return -1 }, func(int) {})
			off := NewPicker("", pickTexts(), tree, func() int { return -1 }, func(int) {})
			off.SetText("Disabled")
			off.Disable()
			return VBox(8, off, empty, p), fyne.NewSize(300, 340), func(fyne.Canvas) { p.Tapped(nil) }
		},
		"inputs": func(t *testing.T) (fyne.CanvasObject, fyne.Size, func(fyne.Canvas)) {
			domains := NewTags(Bare(NewEntry("example.com")), func(int) {})
			domains.SetTags([]string{"example.com", "example.org", "a-rather-long-name.example.net"})
			groups := NewTags(NewButton(Link, "+", func() {}), func(int) {})
			groups.SetTags([]string{"Staff", "Paris office"})
			end := NewCombo("Never", func() {})
			end.SetText("4 Dec 2026 18:00")
			return VBox(8, domains, groups, NewTags(Bare(NewEntry("example.com")), func(int) {}), end, NewCombo("Never", func() {}),
				NewRich(Info, "Anyone with this link can create up to "+Strong("40")+" accounts with profile "+Strong("Self-Service")+
					" in "+Strong("Paris")+" until "+Strong("4 Dec 2026 18:00")+".")), fyne.NewSize(320, 340), func(fyne.Canvas) {}
		},
		"calendar": func(t *testing.T) (fyne.CanvasObject, fyne.Size, func(fyne.Canvas)) {
			return HBox(0, NewCalendar(calendarTexts(), day(2026, 11, 26), day(2026, 11, 23), nil, nil)), fyne.NewSize(220, 240), func(fyne.Canvas) {}
		},
	} {
		for _, variant := range []string{Light, Dark} {
			t.Run(name+"-"+variant, func(t *testing.T) {
				test.NewTempApp(t)
				test.ApplyTheme(t, New(variant))
				var act func(fyne.Canvas)
				w := picture(t, func() (fyne.CanvasObject, fyne.Size) {
					o, size, after := draw(t)
					act = after
					return o, size
				})
				act(w.Canvas())
				test.AssertRendersToImage(t, name+"-"+variant+".png", w.Canvas())
			})
		}
	}
}
