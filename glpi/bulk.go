package glpi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"glpikeys/keys"
)

// RowError is a row of a bulk call that failed.
type RowError struct {
	Row int // index in what was handed in
	ID  int // of the item, 0 for one that was to be created
	Err *keys.Problem
}

// RowErrors are all rows that failed. The rows around them were done: GLPI's
// bulk calls are no transactions (GLPI-REST §5.3).
type RowErrors []RowError

// Error names the first few.
func (e RowErrors) Error() string {
	var parts []string
	for i, row := range e {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("and %d more", len(e)-i))
			break
		}
		parts = append(parts, fmt.Sprintf("row %d: %v", row.Row, row.Err))
	}
	return strings.Join(parts, "; ")
}

// bulk gathers what the blocks of one bulk call gave.
type bulk struct {
	op     string
	rows   int // in all
	failed RowErrors
}

func (b *bulk) fail(row, id int, p *keys.Problem) {
	b.failed = append(b.failed, RowError{row, id, p})
}

// err is the end of the call: stopped is what kept the rest from being sent.
func (b *bulk) err(stopped error) error {
	if stopped != nil {
		var p *keys.Problem
		if errors.As(stopped, &p) && len(b.failed) > 0 {
			return &keys.Problem{Op: b.op, Cause: p.Cause, Detail: p.Detail, Err: errors.Join(stopped, b.failed)}
		}
		return stopped
	}
	if len(b.failed) == 0 {
		return nil
	}
	return &keys.Problem{Op: b.op, Cause: keys.SomeFailed, Detail: fmt.Sprintf("%d/%d", len(b.failed), b.rows), Err: b.failed}
}

// rowsPerCreate keeps the link header of the answer, which lists the address
// of every created item, clear of the 4 KB at which common proxies answer 502
// although all rows were written (GLPI-REST §5.4).
func (s *Session) rowsPerCreate(kind string) int {
	s.mu.Lock()
	address := len(s.created) + len("/") + len(kind) + len("/1234567,")
	s.mu.Unlock()
	most := 50
	if kind == kindInvitation {
		most = 20 // the plugin's own limit
	}
	return max(1, min(most, 2800/address))
}

// rowsPerChange bounds the time of one PUT or DELETE, which have no such
// header.
const rowsPerChange = 100

// CreateAll makes many items, in order. created has one entry per row, of ID 0
// where it failed or was not sent. The error is a problem SomeFailed with
// RowErrors, or what kept the rest from being sent: OutcomeUnknown means that
// the first rows without an ID may exist all the same.
func (s *Session) CreateAll(ctx context.Context, kind string, rows []Fields, progress func(done, total int)) (created []Created, err error) {
	b := &bulk{op: "create many " + kind, rows: len(rows)}
	created = make([]Created, len(rows))
	var inputs []any
	var sent []int // indexes of inputs in rows
	for i, fields := range rows {
		input, err := fields.ready(b.op, s.major(), kind)
		var p *keys.Problem
		if errors.As(err, &p) {
			b.fail(i, 0, p)
			continue
		}
		inputs, sent = append(inputs, input), append(sent, i)
	}
	size := s.rowsPerCreate(kind)
	for from := 0; from < len(inputs); from += size {
		to := min(from+size, len(inputs))
		if err := s.createBlock(ctx, b, kind, inputs[from:to], sent[from:to], created); err != nil {
			return created, b.err(err)
		}
		if progress != nil {
			progress(to, len(inputs))
		}
	}
	return created, b.err(nil)
}

func (s *Session) createBlock(ctx context.Context, b *bulk, kind string, inputs []any, at []int, created []Created) error {
	r := request{op: b.op, method: http.MethodPost, path: itemPath(kind, 0), writes: true, body: map[string]any{"input": inputs}}
	data, err := s.bulkRows(ctx, r, kind, keys.Create)
	if err != nil {
		return err
	}
	var rows []createdRow
	if json.Unmarshal(data, &rows) != nil || len(rows) != len(inputs) {
		// Rows come in the order in which they were sent, and each is
		// answered; anything else cannot be told apart.
		return lost(r, nil)
	}
	for i, row := range rows {
		if row.ID > 0 {
			created[at[i]] = Created{int(row.ID), plainMessage(s.major(), string(row.Message))}
			continue
		}
		b.fail(at[i], 0, s.rowProblem(r, kind, string(row.Message), keys.Create))
	}
	return nil
}

// Change is what UpdateAll does to one item.
type Change struct {
	ID     int
	Fields Fields
}

