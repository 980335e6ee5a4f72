package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// reminders tells on the desktop what ends on a server, once per threshold, and
// keeps the log of looks that people can see. The demo is never told of.
type reminders struct {
	work   *workspace
	checks []connection.Check // of all servers, newest first, as last read
	log    keys.ReminderLog   // of this server, as last read or changed: not to be written
	err    error              // why a log could not be read or written
}

// The slots of the background work.
const (
	slotRemind = "remind"
	slotChecks = "checks"
	slotSnooze = "snooze"
)

// lookEvery is how often a server is looked at again by itself.
const lookEvery = time.Hour

func newReminders(work *workspace) *reminders { return &reminders{work: work} }

// serverLook is one look at what ends on one server.
type serverLook struct {
	server  connection.Connection
	endings []keys.Ending
	missing map[keys.ItemType]keys.Cause
	failure error // why the server could not be read, nil when it was
}

// newServerLook puts together what was read of a server. days are before an
// end, for what has none of its own.
func newServerLook(c connection.Connection, glance keys.Glance, records []keys.KeyRecord, days []int, today keys.Date) serverLook {
	l := serverLook{server: c}
	own := make(map[int]*keys.KeyRecord, len(records))
	for i := range records {
		own[records[i].ID] = &records[i]
	}
	for _, it := range glance.Items {
		e := keys.Ending{Server: c.API, Item: it}
		if it.Type == keys.TypeLicence && own[it.ID] != nil {
			r := own[it.ID]
			e = r.Ending(c.API)
			e.Item = r.ItemOn(today)
			if len(e.Days) == 0 && r.Block.Trial {
				e.Days = trialDays(days)
			}
		}
		if len(e.Days) == 0 {
			e.Days = days
		}
		l.endings = append(l.endings, e)
	}
	for typ, p := range glance.Missing {
		if l.missing == nil {
			l.missing = map[keys.ItemType]keys.Cause{}
		}
		l.missing[typ] = p.Cause
	}
	return l
}

// trialDays are those of days that a trial is not already past on its first
// day.
func trialDays(days []int) []int {
	short := slices.DeleteFunc(slices.Clone(days), func(d int) bool { return d >= keys.TrialDays })
	if len(short) == 0 {
		return []int{7, 1}
	}
	return short
}

// note writes a look into the log, and gives what is to be told now. It uses
// the disk. What cannot be noted as told is not told: it would be every hour.
func (l serverLook) note(deps *Deps, now time.Time, silent bool) (due []keys.Reminder, err error) {
	today := keys.DateOf(now)
	check := connection.Check{Time: now, Connection: l.server.ID, Looked: len(l.endings), Missing: l.missing}
	if l.failure != nil {
		check.Cause, check.Looked = keys.CauseOf(l.failure), 0
	}
	check.Ended, check.Ending = l.count(today)
	if l.failure == nil && !silent && deps.Reminders != nil {
		err = deps.Reminders.Change(l.server.ID, func(log *keys.ReminderLog) {
			due = log.Due(l.endings, today)
			log.Record(due, now)
		})
		if err != nil {
			due = nil
		}
	}
	check.Told = len(due)
	if deps.Checks != nil {
		if failed := deps.Checks.Add(check); err == nil {
			err = failed
		}
	}
	return due, err
}

// count is how much is over, and how much has reached a day before its end on
// which people are reminded.
func (l serverLook) count(today keys.Date) (ended, ending int) {
	for _, e := range l.endings {
		if e.Closed || e.Item.End.IsZero() && !e.Item.Refused {
			continue
		}
		switch days := e.Item.End.DaysAfter(today); {
		case days < 0, e.Item.Refused:
			ended++
		case len(e.Days) > 0 && days <= slices.Max(e.Days):
			ending++
		}
	}
	return ended, ending
}

// looked notes that everything of a server has been read, or could not be.
func (r *reminders) looked() {
	w := r.work
	if w.demo || w.offline {
		return
	}
	data := w.deps.Preferences.Get()
	l := newServerLook(w.connection, w.glance, w.keys.list, data.reminders(), w.today())
	l.failure = w.failure
	deps, now := w.deps, w.deps.Now()
	task.Run(w.tasks, slotRemind, func(context.Context) ([]keys.Reminder, error) {
		return l.note(&deps, now, data.Silent || deps.Notify == nil)
	}, func(due []keys.Reminder, err error) {
		r.failed(err)
		announce(&w.deps, due)
		r.load()
	})
}

// failed remembers why the log cannot be kept.
func (r *reminders) failed(err error) {
	r.err = err
	if err != nil {
		r.work.deps.Log.Warn("could not keep the log of reminders", "error", err)
	}
}

// load reads the logs again: of looks, and of what was told here.
func (r *reminders) load() {
	w := r.work
	checks, told, id := w.deps.Checks, w.deps.Reminders, w.connection.ID
	if w.demo {
		told = nil
	}
	if checks == nil && told == nil {
		return
	}
	type logs struct {
		checks []connection.Check
		told   keys.ReminderLog
	}
	task.Run(w.tasks, slotChecks, func(context.Context) (l logs, err error) {
		if checks != nil {
			l.checks, err = checks.All()
		}
		if told != nil {
			var failed error
			l.told, failed = told.Load(id)
			err = cmp.Or(err, failed)
		}
		return l, err
	}, func(l logs, err error) {
		r.checks, r.log = l.checks, l.told
		if err != nil {
			r.failed(err)
		}
		w.onChange()
	})
}

