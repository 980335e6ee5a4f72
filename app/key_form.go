package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"glpikeys/app/internal/moment"
	"glpikeys/app/internal/rowtable"
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
// typed when a call fails. All of it belongs to the window's goroutine.
//
// A new record has one uuid until GLPI has it, so that creating it again after
// a lost answer never makes a second one.
type keyForm struct {
	k    *keyWork
	kind keyFormKind
	of   keys.KeyRecord // that is edited or renewed

	uuid  string
	draft keyDraft
	first keyDraft

	repairs []keys.Repair // what was done to the text to find the key
	breaks  int           // line breaks and spaces that were taken out
	shape   keys.Shape

	products   []keys.Product // that match what was typed as product
	productsOf string         // what they were read for
	plugins    []keys.InstalledPlugin

	problems   map[string]string // by field, as keys.Problem.Field names them
	failure    error
	unknown    bool // nobody knows whether GLPI has it
	needsType  bool // GLPI has to get the licence type first: somebody is asked
	typeAgreed bool
	closeNow   bool // renewal: close the old record at once, not after the check
	from       keys.RenewalStart
	months     int // of the renewed period, 0: the end was typed
	focus      string

	onChange func()
	onDone   func(r keys.KeyRecord, created bool)
	onClose  func()
	onType   func() // asks whether the licence type may be made
}

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

// typedDay is a day as it was typed, and what it was read as then.
type typedDay struct {
	text string
	day  keys.Date
	err  error
}

// readDay reads a day; now is the person's clock.
func readDay(text string, now time.Time) typedDay {
	d := typedDay{text: text}
	if strings.TrimSpace(text) == "" {
		return d
	}
	m, err := moment.Reader{Words: momentWords(), Now: now, Default: moment.DayStart}.Read(text)
	if d.err = err; err == nil {
		d.day = keys.DateOf(m.Time)
	}
	return d
}

// writtenDay is a day as if it had been typed.
func writtenDay(day keys.Date) typedDay {
	if day.IsZero() {
		return typedDay{}
	}
	return typedDay{text: dayText(day), day: day}
}

const (
	productsRest = 250 * time.Millisecond // so long nobody types before products are looked for
	mostProducts = 5                      // proposed at once
	lastKeyYear  = 9999
)

