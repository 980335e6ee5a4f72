package app

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyAct names something that can be done with key records.
type keyAct string

// The acts.
const (
	keyAdd        keyAct = "add"
	keyImportMany keyAct = "import"
	keyEdit       keyAct = "edit"
	keyRenew      keyAct = "renew"
	keyValidate   keyAct = "validate"
	keyInstall    keyAct = "install"
	keyReissue    keyAct = "reissue"
	keyRelease    keyAct = "release"
	keyRevoke     keyAct = "revoke"
	keyUndo       keyAct = "undo"
	keyAgree      keyAct = "agree"    // GLPI's is_valid is made to say what the record says
	keyTakeEnd    keyAct = "take-end" // the vendor's end becomes the record's
	keyPutBack    keyAct = "put-back" // GLPI gets the key again that it had before
	keyDiagnose   keyAct = "diagnose"
)

// keyWork is the presenter of all that is done with key records: the forms in
// place of the list, the acts under way and how they ended. It belongs to the
// window's goroutine.
type keyWork struct {
	work *workspace

	form  *keyForm  // in place of the list; nil: none
	draft *keyForm  // of a new key, kept while its page is closed
	table *keyTable // in place of the list; nil: none
	kept  *keyTable // kept while its page is closed

	acting  *keyDeed
	acted   int
	report  *keyReport
	answers map[int]*keyAnswer

	installed   keys.InstalledKey
	installedOf time.Time // when that was read, zero before
	waiting     []func(error)
}

// The slots of the background work.
const (
	slotKeyAct       = "key act"
	slotKeyForm      = "key form"
	slotKeyProducts  = "key products"
	slotKeyPlugins   = "key plugins"
	slotKeyFile      = "key file"
	slotKeyTable     = "key table"
	slotKeyInstalled = "key installed"
	slotKeyCheck     = "key check"
)

// keyTime is how long one act on one record may take. The client's own calls
// end sooner; somebody may have to unlock the keyring.
const keyTime = secretTime

func newKeyWork(work *workspace) *keyWork {
	return &keyWork{
		work:    work,
		answers: map[int]*keyAnswer{},
	}
}

// forget lets go of what belongs to another profile or entity. Drafts stay.
func (k *keyWork) forget() {
	k.work.tasks.Cancel(slotKeyInstalled)
	k.waiting = nil
	k.installed, k.installedOf, k.report = keys.InstalledKey{}, time.Time{}, nil
	clear(k.answers)
}

// record is the record with that id, nil when the list does not have it.
func (k *keyWork) record(id int) *keys.KeyRecord { return k.work.keys.record(id) }

// The right that guards licences in GLPI, and the one of its configuration.
const (
	rightLicense = "license"
	rightConfig  = "config"
)

// can reports whether an act makes sense for these records now. What only a
// missing right forbids can be begun: its dialog says so.
func (k *keyWork) can(act keyAct, ids ...int) bool {
	w := k.work
	if w.keys.readOnly() || k.acting != nil || k.form != nil || k.table != nil {
		return false
	}
	switch act {
	case keyAdd, keyImportMany:
		return w.facts.Can(rightLicense, keys.Create)
	case keyRevoke:
		return len(k.open(ids)) > 0
	case keyUndo:
		return len(k.closed(ids)) > 0
	}
	if len(ids) != 1 {
		return false
	}
	r := k.record(ids[0])
	if r == nil {
		return false
	}
	ours := r.Block.Vendor == keys.GLPINetwork
	switch act {
	case keyEdit:
		return r.Damage == nil
	case keyRenew:
		return r.Damage == nil && !r.Closed()
	case keyValidate:
		return ours && r.Block.Fingerprint != ""
	case keyInstall:
		return ours && !r.Closed() && r.Block.Fingerprint != ""
	case keyAgree:
		return r.Damage == nil && r.Valid == r.Closed()
	case keyTakeEnd:
		end := k.said(r).End
		return r.Damage == nil && !r.Closed() && !end.IsZero() && end != r.End
	case keyReissue, keyRelease, keyDiagnose:
		return true
	}
	return false
}

