package connection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"glpikeys/keys"
)

// fakeRing is a keyring whose every call takes a while, as if a person were
// asked.
type fakeRing struct {
	takes time.Duration
	err   error
	panic bool

	mu     sync.Mutex
	items  map[string]string
	calls  []string
	atWork int
	most   int // calls at the same time
}

func (f *fakeRing) call(name, user string, do func() error) error {
	f.mu.Lock()
	f.calls = append(f.calls, name+" "+user)
	f.atWork++
	f.most = max(f.most, f.atWork)
	f.mu.Unlock()
	time.Sleep(f.takes)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.atWork--
	if f.panic {
		panic("nil signal")
	}
	if f.err != nil {
		return f.err
	}
	if f.items == nil {
		f.items = map[string]string{}
	}
	return do()
}

func (f *fakeRing) Get(_, user string) (item string, err error) {
	err = f.call("get", user, func() error {
		var ok bool
		if item, ok = f.items[user]; !ok {
			return keyring.ErrNotFound
		}
		return nil
	})
	return item, err
}

func (f *fakeRing) Set(_, user, secret string) error {
	return f.call("set", user, func() error { f.items[user] = secret; return nil })
}

func (f *fakeRing) Delete(_, user string) error {
	return f.call("delete", user, func() error {
		if _, ok := f.items[user]; !ok {
			return keyring.ErrNotFound
		}
		delete(f.items, user)
		return nil
	})
}

// seen tells the calls so far and how many items are kept.
func (f *fakeRing) seen() (calls string, items int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.calls, ", "), len(f.items)
}

func with(r ring) *Keyring { return newKeyring(r, func() error { return nil }) }

var all = keys.Credentials{User: "glpi", Password: `p "quoted" é漢`, UserToken: "u-token", AppToken: "a-token"}

func kept(c keys.Credentials) keys.Credentials { c.User = ""; return c }

// secretsBehave is what every implementation has to do.
func secretsBehave(t *testing.T, s interface {
	Check(context.Context) error
	Load(context.Context, string) (keys.Credentials, error)
	Save(context.Context, string, keys.Credentials) error
	Delete(context.Context, string) error
}) {
	t.Helper()
	ctx := t.Context()
	expect := func(id string, want keys.Credentials) {
		t.Helper()
		if got, err := s.Load(ctx, id); err != nil || got != want {
			t.Errorf("loaded other secrets than expected, %v", err)
		}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(s.Check(ctx))
	expect("a", keys.Credentials{})
	check(s.Save(ctx, "a", all))
	check(s.Save(ctx, "b", keys.Credentials{UserToken: "only"}))
	expect("a", kept(all))
	expect("b", keys.Credentials{UserToken: "only"})
	check(s.Save(ctx, "a", keys.Credentials{Password: "new"}))
	expect("a", keys.Credentials{Password: "new"})
	check(s.Delete(ctx, "a"))
	check(s.Delete(ctx, "a"))
	expect("a", keys.Credentials{})
	expect("b", keys.Credentials{UserToken: "only"})
	check(s.Save(ctx, "b", keys.Credentials{}))
	expect("b", keys.Credentials{})
}

func TestKeyring(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	secretsBehave(t, with(f))
	if _, items := f.seen(); items != 0 {
		t.Errorf("left in the keyring: %d items", items)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	secretsBehave(t, &Memory{})
}

// TestOverGoKeyring is the one test that uses the library's own mock, since
// that replaces a variable of the whole process.
func TestOverGoKeyring(t *testing.T) {
	if os.Getenv("GLPIKEYS_TEST_KEYRING") != "" {
		t.Skip("it would take the real keyring away from the other tests")
	}
	keyring.MockInit()
	k := with(systemRing{})
	secretsBehave(t, k)
	if err := k.Save(t.Context(), "a", all); err != nil {
		t.Fatal(err)
	}
	item, err := keyring.Get("GLPI Keys", "a")
	if err != nil || strings.Contains(item, "glpi") {
		t.Errorf("the item is not where it is looked for, or names the user: %v", err)
	}
	keyring.MockInitWithError(errors.New("no"))
	if err := k.Check(t.Context()); keys.CauseOf(err) != keys.KeyringFailed {
		t.Error(err)
	}
}

func TestCheckLeavesNothing(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	if err := with(f).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if calls, _ := f.seen(); calls != "get probe" {
		t.Errorf("calls: %s", calls)
	}
}

func TestKeyringCauses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want keys.Cause
	}{
		"unsupported system": {keyring.ErrUnsupportedPlatform, keys.KeyringAbsent},
		"other":              {errors.New("exit status 1"), keys.KeyringFailed},
		"too big":            {keyring.ErrSetDataTooBig, keys.KeyringFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := with(&fakeRing{err: tc.err})
			_, loading := k.Load(t.Context(), "a")
			for _, err := range []error{loading, k.Check(t.Context()), k.Save(t.Context(), "a", all), k.Delete(t.Context(), "a")} {
				if keys.CauseOf(err) != tc.want || !errors.Is(err, tc.err) {
					t.Errorf("%v is %q, want %q", err, keys.CauseOf(err), tc.want)
				}
			}
		})
	}
}

