package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// seenBefore is what glpi saw three hours ago on the server of savedServer.
func seenBefore() connection.Seen {
	session := helpdesk()
	return connection.SeenNow(testNow.Add(-3*time.Hour), savedServer(), session.facts, session.glance)
}

// unreachable is how a sign-in fails when the server is gone.
func unreachable() error {
	return &keys.Problem{Op: "find", Cause: keys.Unreachable, Detail: "helpdesk.example.com"}
}

// kept is the memory behind the last-seen data of a bench.
func (b *signInBench) kept() map[string]connection.Seen { return b.deps.LastSeen.(*fakeLastSeen).kept }

func TestOutOfReach(t *testing.T) {
	for cause, want := range map[keys.Cause]bool{
		keys.HostUnknown: true, keys.Unreachable: true, keys.TimedOut: true, keys.ProxyFailed: true,
		keys.Maintenance: true, keys.ServerFault: true, keys.NotGLPI: true, keys.NotJSON: true,
		keys.WrongPassword: false, keys.APIOff: false, keys.AddressRefused: false, keys.NoProfile: false,
		keys.CertificateUnknown: false, keys.CertificateChanged: false, keys.TLSFailed: false,
		keys.Canceled: false, keys.BadAddress: false, keys.BadProxy: false, keys.Unexpected: false, "": false,
	} {
		if outOfReach(cause) != want {
			t.Errorf("%q: %v", cause, !want)
		}
	}
}

// What was last seen is offered when the check or the sign-in of a saved server
// cannot reach it, and for no other reason.
func TestSignInOffersWhatWasLastSeen(t *testing.T) {
	unreachableServer := func(b *signInBench) {
		b.probe = func(string, keys.Via) (keys.Endpoint, error) { return keys.Endpoint{}, unreachable() }
	}
	for _, c := range []struct {
		name string
		set  func(b *signInBench)
		act  func(b *signInBench)
		want bool
	}{
		{name: "the check fails", set: unreachableServer, want: true},
		{name: "the sign-in fails", act: func(b *signInBench) {
			b.edit(fieldPassword, "secret")
			b.signInErr = func(keys.Credentials) error { return refusal(keys.Maintenance) }
			b.submitAndWait()
		}, want: true},
		{name: "a password is typed meanwhile", set: unreachableServer, act: func(b *signInBench) {
			b.edit(fieldPassword, "secret")
		}, want: true},
		{name: "the server answers", want: false},
		{name: "the server answers again", set: unreachableServer, act: func(b *signInBench) {
			b.probe = func(string, keys.Via) (keys.Endpoint, error) { return keys.Endpoint{API: testAPI, Major: 11}, nil }
			b.testServer()
			b.loop.Drain()
		}, want: false},
		{name: "refused", act: func(b *signInBench) {
			b.edit(fieldPassword, "secret")
			b.signInErr = func(keys.Credentials) error { return refusal(keys.WrongPassword) }
			b.submitAndWait()
		}, want: false},
		{name: "another certificate", set: untrusted(true), want: false},
		{name: "nothing kept", set: func(b *signInBench) { unreachableServer(b); clear(b.kept()) }, want: false},
		{name: "nothing in it", set: func(b *signInBench) {
			unreachableServer(b)
			b.kept()["one"] = connection.Seen{Time: testNow, User: "glpi"}
		}, want: false},
		{name: "seen by somebody else", set: func(b *signInBench) {
			unreachableServer(b)
			seen := b.kept()["one"]
			seen.User = "tech"
			b.kept()["one"] = seen
		}, want: false},
		{name: "another user is typed", set: unreachableServer, act: func(b *signInBench) { b.edit(fieldUser, "tech") }, want: false},
		{name: "another server is typed", set: unreachableServer, act: func(b *signInBench) { b.edit(fieldServer, "other.example.com") }, want: false},
		{name: "anybody's token", set: unreachableServer, act: func(b *signInBench) { b.setByToken(true) }, want: false},
		{name: "a new server", set: unreachableServer, act: func(b *signInBench) { b.add() }, want: false},
		{name: "while signing in", set: unreachableServer, act: func(b *signInBench) {
			b.edit(fieldPassword, "secret")
			b.delay.Store(int64(time.Second))
			b.submitAndWait()
		}, want: false},
		{name: "after giving up", set: unreachableServer, act: func(b *signInBench) {
			b.edit(fieldPassword, "secret")
			b.delay.Store(int64(time.Second))
			b.submitAndWait()
			b.cancel()
		}, want: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newSignInBench(t, savedServer())
				b.kept()["one"] = seenBefore()
				if c.set != nil {
					c.set(b)
				}
				b.start()
				if c.act != nil {
					c.act(b)
				}
				if got := b.lastSeen() != nil; got != c.want {
					t.Errorf("offered: %v", got)
				}
				b.showLastSeen()
				if got := len(b.opened) == 1; got != c.want {
					t.Errorf("opened: %+v", b.opened)
				}
				b.tasks.Close()
				b.pass(time.Minute)
			})
		})
	}
}

func TestRemoveForgetsWhatWasLastSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t, savedServer())
		b.kept()["one"], b.kept()["two"] = seenBefore(), seenBefore()
		b.start()
		defer b.tasks.Close()
		b.remove("one")
		b.loop.Drain()
		if _, ok := b.kept()["one"]; ok || len(b.kept()) != 1 || len(b.stored.saved) != 0 {
			t.Errorf("kept %d, saved %v", len(b.kept()), b.stored.saved)
		}
	})
}

func TestRefreshKeepsWhatWasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, s := newTestWorkspace(t, l)
		w.connection.User = "ana"
		store := w.deps.LastSeen.(*fakeLastSeen)
		wait := func() { time.Sleep(2 * time.Second); l.Drain() }
		w.refresh()
		wait()
		got := store.kept["one"]
		if len(got.Items) != 5 || got.User != "ana" || got.Profile != "Super-Admin" || got.Version != "11.0.6" || !got.Time.Equal(testNow) {
			t.Fatalf("kept %+v", got)
		}
		w.useEntity(3, true)
		wait()
		wait()
		if got := store.kept["one"]; got.Entity != "Root entity > Paris" || !got.Tree {
			t.Errorf("after the switch %+v", got)
		}
		s.err = unreachable()
		w.refresh()
		wait()
		if len(store.kept["one"].Items) != 5 {
			t.Error("a failure took away what was kept")
		}

		// A slow save of older rows does not replace newer ones, and one that
		// fails is no failure of the refresh.
		s.err, store.delay = nil, 5*time.Second
		w.refresh()
		wait()
		s.glance.Items = s.glance.Items[:2]
		w.refresh()
		wait()
		time.Sleep(time.Minute)
		l.Drain()
		if n := len(store.kept["one"].Items); n != 2 {
			t.Errorf("%d items kept", n)
		}
		store.err = refusal(keys.FileFailed)
		w.refresh()
		wait()
		time.Sleep(time.Minute)
		l.Drain()
		if w.failure != nil {
			t.Error(w.failure)
		}
	})
}

func TestDemoKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWorkspace(t, l)
		w.demo = true
		w.refresh()
		time.Sleep(2 * time.Second)
		l.Drain()
		if n := len(w.deps.LastSeen.(*fakeLastSeen).kept); n != 0 || len(w.glance.Items) != 5 {
			t.Errorf("%d kept of %d", n, len(w.glance.Items))
		}
	})
}

// What lies on the disk after a sign-in and a refresh holds none of the secrets
// that were typed or made.
func TestLastSeenFileHoldsNoSecret(t *testing.T) {
	const password, app, token = "pass-4711-word", "app-4711-token", "minted-4711-token"
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t)
		b.deps.LastSeen = connection.NewLastSeen(dir)
		b.session.token = token
		b.session.glance = helpdesk().glance
		b.session.glance.Missing = map[keys.ItemType]*keys.Problem{
			keys.TypeContract: {Op: "list", Cause: keys.ServerFault, Detail: password},
		}
		b.start()
		b.edit(fieldServer, "helpdesk.example.com")
		b.edit(fieldUser, "glpi")
		b.edit(fieldPassword, password)
		b.edit(fieldAppToken, app)
		b.setMint(true)
		b.submitAndWait()
		w := newWorkspace(b.deps, b.opened[0])
		w.refresh()
		b.loop.Drain()
		w.tasks.Close()
		b.tasks.Close()
	})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil || !bytes.Contains(data, []byte("Formcreator Pro")) {
		t.Fatalf("%v: %.200s", err, data)
	}
	for _, secret := range []string{password, app, token} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s stands in the file", secret)
		}
	}
}

