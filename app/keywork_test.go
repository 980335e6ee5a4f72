package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// The keys of these tests: one of GLPI Network's shape, one of a plugin.
const (
	networkKey = "eyJzaWduYXR1cmUiOiJ0ZXN0IiwidXVpZCI6ImtKMnc5UXhUIn0="
	pluginKey  = "FC-PRO-8841-PLAIN-KEY"
)

// textVault keeps key texts in memory.
type textVault struct {
	mu   sync.Mutex
	kept map[string]keys.KeyText
	err  error
}

func (v *textVault) Load(_ context.Context, at, print string) (keys.KeyText, bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	text, ok := v.kept[at+print]
	return text, ok, v.err
}

func (v *textVault) Save(_ context.Context, at, print string, text keys.KeyText) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err == nil {
		v.kept[at+print] = text
	}
	return v.err
}

func (v *textVault) Delete(at, print string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.kept, at+print)
	return v.err
}

func (v *textVault) Forget(context.Context, string) error { return v.err }

func (v *textVault) List(string) ([]string, error) { return nil, v.err }

// keyBench is a workspace on a server with some key records.
type keyBench struct {
	*keyWork
	session *fakeSession
	vault   *textVault
	loop    *loop
	log     *bytes.Buffer
	opened  []string // addresses that were opened
	asked   []string // instance ids that GLPI Network was asked with
	network keys.Subscription
	failing error // of GLPI Network
	prefs   string
}

const here = "https://helpdesk.example.com"

// keyServer is a server with four keys: 1 GLPI Network's in GLPI, 2 a plugin's
// on this computer, 3 closed, 4 a subscription without a key.
func keyServer() *fakeSession {
	s := helpdesk()
	s.hasKeyType = true
	s.facts.API, s.facts.URLBase, s.facts.NetworkID, s.facts.Version = here+"/apirest.php", here, "kJ2w9QxT", "11.0.6"
	s.facts.Rights = map[string]keys.Right{rightLicense: 31, rightConfig: 31}
	root, day := s.facts.Entities[0], keys.DateOf(testNow)
	s.products = []keys.Product{{ID: 7, Name: "Formcreator"}, {ID: 8, Name: "GLPI Network"}}
	s.installedPlugins = []keys.InstalledPlugin{{Folder: "formcreator", Name: "Form Creator", Active: true}}
	s.keyRecords = []keys.KeyRecord{
		{ID: 1, Name: "GLPI Network Standard", Product: s.products[1], Entity: root, End: day.AddDays(3), Valid: true, Number: "PO-2231",
			Contact: "support@example.org", Notes: "Ask Ana.", Block: keys.Block{
				Record: "r1", Fingerprint: keys.Fingerprint(networkKey), BoundTo: here, Instance: "kJ2w9QxT", Scope: keys.ScopeInstance,
				Vendor: keys.GLPINetwork, Owner: "Example SA", Kept: keys.PlaceGLPI, Text: keys.NewKeyText(networkKey), Begin: day.AddDays(-362)}},
		{ID: 2, Name: "Formcreator Pro", Product: s.products[0], Entity: root, End: day.AddDays(40), Valid: true, Block: keys.Block{
			Record: "r2", Fingerprint: keys.Fingerprint(pluginKey), BoundTo: "https://old.example.com", Instance: "otherInstance",
			Scope: keys.ScopePluginURL, Plugin: "formcreator", Vendor: "Teclib", Kept: keys.PlaceComputer}},
		{ID: 3, Name: "Carbon", Product: keys.Product{ID: 9, Name: "Carbon"}, Entity: root, End: day.AddDays(-30), Block: keys.Block{
			Record: "r3", Kept: keys.PlaceNowhere, Revoked: keys.Revocation{Date: day, Reason: "old"}}},
		{ID: 4, Name: "Support contract", Product: keys.Product{ID: 10, Name: "Support"}, Entity: root, Valid: true, Block: keys.Block{
			Record: "r4", Kept: keys.PlaceNowhere}},
	}
	return s
}

func newKeyBench(t testing.TB, set func(*fakeSession)) *keyBench {
	t.Helper()
	b := &keyBench{session: keyServer(), loop: newLoop(), log: &bytes.Buffer{}}
	b.vault = &textVault{kept: map[string]keys.KeyText{"one" + keys.Fingerprint(pluginKey): keys.NewKeyText(pluginKey)}}
	if set != nil {
		set(b.session)
	}
	deps := newDeps(t, b.loop)
	b.prefs = filepath.Join(t.TempDir(), "preferences.json")
	deps.Preferences, _ = OpenPreferences(b.prefs)
	deps.KeyTexts, deps.RunTexts = b.vault, &connection.MemoryKeyTexts{}
	deps.Log = slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	deps.OpenURL = func(at *url.URL) error { b.opened = append(b.opened, at.String()); return nil }
	deps.AskNetwork = func(_ context.Context, _ string, _ keys.KeyText, instance string, _ keys.Via) (keys.Subscription, error) {
		b.asked = append(b.asked, instance)
		return b.network, b.failing
	}
	b.network = keys.Subscription{Verdict: keys.VerdictRunning, Message: "The registration key is valid.", Owner: "Example SA", Title: "GLPI Network Standard"}
	w := newWorkspace(deps, Opened{Session: b.session, Connection: connection.Connection{ID: "one", Name: "helpdesk"}})
	t.Cleanup(w.tasks.Close)
	b.keyWork = w.keyWork
	w.refresh()
	b.loop.Drain()
	return b
}

