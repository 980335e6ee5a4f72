package keys

import "slices"

// KeyState is what a key record is worth on some day.
type KeyState uint8

// The states of a key record, in the order in which people want to see them.
// What was not given up is judged by its end, whatever GLPI's is_valid says; a
// trial has a state of its own until it ends.
const (
	KeyExpired KeyState = iota
	KeyUrgent
	KeySoon
	KeyPlan
	KeyTrial
	KeyFine
	KeyNoDate
	KeyRenewed // closed, its successor took over
	KeyRevoked // closed: revoked, or released to the vendor
)

// KeyStates lists every state in the order in which people want to see them.
var KeyStates = [...]KeyState{
	KeyExpired, KeyUrgent, KeySoon, KeyPlan, KeyTrial, KeyFine, KeyNoDate, KeyRenewed, KeyRevoked,
}

var keyStateNames = [...]string{
	"expired", "urgent", "soon", "plan", "trial", "fine", "nodate", "renewed", "revoked",
}

// String is a stable identifier, for preferences and translation keys.
func (s KeyState) String() string {
	if int(s) < len(keyStateNames) {
		return keyStateNames[s]
	}
	return "unknown"
}

// Closed reports whether the key was given up: revoked, released or renewed. The
// record's own block says so, never GLPI's is_valid alone: GLPI clears that when
// a licence is installed more often than bought, sets it again whenever its form
// is saved, and people change it for many licences at once
// (SoftwareLicense::computeValidityIndicator, GLPI 10.0.12 and 11.0.6).
func (r *KeyRecord) Closed() bool { return !r.Block.Revoked.Date.IsZero() }

// Live reports whether the key is in use or could be.
func (s KeyState) Live() bool { return s != KeyExpired && s != KeyRenewed && s != KeyRevoked }

// Standing is how a key record stands on some day.
type Standing struct {
	State KeyState
	Ends  State // by the end alone: how pressing a trial is, and what a closed key's end was
	Days  int   // until the end, negative after it, 0 without one
}

// Standing is how r stands on the day today, in the person's own time zone: an
// end is a day and the key is good through it. usual are the limits for a
// record without reminders of its own.
func (r *KeyRecord) Standing(usual Thresholds, today Date) Standing {
	s := Standing{Ends: r.Limits(usual).State(r.End, today)}
	if s.Ends != NoDate {
		s.Days = r.End.DaysAfter(today)
	}
	switch {
	case r.Closed() && r.Block.Revoked.Why == DepartureRenewed:
		s.State = KeyRenewed
	case r.Closed():
		s.State = KeyRevoked
	case r.Block.Trial && s.Ends != Expired:
		s.State = KeyTrial
	default:
		s.State = [...]KeyState{
			Expired: KeyExpired, Urgent: KeyUrgent, Soon: KeySoon, Plan: KeyPlan, Fine: KeyFine, NoDate: KeyNoDate,
		}[s.Ends]
	}
	return s
}

// Refused is what the vendor last said of a key whose period runs, when that is
// not that it runs: VerdictInvalid or VerdictTerminated, else VerdictUnknown. A
// subscription that has not begun does not run, and that is no refusal.
func (r *KeyRecord) Refused(today Date) Verdict {
	over := !r.End.IsZero() && r.End.Compare(today) < 0
	v := r.Block.Validated.Verdict
	if r.Closed() || over || v == VerdictTerminated && r.Future(today) {
		return VerdictUnknown
	}
	if v == VerdictInvalid || v == VerdictTerminated {
		return v
	}
	return VerdictUnknown
}

// Future reports whether the period of r begins after today.
func (r *KeyRecord) Future(today Date) bool { return r.Block.Begin.Future(today) }

// Limits are the limits between the states of r: its longest reminder is the
// first limit, and with three or more the next two are the others; else usual
// ones stand, as far as they are shorter. The usual 90, 30, 7 and 1 days give
// the usual limits.
func (r *KeyRecord) Limits(usual Thresholds) Thresholds {
	days := slices.Clone(r.Block.Reminders)
	slices.Sort(days)
	days = slices.Compact(days)
	slices.Reverse(days)
	if len(days) == 0 {
		return usual
	}
	own := Thresholds{Plan: days[0], Soon: min(usual.Soon, days[0]-1)}
	own.Urgent = min(usual.Urgent, own.Soon-1)
	if len(days) > 2 {
		own.Soon, own.Urgent = days[1], days[2]
	}
	if !own.Valid() {
		return usual
	}
	return own
}

// Item is r as the overview of all that ends shows it.
func (r *KeyRecord) Item() Item {
	return Item{
		Type: TypeLicence, ID: r.ID, Name: r.Name, Detail: r.Product.Name, Entity: r.Entity.Path,
		End: r.End, Renews: r.Block.AutoRenews,
	}
}

// ItemOn is Item with what the vendor says of r on the day today.
func (r *KeyRecord) ItemOn(today Date) Item {
	it := r.Item()
	it.Refused = r.Refused(today) != VerdictUnknown
	return it
}

// TrialDays is how long a trial lasts when nobody says otherwise.
const TrialDays = 30

// RenewalStart is the day from which a renewed period counts.
type RenewalStart string

// The starts of a renewal.
const (
	FromOldEnd       RenewalStart = "old-end"        // the periods join, whenever one renews
	FromToday        RenewalStart = "today"          // what is left of the old period is given up
	FromTodayIfEnded RenewalStart = "today-if-ended" // joins before the end, counts from today after it
)

// Renewal is the period that follows one that ends on oldEnd: the day it begins
// and its last day. Joined periods keep the day of the month on which they end:
// after 26 November 2026, twelve months are 27 November 2026 to 26 November
// 2027. From today, twelve months on 23 November 2026 last until 22 November
// 2027. Without an old end every renewal is from today.
func Renewal(from RenewalStart, oldEnd, today Date, months int) (begin, end Date) {
	ended := oldEnd.Compare(today) < 0
	if oldEnd.IsZero() || from == FromToday || from == FromTodayIfEnded && ended {
		return today, today.AddMonths(months).AddDays(-1)
	}
	return oldEnd.AddDays(1), oldEnd.AddMonths(months)
}
