package app

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// actKind names what is done to invitations or registrations.
type actKind string

// The acts.
const (
	actRevoke  actKind = "revoke"
	actRestore actKind = "restore"
	actExtend  actKind = "extend"
	actReissue actKind = "reissue"
	actApprove actKind = "approve"
	actRefuse  actKind = "refuse"
)

// invitationAct is one act on one or many.
type invitationAct struct {
	kind actKind
	ids  []int // of invitations, or of the registrations of one
	of   int   // the invitation whose registrations they are, 0 otherwise
	// do acts on one of them.
	do func(ctx context.Context, id int) error
	// settled looks whether it is done already, after an answer was lost.
	settled func(ctx context.Context, id int) bool
	// after tells about a success on the window's goroutine; may be nil.
	after func()
	stop  atomic.Bool // somebody gave up: what is left stays as it is
}

// touched are the invitations that the act may have changed.
func (a *invitationAct) touched() []int {
	if a.of != 0 {
		return []int{a.of}
	}
	return a.ids
}

// actReport is what an act did.
type actReport struct {
	act    *invitationAct
	done   []int
	failed []int
	why    error // of the first that failed
}

// quiet reports whether it is enough to say it in passing: nothing failed, and
// there is nothing to undo. A box would push what somebody is about to press
// from under the pointer.
func (r *actReport) quiet() bool { return len(r.failed) == 0 && !r.undoable() }

// actResult is a report with what was read afterwards.
type actResult struct {
	actReport
	read    []*invitationDetail
	partial bool // not everything touched could be read
}

// rereadLimit is up to how many invitations are read one by one after an act;
// beyond that the list is read as a whole.
const rereadLimit = 20

// perform runs an act in the background. There is one at a time.
func (p *invitations) perform(a *invitationAct) {
	if p.acting != nil || len(a.ids) == 0 {
		return
	}
	p.acting, p.acted, p.report = a, 0, nil
	w := p.work
	people := map[int]bool{p.at: true, a.of: true}
	again := w.tasks.Busy(slotInvitations) // what it reads may be older than the act
	task.Run(w.tasks, slotInvitationAct, func(ctx context.Context) (actResult, error) {
		r := actResult{actReport: runAct(ctx, a, func(done int) {
			w.tasks.Do(ctx, func() {
				p.acted = done
				w.onChange()
			})
		})}
		r.readAgain(ctx, w.session, people)
		return r, nil
	}, func(r actResult, _ error) {
		p.acting, p.report = nil, &r.actReport
		if r.why != nil {
			w.deps.Log.Warn("an act on invitations failed", "act", string(a.kind), "done", len(r.done), "failed", len(r.failed), "error", r.why)
		}
		for _, d := range r.read {
			if p.take(d) && d.invitation.ID == p.at {
				p.moved = true
			}
		}
		if r.partial || again || r.halfReissued() || w.tasks.Busy(slotInvitations) {
			p.refresh()
		}
		if a.after != nil && len(r.done) > 0 {
			a.after()
		}
		w.onChange()
		p.onDetail()
	})
	w.onChange()
	p.onDetail()
}

// runAct does the act on one after the other. It stops where the server is out
// of reach, since the others would fail alike; they count as failed.
func runAct(ctx context.Context, a *invitationAct, progress func(done int)) actReport {
	r := actReport{act: a}
	for i, id := range a.ids {
		err := ctx.Err()
		if a.stop.Load() {
			err = &keys.Problem{Op: string(a.kind), Cause: keys.Canceled}
		}
		stopped := err != nil
		if !stopped {
			err = actOn(ctx, a, id)
		}
		if err == nil {
			r.done = append(r.done, id)
			progress(i + 1)
			continue
		}
		if r.why == nil {
			r.why = err
		}
		if cause := keys.CauseOf(err); stopped || outOfReach(cause) || cause == keys.SessionEnded {
			r.failed = append(r.failed, a.ids[i:]...)
			return r
		}
		r.failed = append(r.failed, id)
		progress(i + 1)
	}
	return r
}

// actOn acts on one. After a lost answer it looks before it says that it
// failed.
func actOn(ctx context.Context, a *invitationAct, id int) error {
	ctx, cancel := context.WithTimeout(ctx, invitationTime)
	defer cancel()
	err := a.do(ctx, id)
	if cause := keys.CauseOf(err); cause == keys.OutcomeUnknown || cause == keys.TimedOut {
		looking, done := context.WithTimeout(context.WithoutCancel(ctx), invitationTime)
		defer done()
		if a.settled(looking, id) {
			return nil
		}
	}
	return err
}

// readAgain reads what the act touched; the registrations of those in people.
func (r *actResult) readAgain(ctx context.Context, session Session, people map[int]bool) {
	touched := r.act.touched()
	if len(touched) > rereadLimit {
		r.partial = true
		return
	}
	for _, id := range touched {
		d, err := readInvitation(ctx, session, id, people[id])
		if err != nil {
			r.partial = true
			continue
		}
		d.stale = !people[id] // without the registrations it is no whole detail
		r.read = append(r.read, d)
	}
}

// retry does the failed part of the last act again.
func (p *invitations) retry() {
	if r := p.report; r != nil {
		a := r.act
		p.perform(&invitationAct{kind: a.kind, ids: r.failed, of: a.of, do: a.do, settled: a.settled, after: a.after})
	}
}

// halfReissued reports whether there may be a new link although the old one
// still works: then the list has to show both.
func (r *actReport) halfReissued() bool { return r.act.kind == actReissue && len(r.failed) > 0 }

// repeatable reports whether doing the failed part again may help. Who was to
// get something else than was read has to be read first.
func (r *actReport) repeatable() bool {
	return len(r.failed) > 0 && keys.CauseOf(r.why) != keys.RulesChanged
}

