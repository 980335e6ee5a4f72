//go:build keyring && linux

// These tests talk to a real Secret Service. They stop and lock it, so they
// run only in the throw-away session of .ci/with-keyring:
//
//	.ci/with-keyring go test -tags ci,keyring ./app/connection

package connection

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"glpikeys/keys"
)

// The steps share one keyring and the last one locks it.
func TestLiveKeyring(t *testing.T) {
	if os.Getenv("GLPIKEYS_TEST_KEYRING") == "" {
		t.Fatal("run this inside .ci/with-keyring: it would stop and lock your own keyring")
	}
	t.Run("save, load, delete, not found", func(t *testing.T) { secretsBehave(t, NewKeyring()) })
	t.Run("largest", liveLargest)
	t.Run("many", liveMany)
	t.Run("cancel", liveCancel)
	t.Run("key texts", liveKeyTexts)
	t.Run("key texts of two programs", liveTwoPrograms)
	t.Run("secrets test", liveSecrets)
	t.Run("no keyring", liveAbsent)
	t.Run("locked", liveLocked)
}

func liveLargest(t *testing.T) {
	k := NewKeyring()
	want := keys.Credentials{Password: strings.Repeat("x", keyringBytes-len(`{"password":""}`))}
	if err := k.Save(t.Context(), "largest", want); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(t.Context(), "largest"); err != nil || got != want {
		t.Error("other secrets than saved", err)
	}
	if err := k.Delete(t.Context(), "largest"); err != nil {
		t.Error(err)
	}
}

func liveMany(t *testing.T) {
	const many = 100
	k := NewKeyring()
	ids := make([]string, many)
	step := func(name string, do func(id string, want keys.Credentials) error) {
		t.Helper()
		start := time.Now()
		for n, id := range ids {
			if err := do(id, keys.Credentials{Password: fmt.Sprint("password ", n)}); err != nil {
				t.Fatalf("%s, number %d: %v", name, n, err)
			}
		}
		t.Logf("%s: %v each", name, (time.Since(start) / many).Round(10*time.Microsecond))
	}
	for n := range ids {
		ids[n] = NewID()
	}
	step("check", func(string, keys.Credentials) error { return k.Check(t.Context()) })
	step("save", func(id string, want keys.Credentials) error { return k.Save(t.Context(), id, want) })
	step("load", func(id string, want keys.Credentials) error {
		got, err := k.Load(t.Context(), id)
		if err == nil && got != want {
			err = errors.New("other secrets than saved")
		}
		return err
	})
	step("delete", func(id string, _ keys.Credentials) error { return k.Delete(t.Context(), id) })
	if _, err := keyring.Get(keyringService, ids[0]); !errors.Is(err, keyring.ErrNotFound) {
		t.Error("after Delete:", err)
	}
}

// liveCancel stops the keyring's process, which is how one that waits for a
// person looks from outside.
func liveCancel(t *testing.T) {
	bus, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	var pid uint32
	if err := bus.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, "org.freedesktop.secrets").Store(&pid); err != nil {
		t.Fatal(err)
	}
	signal := func(s syscall.Signal) {
		t.Helper()
		if err := syscall.Kill(int(pid), s); err != nil {
			t.Fatal(err)
		}
	}
	k := NewKeyring()
	signal(syscall.SIGSTOP)
	defer signal(syscall.SIGCONT)

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	err = k.Save(ctx, "canceled", all)
	if took := time.Since(start); keys.CauseOf(err) != keys.Canceled || took > 300*time.Millisecond {
		t.Errorf("%v after %v", err, took)
	}
	t.Logf("Save gave up %v after Cancel", (time.Since(start) - 100*time.Millisecond).Round(100*time.Microsecond))

	ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := k.Load(ctx, "canceled"); keys.CauseOf(err) != keys.KeyringTimedOut {
		t.Error("behind a call that was given up:", err)
	}

	signal(syscall.SIGCONT)
	start = time.Now()
	got, err := k.Load(t.Context(), "canceled")
	if err != nil || !got.Empty() {
		t.Error("a canceled Save left its secret behind", err)
	}
	t.Logf("the next Load took %v once the keyring answered", time.Since(start).Round(100*time.Microsecond))
}

