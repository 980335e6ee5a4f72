package keys

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// KeyImport is a table of keys that a person wants to add, row by row: what
// each row becomes, or what is wrong with it. Rows can be corrected, and
// written out again as they came.
//
// It may hold the texts of keys; nothing that prints it shows them.
type KeyImport struct {
	Rows     []ImportRow
	Unknown  []string // names of columns that this program does not know
	DayFirst bool     // 03/04/2027 is in April; else such a date is refused
	comma    rune
	header   []string
	fields   []string // of the columns, "" for one that is not known
}

// ImportRow is one row of the table.
type ImportRow struct {
	Line    int       // in the file, from 1
	Record  KeyRecord // to create; Block.Text is the key, where the row has one
	Repairs []Repair  // what RepairKey did to the key
	// Problem is why it cannot be created, with the Field; nil when it can. It
	// does not quote the cell: with columns in the wrong order that is a key.
	Problem *Problem
	cells   []KeyText
}

// maxImport is the largest table that is read, in bytes: several times 10,000
// rows with long keys.
const maxImport = 64 << 20

// ReadKeyImport reads a CSV file whose first line names the columns, in
// English, French or German, in any order and case: the columns of exports and
// their usual synonyms. Fields are separated by comma, semicolon or tab; the
// text is UTF-8, with or without byte order mark, or Windows-1252 as far as it
// is Latin-1. It needs a column for the product or for the name. The error is a
// *Problem with cause BadTable or FileTooLarge; what is wrong in single rows stands
// with them.
func ReadKeyImport(data []byte, dayFirst bool) (*KeyImport, error) {
	refuse := func(cause Cause, err error) (*KeyImport, error) {
		return nil, &Problem{Op: "read table of keys", Cause: cause, Err: err}
	}
	if len(data) > maxImport {
		return refuse(FileTooLarge, nil)
	}
	text := tableText(data)
	m := &KeyImport{DayFirst: dayFirst, comma: separator(text)}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = m.comma, -1, true
	header, err := reader.Read()
	if err != nil {
		return refuse(BadTable, errors.New("no first line"))
	}
	m.readHeader(header)
	if !slices.Contains(m.fields, KeyFieldProduct) && !slices.Contains(m.fields, KeyFieldName) {
		return refuse(BadTable, errors.New("no column for product or name"))
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			// The reader's own text quotes the row.
			return refuse(BadTable, fmt.Errorf("row %d is not CSV", len(m.Rows)+1))
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		line, _ := reader.FieldPos(0)
		row := ImportRow{Line: line}
		for _, cell := range cells {
			row.cells = append(row.cells, NewKeyText(cell))
		}
		m.read(&row)
		m.Rows = append(m.Rows, row)
	}
}

// Columns are the fields that the table has, in its order.
func (m *KeyImport) Columns() []string {
	return slices.DeleteFunc(slices.Clone(m.fields), func(f string) bool { return f == "" })
}

// Cell is what a row says in a field, as it stands in the file.
func (m *KeyImport) Cell(row int, field string) KeyText {
	i := slices.Index(m.fields, field)
	if i < 0 || i >= len(m.Rows[row].cells) {
		return KeyText{}
	}
	return m.Rows[row].cells[i]
}

// Correct puts another value into a field of a row and reads the row again. A
// field that the table has no column for gets one.
func (m *KeyImport) Correct(row int, field, value string) {
	i := slices.Index(m.fields, field)
	if i < 0 {
		i = len(m.fields)
		m.fields, m.header = append(m.fields, field), append(m.header, field)
	}
	r := &m.Rows[row]
	for len(r.cells) <= i {
		r.cells = append(r.cells, KeyText{})
	}
	r.cells[i] = NewKeyText(value)
	m.read(r)
}

// SetDayFirst says how 03/04/2027 is meant in this file, and reads all rows
// again.
func (m *KeyImport) SetDayFirst(on bool) {
	m.DayFirst = on
	for i := range m.Rows {
		m.read(&m.Rows[i])
	}
}

// Failed are the rows with a problem.
func (m *KeyImport) Failed() []int {
	var rows []int
	for i := range m.Rows {
		if m.Rows[i].Problem != nil {
			rows = append(rows, i)
		}
	}
	return rows
}

