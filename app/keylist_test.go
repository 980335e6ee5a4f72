package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// newTestKeys is the presenter over what session answers.
func newTestKeys(t *testing.T, l *loop, session *fakeSession) *keyList {
	t.Helper()
	w := newWorkspace(newDeps(t, l), Opened{
		Session: session, Connection: connection.Connection{ID: "one", Name: "helpdesk.example.com"},
	})
	t.Cleanup(w.tasks.Close)
	w.refresh()
	l.Drain()
	return w.keys
}

func TestKeyFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestKeys(t, newLoop(), licensed())
		december := keys.Date{Year: 2026, Month: time.December, Day: 1}
		for _, c := range []struct {
			name   string
			narrow func()
			want   int
		}{
			{"keys alone", func() {}, 11},
			{"expired", func() { p.showState(showExpired) }, 1},
			{"within 30 days, with a trial", func() { p.showState(showSoon) }, 4},
			{"revoked", func() { p.showState(showRevoked) }, 1},
			{"renewed", func() { p.showState(showRenewed) }, 1},
			{"all that ends", func() { p.clear(); p.showEverything(true) }, 254},
			{"of it contracts", func() { p.showType(keys.TypeContract) }, 72},
			{"keys alone again, of every type", func() { p.showEverything(false) }, 11},
			{"a month of the overview", func() { p.openMonth(december) }, 7},
			{"no date, of all that ends", func() { p.openState(showNoDate) }, 15},
		} {
			c.narrow()
			if got := len(p.rows()); got != c.want {
				t.Errorf("%s: %d rows, want %d", c.name, got, c.want)
			}
			if got := p.counts()[p.state]; got != c.want {
				t.Errorf("%s: the chip counts %d, want %d", c.name, got, c.want)
			}
		}
	})
}

// What a card counts is what it opens, and only what is no key switches the
// rest on.
func TestCardsOpenKeysAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := licensed()
		onlyKeys(session)
		p := newTestKeys(t, newLoop(), session)
		for _, f := range overviewCards {
			p.openState(f)
			if got, want := len(p.rows()), p.work.summary().Count(f.states()...); p.all || got != want {
				t.Errorf("%s: %d rows behind a card that counts %d; all: %v", f, got, want, p.all)
			}
		}
		session.glance.Items = append(session.glance.Items, keys.Item{Type: keys.TypeContract, ID: 1, Name: "Support", End: keys.DateOf(testNow).AddDays(5)})
		p.work.show(session.glance, testNow)
		if p.openState(showExpired); p.all {
			t.Error("no contract has expired")
		}
		if p.openState(showSoon); !p.all || len(p.rows()) != 5 {
			t.Errorf("a contract that ends soon: all %v, %d rows", p.all, len(p.rows()))
		}
		p.showEverything(false)
		if p.openItem(keys.ItemKey{Type: keys.TypeContract, ID: 1}); !p.all {
			t.Error("a contract cannot be shown among keys")
		}
	})
}

func TestClosedKeysCountNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, session := newLoop(), licensed()
		onlyKeys(session)
		p := newTestKeys(t, l, session)
		if got := p.work.summary().Count(keys.Expired); got != 1 {
			t.Errorf("%d expired; one revoked and one renewed key are past their end", got)
		}
		if got := p.expired(); got != 1 {
			t.Errorf("the badge says %d", got)
		}
		for i := range session.keyRecords { // as a mass action or GLPI's own count may leave them
			session.keyRecords[i].Valid = !session.keyRecords[i].Valid
		}
		p.refresh()
		l.Drain()
		if r := p.record(1009); r == nil || !r.Valid {
			t.Fatal("the list was not read again")
		}
		if got, badge := p.work.summary().Count(keys.Expired), p.expired(); got != 1 || badge != 1 {
			t.Errorf("GLPI calls them otherwise: %d expired, the badge says %d", got, badge)
		}
		counts := p.counts()
		if counts[showRevoked] != 1 || counts[showRenewed] != 1 {
			t.Errorf("GLPI calls them otherwise: %v", counts)
		}
	})
}

