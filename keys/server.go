package keys

import (
	"strings"
	"time"
)

// Endpoint is a GLPI REST API that has been found to answer.
type Endpoint struct {
	API   string // "https://host/glpi/apirest.php", no trailing slash
	Major int    // 10 or 11 as far as it can be told without signing in, else 0
	// State is "" when the API waits for credentials, else what stands in the
	// way whoever signs in: APIOff, AddressRefused, AppTokenMissing.
	State Cause
}

// Web is the address of GLPI's own pages: API without "/apirest.php".
func (e Endpoint) Web() string { return strings.TrimSuffix(e.API, "/apirest.php") }

// Facts is what a session knows about the server and about the person signed
// in. GLPI fixes rights and entities when a session opens or changes its
// profile or entity, so these facts are a snapshot as well.
type Facts struct {
	Endpoint
	Version   string // "11.0.6"
	URLBase   string // GLPI's own idea of its address; links are built from it
	NetworkID string // glpi_network_uuid, "" until GLPI first made one
	MailOn    bool   // GLPI may send e-mail
	Policy    PasswordPolicy
	User      User
	Profile   Profile   // the active one
	Profiles  []Profile // all that this person may choose, by name
	Entity    Entity    // the active one
	Recursive bool      // the active entity includes its children
	Entities  []Entity  // all that the active profile may choose, in tree order
	Rights    map[string]Right
}

// Can reports whether the active profile holds all of the bits of want on the
// right called name, for instance Can("license", Read).
func (f *Facts) Can(name string, want Right) bool { return f.Rights[name]&want == want }

// Right is a set of GLPI's right bits (GLPI-REST §3).
type Right int

// GLPI's common right bits.
const (
	Read   Right = 1
	Update Right = 2
	Create Right = 4
	Delete Right = 8 // move to the trash
	Purge  Right = 16
)

// ServerClock is a server's clock beside this computer's, as one answer tells
// it.
type ServerClock struct {
	Time   time.Time     // of the answer by the server's clock, in the zone in which GLPI writes times
	Ahead  time.Duration // of the server's clock before this computer's, negative behind it
	Within time.Duration // Ahead may be wrong by so much
}

// User is the person signed in.
type User struct {
	ID    int
	Login string
	Name  string // "Ana Pires", or the login when GLPI holds no name
}

// Profile is a GLPI profile: a named set of rights.
type Profile struct {
	ID      int
	Name    string
	Central bool // uses GLPI's standard interface, not the simplified one; told for Plugin.Profiles only
}

// Entity is a node of GLPI's tree of organisations.
type Entity struct {
	ID   int    `json:"id"`
	Path string `json:"path"` // "Root entity > Region North > Oslo"
}

// Name is the last part of the path.
func (e Entity) Name() string {
	if i := strings.LastIndex(e.Path, " > "); i >= 0 {
		return e.Path[i+3:]
	}
	return e.Path
}

// Depth counts the ancestors of e: 0 for the root.
func (e Entity) Depth() int { return strings.Count(e.Path, " > ") }

// PasswordPolicy is GLPI's rule for new passwords. GLPI 10 creates an account
// without any password when the rule is broken (GLPI-REST §8), so it has to be
// checked before.
type PasswordPolicy struct {
	On                            bool
	MinLength                     int
	Digit, Letter, Upper, Special bool
}
