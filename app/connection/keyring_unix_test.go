//go:build unix && !darwin

package connection

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestBusAbsent(t *testing.T) {
	t.Parallel()
	empty, socket, file, other := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(socket, "bus"), "")
	write(t, filepath.Join(file, "dbus-session"), "DBUS_SESSION_BUS_ADDRESS=unix:path=/x\n")
	write(t, filepath.Join(other, "dbus-session"), "something else")
	for _, tc := range []struct {
		address, dir string
		absent       bool
	}{
		{"", empty, true},
		{"", filepath.Join(empty, "no"), true},
		{"autolaunch:", empty, true},
		{"", other, true},
		{"unix:path=/tmp/bus", empty, false},
		{"", socket, false},
		{"autolaunch:", socket, false},
		{"", file, false},
	} {
		if err := busAbsent(tc.address, tc.dir); (err != nil) != tc.absent {
			t.Errorf("%q, %s: %v", tc.address, filepath.Base(tc.dir), err)
		}
	}
}

func TestMeansAbsent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown"}, true},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.Spawn.ChildExited"}, true},
		{dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, true},
		{fmt.Errorf("wrapped: %w", dbus.Error{Name: "org.freedesktop.Secret.Error.NoSuchObject"}), true},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.NoReply"}, false},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"}, false},
		{&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ENOENT}}, true},
		{&net.OpError{Op: "write", Err: syscall.EPIPE}, false},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"), true},
		{errors.New("anything else"), false},
	} {
		if got := meansAbsent(tc.err); got != tc.want {
			t.Errorf("%#v: %v", tc.err, got)
		}
	}
}
