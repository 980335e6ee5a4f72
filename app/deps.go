package app

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// Deps is everything the window needs from outside; main fills it.
type Deps struct {
	// Probe finds the API behind what a person typed, without signing in. The
	// error is a *keys.Problem.
	Probe func(ctx context.Context, address string, via keys.Via) (keys.Endpoint, error)
	// SignIn opens a session. The error is a *keys.Problem.
	SignIn func(ctx context.Context, at keys.Endpoint, via keys.Via, who keys.Credentials) (Session, error)
	// Demo starts an in-memory GLPI on this computer and tells how to sign in
	// to it. stop ends it.
	Demo func(ctx context.Context) (at keys.Endpoint, who keys.Credentials, stop func(), err error)
	// AskNetwork asks GLPI Network from this computer about a key, as the GLPI
	// with that instance id would. service is the address of GLPI Network, ""
	// for the usual one. The error is a *keys.Problem; an answer that says no
	// is none. Only for keys whose Block.Vendor is keys.GLPINetwork.
	AskNetwork func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) (keys.Subscription, error)
	// PluginOffers asks GLPI Network, in the same way, which plugins of its
	// marketplace need a subscription. Those that are free are not among them.
	PluginOffers func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) ([]keys.PluginOffer, error)

	// PluginArchive is the GLPI plugin that invitations need, as a zip file.
	PluginArchive func() ([]byte, error)

	Connections Connections
	Secrets     Secrets
	LastSeen    LastSeen
	KeyTexts    KeyTexts // nil: this computer keeps no key texts
	// RunTexts keeps key texts until the program is closed; nil: nothing does.
	RunTexts    *connection.MemoryKeyTexts
	Reminders   Reminders
	Checks      Checks
	Preferences *Preferences

	Do      func(func())                 // queues on the window's goroutine: fyne.Do
	Now     func() time.Time             // in the person's time zone
	OpenURL func(address *url.URL) error // in the browser, or a file in its program
	// Notify shows a notification on the desktop; nil: there are none.
	Notify  func(title, body string)
	Log     *slog.Logger
	LogFile string // where the log is, "" for none
	Version string // of this program

	// PrintFolder is for files that are made to be printed. They hold secrets:
	// it is emptied when the program starts and when it ends.
	PrintFolder string
}

// Session is one sign-in to one GLPI. Its methods may be called from any
// goroutine; their errors are *keys.Problem.
type Session interface {
	// Facts are as of the sign-in or the last call of Refresh or Use….
	Facts() keys.Facts
	// Refresh reads again what GLPI's administrators may have changed since.
	Refresh(ctx context.Context) error
	// UseProfile and UseEntity change what the session sees and refresh its
	// facts. recursive includes the entity's children.
	UseProfile(ctx context.Context, id int) error
	UseEntity(ctx context.Context, id int, recursive bool) error
	// Glance reads all items that end. progress is told the rows read so far
	// and, once known, how many there are; it may be called from any goroutine.
	Glance(ctx context.Context, progress func(done, total int)) (keys.Glance, error)
	// MintToken sets a new personal token for the person signed in and returns
	// it. Programs that use the old token are cut off.
	MintToken(ctx context.Context) (string, error)
	// ServerClock compares the server's clock with this computer's.
	ServerClock(ctx context.Context) (keys.ServerClock, error)
	// Close ends the session on the server.
	Close(ctx context.Context) error

	Invitations
	KeyRecords
}

// Connections keeps the saved servers.
type Connections interface {
	All() []connection.Connection // last used first
	Put(connection.Connection) error
	Delete(id string) error
}

// Secrets keeps the secrets of connections in the operating system's keyring.
// Its methods may wait for a person to unlock it: never call them on the
// window's goroutine. Errors are *keys.Problem with a Keyring… cause.
type Secrets interface {
	// Service names the keyring for people: "Secret Service".
	Service() string
	// Check reports whether the keyring can be used at all.
	Check(ctx context.Context) error
	// Load is the zero Credentials when nothing is kept under id.
	Load(ctx context.Context, id string) (keys.Credentials, error)
	Save(ctx context.Context, id string, secrets keys.Credentials) error
	Delete(ctx context.Context, id string) error
}

// LastSeen keeps what was last seen of each saved server, by connection ID, for
// when it cannot be reached. Its methods use the disk: never call them on the
// window's goroutine. Errors are *keys.Problem.
type LastSeen interface {
	// Save writes nothing once ctx is over.
	Save(ctx context.Context, id string, seen connection.Seen) error
	// Load is false when nothing readable is kept.
	Load(id string) (connection.Seen, bool)
	Delete(id string) error
}

// KeyTexts keeps the texts of registration keys on this computer, by connection
// ID and fingerprint. Load and Save may wait for a person to unlock the
// keyring, Delete and List use the disk: never call them on the window's
// goroutine. Errors are *keys.Problem and hold no text.
type KeyTexts interface {
	// Load is false when no such text is kept. KeyTextsDamaged, KeyTextsLost:
	// one is kept and cannot be read any more.
	Load(ctx context.Context, connection, fingerprint string) (keys.KeyText, bool, error)
	// Save refuses a fingerprint that is not the text's with KeyMismatch. The
	// text is kept in spite of these causes: KeyTextUnsaved (for this run only;
	// Err is the problem that says why), KeyTextsDamaged and KeyTextsLost (in a
	// new file; Detail is what the earlier one, out of reach, is called now).
	Save(ctx context.Context, connection, fingerprint string, text keys.KeyText) error
	Delete(connection, fingerprint string) error
	// Forget deletes all texts of a connection. After a Keyring… cause they are
	// gone, and only what opened them is left; it may wait for the keyring, too.
	Forget(ctx context.Context, connection string) error
	// List is the fingerprints of all texts kept for a connection, without
	// asking the keyring.
	List(connection string) ([]string, error)
}

