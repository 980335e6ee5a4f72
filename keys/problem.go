package keys

import (
	"errors"
	"fmt"
	"time"
)

// Cause says why an operation failed, precisely enough to tell a person what
// to do. Package app has one sentence for each.
type Cause string

// The causes. Those that GLPI answers name the code or text they come from.
const (
	// What was typed.
	BadAddress  Cause = "bad-address"   // cannot be read as the address of a server
	BadProxy    Cause = "bad-proxy"     // the proxy's address cannot be read, or holds a password
	TooLong     Cause = "too-long"      // text over the 255 characters that GLPI keeps
	BadDate     Cause = "bad-date"      // a date that GLPI would drop or refuse
	NothingSent Cause = "nothing-typed" // neither password nor token

	// On the way to the server.
	HostUnknown        Cause = "host-unknown"        // the name has no address
	Unreachable        Cause = "unreachable"         // refused, no route, reset
	ProxyFailed        Cause = "proxy-failed"        // the proxy cannot be reached or refuses
	TimedOut           Cause = "timed-out"           // no answer in time
	Canceled           Cause = "canceled"            // the person, or a newer request, gave up
	CertificateUnknown Cause = "certificate-unknown" // no authority vouches; Err holds *CertificateError
	CertificateChanged Cause = "certificate-changed" // not the one trusted before; Err holds *CertificateError
	TLSFailed          Cause = "tls-failed"          // any other failure of the secured connection
	Redirected         Cause = "redirected"          // the server points elsewhere; Detail is where

	// Answers that are not GLPI's.
	NotGLPI     Cause = "not-glpi"     // something else answers at this address
	NotJSON     Cause = "not-json"     // a page where data was expected: proxy, portal, PHP error
	Truncated   Cause = "truncated"    // the data breaks off or cannot be read
	TooLarge    Cause = "too-large"    // more data than any GLPI sends
	Maintenance Cause = "maintenance"  // GLPI's maintenance page
	ServerFault Cause = "server-fault" // GLPI or its database broke: 5xx, or its error page

	// Sign-in refusals (GLPI-REST §2).
	APIOff             Cause = "api-off"             // ERROR "API disabled"
	AddressRefused     Cause = "address-refused"     // ERROR_NOT_ALLOWED_IP
	AppTokenMissing    Cause = "app-token-missing"   // ERROR_APP_TOKEN_PARAMETERS_MISSING
	AppTokenWrong      Cause = "app-token-wrong"     // ERROR_WRONG_APP_TOKEN_PARAMETER
	CredentialsMissing Cause = "credentials-missing" // ERROR_LOGIN_PARAMETERS_MISSING
	PasswordLoginOff   Cause = "password-login-off"  // ERROR_LOGIN_WITH_CREDENTIALS_DISABLED
	WrongPassword      Cause = "wrong-password"      // ERROR_GLPI_LOGIN
	AccountInactive    Cause = "account-inactive"    // ERROR_GLPI_LOGIN, by its text
	NoProfile          Cause = "no-profile"          // ERROR_GLPI_LOGIN, by its text
	LoginRefused       Cause = "login-refused"       // ERROR_GLPI_LOGIN with a text of a language or version not known
	UserTokenWrong     Cause = "user-token-wrong"    // ERROR_GLPI_LOGIN_USER_TOKEN: wrong, or tokens are off
	PasswordExpired    Cause = "password-expired"    // 200, but the session has no profile

	// In a session.
	SessionEnded   Cause = "session-ended"   // ERROR_SESSION_TOKEN_INVALID and it could not be renewed
	NoRight        Cause = "no-right"        // ERROR_RIGHT_MISSING, or a write the profile may not do
	NotFound       Cause = "not-found"       // ERROR_ITEM_NOT_FOUND
	UnknownType    Cause = "unknown-type"    // ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM: plugin missing or off
	Refused        Cause = "refused"         // GLPI says no; Detail is its message
	SomeFailed     Cause = "some-failed"     // ERROR_GLPI_PARTIAL_*: Err holds the rows
	OutcomeUnknown Cause = "outcome-unknown" // a write whose answer was lost: look before repeating

	// The plugin glpikeys, which invitations need.
	PluginMissing  Cause = "plugin-missing"  // not in GLPI's folder of plugins, or never installed
	PluginInactive Cause = "plugin-inactive" // installed and switched off
	PluginUnseen   Cause = "plugin-unseen"   // missing or off; this profile may not see which
	PluginOld      Cause = "plugin-old"      // too old for this program; Detail is its version
	RulesChanged   Cause = "rules-changed"   // GLPI's rules give the account something else than was read; not approved

	// The armoured block of a key record.
	BlockDamaged   Cause = "block-damaged"    // it cannot be trusted, and is not overwritten; Err holds *Damage
	BlockForeign   Cause = "block-foreign"    // it stands for another record than the one to write
	KeyMismatch    Cause = "key-mismatch"     // the text of the key is missing, or is not the one with the fingerprint
	CommentTooLong Cause = "comment-too-long" // notes and key together over the 65,535 bytes that GLPI keeps

	// Key records in GLPI.
	KeyTypeMissing Cause = "key-type-missing" // GLPI has no licence type for registration keys yet
	KeyRecordBusy  Cause = "key-record-busy"  // others kept writing the comment; nothing was written
	KeyNotStored   Cause = "key-not-stored"   // GLPI's configuration does not hold the key after all

	// GLPI Network, asked from this computer.
	NetworkRefused    Cause = "network-refused"    // it answers 401 or 403
	NetworkFault      Cause = "network-fault"      // any other status of failure; Detail is it
	NetworkUnreadable Cause = "network-unreadable" // its answer is no JSON, or says nothing about the key

	// A table that is imported.
	BadTable      Cause = "bad-table"      // no table, or none with the columns that are needed
	FieldMissing  Cause = "field-missing"  // has to be filled in
	BadValue      Cause = "bad-value"      // not one of the words or numbers that fit
	AmbiguousDate Cause = "ambiguous-date" // 03/04/2027 is in March or in April

	// On this computer.
	KeyringAbsent   Cause = "keyring-absent"    // no keyring service, or it is locked for good
	KeyringTimedOut Cause = "keyring-timed-out" // nobody answered its unlock question
	KeyringFailed   Cause = "keyring-failed"    // any other failure of the keyring
	SecretTooLong   Cause = "secret-too-long"   // a password or token over the 2,560 bytes that every keyring takes
	// KeyTextsDamaged, KeyTextsLost: a text that was kept here, or all of them,
	// cannot be read any more; Detail is the file that they stand in.
	KeyTextsDamaged Cause = "key-texts-damaged" // somebody or something changed the file
	KeyTextsLost    Cause = "key-texts-lost"    // the keyring no longer holds what opens the file
	KeyTextUnsaved  Cause = "key-text-unsaved"  // kept for this run only; Err is the *Problem that says why
	FileFailed      Cause = "file-failed"       // a file could not be read or written; Detail is its name
	FileTooLarge    Cause = "file-too-large"    // a folder, or far more than such a file holds; Detail is its name

	Unexpected Cause = "unexpected" // none of these: the log has the detail
)

