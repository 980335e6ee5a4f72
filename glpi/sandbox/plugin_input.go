package sandbox

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxInvitations is how many one request may add.
const maxInvitations = 20

// sentences are the plugin's words for input that it does not accept.
var sentences = map[string]string{
	"uuid":         "The uuid is no UUID.",
	"uuid_taken":   "Another invitation has this uuid.",
	"name":         "An invitation needs a name.",
	"too_long":     "A text is too long or not readable.",
	"number":       "A number is not readable or out of range.",
	"date":         "There is no such date or time.",
	"date_range":   "Dates must be before 2038.",
	"date_order":   "The invitation would end before it begins.",
	"account_end":  "Give the accounts an end date or a number of days, not both.",
	"groups":       "A group does not exist in this entity or you have no access to it.",
	"email_domain": "An e-mail domain is not valid.",
	"entity":       "You have no access to this entity.",
	"recursive":    "You have no access to the child entities of this entity.",
	"profile":      "You may not give this profile.",
	"mail_off":     "GLPI sends no e-mail, so addresses cannot be confirmed.",
	"too_many":     "At most 20 invitations can be made at once.",
	"state":        "The registration does not wait for approval.",
}

// refuse is a refusal in the plugin's words, with the column it is about.
func refuse(reason, column string) error {
	if column == "" {
		return complaint(sentences[reason])
	}
	return complaint(sentences[reason] + " (" + column + ")")
}

// field is something that may be said about an invitation from outside.
type field struct {
	name string
	read func(name string, v any, zone *time.Location) (any, error)
	once bool // only when the invitation is made
}

// invitationFields are all of them, in the order in which they are checked.
// What is not here is dropped, on adding and on changing.
var invitationFields = []field{
	{name: "entities_id", read: readID}, {name: "is_recursive", read: readFlag}, {name: "name", read: readLine(255)},
	{name: "comment", read: readText}, {name: "is_active", read: readFlag}, {name: "begin_date", read: readDate("00:00:00")},
	{name: "end_date", read: readDate("23:59:59")}, {name: "max_uses", read: readCount}, {name: "profiles_id", read: readID},
	{name: "profile_recursive", read: readFlag}, {name: "groups", read: readGroups},
	{name: "account_end_date", read: readDate("23:59:59")}, {name: "account_days", read: readCount},
	{name: "email_domains", read: readDomains}, {name: "login_is_email", read: readFlag},
	{name: "verify_email", read: readFlag}, {name: "require_approval", read: readFlag}, {name: "batch", read: readLine(64)},
	{name: "uuid", read: readUUID, once: true}, {name: "show_once", read: readFlag, once: true},
}

// readInvitation takes the known fields out of an input, checked and in the
// form they are kept in.
func readInvitation(in object, adding bool, zone *time.Location) (object, error) {
	out := object{}
	for _, f := range invitationFields {
		v, ok := in.get(f.name)
		if !ok || f.once && !adding {
			continue
		}
		kept, err := f.read(f.name, v, zone)
		if err != nil {
			return nil, err
		}
		out = append(out, member{f.name, kept})
	}
	return out, nil
}

// checkWhole checks what only shows when all fields are seen together.
func checkWhole(p params, now time.Time) error {
	if strings.TrimSpace(p.text("name")) == "" {
		return refuse("name", "name")
	}
	begin, end := p.text("begin_date"), p.text("end_date")
	if begin != "" && end != "" && begin >= end {
		return refuse("date_order", "end_date")
	}
	if days := number(p.text("account_days")); days > 0 {
		if p.text("account_end_date") != "" {
			return refuse("account_end", "account_days")
		}
		if now.AddDate(0, 0, days).Year() >= 2038 {
			return refuse("date_range", "account_days")
		}
	}
	return nil
}

func readFlag(name string, v any, _ *time.Location) (any, error) {
	switch v {
	case 1, "1", true, "true":
		return 1, nil
	case 0, "0", false, "false", "", nil:
		return 0, nil
	}
	return nil, refuse("number", name)
}

var tenDigits = regexp.MustCompile(`^\d{1,10}$`)

func readNumber(name string, v any, limit int) (any, error) {
	n := 0
	switch v := v.(type) {
	case nil:
	case int:
		n = v
	case string:
		if v != "" && !tenDigits.MatchString(v) {
			return nil, refuse("number", name)
		}
		n = number(v)
	default:
		return nil, refuse("number", name)
	}
	if n < 0 || n > limit {
		return nil, refuse("number", name)
	}
	return n, nil
}

func readID(name string, v any, _ *time.Location) (any, error) {
	return readNumber(name, v, 4294967295)
}