// undoable reports whether the last act can be undone.
func (r *actReport) undoable() bool { return r.act.kind == actRevoke && len(r.done) > 0 }

// undo takes the last act back.
func (p *invitations) undo() {
	if r := p.report; r != nil && r.undoable() {
		p.restore(r.done)
	}
}

// dismiss forgets the report of the last act.
func (p *invitations) dismiss() {
	p.report = nil
	p.work.onChange()
}

// stopAct leaves the rest of the act under way undone.
func (p *invitations) stopAct() {
	if p.acting != nil {
		p.acting.stop.Store(true)
	}
}

// revoke makes links stop working.
func (p *invitations) revoke(ids []int) { p.setActive(actRevoke, ids, false) }

// restore lets revoked links work again.
func (p *invitations) restore(ids []int) { p.setActive(actRestore, ids, true) }

func (p *invitations) setActive(kind actKind, ids []int, active bool) {
	session := p.work.session
	p.perform(&invitationAct{
		kind: kind, ids: ids,
		do: func(ctx context.Context, id int) error { return session.SetInvitationActive(ctx, id, active) },
		settled: func(ctx context.Context, id int) bool {
			inv, _, err := session.Invitation(ctx, id)
			return err == nil && inv.Active == active
		},
	})
}

// extend changes how often and until when a link works.
func (p *invitations) extend(id, maxUses int, end time.Time) {
	session := p.work.session
	p.perform(&invitationAct{
		kind: actExtend, ids: []int{id},
		do: func(ctx context.Context, id int) error { return session.ExtendInvitation(ctx, id, maxUses, end) },
		settled: func(ctx context.Context, id int) bool {
			inv, _, err := session.Invitation(ctx, id)
			return err == nil && inv.MaxUses == maxUses && inv.End.Equal(end)
		},
	})
}

// reissue gives the people who are left a new link and revokes the old one. The
// new one is made first: should that fail, nothing has changed.
func (p *invitations) reissue(id int) {
	session := p.work.session
	if p.reissues[id] == "" {
		p.reissues[id] = newUUID()
	}
	uuid := p.reissues[id]
	var made int
	var link string
	do := func(ctx context.Context, id int) error {
		old, _, err := session.Invitation(ctx, id)
		if err != nil {
			return err
		}
		if made, link, err = session.CreateInvitation(ctx, uuid, reissued(&old)); err != nil {
			return err
		}
		return session.SetInvitationActive(ctx, id, false)
	}
	p.perform(&invitationAct{
		kind: actReissue, ids: []int{id}, do: do,
		// The uuid makes a repeat find the invitation that is there already.
		settled: func(ctx context.Context, id int) bool { return do(ctx, id) == nil },
		after: func() {
			delete(p.reissues, id)
			p.arrived(made, link)
		},
	})
}

// reissued is the policy of the link that replaces inv's: for the people who
// are left.
func reissued(inv *keys.Invitation) keys.InvitationPolicy {
	policy := inv.InvitationPolicy
	if policy.MaxUses > 0 {
		policy.MaxUses = left(inv)
	}
	return policy
}

// answer approves or refuses registrations that wait, as they were read.
func (p *invitations) answer(invitation int, people []keys.Registration, approve bool) {
	session := p.work.session
	kind := actRefuse
	if approve {
		kind = actApprove
	}
	byID := make(map[int]keys.Registration, len(people))
	ids := make([]int, len(people))
	for i, r := range people {
		ids[i], byID[r.ID] = r.ID, r
	}
	p.perform(&invitationAct{
		kind: kind, ids: ids, of: invitation,
		do: func(ctx context.Context, id int) error { return session.AnswerRegistration(ctx, byID[id], approve) },
		settled: func(ctx context.Context, id int) bool {
			want := keys.RegistrationRefused
			if approve {
				want = keys.RegistrationDone
			}
			people, err := session.Registrations(ctx, invitation)
			return err == nil && slices.ContainsFunc(people, func(r keys.Registration) bool { return r.ID == id && r.State == want })
		},
	})
}

// left is how many can still register with a link that counts.
func left(inv *keys.Invitation) int { return max(inv.MaxUses-inv.Uses, 0) }

// revocation is what revoking would do, in plain numbers.
type revocation struct {
	links    int  // that stop working
	people   int  // who can no longer register
	unending bool // one of the links was good for any number
	accounts int  // that stay
}

// revoking tells what revoking these would do; what is revoked already does
// not count.
func (p *invitations) revoking(ids []int) (r revocation) {
	now := p.work.deps.Now()
	for _, inv := range p.some(ids) {
		state := inv.State(now)
		if state == keys.InvitationRevoked {
			continue
		}
		r.links++
		r.accounts += inv.Uses
		switch {
		case !state.Open() && state != keys.InvitationScheduled:
		case inv.MaxUses == 0:
			r.unending = true
		default:
			r.people += left(inv)
		}
	}
	return r
}

// some are the invitations with these ids.
func (p *invitations) some(ids []int) []*keys.Invitation {
	wanted := make(map[int]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var out []*keys.Invitation
	for i := range p.list {
		if wanted[p.list[i].ID] {
			out = append(out, &p.list[i])
		}
	}
	return out
}

// revocable and restorable are those of ids that are not revoked, and that are.
func (p *invitations) revocable(ids []int) []int { return p.idsWhere(ids, true) }

func (p *invitations) restorable(ids []int) []int { return p.idsWhere(ids, false) }

func (p *invitations) idsWhere(ids []int, active bool) []int {
	var out []int
	for _, inv := range p.some(ids) {
		if inv.Active == active {
			out = append(out, inv.ID)
		}
	}
	return out
}
