package connection

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// Seen is what was last seen of a server, to be shown with its age while the
// server cannot be reached. It holds no secret: neither keys.Item nor SeenKey
// has any.
type Seen struct {
	Time    time.Time   `json:"time"`
	Version string      `json:"version,omitempty"`  // GLPI's, "11.0.6"
	User    string      `json:"user,omitempty"`     // who saw it: the connection's User
	Profile string      `json:"profile,omitempty"`  // with which profile
	Entity  string      `json:"entity,omitempty"`   // and entity, its full path
	Tree    bool        `json:"tree,omitempty"`     // with the children of Entity
	URLBase string      `json:"url_base,omitempty"` // as keys.Facts.URLBase
	Items   []keys.Item `json:"items"`
	// Missing holds the types that could not be read, and why: none of their
	// items is in Items, which does not mean that there are none.
	Missing map[keys.ItemType]keys.Cause `json:"missing,omitempty"`

	Keys     []SeenKey `json:"keys,omitempty"`
	KeysTime time.Time `json:"keys_time,omitzero"` // when Keys were read; zero: never
}

// SameView reports whether both were seen by the same person with the same
// profile in the same entity.
func (s Seen) SameView(other Seen) bool {
	return s.User == other.User && s.Profile == other.Profile && s.Entity == other.Entity && s.Tree == other.Tree
}

// SeenNow puts together what a session of the connection has just seen.
func SeenNow(now time.Time, c Connection, facts keys.Facts, glance keys.Glance) Seen {
	seen := Seen{
		Time:    now,
		Version: facts.Version,
		User:    c.User,
		Profile: facts.Profile.Name,
		Entity:  facts.Entity.Path,
		Tree:    facts.Recursive,
		URLBase: facts.URLBase,
		Items:   glance.Items,
	}
	for kind, problem := range glance.Missing {
		if seen.Missing == nil {
			seen.Missing = map[keys.ItemType]keys.Cause{}
		}
		seen.Missing[kind] = problem.Cause
	}
	return seen
}

// Glance is what SeenNow was given.
func (s Seen) Glance() keys.Glance {
	glance := keys.Glance{Items: s.Items}
	for kind, cause := range s.Missing {
		if glance.Missing == nil {
			glance.Missing = map[keys.ItemType]*keys.Problem{}
		}
		glance.Missing[kind] = &keys.Problem{Op: "last seen " + string(kind), Cause: cause}
	}
	return glance
}

// LastSeen keeps one Seen per connection, each in a file of its own that only
// this user may read. It may be used from several goroutines; with 10,000 items
// and keys a call takes some tenths of a second.
type LastSeen struct {
	dir     string
	writing sync.Mutex
}

// NewLastSeen keeps its files in dir, which is made when it is needed.
func NewLastSeen(dir string) *LastSeen { return &LastSeen{dir: dir} }

// Load is false when nothing readable is kept under the connection's ID: a
// damaged file is as good as none, the next Save replaces it.
func (l *LastSeen) Load(id string) (Seen, bool) {
	data, err := os.ReadFile(l.path(id))
	if err != nil {
		return Seen{}, false
	}
	var s Seen
	if json.Unmarshal(data, &s) != nil || s.Time.IsZero() {
		return Seen{}, false
	}
	return s, true
}

// Save replaces what is kept under the connection's ID. Keys that were not read
// this time stay as they were, as long as the same person looks with the same
// profile at the same entity. Nothing is written any more once ctx is over, so
// that of two saves the one that was not canceled stays. The error is a
// *keys.Problem with cause FileFailed or Canceled.
func (l *LastSeen) Save(ctx context.Context, id string, s Seen) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return &keys.Problem{Op: "save last seen", Cause: keys.Canceled, Err: err}
	}
	if s.KeysTime.IsZero() {
		if before, ok := l.Load(id); ok && before.SameView(s) {
			s.Keys, s.KeysTime = before.Keys, before.KeysTime
		}
	}
	path := l.path(id)
	return fileProblem("save last seen", path, jsonfile.Save(path, s))
}

// Delete forgets what is kept under the connection's ID, if there is anything.
// The error is a *keys.Problem with cause FileFailed.
func (l *LastSeen) Delete(id string) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	path := l.path(id)
	return fileProblem("delete last seen", path, removeAll(path))
}

func (l *LastSeen) path(id string) string { return filepath.Join(l.dir, fileName(id)) }