func readCount(name string, v any, _ *time.Location) (any, error) {
	return readNumber(name, v, 1000000)
}

// maxText is what a text column takes also when 10 encodes every character.
const maxText = 13000

func readPlain(name string, v any) (string, error) {
	switch v.(type) {
	case string, int, float64, nil:
		return textOf(v), nil
	}
	return "", refuse("too_long", name)
}

var controls = regexp.MustCompile(`[\x00-\x1f\x7f]+`)

// readLine counts & < > as the five characters that 10 keeps of each.
func readLine(size int) func(string, any, *time.Location) (any, error) {
	return func(name string, v any, _ *time.Location) (any, error) {
		text, err := readPlain(name, v)
		if err != nil {
			return nil, err
		}
		line := strings.Trim(controls.ReplaceAllString(text, " "), " ")
		if strings.EqualFold(line, "NULL") {
			return "", nil
		}
		if utf8.RuneCountInString(encoder.Replace(line)) > size {
			return nil, refuse("too_long", name)
		}
		return line, nil
	}
}

func readText(name string, v any, _ *time.Location) (any, error) {
	text, err := readPlain(name, v)
	if err != nil {
		return nil, err
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if len(text) > maxText {
		return nil, refuse("too_long", name)
	}
	return text, nil
}

var dateForm = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?$`)

// readDate reads a date with or without time, in the server's time zone.
func readDate(whole string) func(string, any, *time.Location) (any, error) {
	return func(name string, v any, zone *time.Location) (any, error) {
		if v == nil || v == "" || v == "NULL" {
			return nil, nil
		}
		text, _ := v.(string)
		part := dateForm.FindStringSubmatch(text)
		if part == nil {
			return nil, refuse("date", name)
		}
		at := whole
		if part[2] != "" {
			at = part[2] + ":00"
			if part[3] != "" {
				at = part[2] + part[3]
			}
		}
		moment, err := time.ParseInLocation(stamp, part[1]+" "+at, zone)
		// Not the same text again: an hour that summer time skips.
		if err != nil || moment.Format(stamp) != part[1]+" "+at {
			return nil, refuse("date", name)
		}
		if moment.Year() < 1971 || moment.Year() >= 2038 {
			return nil, refuse("date_range", name)
		}
		return part[1] + " " + at, nil
	}
}

// readGroups takes a list, its JSON, or "1,2", and keeps sorted JSON.
func readGroups(name string, v any, _ *time.Location) (any, error) {
	var ids list
	switch v := v.(type) {
	case nil:
	case list, object:
		ids = values(v)
	case string:
		if parsed, err := readJSON(v); err == nil && isArray(parsed) {
			ids = values(parsed)
			break
		}
		for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
			ids = append(ids, part)
		}
	default:
		return nil, refuse("groups", name)
	}
	if len(ids) > 100 {
		return nil, refuse("groups", name)
	}
	out := []int{}
	for _, one := range ids {
		id, err := readNumber(name, one, 4294967295)
		if err != nil {
			return nil, err
		}
		if id != 0 && !slices.Contains(out, id.(int)) {
			out = append(out, id.(int))
		}
	}
	slices.Sort(out)
	return string(appendJSON(nil, out)), nil
}

func isArray(v any) bool {
	switch v.(type) {
	case list, object:
		return true
	}
	return false
}

var domainForm = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$`)

func readDomains(name string, v any, _ *time.Location) (any, error) {
	if isArray(v) {
		var texts []string
		for _, one := range values(v) {
			if text, ok := one.(string); ok {
				texts = append(texts, text)
			}
		}
		v = strings.Join(texts, ",")
	}
	text, err := readPlain(name, v)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\f\v,;", r) }) {
		d = asciiDomain(strings.TrimLeft(strings.ToLower(d), "@"))
		if len(d) > 253 || !domainForm.MatchString(d) {
			return nil, refuse("email_domain", name)
		}
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	joined := strings.Join(out, ",")
	if len(joined) > maxText {
		return nil, refuse("too_long", name)
	}
	return joined, nil
}

// asciiDomain is a domain with letters of other scripts as mail programs send
// it; "" when there is no such domain.
func asciiDomain(domain string) string {
	if isASCII(domain) {
		return domain
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return ""
	}
	return ascii
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func readUUID(name string, v any, _ *time.Location) (any, error) {
	text, _ := v.(string)
	uuid := strings.ToLower(strings.TrimSpace(text))
	if v != nil && v != "" && !uuidForm.MatchString(uuid) {
		return nil, refuse("uuid", name)
	}
	return uuid, nil
}
