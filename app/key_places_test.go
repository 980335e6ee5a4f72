package app

import (
	"strings"
	"testing"

	"glpikeys/keys"
)

// without is a vault without a keyring: it keeps texts for this run only, and
// says so.
func (b *keyBench) without() {
	b.vault.err = &keys.Problem{Cause: keys.KeyTextUnsaved, Err: &keys.Problem{Cause: keys.KeyringAbsent}}
}

func TestKeyKeptUntilClosed(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.without()
		f := b.addForm(networkKey)
		f.submit()
		b.loop.Drain()
		if said := f.problems[keys.KeyFieldKept]; !strings.Contains(said, "Only until GLPI Keys is closed") || len(b.session.keyRecords) != 4 {
			t.Fatalf("said %q", said)
		}
		f.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = placeRun })
		if note, warn := f.keptNote(); !warn || !strings.Contains(note, "closed") {
			t.Errorf("said %q", note)
		}
		f.submit()
		b.loop.Drain()
		r := b.onServer(5)
		if r.Block.Kept != keys.PlaceNowhere || !r.Block.Text.Empty() || b.work.runText(r.Block.Fingerprint).Reveal() != networkKey {
			t.Errorf("GLPI has %+v", r.Block)
		}
		if b.work.placeOf(&r) != placeRun || !b.work.keys.atHand(&r) {
			t.Errorf("kept %q", b.work.placeOf(&r))
		}
		shown := ""
		b.work.keys.withText(5, func(text keys.KeyText) { shown = text.Reveal() })
		if shown != networkKey {
			t.Errorf("shown %q", shown)
		}
		again := newWorkspace(b.work.deps, Opened{Session: b.session, Connection: b.work.connection})
		defer again.tasks.Close()
		if again.placeOf(&r) != placeRun {
			t.Error("signing in again loses it")
		}
	})
}

func TestKeyMovesInAndOutOfTheRun(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		print := keys.Fingerprint(pluginKey)
		for _, to := range []keys.Place{placeRun, keys.PlaceGLPI, placeRun, keys.PlaceComputer, placeRun, keys.PlaceNowhere} {
			b.openForm(keyFormEdit, b.record(2))
			b.form.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = to })
			b.form.submit()
			b.loop.Drain()
			if b.form != nil {
				t.Fatalf("to %s: %v, %v", to, b.form.failure, b.form.problems)
			}
			r := b.onServer(2)
			run, here := !b.work.runText(print).Empty(), b.vault.kept["one"+print].Reveal() != ""
			if b.work.placeOf(&r) != to || run != (to == placeRun) || here != (to == keys.PlaceComputer) || r.Block.Text.Empty() != (to != keys.PlaceGLPI) {
				t.Errorf("to %s: in %s, run %t, here %t, GLPI %t", to, b.work.placeOf(&r), run, here, !r.Block.Text.Empty())
			}
		}
	})
}

// The text of an earlier key is the way back if the new one is not good.
func TestAnotherKeyLeavesTheEarlierText(t *testing.T) {
	for _, c := range []struct {
		id      int
		earlier string
		to      keys.Place
		keyring bool
		note    string
	}{
		{1, networkKey, keys.PlaceGLPI, true, "running and installed in GLPI. Without"},
		{1, networkKey, keys.PlaceComputer, true, "running and installed in GLPI. Without"},
		{1, networkKey, keys.PlaceNowhere, true, "running and installed in GLPI. Without"},
		{1, networkKey, keys.PlaceGLPI, false, "running and installed in GLPI. Without"},
		{2, pluginKey, keys.PlaceGLPI, true, "remove this server"},
		{2, pluginKey, placeRun, true, "remove this server"},
		{2, pluginKey, keys.PlaceNowhere, true, "remove this server"},
	} {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			if !c.keyring {
				b.without()
			}
			b.openForm(keyFormEdit, b.record(c.id))
			b.form.typeKey(nextKey)
			b.form.edit(keys.KeyFieldVendor, func(d *keyDraft) { d.network = c.id == 1 })
			b.form.choosePlace(c.to)
			if note, _ := b.form.keptNote(); !strings.Contains(note, c.note) {
				t.Errorf("%+v: said %q", c, note)
			}
			b.form.submit()
			b.loop.Drain()
			if r := b.onServer(c.id); b.form != nil || r.Block.Fingerprint != keys.Fingerprint(nextKey) {
				t.Fatalf("%+v: not saved", c)
			}
			b.vault.err = nil
			if own, err := b.reach().own(t.Context(), keys.Fingerprint(c.earlier)); own.Reveal() != c.earlier {
				t.Errorf("%+v: the earlier text is gone (%v)", c, err)
			}
		})
	}
}

// A key that is typed and taken back leaves the form as it was.
func TestKeyTakenBackLeavesItsPlace(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.keyRecord(2).Block.Kept = keys.PlaceNowhere }, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormEdit, b.record(2))
		b.form.typeKey(networkKey)
		if b.form.draft.kept != keys.PlaceComputer {
			t.Errorf("kept %q", b.form.draft.kept)
		}
		b.form.typeKey("")
		b.form.typeKey(networkKey)
		b.form.choosePlace(keys.PlaceGLPI)
		b.form.typeKey("")
		b.form.edit(keys.KeyFieldNumber, func(d *keyDraft) { d.number = "PO-7" })
		b.form.submit()
		b.loop.Drain()
		if r := b.onServer(2); b.form != nil || r.Number != "PO-7" || r.Block.Kept != keys.PlaceNowhere {
			t.Errorf("not saved: %+v", r)
		}
	})
}

// Nobody validates the key of another vendor: the person closes the old one.
func TestRenewedKeyOfAnotherVendorIsClosedByHand(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormRenew, b.record(2))
		b.form.typeKey(pluginKey + "-2")
		b.form.submit()
		b.loop.Drain()
		if r := b.onServer(5); r.Block.ClosesParent || b.report == nil || b.report.closes != 2 {
			t.Fatalf("made %+v, report %+v", r.Block, b.report)
		}
		b.closeRenewed([]int{2}, "")
		b.loop.Drain()
		if r := b.onServer(2); !r.Closed() {
			t.Error("the old one is not closed")
		}
	})
}

func TestImportKeepsUntilClosed(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.without()
		p := b.tableOf(keyCSV)
		p.setPlace(placeRun)
		p.run()
		b.loop.Drain()
		made := 0
		for _, r := range b.session.keyRecords[4:] {
			if r.Block.Fingerprint != "" && b.work.placeOf(&r) == placeRun {
				made++
			}
			if r.Block.Kept == placeRun {
				t.Error("a record names a place that nobody else has")
			}
		}
		if made == 0 {
			t.Errorf("nothing was kept; %d records", len(b.session.keyRecords))
		}
	})
}
