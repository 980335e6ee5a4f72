package keys

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// DefaultReminders are the days before an end on which people are reminded
// when the thing that ends has no days of its own.
var DefaultReminders = []int{90, 30, 7, 1}

// toldAfterEnd is how many days after its end somebody is still told that a
// thing ended: a computer may have been off that long. What ended earlier is
// history.
const toldAfterEnd = 90

// Ending is something that ends and that somebody wants to be reminded of.
type Ending struct {
	Server string // address of the GLPI that it is in
	Item   Item
	Days   []int // before the end, nil for DefaultReminders
	Closed bool  // nobody needs to know: KeyRecord.Ending says of what
}

// Ending is r as something to be reminded of. Nobody is reminded of a key that
// was given up, nor of one that GLPI calls invalid and whose damaged block no
// longer tells whether it was.
func (r *KeyRecord) Ending(server string) Ending {
	closed := r.Closed() || r.Damage != nil && !r.Valid
	return Ending{Server: server, Item: r.Item(), Days: r.Block.Reminders, Closed: closed}
}

// ID tells endings of all servers apart. It is stable: calendars and the log of
// reminders know a thing by it.
func (e *Ending) ID() string {
	return fmt.Sprintf("%s/%s/%d", cmp.Or(NormalAddress(e.Server), e.Server), e.Item.Type, e.Item.ID)
}

// Reminder is an ending that is to be told now.
type Reminder struct {
	Ending Ending
	Days   int // until the end, negative after it
	// Threshold is the number of days before the end that has been reached,
	// ThresholdEnded once it is over.
	Threshold int
	Again     bool // told before at this threshold, and snoozed until today
}

// ThresholdEnded is the threshold of what ended.
const ThresholdEnded = -1

// ReminderLog is what was told. It is kept on this computer as JSON and holds
// nothing but types and ids of items; the zero value is an empty log. It is not
// safe for use by several goroutines.
type ReminderLog struct {
	Told   map[string]Told `json:"told,omitempty"`    // by Ending.ID
	Snooze map[string]Date `json:"snoozed,omitempty"` // quiet until this day, by Ending.ID
}

// Told is the last reminder of an ending.
type Told struct {
	End       Date      `json:"end"` // as it was then: another end is told anew
	Threshold int       `json:"threshold"`
	Time      time.Time `json:"time"`
}

// Due are the reminders to give on the day today, most pressing first. Each
// threshold is told once; of several that were reached since the last look only
// the most pressing is. What renews itself is told only when its end has
// passed nevertheless. Due changes nothing: Record does.
func (l *ReminderLog) Due(endings []Ending, today Date) []Reminder {
	var due []Reminder
	for _, e := range endings {
		if r, ok := l.dueOne(e, today); ok {
			due = append(due, r)
		}
	}
	slices.SortStableFunc(due, func(a, b Reminder) int {
		return cmp.Or(cmp.Compare(a.pressing(), b.pressing()), cmp.Compare(a.Days, b.Days), cmp.Compare(a.Ending.Item.Name, b.Ending.Item.Name))
	})
	return due
}

// pressing puts what ends in the next days before what is over anyway.
func (r *Reminder) pressing() int {
	if r.Threshold == ThresholdEnded {
		return max(-r.Days, 1)
	}
	return r.Days
}

func (l *ReminderLog) dueOne(e Ending, today Date) (Reminder, bool) {
	if e.Closed || e.Item.End.IsZero() {
		return Reminder{}, false
	}
	id := e.ID()
	until, snoozed := l.Snooze[id]
	if snoozed && today.Compare(until) < 0 {
		return Reminder{}, false
	}
	days := e.Item.End.DaysAfter(today)
	threshold, reached := reachedThreshold(e, days)
	if !reached {
		return Reminder{}, false
	}
	told, before := l.Told[id]
	again := before && told.End == e.Item.End && told.Threshold <= threshold
	if again && !snoozed {
		return Reminder{}, false
	}
	return Reminder{Ending: e, Days: days, Threshold: threshold, Again: again}, true
}

// reachedThreshold is the most pressing threshold that is reached so many days
// before the end.
func reachedThreshold(e Ending, days int) (threshold int, ok bool) {
	if days < 0 {
		return ThresholdEnded, days >= -toldAfterEnd
	}
	if e.Item.Renews {
		return 0, false
	}
	thresholds := e.Days
	if len(thresholds) == 0 {
		thresholds = DefaultReminders
	}
	for _, t := range thresholds {
		if t >= days && (!ok || t < threshold) {
			threshold, ok = t, true
		}
	}
	return threshold, ok
}

// Record notes the reminders that were given, so that they are not given again.
// It forgets what can no longer be due.
func (l *ReminderLog) Record(given []Reminder, now time.Time) {
	if l.Told == nil {
		l.Told = map[string]Told{}
	}
	for _, r := range given {
		id := r.Ending.ID()
		l.Told[id] = Told{r.Ending.Item.End, r.Threshold, now}
		delete(l.Snooze, id)
	}
	l.prune(DateOf(now))
}

// SnoozeUntil keeps an ending quiet until that day, on which it is told again.
// The zero day ends the quiet at once.
func (l *ReminderLog) SnoozeUntil(e *Ending, until Date) {
	if until.IsZero() {
		delete(l.Snooze, e.ID())
		return
	}
	if l.Snooze == nil {
		l.Snooze = map[string]Date{}
	}
	l.Snooze[e.ID()] = until
}

func (l *ReminderLog) prune(today Date) {
	for id, told := range l.Told {
		if told.End.DaysAfter(today) < -toldAfterEnd {
			delete(l.Told, id)
		}
	}
	for id, until := range l.Snooze {
		if until.DaysAfter(today) < -toldAfterEnd {
			delete(l.Snooze, id)
		}
	}
}

// MaxNotifications is how many notifications people get at a time before the
// rest becomes a summary.
const MaxNotifications = 3

// Announcement is how due reminders are shown: some by themselves, the others
// counted in a summary.
type Announcement struct {
	Single []Reminder
	Rest   int // reminders in the summary, 0 for no summary
	Ended  int // of them, what is over
	Next   int // days until the first of the others ends, -1 for none
}

// Announce splits due reminders, most pressing first.
func Announce(due []Reminder) Announcement {
	n := min(len(due), MaxNotifications)
	a := Announcement{Single: due[:n], Rest: len(due) - n, Next: -1}
	for _, r := range due[n:] {
		switch {
		case r.Days < 0:
			a.Ended++
		case a.Next < 0 || r.Days < a.Next:
			a.Next = r.Days
		}
	}
	return a
}
