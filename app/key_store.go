package app

import (
	"context"
	"errors"

	"glpikeys/keys"
)

// errNeedsType: somebody is asked first.
var errNeedsType = errors.New("no licence type for keys yet")

// create makes the record and keeps its text. The text comes first: a record
// without its text would have lost it.
func (x keyReach) create(ctx context.Context, record keys.KeyRecord, text keys.KeyText, agreed bool) (keys.KeyRecord, error) {
	has, err := x.session.HasKeyType(ctx)
	if err != nil {
		return keys.KeyRecord{}, err
	}
	if !has && !agreed {
		return keys.KeyRecord{}, errNeedsType
	}
	if !has {
		if err := x.session.AddKeyType(ctx); err != nil {
			return keys.KeyRecord{}, err
		}
	}
	place, print := record.Block.Kept, record.Block.Fingerprint
	fresh, err := x.keep(ctx, place, text)
	if err != nil {
		return keys.KeyRecord{}, atField(err, keys.KeyFieldKept)
	}
	record.Block.Kept = recorded(place)
	id, err := x.session.CreateKeyRecord(ctx, record)
	if err != nil {
		if c := keys.CauseOf(err); fresh && (refuses(c) || c == keys.NoRight) {
			x.drop(place, print) // GLPI has no record of it
		}
		return keys.KeyRecord{}, err
	}
	record.ID = id
	x.stands(place, text)
	return record, nil
}

// change edits a record and moves its text from where it is kept to where the
// draft says. No text is removed before it stands in its new place, and that of
// an earlier key stays until the new one is found good.
func (x keyReach) change(ctx context.Context, of keys.KeyRecord, from keys.Place, d keyDraft, apply func(*keys.KeyRecord)) (keys.KeyRecord, error) {
	text := keys.NewKeyText(d.key)
	moved := d.kept != from && of.Block.Fingerprint != "" && text.Empty()
	if moved && d.kept != keys.PlaceNowhere {
		var err error
		if _, text, err = x.text(ctx, of.ID); err != nil {
			return keys.KeyRecord{}, err
		}
		if text.Empty() {
			return keys.KeyRecord{}, &keys.Problem{Op: "move key text", Cause: keys.KeyMismatch, Field: keys.KeyFieldKept}
		}
	}
	fresh, err := x.keep(ctx, d.kept, text)
	if err != nil {
		return keys.KeyRecord{}, atField(err, keys.KeyFieldKept)
	}
	earlier, err := x.saveEarlier(ctx, of, from, text)
	if err != nil {
		return keys.KeyRecord{}, err
	}
	r, err := x.update(ctx, of.ID, func(r *keys.KeyRecord) error {
		apply(r)
		r.Block.Kept = recorded(r.Block.Kept)
		if d.kept == keys.PlaceGLPI && !text.Empty() {
			r.Block.Text = text
		}
		return nil
	})
	switch c := keys.CauseOf(err); {
	case err == nil:
		if moved {
			x.drop(from, of.Block.Fingerprint)
		}
		x.stands(d.kept, text)
	case refuses(c) || c == keys.NoRight: // the record has its earlier key
		if fresh {
			x.drop(d.kept, keys.Fingerprint(text.Reveal()))
		}
		x.unsaveEarlier(earlier)
	}
	return r, err
}

// recorded is what a record says of a place.
func recorded(place keys.Place) keys.Place {
	if place == placeRun {
		return keys.PlaceNowhere
	}
	return place
}

// keep keeps a text on this computer or until the program is closed, where that
// is its place. fresh is true when it was not on this computer before.
func (x keyReach) keep(ctx context.Context, place keys.Place, text keys.KeyText) (fresh bool, err error) {
	if text.Empty() || place != keys.PlaceComputer && place != placeRun {
		return false, nil
	}
	texts, ok := x.at(place)
	if !ok {
		return false, &keys.Problem{Op: "keep key text", Cause: keys.KeyringAbsent}
	}
	print := keys.Fingerprint(text.Reveal())
	own, unread := x.own(ctx, print)
	fresh = unread == nil && own.Empty()
	err = texts.Save(ctx, x.server, print, text)
	if fresh && keys.CauseOf(err) == keys.KeyTextUnsaved {
		x.drop(place, print) // nobody chose to keep it for a while only
	}
	return fresh, err
}

// drop forgets a text that was kept in a place of this computer.
func (x keyReach) drop(place keys.Place, fingerprint string) {
	if texts, ok := x.at(place); ok {
		_ = texts.Delete(x.server, fingerprint)
	}
}

// own is the copy on this computer, empty when there is none.
func (x keyReach) own(ctx context.Context, fingerprint string) (keys.KeyText, error) {
	for _, place := range []keys.Place{placeRun, keys.PlaceComputer} {
		texts, ok := x.at(place)
		if !ok || fingerprint == "" {
			continue
		}
		if text, found, err := texts.Load(ctx, x.server, fingerprint); found || err != nil {
			return text, err
		}
	}
	return keys.KeyText{}, nil
}

// at is what keeps texts in a place of this computer, false for none.
func (x keyReach) at(place keys.Place) (KeyTexts, bool) {
	switch {
	case place == placeRun && x.run != nil:
		return x.run, true
	case place == keys.PlaceComputer && x.texts != nil:
		return x.texts, true
	default:
		return nil, false
	}
}

// atField says at which field a problem belongs.
func atField(err error, field string) error {
	var p *keys.Problem
	if !errors.As(err, &p) {
		return err
	}
	return &keys.Problem{Op: p.Op, Cause: p.Cause, Detail: p.Detail, Field: field, Err: err}
}

// keepFault says why a text is not kept, and what to try.
func keepFault(err error) string {
	why := err
	for p := (*keys.Problem)(nil); errors.As(why, &p) && p.Cause == keys.KeyTextUnsaved && p.Err != nil; {
		why = p.Err
	}
	switch keys.CauseOf(why) {
	case keys.KeyringAbsent, keys.KeyringFailed, keys.KeyringTimedOut:
		return t("keywork.error.unsaved")
	}
	if keys.CauseOf(err) == keys.KeyTextUnsaved {
		return sentence(why) + " " + t("keywork.error.unsaved_place")
	}
	return sentence(err)
}
