package glpi

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"glpikeys/keys"
)

// Session is one sign-in to one GLPI. Its methods may be called from any
// goroutine; every error is a *keys.Problem.
//
// When GLPI has forgotten the session, the next call signs in again, once for
// all callers, brings back profile and entity, and goes on.
type Session struct {
	c   *client
	who keys.Credentials

	renewal  singleflight.Group
	zone     atomic.Pointer[time.Location] // of the plugin's dates, nil until known
	reckoned atomic.Pointer[reckonedZone]  // without the plugin, nil until known

	mu      sync.Mutex
	token   string
	facts   keys.Facts
	created string // see createdBase
	closed  bool
}

// String, GoString and LogValue keep credentials and token out of logs that
// print a whole session.
func (s *Session) String() string       { return "session at " + s.c.host }
func (s *Session) GoString() string     { return s.String() }
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Facts are as of the sign-in or the last UseProfile, UseEntity or Refresh.
// Their lists are shared: read them, do not change them.
func (s *Session) Facts() keys.Facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts
}

func (s *Session) state() (token string, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.closed
}

// get is the request for one of the session's own calls.
func (s *Session) get(op, path string) request {
	return request{op: op, method: http.MethodGet, path: path}
}

// fetch makes a call and decodes its answer into v.
func (s *Session) fetch(ctx context.Context, r request, v any) error {
	a, err := s.call(ctx, r)
	if err != nil {
		return err
	}
	return a.into(r, v)
}

// call makes a call, and renews a dead session once. A write that GLPI refused
// because of its session did nothing, so that it may be repeated as well.
func (s *Session) call(ctx context.Context, r request) (*answer, error) {
	token, closed := s.state()
	if closed {
		return nil, &keys.Problem{Op: r.op, Cause: keys.SessionEnded}
	}
	a, err := s.c.do(ctx, r, token)
	if keys.CauseOf(err) != keys.SessionEnded {
		return a, err
	}
	if err := s.renew(ctx, r.op, token); err != nil {
		return nil, err
	}
	token, _ = s.state()
	return s.c.do(ctx, r, token)
}

// renew opens a new session in place of the dead one. Callers that find the
// same session dead share one renewal, and each may give up waiting for it.
func (s *Session) renew(ctx context.Context, op, dead string) error {
	wait := s.renewal.DoChan(dead, func() (any, error) {
		if token, _ := s.state(); token != dead {
			return nil, nil // somebody else has just done it
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*s.c.o.Timeout)
		defer cancel()
		return nil, s.reopen(ctx, op)
	})
	select {
	case done := <-wait:
		return done.Err
	case <-ctx.Done():
		return problemOf(request{op: op}, context.Cause(ctx))
	}
}

// reopen signs in again and restores profile and entity: calls go on in the
// place where they were, or fail.
func (s *Session) reopen(ctx context.Context, op string) error {
	ended := func(err error) error {
		switch keys.CauseOf(err) {
		case keys.Unreachable, keys.HostUnknown, keys.ProxyFailed, keys.TimedOut, keys.Canceled,
			keys.Maintenance, keys.ServerFault, keys.CertificateChanged, keys.CertificateUnknown:
			return err // not the session's fault; the next call may try again
		}
		return &keys.Problem{Op: op, Cause: keys.SessionEnded, Err: err}
	}
	opened, err := s.c.open(ctx, s.who)
	if err != nil {
		return ended(err)
	}
	want := s.Facts()
	if err := s.c.restore(ctx, opened, &want); err != nil {
		_ = s.c.kill(ctx, opened.Token)
		return ended(err)
	}
	s.mu.Lock()
	closed := s.closed
	if !closed {
		s.token = opened.Token
	}
	s.mu.Unlock()
	if closed {
		_ = s.c.kill(ctx, opened.Token)
		return ended(nil)
	}
	return nil
}

// restore brings a fresh session to the profile and entity that were active.
func (c *client) restore(ctx context.Context, o opened, want *keys.Facts) error {
	raw := &o.Session
	if raw.Profile.ID != want.Profile.ID {
		if err := c.useProfile(ctx, o.Token, want.Profile.ID); err != nil {
			return err
		}
		raw.Entity = -1 // a profile brings its own default entity
	}
	if int(raw.Entity) != want.Entity.ID || (raw.Recursive != 0) != want.Recursive {
		return c.useEntity(ctx, o.Token, want.Entity.ID, want.Recursive)
	}
	return nil
}

const (
	opProfile = "change profile"
	opEntity  = "change entity"
)

// useProfile makes a profile active. Twice does no harm, so that neither this
// nor useEntity counts as a write.
func (c *client) useProfile(ctx context.Context, token string, id int) error {
	_, err := c.do(ctx, profileRequest(id), token)
	return err
}

func profileRequest(id int) request {
	return request{op: opProfile, method: http.MethodPost, path: "/changeActiveProfile",
		body: map[string]any{"profiles_id": id}}
}

