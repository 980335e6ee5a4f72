package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/zalando/go-keyring"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// The texts of keys of two servers; both hold the first.
const (
	sharedText = "shared-registration-key-4711"
	ownText    = "own-registration-key-4712"
	glpiText   = "registration-key-in-glpi-4713"
	runText    = "registration-key-of-this-run-4714"
)

// disk is everything that the program keeps, in one folder, and a keyring.
type disk struct {
	dir   string
	texts string // the file of key texts
}

// onDisk makes b keep everything as the program does: of a server and of a
// second one at the same address, for another user.
func onDisk(t *testing.T, b *signInBench) disk {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // the mock needs none
	keyring.MockInit()
	d := disk{dir: t.TempDir()}
	d.texts = filepath.Join(d.dir, "keytexts.json")
	store, err := connection.Open(filepath.Join(d.dir, "connections.json"))
	must(t, err)
	prefs, err := OpenPreferences(filepath.Join(d.dir, "preferences.json"))
	must(t, err)
	ring := connection.NewKeyring()
	b.deps.Connections, b.deps.Secrets, b.deps.Preferences = store, ring, prefs
	b.deps.LastSeen = connection.NewLastSeen(filepath.Join(d.dir, "lastseen"))
	b.deps.KeyTexts = connection.NewKeyTexts(d.texts, ring)
	b.deps.RunTexts = &connection.MemoryKeyTexts{}
	must(t, b.deps.RunTexts.Save(t.Context(), "one", keys.Fingerprint(runText), keys.NewKeyText(runText)))
	b.deps.Reminders = connection.NewReminders(filepath.Join(d.dir, "reminders"))
	b.deps.Checks = connection.NewChecks(filepath.Join(d.dir, "checks.json"))
	first, second := savedServer(), savedServer()
	second.ID, second.User = "two", "tech"
	for _, c := range []connection.Connection{first, second} {
		must(t, store.Put(c))
		must(t, ring.Save(t.Context(), c.ID, keys.Credentials{Password: "password of " + c.ID}))
		seen := connection.Seen{Time: testNow.Add(-3 * time.Hour), User: c.User}.WithKeys(testNow, []keys.KeyRecord{
			{ID: 1, Name: "Fields", Product: keys.Product{Name: "Fields"}, Valid: true, Block: keys.Block{
				Fingerprint: keys.Fingerprint(ownText), Kept: keys.PlaceComputer, Vendor: "Teclib",
			}},
			{ID: 2, Valid: true, Block: keys.Block{Fingerprint: keys.Fingerprint(glpiText), Kept: keys.PlaceGLPI}},
		})
		must(t, b.deps.LastSeen.Save(t.Context(), c.ID, seen))
		must(t, b.deps.Reminders.Change(c.ID, func(log *keys.ReminderLog) {
			log.SnoozeUntil(&keys.Ending{Server: c.API, Item: keys.Item{Type: keys.TypeLicence, ID: 1}}, keys.DateOf(testNow).AddDays(7))
		}))
		must(t, b.deps.Checks.Add(connection.Check{Time: testNow, Connection: c.ID}))
		must(t, prefs.Update(func(p *PreferencesData) {
			if p.Installed == nil {
				p.Installed = map[string]InstalledMark{}
			}
			p.Installed[c.ID] = InstalledMark{Mark: "mark of " + c.ID}
			p.Earlier = append(p.Earlier, EarlierKey{Connection: c.ID, Fingerprint: "print", Record: "r1"})
		}))
	}
	for _, kept := range []struct{ id, text string }{{"one", sharedText}, {"one", ownText}, {"one", glpiText}, {"two", sharedText}} {
		must(t, b.deps.KeyTexts.Save(t.Context(), kept.id, keys.Fingerprint(kept.text), keys.NewKeyText(kept.text)))
	}
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// key is the ID of what opens the file of key texts.
func (d disk) key(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(d.texts)
	must(t, err)
	var f struct{ Key string }
	must(t, json.Unmarshal(data, &f))
	return f.Key
}

// all is the names and contents of all files, but for the locks of files that
// several servers share.
func (d disk) all(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	must(t, filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out.WriteString(path + "\n" + string(data) + "\n")
		return err
	}))
	return out.String()
}

// count is how many files a folder holds.
func (d disk) count(t *testing.T, folder string) int {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(d.dir, folder))
	must(t, err)
	return len(files)
}

func inKeyring(name string) bool {
	_, err := keyring.Get("GLPI Keys", name)
	return !errors.Is(err, keyring.ErrNotFound)
}

