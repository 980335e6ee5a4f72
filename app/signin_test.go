package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// signInBench is a sign-in screen without widgets, over a server whose answers
// a test chooses.
type signInBench struct {
	*signIn
	t       *testing.T
	loop    *loop
	deps    Deps
	opened  []Opened
	mu      sync.Mutex // of the three
	probed  []string
	via     []keys.Via
	signed  []keys.Credentials
	session *fakeSession
	secrets *fakeSecrets
	stored  *fakeConnections

	delay     atomic.Int64 // of each answer
	probe     func(address string, via keys.Via) (keys.Endpoint, error)
	signInErr func(keys.Credentials) error
	stopped   int // demos
}

const testAPI = "https://helpdesk.example.com/apirest.php"

func testFacts() keys.Facts {
	return keys.Facts{
		Endpoint: keys.Endpoint{API: testAPI, Major: 11}, Version: "11.0.6",
		User:     keys.User{ID: 2, Login: "glpi", Name: "Ana Pires"},
		Profile:  keys.Profile{ID: 4, Name: "Super-Admin"},
		Profiles: []keys.Profile{{ID: 4, Name: "Super-Admin"}, {ID: 6, Name: "Technician"}},
		Entity:   keys.Entity{ID: 0, Path: "Root entity"}, Recursive: true,
		Entities: []keys.Entity{{ID: 0, Path: "Root entity"}, {ID: 3, Path: "Root entity > North"}},
	}
}

// signInTest runs a test in a bubble of time, with the saved connections that
// it names.
func signInTest(t *testing.T, run func(t *testing.T, b *signInBench), saved ...connection.Connection) {
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t, saved...)
		b.start()
		defer b.tasks.Close()
		run(t, b)
	})
}

func newSignInBench(t *testing.T, saved ...connection.Connection) *signInBench {
	b := &signInBench{t: t, loop: newLoop(), session: &fakeSession{facts: testFacts(), token: "minted-token"}}
	b.deps = newDeps(t, b.loop)
	b.secrets = b.deps.Secrets.(*fakeSecrets)
	b.stored = b.deps.Connections.(*fakeConnections)
	b.stored.saved = saved
	b.probe = func(string, keys.Via) (keys.Endpoint, error) { return keys.Endpoint{API: testAPI, Major: 11}, nil }
	b.signInErr = func(keys.Credentials) error { return nil }
	b.deps.Probe = func(ctx context.Context, address string, via keys.Via) (keys.Endpoint, error) {
		b.mu.Lock()
		b.probed, b.via = append(b.probed, address), append(b.via, via)
		b.mu.Unlock()
		if err := b.wait(ctx); err != nil {
			return keys.Endpoint{}, err
		}
		return b.probe(address, via)
	}
	b.deps.SignIn = func(ctx context.Context, _ keys.Endpoint, via keys.Via, who keys.Credentials) (Session, error) {
		b.mu.Lock()
		b.signed, b.via = append(b.signed, who), append(b.via, via)
		b.mu.Unlock()
		if err := b.wait(ctx); err != nil {
			return nil, err
		}
		if err := b.signInErr(who); err != nil {
			return nil, err
		}
		return b.session, nil
	}
	b.deps.Demo = func(ctx context.Context) (keys.Endpoint, keys.Credentials, func(), error) {
		at := keys.Endpoint{API: "http://127.0.0.1:40000/apirest.php", Major: 11}
		return at, keys.Credentials{User: "glpi", Password: "glpi"}, func() { b.stopped++ }, b.wait(ctx)
	}
	return b
}

// start makes the presenter, once a test has set the bench up.
func (b *signInBench) start() {
	b.signIn = newSignIn(b.deps, task.New(b.loop.Do), func(o Opened) { b.opened = append(b.opened, o) })
	b.loop.Drain()
}

