package connection

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

// longKey is a text as long as GLPI keeps any.
var longKey = strings.Repeat("eyJzaWduYXR1cmUi0123456789+/", 143)

func textsAt(path string, r ring) *KeyTexts { return NewKeyTexts(path, with(r)) }

func textsPath(t *testing.T) string { return filepath.Join(t.TempDir(), "config", "keytexts.json") }

type keyTexts interface {
	Load(ctx context.Context, connection, fingerprint string) (keys.KeyText, bool, error)
	Save(ctx context.Context, connection, fingerprint string, text keys.KeyText) error
	Delete(connection, fingerprint string) error
	Forget(ctx context.Context, connection string) error
	List(connection string) ([]string, error)
}

func saveText(t *testing.T, k keyTexts, connection, text string) error {
	t.Helper()
	return k.Save(t.Context(), connection, keys.Fingerprint(text), keys.NewKeyText(text))
}

func mustSave(t *testing.T, k keyTexts, connection, text string) {
	t.Helper()
	if err := saveText(t, k, connection, text); err != nil {
		t.Fatal(err)
	}
}

func expectText(t *testing.T, k keyTexts, connection, text string) {
	t.Helper()
	got, ok, err := k.Load(t.Context(), connection, keys.Fingerprint(text))
	if err != nil || !ok || got != keys.NewKeyText(text) {
		t.Errorf("another text than saved: found %v, %v", ok, err)
	}
}

func expectNoText(t *testing.T, k keyTexts, connection, text string, want keys.Cause) {
	t.Helper()
	if _, ok, err := k.Load(t.Context(), connection, keys.Fingerprint(text)); ok || keys.CauseOf(err) != want {
		t.Errorf("found %v, %v, want cause %q", ok, err, want)
	}
}

// textsBehave is what every implementation has to do.
func textsBehave(t *testing.T, k keyTexts) {
	t.Helper()
	texts := []string{"a key", " é漢\n\x00 a key with \"quotes\" ", longKey}
	for _, text := range texts {
		expectNoText(t, k, "one", text, "")
		mustSave(t, k, "one", text)
		mustSave(t, k, "one", text)
	}
	mustSave(t, k, "two", texts[0])
	for _, text := range texts {
		expectText(t, k, "one", text)
	}
	expectNoText(t, k, "two", texts[1], "")
	if list, err := k.List("one"); err != nil || len(list) != 3 {
		t.Error(list, err)
	}
	for range 2 {
		if err := k.Delete("one", keys.Fingerprint(texts[0])); err != nil {
			t.Error(err)
		}
	}
	expectNoText(t, k, "one", texts[0], "")
	expectText(t, k, "two", texts[0])
	list, err := k.List("two")
	if diff := cmp.Diff([]string{keys.Fingerprint(texts[0])}, list); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if list, err := k.List("three"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	for _, fingerprint := range []string{"", "abc", keys.Fingerprint("another")} {
		if err := k.Save(t.Context(), "one", fingerprint, keys.NewKeyText("a key")); keys.CauseOf(err) != keys.KeyMismatch {
			t.Errorf("fingerprint %q: %v", fingerprint, err)
		}
	}
	if err := k.Save(t.Context(), "one", "", keys.KeyText{}); keys.CauseOf(err) != keys.KeyMismatch {
		t.Error("no text:", err)
	}
	mustSave(t, k, "three", longKey)
	for range 2 {
		if err := k.Forget(t.Context(), "three"); err != nil {
			t.Error(err)
		}
	}
	if list, err := k.List("three"); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	expectText(t, k, "one", longKey)
	expectText(t, k, "two", texts[0])
}

func TestMemoryKeyTexts(t *testing.T) {
	t.Parallel()
	textsBehave(t, &MemoryKeyTexts{})
}

func TestKeyTexts(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	textsBehave(t, textsAt(path, f))
	if _, items := f.seen(); items != 1 {
		t.Errorf("%d items in the keyring", items)
	}
	again := textsAt(path, f)
	expectText(t, again, "one", longKey)
	expectText(t, again, "two", "a key")
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Error(info.Mode(), err)
		}
	}
	for _, item := range f.items {
		if len(item) > 50 {
			t.Errorf("%d bytes are too long for some keyrings", len(item))
		}
	}
}