// open and closed are those of ids that are in use, and that were given up.
func (k *keyWork) open(ids []int) []int   { return k.where(ids, false) }
func (k *keyWork) closed(ids []int) []int { return k.where(ids, true) }

func (k *keyWork) where(ids []int, closed bool) []int {
	wanted := make(map[int]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	var out []int
	for _, r := range k.work.keys.list {
		if wanted[r.ID] && r.Closed() == closed {
			out = append(out, r.ID)
		}
	}
	return out
}

// keyReach is what work about keys in the background needs.
type keyReach struct {
	session Session
	texts   KeyTexts
	run     *connection.MemoryKeyTexts // texts until the program is closed
	prefs   *Preferences
	server  string // connection ID, whose texts are kept here
	facts   keys.Facts
	today   keys.Date
	via     keys.Via
	service string // of GLPI Network, "" for the usual one
	network func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) (keys.Subscription, error)
}

func (k *keyWork) reach() keyReach {
	w := k.work
	data := w.deps.Preferences.Get()
	via := w.connection.Via
	via.Pin = "" // that certificate is the server's
	via.Proxy = cmp.Or(via.Proxy, data.Proxy)
	return keyReach{
		session: w.session, texts: w.deps.KeyTexts, run: w.deps.RunTexts, prefs: w.deps.Preferences, server: w.connection.ID, facts: w.facts, today: w.today(),
		via: via, service: data.Network, network: w.deps.AskNetwork,
	}
}

// text is the text of a record's key where it is at hand, and the record. An
// empty text without an error is one that nobody keeps where this program can
// read it.
func (x keyReach) text(ctx context.Context, id int) (keys.KeyRecord, keys.KeyText, error) {
	r, err := x.session.KeyRecord(ctx, id)
	if err != nil || !r.Block.Text.Empty() {
		return r, r.Block.Text, err
	}
	text, err := x.own(ctx, r.Block.Fingerprint)
	return r, text, err
}

// update changes a record, and notes what would be forgotten by that: that it was
// a trial, and earlier steps of a re-issue. A repeat changes nothing that is done
// already, so a lost answer is answered by doing it once more.
func (x keyReach) update(ctx context.Context, id int, edit func(*keys.KeyRecord) error) (keys.KeyRecord, error) {
	named := func(r *keys.KeyRecord) error {
		if r.Block.Record == "" { // a licence made in GLPI
			r.Block.Record = newUUID()
		}
		before := r.Block
		r.Block.Steps = nil
		err := edit(r)
		done := r.Block.Steps
		r.Block.Steps = before.Steps
		if was := before.Reissue; was.State != "" && was.State != keys.ReissueInstalled && r.Block.Reissue != was {
			r.Block.Note(keys.Step{Date: was.Date, What: keys.StepKind(was.State)})
		}
		if before.Trial && !r.Block.Trial {
			r.Block.Note(x.step(keys.StepSubscribed))
		}
		for _, s := range done { // oldest first: what edit did comes last
			r.Block.Note(s)
		}
		return err
	}
	r, err := x.session.UpdateKeyRecord(ctx, id, named)
	if c := keys.CauseOf(err); ctx.Err() == nil && (c == keys.OutcomeUnknown || c == keys.TimedOut) {
		return x.session.UpdateKeyRecord(ctx, id, named)
	}
	return r, err
}

// step is what the person signed in does today.
func (x keyReach) step(what keys.StepKind) keys.Step {
	return keys.Step{Date: x.today, What: what, By: x.facts.User.Login}
}

// keyDeed is one act on one record or many.
type keyDeed struct {
	act keyAct
	ids []int
	// do acts on one; it gives the record as it is then.
	do func(ctx context.Context, id int) (keys.KeyRecord, error)
	// after is told what was done, on the window's goroutine; may be nil.
	after func(r *keyReport)
	stop  atomic.Bool
}

// keyReport is how an act ended.
type keyReport struct {
	deed   *keyDeed
	done   []int
	failed []int
	why    error  // of the first that failed
	text   string // says more about the success, may be empty
	at     time.Time
	closes int // the record that this one renewed and that may be closed now, 0 for none
	// previous is the key that GLPI had before and that may be put back, empty
	// for none.
	previous keys.KeyText
}

