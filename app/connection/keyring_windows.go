package connection

import (
	"errors"
	"syscall"
)

// keyringAbsent is always nil: every Windows has a Credential Manager.
func keyringAbsent() error { return nil }

// meansAbsent finds ERROR_NO_SUCH_LOGON_SESSION, which a session without a
// desktop gets, such as one over the network: it has no set of credentials.
func meansAbsent(err error) bool { return errors.Is(err, syscall.Errno(1312)) }
