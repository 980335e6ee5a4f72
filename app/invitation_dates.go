package app

import (
	"strings"
	"time"

	"glpikeys/app/internal/moment"
	"glpikeys/keys"
)

// momentFields are the fields that hold a date.
var momentFields = []string{keys.FieldBegin, keys.FieldEnd, keys.FieldAccountEnd}

// momentOf is the draft's moment of a field, and what a day alone means there.
func (d *invitationDraft) momentOf(field string) (*typedMoment, moment.Default) {
	switch field {
	case keys.FieldBegin:
		return &d.begin, moment.DayStart
	case keys.FieldAccountEnd:
		return &d.accountEnd, moment.DayEnd
	default:
		return &d.end, moment.DayEnd
	}
}

// The moments of the form.

// read reads a date typed now.
func (f *invitationForm) read(text string, by moment.Default) typedMoment {
	m := typedMoment{text: text}
	if strings.TrimSpace(text) == "" {
		return m
	}
	m.read, m.err = moment.Reader{Words: momentWords(), Now: f.now(), Default: by}.Read(text)
	return m
}

// written is a moment as if it had been typed.
func (f *invitationForm) written(at time.Time, by moment.Default) typedMoment {
	at = at.In(f.zone())
	h, m, s := at.Clock()
	dayOnly := h == 0 && m == 0 && s == 0
	if by == moment.DayEnd {
		dayOnly = h == 23 && m == 59 && s == 59
	}
	read := moment.Moment{Time: at, DayOnly: dayOnly}
	return typedMoment{text: f.momentText(read), read: read}
}

// momentText writes a moment as people do: "4 Dec 2026 18:00". A day alone
// stays one.
func (f *invitationForm) momentText(m moment.Moment) string {
	if m.DayOnly {
		return dayText(keys.DateOf(m.Time))
	}
	return dayText(keys.DateOf(m.Time)) + " " + clockText(m.Time)
}

// typeMoment takes what was typed into one of the date fields.
func (f *invitationForm) typeMoment(field, text string) {
	f.edit(field, func(d *invitationDraft) {
		m, by := d.momentOf(field)
		if m.text != text { // what was read once does not move on with the clock
			*m = f.read(text, by)
		}
	})
}

// setDay puts a day from the calendar into a date field, at the time of day
// that stands there.
func (f *invitationForm) setDay(field string, day keys.Date) {
	m, _ := f.draft.momentOf(field)
	text := dayText(day)
	if !m.read.Time.IsZero() && !m.read.DayOnly {
		text += " " + clockText(m.read.Time)
	}
	f.typeMoment(field, text)
}

// settle writes a date field's text as it was understood, once nobody types
// there any more, or in a new language.
func (f *invitationForm) settle(field string) {
	m, _ := f.draft.momentOf(field)
	if !m.read.Time.IsZero() && m.err == nil {
		m.text = f.momentText(m.read)
	}
}

// leave is told when the keyboard leaves a field: a date there is complete.
func (f *invitationForm) leave(field string) {
	m, _ := f.draft.momentOf(field)
	if m.err != nil {
		f.problems[field] = momentFault(m.err, f.zone())
	}
	f.settle(field)
	f.onChange()
}

// momentNote says how a date field was understood: what it is when that was
// not typed just so, how far away, in which zone, and when that is here.
func (f *invitationForm) momentNote(field string) string {
	m, _ := f.draft.momentOf(field)
	if m.err != nil || m.read.Time.IsZero() {
		return ""
	}
	at := m.read.In(f.zone())
	var parts []string
	if strings.TrimSpace(m.text) != f.momentText(m.read) {
		parts = append(parts, f.momentText(m.read))
	}
	if m.read.DayOnly && at.Hour() != 0 {
		parts = append(parts, t("invite.when.through"))
	}
	parts = append(parts, distanceText(keys.DateOf(at), keys.DateOf(f.now())), zoneText(at))
	here := at.In(f.work.deps.Now().Location())
	_, there := at.Zone()
	if _, offset := here.Zone(); offset != there {
		local := clockText(here)
		if keys.DateOf(here) != keys.DateOf(at) {
			local = dayText(keys.DateOf(here)) + " " + local
		}
		parts = append(parts, t("invite.when.here", map[string]any{"Time": local}))
	}
	return strings.Join(parts, " · ")
}