func entityRequest(id int, recursive bool) request {
	return request{op: opEntity, method: http.MethodPost, path: "/changeActiveEntities",
		body: map[string]any{"entities_id": id, "is_recursive": recursive}}
}

func (c *client) useEntity(ctx context.Context, token string, id int, recursive bool) error {
	r := entityRequest(id, recursive)
	a, err := c.do(ctx, r, token)
	if err != nil {
		return err
	}
	return accepted(r, a)
}

// accepted reads changeActiveEntities' answer: refusing, it says 200 and
// false (GLPI-REST §3, 29).
func accepted(r request, a *answer) error {
	var ok bool
	if err := a.into(r, &ok); err != nil {
		return err
	}
	if !ok {
		return &keys.Problem{Op: r.op, Cause: keys.NoRight, Err: &Error{
			Op: r.op, Method: r.method, Path: r.path, Status: a.status, Message: "false"}}
	}
	return nil
}

// UseProfile makes another of the person's profiles active, with its own
// entities and rights. NotFound when the person does not have it.
func (s *Session) UseProfile(ctx context.Context, id int) error {
	_, err := s.call(ctx, profileRequest(id))
	return s.settled(ctx, err)
}

// UseEntity makes another entity active; recursive includes its children.
// NoRight when the profile may not use it.
func (s *Session) UseEntity(ctx context.Context, id int, recursive bool) error {
	r := entityRequest(id, recursive)
	a, err := s.call(ctx, r)
	if err == nil {
		err = accepted(r, a)
	}
	return s.settled(ctx, err)
}

// Refresh reads again what GLPI's administrators may have changed since: its
// version, its own address, its instance id and the like.
func (s *Session) Refresh(ctx context.Context) error {
	c, err := s.readConfig(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fill(&s.facts, c)
	s.created = createdBase(s.facts.Major, c, s.c.api)
	return nil
}

// settled ends a change of profile or entity. When it is not known whether
// GLPI made the change, or when the facts that go with it cannot be read, the
// session on the server is given up: the next call opens a new one, in the
// place that Facts still tells.
func (s *Session) settled(ctx context.Context, err error) error {
	var p *keys.Problem
	if err == nil {
		err = s.readSession(ctx)
	} else if errors.As(err, &p) && !outcomeLost(p) {
		return err
	}
	if err == nil {
		return nil
	}
	s.mu.Lock()
	token := s.token
	s.token = ""
	s.mu.Unlock()
	if token != "" {
		_ = s.c.kill(ctx, token)
	}
	return err
}

// readSession reads the facts that a change of profile or entity changes.
func (s *Session) readSession(ctx context.Context) error {
	var body struct {
		Session rawSession `json:"session"`
	}
	if err := s.fetch(ctx, s.get("read session", "/getFullSession"), &body); err != nil {
		return err
	}
	return s.learn(ctx, body.Session)
}

// opMint names making a personal token.
const opMint = "make personal token"

// MintToken sets a new personal token for the person signed in and returns it
// after signing in with it once. Programs that use the old token are cut off
// (GLPI-REST §2). UserTokenWrong when GLPI does not accept personal tokens at
// all; NoRight when the profile may not change its own user.
func (s *Session) MintToken(ctx context.Context) (string, error) {
	facts := s.Facts()
	if !facts.Can("user", keys.Update) {
		return "", &keys.Problem{Op: opMint, Cause: keys.NoRight}
	}
	token := (rand.Text() + rand.Text())[:40]
	r := request{
		op: opMint, method: http.MethodPut, path: "/User/" + strconv.Itoa(facts.User.ID), writes: true,
		body: map[string]any{"input": map[string]any{"api_token": token}},
	}
	if _, err := s.call(ctx, r); err != nil && keys.CauseOf(err) != keys.OutcomeUnknown {
		return "", err
	}
	// Also when the answer was lost: this tells whether the token was set.
	opened, err := s.c.open(ctx, keys.Credentials{UserToken: token})
	if err != nil {
		return "", err
	}
	_ = s.c.kill(ctx, opened.Token)
	if int(opened.Session.UserID) != facts.User.ID {
		return "", &keys.Problem{Op: opMint, Cause: keys.Unexpected, Err: errors.New("the token opens a session of another user")}
	}
	return token, nil
}

// Close ends the session on the server; later calls fail with SessionEnded. A
// session that GLPI has already forgotten is closed without an error.
func (s *Session) Close(ctx context.Context) error {
	s.mu.Lock()
	token, closed := s.token, s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	defer s.c.close()
	if err := s.c.kill(ctx, token); err != nil && keys.CauseOf(err) != keys.SessionEnded {
		return err
	}
	return nil
}

// abandon closes a session of which nobody has heard yet.
func (s *Session) abandon(ctx context.Context) { _ = s.Close(ctx) }
