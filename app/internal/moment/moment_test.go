package moment

import (
	"errors"
	"testing"
	"time"
)

var french = Words{
	Months:   [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
	Days:     []string{"j", "jour", "jours"},
	Weeks:    []string{"sem", "semaine", "semaines"},
	Mon:      []string{"mois"},
	Today:    "aujourd’hui",
	Tomorrow: "demain",
}

func paris(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip(err)
	}
	return zone
}

func TestRead(t *testing.T) {
	now := time.Date(2026, time.November, 23, 10, 30, 0, 0, paris(t))
	for _, c := range []struct {
		text string
		want string // in Paris; with the end of the day when no time was named
		err  error
	}{
		{text: "2026-12-04", want: "2026-12-04 23:59:59"},
		{text: "2026-12-04 18:00", want: "2026-12-04 18:00:00"},
		{text: "2026-12-04T18:00:05", want: "2026-12-04 18:00:05"},
		{text: " 2026/12/04  18:00 ", want: "2026-12-04 18:00:00"},
		{text: "4 Dec 2026 18:00", want: "2026-12-04 18:00:00"},
		{text: "4 December 2026", want: "2026-12-04 23:59:59"},
		{text: "Dec 4, 2026", want: "2026-12-04 23:59:59"},
		{text: "4th dec 2026", want: "2026-12-04 23:59:59"},
		{text: "4. déc. 2026", want: "2026-12-04 23:59:59"},
		{text: "4 décembre 2026 à 18h30", want: "2026-12-04 18:30:00"},
		{text: "1er mai 2027", want: "2027-05-01 23:59:59"},
		{text: "le 3 juin", want: "2027-06-03 23:59:59"},
		{text: "3 juillet 2027 8h", want: "2027-07-03 08:00:00"},
		{text: "4.12.2026", want: "2026-12-04 23:59:59"},
		{text: "4/12/26 18:00", want: "2026-12-04 18:00:00"},
		{text: "04-12-2026", want: "2026-12-04 23:59:59"},
		{text: "4/12", want: "2026-12-04 23:59:59"},
		{text: "4.12. 18:00", want: "2026-12-04 18:00:00"},
		{text: "1/11", want: "2027-11-01 23:59:59"},
		{text: "4 dec 18:00", want: "2026-12-04 18:00:00"},
		{text: "4 dec 27", want: "2027-12-04 23:59:59"},
		{text: "29 feb", want: "2028-02-29 23:59:59"},
		{text: "18:00", want: "2026-11-23 18:00:00"},
		{text: "9:00", want: "2026-11-24 09:00:00"},
		{text: "18:00 4 Dec 2026", want: "2026-12-04 18:00:00"},
		{text: "6 pm tomorrow", want: "2026-11-24 18:00:00"},
		{text: "tomorrow 6:15pm", want: "2026-11-24 18:15:00"},
		{text: "12 am 4 dec", want: "2026-12-04 00:00:00"},
		{text: "12 pm 4 dec", want: "2026-12-04 12:00:00"},
		{text: "today", want: "2026-11-23 23:59:59"},
		{text: "aujourd’hui 18:00", want: "2026-11-23 18:00:00"},
		{text: "demain", want: "2026-11-24 23:59:59"},
		{text: "in 2 weeks", want: "2026-12-07 23:59:59"},
		{text: "dans 2 semaines à 8h", want: "2026-12-07 08:00:00"},
		{text: "+2w", want: "2026-12-07 23:59:59"},
		{text: "+10", want: "2026-12-03 23:59:59"},
		{text: "30 jours", want: "2026-12-23 23:59:59"},
		{text: "3 mois", want: "2027-02-23 23:59:59"},
		{text: "+1m", want: "2026-12-23 23:59:59"},
		{text: "2040-01-01", want: "2040-01-01 23:59:59"}, // the range is the caller's
		{text: "", err: ErrUnreadable},
		{text: "soon", err: ErrUnreadable},
		{text: "4", err: ErrUnreadable},
		{text: "4 Dec 2026 18", err: ErrUnreadable},
		{text: "4 Dec 2026 5 Dec 2026", err: ErrUnreadable},
		{text: "ju 4", err: ErrUnreadable},
		{text: "4 jui", err: ErrUnreadable}, // June or July
		{text: "2026-12", err: ErrUnreadable},
		{text: "2026-12-04 at", err: ErrUnreadable},
		{text: "1234567-01-01", err: ErrUnreadable},
		{text: "31.2.2027", err: ErrNoSuchDay},
		{text: "2027-02-29", err: ErrNoSuchDay},
		{text: "12/24/2026", err: ErrNoSuchDay},
		{text: "0/0/2026", err: ErrNoSuchDay},
		{text: "+99999 d", err: ErrNoSuchDay},
		{text: "4 dec 25:00", err: ErrNoSuchTime},
		{text: "4 dec 18:60", err: ErrNoSuchTime},
		{text: "4 dec 13 pm", err: ErrNoSuchTime},
		{text: "2027-03-28 02:30", err: ErrSkipped},
		{text: "2027-10-31 02:30", want: "2027-10-31 02:30:00"},
	} {
		got, err := Reader{Words: french, Now: now, Default: DayEnd}.Read(c.text)
		if !errors.Is(err, c.err) || err != nil && c.err == nil {
			t.Errorf("%q: error %v, want %v", c.text, err, c.err)
			continue
		}
		if err == nil && got.Format(time.DateTime) != c.want {
			t.Errorf("%q: got %s, want %s", c.text, got.Format(time.DateTime), c.want)
		}
	}
}

func TestReadTellsWhetherATimeWasNamed(t *testing.T) {
	r := Reader{Now: time.Date(2026, time.November, 23, 10, 30, 0, 0, time.UTC)}
	day, err := r.Read("4 dec")
	if err != nil || !day.DayOnly || day.Hour() != 0 {
		t.Errorf("%v, %v", day, err)
	}
	if m, err := r.Read("4 dec 8:00"); err != nil || m.DayOnly {
		t.Errorf("%v, %v", m, err)
	}
}

func TestAddMonthsKeepsToTheMonth(t *testing.T) {
	r := Reader{Now: time.Date(2027, time.January, 31, 10, 30, 0, 0, time.UTC)}
	if m, err := r.Read("+1m"); err != nil || m.Format(time.DateOnly) != "2027-02-28" {
		t.Errorf("%v, %v", m, err)
	}
}

// FuzzRead looks for texts that crash, and for moments that are not in the
// zone asked for.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"4 Dec 2026 18:00", "2026-12-04", "+2w", "6 pm tomorrow", "aujourd’hui", "4.12. 8h", "1er mai", "29 feb"} {
		f.Add(s, int64(1_795_430_000))
	}
	zone := paris(f)
	f.Fuzz(func(t *testing.T, text string, now int64) {
		if now < 0 || now > 4_000_000_000 {
			return
		}
		r := Reader{Words: french, Now: time.Unix(now, 0).In(zone), Default: DayEnd}
		m, err := r.Read(text)
		if err != nil {
			return
		}
		if m.Location() != zone || m.IsZero() || m.Nanosecond() != 0 {
			t.Errorf("%q: %v", text, m)
		}
		if m.DayOnly && m.Format(time.TimeOnly) != "23:59:59" {
			t.Errorf("%q is a day, at %v", text, m)
		}
		// What was read can be written and read again.
		again, err := r.Read(m.Format(time.DateTime))
		if err != nil || !again.Equal(m.Time) && again.Format(time.DateTime) != m.Format(time.DateTime) {
			t.Errorf("%q: %v, then %v, %v", text, m, again, err)
		}
	})
}