func TestKeyTextsOfOtherConnectionsNeedNoKeyring(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	k := textsAt(textsPath(t), f)
	expectNoText(t, k, "one", "a key", "")
	if _, err := k.List("one"); err != nil {
		t.Error(err)
	}
	if err := k.Delete("one", keys.Fingerprint("a key")); err != nil {
		t.Error(err)
	}
	if calls, _ := f.seen(); calls != "" {
		t.Errorf("calls: %s", calls)
	}
	if _, err := os.Stat(k.path); err == nil {
		t.Error("a file was made")
	}
}

// TestKeyTextFile is the promise to later versions of the program.
func TestKeyTextFile(t *testing.T) {
	t.Parallel()
	const text = "secret-registration-key"
	path := textsPath(t)
	k := textsAt(path, &fakeRing{})
	mustSave(t, k, "one", text)
	first := readTexts(t, path)
	if first.Version != 1 || first.Key == "" {
		t.Errorf("header %d, %q", first.Version, first.Key)
	}
	mustSave(t, k, "one", text)
	fingerprint := keys.Fingerprint(text)
	a, b := first.Texts["one"][fingerprint], readTexts(t, path).Texts["one"][fingerprint]
	if a == "" || a == b {
		t.Error("the same nonce was used twice")
	}
	// nonce, text, tag
	if data, err := base64.StdEncoding.DecodeString(b); err != nil || len(data) != 12+len(text)+16 {
		t.Error(len(data), err)
	}
	if strings.Contains(read(t, path), text[:10]) {
		t.Error("the file holds the text in clear")
	}
	// What a newer version adds stays.
	write(t, path, strings.Replace(read(t, path), `"version"`, `"hint": 7, "version"`, 1))
	mustSave(t, k, "one", "another")
	if !strings.Contains(read(t, path), `"hint"`) {
		t.Error("an unknown field was dropped")
	}
}

func readTexts(t *testing.T, path string) (f textFile) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, path)), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestKeyTextsWithoutKeyring(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	mustSave(t, textsAt(path, f), "one", "kept before")
	k := textsAt(path, f)
	f.err = errors.New("locked")
	err := saveText(t, k, "one", "new")
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.KeyTextUnsaved || keys.CauseOf(p.Err) != keys.KeyringFailed {
		t.Fatal(err)
	}
	expectText(t, k, "one", "new")
	expectNoText(t, k, "one", "kept before", keys.KeyringFailed)
	expectNoText(t, textsAt(path, f), "one", "new", "")
	if list, err := k.List("one"); err != nil || len(list) != 2 {
		t.Error(list, err)
	}
	f.err = nil
	mustSave(t, k, "one", "newer")
	for _, text := range []string{"kept before", "new", "newer"} {
		expectText(t, textsAt(path, f), "one", text)
	}
	if k.unsaved.all(); len(k.unsaved.all()) != 0 {
		t.Error("what was written is still in memory")
	}
}

func TestAbsentKeyringKeepsTextsForThisRun(t *testing.T) {
	t.Parallel()
	path := textsPath(t)
	k := NewKeyTexts(path, newKeyring(&fakeRing{}, func() error { return errors.New("no bus") }))
	err := saveText(t, k, "one", "a key")
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.KeyTextUnsaved || keys.CauseOf(p.Err) != keys.KeyringAbsent {
		t.Error(err)
	}
	expectText(t, k, "one", "a key")
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made")
	}
}

func TestUnwritableFileKeepsTextsForThisRun(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	if err := os.WriteFile(filepath.Dir(path), nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	k := textsAt(path, f)
	if err := saveText(t, k, "one", "a key"); keys.CauseOf(err) != keys.KeyTextUnsaved {
		t.Error(err)
	}
	expectText(t, k, "one", "a key")
	if _, items := f.seen(); items != 0 {
		t.Errorf("%d keys left in the keyring that open nothing", items)
	}
}

func TestCanceledSaveKeepsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, path := &fakeRing{takes: time.Minute}, textsPath(t)
		k := textsAt(path, f)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		time.AfterFunc(time.Second, cancel)
		err := k.Save(ctx, "one", keys.Fingerprint("a key"), keys.NewKeyText("a key"))
		if keys.CauseOf(err) != keys.Canceled {
			t.Error(err)
		}
		time.Sleep(10 * time.Minute)
		expectNoText(t, k, "one", "a key", "")
		if calls, items := f.seen(); items != 0 {
			t.Errorf("%d keys left in the keyring: %s", items, calls)
		}
	})
}

