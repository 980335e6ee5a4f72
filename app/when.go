package app

import (
	"strconv"
	"time"

	"glpikeys/keys"
)

// dayText is a day as people write it: "4 Dec 2026". No date is a dash.
func dayText(d keys.Date) string {
	if d.IsZero() {
		return "—"
	}
	return t("date.day", map[string]any{"Day": d.Day, "Month": monthName(d.Month), "Year": d.Year})
}

// monthName is the short name of a month.
func monthName(m time.Month) string { return t("date.month." + strconv.Itoa(int(m))) }

// distanceText is how far a day is from today: "in 12 days", "41 days ago",
// "in 8 months". It is rough beyond two months, where the day itself, which
// always stands beside it, says the rest.
func distanceText(d, today keys.Date) string {
	if d.IsZero() {
		return ""
	}
	days := d.DaysAfter(today)
	switch days {
	case 0:
		return t("when.today")
	case 1:
		return t("when.tomorrow")
	case -1:
		return t("when.yesterday")
	}
	unit, n := roughly(max(days, -days))
	if days > 0 {
		return tn("when.in_"+unit, n, map[string]any{"N": n})
	}
	return tn("when.ago_"+unit, n, map[string]any{"N": n})
}

// roughly turns a number of days into the largest unit that stays exact
// enough: days up to 60, months up to 24, then years.
func roughly(days int) (unit string, n int) {
	const month = 30.44
	switch {
	case days <= 60:
		return "days", days
	case float64(days) <= 24*month:
		return "months", int(float64(days)/month + 0.5)
	default:
		return "years", int(float64(days)/365.25 + 0.5)
	}
}

// agoText is how long ago an instant was: "12 s ago", "5 min ago".
func agoText(at, now time.Time) string {
	switch d := now.Sub(at); {
	case d < 5*time.Second:
		return t("ago.now")
	case d < time.Minute:
		return t("ago.seconds", map[string]any{"N": int(d.Seconds())})
	case d < time.Hour:
		return t("ago.minutes", map[string]any{"N": int(d.Minutes())})
	case d < 24*time.Hour:
		return t("ago.hours", map[string]any{"N": int(d.Hours())})
	default:
		return dayText(keys.DateOf(at.In(now.Location())))
	}
}