// UpdateAll changes many items. Rows that GLPI does not answer for are items
// that do not exist (GLPI-REST §5.3, 53).
func (s *Session) UpdateAll(ctx context.Context, kind string, changes []Change, progress func(done, total int)) error {
	b := &bulk{op: "update many " + kind, rows: len(changes)}
	ids := make([]int, len(changes))
	var inputs []any
	var sent []int
	for i, c := range changes {
		ids[i] = c.ID
		input, err := c.Fields.ready(b.op, s.major(), kind)
		var p *keys.Problem
		if errors.As(err, &p) {
			b.fail(i, c.ID, p)
			continue
		}
		input["id"] = c.ID
		inputs, sent = append(inputs, input), append(sent, i)
	}
	r := request{op: b.op, method: http.MethodPut, path: itemPath(kind, 0), writes: true}
	return s.changeAll(ctx, b, r, kind, keys.Update, rowsPerChange, ids, inputs, sent, progress)
}

// DeleteAll moves many items to the trash, or with purge removes them for good.
//
// Into the trash they go one by one: GLPI purges a template at once, and then
// every row after it in the same call, because it keeps the switch that it
// sets for the template (src/Api/API.php, deleteItems, GLPI 10.0.12 and
// 11.0.6).
func (s *Session) DeleteAll(ctx context.Context, kind string, ids []int, purge bool, progress func(done, total int)) error {
	b := &bulk{op: "delete many " + kind, rows: len(ids)}
	inputs := make([]any, len(ids))
	sent := make([]int, len(ids))
	for i, id := range ids {
		inputs[i], sent[i] = map[string]any{"id": id}, i
	}
	r := request{op: b.op, method: http.MethodDelete, path: itemPath(kind, 0), writes: true}
	if !purge {
		return s.changeAll(ctx, b, r, kind, keys.Delete, 1, ids, inputs, sent, progress)
	}
	r.query = map[string][]string{"force_purge": {"true"}}
	return s.changeAll(ctx, b, r, kind, keys.Purge, rowsPerChange, ids, inputs, sent, progress)
}

func (s *Session) changeAll(ctx context.Context, b *bulk, r request, kind string, right keys.Right, size int, ids []int, inputs []any, sent []int, progress func(done, total int)) error {
	for from := 0; from < len(inputs); from += size {
		to := min(from+size, len(inputs))
		r.body = map[string]any{"input": inputs[from:to]}
		data, err := s.bulkRows(ctx, r, kind, right)
		if err != nil {
			return b.err(err)
		}
		var rows []changedRow
		if data != nil && json.Unmarshal(data, &rows) != nil {
			return b.err(lost(r, nil))
		}
		byID := make(map[string]changedRow, len(rows))
		for _, row := range rows {
			byID[row.id] = row
		}
		for _, i := range sent[from:to] {
			// By id, never by place: a missing item is left out.
			row, answered := byID[strconv.Itoa(ids[i])]
			switch {
			case !answered:
				b.fail(i, ids[i], &keys.Problem{Op: r.op, Cause: keys.NotFound})
			case !row.done:
				b.fail(i, ids[i], s.rowProblem(r, kind, row.message, right))
			}
		}
		if progress != nil {
			progress(to, len(inputs))
		}
	}
	return b.err(nil)
}

// bulkRows makes a bulk call and gives the rows of its answer, of a failure as
// well as of a success: GLPI answers 207 when some fail and 400 when all do.
func (s *Session) bulkRows(ctx context.Context, r request, kind string, right keys.Right) (json.RawMessage, error) {
	a, err := s.call(ctx, r)
	if err == nil {
		return a.body, nil
	}
	var e *Error
	if errors.As(err, &e) && strings.HasPrefix(e.Code, "ERROR_GLPI_") && keys.CauseOf(err) != keys.OutcomeUnknown {
		if e.rows != nil {
			return e.rows, nil
		}
	}
	return nil, s.explain(ctx, err, kind, 0, right)
}

// rowProblem is why one row failed.
func (s *Session) rowProblem(r request, kind, message string, right keys.Right) *keys.Problem {
	e := &Error{Op: r.op, Method: r.method, Path: r.path, Status: http.StatusMultiStatus, Message: plainMessage(s.major(), message)}
	cause, detail := writeCause(e)
	facts := s.Facts()
	if name := rightOf(kind); cause == keys.Refused && name != "" && !facts.Can(name, right) {
		cause, detail = keys.NoRight, ""
	}
	return e.problem(cause, detail)
}