// What goes is counted before: a text is not lost while another saved server
// has it, or GLPI itself.
func TestRemovalIsWeighed(t *testing.T) {
	b := newSignInBench(t)
	onDisk(t, b)
	synctest.Test(t, func(t *testing.T) {
		b.deps.Secrets = &fakeSecrets{kept: map[string]keys.Credentials{}}
		b.start()
		defer b.tasks.Close()
		got := map[string]removal{}
		for _, id := range []string{"one", "two", "three"} {
			b.weigh(id, func(r removal) { got[r.ID] = r })
			b.loop.Drain()
		}
		if one := got["one"]; len(one.prints) != 4 || one.only != 2 || one.seenAgo(testNow) != "3 h ago" {
			t.Errorf("%d texts, %d of them nowhere else, seen %q", len(one.prints), one.only, one.seenAgo(testNow))
		}
		if two := got["two"]; len(two.prints) != 1 || two.only != 0 {
			t.Errorf("the other server: %d texts, %d of them nowhere else", len(two.prints), two.only)
		}
		if len(got) != 2 {
			t.Errorf("weighed %d servers", len(got))
		}
	})
}

// A removed server leaves nothing, neither on the disk nor in the keyring, and
// takes nothing from another one at the same address.
func TestRemoveLeavesNothing(t *testing.T) {
	b := newSignInBench(t)
	d := onDisk(t, b)
	synctest.Test(t, func(t *testing.T) { removeBoth(t, b, d) })
}

func removeBoth(t *testing.T, b *signInBench, d disk) {
	b.start()
	defer b.tasks.Close()
	key := d.key(t)
	remove := func(id string) {
		t.Helper()
		b.remove(id)
		b.loop.Drain()
		if b.notice.Text != "" {
			t.Error(b.notice.Text)
		}
	}
	remove("one")
	for _, trace := range []string{`"one"`, "password of", "mark of one", ownText} {
		if strings.Contains(d.all(t), trace) {
			t.Errorf("%s is left: %s", trace, d.all(t))
		}
	}
	if run, _ := b.deps.RunTexts.List("one"); len(run) != 0 {
		t.Error("texts of this run are left")
	}
	if inKeyring("one") || d.count(t, "lastseen") != 1 || d.count(t, "reminders") != 2 {
		t.Errorf("left: password %v, %d files of what was last seen, %d of reminders", inKeyring("one"), d.count(t, "lastseen"), d.count(t, "reminders"))
	}

	if left := b.deps.Preferences.Get().Earlier; len(left) != 1 || left[0].Connection != "two" {
		t.Errorf("earlier keys: %+v", left)
	}

	// All of the other one is as it was.
	if all := b.deps.Connections.All(); len(all) != 1 || all[0].ID != "two" {
		t.Errorf("saved: %+v", all)
	}
	who, err := b.deps.Secrets.Load(t.Context(), "two")
	seen, ok := b.deps.LastSeen.Load("two")
	log, logErr := b.deps.Reminders.Load("two")
	checks, checkErr := b.deps.Checks.All()
	if err != nil || who.Password != "password of two" || !ok || len(seen.Keys) != 2 || logErr != nil || len(log.Snooze) != 1 ||
		checkErr != nil || len(checks) != 1 || b.deps.Preferences.Get().Installed["two"].Mark == "" {
		t.Error("the other server lost something:", err, ok, log, checks, logErr, checkErr)
	}
	text, ok, err := b.deps.KeyTexts.Load(t.Context(), "two", keys.Fingerprint(sharedText))
	if err != nil || !ok || text.Reveal() != sharedText {
		t.Error("the other server's key text cannot be read:", ok, err)
	}

	remove("two")
	if inKeyring("two") || inKeyring("keytexts-"+key) || d.count(t, "lastseen") != 0 || d.count(t, "reminders") != 0 {
		t.Error("the last server left something:", d.all(t))
	}
	for _, trace := range []string{`"one"`, `"two"`, "tech", "helpdesk", "mark of", keys.Fingerprint(sharedText), keys.Fingerprint(ownText)} {
		if strings.Contains(d.all(t), trace) {
			t.Errorf("%s is left: %s", trace, d.all(t))
		}
	}
}

