package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// keysBefore is what glpi saw three hours ago on a server with keys.
func keysBefore() connection.Seen {
	session := licensed()
	at := testNow.Add(-3 * time.Hour)
	return connection.SeenNow(at, savedServer(), session.facts, session.glance).WithKeys(at, session.keyRecords)
}

// newOfflineKeys is the window on the keys that were last seen.
func newOfflineKeys(t *testing.T, l *loop, variant string, at fyne.Size) *Window {
	t.Helper()
	w, _ := newUnreachableWindow(t, l, variant, at)
	w.deps.LastSeen.(*fakeLastSeen).kept["one"] = keysBefore()
	w.signIn.Resume()
	l.Drain()
	test.Tap(w.view.offline)
	w.commands.Run("go.keys")
	l.Drain()
	return w
}

func closeWindow(w *Window, l *loop) {
	w.work.tasks.Close()
	w.signIn.close()
	l.Drain()
}

// The list shows what was last seen of keys as it would online, and nothing can
// be done with them.
func TestOfflineKeysAreReadOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w := newOfflineKeys(t, l, look.Light, wideWindow)
		defer closeWindow(w, l)
		p, v := w.work.keys, w.frame.keys
		online := newTestKeys(t, newLoop(), licensed())
		if p.showsAll() || !p.readOnly() || !p.seen.Equal(testNow.Add(-3*time.Hour)) || len(p.list) != len(online.list) {
			t.Fatalf("all %v, read only %v, seen %v, %d keys", p.showsAll(), p.readOnly(), p.seen, len(p.list))
		}
		for _, f := range stateFilters {
			if got, want := p.counts()[f], online.counts()[f]; got != want {
				t.Errorf("%s: %d, online %d", f, got, want)
			}
		}
		notKept := []string{"contact", "number"}
		for _, c := range keyColumns(time.UTC) {
			for _, r := range online.rows() {
				mine, _ := p.row(r.Key())
				if got := c.Text(mine); got != c.Text(r) && !slices.Contains(notKept, c.ID) || got != "" && slices.Contains(notKept, c.ID) {
					t.Errorf("%s of %s: %q, online %q", c.ID, r.title(), got, c.Text(r))
				}
			}
		}
		if !v.table.ChooseKey(keyOf(1001)) {
			t.Fatal("no such row")
		}
		v.selected()
		for _, act := range append(slices.Clone(keyActList[:]), keyAdd, keyImportMany) {
			if v.doing.can(act, 1001) {
				t.Errorf("%s can be done", act)
			}
		}
		for id, want := range map[string]bool{"key.add": false, "key.renew": false, "key.every": true, "key.export_ics": true, "open": false} {
			if w.commands.Enabled(id) != want {
				t.Errorf("%s can run: %v", id, !want)
			}
		}
		if said := textsIn(v.detail.root); !strings.Contains(said, "Read-only until the server can be read again") || strings.Contains(said, "Reading") {
			t.Errorf("the detail says %s", said)
		}
		if said := textsIn(v.notices); !strings.Contains(said, "These keys are from 3 h ago") || !strings.Contains(said, "helpdesk.example.com") {
			t.Errorf("the notice says %s", said)
		}
		w.work.deps.Now = func() time.Time { return testNow.Add(2 * time.Hour) }
		w.frame.tick()
		if said := textsIn(v.notices); !strings.Contains(said, "These keys are from 5 h ago") {
			t.Errorf("two hours later the notice says %s", said)
		}
		w.commands.Run("key.every")
		if !p.showsAll() || p.counts()[showAll] != online.counts()[showAll]+243 {
			t.Errorf("all that ends: %d", p.counts()[showAll])
		}
	})
}

// A key text that this computer keeps can be read while the server is away, one
// that GLPI keeps cannot.
func TestOfflineKeyTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w := newOfflineKeys(t, l, look.Light, wideWindow)
		defer closeWindow(w, l)
		texts := &connection.MemoryKeyTexts{}
		w.work.deps.KeyTexts = texts
		must(t, texts.Save(t.Context(), "one", keys.Fingerprint("key 1001"), keys.NewKeyText("key 1001")))
		p := w.work.keys
		got := ""
		p.withText(1001, func(text keys.KeyText) { got = text.Reveal() })
		l.Drain()
		if got != "key 1001" {
			t.Errorf("read %q", got)
		}
		r := *p.record(1001)
		if r.Block.Kept = keys.PlaceGLPI; p.atHand(&r) {
			t.Error("GLPI's copy is at hand")
		}
	})
}

// textsIn are the texts in o.
func textsIn(o fyne.CanvasObject) string {
	var all []string
	for _, text := range find[*look.Text](o) {
		all = append(all, text.Text())
	}
	return strings.Join(all, "\n")
}

// looking is a workspace of a person who looks at the entity Root with what
// session answers, over the same folders each time.
func looking(t *testing.T, l *loop, dir string, session *fakeSession) *workspace {
	t.Helper()
	deps := newDeps(t, l)
	deps.LastSeen = connection.NewLastSeen(filepath.Join(dir, "lastseen"))
	w := newWorkspace(deps, Opened{Session: session, Connection: savedServer()})
	t.Cleanup(w.tasks.Close)
	w.refresh()
	l.Drain()
	return w
}

