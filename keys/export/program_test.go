package export

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"glpikeys/keys"
)

// twoFiles are an export and one of ten minutes later: of its four entries the
// second was renewed, the third revoked and the fourth renamed; a fifth is new.
func twoFiles(t *testing.T) (first, second string) {
	t.Helper()
	write := func(name string, at time.Time, events ...Event) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(calendarText(t, at, events...)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	same, renewed, revoked, renamed := event(315, 20), event(316, 30), event(317, 40), event(318, 50)
	same.Summary = `GLPI Network; "Standard", ends \o/ ` + strings.Repeat("漢é😀", 40)
	same.Description = "line one\nline two; a, b"
	same.Address = "https://helpdesk.example.com/front/softwarelicense.form.php?id=315"
	first = write("first.ics", now, same, renewed, revoked, renamed)
	renewed.Ending.Item.End = renewed.Ending.Item.End.AddMonths(12)
	revoked.Ending.Closed = true
	renamed.Summary = "Another name ends"
	return first, write("second.ics", now.Add(10*time.Minute), same, renewed, revoked, renamed, event(319, 60))
}

// TestCalendarProgram imports a calendar into khal, and its successor after it:
// the entries of the first are changed, none is doubled.
func TestCalendarProgram(t *testing.T) {
	t.Parallel()
	khal, err := exec.LookPath("khal")
	if err != nil {
		t.Skip("khal is not installed")
	}
	home := t.TempDir()
	config := filepath.Join(home, "config")
	err = os.WriteFile(config, []byte("[calendars]\n[[keys]]\npath = "+home+"/keys\n[sqlite]\npath = "+home+"/khal.db\n"+
		"[locale]\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ntimeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		cmd := exec.Command(khal, append([]string{"-c", config}, args...)...)
		cmd.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C.UTF-8", "XDG_CACHE_HOME="+home)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("khal %s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	entries := func() map[string]string { // what was read, by day
		found := map[string]string{}
		for line := range strings.Lines(run("list", "--day-format", "", "--format", "{start-long}|{title}|{status}", "2026-11-01", "500d")) {
			if day, title, ok := strings.Cut(strings.TrimSpace(line), "|"); ok {
				if found[day] != "" {
					t.Errorf("%s: doubled, %s and %s", day, found[day], title)
				}
				found[day] = title
			}
		}
		return found
	}
	day := func(days int) string { return keys.DateOf(now).AddDays(days).String() }
	first, second := twoFiles(t)
	for _, step := range []struct {
		file, later, third, fourth string
		entries                    int
	}{
		{first, day(30), "Key 317 ends|", "Key 318 ends|", 4},
		{first, day(30), "Key 317 ends|", "Key 318 ends|", 4}, // the same file again
		{second, keys.DateOf(now).AddDays(30).AddMonths(12).String(), "Key 317 ends|CANCELLED", "Another name ends|", 5},
		{second, keys.DateOf(now).AddDays(30).AddMonths(12).String(), "Key 317 ends|CANCELLED", "Another name ends|", 5},
	} {
		run("import", "--batch", "-a", "keys", step.file)
		files, _ := filepath.Glob(filepath.Join(home, "keys", "*.ics"))
		found := entries()
		t.Logf("%s: %d files, %d entries", filepath.Base(step.file), len(files), len(found))
		if len(files) != step.entries || len(found) != step.entries || !strings.HasPrefix(found[step.later], "Key 316 ends|") ||
			!strings.HasPrefix(found[day(40)], step.third) || !strings.HasPrefix(found[day(50)], step.fourth) ||
			!strings.Contains(found[day(20)], `GLPI Network; "Standard", ends \o/ 漢é😀`) {
			t.Errorf("%s: %d files, %+v", step.file, len(files), fmt.Sprint(found))
		}
	}
}

// TestCalendarLibrary lets python3-icalendar read a calendar and write what it
// understood.
func TestCalendarLibrary(t *testing.T) {
	t.Parallel()
	const script = `import sys
from icalendar import Calendar
for path in sys.argv[1:]:
    for e in Calendar.from_ical(open(path, 'rb').read()).walk('VEVENT'):
        alarms = ' '.join(a['TRIGGER'].to_ical().decode() for a in e.walk('VALARM'))
        print(e['UID'][:8], e['DTSTART'].dt, e['DTEND'].dt, e['SEQUENCE'], e['DTSTAMP'].dt.isoformat(), e['STATUS'], alarms, e['SUMMARY'][:16], sep='|')
`
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} { // Debian's, where another stands before it
		if exec.Command(name, "-c", "import icalendar").Run() == nil {
			python = name
		}
	}
	if python == "" {
		t.Skip("python3-icalendar is not installed")
	}
	first, second := twoFiles(t)
	out, err := exec.Command(python, "-c", script, first, second).CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	const ten, twenty = "3626490|2026-11-23T09:30:00+00:00", "3626500|2026-11-23T09:40:00+00:00"
	id := func(n int) string { e := event(n, 0); return UID(&e.Ending)[:8] }
	want := strings.Join([]string{
		id(315) + "|2026-12-13|2026-12-14|" + ten + "|CONFIRMED|-P6DT15H -PT15H|GLPI Network; \"S",
		id(316) + "|2026-12-23|2026-12-24|" + ten + "|CONFIRMED|-P29DT15H -P6DT15H -PT15H|Key 316 ends",
		id(317) + "|2027-01-02|2027-01-03|" + ten + "|CONFIRMED|-P29DT15H -P6DT15H -PT15H|Key 317 ends",
		id(318) + "|2027-01-12|2027-01-13|" + ten + "|CONFIRMED|-P29DT15H -P6DT15H -PT15H|Key 318 ends",
		id(315) + "|2026-12-13|2026-12-14|" + twenty + "|CONFIRMED|-P6DT15H -PT15H|GLPI Network; \"S",
		id(316) + "|2027-12-23|2027-12-24|" + twenty + "|CONFIRMED|-P89DT15H -P29DT15H -P6DT15H -PT15H|Key 316 ends",
		id(317) + "|2027-01-02|2027-01-03|" + twenty + "|CANCELLED||Key 317 ends",
		id(318) + "|2027-01-12|2027-01-13|" + twenty + "|CONFIRMED|-P29DT15H -P6DT15H -PT15H|Another name end",
		id(319) + "|2027-01-22|2027-01-23|" + twenty + "|CONFIRMED|-P29DT15H -P6DT15H -PT15H|Key 319 ends",
	}, "\n") + "\n"
	if string(out) != want {
		t.Errorf("read\n%swant\n%s", out, want)
	}
}