// liveSecrets is the secrets test: it does with known secrets all that a
// sign-in does to this computer, and then looks for them wherever they do not
// belong.
func liveSecrets(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}

	secrets := keys.Credentials{
		User: "glpi", Password: `S3cret "pass" é漢`, UserToken: "uTok3nuTok3nuTok3nuTok3n", AppToken: "aT0kenaT0kenaT0kenaT0ken",
	}
	var out bytes.Buffer // what the program logs, and every error text
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	report := func(what string, err error) {
		log.Error(what, "err", err)
		fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, err)
	}

	store, err := Open(filepath.Join(config, "glpikeys", "connections.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := Connection{
		ID: NewID(), Name: "GLPI", User: secrets.User, Remember: true,
		Address: "https://glpi:" + url.QueryEscape(secrets.Password) + "@glpi.example.org/apirest.php?app_token=" + secrets.AppToken,
		API:     "https://glpi.example.org/apirest.php",
	}
	if err := store.Put(c); err != nil {
		t.Fatal(err)
	}
	k := NewKeyring()
	if err := k.Save(t.Context(), c.ID, secrets); err != nil {
		t.Fatal(err)
	}
	loaded, err := k.Load(t.Context(), c.ID)
	if err != nil || loaded != kept(secrets) {
		t.Error("other secrets than saved", err)
	}
	log.Debug("signing in", "connection", store.All(), "secrets", secrets, "loaded", loaded)
	fmt.Fprintf(&out, "%v %+v %#v %v\n", secrets, secrets, loaded, &loaded)

	// Everything that can go wrong with these secrets.
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	report("canceled", k.Save(canceled, c.ID, secrets))
	report("too long", k.Save(t.Context(), c.ID, keys.Credentials{Password: strings.Repeat(secrets.Password, 500)}))
	c.Via.Proxy = "http://proxy:" + secrets.UserToken + "@proxy.example.org"
	report("proxy", store.Put(c))
	if err := keyring.Set(keyringService, "foreign", secrets.Password); err != nil {
		t.Fatal(err)
	}
	_, err = k.Load(t.Context(), "foreign")
	report("foreign item", err)
	for _, r := range []error{errors.New("no"), fmt.Errorf("dismissed: %w", keyring.ErrUnsupportedPlatform)} {
		report("failing keyring", with(&fakeRing{err: r}).Save(t.Context(), c.ID, secrets))
	}
	if err := NewLastSeen(filepath.Join(cache, "seen")).Save(t.Context(), c.ID, seen(3)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(cache, "log.txt"), out.String())

	places := map[string]string{"log and errors": out.String()}
	for _, name := range []string{"cmdline", "environ"} {
		places["/proc/self/"+name] = read(t, "/proc/self/"+name)
	}
	// The keyring's own files are searched too: they have to be encrypted.
	for _, dir := range []string{home, os.Getenv("GLPIKEYS_TEST_KEYRING")} {
		for name, text := range files(t, dir) {
			places[name] = text
		}
	}
	places["the keyring's view of the item"] = visible(t, c.ID)
	for _, want := range []string{"connections.json", "log.txt", "keyring"} {
		if !containsKey(places, want) {
			t.Errorf("nothing called %s was searched", want)
		}
	}
	bytesSearched := 0
	for place, text := range places {
		bytesSearched += len(text)
		for _, secret := range []string{secrets.Password, secrets.UserToken, secrets.AppToken} {
			for _, form := range forms(t, secret) {
				if strings.Contains(text, form) {
					t.Errorf("%s holds a secret, as %q", place, form)
				}
			}
		}
	}
	t.Logf("searched %d places, %d bytes", len(places), bytesSearched)
	for _, id := range []string{c.ID, "foreign"} {
		if err := k.Delete(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

// liveTextsFile is the file of the key texts' tests; lockedTexts finds it again.
var liveTextsFile string

// liveKeyTexts keeps texts of all sizes and looks for them where they do not
// belong. The keyring's files are searched, too.
func liveKeyTexts(t *testing.T) {
	dir, err := os.MkdirTemp(os.Getenv("GLPIKEYS_TEST_KEYRING"), "texts")
	if err != nil {
		t.Fatal(err)
	}
	liveTextsFile = filepath.Join(dir, "keytexts.json")
	k := NewKeyTexts(liveTextsFile, NewKeyring())
	textsBehave(t, k)
	const secret = "Top5ecret-registration-key"
	start := time.Now()
	mustSave(t, k, "three", secret)
	saved := time.Since(start)
	expectText(t, k, "three", secret)
	t.Logf("save %v, load %v", saved.Round(10*time.Microsecond), (time.Since(start) - saved).Round(10*time.Microsecond))
	again := NewKeyTexts(liveTextsFile, NewKeyring())
	expectText(t, again, "three", secret)
	expectText(t, again, "one", longKey)
	id := keyItem(readTexts(t, liveTextsFile).Key)
	item, err := keyring.Get(keyringService, id)
	if err != nil || len(item) != 44 {
		t.Errorf("item of %d bytes, %v", len(item), err)
	}
	places := files(t, os.Getenv("GLPIKEYS_TEST_KEYRING"))
	places["the keyring's view of the key"] = visible(t, id)
	for place, text := range places {
		for _, form := range append(forms(t, secret), longKey[:20], item) {
			if strings.Contains(text, form) {
				t.Errorf("%s holds a secret, as %q", place, form)
			}
		}
	}
	t.Logf("searched %d places; item of %d bytes", len(places), len(item))
}

// liveTwoPrograms starts processes of its own that save their first texts into
// one file at the same moment.
func liveTwoPrograms(t *testing.T) {
	const programs = 4
	path := filepath.Join(t.TempDir(), "keytexts.json")
	var work sync.WaitGroup
	for n := range programs {
		work.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run=^TestLiveSaveText$", "-test.v")
			cmd.Env = append(os.Environ(), "GLPIKEYS_TEST_TEXTS="+path, fmt.Sprint("GLPIKEYS_TEST_TEXT=", n))
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Error(err, string(text))
			}
		})
	}
	work.Wait()
	k := NewKeyTexts(path, NewKeyring())
	for n := range programs {
		for part := range 5 {
			expectText(t, k, "one", fmt.Sprintf("text %d-%d", n, part))
		}
	}
}

