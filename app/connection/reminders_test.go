package connection

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

var today = keys.Date{Year: 2026, Month: 11, Day: 23}

func ending(id, days int) keys.Ending {
	return keys.Ending{Server: "https://glpi.example.org/", Item: keys.Item{
		Type: keys.TypeLicence, ID: id, Name: fmt.Sprint("Licence ", id), End: today.AddDays(days),
	}}
}

// look is what the window does: it tells what is due.
func look(t *testing.T, r *Reminders, connection string, endings ...keys.Ending) (told []keys.Reminder) {
	t.Helper()
	err := r.Change(connection, func(log *keys.ReminderLog) {
		told = log.Due(endings, today)
		log.Record(told, today.Time())
	})
	if err != nil {
		t.Error(err)
	}
	return told
}

func TestRemindersAreToldOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "reminders")
	endings := []keys.Ending{ending(1, 7), ending(2, 20), ending(3, 200), ending(4, -1)}
	var mu sync.Mutex
	var told int
	var work sync.WaitGroup
	for range 6 {
		r := NewReminders(dir)
		work.Go(func() {
			n := len(look(t, r, "one", endings...))
			mu.Lock()
			defer mu.Unlock()
			told += n
		})
	}
	work.Wait()
	if told != 3 {
		t.Errorf("%d reminders were told, want 3", told)
	}
	r := NewReminders(dir)
	if told := look(t, r, "two", endings...); len(told) != 3 {
		t.Errorf("another connection: %d reminders", len(told))
	}
	log, err := r.Load("one")
	if err != nil || len(log.Told) != 3 {
		t.Errorf("%+v, %v", log, err)
	}
	if err := errors.Join(r.Delete("one"), r.Delete("one")); err != nil {
		t.Error(err)
	}
	if log, err := r.Load("one"); err != nil || log.Told != nil {
		t.Errorf("%+v, %v", log, err)
	}
	if told := look(t, r, "one", endings...); len(told) != 3 {
		t.Errorf("after Delete: %d reminders", len(told))
	}
}

func TestRemindersSnoozed(t *testing.T) {
	t.Parallel()
	r := NewReminders(t.TempDir())
	e := ending(1, 7)
	if err := r.Change("one", func(log *keys.ReminderLog) { log.SnoozeUntil(&e, today.AddDays(2)) }); err != nil {
		t.Fatal(err)
	}
	if told := look(t, NewReminders(r.dir), "one", e); len(told) != 0 {
		t.Error("told while snoozed")
	}
}

func TestDamagedReminders(t *testing.T) {
	t.Parallel()
	r := NewReminders(t.TempDir())
	path := r.path("one")
	for _, do := range []func() error{
		func() error { _, err := r.Load("one"); return err },
		func() error { return r.Change("one", func(*keys.ReminderLog) {}) },
	} {
		write(t, path, `{"told":`)
		err := do()
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause != keys.FileFailed || !strings.HasSuffix(p.Detail, ".damaged") {
			t.Error(err)
		}
	}
	if told := look(t, r, "one", ending(1, 7)); len(told) != 1 {
		t.Errorf("%d reminders", len(told))
	}
}

// TestRemindersHoldNoSecrets looks for what people paste into addresses.
func TestRemindersHoldNoSecrets(t *testing.T) {
	t.Parallel()
	r := NewReminders(t.TempDir())
	e := ending(1, 7)
	e.Server = "https://glpi:S3cret@glpi.example.org/glpi?app_token=T0ken"
	look(t, r, "../one", e)
	saved := read(t, r.path("../one"))
	if strings.Contains(saved, "S3cret") || strings.Contains(saved, "T0ken") || !strings.Contains(saved, "glpi.example.org/glpi/SoftwareLicense/1") {
		t.Error(saved)
	}
	if filepath.Dir(r.path("../one")) != r.dir {
		t.Error("an ID names a file in another folder")
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checks.json")
	c := NewChecks(path)
	at := func(n int) time.Time { return today.Time().Add(time.Duration(n) * time.Minute) }
	old := Check{Time: at(-1), Connection: "two", Looked: 12, Ended: 1, Ending: 2, Told: 3,
		Missing: map[keys.ItemType]keys.Cause{keys.TypeContract: keys.NoRight}}
	if err := c.Add(old); err != nil {
		t.Fatal(err)
	}
	for n := range maxChecks + 10 {
		if err := c.Add(Check{Time: at(n), Connection: "one", Cause: keys.Unreachable}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := NewChecks(path).All()
	if err != nil || len(all) != maxChecks+1 {
		t.Fatal(len(all), err)
	}
	if !all[0].Time.Equal(at(maxChecks + 9)) {
		t.Error("newest is", all[0].Time)
	}
	if diff := cmp.Diff(old, all[maxChecks]); diff != "" {
		t.Error(diff)
	}
	if err := c.Delete("one"); err != nil {
		t.Error(err)
	}
	if all, err := c.All(); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func TestChecksOfSeveralInstances(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checks.json")
	var work sync.WaitGroup
	for n := range 10 {
		c := NewChecks(path)
		work.Go(func() {
			if err := c.Add(Check{Time: today.Time(), Connection: fmt.Sprint(n)}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if all, err := NewChecks(path).All(); err != nil || len(all) != 10 {
		t.Error(len(all), err)
	}
}

func TestDamagedChecks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checks.json")
	c := NewChecks(path)
	if all, err := c.All(); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	for _, text := range []string{`{"checks":`, `{"checks":{}}`} {
		write(t, path, text)
		_, err := c.All()
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause != keys.FileFailed || !strings.HasSuffix(p.Detail, ".damaged") || read(t, p.Detail) != text {
			t.Error(err)
		}
	}
	write(t, path, `{"checks":[3,{"time":"2026-11-23T00:00:00Z","connection":"one","told":"many"},{"time":"2026-11-23T00:00:00Z","connection":"two"}]}`)
	if all, err := c.All(); err != nil || len(all) != 1 || all[0].Connection != "two" {
		t.Error(all, err)
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		t.Error(err)
	}
}
