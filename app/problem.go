package app

import (
	"errors"
	"strings"

	"glpikeys/keys"
)

// detailLength is how much of a problem's detail a sentence carries, in
// characters: GLPI's own messages can be whole SQL queries.
const detailLength = 120

// sentence tells a person what went wrong, why, and what to do about it. It is
// "" for no error. The error's own text, which is for logs, is never part of
// it, only the problem's detail: a host, a file, GLPI's message.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	detail := ""
	var p *keys.Problem
	if errors.As(err, &p) {
		detail = p.Detail
	}
	return causeText(keys.CauseOf(err), detail)
}

// causeText is the sentence of a cause, for conditions that are known without
// anything having failed, such as a switched-off API.
func causeText(cause keys.Cause, detail string) string {
	return t("problem."+string(cause), map[string]any{"Detail": shorten(detail, detailLength)})
}

// shorten makes one line of text and cuts it to n characters.
func shorten(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

// outOfReach reports whether the cause lies before GLPI or in its absence, so
// that nobody was refused anything. A certificate that is not trusted does not
// count: about that a person decides.
func outOfReach(cause keys.Cause) bool {
	switch cause {
	case keys.HostUnknown, keys.Unreachable, keys.ProxyFailed, keys.TimedOut, keys.Redirected,
		keys.NotGLPI, keys.NotJSON, keys.Truncated, keys.Maintenance, keys.ServerFault:
		return true
	default:
		return false
	}
}

// field is a part of the sign-in form that a message can stand at.
type field int

const (
	noField field = iota // the message belongs to the form as a whole
	fieldServer
	fieldUser
	fieldPassword
	fieldUserToken
	fieldAppToken
	fieldProxy
)

// fieldOf is where on the sign-in form a person puts the cause right.
func fieldOf(cause keys.Cause) field {
	switch cause {
	case keys.BadAddress, keys.HostUnknown, keys.Unreachable, keys.NotGLPI, keys.Redirected:
		return fieldServer
	case keys.BadProxy, keys.ProxyFailed:
		return fieldProxy
	case keys.AppTokenMissing, keys.AppTokenWrong:
		return fieldAppToken
	case keys.WrongPassword:
		return fieldPassword
	case keys.UserTokenWrong:
		return fieldUserToken
	case keys.TooLong:
		return fieldUser
	default:
		return noField
	}
}
