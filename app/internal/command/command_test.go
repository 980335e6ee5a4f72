package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
)

func say(text string) func() string { return func() string { return text } }

func ctrl(key fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierControl}
}

// journal records which commands ran.
type journal struct{ ran []string }

func (j *journal) command(id, title, group string, s *desktop.CustomShortcut) Command {
	return Command{ID: id, Title: say(title), Group: group, Shortcut: s, Run: func() { j.ran = append(j.ran, id) }}
}

func (j *journal) registry(blocked func() bool) *Registry {
	refresh := j.command("view.refresh", "Refresh", "view", nil)
	refresh.Key = fyne.KeyF5
	r := New(blocked, Group{"file", say("File")}, Group{"view", say("View")}, Group{"empty", say("Empty")})
	r.Add(
		j.command("file.open", "Open", "file", ctrl(fyne.KeyO)),
		refresh,
		j.command("file.export", "Export as CSV", "file", nil),
		j.command("hidden", "Only in the palette", "", nil),
	)
	return r
}

func TestCheck(t *testing.T) {
	var j journal
	if err := j.registry(nil).Check(); err != nil {
		t.Errorf("a good list: %v", err)
	}
	for name, c := range map[string]struct {
		add  Command
		want string
	}{
		"shortcut clash": {j.command("x", "X", "file", ctrl(fyne.KeyO)), "Ctrl+O"},
		"same ID":        {j.command("file.open", "X", "file", nil), "twice"},
		"no such menu":   {j.command("x", "X", "edit", nil), "edit"},
		"no title":       {Command{ID: "x", Run: func() {}}, "no title"},
		"nothing to run": {Command{ID: "x", Title: say("X")}, "nothing to run"},
	} {
		r := j.registry(nil)
		r.Add(c.add)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want something with %q", name, err, c.want)
		}
	}
}