func (b *signInBench) wait(ctx context.Context) error {
	_, err := pause(time.Duration(b.delay.Load()))(ctx)
	if err != nil {
		return &keys.Problem{Op: "fake", Cause: keys.Canceled, Err: err}
	}
	return nil
}

// asked are the addresses that were probed.
func (b *signInBench) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.probed)
}

// used are the credentials that were signed in with.
func (b *signInBench) used() []keys.Credentials {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.signed)
}

// lastPin is the public key that was trusted at the last call.
func (b *signInBench) lastPin() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.via[len(b.via)-1].Pin
}

// pass lets time pass.
func (b *signInBench) pass(d time.Duration) {
	time.Sleep(d)
	b.loop.Drain()
}

// fillIn types a complete form.
func (b *signInBench) fillIn() {
	b.edit(fieldServer, "helpdesk.example.com")
	b.edit(fieldUser, "glpi")
	b.edit(fieldPassword, "pässwörd ")
}

func (b *signInBench) submitAndWait() {
	b.submit()
	b.loop.Drain()
}

func refusal(cause keys.Cause) error { return &keys.Problem{Op: "sign in", Cause: cause} }

func certificateProblem(changed bool) error {
	cause := keys.CertificateUnknown
	if changed {
		cause = keys.CertificateChanged
	}
	return &keys.Problem{Op: "find", Cause: cause, Err: &keys.CertificateError{
		Certificate: testCertificate(), Changed: changed, Err: errors.New("unknown authority"),
	}}
}

func testCertificate() keys.Certificate {
	return keys.Certificate{
		Subject: "CN=helpdesk.example.com", Issuer: "CN=helpdesk.example.com",
		Names:     []string{"helpdesk.example.com", "192.0.2.7"},
		NotBefore: testNow.AddDate(-1, 0, 0), NotAfter: testNow.AddDate(2, 0, 0),
		SHA256: "3F:9A:11:52:6C:0B:E7:84:D1:20:9E:44:7B:33:5A:F0:18:C6:92:AD:6E:01:B8:4F:75:2D:8A:C3:19:E0:56:7C",
		Pin:    "new-pin",
	}
}

func savedServer() connection.Connection {
	return connection.Connection{
		ID: "one", Name: "helpdesk.example.com", Address: "helpdesk.example.com", API: testAPI,
		User: "glpi", Remember: true, Version: "11.0.6",
	}
}

func TestSignInChecksTheServerAfterAPause(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		for _, text := range []string{"h", "help", "helpdesk.e", "helpdesk.example.c", "helpdesk.example.com"} {
			b.edit(fieldServer, text)
			b.pass(200 * time.Millisecond)
		}
		if len(b.asked()) != 0 {
			t.Fatalf("asked while typing: %q", b.asked())
		}
		b.delay.Store(int64(time.Second))
		b.pass(600 * time.Millisecond)
		if b.check.State != checkRunning {
			t.Errorf("state %d while asking", b.check.State)
		}
		b.pass(time.Second)
		if !slices.Equal(b.asked(), []string{"helpdesk.example.com"}) {
			t.Errorf("asked %q", b.asked())
		}
		if got, want := b.checkText(), "GLPI 11 found at "+testAPI; got != want || !b.checkGood() {
			t.Errorf("%q, want %q", got, want)
		}
		b.edit(fieldServer, "helpdesk.example.co")
		if b.checkText() != "" {
			t.Errorf("an answer for another address still shows: %q", b.checkText())
		}
	})
}

func TestSignInNewerTypingWins(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.delay.Store(int64(time.Second))
		b.probe = func(address string, _ keys.Via) (keys.Endpoint, error) {
			return keys.Endpoint{API: "https://" + address + "/apirest.php"}, nil
		}
		b.edit(fieldServer, "old.example.com")
		b.pass(1500 * time.Millisecond) // asked, not answered
		b.edit(fieldServer, "new.example.com")
		b.pass(5 * time.Second)
		if got := b.checkText(); !strings.Contains(got, "new.example.com") {
			t.Error(got)
		}
	})
}

