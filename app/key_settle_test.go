package app

import (
	"strings"
	"testing"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// What GLPI calls a key's validity is made to say what the record says, and
// only where the two disagree.
func TestAgreeingWithGLPI(t *testing.T) {
	given := keys.Revocation{Date: keys.DateOf(testNow), Why: keys.DepartureRevoked}
	for name, c := range map[string]struct {
		valid   bool
		revoked keys.Revocation
		damage  *keys.Damage
		can     bool
		want    bool
	}{
		"in use, valid":         {valid: true, want: true},
		"in use, invalid":       {can: true, want: true},
		"given up, invalid":     {revoked: given},
		"given up, valid again": {valid: true, revoked: given, can: true},
		"nobody can tell":       {damage: &keys.Damage{Kind: keys.DamageCut}},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) {
				r := &s.keyRecords[0]
				r.Valid, r.Block.Revoked, r.Damage = c.valid, c.revoked, c.damage
			}, func(t *testing.T, b *keyBench) {
				if got := b.can(keyAgree, 1); got != c.can {
					t.Errorf("can: %v", got)
				}
				b.agree(1)
				b.loop.Drain()
				if got := b.onServer(1); got.Valid != c.want || got.Block.Revoked != c.revoked {
					t.Errorf("valid %v, revoked %+v", got.Valid, got.Block.Revoked)
				}
				if c.can {
					if title, _ := b.reportText(b.report); !strings.Contains(title, "GLPI says the same") {
						t.Errorf("said %q", title)
					}
				}
			})
		})
	}
}

// A key that GLPI calls invalid and that nobody gave up is in use in all that
// can be done with it; one that was given up stays so, whatever GLPI says.
func TestActsGoByTheRecord(t *testing.T) {
	onKeys(t, func(s *fakeSession) {
		s.keyRecords[0].Valid = false
		s.keyRecords[2].Valid = true
	}, func(t *testing.T, b *keyBench) {
		for act, want := range map[keyAct]bool{keyRenew: true, keyInstall: true, keyRevoke: true, keyUndo: false, keyValidate: true, keyEdit: true} {
			if b.can(act, 1) != want {
				t.Errorf("%s of what GLPI calls invalid: %v", act, !want)
			}
		}
		for act, want := range map[keyAct]bool{keyRenew: false, keyInstall: false, keyRevoke: false, keyUndo: true, keyEdit: true} {
			if b.can(act, 3) != want {
				t.Errorf("%s of what was given up: %v", act, !want)
			}
		}
		b.revoke([]int{1, 3}, keys.DepartureRevoked, "", false)
		b.loop.Drain()
		if r := b.onServer(1); r.Valid || !r.Closed() || len(b.report.done) != 1 {
			t.Errorf("revoked to %+v", r)
		}
		b.undo([]int{1, 3})
		b.loop.Drain()
		for _, id := range []int{1, 3} {
			if r := b.onServer(id); !r.Valid || r.Closed() {
				t.Errorf("%d undone to valid %v, closed %v", id, r.Valid, r.Closed())
			}
		}
	})
}

func TestTakingOverTheVendorsEnd(t *testing.T) {
	day := keys.DateOf(testNow)
	later := day.AddMonths(7)
	answer := func(at time.Time, fingerprint string, end keys.Date) keys.Subscription {
		return keys.Subscription{Verdict: keys.VerdictRunning, Message: "fine", End: end, Checked: at, Fingerprint: fingerprint}
	}
	ours := keys.Fingerprint(networkKey)
	hourAgo := testNow.Add(-time.Hour)
	for name, c := range map[string]struct {
		kept keys.Validation
		view keys.Subscription
		end  keys.Date // of the record afterwards
		at   time.Time // of the answer that it keeps
	}{
		"nothing said":             {end: day.AddDays(3)},
		"said by the last answer":  {kept: keys.Validation{Time: hourAgo, Verdict: keys.VerdictRunning, End: later}, end: later, at: hourAgo},
		"said by GLPI's view":      {view: answer(testNow, ours, later), end: later, at: testNow},
		"the newest counts":        {kept: keys.Validation{Time: hourAgo, End: day}, view: answer(testNow, ours, later), end: later, at: testNow},
		"an older view does not":   {kept: keys.Validation{Time: testNow, End: later}, view: answer(hourAgo, ours, day), end: later, at: testNow},
		"of another key":           {view: answer(testNow, "other", later), end: day.AddDays(3)},
		"the same end":             {view: answer(testNow, ours, day.AddDays(3)), end: day.AddDays(3)},
		"an answer without an end": {kept: keys.Validation{Time: hourAgo, End: later}, view: answer(testNow, ours, keys.Date{}), end: later, at: hourAgo},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) {
				s.keyRecords[0].Block.Validated = c.kept
				s.subscription = c.view
			}, func(t *testing.T, b *keyBench) {
				can := c.end != day.AddDays(3)
				if b.can(keyTakeEnd, 1) != can {
					t.Errorf("can: %v", !can)
				}
				b.takeEnd(1)
				b.loop.Drain()
				got := b.onServer(1)
				if got.End != c.end || can && !got.Block.Validated.Time.Equal(c.at) {
					t.Errorf("ends %v, answer of %v", got.End, got.Block.Validated.Time)
				}
				if b.can(keyTakeEnd, 1) {
					t.Error("it is offered again")
				}
				if title, _ := func() (string, string) {
					if b.report == nil {
						return "", ""
					}
					return b.reportText(b.report)
				}(); can != strings.Contains(title, "ends as GLPI Network says") {
					t.Errorf("said %q", title)
				}
			})
		})
	}
}