// again is the program started anew on the same server.
func (b *keyBench) again() {
	w := newWorkspace(b.work.deps, Opened{Session: b.session, Connection: b.work.connection})
	b.finish()
	b.keyWork = w.keyWork
	w.refresh()
	b.loop.Drain()
}

func (b *keyBench) finish() {
	b.work.tasks.Close()
	b.loop.Drain()
}

// onKeys runs a test on a bench.
func onKeys(t *testing.T, set func(*fakeSession), act func(t *testing.T, b *keyBench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newKeyBench(t, set)
		act(t, b)
		b.finish()
	})
}

func (b *keyBench) onServer(id int) keys.KeyRecord {
	b.session.mu.Lock()
	defer b.session.mu.Unlock()
	return *b.session.keyRecord(id)
}

// addForm opens the form of a new key and fills in what it needs.
func (b *keyBench) addForm(text string) *keyForm {
	b.openForm(keyFormNew, nil)
	f := b.form
	f.typeKey(text)
	f.typeProduct("formcreator")
	time.Sleep(productsRest)
	b.loop.Drain()
	return f
}

func TestAddKey(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		f := b.addForm("> Registration key: \"" + networkKey[:20] + "\n> " + networkKey[20:40] + "\n> " + networkKey[40:] + "\"\n\nRegards")
		if f.draft.key != networkKey || f.repairText() == "" || !strings.Contains(f.repairText(), "line break") {
			t.Errorf("found %q, said %q", f.draft.key, f.repairText())
		}
		if shape, odd := f.shapeText(); odd || !strings.Contains(shape, "GLPI Network") {
			t.Errorf("shape %q, odd %t", shape, odd)
		}
		if f.draft.productID != 7 || !f.draft.network || f.draft.boundTo != here || f.draft.instance != "kJ2w9QxT" {
			t.Errorf("draft %+v", f.draft.productID)
		}
		if doubts := f.doubts(); len(doubts) != 1 || !strings.Contains(doubts[0], "GLPI Network Standard") {
			t.Errorf("doubts %q", doubts)
		}
		f.setMonths(12)
		if f.draft.end.day.String() != "2027-11-22" {
			t.Errorf("a year ends %v", f.draft.end.day)
		}
		f.submit()
		b.loop.Drain()
		r := b.onServer(5)
		if b.form != nil || r.Block.Kept != keys.PlaceComputer || !r.Block.Text.Empty() || r.Block.Vendor != keys.GLPINetwork || r.Product.ID != 7 || r.Name != "formcreator" {
			t.Errorf("form %v, made %+v, problems", b.form, r)
		}
		if own := b.vault.kept["one"+keys.Fingerprint(networkKey)]; own.Reveal() != networkKey {
			t.Error("the text is not on this computer")
		}
	})
}

func TestAddKeyWithoutText(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		f := b.addForm("")
		f.setTrial(true)
		if f.draft.end.day != keys.DateOf(testNow).AddDays(29) {
			t.Errorf("a trial ends %v", f.draft.end.day)
		}
		f.submit()
		b.loop.Drain()
		if r := b.onServer(5); r.Block.Kept != keys.PlaceNowhere || r.Block.Fingerprint != "" || !r.Block.Trial || !r.Valid {
			t.Errorf("made %+v", r)
		}
	})
}

func TestAddKeyKeepsItInGLPI(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		f := b.addForm(pluginKey + "X")
		f.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = keys.PlaceGLPI })
		if note, warn := f.keptNote(); !warn || !strings.Contains(note, "licences") {
			t.Errorf("said %q", note)
		}
		f.submit()
		b.loop.Drain()
		if r := b.onServer(5); r.Block.Text.Reveal() != pluginKey+"X" || len(b.vault.kept) != 1 {
			t.Errorf("made %+v, kept %d", r, len(b.vault.kept))
		}
	})
}

func TestAddKeyAsksForTheType(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.hasKeyType = false }, func(t *testing.T, b *keyBench) {
		f := b.addForm(pluginKey)
		asked := 0
		f.onType = func() { asked++ }
		f.submit()
		b.loop.Drain()
		if asked != 1 || len(b.session.keyRecords) != 4 || b.session.hasKeyType || len(b.vault.kept) != 1 {
			t.Fatalf("asked %d, records %d", asked, len(b.session.keyRecords))
		}
		f.agreeType(true)
		b.loop.Drain()
		if !b.session.hasKeyType || len(b.session.keyRecords) != 5 || b.form != nil {
			t.Errorf("type %t, records %d", b.session.hasKeyType, len(b.session.keyRecords))
		}
	})
}