func TestKeys(t *testing.T) {
	for want, s := range map[string]*desktop.CustomShortcut{
		"":                  nil,
		"F5":                {KeyName: fyne.KeyF5},
		"Ctrl+K":            ctrl(fyne.KeyK),
		"Ctrl+Alt+Shift+F1": {KeyName: fyne.KeyF1, Modifier: fyne.KeyModifierShift | fyne.KeyModifierAlt | fyne.KeyModifierControl},
	} {
		if got := Keys(s); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRun(t *testing.T) {
	var j journal
	r := j.registry(nil)
	on := true
	r.Add(Command{ID: "maybe", Title: say("Maybe"), Enabled: func() bool { return on }, Run: func() { j.ran = append(j.ran, "maybe") }})
	if !r.Run("file.open") || !r.Run("maybe") || !r.Enabled("maybe") {
		t.Error("a command did not run")
	}
	on = false
	if r.Run("maybe") || r.Run("nonsense") || r.Enabled("maybe") || r.Enabled("nonsense") {
		t.Error("something ran that cannot")
	}
	if want := []string{"file.open", "maybe"}; !slices.Equal(j.ran, want) {
		t.Errorf("ran %v, want %v", j.ran, want)
	}
}

func TestMainMenu(t *testing.T) {
	var j journal
	on, blocked := false, false
	r := j.registry(func() bool { return blocked })
	title := "Maybe"
	r.Add(Command{ID: "maybe", Title: func() string { return title }, Group: "view", Shortcut: ctrl(fyne.KeyM),
		Enabled: func() bool { return on }, Run: func() { j.ran = append(j.ran, "maybe") }})
	menu := r.MainMenu()
	var got []string
	for _, m := range menu.Items {
		for _, i := range m.Items {
			got = append(got, fmt.Sprintf("%s/%s %v", m.Label, i.Label, i.Disabled))
		}
	}
	want := []string{"File/Open false", "File/Export as CSV false", "View/Refresh false", "View/Maybe true"}
	if !slices.Equal(got, want) {
		t.Errorf("menu %q, want %q", got, want)
	}
	item := menu.Items[1].Items[1]
	if item.Shortcut == nil || menu.Items[0].Items[1].Shortcut != nil {
		t.Error("shortcuts are wrong")
	}
	item.Action() // Fyne runs a shortcut of a disabled item
	on = true
	item.Action()
	blocked = true // a dialog is open
	item.Action()
	if !slices.Equal(j.ran, []string{"maybe"}) {
		t.Errorf("ran %v, want it once", j.ran)
	}
	menu.Items[0].Items = append(menu.Items[0].Items, fyne.NewMenuItem("added by Fyne", nil))
	r.UpdateMenu(menu)
	if item.Disabled {
		t.Error("what can run now stays grey")
	}
	on = false
	r.UpdateMenu(menu)
	if !item.Disabled {
		t.Error("what cannot run now is not grey")
	}
	title = "Peut-être"
	if got := r.MainMenu().Items[1].Items[1].Label; got != "Peut-être" {
		t.Errorf("after a change of language %q", got)
	}
}

func TestNest(t *testing.T) {
	var j journal
	on := false
	r := j.registry(func() bool { return false })
	add := func(id string) {
		r.Add(Command{ID: id, Title: func() string { return id }, Group: "view",
			Enabled: func() bool { return on }, Run: func() { j.ran = append(j.ran, id) }})
	}
	for _, id := range []string{"week", "month", "last"} {
		add(id)
	}
	r.Nest(func() string { return "Later" }, "week", "month")
	menu := r.MainMenu()
	items := menu.Items[1].Items
	if len(items) != 3 || items[1].Label != "Later" || items[2].Label != "last" || len(items[1].ChildMenu.Items) != 2 {
		t.Fatalf("the menu has %d items", len(items))
	}
	month := items[1].ChildMenu.Items[1]
	if !items[1].Disabled || !month.Disabled {
		t.Error("what cannot run now is not grey")
	}
	on = true
	r.UpdateMenu(menu)
	if items[1].Disabled || month.Disabled {
		t.Error("what can run now stays grey")
	}
	month.Action()
	if !slices.Equal(j.ran, []string{"month"}) {
		t.Errorf("ran %v", j.ran)
	}
}

func TestContextMenu(t *testing.T) {
	var j journal
	r := j.registry(func() bool { return true }) // the menu itself lies over the window
	m := r.ContextMenu("file.open", "", "nonsense", "view.refresh")
	if len(m.Items) != 3 || !m.Items[1].IsSeparator || m.Items[2].Label != "Refresh" {
		t.Fatalf("items %v", m.Items)
	}
	m.Items[0].Action()
	if !slices.Equal(j.ran, []string{"file.open"}) {
		t.Errorf("ran %v", j.ran)
	}
}

func TestTypedKey(t *testing.T) {
	var j journal
	blocked := false
	r := j.registry(func() bool { return blocked })
	key := func(name fyne.KeyName) bool { return r.TypedKey(&fyne.KeyEvent{Name: name}) }
	if !key(fyne.KeyF5) || key(fyne.KeyF6) || key(fyne.KeyO) {
		t.Error("F5 must run, F6 and a bare O must not")
	}
	blocked = true
	if key(fyne.KeyF5) {
		t.Error("F5 ran behind a dialog")
	}
}

func TestModal(t *testing.T) {
	w := window(t)
	if Modal(w.Canvas()) {
		t.Error("modal without anything over the window")
	}
	dialog.ShowInformation("Title", "Text", w)
	if !Modal(w.Canvas()) {
		t.Error("not modal under a dialog")
	}
}

func window(t *testing.T) fyne.Window {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, look.New(look.Light))
	w := test.NewTempWindow(t, widget.NewEntry())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(700, 520))
	return w
}

func palette(w fyne.Window, r *Registry, records func() []Record) *Palette {
	return NewPalette(r, w.Canvas(), func() Texts { return Texts{Placeholder: "Search", NoMatch: "Nothing found"} }, records)
}

