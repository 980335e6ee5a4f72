package keys

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ending(id, days int) Ending {
	return Ending{Server: "https://h.example.com/", Item: Item{Type: TypeLicence, ID: id, Name: fmt.Sprint("K", id), End: today.AddDays(days)}}
}

func morning(d Date) time.Time { return d.Time().Add(9 * time.Hour) }

// tell looks on the day and records what is due, as the program does.
func tell(l *ReminderLog, day Date, endings ...Ending) []string {
	due := l.Due(endings, day)
	l.Record(due, morning(day))
	var out []string
	for _, r := range due {
		out = append(out, fmt.Sprintf("%s at %d", r.Ending.Item.Name, r.Threshold))
	}
	return out
}

// TestEachThresholdOnce looks every day for half a year at one key.
func TestEachThresholdOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		days   []int
		renews bool
		want   []int // days until the end on which it is told
	}{
		{"usual", nil, false, []int{90, 30, 7, 1, -1}},
		{"own", []int{60, 0}, false, []int{60, 0, -1}},
		{"in any order, twice", []int{1, 14, 14}, false, []int{14, 1, -1}},
		{"renews itself", nil, true, []int{-1}},
	} {
		var l ReminderLog
		var got []int
		for left := 130; left >= -130; left-- {
			e := ending(1, 130)
			e.Days, e.Item.Renews = tc.days, tc.renews
			day := e.Item.End.AddDays(-left)
			for range 3 { // on start and by the timer
				if told := tell(&l, day, e); len(told) > 0 {
					got = append(got, left)
				}
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
		if len(l.Told) != 0 {
			t.Errorf("%s: the log keeps %d reminders", tc.name, len(l.Told))
		}
	}
}

func TestAfterLongAbsence(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	got := tell(&l, today, ending(1, 25), ending(2, 5), ending(3, -40), ending(4, -91), ending(5, 91), ending(6, 0), ending(7, -1))
	want := []string{"K6 at 1", "K7 at -1", "K2 at 7", "K1 at 30", "K3 at -1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := tell(&l, today, ending(1, 25), ending(2, 5)); got != nil {
		t.Errorf("told again: %v", got)
	}
}

func TestNothingToTell(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	closed, dateless := ending(1, 3), ending(2, 0)
	closed.Closed = true
	dateless.Item.End = Date{}
	if got := tell(&l, today, closed, dateless); got != nil {
		t.Error(got)
	}
	r := KeyRecord{ID: 7, End: today, Block: Block{Reminders: []int{5}, AutoRenews: true}}
	if e := r.Ending("h"); e.Closed || !e.Item.Renews || e.Days[0] != 5 || e.Item.ID != 7 {
		t.Errorf("called invalid by GLPI: %+v", e)
	}
	r.Valid, r.Block.Revoked = true, Revocation{Date: today, Why: DepartureRevoked}
	if e := r.Ending("h"); !e.Closed {
		t.Errorf("revoked, and called valid by GLPI: %+v", e)
	}
	for _, valid := range []bool{true, false} { // called invalid, a damaged block may say that it was revoked
		r = KeyRecord{ID: 7, End: today, Valid: valid, Damage: &Damage{Kind: DamageCut}}
		if e := r.Ending("h"); e.Closed == valid {
			t.Errorf("damaged, valid %t: %+v", valid, e)
		}
	}
}

func TestAnotherEndIsToldAnew(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	tell(&l, today, ending(1, 1))
	if got := tell(&l, today, ending(1, 20)); len(got) != 1 || got[0] != "K1 at 30" {
		t.Error(got)
	}
}

func TestServersAreKeptApart(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	a, b := ending(1, 1), ending(1, 1)
	b.Server = "https://other.example.com"
	if got := tell(&l, today, a, b); len(got) != 2 {
		t.Error(got)
	}
	a.Server = "H.example.com" // the same
	if got := tell(&l, today, a); got != nil {
		t.Error(got)
	}
}

func TestSnooze(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	e := ending(1, 30)
	tell(&l, today, e)
	l.SnoozeUntil(&e, today.AddDays(26))
	for n := 1; n < 26; n++ { // past the threshold of 7 days
		if got := tell(&l, today.AddDays(n), e); got != nil {
			t.Errorf("told while quiet, after %d days: %v", n, got)
		}
	}
	due := l.Due([]Ending{e}, today.AddDays(26))
	if len(due) != 1 || due[0].Threshold != 7 || due[0].Again {
		t.Errorf("after the quiet: %+v", due)
	}
	tell(&l, today.AddDays(26), e)
	if got := tell(&l, today.AddDays(27), e); got != nil {
		t.Error("told again", got)
	}

	// Quiet within one threshold: told again on the day.
	l.SnoozeUntil(&e, today.AddDays(28))
	due = l.Due([]Ending{e}, today.AddDays(28))
	if len(due) != 1 || !due[0].Again {
		t.Errorf("after a short quiet: %+v", due)
	}
	l.SnoozeUntil(&e, Date{})
	if got := l.Due([]Ending{e}, today.AddDays(28)); got != nil {
		t.Errorf("the quiet was ended: %+v", got)
	}
}

func TestReminderLogAsJSON(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	e := ending(1, 3)
	tell(&l, today, e)
	l.SnoozeUntil(&e, today.AddDays(2))
	data, err := json.Marshal(&l)
	if err != nil {
		t.Fatal(err)
	}
	var again ReminderLog
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, again); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(data), `"h.example.com/SoftwareLicense/1"`) {
		t.Errorf("%s", data)
	}
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	var l ReminderLog
	var endings []Ending
	for i, days := range []int{-2, 0, 1, 5, 20, -50, 88} {
		endings = append(endings, ending(i+1, days))
	}
	a := Announce(l.Due(endings, today))
	var names []string
	for _, r := range a.Single {
		names = append(names, r.Ending.Item.Name)
	}
	if diff := cmp.Diff([]string{"K2", "K3", "K1"}, names); diff != "" || a.Rest != 4 || a.Ended != 1 || a.Next != 5 {
		t.Errorf("%s %+v", diff, a)
	}
	if a := Announce(l.Due(endings[:3], today)); len(a.Single) != 3 || a.Rest != 0 || a.Next != -1 {
		t.Errorf("three: %+v", a)
	}
	if a := Announce(nil); len(a.Single) != 0 || a.Rest != 0 {
		t.Errorf("none: %+v", a)
	}
}

func ExampleReminderLog() {
	today := Date{2026, time.November, 23}
	endings := []Ending{{
		Server: "https://helpdesk.example.com",
		Item:   Item{Type: TypeLicence, ID: 315, Name: "GLPI Network Standard", End: Date{2026, time.November, 26}},
	}}
	var log ReminderLog
	due := log.Due(endings, today)
	fmt.Println(due[0].Ending.Item.Name, due[0].Days, due[0].Threshold)
	log.Record(due, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	fmt.Println(len(log.Due(endings, today)), len(log.Due(endings, today.AddDays(2))))
	// Output:
	// GLPI Network Standard 3 7
	// 0 1
}

func BenchmarkDue(b *testing.B) {
	var l ReminderLog
	var endings []Ending
	for i := range 10_000 {
		endings = append(endings, ending(i, i%400-50))
	}
	for b.Loop() {
		l.Due(endings, today)
	}
}
