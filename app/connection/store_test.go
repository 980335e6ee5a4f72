package connection

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *Store, list ...Connection) {
	t.Helper()
	for _, c := range list {
		if err := s.Put(c); err != nil {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func names(list []Connection) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "glpikeys", "connections.json") }

func TestStoreKeepsConnections(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	if got := s.All(); len(got) != 0 {
		t.Fatal("at first:", got)
	}
	entity := 0
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	first := Connection{
		ID: NewID(), Name: "Région Nord 漢", Address: "glpi.example.org", API: "https://glpi.example.org/apirest.php",
		User: "glpi", Remember: true, Via: keys.Via{Pin: "cGlu", Proxy: "http://proxy:3128"},
		Version: "11.0.6", Profile: 4, Entity: &entity, Tree: true, LastUsed: noon,
	}
	later := Connection{ID: NewID(), Name: "later", ByToken: true, LastUsed: noon.Add(time.Hour)}
	never := Connection{ID: NewID(), Name: "never"}
	put(t, s, never, first, later)

	want := []Connection{later, first, never}
	for _, s := range []*Store{s, open(t, path)} {
		if diff := cmp.Diff(want, s.All()); diff != "" {
			t.Error(diff)
		}
	}

	first.Entity, first.Name = nil, "renamed"
	put(t, s, first)
	if err := s.Delete(later.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("unknown"); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{s, open(t, path)} {
		if diff := cmp.Diff([]Connection{first, never}, s.All()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestStoreGivesCopies(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t))
	entity := 1
	c := Connection{ID: "a", Entity: &entity}
	put(t, s, c)
	entity = 2
	*s.All()[0].Entity = 3
	if got := *s.All()[0].Entity; got != 1 {
		t.Errorf("entity %d", got)
	}
}

func TestStoreRefusesConnectionWithoutID(t *testing.T) {
	t.Parallel()
	if err := open(t, newPath(t)).Put(Connection{Name: "x"}); err == nil {
		t.Error("accepted")
	}
}

// Two instances of the program keep each other's changes.
func TestTwoInstances(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mine, other := open(t, path), open(t, path)
	put(t, mine, Connection{ID: "1", Name: "one"}, Connection{ID: "2", Name: "two"})
	put(t, other, Connection{ID: "3", Name: "three"})
	if err := mine.Delete("1"); err != nil {
		t.Fatal(err)
	}
	put(t, other, Connection{ID: "4", Name: "four"})
	if got := names(other.All()); got != "four three two" {
		t.Error(got)
	}
	if got := names(open(t, path).All()); got != "four three two" {
		t.Error(got)
	}
}

func TestStoreConcurrently(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	stores := []*Store{open(t, path), open(t, path)}
	var all sync.WaitGroup
	for n := range 10 {
		for i, s := range stores {
			all.Go(func() {
				if err := s.Put(Connection{ID: fmt.Sprint(i, "-", n)}); err != nil {
					t.Error(err)
				}
				s.All()
			})
		}
	}
	all.Wait()
	if got := len(open(t, path).All()); got != 20 {
		t.Errorf("%d of 20 connections are left", got)
	}
}

func TestDamagedConnections(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"breaks off":      `{"version":1,"connections":[{"id":"a"`,
		"empty":           ``,
		"not an object":   `[]`,
		"no list":         `{"version":3,"connections":{"a":{"name":"one"}}}`,
		"not JSON at all": `<?xml version="1.0"?>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "connections.json")
			write(t, path, text)
			s, err := Open(path)
			var p *keys.Problem
			var damaged *jsonfile.DamagedError
			if !errors.As(err, &p) || p.Cause != keys.FileFailed || p.Detail != path+".damaged" || !errors.As(err, &damaged) {
				t.Fatalf("error %v", err)
			}
			put(t, s, Connection{ID: "b", Name: "new"})
			if got := names(open(t, path).All()); got != "new" {
				t.Error(got)
			}
			if got := read(t, p.Detail); got != text {
				t.Errorf("the damaged file holds %q", got)
			}
		})
	}
}

// A file that breaks while the program runs gets what the program knows.
func TestDamagedWhileRunning(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	put(t, s, Connection{ID: "1", Name: "one"})
	write(t, path, "broken")
	err := s.Put(Connection{ID: "2", Name: "two"})
	if keys.CauseOf(err) != keys.FileFailed {
		t.Error(err)
	}
	if got := names(open(t, path).All()); got != "one two" {
		t.Error(got)
	}
	if got := read(t, path+".damaged"); got != "broken" {
		t.Error(got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, s, Connection{ID: "3", Name: "three"})
	if got := names(open(t, path).All()); got != "one three two" {
		t.Error("after the file was removed:", got)
	}
}

func TestFailedPutChangesNothing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	put(t, s, Connection{ID: "1", Name: "one"})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := s.Put(Connection{ID: "2", Name: "two"})
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.FileFailed || p.Detail != path {
		t.Error(err)
	}
	if got := names(s.All()); got != "one" {
		t.Error(got)
	}
}

func TestNewerVersion(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "connections.json")
	write(t, path, `{"version":7,"colour":"blue","connections":[
		{"id":"1","name":"one","favourite":true,"user":"u","profile":"Admin"},
		{"id":{"uuid":"x"},"name":"no ID that this version knows"},
		"not even an object",
		{"id":"1","name":"the same ID again"},
		{"id":"2","name":"two"}]}`)
	s := open(t, path)
	if got := names(s.All()); got != "one two" {
		t.Fatal(got)
	}
	put(t, s, Connection{ID: "1", Name: "uno"})
	if err := s.Delete("2"); err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal([]byte(read(t, path)), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"version":7,"colour":"blue","connections":[
		{"id":"1","name":"uno","favourite":true,"profile":"Admin","address":"","api":"","remember":false,"via":{}},
		{"id":{"uuid":"x"},"name":"no ID that this version knows"},
		"not even an object",
		{"id":"1","name":"the same ID again"}]}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAddressesAreSavedWithoutSecrets(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"glpi.example.org":                         "glpi.example.org",
		"https://glpi.example.org:8443/glpi":       "https://glpi.example.org:8443/glpi",
		"https://u:hunter2@glpi.example.org/glpi":  "https://glpi.example.org/glpi",
		"u:hunter2@glpi.example.org":               "glpi.example.org",
		"https://u:hun@ter2@glpi.example.org":      "https://glpi.example.org",
		"https://h/apirest.php?user_token=hunter2": "https://h/apirest.php",
		"https://h?u=a@b":                          "https://h",
		"https://h/#hunter2":                       "https://h/",
		"https://h/path@part":                      "https://h/path@part",
		"":                                         "",
		"//":                                       "//",
		"https://hunter2@":                         "https://",
	} {
		if got := withoutSecrets(in); got != want {
			t.Errorf("%q is saved as %q, want %q", in, got, want)
		}
	}
}

// Everything secret that a person can type in the sign-in form stays out of
// the file.
func TestNoSecretInTheFile(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	path := newPath(t)
	s := open(t, path)
	c := Connection{
		ID: NewID(), Name: "x", User: "glpi", Remember: true,
		Address: "https://glpi:" + secret + "@host/apirest.php?app_token=" + secret,
		API:     "https://glpi:" + secret + "@host/apirest.php?app_token=" + secret,
		Via:     keys.Via{Proxy: "http://me:" + secret + "@proxy:3128"},
	}
	err := s.Put(c)
	if keys.CauseOf(err) != keys.BadProxy || strings.Contains(err.Error(), secret) {
		t.Error("a proxy with a password:", err)
	}
	c.Via.Proxy = "http://proxy:3128"
	put(t, s, c)
	if err := (&Memory{}).Save(t.Context(), c.ID, keys.Credentials{Password: secret, UserToken: secret, AppToken: secret}); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Dir(path), func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(read(t, name), secret) {
			t.Errorf("%s holds the secret", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(`{"version":1,"connections":[{"id":"a","name":"x","last_used":"2026-11-23T12:00:00Z"},{"id":"a"},7,null]}`)
	f.Add(`{"version":"1","connections":null}`)
	f.Add(`{"connections":[{"ID":"b","via":[]},{"id":"\u0000","entity":1e99}]}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "connections.json")
		write(t, path, text)
		s, err := Open(path)
		if err != nil && keys.CauseOf(err) != keys.FileFailed {
			t.Fatal(err)
		}
		if err != nil && read(t, path+".damaged") != text {
			t.Error("the damaged file is lost")
		}
		before := s.All()
		put(t, s, Connection{ID: "new connection"})
		after := open(t, path).All()
		known := map[string]bool{"new connection": true}
		for _, c := range before {
			known[c.ID] = true
		}
		if len(after) != len(known) {
			t.Errorf("%d connections before, %d after adding one", len(before), len(after))
		}
		for _, c := range after {
			if !known[c.ID] {
				t.Errorf("connection %q appeared", c.ID)
			}
		}
	})
}
