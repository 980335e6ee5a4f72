package connection

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// Reminders keeps what was told about ends (keys.ReminderLog), one file per
// connection. It belongs among what the user configured and not into a cache:
// who loses it is told everything again.
//
// It may be used from several goroutines, and several instances of the program
// may share the files. A look at a server is one Change, within which
// ReminderLog.Due says what is to be told and ReminderLog.Record notes it:
// then of two instances only one tells it. Notifications follow after Change;
// the window's log of checks is Checks.
//
// Errors are *keys.Problem with cause FileFailed. After a damaged file, whose
// new name is then the problem's Detail, the log begins anew.
type Reminders struct{ dir string }

// NewReminders keeps its files in dir, which is made when it is needed.
func NewReminders(dir string) *Reminders { return &Reminders{dir: dir} }

// Load is the log of the connection with this ID, empty when there is none.
func (r *Reminders) Load(connection string) (keys.ReminderLog, error) {
	var log keys.ReminderLog
	path := r.path(connection)
	err := jsonfile.Load(path, &log)
	return log, fileProblem("read reminders", path, err)
}

// Change lets change alter the log of a connection and saves it, while other
// instances of the program wait: change must be quick.
func (r *Reminders) Change(connection string, change func(*keys.ReminderLog)) error {
	var log keys.ReminderLog
	path := r.path(connection)
	err := jsonfile.Update(path, &log, func() error { change(&log); return nil })
	return fileProblem("save reminders", path, err)
}

// Delete forgets the log of a connection, if there is one.
func (r *Reminders) Delete(connection string) error {
	path := r.path(connection)
	return fileProblem("delete reminders", path, removeAll(path))
}

func (r *Reminders) path(connection string) string {
	return filepath.Join(r.dir, fileName(connection))
}

// fileName is the file of a connection in a folder with one for each. It does
// not trust the ID, which comes from a file that people can edit, to be a
// file's name.
func fileName(connection string) string {
	sum := sha256.Sum256([]byte(connection))
	return hex.EncodeToString(sum[:16]) + ".json"
}

// removeAll removes the file of a connection with all that stands beside it.
func removeAll(path string) error {
	files, err := filesBeside(path)
	for _, f := range files {
		if failed := os.Remove(f); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// filesBeside are the file and all that stands in its folder under its name: its
// lock, a damaged one that was moved aside, what a crash left half-written. A
// folder that is not there has none.
func filesBeside(path string) (files []string, err error) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if strings.HasPrefix(strings.TrimPrefix(e.Name(), "."), base) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, err
}