func TestLostKey(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(map[string]string){
		"gone":     func(items map[string]string) { clear(items) },
		"foreign":  func(items map[string]string) { change(items, func(string) string { return "hello" }) },
		"short":    func(items map[string]string) { change(items, func(s string) string { return s[:8] }) },
		"no ID":    nil,
		"replaced": func(items map[string]string) { change(items, func(string) string { return "" }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, path := &fakeRing{}, textsPath(t)
			k := textsAt(path, f)
			mustSave(t, k, "one", "old")
			if lose != nil {
				lose(f.items)
			} else {
				write(t, path, strings.Replace(read(t, path), `"key"`, `"yek"`, 1))
			}
			before := read(t, path)
			for range 2 {
				expectNoText(t, k, "one", "old", keys.KeyTextsLost)
			}
			if read(t, path) != before {
				t.Error("reading changed the file")
			}
			err := saveText(t, k, "one", "new")
			var p *keys.Problem
			if !errors.As(err, &p) || p.Cause != keys.KeyTextsLost || p.Detail != path+".key-lost" {
				t.Fatal(err)
			}
			if read(t, path+".key-lost") != before {
				t.Error("the earlier file is not beside the new one")
			}
			expectText(t, textsAt(path, f), "one", "new")
			expectNoText(t, k, "one", "old", "")
			mustSave(t, k, "one", "newer")
		})
	}
}

func change(items map[string]string, to func(string) string) {
	for name, item := range items {
		items[name] = to(item)
	}
}

func TestDamagedTextFile(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(string) string{
		"empty":        func(string) string { return "" },
		"breaks off":   func(s string) string { return s[:len(s)/2] },
		"zero bytes":   func(s string) string { return strings.Repeat("\x00", len(s)) },
		"no object":    func(string) string { return `["a"]` },
		"other texts":  func(s string) string { return strings.Replace(s, `"texts": {`, `"texts": 3, "x": {`, 1) },
		"no base64 ob": func(s string) string { return strings.Replace(s, `"one": {`, `"one": 7, "x": {`, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, path := &fakeRing{}, textsPath(t)
			k := textsAt(path, f)
			mustSave(t, k, "one", "old")
			damaged := damage(read(t, path))
			write(t, path, damaged)
			for range 2 {
				expectNoText(t, k, "one", "old", keys.KeyTextsDamaged)
			}
			if _, err := k.List("one"); keys.CauseOf(err) != keys.KeyTextsDamaged {
				t.Error(err)
			}
			if err := k.Delete("one", keys.Fingerprint("old")); keys.CauseOf(err) != keys.KeyTextsDamaged {
				t.Error(err)
			}
			if read(t, path) != damaged {
				t.Error("the damaged file was touched")
			}
			err := saveText(t, k, "one", "new")
			var p *keys.Problem
			if !errors.As(err, &p) || p.Cause != keys.KeyTextsDamaged || p.Detail != path+".damaged" {
				t.Fatal(err)
			}
			if read(t, path+".damaged") != damaged {
				t.Error("the damaged file is not beside the new one")
			}
			expectText(t, textsAt(path, f), "one", "new")
		})
	}
}