// Why GLPI got no answer is told as it is: a page is none.
func TestUnreached(t *testing.T) {
	for name, c := range map[string]struct {
		sub  keys.Subscription
		want string
	}{
		"a page":        {keys.Subscription{Status: 200}, "is a page and no data"},
		"a refusal":     {keys.Subscription{Status: 403}, "HTTP status 403"},
		"a fault":       {keys.Subscription{Status: 502}, "HTTP status 502"},
		"GLPI's reason": {keys.Subscription{Error: "Could not resolve host"}, "Could not resolve host"},
		"nothing":       {keys.Subscription{}, "GLPI’s proxy"},
	} {
		if got := unreachedText(&c.sub); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Validating keeps the end that GLPI Network told.
func TestValidationKeepsTheEnd(t *testing.T) {
	later := keys.DateOf(testNow).AddMonths(7)
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.network.End = later
		b.validate(1)
		b.loop.Drain()
		if got := b.onServer(1); got.Block.Validated.End != later || got.End == later {
			t.Errorf("ends %v, the vendor says %v", got.End, got.Block.Validated.End)
		}
		doubts := b.work.keys.doubts(b.record(1))
		if len(doubts) != 1 || doubtText(doubts[0]) != "GLPI Network says that it ends on 23 Jun 2027, the record 26 Nov 2026." {
			t.Errorf("doubts %+v", doubts)
		}
	})
}

// The diagnosis says what GLPI and GLPI Network say otherwise, beside the period.
func TestDiagnosisTellsWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*keys.KeyRecord)
		want string
	}{
		"invalid":  {func(r *keys.KeyRecord) { r.Valid = false }, "period: GLPI calls this licence invalid"},
		"reopened": {func(r *keys.KeyRecord) { r.Block.Revoked.Date = keys.DateOf(testNow) }, "period: It was given up here, and GLPI calls it valid again."},
		"end": {func(r *keys.KeyRecord) {
			r.Block.Validated = keys.Validation{Time: testNow, Verdict: keys.VerdictRunning, End: keys.DateOf(testNow)}
		}, "period: GLPI Network says that it ends on 23 Nov 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			onKeys(t, func(s *fakeSession) { c.set(&s.keyRecords[0]) }, func(t *testing.T, b *keyBench) {
				var found []string
				b.diagnose(1, func(d *keyDiagnosis, err error) {
					if err != nil {
						t.Fatal(err)
					}
					for _, f := range d.findings {
						found = append(found, f.what+": "+f.text)
					}
				})
				b.loop.Drain()
				all := strings.Join(found, "\n")
				if !strings.Contains(all, c.want) || !strings.Contains(all, "instance: The address fits") {
					t.Errorf("%s", all)
				}
			})
		})
	}
}

// Who waits for what GLPI has installed is answered, also when something else
// reads it anew meanwhile.
func TestReadingTheInstalledKeyAnswersAll(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		answered := 0
		b.readInstalled(func(error) { answered++ })
		b.readInstalled(nil)
		b.readInstalled(func(error) { answered++ })
		b.loop.Drain()
		if answered != 2 {
			t.Errorf("%d of 2 were answered", answered)
		}
	})
}

