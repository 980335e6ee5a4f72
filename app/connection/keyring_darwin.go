package connection

import (
	"errors"
	"io/fs"
)

// keyringAbsent is always nil: every macOS has a keychain.
func keyringAbsent() error { return nil }

// meansAbsent reports that the system's security program, by which go-keyring
// reaches the keychain, is not there.
func meansAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