// WriteRows writes rows of the table as they came, with all columns, for
// another attempt. The file holds the texts of keys where the table did.
func (m *KeyImport) WriteRows(w io.Writer, rows []int) error {
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = m.comma, true
	write := func(cells []string) error {
		safe := make([]string, max(len(m.header), len(cells)))
		for i := range cells {
			safe[i] = FormulaSafe(cells[i])
		}
		return out.Write(safe)
	}
	if err := write(m.header); err != nil {
		return err
	}
	for _, n := range rows {
		var cells []string
		for _, c := range m.Rows[n].cells {
			cells = append(cells, withoutGuard(c.Reveal()))
		}
		if err := write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// FormulaSafe is a cell that no spreadsheet takes for a formula: with an
// apostrophe in front where it begins like one (OWASP, CSV injection).
func FormulaSafe(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// withoutGuard undoes FormulaSafe.
func withoutGuard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && FormulaSafe(rest) != rest {
		return rest
	}
	return cell
}

// tableText is the file as text. Excel writes Windows-1252 when nobody asks
// for UTF-8.
func tableText(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data)
	}
	var out strings.Builder
	for _, b := range data {
		out.WriteRune(rune(b))
	}
	return out.String()
}

// separator is the one of comma, semicolon and tab that the first line has
// most of, outside quotes.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	counts, quoted := map[rune]int{}, false
	for _, r := range line {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// columnNames are the names of columns that people use, as plainName writes
// them, beside the fields' own.
var columnNames = map[string][]string{
	KeyFieldName:       {"title", "nom", "intitule", "titre", "bezeichnung", "titel"},
	KeyFieldProduct:    {"software", "subscription", "produit", "logiciel", "abonnement", "produkt"},
	KeyFieldEntity:     {"entite", "entitat", "entitaet", "organisation", "organization"},
	KeyFieldEnd:        {"end", "ends", "enddate", "expires", "expiry", "expiration", "expirydate", "expirationdate", "validuntil", "fin", "datedefin", "echeance", "dateecheance", "dateexpiration", "datedexpiration", "ende", "enddatum", "ablauf", "ablaufdatum", "gultigbis", "gueltigbis"},
	KeyFieldBegin:      {"start", "begin", "begins", "startdate", "begindate", "validfrom", "debut", "datededebut", "beginn", "anfang", "startdatum", "gultigab", "gueltigab"},
	KeyFieldSupplier:   {"manufacturer", "publisher", "fournisseur", "editeur", "fabricant", "lieferant", "hersteller"},
	KeyFieldContact:    {"contactperson", "email", "mail", "courriel", "kontakt", "ansprechpartner"},
	KeyFieldContactNum: {"contactnumber", "phone", "telephone", "numerodecontact", "telefon", "kontaktnummer"},
	KeyFieldNumber:     {"order", "ordernumber", "inventorynumber", "otherserial", "po", "commande", "numerodecommande", "numeroinventaire", "numerodinventaire", "bestellnummer", "bestellung", "inventarnummer"},
	KeyFieldNotes:      {"note", "comment", "comments", "remarques", "commentaire", "commentaires", "notiz", "notizen", "kommentar", "bemerkung", "bemerkungen"},
	KeyFieldValue:      {"serial", "serialnumber", "registrationkey", "licensekey", "licencekey", "keytext", "cle", "cledenregistrement", "cledelicence", "numerodeserie", "schlussel", "schluessel", "registrierungsschlussel", "registrierungsschluessel", "lizenzschlussel", "lizenzschluessel", "seriennummer"},
	KeyFieldBoundTo:    {"url", "address", "server", "site", "adresse", "serveur", "liea", "gebundenan"},
	KeyFieldInstance:   {"instanceid", "uid", "uuid", "identifiantinstance", "instanz", "instanzid"},
	KeyFieldScope:      {"portee", "perimetre", "geltungsbereich", "umfang"},
	KeyFieldVendor:     {"vendeur", "verkaufer", "verkaeufer", "anbieter"},
	KeyFieldPlugin:     {"extension", "erweiterung"},
	KeyFieldOwner:      {"registeredby", "registeredto", "proprietaire", "titulaire", "inhaber", "registriertvon"},
	KeyFieldKept:       {"keptin", "conservedans", "aufbewahrt"},
	KeyFieldTrial:      {"essai", "test", "probe", "testversion"},
	KeyFieldAutoRenews: {"autorenewal", "autorenew", "renouvellementautomatique", "reconductiontacite", "automatischeverlangerung", "automatischeverlaengerung"},
	KeyFieldReminders:  {"thresholds", "rappels", "erinnerungen"},
}

var accents = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "à", "a", "ç", "c", "ä", "a", "ö", "o", "ü", "u", "ß", "ss", "î", "i", "ô", "o", "û", "u")

