package app

import (
	"testing"
	"testing/synctest"

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
