package glpi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"glpikeys/keys"
)

// blockSize is how many rows are asked for at once. GLPI has no limit of its
// own (GLPI-REST §5.6); this bounds the time and size of one answer.
const blockSize = 1000

// Filter says which items to list.
type Filter struct {
	// Contains holds texts by column: items that contain them, whatever the
	// case; "^" and "$" anchor, so that a number has to be "^7$". Columns
	// that GLPI does not disclose are ignored by it, unknown ones fail.
	Contains map[string]string
	// Names lists columns that point to other items, whose names GLPI is to
	// add as "_keys_names". That takes it half a millisecond a row.
	Names []string
	Trash bool // only what is in the trash
	// Block is how many rows are asked for at once, 0 for 1,000. Types with
	// long texts need less, because an answer is read up to 16 MiB.
	Block int
	// Progress is told the rows read so far and how many there are.
	Progress func(done, total int)
}

// List reads all items of a type that the active entity lets one see, in the
// order of their ids, into Ts whose JSON names are GLPI's column names. Unlike
// [Search] it gives templates too.
func List[T any](ctx context.Context, s *Session, kind string, f Filter) ([]T, error) {
	return listAt[T](ctx, s, "list "+kind, itemPath(kind, 0), f)
}

// listAt is List of what stands at a path, for instance what belongs to one
// item.
func listAt[T any](ctx context.Context, s *Session, op, path string, f Filter) ([]T, error) {
	r := s.get(op, path)
	read := func(ctx context.Context, from, to int) (block[T], error) {
		r.query = f.values(s.major(), from, to)
		a, err := s.call(ctx, r)
		if err != nil {
			return block[T]{}, err
		}
		var rows []T
		if err := a.into(r, &rows); err != nil {
			return block[T]{}, err
		}
		// An empty list has no Content-Range at all.
		total, ok := totalOf(a.header)
		if !ok && len(rows) > 0 {
			total = from + len(rows)
		}
		return block[T]{rows, total}, nil
	}
	return blocks(ctx, r, appends, cmp.Or(f.Block, blockSize), read, f.Progress)
}

// anchored is the filter for a column that holds that text and nothing else,
// exactly for one that holds that number.
func anchored(text string) string { return "^" + text + "$" }

func exactly(id int) string { return anchored(strconv.Itoa(id)) }

func (f *Filter) values(major, from, to int) url.Values {
	v := url.Values{
		"range": {strconv.Itoa(from) + "-" + strconv.Itoa(to)},
		"sort":  {"id"}, "order": {"ASC"},
		"get_hateoas": {"false"},
	}
	for column, text := range f.Contains {
		v.Set("searchText["+column+"]", term(major, text))
	}
	if len(f.Names) > 0 {
		v["add_keys_names[]"] = f.Names
	}
	if f.Trash {
		v.Set("is_deleted", "true")
	}
	return v
}

// totalOf reads the 308 of "Content-Range: 0-4/308". The part before it is
// wrong at times (GLPI-REST §5.6) and not used.
func totalOf(h http.Header) (int, bool) {
	_, total, found := strings.Cut(h.Get("Content-Range"), "/")
	n, err := strconv.Atoi(strings.TrimSpace(total))
	return n, found && err == nil && n >= 0
}

// block is a part of a longer list.
type block[T any] struct {
	rows  []T
	total int
}

type readBlock[T any] func(ctx context.Context, from, to int) (block[T], error)

// growth says where rows that come up during the reading go.
type growth bool

const (
	inserts growth = false // anywhere
	appends growth = true  // behind all others, so that those keep their places
)

// blocks reads a list block by block until it is complete. When the number of
// rows changes on the server meanwhile, rows may have moved from one block to
// another: the list is then read again, and fails if it keeps changing.
func blocks[T any](ctx context.Context, r request, g growth, size int, read readBlock[T], progress func(done, total int)) ([]T, error) {
	for range 3 {
		rows, whole, err := readBlocks(ctx, g, size, read, progress)
		if err != nil || whole {
			return rows, err
		}
	}
	return nil, &keys.Problem{Op: r.op, Cause: keys.Truncated, Err: errors.New("the list kept changing while it was read")}
}

func readBlocks[T any](ctx context.Context, g growth, size int, read readBlock[T], progress func(done, total int)) (rows []T, whole bool, err error) {
	total := -1
	for {
		b, err := read(ctx, len(rows), len(rows)+size-1)
		var e *Error
		switch {
		case total >= 0 && errors.As(err, &e) && e.Code == codeBeyond:
			return nil, false, nil // it shrank
		case err != nil:
			return nil, false, err
		case total >= 0 && b.total != total && !(g == appends && b.total > total):
			return nil, false, nil
		}
		total = b.total
		rows = append(rows, b.rows...)
		if progress != nil {
			progress(len(rows), total)
		}
		switch {
		case len(rows) >= total:
			return rows, len(rows) == total, nil
		case len(b.rows) == 0:
			return nil, false, nil
		}
	}
}
