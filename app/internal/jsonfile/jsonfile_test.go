package jsonfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type pet struct {
	Name string `json:"name,omitempty"`
	Legs int    `json:"legs"`
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text    string
		want    pet
		damaged bool
	}{
		"whole":             {`{"name":"Rex","legs":3}`, pet{"Rex", 3}, false},
		"byte order mark":   {"\ufeff" + `{"name":"Rex"}`, pet{"Rex", 4}, false},
		"unknown field":     {`{"name":"Rex","wings":2}`, pet{"Rex", 4}, false},
		"other type":        {`{"name":{"first":"Rex"},"legs":2}`, pet{"", 2}, false},
		"null":              {`null`, pet{"", 4}, false},
		"empty":             {``, pet{"", 4}, true},
		"breaks off":        {`{"name":"Re`, pet{"", 4}, true},
		"zero bytes":        {"\x00\x00\x00", pet{"", 4}, true},
		"another value":     {`["Rex"]`, pet{"", 4}, true},
		"something behind":  {`{"legs":1} {"legs":2}`, pet{"", 4}, true},
		"a page of a proxy": {`<html>`, pet{"", 4}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "pet.json")
			write(t, path, tc.text)
			got := pet{Legs: 4}
			err := Load(path, &got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			var damaged *DamagedError
			if errors.As(err, &damaged) != tc.damaged {
				t.Fatalf("error %v", err)
			}
			if tc.damaged && (damaged.MovedTo != path+".damaged" || content(t, damaged.MovedTo) != tc.text) {
				t.Errorf("the content is not in %q", damaged.MovedTo)
			}
		})
	}
}

func TestLoadWithoutFile(t *testing.T) {
	t.Parallel()
	got := pet{Legs: 4}
	if err := Load(filepath.Join(t.TempDir(), "no", "pet.json"), &got); err != nil || got.Legs != 4 {
		t.Error(got, err)
	}
}

func TestUnreadableFileStays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if err := Load(path, &pet{}); err == nil || errors.As(err, &damaged) {
		t.Errorf("a directory: %v", err)
	}
	if err := Update(path, &pet{}, func() error { t.Error("changed"); return nil }); err == nil {
		t.Error("a directory was replaced")
	}
}

func TestDamagedFilesDoNotReplaceEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	for n := range 3 {
		write(t, path, fmt.Sprint("damage ", n))
		if err := Load(path, &pet{}); err == nil {
			t.Fatal("not noticed")
		}
	}
	for n, name := range []string{".damaged", ".2.damaged", ".3.damaged"} {
		if got := content(t, path+name); got != fmt.Sprint("damage ", n) {
			t.Errorf("%s holds %q", name, got)
		}
	}
}

func TestSaveIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(dir, "pet.json")
	for range 2 { // made, then replaced
		if err := Save(path, pet{"Rex", 4}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := content(t, path), "{\n  \"name\": \"Rex\",\n  \"legs\": 4\n}\n"; got != want {
		t.Errorf("saved %q", got)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, dir: 0o700 | fs.ModeDir} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestFailedSaveKeepsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	write(t, path, `{"name":"Rex"}`)
	if err := Save(path, func() {}); err == nil {
		t.Error("a function was saved")
	}
	// The rename fails, since a directory stands in its way.
	inTheWay := filepath.Join(filepath.Dir(path), "dir")
	if err := os.MkdirAll(filepath.Join(inTheWay, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Save(inTheWay, pet{}); err == nil {
		t.Error("a directory was replaced")
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 2 || content(t, path) != `{"name":"Rex"}` {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestUpdateKeepsWhatANewerVersionWrote(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	write(t, path, `{"name":"Rex","legs":4,"wings":{"left":1}}`)
	var p pet
	err := Update(path, &p, func() error {
		p.Name, p.Legs = "", p.Legs-1
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(content(t, path)), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"legs": 3.0, "wings": map[string]any{"left": 1.0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	write(t, path, `{"legs":4}`)
	no := errors.New("no")
	if err := Update(path, &pet{}, func() error { return no }); err != no || content(t, path) != `{"legs":4}` {
		t.Errorf("%v, %s", err, content(t, path))
	}
}

func TestUpdateOfDamagedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	write(t, path, `{"legs":`)
	p := pet{Legs: 4}
	err := Update(path, &p, func() error { p.Legs++; return nil })
	if !Moved(err) || !strings.Contains(err.Error(), path+".damaged") {
		t.Error(err)
	}
	if got := content(t, path); !strings.Contains(got, `"legs": 5`) {
		t.Error(got)
	}
	if got := content(t, path+".damaged"); got != `{"legs":` {
		t.Error(got)
	}
}

func TestUpdatesDoNotLoseEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			var p pet
			if err := Update(path, &p, func() error { p.Legs++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var p pet
	if err := Load(path, &p); err != nil || p.Legs != 20 {
		t.Errorf("%d of 20 changes are left, %v", p.Legs, err)
	}
}

func TestHungInstanceDoesNotKeepFromSaving(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	defer lock(path + ".lock")()
	start := time.Now()
	var p pet
	if err := Update(path, &p, func() error { p.Legs = 1; return nil }); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took < time.Second || took > 10*time.Second {
		t.Errorf("waited %v", took)
	}
}

// strict refuses what it does not know, as types do that hold what must not be
// lost.
type strict struct{}

func (*strict) UnmarshalJSON([]byte) error { return errors.New("no") }

func TestDamageIsNotHalfRead(t *testing.T) {
	t.Parallel()
	type owner struct {
		Name string `json:"name"`
		Dog  strict `json:"dog"`
	}
	path := filepath.Join(t.TempDir(), "owner.json")
	const text = `{"name":"Ana","dog":1}`
	write(t, path, text)
	var o owner
	var damaged *DamagedError
	if err := Read(path, &o); !errors.As(err, &damaged) || damaged.MovedTo != "" || o.Name != "" || content(t, path) != text {
		t.Error(o, err)
	}
	err := Update(path, &o, func() error {
		if o.Name != "" {
			t.Error("the change saw", o.Name)
		}
		return nil
	})
	if !Moved(err) || content(t, path+".damaged") != text {
		t.Error(err)
	}
}

func TestSetAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pet.json")
	for _, want := range []string{path + ".old", path + ".2.old"} {
		write(t, path, want)
		if to, err := SetAside(path, "old"); err != nil || to != want || content(t, to) != want {
			t.Errorf("%q, %v", to, err)
		}
	}
	if _, err := SetAside(path, "old"); err == nil {
		t.Error("a file that does not exist was set aside")
	}
}
