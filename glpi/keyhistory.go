package glpi

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"glpikeys/keys"
)

// KeyHistory tells who changed what in a record, newest first, from GLPI's own
// history: who, when, and GLPI's column or one of "created", "trashed",
// "restored", "supplier", "other". Where the text of a key could stand, in the
// serial number and in the comment's block, it only tells that it changed.
// NoRight without GLPI's right to read history.
func (s *Session) KeyHistory(ctx context.Context, id int) ([]keys.KeyEvent, error) {
	zone, err := s.clockZone(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := listAt[logRow](ctx, s, "read history of key record", itemPath(kindLicence, id)+"/Log", Filter{})
	if err != nil {
		return nil, err
	}
	events := make([]keys.KeyEvent, 0, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		if e, ok := rows[i].event(zone); ok {
			events = append(events, e)
		}
	}
	return events, nil
}

// logRow is GLPI's history (GLPI-REST §9).
type logRow struct {
	Date   text   `json:"date_mod"`
	Who    text   `json:"user_name"` // "glpi (2)"
	Action number `json:"linked_action"`
	Linked text   `json:"itemtype_link"`
	Option number `json:"id_search_option"`
	Old    text   `json:"old_value"`
	New    text   `json:"new_value"`
}

// What GLPI writes down that was done (src/Log.php, GLPI 10.0.12 and 11.0.6).
const (
	logChanged  = 0
	logTrashed  = 13
	logRestored = 14
	logCreated  = 20
)

// logColumns are the columns by their search options.
var logColumns = map[int]string{
	1: "name", 2: "id", 4: "number", 5: "softwarelicensetypes_id", 8: "expire", 9: "is_valid", 10: "softwares_id", 11: "serial",
	13: "softwarelicenses_id", 16: "comment", 53: "supplier", 80: "entities_id", 86: "is_recursive", 162: "otherserial",
}

// event is what the row tells, false for what is of no interest.
func (l *logRow) event(zone *time.Location) (keys.KeyEvent, bool) {
	e := keys.KeyEvent{Time: moment(l.Date, zone), Who: withoutID(string(l.Who))}
	switch l.Action {
	case logCreated:
		e.Field = "created"
	case logTrashed:
		e.Field = "trashed"
	case logRestored:
		e.Field = "restored"
	case logChanged:
		e.Field = cmp.Or(logColumns[int(l.Option)], "other")
		e.Old, e.New = logValue(e.Field, string(l.Old)), logValue(e.Field, string(l.New))
		if l.Option == optionFather && (!isNumber(l.Old) || !isNumber(l.New)) {
			return e, false // the full name, which goes along with name and father
		}
	default:
		return e, false
	}
	return e, true
}

// logValue is an old or new value without the text of a key.
func logValue(field, value string) string {
	switch field {
	case "serial":
		if printOf(value).isText {
			return ""
		}
		return value
	case "comment":
		return keys.WithoutBlock(value)
	case "other":
		return ""
	case "is_valid", "is_recursive":
		return cmp.Or(value, "0")
	case "softwares_id", "supplier", "entities_id", "softwarelicensetypes_id":
		return withoutID(value)
	}
	return value
}

func isNumber(t text) bool {
	_, err := strconv.Atoi(string(t))
	return err == nil
}

// withoutID is a name without GLPI's id behind it.
func withoutID(name string) string {
	if at := strings.LastIndex(name, " ("); at > 0 && strings.HasSuffix(name, ")") {
		if _, err := strconv.Atoi(name[at+2 : len(name)-1]); err == nil {
			return name[:at]
		}
	}
	return name
}