func TestPlausible(t *testing.T) {
	for address, want := range map[string]bool{
		"":                          false,
		"helpdesk":                  false,
		"helpdesk.":                 false,
		"helpdesk.e":                false,
		".com":                      false,
		"helpdesk.example.com":      true,
		"https://helpdesk.example":  true,
		"http://glpi/":              false,
		"localhost":                 true,
		"localhost:8080/glpi":       true,
		"192.168.1":                 false,
		"192.168.1.4":               true,
		"http://192.168.1.4:81/x":   true,
		"[2001:db8::1]:8443":        true,
		"https://":                  false,
		"exa mple.com":              false,
		"helpdesk.example.com/glpi": true,
		"%zz.example.com":           false,
	} {
		if got := plausible(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestSignInSaysWhatTheServerLacks(t *testing.T) {
	for cause, want := range map[keys.Cause]string{
		keys.APIOff:         "Enable Rest API",
		keys.AddressRefused: "Add API client",
	} {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.probe = func(string, keys.Via) (keys.Endpoint, error) {
				return keys.Endpoint{API: testAPI, Major: 10, State: cause}, nil
			}
			b.fillIn()
			b.pass(time.Second)
			if got := b.checkText(); !strings.Contains(got, want) || b.checkGood() {
				t.Errorf("%s: %q", cause, got)
			}
			// Pressed anyway, the server is asked again: it may be put right.
			b.submitAndWait()
			if !strings.Contains(b.notice.Text, want) || len(b.asked()) != 2 || len(b.used()) != 0 {
				t.Errorf("%s: notice %q, asked %d times, signed in %d times", cause, b.notice.Text, len(b.asked()), len(b.used()))
			}
		})
	}
}

func TestSignInAppToken(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.probe = func(string, keys.Via) (keys.Endpoint, error) {
			return keys.Endpoint{API: testAPI, Major: 10, State: keys.AppTokenMissing}, nil
		}
		b.fillIn()
		b.pass(time.Second)
		if !b.wantsAppToken() || !b.checkGood() {
			t.Error("the wish for an app token does not show")
		}
		b.submitAndWait()
		if b.problems[fieldAppToken] == "" || b.focus != fieldAppToken || len(b.used()) != 0 {
			t.Errorf("problems %v, focus %d", b.problems, b.focus)
		}
		b.edit(fieldAppToken, " abc\ndef ")
		if b.wantsAppToken() || b.problems[fieldAppToken] != "" {
			t.Error("typing leaves the message")
		}
		b.submitAndWait()
		if len(b.opened) != 1 || b.used()[0].AppToken != "abcdef" {
			t.Errorf("opened %d, %#v", len(b.opened), len(b.used()))
		}
	})
}

func TestSignInMissingFields(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.submitAndWait()
		if got := slices.Sorted(maps.Keys(b.problems)); !slices.Equal(got, []field{fieldServer, fieldUser, fieldPassword}) {
			t.Errorf("messages at %v", got)
		}
		if b.focus != fieldServer || len(b.asked()) != 0 {
			t.Errorf("focus %d, asked %q", b.focus, b.asked())
		}
		b.fillIn()
		if len(b.problems) != 0 {
			t.Errorf("typing leaves %v", b.problems)
		}
		b.edit(fieldUser, strings.Repeat("é", 256))
		b.submitAndWait()
		if !strings.Contains(b.problems[fieldUser], "255") || len(b.used()) != 0 {
			t.Errorf("%v", b.problems)
		}
		b.setByToken(true)
		b.submitAndWait()
		if got := slices.Sorted(maps.Keys(b.problems)); !slices.Equal(got, []field{fieldUserToken}) {
			t.Errorf("messages at %v", got)
		}
	})
}

