package keys

import (
	"net"
	"net/url"
	"strings"
	"time"
)

// InvitationPolicy is what an administrator chooses for an invitation: what
// each account that is made with its link gets, and how long the link works.
type InvitationPolicy struct {
	Label   string // for administrators; cards and posters print it, too
	Comment string

	Entity       Entity  // of the accounts and of the invitation itself
	Below        bool    // administrators of the entities below see the invitation
	Profile      Profile // that the accounts get
	ProfileBelow bool    // also in the entities below Entity
	Groups       []Group

	Begin   time.Time // zero: at once. Begin and End are whole seconds
	End     time.Time // the link's last second, zero: never
	MaxUses int       // 0: unlimited

	AccountEnd  time.Time // the accounts' last second, zero: never
	AccountDays int       // or so many days after each was made, 0: never

	EmailDomains []string // "example.com"; none: any address
	LoginIsEmail bool     // else people choose a login
	VerifyEmail  bool     // the address is confirmed before the account works
	Approval     bool     // an administrator approves each account
	ShowOnce     bool     // GLPI keeps no copy of the link
	Batch        string   // ties the invitations of one sheet or import together
}

// Group is a GLPI group of users.
type Group struct {
	ID   int
	Name string // with its ancestors: "Staff > Paris office"
}

// Invitation is an invitation as GLPI keeps it. Its link is not part of it:
// that is a secret, and is asked for alone.
type Invitation struct {
	ID   int
	UUID string // made by whoever created it; tells whether a lost answer was a success
	InvitationPolicy
	Active  bool // false: revoked
	Uses    int
	Waiting int // registrations that wait for an administrator's approval
	Opened  int // how often the page was shown
	Started int // how often its form was sent off
	Author  string
	Created time.Time
}

// InvitationState is what an invitation is worth at some moment.
type InvitationState uint8

// The states. When several apply, the plugin and this program name the same
// one: revoked, used up, ended, scheduled, last use, active, in this order.
const (
	InvitationActive InvitationState = iota
	InvitationLastUse
	InvitationScheduled
	InvitationUsedUp
	InvitationEnded
	InvitationRevoked
)

// InvitationStates lists every state in the order in which people want to see
// them.
var InvitationStates = [...]InvitationState{
	InvitationActive, InvitationLastUse, InvitationScheduled, InvitationUsedUp, InvitationEnded, InvitationRevoked,
}

var invitationStateNames = [...]string{"active", "last_use", "scheduled", "used_up", "ended", "revoked"}

// String is the plugin's word for the state, also used in translation keys.
func (s InvitationState) String() string {
	if int(s) < len(invitationStateNames) {
		return invitationStateNames[s]
	}
	return "unknown"
}

// Open reports whether people can register.
func (s InvitationState) Open() bool { return s == InvitationActive || s == InvitationLastUse }

// State is the invitation's state at the moment now.
func (i *Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.Active:
		return InvitationRevoked
	case i.MaxUses > 0 && i.Uses >= i.MaxUses:
		return InvitationUsedUp
	case !i.End.IsZero() && i.End.Before(now.Truncate(time.Second)):
		return InvitationEnded
	case i.Begin.After(now):
		return InvitationScheduled
	case i.MaxUses > 0 && i.Uses == i.MaxUses-1:
		return InvitationLastUse
	default:
		return InvitationActive
	}
}

// Registration is one account that somebody made with an invitation's link.
type Registration struct {
	ID     int
	UserID int    // 0 once the account was deleted
	Name   string // "Ana Pires", or the login
	Email  string
	State  RegistrationState
	Time   time.Time

	// RuleGrants is what GLPI's authorization rules would give the account at
	// its sign-in besides what the invitation gives, in GLPI's words; "" for
	// nothing. It is read only for registrations that wait for approval.
	RuleGrants string
	// RulesUnread: it waits among so many that the rules were not asked. It
	// cannot be approved before they are.
	RulesUnread bool
}

// RegistrationState is the plugin's word for how far a registration is.
type RegistrationState string

// The states of a registration.
const (
	WaitingForEmail     RegistrationState = "waiting_email"
	WaitingForApproval  RegistrationState = "waiting_approval"
	RegistrationDone    RegistrationState = "done"
	RegistrationRefused RegistrationState = "refused"
)

// Plugin is what the plugin glpikeys on a server says of itself and of the
// person signed in.
type Plugin struct {
	Version  string
	Profiles []Profile // that this person may give to others
	MailOn   bool      // GLPI can send e-mail, so that addresses can be confirmed
	URLBase  string    // the links start with it
	Zone     *time.Location
}

// The fields of an invitation's policy, as Problem.Field names them. They are
// the plugin's columns.
const (
	FieldLabel        = "name"
	FieldComment      = "comment"
	FieldEntity       = "entities_id"
	FieldBelow        = "is_recursive"
	FieldProfile      = "profiles_id"
	FieldProfileBelow = "profile_recursive"
	FieldGroups       = "groups"
	FieldBegin        = "begin_date"
	FieldEnd          = "end_date"
	FieldMaxUses      = "max_uses"
	FieldAccountEnd   = "account_end_date"
	FieldAccountDays  = "account_days"
	FieldEmailDomains = "email_domains"
	FieldVerifyEmail  = "verify_email"
)

// LinkDoubt is a reason not to print or share a link before somebody looked.
type LinkDoubt string

// The doubts about a link.
const (
	LinkLocal       LinkDoubt = "local"       // only works on the server itself
	LinkPlain       LinkDoubt = "plain"       // travels unencrypted
	LinkOtherHost   LinkDoubt = "other-host"  // not the host signed in to
	LinkNotOurs     LinkDoubt = "not-ours"    // something else answers there
	LinkUnreachable LinkDoubt = "unreachable" // nothing answers this computer there
)

// LinkDoubts are the doubts that a link's address alone raises, for somebody
// signed in to web, the address of GLPI's pages. A link that cannot be read is
// not ours.
func LinkDoubts(link, web string) []LinkDoubt {
	at, err := url.Parse(link)
	if err != nil || at.Hostname() == "" {
		return []LinkDoubt{LinkNotOurs}
	}
	var doubts []LinkDoubt
	if isLocal(at.Hostname()) {
		doubts = append(doubts, LinkLocal)
	}
	if at.Scheme != "https" {
		doubts = append(doubts, LinkPlain)
	}
	if here, err := url.Parse(web); err == nil && !strings.EqualFold(here.Hostname(), at.Hostname()) {
		doubts = append(doubts, LinkOtherHost)
	}
	return doubts
}

func isLocal(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