func TestAddKeyAfterALostAnswer(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.lostAnswers = 1 }, func(t *testing.T, b *keyBench) {
		f := b.addForm(pluginKey)
		f.submit()
		b.loop.Drain()
		if !f.unknown || !f.locked() || f.draft.key != pluginKey {
			t.Fatalf("unknown %t", f.unknown)
		}
		f.typeKey("something else")
		if f.draft.key != pluginKey {
			t.Error("what nobody knows about could be changed")
		}
		f.submit()
		b.loop.Drain()
		if len(b.session.keyRecords) != 5 || b.form != nil {
			t.Errorf("%d records, form %v", len(b.session.keyRecords), b.form)
		}
	})
}

func TestAddKeyRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"right":  {&keys.Problem{Cause: keys.NoRight}, ""},
		"field":  {&keys.Problem{Cause: keys.TooLong, Field: keys.KeyFieldNumber}, keys.KeyFieldNumber},
		"net":    {&keys.Problem{Cause: keys.Unreachable}, ""},
		"ended":  {&keys.Problem{Cause: keys.SessionEnded}, ""},
		"refuse": {&keys.Problem{Cause: keys.Refused, Detail: "no"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) { s.errs = map[string]error{"create key": c.err} }, func(t *testing.T, b *keyBench) {
				f := b.addForm(pluginKey + "Y")
				f.submit()
				b.loop.Drain()
				if b.form != f || f.draft.key != pluginKey+"Y" || f.draft.product != "formcreator" || f.locked() {
					t.Error("what was typed is gone, or locked")
				}
				if c.field != "" && f.problems[c.field] == "" || c.field == "" && f.failure == nil {
					t.Errorf("said %v, %v", f.problems, f.failure)
				}
				_, left := b.vault.kept["one"+keys.Fingerprint(pluginKey+"Y")]
				if refused := name == "right" || name == "field" || name == "refuse"; left == refused {
					t.Errorf("text kept %t", left)
				}
				delete(b.session.errs, "create key")
				f.submit()
				b.loop.Drain()
				if b.form != nil || len(b.session.keyRecords) != 5 {
					t.Error("another attempt failed")
				}
			})
		})
	}
}

func TestAddKeyVaultFails(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.vault.err = &keys.Problem{Cause: keys.KeyringAbsent}
		f := b.addForm(networkKey)
		f.submit()
		b.loop.Drain()
		if f.problems[keys.KeyFieldKept] == "" || len(b.session.keyRecords) != 4 {
			t.Errorf("said %v, records %d", f.problems, len(b.session.keyRecords))
		}
	})
}

func TestKeyFormChecks(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormNew, nil)
		f := b.form
		f.edit("", func(d *keyDraft) {
			d.scope, d.boundTo, d.number, d.reminders = keys.ScopePlugin, "not an address!", strings.Repeat("x", 256), "many"
		})
		f.typeDay(keys.KeyFieldBegin, "2027-01-02")
		f.typeDay(keys.KeyFieldEnd, "2027-01-01")
		f.submit()
		for _, field := range []string{keys.KeyFieldProduct, keys.KeyFieldPlugin, keys.KeyFieldBoundTo, keys.KeyFieldNumber, keys.KeyFieldReminders, keys.KeyFieldEnd} {
			if f.problems[field] == "" {
				t.Errorf("nothing is wrong with %s", field)
			}
		}
		b.loop.Drain()
		if f.focus != keys.KeyFieldProduct || slices.Contains(b.session.calls, "create key") {
			t.Errorf("focus %s", f.focus)
		}
		f.typeDay(keys.KeyFieldEnd, "nonsense")
		f.settleDay(keys.KeyFieldEnd)
		if f.problems[keys.KeyFieldEnd] == "" || f.draft.end.text != "nonsense" {
			t.Error("an unreadable date says nothing")
		}
	})
}

func TestKeyDraftStays(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		f := b.addForm(pluginKey)
		f.close()
		if b.form != nil {
			t.Fatal("still open")
		}
		b.openForm(keyFormNew, nil)
		if b.form != f || b.form.draft.key != pluginKey {
			t.Error("the draft is gone")
		}
	})
}

func TestEditKey(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormEdit, b.record(1))
		f := b.form
		b.session.keyRecord(1).Supplier = "changed by somebody else"
		f.edit(keys.KeyFieldNumber, func(d *keyDraft) { d.number = "PO-9" })
		f.submit()
		b.loop.Drain()
		r := b.onServer(1)
		if r.Number != "PO-9" || r.Supplier != "changed by somebody else" || r.Block.Text.Reveal() != networkKey || r.Notes != "Ask Ana." || b.form != nil {
			t.Errorf("is %+v", r)
		}
	})
}

