package app

import (
	"context"
	"time"

	"glpikeys/keys"
)

// GLPI and GLPI Network may say something else about a key than its record
// does. Nothing of it is taken over unasked.

// said is the last answer about a key of which this program knows: the one in
// its record, or GLPI's own view of the installed key when that is newer and
// tells an end.
func (k *keyWork) said(r *keys.KeyRecord) keys.Validation {
	s := &k.work.sub.answer
	ours := k.work.sub.failure == nil && s.Fingerprint != "" && s.Fingerprint == r.Block.Fingerprint
	if ours && !s.End.IsZero() && s.Checked.After(r.Block.Validated.Time) {
		return validationOf(s, keys.AskedByGLPI)
	}
	return r.Block.Validated
}

// validationOf is an answer as a record keeps it.
func validationOf(s *keys.Subscription, from string) keys.Validation {
	return keys.Validation{
		Time: s.Checked.Truncate(time.Second), Verdict: s.Verdict, Message: s.Message, From: from, End: s.End,
	}
}

// withSaid is r as it would be with the last answer in it.
func (k *keyWork) withSaid(r *keys.KeyRecord) *keys.KeyRecord {
	known := *r
	known.Block.Validated = k.said(r)
	return &known
}

// takeEnd makes the end that the vendor told the record's own.
func (k *keyWork) takeEnd(id int) {
	if !k.can(keyTakeEnd, id) {
		return
	}
	said := k.said(k.record(id))
	k.settle(keyTakeEnd, id, func(r *keys.KeyRecord) {
		r.End = said.End
		if said.Time.After(r.Block.Validated.Time) {
			r.Block.Validated = said
		}
	})
}

// agree makes GLPI's is_valid say whether the key was given up.
func (k *keyWork) agree(id int) {
	if k.can(keyAgree, id) {
		k.settle(keyAgree, id, func(r *keys.KeyRecord) { r.Valid = !r.Closed() })
	}
}

func (k *keyWork) settle(act keyAct, id int, edit func(*keys.KeyRecord)) {
	x := k.reach()
	k.perform(&keyDeed{
		act: act, ids: []int{id},
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			return x.update(ctx, id, func(r *keys.KeyRecord) error {
				edit(r)
				return nil
			})
		},
	})
}
