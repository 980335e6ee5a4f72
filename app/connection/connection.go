// Package connection keeps saved GLPI servers: how each is reached and signed
// in to, its secrets in the operating system's keyring, and which certificate
// was trusted for it. It imports no toolkit, so that programs without a window
// can use it too.
package connection

import (
	"time"

	"glpikeys/keys"
)

// Connection is a saved server. It holds no secret: those lie in the keyring
// under ID.
type Connection struct {
	ID       string    `json:"id"`      // random, never changes
	Name     string    `json:"name"`    // what people call it; the host unless renamed
	Address  string    `json:"address"` // as typed
	API      string    `json:"api"`     // as found: keys.Endpoint.API
	User     string    `json:"user,omitempty"`
	ByToken  bool      `json:"by_token,omitempty"` // signs in by personal token, not by password
	Remember bool      `json:"remember"`           // secrets are in the keyring
	Via      keys.Via  `json:"via"`
	Version  string    `json:"version,omitempty"` // as last seen after sign-in
	Profile  int       `json:"profile,omitempty"` // last used; 0: GLPI's default
	Entity   *int      `json:"entity,omitempty"`  // last used; nil: GLPI's default
	Tree     bool      `json:"tree,omitempty"`    // with the children of Entity
	LastUsed time.Time `json:"last_used,omitzero"`
}
