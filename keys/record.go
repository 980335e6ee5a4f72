package keys

import "time"

// KeyRecord is a registration key as GLPI keeps it: a SoftwareLicense of the
// type "Registration key", whose comment carries what GLPI has no column for
// in an armoured block. It holds no key text: that is a secret, and is asked
// for alone.
type KeyRecord struct {
	ID         int
	Name       string
	Product    Product
	Entity     Entity
	Below      bool // the record is seen in the entities below, too
	End        Date
	Valid      bool // GLPI's is_valid; false once revoked
	Supplier   string
	Contact    string
	ContactNum string
	Number     string // order or inventory number: GLPI's otherserial
	Parent     int    // the record that this one renews, 0 for none
	Notes      string // what people wrote beside the block
	Block      Block
	// Damage says why the block cannot be trusted: it is shown and never
	// overwritten. Nil for a sound block.
	Damage  error
	Created time.Time
	Changed time.Time
}

// Product is the GLPI Software that a key is for.
type Product struct {
	ID   int // 0: not in GLPI yet
	Name string
}

// Scope is what a key covers, by its vendor's rules.
type Scope string

// The scopes.
const (
	ScopeInstance  Scope = "instance"   // the GLPI server
	ScopePlugin    Scope = "plugin"     // one plugin, wherever it runs
	ScopePluginURL Scope = "plugin-url" // one plugin at one production address
)

// Place is where the text of a key is kept.
type Place string

// The places.
const (
	PlaceGLPI     Place = "glpi"     // in the licence, readable by whoever may read licences
	PlaceComputer Place = "computer" // encrypted, on this computer only
	PlaceNowhere  Place = "nowhere"  // a subscription without any key, or a text that nobody kept
)

// Block is what the armoured block in a licence's comment carries.
type Block struct {
	Record      string // uuid: makes creation idempotent
	Fingerprint string // of the key text, 64 hex digits, "" for a subscription without key
	BoundTo     string // address of the GLPI that the key is for
	Instance    string // its instance id
	Scope       Scope
	Vendor      string // the plugin or service that checks the key
	Kept        Place
	Begin       Date
	Trial       bool
	AutoRenews  bool
	Reminders   []int // days before the end, instead of the usual ones
	Validated   Validation
	Reissue     Reissue
	Revoked     Revocation
	// Text is the key, "" unless Kept is PlaceGLPI. Only what reads one record
	// alone fills it.
	Text string
}

// Validation is the last answer about a key.
type Validation struct {
	Time    time.Time // zero: never
	Verdict Verdict
	Message string // the vendor's own words
	From    string // "glpi" or "computer": who asked
}

// Reissue is how far asking the vendor for another key is.
type Reissue struct {
	State ReissueState // "" for none
	Date  Date
	To    string // the new address or instance id that was asked for
}

// ReissueState is a step of a re-issue.
type ReissueState string

// The steps of a re-issue.
const (
	ReissueRequested ReissueState = "requested"
	ReissueReceived  ReissueState = "received"
	ReissueInstalled ReissueState = "installed"
)

// Revocation is why and when a key was given up.
type Revocation struct {
	Date   Date // zero: not revoked
	Reason string
}

// Verdict is what GLPI Network says about a key.
type Verdict string

// The verdicts. A key can be valid and its subscription over: valid alone is
// not good (GLPI-NETWORK, "Reply of /info").
const (
	VerdictUnknown    Verdict = ""           // never asked
	VerdictInvalid    Verdict = "invalid"    // is_valid false
	VerdictTerminated Verdict = "terminated" // valid, the subscription does not run
	VerdictRunning    Verdict = "running"    // valid, and the subscription runs
	VerdictUnreached  Verdict = "unreached"  // no usable answer
)

// Subscription is GLPI Network's answer about a key.
type Subscription struct {
	Verdict    Verdict
	Message    string // the service's own words, or GLPI's for them
	Owner      string
	Title      string
	Offer      string // offer_reference
	Begin, End Date
	Status     int    // HTTP status of the service's answer, 0 when there was none
	Error      string // what stood in the way, in GLPI's words, when GLPI asked
	Checked    time.Time
	From       string // "glpi" or "computer": who asked
	// Fingerprint is that of the installed key when GLPI asked, else "".
	Fingerprint string
}

// KeyEvent is one step in a record's life.
type KeyEvent struct {
	Time  time.Time
	Who   string
	Field string // what changed: GLPI's column, or "created"
	Old   string // never a key text
	New   string
}

// InstalledKey is what can be known of the GLPI Network key in GLPI's
// configuration. GLPI never gives the key back (GLPI-REST §7).
type InstalledKey struct {
	Present bool
	// Mark is the SHA-256 of what GLPI stores: it changes with every write, so
	// that the mark taken after our own write tells later whether ours is
	// still the one installed.
	Mark string
	// Length is how many bytes the key has.
	Length int
	// Fingerprint is the key's own, "" without the plugin glpikeys.
	Fingerprint string
}

// InstalledPlugin is a plugin of GLPI.
type InstalledPlugin struct {
	Folder, Name, Version string
	Active                bool
}
