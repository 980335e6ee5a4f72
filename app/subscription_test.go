package app

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/keys"
)

// What the card says rests on GLPI's own view, else on a record, else on
// nothing; a record that was validated later beats GLPI's view.
func TestSubscriptionIsTakenFromTheBestSource(t *testing.T) {
	missing := map[string]error{"subscription": &keys.Problem{Op: "x", Cause: keys.PluginMissing}}
	for name, c := range map[string]struct {
		set     func(s *fakeSession)
		state   subscriptionState
		verdict keys.Verdict
		from    string
		record  bool
		renewed bool
		absent  bool
	}{
		"GLPI's view": {state: subscriptionKnown, verdict: keys.VerdictRunning, from: keys.AskedByGLPI, record: true},
		"the record was validated later": {
			set: func(s *fakeSession) {
				s.keyRecords[1].Block.Validated = keys.Validation{Time: testNow, Verdict: keys.VerdictTerminated, From: keys.AskedHere}
			},
			state: subscriptionKnown, verdict: keys.VerdictTerminated, from: keys.AskedHere, record: true,
		},
		"no plugin, a record nobody asked about": {
			set:   func(s *fakeSession) { s.errs = missing },
			state: subscriptionUnasked, record: true,
		},
		"no plugin, no record": {
			set:   func(s *fakeSession) { s.errs, s.keyRecords = missing, nil },
			state: subscriptionUnknown,
		},
		"no key at all": {
			set:   func(s *fakeSession) { s.subscription, s.keyRecords = keys.Subscription{}, nil },
			state: subscriptionNoKey, absent: true,
		},
		"recorded and not installed": {
			set:   func(s *fakeSession) { s.subscription = keys.Subscription{} },
			state: subscriptionUnasked, record: true, absent: true,
		},
		"GLPI could not ask": {
			set: func(s *fakeSession) {
				s.subscription.Verdict, s.keyRecords = keys.VerdictUnreached, nil
			},
			state: subscriptionUnreached,
		},
		"a renewed key waits": {
			set: func(s *fakeSession) {
				next := s.keyRecords[1]
				next.ID, next.Block.Fingerprint, next.End = 900, keys.Fingerprint("next"), next.End.AddDays(365)
				s.keyRecords = append(s.keyRecords, next)
			},
			state: subscriptionKnown, verdict: keys.VerdictRunning, from: keys.AskedByGLPI, record: true, renewed: true,
		},
		"a renewed key that is refused": {
			set: func(s *fakeSession) {
				next := s.keyRecords[1]
				next.ID, next.Block.Fingerprint, next.End = 900, keys.Fingerprint("next"), next.End.AddDays(365)
				next.Block.Validated = keys.Validation{Time: testNow, Verdict: keys.VerdictInvalid}
				s.keyRecords = append(s.keyRecords, next)
			},
			state: subscriptionKnown, verdict: keys.VerdictRunning, from: keys.AskedByGLPI, record: true,
		},
		"another server's key": {
			set: func(s *fakeSession) {
				s.errs = missing
				s.keyRecords[1].Block.BoundTo, s.keyRecords[1].Block.Instance = "https://other.example.com", "another"
			},
			state: subscriptionUnknown,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, session := newLoop(), subscribed()
				if c.set != nil {
					c.set(session)
				}
				w, _ := remindingWorkspace(t, l, session)
				w.refresh()
				l.Drain()
				got := w.sub.now()
				if got.state != c.state || got.verdict != c.verdict || got.from != c.from ||
					(got.record != nil) != c.record || (got.renewed != nil) != c.renewed || got.absent != c.absent {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// The card never shows another end than the list without saying so.
func TestSubscriptionsEndIsTheVendors(t *testing.T) {
	day := keys.DateOf(testNow).AddDays(3) // of the record
	later := day.AddMonths(7)
	missing := map[string]error{"subscription": &keys.Problem{Op: "x", Cause: keys.PluginMissing}}
	validated := func(s *fakeSession, age time.Duration, end keys.Date) {
		s.keyRecords[1].Block.Validated = keys.Validation{Time: testNow.Add(-age), Verdict: keys.VerdictRunning, From: keys.AskedHere, End: end}
	}
	for name, c := range map[string]struct {
		set     func(s *fakeSession)
		end     keys.Date
		differs bool
	}{
		"GLPI's view says the same":    {set: func(s *fakeSession) {}, end: day},
		"GLPI's view says another end": {set: func(s *fakeSession) { s.subscription.End = later }, end: later, differs: true},
		"GLPI's view tells no end":     {set: func(s *fakeSession) { s.subscription.End = keys.Date{} }, end: day},
		"the record's answer says another end": {
			set: func(s *fakeSession) { s.errs = missing; validated(s, time.Hour, later) }, end: later, differs: true,
		},
		"GLPI's view is newer than the record's answer": {
			set: func(s *fakeSession) { validated(s, time.Hour, later) }, end: day,
		},
		"the record's answer is newer than GLPI's view": {
			set: func(s *fakeSession) { validated(s, time.Minute, later) }, end: later, differs: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, session := newLoop(), subscribed()
				c.set(session)
				w, _ := remindingWorkspace(t, l, session)
				w.refresh()
				l.Drain()
				seen := w.sub.now()
				if seen.end != c.end || seen.differs() != c.differs {
					t.Errorf("%v, differs %v", seen.end, seen.differs())
				}
				doubts := w.keys.doubts(w.keys.record(4))
				if doubted := len(doubts) > 0 && doubts[0].Kind == keys.DoubtEnd; doubted != c.differs {
					t.Errorf("doubts %v", doubts)
				}
				if w.keyWork.can(keyTakeEnd, 4) != c.differs {
					t.Error("taking over is offered, and nothing is to be taken over, or the other way round")
				}
			})
		})
	}
}

// A key that this computer installed and that GLPI has no more is lost, with the
// plugin and without it.
func TestLostKeyIsToldOnTheCard(t *testing.T) {
	missing := map[string]error{"subscription": &keys.Problem{Op: "x", Cause: keys.PluginMissing}}
	for name, c := range map[string]struct {
		set            func(s *fakeSession)
		mark           string
		lost, absent   bool
		recordIsMarked bool
	}{
		"GLPI's view has it":           {set: func(s *fakeSession) {}, mark: standardKey, recordIsMarked: true},
		"GLPI's view has none":         {set: func(s *fakeSession) { s.subscription = keys.Subscription{} }, mark: standardKey, lost: true, absent: true, recordIsMarked: true},
		"never installed from here":    {set: func(s *fakeSession) { s.subscription = keys.Subscription{} }, absent: true, recordIsMarked: true},
		"another one was installed":    {set: func(s *fakeSession) { s.subscription = keys.Subscription{} }, mark: "other", absent: true, recordIsMarked: true},
		"no plugin, configuration has": {set: func(s *fakeSession) { s.errs = missing; s.installed = keys.InstalledKey{Present: true, Mark: "m"} }, mark: standardKey, recordIsMarked: true},
		"no plugin, configuration has none": {
			set: func(s *fakeSession) { s.errs = missing }, mark: standardKey, lost: true, absent: true, recordIsMarked: true,
		},
		"neither may be read": {
			set: func(s *fakeSession) { s.errs = missing; s.facts.Rights["config"] = 0 }, mark: standardKey, recordIsMarked: true,
		},
		"given up": {
			set: func(s *fakeSession) {
				s.subscription = keys.Subscription{}
				s.keyRecords[1].Block.Revoked.Date = keys.DateOf(testNow)
			},
			mark: standardKey, absent: true,
		},
		"a renewed one is recorded, too": {
			set: func(s *fakeSession) {
				next := s.keyRecords[1]
				next.ID, next.Block.Fingerprint, next.End = 900, keys.Fingerprint("next"), next.End.AddDays(365)
				s.keyRecords, s.subscription = append(s.keyRecords, next), keys.Subscription{}
			},
			mark: standardKey, lost: true, absent: true, recordIsMarked: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, session := newLoop(), subscribed()
				c.set(session)
				w, _ := remindingWorkspace(t, l, session)
				if c.mark != "" {
					w.keyWork.remember(c.mark, keys.InstalledKey{Present: true, Mark: "m"})
					w.keyWork.installed, w.keyWork.installedOf = keys.InstalledKey{}, time.Time{} // a later start
				}
				w.refresh()
				l.Drain()
				seen := w.sub.now()
				marked := seen.record != nil && seen.record.Block.Fingerprint == standardKey
				if seen.lost != c.lost || seen.absent != c.absent || marked != c.recordIsMarked {
					t.Errorf("%+v", seen)
				}
			})
		})
	}
}

