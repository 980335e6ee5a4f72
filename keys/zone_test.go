package keys

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// zones are the ends of the world, and those whose clocks change at midnight,
// by half an hour, or skipped a day.
var zones = []string{
	"Pacific/Kiritimati", "Pacific/Apia", "Pacific/Pago_Pago", "America/Adak", "Etc/GMT+12", "Australia/Lord_Howe", "America/Santiago",
	"Africa/Cairo", "Asia/Beirut", "America/Havana", "Atlantic/Azores", "Europe/Paris", "Asia/Kathmandu", "UTC",
}

// renewalDays are days of interest in a zone: those around every change of its
// clocks within two years, and the ends of months and years.
func renewalDays(zone *time.Location) []Date {
	days := []Date{{2026, 11, 26}, {2026, 12, 31}, {2027, 2, 28}, {2028, 2, 29}}
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, zone)
	for range 730 {
		next := time.Date(noon.Year(), noon.Month(), noon.Day()+1, 12, 0, 0, 0, zone)
		_, before := noon.Zone()
		if _, after := next.Zone(); before != after {
			days = append(days, DateOf(noon).AddDays(-1), DateOf(noon), DateOf(next), DateOf(next).AddDays(1))
		}
		noon = next
	}
	return days
}

// lastSecond is the last moment of a day in a zone, also where its clocks go
// back over midnight and the last hour comes twice.
func lastSecond(day Date, zone *time.Location) time.Time {
	at := time.Date(day.Year, day.Month, day.Day, 21, 59, 59, 0, zone)
	for DateOf(at.Add(30*time.Minute)) == day {
		at = at.Add(30 * time.Minute)
	}
	return at
}

// TestRenewalDay: what ends on a day is good until that day is over where the
// person is, wherever that is and however long the day is there.
func TestRenewalDay(t *testing.T) {
	t.Parallel()
	moments := 0
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, end := range renewalDays(zone) {
			r := &KeyRecord{ID: 7, Name: "Key", End: end, Valid: true}
			last := lastSecond(end, zone)
			if clock := last.Format(time.TimeOnly); clock != "23:59:59" || DateOf(last.Add(time.Second)) != end.AddDays(1) {
				t.Fatalf("%s: %s is not the last second of %s", name, last, end)
			}
			for at := last; DateOf(at) == end; at = at.Add(-17 * time.Minute) {
				moments++
				stands(t, r, at, KeyUrgent, 0, 1)
			}
			stands(t, r, last.Add(time.Second), KeyExpired, -1, ThresholdEnded)
			first := lastSecond(end.AddDays(-1), zone)
			stands(t, r, first, KeyUrgent, 1, 1)
		}
	}
	t.Logf("%d moments", moments)
}

// stands checks everything that goes by a record's end at a moment.
func stands(t *testing.T, r *KeyRecord, at time.Time, state KeyState, days, threshold int) {
	t.Helper()
	today := DateOf(at)
	if got := r.Standing(DefaultThresholds, today); got.State != state || got.Days != days {
		t.Errorf("%s: ends %s, %+v", at, r.End, got)
	}
	var log ReminderLog
	due := log.Due([]Ending{r.Ending("https://h.example.com")}, today)
	if len(due) != 1 || due[0].Threshold != threshold || due[0].Days != days {
		t.Errorf("%s: ends %s, reminders %+v", at, r.End, due)
	}
	log.Record(due, at)
	if again := log.Due([]Ending{r.Ending("https://h.example.com")}, today); len(again) != 0 {
		t.Errorf("%s: told twice, %+v", at, again)
	}
}
