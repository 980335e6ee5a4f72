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

// servers is the presenter of the board of all saved servers: what ends on each,
// as it was last seen. It can look at those whose secrets are in the keyring,
// one after the other; one that cannot be reached keeps what was last seen.
type servers struct {
	work *workspace
	rows []boardRow // but the one that one is signed in to

	checking string // ID of the server that is being looked at, "" for none
	done     int
	total    int // servers to look at, 0 while none are
	failures map[string]error
	looks    []serverLook // of the check under way, to be noted and told of at its end
}

// boardRow is one saved server.
type boardRow struct {
	connection.Connection
	seen    time.Time // zero: never
	profile string
	counts  *keys.Summary // nil when never seen
	items   []keys.Item
	current bool // one is signed in to it
	offline bool // it could not be reached at the last look
	failure error
}

// The slots of the background work.
const (
	slotServers     = "servers"
	slotServersRead = "servers read"
	slotServersNote = "servers note"
)

// serverTime is how long a look at one server may take, without the time in
// which a person unlocks the keyring.
const serverTime = 90 * time.Second

func newServers(work *workspace) *servers {
	return &servers{work: work, failures: map[string]error{}}
}

// shown reports whether there is more than one server to show. The demo is none
// of them.
func (s *servers) shown() bool {
	return !s.work.demo && len(s.work.deps.Connections.All()) > 1
}

// load reads what was last seen of the other servers.
func (s *servers) load() {
	if !s.shown() {
		return
	}
	w := s.work
	saved, own := slices.Clone(w.deps.Connections.All()), w.connection.ID
	task.Run(w.tasks, slotServersRead, func(context.Context) ([]boardRow, error) {
		var rows []boardRow
		for _, c := range saved {
			if c.ID != own {
				rows = append(rows, readServer(w.deps.LastSeen, c))
			}
		}
		return rows, nil
	}, func(rows []boardRow, _ error) {
		s.rows = rows
		w.onChange()
	})
}

func readServer(kept LastSeen, c connection.Connection) boardRow {
	row := boardRow{Connection: c}
	if seen, ok := kept.Load(c.ID); ok && seen.User == c.User {
		row.seen, row.profile, row.items = seen.Time, seen.Profile, seen.Items
		row.Version = cmp.Or(seen.Version, c.Version)
	}
	return row
}

// list is one row per saved server, the one that one is signed in to first.
func (s *servers) list() []boardRow {
	w := s.work
	limits, today := w.limits(), w.today()
	own := boardRow{
		Connection: w.connection, current: true, seen: w.seen, profile: w.facts.Profile.Name,
		failure: w.failure, offline: w.offline || w.failure != nil && outOfReach(keys.CauseOf(w.failure)),
	}
	own.Version = w.facts.Version
	if !w.seen.IsZero() {
		own.counts = w.summary()
	}
	rows := []boardRow{own}
	for _, row := range s.rows {
		if !row.seen.IsZero() {
			sum := keys.Summarise(row.items, limits, today)
			row.counts = &sum
		}
		row.failure = s.why(row)
		row.offline = row.failure != nil && outOfReach(keys.CauseOf(row.failure))
		rows = append(rows, row)
	}
	return rows
}

// why is why a server could not be read at the last look, in this run or, by
// the log, in an earlier one; nil when it could.
func (s *servers) why(row boardRow) error {
	if err := s.failures[row.ID]; err != nil {
		return err
	}
	if check, ok := s.work.remind.last(row.ID); ok && check.Cause != "" && check.Time.After(row.seen) {
		return &keys.Problem{Op: "look", Cause: check.Cause, Detail: hostOf(row.Address)}
	}
	return nil
}

// busy reports whether servers are being looked at.
func (s *servers) busy() bool { return s.work.tasks.Busy(slotServers) }

// serverRead is what a look at one server brought.
type serverRead struct {
	row  boardRow
	err  error
	look serverLook
}

// checkAll looks at every saved server: at the one that one is signed in to by
// refreshing, at the others in the background, one after the other.
func (s *servers) checkAll() {
	w := s.work
	if s.busy() {
		return
	}
	if !w.offline {
		w.refresh()
	}
	var others []connection.Connection
	for _, c := range w.deps.Connections.All() {
		if c.ID != w.connection.ID {
			others = append(others, c)
		}
	}
	deps, data := w.deps, w.deps.Preferences.Get()
	s.done, s.total = 0, len(others)
	task.Run(w.tasks, slotServers, func(ctx context.Context) (struct{}, error) {
		for _, c := range others {
			if ctx.Err() != nil {
				return struct{}{}, ctx.Err()
			}
			w.tasks.Do(ctx, func() {
				s.checking = c.ID
				w.onChange()
			})
			read := lookAt(ctx, &deps, data, c)
			w.tasks.Do(ctx, func() { s.took(read) })
		}
		return struct{}{}, nil
	}, func(struct{}, error) { s.finish() })
	w.onChange()
}