// plainName is a name of a column in small letters without accents, spaces and
// marks.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, accents.Replace(strings.ToLower(name)))
}

// ignoredColumns are those of exports that follow from others.
var ignoredColumns = []string{"id", "state", "days", "fingerprint", "validated", "verdict", "renews"}

func (m *KeyImport) readHeader(header []string) {
	known := map[string]string{}
	for field, names := range columnNames {
		known[plainName(field)] = field
		for _, n := range names {
			known[n] = field
		}
	}
	for _, name := range header {
		name = withoutGuard(name)
		field := known[plainName(name)]
		if slices.Contains(m.fields, field) {
			field = "" // the first of two columns counts
		}
		if field == "" && strings.TrimSpace(name) != "" && !slices.Contains(ignoredColumns, plainName(name)) {
			m.Unknown = append(m.Unknown, strings.TrimSpace(name))
		}
		m.header, m.fields = append(m.header, name), append(m.fields, field)
	}
}

// read makes row's record from its cells, or finds its first problem.
func (m *KeyImport) read(row *ImportRow) {
	row.Record, row.Problem, row.Repairs = KeyRecord{Valid: true}, nil, nil
	if len(row.cells) > len(m.fields) {
		row.Problem = &Problem{Op: "read row", Cause: BadTable, Err: errors.New("more cells than columns")}
	}
	for i, field := range m.fields {
		if field == "" || i >= len(row.cells) {
			continue
		}
		value := withoutGuard(row.cells[i].Reveal())
		if err := m.readCell(row, field, value); err != nil && row.Problem == nil {
			err.Op, err.Field = "read row", field
			row.Problem = err
		}
	}
	r := &row.Record
	if r.Name == "" {
		r.Name = r.Product.Name
	}
	if r.Product.Name == "" {
		r.Product.Name = r.Name
	}
	settleKept(&r.Block)
	if row.Problem == nil {
		row.Problem = rowProblem(r)
	}
}

// settleKept chooses where the text is kept when the row does not say: on this
// computer, where nobody else reads it.
func settleKept(b *Block) {
	switch {
	case b.Text.Empty():
		b.Kept = PlaceNowhere
	case b.Kept != PlaceGLPI:
		b.Kept = PlaceComputer
	}
}

// rowProblem is what is wrong with a record as a whole.
func rowProblem(r *KeyRecord) *Problem {
	switch {
	case r.Product.Name == "":
		return &Problem{Op: "read row", Cause: FieldMissing, Field: KeyFieldProduct}
	case !r.End.IsZero() && !r.Block.Begin.IsZero() && r.End.Compare(r.Block.Begin) < 0:
		return &Problem{Op: "read row", Cause: BadDate, Field: KeyFieldEnd, Detail: r.End.String(), Err: errors.New("ends before it begins")}
	}
	return nil
}