func TestEditKeyMovesItsText(t *testing.T) {
	for _, c := range []struct {
		id       int
		to       keys.Place
		glpi, pc bool
	}{
		{1, keys.PlaceComputer, false, true}, {1, keys.PlaceNowhere, false, false},
		{2, keys.PlaceGLPI, true, false}, {2, keys.PlaceNowhere, false, false},
	} {
		t.Run(fmt.Sprint(c.id, c.to), func(t *testing.T) {
			onKeys(t, nil, func(t *testing.T, b *keyBench) {
				b.openForm(keyFormEdit, b.record(c.id))
				b.form.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = c.to })
				b.form.submit()
				b.loop.Drain()
				r := b.onServer(c.id)
				_, pc := b.vault.kept["one"+r.Block.Fingerprint]
				if r.Block.Kept != c.to || r.Block.Text.Empty() == c.glpi || pc != c.pc {
					t.Errorf("kept %s, in GLPI %t, here %t", r.Block.Kept, !r.Block.Text.Empty(), pc)
				}
			})
		})
	}
}

func TestEditKeyDoesNotLoseATextItCannotMove(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.errs = map[string]error{"update key": &keys.Problem{Cause: keys.NoRight}} }, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormEdit, b.record(2))
		b.form.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = keys.PlaceGLPI })
		b.form.submit()
		b.loop.Drain()
		if b.form == nil || b.form.failure == nil || len(b.vault.kept) != 1 {
			t.Error("the text is gone")
		}
	})
}

func TestRenewKey(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormRenew, b.record(1))
		f := b.form
		if f.creates() || f.draft.begin.day.String() != "2026-11-27" || f.draft.end.day.String() != "2027-11-26" {
			t.Fatalf("from %v to %v", f.draft.begin.day, f.draft.end.day)
		}
		f.setFrom(keys.FromToday)
		if f.draft.begin.day != b.work.today() {
			t.Errorf("today is %v", f.draft.begin.day)
		}
		f.setFrom(keys.FromOldEnd)
		f.submit() // without a new key the end moves
		b.loop.Drain()
		r := b.onServer(1)
		if r.End.String() != "2027-11-26" || r.Block.Begin != keys.DateOf(testNow).AddDays(-362) || r.Number != "PO-2231" || r.Block.Text.Reveal() != networkKey || len(b.session.keyRecords) != 4 {
			t.Errorf("is %+v", r)
		}
	})
}

func TestRenewKeyWithANewOne(t *testing.T) {
	next := "eyJzaWduYXR1cmUiOiJuZXh0IiwidXVpZCI6ImtKMnc5UXhUIn0="
	for _, closeNow := range []bool{false, true} {
		t.Run(fmt.Sprint(closeNow), func(t *testing.T) {
			onKeys(t, nil, func(t *testing.T, b *keyBench) {
				b.openForm(keyFormRenew, b.record(1))
				b.form.typeKey(next)
				b.form.closeNow = closeNow
				if d := b.form.doubts(); len(d) != 0 {
					t.Errorf("doubts its own predecessor: %q", d)
				}
				b.form.submit()
				b.loop.Drain()
				made, old := b.onServer(5), b.onServer(1)
				if made.Parent != 1 || made.Block.Record == "r1" || made.Block.Text.Reveal() != next || old.Valid == closeNow {
					t.Fatalf("made %+v, old valid %t", made, old.Valid)
				}
				if closeNow {
					if old.Block.Revoked.Why != keys.DepartureRenewed {
						t.Errorf("closed as %+v", old.Block.Revoked)
					}
					return
				}
				b.validate(5)
				b.loop.Drain()
				if old = b.onServer(1); old.Valid || old.Block.Revoked.Why != keys.DepartureRenewed {
					t.Errorf("the old key is %+v after the new one was found good", old.Block.Revoked)
				}
			})
		})
	}
}

func TestRenewedKeyStaysOpenUntilGood(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormRenew, b.record(1))
		b.form.typeKey("eyJzaWduYXR1cmUiOiJuZXh0IiwidXVpZCI6ImtKMnc5UXhUIn0=")
		b.form.submit()
		b.loop.Drain()
		b.again() // the record itself knows what it closes
		for _, v := range []keys.Verdict{keys.VerdictInvalid, keys.VerdictTerminated, keys.VerdictUnreached} {
			b.network.Verdict = v
			b.validate(5)
			b.loop.Drain()
			if r := b.onServer(1); r.Closed() {
				t.Errorf("closed after %s", v)
			}
		}
		b.network.Verdict = keys.VerdictRunning
		b.validate(5)
		b.loop.Drain()
		if r := b.onServer(1); !r.Closed() || r.Block.Revoked.Why != keys.DepartureRenewed {
			t.Fatalf("the old key is %+v after the new one was found good", r.Block.Revoked)
		}
		b.undoLast() // it is wanted open again
		b.loop.Drain()
		b.validate(5)
		b.loop.Drain()
		if r := b.onServer(1); r.Closed() || b.report.closes != 1 {
			t.Errorf("closed a second time, or not offered: %+v", r.Block.Revoked)
		}
	})
}

