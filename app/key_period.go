package app

import (
	"strings"

	"glpikeys/keys"
)

func (d *keyDraft) dayOf(field string) *typedDay {
	if field == keys.KeyFieldBegin {
		return &d.begin
	}
	return &d.end
}

// typeDay takes what was typed into a date field.
func (f *keyForm) typeDay(field, text string) {
	f.edit(field, func(d *keyDraft) {
		day := d.dayOf(field)
		if day.text != text {
			*day = readDay(text, f.now())
			if field == keys.KeyFieldEnd {
				f.months = 0
			}
		}
	})
}

// settleDay writes a day as it was understood.
func (f *keyForm) settleDay(field string) {
	d := f.draft.dayOf(field)
	if d.err != nil {
		f.problems[field] = momentFault(d.err, f.now().Location())
	} else if !d.day.IsZero() {
		d.text = dayText(d.day)
	}
	f.onChange()
}

// dayNote says how a date was understood and how far away it is.
func (f *keyForm) dayNote(field string) string {
	d := f.draft.dayOf(field)
	if d.err != nil || d.day.IsZero() {
		return ""
	}
	note := distanceText(d.day, f.work.today())
	if strings.TrimSpace(d.text) != dayText(d.day) {
		note = dayText(d.day) + " · " + note
	}
	if field == keys.KeyFieldEnd {
		note += " · " + t("keywork.end.through")
	}
	return note
}

// setMonths makes the period that many months long.
func (f *keyForm) setMonths(months int) {
	if f.kind == keyFormRenew {
		f.months = months
		f.edit(keys.KeyFieldEnd, func(*keyDraft) { f.reckon() })
		return
	}
	f.edit(keys.KeyFieldEnd, func(d *keyDraft) {
		if d.begin.day.IsZero() {
			d.begin = writtenDay(f.work.today())
		}
		d.end = writtenDay(d.begin.day.AddMonths(months).AddDays(-1))
	})
}

// setTrial marks a trial; a trial without an end lasts the usual days.
func (f *keyForm) setTrial(on bool) {
	f.edit(keys.KeyFieldTrial, func(d *keyDraft) {
		d.trial = on
		if on && d.end.text == "" {
			from := d.begin.day
			if from.IsZero() {
				from = f.work.today()
			}
			d.end = writtenDay(from.AddDays(keys.TrialDays - 1))
		}
	})
}

// setFrom chooses from which day the renewed period counts.
func (f *keyForm) setFrom(from keys.RenewalStart) {
	f.from = from
	if f.months == 0 {
		f.months = 12
	}
	f.edit(keys.KeyFieldBegin, func(*keyDraft) { f.reckon() })
}

// reckon makes the renewed period.
func (f *keyForm) reckon() {
	begin, end := keys.Renewal(f.from, f.of.End, f.work.today(), f.months)
	f.draft.begin, f.draft.end = writtenDay(begin), writtenDay(end)
}
