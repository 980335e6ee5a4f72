package glpi

import (
	"context"
	"net/url"
	"strconv"
)

// Query says what to search for.
type Query struct {
	Columns  []int // numbers of search options; 2, the id, must be among them
	Criteria []Criterion
	Trash    bool // only what is in the trash
	// Progress is told the rows read so far and how many there are.
	Progress func(done, total int)
}

// Criterion is one condition on a search option; all of them have to hold.
type Criterion struct {
	Field int    // number of the search option
	Type  string // "contains", "equals", "lessthan", "morethan", "under"
	Value string // as a person writes it; "^" and "$" anchor a contains
}

func opSearch(kind string) string { return "search " + kind }

// Search finds items by GLPI's search engine and decodes each row into a T,
// whose JSON names are the numbers of the columns. Rows come in the order of
// their ids as text, which is the only order that GLPI's search keeps stable
// from block to block for every type.
func Search[T any](ctx context.Context, s *Session, kind string, q Query) ([]T, error) {
	r := s.get(opSearch(kind), "/search/"+url.PathEscape(kind))
	read := func(ctx context.Context, from, to int) (block[T], error) {
		r.query = q.values(s.major(), from, to)
		var body searchAnswer[T]
		err := s.fetch(ctx, r, &body)
		return block[T]{rows: body.Rows, total: int(body.Total)}, err
	}
	return blocks(ctx, r, inserts, blockSize, read, q.Progress)
}

// searchAnswer is GLPI's; without rows it has no data at all (GLPI-REST §5.7).
type searchAnswer[T any] struct {
	Total number `json:"totalcount"`
	Rows  []T    `json:"data"`
}

// values is the query's form in an address, rows from to to included.
func (q *Query) values(major, from, to int) url.Values {
	v := url.Values{
		"range": {strconv.Itoa(from) + "-" + strconv.Itoa(to)},
		// Unasked, GLPI 10 sorts by name, where equal names may change places
		// between two blocks, and 11 not at all.
		"sort": {"2"}, "order": {"ASC"},
	}
	for i, column := range q.Columns {
		v.Set("forcedisplay["+strconv.Itoa(i)+"]", strconv.Itoa(column))
	}
	for i, c := range q.Criteria {
		at := "criteria[" + strconv.Itoa(i) + "]"
		v.Set(at+"[link]", "AND")
		v.Set(at+"[field]", strconv.Itoa(c.Field))
		v.Set(at+"[searchtype]", c.Type)
		v.Set(at+"[value]", term(major, c.Value))
	}
	if q.Trash {
		v.Set("is_deleted", "1")
	}
	return v
}

func (s *Session) major() int { return int(s.c.major.Load()) }
