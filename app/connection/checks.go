package connection

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// Check is one look at one server for what ends. It holds no secret and no
// text of an error.
type Check struct {
	Time       time.Time  `json:"time"`
	Connection string     `json:"connection"`       // its ID
	Cause      keys.Cause `json:"cause,omitempty"`  // why the server could not be read, "" when it was
	Looked     int        `json:"looked,omitempty"` // items seen
	Ended      int        `json:"ended,omitempty"`  // of them, those that are over
	Ending     int        `json:"ending,omitempty"` // and those that are not, but reached a reminder's day
	Told       int        `json:"told,omitempty"`   // reminders given
	// Missing holds the types that could not be read, and why.
	Missing map[keys.ItemType]keys.Cause `json:"missing,omitempty"`
}

// maxChecks is how many looks at one server are kept. The bound is per server,
// so that one that fails every minute does not push out the others.
const maxChecks = 50

// Checks keeps the last looks at all servers, in one file: the log that people
// can see. It may be used from several goroutines, and several instances of
// the program may share the file. Errors are *keys.Problem with cause
// FileFailed. After a damaged file, whose new name is then the problem's
// Detail, the log begins anew.
type Checks struct{ path string }

// NewChecks keeps the log in the file at path, which is made when it is needed.
func NewChecks(path string) *Checks { return &Checks{path: path} }

type checkFile struct {
	Checks checkList `json:"checks"` // newest first
}

// checkList leaves out what is no check, such as that of another version.
type checkList []Check

// UnmarshalJSON reads the elements one by one.
func (l *checkList) UnmarshalJSON(data []byte) error {
	var raws []json.RawMessage
	if err := json.Unmarshal(data, &raws); err != nil {
		return fmt.Errorf("no list of checks: %v", err)
	}
	*l = nil
	for _, raw := range raws {
		var c Check
		if json.Unmarshal(raw, &c) == nil && !c.Time.IsZero() {
			*l = append(*l, c)
		}
	}
	return nil
}

// All is the checks of all connections, newest first: at most 50 of each.
func (c *Checks) All() ([]Check, error) {
	var f checkFile
	err := jsonfile.Load(c.path, &f)
	return f.Checks, fileProblem("read checks", c.path, err)
}

// Add notes a check.
func (c *Checks) Add(check Check) error {
	return c.change("save check", func(list checkList) checkList {
		list = append(list, check)
		slices.SortStableFunc(list, func(a, b Check) int {
			return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Connection, b.Connection))
		})
		kept := map[string]int{}
		return slices.DeleteFunc(list, func(c Check) bool {
			kept[c.Connection]++
			return kept[c.Connection] > maxChecks
		})
	})
}

// Delete forgets the checks of a connection.
func (c *Checks) Delete(connection string) error {
	return c.change("delete checks", func(list checkList) checkList {
		return slices.DeleteFunc(list, func(c Check) bool { return c.Connection == connection })
	})
}

func (c *Checks) change(op string, do func(checkList) checkList) error {
	var f checkFile
	err := jsonfile.Update(c.path, &f, func() error { f.Checks = do(f.Checks); return nil })
	return fileProblem(op, c.path, err)
}