// What its vendor refuses is none of the healthy ones, wherever it is counted.
func TestRefusedKeysAreNotHealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := licensed()
		onlyKeys(session)
		session.keyRecords[7].Block.Validated = keys.Validation{Time: testNow, Verdict: keys.VerdictTerminated}
		p := newTestKeys(t, newLoop(), session)
		counts, sum := p.counts(), p.work.summary()
		if counts[showFine] != 1 || counts[showExpired] != 2 || p.expired() != 2 {
			t.Errorf("chips %v, badge %d", counts, p.expired())
		}
		if sum.Count(keys.Fine) != 1 || sum.Count(keys.Expired) != 2 {
			t.Errorf("cards %v", sum.Counts)
		}
		rows := p.rows()
		slices.SortFunc(rows, byStanding)
		if first := []int{rows[0].ID, rows[1].ID}; !slices.Equal(first, []int{1001, 1008}) {
			t.Errorf("sorted by state, %v come first", first)
		}
		p.openState(showExpired)
		if rows := p.rows(); len(rows) != 2 || p.all {
			t.Errorf("the card opens %d rows, all %v", len(rows), p.all)
		}
	})
}

// The badge says what the chip says: nothing, where there are no keys.
func TestBadgeCountsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newTestKeys(t, newLoop(), helpdesk())
		if got := p.expired(); got != 0 || len(p.list) != 0 {
			t.Errorf("%d of %d keys", got, len(p.list))
		}
		if p.showEverything(true); p.expired() == 0 || p.expired() != p.counts()[showExpired] {
			t.Errorf("of everything %d, the chip %d", p.expired(), p.counts()[showExpired])
		}
	})
}

// A trial that became a subscription was one.
func TestTrialStaysInTheHistory(t *testing.T) {
	onKeys(t, func(s *fakeSession) { s.facts.User.Login, s.keyRecords[1].Block.Trial = "ana.berg", true }, func(t *testing.T, b *keyBench) {
		set := func(trial bool) *keys.KeyRecord {
			b.settle(keyEdit, 2, func(r *keys.KeyRecord) { r.Block.Trial = trial })
			b.loop.Drain()
			r := b.onServer(2)
			return &r
		}
		life := func(r *keys.KeyRecord) string {
			var said []string
			for _, s := range b.work.keys.steps(r, []keys.KeyEvent{{Time: testNow.AddDate(0, 0, -9), Who: "ana", Field: "created"}}) {
				said = append(said, s.text)
			}
			return strings.Join(said, "|")
		}
		if r := set(true); life(r) != "Trial begun by ana" {
			t.Errorf("while it is one: %s", life(r))
		}
		for range 2 {
			if r := set(false); len(r.Block.Steps) != 1 || life(r) != "Became a subscription by ana.berg|Trial begun by ana" {
				t.Errorf("%+v: %s", r.Block.Steps, life(r))
			}
		}
	})
}

