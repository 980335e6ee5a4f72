package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// told collects notifications.
type told []string

func (n *told) notify(title, body string) { *n = append(*n, title+" | "+body) }

// remindingWorkspace is a workspace that tells what ends, with logs on disk.
func remindingWorkspace(t *testing.T, l *loop, session *fakeSession) (*workspace, *told) {
	t.Helper()
	deps, got := newDeps(t, l), new(told)
	deps.Notify = got.notify
	dir := t.TempDir()
	deps.Reminders = connection.NewReminders(filepath.Join(dir, "reminders"))
	deps.Checks = connection.NewChecks(filepath.Join(dir, "checks.json"))
	w := newWorkspace(deps, Opened{Session: session, Connection: connection.Connection{
		ID: "one", Name: "helpdesk.example.com", API: "https://helpdesk.example.com/apirest.php",
	}})
	t.Cleanup(w.tasks.Close)
	return w, got
}

func TestRemindersAreGivenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := subscribed()
		w, got := remindingWorkspace(t, l, session)
		w.refresh()
		l.Drain()
		if len(*got) != keys.MaxNotifications+1 {
			t.Fatalf("%d notifications, want three and a summary: %q", len(*got), *got)
		}
		if want := "GLPI Network Standard: 3 days left"; !strings.Contains(strings.Join(*got, "\n"), want) {
			t.Errorf("nothing says %q: %q", want, *got)
		}
		check, ok := w.remind.last("one")
		if !ok || check.Cause != "" || check.Looked != len(session.glance.Items) || check.Ended != 3 || check.Told == 0 {
			t.Errorf("the log says %+v", check)
		}
		*got = nil
		w.refresh()
		l.Drain()
		if len(*got) != 0 {
			t.Errorf("told again: %q", *got)
		}
		w.deps.Now = func() time.Time { return testNow.AddDate(0, 0, 2) } // the day before one ends
		w.refresh()
		l.Drain()
		if len(*got) != 2 || !strings.HasPrefix((*got)[0], "GLPI Network Standard: 1 day left | Licence · 26 Nov 2026 · helpdesk.example.com") {
			t.Errorf("two days later: %q", *got)
		}
	})
}

func TestNothingIsToldInVain(t *testing.T) {
	for name, set := range map[string]func(w *workspace, s *fakeSession){
		"the demo": func(w *workspace, s *fakeSession) { w.demo = true },
		"silent": func(w *workspace, s *fakeSession) {
			if err := w.deps.Preferences.Update(func(p *PreferencesData) { p.Silent = true }); err != nil {
				t.Error(err)
			}
		},
		"nothing ends": func(w *workspace, s *fakeSession) {
			for i := range s.glance.Items {
				s.glance.Items[i].End = keys.DateOf(testNow).AddDays(91)
			}
			for i := range s.keyRecords {
				s.keyRecords[i].End = keys.DateOf(testNow).AddDays(91)
			}
		},
		"revoked": func(w *workspace, s *fakeSession) {
			s.glance.Items = s.glance.Items[3:4]
			s.keyRecords = s.keyRecords[1:2]
			s.keyRecords[0].Block.Revoked.Date = keys.DateOf(testNow) // and GLPI calls it valid again
		},
		"unreachable": func(w *workspace, s *fakeSession) { s.err = &keys.Problem{Op: "x", Cause: keys.Unreachable} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoop()
				session := subscribed()
				w, got := remindingWorkspace(t, l, session)
				set(w, session)
				w.refresh()
				l.Drain()
				if len(*got) != 0 {
					t.Errorf("told %q", *got)
				}
				check, ok := w.remind.last("one")
				if ok == w.demo {
					t.Errorf("in the log: %v", ok)
				}
				if name == "unreachable" && check.Cause != keys.Unreachable {
					t.Errorf("the log says %+v", check)
				}
			})
		})
	}
}

func TestSnoozedRemindersComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := subscribed()
		w, got := remindingWorkspace(t, l, session)
		w.refresh()
		l.Drain()
		w.remind.snoozeAll(snoozeDays, func(err error) { must(t, err) })
		l.Drain()
		for _, c := range []struct {
			days int
			told bool
		}{{snoozeDays - 1, false}, {snoozeDays, true}} {
			*got = nil
			w.deps.Now = func() time.Time { return testNow.AddDate(0, 0, c.days) }
			w.refresh()
			l.Drain()
			if told := len(*got) > 0; told != c.told {
				t.Errorf("after %d days told: %v (%q)", c.days, told, *got)
			}
		}
	})
}

func TestWindowLooksEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		session := subscribed()
		w, _ := remindingWorkspace(t, l, session)
		w.refresh()
		l.Drain()
		glances := func() (n int) {
			for _, call := range session.calls {
				if call == "glance" {
					n++
				}
			}
			return n
		}
		for _, c := range []struct{ minutes, looks int }{{59, 1}, {60, 2}, {61, 2}} {
			w.deps.Now = func() time.Time { return testNow.Add(time.Duration(c.minutes) * time.Minute) }
			w.follow()
			l.Drain()
			if glances() != c.looks {
				t.Errorf("after %d minutes %d looks, want %d", c.minutes, glances(), c.looks)
			}
		}
	})
}

func TestTrialsAreNotToldOnTheirFirstDay(t *testing.T) {
	today := keys.DateOf(testNow)
	record := keys.KeyRecord{ID: 1, Valid: true, End: today.AddDays(keys.TrialDays - 1), Block: keys.Block{Trial: true}}
	l := newServerLook(connection.Connection{}, keys.Glance{Items: []keys.Item{record.Item()}}, []keys.KeyRecord{record}, keys.DefaultReminders, keys.DateOf(testNow))
	if due := new(keys.ReminderLog).Due(l.endings, today); len(due) != 0 {
		t.Errorf("told at once: %v", due)
	}
	if due := new(keys.ReminderLog).Due(l.endings, today.AddDays(22)); len(due) != 1 {
		t.Errorf("not told a week before: %v", due)
	}
}

func TestReminderTitles(t *testing.T) {
	for days, want := range map[int]string{
		-3: "Fields ended 3 days ago", -1: "Fields ended yesterday", 0: "Fields ends today", 1: "Fields: 1 day left", 30: "Fields: 30 days left",
	} {
		if got := reminderTitle(keys.Reminder{Ending: keys.Ending{Item: keys.Item{Name: "Fields"}}, Days: days}); got != want {
			t.Errorf("%d days: %q", days, got)
		}
	}
	if got := restBody(keys.Announcement{Rest: 4, Ended: 2, Next: 3}); got != "2 of them have ended. The next one ends in 3 days." {
		t.Error(fmt.Sprint(got))
	}
}
