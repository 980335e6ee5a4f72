package main

import (
	"errors"
	"strings"

	"glpikeys/keys"
)

// sentences say in plain English why a server could not be checked. The window
// has its own, in more languages; these fit on a line of a monitoring system.
var sentences = map[keys.Cause]string{
	keys.BadAddress:         "This is not the address of a server.",
	keys.BadProxy:           "The proxy's address is wrong, or holds a password.",
	keys.HostUnknown:        "The server's name has no address.",
	keys.Unreachable:        "The server cannot be reached.",
	keys.ProxyFailed:        "The proxy cannot be reached or refuses.",
	keys.TimedOut:           "There was no answer in time.",
	keys.Canceled:           "The time was over before there was an answer.",
	keys.CertificateUnknown: "No authority vouches for the server's certificate; trust it in GLPI Keys, or set SSL_CERT_FILE.",
	keys.CertificateChanged: "The server's certificate is not the one that was trusted.",
	keys.TLSFailed:          "The secured connection failed.",
	keys.Redirected:         "The server points elsewhere.",
	keys.NotGLPI:            "No GLPI answers at this address.",
	keys.NotJSON:            "A page came instead of data: a proxy, a portal, or an error of PHP.",
	keys.Truncated:          "The answer breaks off or cannot be read.",
	keys.TooLarge:           "The answer is too large.",
	keys.Maintenance:        "GLPI is in maintenance.",
	keys.ServerFault:        "GLPI or its database reports a fault.",

	keys.NothingSent: "No password or token: none is in the keyring, and GLPI_USER with GLPI_PASSWORD, or GLPI_USER_TOKEN, is not set.",

	keys.APIOff:             "GLPI's REST API is off (Setup > General > API).",
	keys.AddressRefused:     "GLPI's API admits no client from this computer's address (Setup > General > API).",
	keys.AppTokenMissing:    "GLPI wants an app token: set GLPI_APP_TOKEN.",
	keys.AppTokenWrong:      "GLPI refuses the app token.",
	keys.CredentialsMissing: "GLPI wants a user name and a password, or a token.",
	keys.PasswordLoginOff:   "GLPI's API does not take passwords: use a personal token, or switch them on (Setup > General > API).",
	keys.WrongPassword:      "GLPI refuses the user name or the password.",
	keys.AccountInactive:    "The account is switched off, not valid yet or not any more.",
	keys.NoProfile:          "The account has no profile.",
	keys.LoginRefused:       "GLPI refuses the sign-in.",
	keys.UserTokenWrong:     "GLPI refuses the personal token, or takes none.",
	keys.PasswordExpired:    "The account's password has expired.",

	keys.SessionEnded: "The session ended and could not be renewed.",
	keys.NoRight:      "The profile has no right to this.",
	keys.NotFound:     "GLPI does not hold this any more.",
	keys.Refused:      "GLPI refuses.",

	keys.Unexpected: "Something unexpected happened; -verbose tells more.",

	keys.KeyringAbsent:   "There is no keyring, or it stays locked; set GLPI_USER and GLPI_PASSWORD, or GLPI_USER_TOKEN.",
	keys.KeyringTimedOut: "The keyring waits for somebody to unlock it.",
	keys.KeyringFailed:   "The keyring reported an error.",
	keys.FileFailed:      "A file of this program could not be read.",
}

// detailLength is how much of a problem's detail is printed, in characters.
const detailLength = 120

// sentence is why something could not be read. Of the error's own text only
// the detail is told, which is a host, a file or GLPI's message.
func sentence(err error) string {
	if errors.Is(err, errOneServer) {
		return "No password or token is in the keyring; those of the environment are used only when one server is asked (-connection)."
	}
	cause := keys.CauseOf(err)
	text, ok := sentences[cause]
	if !ok {
		text = "Unexpected: " + string(cause) + "."
	}
	var p *keys.Problem
	if errors.As(err, &p) && p.Detail != "" {
		detail := []rune(strings.Join(strings.Fields(p.Detail), " "))
		if len(detail) > detailLength {
			detail = append(detail[:detailLength-1], '…')
		}
		text += " (" + string(detail) + ")"
	}
	return text
}
