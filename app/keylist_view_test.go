package app

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/assets"
	"glpikeys/keys"
)

// keyText is a key that a test server keeps.
const keyText = "eyJzaWduYXR1cmUiOiJ0ZXN0IiwidXVpZCI6ImtKMnc5UXhUIn0="

// licensed is helpdesk with the keys of the drawing, among all else that ends.
func licensed() *fakeSession {
	s := helpdesk()
	s.hasKeyType = true
	s.facts.URLBase, s.facts.NetworkID = "https://helpdesk.example.com", "kJ2wAAAABBBBCCCC9QxT"
	s.facts.Rights = map[string]keys.Right{"license": 31, "config": 31}
	s.installedPlugins = []keys.InstalledPlugin{
		{Folder: "datainjection", Name: "Data Injection", Active: true}, {Folder: "carbon", Name: "Carbon", Active: true},
		{Folder: "mydashboard", Name: "Advanced Dashboard", Active: true}, {Folder: "oauthsso", Name: "OAuth SSO", Active: true},
		{Folder: "gantt", Name: "Gantt", Active: true}, {Folder: "formcreator", Name: "Formcreator", Active: true},
		{Folder: "fields", Name: "Fields", Active: true},
	}
	root := keys.Entity{Path: "Root entity"}
	paris := keys.Entity{ID: 1, Path: "Root entity > Paris"}
	lyon := keys.Entity{ID: 2, Path: "Root entity > Lyon"}
	day := keys.DateOf(testNow)
	const here, other = "https://helpdesk.example.com", "https://glpi.example.com"
	add := func(name string, e keys.Entity, bound string, end keys.Date, plugin string) *keys.KeyRecord {
		id := 1001 + len(s.keyRecords)
		print := keys.Fingerprint(fmt.Sprint("key ", id))
		s.keyRecords = append(s.keyRecords, keys.KeyRecord{
			ID: id, Name: name, Product: keys.Product{ID: id, Name: name}, Entity: e, End: end, Valid: true,
			Supplier: "Teclib’", Contact: "support@teclib.example", Number: fmt.Sprint("PO-", 2200+id-1000),
			Created: testNow.AddDate(-1, 0, 3), Changed: testNow.AddDate(0, 0, -1),
			Block: keys.Block{
				Fingerprint: print, BoundTo: bound, Vendor: "Teclib’", Plugin: plugin, Scope: keys.ScopePlugin,
				Owner: "Example SA", Kept: keys.PlaceComputer,
			},
		})
		return &s.keyRecords[len(s.keyRecords)-1]
	}
	add("Formcreator Pro", paris, other, day.AddDays(-42), "formcreator")
	network := add("GLPI Network Standard", root, here, day.AddDays(3), "")
	network.Product.Name = "GLPI Network"
	network.Block.Scope, network.Block.Vendor, network.Block.Kept = keys.ScopeInstance, keys.GLPINetwork, keys.PlaceGLPI
	network.Block.Fingerprint, network.Block.Text = keys.Fingerprint(keyText), keys.NewKeyText(keyText)
	network.Block.Instance, network.Block.Begin = s.facts.NetworkID, day.AddDays(-362)
	network.Block.Validated = keys.Validation{
		Time: testNow.Add(-2 * time.Minute), Verdict: keys.VerdictRunning,
		Message: "The registration key is valid.", From: keys.AskedByGLPI,
	}
	network.Number = "PO-2231"
	add("Data Injection", root, here, day.AddDays(8), "datainjection")
	add("Advanced Dashboard", paris, other, day.AddDays(20), "mydashboard").Block.Scope = keys.ScopePluginURL
	trial := add("Advanced Forms", lyon, here, day.AddDays(21), "advancedforms")
	trial.Block.Trial, trial.Block.Begin, trial.Number = true, day.AddDays(-8), ""
	add("OAuth SSO Applications", root, here, day.AddDays(63), "oauthsso")
	add("Carbon", lyon, here, day.AddDays(249), "carbon")
	add("Gantt", root, here, day.AddDays(295), "gantt")
	revoked := add("Formcreator Pro", paris, "https://old.example.com", keys.Date{Year: 2026, Month: 3, Day: 3}, "formcreator")
	revoked.Valid = false
	revoked.Block.Revoked = keys.Revocation{Date: day.AddDays(-200), Why: keys.DepartureRevoked, Reason: "the server is gone"}
	add("Fields", root, here, keys.Date{}, "fields")
	old := add("GLPI Network Standard", root, here, day.AddDays(-362), "")
	old.Valid, old.Block.Vendor, old.Block.Scope = false, keys.GLPINetwork, keys.ScopeInstance
	old.Block.Revoked = keys.Revocation{Date: day.AddDays(-362), Why: keys.DepartureRenewed}
	network = &s.keyRecords[1]
	network.Parent = old.ID
	for i := range s.keyRecords { // GLPI's licences, as the overview reads them
		s.glance.Items = append(s.glance.Items, s.keyRecords[i].Item())
	}
	at := network.Created
	s.keyHistory = map[int][]keys.KeyEvent{network.ID: {
		{Time: testNow.Add(-2 * time.Minute), Who: "glpi", Field: "comment"},
		{Time: at.AddDate(0, 2, 0), Who: "ana", Field: "supplier", Old: "", New: "Teclib’"},
		{Time: at.AddDate(0, 2, 0), Who: "ana", Field: "otherserial", Old: "", New: "PO-2231"},
		{Time: at.AddDate(0, 1, 0), Who: "ana", Field: "expire", Old: "2026-11-25", New: "2026-11-26"},
		{Time: at, Who: "glpi", Field: "created"},
	}}
	return s
}

