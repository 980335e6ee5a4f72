package connection

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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
	l, s := NewLastSeen(b.TempDir()), seen(10_000)
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			if err := l.Save(b.Context(), "a", s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, ok := l.Load("a"); !ok {
				b.Fatal("nothing there")
			}
		}
	})
}
