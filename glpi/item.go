package glpi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"glpikeys/keys"
)

// itemPath is the address of a type or of one item. Type names are case
// sensitive on GLPI 11, and a plugin's may hold a backslash (GLPI-REST §1, §10).
func itemPath(kind string, id int) string {
	path := "/" + url.PathEscape(kind)
	if id != 0 {
		path += "/" + strconv.Itoa(id)
	}
	return path
}

// Get reads one item into a T, whose JSON names are GLPI's column names.
// NotFound when there is none of that id, NoRight when the session may not
// read it.
func Get[T any](ctx context.Context, s *Session, kind string, id int) (T, error) {
	var item T
	r := s.get("get "+kind, itemPath(kind, id))
	r.query = url.Values{"get_hateoas": {"false"}}
	err := s.fetch(ctx, r, &item)
	return item, err
}

// perCall is how many items getSeveral may be asked for: it keeps the address
// below 4 KB.
const perCall = 30

// getSeveral is the request for several items of a type at once, which come as
// single ones do, with all that lists leave out.
func (s *Session) getSeveral(op, kind string, ids []int) request {
	r := s.get(op, "/getMultipleItems")
	r.query = url.Values{"get_hateoas": {"false"}}
	for i, id := range ids {
		item := "items[" + strconv.Itoa(i) + "]"
		r.query.Set(item+"[itemtype]", kind)
		r.query.Set(item+"[items_id]", strconv.Itoa(id))
	}
	return r
}

// Created is what GLPI answers about a new item.
type Created struct {
	ID      int
	Message string // GLPI's; a plugin may hand back a secret in it, once
}

// String, GoString and LogValue keep the message out of logs.
func (c Created) String() string       { return "item " + strconv.Itoa(c.ID) }
func (c Created) GoString() string     { return c.String() }
func (c Created) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Create makes one item. Refused carries GLPI's own words.
func (s *Session) Create(ctx context.Context, kind string, fields Fields) (Created, error) {
	op := "create " + kind
	input, err := fields.ready(op, s.major(), kind)
	if err != nil {
		return Created{}, err
	}
	r := request{op: op, method: http.MethodPost, path: itemPath(kind, 0), writes: true, body: map[string]any{"input": input}}
	var row createdRow
	a, err := s.call(ctx, r)
	if err != nil {
		return Created{}, s.explain(ctx, err, kind, 0, keys.Create)
	}
	if err := a.into(r, &row); err != nil {
		return Created{}, lost(r, err)
	}
	if row.ID == 0 {
		return Created{}, lost(r, nil)
	}
	return Created{int(row.ID), plainMessage(s.major(), string(row.Message))}, nil
}

type createdRow struct {
	ID      number `json:"id"` // false when it failed
	Message text   `json:"message"`
}

// Update changes fields of one item. Even where it did, GLPI may have
// something to say, such as that a new password is too weak and was not set
// (GLPI-REST §8): that is the warning.
func (s *Session) Update(ctx context.Context, kind string, id int, fields Fields) (warning string, err error) {
	op := "update " + kind
	input, err := fields.ready(op, s.major(), kind)
	if err != nil {
		return "", err
	}
	r := request{op: op, method: http.MethodPut, path: itemPath(kind, id), writes: true, body: map[string]any{"input": input}}
	return s.change(ctx, r, kind, id, keys.Update)
}

// Delete moves one item to the trash, or with purge removes it for good. Types
// without a trash are purged either way.
func (s *Session) Delete(ctx context.Context, kind string, id int, purge bool) error {
	r := request{op: "delete " + kind, method: http.MethodDelete, path: itemPath(kind, id), writes: true}
	right := keys.Delete
	if purge {
		r.query = url.Values{"force_purge": {"true"}}
		right = keys.Purge
	}
	_, err := s.change(ctx, r, kind, id, right)
	return err
}

// Restore brings one item back from the trash.
func (s *Session) Restore(ctx context.Context, kind string, id int) error {
	r := request{op: "restore " + kind, method: http.MethodPut, path: itemPath(kind, id), writes: true,
		body: map[string]any{"input": map[string]any{"is_deleted": 0}}}
	_, err := s.change(ctx, r, kind, id, keys.Delete)
	return err
}

// change makes a call that is answered with one row, [{"301":true,…}].
func (s *Session) change(ctx context.Context, r request, kind string, id int, right keys.Right) (string, error) {
	a, err := s.call(ctx, r)
	if err != nil {
		return "", s.explain(ctx, err, kind, id, right)
	}
	var rows []changedRow
	if err := a.into(r, &rows); err != nil {
		return "", lost(r, err)
	}
	// One row, and its key is the id; a user's update answers "id".
	if len(rows) != 1 || !rows[0].ok(id) {
		return "", lost(r, nil)
	}
	return plainMessage(s.major(), rows[0].message), nil
}

// changedRow is a row of an answer to PUT or DELETE.
type changedRow struct {
	id      string // as a key: "301", sometimes "id" (GLPI-REST §8)
	done    bool
	message string
}

// UnmarshalJSON reads {"301":true,"message":""}.
func (c *changedRow) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil // [[]]: GLPI did nothing and says so
	}
	for name, value := range fields {
		switch name {
		case "message":
			var t text
			_ = json.Unmarshal(value, &t)
			c.message = string(t)
		case "upload_result":
		default:
			c.id, c.done = name, string(value) == "true"
		}
	}
	return nil
}

func (c *changedRow) ok(id int) bool {
	return c.done && (c.id == strconv.Itoa(id) || c.id == "id")
}

// lost is a write that was answered with success, but not in a form that
// tells what was done.
func lost(r request, err error) error {
	return &keys.Problem{Op: r.op, Cause: keys.OutcomeUnknown, Err: err}
}
