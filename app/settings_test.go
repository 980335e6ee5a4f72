package app

import (
	"strings"
	"testing"

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
	for text, ok := range map[string]bool{
		"": true, "https://services.example.com": true, " http://127.0.0.1:9/x ": true,
		"services.example.com": false, "ftp://example.com": false, "https://me:pass@example.com": false, "https://": false,
	} {
		s, _ := newTestSettings(t)
		s.setNetwork(text)
		if got := s.prefs.Get().Network; (s.networkError == nil) != ok || ok && got != strings.TrimSpace(text) || !ok && got != "" {
			t.Errorf("%q: kept %q, %v", text, got, s.networkError)
		}
	}
}
