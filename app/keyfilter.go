package app

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"glpikeys/keys"
)

// stateFilter is one of the sets of rows that a chip or a card stands for.
type stateFilter string

// The filters, in the order of their chips. "Within 30 days" is what people
// ask for; that its first week is more pressing shows in the rows. What is
// closed passes none of those that go by the end.
const (
	showAll     stateFilter = "all"
	showExpired stateFilter = "expired"
	showSoon    stateFilter = "soon" // within Thresholds.Soon days, urgent ones included
	showPlan    stateFilter = "plan"
	showFine    stateFilter = "fine"
	showNoDate  stateFilter = "nodate"
	showRevoked stateFilter = "revoked"
	showRenewed stateFilter = "renewed"
)

var stateFilters = [...]stateFilter{
	showAll, showExpired, showSoon, showPlan, showFine, showNoDate, showRevoked, showRenewed,
}

// states are the states by end that pass the filter.
func (f stateFilter) states() []keys.State {
	switch f {
	case showExpired:
		return []keys.State{keys.Expired}
	case showSoon:
		return []keys.State{keys.Urgent, keys.Soon}
	case showPlan:
		return []keys.State{keys.Plan}
	case showFine:
		return []keys.State{keys.Fine}
	case showNoDate:
		return []keys.State{keys.NoDate}
	case showRevoked, showRenewed:
		return nil
	default:
		return keys.States[:]
	}
}

// passes reports whether a row belongs to the filter.
func (f stateFilter) passes(r keyRow) bool {
	switch {
	case f == showAll:
		return true
	case r.standing.State == keys.KeyRevoked:
		return f == showRevoked
	case r.standing.State == keys.KeyRenewed:
		return f == showRenewed
	default:
		return slices.Contains(f.states(), r.state)
	}
}

// label names the filter for people: "Within 30 days".
func (f stateFilter) label(limits keys.Thresholds) string {
	days := 0
	switch f {
	case showSoon:
		days = limits.Soon
	case showPlan:
		days = limits.Plan
	}
	return t("filter."+string(f), map[string]any{"Days": days})
}

// keyRow is a key record, or something else that ends, with what its cells
// need.
type keyRow struct {
	keys.Item
	record   *keys.KeyRecord // nil for what is no key
	state    keys.State      // by the end, the vendor and the usual limits, as the chips and cards count
	standing keys.Standing
	today    keys.Date
}

// closed reports whether the key was given up or renewed.
func (r keyRow) closed() bool {
	return r.standing.State == keys.KeyRevoked || r.standing.State == keys.KeyRenewed
}

// title is what the row is called.
func (r keyRow) title() string {
	if r.record != nil {
		return cmp.Or(r.record.Name, r.record.Product.Name)
	}
	return r.Name
}

func recordRow(record *keys.KeyRecord, limits keys.Thresholds, today keys.Date) keyRow {
	it := record.ItemOn(today)
	return keyRow{
		Item: it, record: record, today: today,
		state: limits.ItemState(&it, today), standing: record.Standing(limits, today),
	}
}

func itemRow(it keys.Item, limits keys.Thresholds, today keys.Date) keyRow {
	state := limits.State(it.End, today)
	s := keys.Standing{Ends: state, State: [...]keys.KeyState{
		keys.Expired: keys.KeyExpired, keys.Urgent: keys.KeyUrgent, keys.Soon: keys.KeySoon,
		keys.Plan: keys.KeyPlan, keys.Fine: keys.KeyFine, keys.NoDate: keys.KeyNoDate,
	}[state]}
	if state != keys.NoDate {
		s.Days = it.End.DaysAfter(today)
	}
	return keyRow{Item: it, state: state, standing: s, today: today}
}

// showsAll reports whether what is no key record is shown: also offline, when
// nothing is known of keys.
func (p *keyList) showsAll() bool { return p.all || !p.choosesAll() }

// choosesAll reports whether a person can choose what showsAll tells.
func (p *keyList) choosesAll() bool { return !p.work.offline || len(p.list) > 0 }

// each gives every row of the type and month shown.
func (p *keyList) each(do func(keyRow)) {
	limits, today := p.work.limits(), p.work.today()
	if p.only == "" || p.only == keys.TypeLicence {
		for i := range p.list {
			if r := recordRow(&p.list[i], limits, today); p.month.IsZero() || p.inMonth(r.Item) && !r.closed() {
				do(r)
			}
		}
	}
	if !p.showsAll() {
		return
	}
	for _, it := range p.work.glance.Items {
		if p.recordAt(it.Key()) == nil && (p.only == "" || it.Type == p.only) && p.inMonth(it) {
			do(itemRow(it, limits, today))
		}
	}
}

// inMonth reports whether an item ends in the month shown.
func (p *keyList) inMonth(it keys.Item) bool {
	return p.month.IsZero() || it.End.Year == p.month.Year && it.End.Month == p.month.Month
}

// rows are the rows that pass, in no order of interest.
func (p *keyList) rows() []keyRow {
	var rows []keyRow
	p.each(func(r keyRow) {
		if p.state.passes(r) {
			rows = append(rows, r)
		}
	})
	return rows
}

// row is the row of an item, whatever the filters say.
func (p *keyList) row(key keys.ItemKey) (r keyRow, ok bool) {
	limits, today := p.work.limits(), p.work.today()
	if record := p.recordAt(key); record != nil {
		return recordRow(record, limits, today), true
	}
	i := slices.IndexFunc(p.work.glance.Items, func(it keys.Item) bool { return it.Key() == key })
	if i < 0 {
		return r, false
	}
	return itemRow(p.work.glance.Items[i], limits, today), true
}

