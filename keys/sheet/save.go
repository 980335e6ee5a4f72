package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Save writes a file that this package made, and returns nil only when what
// stands on the disk has been read again, is the same, and its codes hold the
// links: ErrDamaged, wrapped, if not. Until then the file has another name in
// the same folder; a failure leaves that folder as it was. A file of the same
// name is replaced: asking first is the caller's part.
//
// Only the file's owner may read it (mode 0600, also where the replaced file
// had another one), because a link is a secret.
func Save(path string, kind Kind, file []byte, links ...string) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".glpikeys-*.tmp") // mode 0600
	if err != nil {
		return fmt.Errorf("save a code: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("save a code: %w", err), drop(temporary.Name()))
		}
	}()
	_, err = temporary.Write(file)
	if err == nil {
		err = temporary.Sync()
	}
	if err = errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	if err := check(temporary.Name(), kind, file, links); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// check reads what stands on the disk. Comparing it with what was meant finds
// damage that the codes outlive, in a font for instance.
func check(path string, kind Kind, file []byte, links []string) error {
	written, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(written, file) {
		return fmt.Errorf("%w: written differently", ErrDamaged)
	}
	return Verify(kind, written, links...)
}

func drop(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
