package glpi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"glpikeys/keys"
)

// Error is an answer of the server that is a failure. It holds no secret: no
// query, no headers, and no values out of the SQL that GLPI 11 answers with.
type Error struct {
	Op      string // "create SoftwareLicense"
	Method  string
	Path    string // relative to the API, without query
	Status  int    // HTTP status
	Code    string // GLPI's code, "ERROR_GLPI_ADD"; "" when the answer is none of GLPI's
	Message string // GLPI's text, in the language of the session, or a short excerpt

	json bool            // the answer was JSON
	rows json.RawMessage // of a bulk answer
}

// Error is one line for logs.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s %s: %d", e.Method, e.Path, e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// refusedColumn is how the plugin's refusals end: the sentence, and the column
// that was refused (plugin/glpikeys/src/Sentence.php).
var refusedColumn = regexp.MustCompile(`(?s)^(.*\S) \(([a-z][a-z_]*)\)$`)

// problem is the Problem that the answer is. It tells the column where the
// answer does.
func (e *Error) problem(cause keys.Cause, detail string) *keys.Problem {
	p := &keys.Problem{Op: e.Op, Cause: cause, Detail: detail, Err: e}
	switch {
	case cause == keys.TooLong, cause == keys.BadDate:
		p.Field = detail
	case cause == keys.Refused && strings.HasPrefix(e.Path, "/"+pluginType):
		if m := refusedColumn.FindStringSubmatch(detail); m != nil {
			p.Detail, p.Field = m[1], m[2]
		}
	}
	return p
}

// GLPI's codes that mean something here (GLPI-REST §2, §4).
const (
	codeAny          = "ERROR" // anything, told by its text alone
	codeLogin        = "ERROR_GLPI_LOGIN"
	codePartialStart = "ERROR_GLPI_PARTIAL_"
	codeBeyond       = "ERROR_RANGE_EXCEED_TOTAL"
)

// causes are the codes that need no look at their text.
var causes = map[string]keys.Cause{
	"ERROR_NOT_ALLOWED_IP":                    keys.AddressRefused,
	"ERROR_APP_TOKEN_PARAMETERS_MISSING":      keys.AppTokenMissing,
	"ERROR_WRONG_APP_TOKEN_PARAMETER":         keys.AppTokenWrong,
	"ERROR_LOGIN_PARAMETERS_MISSING":          keys.CredentialsMissing,
	"ERROR_LOGIN_WITH_CREDENTIALS_DISABLED":   keys.PasswordLoginOff,
	"ERROR_GLPI_LOGIN_USER_TOKEN":             keys.UserTokenWrong,
	"ERROR_SESSION_TOKEN_INVALID":             keys.SessionEnded,
	"ERROR_SESSION_TOKEN_MISSING":             keys.SessionEnded,
	"ERROR_RIGHT_MISSING":                     keys.NoRight,
	"ERROR_ITEM_NOT_FOUND":                    keys.NotFound,
	"ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM": keys.UnknownType,
}

// The texts that GLPI's code does not tell apart. They are English because
// every request asks for it; a server that answers otherwise gets the vaguer
// cause.
const (
	textAPIOff       = "API disabled"
	textBadPassword  = "Incorrect username or password"
	textInactive     = "account was deactivated or removed"
	textNoProfile    = "You don't have right to connect"
	textNoRight      = "You don't have permission to perform this action."
	textItemNotFound = "Item not found"
)

// caller is the address that GLPI refuses, at the end of its text.
var caller = regexp.MustCompile(`\(([0-9a-fA-F.:]+)\)\s*$`)

var errTooLarge = errors.New("answer larger than 16 MiB")