func TestRevokeKeysAndUndo(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		r := b.revoking([]int{1, 2, 3, 4})
		if r.records != 3 || r.running != 3 || r.texts != 2 || !r.plugins || r.installed != 0 {
			t.Errorf("means %+v", r)
		}
		b.revoke([]int{1, 2, 3, 4}, keys.DepartureRevoked, "moved\nout", false)
		b.loop.Drain()
		if got := b.onServer(2); got.Valid || got.Block.Revoked != (keys.Revocation{Date: b.work.today(), Why: keys.DepartureRevoked, Reason: "moved out"}) {
			t.Errorf("is %+v", got.Block.Revoked)
		}
		if len(b.report.done) != 3 || !b.report.undoable() || b.onServer(3).Block.Revoked.Reason != "old" {
			t.Errorf("report %+v", b.report)
		}
		b.undoLast()
		b.loop.Drain()
		if got := b.onServer(2); !got.Valid || !got.Block.Revoked.Date.IsZero() || b.onServer(3).Valid {
			t.Errorf("undone to %+v", got)
		}
		if b.can(keyUndo, 2) || !b.can(keyUndo, 3) {
			t.Error("undo of others")
		}
	})
}

func TestRevokePartly(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		fails := 0
		b.perform(&keyDeed{act: keyRevoke, ids: []int{1, 2, 4}, do: func(_ context.Context, id int) (keys.KeyRecord, error) {
			if id == 2 && fails == 0 {
				fails++
				return keys.KeyRecord{}, &keys.Problem{Cause: keys.BlockDamaged}
			}
			return keys.KeyRecord{}, nil
		}})
		b.loop.Drain()
		title, text := b.reportText(b.report)
		if !strings.Contains(title, "2 closed, 1 not") || text == "" {
			t.Errorf("said %q, %q", title, text)
		}
		b.retry()
		b.loop.Drain()
		if len(b.report.done) != 1 || len(b.report.failed) != 0 {
			t.Errorf("again %+v", b.report)
		}
	})
}

func TestRevokeStopsOutOfReach(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.errs = map[string]error{"update key": &keys.Problem{Cause: keys.Unreachable}} }, func(t *testing.T, b *keyBench) {
		b.revoke([]int{1, 2, 4}, keys.DepartureRevoked, "", false)
		b.loop.Drain()
		n := 0
		for _, c := range b.session.calls {
			if c == "update key" {
				n++
			}
		}
		if n != 1 || len(b.report.failed) != 3 {
			t.Errorf("asked %d times, failed %d", n, len(b.report.failed))
		}
	})
}