// only leaves nothing but keys in GLPI.
func onlyKeys(s *fakeSession) {
	s.glance.Items = nil
	for i := range s.keyRecords {
		s.glance.Items = append(s.glance.Items, s.keyRecords[i].Item())
	}
}

// newKeysScreen opens the keys on what session answers.
func newKeysScreen(t *testing.T, variant string, size fyne.Size, session *fakeSession) *frameScreen {
	t.Helper()
	s := newFrameScreen(t, variant, size, session)
	s.open(routeKeys)
	s.settle()
	return s
}

// The pictures of the screen, each in both variants.
func TestKeysPictures(t *testing.T) {
	unread := func(call string, cause keys.Cause) func(*fakeSession) {
		return func(s *fakeSession) {
			s.errs = map[string]error{call: &keys.Problem{Op: call, Cause: cause, Detail: "helpdesk.example.com"}}
		}
	}
	noKeys := func(s *fakeSession) { *s = *helpdesk(); s.facts.Rights = map[string]keys.Right{"license": 31} }
	choose := func(id int) func(*frameScreen) {
		return func(s *frameScreen) {
			s.keys.choose(keyOf(id))
			s.settle()
		}
	}
	detail := func(id int) func(*frameScreen) {
		return func(s *frameScreen) {
			choose(id)(s)
			s.keys.openDetail()
		}
	}
	drawPictures(t, "keys_", licensed, newKeysScreen, []picture{
		{name: "list", act: choose(1002)},
		{name: "list_french", language: "fr", act: choose(1002)},
		{name: "list_small", size: smallWindow},
		{name: "list_small_french", language: "fr", size: smallWindow},
		{name: "detail_small", size: smallWindow, act: detail(1002)},
		{name: "detail_small_french", language: "fr", size: smallWindow, act: detail(1002)},
		{name: "revealed", act: func(s *frameScreen) {
			choose(1002)(s)
			s.keys.p.reveal(1002)
			s.settle()
		}},
		{name: "trial", act: choose(1005)},
		{name: "moved", act: choose(1004)},
		{name: "moved_french", language: "fr", act: choose(1004)},
		{name: "duplicate", set: func(s *fakeSession) {
			s.keyRecords[2].Block.Fingerprint = s.keyRecords[6].Block.Fingerprint
		}, act: choose(1003)},
		{name: "refused", set: func(s *fakeSession) {
			s.keyRecords[1].Block.Validated.Verdict = keys.VerdictTerminated
			s.keyRecords[1].Block.Validated.Message = "The subscription is terminated."
		}, act: choose(1002)},
		{name: "damaged", set: func(s *fakeSession) {
			r := &s.keyRecords[9]
			r.Block, r.Damage = keys.Block{}, &keys.Damage{Kind: keys.DamageCut}
		}, act: choose(1010)},
		{name: "revoked", act: choose(1009)},
		{name: "invalid", set: func(s *fakeSession) { s.keyRecords[6].Valid = false }, act: choose(1007)},
		{name: "invalid_small_french", language: "fr", size: smallWindow, set: func(s *fakeSession) { s.keyRecords[6].Valid = false }, act: detail(1007)},
		{name: "reopened", set: func(s *fakeSession) { s.keyRecords[8].Valid = true }, act: choose(1009)},
		{name: "other_end", set: func(s *fakeSession) {
			s.keyRecords[1].Block.Validated.End = s.keyRecords[1].End.AddMonths(12)
		}, act: choose(1002)},
		{name: "other_end_french", language: "fr", set: func(s *fakeSession) {
			s.keyRecords[1].Block.Validated.End = s.keyRecords[1].End.AddMonths(12)
		}, act: choose(1002)},
		{name: "future", set: func(s *fakeSession) { s.keyRecords[7].Block.Begin = keys.DateOf(testNow).AddDays(39) }, act: choose(1008)},
		{name: "unread", set: unread("key record", keys.TimedOut), act: choose(1002)},
		{name: "no_history", set: unread("key history", keys.NoRight), act: choose(1003)},
		{name: "columns", act: func(s *frameScreen) {
			s.keys.setColumns([]string{"state", "name", "entity", "number", "scope", "validated"})
			choose(1002)(s)
		}},
		{name: "every", act: func(s *frameScreen) {
			s.keys.p.showEverything(true)
			s.keys.choose(keys.ItemKey{Type: keys.TypeContract, ID: 6})
			s.settle()
		}},
		{name: "every_small_french", language: "fr", size: smallWindow, act: func(s *frameScreen) {
			s.openKeys(func(l *keyList) { l.openMonth(keys.Date{Year: 2026, Month: time.December, Day: 1}) })
			s.settle()
		}},
		{name: "no_match", act: func(s *frameScreen) { s.keys.text.SetText("nothing like this") }},
		{name: "first_use", set: noKeys},
		{name: "first_use_small_french", language: "fr", size: smallWindow, set: noKeys},
		{name: "first_use_nothing", set: func(s *fakeSession) { noKeys(s); s.glance, s.hasKeyType = keys.Glance{}, true }},
		{name: "failed", set: unread("key records", keys.TimedOut)},
		{name: "no_right", set: unread("key records", keys.NoRight)},
		{name: "stale", act: func(s *frameScreen) {
			unread("key records", keys.Unreachable)(s.session)
			s.work.keys.refresh()
			s.settle()
		}},
		{name: "reading", set: func(s *fakeSession) { s.delay = time.Minute }},
		{name: "exported", act: func(s *frameScreen) {
			s.keys.p.report = &exportReport{kind: exportCSV, path: "/home/ana/keys-helpdesk.example.com-2026-11-23.csv", rows: 11}
			choose(1002)(s)
			s.render()
		}},
	})
}

