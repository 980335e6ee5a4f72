package app

import (
	"context"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// subscription is the presenter of what GLPI Network says about the server: GLPI's
// own view through the plugin, else the last answer kept with a key record.
type subscription struct {
	work    *workspace
	answer  keys.Subscription // GLPI's own view
	seen    time.Time         // when it was read, zero for never
	failure error             // why it could not be read

	bounds   []movedKey   // as moved gives them, of boundsOf
	away     map[int]bool // other servers' keys, of boundsOf
	boundsOf boundsBasis
}

// boundsBasis is what the comparison of keys with the server rests on.
type boundsBasis struct {
	version           int // of the list of keys, plus one
	address, instance string
	installed         string // fingerprint of the key that this GLPI uses
}

// slotSubscription is the slot of the background work.
const slotSubscription = "subscription"

// subscriptionTime is how long GLPI may take: it may ask GLPI Network itself.
const subscriptionTime = 45 * time.Second

func newSubscription(work *workspace) *subscription { return &subscription{work: work} }

// busy reports whether GLPI is being asked.
func (s *subscription) busy() bool { return s.work.tasks.Busy(slotSubscription) }

// refresh asks GLPI again. GLPI asks GLPI Network at most once a minute.
func (s *subscription) refresh() {
	w := s.work
	if w.offline {
		s.failure = w.failure
		return
	}
	if w.keyWork.mark() != (InstalledMark{}) { // GLPI may have lost it, and tells so without the plugin, too
		w.keyWork.readInstalled(nil)
	}
	task.Run(w.tasks, slotSubscription, func(ctx context.Context) (keys.Subscription, error) {
		ctx, cancel := context.WithTimeout(ctx, subscriptionTime)
		defer cancel()
		return w.session.Subscription(ctx)
	}, func(answer keys.Subscription, err error) {
		s.answer, s.failure, s.seen = answer, err, w.deps.Now()
		if err != nil {
			w.deps.Log.Info("GLPI has no view of its subscription", "error", err)
		}
		w.onChange()
	})
}

// forget drops what was seen with another profile or entity.
func (s *subscription) forget() {
	s.work.tasks.Cancel(slotSubscription)
	*s = subscription{work: s.work}
}

// subscriptionState is what the card says before all else.
type subscriptionState string

const (
	subscriptionReading   subscriptionState = "reading"
	subscriptionKnown     subscriptionState = "known"     // GLPI Network has answered
	subscriptionUnasked   subscriptionState = "unasked"   // there is a record, GLPI Network has not been asked
	subscriptionUnreached subscriptionState = "unreached" // GLPI Network could not be asked, and was not before
	subscriptionNoKey     subscriptionState = "no_key"    // GLPI has no key installed, and there is no record of one
	subscriptionUnknown   subscriptionState = "unknown"   // GLPI's view cannot be had, and there is no record
)

// subscriptionSeen is what is known of the subscription, from wherever.
type subscriptionSeen struct {
	state      subscriptionState
	title      string
	owner      string
	begin, end keys.Date
	verdict    keys.Verdict
	message    string
	checked    time.Time
	from       string
	record     *keys.KeyRecord // that stands for the key, nil for none
	renewed    *keys.KeyRecord // a later key that is recorded and not installed, nil for none
	absent     bool            // GLPI says that it has no key
	lost       bool            // and had record's, which this computer installed
	future     bool            // the period has not begun yet
	unreached  *keys.Subscription
}

// differs reports whether GLPI Network says another end than the record, by
// which everything else goes.
func (seen *subscriptionSeen) differs() bool {
	return seen.record != nil && seen.end != seen.record.End
}

// now is what is known now.
func (s *subscription) now() subscriptionSeen {
	w := s.work
	var seen subscriptionSeen
	view := s.failure == nil && !s.seen.IsZero()
	seen.absent = view && s.answer.Verdict == keys.VerdictUnknown && s.answer.Fingerprint == ""
	installed := ""
	if view {
		installed = s.answer.Fingerprint
	}
	if lost := s.lost(view, seen.absent); lost != nil {
		seen.lost, seen.absent, installed = true, true, lost.Block.Fingerprint
	}
	seen.record = s.record(installed)
	seen.renewed = s.renewed(seen.record, installed)
	if r := seen.record; r != nil {
		v := r.Block.Validated
		seen.title, seen.owner, seen.begin, seen.end = keyRow{record: r}.title(), r.Block.Owner, r.Block.Begin, r.End
		if !v.End.IsZero() {
			seen.end = v.End
		}
		seen.verdict, seen.message, seen.checked, seen.from = v.Verdict, v.Message, v.Time, v.From
	}
	if view && !seen.absent {
		s.take(&seen)
	}
	seen.future = seen.begin.Future(w.today())
	switch {
	case seen.verdict != keys.VerdictUnknown:
		seen.state = subscriptionKnown
	case seen.unreached != nil:
		seen.state = subscriptionUnreached
	case seen.record != nil:
		seen.state = subscriptionUnasked
	case s.busy() || w.keys.busy():
		seen.state = subscriptionReading
	case seen.absent:
		seen.state = subscriptionNoKey
	default:
		seen.state = subscriptionUnknown
	}
	return seen
}

// lost is the record of the key that this computer installed, when GLPI has no
// key any more: by its own view, else by what was read of its configuration.
func (s *subscription) lost(view, absent bool) *keys.KeyRecord {
	k := s.work.keyWork
	if !view {
		absent = !k.installedOf.IsZero() && !k.installed.Present
	}
	mine := k.mark().Fingerprint
	if !absent || mine == "" {
		return nil
	}
	if r := s.record(mine); r != nil && !r.Closed() {
		return r
	}
	return nil
}

// take puts GLPI's own view over what a record says, unless that is newer.
func (s *subscription) take(seen *subscriptionSeen) {
	a := s.answer
	if a.Verdict == keys.VerdictUnreached {
		seen.unreached = &a
		return
	}
	if a.Checked.Before(seen.checked) {
		return
	}
	seen.verdict, seen.message, seen.checked, seen.from = a.Verdict, a.Message, a.Checked, keys.AskedByGLPI
	if a.Title != "" {
		seen.title = a.Title
	}
	if a.Owner != "" {
		seen.owner = a.Owner
	}
	if !a.End.IsZero() {
		seen.begin, seen.end = a.Begin, a.End
	}
}

// record is the one that stands for the installed key, by its fingerprint; when
// that is not known, the one for this server that is good the longest.
func (s *subscription) record(installed string) *keys.KeyRecord {
	var best *keys.KeyRecord
	for i := range s.work.keys.list {
		r := &s.work.keys.list[i]
		if r.Block.Vendor != keys.GLPINetwork {
			continue
		}
		if installed != "" {
			if r.Block.Fingerprint == installed && (best == nil || !r.Closed()) {
				best = r
			}
			continue
		}
		if !r.Closed() && !s.elsewhere(r) && (best == nil || later(r.End, best.End)) {
			best = r
		}
	}
	return best
}

// renewed is a key for this server that is recorded, ends after current and is
// not the installed one.
func (s *subscription) renewed(current *keys.KeyRecord, installed string) *keys.KeyRecord {
	if installed == "" {
		return nil // it may be this very one
	}
	var best *keys.KeyRecord
	for i := range s.work.keys.list {
		r := &s.work.keys.list[i]
		if r.Block.Vendor != keys.GLPINetwork || r.Closed() || r.Block.Fingerprint == "" ||
			r.Block.Fingerprint == installed || s.elsewhere(r) || r.Refused(s.work.today()) != "" {
			continue
		}
		if (current == nil || later(r.End, current.End)) && (best == nil || later(r.End, best.End)) {
			best = r
		}
	}
	return best
}

// elsewhere reports whether a key is another server's.
func (s *subscription) elsewhere(r *keys.KeyRecord) bool {
	s.compare()
	return s.away[r.ID]
}

// installed is the fingerprint of the key that this GLPI uses, "" where nobody
// can tell.
func (s *subscription) installed() string {
	if s.failure == nil && !s.seen.IsZero() {
		return s.answer.Fingerprint
	}
	k := s.work.keyWork
	return k.mark().installed(k.installed)
}

// compare finds out what keys are bound to, once per change of their list: of
// 10,000 keys that takes longer than one render should.
func (s *subscription) compare() {
	w := s.work
	of := boundsBasis{w.keys.version + 1, w.facts.URLBase, w.facts.NetworkID, s.installed()}
	if s.boundsOf == of {
		return
	}
	s.boundsOf, s.bounds, s.away = of, nil, map[int]bool{}
	for i := range w.keys.list {
		r := &w.keys.list[i]
		if r.Closed() {
			continue
		}
		for _, d := range r.BoundElsewhere(&w.facts, of.installed) {
			if d.Kind == keys.DoubtOtherServer {
				s.away[r.ID] = true
			} else {
				s.bounds = append(s.bounds, movedKey{r, d})
			}
		}
	}
}

// later reports whether a ends after b; no end is the latest.
func later(a, b keys.Date) bool {
	if a.IsZero() || b.IsZero() {
		return a.IsZero() && !b.IsZero()
	}
	return a.Compare(b) > 0
}

// check asks GLPI Network now: about the recorded key, whose record keeps the
// answer, else GLPI for its own view.
func (s *subscription) check() {
	if r := s.now().record; r != nil && s.work.keyWork.can(keyValidate, r.ID) {
		s.work.keyWork.validate(r.ID)
		return
	}
	s.refresh()
	s.work.onChange()
}

// checking reports whether a check is under way.
func (s *subscription) checking() bool {
	d := s.work.keyWork.acting
	return s.busy() || d != nil && d.act == keyValidate
}

// moved are the keys in use that are bound to another address or instance id
// than this server has now. Those that differ in both are other servers' keys,
// but for the one that this GLPI uses.
func (s *subscription) moved() []movedKey {
	s.compare()
	return s.bounds
}

// movedKey is a key and what it is bound to.
type movedKey struct {
	record *keys.KeyRecord
	doubt  keys.KeyDoubt
}
