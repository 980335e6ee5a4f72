package connection

import (
	"time"

	"glpikeys/keys"
)

// SeenKey is what is kept of a key record for when its server cannot be
// reached. It names each field that may lie on the disk, so that one that is
// new in keys.KeyRecord does not get there by itself: neither the text of the
// key, nor GLPI's serial and comment with the notes in it, nor whom to ask
// under which number.
type SeenKey struct {
	ID       int       `json:"id"`
	Name     string    `json:"name,omitempty"`
	Product  string    `json:"product,omitempty"`
	Entity   string    `json:"entity,omitempty"` // full path
	End      keys.Date `json:"end,omitzero"`
	Valid    bool      `json:"valid,omitempty"`
	Supplier string    `json:"supplier,omitempty"`
	Parent   int       `json:"parent,omitempty"`

	Damage      keys.DamageKind `json:"damage,omitempty"` // "" for a sound block
	Fingerprint string          `json:"fingerprint,omitempty"`
	BoundTo     string          `json:"bound_to,omitempty"`
	Scope       keys.Scope      `json:"scope,omitempty"`
	Vendor      string          `json:"vendor,omitempty"`
	Plugin      string          `json:"plugin,omitempty"`
	Kept        keys.Place      `json:"kept,omitempty"`
	Begin       keys.Date       `json:"begin,omitzero"`
	Trial       bool            `json:"trial,omitempty"`
	AutoRenews  bool            `json:"auto_renews,omitempty"`
	Reminders   []int           `json:"reminders,omitempty"`
	Validated   SeenVerdict     `json:"validated,omitzero"`
	Revoked     keys.Revocation `json:"revoked,omitzero"`
	Steps       []keys.Step     `json:"steps,omitempty"`
}

// SeenVerdict is the last answer about a key, without the vendor's own words.
type SeenVerdict struct {
	Time    time.Time    `json:"time,omitzero"`
	Verdict keys.Verdict `json:"verdict,omitempty"`
	From    string       `json:"from,omitempty"` // as in keys.Validation
	End     keys.Date    `json:"end,omitzero"`
}

// WithKeys is s with the key records that were read at that time.
func (s Seen) WithKeys(at time.Time, records []keys.KeyRecord) Seen {
	s.KeysTime, s.Keys = at, make([]SeenKey, len(records))
	for i := range records {
		s.Keys[i] = seenKey(&records[i])
	}
	return s
}

// KeyRecords are the records that WithKeys was given, as far as they were kept.
func (s Seen) KeyRecords() []keys.KeyRecord {
	records := make([]keys.KeyRecord, len(s.Keys))
	for i := range s.Keys {
		records[i] = s.Keys[i].record()
	}
	return records
}

func seenKey(r *keys.KeyRecord) SeenKey {
	b := &r.Block
	k := SeenKey{
		ID: r.ID, Name: r.Name, Product: r.Product.Name, Entity: r.Entity.Path, End: r.End, Valid: r.Valid,
		Supplier: r.Supplier, Parent: r.Parent,
		Fingerprint: b.Fingerprint, BoundTo: b.BoundTo, Scope: b.Scope, Vendor: b.Vendor, Plugin: b.Plugin,
		Kept: b.Kept, Begin: b.Begin, Trial: b.Trial, AutoRenews: b.AutoRenews, Reminders: b.Reminders,
		Validated: SeenVerdict{b.Validated.Time, b.Validated.Verdict, b.Validated.From, b.Validated.End}, Revoked: b.Revoked, Steps: b.Steps,
	}
	switch {
	case r.Damage == nil:
	case r.Damage.Kind == keys.DamageHeader: // its name could be any text of the comment
		k.Damage = keys.DamageForm
	default:
		k.Damage = r.Damage.Kind
	}
	return k
}

func (k *SeenKey) record() keys.KeyRecord {
	r := keys.KeyRecord{
		ID: k.ID, Name: k.Name, Product: keys.Product{Name: k.Product}, Entity: keys.Entity{Path: k.Entity},
		End: k.End, Valid: k.Valid, Supplier: k.Supplier, Parent: k.Parent,
		Block: keys.Block{
			Fingerprint: k.Fingerprint, BoundTo: k.BoundTo, Scope: k.Scope, Vendor: k.Vendor, Plugin: k.Plugin,
			Kept: k.Kept, Begin: k.Begin, Trial: k.Trial, AutoRenews: k.AutoRenews, Reminders: k.Reminders,
			Validated: keys.Validation{
				Time: k.Validated.Time, Verdict: k.Validated.Verdict, From: k.Validated.From, End: k.Validated.End,
			},
			Revoked: k.Revoked, Steps: k.Steps,
		},
	}
	if k.Damage != "" {
		r.Damage = &keys.Damage{Kind: k.Damage}
	}
	return r
}