func TestRevokeClearsTheConfiguration(t *testing.T) {
	installed := keys.InstalledKey{Present: true, Mark: "m", Length: len(networkKey), Fingerprint: keys.Fingerprint(networkKey)}
	for _, agreed := range []bool{false, true} {
		onKeys(t, func(s *fakeSession) { s.installed = installed }, func(t *testing.T, b *keyBench) {
			b.readInstalled(nil)
			b.loop.Drain()
			if r := b.revoking([]int{1}); r.installed != 1 {
				t.Fatalf("means %+v", r)
			}
			b.revoke([]int{1}, keys.DepartureRevoked, "", agreed)
			b.loop.Drain()
			if b.session.installed.Present == agreed {
				t.Errorf("agreed %t, still there %t", agreed, b.session.installed.Present)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	ours := keys.Subscription{Verdict: keys.VerdictRunning, Fingerprint: keys.Fingerprint(networkKey), Message: "fine", Owner: "Acme"}
	for name, c := range map[string]struct {
		sub     keys.Subscription
		err     error
		network keys.Subscription
		failing error
		verdict keys.Verdict
		from    string
		said    string
	}{
		"by GLPI":                         {sub: ours, verdict: keys.VerdictRunning, from: keys.AskedByGLPI, said: "runs"},
		"other key":                       {sub: keys.Subscription{Verdict: keys.VerdictRunning, Fingerprint: "other"}, network: keys.Subscription{Verdict: keys.VerdictInvalid, Message: "No."}, verdict: keys.VerdictInvalid, from: keys.AskedHere, said: "No."},
		"no plugin":                       {err: &keys.Problem{Cause: keys.PluginMissing}, network: keys.Subscription{Verdict: keys.VerdictTerminated}, verdict: keys.VerdictTerminated, from: keys.AskedHere, said: "ended"},
		"no right":                        {err: &keys.Problem{Cause: keys.NoRight}, network: keys.Subscription{Verdict: keys.VerdictRunning}, verdict: keys.VerdictRunning, from: keys.AskedHere, said: "runs"},
		"DNS":                             {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.HostUnknown}, said: "DNS"},
		"refused":                         {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.Unreachable}, said: "firewall"},
		"TLS":                             {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.TLSFailed}, said: "secured"},
		"certificate":                     {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.CertificateUnknown}, said: "vouches"},
		"proxy":                           {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.ProxyFailed}, said: "proxy"},
		"timeout":                         {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.TimedOut}, said: "in time"},
		"page":                            {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.NotJSON}, said: "portal"},
		"500":                             {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.ServerFault, Detail: "500"}, said: "500"},
		"401":                             {err: &keys.Problem{Cause: keys.PluginMissing}, failing: &keys.Problem{Cause: keys.Refused, Detail: "401"}, said: "401"},
		"GLPI unheard, this computer not": {sub: keys.Subscription{Verdict: keys.VerdictUnreached, Fingerprint: keys.Fingerprint(networkKey)}, network: keys.Subscription{Verdict: keys.VerdictRunning}, verdict: keys.VerdictRunning, from: keys.AskedHere, said: "no usable answer"},
		"GLPI unheard":                    {sub: keys.Subscription{Verdict: keys.VerdictUnreached, Fingerprint: keys.Fingerprint(networkKey), Status: 502}, said: "502"},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) {
				s.subscription = c.sub
				s.errs = map[string]error{"subscription": c.err}
				s.keyRecords[0].Block.Validated = keys.Validation{Time: testNow.AddDate(0, 0, -9), Verdict: keys.VerdictRunning}
			}, func(t *testing.T, b *keyBench) {
				b.network, b.failing = c.network, c.failing
				b.validate(1)
				b.loop.Drain()
				got := b.onServer(1).Block.Validated
				if c.verdict == "" {
					if !got.Time.Equal(testNow.AddDate(0, 0, -9)) {
						t.Error("a failure took the place of an answer")
					}
				} else if got.Verdict != c.verdict || got.From != c.from || !got.Time.Equal(testNow) {
					t.Errorf("kept %+v", got)
				}
				if a := b.answer(1); a == nil || !strings.Contains(answerLine(a), c.said) {
					t.Errorf("said %q", answerLine(a))
				}
				for _, instance := range b.asked {
					if instance != "kJ2w9QxT" {
						t.Errorf("asked as %s", instance)
					}
				}
			})
		})
	}
}

func TestValidateNeverAsksAboutOthers(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		if b.can(keyValidate, 2) || b.can(keyValidate, 4) || !b.can(keyValidate, 1) {
			t.Error("offered for another vendor's key")
		}
		b.session.calls = nil
		b.validate(2)
		b.loop.Drain()
		a, _ := b.reach().validate(t.Context(), 2, b.work.deps.Now)
		if a.Err == nil || len(b.asked) != 0 || slices.Contains(b.session.calls, "subscription") {
			t.Errorf("asked %v", b.asked)
		}
	})
}

func TestValidateWithoutText(t *testing.T) {
	onKeys(t, func(s *fakeSession) {
		s.keyRecords[0].Block.Kept, s.keyRecords[0].Block.Text = keys.PlaceNowhere, keys.KeyText{}
		s.errs = map[string]error{"subscription": &keys.Problem{Cause: keys.PluginMissing}}
	}, func(t *testing.T, b *keyBench) {
		b.validate(1)
		b.loop.Drain()
		if a := b.answer(1); !a.NoText || len(b.asked) != 0 || !strings.Contains(answerLine(a), "no text") {
			t.Errorf("said %q", answerLine(a))
		}
	})
}

func TestInstall(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		var found *keyInstalling
		b.checkInstall(1, func(i *keyInstalling, err error) { found = i })
		b.loop.Drain()
		if found == nil || found.foreign() || found.state != installedNone || found.text.Empty() {
			t.Fatalf("found %+v", found)
		}
		b.install(found, keys.KeyText{})
		b.loop.Drain()
		if len(b.report.done) != 1 || b.installedState(b.record(1)) != installedOurs || b.mark().Fingerprint != keys.Fingerprint(networkKey) {
			t.Fatalf("report %+v", b.report)
		}
		if !strings.Contains(b.report.text, "characters") || !strings.Contains(b.report.text, "runs") {
			t.Errorf("said %q", b.report.text)
		}
		b.session.installed = keys.InstalledKey{} // GLPI loses it
		b.readInstalled(nil)
		b.loop.Drain()
		if b.installedState(b.record(1)) != installedLost {
			t.Errorf("is %s", b.installedState(b.record(1)))
		}
	})
}

