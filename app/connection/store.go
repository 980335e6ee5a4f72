package connection

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// NewID is a random ID for a new Connection. Other programs see it as the
// account name in the keyring, so it says nothing about the server.
func NewID() string { return rand.Text() }

// Store keeps saved connections in one JSON file without secrets. It may be
// used from several goroutines, and several instances of the program may
// share the file. Errors are *keys.Problem with cause FileFailed, unless said
// otherwise.
type Store struct {
	path string

	mu      sync.Mutex
	entries []entry
}

// entry is a connection with its JSON as it stands in the file, where a newer
// version of the program may have put fields that this one does not know.
type entry struct {
	Connection
	raw json.RawMessage
}

// file is the outermost object. An element that this version cannot read
// stays in the file as it is.
type file struct {
	Version     int      `json:"version"`
	Connections elements `json:"connections"`
}

const fileVersion = 1

// elements are the elements of an array. Unlike other values of an unexpected
// type, something else in its place makes the file a damaged one: what it
// holds would be lost with the next change.
type elements []json.RawMessage

func (e *elements) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("no list of connections: %v", err)
	}
	*e = list
	return nil
}

// Open reads the connections saved at path; a file that does not exist holds
// none. The Store can be used even when there is an error. A damaged file has
// then been moved aside: the problem's Detail is its new name.
func Open(path string) (*Store, error) {
	s := &Store{path: path}
	var f file
	if err := jsonfile.Load(path, &f); err != nil {
		return s, fileProblem("read connections", path, err)
	}
	s.entries = entries(f.Connections)
	return s, nil
}

// Read is the connections saved at path, the last used first, for a program
// that only looks: unlike Open it leaves a damaged file where it is.
func Read(path string) ([]Connection, error) {
	var f file
	if err := jsonfile.Read(path, &f); err != nil {
		return nil, fileProblem("read connections", path, err)
	}
	return (&Store{entries: entries(f.Connections)}).All(), nil
}

// All lists the connections, the last used first. It is what this instance
// read or wrote last.
func (s *Store) All() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Connection, 0, len(s.entries))
	for _, e := range s.entries {
		if e.ID != "" {
			all = append(all, e.clone())
		}
	}
	slices.SortStableFunc(all, func(a, b Connection) int {
		return cmp.Or(b.LastUsed.Compare(a.LastUsed), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Put saves c in place of the connection with its ID, or as a new one. What
// another instance of the program did to other connections stays.
//
// Addresses are saved without user, password, query and fragment, where
// people paste secrets. A proxy that holds a password is refused with cause
// BadProxy; nothing is saved then.
func (s *Store) Put(c Connection) error {
	if c.ID == "" {
		return &keys.Problem{Op: "save connection", Cause: keys.Unexpected, Err: errors.New("no ID")}
	}
	if HasUser(c.Via.Proxy) {
		return &keys.Problem{Op: "save connection", Cause: keys.BadProxy}
	}
	c = c.clone()
	c.Address, c.API = withoutSecrets(c.Address), withoutSecrets(c.API)
	return s.change("save connection", func(list []entry) ([]entry, error) {
		i := index(list, c.ID)
		if i < 0 {
			list = append(list, entry{})
			i = len(list) - 1
		}
		raw, err := merge(list[i], c)
		list[i] = entry{c, raw}
		return list, err
	})
}

// Delete forgets the connection with this ID, if there is one. Its secrets are
// the keyring's matter.
func (s *Store) Delete(id string) error {
	if id == "" {
		return nil
	}
	return s.change("delete connection", func(list []entry) ([]entry, error) {
		return slices.DeleteFunc(list, func(e entry) bool { return e.ID == id }), nil
	})
}

// change applies do to what stands in the file now.
func (s *Store) change(op string, do func([]entry) ([]entry, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A file that is damaged or has vanished gets what this instance knows.
	f := file{Connections: raws(s.entries)}
	var list []entry
	err := jsonfile.Update(s.path, &f, func() (err error) {
		if list, err = do(entries(f.Connections)); err != nil {
			return err
		}
		f.Version = max(f.Version, fileVersion)
		f.Connections = raws(list)
		return nil
	})
	if err == nil || jsonfile.Moved(err) {
		s.entries = list
	}
	return fileProblem(op, s.path, err)
}

// entries reads the elements of the file. One that is no connection, or has
// the ID of an earlier one, keeps its place with an empty ID and is not shown.
func entries(raws []json.RawMessage) []entry {
	list := make([]entry, 0, len(raws))
	for _, raw := range raws {
		e := entry{raw: raw}
		if jsonfile.Decode(raw, &e.Connection) != nil || index(list, e.ID) >= 0 {
			e.Connection = Connection{}
		}
		list = append(list, e)
	}
	return list
}

func raws(list []entry) elements {
	out := make(elements, 0, len(list))
	for _, e := range list {
		out = append(out, e.raw)
	}
	return out
}

func index(list []entry, id string) int {
	return slices.IndexFunc(list, func(e entry) bool { return e.ID == id })
}

// merge is the JSON of c with what the file holds besides for it.
func merge(e entry, c Connection) (json.RawMessage, error) {
	before, err := json.Marshal(e.Connection)
	if err != nil {
		return nil, err
	}
	after, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return jsonfile.Merge(e.raw, before, after)
}

// clone shares no memory with c.
func (c Connection) clone() Connection {
	if c.Entity != nil {
		id := *c.Entity
		c.Entity = &id
	}
	return c
}

// HasUser reports whether an address, whole or not, names a user, and with
// that perhaps a password, before its host: "http://user:password@proxy:3128".
func HasUser(address string) bool {
	from, to := userPart(address)
	return to > from
}

// withoutSecrets drops user and password, query and fragment of an address. It
// works on text, since what a person typed need not be a URL.
func withoutSecrets(address string) string {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	from, to := userPart(address)
	return address[:from] + address[to:]
}

// userPart is where "user:password@" stands in an address: before the last @
// of the part between "//" and the next slash.
func userPart(address string) (from, to int) {
	if i := strings.Index(address, "//"); i >= 0 {
		from = i + 2
	}
	end := len(address)
	if i := strings.IndexAny(address[from:], "/?#"); i >= 0 {
		end = from + i
	}
	if at := strings.LastIndexByte(address[from:end], '@'); at >= 0 {
		return from, from + at + 1
	}
	return from, from
}

// fileProblem is err as a problem of the file at path. A problem of its own
// stays what it is.
func fileProblem(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var known *keys.Problem
	if errors.As(err, &known) {
		return err
	}
	var damaged *jsonfile.DamagedError
	if errors.As(err, &damaged) && damaged.MovedTo != "" {
		path = damaged.MovedTo
	}
	return &keys.Problem{Op: op, Cause: keys.FileFailed, Detail: path, Err: err}
}