// undoable reports whether the act can be taken back at once.
func (r *keyReport) undoable() bool { return r.deed.act == keyRevoke && len(r.done) > 0 }

// perform runs an act in the background. There is one at a time.
func (k *keyWork) perform(d *keyDeed) {
	if k.acting != nil || len(d.ids) == 0 {
		return
	}
	k.acting, k.acted, k.report = d, 0, nil
	w := k.work
	type outcome struct {
		keyReport
		records []keys.KeyRecord
	}
	task.Run(w.tasks, slotKeyAct, func(ctx context.Context) (outcome, error) {
		o := outcome{keyReport: keyReport{deed: d}}
		for i, id := range d.ids {
			if d.stop.Load() {
				o.failed = append(o.failed, d.ids[i:]...)
				o.why = cmp.Or[error](o.why, &keys.Problem{Op: string(d.act), Cause: keys.Canceled})
				break
			}
			one, cancel := context.WithTimeout(ctx, keyTime)
			r, err := d.do(one, id)
			cancel()
			if r.ID != 0 {
				o.records = append(o.records, r)
			}
			if err != nil {
				if o.why == nil {
					o.why = err
				}
				if c := keys.CauseOf(err); d.act == keyRevoke && (outOfReach(c) || c == keys.SessionEnded) {
					o.failed = append(o.failed, d.ids[i:]...)
					break
				}
				o.failed = append(o.failed, id)
				continue
			}
			o.done = append(o.done, id)
			w.tasks.Do(ctx, func() {
				k.acted = i + 1
				w.onChange()
			})
		}
		return o, nil
	}, func(o outcome, _ error) {
		k.acting, k.report = nil, &o.keyReport
		k.report.at = w.deps.Now()
		if o.why != nil {
			w.deps.Log.Warn("an act on key records failed", "act", string(d.act), "done", len(o.done), "failed", len(o.failed), "error", o.why)
		}
		for _, r := range o.records {
			k.work.keys.changed(r)
		}
		if d.after != nil {
			d.after(k.report)
		}
		w.onChange()
	})
	w.onChange()
}

// stopAct leaves the rest of the act under way undone.
func (k *keyWork) stopAct() {
	if k.acting != nil {
		k.acting.stop.Store(true)
	}
}

// retry does the failed part of the last act again.
func (k *keyWork) retry() {
	if r := k.report; r != nil && len(r.failed) > 0 {
		d := r.deed
		k.perform(&keyDeed{act: d.act, ids: r.failed, do: d.do, after: d.after})
	}
}

// dismiss forgets how the last act ended.
func (k *keyWork) dismiss() {
	k.report = nil
	k.work.onChange()
}

// undoLast takes the last act back.
func (k *keyWork) undoLast() {
	if r := k.report; r != nil && r.undoable() {
		k.undo(slices.Clone(r.done))
	}
}

// openForm shows a form in place of the list: that of a new key as it was left.
func (k *keyWork) openForm(kind keyFormKind, of *keys.KeyRecord) {
	if k.form != nil {
		return
	}
	f := k.draft
	if kind != keyFormNew || f == nil {
		f = newKeyForm(k, kind, of)
	}
	if kind == keyFormNew {
		k.draft = f
	}
	k.form, k.report = f, nil
	f.onClose = func() {
		k.form = nil
		k.work.onChange()
	}
	f.onDone = func(r keys.KeyRecord, created bool) {
		k.form = nil
		if f == k.draft {
			k.draft = nil
		}
		if created {
			k.work.keys.arrived(r.ID)
		} else {
			k.work.keys.changed(r)
		}
		k.work.onChange()
	}
	k.work.onChange()
}

// openTable shows the import in place of the list, as it was left.
func (k *keyWork) openTable() *keyTable {
	if k.kept == nil {
		k.kept = newKeyTable(k)
	}
	clear(k.kept.entities) // the profile may be another by now
	k.table, k.report = k.kept, nil
	k.work.onChange()
	return k.table
}
