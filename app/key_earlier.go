package app

import (
	"context"
	"slices"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// slotKeyEarlier is of the work that forgets the texts of earlier keys, one for
// each record.
const slotKeyEarlier = "key earlier "

// earlierStays reports whether the text of a record's key, kept there, stays on
// this computer when another key takes its place.
func earlierStays(r *keys.KeyRecord, kept keys.Place) bool {
	return kept == keys.PlaceComputer || kept == placeRun || kept == keys.PlaceGLPI && r.Block.Vendor == keys.GLPINetwork
}

// earlierText is the text of a key that another one replaces in its record.
type earlierText struct {
	print string     // "" for none
	place keys.Place // where a copy was made, "" for none
}

// saveEarlier sees to it that the text of a record's key stays when next takes
// its place. One that stands in GLPI, and may be of the installed key, comes to
// this computer; without a keyring until the program is closed.
func (x keyReach) saveEarlier(ctx context.Context, of keys.KeyRecord, from keys.Place, next keys.KeyText) (e earlierText, err error) {
	print := keys.Fingerprint(next.Reveal())
	if next.Empty() || !earlierStays(&of, from) || of.Block.Fingerprint == "" || of.Block.Fingerprint == print {
		return e, nil
	}
	e.print = of.Block.Fingerprint
	if from == keys.PlaceGLPI {
		now, err := x.session.KeyRecord(ctx, of.ID)
		if err != nil {
			return earlierText{}, err
		}
		text := now.Block.Text
		if e.print = keys.Fingerprint(text.Reveal()); text.Empty() || e.print == print { // replaced already
			return earlierText{}, nil
		}
		for _, place := range []keys.Place{keys.PlaceComputer, placeRun} {
			fresh, err := x.keep(ctx, place, text)
			if err == nil && fresh {
				e.place = place
			}
			if err == nil {
				break
			}
		}
	}
	x.updateEarlier([]string{e.print}, EarlierKey{Connection: x.server, Fingerprint: e.print, Record: of.Block.Record})
	return e, nil
}

// unsaveEarlier takes saveEarlier back: the record still has that key.
func (x keyReach) unsaveEarlier(e earlierText) {
	if e.print != "" {
		x.drop(e.place, e.print)
		x.updateEarlier([]string{e.print})
	}
}

// stands tells that a record has that key now, and keeps its text in place: the
// key is no earlier one any more, and no other copy stays of when it was.
func (x keyReach) stands(place keys.Place, text keys.KeyText) {
	print := keys.Fingerprint(text.Reveal())
	if text.Empty() || !x.prefs.isEarlier(x.server, print) {
		return
	}
	for _, other := range []keys.Place{placeRun, keys.PlaceComputer} {
		if other != place {
			x.drop(other, print)
		}
	}
	x.updateEarlier([]string{print})
}

// forgetEarlier drops the texts of the keys that a record had before the one
// that it has now. Those that another record stands for stay.
func (k *keyWork) forgetEarlier(of *keys.KeyRecord) {
	w, x := k.work, k.reach()
	var prints, gone []string
	for _, e := range x.prefs.Get().Earlier {
		if e.Connection != x.server || e.Record != of.Block.Record {
			continue
		}
		prints = append(prints, e.Fingerprint)
		if recordWith(w.keys.list, e.Fingerprint) == nil {
			gone = append(gone, e.Fingerprint)
		}
	}
	if len(prints) == 0 {
		return
	}
	task.Run(w.tasks, slotKeyEarlier+of.Block.Record, func(context.Context) (struct{}, error) {
		for _, place := range []keys.Place{placeRun, keys.PlaceComputer} {
			texts, ok := x.at(place)
			if !ok {
				continue
			}
			for _, print := range gone {
				if err := texts.Delete(x.server, print); err != nil {
					return struct{}{}, err // the next check tries again
				}
			}
		}
		x.updateEarlier(prints)
		return struct{}{}, nil
	}, func(_ struct{}, err error) {
		if err != nil {
			w.deps.Log.Warn("the text of an earlier key could not be removed", "error", err)
		}
	})
}

// updateEarlier takes keys off the list of earlier ones, and adds others. Where
// that cannot be saved, texts stay longer than they have to.
func (x keyReach) updateEarlier(off []string, add ...EarlierKey) {
	_ = x.prefs.Update(func(d *PreferencesData) {
		d.Earlier = slices.DeleteFunc(d.Earlier, func(e EarlierKey) bool {
			return e.Connection == x.server && slices.Contains(off, e.Fingerprint)
		})
		d.Earlier = append(d.Earlier, add...)
	})
}

// isEarlier reports whether a text is kept of a key that another one replaced.
func (p *Preferences) isEarlier(connection, fingerprint string) bool {
	return slices.ContainsFunc(p.Get().Earlier, func(e EarlierKey) bool {
		return e.Connection == connection && e.Fingerprint == fingerprint
	})
}

// earlierNote says how long the text of the key stays that another one is
// typed for, "" where it does not. Only keys that GLPI Network checks are ever
// found good.
func (f *keyForm) earlierNote() string {
	was := f.was()
	if !earlierStays(&f.of, was) {
		return ""
	}
	note := t("keywork.kept.earlier_removed")
	switch {
	case was == placeRun:
		note = t("keywork.kept.earlier_closed")
	case f.draft.network:
		note = t("keywork.kept.earlier")
	}
	if was == keys.PlaceGLPI {
		note += " " + t("keywork.kept.earlier_keyring")
	}
	return note
}