func TestInstallKnowsItsOwnWithoutThePlugin(t *testing.T) {
	onKeys(t, func(s *fakeSession) {
		s.installed = keys.InstalledKey{Present: true, Mark: "theirs", Length: 99}
	}, func(t *testing.T, b *keyBench) {
		var found *keyInstalling
		b.checkInstall(1, func(i *keyInstalling, err error) { found = i })
		b.loop.Drain()
		if found == nil || !found.foreign() {
			t.Fatalf("found %+v", found)
		}
		b.remember(keys.Fingerprint(networkKey), keys.InstalledKey{Present: true, Mark: "theirs"})
		b.checkInstall(1, func(i *keyInstalling, err error) { found = i })
		b.loop.Drain()
		if found.foreign() || found.state != installedOurs {
			t.Errorf("found %+v", found)
		}
	})
}

// A key whose text was replaced within its record, as by a re-issue, is kept on
// this computer until the new one is good.
func TestInstallPutsTheEarlierKeyBack(t *testing.T) {
	const earlier = "the key before"
	onKeys(t, func(s *fakeSession) {
		s.installed = keys.InstalledKey{Present: true, Mark: "ours", Length: len(earlier), Fingerprint: keys.Fingerprint(earlier)}
	}, func(t *testing.T, b *keyBench) {
		if err := b.vault.Save(t.Context(), b.reach().server, keys.Fingerprint(earlier), keys.NewKeyText(earlier)); err != nil {
			t.Fatal(err)
		}
		var found *keyInstalling
		b.checkInstall(1, func(i *keyInstalling, err error) { found = i })
		b.loop.Drain()
		if found == nil || found.foreign() || !strings.Contains(found.question(), "earlier key") {
			t.Fatalf("found %+v", found)
		}
		b.session.subscription = keys.Subscription{Verdict: keys.VerdictInvalid, Fingerprint: keys.Fingerprint(networkKey)}
		b.session.keyRecord(1).Block.Reissue.State = keys.ReissueReceived
		b.install(found, keys.KeyText{})
		b.loop.Drain()
		if len(b.report.done) != 1 || b.report.previous.Empty() {
			t.Fatalf("report %+v", b.report)
		}
		b.putBack(1, b.report.previous)
		b.loop.Drain()
		if len(b.report.done) != 1 || b.session.installed.Fingerprint != keys.Fingerprint(earlier) || b.mark().Fingerprint != keys.Fingerprint(earlier) {
			t.Errorf("report %+v, GLPI has %+v", b.report, b.session.installed)
		}
		if r := b.onServer(1); r.Block.Reissue.State != keys.ReissueReceived {
			t.Errorf("the re-issue is %q", r.Block.Reissue.State)
		}
	})
}

func TestInstallRefusals(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.facts.Rights[rightConfig] = keys.Read }, func(t *testing.T, b *keyBench) {
		var got error
		b.checkInstall(1, func(_ *keyInstalling, err error) { got = err })
		b.loop.Drain()
		if keys.CauseOf(got) != keys.NoRight || !strings.Contains(installFault(got), "Update") {
			t.Errorf("said %v", installFault(got))
		}
	})
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		i := &keyInstalling{id: 1, record: b.onServer(1)}
		b.install(i, keys.NewKeyText(pluginKey))
		b.loop.Drain()
		if len(b.report.failed) != 1 || slices.Contains(b.session.calls, "install key") {
			t.Error("another key was installed")
		}
	})
}

func said(key string) string { return t(key) }

const keyCSV = "product;key;end;entity;bound_to\r\nFormcreator;" + pluginKey + "-1;2027-12-04;;\r\nCarbon;;04/05/2027;;\r\nGantt;GANTT-1;;Nowhere;\r\nFields;;;;" + here + "\r\n"

// tableOf reads a table.
func (b *keyBench) tableOf(text string) *keyTable {
	p := b.openTable()
	p.name = "keys.csv"
	p.take(keys.ReadKeyImport([]byte(text), false))
	return p
}

func TestImport(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		p := b.tableOf(keyCSV)
		if ready, wrong, _, _ := p.counts(); ready != 2 || wrong != 2 {
			t.Fatalf("ready %d, wrong %d", ready, wrong)
		}
		p.run()
		b.loop.Drain()
		if _, wrong, failed, made := p.counts(); made != 2 || wrong != 2 || failed != 0 || len(b.session.keyRecords) != 6 {
			t.Fatalf("made %d, wrong %d, failed %d", made, wrong, failed)
		}
		p.setDayFirst(true)
		p.correct(2, map[string]string{keys.KeyFieldEntity: "Root entity"})
		p.run()
		b.loop.Drain()
		if _, wrong, failed, made := p.counts(); made != 4 || wrong+failed != 0 || len(b.session.keyRecords) != 8 {
			t.Fatalf("made %d of %d", made, len(p.rows))
		}
		p.close()
		if b.table != nil || b.kept != nil {
			t.Error("the page is still there")
		}
	})
}