// A re-issue's earlier steps, and what was done to GLPI's configuration, stay in
// the history.
func TestStepsStayInTheHistory(t *testing.T) {
	lost := func(s *fakeSession) { s.installed = keys.InstalledKey{} }
	for name, c := range map[string]struct {
		act  func(b *keyBench)
		want string
	}{
		"asked, received, installed": {func(b *keyBench) {
			for i, state := range []keys.ReissueState{keys.ReissueRequested, keys.ReissueReceived, keys.ReissueInstalled} {
				b.settle(keyEdit, 1, func(r *keys.KeyRecord) {
					r.Block.Reissue = keys.Reissue{State: state, Date: b.work.today().AddDays(i), Address: here}
				})
				b.loop.Drain()
			}
		}, "Re-issued key installed|Re-issued key received|Re-issue requested"},
		"asked, received and installed on one day, the answer lost": {func(b *keyBench) {
			for _, state := range []keys.ReissueState{keys.ReissueRequested, keys.ReissueReceived} {
				b.setReissue(1, state)
				b.loop.Drain()
			}
			b.checkInstall(1, func(i *keyInstalling, err error) {
				b.session.lostAnswers = 1
				b.install(i, keys.KeyText{})
			})
			b.loop.Drain()
		}, "Installed in GLPI by ana.berg|Re-issued key received|Re-issue requested"},
		"asked twice": {func(b *keyBench) {
			for i := range 2 {
				b.settle(keyEdit, 1, func(r *keys.KeyRecord) {
					r.Block.Reissue = keys.Reissue{State: keys.ReissueRequested, Date: b.work.today().AddDays(i), Address: here}
				})
				b.loop.Drain()
			}
		}, "Re-issue requested for helpdesk.example.com|Re-issue requested"},
		"installed, lost and put back": {func(b *keyBench) {
			for range 2 {
				b.checkInstall(1, func(i *keyInstalling, err error) { b.install(i, keys.KeyText{}) })
				b.loop.Drain()
				lost(b.session)
			}
		}, "Put back into GLPI by ana.berg|Installed in GLPI by ana.berg"},
		"installed, and taken out with the revocation": {func(b *keyBench) {
			b.checkInstall(1, func(i *keyInstalling, err error) { b.install(i, keys.KeyText{}) })
			b.loop.Drain()
			b.revoke([]int{1}, keys.DepartureRevoked, "moved", true)
			b.loop.Drain()
		}, "Revoked: moved|Taken out of GLPI’s configuration by ana.berg|Installed in GLPI by ana.berg"},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) { s.facts.User.Login = "ana.berg" }, func(t *testing.T, b *keyBench) {
				c.act(b)
				r := b.onServer(1)
				r.Block.Validated = keys.Validation{}
				var got []string
				for _, s := range b.work.keys.steps(&r, nil) {
					got = append(got, s.text)
				}
				if said := strings.Join(got, "|"); said != c.want {
					t.Errorf("got  %s\nwant %s", said, c.want)
				}
			})
		})
	}
}

