package sheet

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestSave(t *testing.T) {
	t.Parallel()
	for name, file := range written(t) {
		folder := t.TempDir()
		path := filepath.Join(folder, "code."+file.Kind.String())
		// A file that everyone may read stood there before.
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Save(path, file.Kind, file.Bytes, testLink); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, file.Bytes) {
			t.Errorf("%s: other bytes on the disk, %v", name, err)
		}
		info, err := os.Stat(path)
		if err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
		if diff := cmp.Diff([]string{filepath.Base(path)}, names(t, folder)); diff != "" {
			t.Errorf("%s: the folder holds\n%s", name, diff)
		}
	}
}

func TestSaveLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	png := written(t)["PNG"].Bytes
	for _, tc := range []struct {
		name string
		path string // in a folder with the file "old" and the folder "inner"
		file []byte
		link string
		want error // nil: any
	}{
		{"damaged", "old", png[:len(png)-20], testLink, ErrDamaged},
		{"another link", "old", png, testLink + "X", ErrDamaged},
		{"empty", "new", nil, testLink, ErrDamaged},
		{"no such folder", "nowhere/new", png, testLink, fs.ErrNotExist},
		{"a folder's name", "inner", png, testLink, nil},
	} {
		folder := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(folder, "old"), []byte("old"), 0o600),
			os.MkdirAll(filepath.Join(folder, "inner", "full"), 0o700)); err != nil {
			t.Fatal(err)
		}
		err := Save(filepath.Join(folder, tc.path), PNG, tc.file, tc.link)
		if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error holds the link: %v", tc.name, err)
		}
		if diff := cmp.Diff([]string{"inner", "old"}, names(t, folder)); diff != "" {
			t.Errorf("%s: the folder holds\n%s", tc.name, diff)
		}
		if old, err := os.ReadFile(filepath.Join(folder, "old")); err != nil || string(old) != "old" {
			t.Errorf("%s: the old file is gone: %q, %v", tc.name, old, err)
		}
	}
}

// TestCheckLooksAtTheDisk damages a file where codes do not notice: between
// writing and reading, in the fonts of a PDF.
func TestCheckLooksAtTheDisk(t *testing.T) {
	t.Parallel()
	pdf := written(t)["PDF"].Bytes
	damaged := bytes.Clone(pdf)
	damaged[bytes.LastIndex(pdf, []byte("/FlateDecode"))+100] ^= 1
	path := filepath.Join(t.TempDir(), "card.pdf")
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Verify(PDF, damaged, testLink); err != nil {
		t.Fatalf("the code should not notice: %v", err)
	}
	if err := check(path, PDF, pdf, []string{testLink}); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v, want ErrDamaged", err)
	}
	if err := check(path+"x", PDF, pdf, []string{testLink}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that there is none", err)
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]string{PNG: "png", SVG: "svg", PDF: "pdf", 9: "unknown"} {
		if got := kind.String(); got != want {
			t.Errorf("%d is %q, want %q", kind, got, want)
		}
	}
}
