//go:build unix && !darwin

package connection

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// keyringAbsent says why no Secret Service can be reached. Without a session
// bus go-keyring would start one by dbus-launch, which no keyring is on and
// which stays behind; so it is only called where the bus is known.
func keyringAbsent() error {
	return busAbsent(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), fmt.Sprintf("/run/user/%d", os.Getuid()))
}

// busAbsent looks where the D-Bus library looks for the session bus before it
// starts one: in the environment, then in the user's run-time directory.
func busAbsent(address, runtimeDir string) error {
	if address != "" && address != "autolaunch:" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(runtimeDir, "bus")); err == nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(runtimeDir, "dbus-session"))
	if err == nil && strings.HasPrefix(string(text), "DBUS_SESSION_BUS_ADDRESS=") {
		return nil
	}
	return errors.New("no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set")
}

// meansAbsent tells errors after which no keyring will be usable in this run
// from others: nothing at the bus's address, no Secret Service on the bus, no
// collection in it, or a collection that stays locked.
func meansAbsent(err error) bool {
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" {
		return true
	}
	var answer dbus.Error
	if errors.As(err, &answer) {
		switch answer.Name {
		case "org.freedesktop.DBus.Error.ServiceUnknown",
			"org.freedesktop.DBus.Error.NameHasNoOwner",
			"org.freedesktop.Secret.Error.IsLocked",
			"org.freedesktop.Secret.Error.NoSuchObject":
			return true
		}
		return strings.HasPrefix(answer.Name, "org.freedesktop.DBus.Error.Spawn.")
	}
	// go-keyring has no value for this one.
	return strings.HasPrefix(err.Error(), "failed to unlock correct collection")
}
