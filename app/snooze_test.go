package app

import (
	"os"
	"path/filepath"
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

// One key is put off by itself: its notification comes on the day chosen, those
// of the others as ever.
func TestSnoozeOfOneKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, got := remindingWorkspace(t, l, subscribed())
		on := func(days int) string {
			*got = nil
			w.deps.Now = func() time.Time { return testNow.AddDate(0, 0, days) }
			w.refresh()
			l.Drain()
			return strings.Join(*got, "\n")
		}
		on(0)
		ends := keys.Item{Type: keys.TypeLicence, ID: 5} // in 8 days
		w.remind.snooze([]keys.Item{ends}, keys.DateOf(testNow).AddDays(7), func(err error) { must(t, err) })
		l.Drain()
		if got := w.remind.quietUntil(ends); got != keys.DateOf(testNow).AddDays(7) {
			t.Fatalf("quiet until %v", got)
		}
		if told := on(1); strings.Contains(told, "Data Injection") { // the threshold of 7 days
			t.Errorf("told of while quiet: %s", told)
		}
		if told := on(2); !strings.Contains(told, "GLPI Network Standard") || strings.Contains(told, "Data Injection") {
			t.Errorf("two days later: %s", told)
		}
		if told := on(7); !strings.Contains(told, "Data Injection: 1 day left") {
			t.Errorf("on the day chosen: %s", told)
		}
		if !w.remind.quietUntil(ends).IsZero() {
			t.Error("still quiet")
		}
		if told := on(7); told != "" {
			t.Errorf("told twice: %s", told)
		}
	})
}

// Ending the quiet brings a threshold that was reached meanwhile at the next
// look, also of another run of the program.
func TestSnoozeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, got := remindingWorkspace(t, l, subscribed())
		fails := func(err error) { must(t, err) }
		ends := keys.Item{Type: keys.TypeLicence, ID: 5}
		w.remind.snooze([]keys.Item{ends, {Type: keys.TypeContract, ID: 6}}, keys.DateOf(testNow).AddDays(30), fails)
		l.Drain()
		w.refresh()
		l.Drain()
		if all := strings.Join(*got, "\n"); strings.Contains(all, "Data Injection") || strings.Contains(all, "Printers") {
			t.Fatalf("told while quiet: %s", all)
		}
		again := newWorkspace(w.deps, Opened{Session: subscribed(), Connection: w.connection})
		defer again.tasks.Close()
		again.remind.load()
		l.Drain()
		if again.remind.quiet() != 2 || again.remind.quietUntil(ends).IsZero() {
			t.Errorf("another run knows of %d", again.remind.quiet())
		}

		// What is quiet for longer stays so when everything is silenced.
		again.remind.snoozeAll(snoozeDays, fails)
		l.Drain()
		if until := again.remind.quietUntil(ends); until != keys.DateOf(testNow).AddDays(30) {
			t.Errorf("silencing everything ends a longer quiet: %v", until)
		}
		*got = nil
		again.remind.snooze([]keys.Item{ends}, keys.Date{}, fails)
		l.Drain()
		again.refresh()
		l.Drain()
		if all := strings.Join(*got, "\n"); !strings.Contains(all, "Data Injection: 8 days left") || strings.Contains(all, "Printers") {
			t.Errorf("after the end of the quiet: %s", all)
		}
		again.remind.endQuiet(fails)
		l.Drain()
		if n := again.remind.quiet(); n != 0 {
			t.Errorf("%d still quiet", n)
		}
	})
}

// What cannot be kept is not quiet, and people are told.
func TestSnoozeThatIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := snoozing(t, look.Light, wideWindow)
		defer s.work.tasks.Close()
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, nil, 0o600))
		s.work.deps.Reminders = connection.NewReminders(file)
		s.keys.choose(keyOf(1002))
		s.keys.snooze(s.keys.inAWeek())
		s.settle()
		if s.work.remind.quiet() != 0 || keys.CauseOf(s.work.remind.err) != keys.FileFailed || !strings.Contains(s.passing.Text(), "file") {
			t.Errorf("%d quiet, %v, said %q", s.work.remind.quiet(), s.work.remind.err, s.passing.Text())
		}
	})
}

// snoozing is a screen of keys whose log of reminders is on the disk.
func snoozing(t *testing.T, variant string, size fyne.Size) *frameScreen {
	t.Helper()
	s := newKeysScreen(t, variant, size, licensed())
	s.work.deps.Reminders = connection.NewReminders(t.TempDir())
	return s
}

