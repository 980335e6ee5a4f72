package export

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"glpikeys/keys"
)

// Table is rows for a CSV file.
type Table struct {
	Header []string // stable words; the caller may put translated ones in their place
	Rows   [][]string
}

// CSVOptions are how a CSV file is written. The zero value is RFC 4180.
type CSVOptions struct {
	Comma rune // between fields, 0 for a comma; Excel wants ';' in many countries
	BOM   bool // begin with a byte order mark, without which Excel misreads UTF-8
}

// CSV writes the table. A spreadsheet takes no cell of it for a formula: what
// begins with one of = + - @, a tab or a line break gets an apostrophe in
// front, as OWASP advises; keys.ReadKeyImport takes it off again.
func (t *Table) CSV(w io.Writer, opt CSVOptions) error {
	if opt.BOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.Comma = cmp.Or(opt.Comma, ',')
	out.UseCRLF = true
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = keys.FormulaSafe(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Keys are key records as a table, with the columns that an import reads,
// where their state on the day today stands in "state" and "days". usual are
// the limits of states. It never holds the text of a key.
func Keys(records []keys.KeyRecord, usual keys.Thresholds, today keys.Date) Table {
	t := Table{Header: []string{
		"id", "state", "days", keys.KeyFieldName, keys.KeyFieldProduct, keys.KeyFieldEntity,
		keys.KeyFieldBegin, keys.KeyFieldEnd, keys.KeyFieldBoundTo, keys.KeyFieldInstance, keys.KeyFieldScope,
		keys.KeyFieldPlugin, keys.KeyFieldVendor, keys.KeyFieldOwner, keys.KeyFieldSupplier, keys.KeyFieldContact,
		keys.KeyFieldContactNum, keys.KeyFieldNumber, keys.KeyFieldKept, keys.KeyFieldTrial,
		keys.KeyFieldAutoRenews, keys.KeyFieldReminders, "fingerprint", "validated", "verdict", "renews", keys.KeyFieldNotes,
	}}
	for i := range records {
		r := &records[i]
		s, b := r.Standing(usual, today), &r.Block
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(r.ID), stateWord(r, s, today), daysCell(s), r.Name, r.Product.Name, r.Entity.Path,
			b.Begin.String(), r.End.String(), b.BoundTo, b.Instance, string(b.Scope),
			b.Plugin, b.Vendor, b.Owner, r.Supplier, r.Contact,
			r.ContactNum, r.Number, string(b.Kept), flag(b.Trial),
			flag(b.AutoRenews), keys.WriteReminders(b.Reminders), b.Fingerprint, moment(b.Validated.Time), string(b.Validated.Verdict),
			number(r.Parent), r.Notes,
		})
	}
	return t
}

// stateWord is the state of a key, or "refused" while its period runs and its
// vendor says that it does not.
func stateWord(r *keys.KeyRecord, s keys.Standing, today keys.Date) string {
	if r.Refused(today) != "" {
		return "refused"
	}
	return s.State.String()
}

// Items are all things that end as a table, with their state on the day today.
func Items(server string, items []keys.Item, limits keys.Thresholds, today keys.Date) Table {
	t := Table{Header: []string{"server", "type", "id", "state", "days", "name", "detail", "entity", "end", "renews"}}
	for _, it := range items {
		state, days := limits.ItemState(&it, today), ""
		if state != keys.NoDate {
			days = strconv.Itoa(it.End.DaysAfter(today))
		}
		t.Rows = append(t.Rows, []string{
			server, string(it.Type), strconv.Itoa(it.ID), state.String(), days, it.Name, it.Detail, it.Entity,
			it.End.String(), flag(it.Renews),
		})
	}
	return t
}

// KeysJSON writes key records as a JSON object: when and of which server it is,
// and the records, each with its state on the day of now in now's zone. It
// never holds the text of a key.
func KeysJSON(w io.Writer, server string, records []keys.KeyRecord, usual keys.Thresholds, now time.Time) error {
	type row struct {
		State string `json:"state"`
		Days  *int   `json:"days"` // until the end, null without one
		*keys.KeyRecord
	}
	today := keys.DateOf(now)
	rows := make([]row, len(records))
	for i := range records {
		s := records[i].Standing(usual, today)
		rows[i] = row{State: stateWord(&records[i], s, today), KeyRecord: &records[i]}
		if s.Ends != keys.NoDate {
			rows[i].Days = &s.Days
		}
	}
	return writeJSON(w, map[string]any{
		"server": server, "exported": now.Format(time.RFC3339), "keys": rows,
	})
}

// ItemsJSON writes all things that end as a JSON object, like KeysJSON.
func ItemsJSON(w io.Writer, server string, items []keys.Item, limits keys.Thresholds, now time.Time) error {
	type row struct {
		State string `json:"state"`
		Days  *int   `json:"days"` // until the end, null without one
		*keys.Item
	}
	today := keys.DateOf(now)
	rows := make([]row, len(items))
	for i := range items {
		state := limits.ItemState(&items[i], today)
		rows[i] = row{State: state.String(), Item: &items[i]}
		if state != keys.NoDate {
			days := items[i].End.DaysAfter(today)
			rows[i].Days = &days
		}
	}
	return writeJSON(w, map[string]any{"server": server, "exported": now.Format(time.RFC3339), "items": rows})
}

func writeJSON(w io.Writer, value any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(value)
}

func daysCell(s keys.Standing) string {
	if s.Ends == keys.NoDate {
		return ""
	}
	return strconv.Itoa(s.Days)
}

func flag(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// Name is a file name for an export of a server on a day, without its ending:
// "keys-helpdesk.example.com-2026-11-23".
func Name(what, server string, day keys.Date) string {
	site := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, keys.NormalAddress(server))
	return strings.Trim(what+"-"+site+"-"+day.String(), "-.")
}
