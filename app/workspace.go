package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// workspace is the presenter of one signed-in server: its session, what was
// last seen there, and how that stands against today. The screens read it and
// render again when onChange calls. It belongs to the window's goroutine.
type workspace struct {
	deps  Deps
	tasks *task.Runner

	session    Session
	connection connection.Connection
	demo       bool
	offline    bool   // shows what was last seen: session cannot reach the server
	reconnect  func() // tries to sign in again, when offline

	facts   keys.Facts
	glance  keys.Glance
	seen    time.Time // when glance was read, zero before the first time
	done    int       // rows read by the refresh under way
	total   int       // rows to read, 0 while unknown
	failure error     // why the last refresh or switch failed, nil after a success
	notices []string  // what did not work beside the sign-in, until dismissed

	counted   *keys.Summary // of glance and countedOf, nil when glance is new
	countedOf summaryBasis

	inv     *invitations
	keys    *keyList
	keyWork *keyWork
	sub     *subscription
	remind  *reminders
	servers *servers
	plugins *plugins
	asked   time.Time // when the last refresh began

	onChange func()
}

// The slots of a workspace's background work. A switch replaces a refresh,
// whose rows would belong to the wrong profile or entity.
const (
	slotRefresh = "refresh"
	slotSwitch  = "switch"
	slotKeep    = "keep"
)

// How long a workspace waits for a server altogether before it gives up.
const (
	refreshTime = 3 * time.Minute
	switchTime  = time.Minute
	closeTime   = 3 * time.Second
)

// newWorkspace presents an opened session.
func newWorkspace(deps Deps, in Opened) *workspace {
	w := &workspace{
		deps:       deps,
		tasks:      task.New(deps.Do),
		session:    in.Session,
		connection: in.Connection,
		demo:       in.Demo,
		reconnect:  func() {},
		facts:      in.Session.Facts(),
		notices:    in.Notices,
		onChange:   func() {},
	}
	w.inv = newInvitations(w)
	w.keys = newKeyList(w)
	w.keyWork = newKeyWork(w)
	w.sub = newSubscription(w)
	w.remind = newReminders(w)
	w.servers = newServers(w)
	w.plugins = newPlugins(w)
	if o := in.Offline; o != nil {
		w.offline, w.failure, w.inv.failure, w.keys.failure, w.sub.failure = true, o.why, o.why, o.why, o.why
		w.show(o.seen.Glance(), o.seen.Time)
		w.keys.showKept(o.seen)
	}
	return w
}

// today is the day of the person's clock.
func (w *workspace) today() keys.Date { return keys.DateOf(w.deps.Now()) }

// limits are the thresholds between states.
func (w *workspace) limits() keys.Thresholds { return w.deps.Preferences.Get().Thresholds }

// summary counts what was last seen. It is read several times per render, so it
// is made again only when something that it rests on has changed.
func (w *workspace) summary() *keys.Summary {
	of := summaryBasis{w.limits(), w.today()}
	if w.counted == nil || w.countedOf != of {
		sum := keys.Summarise(w.ends(), of.limits, of.today)
		w.counted, w.countedOf = &sum, of
	}
	return w.counted
}

// ends are all items that end and that somebody still has to think of: keys that
// were revoked or renewed are none of them.
func (w *workspace) ends() []keys.Item {
	ends, today := make([]keys.Item, 0, len(w.glance.Items)), w.today()
	for _, it := range w.glance.Items {
		r := w.keys.recordAt(it.Key())
		if r != nil && r.Closed() {
			continue
		}
		if r != nil {
			it.Refused = r.Refused(today) != ""
		}
		ends = append(ends, it)
	}
	return ends
}

// summaryBasis is what a summary rests on beside the glance.
type summaryBasis struct {
	limits keys.Thresholds
	today  keys.Date
}

// show makes g, read at the time seen, what the screens show.
func (w *workspace) show(g keys.Glance, seen time.Time) {
	w.glance, w.seen, w.counted = g, seen, nil
}

// busy reports whether the server is being asked.
func (w *workspace) busy() bool { return w.tasks.Busy(slotRefresh) || w.tasks.Busy(slotSwitch) }

// barred reports whether the profile may read none of the types; nothing has
// gone wrong then.
func (w *workspace) barred() bool {
	return len(w.glance.Items) == 0 && keys.CauseOf(w.failure) == keys.NoRight
}