func TestPeriodThatHasNotBegun(t *testing.T) {
	today := keys.DateOf(testNow)
	seen := subscriptionSeen{end: today.AddDays(730), verdict: keys.VerdictTerminated}
	for name, c := range map[string]struct {
		begin   keys.Date
		verdict keys.Verdict
		want    string
	}{
		"no beginning":      {keys.Date{}, keys.VerdictRunning, "730 days left"},
		"begins today":      {today, keys.VerdictRunning, "730 days left"},
		"begins later":      {today.AddDays(39), keys.VerdictRunning, "Starts 1 Jan 2027"},
		"does not run":      {today.AddDays(39), keys.VerdictTerminated, "Starts 1 Jan 2027"},
		"is none at all":    {today.AddDays(39), keys.VerdictInvalid, "Not valid"},
		"does not any more": {today, keys.VerdictTerminated, "Terminated"},
	} {
		seen.begin, seen.verdict, seen.future = c.begin, c.verdict, c.begin.Future(today)
		if _, _, word := subscriptionLook(seen, keys.DefaultThresholds, today); word != c.want {
			t.Errorf("%s: %q, want %q", name, word, c.want)
		}
	}
	seen.begin, seen.verdict, seen.future = today.AddDays(39), keys.VerdictTerminated, true
	if said := saidText(seen, "2 min ago"); !strings.Contains(said, "does not run yet") {
		t.Errorf("said %q", said)
	}
}

func TestKeysOfAMovedServerAreFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, session := newLoop(), subscribed()
		session.facts.NetworkID = "another"
		w, _ := remindingWorkspace(t, l, session)
		w.refresh()
		l.Drain()
		moved := w.sub.moved()
		if len(moved) != 1 || moved[0].record.ID != 4 || moved[0].doubt.Kind != keys.DoubtInstance {
			t.Errorf("%+v", moved)
		}
	})
}

// The key that this very GLPI uses is its own, however it was moved; what it is
// bound to is compared with what the server says now.
func TestInstalledKeyOfAMovedServer(t *testing.T) {
	missing := map[string]error{"subscription": &keys.Problem{Op: "x", Cause: keys.PluginMissing}}
	for name, c := range map[string]struct {
		set  func(s *fakeSession)
		mark keys.InstalledKey
		want bool
	}{
		"GLPI says that it uses it":  {set: func(s *fakeSession) {}, want: true},
		"GLPI uses another":          {set: func(s *fakeSession) { s.subscription.Fingerprint = "other" }},
		"this computer installed it": {set: func(s *fakeSession) { s.errs = missing; s.installed = keys.InstalledKey{Present: true, Mark: "m"} }, mark: keys.InstalledKey{Present: true, Mark: "m"}, want: true},
		"nobody can tell":            {set: func(s *fakeSession) { s.errs = missing }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, session := newLoop(), subscribed()
				c.set(session)
				w, _ := remindingWorkspace(t, l, session)
				if c.mark.Present {
					w.keyWork.remember(standardKey, c.mark)
				}
				w.refresh()
				l.Drain()
				if moved := w.sub.moved(); len(moved) != 0 {
					t.Fatalf("before the move: %+v", moved)
				}
				session.mu.Lock()
				session.facts.URLBase, session.facts.API, session.facts.NetworkID = "https://new.example.com", "https://new.example.com/apirest.php", "another"
				session.mu.Unlock()
				w.refresh()
				l.Drain()
				moved := w.sub.moved()
				if got := len(moved) == 1 && moved[0].record.ID == 4 && moved[0].doubt.Kind == keys.DoubtMoved; got != c.want {
					t.Errorf("%+v", moved)
				}
			})
		})
	}
}

func TestPluginsAndTheirKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, session := newLoop(), subscribed()
		w, _ := remindingWorkspace(t, l, session)
		w.refresh()
		w.plugins.read()
		l.Drain()
		w.plugins.offers = []keys.PluginOffer{{Folder: "datainjection", Offers: []string{"GLPI-STD"}}, {Folder: "formcreator", Offers: []string{"GLPI-ADV"}}}
		w.plugins.asked = testNow
		want := []struct {
			folder string
			gone   bool
			key    int
			cover  pluginCover
		}{
			{"gone", true, 7, coverUnknown}, {"datainjection", false, 5, coverYes},
			{"formcreator", false, 1, coverNo}, {"glpikeys", false, 0, coverFree},
		}
		rows := w.plugins.rows()
		if len(rows) != len(want) {
			t.Fatalf("%+v", rows)
		}
		for i, r := range rows {
			key := 0
			if r.record != nil {
				key = r.record.ID
			}
			if r.Folder != want[i].folder || r.gone != want[i].gone || key != want[i].key || r.cover != want[i].cover {
				t.Errorf("%d: %+v, want %+v", i, r, want[i])
			}
		}
		w.sub.answer.Verdict = keys.VerdictTerminated
		if got := w.plugins.rows()[1].cover; got != coverEnded {
			t.Errorf("without a running subscription: %q", got)
		}
	})
}
