package connection

import (
	"context"
	"maps"
	"slices"
	"sync"

	"glpikeys/keys"
)

// MemoryKeyTexts keeps the texts of registration keys for this run of the
// program only, such as those of the demo. Its zero value is ready to use.
type MemoryKeyTexts struct {
	mu   sync.Mutex
	kept map[textID]keys.KeyText
}

type textID struct{ connection, fingerprint string }

// Load is false when no text with that fingerprint is kept for the connection.
func (m *MemoryKeyTexts) Load(_ context.Context, connection, fingerprint string) (keys.KeyText, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.kept[textID{connection, fingerprint}]
	return text, ok, nil
}

// Save keeps text for the connection. A fingerprint that is not the text's is
// refused with cause KeyMismatch.
func (m *MemoryKeyTexts) Save(_ context.Context, connection, fingerprint string, text keys.KeyText) error {
	if fingerprint == "" || keys.Fingerprint(text.Reveal()) != fingerprint {
		return &keys.Problem{Op: opSaveText, Cause: keys.KeyMismatch}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[textID]keys.KeyText{}
	}
	m.kept[textID{connection, fingerprint}] = text
	return nil
}

// Delete forgets a text.
func (m *MemoryKeyTexts) Delete(connection, fingerprint string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, textID{connection, fingerprint})
	return nil
}

// Forget deletes all texts of a connection.
func (m *MemoryKeyTexts) Forget(_ context.Context, connection string) error {
	m.forget(connection)
	return nil
}

func (m *MemoryKeyTexts) forget(connection string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.kept, func(id textID, _ keys.KeyText) bool { return id.connection == connection })
}

// List is the fingerprints of all texts kept for the connection, sorted.
func (m *MemoryKeyTexts) List(connection string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []string
	for id := range m.kept {
		if id.connection == connection {
			list = append(list, id.fingerprint)
		}
	}
	slices.Sort(list)
	return list, nil
}

// Count is how many texts are kept, of all connections, but for those that
// except is true of.
func (m *MemoryKeyTexts) Count(except func(connection, fingerprint string) bool) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id := range m.kept {
		if !except(id.connection, id.fingerprint) {
			n++
		}
	}
	return n
}

func (m *MemoryKeyTexts) all() map[textID]keys.KeyText {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.kept)
}
