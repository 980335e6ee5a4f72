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
	here := record.Block.Kept == keys.PlaceComputer && !text.Empty()
	fresh := false
	if here {
		own, err := x.own(ctx, record.Block.Fingerprint)
		fresh = err == nil && own.Empty()
		if err := x.keep(ctx, text); err != nil {
			return keys.KeyRecord{}, atField(err, keys.KeyFieldKept)
		}
	}
	id, err := x.session.CreateKeyRecord(ctx, record)
	if err != nil {
		if c := keys.CauseOf(err); fresh && (c == keys.Refused || c == keys.NoRight || c == keys.TooLong || c == keys.BadDate) {
			_ = x.texts.Delete(x.server, record.Block.Fingerprint) // GLPI has no record of it
		}
		return keys.KeyRecord{}, err
	}
	record.ID = id
	return record, nil
}

// change edits a record and moves its text where it is to be kept. No text is
// removed before it stands in its new place.
func (x keyReach) change(ctx context.Context, of keys.KeyRecord, d keyDraft, apply func(*keys.KeyRecord)) (keys.KeyRecord, error) {
	text := keys.NewKeyText(d.key)
	moved := d.kept != of.Block.Kept && of.Block.Fingerprint != ""
	if text.Empty() && moved && d.kept != keys.PlaceNowhere {
		var err error
		if _, text, err = x.text(ctx, of.ID); err != nil {
			return keys.KeyRecord{}, err
		}
		if text.Empty() {
			return keys.KeyRecord{}, &keys.Problem{Op: "move key text", Cause: keys.KeyMismatch, Field: keys.KeyFieldKept}
		}
	}
	if d.kept == keys.PlaceComputer && !text.Empty() {
		if err := x.keep(ctx, text); err != nil {
			return keys.KeyRecord{}, atField(err, keys.KeyFieldKept)
		}
	}
	r, err := x.update(ctx, of.ID, func(r *keys.KeyRecord) error {
		apply(r)
		if d.kept == keys.PlaceGLPI && !text.Empty() {
			r.Block.Text = text
		}
		return nil
	})
	if err == nil && moved && of.Block.Kept == keys.PlaceComputer && x.texts != nil {
		_ = x.texts.Delete(x.server, of.Block.Fingerprint)
	}
	return r, err
}

// atField says at which field a problem belongs.
func atField(err error, field string) error {
	var p *keys.Problem
	if !errors.As(err, &p) {
		return err
	}
	return &keys.Problem{Op: p.Op, Cause: p.Cause, Detail: p.Detail, Field: field, Err: err}
}