// refresh reads everything that ends, the keys and the invitations again. What is shown
// stays until the new rows are there; a failure keeps it too. Offline it signs
// in again first.
func (w *workspace) refresh() {
	if w.offline {
		w.reconnect()
		return
	}
	if w.tasks.Busy(slotSwitch) {
		return // the switch refreshes when it is done
	}
	w.done, w.total, w.asked = 0, 0, w.deps.Now()
	task.Run(w.tasks, slotRefresh, func(ctx context.Context) (keys.Glance, error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTime)
		defer cancel()
		var facts sync.WaitGroup
		facts.Go(func() {
			if err := w.session.Refresh(ctx); err != nil { // what is known stays
				w.deps.Log.Warn("could not read GLPI's settings again", "error", err)
			}
		})
		defer facts.Wait()
		return w.session.Glance(ctx, func(done, total int) {
			w.tasks.Do(ctx, func() {
				w.done, w.total = done, total
				w.onChange()
			})
		})
	}, func(g keys.Glance, err error) {
		w.failure, w.facts = err, w.session.Facts()
		if err == nil {
			w.show(g, w.deps.Now())
		} else {
			w.deps.Log.Warn("refresh failed", "error", err)
		}
		w.settled()
		w.onChange()
	})
	w.keys.refresh()
	w.sub.refresh()
	w.inv.refresh()
	w.onChange()
}

// follow reads everything again once an hour, so that people are reminded while
// the window stays open. It goes by the clock on the wall: a computer sleeps.
func (w *workspace) follow() {
	if w.offline || w.demo || w.asked.IsZero() || w.tasks.Busy(slotKeys) || w.tasks.Busy(slotInvitations) {
		return
	}
	if since := w.deps.Now().Round(0).Sub(w.asked.Round(0)); since >= lookEvery || since < 0 {
		w.refresh()
	}
}

// settled goes on when all that ends and the keys among it have been read, or
// could not be: only then is it known which keys are closed.
func (w *workspace) settled() {
	if w.tasks.Busy(slotRefresh) || w.tasks.Busy(slotKeys) {
		return
	}
	if w.failure == nil {
		w.keep()
	}
	w.remind.looked()
}

// keep saves what was just read, for when the server cannot be reached; keys
// that were given up are none of what ends. The demo keeps nothing.
func (w *workspace) keep() {
	if w.demo {
		return
	}
	glance := w.glance
	glance.Items = w.ends()
	id := w.connection.ID
	seen := w.keys.keepIn(connection.SeenNow(w.seen, w.connection, w.facts, glance))
	task.Run(w.tasks, slotKeep, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.deps.LastSeen.Save(ctx, id, seen)
	}, func(_ struct{}, err error) {
		if err != nil {
			w.deps.Log.Warn("could not keep what was last seen", "error", err)
		}
	})
}

// cancel gives up the refresh under way and keeps what is shown. A switch is
// not given up half-way: the server may have made it already.
func (w *workspace) cancel() {
	w.tasks.Cancel(slotRefresh)
	w.onChange()
}

// dismiss forgets the notices that came with the sign-in.
func (w *workspace) dismiss() {
	w.notices = nil
	w.onChange()
}

// useProfile makes another of the person's profiles the active one and reads
// everything again with its rights.
func (w *workspace) useProfile(id int) {
	w.change(func(ctx context.Context) error { return w.session.UseProfile(ctx, id) })
}

// useEntity looks at another entity, with or without its children.
func (w *workspace) useEntity(id int, recursive bool) {
	w.change(func(ctx context.Context) error { return w.session.UseEntity(ctx, id, recursive) })
}

// change runs one of the session's Use… calls. What was seen with the old
// profile or entity goes, since it would be taken for the new one's.
func (w *workspace) change(use func(context.Context) error) {
	w.tasks.Cancel(slotRefresh)
	w.tasks.Cancel(slotKeys)
	w.tasks.Cancel(slotInvitations)
	task.Run(w.tasks, slotSwitch, func(ctx context.Context) (keys.Facts, error) {
		ctx, cancel := context.WithTimeout(ctx, switchTime)
		defer cancel()
		err := use(ctx)
		return w.session.Facts(), err
	}, func(facts keys.Facts, err error) {
		w.facts = facts
		w.failure = err
		if err != nil {
			w.deps.Log.Warn("switch failed", "error", err)
			w.onChange()
			return
		}
		w.show(keys.Glance{}, time.Time{})
		w.keys.forget()
		w.keyWork.forget()
		w.sub.forget()
		w.plugins.forget()
		w.inv.forget()
		w.remember()
		w.refresh()
	})
	w.onChange()
}

// remember notes profile and entity in the saved connection, so that the next
// sign-in finds them again.
func (w *workspace) remember() {
	if w.demo {
		return
	}
	entity := w.facts.Entity.ID
	w.connection.Profile, w.connection.Entity, w.connection.Tree = w.facts.Profile.ID, &entity, w.facts.Recursive
	if err := w.deps.Connections.Put(w.connection); err != nil {
		w.deps.Log.Warn("could not save the connection", "error", err)
	}
}

// close ends the session on the server, once the work that uses it has let go
// of it: each takes at most closeTime. It blocks: call it after tasks.Close and
// off the window's goroutine, or when the window is gone.
func (w *workspace) close() {
	w.tasks.Wait(closeTime)
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if err := w.session.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		w.deps.Log.Warn("could not end the session", "error", err)
	}
}