// TestLiveSaveText is what liveTwoPrograms runs.
func TestLiveSaveText(t *testing.T) {
	path := os.Getenv("GLPIKEYS_TEST_TEXTS")
	if path == "" {
		t.Skip("part of TestLiveKeyring")
	}
	k := NewKeyTexts(path, NewKeyring())
	for part := range 5 {
		mustSave(t, k, "one", fmt.Sprintf("text %s-%d", os.Getenv("GLPIKEYS_TEST_TEXT"), part))
	}
}

// lockedTexts runs while the keyring is locked for good.
func lockedTexts(t *testing.T) {
	k := NewKeyTexts(liveTextsFile, NewKeyring())
	before := read(t, liveTextsFile)
	expectNoText(t, k, "three", "Top5ecret-registration-key", keys.KeyringAbsent)
	err := saveText(t, k, "three", "another")
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.KeyTextUnsaved || keys.CauseOf(p.Err) != keys.KeyringAbsent {
		t.Error(err)
	}
	expectText(t, k, "three", "another")
	if read(t, liveTextsFile) != before {
		t.Error("the file was changed")
	}
}

// forms are the ways in which a secret could be written.
func forms(t *testing.T, secret string) []string {
	t.Helper()
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		secret, strings.Trim(string(quoted), `"`), fmt.Sprintf("%q", secret), fmt.Sprintf("%+q", secret),
		url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
		secret[:8], // a part is too much as well
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			found[name] = name + "\n" + read(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func containsKey(places map[string]string, part string) bool {
	for name := range places {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// visible is what other programs see of an item without unlocking it: its
// label and attributes.
func visible(t *testing.T, id string) string {
	t.Helper()
	bus, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	var unlocked, locked []dbus.ObjectPath
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	err = service.Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{"username": id}).Store(&unlocked, &locked)
	if err != nil || len(unlocked) != 1 {
		t.Fatalf("%v, %v, %v", unlocked, locked, err)
	}
	var text string
	for _, property := range []string{"Label", "Attributes"} {
		v, err := bus.Object("org.freedesktop.secrets", unlocked[0]).GetProperty("org.freedesktop.Secret.Item." + property)
		if err != nil {
			t.Fatal(err)
		}
		text += v.String() + "\n"
	}
	if !strings.Contains(text, keyringService) {
		t.Errorf("the item is called %s", text)
	}
	return text
}

// liveAbsent runs Check in processes of its own, since the D-Bus library keeps
// its connection.
func liveAbsent(t *testing.T) {
	dir := t.TempDir()
	launched := filepath.Join(dir, "launched")
	script := "#!/bin/sh\necho x >>" + launched + "\n"
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{
		"no bus address":           "",
		"a bus that is gone":       "unix:path=" + filepath.Join(dir, "gone"),
		"a bus without a keyring":  emptyBus(t),
		"a bus that is to start":   "autolaunch:",
		"not even a bus's address": "nonsense",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestLiveCheck$", "-test.v")
			cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address, "PATH="+dir+":"+os.Getenv("PATH"), "GLPIKEYS_TEST_CHECK=1")
			text, err := cmd.Output()
			if err != nil {
				t.Fatal(err, string(text))
			}
			want := "cause=" + string(keys.KeyringAbsent)
			if address == "nonsense" {
				want = "cause=" + string(keys.KeyringFailed)
			}
			for line := range strings.Lines(string(text)) {
				if strings.Contains(line, "cause=") {
					t.Log(strings.TrimSpace(line))
				}
			}
			if !strings.Contains(string(text), want) {
				t.Errorf("want %s, got %s", want, text)
			}
		})
	}
	if _, err := os.Stat(launched); err == nil {
		t.Error("a bus was started")
	}
}