// What can be done stands where it stood while something is being done.
func TestKeyButtonsStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeysScreen(t, look.Light, wideWindow, licensed())
		for _, id := range []int{1002, 1003, 1009} {
			s.keys.choose(keyOf(id))
			s.settle()
			names := func() string {
				r, _ := s.keys.p.row(keyOf(id))
				var out []string
				for _, o := range s.keys.detail.buttons(r) {
					out = append(out, o.(*look.Button).Text())
				}
				return strings.Join(out, "|")
			}
			before := names()
			s.work.keyWork.acting = &keyDeed{act: keyValidate}
			if after := names(); after != before {
				t.Errorf("%d: %s became %s", id, before, after)
			}
			s.work.keyWork.acting = nil
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

func TestKeyWords(t *testing.T) {
	today := keys.DateOf(testNow)
	record := func(end int, change func(*keys.KeyRecord)) keyRow {
		r := &keys.KeyRecord{ID: 1, Valid: true}
		if end != 0 {
			r.End = today.AddDays(end)
		}
		if change != nil {
			change(r)
		}
		return recordRow(r, keys.DefaultThresholds, today)
	}
	trial := func(r *keys.KeyRecord) { r.Block.Trial = true }
	verdict := func(v keys.Verdict) func(*keys.KeyRecord) {
		return func(r *keys.KeyRecord) { r.Block.Validated = keys.Validation{Time: testNow, Verdict: v} }
	}
	closed := func(why keys.Departure) func(*keys.KeyRecord) {
		return func(r *keys.KeyRecord) { r.Valid, r.Block.Revoked = false, keys.Revocation{Date: today, Why: why} }
	}
	invalid := func(r *keys.KeyRecord) { r.Valid = false }
	reopened := func(r *keys.KeyRecord) { closed("")(r); r.Valid = true }
	future := func(change func(*keys.KeyRecord)) func(*keys.KeyRecord) {
		return func(r *keys.KeyRecord) {
			r.Block.Begin = today.AddDays(1)
			if change != nil {
				change(r)
			}
		}
	}
	damaged := func(r *keys.KeyRecord) { r.Damage = &keys.Damage{Kind: keys.DamageForm} }
	for _, c := range []struct {
		row  keyRow
		want string
		tone look.Tone
	}{
		{record(-3, nil), "Expired", look.Expired},
		{record(3, nil), "3 days", look.Soon},
		{record(60, nil), "60 days", look.Neutral},
		{record(200, nil), "Active", look.OK},
		{record(0, nil), "No date", look.Neutral},
		{record(3, trial), "Trial, 3 d", look.Soon},
		{record(0, trial), "Trial", look.Info},
		{record(-3, trial), "Expired", look.Expired},
		{record(3, closed(keys.DepartureRenewed)), "Renewed", look.Neutral},
		{record(-3, closed("")), "Revoked", look.Revoked},
		{record(3, closed(keys.DepartureReleased)), "Released", look.Revoked},
		{record(3, invalid), "3 days", look.Soon},
		{record(-3, invalid), "Expired", look.Expired},
		{record(3, reopened), "Revoked", look.Revoked},
		{record(200, future(nil)), "Starts later", look.Info},
		{record(200, future(trial)), "Starts later", look.Info},
		{record(200, future(verdict(keys.VerdictTerminated))), "Starts later", look.Info}, // so GLPI Network says of what does not run yet
		{record(200, future(verdict(keys.VerdictInvalid))), "Not valid", look.Expired},
		{record(200, future(closed(""))), "Revoked", look.Revoked},
		{record(200, verdict(keys.VerdictTerminated)), "Terminated", look.Expired},
		{record(200, verdict(keys.VerdictInvalid)), "Not valid", look.Expired},
		{record(-3, verdict(keys.VerdictInvalid)), "Expired", look.Expired},
		{record(0, damaged), "Unclear", look.Neutral},
		{record(3, damaged), "3 days", look.Soon},
	} {
		tone, _ := keyLook(c.row)
		if got := keyWord(c.row); got != c.want || tone != c.tone {
			t.Errorf("%q in %v, want %q in %v", got, tone, c.want, c.tone)
		}
		texts := newRowTexts()
		if got := texts.word(c.row); got != c.want {
			t.Errorf("remembered as %q, want %q", got, c.want)
		}
	}
}

func TestKeyLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := licensed()
		p := newTestKeys(t, l, session)
		said := func(id int) string {
			p.look(keyOf(id))
			time.Sleep(time.Second)
			l.Drain()
			d := p.detail(id)
			if !d.read {
				t.Fatalf("%d was not read: %v", id, d.failure)
			}
			var out []string
			for _, s := range p.steps(&d.record, d.history) {
				out = append(out, s.day.String()+" "+s.text)
			}
			return strings.Join(out, "\n")
		}
		old := keys.ShortFingerprint(session.keyRecords[10].Block.Fingerprint)
		now := keys.ShortFingerprint(session.keyRecords[1].Block.Fingerprint)
		for id, want := range map[int]string{
			1002: "2026-11-23 Validated by GLPI Network, asked by GLPI · glpi\n" +
				"2026-01-26 Changed supplier, order number by ana\n" +
				"2025-12-26 End changed from 25 Nov 2026 to 26 Nov 2026 by ana\n" +
				"2025-11-26 Renewed from " + old + "\n" +
				"2025-11-26 Acquired by glpi, order PO-2231",
			1009: "2026-05-07 Revoked: the server is gone\n2025-11-26 Acquired, order PO-2209",
			1011: "2025-11-26 Renewed by " + now + "\n2025-11-26 Acquired, order PO-2211",
			1005: "2025-11-26 Trial begun",
		} {
			if got := said(id); got != want {
				t.Errorf("%d:\n%s\nwant\n%s", id, got, want)
			}
		}
	})
}

func TestHistoryTellsWhoRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := licensed()
		when := testNow.AddDate(0, 0, -200)
		session.keyHistory[1009] = []keys.KeyEvent{
			{Time: when.AddDate(0, 0, 1), Who: "ana", Field: "comment", Old: "a", New: "b"},
			{Time: when.Add(time.Second), Who: "ana", Field: "comment", Old: "a", New: "a"},
			{Time: when, Who: "ana", Field: "is_valid", Old: "1", New: "0"},
			{Time: when.AddDate(-1, 0, 0), Who: "glpi", Field: "trashed"},
			{Time: when.AddDate(-1, 0, -1), Who: "glpi", Field: "other"},
		}
		p := newTestKeys(t, l, session)
		steps := p.steps(p.record(1009), session.keyHistory[1009])
		var got []string
		for _, s := range steps {
			got = append(got, s.text)
		}
		want := "Changed notes by ana|Revoked by ana: the server is gone|Acquired, order PO-2209|Put into GLPI’s trash by glpi"
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("got  %s\nwant %s", joined, want)
		}
	})
}

// TestHistoryOfValidity tells what this program did, which writes the comment
// along, from GLPI's own changes of is_valid.
func TestHistoryOfValidity(t *testing.T) {
	ours := func(days int, who, to string) []keys.KeyEvent {
		at := testNow.AddDate(0, 0, days)
		return []keys.KeyEvent{{Time: at, Who: who, Field: "is_valid", New: to}, {Time: at, Who: who, Field: "comment", Old: "…", New: "…"}}
	}
	theirs := func(days int, who, to string) []keys.KeyEvent { return ours(days, who, to)[:1] }
	for name, c := range map[string]struct {
		id     int // 1009 was revoked 200 days ago, 1003 is in use
		events [][]keys.KeyEvent
		want   string
	}{
		"given up": {1009, [][]keys.KeyEvent{ours(-200, "ana", "0")}, "Revoked by ana: the server is gone"},
		"given up, and its form saved": {
			1009, [][]keys.KeyEvent{theirs(-9, "bob", "1"), ours(-200, "ana", "0")},
			"Called valid again in GLPI by bob|Revoked by ana: the server is gone",
		},
		"given up, and called invalid again": {
			1009, [][]keys.KeyEvent{theirs(-8, "ana", "0"), theirs(-9, "bob", "1"), ours(-200, "ana", "0")},
			"Called invalid in GLPI by ana|Called valid again in GLPI by bob|Revoked by ana: the server is gone",
		},
		"given up, and its form saved with other line breaks": {
			1009, [][]keys.KeyEvent{ours(-9, "bob", "1"), ours(-200, "ana", "0")},
			"Called valid again in GLPI by bob|Revoked by ana: the server is gone",
		},
		"installed too often, by a form with other line breaks": {1003, [][]keys.KeyEvent{ours(-9, "bob", "0")}, "Called invalid in GLPI by bob"},
		"given up twice": {
			1009, [][]keys.KeyEvent{ours(-200, "ana", "0"), ours(-250, "bob", "1"), ours(-300, "bob", "0")},
			"Revoked by ana: the server is gone|In use again by bob|Revoked by bob",
		},
		"given up twice on one day": {
			1009, [][]keys.KeyEvent{ours(-200, "ana", "0"), ours(-200, "bob", "1"), ours(-200, "carl", "0")},
			"Revoked by ana: the server is gone|In use again by bob|Revoked by carl",
		},
		"given up, and taken back": {1003, [][]keys.KeyEvent{ours(-8, "ana", "1"), ours(-9, "ana", "0")}, "In use again by ana|Revoked by ana"},
		"installed too often":      {1003, [][]keys.KeyEvent{theirs(-9, "bob", "0")}, "Called invalid in GLPI by bob"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				session := licensed()
				session.keyRecords[c.id-1001].Created = time.Time{}
				p := newTestKeys(t, newLoop(), session)
				var got []string
				for _, s := range p.steps(p.record(c.id), slices.Concat(c.events...)) {
					got = append(got, s.text)
				}
				if said := strings.Join(got, "|"); said != c.want {
					t.Errorf("got  %s\nwant %s", said, c.want)
				}
			})
		})
	}
}