// TestTamperedText proves that a text opens only where it was put, and that a
// broken one neither harms the others nor stays broken when it is saved again.
func TestTamperedText(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	k := textsAt(path, f)
	mustSave(t, k, "one", "first")
	mustSave(t, k, "one", "second")
	mustSave(t, k, "two", "first")
	first, second := keys.Fingerprint("first"), keys.Fingerprint("second")
	good := readTexts(t, path)
	for name, tamper := range map[string]func(s sealedTexts){
		"of another key":        func(s sealedTexts) { s["one"][first] = good.Texts["one"][second] },
		"of another connection": func(s sealedTexts) { s["one"][first] = good.Texts["two"][first] },
		"one bit":               func(s sealedTexts) { s["one"][first] = flipped(t, good.Texts["one"][first]) },
		"too short":             func(s sealedTexts) { s["one"][first] = "AAAA" },
		"empty":                 func(s sealedTexts) { s["one"][first] = "" },
		"no base64":             func(s sealedTexts) { s["one"][first] = "?" },
	} {
		f := good
		f.Texts = sealedTexts{}
		for connection, texts := range good.Texts {
			for fingerprint, sealed := range texts {
				f.Texts.put(connection, fingerprint, sealed)
			}
		}
		tamper(f.Texts)
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(data))
		t.Log(name)
		expectNoText(t, k, "one", "first", keys.KeyTextsDamaged)
		expectText(t, k, "one", "second")
		expectText(t, k, "two", "first")
		mustSave(t, k, "one", "first")
		expectText(t, k, "one", "first")
	}
}

func flipped(t *testing.T, sealed string) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	return base64.StdEncoding.EncodeToString(data)
}

func TestNewerTextFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := textsPath(t)
	k := textsAt(path, &fakeRing{})
	mustSave(t, k, "one", "old")
	newer := strings.Replace(read(t, path), `"version": 1`, `"version": 2`, 1)
	write(t, path, newer)
	expectNoText(t, k, "one", "old", keys.FileFailed)
	if err := saveText(t, k, "one", "new"); keys.CauseOf(err) != keys.KeyTextUnsaved {
		t.Error(err)
	}
	if err := k.Delete("one", keys.Fingerprint("old")); keys.CauseOf(err) != keys.FileFailed {
		t.Error(err)
	}
	expectText(t, k, "one", "new")
	if read(t, path) != newer {
		t.Error("the newer file was changed")
	}
}

// TestManyInstancesBeginAFile lets several programs with one keyring save their
// first texts at the same moment.
func TestManyInstancesBeginAFile(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{takes: time.Millisecond}, textsPath(t)
	var work sync.WaitGroup
	const programs, each = 4, 5
	for p := range programs {
		k := textsAt(path, f)
		for n := range each {
			work.Go(func() {
				text := fmt.Sprint("text ", p, n)
				if err := saveText(t, k, "one", text); err != nil {
					t.Error(err)
				}
				expectText(t, k, "one", text)
			})
		}
	}
	work.Wait()
	k := textsAt(path, f)
	for p := range programs {
		for n := range each {
			expectText(t, k, "one", fmt.Sprint("text ", p, n))
		}
	}
	if _, items := f.seen(); items != 1 {
		t.Errorf("%d keys in the keyring", items)
	}
}

// TestKeyTextsAreNeverShown prints everything that comes out of the store when
// all goes wrong.
func TestKeyTextsAreNeverShown(t *testing.T) {
	t.Parallel()
	const text = "Top5ecret-registration-key"
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	show := func(values ...any) {
		for _, v := range values {
			fmt.Fprintf(&out, "%v %+v %#v %s %q\n", v, v, v, v, v)
			log.Error("shown", "value", v)
		}
	}
	f, path := &fakeRing{}, textsPath(t)
	k := textsAt(path, f)
	show(k.Save(t.Context(), "one", keys.Fingerprint("other"), keys.NewKeyText(text)))
	f.err = errors.New("locked")
	show(saveText(t, k, "one", text), k, &k.unsaved, k.unsaved.all())
	f.err = nil
	show(saveText(t, k, "one", text))
	loaded, _, err := k.Load(t.Context(), "one", keys.Fingerprint(text))
	show(loaded, err)
	clear(f.items)
	_, _, err = k.Load(t.Context(), "one", keys.Fingerprint(text))
	show(err, saveText(t, k, "one", text))
	write(t, path, "{")
	show(saveText(t, k, "one", text))
	for _, name := range []string{path, path + ".key-lost", path + ".damaged"} {
		show(read(t, name))
	}
	if out.Len() < 2000 {
		t.Errorf("only %d bytes were searched", out.Len())
	}
	for _, form := range []string{text, text[:9], base64.StdEncoding.EncodeToString([]byte(text))[:12]} {
		if strings.Contains(out.String(), form) {
			t.Errorf("%q is shown", form)
		}
	}
}

