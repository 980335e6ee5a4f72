package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// invitationFilter is one of the sets of invitations that a chip stands for.
type invitationFilter string

// The filters, in the order of their chips. A scheduled invitation is neither
// active, since nobody can register yet, nor ended: it passes the first only.
const (
	invitationsAll     invitationFilter = "all"
	invitationsActive  invitationFilter = "active"  // people can register
	invitationsWaiting invitationFilter = "waiting" // registrations wait for somebody
	invitationsEnded   invitationFilter = "ended"   // used up, ended or revoked
)

var invitationFilters = [...]invitationFilter{invitationsAll, invitationsActive, invitationsWaiting, invitationsEnded}

// passes reports whether an invitation in that state belongs to the filter.
func (f invitationFilter) passes(r invitationRow) bool {
	switch f {
	case invitationsActive:
		return r.state.Open()
	case invitationsWaiting:
		return r.Waiting > 0
	case invitationsEnded:
		return !r.state.Open() && r.state != keys.InvitationScheduled
	default:
		return true
	}
}

// invitationRow is an invitation with what its state and its cells need.
type invitationRow struct {
	*keys.Invitation
	state keys.InvitationState
	now   time.Time
}

// invitationDetail is all that is known of one invitation.
type invitationDetail struct {
	invitation    keys.Invitation // with its groups
	link          string          // "" when GLPI keeps none or does not tell
	registrations []keys.Registration
	failure       error // why the last reading failed
	read          bool  // false: there is only a failure
	stale         bool  // read before the last refresh
}

// waiting are the registrations that an administrator can answer.
func (d *invitationDetail) waiting() []keys.Registration {
	var out []keys.Registration
	for _, r := range d.registrations {
		if r.State == keys.WaitingForApproval {
			out = append(out, r)
		}
	}
	return out
}

// invitations is the presenter of the Invitations screen: which are there,
// which are shown, the one that is looked at, and what is done to them. The
// text filter, the order and the selection belong to the row table.
type invitations struct {
	work *workspace

	plugin  keys.Plugin
	list    []keys.Invitation
	seen    time.Time // when list was read, zero before the first time
	done    int       // rows read by the refresh under way
	total   int       // rows to read, 0 while unknown
	failure error     // why the last refresh failed, nil after a success
	version int       // counts the changes of list and filter

	filter  invitationFilter
	at      int // whose detail is shown, 0 for none
	details map[int]*invitationDetail
	fresh   map[int]string // links as CreateInvitation gave them; a link shown once is nowhere else
	want    int            // to put the cursor on as soon as it is there, 0 for none
	moved   bool           // an act changed the row in sight, which may stand elsewhere now

	acting   *invitationAct
	acted    int             // how many of acting are done
	report   *actReport      // of the last act, until dismissed
	reissues map[int]string  // uuid of the invitation that replaces one, so that a repeat makes no second
	draft    *invitationForm // kept when the form is closed
	forming  bool            // the form is in sight
	onDetail func()          // the detail changed, and nothing else
	share    *sharing        // how links are handed on
}

// The slots of the background work.
const (
	slotInvitations   = "invitations"
	slotInvitation    = "invitation"
	slotInvitationAct = "invitation act"
)

const (
	// cursorRest is how long the cursor stays on a row before its detail is
	// asked for, so that running through the list asks for nothing.
	cursorRest = 200 * time.Millisecond
	// invitationTime is how long one request about one invitation may take.
	invitationTime = 30 * time.Second
)

func newInvitations(work *workspace) *invitations {
	p := &invitations{
		work: work, filter: invitationsAll, onDetail: func() {},
		details: map[int]*invitationDetail{}, fresh: map[int]string{}, reissues: map[int]string{},
	}
	p.share = newSharing(p)
	return p
}

// busy reports whether the list is being read.
func (p *invitations) busy() bool { return p.work.tasks.Busy(slotInvitations) }

// invitationsRead is what one refresh brings.
type invitationsRead struct {
	plugin keys.Plugin
	list   []keys.Invitation
}