// A good key closes what it renews, and what that one was to close; who opens an
// old one again keeps it open.
func TestChainOfRenewalsIsClosed(t *testing.T) {
	chain := func(s *fakeSession) {
		first := s.keyRecords[0]
		for id := 11; id <= 12; id++ { // 1 is renewed by 11, that by 12
			next := first
			next.ID, next.Parent = id, 1
			if id == 12 {
				next.Parent = 11
			}
			next.Block.Record, next.Block.ClosesParent = "chain", true
			next.Block.Text = keys.NewKeyText(networkKey + strings.Repeat("=", id-10))
			next.Block.Fingerprint = keys.Fingerprint(next.Block.Text.Reveal())
			s.keyRecords = append(s.keyRecords, next)
		}
	}
	onKeys(t, chain, func(t *testing.T, b *keyBench) { // the first of them
		b.validate(12)
		b.loop.Drain()
		b.undo([]int{1})
		b.loop.Drain()
		if !b.record(1).Valid || b.onServer(11).Block.ClosesParent || b.record(11).Block.ClosesParent {
			t.Fatal("the first is not open again")
		}
		b.validate(12)
		b.loop.Drain()
		if first, next := b.onServer(1), b.onServer(11); first.Closed() || !next.Closed() {
			t.Error("a later answer closes the first again")
		}
	})
	onKeys(t, chain, func(t *testing.T, b *keyBench) { // both at once
		b.validate(12)
		b.loop.Drain()
		b.undo([]int{1, 11})
		b.loop.Drain()
		for _, id := range []int{1, 11} {
			if shown, real := b.record(id), b.onServer(id); shown.Closed() || real.Closed() || shown.Block.ClosesParent {
				t.Errorf("%d: shown closed %v, is closed %v", id, shown.Closed(), real.Closed())
			}
		}
	})
	onKeys(t, func(s *fakeSession) { // given up by mistake: the wish to close it stands
		chain(s)
		s.keyRecords[0].Block.Revoked = keys.Revocation{Date: keys.DateOf(testNow), Why: keys.DepartureRevoked}
	}, func(t *testing.T, b *keyBench) {
		b.undo([]int{1})
		b.loop.Drain()
		if first := b.onServer(1); first.Closed() || !b.onServer(11).Block.ClosesParent {
			t.Error("its successor does not close it any more")
		}
	})
	onKeys(t, chain, func(t *testing.T, b *keyBench) {
		b.validate(12)
		b.loop.Drain()
		for id, closed := range map[int]bool{1: true, 11: true, 12: false} {
			if r := b.onServer(id); r.Closed() != closed {
				t.Errorf("%d: closed %v", id, !closed)
			}
		}
		if title, text := b.reportText(b.report); !strings.Contains(text, "runs") {
			t.Errorf("what GLPI Network said is gone: %q, %q", title, text)
		}
		b.undo([]int{11})
		b.loop.Drain()
		b.validate(12)
		b.loop.Drain()
		if r := b.onServer(11); r.Closed() || b.onServer(12).Block.ClosesParent {
			t.Error("who opened the old one again wants it open")
		}
	})
}

// An answer that could not be written down closes nothing: it would do so again
// with every answer.
func TestUnkeptAnswerClosesNothing(t *testing.T) {
	onKeys(t, func(s *fakeSession) {
		next := s.keyRecords[0]
		next.ID, next.Parent, next.Block.ClosesParent = 11, 1, true
		s.keyRecords = append(s.keyRecords, next)
		s.errs = map[string]error{"update key": &keys.Problem{Cause: keys.NoRight}}
	}, func(t *testing.T, b *keyBench) {
		b.validate(11)
		b.loop.Drain()
		if a := b.answer(11); a == nil || a.Unkept == nil || a.Closes || b.report.deed.act != keyValidate {
			t.Errorf("answer %+v, report %+v", a, b.report)
		}
	})
}

// A look from afar counts what is refused as signing in does.
func TestLookKnowsWhatIsRefused(t *testing.T) {
	s := keyServer()
	r := &s.keyRecords[0]
	r.Block.Validated = keys.Validation{Time: testNow, Verdict: keys.VerdictInvalid}
	l := newServerLook(connection.Connection{}, keys.Glance{Items: []keys.Item{r.Item()}}, s.keyRecords, keys.DefaultReminders, keys.DateOf(testNow))
	if items := l.open(); len(items) != 1 || !items[0].Refused {
		t.Errorf("%+v", items)
	}
	if ended, ending := l.count(keys.DateOf(testNow)); ended != 1 || ending != 0 {
		t.Errorf("%d ended, %d end", ended, ending)
	}
}