// keysBasis is what the rows rest on; all that follows from them is made again
// only when it changes, since there may be 10,000.
type keysBasis struct {
	version, items int
	first          *keys.Item
	limits         keys.Thresholds
	day            keys.Date
}

// basis is what the rows rest on now.
func (p *keyList) basis() keysBasis {
	w := p.work
	b := keysBasis{version: p.version, items: len(w.glance.Items), limits: w.limits(), day: w.today()}
	if b.items > 0 {
		b.first = &w.glance.Items[0]
	}
	return b
}

// counts is how many rows of the type and month shown a filter lets pass, for
// the number on its chip. It is to be read only.
func (p *keyList) counts() map[stateFilter]int {
	of := p.basis()
	if p.tally != nil && p.tallyOf == of {
		return p.tally
	}
	p.tally, p.tallyOf = map[stateFilter]int{}, of
	p.each(func(r keyRow) {
		for _, f := range stateFilters {
			if f.passes(r) {
				p.tally[f]++
			}
		}
	})
	return p.tally
}

// expired is how many of what the screen shows have ended or are refused, for
// the badge.
func (p *keyList) expired() int {
	if p.showsAll() {
		return p.work.summary().Count(keys.Expired)
	}
	n := 0
	today := p.work.today()
	for i := range p.list {
		r := &p.list[i]
		over := !r.Closed() && !r.End.IsZero() && r.End.Compare(today) < 0
		if over || r.Refused(today) != "" {
			n++
		}
	}
	return n
}

// narrow changes what is shown and draws it.
func (p *keyList) narrow(change func()) {
	change()
	p.version++
	p.work.onChange()
}

// showState narrows the list to a state; it forgets a month.
func (p *keyList) showState(f stateFilter) {
	p.narrow(func() { p.state, p.month = f, keys.Date{} })
}

// showType narrows the list to one type of item, "" for every type.
func (p *keyList) showType(only keys.ItemType) {
	p.narrow(func() { p.only = only })
}

// showEverything shows what is no key record, too, or no longer.
func (p *keyList) showEverything(on bool) {
	p.narrow(func() {
		p.all = on
		if !on {
			p.only = ""
		}
	})
}

// clear shows everything again that the switch lets in.
func (p *keyList) clear() { p.narrow(p.clearFilters) }

func (p *keyList) clearFilters() {
	p.state, p.only, p.month = showAll, "", keys.Date{}
	p.version++
}

// narrowed reports whether anything is filtered away.
func (p *keyList) narrowed() bool {
	return p.state != showAll || p.only != "" || !p.month.IsZero()
}

// openState shows what a card counts: of all that ends, unless only key records
// are counted.
func (p *keyList) openState(f stateFilter) {
	p.clearFilters()
	p.state = f
	limits, today := p.work.limits(), p.work.today()
	p.openItems(func(it keys.Item) bool { return slices.Contains(f.states(), limits.ItemState(&it, today)) })
}

// openMonth shows what ends in the month that starts on first.
func (p *keyList) openMonth(first keys.Date) {
	p.clearFilters()
	p.month = first
	p.openItems(p.inMonth)
}

// openType shows everything of a type.
func (p *keyList) openType(only keys.ItemType) {
	p.clearFilters()
	p.only = only
	p.openItems(func(it keys.Item) bool { return it.Type == only })
}

// openItems switches to all that ends when one of the items in question is no
// key record.
func (p *keyList) openItems(of func(keys.Item) bool) {
	p.all = p.all || slices.ContainsFunc(p.work.ends(), func(it keys.Item) bool {
		return of(it) && p.recordAt(it.Key()) == nil
	})
}

// openItem shows one item among all of its kind.
func (p *keyList) openItem(key keys.ItemKey) {
	p.clearFilters()
	p.all = p.all || p.recordAt(key) == nil
	p.want = key
}

// byEnd orders rows by end, equal ends by name. What nobody has to think of any
// more comes after all that ends, and what has no end last.
func byEnd(a, b keyRow) int {
	return cmp.Or(cmp.Compare(a.pressing(), b.pressing()), a.End.Compare(b.End), cmp.Compare(a.title(), b.title()))
}

// pressing is the part of the list where a row stands when it goes by end.
func (r keyRow) pressing() int {
	switch {
	case r.closed():
		return 1
	case r.End.IsZero():
		return 2
	default:
		return 0
	}
}

// byStanding orders rows as people want to see them: by state, then by end.
func byStanding(a, b keyRow) int {
	state := func(r keyRow) keys.KeyState {
		if r.refused() != "" {
			return keys.KeyExpired
		}
		return r.standing.State
	}
	return cmp.Or(cmp.Compare(state(a), state(b)), byEnd(a, b))
}

// itemPage is the address of an item's page in GLPI's own interface; GLPI names
// its pages after the lower-case class.
func itemPage(web string, key keys.ItemKey) string {
	return web + "/front/" + strings.ToLower(string(key.Type)) + ".form.php?id=" + strconv.Itoa(key.ID)
}

// openEverything shows all that ends.
func (p *keyList) openEverything() {
	p.clearFilters()
	p.openItems(func(keys.Item) bool { return true })
}