// check sorts out the answers that are failures. Content-Type comes before
// status: GLPI answers 200 with a page when it is in maintenance or breaks
// (GLPI-REST §0).
func (c *client) check(r request, a *answer, raw *http.Response) error {
	e := &Error{Op: r.op, Method: r.method, Path: r.path, Status: a.status, json: isJSON(a.header)}
	fail := func(cause keys.Cause, detail string) error { return e.problem(cause, detail) }
	switch {
	case a.status >= 300 && a.status < 400:
		return fail(keys.Redirected, target(raw))
	case a.status == http.StatusProxyAuthRequired:
		return fail(keys.ProxyFailed, "")
	case a.status == http.StatusNoContent:
		return nil
	case !e.json:
		e.Message = c.safe(raw, excerpt(a.body))
		return fail(pageCause(a), c.safe(raw, e.page(a.body)))
	case len(a.body) == 0:
		return fail(keys.Truncated, "")
	case a.status < 300 && a.status != http.StatusMultiStatus:
		return nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(a.body, &parts); err != nil || len(parts) == 0 || json.Unmarshal(parts[0], &e.Code) != nil {
		e.Message = c.safe(raw, excerpt(a.body))
		switch {
		case a.status >= 500:
			return fail(keys.ServerFault, e.page(nil))
		case err != nil && broken(err):
			return fail(keys.Truncated, "")
		}
		return fail(keys.NotJSON, e.page(nil))
	}
	if len(parts) > 1 {
		if json.Unmarshal(parts[1], &e.Message) != nil {
			e.rows = parts[1]
		}
	}
	e.Message = c.safe(raw, plainMessage(int(c.major.Load()), e.Message))
	cause, detail := refusal(r, e)
	if cause == keys.Refused && a.status >= 500 {
		return fail(keys.ServerFault, e.page(nil))
	}
	return fail(cause, detail)
}

// refusal is the cause of an error of GLPI's own, and the detail for the
// person.
func refusal(r request, e *Error) (keys.Cause, string) {
	if cause, ok := causes[e.Code]; ok {
		detail := ""
		switch cause {
		case keys.AddressRefused: // "… in the configuration (127.0.0.1)"
			if m := caller.FindStringSubmatch(e.Message); m != nil {
				detail = m[1]
			}
		case keys.UnknownType:
			detail, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.path, "/search"), "/"), "/")
		}
		return cause, detail
	}
	switch {
	case e.Code == codeLogin:
		cause := loginCause(e.Message)
		if cause == keys.LoginRefused {
			return cause, e.Message
		}
		return cause, ""
	case e.Code == codeAny && (r.path == pathInit || e.Message == textAPIOff):
		// initSession has no other refusal without a code of its own
		// (src/Api/API.php, initApi, GLPI 10.0.12 and 11.0.6).
		return keys.APIOff, ""
	case strings.HasPrefix(e.Code, codePartialStart):
		return keys.SomeFailed, ""
	}
	return writeCause(e)
}

func loginCause(text string) keys.Cause {
	switch {
	case strings.Contains(text, textBadPassword):
		return keys.WrongPassword
	case strings.Contains(text, textInactive):
		return keys.AccountInactive
	case strings.Contains(text, textNoProfile):
		return keys.NoProfile
	}
	return keys.LoginRefused
}

// writeCause is the cause of a refused write, as far as its text tells.
func writeCause(e *Error) (keys.Cause, string) {
	cause, detail, message := databaseCause(e.Message)
	e.Message = message
	switch {
	case cause != "":
		return cause, detail
	case e.Message == textNoRight:
		return keys.NoRight, ""
	case e.Message == textItemNotFound:
		return keys.NotFound, ""
	}
	return keys.Refused, e.Message
}

// The database's own texts, which GLPI passes on: with the value on 10, with
// the whole statement and all its values on 11 (GLPI-REST §4).
var (
	statement = regexp.MustCompile(`(?is)^MySQL query error: |\s*in SQL query ".*$`)
	tooLong   = regexp.MustCompile("^Data too long for column '([^']+)'")
	badValue  = regexp.MustCompile("^Incorrect (\\w+) value: '.*' for column (?:`[^`]*`\\.)*`?'?(\\w+)'?`? at row")
	duplicate = regexp.MustCompile(`^Duplicate entry '.*' for key '([^']+)'`)
	fromSQL   = regexp.MustCompile(`(?i)MySQL|MariaDB|\bSQL (query|syntax)\b|\bat row \d|\b(INSERT INTO|UPDATE|DELETE FROM|SELECT) .*` + "`")
)

// databaseCause recognises a text of the database, and says it without values.
func databaseCause(text string) (cause keys.Cause, detail, message string) {
	if !fromSQL.MatchString(text) && !duplicate.MatchString(text) {
		return "", "", text
	}
	text = statement.ReplaceAllString(text, "")
	if m := tooLong.FindStringSubmatch(text); m != nil {
		return keys.TooLong, m[1], "too long for column " + m[1]
	}
	if m := badValue.FindStringSubmatch(text); m != nil {
		cause := keys.Refused
		if strings.HasPrefix(m[1], "date") || m[1] == "timestamp" {
			cause = keys.BadDate
		}
		return cause, m[2], "bad " + m[1] + " for column " + m[2]
	}
	if m := duplicate.FindStringSubmatch(text); m != nil {
		return keys.Refused, "", "duplicate entry for key " + m[1]
	}
	return keys.Refused, "", "database error"
}

// problemOf makes a problem of anything that went wrong with a call.
func problemOf(r request, err error) *keys.Problem {
	var p *keys.Problem
	if errors.As(err, &p) {
		return p
	}
	cause, detail := transportCause(err)
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // url.Error shows the whole address with its query
	}
	return &keys.Problem{Op: r.op, Cause: cause, Detail: detail, Err: err}
}

