package plugin

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func pack(t *testing.T) []byte {
	t.Helper()
	var archive bytes.Buffer
	if err := Pack(&archive); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// The archive is read back and compared with the files on disk, byte by byte.
func TestArchiveHoldsThePlugin(t *testing.T) {
	data := pack(t)
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	packed := map[string]bool{}
	for _, file := range reader.File {
		packed[file.Name] = true
		if !strings.HasPrefix(file.Name, Name+"/") || strings.Contains(file.Name, "..") {
			t.Errorf("%s is not below %s/", file.Name, Name)
		}
		if mode := file.Mode(); mode.Perm() != 0o644 {
			t.Errorf("%s has mode %v", file.Name, mode)
		}
		want, err := os.ReadFile(filepath.FromSlash(file.Name))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := read(t, file); !bytes.Equal(got, want) {
			t.Errorf("%s differs from the file on disk", file.Name)
		}
	}
	for _, file := range onDisk(t) {
		if !packed[file] {
			t.Errorf("%s is missing in the archive", file)
		}
	}
}

// onDisk lists what belongs to the plugin, but for what serves development.
func onDisk(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS("."), Name, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file == Name+"/tests":
			return fs.SkipDir
		case !entry.IsDir() && file != Name+"/phpunit.xml":
			names = append(names, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 30 {
		t.Fatalf("only %d files found", len(names))
	}
	return names
}

func TestArchiveLeavesOutWhatOnlyDevelopersNeed(t *testing.T) {
	data := pack(t)
	reader, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range reader.File {
		if strings.Contains(file.Name, "/tests/") || strings.HasSuffix(file.Name, "phpunit.xml") ||
			strings.HasPrefix(filepath.Base(file.Name), ".") {
			t.Errorf("%s is in the archive", file.Name)
		}
	}
}

func TestArchiveIsTheSameEveryTime(t *testing.T) {
	first, second := pack(t), pack(t)
	if !bytes.Equal(first, second) {
		t.Error("two archives of the same source differ")
	}
}

func TestVersion(t *testing.T) {
	got, err := Version()
	if err != nil {
		t.Fatal(err)
	}
	if parts := strings.Split(got, "."); len(parts) != 3 {
		t.Errorf("version %q is not of three parts", got)
	}
}

// Text that names a machine, or a secret that slipped in, would be published.
func TestNoMachinePathsInSource(t *testing.T) {
	err := fs.WalkDir(files, Name, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		for _, path := range []string{"/work" + "/", "/srv" + "/glpi", "/home" + "/"} {
			if bytes.Contains(content, []byte(path)) {
				t.Errorf("%s names %s", file, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file *zip.File) []byte {
	t.Helper()
	reader, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
