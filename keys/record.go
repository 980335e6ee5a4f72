package keys

import (
	"slices"
	"time"
)

// KeyRecord is a registration key as GLPI keeps it: a SoftwareLicense of the
// type "Registration key", whose comment carries what GLPI has no column for
// in an armoured block. What it prints or encodes as JSON never shows the text
// of the key.
type KeyRecord struct {
	ID         int     `json:"id"`
	Name       string  `json:"name"`
	Product    Product `json:"product"`
	Entity     Entity  `json:"entity"`
	Below      bool    `json:"below,omitempty"` // the record is seen in the entities below, too
	End        Date    `json:"end"`             // the last day, zero: none
	Valid      bool    `json:"valid"`           // GLPI's is_valid, which says nothing of Closed
	Supplier   string  `json:"supplier,omitempty"`
	Contact    string  `json:"contact,omitempty"`
	ContactNum string  `json:"contact_num,omitempty"`
	Number     string  `json:"number,omitempty"` // order or inventory number: GLPI's otherserial
	Parent     int     `json:"parent,omitempty"` // the record that this one renews, 0 for none
	Notes      string  `json:"notes,omitempty"`  // what people wrote beside the block
	Block      Block   `json:"block"`
	// Damage says why the block cannot be trusted: it is shown and never
	// overwritten. Nil for a sound block, and for none at all.
	Damage  *Damage   `json:"damage,omitempty"`
	Created time.Time `json:"created,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
}

// Product is the GLPI Software that a key is for.
type Product struct {
	ID   int    `json:"id"` // 0: not in GLPI yet
	Name string `json:"name"`
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

// GLPINetwork is Block.Vendor of the keys that GLPI Network checks. Keys of
// any other vendor are never sent there.
const GLPINetwork = "GLPI Network"

// Block is what the armoured block in a licence's comment carries. Its texts
// are single lines: WriteComment turns line breaks and other control
// characters into spaces.
type Block struct {
	Record      string `json:"record,omitempty"`      // uuid: makes creation idempotent
	Fingerprint string `json:"fingerprint,omitempty"` // of the key text, 64 hex digits, "" for a subscription without key
	BoundTo     string `json:"bound_to,omitempty"`    // address of the GLPI that the key is for
	Instance    string `json:"instance,omitempty"`    // its instance id
	Scope       Scope  `json:"scope,omitempty"`
	Vendor      string `json:"vendor,omitempty"` // who checks the key: GLPINetwork, or another
	Plugin      string `json:"plugin,omitempty"` // GLPI's name of the plugin's folder, for the plugin scopes
	Owner       string `json:"owner,omitempty"`  // to whom the vendor registered the key
	Kept        Place  `json:"kept,omitempty"`
	Begin       Date   `json:"begin"`
	Trial       bool   `json:"trial,omitempty"`
	AutoRenews  bool   `json:"auto_renews,omitempty"`
	// ClosesParent: the record that this one renews is closed as soon as this
	// key is found good.
	ClosesParent bool       `json:"closes_parent,omitempty"`
	Reminders    []int      `json:"reminders,omitempty"` // days before the end, instead of the usual ones
	Validated    Validation `json:"validated,omitzero"`
	Reissue      Reissue    `json:"reissue,omitzero"`
	Revoked      Revocation `json:"revoked,omitzero"`
	Steps        []Step     `json:"steps,omitempty"` // oldest first
	// Text is the key, empty unless Kept is PlaceGLPI. Only what reads one
	// record alone fills it. It is never part of JSON.
	Text KeyText `json:"-"`
}

// Step is something that was done with a key and that neither GLPI's history nor
// the rest of the block tells.
type Step struct {
	Date Date     `json:"date"`
	What StepKind `json:"what"`
	By   string   `json:"by,omitempty"` // GLPI login, "" where it is not known
}

// StepKind is what was done.
type StepKind string

// The steps.
const (
	StepInstalled  StepKind = "installed"  // written into GLPI's configuration
	StepPutBack    StepKind = "put-back"   // written there again, where it was lost
	StepRemoved    StepKind = "removed"    // taken out of GLPI's configuration
	StepRequested  StepKind = "requested"  // asked the vendor for another key
	StepReceived   StepKind = "received"   // got it
	StepSubscribed StepKind = "subscribed" // the trial became a subscription
)

// maxSteps is how many steps a block keeps, the last ones.
const maxSteps = 40

// Note adds a step, unless it is the last one already or nobody knows its day:
// a block keeps no step without one.
func (b *Block) Note(s Step) {
	if n := len(b.Steps); s.Date.IsZero() || n > 0 && b.Steps[n-1] == s {
		return
	}
	b.Steps = append(slices.Clone(b.Steps), s)
	b.Steps = b.Steps[max(len(b.Steps)-maxSteps, 0):]
}

// Validation is the last answer about a key.
type Validation struct {
	Time    time.Time `json:"time,omitzero"` // zero: never; whole seconds
	Verdict Verdict   `json:"verdict,omitempty"`
	Message string    `json:"message,omitempty"` // the vendor's own words
	From    string    `json:"from,omitempty"`    // AskedByGLPI or AskedHere
	End     Date      `json:"end,omitzero"`      // of the subscription, by the vendor; zero: not told
}

// Who asked about a key, in Validation.From and Subscription.From.
const (
	AskedByGLPI = "glpi"     // the server, through the plugin
	AskedHere   = "computer" // this computer
)

// Reissue is how far asking the vendor for another key is.
type Reissue struct {
	State    ReissueState `json:"state,omitempty"` // "" for none
	Date     Date         `json:"date"`            // of the last step
	Address  string       `json:"address,omitempty"`
	Instance string       `json:"instance,omitempty"` // the new address and instance id that were asked for
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
	Date   Date      `json:"date"`          // zero: not given up
	Why    Departure `json:"why,omitempty"` // "" counts as DepartureRevoked
	Reason string    `json:"reason,omitempty"`
}

// Departure is the kind of way in which a key went out of use.
type Departure string

// The departures.
const (
	DepartureRevoked  Departure = "revoked"
	DepartureRenewed  Departure = "renewed"  // its successor took over
	DepartureReleased Departure = "released" // the vendor may give it to another server
)

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
	From       string // AskedByGLPI or AskedHere
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
	Present bool // GLPI has one, which it can read
	// Unreadable: one is stored that GLPI cannot decrypt any more, because its
	// config/glpicrypt.key is another one now. The plugin glpikeys tells.
	Unreadable bool
	// Mark is the SHA-256 of what GLPI stores: it changes with every write, so
	// that the mark taken after our own write tells later whether ours is
	// still the one installed.
	Mark string
	// Length is how many bytes the key has.
	Length int
	// Fingerprint is the key's own, "" without the plugin glpikeys.
	Fingerprint string
	// Written and By are when and by whom the setting was last written; zero
	// when GLPI's history does not tell this person.
	Written time.Time
	By      string
}

// InstalledPlugin is a plugin of GLPI.
type InstalledPlugin struct {
	Folder, Name, Version string
	Active                bool
}

// PluginOffer is a plugin of GLPI Network's marketplace that needs a
// subscription of one of these offers (Subscription.Offer).
type PluginOffer struct {
	Folder string
	Offers []string
}

// The fields of a key record that people fill in, as Problem.Field names them.
// Imports and exports name their columns alike.
const (
	KeyFieldName       = "name"
	KeyFieldProduct    = "product"
	KeyFieldEntity     = "entity"
	KeyFieldEnd        = "expire"
	KeyFieldSupplier   = "supplier"
	KeyFieldContact    = "contact"
	KeyFieldContactNum = "contact_num"
	KeyFieldNumber     = "number"
	KeyFieldNotes      = "notes"
	KeyFieldValue      = "key" // the text of the key
	KeyFieldBoundTo    = "bound_to"
	KeyFieldInstance   = "instance"
	KeyFieldScope      = "scope"
	KeyFieldVendor     = "vendor"
	KeyFieldPlugin     = "plugin"
	KeyFieldOwner      = "owner"
	KeyFieldKept       = "kept"
	KeyFieldBegin      = "begin"
	KeyFieldTrial      = "trial"
	KeyFieldAutoRenews = "auto_renews"
	KeyFieldReminders  = "reminders"
)
