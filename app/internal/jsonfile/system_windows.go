package jsonfile

import (
	"os"
	"syscall"
	"time"
)

// lock waits until no other instance of the program changes the file that
// goes with path, and gives what ends its own turn. It waits for two seconds
// at most: a hung instance must not keep people from saving. A file opened
// with no sharing is a lock that ends with its process.
func lock(path string) (unlock func()) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return func() {}
	}
	const errorSharingViolation = syscall.Errno(32)
	for range 200 {
		h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
			syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			return func() { _ = syscall.CloseHandle(h) }
		}
		if err != errorSharingViolation {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return func() {}
}

// rename tries for half a second: while another program, a virus scanner say,
// has the old file open, Windows refuses to replace it.
func rename(from, to string) error {
	var err error
	for range 25 {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// syncDir does nothing: Windows cannot flush a directory.
func syncDir(string) {}