// refresh reads the list again. What is shown stays until the new rows are
// there; a failure keeps it too.
func (p *invitations) refresh() {
	w := p.work
	if w.offline {
		p.failure = w.failure
		return
	}
	p.done, p.total = 0, 0
	task.Run(w.tasks, slotInvitations, func(ctx context.Context) (r invitationsRead, err error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTime)
		defer cancel()
		if r.plugin, err = w.session.Plugin(ctx); err != nil {
			return r, err
		}
		r.list, err = w.session.Invitations(ctx, func(done, total int) {
			w.tasks.Do(ctx, func() {
				p.done, p.total = done, total
				w.onChange()
			})
		})
		return r, err
	}, func(r invitationsRead, err error) {
		p.failure = err
		if err != nil {
			w.deps.Log.Warn("could not read the invitations", "error", err)
			w.onChange()
			return
		}
		p.plugin = r.plugin
		if p.draft != nil {
			p.draft.resume(w, r.plugin)
		}
		p.show(r.list)
		p.seen = w.deps.Now()
		for _, d := range p.details {
			d.stale = true
		}
		w.onChange()
		p.look(p.at)
	})
}

// cancel gives up the refresh under way.
func (p *invitations) cancel() {
	p.work.tasks.Cancel(slotInvitations)
	p.work.onChange()
}

// forget drops what was seen with another profile or entity.
func (p *invitations) forget() {
	for _, slot := range []string{slotInvitations, slotInvitation} {
		p.work.tasks.Cancel(slot)
	}
	p.stopAct()
	p.share.forget()
	p.plugin, p.seen, p.failure, p.report = keys.Plugin{}, time.Time{}, nil, nil
	clear(p.details)
	p.at = 0
	p.show(nil)
}

// show makes list what the screen shows.
func (p *invitations) show(list []keys.Invitation) {
	p.list = list
	p.version++
}

// now is the moment on the server's clock: its days are those on which an
// invitation begins and ends.
func (p *invitations) now() time.Time { return p.work.deps.Now().In(p.zoneOf()) }