func TestSignInOpensAndSaves(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.edit(fieldServer, " https://helpdesk.example.com/ \n")
		b.edit(fieldUser, " glpi ")
		b.edit(fieldPassword, "pässwörd ")
		b.submitAndWait()
		if len(b.opened) != 1 || b.busy() {
			t.Fatalf("opened %d, busy %v, notice %q, %v", len(b.opened), b.busy(), b.notice.Text, b.problems)
		}
		o := b.opened[0]
		c := o.Connection
		if o.Demo || len(o.Notices) != 0 || c.ID == "" || c.Name != "helpdesk.example.com" ||
			c.Address != "https://helpdesk.example.com/" || c.API != testAPI || c.User != "glpi" ||
			!c.Remember || c.ByToken || c.Version != "11.0.6" || !c.LastUsed.Equal(testNow) {
			t.Errorf("%+v", o)
		}
		if got := b.secrets.kept[c.ID]; got.Password != "pässwörd " {
			t.Error("the password is not in the keyring")
		}
		if len(b.stored.saved) != 1 || b.stored.saved[0] != c {
			t.Errorf("saved %+v", b.stored.saved)
		}
		if b.form.Password != "" {
			t.Error("the form keeps the password")
		}
		// The same person on the same server is the same connection.
		b.Resume()
		b.loop.Drain()
		if b.form.Password != "pässwörd " {
			t.Fatal("the keyring was not read")
		}
		b.submitAndWait()
		if len(b.opened) != 2 || len(b.stored.saved) != 1 {
			t.Errorf("opened %d, saved %d", len(b.opened), len(b.stored.saved))
		}
	})
}

func TestSignInUsesWhatTheCheckFound(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.fillIn()
		b.pass(time.Second)
		b.submitAndWait()
		if len(b.asked()) != 1 || len(b.opened) != 1 {
			t.Errorf("asked %d times, opened %d", len(b.asked()), len(b.opened))
		}
	})
}

func TestSignInErrorsStandWhereTheyBelong(t *testing.T) {
	for cause, want := range map[keys.Cause]field{
		keys.WrongPassword:    fieldPassword,
		keys.AppTokenWrong:    fieldAppToken,
		keys.HostUnknown:      fieldServer,
		keys.BadProxy:         fieldProxy,
		keys.PasswordLoginOff: noField,
		keys.PasswordExpired:  noField,
		keys.Maintenance:      noField,
		keys.TimedOut:         noField,
	} {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.signInErr = func(keys.Credentials) error { return refusal(cause) }
			b.fillIn()
			before := b.form
			b.submitAndWait()
			message := b.notice.Text
			if want != noField {
				message = b.problems[want]
			}
			if message != causeText(cause, "") || len(b.problems) > 1 || b.focus != want && want != noField {
				t.Errorf("%s: %q, %v, focus %d", cause, b.notice.Text, b.problems, b.focus)
			}
			before.Advanced = want == fieldProxy
			if b.form != before {
				t.Errorf("%s: what was typed changed", cause)
			}
			if len(b.secrets.kept) != 0 || len(b.stored.saved) != 0 || b.busy() {
				t.Errorf("%s: something was saved", cause)
			}
		})
	}
}

func TestSignInCertificateQuestion(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.probe = func(_ string, via keys.Via) (keys.Endpoint, error) {
			if via.Pin != "new-pin" {
				return keys.Endpoint{}, certificateProblem(false)
			}
			return keys.Endpoint{API: testAPI, Major: 11}, nil
		}
		b.fillIn()
		b.pass(time.Second)
		if b.question == nil || b.question.Changed || b.question.Certificate.SHA256 == "" {
			t.Fatalf("no question: %+v", b.question)
		}
		b.submitAndWait()
		if b.question == nil || len(b.used()) != 0 {
			t.Fatal("signed in although the certificate is not trusted")
		}
		b.trust("")
		b.loop.Drain()
		if len(b.opened) != 1 || b.opened[0].Connection.Via.Pin != "new-pin" {
			t.Errorf("the sign-in did not go on: %+v", b.opened)
		}
	})
}