func TestAbsentKeyringIsNotCalled(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	k := newKeyring(f, func() error { return errors.New("no bus") })
	err := k.Check(t.Context())
	if calls, _ := f.seen(); keys.CauseOf(err) != keys.KeyringAbsent || calls != "" {
		t.Errorf("%v, calls: %s", err, calls)
	}
}

func TestCancelWhileThePersonIsAsked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		end  func(context.Context) (context.Context, context.CancelFunc)
		want keys.Cause
	}{
		"canceled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, keys.Canceled},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, keys.KeyringTimedOut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &fakeRing{takes: time.Minute}
				k := with(f)
				ctx, cancel := tc.end(t.Context())
				defer cancel()
				start := time.Now()
				err := k.Save(ctx, "a", all)
				if keys.CauseOf(err) != tc.want || time.Since(start) != time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
				// The person unlocks the keyring after all: nothing stays.
				time.Sleep(time.Hour)
				if calls, items := f.seen(); calls != "set a, delete a" || items != 0 {
					t.Errorf("calls: %s; items kept: %d", calls, items)
				}
			})
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := with(&fakeRing{takes: time.Hour})
		start := time.Now()
		_, err := k.Load(t.Context(), "a")
		if keys.CauseOf(err) != keys.KeyringTimedOut || time.Since(start) != 5*time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		time.Sleep(2 * time.Hour)
	})
}

func TestLateAnswerIsGoodWhileAwaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := with(&fakeRing{takes: 4 * time.Minute})
		if err := k.Save(t.Context(), "a", all); err != nil {
			t.Error(err)
		}
		if got, err := k.Load(t.Context(), "a"); err != nil || got != kept(all) {
			t.Error(err)
		}
	})
}

// Calls that were given up must not pile up behind a question that nobody
// answers, and a Save after a given-up one must win.
func TestOneCallAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeRing{takes: time.Minute}
		k := with(f)
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := k.Save(ctx, "a", all); keys.CauseOf(err) != keys.KeyringTimedOut {
				t.Error(err)
			}
			cancel()
		}
		if err := k.Save(t.Context(), "a", keys.Credentials{Password: "last"}); err != nil {
			t.Error(err)
		}
		if calls, _ := f.seen(); calls != "set a, delete a, set a" {
			t.Errorf("calls: %s", calls)
		}
		if got, err := k.Load(t.Context(), "a"); err != nil || got.Password != "last" {
			t.Error("the last secret is lost", err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.most != 1 {
			t.Errorf("%d calls at a time", f.most)
		}
	})
}

func TestCanceledBeforehand(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := with(f).Save(ctx, "a", all)
	if calls, _ := f.seen(); keys.CauseOf(err) != keys.Canceled || calls != "" {
		t.Errorf("%v, calls: %s", err, calls)
	}
}

func TestLibraryPanics(t *testing.T) {
	t.Parallel()
	k := with(&fakeRing{panic: true})
	for range 2 { // and the turn is given back
		if err := k.Check(t.Context()); keys.CauseOf(err) != keys.KeyringFailed {
			t.Error(err)
		}
	}
}

func TestSecretTooLong(t *testing.T) {
	t.Parallel()
	f := &fakeRing{}
	k := with(f)
	fits := keys.Credentials{Password: strings.Repeat("x", keyringBytes-len(`{"password":""}`))}
	if err := k.Save(t.Context(), "a", fits); err != nil {
		t.Error(err)
	}
	fits.Password += "x"
	err := k.Save(t.Context(), "a", fits)
	if keys.CauseOf(err) != keys.SecretTooLong || strings.Contains(err.Error(), "xx") {
		t.Error(err)
	}
	if calls, _ := f.seen(); calls != "set a" {
		t.Errorf("calls: %s", calls)
	}
}

func TestForeignItem(t *testing.T) {
	t.Parallel()
	for _, item := range []string{"hunter2", `{"password":123456}`, `{"password":"hunter2"`} {
		f := &fakeRing{items: map[string]string{"a": item}}
		_, err := with(f).Load(t.Context(), "a")
		if keys.CauseOf(err) != keys.KeyringFailed {
			t.Error(err)
		}
		for _, part := range []string{"hunter2", "123456", "'h'"} {
			if strings.Contains(fmt.Sprintf("%+v", err), part) {
				t.Errorf("the error quotes the item: %v", err)
			}
		}
	}
}

func TestServiceNames(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{
		"linux": "Secret Service", "freebsd": "Secret Service",
		"darwin": "macOS Keychain", "windows": "Windows Credential Manager",
	} {
		if got := serviceName(system); got != want {
			t.Errorf("%s: %q", system, got)
		}
	}
}
