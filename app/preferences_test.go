package app

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

var defaultPreferences = PreferencesData{Theme: ThemeSystem, Thresholds: keys.DefaultThresholds}

func openPreferences(t *testing.T, path string) *Preferences {
	t.Helper()
	p, err := OpenPreferences(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func writePreferences(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "preferences.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPreferencesAreKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "glpikeys", "preferences.json")
	p := openPreferences(t, path)
	if diff := cmp.Diff(defaultPreferences, p.Get()); diff != "" {
		t.Error("at first:", diff)
	}
	want := PreferencesData{
		Language: "fr", Theme: ThemeDark, Thresholds: keys.Thresholds{Urgent: 0, Soon: 14, Plan: 60},
		Proxy: "http://proxy:3128", Width: 1280, Height: 800.5,
		Tables: map[string]TableState{"expiry": {Sort: "end", Descending: true, Columns: []string{"name", "end"}}},
	}
	if err := p.Update(func(d *PreferencesData) { *d = want }); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Preferences{p, openPreferences(t, path)} {
		if diff := cmp.Diff(want, p.Get()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPreferencesGiveCopies(t *testing.T) {
	t.Parallel()
	p := openPreferences(t, filepath.Join(t.TempDir(), "p.json"))
	columns := []string{"name"}
	if err := p.Update(func(d *PreferencesData) {
		d.Tables = map[string]TableState{"expiry": {Columns: columns}}
	}); err != nil {
		t.Fatal(err)
	}
	columns[0] = "changed"
	got := p.Get()
	got.Tables["expiry"].Columns[0] = "changed"
	got.Tables["other"] = TableState{}
	want := map[string]TableState{"expiry": {Columns: []string{"name"}}}
	if diff := cmp.Diff(want, p.Get().Tables); diff != "" {
		t.Error(diff)
	}
}

func TestPreferencesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"thresholds":   `{"thresholds":{"urgent":30,"soon":7,"plan":90}}`,
		"theme":        `{"theme":"mauve"}`,
		"size":         `{"width":-3,"height":1e30}`,
		"other types":  `{"theme":[],"thresholds":7,"width":"wide","tables":"none"}`,
		"nothing":      `null`,
		"unknown only": `{"colour":"blue"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(defaultPreferences, openPreferences(t, writePreferences(t, text)).Get()); diff != "" {
				t.Error(diff)
			}
		})
	}
	p := &Preferences{}
	if err := p.Update(func(d *PreferencesData) {
		d.Theme, d.Width, d.Height, d.Thresholds.Soon = "", float32(math.NaN()), 5, 0
	}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(defaultPreferences, p.Get()); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedPreferences(t *testing.T) {
	t.Parallel()
	path := writePreferences(t, `{"language":"fr"`)
	p, err := OpenPreferences(path)
	var problem *keys.Problem
	if !errors.As(err, &problem) || problem.Cause != keys.FileFailed || problem.Detail != path+".damaged" {
		t.Fatal(err)
	}
	if err := p.Update(func(d *PreferencesData) { d.Language = "en" }); err != nil {
		t.Error(err)
	}
	if got := openPreferences(t, path).Get().Language; got != "en" {
		t.Errorf("language %q", got)
	}
	if text, err := os.ReadFile(problem.Detail); err != nil || string(text) != `{"language":"fr"` {
		t.Errorf("%q, %v", text, err)
	}
}

func TestTwoInstancesOfPreferences(t *testing.T) {
	t.Parallel()
	path := writePreferences(t, `{"colour":"blue"}`)
	mine, other := openPreferences(t, path), openPreferences(t, path)
	if err := mine.Update(func(d *PreferencesData) { d.Language = "fr" }); err != nil {
		t.Fatal(err)
	}
	if err := other.Update(func(d *PreferencesData) { d.Theme = ThemeDark }); err != nil {
		t.Fatal(err)
	}
	got := openPreferences(t, path).Get()
	if got.Language != "fr" || got.Theme != ThemeDark {
		t.Errorf("%+v", got)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), `"colour": "blue"`) {
		t.Errorf("a newer version's field is lost: %s, %v", text, err)
	}
}

func TestProxyPasswordIsNotSaved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "preferences.json")
	for _, p := range []*Preferences{openPreferences(t, path), {}} {
		err := p.Update(func(d *PreferencesData) { d.Proxy, d.Language = "http://me:hunter2@proxy:3128", "fr" })
		if keys.CauseOf(err) != keys.BadProxy || strings.Contains(err.Error(), "hunter2") {
			t.Error(err)
		}
		if diff := cmp.Diff(defaultPreferences, p.Get()); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was written")
	}
}

// A change counts for this run even where nothing can be written.
func TestPreferencesThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "preferences.json")
	p := openPreferences(t, path)
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	calls := 0
	err := p.Update(func(d *PreferencesData) { d.Language = "fr"; calls++ })
	if keys.CauseOf(err) != keys.FileFailed || p.Get().Language != "fr" || calls != 1 {
		t.Errorf("%v, language %q, %d calls", err, p.Get().Language, calls)
	}
}
