package keys

import (
	"cmp"
	"slices"
)

// Summary counts items by state and by month of their end.
type Summary struct {
	Counts [len(States)]int
	Months [12]Month // from the month of today on
	Oldest int       // days since the longest expired item ended, 0 for none
	Next   int       // days until the next item ends, -1 for none
}

// Month is one column of the 12-month strip. Items that ended earlier in the
// first month are part of it.
type Month struct {
	First Date // first day of the month
	Items []Item
}

// Count is the number of items in any of the states.
func (s *Summary) Count(states ...State) int {
	n := 0
	for _, st := range states {
		n += s.Counts[st]
	}
	return n
}

// Summarise counts items as they stand on the day today.
func Summarise(items []Item, limits Thresholds, today Date) Summary {
	s := Summary{Next: -1}
	first := Date{today.Year, today.Month, 1}
	for m := range s.Months {
		s.Months[m].First = first.AddMonths(m)
	}
	for _, it := range items {
		s.Counts[limits.ItemState(&it, today)]++
		if it.End.IsZero() {
			continue
		}
		days := it.End.DaysAfter(today)
		switch {
		case days < 0:
			s.Oldest = max(s.Oldest, -days)
		case s.Next < 0 || days < s.Next:
			s.Next = days
		}
		m := (it.End.Year-first.Year)*12 + int(it.End.Month-first.Month)
		if m >= 0 && m < len(s.Months) {
			s.Months[m].Items = append(s.Months[m].Items, it)
		}
	}
	for m := range s.Months {
		SortByEnd(s.Months[m].Items)
	}
	return s
}

// NeedsAttention lists what has ended, ends within limits.Soon days or is
// refused, by end date: at most n items, those whose end is nearest to today.
// What ended years ago must not hide what ends tomorrow; what is refused ended
// today, so to speak.
func NeedsAttention(items []Item, limits Thresholds, today Date, n int) []Item {
	var out []Item
	for _, it := range items {
		if limits.ItemState(&it, today) <= Soon {
			out = append(out, it)
		}
	}
	distance := func(it Item) int {
		if it.Refused {
			return 0
		}
		days := it.End.DaysAfter(today)
		return max(days, -days)
	}
	slices.SortStableFunc(out, func(a, b Item) int { return cmp.Compare(distance(a), distance(b)) })
	out = out[:min(n, len(out))]
	SortByEnd(out)
	return out
}

// SortByEnd sorts by end date, no date last; then by name, type and id, so
// that the order is always the same.
func SortByEnd(items []Item) {
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(
			a.End.Compare(b.End),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Type, b.Type),
			cmp.Compare(a.ID, b.ID),
		)
	})
}
