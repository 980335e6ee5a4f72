package connection

import (
	"context"
	"sync"

	"glpikeys/keys"
)

// Memory keeps secrets for this run of the program only: for a computer with
// no keyring, and for the demo. Its zero value is ready to use.
type Memory struct {
	mu   sync.Mutex
	kept map[string]keys.Credentials
}

// Service is "": no keyring is involved.
func (*Memory) Service() string { return "" }

// Check never fails.
func (*Memory) Check(context.Context) error { return nil }

// Load is the zero Credentials when nothing is kept under id.
func (m *Memory) Load(_ context.Context, id string) (keys.Credentials, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[id], nil
}

// Save keeps secrets under id, without their User, as a keyring would.
func (m *Memory) Save(_ context.Context, id string, secrets keys.Credentials) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]keys.Credentials{}
	}
	secrets.User = ""
	m.kept[id] = secrets
	return nil
}

// Delete forgets what is kept under id.
func (m *Memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	return nil
}