// Keys are put off from the commands and the menus; what was given up, or has
// no end, cannot be.
func TestSnoozeCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := snoozing(t, look.Light, wideWindow)
		defer s.work.tasks.Close()
		v, day := s.keys, keys.DateOf(testNow)
		v.choose(keyOf(1002))
		v.snooze(v.inAWeek())
		s.settle()
		r := v.p.record(1002)
		if got := s.work.remind.quietUntil(r.Item()); got != day.AddDays(7) {
			t.Fatalf("quiet until %v", got)
		}
		if said := textsIn(v.detail.root); !strings.Contains(said, "quiet until 30 Nov 2026") {
			t.Errorf("the detail says %s", said)
		}
		if got, want := s.passing.Text(), "Reminders quiet until 30 Nov 2026. It ends before, on 26 Nov 2026."; got != want {
			t.Errorf("said %q", got)
		}
		if v.snoozeMenu().ChildMenu.Items[4].Disabled {
			t.Error("the menu does not offer to end it")
		}
		for _, b := range find[*look.Button](v.detail.root) {
			if b.Text() == "Remind as usual" {
				test.Tap(b)
			}
		}
		s.settle()
		if !s.work.remind.quietUntil(r.Item()).IsZero() || strings.Contains(textsIn(v.detail.root), "quiet until") {
			t.Error("the quiet does not end from the detail")
		}

		v.table.Model.SelectAll()
		ends := len(v.snoozable())
		if all := len(v.chosen()); ends == 0 || ends >= all {
			t.Errorf("%d of %d rows can be put off", ends, all)
		}
		for _, it := range v.snoozable() {
			if rec := v.p.recordAt(it.Key()); rec.End.IsZero() || rec.Closed() {
				t.Errorf("%s can be put off", it.Name)
			}
		}
		v.snooze(v.inAMonth())
		s.settle()
		if s.work.remind.quiet() != ends || s.work.remind.quietUntil(r.Item()) != day.AddMonths(1) {
			t.Errorf("%d of %d are quiet", s.work.remind.quiet(), ends)
		}
		s.work.demo = true
		if len(v.snoozable()) != 0 {
			t.Error("reminders of the demo can be put off")
		}
	})
}

// A day is asked for, and read as everywhere.
func TestSnoozeUntilADay(t *testing.T) {
	for typed, want := range map[string]keys.Date{
		"":           {},
		"nonsense":   {},
		"23 nov":     {}, // today
		"2026-11-01": {},
		"2026-12-24": {Year: 2026, Month: time.December, Day: 24},
		"+2w":        {Year: 2026, Month: time.December, Day: 7},
	} {
		t.Run(typed, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := snoozing(t, look.Light, wideWindow)
				defer s.work.tasks.Close()
				v := s.keys
				v.choose(keyOf(1002))
				v.askSnooze()
				entry := s.win.Canvas().Focused().(*look.Entry)
				test.Type(entry, typed)
				entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				s.settle()
				if got := s.work.remind.quietUntil(v.p.record(1002).Item()); got != want {
					t.Errorf("quiet until %v, want %v", got, want)
				}
				if open := s.win.Canvas().Overlays().Top() != nil; open != want.IsZero() {
					t.Errorf("the question is open: %v", open)
				}
			})
		})
	}
}

// The pictures of putting reminders off, in both variants.
func TestSnoozePictures(t *testing.T) {
	for _, c := range []struct {
		name, language string
		size           fyne.Size
		act            func(s *frameScreen)
	}{
		{"detail", "en", wideWindow, func(s *frameScreen) { s.keys.snooze(s.keys.inAWeek()) }},
		{"question", "en", wideWindow, func(s *frameScreen) {
			s.keys.askSnooze()
			test.Type(s.win.Canvas().Focused().(*look.Entry), "+2w")
		}},
		{"question_french_small", "fr", smallWindow, func(s *frameScreen) { s.keys.askSnooze() }},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				useLanguage(t, c.language)
				synctest.Test(t, func(t *testing.T) {
					s := snoozing(t, variant, c.size)
					defer s.work.tasks.Close()
					s.keys.choose(keyOf(1002))
					c.act(s)
					s.settle()
					assertPicture(t, "snooze_"+c.name+"_"+variant+".png", s.win)
				})
			})
		}
	}
}