func (m *KeyImport) readCell(row *ImportRow, field, value string) (problem *Problem) {
	r := &row.Record
	value = strings.TrimSpace(value)
	switch field {
	case KeyFieldName:
		r.Name, problem = column(value)
	case KeyFieldProduct:
		r.Product.Name, problem = column(value)
	case KeyFieldEntity:
		r.Entity.Path = value
	case KeyFieldSupplier:
		r.Supplier, problem = column(value)
	case KeyFieldContact:
		r.Contact, problem = column(value)
	case KeyFieldContactNum:
		r.ContactNum, problem = column(value)
	case KeyFieldNumber:
		r.Number, problem = column(value)
	case KeyFieldNotes:
		r.Notes = plainBreaks(value)
	case KeyFieldEnd:
		r.End, problem = m.date(value)
	case KeyFieldBegin:
		r.Block.Begin, problem = m.date(value)
	case KeyFieldValue:
		var key string
		key, row.Repairs = RepairKey(value)
		r.Block.Text, r.Block.Fingerprint = NewKeyText(key), Fingerprint(key)
		if ReadKey(key).Kind == ShapeNetwork && r.Block.Vendor == "" {
			r.Block.Vendor = GLPINetwork
		}
	case KeyFieldBoundTo:
		r.Block.BoundTo = value
		if value != "" && NormalAddress(value) == "" {
			problem = &Problem{Cause: BadAddress}
		}
	case KeyFieldInstance:
		r.Block.Instance = value
	case KeyFieldVendor:
		if value != "" {
			r.Block.Vendor = value
		}
	case KeyFieldPlugin:
		r.Block.Plugin = value
	case KeyFieldOwner:
		r.Block.Owner = value
	case KeyFieldScope:
		r.Block.Scope, problem = oneOf(value, scopeNames)
	case KeyFieldKept:
		r.Block.Kept, problem = oneOf(value, placeNames)
	case KeyFieldTrial:
		r.Block.Trial, problem = oneOf(value, flagNames)
	case KeyFieldAutoRenews:
		r.Block.AutoRenews, problem = oneOf(value, flagNames)
	case KeyFieldReminders:
		days, err := ParseReminders(value)
		r.Block.Reminders = days
		if err != nil {
			problem = &Problem{Cause: BadValue, Err: err}
		}
	}
	return problem
}

var scopeNames = map[string]Scope{
	"": "", "instance": ScopeInstance, "plugin": ScopePlugin, "pluginurl": ScopePluginURL, "url": ScopePluginURL,
	"serveur": ScopeInstance, "server": ScopeInstance, "instanz": ScopeInstance,
}

var placeNames = map[string]Place{
	"": "", "glpi": PlaceGLPI, "computer": PlaceComputer, "nowhere": PlaceNowhere,
	"ordinateur": PlaceComputer, "nullepart": PlaceNowhere, "nirgends": PlaceNowhere,
}

var flagNames = map[string]bool{
	"": false, "yes": true, "no": false, "true": true, "false": false, "1": true, "0": false, "x": true, "y": true, "n": false,
	"oui": true, "non": false, "vrai": true, "faux": false, "ja": true, "nein": false, "wahr": true, "falsch": false,
}

func oneOf[T any](value string, names map[string]T) (T, *Problem) {
	if v, ok := names[plainName(value)]; ok && (plainName(value) != "" || value == "") {
		return v, nil
	}
	var none T
	return none, &Problem{Cause: BadValue}
}

// column is a value for one of GLPI's columns of 255 characters.
func column(value string) (string, *Problem) {
	value = strings.Join(strings.FieldsFunc(value, unicode.IsControl), " ")
	if n := storedLength(value, utf8.RuneCountInString); n > maxColumn {
		return value, &Problem{Cause: TooLong, Detail: strconv.Itoa(n)}
	}
	return value, nil
}

var numericDate = regexp.MustCompile(`^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})$`)

// date reads 2026-12-04, 04.12.2026 (dots always mean day first) and
// 04/12/2026. The last is refused when it could be 12 April, too, unless the
// file is known to have the day first.
func (m *KeyImport) date(value string) (Date, *Problem) {
	if d, err := ParseDate(value); err == nil {
		return d, nil
	}
	p := numericDate.FindStringSubmatch(value)
	if p == nil {
		return Date{}, &Problem{Cause: BadDate}
	}
	day, _ := strconv.Atoi(p[1])
	month, _ := strconv.Atoi(p[3])
	if p[2] != "." && !m.DayFirst && day <= 12 && month <= 12 && day != month {
		return Date{}, &Problem{Cause: AmbiguousDate}
	}
	d, err := ParseDate(fmt.Sprintf("%s-%02d-%02d", p[4], month, day))
	if err != nil {
		return Date{}, &Problem{Cause: BadDate}
	}
	return d, nil
}