// newKeyForm makes a form; of is nil for a new record.
func newKeyForm(k *keyWork, kind keyFormKind, of *keys.KeyRecord) *keyForm {
	f := &keyForm{
		k: k, kind: kind, uuid: newUUID(), problems: map[string]string{}, focus: keys.KeyFieldValue,
		from: keys.FromTodayIfEnded, months: 12,
		onChange: func() {}, onDone: func(keys.KeyRecord, bool) {}, onClose: func() {}, onType: func() {},
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
	f.readPlugins()
	return f
}

// start is what the form shows at first.
func (f *keyForm) start() keyDraft {
	facts := &f.k.work.facts
	if f.kind == keyFormNew {
		kept := keys.PlaceComputer
		if f.k.work.deps.KeyTexts == nil {
			kept = keys.PlaceGLPI
		}
		return keyDraft{
			entity: facts.Entity, scope: keys.ScopeInstance, kept: kept,
			boundTo: cmp.Or(facts.URLBase, facts.Web()), instance: facts.NetworkID,
			begin: writtenDay(f.k.work.today()),
		}
	}
	d := f.written()
	if f.kind == keyFormRenew {
		d.number, d.trial = "", false
		if d.kept == keys.PlaceNowhere && f.k.work.deps.KeyTexts != nil {
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
		kept: cmp.Or(b.Kept, keys.PlaceNowhere),
	}
}

// creates reports whether a new record is made: a renewal without a new key
// only moves the end of the one there is.
func (f *keyForm) creates() bool {
	return f.kind == keyFormNew || f.kind == keyFormRenew && f.draft.key != ""
}

func (f *keyForm) busy() bool   { return f.k.work.tasks.Busy(slotKeyForm) }
func (f *keyForm) locked() bool { return f.busy() || f.unknown }
func (f *keyForm) now() time.Time {
	return f.k.work.deps.Now()
}

// edit changes the draft and takes back what was said about a field.
func (f *keyForm) edit(field string, change func(*keyDraft)) {
	if f.locked() {
		f.onChange()
		return
	}
	change(&f.draft)
	delete(f.problems, field)
	f.failure = nil
	f.onChange()
}

// typeKey takes what stands in the field of the key: the key in it is found
// and looked at.
func (f *keyForm) typeKey(text string) {
	f.edit(keys.KeyFieldValue, func(d *keyDraft) {
		before := d.key
		d.text = text
		d.key, f.repairs = keys.RepairKey(text)
		f.breaks = countSpaces(text) - countSpaces(d.key)
		f.shape = keys.ReadKey(d.key)
		if d.key == before {
			return
		}
		if f.shape.Kind == keys.ShapeNetwork && d.scope == keys.ScopeInstance {
			d.network = true
		}
		if d.key != "" && d.kept == keys.PlaceNowhere {
			d.kept = keys.PlaceComputer
			if f.k.work.deps.KeyTexts == nil {
				d.kept = keys.PlaceGLPI
			}
		}
	})
}

func countSpaces(text string) int { return strings.Count(strings.TrimSpace(text), "\n") }

// settleKey shows the key alone once nobody types there; what was done to find
// it stays said.
func (f *keyForm) settleKey() {
	if f.draft.text != f.draft.key && !f.locked() {
		f.draft.text = f.draft.key
	}
	f.onChange()
}

// repairText says what was done to find the key.
func (f *keyForm) repairText() string {
	var parts []string
	for _, r := range f.repairs {
		if r == keys.RepairLines && f.breaks > 0 {
			parts = append(parts, tn("keywork.repair.lines_n", f.breaks, map[string]any{"N": formatCount(f.breaks)}))
			continue
		}
		parts = append(parts, t("keywork.repair."+string(r)))
	}
	if len(parts) == 0 {
		return ""
	}
	return t("keywork.repaired", map[string]any{"What": strings.Join(parts, ", ")})
}

// shapeText explains in plain words what the key looks like, and whether there
// is something odd about it.
func (f *keyForm) shapeText() (text string, odd bool) {
	if f.draft.key == "" {
		switch f.kind {
		case keyFormEdit:
			if fp := keys.ShortFingerprint(f.of.Block.Fingerprint); fp != "" {
				return t("keywork.value.there", map[string]any{"Fingerprint": fp}), false
			}
		case keyFormRenew:
			return t("keywork.value.renew"), false
		}
		return t("keywork.value.none"), false
	}
	var parts []string
	parts = append(parts, t("keywork.shape."+string(f.shape.Kind), map[string]any{"Length": formatCount(f.shape.Length)}))
	parts = append(parts, t("keywork.fingerprint", map[string]any{"Fingerprint": keys.ShortFingerprint(keys.Fingerprint(f.draft.key))}))
	for _, o := range f.shape.Odd {
		parts, odd = append(parts, t("keywork.odd."+string(o))), true
	}
	return strings.Join(parts, " "), odd
}

// fieldsText lists what stands in a key that is JSON.
func (f *keyForm) fieldsText() string {
	var lines []string
	for _, field := range f.shape.Fields {
		lines = append(lines, field.Name+": "+shorten(field.Value, 60))
	}
	if len(lines) > 8 {
		lines = append(lines[:8], "…")
	}
	return strings.Join(lines, "\n")
}

// typeProduct takes what was typed as product and looks for Software of that
// name.
func (f *keyForm) typeProduct(text string) {
	f.edit(keys.KeyFieldProduct, func(d *keyDraft) {
		d.product, d.productID = text, 0
		f.matchProduct()
	})
	f.findProducts()
}

// matchProduct recognises the product typed among those found.
func (f *keyForm) matchProduct() {
	d := &f.draft
	if d.productID != 0 {
		return
	}
	for _, p := range f.products {
		if rowtable.Fold(strings.TrimSpace(p.Name)) == rowtable.Fold(strings.TrimSpace(d.product)) {
			d.productID = p.ID
			return
		}
	}
}

// chooseProduct takes one of those found.
func (f *keyForm) chooseProduct(p keys.Product) {
	f.edit(keys.KeyFieldProduct, func(d *keyDraft) { d.product, d.productID = p.Name, p.ID })
}

func (f *keyForm) findProducts() {
	w := f.k.work
	text := strings.TrimSpace(f.draft.product)
	if len([]rune(text)) < 2 || f.locked() {
		w.tasks.Cancel(slotKeyProducts)
		return
	}
	session := w.session
	task.Run(w.tasks, slotKeyProducts, func(ctx context.Context) ([]keys.Product, error) {
		select {
		case <-time.After(productsRest):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return session.Products(ctx, text)
	}, func(found []keys.Product, err error) {
		if err != nil {
			w.deps.Log.Warn("software could not be looked for", "error", err)
			return
		}
		f.products, f.productsOf = found, text
		f.matchProduct()
		f.onChange()
	})
}

// proposals are products to choose from: those that match, without the one
// that is chosen.
func (f *keyForm) proposals() []keys.Product {
	if f.draft.productID != 0 || strings.TrimSpace(f.draft.product) == "" {
		return nil
	}
	var out []keys.Product
	for _, p := range f.products {
		if holdsAll(rowtable.Fold(p.Name), strings.Fields(rowtable.Fold(f.draft.product))) && len(out) < mostProducts {
			out = append(out, p)
		}
	}
	return out
}

// readPlugins reads which plugins the server has, to choose from.
func (f *keyForm) readPlugins() {
	w, session := f.k.work, f.k.work.session
	task.Run(w.tasks, slotKeyPlugins, func(ctx context.Context) ([]keys.InstalledPlugin, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return session.InstalledPlugins(ctx)
	}, func(found []keys.InstalledPlugin, err error) {
		if err != nil {
			return // then its name is typed
		}
		f.plugins = found
		f.onChange()
	})
}

// typeDay takes what was typed into a date field.
func (f *keyForm) typeDay(field, text string) {
	f.edit(field, func(d *keyDraft) {
		day := d.dayOf(field)
		if day.text != text {
			*day = readDay(text, f.now())
			if field == keys.KeyFieldEnd {
				f.months = 0
			}
		}
	})
}

func (d *keyDraft) dayOf(field string) *typedDay {
	if field == keys.KeyFieldBegin {
		return &d.begin
	}
	return &d.end
}

// settleDay writes a day as it was understood.
func (f *keyForm) settleDay(field string) {
	d := f.draft.dayOf(field)
	if d.err != nil {
		f.problems[field] = momentFault(d.err, f.now().Location())
	} else if !d.day.IsZero() {
		d.text = dayText(d.day)
	}
	f.onChange()
}

// setMonths makes the period that many months long.
func (f *keyForm) setMonths(months int) {
	if f.kind == keyFormRenew {
		f.months = months
		f.edit(keys.KeyFieldEnd, func(*keyDraft) { f.reckon() })
		return
	}
	f.edit(keys.KeyFieldEnd, func(d *keyDraft) {
		if d.begin.day.IsZero() {
			d.begin = writtenDay(f.k.work.today())
		}
		d.end = writtenDay(d.begin.day.AddMonths(months).AddDays(-1))
	})
}

// setTrial marks a trial; a trial without an end lasts the usual days.
func (f *keyForm) setTrial(on bool) {
	f.edit(keys.KeyFieldTrial, func(d *keyDraft) {
		d.trial = on
		if on && d.end.text == "" {
			from := d.begin.day
			if from.IsZero() {
				from = f.k.work.today()
			}
			d.end = writtenDay(from.AddDays(keys.TrialDays - 1))
		}
	})
}

// setFrom chooses from which day the renewed period counts.
func (f *keyForm) setFrom(from keys.RenewalStart) {
	f.from = from
	if f.months == 0 {
		f.months = 12
	}
	f.edit(keys.KeyFieldBegin, func(*keyDraft) { f.reckon() })
}

// reckon makes the renewed period.
func (f *keyForm) reckon() {
	begin, end := keys.Renewal(f.from, f.of.End, f.k.work.today(), f.months)
	f.draft.begin, f.draft.end = writtenDay(begin), writtenDay(end)
}

// dayNote says how a date was understood and how far away it is.
func (f *keyForm) dayNote(field string) string {
	d := f.draft.dayOf(field)
	if d.err != nil || d.day.IsZero() {
		return ""
	}
	note := distanceText(d.day, f.k.work.today())
	if strings.TrimSpace(d.text) != dayText(d.day) {
		note = dayText(d.day) + " · " + note
	}
	if field == keys.KeyFieldEnd {
		note += " · " + t("keywork.end.through")
	}
	return note
}

// keyFieldOrder is the order of the fields on the form.
var keyFieldOrder = []string{
	keys.KeyFieldValue, keys.KeyFieldProduct, keys.KeyFieldName, keys.KeyFieldEntity, keys.KeyFieldBegin, keys.KeyFieldEnd,
	keys.KeyFieldKept, keys.KeyFieldScope, keys.KeyFieldPlugin, keys.KeyFieldBoundTo, keys.KeyFieldInstance, keys.KeyFieldVendor,
	keys.KeyFieldSupplier, keys.KeyFieldContact, keys.KeyFieldContactNum, keys.KeyFieldNumber, keys.KeyFieldOwner,
	keys.KeyFieldTrial, keys.KeyFieldAutoRenews, keys.KeyFieldReminders, keys.KeyFieldNotes,
}

// check finds what GLPI would refuse or cut, and what makes no sense.
func (f *keyForm) check() map[string]string {
	d, wrong := &f.draft, map[string]string{}
	if strings.TrimSpace(d.product) == "" {
		wrong[keys.KeyFieldProduct] = t("keywork.error.product")
	}
	for field, text := range map[string]string{
		keys.KeyFieldProduct: d.product, keys.KeyFieldName: d.name, keys.KeyFieldSupplier: d.supplier, keys.KeyFieldContact: d.contact,
		keys.KeyFieldContactNum: d.contactNum, keys.KeyFieldNumber: d.number, keys.KeyFieldOwner: d.owner,
		keys.KeyFieldPlugin: d.plugin, keys.KeyFieldInstance: d.instance, keys.KeyFieldBoundTo: d.boundTo,
	} {
		if keptLength(cleanLine(text)) > lineLength {
			wrong[field] = t("invite.error.label_long", map[string]any{"Most": lineLength})
		}
	}
	if len(d.notes) > textBytes {
		wrong[keys.KeyFieldNotes] = t("invite.error.long")
	}
	if strings.TrimSpace(d.boundTo) != "" && keys.NormalAddress(d.boundTo) == "" {
		wrong[keys.KeyFieldBoundTo] = t("keywork.error.address")
	}
	f.checkPlace(wrong)
	f.checkDays(wrong)
	if _, err := keys.ParseReminders(d.reminders); err != nil {
		wrong[keys.KeyFieldReminders] = t("keywork.error.reminders")
	}
	return wrong
}

func (f *keyForm) checkPlace(wrong map[string]string) {
	d := &f.draft
	if !slices.ContainsFunc(f.k.work.facts.Entities, func(e keys.Entity) bool { return e.ID == d.entity.ID }) {
		wrong[keys.KeyFieldEntity] = t("keywork.error.entity")
	}
	if d.scope != keys.ScopeInstance && d.scope != "" && strings.TrimSpace(d.plugin) == "" {
		wrong[keys.KeyFieldPlugin] = t("keywork.error.plugin")
	}
	if d.scope == keys.ScopePluginURL && strings.TrimSpace(d.boundTo) == "" {
		wrong[keys.KeyFieldBoundTo] = t("keywork.error.bound")
	}
	if d.kept == keys.PlaceComputer && f.hasKey() && f.k.work.deps.KeyTexts == nil {
		wrong[keys.KeyFieldKept] = t("keywork.error.nowhere_here")
	}
}

func (f *keyForm) checkDays(wrong map[string]string) {
	d := &f.draft
	for _, field := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} {
		switch day := d.dayOf(field); {
		case day.err != nil:
			wrong[field] = momentFault(day.err, f.now().Location())
		case day.day.Year > lastKeyYear:
			wrong[field] = t("invite.error.date")
		}
	}
	if f.kind == keyFormRenew && !f.creates() && d.end.day == f.of.End && wrong[keys.KeyFieldEnd] == "" {
		wrong[keys.KeyFieldEnd] = t("keywork.error.same_end")
	}
	if !d.begin.day.IsZero() && !d.end.day.IsZero() && d.end.day.Compare(d.begin.day) < 0 {
		wrong[keys.KeyFieldEnd] = t("keywork.error.order")
	}
}

// hasKey reports whether there is a key text to be kept somewhere.
func (f *keyForm) hasKey() bool {
	return f.draft.key != "" || f.kind != keyFormNew && f.of.Block.Fingerprint != "" && f.of.Block.Kept != keys.PlaceNowhere
}

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
			r.Parent = f.of.ID
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
	b.Reissue.State, b.Reissue.Date = keys.ReissueReceived, f.k.work.today()
	if f.draft.boundTo == before.boundTo && b.Reissue.Address != "" {
		b.BoundTo = b.Reissue.Address
	}
	if f.draft.instance == before.instance && b.Reissue.Instance != "" {
		b.Instance = b.Reissue.Instance
	}
}

// doubts are the duplicates of what is typed: warned of, not forbidden.
func (f *keyForm) doubts() []string {
	r := f.record()
	if f.kind == keyFormEdit {
		r.ID = f.of.ID
	}
	var out []string
	for _, d := range f.k.work.keys.index.Duplicates(&r, f.k.work.today()) {
		name := ""
		if other := f.k.record(d.Other); other != nil {
			name = other.Name
		}
		out = append(out, t("keywork.doubt."+string(d.Kind), map[string]any{"Name": name, "Address": d.Bound}))
	}
	if f.kind != keyFormEdit || f.draft.boundTo != f.first.boundTo || f.draft.instance != f.first.instance {
		for _, d := range r.Doubts(&f.k.work.facts, nil) {
			if d.Kind != keys.DoubtPeriod {
				out = append(out, t("keywork.doubt."+string(d.Kind), map[string]any{"Address": d.Bound, "Found": d.Found}))
			}
		}
	}
	return out
}

// keptNote says who can read the text where it is kept.
func (f *keyForm) keptNote() (text string, warn bool) {
	if !f.hasKey() {
		return t("keywork.kept.nokey"), false
	}
	if f.kind == keyFormRenew && !f.creates() {
		return t("keywork.kept.stays"), false
	}
	switch f.draft.kept {
	case keys.PlaceGLPI:
		return t("keywork.kept.glpi_note"), true
	case keys.PlaceComputer:
		if f.kind == keyFormEdit && f.of.Block.Kept == keys.PlaceGLPI {
			return t("keywork.kept.moved_note"), true
		}
		return t("keywork.kept.computer_note"), false
	default:
		if f.kind == keyFormEdit && f.of.Block.Kept != keys.PlaceNowhere {
			return t("keywork.kept.deleted_note"), true
		}
		return t("keywork.kept.nowhere_note"), false
	}
}

// submit checks the form, and asks GLPI. After a lost answer it asks with the
// same uuid, which tells what became of it.
func (f *keyForm) submit() {
	if f.busy() {
		return
	}
	f.failure = nil
	if !f.unknown {
		f.settleKey()
		f.problems = f.check()
		if len(f.problems) > 0 {
			f.toFirstProblem()
			f.onChange()
			return
		}
	}
	f.send()
	f.onChange()
}

// errNeedsType: somebody is asked first.
var errNeedsType = errors.New("no licence type for keys yet")

func (f *keyForm) send() {
	w, x := f.k.work, f.k.reach()
	record, draft, before, kind := f.record(), f.draft, f.first, f.kind
	creates, agreed, of, closeNow := f.creates(), f.typeAgreed, f.of, f.closeNow
	today := w.today()
	if kind == keyFormRenew && !creates { // the same key goes on
		before = f.written()
		draft.begin, draft.kept, draft.number = before.begin, before.kept, cmp.Or(draft.number, before.number)
	}
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
		r, err := x.change(ctx, of, draft, func(r *keys.KeyRecord) { f.applyTo(draft, r, before) })
		return []keys.KeyRecord{r}, err
	}, func(done []keys.KeyRecord, err error) {
		if errors.Is(err, errNeedsType) {
			f.needsType = true
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
		f.unknown, f.first = false, f.draft
		for _, r := range done[1:] {
			f.k.work.keys.changed(r)
		}
		if creates && kind == keyFormRenew && !closeNow {
			f.k.close[done[0].ID] = of.ID
		}
		f.onDone(done[0], creates)
	})
}

