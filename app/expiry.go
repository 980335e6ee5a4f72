package app

import (
	"cmp"
	"slices"

	"glpikeys/keys"
)

// expiryRow is an item with what its state and its cells need.
type expiryRow struct {
	keys.Item
	state keys.State
	today keys.Date
}

// expiryList is the presenter of the Expiry screen: which items are shown. The
// text filter, the order and the selection belong to the row table.
type expiryList struct {
	work     *workspace
	state    stateFilter
	only     keys.ItemType // "" for every type
	month    keys.Date     // first day of the only month shown, zero for all
	onChange func()
}

func newExpiryList(work *workspace) *expiryList {
	return &expiryList{work: work, state: showAll, onChange: func() {}}
}

// show narrows the list to a state; it forgets a month.
func (l *expiryList) show(f stateFilter) {
	l.state, l.month = f, keys.Date{}
	l.onChange()
}

// showType narrows the list to one type of item, "" for every type.
func (l *expiryList) showType(only keys.ItemType) {
	l.only = only
	l.onChange()
}

// showMonth narrows the list to what ends in the month that starts on first.
func (l *expiryList) showMonth(first keys.Date) {
	l.state, l.only, l.month = showAll, "", first
	l.onChange()
}

// clear shows everything again.
func (l *expiryList) clear() {
	l.state, l.only, l.month = showAll, "", keys.Date{}
	l.onChange()
}

// narrowed reports whether anything is filtered away.
func (l *expiryList) narrowed() bool {
	return l.state != showAll || l.only != "" || !l.month.IsZero()
}

// rows are the items that pass, in no order of interest.
func (l *expiryList) rows() []expiryRow {
	limits, today := l.work.limits(), l.work.today()
	states := l.state.states()
	var rows []expiryRow
	for _, it := range l.work.glance.Items {
		state := limits.State(it.End, today)
		if slices.Contains(states, state) && l.passes(it) {
			rows = append(rows, expiryRow{it, state, today})
		}
	}
	return rows
}

// passes reports whether an item is of the type and month shown.
func (l *expiryList) passes(it keys.Item) bool {
	if l.only != "" && it.Type != l.only {
		return false
	}
	return l.month.IsZero() || it.End.Year == l.month.Year && it.End.Month == l.month.Month
}

// counts is how many items of the type and month shown a filter lets pass, for
// the number on its chip.
func (l *expiryList) counts() map[stateFilter]int {
	limits, today := l.work.limits(), l.work.today()
	var per [len(keys.States)]int
	for _, it := range l.work.glance.Items {
		if l.passes(it) {
			per[limits.State(it.End, today)]++
		}
	}
	counts := map[stateFilter]int{}
	for _, f := range stateFilters {
		for _, s := range f.states() {
			counts[f] += per[s]
		}
	}
	return counts
}

// endsFirst orders rows by end, what has none last; equal ends by name.
func endsFirst(a, b expiryRow) int {
	return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.Name, b.Name))
}