// finish notes all looks of a check and tells what is due on all servers
// together: three notifications and a summary, not three for each.
func (s *servers) finish() {
	w := s.work
	looks, deps, now := s.looks, w.deps, w.deps.Now()
	silent := w.deps.Preferences.Get().Silent || deps.Notify == nil
	s.checking, s.total, s.looks = "", 0, nil
	task.Run(w.tasks, slotServersNote, func(context.Context) (due []keys.Reminder, err error) {
		for _, l := range looks {
			more, failed := l.note(&deps, now, silent)
			due, err = append(due, more...), cmp.Or(err, failed)
		}
		return due, err
	}, func(due []keys.Reminder, err error) {
		w.remind.failed(err)
		announce(&w.deps, due)
		w.remind.load()
	})
	w.onChange()
}

// took takes over a look at one server.
func (s *servers) took(read serverRead) {
	s.done++
	s.looks = append(s.looks, read.look)
	delete(s.failures, read.row.ID)
	if read.err != nil {
		s.failures[read.row.ID] = read.err
		s.work.deps.Log.Warn("could not look at a saved server", "connection", read.row.ID, "error", read.err)
	} else if i := slices.IndexFunc(s.rows, func(r boardRow) bool { return r.ID == read.row.ID }); i >= 0 {
		s.rows[i] = read.row
	}
	s.work.onChange()
}

// cancel looks at no further server.
func (s *servers) cancel() {
	s.work.tasks.Cancel(slotServers)
	s.finish()
}

// lookAt signs in to a saved server, reads what ends there and keeps it. It
// blocks, and may wait for the keyring.
func lookAt(ctx context.Context, deps *Deps, data PreferencesData, c connection.Connection) serverRead {
	read := serverRead{row: boardRow{Connection: c}}
	seen, look, err := readFar(ctx, deps, data, c)
	if ctx.Err() != nil {
		read.err = &keys.Problem{Op: "look", Cause: keys.Canceled, Err: ctx.Err()}
		return read
	}
	look.failure = err
	if read.err = err; err == nil {
		if err := deps.LastSeen.Save(ctx, c.ID, seen); err != nil {
			deps.Log.Warn("could not keep what was last seen", "error", err)
		}
		read.row.seen, read.row.profile, read.row.items, read.row.Version = seen.Time, seen.Profile, seen.Items, seen.Version
	}
	read.look = look
	return read
}

// readFar opens a session of its own and ends it again.
func readFar(ctx context.Context, deps *Deps, data PreferencesData, c connection.Connection) (connection.Seen, serverLook, error) {
	none := serverLook{server: c}
	if !c.Remember {
		return connection.Seen{}, none, &keys.Problem{Op: "look", Cause: keys.NothingSent}
	}
	who, err := deps.Secrets.Load(ctx, c.ID)
	if err != nil {
		return connection.Seen{}, none, err
	}
	if who.Password == "" && who.UserToken == "" {
		return connection.Seen{}, none, &keys.Problem{Op: "look", Cause: keys.NothingSent}
	}
	if !c.ByToken {
		who.User = c.User
	}
	ctx, cancel := context.WithTimeout(ctx, serverTime)
	defer cancel()
	via := c.Via
	via.Proxy = cmp.Or(via.Proxy, data.Proxy)
	session, err := deps.SignIn(ctx, keys.Endpoint{API: c.API}, via, who)
	if err != nil {
		return connection.Seen{}, none, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if err := session.Close(ctx); err != nil {
			deps.Log.Warn("session not closed", "error", err)
		}
	}()
	if err := goBack(ctx, session, c); err != nil {
		return connection.Seen{}, none, err
	}
	glance, err := session.Glance(ctx, func(int, int) {})
	if err != nil {
		return connection.Seen{}, none, err
	}
	records, err := session.KeyRecords(ctx, func(int, int) {})
	if err != nil {
		deps.Log.Warn("could not read the key records", "error", err)
	}
	look := newServerLook(c, glance, records, data.reminders(), keys.DateOf(deps.Now()))
	glance.Items = look.open()
	seen := connection.SeenNow(deps.Now(), c, session.Facts(), glance)
	if known(err) {
		seen = seen.WithKeys(deps.Now(), records)
	}
	return seen, look, nil
}

// goBack makes profile and entity of last time the active ones, so that a look
// shows the same as signing in does.
func goBack(ctx context.Context, session Session, c connection.Connection) error {
	facts := session.Facts()
	if c.Profile != 0 && c.Profile != facts.Profile.ID {
		if err := session.UseProfile(ctx, c.Profile); err != nil {
			return err
		}
		facts = session.Facts()
	}
	if c.Entity != nil && (*c.Entity != facts.Entity.ID || c.Tree != facts.Recursive) {
		return session.UseEntity(ctx, *c.Entity, c.Tree)
	}
	return nil
}

// open are the items that somebody still has to think of.
func (l serverLook) open() []keys.Item {
	items := make([]keys.Item, 0, len(l.endings))
	for _, e := range l.endings {
		if !e.Closed {
			items = append(items, e.Item)
		}
	}
	return items
}
