package app

import (
	"cmp"
	"fmt"
	"strings"

	"glpikeys/keys"
)

// keyDraft is a record as it is typed.
type keyDraft struct {
	text string // as pasted or repaired
	key  string // the key in it

	name, product string
	productID     int
	entity        keys.Entity
	below         bool
	begin, end    typedDay
	scope         keys.Scope
	plugin        string
	boundTo       string
	instance      string
	network       bool // GLPI Network checks it
	owner         string
	supplier      string
	contact       string
	contactNum    string
	number        string
	notes         string
	reminders     string
	renews, trial bool
	kept          keys.Place
}

// start is what the form shows at first.
func (f *keyForm) start() keyDraft {
	facts := &f.work.facts
	if f.kind == keyFormNew {
		return keyDraft{
			entity: facts.Entity, scope: keys.ScopeInstance, kept: f.work.usualPlace(),
			boundTo: cmp.Or(facts.URLBase, facts.Web()), instance: facts.NetworkID,
			begin: writtenDay(f.work.today()),
		}
	}
	d := f.written()
	if f.kind == keyFormRenew {
		d.number, d.trial = "", false
		if d.kept == keys.PlaceNowhere && f.work.deps.KeyTexts != nil {
			d.kept = keys.PlaceComputer
		}
	}
	return d
}

// written is the record there is, as if it had been typed.
func (f *keyForm) written() keyDraft {
	r, b := &f.of, &f.of.Block
	return keyDraft{
		name: r.Name, product: r.Product.Name, productID: r.Product.ID, entity: r.Entity, below: r.Below,
		begin: writtenDay(b.Begin), end: writtenDay(r.End),
		scope: b.Scope, plugin: b.Plugin, boundTo: b.BoundTo, instance: b.Instance, network: b.Vendor == keys.GLPINetwork,
		owner: b.Owner, supplier: r.Supplier, contact: r.Contact, contactNum: r.ContactNum, number: r.Number,
		notes: r.Notes, reminders: keys.WriteReminders(b.Reminders), renews: b.AutoRenews, trial: b.Trial,
		kept: f.was(),
	}
}

// hasKey reports whether there is a key text to be kept somewhere.
func (f *keyForm) hasKey() bool {
	return f.draft.key != "" || f.kind != keyFormNew && f.of.Block.Fingerprint != "" && f.was() != keys.PlaceNowhere
}

// was is where the text of the record there is is kept.
func (f *keyForm) was() keys.Place { return cmp.Or(f.work.placeOf(&f.of), keys.PlaceNowhere) }

// record is the draft as GLPI takes it.
func (f *keyForm) record() keys.KeyRecord {
	r := keys.KeyRecord{Valid: true}
	if f.kind != keyFormNew {
		r = f.of
	}
	if f.creates() {
		r.ID, r.Parent, r.Damage, r.Valid = 0, 0, nil, true
		r.Block = keys.Block{Record: f.uuid}
		if f.kind == keyFormRenew {
			r.Parent, r.Block.ClosesParent = f.of.ID, !f.closeNow && f.draft.network
		}
	}
	f.apply(&r, keyDraft{})
	return r
}

// apply writes into r what differs from before; the zero draft writes all.
func (f *keyForm) apply(r *keys.KeyRecord, before keyDraft) {
	d, b := &f.draft, &r.Block
	all := before == keyDraft{}
	put := func(to *string, now, was string) {
		if all || now != was {
			*to = cleanLine(now)
		}
	}
	product := cleanLine(d.product)
	put(&r.Name, cmp.Or(cleanLine(d.name), product), cmp.Or(cleanLine(before.name), cleanLine(before.product)))
	if all || d.product != before.product || d.productID != before.productID {
		r.Product = keys.Product{ID: d.productID, Name: product}
	}
	if all || d.entity != before.entity || d.below != before.below {
		r.Entity, r.Below = d.entity, d.below
	}
	if all || d.end.day != before.end.day {
		r.End = d.end.day
	}
	if all || d.begin.day != before.begin.day {
		b.Begin = d.begin.day
	}
	put(&r.Supplier, d.supplier, before.supplier)
	put(&r.Contact, d.contact, before.contact)
	put(&r.ContactNum, d.contactNum, before.contactNum)
	put(&r.Number, d.number, before.number)
	put(&b.BoundTo, d.boundTo, before.boundTo)
	put(&b.Instance, d.instance, before.instance)
	put(&b.Owner, d.owner, before.owner)
	if all || d.scope != before.scope || d.plugin != before.plugin {
		b.Scope, b.Plugin = d.scope, cleanLine(d.plugin)
		if d.scope == keys.ScopeInstance {
			b.Plugin = ""
		}
	}
	if all || d.notes != before.notes {
		r.Notes = strings.TrimSpace(d.notes)
	}
	if all || d.reminders != before.reminders {
		b.Reminders, _ = keys.ParseReminders(d.reminders)
	}
	if all || d.network != before.network || d.supplier != before.supplier && !d.network {
		b.Vendor = cleanLine(d.supplier)
		if d.network {
			b.Vendor = keys.GLPINetwork
		}
	}
	if all || d.renews != before.renews || d.trial != before.trial {
		b.AutoRenews, b.Trial = d.renews, d.trial
	}
	if d.key != "" {
		if fp := keys.Fingerprint(d.key); fp != b.Fingerprint {
			b.Fingerprint, b.Validated = fp, keys.Validation{}
			if f.kind == keyFormEdit && b.Reissue.State == keys.ReissueRequested {
				f.receive(r, before)
			}
		}
	}
	if all || d.kept != before.kept || d.key != "" {
		b.Kept, b.Text = d.kept, keys.KeyText{}
		if d.kept == keys.PlaceGLPI {
			b.Text = keys.NewKeyText(d.key)
		}
	}
	if b.Fingerprint == "" {
		b.Kept = keys.PlaceNowhere
	}
}

// receive takes the key that a vendor was asked for: it is bound to where it was
// asked for, unless that was typed.
func (f *keyForm) receive(r *keys.KeyRecord, before keyDraft) {
	b := &r.Block
	b.Reissue.State, b.Reissue.Date = keys.ReissueReceived, f.work.today()
	if f.draft.boundTo == before.boundTo && b.Reissue.Address != "" {
		b.BoundTo = b.Reissue.Address
	}
	if f.draft.instance == before.instance && b.Reissue.Instance != "" {
		b.Instance = b.Reissue.Instance
	}
}

// String keeps what was typed, a key perhaps, out of logs.
func (d keyDraft) String() string { return fmt.Sprintf("draft of %q", d.name) }

// GoString is String.
func (d keyDraft) GoString() string { return d.String() }
