package connection

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/zalando/go-keyring"

	"glpikeys/keys"
)

const (
	// keyringService and a connection's ID are what other programs see of an
	// item.
	keyringService = "GLPI Keys"
	// keyringProbe is the ID of an item that never exists.
	keyringProbe = "probe"
	// keyringLimit is how long anything waits for the person who is asked to
	// unlock the keyring.
	keyringLimit = 5 * time.Minute
	// keyringBytes is what Windows' Credential Manager takes at most. macOS
	// takes a little more, the Secret Service any size.
	keyringBytes = 2560
)

// ring is go-keyring as far as it is used. Each call may take minutes.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

type systemRing struct{}

func (systemRing) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemRing) Set(service, user, secret string) error   { return keyring.Set(service, user, secret) }
func (systemRing) Delete(service, user string) error        { return keyring.Delete(service, user) }

// Keyring keeps the secrets of connections in the operating system's keyring:
// one item per connection, named by service "GLPI Keys" and the connection's
// ID.
//
// A call may have to wait until a person has unlocked the keyring. It ends
// when its context does, with cause Canceled (KeyringTimedOut after a
// deadline), and after five minutes with KeyringTimedOut. The operating
// system's question cannot be taken back, however: while it stands, later
// calls queue up behind it.
type Keyring struct {
	ring   ring
	absent func() error  // why no keyring can be there; nil if one may be
	limit  time.Duration // for one call, waiting for its turn included
	turn   chan struct{} // full while a call is at work
}

// NewKeyring uses the keyring of this operating system and this user. It does
// not touch it yet.
func NewKeyring() *Keyring { return newKeyring(systemRing{}, keyringAbsent) }

func newKeyring(r ring, absent func() error) *Keyring {
	return &Keyring{ring: r, absent: absent, limit: keyringLimit, turn: make(chan struct{}, 1)}
}

// Service is the keyring's name as people know it.
func (*Keyring) Service() string { return serviceName(runtime.GOOS) }

func serviceName(system string) string {
	switch system {
	case "windows":
		return "Windows Credential Manager"
	case "darwin":
		return "macOS Keychain"
	default:
		return "Secret Service"
	}
}

// Check finds out whether the keyring can be used, by looking for an item that
// does not exist: this reaches the service and unlocks it, and leaves nothing
// behind when it is given up. The cause is KeyringAbsent when there is no
// keyring to speak to or it stays locked, otherwise KeyringFailed.
func (k *Keyring) Check(ctx context.Context) error {
	return k.call(ctx, "check keyring", func() error {
		_, err := k.ring.Get(keyringService, keyringProbe)
		return unlessNotFound(err)
	}, nil)
}

// Load is the zero Credentials when nothing is kept under id. User is never
// filled: it stands in the connection.
func (k *Keyring) Load(ctx context.Context, id string) (keys.Credentials, error) {
	var item string
	err := k.call(ctx, "load secrets", func() (err error) {
		item, err = k.ring.Get(keyringService, id)
		return unlessNotFound(err)
	}, nil)
	if err != nil || item == "" {
		return keys.Credentials{}, err
	}
	var secrets keys.Credentials
	if json.Unmarshal([]byte(item), &secrets) != nil {
		// The decoder's error would quote the item.
		return keys.Credentials{}, &keys.Problem{
			Op: "load secrets", Cause: keys.KeyringFailed, Err: errors.New("the item is not one of this program's"),
		}
	}
	return secrets, nil
}

// Save keeps secrets under id; empty ones are deleted. More than 2,560 bytes
// in all are refused with cause SecretTooLong on every system. When the call
// is given up, but the keyring takes the secrets later, the item is deleted
// again.
func (k *Keyring) Save(ctx context.Context, id string, secrets keys.Credentials) error {
	if secrets.Empty() {
		return k.Delete(ctx, id)
	}
	item, err := json.Marshal(secrets)
	if err != nil {
		return &keys.Problem{Op: "save secrets", Cause: keys.Unexpected, Err: err}
	}
	if len(item) > keyringBytes {
		return &keys.Problem{
			Op: "save secrets", Cause: keys.SecretTooLong,
			Err: fmt.Errorf("%d bytes, more than %d", len(item), keyringBytes),
		}
	}
	return k.call(ctx, "save secrets",
		func() error { return k.ring.Set(keyringService, id, string(item)) },
		func() { _ = k.ring.Delete(keyringService, id) })
}

// Delete removes what is kept under id. Nothing to remove is no error.
func (k *Keyring) Delete(ctx context.Context, id string) error {
	return k.call(ctx, "delete secrets", func() error {
		return unlessNotFound(k.ring.Delete(keyringService, id))
	}, nil)
}

// call runs work, one at a time, until it is done or ctx or the limit ends the
// wait. go-keyring knows no context, so work that was given up goes on by
// itself and keeps its turn; if it succeeds in the end, undo follows. What
// work leaves in variables may be read only after a nil error.
func (k *Keyring) call(ctx context.Context, op string, work func() error, undo func()) error {
	if err := k.absent(); err != nil {
		return &keys.Problem{Op: op, Cause: keys.KeyringAbsent, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	if ctx.Err() != nil {
		return givenUp(op, ctx)
	}
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return givenUp(op, ctx)
	}

	var settled atomic.Bool // by the result or by giving up, whichever is first
	result := make(chan error, 1)
	go func() {
		defer func() { <-k.turn }()
		err := recovered(work)
		if settled.CompareAndSwap(false, true) {
			result <- err
			return
		}
		if err == nil && undo != nil {
			_ = recovered(func() error { undo(); return nil })
		}
	}()
	select {
	case err := <-result:
		return keyringProblem(op, err)
	case <-ctx.Done():
		if settled.CompareAndSwap(false, true) {
			return givenUp(op, ctx)
		}
		return keyringProblem(op, <-result)
	}
}

// recovered turns a panic of work into an error. go-keyring panics when the
// bus goes away while a person is asked: it takes the closed channel's nil for
// an answer.
func recovered(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the keyring's library broke: %v", r)
		}
	}()
	return work()
}

func givenUp(op string, ctx context.Context) error {
	cause := keys.KeyringTimedOut
	if errors.Is(ctx.Err(), context.Canceled) {
		cause = keys.Canceled
	}
	return &keys.Problem{Op: op, Cause: cause, Err: ctx.Err()}
}

func keyringProblem(op string, err error) error {
	if err == nil {
		return nil
	}
	cause := keys.KeyringFailed
	if errors.Is(err, keyring.ErrUnsupportedPlatform) || meansAbsent(err) {
		cause = keys.KeyringAbsent
	}
	return &keys.Problem{Op: op, Cause: cause, Err: err}
}

func unlessNotFound(err error) error {
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}
