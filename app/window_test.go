package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// newTestWindow is the whole window on fakes; the demo opens session.
func newTestWindow(t *testing.T, l *loop, session *fakeSession) (*Window, *int) {
	t.Helper()
	deps := newDeps(t, l)
	stopped := new(int)
	deps.Demo = func(context.Context) (keys.Endpoint, keys.Credentials, func(), error) {
		return keys.Endpoint{API: "http://127.0.0.1:1/apirest.php", Major: 11},
			keys.Credentials{User: "glpi", Password: "glpi"}, func() { *stopped++ }, nil
	}
	deps.Probe = func(context.Context, string, keys.Via) (keys.Endpoint, error) {
		return keys.Endpoint{API: "http://127.0.0.1:1/apirest.php", Major: 11}, nil
	}
	deps.SignIn = func(context.Context, keys.Endpoint, keys.Via, keys.Credentials) (Session, error) {
		return session, nil
	}
	w := New(test.NewTempApp(t), deps)
	t.Cleanup(w.tasks.Close)
	return w, stopped
}

func TestWindowSignsInAndOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := helpdesk()
		w, stopped := newTestWindow(t, l, session)
		w.signIn.explore()
		l.Drain()
		if w.work == nil || w.frame == nil {
			t.Fatal("the demo did not open")
		}
		if got := w.win.Title(); got != "GLPI Keys – Demo" {
			t.Errorf("title %q", got)
		}
		if len(w.work.glance.Items) == 0 {
			t.Error("nothing was read")
		}
		if len(w.deps.Connections.All()) != 0 {
			t.Error("the demo saved a connection")
		}

		w.leave(nil)
		l.Drain()
		if w.work != nil || w.frame != nil || w.win.Title() != "GLPI Keys" {
			t.Error("still signed in")
		}
		if !session.closed || *stopped != 1 {
			t.Errorf("session closed: %v; demo stopped %d times", session.closed, *stopped)
		}
		w.signIn.close()
		l.Drain()
	})
}

// TestQuitAsksForTextsOfThisRun: their only copies would go with the program.
func TestQuitAsksForTextsOfThisRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		w.deps.RunTexts = &connection.MemoryKeyTexts{}
		ended := 0
		quit := func() { w.quit(func() { ended++ }) }
		must(t, w.deps.RunTexts.Save(t.Context(), "one", keys.Fingerprint("earlier"), keys.NewKeyText("earlier")))
		must(t, w.deps.Preferences.Update(func(p *PreferencesData) {
			p.Earlier = []EarlierKey{{Connection: "one", Fingerprint: keys.Fingerprint("earlier"), Record: "r1"}}
		}))
		quit()
		if ended != 1 {
			t.Fatal("asked although nothing would be lost that anybody can move")
		}
		if err := w.deps.RunTexts.Save(t.Context(), "one", keys.Fingerprint("a key"), keys.NewKeyText("a key")); err != nil {
			t.Fatal(err)
		}
		if n := w.deps.RunTexts.Count(w.deps.Preferences.isEarlier); n != 1 {
			t.Errorf("%d texts count", n)
		}
		overlays := w.win.Canvas().Overlays()
		quit()
		quit() // once more, while the question stands there
		if ended != 1 || len(overlays.List()) != 1 {
			t.Fatalf("ended %d times, %d questions", ended, len(overlays.List()))
		}
		press := func(text string) {
			for _, b := range find[*look.Button](overlays.Top()) {
				if b.Text() == text {
					b.Tapped(nil)
				}
			}
		}
		press("Cancel")
		if ended != 1 || overlays.Top() != nil {
			t.Error("ended although the person stays")
		}
		quit()
		press(said("command.quit"))
		if ended != 2 {
			t.Error("does not end")
		}
		w.signIn.close()
		l.Drain()
	})
}

func TestWindowKeepsPlaceWhenLanguageChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		w.signIn.explore()
		l.Drain()
		w.frame.openKeys(func(list *keyList) { list.openState(showExpired) })
		useLanguage(t, "en") // and back to it at the end
		w.set.setLanguage("fr")
		if w.frame.at != routeKeys || w.work.keys.state != showExpired {
			t.Errorf("at %s, list %s", w.frame.at, w.work.keys.state)
		}
		if got := w.frame.title.Text(); got != "Clés" {
			t.Errorf("the title is %q in French", got)
		}
		if rows := w.frame.keys.table.Model.Len(); rows != 3 {
			t.Errorf("%d rows", rows)
		}
		w.work.tasks.Close()
		w.signIn.close()
		l.Drain()
	})
}

func TestCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		if err := w.commands.Check(); err != nil {
			t.Error(err)
		}
		for _, id := range []string{"refresh", "switch", "open", "signout", "palette", "find", "go.keys"} {
			if w.commands.Enabled(id) {
				t.Errorf("%s can run while nobody is signed in", id)
			}
		}
		w.signIn.explore()
		l.Drain()
		if w.commands.Enabled("open") {
			t.Error("open can run without an item")
		}
		w.commands.Run("go.keys")
		w.frame.keys.choose(keys.ItemKey{Type: keys.TypeLicence, ID: 4})
		if w.commands.Enabled("open") {
			t.Error("open can run in the demo, whose items have no page")
		}
		w.work.demo = false
		if !w.commands.Enabled("open") {
			t.Error("open cannot run on an item")
		}
		if len(w.records()) != len(w.work.glance.Items) {
			t.Errorf("the palette finds %d of %d items", len(w.records()), len(w.work.glance.Items))
		}
		w.work.tasks.Close()
		w.signIn.close()
		l.Drain()
	})
}

func TestWindowTitleHoldsNoAddressDetails(t *testing.T) {
	w, _ := newTestWorkspace(t, newLoop())
	w.connection = connection.Connection{}
	if got := windowTitle(w); got != "GLPI Keys – https://helpdesk.example.com" {
		t.Errorf("title %q", got)
	}
}

// TestOneQuit: Fyne adds a second "Quit" when the first menu ends otherwise.
func TestOneQuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := newTestWindow(t, newLoop(), helpdesk())
		first := w.commands.MainMenu().Items[0].Items
		if last := first[len(first)-1].Label; last != "Quit" {
			t.Errorf("the first menu ends with %q", last)
		}
	})
}

func TestMenuFollowsSelection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		w.signIn.explore()
		l.Drain()
		w.work.demo = false // whose items have pages
		grey := func() bool {
			for _, m := range w.win.MainMenu().Items {
				for _, item := range m.Items {
					if item.Label == "Open in GLPI" {
						return item.Disabled
					}
				}
			}
			t.Fatal("no such item")
			return false
		}
		steps := []struct {
			name string
			do   func()
			want bool
		}{
			{"overview", func() {}, true},
			{"list", func() { w.frame.openKeys(func(list *keyList) { list.openEverything() }) }, false}, // on its first row
			{"another row", func() { w.frame.keys.table.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) }, false},
			{"no row passes", func() { w.frame.keys.text.SetText("zzzzz") }, true},
			{"settings", func() { w.frame.keys.clear(); w.frame.open(routeSettings) }, true},
		}
		for _, s := range steps {
			s.do()
			if got := grey(); got != s.want {
				t.Errorf("%s: grey %v, want %v", s.name, got, s.want)
			}
		}
		w.leave(nil)
		w.signIn.close()
		l.Drain()
	})
}

func TestCardShowsWhatItCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		w.signIn.explore()
		l.Drain()
		f := w.frame
		f.openKeys(func(list *keyList) { list.openType(keys.TypeContract) })
		f.open(routeOverview)
		card, sum := f.overview.cards[0], w.work.summary()
		card.tap()
		if got, want := f.keys.table.Model.Len(), sum.Count(card.filter.states()...); got != want {
			t.Errorf("%d rows behind a card that counts %d", got, want)
		}
		w.leave(nil)
		w.signIn.close()
		l.Drain()
	})
}

func TestCloseEndsEverySession(t *testing.T) {
	const slow = 200 * time.Millisecond
	open := func(w *Window, l *loop) {
		w.signIn.explore()
		time.Sleep(2 * slow)
		l.Drain()
	}
	for _, c := range []struct {
		name string
		do   func(*Window, *loop)
	}{
		{"signed in", func(w *Window, l *loop) { open(w, l) }},
		{"reading", func(w *Window, l *loop) { open(w, l); w.work.refresh() }},
		{"just signed out", func(w *Window, l *loop) { open(w, l); w.leave(nil) }},
		{"signing in", func(w *Window, l *loop) { w.signIn.explore(); time.Sleep(slow / 2) }},
		{"signing in, given up", func(w *Window, l *loop) { w.signIn.explore(); time.Sleep(slow / 2); w.signIn.cancel() }},
		{"signed in, not shown yet", func(w *Window, l *loop) { w.signIn.explore(); time.Sleep(2 * slow) }},
		{"signed in, not shown yet, given up", func(w *Window, l *loop) { w.signIn.explore(); time.Sleep(2 * slow); w.signIn.cancel() }},
		{"testing the connection", func(w *Window, l *loop) {
			w.signIn.form.Server, w.signIn.form.User, w.signIn.form.Password = "example.com", "glpi", "glpi"
			w.signIn.test()
			time.Sleep(slow / 2)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoop()
				session := helpdesk()
				session.ending = slow
				w, _ := newTestWindow(t, l, session)
				opened := 0
				w.signIn.deps.SignIn = func(context.Context, keys.Endpoint, keys.Via, keys.Credentials) (Session, error) {
					time.Sleep(slow) // the server has opened it, whoever waits for the answer
					opened++
					return session, nil
				}
				c.do(w, l)
				w.close()
				if opened != 1 || !session.closed {
					t.Errorf("%d sessions opened, closed: %v", opened, session.closed)
				}
			})
		})
	}
}
