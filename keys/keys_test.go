package keys

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var today = Date{2026, time.November, 23}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in      string
		want    Date
		wantErr bool
	}{
		{"", Date{}, false},
		{"2026-12-04", Date{2026, 12, 4}, false},
		{"2026-12-04 18:00:00", Date{2026, 12, 4}, false},
		{"2028-02-29", Date{2028, 2, 29}, false},
		{"2027-02-29", Date{}, true},
		{"2027-13-45", Date{}, true},
		{"31/03/2027", Date{}, true},
		{"2027-03-31T10:00:00+02:00", Date{}, true},
	} {
		got, err := ParseDate(tc.in)
		if (err != nil) != tc.wantErr || got != tc.want {
			t.Errorf("ParseDate(%q) = %v, %v; want %v, error %v", tc.in, got, err, tc.want, tc.wantErr)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"", "2026-12-04", "2026-12-04 18:00:00", "0000-00-00", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			return
		}
		again, err := ParseDate(d.String())
		if err != nil || again != d {
			t.Errorf("%q became %v, which reads back as %v, %v", s, d, again, err)
		}
	})
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	// Days are counted on the calendar, so that a change to summer time
	// between two days does not lose one.
	if got := (Date{2027, 4, 1}).DaysAfter(Date{2027, 3, 1}); got != 31 {
		t.Errorf("March has %d days", got)
	}
	for _, tc := range []struct {
		from   Date
		months int
		want   Date
	}{
		{Date{2026, 1, 31}, 1, Date{2026, 2, 28}},
		{Date{2026, 1, 1}, 12, Date{2027, 1, 1}},
		{Date{2026, 11, 30}, 3, Date{2027, 2, 28}},
		{Date{2026, 3, 31}, -1, Date{2026, 2, 28}},
	} {
		if got := tc.from.AddMonths(tc.months); got != tc.want {
			t.Errorf("%v + %d months = %v, want %v", tc.from, tc.months, got, tc.want)
		}
	}
}

func TestDateJSON(t *testing.T) {
	t.Parallel()
	for _, d := range []Date{{}, today} {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var got Date
		if err := json.Unmarshal(data, &got); err != nil || got != d {
			t.Errorf("%v became %s, read back as %v, %v", d, data, got, err)
		}
	}
	var d Date
	if err := json.Unmarshal([]byte(`"2027-13-45"`), &d); err == nil {
		t.Error("a day that does not exist was accepted")
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		days int
		want State
	}{
		{-1, Expired}, {0, Urgent}, {7, Urgent}, {8, Soon}, {30, Soon}, {31, Plan}, {90, Plan}, {91, Fine},
	} {
		if got := DefaultThresholds.State(today.AddDays(tc.days), today); got != tc.want {
			t.Errorf("%d days: %v, want %v", tc.days, got, tc.want)
		}
	}
	if got := DefaultThresholds.State(Date{}, today); got != NoDate {
		t.Errorf("no date: %v", got)
	}
}

func TestSummarise(t *testing.T) {
	t.Parallel()
	item := func(id, days int) Item { return Item{Type: TypeLicence, ID: id, End: today.AddDays(days)} }
	items := []Item{
		item(1, -41), item(2, -2), item(3, 4), item(4, 21), item(5, 64), item(6, 340), item(7, 400),
		{Type: TypeContract, ID: 8},
	}
	s := Summarise(items, DefaultThresholds, today)
	if diff := cmp.Diff([len(States)]int{2, 1, 1, 1, 2, 1}, s.Counts); diff != "" {
		t.Error("counts:", diff)
	}
	if s.Oldest != 41 || s.Next != 4 {
		t.Errorf("oldest %d, next %d; want 41, 4", s.Oldest, s.Next)
	}
	var perMonth []int
	for _, m := range s.Months {
		perMonth = append(perMonth, len(m.Items))
	}
	// November holds what ended and what will end in November; the item that
	// ended in October is not on the strip.
	if diff := cmp.Diff([]int{2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}, perMonth); diff != "" {
		t.Error("months:", diff)
	}

	var ids []int
	for _, it := range NeedsAttention(items, DefaultThresholds, today, 3) {
		ids = append(ids, it.ID)
	}
	if diff := cmp.Diff([]int{2, 3, 4}, ids); diff != "" { // the first ended too long ago
		t.Error("needs attention:", diff)
	}
}

func TestSummariseNothing(t *testing.T) {
	t.Parallel()
	s := Summarise(nil, DefaultThresholds, today)
	if s.Oldest != 0 || s.Next != -1 || s.Count(States[:]...) != 0 {
		t.Errorf("an empty server gives %+v", s)
	}
}

func TestCredentialsDoNotPrint(t *testing.T) {
	t.Parallel()
	c := Credentials{User: "glpi", Password: "hunter2", UserToken: "hunter2", AppToken: "hunter2"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", c, "p", &c)
	text := fmt.Sprintf("%v %+v %#v %s %v %#v", c, c, c, c, &c, &c) + log.String()
	if strings.Contains(text, "hunter2") {
		t.Errorf("a secret shows: %s", text)
	}
}

func TestCauseOf(t *testing.T) {
	t.Parallel()
	p := &Problem{Op: "sign in", Cause: APIOff}
	if got := CauseOf(fmt.Errorf("wrapped: %w", p)); got != APIOff {
		t.Errorf("wrapped: %q", got)
	}
	if got := CauseOf(fmt.Errorf("plain")); got != Unexpected {
		t.Errorf("plain error: %q", got)
	}
	if got := CauseOf(nil); got != "" {
		t.Errorf("nil: %q", got)
	}
}

func TestEntity(t *testing.T) {
	t.Parallel()
	e := Entity{Path: "Root entity > Region North > Oslo"}
	if e.Name() != "Oslo" || e.Depth() != 2 {
		t.Errorf("%q, %d", e.Name(), e.Depth())
	}
	if root := (Entity{Path: "Root entity"}); root.Name() != "Root entity" || root.Depth() != 0 {
		t.Errorf("%q, %d", root.Name(), root.Depth())
	}
}
