package keys

import (
	"cmp"
	"slices"
	"strings"
)

// KeyIndex finds records among many: a key's duplicates, and what renewed it.
type KeyIndex struct {
	records      []KeyRecord
	byID         map[int]int
	byText       map[string][]int
	bySeat       map[seat][]int
	successorsOf map[int][]int
}

// seat is where only one live key is expected.
type seat struct{ plugin, address string }

// IndexKeys makes an index of records, which it keeps and does not change.
func IndexKeys(records []KeyRecord) *KeyIndex {
	x := &KeyIndex{records, map[int]int{}, map[string][]int{}, map[seat][]int{}, map[int][]int{}}
	for i := range records {
		r := &records[i]
		x.byID[r.ID] = i
		if r.Block.Fingerprint != "" {
			x.byText[r.Block.Fingerprint] = append(x.byText[r.Block.Fingerprint], i)
		}
		if s, ok := r.seat(); ok {
			x.bySeat[s] = append(x.bySeat[s], i)
		}
		if r.Parent != 0 {
			x.successorsOf[r.Parent] = append(x.successorsOf[r.Parent], i)
		}
	}
	return x
}

// seat of a key; ok is false for one whose plugin or address is not known.
func (r *KeyRecord) seat() (s seat, ok bool) {
	s = seat{strings.ToLower(r.Block.Plugin), NormalAddress(r.Block.BoundTo)}
	if s.plugin == "" {
		s.plugin = "product " + strings.ToLower(strings.TrimSpace(r.Product.Name))
	}
	return s, s.address != "" && s.plugin != "product "
}

// Duplicates are the records that hold the same key as r, and those with
// another live key for the same plugin at the same address on the day today;
// what r renews, or what renews it, is meant to stand beside it. r need not be
// among the records yet.
func (x *KeyIndex) Duplicates(r *KeyRecord, today Date) []KeyDoubt {
	var doubts []KeyDoubt
	same := map[int]bool{}
	if r.Block.Fingerprint != "" {
		for _, i := range x.byText[r.Block.Fingerprint] {
			if other := &x.records[i]; r.ID == 0 || other.ID != r.ID {
				same[other.ID] = true
				doubts = append(doubts, KeyDoubt{Kind: DoubtSameText, Other: other.ID})
			}
		}
	}
	s, ok := r.seat()
	if !ok || !r.live(today) {
		return doubts
	}
	for _, i := range x.bySeat[s] {
		other := &x.records[i]
		if r.ID != 0 && other.ID == r.ID || same[other.ID] || !other.live(today) || related(r, other) {
			continue
		}
		doubts = append(doubts, KeyDoubt{Kind: DoubtSamePlugin, Other: other.ID, Bound: s.address})
	}
	return doubts
}

func (r *KeyRecord) live(today Date) bool { return r.Standing(DefaultThresholds, today).State.Live() }

func related(a, b *KeyRecord) bool {
	return a.Parent != 0 && a.Parent == b.ID || b.Parent != 0 && b.Parent == a.ID
}

// Record is the record with that id, nil when it is not among them.
func (x *KeyIndex) Record(id int) *KeyRecord {
	if i, ok := x.byID[id]; ok {
		return &x.records[i]
	}
	return nil
}

// Successors are the records that renew the one with that id, by their end.
func (x *KeyIndex) Successors(id int) []*KeyRecord {
	var out []*KeyRecord
	for _, i := range x.successorsOf[id] {
		if r := &x.records[i]; r.ID != id {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *KeyRecord) int {
		return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.ID, b.ID))
	})
	return out
}
