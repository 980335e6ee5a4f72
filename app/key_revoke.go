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
	x, today := k.reach(), k.work.today()
	installed := 0
	if clear {
		installed = k.revoking(ids).installed
	}
	k.perform(&keyDeed{
		act: keyRevoke, ids: k.open(ids),
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			r, err := x.update(ctx, id, func(r *keys.KeyRecord) error {
				r.Valid = false
				r.Block.Revoked = keys.Revocation{Date: today, Why: why, Reason: cleanLine(reason)}
				return nil
			})
			if err == nil && id == installed {
				if _, err = x.session.InstallKey(ctx, ""); err == nil {
					r, err = x.update(ctx, id, func(r *keys.KeyRecord) error {
						r.Block.Note(x.step(keys.StepRemoved))
						return nil
					})
				}
			}
			return r, err
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

// undo takes given up records back into use. What was removed from GLPI's
// configuration is put back with Install.
func (k *keyWork) undo(ids []int) {
	x := k.reach()
	k.perform(&keyDeed{
		act: keyUndo, ids: k.closed(ids),
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			return x.update(ctx, id, func(r *keys.KeyRecord) error {
				r.Valid, r.Block.Revoked = true, keys.Revocation{}
				return nil
			})
		},
		after: func(r *keyReport) {
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