func TestImportFailsAndGoesOn(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.lostAnswers = 1 }, func(t *testing.T, b *keyBench) {
		p := b.tableOf("product;key\r\nA;" + pluginKey + "-A\r\nB;" + pluginKey + "-B\r\n")
		p.run()
		b.loop.Drain()
		if _, _, failed, made := p.counts(); made != 1 || failed != 1 {
			t.Fatalf("made %d, failed %d", made, failed)
		}
		p.close()
		if b.kept != p {
			t.Fatal("what failed is gone")
		}
		path := filepath.Join(t.TempDir(), "rest.csv")
		p.save(path)
		b.loop.Drain()
		data, err := os.ReadFile(path)
		if info, _ := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(string(data), pluginKey+"-A") || strings.Contains(string(data), pluginKey+"-B") {
			t.Errorf("saved %q, %v", data, err)
		}
		b.openTable().run()
		b.loop.Drain()
		if _, _, failed, made := p.counts(); made != 2 || failed != 0 || len(b.session.keyRecords) != 6 {
			t.Errorf("made %d, failed %d, records %d", made, failed, len(b.session.keyRecords))
		}
	})
}

func TestImportStopsWithoutRight(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.errs = map[string]error{"create key": &keys.Problem{Cause: keys.NoRight}} }, func(t *testing.T, b *keyBench) {
		p := b.tableOf("product\r\nA\r\nB\r\nC\r\n")
		p.run()
		b.loop.Drain()
		n := 0
		for _, c := range b.session.calls {
			if c == "create key" {
				n++
			}
		}
		if n != 1 || keys.CauseOf(p.failure) != keys.NoRight {
			t.Errorf("asked %d times, %v", n, p.failure)
		}
	})
}

func TestImportOfMany(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		for i := range 1000 {
			b.work.facts.Entities = append(b.work.facts.Entities, keys.Entity{ID: 100 + i, Path: fmt.Sprintf("Root entity > Site %d", i)})
		}
		table := strings.Builder{}
		table.WriteString("product;key;entity\n")
		for i := range 10_000 {
			fmt.Fprintf(&table, "Product %d;KEY-%d;Root entity > Site %d\n", i, i, i%1000)
		}
		p := b.tableOf(table.String())
		for range 10 {
			if ready, wrong, _, _ := p.counts(); ready != 10_000 || wrong != 0 {
				t.Fatalf("ready %d, wrong %d", ready, wrong)
			}
		}
	})
}

func TestKeyFileIsDropped(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		path := filepath.Join(t.TempDir(), "mail.txt")
		if err := os.WriteFile(path, []byte("Your key:\n"+networkKey+"\nBye"), 0o600); err != nil {
			t.Fatal(err)
		}
		b.openForm(keyFormNew, nil)
		b.form.readFile(path)
		b.loop.Drain()
		if b.form.draft.key != networkKey || b.form.draft.text != networkKey {
			t.Errorf("found %q", b.form.draft.key)
		}
		b.form.readFile(filepath.Dir(path))
		b.loop.Drain()
		if said := b.form.problems[keys.KeyFieldValue]; !strings.Contains(said, "folder") || b.form.draft.key != networkKey {
			t.Errorf("of a folder: %q", said)
		}
	})
}

// TestNoKeyTextIsLeft goes through everything with failures and looks for key
// texts where none may be.
func TestNoKeyTextIsLeft(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		fail := func(call string, cause keys.Cause) {
			b.session.errs = map[string]error{call: &keys.Problem{Op: call, Cause: cause, Detail: "x"}}
		}
		fail("create key", keys.OutcomeUnknown)
		f := b.addForm(networkKey + "AA")
		f.submit()
		b.loop.Drain()
		errs := fmt.Sprintf("%v %+v %#v %v", f.failure, f.draft, f.draft, f.record())
		b.form = nil
		fail("install key", keys.Refused)
		var found *keyInstalling
		b.checkInstall(1, func(i *keyInstalling, _ error) { found = i })
		b.loop.Drain()
		b.install(found, keys.KeyText{})
		b.loop.Drain()
		errs += fmt.Sprintf("%v %+v", b.report.why, found)
		b.session.errs = nil
		b.install(found, keys.KeyText{})
		b.loop.Drain()
		b.failing = &keys.Problem{Cause: keys.Unreachable}
		b.validate(1)
		b.loop.Drain()
		p := b.tableOf(keyCSV)
		p.run()
		b.loop.Drain()
		preferences, _ := os.ReadFile(b.prefs)
		record, _ := json.Marshal(b.onServer(1))
		for name, text := range map[string]string{"log": b.log.String(), "errors": errs, "preferences": string(preferences), "JSON": string(record)} {
			for _, key := range []string{networkKey, pluginKey, networkKey[:20]} {
				if strings.Contains(text, key) {
					t.Errorf("%s: a key in %.300s", name, text)
				}
			}
		}
		if !strings.Contains(string(preferences), keys.Fingerprint(networkKey)) || b.log.Len() == 0 {
			t.Error("nothing was looked at")
		}
	})
}
