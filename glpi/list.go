package glpi

import (
	"context"
	"fmt"

	"glpikeys/keys"
)

// block is a part of a longer list.
type block[T any] struct {
	rows  []T
	total int
}

// blocks reads a list block by block until it is complete. When the number of
// rows changes on the server meanwhile, rows may have moved from one block to
// another: the list is then read once more, and fails if it moves again.
func blocks[T any](ctx context.Context, r request, read func(ctx context.Context, from, to int) (block[T], error), progress func(done, total int)) ([]T, error) {
	for range 3 {
		rows, whole, err := readBlocks(ctx, read, progress)
		if err != nil || whole {
			return rows, err
		}
	}
	return nil, &keys.Problem{Op: r.op, Cause: keys.Truncated, Err: errMoving}
}

var errMoving = fmt.Errorf("the list kept changing while it was read")

func readBlocks[T any](ctx context.Context, read func(ctx context.Context, from, to int) (block[T], error), progress func(done, total int)) (rows []T, whole bool, err error) {
	total := -1
	for {
		b, err := read(ctx, len(rows), len(rows)+blockSize-1)
		if err != nil {
			return nil, false, err
		}
		if total >= 0 && b.total != total {
			return nil, false, nil
		}
		total = b.total
		rows = append(rows, b.rows...)
		if progress != nil {
			progress(len(rows), total)
		}
		if len(rows) >= total {
			return rows, len(rows) == total, nil
		}
		if len(b.rows) == 0 {
			return nil, false, nil
		}
	}
}
