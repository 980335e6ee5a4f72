//go:build unix

package jsonfile

import (
	"os"
	"syscall"
	"time"
)

// lock waits until no other instance of the program changes the file that
// goes with path, and gives what ends its own turn. It waits for two seconds
// at most: a hung instance, or a file system without locks, must not keep
// people from saving. The file stays behind, since removing it would let a
// third instance lock another file of the same name.
func lock(path string) (unlock func()) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return func() {}
	}
	for range 200 {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return func() { _ = f.Close() } // closing ends the lock
}

func rename(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename last through a crash of the computer. Not every file
// system can do it, and the file itself is whole either way.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
