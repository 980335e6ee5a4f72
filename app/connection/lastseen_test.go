package connection

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"glpikeys/keys"
)

func seen(items int) Seen {
	s := Seen{
		Time:    time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		Version: "11.0.6", User: "ana", Profile: "Super-Admin", Entity: "Root entity > Région Nord", Tree: true,
		Missing: map[keys.ItemType]keys.Cause{keys.TypeContract: keys.NoRight},
	}
	for n := range items {
		s.Items = append(s.Items, keys.Item{
			Type: keys.TypeLicence, ID: n, Name: fmt.Sprint("Licence é ", n), Detail: "Software", Entity: s.Entity,
			End: keys.Date{Year: 2027, Month: time.January, Day: 1}.AddDays(n), Renews: n%2 == 0,
		})
	}
	return s
}

// theKey is the text of a key that must not get into any file.
const theKey = "Top5ecret-registration-key-text"

// records are as many key records, each with a secret wherever one can stand.
func records(n int) []keys.KeyRecord {
	list := make([]keys.KeyRecord, n)
	for i := range list {
		list[i] = keys.KeyRecord{
			ID: i + 1, Name: fmt.Sprint("Key é ", i), Product: keys.Product{ID: 3, Name: "Formcreator"},
			Entity: keys.Entity{ID: 7, Path: "Root entity > Région Nord"}, Valid: i%5 > 0, Parent: i,
			End: keys.Date{Year: 2027, Month: time.January, Day: 1}.AddDays(i), Supplier: "Teclib’",
			Contact: theKey, ContactNum: theKey, Number: theKey, Notes: theKey,
			Block: keys.Block{
				Record: theKey, Fingerprint: keys.Fingerprint(fmt.Sprint(i)), BoundTo: "https://helpdesk.example.com/glpi",
				Instance: theKey, Scope: keys.ScopePluginURL, Vendor: keys.GLPINetwork, Plugin: "formcreator", Owner: theKey,
				Kept: keys.PlaceComputer, Begin: keys.Date{Year: 2026, Month: time.January, Day: 1}, Trial: i%2 == 0,
				AutoRenews: i%3 == 0, Steps: []keys.Step{{Date: keys.Date{Year: 2026, Month: time.March, Day: 1}, What: keys.StepSubscribed}}, Reminders: []int{60, 14},
				Validated: keys.Validation{
					Time: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Verdict: keys.VerdictTerminated,
					Message: theKey, From: keys.AskedByGLPI, End: keys.Date{Year: 2026, Month: time.December, Day: 31},
				},
				Reissue: keys.Reissue{Address: theKey},
				Revoked: keys.Revocation{
					Date: keys.Date{Year: 2026, Month: time.November, Day: 1}, Why: keys.DepartureReleased, Reason: "moved away",
				},
				Text: keys.NewKeyText(theKey),
			},
		}
	}
	if n > 1 {
		list[1].Damage = &keys.Damage{Kind: keys.DamageHeader, Header: theKey, Comment: keys.NewKeyText(theKey)}
	}
	return list
}

// What is kept of a key is what people look for while the server is away, and
// nothing that may hold its text.
func TestKeysOfLastSeen(t *testing.T) {
	t.Parallel()
	l := NewLastSeen(t.TempDir())
	at := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	want := records(3)
	if err := l.Save(t.Context(), "a", seen(2).WithKeys(at, want)); err != nil {
		t.Fatal(err)
	}
	got, ok := l.Load("a")
	if !ok || !got.KeysTime.Equal(at) {
		t.Fatal(ok, got.KeysTime)
	}
	for i := range want {
		r := &want[i]
		r.Product.ID, r.Entity.ID = 0, 0
		r.Contact, r.ContactNum, r.Number, r.Notes = "", "", "", ""
		r.Block.Record, r.Block.Instance, r.Block.Owner, r.Block.Validated.Message = "", "", "", ""
		r.Block.Reissue, r.Block.Text = keys.Reissue{}, keys.KeyText{}
	}
	want[1].Damage = &keys.Damage{Kind: keys.DamageForm}
	if diff := cmp.Diff(want, got.KeyRecords()); diff != "" {
		t.Error(diff)
	}
	if text := read(t, l.path("a")); strings.Contains(text, theKey) || !strings.Contains(text, "Formcreator") {
		t.Error(text)
	}
}

// Keys that could not be read stay as they were seen, for whoever looks at the
// same.
func TestKeysThatWereNotRead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*Seen)
		want   int
	}{
		"as before":         {func(*Seen) {}, 3},
		"another user":      {func(s *Seen) { s.User = "tech" }, 0},
		"another profile":   {func(s *Seen) { s.Profile = "Observer" }, 0},
		"another entity":    {func(s *Seen) { s.Entity = "Root entity" }, 0},
		"without the tree":  {func(s *Seen) { s.Tree = false }, 0},
		"read, and no more": {func(s *Seen) { *s = s.WithKeys(at.Add(time.Hour), nil) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := NewLastSeen(t.TempDir())
			if err := l.Save(t.Context(), "a", seen(2).WithKeys(at, records(3))); err != nil {
				t.Fatal(err)
			}
			next := seen(1)
			c.change(&next)
			if err := l.Save(t.Context(), "a", next); err != nil {
				t.Fatal(err)
			}
			got, _ := l.Load("a")
			if len(got.Keys) != c.want || len(got.Items) != 1 || c.want > 0 && !got.KeysTime.Equal(at) {
				t.Errorf("%d keys, %d items, read at %v", len(got.Keys), len(got.Items), got.KeysTime)
			}
		})
	}
}