// transportCause is why no whole answer came.
func transportCause(err error) (cause keys.Cause, detail string) {
	var (
		cert    *keys.CertificateError
		dns     *net.DNSError
		op      *net.OpError
		refusal *proxyRefusal
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &cert) && cert.Changed:
		return keys.CertificateChanged, ""
	case errors.As(err, &cert):
		return keys.CertificateUnknown, ""
	case errors.Is(err, context.Canceled):
		return keys.Canceled, ""
	case errors.As(err, &refusal), errors.As(err, &op) && op.Op == "proxyconnect":
		return keys.ProxyFailed, ""
	case errors.Is(err, errSlow), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return keys.TimedOut, ""
	case errors.As(err, &dns) && !dns.IsTimeout:
		return keys.HostUnknown, dns.Name
	case errors.As(err, &timeout) && timeout.Timeout():
		return keys.TimedOut, ""
	case isTLS(err):
		return keys.TLSFailed, ""
	case errors.Is(err, errTooLarge):
		return keys.TooLarge, ""
	case errors.Is(err, io.ErrUnexpectedEOF):
		return keys.Truncated, ""
	case foreign.MatchString(err.Error()):
		return keys.NotGLPI, ""
	case errors.As(err, &op), errors.Is(err, io.EOF), strings.Contains(err.Error(), "server closed"):
		return keys.Unreachable, ""
	}
	return keys.Unexpected, ""
}

// foreign are net/http's words for another protocol on a port: what answers is
// no HTTP, or speaks before it was asked, as mail and SSH servers do.
var foreign = regexp.MustCompile(`malformed (HTTP|MIME)|readLoopPeekFail`)

func isTLS(err error) bool {
	var (
		record *tls.RecordHeaderError
		plain  tls.RecordHeaderError
		alert  tls.AlertError
		verify *tls.CertificateVerificationError
		author x509.UnknownAuthorityError
	)
	return errors.As(err, &record) || errors.As(err, &plain) || errors.As(err, &alert) || errors.As(err, &verify) ||
		errors.As(err, &author) || errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), "tls: ")
}

// dropped tells a connection that broke from a server that answered.
func dropped(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.As(err, &op) && (op.Op == "read" || op.Op == "write") && !op.Timeout() ||
		strings.Contains(err.Error(), "server closed idle connection")
}

// outcomeLost tells whether a write that failed so may have been done all the
// same: rows are created while a proxy answers 502 (GLPI-REST §5.4).
func outcomeLost(p *keys.Problem) bool {
	var e *Error
	if !errors.As(p, &e) {
		return true // no whole answer came
	}
	switch p.Cause {
	case keys.Truncated, keys.ServerFault:
		return true
	case keys.NotJSON:
		return e.Status < 400
	}
	return false
}

// isJSON goes by the Content-Type.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// Marks of pages that GLPI itself answers. Their texts are the ones of
// English and of the recorded servers; the icon stands in every translation
// (templates/maintenance.html.twig, GLPI 10.0.12 and 11.0.6).
var (
	maintenanceMark = regexp.MustCompile(`(?i)<title>\s*maintenance mode|fa-tools fa-3x|ti-tools`)
	faultMark       = regexp.MustCompile(`(?i)<title>\s*(mysql|database|sql) error|<title>\s*error\b`)
	glpiMark        = regexp.MustCompile(`glpi:csrf_token|data-glpi-theme|css_compiled/css_glpi`)
)

// pageCause is what an answer means that is not JSON.
func pageCause(a *answer) keys.Cause {
	text := string(a.body)
	ours := glpiMark.MatchString(text)
	switch {
	case a.status < 300 && strings.TrimSpace(text) == "":
		return keys.ServerFault // a PHP fatal on GLPI 10
	case ours && a.status < 300 && maintenanceMark.MatchString(text):
		return keys.Maintenance
	case a.status >= 500, ours && faultMark.MatchString(text):
		return keys.ServerFault
	}
	return keys.NotJSON
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.{1,200}?)</title>`)

// page is how to recognise a page in a browser: by its title, else by the
// status.
func (e *Error) page(body []byte) string {
	if m := title.FindSubmatch(body); m != nil {
		if text := html.UnescapeString(excerpt(m[1])); text != "" {
			return text
		}
	}
	return "HTTP " + strconv.Itoa(e.Status)
}

// target is where a redirect points, without what might be secret.
func target(raw *http.Response) string {
	to, err := raw.Location()
	if err != nil {
		return ""
	}
	to.RawQuery, to.Fragment, to.User = "", "", nil
	return to.String()
}

var (
	scripts = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)`)
	tags    = regexp.MustCompile(`(?s)<[^>]*>?`)
)

// excerpt is the beginning of a page as plain text, for the log.
func excerpt(body []byte) string {
	text := tags.ReplaceAllString(scripts.ReplaceAllString(string(body), " "), " ")
	text = strings.Join(strings.Fields(text), " ")
	if _, _, message := databaseCause(text); message != text {
		return message
	}
	if runes := []rune(text); len(runes) > 120 {
		text = string(runes[:120]) + "…"
	}
	return text
}

// broken tells JSON that breaks off or is garbled from JSON of another shape.
func broken(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF)
}

// jsonTrouble says what is wrong without repeating any value.
func jsonTrouble(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		return "unexpected " + kind.Value + " in " + kind.Field
	case errors.As(err, &syntax):
		return fmt.Sprintf("JSON breaks at byte %d", syntax.Offset)
	}
	return "JSON cannot be read"
}