func TestSignInCheckGoesOnAfterTrust(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.probe = func(_ string, via keys.Via) (keys.Endpoint, error) {
			if via.Pin == "" {
				return keys.Endpoint{}, certificateProblem(false)
			}
			return keys.Endpoint{API: testAPI, Major: 11}, nil
		}
		b.edit(fieldServer, "helpdesk.example.com")
		b.pass(time.Second)
		b.trust("")
		b.loop.Drain()
		if !b.checkGood() || b.question != nil {
			t.Errorf("state %d", b.check.State)
		}
		if b.focus != fieldUser { // the first empty one, not the button that is gone
			t.Errorf("the keyboard goes to field %d", b.focus)
		}
		// The trust is this host's alone.
		b.edit(fieldServer, "other.example.com")
		b.pass(time.Second)
		if b.question == nil || b.lastPin() != "" {
			t.Error("another host inherits the trust")
		}
	})
}

func TestSignInChangedCertificate(t *testing.T) {
	saved := savedServer()
	saved.Via.Pin = "old-pin"
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.probe = func(_ string, via keys.Via) (keys.Endpoint, error) {
			if via.Pin == "old-pin" {
				return keys.Endpoint{}, certificateProblem(true)
			}
			return keys.Endpoint{API: testAPI, Major: 11}, nil
		}
		b.Choose("one", false)
		b.loop.Drain()
		if b.question == nil || !b.question.Changed || b.question.Host != "helpdesk.example.com" {
			t.Fatalf("%+v", b.question)
		}
		b.trust("")
		b.trust("yes")
		b.loop.Drain()
		if b.question == nil || !b.question.Wrong || b.pin != "old-pin" {
			t.Fatal("trusted without the name")
		}
		b.trust(" Helpdesk.example.com ")
		b.loop.Drain()
		if b.question != nil || !b.checkGood() {
			t.Error("the check did not go on")
		}
		if b.stored.saved[0].Via.Pin != "old-pin" {
			t.Error("saved before the sign-in")
		}
	}, saved)
}

func TestSignInPlainHTTP(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.edit(fieldServer, "HTTP://helpdesk.example.com")
		if !b.plain() {
			t.Error("no warning for typed http")
		}
		b.edit(fieldServer, "helpdesk.example.com")
		if b.plain() {
			t.Error("warning without http")
		}
	})
}

func TestSignInCancel(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.delay.Store(int64(time.Minute))
		b.fillIn()
		before := b.form
		b.submit()
		b.pass(time.Second)
		if b.stage != stageFinding {
			t.Errorf("stage %q", b.stage)
		}
		b.cancel()
		if b.busy() || b.form != before || b.notice.Text != "" {
			t.Errorf("busy %v, notice %q", b.busy(), b.notice.Text)
		}
		b.pass(5 * time.Minute)
		if len(b.opened) != 0 {
			t.Error("opened after Cancel")
		}
	})
}

// A session that opens for a form that was given up meanwhile is closed, at
// whichever moment Cancel is pressed.
func TestSignInCancelClosesTheSession(t *testing.T) {
	t.Run("answer on its way", func(t *testing.T) {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.fillIn()
			b.deps.SignIn = nil
			b.signIn.deps.SignIn = func(context.Context, keys.Endpoint, keys.Via, keys.Credentials) (Session, error) {
				time.Sleep(time.Minute) // does not look at its context
				return b.session, nil
			}
			b.submit()
			b.pass(time.Second)
			b.cancel()
			b.pass(2 * time.Minute)
			if !b.session.closed || len(b.opened) != 0 {
				t.Errorf("closed %v, opened %d", b.session.closed, len(b.opened))
			}
		})
	})
	t.Run("answer in the queue", func(t *testing.T) {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.fillIn()
			b.submit()
			synctest.Wait() // the session is open, the window has not heard of it
			b.cancel()
			b.loop.Drain()
			if !b.session.closed || len(b.opened) != 0 {
				t.Errorf("closed %v, opened %d", b.session.closed, len(b.opened))
			}
		})
	})
	t.Run("the program ends", func(t *testing.T) {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.fillIn()
			b.submit()
			synctest.Wait()
			b.close()
			if !b.session.closed {
				t.Error("left open")
			}
		})
	})
	t.Run("demo", func(t *testing.T) {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.explore()
			synctest.Wait()
			b.cancel()
			b.loop.Drain()
			if !b.session.closed || b.stopped != 1 {
				t.Errorf("closed %v, stopped %d", b.session.closed, b.stopped)
			}
		})
	})
}

