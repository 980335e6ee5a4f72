package app

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"glpikeys/app/internal/moment"
	"glpikeys/keys"
)

// typedMoment is a date as it was typed, and what it was read as then: "+2w"
// does not move on with the clock.
type typedMoment struct {
	text string
	read moment.Moment // zero unless text could be read
	err  error         // why text could not be read
}

// none reports whether no date is given at all.
func (m typedMoment) none() bool { return m.err == nil && m.read.Time.IsZero() }

// isAfter reports whether the first of two dates is not before the second.
func isAfter(a, b typedMoment) bool {
	return !a.read.Time.IsZero() && !b.read.Time.IsZero() && !a.read.Before(b.read.Time)
}

// typedDay is a day as it was typed, and what it was read as then.
type typedDay struct {
	text string
	day  keys.Date
	err  error
}

// readDay reads a day; now is the person's clock.
func readDay(text string, now time.Time) typedDay {
	d := typedDay{text: text}
	if strings.TrimSpace(text) == "" {
		return d
	}
	m, err := moment.Reader{Words: momentWords(), Now: now, Default: moment.DayStart}.Read(text)
	if d.err = err; err == nil {
		d.day = keys.DateOf(m.Time)
	}
	return d
}

// writtenDay is a day as if it had been typed.
func writtenDay(day keys.Date) typedDay {
	if day.IsZero() {
		return typedDay{}
	}
	return typedDay{text: dayText(day), day: day}
}

// momentWords are the words of dates in the chosen language.
func momentWords() moment.Words {
	w := moment.Words{
		Days:  strings.Fields(t("moment.days")),
		Weeks: strings.Fields(t("moment.weeks")),
		Mon:   strings.Fields(t("moment.months")),
		Today: t("when.today"), Tomorrow: t("when.tomorrow"),
	}
	for i := range w.Months {
		w.Months[i] = monthName(time.Month(i + 1))
	}
	return w
}

// momentFault says why a date cannot be read.
func momentFault(err error, zone *time.Location) string {
	switch {
	case errors.Is(err, moment.ErrNoSuchDay):
		return t("invite.error.date_day")
	case errors.Is(err, moment.ErrNoSuchTime):
		return t("invite.error.date_time")
	case errors.Is(err, moment.ErrSkipped):
		return t("invite.error.date_skipped", map[string]any{"Zone": zone.String()})
	default:
		return t("invite.error.date")
	}
}

// clockText is a time of day: "18:00".
func clockText(at time.Time) string {
	if at.Second() != 0 && !(at.Minute() == 59 && at.Second() == 59) {
		return at.Format(time.TimeOnly)
	}
	return at.Format("15:04")
}

// zoneText names the zone of a moment: "Europe/Paris (UTC+1)".
func zoneText(at time.Time) string {
	_, seconds := at.Zone()
	offset := "UTC"
	if seconds != 0 {
		offset = fmt.Sprintf("UTC%+d", seconds/3600)
		if minutes := seconds % 3600 / 60; minutes != 0 {
			offset += fmt.Sprintf(":%02d", max(minutes, -minutes))
		}
	}
	switch name := at.Location().String(); name {
	case "", "Local", "UTC", offset:
		return offset
	default:
		return name + " (" + offset + ")"
	}
}