// GLPI 11's form logs a day that it writes with a time, and nothing changed.
func TestHistoryLeavesOutWhatStayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := licensed()
		session.keyRecords[2].Created = time.Time{}
		p := newTestKeys(t, newLoop(), session)
		steps := p.steps(p.record(1003), []keys.KeyEvent{
			{Time: testNow, Who: "bob", Field: "expire", Old: "2027-07-30", New: "2027-07-30 00:00:00"},
			{Time: testNow.AddDate(0, 0, -1), Who: "bob", Field: "expire", Old: "2027-07-30", New: "2027-07-31 00:00:00"},
		})
		if len(steps) != 1 || steps[0].text != "End changed from 30 Jul 2027 to 31 Jul 2027 by bob" {
			t.Errorf("%+v", steps)
		}
	})
}

func TestSameNotes(t *testing.T) {
	for _, c := range []struct {
		old, new string
		same     bool
	}{
		{"", "…", true},
		{"a", "a", true},
		{"a", "an", false},
		{"né\n\n…", "né\n\n…", true},
		{"né à & co\n\n…", "né à & conn\n\n…", true}, // as GLPI 10 logs it
		{"né à & co\n\n…", "né à & to\n\n…", false},
		{"call Ana", "", false},
	} {
		if sameNotes(c.old, c.new) != c.same {
			t.Errorf("%q and %q: %v", c.old, c.new, !c.same)
		}
	}
}

// The text of a key is read when somebody wants it, stays in no detail, and
// leaves the clipboard, unless something else is there by then.
func TestKeyTextComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		p := newTestKeys(t, l, licensed())
		clip := ""
		p.onClip, p.clipNow = func(text string) { clip = text }, func() string { return clip }
		wait := func(d time.Duration) { time.Sleep(d); l.Drain() }
		p.look(keyOf(1002))
		wait(time.Second)
		if !p.detail(1002).record.Block.Text.Empty() || !p.text.text.Empty() {
			t.Error("the text of a key stays without being asked for")
		}
		p.reveal(1002)
		wait(0)
		if p.text.text.Reveal() != keyText {
			t.Errorf("revealed %q", p.text.text.Reveal())
		}
		told := false
		p.copyText(1002, func() { told = true })
		wait(0)
		if clip != keyText || !told {
			t.Errorf("copied %q, told: %v", clip, told)
		}
		p.look(keyOf(1003))
		if !p.text.text.Empty() {
			t.Error("the text is still shown")
		}
		wait(clipTime + time.Second)
		if clip != "" {
			t.Error("the key stays on the clipboard")
		}

		p.look(keyOf(1002))
		p.copyText(1002, func() {})
		wait(0)
		clip = "something else"
		wait(clipTime + time.Second)
		if clip != "something else" {
			t.Error("somebody else's clipboard was emptied")
		}
		if p.atHand(p.record(1003)) {
			t.Error("a text on this computer, without any place for texts")
		}
	})
}

func TestKeyTextOfThisComputer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		p := newTestKeys(t, l, licensed())
		texts := &connection.MemoryKeyTexts{}
		p.work.deps.KeyTexts = texts
		p.look(keyOf(1003))
		wait := func() { time.Sleep(cursorRest); l.Drain() }
		wait()
		if !p.detail(1003).away {
			t.Error("a text of another computer is said to be on this one")
		}
		p.reveal(1003)
		l.Drain()
		if !p.text.absent {
			t.Error("a text that is not there is not said to be absent")
		}
		text := keys.NewKeyText("key 1003")
		if err := texts.Save(t.Context(), "one", keys.Fingerprint("key 1003"), text); err != nil {
			t.Fatal(err)
		}
		p.reveal(1003)
		l.Drain()
		if p.text.text != text {
			t.Errorf("%+v", p.text)
		}
		p.again()
		wait()
		if p.detail(1003).away {
			t.Error("a text of this computer is said to be on another one")
		}
	})
}

