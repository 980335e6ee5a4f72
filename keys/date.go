package keys

import (
	"encoding/json"
	"fmt"
	"time"
)

// Date is a calendar day with no zone: what GLPI keeps in its DATE columns.
// The zero Date means "no date".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

const isoDay = "2006-01-02"

// ParseDate reads "2026-12-04", or a GLPI date-time "2026-12-04 18:00:00",
// whose day it keeps. An empty text is the zero Date. It refuses days that do
// not exist, which GLPI itself answers with a database error (GLPI-REST §5.2).
func ParseDate(text string) (Date, error) {
	if text == "" {
		return Date{}, nil
	}
	if t, err := time.Parse("2006-01-02 15:04:05", text); err == nil {
		return DateOf(t), nil
	}
	t, err := time.Parse(isoDay, text)
	if err != nil {
		return Date{}, fmt.Errorf("not a date of the form YYYY-MM-DD: %q", text)
	}
	return DateOf(t), nil
}

// DateOf is the day that t has in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports whether d means "no date".
func (d Date) IsZero() bool { return d == Date{} }

// String is the ISO form, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Time is midnight UTC at the start of d. It is meant for formatting and
// counting days, where every day has 24 hours, not as an instant.
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// DaysAfter counts the days from e to d; negative when d comes first.
func (d Date) DaysAfter(e Date) int {
	return int(d.Time().Sub(e.Time()) / (24 * time.Hour))
}

// AddDays is the day n days after d, or before it when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// AddMonths is the day n months after d. As in GLPI and MySQL, a day that the
// month does not have becomes its last one: 31 January plus 1 is 28 February.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// Compare orders days; no date comes after every date, because a list sorted
// by end shows first what ends first.
func (d Date) Compare(e Date) int {
	switch {
	case d == e:
		return 0
	case d.IsZero():
		return 1
	case e.IsZero():
		return -1
	default:
		return d.Time().Compare(e.Time())
	}
}

// Future reports whether d is a day after today.
func (d Date) Future(today Date) bool { return !d.IsZero() && d.Compare(today) > 0 }

// MarshalJSON writes the ISO form; no date is an empty string.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads what ParseDate reads.
func (d *Date) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	parsed, err := ParseDate(text)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