// When only the keys cannot be read, those of the last time stand there with
// their age, for whom they were seen, and stay for the next time.
func TestKeysOfLastTime(t *testing.T) {
	for name, c := range map[string]struct {
		cause  keys.Cause
		change func(*fakeSession)
		shown  bool
		stays  bool
	}{
		"unreachable":     {keys.Unreachable, func(*fakeSession) {}, true, true},
		"an error":        {keys.ServerFault, func(*fakeSession) {}, true, true},
		"no right":        {keys.NoRight, func(*fakeSession) {}, false, false},
		"another entity":  {keys.Unreachable, func(s *fakeSession) { s.facts.Entity.Path = "Root entity > Paris" }, false, false},
		"another profile": {keys.Unreachable, func(s *fakeSession) { s.facts.Profile.Name = "Observer" }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, dir := newLoop(), t.TempDir()
				before := looking(t, l, dir, licensed())
				seen := before.keys.seen
				time.Sleep(time.Second)
				l.Drain()
				session := licensed()
				session.errs = map[string]error{"key records": &keys.Problem{Op: "list", Cause: c.cause}}
				c.change(session)
				w := looking(t, l, dir, session)
				time.Sleep(time.Second)
				l.Drain()
				p := w.keys
				if shown := len(p.list) == len(before.keys.list); shown != c.shown || p.readOnly() != c.shown || p.failure == nil {
					t.Fatalf("%d keys, read only %v, failure %v", len(p.list), p.readOnly(), p.failure)
				}
				if c.shown && (!p.seen.Equal(seen) || w.keyWork.can(keyRenew, 1001)) {
					t.Error("age or acts are those of keys that were read now")
				}
				if kept, ok := w.deps.LastSeen.Load("one"); !ok || (len(kept.Keys) > 0) != c.stays || !kept.Time.Equal(testNow) {
					t.Errorf("kept %d keys of %v", len(kept.Keys), kept.Time)
				}
				session.errs = nil
				p.retry()
				l.Drain()
				if p.readOnly() || p.failure != nil || len(p.list) != len(session.keyRecords) {
					t.Error("not as usual once they can be read")
				}
			})
		})
	}
}

// The text of a key gets into no file of this program, wherever in a record it
// stands.
func TestKeyTextReachesNoFile(t *testing.T) {
	const marker = "Top5ecret-registration-key-text"
	session := licensed()
	for i := range session.keyRecords {
		r := &session.keyRecords[i]
		r.Block.Text, r.Notes = keys.NewKeyText(marker), "serial "+marker
		if i%3 == 0 {
			r.Damage = &keys.Damage{Kind: keys.DamageHeader, Header: marker, Comment: keys.NewKeyText(marker)}
		}
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w := looking(t, l, dir, session)
		w.keys.look(keyOf(1001)) // read with its text
		time.Sleep(time.Second)
		l.Drain()
		if !w.keys.detail(1001).read {
			t.Error("the record was not read")
		}
		w.refresh()
		l.Drain()
	})
	files := 0
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if files++; bytes.Contains(data, []byte(marker)) || !bytes.Contains(data, []byte(`"fingerprint"`)) {
			t.Errorf("%s: %.300s", path, data)
		}
		return err
	}))
	if files != 1 {
		t.Errorf("%d files", files)
	}
}

// The pictures of the keys that were last seen, in both variants.
func TestOfflineKeysPictures(t *testing.T) {
	for _, c := range []struct {
		name, language string
		size           fyne.Size
		open           bool
	}{
		{"keys", "en", wideWindow, false},
		{"keys_french", "fr", wideWindow, false},
		{"keys_detail_small", "en", smallWindow, true},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				useLanguage(t, c.language)
				synctest.Test(t, func(t *testing.T) {
					l := newLoop()
					w := newOfflineKeys(t, l, variant, c.size)
					w.set.setLanguage(c.language)
					w.frame.keys.choose(keyOf(1001))
					if c.open {
						w.frame.keys.openDetail()
					}
					l.Drain()
					assertPicture(t, "offline_"+c.name+"_"+variant+".png", w.win)
					closeWindow(w, l)
				})
			})
		}
	}
}

// Showing 10,000 keys that were kept, and keeping as many, happens between two
// frames of the window.
func BenchmarkKeptKeys10000(b *testing.B) {
	session := licensed()
	records := make([]keys.KeyRecord, 10_000)
	for i := range records {
		records[i] = session.keyRecords[i%len(session.keyRecords)]
		records[i].ID = i + 1
	}
	deps := newDeps(b, newLoop())
	w := newWorkspace(deps, Opened{Session: session, Connection: savedServer()})
	defer w.tasks.Close()
	seen := keysBefore().WithKeys(testNow, records)
	b.Run("show", func(b *testing.B) {
		for b.Loop() {
			w.keys.showKept(seen)
			if len(w.keys.rows()) != len(records) {
				b.Fatal("not all are shown")
			}
		}
	})
	w.keys.kept = false
	b.Run("keep", func(b *testing.B) {
		for b.Loop() {
			if got := w.keys.keepIn(connection.Seen{}); len(got.Keys) != len(records) {
				b.Fatal("not all are kept")
			}
		}
	})
}
