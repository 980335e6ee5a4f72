package app

import (
	"cmp"
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task/tasktest"
	"glpikeys/keys"
)

// loop stands in for the window's goroutine.
type loop = tasktest.Loop

func newLoop() *loop { return tasktest.NewLoop() }

// testNow is the moment at which tests happen.
var testNow = time.Date(2026, time.November, 23, 9, 30, 0, 0, time.UTC)

// newDeps makes dependencies that reach nothing outside the test.
func newDeps(t testing.TB, l *loop) Deps {
	t.Helper()
	prefs, err := OpenPreferences(filepath.Join(t.TempDir(), "preferences.json"))
	if err != nil {
		t.Fatal(err)
	}
	return Deps{
		Connections: &fakeConnections{},
		Secrets:     &fakeSecrets{kept: map[string]keys.Credentials{}},
		LastSeen:    &fakeLastSeen{kept: map[string]connection.Seen{}},
		Preferences: prefs,
		Do:          l.Do,
		Now:         func() time.Time { return testNow },
		OpenURL:     func(*url.URL) error { return nil },
		Log:         slog.New(slog.DiscardHandler),
		Version:     "0.1.0",
	}
}

// fakeSession answers from its fields, after delay.
type fakeSession struct {
	mu     sync.Mutex
	facts  keys.Facts
	glance keys.Glance
	err    error
	delay  time.Duration
	ending time.Duration // that Close takes
	token  string
	calls  []string
	closed bool
}

func (s *fakeSession) note(ctx context.Context, call string) error {
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.err
}

func (s *fakeSession) Facts() keys.Facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts
}

func (s *fakeSession) UseProfile(ctx context.Context, id int) error {
	if err := s.note(ctx, "profile"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.facts.Profiles {
		if p.ID == id {
			s.facts.Profile = p
		}
	}
	return nil
}

func (s *fakeSession) UseEntity(ctx context.Context, id int, recursive bool) error {
	if err := s.note(ctx, "entity"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.facts.Entities {
		if e.ID == id {
			s.facts.Entity, s.facts.Recursive = e, recursive
		}
	}
	return nil
}

func (s *fakeSession) Glance(ctx context.Context, progress func(done, total int)) (keys.Glance, error) {
	progress(0, len(s.glance.Items))
	if err := s.note(ctx, "glance"); err != nil {
		return keys.Glance{}, err
	}
	return s.glance, nil
}

func (s *fakeSession) MintToken(ctx context.Context) (string, error) {
	return s.token, s.note(ctx, "mint")
}

func (s *fakeSession) Close(ctx context.Context) error {
	time.Sleep(s.ending)
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return nil
}

// fakeConnections keeps connections in memory, in the order of Put.
type fakeConnections struct {
	saved []connection.Connection
	err   error
}

func (f *fakeConnections) All() []connection.Connection { return f.saved }

func (f *fakeConnections) Put(c connection.Connection) error {
	if f.err != nil {
		return f.err
	}
	for i := range f.saved {
		if f.saved[i].ID == c.ID {
			f.saved[i] = c
			return nil
		}
	}
	f.saved = append(f.saved, c)
	return nil
}

func (f *fakeConnections) Delete(id string) error {
	for i := range f.saved {
		if f.saved[i].ID == id {
			f.saved = append(f.saved[:i], f.saved[i+1:]...)
			return nil
		}
	}
	return f.err
}

// fakeSecrets is a keyring in memory; every call takes delay and ends with err.
type fakeSecrets struct {
	mu    sync.Mutex
	kept  map[string]keys.Credentials
	err   error
	delay time.Duration
}

func (f *fakeSecrets) wait(ctx context.Context) error {
	if f.delay > 0 {
		select {
		case <-time.After(f.delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.err
}

func (f *fakeSecrets) Service() string { return "Secret Service" }

func (f *fakeSecrets) Check(ctx context.Context) error { return f.wait(ctx) }

func (f *fakeSecrets) Load(ctx context.Context, id string) (keys.Credentials, error) {
	err := f.wait(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept[id], err
}

func (f *fakeSecrets) Save(ctx context.Context, id string, c keys.Credentials) error {
	if err := f.wait(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept[id] = c
	return nil
}

func (f *fakeSecrets) Delete(ctx context.Context, id string) error {
	if err := f.wait(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, id)
	return nil
}

// fakeLastSeen keeps what was last seen in memory; saving takes delay and ends
// with err.
type fakeLastSeen struct {
	mu    sync.Mutex
	kept  map[string]connection.Seen
	err   error
	delay time.Duration
}

func (f *fakeLastSeen) Save(ctx context.Context, id string, seen connection.Seen) error {
	time.Sleep(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil || f.err != nil {
		return cmp.Or(f.err, ctx.Err())
	}
	f.kept[id] = seen
	return nil
}

func (f *fakeLastSeen) Load(id string) (connection.Seen, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, ok := f.kept[id]
	return seen, ok
}

func (f *fakeLastSeen) Delete(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, id)
	return nil
}