// Without the server, what was last seen of all that ends is shown.
func TestKeysOfflinePictures(t *testing.T) {
	for _, variant := range []string{look.Light, look.Dark} {
		t.Run(variant, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoop()
				w, _ := newUnreachableWindow(t, l, variant, wideWindow)
				test.Tap(w.view.offline)
				l.Drain()
				w.commands.Run("go.keys")
				l.Drain()
				assertPicture(t, "keys_offline_"+variant+".png", w.win)
				w.leave(nil)
				w.signIn.close()
				l.Drain()
			})
		})
	}
}

// The smallest window shows the whole detail of a key, whatever the language.
func TestKeyDetailFitsSmallestWindow(t *testing.T) {
	for _, code := range assets.Languages() {
		t.Run(code, func(t *testing.T) {
			useLanguage(t, code)
			synctest.Test(t, func(t *testing.T) {
				s := newKeysScreen(t, look.Light, smallWindow, licensed())
				s.keys.choose(keyOf(1002))
				s.settle()
				s.keys.openDetail()
				s.win.Resize(smallWindow)
				if need := s.root.MinSize(); need.Width > smallestWidth || need.Height > smallestHigh-40 {
					t.Errorf("needs %v", need)
				}
				s.finish()
			})
		})
	}
}

// newBigKeys is the screen over 10,000 key records and as many other items.
func newBigKeys(b *testing.B) *frame {
	b.Helper()
	f := newBigFrame(b)
	states := licensed().keyRecords
	list := make([]keys.KeyRecord, 10_000)
	for i := range list {
		list[i] = states[i%len(states)]
		list[i].ID = 100_000 + i
		list[i].Name = fmt.Sprintf("Subscription %05d – Été", i)
		list[i].Parent = 0
		list[i].Block.Fingerprint = keys.Fingerprint(list[i].Name)
		list[i].Block.Text = keys.KeyText{}
		if !list[i].End.IsZero() {
			list[i].End = keys.DateOf(testNow).AddDays(i*7919%1095 - 200)
		}
	}
	f.work.keys.seen = testNow
	f.work.keys.show(list)
	f.open(routeKeys)
	return f
}

func BenchmarkKeys10000(b *testing.B) {
	f := newBigKeys(b)
	bigList{
		frame: f, version: &f.work.keys.version, rows: f.keys.table.Focusable(), text: f.keys.text,
		texts:  []string{"ete", "subscription 99", "paris formcreator", ""},
		narrow: func(i int) { f.work.keys.showState(stateFilters[i%len(stateFilters)]) },
	}.measure(b)
}

func BenchmarkKeysEvery20000(b *testing.B) {
	f := newBigKeys(b)
	i := 0
	for b.Loop() {
		f.work.keys.showEverything(i%2 == 0)
		i++
	}
}

func BenchmarkKeysIndex10000(b *testing.B) {
	f := newBigKeys(b)
	for b.Loop() {
		f.work.keys.show(f.work.keys.list)
	}
}