// A file of the time before keys were kept is as good as it was.
func TestLastSeenOfEarlierVersions(t *testing.T) {
	t.Parallel()
	l := NewLastSeen(t.TempDir())
	write(t, l.path("a"), `{
  "time": "2026-11-20T08:00:00Z", "version": "10.0.12", "user": "ana", "profile": "Super-Admin", "entity": "Root entity",
  "items": [{"type": "SoftwareLicense", "id": 4, "name": "Formcreator", "end": "2027-01-01", "renews": true}],
  "missing": {"Contract": "no-right"}
}`)
	got, ok := l.Load("a")
	if !ok || len(got.Items) != 1 || got.Items[0].ID != 4 || !got.KeysTime.IsZero() || len(got.KeyRecords()) != 0 {
		t.Errorf("%v %+v", ok, got)
	}
}

func TestLastSeen(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "glpikeys", "seen")
	l := NewLastSeen(dir)
	if _, ok := l.Load("a"); ok {
		t.Error("seen before anything was")
	}
	for _, want := range []Seen{seen(3), seen(0), seen(2)} {
		if err := l.Save(t.Context(), "a", want); err != nil {
			t.Fatal(err)
		}
		got, ok := NewLastSeen(dir).Load("a")
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); !ok || diff != "" {
			t.Error(ok, diff)
		}
	}
	if _, ok := l.Load("b"); ok {
		t.Error("another connection's items were given")
	}
	for range 2 {
		if err := l.Delete("a"); err != nil {
			t.Error(err)
		}
	}
	if _, ok := l.Load("a"); ok {
		t.Error("still there after Delete")
	}
	if err := l.Save(t.Context(), "b", seen(1)); err != nil {
		t.Error(err)
	}
	write(t, filepath.Join(dir, "."+filepath.Base(l.path("a"))+".123.new"), "left by a crash")
	if err := l.Delete("a"); err != nil {
		t.Error(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Error("beside another connection's file:", files, err)
	}
}

func TestSeenNow(t *testing.T) {
	t.Parallel()
	want := seen(1)
	facts := keys.Facts{
		Version: want.Version, User: keys.User{ID: 2, Login: "ana", Name: "Ana Pires"}, Recursive: true,
		Profile: keys.Profile{Name: want.Profile}, Entity: keys.Entity{Path: want.Entity},
	}
	glance := keys.Glance{Items: want.Items, Missing: map[keys.ItemType]*keys.Problem{
		keys.TypeContract: {Op: "list Contract", Cause: keys.NoRight},
	}}
	got := SeenNow(want.Time, Connection{ID: "a", User: "ana"}, facts, glance)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	back := got.Glance()
	if diff := cmp.Diff(glance.Items, back.Items); diff != "" || keys.CauseOf(back.Missing[keys.TypeContract]) != keys.NoRight {
		t.Error(diff, back.Missing)
	}
}

func TestDamagedLastSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := NewLastSeen(dir)
	for _, text := range []string{"", "{", "[]", "{}", "null", `{"time":"yesterday"}`, `{"time":"2026-11-23T12:00:00Z","items":[{"end":"2027-13-45"}]}`} {
		write(t, l.path("a"), text)
		if got, ok := l.Load("a"); ok {
			t.Errorf("%s gave %+v", text, got)
		}
	}
	if err := l.Save(t.Context(), "a", seen(1)); err != nil {
		t.Error(err)
	}
	if _, ok := l.Load("a"); !ok {
		t.Error("not there after Save")
	}
}

func TestLastSeenStaysInItsDirectory(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := filepath.Join(outside, "seen")
	l := NewLastSeen(dir)
	ids := []string{"../x", "/etc/x", `..\x`, "", "A", "a", "con", "a\x00b"}
	for _, id := range ids {
		if err := l.Save(t.Context(), id, seen(0)); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	if files, err := os.ReadDir(outside); err != nil || len(files) != 1 {
		t.Errorf("outside: %v, %v", files, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != len(ids) {
		t.Errorf("inside: %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestLastSeenDropsCanceledSaves(t *testing.T) {
	t.Parallel()
	l := NewLastSeen(t.TempDir())
	older, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Save(t.Context(), "a", seen(2)); err != nil {
		t.Fatal(err)
	}
	if err := l.Save(older, "a", seen(1)); keys.CauseOf(err) != keys.Canceled {
		t.Error(err)
	}
	if got, _ := l.Load("a"); len(got.Items) != 2 {
		t.Errorf("%d items: a canceled save was written", len(got.Items))
	}
}

func TestLastSeenThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	if err := NewLastSeen(file).Save(t.Context(), "a", seen(0)); keys.CauseOf(err) != keys.FileFailed {
		t.Error(err)
	}
}

func BenchmarkLastSeen10000(b *testing.B) {
	l, s := NewLastSeen(b.TempDir()), seen(10_000).WithKeys(today.Time(), records(10_000))
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := l.Save(b.Context(), "a", s); err != nil {
				b.Fatal(err)
			}
		}
		if info, err := os.Stat(l.path("a")); err == nil {
			b.ReportMetric(float64(info.Size())/1e6, "MB")
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if got, ok := l.Load("a"); !ok || len(got.KeyRecords()) != 10_000 {
				b.Fatal("not all there")
			}
		}
	})
	s.Keys, s.KeysTime = nil, time.Time{}
	b.Run("save without keys", func(b *testing.B) {
		for b.Loop() {
			if err := l.Save(b.Context(), "a", s); err != nil {
				b.Fatal(err)
			}
		}
	})
}