// newUnreachableWindow is the window over a saved server that is gone; its
// secrets are in the keyring.
func newUnreachableWindow(t *testing.T, l *loop, variant string, size fyne.Size) (w *Window, reachable *bool) {
	t.Helper()
	deps := newDeps(t, l)
	deps.Connections.(*fakeConnections).saved = twoServers()
	deps.Secrets.(*fakeSecrets).kept["one"] = keys.Credentials{Password: "secret"}
	deps.LastSeen.(*fakeLastSeen).kept["one"] = seenBefore()
	if err := deps.Preferences.Update(func(p *PreferencesData) { p.Theme = variant }); err != nil {
		t.Fatal(err)
	}
	reachable = new(bool)
	deps.Probe = func(context.Context, string, keys.Via) (keys.Endpoint, error) {
		if !*reachable {
			return keys.Endpoint{}, unreachable()
		}
		return keys.Endpoint{API: testAPI, Major: 11}, nil
	}
	deps.SignIn = func(context.Context, keys.Endpoint, keys.Via, keys.Credentials) (Session, error) {
		return helpdesk(), nil
	}
	w = New(test.NewTempApp(t), deps)
	w.win.Resize(size)
	l.Drain()
	t.Cleanup(w.tasks.Close)
	return w, reachable
}

func TestWindowShowsWhatWasLastSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, reachable := newUnreachableWindow(t, l, look.Light, wideWindow)
		test.Tap(w.view.offline)
		l.Drain()
		if w.work == nil || !w.work.offline || len(w.work.glance.Items) != 243 || w.work.busy() {
			t.Fatal("what was last seen is not shown")
		}
		if got := w.frame.status.Text(); got != "Not connected" {
			t.Errorf("status %q", got)
		}
		if got := w.win.Title(); got != "GLPI Keys – helpdesk.example.com" {
			t.Errorf("title %q", got)
		}
		w.commands.Run("go.keys")
		w.frame.keys.choose(keys.ItemKey{Type: keys.TypeLicence, ID: 4})
		for id, want := range map[string]bool{"open": false, "switch": false, "signout": true, "find": true, "palette": true} {
			if w.commands.Enabled(id) != want {
				t.Errorf("%s can run: %v", id, !want)
			}
		}
		w.openSwitcher()
		if w.win.Canvas().Overlays().Top() == nil {
			t.Error("no other server is offered")
		}
		w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.win.Canvas().Overlays().Top() != nil {
			t.Error("Escape does not close the choice of servers")
		}

		w.work.refresh() // what "Try again" does
		l.Drain()
		if w.work != nil || w.signIn.problems[fieldServer] == "" || w.signIn.lastSeen() == nil {
			t.Fatalf("a failed attempt ends at %+v", w.signIn.problems)
		}
		test.Tap(w.view.offline)
		*reachable = true
		w.work.refresh()
		l.Drain()
		if w.work == nil || w.work.offline || w.work.failure != nil || w.frame.status.Text() != "Connected" {
			t.Error("not signed in once the server answers")
		}
		w.work.tasks.Close()
		w.signIn.close()
		l.Drain()
	})
}

func TestWindowGoesBackFromWhatWasLastSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newUnreachableWindow(t, l, look.Light, wideWindow)
		w.signIn.edit(fieldPassword, "typed")
		test.Tap(w.view.offline)
		w.commands.Run("signout")
		l.Drain()
		if w.work != nil || w.signIn.form.Password != "typed" || w.signIn.lastSeen() == nil {
			t.Errorf("the form is not as it was: %q", w.signIn.form.Password)
		}
		w.signIn.close()
		l.Drain()
	})
}

// The pictures of the offer and of what it shows, in both variants.
func TestOfflinePictures(t *testing.T) {
	for _, c := range []struct {
		name, language string
		size           fyne.Size
		act            func(w *Window)
	}{
		{name: "offer", language: "en", size: wideWindow, act: func(*Window) {}},
		{name: "offer_small", language: "en", size: smallWindow, act: func(*Window) {}},
		{name: "offer_french", language: "fr", size: wideWindow, act: func(*Window) {}},
		{name: "overview", language: "en", size: wideWindow, act: func(w *Window) { w.signIn.showLastSeen() }},
		{name: "overview_french", language: "fr", size: wideWindow, act: func(w *Window) { w.signIn.showLastSeen() }},
		{name: "servers", language: "en", size: wideWindow, act: func(w *Window) {
			w.signIn.showLastSeen()
			w.openSwitcher()
		}},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				useLanguage(t, c.language)
				synctest.Test(t, func(t *testing.T) {
					l := newLoop()
					w, _ := newUnreachableWindow(t, l, variant, c.size)
					w.set.setLanguage(c.language)
					c.act(w)
					l.Drain()
					assertPicture(t, "offline_"+c.name+"_"+variant+".png", w.win)
					if w.work != nil {
						w.work.tasks.Close()
					}
					w.signIn.close()
					l.Drain()
				})
			})
		}
	}
}
