package app

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// signInScreen is a sign-in bench with its view in a window.
type signInScreen struct {
	*signInBench
	view *signInView
	win  fyne.Window
}

// newSignInScreen opens the screen in the variant and size.
func newSignInScreen(t *testing.T, b *signInBench, variant string, size fyne.Size) *signInScreen {
	test.NewTempApp(t).Settings().SetTheme(look.New(variant))
	s := &signInScreen{signInBench: b}
	b.start()
	t.Cleanup(b.tasks.Close)
	s.win = test.NewTempWindow(t, nil)
	s.win.SetPadded(false)
	s.view = newSignInView(b.signIn, s.win)
	s.win.SetContent(s.view.root)
	s.win.Resize(size)
	s.view.shown()
	s.loop.Drain()
	return s
}

var (
	wideWindow  = fyne.NewSize(1280, 800)
	smallWindow = fyne.NewSize(1000, 640)
)

// twoServers are the saved servers of the pictures.
func twoServers() []connection.Connection {
	second := connection.Connection{
		ID: "two", Name: "support.customer-a.example", Address: "support.customer-a.example",
		API: "https://support.customer-a.example/apirest.php", User: "ops", Version: "10.0.18",
	}
	return []connection.Connection{savedServer(), second}
}

// The pictures of the screen, each in both variants.
func TestSignInPictures(t *testing.T) {
	for _, c := range []struct {
		name     string
		size     fyne.Size
		language string
		saved    []connection.Connection
		set      func(b *signInBench)
		act      func(s *signInScreen)
	}{
		{name: "empty", size: wideWindow, act: func(s *signInScreen) {}},
		{name: "found", size: wideWindow, saved: twoServers(), act: func(s *signInScreen) {
			s.edit(fieldPassword, "0123456789")
			s.edit(fieldAppToken, "0123456789abcde")
		}},
		{name: "certificate", size: wideWindow, saved: twoServers(), set: untrusted(false), act: func(s *signInScreen) {}},
		{name: "certificate_details_small", size: smallWindow, saved: twoServers(), set: untrusted(false), act: func(s *signInScreen) {
			test.Tap(s.view.details)
		}},
		{name: "certificate_changed_small", size: smallWindow, saved: twoServers(), set: untrusted(true), act: func(s *signInScreen) {
			s.trust("yes")
		}},
		{name: "refused", size: wideWindow, saved: twoServers(), set: func(b *signInBench) {
			b.signInErr = func(keys.Credentials) error { return refusal(keys.PasswordLoginOff) }
		}, act: func(s *signInScreen) {
			s.edit(fieldPassword, "0123456789")
			s.submitAndWait()
		}},
		{name: "wrong_password_small", size: smallWindow, saved: twoServers(), set: func(b *signInBench) {
			b.signInErr = func(keys.Credentials) error { return refusal(keys.WrongPassword) }
		}, act: func(s *signInScreen) {
			s.edit(fieldPassword, "0123456789")
			s.submitAndWait()
		}},
		{name: "busy", size: wideWindow, saved: twoServers(), act: func(s *signInScreen) {
			s.edit(fieldPassword, "0123456789")
			s.delay.Store(int64(time.Minute))
			s.submitAndWait()
		}},
		{name: "keyring", size: wideWindow, saved: twoServers(), set: func(b *signInBench) {
			b.secrets.delay = time.Hour
		}, act: func(s *signInScreen) {
			s.pass(time.Second)
		}},
		{name: "french_small", size: smallWindow, language: "fr", saved: twoServers(), set: untrusted(false), act: func(s *signInScreen) {
			s.setMint(true)
		}},
		{name: "token_http_small", size: smallWindow, set: func(b *signInBench) {
			b.secrets.err = refusal(keys.KeyringAbsent)
			b.probe = func(string, keys.Via) (keys.Endpoint, error) {
				return keys.Endpoint{API: "http://192.0.2.7:8080/glpi/apirest.php", Major: 10, State: keys.AppTokenMissing}, nil
			}
		}, act: func(s *signInScreen) {
			s.edit(fieldServer, "http://192.0.2.7:8080/glpi")
			s.setByToken(true)
			s.setAdvanced(true)
			s.pass(time.Second)
		}},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				if c.language != "" {
					useLanguage(t, c.language)
				}
				synctest.Test(t, func(t *testing.T) {
					b := newSignInBench(t, c.saved...)
					if c.set != nil {
						c.set(b)
					}
					s := newSignInScreen(t, b, variant, c.size)
					c.act(s)
					s.loop.Drain()
					test.AssertRendersToImage(t, "signin_"+c.name+"_"+variant+".png", s.win.Canvas())
				})
			})
		}
	}
}

func untrusted(changed bool) func(*signInBench) {
	return func(b *signInBench) {
		b.probe = func(string, keys.Via) (keys.Endpoint, error) { return keys.Endpoint{}, certificateProblem(changed) }
	}
}