// Reminders keeps what was told about ends, by connection ID, over all runs of
// the program. Its methods use the disk: never call them on the window's
// goroutine. Errors are *keys.Problem with cause FileFailed.
type Reminders interface {
	Load(connection string) (keys.ReminderLog, error)
	// Change lets change alter the log while other instances of the program
	// wait: who asks for ReminderLog.Due and records it in one change tells
	// each reminder once, however many instances look.
	Change(connection string, change func(*keys.ReminderLog)) error
	Delete(connection string) error
}

// Checks keeps the visible log of the last looks at all servers. Its methods
// use the disk: never call them on the window's goroutine. Errors are
// *keys.Problem with cause FileFailed.
type Checks interface {
	Add(connection.Check) error
	All() ([]connection.Check, error) // newest first
	Delete(connection string) error
}

// Invitations is the part of a session that reaches the plugin glpikeys. Its
// methods may be called from any goroutine; their errors are *keys.Problem,
// with Field set where GLPI refused a value.
type Invitations interface {
	// Plugin tells how the plugin stands. PluginMissing, PluginInactive,
	// PluginUnseen, PluginOld or NoRight say why there are no invitations.
	Plugin(ctx context.Context) (keys.Plugin, error)
	// Invitations reads all that the active profile and entity let one see,
	// without those in the trash. progress is told as by Session.Glance.
	Invitations(ctx context.Context, progress func(done, total int)) ([]keys.Invitation, error)
	// Invitation reads one, with its link: "" when GLPI keeps none, or gives
	// it only to those who could have made the invitation.
	Invitation(ctx context.Context, id int) (inv keys.Invitation, link string, err error)
	// Registrations are the accounts made with an invitation, newest first.
	Registrations(ctx context.Context, invitation int) ([]keys.Registration, error)
	// Groups are those whose members an invitation in the entity may make, by
	// name.
	Groups(ctx context.Context, entity int) ([]keys.Group, error)
	// CreateInvitation makes one. Called again with the same uuid after a lost
	// answer it gives the same invitation; it never makes two.
	CreateInvitation(ctx context.Context, uuid string, policy keys.InvitationPolicy) (id int, link string, err error)
	// SetInvitationActive revokes an invitation, or undoes that.
	SetInvitationActive(ctx context.Context, id int, active bool) error
	// ExtendInvitation changes how often (0: unlimited) and until when (zero:
	// for ever) an invitation works.
	ExtendInvitation(ctx context.Context, id int, maxUses int, end time.Time) error
	// AnswerRegistration approves or refuses one that waits for approval, as
	// it was read: RulesChanged when its RuleGrants are others by now.
	AnswerRegistration(ctx context.Context, r keys.Registration, approve bool) error
	// CheckLink opens a link once, as anybody would, and gives all doubts
	// about it. It counts as "opened" for the invitation, never as a use.
	CheckLink(ctx context.Context, link string) ([]keys.LinkDoubt, error)
}

// KeyRecords is the part of a session that keeps registration keys. Its
// methods may be called from any goroutine; their errors are *keys.Problem.
type KeyRecords interface {
	// KeyRecords reads all key records that the active profile and entity let
	// one see, without key texts. It is empty on a server that has no licence
	// type "Registration key" yet. progress is told as by Session.Glance.
	KeyRecords(ctx context.Context, progress func(done, total int)) ([]keys.KeyRecord, error)
	// KeyRecord reads one, with its key text when GLPI keeps it.
	KeyRecord(ctx context.Context, id int) (keys.KeyRecord, error)
	// KeyHistory tells who changed what, newest first, without key texts.
	KeyHistory(ctx context.Context, id int) ([]keys.KeyEvent, error)
	// HasKeyType reports whether GLPI knows the licence type "Registration
	// key"; AddKeyType makes it.
	HasKeyType(ctx context.Context) (bool, error)
	AddKeyType(ctx context.Context) error
	// Products are the Software whose name contains text, by name.
	Products(ctx context.Context, text string) ([]keys.Product, error)
	// CreateKeyRecord makes one, and its product when that has no ID. Called
	// again with the same Block.Record after a lost answer it finds the record
	// that is there; it never makes two.
	CreateKeyRecord(ctx context.Context, record keys.KeyRecord) (id int, err error)
	// UpdateKeyRecord reads a record, lets edit change it, and writes what
	// changed. It refuses to write where somebody damaged the block.
	UpdateKeyRecord(ctx context.Context, id int, edit func(*keys.KeyRecord) error) (keys.KeyRecord, error)

	// InstalledKey tells what can be known of the GLPI Network key in GLPI's
	// configuration.
	InstalledKey(ctx context.Context) (keys.InstalledKey, error)
	// InstallKey writes text into GLPI's configuration, or clears it when text
	// is "", and proves that GLPI stored it.
	InstallKey(ctx context.Context, text string) (keys.InstalledKey, error)
	// Subscription is GLPI's own view of the installed key, through the plugin
	// glpikeys. A Plugin… cause when there is no such view.
	Subscription(ctx context.Context) (keys.Subscription, error)
	// InstalledPlugins are the plugins of the server.
	InstalledPlugins(ctx context.Context) ([]keys.InstalledPlugin, error)
}