// Problem is an operation that failed, with a cause to tell the person. Its
// Error text is for logs; it never holds a secret.
type Problem struct {
	Op     string // what was attempted, for logs: "sign in", "list Contract"
	Cause  Cause
	Detail string // what the sentence needs besides: a host, GLPI's own message
	Field  string // the column of an item that was refused, "" when it is not told
	Err    error  // what happened underneath, may be nil
}

// Error gives operation, cause, detail and what happened underneath.
func (p *Problem) Error() string {
	text := p.Op + ": " + string(p.Cause)
	if p.Detail != "" {
		text += fmt.Sprintf(" (%s)", p.Detail)
	}
	if p.Err != nil {
		text += ": " + p.Err.Error()
	}
	return text
}

// Unwrap is the error underneath.
func (p *Problem) Unwrap() error { return p.Err }

// CauseOf is the cause of the first Problem in err's chain, Unexpected when
// there is none, "" for a nil error.
func CauseOf(err error) Cause {
	if err == nil {
		return ""
	}
	var p *Problem
	if errors.As(err, &p) {
		return p.Cause
	}
	return Unexpected
}

// Certificate describes a server's certificate, for a person to compare.
type Certificate struct {
	Subject, Issuer     string
	Names               []string // DNS names and addresses it is made for
	NotBefore, NotAfter time.Time
	SHA256              string // of the whole certificate, "3F:9A:…"; what browsers show
	Pin                 string // SHA-256 of its public key, base64: Via.Pin once trusted
}

// CertificateError is why a server's certificate was not accepted.
type CertificateError struct {
	Certificate Certificate
	Changed     bool  // another key than the pinned one
	Err         error // what the verification said
}

// Error is what the verification said.
func (e *CertificateError) Error() string {
	if e.Changed {
		return "the server's public key is not the trusted one"
	}
	return e.Err.Error()
}

// Unwrap is the verification's own error.
func (e *CertificateError) Unwrap() error { return e.Err }