// A server whose key texts cannot be reached does not stay for ever.
func TestRemoveWithTextsThatCannotBeRead(t *testing.T) {
	b := newSignInBench(t)
	d := onDisk(t, b)
	must(t, os.WriteFile(d.texts, []byte("{"), 0o600))
	synctest.Test(t, func(t *testing.T) {
		b.start()
		defer b.tasks.Close()
		b.remove("one")
		b.loop.Drain()
	})
	if len(b.deps.Connections.All()) != 1 || !strings.Contains(b.notice.Text, "something of its key texts is left") {
		t.Errorf("%d servers, %q", len(b.deps.Connections.All()), b.notice.Text)
	}
}

// The texts can be saved first, in a file that an import reads again.
func TestSaveKeyTextsBeforeRemoval(t *testing.T) {
	b := newSignInBench(t)
	d := onDisk(t, b)
	synctest.Test(t, func(t *testing.T) { saveTexts(t, b, d) })
}

func saveTexts(t *testing.T, b *signInBench, d disk) {
	b.start()
	defer b.tasks.Close()
	var r removal
	b.weigh("one", func(got removal) { r = got })
	b.loop.Drain()
	r.prints = append(r.prints, keys.Fingerprint("nobody keeps this"))
	var done textsSaved
	path := filepath.Join(d.dir, "texts.csv")
	b.saveTexts(r, path, func(s textsSaved) { done = s })
	b.loop.Drain()
	if done.err != nil || done.rows != 4 || done.lost != 1 {
		t.Fatalf("%+v", done)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	data, err := os.ReadFile(path)
	must(t, err)
	table, err := keys.ReadKeyImport(data, false)
	must(t, err)
	found := map[string]string{}
	for _, row := range table.Rows {
		found[row.Record.Block.Text.Reveal()] = row.Record.Name
	}
	if len(table.Unknown) > 0 || found[ownText] != "Fields" || found[sharedText] == "" || found[glpiText] == "" || found[runText] == "" {
		t.Errorf("an import reads %v, not %q", len(found), table.Unknown)
	}
	b.saveTexts(r, filepath.Join(d.dir, "none", "texts.csv"), func(s textsSaved) { done = s })
	b.loop.Drain()
	if keys.CauseOf(done.err) != keys.FileFailed {
		t.Error("a file that cannot be written:", done.err)
	}
}

// find gives the widgets of a type in o, as they stand there.
func find[W fyne.CanvasObject](o fyne.CanvasObject) (found []W) {
	for _, inside := range test.LaidOutObjects(o) {
		if w, ok := inside.(W); ok {
			found = append(found, w)
		}
	}
	return found
}

// losing is a removal after which one of three key texts is gone for good.
func losing() removal {
	r := removal{Connection: savedServer(), prints: []string{"a", "b", "c"}, only: 1}
	r.seen.Time = testNow.Add(-3 * time.Hour)
	return r
}

// Whoever loses key texts types the server's name; nobody else has to.
func TestRemoveIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		name  string
		only  int
		typed string
		want  bool
	}{
		{"nothing is lost", 0, "", true},
		{"texts are lost", 1, "", false},
		{"another name", 1, "helpdesk", false},
		{"the name", 1, " Helpdesk.example.com ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSignInScreen(t, newSignInBench(t, savedServer()), look.Light, wideWindow)
				defer s.tasks.Close()
				r := losing()
				r.only = c.only
				s.view.askRemove(r)
				top := s.win.Canvas().Overlays().Top()
				if c.typed != "" {
					entries := find[*look.Entry](top)
					entries[len(entries)-1].SetText(c.typed)
				}
				for _, b := range find[*look.Button](top) {
					if b.Text() == "Remove" {
						test.Tap(b)
					}
				}
				s.loop.Drain()
				if gone := len(s.stored.saved) == 0; gone != c.want {
					t.Errorf("removed: %v", gone)
				}
			})
		})
	}
}

// The pictures of the question, in both variants.
func TestRemovePictures(t *testing.T) {
	plain := losing()
	plain.prints, plain.only = nil, 0
	for _, c := range []struct {
		name, language string
		size           fyne.Size
		r              removal
	}{
		{"plain", "en", wideWindow, plain},
		{"loss", "en", wideWindow, losing()},
		{"loss_french_small", "fr", smallWindow, losing()},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				useLanguage(t, c.language)
				synctest.Test(t, func(t *testing.T) {
					s := newSignInScreen(t, newSignInBench(t, savedServer()), variant, c.size)
					defer s.tasks.Close()
					s.view.askRemove(c.r)
					assertPicture(t, "remove_"+c.name+"_"+variant+".png", s.win)
				})
			})
		}
	}
}