func TestSignInKeyboard(t *testing.T) {
	signInScreenTest(t, twoServers(), func(t *testing.T, s *signInScreen) {
		canvas := s.win.Canvas()
		if got := canvas.Focused(); got != s.view.entries[fieldPassword] {
			t.Fatalf("the first empty field has no focus: %T", got)
		}
		test.Type(s.view.entries[fieldPassword], "secret")
		s.delay.Store(int64(time.Minute))
		typeKey(canvas, fyne.KeyReturn)
		s.loop.Drain()
		if !s.busy() || s.stage == idle {
			t.Fatal("Enter does not sign in")
		}
		s.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		s.loop.Drain()
		if s.busy() || s.form.Password != "secret" {
			t.Error("Escape does not cancel, or what was typed is gone")
		}
		if canvas.Focused() != s.view.entries[fieldPassword] {
			t.Errorf("the focus does not come back: %T", canvas.Focused())
		}
		s.pass(time.Hour)
	})
}

func TestSignInTabOrder(t *testing.T) {
	signInScreenTest(t, nil, func(t *testing.T, s *signInScreen) {
		want := []fyne.Focusable{s.view.entries[fieldServer], nil, nil, s.view.entries[fieldUser], s.view.entries[fieldPassword],
			s.view.entries[fieldAppToken], s.view.advanced, s.view.remember, s.view.mint, s.view.test, s.view.submit}
		canvas := s.win.Canvas()
		for i, w := range want {
			if got := canvas.Focused(); w != nil && got != w {
				t.Errorf("stop %d is %T", i, got)
			}
			canvas.FocusNext()
		}
	})
}

func TestSignInRevealsTheFocus(t *testing.T) {
	signInScreenTest(t, nil, func(t *testing.T, s *signInScreen) {
		s.win.Resize(fyne.NewSize(1000, 400))
		s.win.Canvas().Focus(s.view.entries[fieldAppToken])
		e := s.view.entries[fieldAppToken]
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(e).Y
		if top < 0 || top+e.Size().Height > 400 {
			t.Errorf("the focus is at %v", top)
		}
	})
}

func TestSignInServerMenu(t *testing.T) {
	signInScreenTest(t, twoServers(), func(t *testing.T, s *signInScreen) {
		s.secrets.kept["two"] = keys.Credentials{Password: "secret"}
		row := s.view.servers.Objects[1].(*serverRow)
		test.Tap(row.over)
		s.loop.Drain()
		if s.current.ID != "two" || s.view.entries[fieldServer].Text != "support.customer-a.example" {
			t.Errorf("chose %q", s.current.ID)
		}
		s.view.menu(s.current, fyne.NewPos(10, 10))
		if s.win.Canvas().Overlays().Top() == nil {
			t.Error("no menu")
		}
	})
}

func TestSignInRenameAndRemoveDialogs(t *testing.T) {
	signInScreenTest(t, twoServers(), func(t *testing.T, s *signInScreen) {
		overlays := s.win.Canvas().Overlays()
		s.view.rename(s.saved[1])
		name := s.win.Canvas().Focused().(*look.Entry)
		name.SetText("")
		test.Type(name, "Customer A")
		typeKey(s.win.Canvas(), fyne.KeyReturn)
		s.loop.Drain()
		if s.saved[1].Name != "Customer A" || overlays.Top() != nil {
			t.Errorf("%q", s.saved[1].Name)
		}
		s.view.rename(s.saved[1])
		typeKey(s.win.Canvas(), fyne.KeyEscape)
		s.weigh(s.saved[1].ID, s.view.askRemove)
		s.loop.Drain()
		if overlays.Top() == nil {
			t.Error("does not ask")
		}
		s.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		s.loop.Drain()
		if len(s.saved) != 2 || overlays.Top() != nil {
			t.Error("Escape does not close the question, or removes")
		}
	})
}

// At every size that the program allows, nothing of the form is cut off at the
// side and everything can be scrolled to.
func TestSignInFitsSmallWindows(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		useLanguage(t, language)
		signInScreenTest(t, twoServers(), func(t *testing.T, s *signInScreen) {
			s.setMint(true)
			s.setAdvanced(true)
			s.problem(fieldServer, sentence(refusal(keys.NotGLPI)))
			s.notice = formNotice{Text: sentence(refusal(keys.AddressRefused))}
			s.onChange()
			if width := s.view.root.MinSize().Width; width > smallWindow.Width {
				t.Errorf("%s: needs %v units of width", language, width)
			}
			for _, b := range []*look.Button{s.view.test, s.view.submit, s.view.demo} {
				if b.MinSize().Width > b.Size().Width+0.5 {
					t.Errorf("%s: %q is cut", language, b.Text())
				}
			}
			if got := s.view.stage.Size().Width; got < 80 {
				t.Errorf("%s: only %v units to say what is under way", language, got)
			}
		})
	}
}

// signInScreenTest runs a test with the screen in a small window.
func signInScreenTest(t *testing.T, saved []connection.Connection, run func(t *testing.T, s *signInScreen)) {
	synctest.Test(t, func(t *testing.T) {
		run(t, newSignInScreen(t, newSignInBench(t, saved...), look.Light, smallWindow))
	})
}

func typeKey(c fyne.Canvas, name fyne.KeyName) {
	c.Focused().TypedKey(&fyne.KeyEvent{Name: name})
}