// applyTo applies a draft that was taken when the form was sent off; the form
// is locked meanwhile, so it is the form's own.
func (f *keyForm) applyTo(draft keyDraft, r *keys.KeyRecord, before keyDraft) {
	sent := keyForm{k: f.k, kind: f.kind, of: f.of, uuid: f.uuid, draft: draft}
	sent.apply(r, before)
}

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

// agreeType goes on after somebody agreed to a new licence type, or not.
func (f *keyForm) agreeType(yes bool) {
	f.needsType, f.typeAgreed = false, yes
	if yes {
		f.submit()
	}
	f.onChange()
}

// fail says what went wrong, at the field when it is one's.
func (f *keyForm) fail(err error) {
	var p *keys.Problem
	errors.As(err, &p)
	switch keys.CauseOf(err) {
	case keys.OutcomeUnknown, keys.TimedOut:
		f.unknown = true
	default:
		if f.unknown && p != nil && p.Cause == keys.Refused {
			f.unknown = false
		}
	}
	if p != nil && slices.Contains(keyFieldOrder, p.Field) {
		f.problems[p.Field] = sentence(p)
		if p.Cause == keys.KeyTextUnsaved {
			f.problems[p.Field] = t("keywork.error.unsaved")
		}
		f.toFirstProblem()
		return
	}
	f.failure = err
}

func (f *keyForm) toFirstProblem() {
	for _, field := range keyFieldOrder {
		if f.problems[field] != "" {
			f.focus = field
			return
		}
	}
}

// stop gives up waiting for the server. Nobody knows then what it did.
func (f *keyForm) stop() {
	if f.busy() {
		f.k.work.tasks.Cancel(slotKeyForm)
		f.unknown = true
		f.onChange()
	}
}

// close leaves the form; while GLPI is being asked it only stops waiting.
func (f *keyForm) close() {
	if f.busy() {
		f.stop()
		return
	}
	f.onClose()
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

// String keeps what was typed, a key perhaps, out of logs.
func (d keyDraft) String() string { return fmt.Sprintf("draft of %q", d.name) }

// GoString is String.
func (d keyDraft) GoString() string { return d.String() }

// maxKeyText is the largest file that is looked through for a key.
const maxKeyText = 1 << 20

// readKeyFile reads a file that holds a key.
func readKeyFile(path string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		data, err := readLimited(path, maxKeyText)
		return strings.ToValidUTF8(string(data), "\ufffd"), err
	}
}
