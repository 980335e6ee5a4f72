package look

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/assets"
)

// start makes a test program in the light theme.
func start(t *testing.T) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, New(Light))
}

// show puts an object into a window of that size.
func show(t *testing.T, o fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	w.Resize(fyne.NewSize(width, height+1)) // wrapped texts know their height now
	w.Resize(fyne.NewSize(width, height))
	return w
}

func press(f fyne.Focusable, names ...fyne.KeyName) {
	for _, name := range names {
		f.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

var pressKeys = []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace}

func TestControlsArePressed(t *testing.T) {
	start(t)
	count := 0
	tapped := func() { count++ }
	for name, o := range map[string]interface {
		fyne.Focusable
		fyne.Tappable
		fyne.Disableable
	}{
		"button": NewButton(Primary, "Go", tapped),
		"chip":   NewChip("Go", tapped),
		"card":   NewTappableCard(NewText(Body, "Go"), tapped),
		"nav":    NewNavItem(SymbolKey, "Go", tapped),
		"check":  NewCheck("Go", "", func(bool) { tapped() }),
		"search": NewSearchBox("Go", "Ctrl K", tapped),
		"row":    NewTappableRow(NewText(Body, "Go"), tapped),
	} {
		count = 0
		press(o, pressKeys...)
		press(o, fyne.KeyA, fyne.KeyEscape)
		o.TypedRune('x')
		test.Tap(o)
		if count != 4 {
			t.Errorf("%s: pressed %d times, want 4", name, count)
		}
		o.Disable()
		count = 0
		press(o, pressKeys...)
		test.Tap(o)
		if count != 0 {
			t.Errorf("%s: pressed although disabled", name)
		}
	}
}

func TestButtonBusy(t *testing.T) {
	start(t)
	count := 0
	b := NewButton(Primary, "Sign in", func() { count++ })
	show(t, b, 200, 40)
	before := b.MinSize()
	b.SetBusy(true)
	press(b, pressKeys...)
	test.Tap(b)
	if count != 0 {
		t.Error("a busy button was pressed")
	}
	if got := b.MinSize(); got != before || !b.Busy() {
		t.Errorf("busy it is %v wide and high, before %v", got, before)
	}
	b.SetBusy(false)
	test.Tap(b)
	if count != 1 {
		t.Error("the button did not come back")
	}
}

func TestCheck(t *testing.T) {
	start(t)
	var told []bool
	c := NewCheck("Remember", "(hint)", func(on bool) { told = append(told, on) })
	show(t, c, 300, 40)
	c.SetChecked(true)
	if len(told) != 0 || !c.Checked() {
		t.Error("SetChecked told or did not tick")
	}
	press(c, fyne.KeySpace, fyne.KeySpace)
	if !slices.Equal(told, []bool{false, true}) {
		t.Errorf("told %v", told)
	}
}

func TestChips(t *testing.T) {
	start(t)
	var told []int
	g := NewChips([]string{"All", "Expired", "Soon"}, func(i int) { told = append(told, i) })
	w := show(t, g, 400, 40)
	test.Tap(g.chips[1])
	test.Tap(g.chips[1])
	w.Canvas().Focus(g.chips[1])
	press(w.Canvas().Focused(), fyne.KeyRight)
	press(w.Canvas().Focused(), fyne.KeyRight) // the end
	press(w.Canvas().Focused(), fyne.KeyLeft)
	if !slices.Equal(told, []int{1, 2, 1}) {
		t.Errorf("told %v, want 1 2 1", told)
	}
	if w.Canvas().Focused() != g.chips[1] {
		t.Error("the focus does not follow the arrows")
	}
	g.Select(0)
	if g.Selected() != 0 || !g.chips[0].Selected() || g.chips[1].Selected() || len(told) != 3 {
		t.Error("Select is wrong or told")
	}
	g.SetText(2, "Soon 5")
	if g.chips[2].Text() != "Soon 5" {
		t.Error("the text did not change")
	}
}

func TestFieldDoesNotJump(t *testing.T) {
	start(t)
	f := NewField("User", "", NewEntry(""))
	show(t, f, 412, 200)
	before := f.MinSize()
	f.SetError("No such user.")
	if got := f.MinSize(); got.Height != before.Height {
		t.Errorf("with an error %v high, without %v", got.Height, before.Height)
	}
	if f.Error() != "No such user." {
		t.Errorf("Error is %q", f.Error())
	}
	f.SetNote(OK, SymbolCheck, "Fine")
	if f.below.Text() != "No such user." {
		t.Error("a note hides the error")
	}
	f.SetError("")
	if f.below.Text() != "Fine" || f.MinSize().Height != before.Height {
		t.Error("the note is not back")
	}
}

func TestEntryHooks(t *testing.T) {
	start(t)
	e := NewEntry("")
	w := show(t, e, 200, 40)
	var focus []bool
	e.OnFocus = func(on bool) { focus = append(focus, on) }
	e.OnKey = func(k *fyne.KeyEvent) bool { return k.Name == fyne.KeyBackspace }
	w.Canvas().Focus(e)
	for _, letter := range "abc" {
		e.TypedRune(letter)
	}
	press(e, fyne.KeyBackspace)
	if e.Text != "abc" {
		t.Errorf("the key was not kept from the entry: %q", e.Text)
	}
	e.OnKey = nil
	press(e, fyne.KeyBackspace)
	w.Canvas().Unfocus()
	if e.Text != "ab" || !slices.Equal(focus, []bool{true, false}) {
		t.Errorf("text %q, focus %v", e.Text, focus)
	}
}

// TestTabLeavesParagraph: the driver asks what has the focus whether it wants Tab.
func TestTabLeavesParagraph(t *testing.T) {
	e := NewEntry("")
	e.MultiLine = true
	if tabbable, ok := fyne.Focusable(e).(fyne.Tabbable); !ok || tabbable.AcceptsTab() {
		t.Error("an entry of several lines keeps Tab to itself")
	}
}

func TestPasswordCanBeRevealed(t *testing.T) {
	start(t)
	p := NewPassword("")
	show(t, p, 200, 40)
	if !p.Password || p.ActionItem == nil {
		t.Error("a password is not hidden, or cannot be revealed")
	}
}

func TestShorten(t *testing.T) {
	measure := func(s string) float32 { return float32(len([]rune(s))) }
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"abc def", 5, "abc…"},
		{"abcdef", 1, "…"},
		{"abcdef", 0.5, "…"},
		{"", 0, ""},
	} {
		if got := shorten(c.in, c.width, measure); got != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	measure := func(s string) float32 { return float32(len([]rune(s))) }
	for _, c := range []struct {
		in    string
		width float32
		want  string
	}{
		{"one two three", 7, "one two|three"},
		{"one two three", 100, "one two three"},
		{"one\ntwo three", 5, "one|two|three"},
		{"abcdefgh ij", 3, "abc|def|gh|ij"},
		{"a abcdef", 3, "a|abc|def"},
		{"éé éé", 2, "éé|éé"},
		{"", 5, ""},
		{"ab", 0.5, "a|b"},
	} {
		if got := strings.Join(wrap(c.in, c.width, measure), "|"); got != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestTextSizes(t *testing.T) {
	start(t)
	long := "A text that is much longer than the place there is for it"
	full, short, wrapped := NewText(Body, long), NewShortened(Body, long), NewWrapped(Body, long)
	show(t, VBox(0, short, wrapped), 120, 300)
	if full.MinSize().Width < 300 {
		t.Errorf("a full text asks for %v only", full.MinSize().Width)
	}
	if short.MinSize().Width != 0 || wrapped.MinSize().Width != 0 {
		t.Error("a text that can give way asks for width")
	}
	if line := short.MinSize().Height; wrapped.MinSize().Height < 3*line {
		t.Errorf("wrapped is %v high, a line %v", wrapped.MinSize().Height, line)
	}
	if wrapped.Size().Height < wrapped.MinSize().Height {
		t.Error("the box clips a wrapped text")
	}
	wrapped.SetText("short")
	if wrapped.MinSize().Height != short.MinSize().Height {
		t.Error("a shorter text keeps the height")
	}
}

// TestSymbolsExist holds the constants and the drawings together.
func TestSymbolsExist(t *testing.T) {
	all := []Symbol{SymbolActivity, SymbolCheck, SymbolClock, SymbolCopy, SymbolCross, SymbolDash, SymbolDot,
		SymbolDown, SymbolExclamation, SymbolExternal, SymbolEye, SymbolFilter, SymbolGear, SymbolGrid, SymbolKey,
		SymbolLeft, SymbolList, SymbolLock, SymbolLogout, SymbolMail, SymbolPlus, SymbolRefresh, SymbolRight,
		SymbolSearch, SymbolServer, SymbolSquare, SymbolStop, SymbolTrash, SymbolUp, SymbolWarning}
	for _, s := range all {
		r := s.Resource(rgb(0x12AB34))
		if r == nil {
			t.Errorf("no drawing for %s", s)
		} else if text := string(r.Content()); !strings.Contains(text, "#12ab34") || strings.Contains(text, "currentColor") {
			t.Errorf("%s is not coloured", s)
		}
	}
	for _, name := range assets.Symbols() {
		if !slices.Contains(all, Symbol(name)) {
			t.Errorf("no constant for %s", name)
		}
	}
	if NoSymbol.Resource(rgb(0)) != nil {
		t.Error("no symbol has a drawing")
	}
}

// TestNothingIsClipped gives each widget the size it asks for and looks for
// texts that reach outside.
func TestNothingIsClipped(t *testing.T) {
	start(t)
	nav := NewNavItem(SymbolKey, "Clés d’enregistrement", func() {})
	nav.SetBadge(1234)
	for name, o := range map[string]fyne.Widget{
		"button":   withSymbols(NewButton(Secondary, "Demander une réémission…", func() {})),
		"link":     NewButton(Link, "Show certificate", func() {}),
		"pill":     NewPill(Soon, SymbolExclamation, "dans 30 jours"),
		"chip":     NewMenuChip("En attente d’approbation 12", func() {}),
		"nav":      nav,
		"check":    NewCheck("Se souvenir", "(trousseau)", nil),
		"search":   NewSearchBox("Rechercher ou lancer une commande", "Ctrl K", func() {}),
		"field":    NewField("Jeton d’application", "(si votre serveur en demande un)", NewEntry("")),
		"empty":    NewNoRight("Pas de droit", "Votre profil ne peut pas lire les licences.", "Recharger", func() {}),
		"progress": NewProgress("Lecture…", "Annuler", func() {}),
	} {
		size := o.MinSize()
		o.Resize(fyne.NewSize(max(size.Width, 192), size.Height))
		o.Resize(fyne.NewSize(max(o.MinSize().Width, 192), o.MinSize().Height))
		eachText(o, fyne.NewPos(0, 0), func(text *canvas.Text, at fyne.Position) {
			need := text.MinSize()
			if at.X < -0.5 || at.Y < -0.5 || at.X+need.Width > o.Size().Width+0.5 || at.Y+need.Height > o.Size().Height+0.5 {
				t.Errorf("%s: %q at %v, %v, does not fit into %v", name, text.Text, at, need, o.Size())
			}
		})
	}
}

// Three digits leave room for the longest name of a screen, in the rail's width.
func TestBadgeLeavesRoomForTheName(t *testing.T) {
	start(t)
	nav := NewNavItem(SymbolKey, "Registration keys", func() {})
	nav.SetSelected(true) // bold
	nav.SetBadge(888)
	nav.Resize(fyne.NewSize(192, navHeight))
	whole := false
	eachText(nav, fyne.NewPos(0, 0), func(text *canvas.Text, _ fyne.Position) { whole = whole || text.Text == "Registration keys" })
	if !whole {
		t.Error("the name is cut")
	}
}

func withSymbols(b *Button) *Button {
	b.SetSymbols(SymbolRefresh, SymbolDown)
	return b
}

// eachText walks over the visible texts inside o.
func eachText(o fyne.CanvasObject, at fyne.Position, f func(*canvas.Text, fyne.Position)) {
	if !o.Visible() {
		return
	}
	var inside []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Text:
		f(o, at)
	case *widget.Entry, *Entry:
	case fyne.Widget:
		inside = test.WidgetRenderer(o).Objects()
	case *fyne.Container:
		inside = o.Objects
	}
	for _, child := range inside {
		eachText(child, at.Add(child.Position()), f)
	}
}

func TestLayouts(t *testing.T) {
	test.NewTempApp(t)
	box := func(w, h float32) *canvas.Rectangle {
		r := &canvas.Rectangle{}
		r.SetMinSize(fyne.NewSize(w, h))
		return r
	}
	type frame struct{ x, y, w, h float32 }
	hidden := box(50, 50)
	hidden.Hide()
	for name, c := range map[string]struct {
		container *fyne.Container
		min       fyne.Size
		want      []frame
	}{
		"vbox": {VBox(5, box(10, 10), hidden, Spacer(), box(20, 20)), fyne.NewSize(20, 35),
			[]frame{{0, 0, 100, 10}, {}, {}, {0, 80, 100, 20}}},
		"hbox": {HBox(5, box(10, 10), Spacer(), hidden, box(20, 20)), fyne.NewSize(35, 20),
			[]frame{{0, 45, 10, 10}, {}, {}, {80, 40, 20, 20}}},
		"flow": {Flow(5, box(60, 10), box(30, 20), box(50, 10)), fyne.NewSize(60, 35),
			[]frame{{0, 0, 60, 10}, {65, 0, 30, 20}, {0, 25, 50, 10}}},
		"equal": {Equal(10, box(10, 10), hidden, box(20, 5)), fyne.NewSize(50, 10),
			[]frame{{0, 0, 45, 100}, {}, {55, 0, 45, 100}}},
		"between": {Between(5, box(10, 10), box(20, 20)), fyne.NewSize(35, 20),
			[]frame{{0, 45, 75, 10}, {80, 40, 20, 20}}},
		"wide": {Wide(70, box(10, 10)), fyne.NewSize(70, 10), []frame{{0, 0, 70, 100}}},
		"at most": {AtMost(func() float32 { return 30 }, box(10, 10)), fyne.NewSize(10, 10),
			[]frame{{0, 0, 100, 30}}},
		"border": {Border(5, box(10, 10), box(10, 20), box(15, 5), box(25, 5), box(8, 8)), fyne.NewSize(58, 48),
			[]frame{{20, 15, 50, 60}, {0, 0, 100, 10}, {0, 80, 100, 20}, {0, 15, 15, 60}, {75, 15, 25, 60}}},
	} {
		c.container.Resize(fyne.NewSize(100, 100))
		if got := c.container.MinSize(); got != c.min {
			t.Errorf("%s asks for %v, want %v", name, got, c.min)
		}
		for i, want := range c.want {
			o := c.container.Objects[i]
			got := frame{o.Position().X, o.Position().Y, o.Size().Width, o.Size().Height}
			if want != (frame{}) && got != want {
				t.Errorf("%s: object %d is at %v, want %v", name, i, got, want)
			}
		}
	}
}

// sheets are the pictures: everything in each of its states.
func sheets() map[string]func() (fyne.CanvasObject, fyne.Size) {
	disabled := func(b *Button) *Button { b.Disable(); return b }
	busy := func(b *Button) *Button { b.SetBusy(true); return b }
	focused := func(b *Button) *Button { b.FocusGained(); return b }
	hovered := func(b *Button) *Button { b.MouseIn(nil); return b }
	none := func() {}
	return map[string]func() (fyne.CanvasObject, fyne.Size){
		"texts": func() (fyne.CanvasObject, fyne.Size) {
			return VBox(4, NewText(Title, "Title"), NewText(Heading, "Heading"), NewText(Number, "212"), NewText(Bold, "Bold"),
				NewText(Body, "Body"), NewText(Muted, "Muted"), NewText(Mono, "a91f 03c2"), NewShortened(Body, "Shortened where the place ends"),
				NewWrapped(Small, "Wrapped into lines at spaces, as many as it takes")), fyne.NewSize(170, 265)
		},
		"pills": func() (fyne.CanvasObject, fyne.Size) {
			bar := NewBar(Soon, 0.7)
			return VBox(6, Leading(NewPill(Expired, SymbolCross, "Expired")), Leading(NewPill(Soon, SymbolExclamation, "4 days")),
				Leading(NewPill(Neutral, SymbolClock, "64 days")), Leading(NewPill(OK, SymbolCheck, "Active")),
				Leading(NewPill(Revoked, SymbolStop, "Revoked")), Leading(NewPill(Neutral, SymbolDash, "No date")),
				Leading(NewPill(Neutral, SymbolSquare, "Used up")), bar, NewDivider()), fyne.NewSize(130, 215)
		},
		"buttons": func() (fyne.CanvasObject, fyne.Size) {
			return Flow(8, NewButton(Primary, "Primary", none), NewButton(Secondary, "Secondary", none), NewButton(Danger, "Revoke…", none),
				NewButton(Link, "Link", none), withSymbols(NewButton(Secondary, "Symbols", none)),
				disabled(NewButton(Primary, "Disabled", none)), disabled(NewButton(Secondary, "Disabled", none)),
				busy(NewButton(Primary, "Sign in", none)), busy(NewButton(Secondary, "Test", none)),
				focused(NewButton(Secondary, "Focused", none)), hovered(NewButton(Primary, "Hovered", none)),
				hovered(NewButton(Secondary, "Hovered", none)), NewMenuChip("Export", none),
				Wide(200, NewSearchBox("Search", "Ctrl K", none))), fyne.NewSize(420, 170)
		},
		"form": func() (fyne.CanvasObject, fyne.Size) {
			server := NewField("Server", "", textIn(NewEntry(""), "helpdesk.example.com"))
			server.SetNote(Neutral, SymbolCheck, "GLPI 11 found at https://helpdesk.example.com")
			user := NewField("User name", "(hint)", textIn(NewEntry(""), "glpi"))
			user.SetError("GLPI does not know that user name or password.")
			ticked := NewCheck("Remember on this computer", "(keyring)", nil)
			ticked.SetChecked(true)
			return VBox(FieldGap, server, NewChips([]string{"Password", "Personal token"}, nil), user,
				NewField("Password", "", textIn(NewPassword(""), "secret")), ticked,
				NewCheck("A label that is too long for its line and goes on", "(hint)", nil)), fyne.NewSize(320, 340)
		},
		"notices": func() (fyne.CanvasObject, fyne.Size) {
			return VBox(6, NewNotice(Soon, SymbolExclamation, "The certificate is not known.", "Compare it with your server’s before you trust it.",
				NewButton(Link, "Show", none), NewButton(Secondary, "Trust", none)),
				NewNotice(Expired, SymbolCross, "Title", "Text"), NewNotice(OK, SymbolCheck, "Only a title", ""),
				NewNotice(Info, NoSymbol, "", "Only a text"), NewNotice(Revoked, SymbolStop, "Title", "Text"),
				NewNotice(Neutral, SymbolClock, "Title", "Text")), fyne.NewSize(300, 352)
		},
		"cards": func() (fyne.CanvasObject, fyne.Size) {
			tile := func(c *TappableCard, set func(*TappableCard)) *TappableCard { set(c); return c }
			content := func() fyne.CanvasObject {
				return VBox(1, Leading(NewPill(Expired, SymbolCross, "Expired")), NewText(Number, "3"), NewText(Muted, "oldest 41 days ago"))
			}
			progress := NewProgress("Reading… 12 of 24", "Cancel", none)
			progress.Set(12, 24)
			return VBox(10, Equal(8, NewCard(content()), tile(NewTappableCard(content(), none), func(c *TappableCard) { c.MouseIn(nil) }),
				tile(NewTappableCard(content(), none), func(c *TappableCard) { c.FocusGained() })),
				progress, NewProgress("Reading…", "", nil)), fyne.NewSize(680, 200)
		},
		"empty": func() (fyne.CanvasObject, fyne.Size) {
			return Equal(8, NewFirstUse(SymbolKey, "No keys yet", "Keys that you add stand here.", "Add key…", none),
				NewNoMatch("Nothing matches", "", "Clear filters", none),
				NewFailure("No answer", "The server did not answer within 20 seconds.", "Try again", none),
				NewNoRight("No right", "Your profile may not read licences.", "", nil)), fyne.NewSize(1500, 190)
		},
		"rail": func() (fyne.CanvasObject, fyne.Size) {
			keys := NewNavItem(SymbolKey, "Registration keys", none)
			keys.SetSelected(true)
			keys.SetBadge(3)
			mail := NewNavItem(SymbolMail, "Invitations that are many", none)
			mail.SetBadge(120)
			server := NewNavDetail("helpdesk.example.com", "glpi · GLPI 11.0.6", none)
			server.SetSelected(true)
			hover := NewNavItem(SymbolGear, "Settings", none)
			hover.MouseIn(nil)
			focus := NewNavItem(SymbolActivity, "Activity", none)
			focus.FocusGained()
			box := NewRoundedSurface(ColorCard, 8, Padded(9, 12, 9, 12, VBox(0, NewShortened(Bold, "helpdesk.example.com"), NewShortened(Muted, "GLPI 11 · Super-Admin"))))
			return container.NewThemeOverride(NewSurface(theme.ColorNameBackground, Padded(8, 8, 8, 8,
				VBox(4, keys, mail, hover, focus, server, NewNavDetail("support.customer-a.example.com", "ops · GLPI 10.0.18", none), box,
					NewButton(Secondary, "Explore with demo data", none)))), Rail()), fyne.NewSize(208, 420)
		},
	}
}

func textIn(e *Entry, text string) *Entry {
	e.SetText(text)
	return e
}

func TestPictures(t *testing.T) {
	for name, make := range sheets() {
		for _, variant := range []string{Light, Dark} {
			t.Run(name+"-"+variant, func(t *testing.T) {
				test.NewTempApp(t)
				test.ApplyTheme(t, New(variant))
				w := picture(t, make)
				test.AssertRendersToImage(t, name+"-"+variant+".png", w.Canvas())
			})
		}
	}
}

// TestThemeChange changes the theme under widgets that are shown already: they
// must look as if they had been made in it.
func TestThemeChange(t *testing.T) {
	for name, make := range sheets() {
		t.Run(name, func(t *testing.T) {
			test.NewTempApp(t)
			test.ApplyTheme(t, New(Light))
			w := picture(t, make)
			test.ApplyTheme(t, New(Dark))
			test.AssertRendersToImage(t, name+"-dark.png", w.Canvas())
		})
	}
}

func picture(t *testing.T, make func() (fyne.CanvasObject, fyne.Size)) fyne.Window {
	t.Helper()
	o, size := make()
	w := test.NewTempWindow(t, NewSurface(theme.ColorNameBackground, Padded(10, 10, 10, 10, o)))
	w.SetPadded(false)
	w.Resize(size.AddWidthHeight(20, 20))
	w.Resize(size.AddWidthHeight(20, 21)) // wrapped texts know their height now
	w.Resize(size.AddWidthHeight(20, 20))
	return w
}
