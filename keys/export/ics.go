package export

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"glpikeys/keys"
)

// Event is an end as an all-day entry of a calendar.
type Event struct {
	Ending      keys.Ending
	Summary     string    // the entry's title: "GLPI Network Standard ends"
	Description string    // more about it, may have several lines
	Address     string    // of its page in GLPI, "" for none
	Changed     time.Time // when GLPI last changed it, zero: not known
}

// Calendar writes events as an iCalendar file (RFC 5545), at the moment now.
// Events without an end are left out.
//
// An event's UID depends on its server, type and id alone, and its SEQUENCE
// grows with now: a file that is imported again changes the entries of the
// first one and adds none. Each of the ending's reminder days that is not past
// on the day of now has an alarm at nine in the morning, whatever the time
// zone. What is closed, or renews itself, has none, and what is closed is
// cancelled: its entry stays where it was imported, struck out.
func Calendar(w io.Writer, name string, events []Event, now time.Time) error {
	c := calendar{out: bufio.NewWriter(w), now: now}
	c.line("BEGIN:VCALENDAR")
	c.line("VERSION:2.0")
	c.line("PRODID:-//GLPI Keys//Expiry//EN")
	c.line("CALSCALE:GREGORIAN")
	c.line("METHOD:PUBLISH")
	c.text("X-WR-CALNAME", name)
	for i := range events {
		c.event(&events[i])
	}
	c.line("END:VCALENDAR")
	return c.out.Flush()
}

// UID is the identity of an ending in calendars.
func UID(e *keys.Ending) string {
	sum := sha256.Sum256([]byte(e.ID()))
	return hex.EncodeToString(sum[:16]) + "@glpikeys"
}

// calendar writes content lines; out keeps the first error.
type calendar struct {
	out *bufio.Writer
	now time.Time
}

const (
	icsTime = "20060102T150405Z"
	icsDay  = "20060102"
	alarmAt = 9 // o'clock
)

// sequenceEpoch keeps SEQUENCE, minutes since then, within 32 bits for 4,000
// years.
var sequenceEpoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *calendar) event(e *Event) {
	end := e.Ending.Item.End
	if end.IsZero() {
		return
	}
	changed, status := e.Changed, "CONFIRMED"
	if changed.IsZero() || changed.After(c.now) { // the server's clock is ahead
		changed = c.now
	}
	if e.Ending.Closed {
		status = "CANCELLED"
	}
	c.line("BEGIN:VEVENT")
	c.line("UID:" + UID(&e.Ending))
	c.line("DTSTAMP:" + c.now.UTC().Format(icsTime))
	c.line("LAST-MODIFIED:" + changed.UTC().Format(icsTime))
	c.line(fmt.Sprintf("SEQUENCE:%d", max(0, int(c.now.Sub(sequenceEpoch)/time.Minute))))
	c.line("DTSTART;VALUE=DATE:" + end.Time().Format(icsDay))
	c.line("DTEND;VALUE=DATE:" + end.AddDays(1).Time().Format(icsDay))
	c.line("TRANSP:TRANSPARENT")
	c.line("STATUS:" + status)
	c.text("SUMMARY", e.Summary)
	c.text("DESCRIPTION", e.Description)
	if strings.HasPrefix(e.Address, "https://") || strings.HasPrefix(e.Address, "http://") {
		c.line("URL:" + strings.Map(visible, e.Address))
	}
	for _, days := range alarms(&e.Ending, keys.DateOf(c.now)) {
		c.alarm(days, cmp.Or(e.Summary, e.Ending.Item.Name))
	}
	c.line("END:VEVENT")
}

// alarms are the days before the end of e that are not past.
func alarms(e *keys.Ending, today keys.Date) []int {
	if e.Closed || e.Item.Renews {
		return nil
	}
	days := e.Days
	if len(days) == 0 {
		days = keys.DefaultReminders
	}
	var out []int
	seen := map[int]bool{}
	for _, d := range days {
		if d >= 0 && !seen[d] && e.Item.End.AddDays(-d).Compare(today) >= 0 {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}

// alarm rings at nine, so many days before an entry that begins at midnight.
func (c *calendar) alarm(days int, summary string) {
	trigger := fmt.Sprintf("PT%dH", alarmAt)
	switch {
	case days == 1:
		trigger = fmt.Sprintf("-PT%dH", 24-alarmAt)
	case days > 1:
		trigger = fmt.Sprintf("-P%dDT%dH", days-1, 24-alarmAt)
	}
	c.line("BEGIN:VALARM")
	c.line("ACTION:DISPLAY")
	c.text("DESCRIPTION", summary)
	c.line("TRIGGER:" + trigger)
	c.line("END:VALARM")
}

var icsEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text writes a property of text, an empty one not at all.
func (c *calendar) text(name, value string) {
	value = strings.ToValidUTF8(value, "\uFFFD")
	if value != "" {
		c.line(name + ":" + strings.Map(visible, icsEscapes.Replace(value)))
	}
}

// visible drops control characters, which the format forbids.
func visible(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return -1
	}
	return r
}

// maxLine is the longest line in octets, without its end.
const maxLine = 75

// line writes a content line, folded between characters: what follows on the
// next line begins with a space.
func (c *calendar) line(text string) {
	for room := maxLine; len(text) > room; room = maxLine - 1 {
		cut := room
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		_, _ = c.out.WriteString(text[:cut] + "\r\n ")
		text = text[cut:]
	}
	_, _ = c.out.WriteString(text + "\r\n")
}