// last is the last look at a server.
func (r *reminders) last(id string) (connection.Check, bool) {
	for _, c := range r.checks {
		if c.Connection == id {
			return c, true
		}
	}
	return connection.Check{}, false
}

// able reports whether reminders can be put off: the demo is never told of.
func (r *reminders) able() bool { return !r.work.demo && r.work.deps.Reminders != nil }

// quietUntil is the day until which nothing is told of an item, zero when
// people are reminded of it as usual.
func (r *reminders) quietUntil(it keys.Item) keys.Date {
	until := r.log.Snooze[r.ending(it).ID()]
	if until.IsZero() || until.Compare(r.work.today()) <= 0 {
		return keys.Date{}
	}
	return until
}

// quiet is how many items nothing is told of for now.
func (r *reminders) quiet() int {
	n, today := 0, r.work.today()
	for _, until := range r.log.Snooze {
		if until.Compare(today) > 0 {
			n++
		}
	}
	return n
}

// ending is an item as the log knows it.
func (r *reminders) ending(it keys.Item) *keys.Ending {
	return &keys.Ending{Server: r.work.connection.API, Item: it}
}

// snooze keeps some items quiet until a day, or no longer when it is zero.
// then is told how that went.
func (r *reminders) snooze(items []keys.Item, until keys.Date, then func(error)) {
	endings := make([]*keys.Ending, len(items))
	for i, it := range items {
		endings[i] = r.ending(it)
	}
	r.change(func(log *keys.ReminderLog) {
		for _, e := range endings {
			log.SnoozeUntil(e, until)
		}
	}, then)
}

// snoozeAll keeps everything on this server that has ended or ends soon quiet
// for some days. What is quiet for longer stays so.
func (r *reminders) snoozeAll(days int, then func(error)) {
	w := r.work
	l := newServerLook(w.connection, w.glance, w.keys.list, w.deps.Preferences.Get().reminders(), w.today())
	until := w.today().AddDays(days)
	r.change(func(log *keys.ReminderLog) {
		for i := range l.endings {
			e := &l.endings[i]
			due := len(new(keys.ReminderLog).Due([]keys.Ending{*e}, until)) > 0
			if before, quiet := log.Snooze[e.ID()]; due && (!quiet || before.Compare(until) < 0) {
				log.SnoozeUntil(e, until)
			}
		}
	}, then)
}

// endQuiet reminds people of everything as usual.
func (r *reminders) endQuiet(then func(error)) {
	r.change(func(log *keys.ReminderLog) { log.Snooze = nil }, then)
}

// change alters what is quiet. It holds at once, for what is told on the
// desktop, too: the log on the disk is asked before each reminder.
func (r *reminders) change(do func(*keys.ReminderLog), then func(error)) {
	w := r.work
	if !r.able() {
		return
	}
	kept, id := w.deps.Reminders, w.connection.ID
	task.Run(w.tasks, slotSnooze, func(context.Context) (after keys.ReminderLog, err error) {
		err = kept.Change(id, func(log *keys.ReminderLog) {
			do(log)
			after = *log
		})
		return after, err
	}, func(after keys.ReminderLog, err error) {
		r.failed(err)
		if err == nil {
			r.log = after
		}
		then(err)
		w.onChange()
	})
}

// announce tells what is due on the desktop: at most three by themselves, the
// rest in a summary.
func announce(deps *Deps, due []keys.Reminder) {
	if len(due) == 0 || deps.Notify == nil {
		return
	}
	a := keys.Announce(due)
	for _, r := range a.Single {
		deps.Notify(reminderTitle(r), reminderBody(r))
	}
	if a.Rest > 0 {
		deps.Notify(tn("remind.rest", a.Rest, map[string]any{"N": formatCount(a.Rest)}), restBody(a))
	}
}

// reminderTitle is "GLPI Network Standard: 4 days left".
func reminderTitle(r keys.Reminder) string {
	name := map[string]any{"Name": r.Ending.Item.Name, "N": r.Days}
	switch {
	case r.Days == -1:
		return t("remind.yesterday", name)
	case r.Days < 0:
		name["N"] = -r.Days
		return tn("remind.ended", -r.Days, name)
	case r.Days == 0:
		return t("remind.today", name)
	default:
		return tn("remind.left", r.Days, name)
	}
}

func reminderBody(r keys.Reminder) string {
	return joined(" · ", t("type."+string(r.Ending.Item.Type)), dayText(r.Ending.Item.End), siteOf(r.Ending.Server))
}

func restBody(a keys.Announcement) string {
	var parts []string
	if a.Ended > 0 {
		parts = append(parts, tn("remind.rest_ended", a.Ended, map[string]any{"N": formatCount(a.Ended)}))
	}
	if a.Next == 0 {
		parts = append(parts, t("remind.rest_today"))
	} else if a.Next > 0 {
		parts = append(parts, tn("remind.rest_next", a.Next, map[string]any{"N": a.Next}))
	}
	return joined(" ", parts...)
}