// TestForgetLeavesNothing removes servers one by one: what opens the texts of the
// others stays in the keyring until the last one is gone.
func TestForgetLeavesNothing(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, filepath.Join(t.TempDir(), "a [b] folder", "keytexts.json")
	forget := func(connection string) {
		t.Helper()
		if err := textsAt(path, f).Forget(t.Context(), connection); err != nil {
			t.Error(err)
		}
	}
	k := textsAt(path, f)
	forget("one") // there is no file yet
	mustSave(t, k, "one", "lost")
	mustSave(t, k, "two", "lost")
	clear(f.items)
	if err := saveText(t, k, "one", "old"); keys.CauseOf(err) != keys.KeyTextsLost {
		t.Fatal(err)
	}
	mustSave(t, k, "two", "old")
	forget("one")
	for _, name := range []string{path, path + ".key-lost"} {
		if text := read(t, name); strings.Contains(text, `"one"`) || !strings.Contains(text, `"two"`) {
			t.Errorf("%s: %s", filepath.Base(name), text)
		}
	}
	expectText(t, k, "two", "old")
	forget("two")
	if _, items := f.seen(); items != 0 {
		t.Errorf("%d items left in the keyring", items)
	}
	if text := readTexts(t, path); len(text.Texts) != 0 || text.Key != "" {
		t.Errorf("left: %+v", text)
	}
	if _, err := os.Stat(path + ".key-lost"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file without its key is still there:", err)
	}
	mustSave(t, k, "three", "new") // another instance that knew the old key
	expectText(t, textsAt(path, f), "three", "new")
}

func TestForgetForThisRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keytexts.json")
	k := textsAt(path, &fakeRing{err: errors.New("locked")})
	if err := saveText(t, k, "one", "a key"); keys.CauseOf(err) != keys.KeyTextUnsaved {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := k.Forget(t.Context(), "one"); keys.CauseOf(err) != keys.FileFailed {
		t.Error(err)
	}
	if list, _ := k.List("one"); len(list) != 1 { // whoever removes the server will try once more
		t.Error(list)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, path, "{")
	if err := k.Forget(t.Context(), "one"); keys.CauseOf(err) != keys.KeyTextsDamaged {
		t.Error(err)
	}
	if list, _ := k.List("one"); len(list) != 0 { // or it would stand in the file that follows the damaged one
		t.Error(list)
	}
}

func TestForgetThatFails(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	k := textsAt(path, f)
	mustSave(t, k, "one", "a key")
	f.err = errors.New("locked")
	if err := k.Forget(t.Context(), "one"); keys.CauseOf(err) != keys.KeyringFailed {
		t.Error(err)
	}
	if list, err := k.List("one"); err != nil || len(list) != 0 {
		t.Error("the text stays because of the keyring:", list, err)
	}
	f.err = nil
	mustSave(t, k, "one", "a key")
	damaged := read(t, path)[:40]
	write(t, path, damaged)
	if err := k.Forget(t.Context(), "one"); keys.CauseOf(err) != keys.KeyTextsDamaged || read(t, path) != damaged {
		t.Error("a damaged file was touched:", err)
	}
}

// slowRing lets something else happen once the key of a file was read.
type slowRing struct {
	*fakeRing
	meanwhile func()
}

func (r *slowRing) Get(service, user string) (string, error) {
	item, err := r.fakeRing.Get(service, user)
	if do := r.meanwhile; do != nil {
		r.meanwhile = nil
		do()
	}
	return item, err
}

// A text that is saved while another instance forgets the last one must not be
// closed with the key that this instance drops.
func TestSaveWhileAnotherInstanceForgets(t *testing.T) {
	t.Parallel()
	f, path := &fakeRing{}, textsPath(t)
	mustSave(t, textsAt(path, f), "one", "old")
	slow := &slowRing{fakeRing: f, meanwhile: func() {
		if err := textsAt(path, f).Forget(t.Context(), "one"); err != nil {
			t.Error(err)
		}
	}}
	mustSave(t, textsAt(path, slow), "two", "new")
	expectText(t, textsAt(path, f), "two", "new")
	if _, items := f.seen(); items != 1 {
		t.Errorf("%d keys in the keyring", items)
	}
}
