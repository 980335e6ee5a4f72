// Package jsonfile keeps small JSON files on this computer so that neither a
// crash, nor a second instance of the program, nor another version of it
// loses what they hold: a file is replaced as a whole or not at all, a change
// is made to what stands in the file now, and a file that cannot be read is
// moved aside instead of overwritten.
package jsonfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
)

// DamagedError says that a file held no readable JSON. Its content is not
// lost: it stands under another name now.
type DamagedError struct {
	Path    string // the file that could not be read
	MovedTo string // where it stands now: "….damaged"; "" when it could not be moved
	Err     error  // what was wrong
}

// Error tells both names.
func (e *DamagedError) Error() string {
	if e.MovedTo == "" {
		return fmt.Sprintf("%s is damaged: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("%s was damaged and is now %s: %v", e.Path, e.MovedTo, e.Err)
}

// Unwrap is what was wrong.
func (e *DamagedError) Unwrap() error { return e.Err }

// Load reads the file at path into v, a pointer. A file that does not exist
// leaves v as it is. A damaged one is moved aside; the error is then a
// *DamagedError and v is as it was. Fields that v does not know are ignored,
// and so are values of another type than expected, which keep what v holds:
// both are what a newer version of the program leaves behind.
func Load(path string, v any) error {
	err := Read(path, v)
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return moveAside(path, damaged.Err)
	}
	return err
}

// Read is Load, except that a damaged file stays where it is: the
// *DamagedError has no MovedTo.
func Read(path string, v any) error {
	data, err := read(path)
	if err != nil || data == nil {
		return err
	}
	if err := decodeWhole(data, v); err != nil {
		return &DamagedError{Path: path, Err: err}
	}
	return nil
}

// decodeWhole is Decode that leaves v as it is when data is damaged: a decoder
// fills what stands before the damage.
func decodeWhole(data []byte, v any) error {
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && !p.IsNil() {
		if err := Decode(data, reflect.New(p.Type().Elem()).Interface()); err != nil {
			return err
		}
	}
	return Decode(data, v)
}

// Decode is Load for JSON that is already in memory.
func Decode(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		return nil
	}
	return err
}

// Save replaces the file at path by the JSON of v. The file is readable for
// its owner alone (0600), and so is its directory if it has to be made (0700).
// At every moment the file holds either the old content or the new.
func Save(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replace(path, append(data, '\n'))
}

// Update reads the file at path into v, lets change alter it and writes it
// back, while other instances of the program wait. Fields of the outermost
// object that v does not know stay in the file.
//
// An error of change is handed back, with nothing written. After a
// *DamagedError the change has been written nevertheless, to what v held
// before; any other error means that the file is as it was.
func Update(path string, v any, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	unlock := lock(path + ".lock")
	defer unlock()

	old, err := read(path)
	if err != nil {
		return err
	}
	var damaged error
	if old != nil {
		if err := decodeWhole(old, v); err != nil {
			if damaged = moveAside(path, err); !Moved(damaged) {
				return damaged
			}
			old = nil
		}
	}
	before, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := json.Marshal(v)
	if err != nil {
		return err
	}
	merged, err := Merge(old, before, after)
	if err != nil {
		return err
	}
	if err := Save(path, merged); err != nil {
		return err
	}
	return damaged
}

// Moved reports whether err is a *DamagedError whose file was moved aside, so
// that a new one may take its place.
func Moved(err error) bool {
	var damaged *DamagedError
	return errors.As(err, &damaged) && damaged.MovedTo != ""
}

// Merge brings a change into the JSON object old: before and after are what
// this program makes of the object, so a field of old that is in neither is
// one that only another version of the program knows, and stays. An empty old
// stands for an object without fields.
func Merge(old, before, after []byte) (json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if len(old) > 0 {
		if err := json.Unmarshal(old, &fields); err != nil {
			return nil, err
		}
	}
	var known, changed map[string]json.RawMessage
	if err := json.Unmarshal(before, &known); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(after, &changed); err != nil {
		return nil, err
	}
	for name := range known {
		delete(fields, name)
	}
	for name, value := range changed {
		fields[name] = value
	}
	return json.Marshal(fields)
}

// read gives nil for a file that does not exist. Windows' Notepad puts a byte
// order mark in front of what it saves.
func read(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

func moveAside(path string, why error) error {
	to, err := SetAside(path, "damaged")
	if err != nil {
		return &DamagedError{Path: path, Err: errors.Join(why, err)}
	}
	return &DamagedError{Path: path, MovedTo: to, Err: why}
}

// SetAside gives the file at path another name, which ends in why, so that a
// new file may take its place. The change of an Update may set its own file
// aside.
func SetAside(path, why string) (to string, err error) {
	if to, err = freeName(path, why); err != nil {
		return "", err
	}
	return to, os.Rename(path, to)
}

// freeName never gives the name of an earlier file that was set aside, which
// may be the one that somebody can still repair.
func freeName(path, why string) (string, error) {
	for n := 1; n <= 100; n++ {
		name := path + "." + why
		if n > 1 {
			name = fmt.Sprintf("%s.%d.%s", path, n, why)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		}
	}
	return "", fmt.Errorf("too many files called %s beside it", why)
}

// replace writes a new file beside path and renames it: a crash leaves the old
// content. CreateTemp makes the file for its owner alone.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		// Without this a crash of the computer can leave an empty file
		// behind the new name.
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = rename(f.Name(), path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}