func TestSignInMintsAToken(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.fillIn()
		if b.form.Mint || !b.canMint() {
			t.Fatal("minting is on, or not possible")
		}
		b.setMint(true)
		b.submitAndWait()
		if len(b.opened) != 1 || len(b.opened[0].Notices) != 0 {
			t.Fatalf("%+v", b.opened)
		}
		c := b.opened[0].Connection
		if got := b.secrets.kept[c.ID]; got.Password != "" || got.UserToken != "minted-token" || !c.ByToken || c.User != "glpi" {
			t.Errorf("by token %v", c.ByToken)
		}
		if len(b.used()) != 2 || b.used()[1].UserToken != "minted-token" || !b.session.closed {
			t.Error("the token was not tried, or the first session left open")
		}
	})
}

func TestSignInKeepsThePasswordWhenMintingFails(t *testing.T) {
	check := func(b *signInBench, want string) {
		b.t.Helper()
		b.fillIn()
		b.setMint(true)
		b.submitAndWait()
		if len(b.opened) != 1 || len(b.opened[0].Notices) != 1 || !strings.Contains(b.opened[0].Notices[0], want) {
			b.t.Fatalf("%+v", b.opened)
		}
		c := b.opened[0].Connection
		if got := b.secrets.kept[c.ID]; got.Password != "pässwörd " || got.UserToken != "" || c.ByToken || b.session.closed {
			b.t.Error("the password is gone")
		}
	}
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.session.err = refusal(keys.NoRight)
		check(b, "made no personal token")
	})
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.signInErr = func(who keys.Credentials) error {
			if who.UserToken != "" {
				return refusal(keys.UserTokenWrong)
			}
			return nil
		}
		check(b, "did not sign in")
	})
}

func TestSignInMintNeedsAKeyring(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.fillIn()
		b.setMint(true)
		b.setRemember(false)
		if b.canMint() {
			t.Error("a token would be made that nobody keeps")
		}
		b.submitAndWait()
		if slices.Contains(b.session.calls, "mint") || len(b.secrets.kept) != 0 || b.opened[0].Connection.Remember {
			t.Errorf("calls %q", b.session.calls)
		}
	})
}

func TestSignInWithoutKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t)
		b.secrets.err = &keys.Problem{Op: "keyring", Cause: keys.KeyringAbsent}
		b.start()
		defer b.tasks.Close()
		if b.canRemember() || b.canMint() {
			t.Error("offers to remember")
		}
		b.fillIn()
		b.submitAndWait()
		if len(b.opened) != 1 || b.opened[0].Connection.Remember || len(b.opened[0].Notices) != 0 {
			t.Fatalf("%+v", b.opened)
		}
		// For this run the secrets are there.
		b.Resume()
		b.loop.Drain()
		if b.form.Password != "pässwörd " || b.form.User != "glpi" {
			t.Error("not kept for this run")
		}
	})
}

func TestSignInKeyringRefusesToSave(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.fillIn()
		b.secrets.err = &keys.Problem{Op: "save", Cause: keys.KeyringTimedOut}
		b.submitAndWait()
		if len(b.opened) != 1 || b.opened[0].Connection.Remember || len(b.opened[0].Notices) != 1 {
			t.Fatalf("%+v", b.opened)
		}
		if len(b.stored.saved) != 1 {
			t.Error("the connection is not saved")
		}
	})
}

func TestSignInWaitsForTheKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t, savedServer())
		b.secrets.kept["one"] = keys.Credentials{Password: "secret", AppToken: "app"}
		b.secrets.delay = time.Minute
		b.start()
		defer b.tasks.Close()
		if b.waiting {
			t.Error("says so at once")
		}
		b.pass(time.Second)
		if !b.waiting {
			t.Error("does not say that it waits")
		}
		b.edit(fieldAppToken, "typed")
		b.pass(time.Minute)
		if b.waiting || b.form.Password != "secret" || b.form.AppToken != "typed" {
			t.Errorf("waiting %v, or what was typed is lost", b.waiting)
		}
		b.Choose("one", false)
		b.pass(time.Second)
		b.cancelKeyring()
		b.pass(time.Hour)
		if b.waiting || b.form.Password != "" {
			t.Error("Cancel does not hold")
		}
	})
}

func TestSignInGoesOnWithoutSaving(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.fillIn()
		b.secrets.delay = time.Hour
		b.submitAndWait()
		b.pass(time.Second)
		if b.stage != stageKeyring || !b.waiting || len(b.opened) != 0 {
			t.Fatalf("stage %q", b.stage)
		}
		b.add() // the session is open: nothing else may start now
		b.cancel()
		b.loop.Drain()
		if len(b.opened) != 1 || len(b.opened[0].Notices) != 1 || b.session.closed {
			t.Errorf("%+v", b.opened)
		}
	})
}

func TestSignInAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		second := savedServer()
		second.ID, second.Address, second.Name = "two", "support.example.com", "Support"
		b := newSignInBench(t, savedServer(), second)
		b.secrets.kept["two"] = keys.Credentials{Password: "secret"}
		b.start()
		defer b.tasks.Close()
		b.Choose("two", true)
		b.loop.Drain()
		if len(b.opened) != 1 || b.used()[0].Password != "secret" {
			t.Errorf("opened %d", len(b.opened))
		}
		b.Choose("one", true) // no secrets: the form says which
		b.loop.Drain()
		if b.problems[fieldPassword] == "" || b.focus != fieldPassword || len(b.opened) != 1 {
			t.Errorf("%v", b.problems)
		}
	})
}

func TestSignInRestoresProfileAndEntity(t *testing.T) {
	saved := savedServer()
	entity := 3
	saved.Profile, saved.Entity, saved.Tree = 6, &entity, true
	run := func(err error, want ...string) {
		signInTest(t, func(t *testing.T, b *signInBench) {
			b.edit(fieldPassword, "secret")
			b.session.err = err
			b.submitAndWait()
			if len(b.opened) != 1 || !slices.Equal(b.session.calls, want) {
				t.Fatalf("opened %d, calls %q", len(b.opened), b.session.calls)
			}
			o := b.opened[0]
			if err == nil {
				if f := o.Session.Facts(); f.Profile.ID != 6 || f.Entity.ID != 3 || len(o.Notices) != 0 {
					t.Errorf("%+v, %q", f, o.Notices)
				}
				return
			}
			if len(o.Notices) != 1 || o.Connection.Profile != 0 || o.Connection.Entity != nil {
				t.Errorf("%q, %+v", o.Notices, o.Connection)
			}
		}, saved)
	}
	run(nil, "profile", "entity")
	run(refusal(keys.NotFound), "profile")
}