// TestLiveCheck is what liveAbsent runs.
func TestLiveCheck(t *testing.T) {
	if os.Getenv("GLPIKEYS_TEST_CHECK") == "" {
		t.Skip("part of TestLiveKeyring")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	start := time.Now()
	err := NewKeyring().Check(ctx)
	fmt.Printf("cause=%s after %v: %v\n", keys.CauseOf(err), time.Since(start).Round(100*time.Microsecond), err)
}

// emptyBus starts a bus on which no service is to be had.
func emptyBus(t *testing.T) (address string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "bus.conf")
	write(t, config, `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=`+filepath.Join(dir, "bus")+`</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`)
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// liveLocked locks the keyring. No program that could ask for its password
// runs in this session, so it stays locked.
func liveLocked(t *testing.T) {
	bus, err := dbus.SessionBus()
	if err != nil {
		t.Fatal(err)
	}
	var locked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	err = service.Call("org.freedesktop.Secret.Service.Lock", 0,
		[]dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}).Store(&locked, &prompt)
	if err != nil || len(locked) != 1 {
		t.Fatal(locked, prompt, err)
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = NewKeyring().Check(ctx)
	t.Logf("%v after %v", err, time.Since(start).Round(100*time.Microsecond))
	if keys.CauseOf(err) != keys.KeyringAbsent {
		t.Error("a keyring that stays locked:", err)
	}
	lockedTexts(t)
}
