package app

import (
	"context"
	"slices"

	"glpikeys/keys"
)

// keyRevocation is what giving keys up means, in plain numbers.
type keyRevocation struct {
	records   int  // that are in use and will not be
	running   int  // of these, how many still run today
	texts     int  // of these, whose text stays where it is
	installed int  // id of the one that is GLPI's installed key, 0 for none
	plugins   bool // keys of plugins are among them
}

// revoking tells what giving these up means.
func (k *keyWork) revoking(ids []int) (r keyRevocation) {
	today := k.work.today()
	for _, id := range k.open(ids) {
		rec := k.record(id)
		r.records++
		if s := rec.Standing(k.work.limits(), today); s.State.Live() {
			r.running++
		}
		if rec.Block.Kept == keys.PlaceGLPI || rec.Block.Kept == keys.PlaceComputer {
			r.texts++
		}
		if rec.Block.Plugin != "" {
			r.plugins = true
		}
		if k.installedState(rec) == installedOurs {
			r.installed = id
		}
	}
	return r
}

// revoke marks records as given up. clear also empties GLPI's configuration
// when one of them is installed there.
func (k *keyWork) revoke(ids []int, why keys.Departure, reason string, clear bool) {
	x := k.reach()
	installed := 0
	if clear {
		installed = k.revoking(ids).installed
	}
	k.perform(&keyDeed{
		act: keyRevoke, ids: k.open(ids),
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			r, err := x.giveUp(ctx, id, why, reason)
			if err != nil || id != installed {
				return r, err
			}
			if _, err = x.session.InstallKey(ctx, ""); err != nil {
				return r, err
			}
			return x.noted(ctx, r, keys.StepRemoved), nil
		},
		after: func(r *keyReport) {
			switch {
			case installed != 0:
				r.text = t("keywork.revoke.cleared")
				k.readInstalled(nil)
				k.work.sub.refresh()
			case why == keys.DepartureRenewed && k.anyInstalled(r.done):
				r.text = t("keywork.renew.still_old")
			}
		},
	})
}

// closeRenewed closes records whose successor took over. said is what was told
// of the successor just before.
func (k *keyWork) closeRenewed(ids []int, said string) {
	x := k.reach()
	k.perform(&keyDeed{
		act: keyRevoke, ids: k.open(ids),
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			return x.giveUp(ctx, id, keys.DepartureRenewed, "")
		},
		after: func(r *keyReport) {
			r.text = said
			if k.anyInstalled(r.done) {
				r.text = joined(" · ", said, t("keywork.renew.still_old"))
			}
		},
	})
}

// giveUp marks a record as given up.
func (x keyReach) giveUp(ctx context.Context, id int, why keys.Departure, reason string) (keys.KeyRecord, error) {
	return x.update(ctx, id, func(r *keys.KeyRecord) error {
		r.Valid = false
		r.Block.Revoked = keys.Revocation{Date: x.today, Why: why, Reason: cleanLine(reason)}
		return nil
	})
}

// noted is r with a step in its history. What was done counts, also where that
// cannot be written down.
func (x keyReach) noted(ctx context.Context, r keys.KeyRecord, what keys.StepKind) keys.KeyRecord {
	if now, err := x.update(ctx, r.ID, func(r *keys.KeyRecord) error {
		r.Block.Note(x.step(what))
		return nil
	}); err == nil {
		return now
	}
	return r
}

// undo takes given up records back into use. The successors of those that were
// renewed no longer close them; who was to close one that was given up otherwise
// still is. What was removed from GLPI's configuration is put back with Install.
func (k *keyWork) undo(ids []int) {
	x, closing := k.reach(), map[int][]int{}
	for _, id := range ids {
		if r := k.record(id); r == nil || r.Block.Revoked.Why != keys.DepartureRenewed {
			continue
		}
		for _, next := range k.work.keys.index.Successors(id) {
			if next.Block.ClosesParent {
				closing[id] = append(closing[id], next.ID)
			}
		}
	}
	successors := map[int]keys.KeyRecord{} // as they are then, unless undone themselves since
	k.perform(&keyDeed{
		act: keyUndo, ids: k.closed(ids),
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			r, err := x.update(ctx, id, func(r *keys.KeyRecord) error {
				r.Valid, r.Block.Revoked = true, keys.Revocation{}
				return nil
			})
			delete(successors, id)
			for _, id := range closing[id] {
				if err != nil {
					break
				}
				var next keys.KeyRecord
				if next, err = x.update(ctx, id, func(r *keys.KeyRecord) error {
					r.Block.ClosesParent = false
					return nil
				}); err == nil {
					successors[id] = next
				}
			}
			return r, err
		},
		after: func(r *keyReport) {
			for _, next := range successors {
				k.work.keys.changed(next)
			}
			clear(successors)
			for _, id := range r.done {
				if rec := k.record(id); rec != nil && k.installedState(rec) == installedLost {
					r.text = t("keywork.undo.install")
				}
			}
		},
	})
}

// anyInstalled reports whether GLPI uses the key of one of these.
func (k *keyWork) anyInstalled(ids []int) bool {
	return slices.ContainsFunc(ids, func(id int) bool {
		r := k.record(id)
		return r != nil && k.installedState(r) == installedOurs
	})
}
