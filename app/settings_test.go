package app

import (
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// newTestSettings are settings on fresh preferences; applied counts how often
// every widget would be made anew.
func newTestSettings(t *testing.T) (s *settings, applied *int) {
	t.Helper()
	s, applied = newSettings(newDeps(t, newLoop()).Preferences), new(int)
	s.onApplied = func() { *applied++ }
	return s, applied
}

func TestSettingsThresholds(t *testing.T) {
	for _, c := range []struct {
		name               string
		urgent, soon, plan string
		want               keys.Thresholds // zero: refused
	}{
		{"as they are", "7", "30", "90", keys.DefaultThresholds},
		{"others", "0", "14", "60", keys.Thresholds{Urgent: 0, Soon: 14, Plan: 60}},
		{"spaces", " 3 ", "10", "3650", keys.Thresholds{Urgent: 3, Soon: 10, Plan: 3650}},
		{"empty", "", "30", "90", keys.Thresholds{}},
		{"not a number", "seven", "30", "90", keys.Thresholds{}},
		{"a fraction", "7.5", "30", "90", keys.Thresholds{}},
		{"negative", "-1", "30", "90", keys.Thresholds{}},
		{"not growing", "30", "30", "90", keys.Thresholds{}},
		{"backwards", "90", "30", "7", keys.Thresholds{}},
		{"longer than ten years", "7", "30", "3651", keys.Thresholds{}},
		{"longer than any number", "7", "30", "99999999999999999999", keys.Thresholds{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, applied := newTestSettings(t)
			s.setThresholds(c.urgent, c.soon, c.plan)
			want := c.want
			if want == (keys.Thresholds{}) {
				want = keys.DefaultThresholds // what counted before
			}
			if got := s.prefs.Get().Thresholds; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			if s.limitsWrong != (c.want == keys.Thresholds{}) {
				t.Errorf("refused: %v", s.limitsWrong)
			}
			if s.urgent != c.urgent || s.soon != c.soon || s.plan != c.plan {
				t.Error("what was typed is gone")
			}
			s.setThresholds("7", "30", "90")
			if s.limitsWrong || *applied != 0 {
				t.Errorf("put right: refused %v, widgets made anew %d times", s.limitsWrong, *applied)
			}
		})
	}
}

func TestSettingsProxy(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
		cause            keys.Cause
	}{
		{"an address", " http://proxy.example.com:3128 ", "http://proxy.example.com:3128", ""},
		{"the system's", "", "", ""},
		{"none", keys.ProxyDirect, keys.ProxyDirect, ""},
		{"no address", "http://", "before", keys.BadProxy},
		{"with a password", "http://ana:secret@proxy.example.com", "before", keys.BadProxy},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newTestSettings(t)
			if err := s.prefs.Update(func(p *PreferencesData) { p.Proxy = "before" }); err != nil {
				t.Fatal(err)
			}
			s.setProxy(c.text)
			if got := s.prefs.Get().Proxy; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := keys.CauseOf(s.proxyError); got != c.cause {
				t.Errorf("cause %q, want %q", got, c.cause)
			}
		})
	}
}

func TestSettingsApplyLanguageAndTheme(t *testing.T) {
	s, applied := newTestSettings(t)
	s.setLanguage("fr")
	s.setTheme(ThemeDark)
	if data := s.prefs.Get(); data.Language != "fr" || data.Theme != ThemeDark || *applied != 2 {
		t.Errorf("language %q, theme %q, widgets made anew %d times", data.Language, data.Theme, *applied)
	}
}

func TestNetworkAddress(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "https://services.example.com": "https://services.example.com", " http://127.0.0.1:9/x ": "http://127.0.0.1:9/x",
		"services.example.com": "https://services.example.com", "https://services.example.com/": "https://services.example.com",
		"HTTPS://Services.Example.COM:8443/Glpi//": "https://services.example.com:8443/Glpi",
		"http://127.0.0.1:18099/":                  "http://127.0.0.1:18099", "https://services.glpi-network.com/": "", // the usual one
	} {
		s, _ := newTestSettings(t)
		s.setNetwork(text)
		if got := s.prefs.Get().Network; s.networkError != nil || got != want || s.network != want {
			t.Errorf("%q: kept %q, shown %q, %v; want %q", text, got, s.network, s.networkError, want)
		}
	}
	for _, text := range []string{
		"ftp://example.com", "https://me:pass@example.com", "me@example.com", "https://", "https://exam ple.com", "http://host:99999",
		"http://host:0", "https://example.com/?x=1", "https://example.com#y", "mailto:a@example.com", "?",
	} {
		s, _ := newTestSettings(t)
		s.setNetwork("https://before.example.com")
		s.setNetwork(text)
		if got := s.prefs.Get().Network; s.networkError == nil || got != "https://before.example.com" || s.network != text {
			t.Errorf("%q: kept %q, shown %q, %v", text, got, s.network, s.networkError)
		}
	}
}

// What is half typed counts nowhere; it does once its field is left, the screen
// is, or the window.
func TestSettingsCountWhenTheirFieldIsLeft(t *testing.T) {
	for name, leave := range map[string]func(w *Window, e *look.Entry){
		"another field": func(w *Window, _ *look.Entry) { w.win.Canvas().Unfocus() },
		"Enter":         func(_ *Window, e *look.Entry) { e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) },
		"the screen":    func(w *Window, _ *look.Entry) { w.commands.Run("go.overview") },
		"the server":    func(w *Window, _ *look.Entry) { w.leave(nil) },
		"the window":    func(w *Window, _ *look.Entry) { w.beforeEnd() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoop()
				w, _ := newTestWindow(t, l, helpdesk())
				w.signIn.explore()
				l.Drain()
				work := w.work
				defer func() {
					work.tasks.Close()
					w.signIn.close()
					l.Drain()
				}()
				w.frame.open(routeSettings)
				view := w.frame.settings
				view.service.SetText("")
				w.win.Canvas().Focus(view.service)
				test.Type(view.service, "exam ple.com")
				if err, kept := w.set.networkError, w.set.prefs.Get().Network; err != nil || kept != "" {
					t.Errorf("while typing: kept %q, %v", kept, err)
				}
				w.win.Canvas().Unfocus()
				if err, kept := w.set.networkError, w.set.prefs.Get().Network; err == nil || kept != "" || view.service.Text != "exam ple.com" {
					t.Errorf("a wrong one: kept %q, shown %q, %v", kept, view.service.Text, err)
				}
				w.win.Canvas().Focus(view.service)
				view.service.SetText("Services.Example.com/")
				leave(w, view.service)
				l.Drain()
				if got, want := w.set.prefs.Get().Network, "https://services.example.com"; got != want {
					t.Errorf("kept %q", got)
				}
				if w.frame != nil && w.frame.at == routeSettings && name != "the window" && view.service.Text != "https://services.example.com" {
					t.Errorf("shown %q", view.service.Text)
				}
			})
		})
	}
}

// Days are shown as they are kept.
func TestReminderDaysAreShownAsKept(t *testing.T) {
	s, _ := newTestSettings(t)
	s.setReminders("1 7 30;60")
	if s.days != "1, 7, 30, 60" || s.daysWrong {
		t.Errorf("shown %q", s.days)
	}
	s.setReminders("7, x")
	if s.days != "7, x" || !s.daysWrong || len(s.prefs.Get().Reminders) != 4 {
		t.Errorf("a wrong one: shown %q, kept %v", s.days, s.prefs.Get().Reminders)
	}
}