func TestKeyDoubts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := licensed()
		session.keyRecords[2].Block.Fingerprint = session.keyRecords[6].Block.Fingerprint
		session.keyRecords[5].Valid, session.keyRecords[8].Valid = false, true
		p := newTestKeys(t, newLoop(), session)
		for id, want := range map[int]keys.KeyDoubtKind{
			1003: keys.DoubtSameText, 1004: keys.DoubtAddress, 1005: keys.DoubtGone, 1002: "", 1006: keys.DoubtInvalid,
			1009: keys.DoubtReopened, 1011: "",
		} {
			var got keys.KeyDoubtKind
			if doubts := p.doubts(p.record(id)); len(doubts) > 0 {
				got = doubts[0].Kind
			}
			if got != want {
				t.Errorf("%d: %q, want %q", id, got, want)
			}
		}
	})
}

func TestKeysWithoutPluginsOrType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := licensed()
		session.errs = map[string]error{"installed plugins": &keys.Problem{Op: "list", Cause: keys.NoRight}}
		p := newTestKeys(t, newLoop(), session)
		if p.failure != nil || len(p.list) != 11 || len(p.doubts(p.record(1005))) != 0 {
			t.Errorf("failure %v, %d keys", p.failure, len(p.list))
		}
		p = newTestKeys(t, newLoop(), helpdesk())
		if p.hasType || !p.able() || p.failure != nil {
			t.Errorf("type %v, able %v, failure %v", p.hasType, p.able(), p.failure)
		}
	})
}

func TestChangedKeyIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := licensed()
		p := newTestKeys(t, l, session)
		p.look(keyOf(1002))
		time.Sleep(time.Second)
		l.Drain()
		before := p.work.summary().Count(keys.Urgent)
		session.keyRecords[1].End = keys.DateOf(testNow).AddDays(400)
		p.changed(session.keyRecords[1])
		if got := p.work.summary().Count(keys.Urgent); got != before-1 {
			t.Errorf("%d urgent, before %d", got, before)
		}
		time.Sleep(time.Second)
		l.Drain()
		if d := p.detail(1002); d.stale || d.record.End != session.keyRecords[1].End {
			t.Error("the detail is the old one")
		}
		r := session.keyRecords[1]
		r.ID, r.Name = 2000, "New one"
		session.keyRecords = append(session.keyRecords, r)
		p.showState(showExpired)
		p.arrived(2000)
		l.Drain()
		if p.record(2000) == nil || p.want != keyOf(2000) || p.state != showAll {
			t.Errorf("the new key is not in sight: want %v, filter %s", p.want, p.state)
		}
	})
}

// Files hold what is shown, and no key.
func TestKeyExports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		s := newKeysScreen(t, look.Light, wideWindow, licensed())
		l = s.loop
		folder := t.TempDir()
		write := func(kind exportKind, name string) string {
			t.Helper()
			path := filepath.Join(folder, name)
			s.work.keys.save(s.work.keys.exporting(kind, s.keys.exported()), path)
			l.Drain()
			r := s.work.keys.report
			if r == nil || r.err != nil {
				t.Fatalf("%s: %+v", name, r)
			}
			data, err := os.ReadFile(r.path)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(data), keyText) || strings.Contains(string(data), "eyJ") {
				t.Errorf("%s holds a key", name)
			}
			return string(data)
		}
		if got := strings.Count(write(exportICS, "keys.ics"), "BEGIN:VEVENT"); got != 10 {
			t.Errorf("%d entries in the calendar; one key has no end", got)
		}
		if got := write(exportCSV, "keys"); !strings.Contains(got, "GLPI Network Standard") || strings.Count(got, "PO-2231") != 1 {
			t.Errorf("CSV %s", got)
		}
		if s.work.keys.report.path != filepath.Join(folder, "keys.csv") {
			t.Errorf("saved as %s", s.work.keys.report.path)
		}
		if got := strings.Count(write(exportJSON, "keys.json"), `"fingerprint"`); got != 11 {
			t.Errorf("%d keys in JSON", got)
		}
		s.keys.p.showEverything(true)
		if got := strings.Count(write(exportJSON, "all.json"), `"days"`); got != 254 {
			t.Errorf("%d items in JSON", got)
		}
		if s.work.deps.Preferences.Get().Folder != folder {
			t.Error("the folder is not remembered")
		}
		s.keys.p.showState(showNoDate)
		if e := s.work.keys.exporting(exportICS, s.keys.exported()); len(e.rows) != 0 {
			t.Errorf("a calendar of %d entries without an end", len(e.rows))
		}
		s.work.keys.save(s.work.keys.exporting(exportCSV, s.keys.exported()), filepath.Join(folder, "none", "x.csv"))
		l.Drain()
		if r := s.work.keys.report; r == nil || r.err == nil {
			t.Error("a folder that is not there")
		}
		s.work.tasks.Close()
		l.Drain()
	})
}

func TestColumnsAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeysScreen(t, look.Light, wideWindow, licensed())
		s.keys.choose(keyOf(1002))
		s.keys.toggleColumn("number")
		s.keys.toggleColumn("bound")
		if got := s.keys.table.Model.TSV(); !strings.Contains(got, "PO-2231") || strings.Contains(got, "Bound to") {
			t.Errorf("copied %q", got)
		}
		if got := strings.Join(s.keys.chosenColumns(), " "); got != "state name end key number" {
			t.Errorf("columns %s", got)
		}
		if !s.keys.split.wide {
			t.Error("one column more sends the detail away")
		}
		s.keys.toggleColumn("entity")
		s.keys.toggleColumn("validated")
		if s.keys.split.wide {
			t.Error("many columns are squeezed beside the detail")
		}
		s.keys.setColumns([]string{"state", "name"})
		if got := strings.Split(strings.Split(s.keys.table.Model.TSV(), "\n")[0], "\t"); len(got) != 2 {
			t.Errorf("columns %v", got)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

// Everything on the screen can be done from the keyboard.
func TestKeysFromTheKeyboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeysScreen(t, look.Light, smallWindow, licensed())
		press := func(name fyne.KeyName) { s.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name}) }
		press(fyne.KeyDown)
		press(fyne.KeyDown)
		s.settle()
		if s.work.keys.at != keyOf(1002) {
			t.Fatalf("the cursor is on %v", s.work.keys.at)
		}
		press(fyne.KeyReturn)
		if !s.keys.detail.root.Visible() {
			t.Error("Enter does not open the detail")
		}
		if !s.frame.key(&fyne.KeyEvent{Name: fyne.KeyEscape}) || s.keys.detail.root.Visible() {
			t.Error("Escape does not go back")
		}
		s.win.Canvas().Focused().TypedRune('g')
		s.win.Canvas().Focused().TypedRune('a')
		if s.keys.table.Model.Len() != 1 {
			t.Errorf("%d rows for “ga”", s.keys.table.Model.Len())
		}
		s.keys.text.SetText("nothing like this")
		press(fyne.KeyEscape)
		if s.keys.table.Model.Len() != 11 {
			t.Errorf("%d rows after Escape", s.keys.table.Model.Len())
		}
		if s.work.keys.at == (keys.ItemKey{}) {
			t.Error("the row that is selected again has no detail")
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

// Whatever differs between two readings of a record is shown, but for the text
// of the key.
func TestAnotherReadingOfABlock(t *testing.T) {
	now, then := keys.Block{Record: "a", Text: keys.NewKeyText("x")}, keys.Block{Record: "a"}
	if !sameBlock(now, then) {
		t.Error("the text counts")
	}
	if then.ClosesParent = true; sameBlock(now, then) {
		t.Error("what it closes does not count")
	}
}
