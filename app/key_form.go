package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyFormKind is what a form of a key is for.
type keyFormKind uint8

// The kinds.
const (
	keyFormNew keyFormKind = iota
	keyFormEdit
	keyFormRenew // a new key or a later end for a record there is
)

// keyForm is the presenter of the form of a key record. It keeps what was
// typed when a call fails; that of a new key also when it is closed. All of it
// belongs to the window's goroutine.
//
// A new record has one uuid until GLPI has it, so that creating it again after
// a lost answer never makes a second one.
type keyForm struct {
	form
	k    *keyWork
	kind keyFormKind
	of   keys.KeyRecord // that is edited or renewed

	uuid  string
	draft keyDraft
	first keyDraft

	repairs []keys.Repair // what was done to the text to find the key
	breaks  int           // line breaks within the key that were taken out
	shape   keys.Shape
	guessed bool // that GLPI Network checks the key: by its shape alone
	placed  bool // where the text is kept was chosen by the form, when there was one

	products   []keys.Product // that match what was typed as product
	productsOf string         // what they were read for
	plugins    []keys.InstalledPlugin

	typeAgreed bool // GLPI may get the licence type that it lacks
	closeNow   bool // renewal: close the old record at once, not after the check
	from       keys.RenewalStart
	months     int // of the renewed period, 0: the end was typed

	onDone func(r keys.KeyRecord, created bool)
	onType func() // asks whether the licence type may be made
}

// newKeyForm makes a form; of is nil for a new record.
func newKeyForm(k *keyWork, kind keyFormKind, of *keys.KeyRecord) *keyForm {
	f := &keyForm{
		form: newForm(k.work, slotKeyForm, keyFields), k: k, kind: kind, uuid: newUUID(),
		from: keys.FromTodayIfEnded, months: 12,
		onDone: func(keys.KeyRecord, bool) {}, onType: func() {},
	}
	if of != nil {
		f.of = *of
	}
	f.draft = f.start()
	f.first = f.draft
	if kind == keyFormRenew {
		f.reckon()
		f.first.begin, f.first.end = f.draft.begin, f.draft.end
	}
	f.loses = func() bool { return f.kind != keyFormNew && f.draft != f.first } // a new key's is kept
	f.readPlugins()
	return f
}

// creates reports whether a new record is made: a renewal without a new key
// only moves the end of the one there is.
func (f *keyForm) creates() bool {
	return f.kind == keyFormNew || f.kind == keyFormRenew && f.draft.key != ""
}

func (f *keyForm) now() time.Time { return f.work.deps.Now() }

// edit changes the draft and takes back what was said about a field.
func (f *keyForm) edit(field string, change func(*keyDraft)) {
	f.form.edit(field, func() { change(&f.draft) })
}

// submit checks the form, and asks GLPI. After a lost answer it asks with the
// same uuid, which tells what became of it.
func (f *keyForm) submit() {
	f.form.submit(func() map[string]string {
		f.settleKey()
		return f.check()
	}, f.send)
}

func (f *keyForm) send() {
	w, x := f.work, f.k.reach()
	record, draft, before, kind := f.record(), f.draft, f.first, f.kind
	creates, agreed, of, closeNow := f.creates(), f.typeAgreed, f.of, f.closeNow
	closedByHand := creates && kind == keyFormRenew && !closeNow && !record.Block.ClosesParent
	today := w.today()
	if kind == keyFormRenew && !creates { // the same key goes on
		before = f.written()
		draft.begin, draft.kept, draft.number = before.begin, before.kept, cmp.Or(draft.number, before.number)
	}
	sent := keyForm{form: form{work: w}, kind: kind, of: of, draft: draft} // this one may go on
	task.Run(w.tasks, slotKeyForm, func(ctx context.Context) ([]keys.KeyRecord, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		if creates {
			made, err := x.create(ctx, record, keys.NewKeyText(draft.key), agreed)
			if err != nil || kind != keyFormRenew || !closeNow {
				return []keys.KeyRecord{made}, err
			}
			old, err := x.update(ctx, of.ID, func(r *keys.KeyRecord) error {
				r.Valid = false
				r.Block.Revoked = keys.Revocation{Date: today, Why: keys.DepartureRenewed}
				return nil
			})
			return []keys.KeyRecord{made, old}, err
		}
		r, err := x.change(ctx, of, before.kept, draft, func(r *keys.KeyRecord) { sent.apply(r, before) })
		return []keys.KeyRecord{r}, err
	}, func(done []keys.KeyRecord, err error) {
		if errors.Is(err, errNeedsType) {
			f.onChange()
			f.onType()
			return
		}
		if len(done) > 1 && done[0].ID != 0 && err != nil { // the new one is there, the old one still open
			w.deps.Log.Warn("the renewed key was not closed", "error", err)
			f.k.report = &keyReport{
				deed: &keyDeed{act: keyRenew}, done: []int{done[0].ID}, failed: []int{of.ID}, why: err, at: w.deps.Now(), closes: of.ID,
			}
			err = nil
			done = done[:1]
		}
		if err != nil {
			w.deps.Log.Warn("key record not written", "error", err)
			f.fail(err)
			f.onChange()
			return
		}
		if closedByHand { // nobody validates such keys
			f.k.report = &keyReport{deed: &keyDeed{act: keyRenew}, done: []int{done[0].ID}, at: w.deps.Now(), closes: of.ID}
		}
		f.unknown, f.first = false, f.draft
		for _, r := range done[1:] {
			f.work.keys.changed(r)
		}
		f.onDone(done[0], creates)
	})
}

// agreeType goes on after somebody agreed to a new licence type, or not.
func (f *keyForm) agreeType(yes bool) {
	f.typeAgreed = yes
	if yes {
		f.submit()
	}
	f.onChange()
}

// fail says what went wrong. Records are read back after they were written, so
// a read that timed out leaves it open, too, whether they were.
func (f *keyForm) fail(err error) {
	f.form.fail(err, func(p *keys.Problem) string {
		return keepFault(p)
	})
	f.unknown = f.unknown || keys.CauseOf(err) == keys.TimedOut
}

// title is what the page is called.
func (f *keyForm) title() string {
	switch f.kind {
	case keyFormEdit:
		return t("keywork.form.edit", map[string]any{"Name": f.of.Name})
	case keyFormRenew:
		return t("keywork.form.renew", map[string]any{"Name": f.of.Name})
	default:
		return t("keywork.form.new")
	}
}

// sendText is what the button that sends the form off is called.
func (f *keyForm) sendText() string {
	switch {
	case f.kind == keyFormNew:
		return t("keywork.form.add")
	case f.kind == keyFormRenew && f.creates():
		return t("keywork.form.renew_key")
	case f.kind == keyFormRenew:
		return t("keywork.form.renew_end")
	default:
		return t("keywork.form.save")
	}
}