func TestSignInTest(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.edit(fieldServer, "intranet") // not plausible, but asked for
		b.test()
		b.loop.Drain()
		if !slices.Equal(b.asked(), []string{"intranet"}) || !b.checkGood() {
			t.Errorf("asked %q", b.asked())
		}
		b.fillIn()
		b.test()
		b.loop.Drain()
		want := "It works: GLPI 11.0.6, signed in as Ana Pires with the profile Super-Admin."
		if !b.notice.Good || b.notice.Text != want || !b.session.closed {
			t.Errorf("%+v, closed %v", b.notice, b.session.closed)
		}
		if len(b.opened) != 0 || len(b.stored.saved) != 0 || len(b.secrets.kept) != 0 {
			t.Error("a test keeps something")
		}
		b.signInErr = func(keys.Credentials) error { return refusal(keys.WrongPassword) }
		b.test()
		b.loop.Drain()
		if b.problems[fieldPassword] == "" || b.notice.Text != "" {
			t.Errorf("%v", b.problems)
		}
	})
}

func TestSignInDemo(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.explore()
		b.loop.Drain()
		if len(b.opened) != 1 {
			t.Fatal(b.notice.Text)
		}
		o := b.opened[0]
		if !o.Demo || o.Stop == nil || o.Connection.ID != "" {
			t.Errorf("%+v", o)
		}
		if len(b.stored.saved) != 0 || len(b.secrets.kept) != 0 {
			t.Error("the demo was saved")
		}
	})
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.signInErr = func(keys.Credentials) error { return refusal(keys.Unreachable) }
		b.explore()
		b.loop.Drain()
		if b.stopped != 1 || len(b.opened) != 0 {
			t.Errorf("stopped %d", b.stopped)
		}
	})
}

func TestSignInRemoveAndRename(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.secrets.kept["one"] = keys.Credentials{Password: "secret"}
		b.rename("one", "  Head office ")
		b.loop.Drain()
		if b.saved[0].Name != "Head office" || b.current.Name != "Head office" {
			t.Errorf("%+v", b.saved)
		}
		b.rename("one", " ")
		b.loop.Drain()
		if b.saved[0].Name != "helpdesk.example.com" {
			t.Errorf("%+v", b.saved)
		}
		b.remove("one")
		b.loop.Drain()
		if len(b.saved) != 0 || len(b.secrets.kept) != 0 || b.form.Server != "" || b.current.ID != "" {
			t.Errorf("%+v, %d secrets", b.saved, len(b.secrets.kept))
		}
	}, savedServer())
}

func TestSignInForgetsWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSignInBench(t, savedServer())
		b.secrets.kept["one"] = keys.Credentials{Password: "secret"}
		b.start()
		defer b.tasks.Close()
		b.setRemember(false)
		b.submitAndWait()
		if len(b.opened) != 1 || len(b.secrets.kept) != 0 || b.stored.saved[0].Remember {
			t.Errorf("opened %d, %d secrets", len(b.opened), len(b.secrets.kept))
		}
	})
}

func TestSignInAnotherPersonIsAnotherConnection(t *testing.T) {
	signInTest(t, func(t *testing.T, b *signInBench) {
		b.session.facts.User = keys.User{ID: 7, Login: "tech", Name: "Tech"}
		b.edit(fieldUser, "tech")
		b.edit(fieldPassword, "tech")
		b.submitAndWait()
		if len(b.stored.saved) != 2 || b.opened[0].Connection.ID == "one" {
			t.Errorf("%+v", b.stored.saved)
		}
	}, savedServer())
}

func TestPlaceOf(t *testing.T) {
	for address, want := range map[string]string{
		testAPI: "helpdesk.example.com",
		"https://Example.com:8443/glpi/apirest.php": "example.com:8443/glpi",
		"example.com/apirest.php/":                  "example.com",
	} {
		if got := siteOf(address); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestSameServer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"helpdesk.example.com", "https://helpdesk.example.com/apirest.php", true},
		{"http://helpdesk.example.com/", "https://Helpdesk.example.com", true},
		{"h.example/glpi10/", "h.example/glpi11/", false},
		{"h.example:81", "h.example", false},
	} {
		if got := sameServer(c.a, c.b); got != c.want {
			t.Errorf("%s", fmt.Sprint(c))
		}
	}
}