// rows are the invitations that pass the filter, in no order of interest.
func (p *invitations) rows() []invitationRow {
	now := p.now()
	rows := make([]invitationRow, 0, len(p.list))
	for i := range p.list {
		if r := rowOf(&p.list[i], now); p.filter.passes(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

func rowOf(inv *keys.Invitation, now time.Time) invitationRow {
	return invitationRow{inv, inv.State(now), now}
}

// counts is how many invitations each filter lets pass.
func (p *invitations) counts() map[invitationFilter]int {
	now := p.now()
	var n [len(invitationFilters)]int
	for i := range p.list {
		r := rowOf(&p.list[i], now)
		for at, f := range invitationFilters {
			if f.passes(r) {
				n[at]++
			}
		}
	}
	counts := map[invitationFilter]int{}
	for at, f := range invitationFilters {
		counts[f] = n[at]
	}
	return counts
}

// waiting is how many registrations wait, of all invitations.
func (p *invitations) waiting() (n int) {
	for i := range p.list {
		n += p.list[i].Waiting
	}
	return n
}

// narrow shows only the invitations of a filter.
func (p *invitations) narrow(f invitationFilter) {
	p.filter = f
	p.version++
	p.work.onChange()
}

// find is the invitation with that id, nil for none.
func (p *invitations) find(id int) *keys.Invitation {
	i := slices.IndexFunc(p.list, func(inv keys.Invitation) bool { return inv.ID == id })
	if i < 0 {
		return nil
	}
	return &p.list[i]
}

// look puts the detail of an invitation in sight, and reads it once the cursor
// rests there; 0 for none.
func (p *invitations) look(id int) {
	p.work.tasks.Cancel(slotInvitation)
	p.at = id
	if d := p.details[id]; id != 0 && (d == nil || !d.read || d.stale) {
		p.read(id, cursorRest, nil)
	}
	p.onDetail()
}

// reading reports whether the detail in sight is being read.
func (p *invitations) reading() bool { return p.work.tasks.Busy(slotInvitation) }

// again reads the detail in sight anew, after a failure.
func (p *invitations) again() {
	p.read(p.at, 0, nil)
	p.onDetail()
}

// detail is what is known of an invitation; it is never nil.
func (p *invitations) detail(id int) *invitationDetail {
	if d := p.details[id]; d != nil {
		return d
	}
	return &invitationDetail{}
}

// read reads the detail of an invitation after a pause; then, which may be nil,
// runs after a success.
func (p *invitations) read(id int, after time.Duration, then func(*invitationDetail)) {
	session := p.work.session
	task.Run(p.work.tasks, slotInvitation, func(ctx context.Context) (*invitationDetail, error) {
		if _, err := pause(after)(ctx); err != nil {
			return nil, err
		}
		return readInvitation(ctx, session, id, true)
	}, func(d *invitationDetail, err error) {
		if err != nil {
			p.work.deps.Log.Warn("could not read the invitation", "id", id, "error", err)
			failed := *p.detail(id)
			failed.failure = err
			p.details[id] = &failed
			p.onDetail()
			return
		}
		if p.take(d) {
			p.work.onChange()
		}
		p.onDetail()
		if then != nil {
			then(d)
		}
	})
}

// readInvitation asks for an invitation, its link and, where wanted, who
// registered.
func readInvitation(ctx context.Context, session Session, id int, people bool) (*invitationDetail, error) {
	ctx, cancel := context.WithTimeout(ctx, invitationTime)
	defer cancel()
	inv, link, err := session.Invitation(ctx, id)
	if err != nil {
		return nil, err
	}
	d := &invitationDetail{invitation: inv, link: link, read: true}
	if people {
		d.registrations, err = session.Registrations(ctx, id)
	}
	return d, err
}

// take keeps a detail that was just read, and reports whether its row in the
// list is another now.
func (p *invitations) take(d *invitationDetail) bool {
	id := d.invitation.ID
	d.link = cmp.Or(d.link, p.fresh[id])
	p.details[id] = d
	row := p.find(id)
	switch {
	case row == nil:
		p.list = append(p.list, d.invitation)
	case sameRow(row, &d.invitation):
		return false
	default:
		*row = d.invitation
	}
	p.version++
	return true
}

// sameRow reports whether two readings of an invitation look alike in the list.
func sameRow(a, b *keys.Invitation) bool {
	return a.Label == b.Label && a.Active == b.Active && a.Uses == b.Uses && a.MaxUses == b.MaxUses &&
		a.Waiting == b.Waiting && a.Begin.Equal(b.Begin) && a.End.Equal(b.End) &&
		a.Profile.Name == b.Profile.Name && a.Entity.Path == b.Entity.Path
}

// created takes over an invitation that was just made: the cursor goes there.
func (p *invitations) created(id int, link string) {
	p.forming, p.draft = false, nil
	p.arrived(id, link)
}

// arrived reads an invitation that is new, and puts the cursor on it. When that
// fails, or the list is an old one, the whole list is read.
func (p *invitations) arrived(id int, link string) {
	if link != "" {
		p.fresh[id] = link
	}
	p.share.created(link)
	p.filter, p.want, p.at = invitationsAll, id, id
	p.version++
	session := p.work.session
	task.Run(p.work.tasks, slotInvitation, func(ctx context.Context) (*invitationDetail, error) {
		return readInvitation(ctx, session, id, true)
	}, func(d *invitationDetail, err error) {
		if err == nil {
			p.take(d)
		}
		if err != nil || p.failure != nil { // what is said to be out of reach is not any more
			p.refresh()
		}
		p.work.onChange()
		p.onDetail()
	})
	p.work.onChange()
}

// openForm shows the form for a new invitation: as it was left, or filled with
// from.
func (p *invitations) openForm(from *keys.InvitationPolicy) {
	switch {
	case p.draft == nil:
		p.adopt(newInvitationForm(p.work, p.plugin, from))
	case from != nil:
		p.draft.startFrom(*from)
	}
	p.forming = true
	p.work.onChange()
}

// adopt takes over a form: a new one, or what was typed before the session was
// lost.
func (p *invitations) adopt(draft *invitationForm) {
	p.draft = draft
	draft.onCreated, draft.onClose = p.created, p.closeForm
}

// closeForm shows the list again; what was typed stays for the next time.
func (p *invitations) closeForm() {
	p.forming = false
	p.work.onChange()
}

// duplicate opens the form filled with what an invitation grants. A time that
// is over, which GLPI would refuse, stays behind.
func (p *invitations) duplicate(id int) {
	p.whole(id, func(d *invitationDetail) {
		policy := d.invitation.InvitationPolicy
		now := p.work.deps.Now()
		if policy.Begin.Before(now) {
			policy.Begin = time.Time{}
		}
		if policy.End.Before(now) {
			policy.End = time.Time{}
		}
		if policy.AccountEnd.Before(now) {
			policy.AccountEnd = time.Time{}
		}
		policy.Batch = ""
		p.openForm(&policy)
	})
}

// whole gives an invitation with its groups, which the list does not tell.
func (p *invitations) whole(id int, then func(*invitationDetail)) {
	if d := p.detail(id); d.read && !d.stale {
		then(d)
		return
	}
	p.at = id
	p.read(id, 0, then)
	p.onDetail()
}

// able reports whether invitations can be made and changed here: the plugin
// answered and somebody is signed in.
func (p *invitations) able() bool { return !p.work.offline && p.plugin.Version != "" }