func press(w fyne.Window, names ...fyne.KeyName) {
	for _, name := range names {
		w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func typeText(w fyne.Window, text string) {
	for _, letter := range text {
		w.Canvas().Focused().TypedRune(letter)
	}
}

func TestPaletteByKeyboard(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(fyne.Window)
		want []string
		open bool
	}{
		{"the first", func(w fyne.Window) { press(w, fyne.KeyReturn) }, []string{"file.open"}, false},
		{"down", func(w fyne.Window) { press(w, fyne.KeyDown, fyne.KeyDown, fyne.KeyEnter) }, []string{"file.export"}, false},
		{"up goes round", func(w fyne.Window) { press(w, fyne.KeyUp, fyne.KeyReturn) }, []string{"record"}, false},
		{"typed", func(w fyne.Window) { typeText(w, "csv"); press(w, fyne.KeyReturn) }, []string{"file.export"}, false},
		{"accents and case do not matter", func(w fyne.Window) { typeText(w, "ELEGIE"); press(w, fyne.KeyReturn) }, []string{"record"}, false},
		{"by detail", func(w fyne.Window) { typeText(w, "paris"); press(w, fyne.KeyReturn) }, []string{"record"}, false},
		{"nothing found", func(w fyne.Window) { typeText(w, "qqq"); press(w, fyne.KeyDown, fyne.KeyReturn) }, nil, true},
		{"escape", func(w fyne.Window) { press(w, fyne.KeyEscape) }, nil, false},
		{"taken back", func(w fyne.Window) { typeText(w, "q"); press(w, fyne.KeyBackspace, fyne.KeyReturn) }, []string{"file.open"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := window(t)
			var j journal
			var openWhenRun []bool
			var p *Palette
			p = palette(w, j.registry(nil), func() []Record {
				return []Record{{Symbol: look.SymbolKey, Title: "Élégie", Detail: "Paris", Run: func() {
					openWhenRun = append(openWhenRun, p.IsOpen())
					j.ran = append(j.ran, "record")
				}}}
			})
			p.Open()
			if w.Canvas().Focused() != p.entry {
				t.Fatal("the entry has not the focus")
			}
			c.play(w)
			if !slices.Equal(j.ran, c.want) {
				t.Errorf("ran %v, want %v", j.ran, c.want)
			}
			if p.IsOpen() != c.open {
				t.Errorf("open: %v, want %v", p.IsOpen(), c.open)
			}
			if slices.Contains(openWhenRun, true) {
				t.Error("the palette was still open when its command ran")
			}
		})
	}
}

func TestPaletteLeavesOutDisabled(t *testing.T) {
	w := window(t)
	var j journal
	r := j.registry(nil)
	r.Add(Command{ID: "no", Title: say("Impossible"), Enabled: func() bool { return false }, Run: func() {}})
	p := palette(w, r, nil)
	p.Open()
	for _, shown := range p.shown {
		if shown.Title == "Impossible" {
			t.Error("a command that cannot run is offered")
		}
	}
	if len(p.shown) != 4 {
		t.Errorf("%d offered, want 4", len(p.shown))
	}
}

func TestPaletteClosesOutsideAndOpensAgain(t *testing.T) {
	w := window(t)
	var j journal
	p := palette(w, j.registry(nil), nil)
	before := w.Canvas().Overlays().Top()
	p.Open()
	p.Open()
	if len(w.Canvas().Overlays().List()) != 1 || !Modal(w.Canvas()) {
		t.Error("opened twice, or does not keep shortcuts away")
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(5, 500))
	if p.IsOpen() || w.Canvas().Overlays().Top() != before {
		t.Error("a click outside does not close it")
	}
	p.Open()
	if !p.IsOpen() || p.entry.Text != "" {
		t.Error("does not open again, empty")
	}
}

func TestPaletteByMouse(t *testing.T) {
	w := window(t)
	var j journal
	p := palette(w, j.registry(nil), nil)
	p.Open()
	second := p.results.Objects[1].(*result)
	second.MouseIn(nil)
	if p.at != 1 {
		t.Errorf("the pointer does not lead: at %d", p.at)
	}
	test.Tap(second)
	if !slices.Equal(j.ran, []string{"view.refresh"}) || p.IsOpen() {
		t.Errorf("ran %v, open %v", j.ran, p.IsOpen())
	}
}

func TestPaletteScrolls(t *testing.T) {
	w := window(t)
	r := New(nil)
	for i := range 40 {
		r.Add(Command{ID: fmt.Sprint(i), Title: say(fmt.Sprint("Command ", i)), Run: func() {}})
	}
	p := palette(w, r, nil)
	p.Open()
	for range 20 {
		press(w, fyne.KeyDown)
	}
	if top := float32(p.at)*paletteRow - p.scroll.Offset.Y; p.at != 20 || top < 0 || top+paletteRow > p.scroll.Size().Height {
		t.Errorf("row %d stands at %v of %v", p.at, top, p.scroll.Size().Height)
	}
	press(w, fyne.KeyPageDown, fyne.KeyPageDown, fyne.KeyPageDown)
	if p.at != 39 {
		t.Errorf("at %d, want the last", p.at)
	}
	press(w, fyne.KeyDown)
	if p.at != 0 || p.scroll.Offset.Y != 0 {
		t.Errorf("at %d, scrolled to %v, want the top", p.at, p.scroll.Offset.Y)
	}
}

func TestPaletteIsQuick(t *testing.T) {
	w := window(t)
	records := make([]Record, 10_000)
	for i := range records {
		records[i] = Record{Title: fmt.Sprintf("Licence numéro %d of a product", i*7919%10_000), Detail: "Entité › Paris", Run: func() {}}
	}
	p := palette(w, New(nil), func() []Record { return records })
	start := time.Now()
	p.Open()
	opened := time.Since(start)
	start = time.Now()
	typeText(w, "num42")
	t.Logf("10,000 records: opened in %v, %v a letter", opened, time.Since(start)/5)
	if len(p.shown) == 0 || len(p.shown) > paletteLimit {
		t.Errorf("%d shown", len(p.shown))
	}
}

func TestPalettePictures(t *testing.T) {
	for _, variant := range []string{look.Light, look.Dark} {
		t.Run(variant, func(t *testing.T) {
			w := window(t)
			test.ApplyTheme(t, look.New(variant))
			var j journal
			p := palette(w, j.registry(nil), func() []Record {
				return []Record{{Symbol: look.SymbolKey, Title: "GLPI Network Standard", Detail: "Root entity · 26 Nov 2026", Run: func() {}},
					{Symbol: look.SymbolServer, Title: "A record whose title is so long that it must be cut somewhere", Detail: "helpdesk.example.com and a detail that is too long as well", Run: func() {}}}
			})
			w.SetContent(&canvas.Rectangle{FillColor: look.New(variant).Color("background", 0)})
			p.Open()
			typeText(w, "e")
			press(w, fyne.KeyDown)
			test.AssertRendersToImage(t, "palette-"+variant+".png", w.Canvas())
		})
	}
}

func BenchmarkPaletteType10000(b *testing.B) {
	test.NewTempApp(b)
	w := test.NewTempWindow(b, widget.NewEntry())
	w.Resize(fyne.NewSize(1280, 800))
	var records []Record
	for i := range 10_000 {
		records = append(records, Record{Title: fmt.Sprintf("Subscription %05d – Élan", i), Detail: "Licence · Paris · 4 Dec 2026"})
	}
	var j journal
	p := palette(w, j.registry(nil), func() []Record { return records })
	p.Open()
	queries := []string{"s", "su", "subscription 42", "elan paris", "zz"}
	i := 0
	for b.Loop() {
		p.search(queries[i%len(queries)])
		i++
	}
}
