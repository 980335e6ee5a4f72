package app

import (
	"context"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// offline stands in for the session of a saved server that cannot be reached:
// it knows what was last seen there, and why nothing newer can be had.
type offline struct {
	connection connection.Connection
	seen       connection.Seen
	why        error
}

// Facts are those of the time when it was seen. There is no profile or entity
// to choose.
func (o *offline) Facts() keys.Facts {
	return keys.Facts{
		Endpoint:  keys.Endpoint{API: o.connection.API},
		URLBase:   o.seen.URLBase,
		Version:   o.seen.Version,
		User:      keys.User{Login: o.seen.User, Name: o.seen.User},
		Profile:   keys.Profile{Name: o.seen.Profile},
		Entity:    keys.Entity{Path: o.seen.Entity},
		Recursive: o.seen.Tree,
	}
}

// Refresh fails as the sign-in did.
func (o *offline) Refresh(context.Context) error { return o.why }

// UseProfile fails as the sign-in did.
func (o *offline) UseProfile(context.Context, int) error { return o.why }

// UseEntity fails as the sign-in did.
func (o *offline) UseEntity(context.Context, int, bool) error { return o.why }

// Glance fails as the sign-in did.
func (o *offline) Glance(context.Context, func(done, total int)) (keys.Glance, error) {
	return keys.Glance{}, o.why
}

// MintToken fails as the sign-in did.
func (o *offline) MintToken(context.Context) (string, error) { return "", o.why }

// ServerClock fails as the sign-in did.
func (o *offline) ServerClock(context.Context) (keys.ServerClock, error) {
	return keys.ServerClock{}, o.why
}

// Close has nothing to end.
func (o *offline) Close(context.Context) error { return nil }

// Plugin fails as the sign-in did, and so do all calls about invitations:
// nothing of them is kept on this computer.
func (o *offline) Plugin(context.Context) (keys.Plugin, error) { return keys.Plugin{}, o.why }

// Invitations fails as the sign-in did.
func (o *offline) Invitations(context.Context, func(done, total int)) ([]keys.Invitation, error) {
	return nil, o.why
}

// Invitation fails as the sign-in did.
func (o *offline) Invitation(context.Context, int) (keys.Invitation, string, error) {
	return keys.Invitation{}, "", o.why
}

// Registrations fails as the sign-in did.
func (o *offline) Registrations(context.Context, int) ([]keys.Registration, error) {
	return nil, o.why
}

// Groups fails as the sign-in did.
func (o *offline) Groups(context.Context, int) ([]keys.Group, error) { return nil, o.why }

// CreateInvitation fails as the sign-in did.
func (o *offline) CreateInvitation(context.Context, string, keys.InvitationPolicy) (int, string, error) {
	return 0, "", o.why
}

// SetInvitationActive fails as the sign-in did.
func (o *offline) SetInvitationActive(context.Context, int, bool) error { return o.why }

// ExtendInvitation fails as the sign-in did.
func (o *offline) ExtendInvitation(context.Context, int, int, time.Time) error { return o.why }

// AnswerRegistration fails as the sign-in did.
func (o *offline) AnswerRegistration(context.Context, keys.Registration, bool) error { return o.why }

// CheckLink fails as the sign-in did.
func (o *offline) CheckLink(context.Context, string) ([]keys.LinkDoubt, error) { return nil, o.why }

// KeyRecords fails as the sign-in did, and so do all calls about keys.
func (o *offline) KeyRecords(context.Context, func(done, total int)) ([]keys.KeyRecord, error) {
	return nil, o.why
}

// KeyRecord fails as the sign-in did.
func (o *offline) KeyRecord(context.Context, int) (keys.KeyRecord, error) {
	return keys.KeyRecord{}, o.why
}

// KeyHistory fails as the sign-in did.
func (o *offline) KeyHistory(context.Context, int) ([]keys.KeyEvent, error) { return nil, o.why }

// HasKeyType fails as the sign-in did.
func (o *offline) HasKeyType(context.Context) (bool, error) { return false, o.why }

// AddKeyType fails as the sign-in did.
func (o *offline) AddKeyType(context.Context) error { return o.why }

// Products fails as the sign-in did.
func (o *offline) Products(context.Context, string) ([]keys.Product, error) { return nil, o.why }

// CreateKeyRecord fails as the sign-in did.
func (o *offline) CreateKeyRecord(context.Context, keys.KeyRecord) (int, error) { return 0, o.why }

// UpdateKeyRecord fails as the sign-in did.
func (o *offline) UpdateKeyRecord(context.Context, int, func(*keys.KeyRecord) error) (keys.KeyRecord, error) {
	return keys.KeyRecord{}, o.why
}

// InstalledKey fails as the sign-in did.
func (o *offline) InstalledKey(context.Context) (keys.InstalledKey, error) {
	return keys.InstalledKey{}, o.why
}

// InstallKey fails as the sign-in did.
func (o *offline) InstallKey(context.Context, string) (keys.InstalledKey, error) {
	return keys.InstalledKey{}, o.why
}

// Subscription fails as the sign-in did.
func (o *offline) Subscription(context.Context) (keys.Subscription, error) {
	return keys.Subscription{}, o.why
}

// InstalledPlugins fails as the sign-in did.
func (o *offline) InstalledPlugins(context.Context) ([]keys.InstalledPlugin, error) {
	return nil, o.why
}

// readOnly reports whether the list can be looked at and nothing more: its
// server cannot be reached, or did not give its keys in this run.
func (p *keyList) readOnly() bool { return p.work.offline || p.kept }

// keptReader gives what reads the keys that were last seen here, for when the
// server's cannot be read. It reads nothing where the list has something
// newer, and where the profile may not see keys.
func (p *keyList) keptReader() func(why error) connection.Seen {
	w := p.work
	if w.demo || !p.seen.IsZero() {
		return func(error) connection.Seen { return connection.Seen{} }
	}
	now := connection.SeenNow(time.Time{}, w.connection, w.facts, keys.Glance{})
	id, kept := w.connection.ID, w.deps.LastSeen
	return func(why error) connection.Seen {
		if seen, ok := kept.Load(id); ok && !known(why) && seen.SameView(now) {
			return seen
		}
		return connection.Seen{}
	}
}

// known reports whether a reading of the keys tells what there is to see: it
// went well, or the profile may see none.
func known(err error) bool { return err == nil || keys.CauseOf(err) == keys.NoRight }

// showKept shows the keys that were last seen, if there were any.
func (p *keyList) showKept(seen connection.Seen) {
	if len(seen.Keys) == 0 {
		return
	}
	p.kept, p.hasType, p.seen = true, true, seen.KeysTime
	p.show(seen.KeyRecords())
}

// keepIn puts the keys that were read in this run into what is kept. Without
// any, those of earlier runs stay.
func (p *keyList) keepIn(seen connection.Seen) connection.Seen {
	switch {
	case keys.CauseOf(p.failure) == keys.NoRight:
		return seen.WithKeys(seen.Time, nil)
	case p.kept || p.seen.IsZero():
		return seen
	default:
		return seen.WithKeys(p.seen, p.list)
	}
}

// retry reads the keys again; without a session it signs in first.
func (p *keyList) retry() {
	if p.work.offline {
		p.work.refresh()
		return
	}
	p.refresh()
	p.work.onChange()
}

// offer looks for what was last seen of the saved server in the form, if why
// says that it cannot be reached. Otherwise it withdraws what was offered.
func (p *signIn) offer(why error) {
	p.withdraw()
	c := p.chosen()
	if c.ID == "" || !outOfReach(keys.CauseOf(why)) {
		return
	}
	task.Run(p.tasks, slotLastSeen, func(context.Context) (*offline, error) {
		seen, ok := p.deps.LastSeen.Load(c.ID)
		if !ok || seen.User != c.User || len(seen.Items)+len(seen.Keys) == 0 {
			return nil, nil
		}
		return &offline{connection: c, seen: seen, why: why}, nil
	}, func(o *offline, _ error) {
		p.offered = o
		p.onChange()
	})
}

// withdraw offers nothing any more.
func (p *signIn) withdraw() {
	p.tasks.Cancel(slotLastSeen)
	p.offered = nil
}

// lastSeen is what is offered now: nil for nothing, as during an attempt, or
// once the form may mean another server or person. A token says nothing about
// whose it is, so it counts only where the saved server signs in by token too.
func (p *signIn) lastSeen() *offline {
	if p.busy() || p.offered == nil {
		return nil
	}
	if c := p.chosen(); c.ID != p.offered.connection.ID || c.ByToken != p.form.ByToken {
		return nil
	}
	return p.offered
}

// showLastSeen opens what is offered in place of a session.
func (p *signIn) showLastSeen() {
	if o := p.lastSeen(); o != nil {
		p.opened(Opened{Session: o, Connection: o.connection, Offline: o})
	}
}
