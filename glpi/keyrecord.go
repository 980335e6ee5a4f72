package glpi

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/keys"
)

// kindLicence is the type of GLPI that key records are.
const kindLicence = string(keys.TypeLicence)

// Names of what is done, for logs.
const (
	opCreateKey = "create key record"
	opUpdateKey = "update key record"
)

// keyColumns are the columns of GLPI's licences that are used, as they stand
// in lists and in single items (GLPI-REST §5.1).
type keyColumns struct {
	ID         number `json:"id"`
	Name       text   `json:"name"`
	Software   number `json:"softwares_id"`
	Type       number `json:"softwarelicensetypes_id"`
	Entity     number `json:"entities_id"`
	Below      number `json:"is_recursive"`
	Expire     text   `json:"expire"`
	Valid      number `json:"is_valid"`
	Number     text   `json:"otherserial"`
	Contact    text   `json:"contact"`
	ContactNum text   `json:"contact_num"`
	Parent     number `json:"softwarelicenses_id"`
	Created    text   `json:"date_creation"`
	Changed    text   `json:"date_mod"`
	Deleted    number `json:"is_deleted"`
	Template   number `json:"is_template"`
}

// keyRow is a single licence, with all that it holds.
type keyRow struct {
	keyColumns
	Serial  text `json:"serial"`
	Comment text `json:"comment"`
}

// listedKey is a licence of a list. The texts of keys are dropped while it is
// being read.
type listedKey struct {
	keyColumns
	Serial  serialPrint `json:"serial"`
	Comment keyComment  `json:"comment"`
}

// keyComment is a comment taken apart, without any text of a key.
type keyComment struct {
	notes  string
	block  keys.Block
	damage *keys.Damage
}

// UnmarshalJSON reads what text reads.
func (c *keyComment) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	c.notes, c.block, c.damage = keys.ReadComment(string(t))
	c.notes = strings.Clone(c.notes) // a part of it would keep all of the comment in memory
	c.block.Text = keys.KeyText{}
	if c.damage != nil {
		c.damage.Comment = keys.KeyText{}
	}
	return nil
}

// serialPrint is the fingerprint that a serial number speaks for.
type serialPrint struct {
	fingerprint string
	isText      bool // it is the text of a key
}

// UnmarshalJSON reads what text reads.
func (p *serialPrint) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	*p = printOf(string(t))
	return nil
}

func printOf(serial string) serialPrint {
	fingerprint := keys.SerialFingerprint(serial)
	return serialPrint{fingerprint, fingerprint != "" && !strings.EqualFold(fingerprint, strings.TrimSpace(serial))}
}

// block is what a licence without one amounts to, as people make it in GLPI's
// own form: its serial number is the key.
func (p serialPrint) block() keys.Block {
	b := keys.Block{Fingerprint: p.fingerprint}
	if p.isText {
		b.Kept = keys.PlaceGLPI
	}
	return b
}

// record is what the columns say.
func (c *keyColumns) record(about *keyAbout, zone *time.Location) keys.KeyRecord {
	return keys.KeyRecord{
		ID: int(c.ID), Name: string(c.Name),
		Product: keys.Product{ID: int(c.Software), Name: string(about.Product)},
		Entity:  keys.Entity{ID: int(c.Entity), Path: string(about.Entity)},
		Below:   c.Below != 0, End: day(c.Expire), Valid: c.Valid != 0,
		Supplier: string(about.Supplier), Contact: string(c.Contact), ContactNum: string(c.ContactNum),
		Number: string(c.Number), Parent: int(c.Parent),
		Created: moment(c.Created, zone), Changed: moment(c.Changed, zone),
	}
}

func (l *listedKey) keyRecord(about *keyAbout, zone *time.Location) keys.KeyRecord {
	r := l.record(about, zone)
	r.Notes, r.Block, r.Damage = l.Comment.notes, l.Comment.block, l.Comment.damage
	if r.Damage == nil && reflect.ValueOf(r.Block).IsZero() {
		r.Block = l.Serial.block()
	}
	givenUp(&r)
	return r
}

func (k *keyRow) keyRecord(about *keyAbout, zone *time.Location) keys.KeyRecord {
	r := k.record(about, zone)
	r.Notes, r.Block, r.Damage = keys.ReadComment(string(k.Comment))
	if r.Damage == nil && reflect.ValueOf(r.Block).IsZero() {
		serial := printOf(string(k.Serial))
		r.Block = serial.block()
		if serial.isText {
			r.Block.Text = keys.NewKeyText(string(k.Serial))
		}
	}
	givenUp(&r)
	return r
}

// givenUp lets the block decide: GLPI makes a licence valid again whenever its
// form is saved, because the form sends the number of seats (measured on GLPI
// 10.0.12 and 11.0.6).
func givenUp(r *keys.KeyRecord) {
	if !r.Block.Revoked.Date.IsZero() {
		r.Valid = false
	}
}

// keyAbout is a licence's row in GLPI's search, for what its columns only
// point to. The search tells it without a right to read Software, entities
// above the active one, or suppliers; the supplier stands there for those who
// may read the licence's financial data (search options of SoftwareLicense
// and Infocom, GLPI 10.0.12 and 11.0.6).
type keyAbout struct {
	ID       number `json:"2"`
	Product  text   `json:"10"`
	Supplier text   `json:"53"`
	Entity   text   `json:"80"`
}

var aboutColumns = []int{2, 10, 53, 80}

const (
	optionID      = 2
	optionType    = 5
	optionFather  = 13
	optionComment = 16
)

// KeyRecords reads all key records that the active entity lets one see,
// without those in the trash and without templates, in the order of their ids.
// None of them holds the text of a key or, where its block is damaged, the
// comment. It is empty where GLPI has no licence type for keys.
//
// It reads GLPI's list for the columns, because the search has neither
// contacts nor the id of the record before, and the search for what these
// point to, both at once.
func (s *Session) KeyRecords(ctx context.Context, progress func(done, total int)) ([]keys.KeyRecord, error) {
	types, err := s.keyTypes(ctx)
	if err != nil {
		return nil, err
	}
	var all []keys.KeyRecord
	for _, t := range types {
		some, err := s.keyRecordsOf(ctx, t, progress)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	if len(types) > 1 {
		slices.SortFunc(all, func(a, b keys.KeyRecord) int { return cmp.Compare(a.ID, b.ID) })
	}
	return all, nil
}

func (s *Session) keyRecordsOf(ctx context.Context, keyType int, progress func(done, total int)) ([]keys.KeyRecord, error) {
	var rows []listedKey
	var found []keyAbout
	var zone *time.Location
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		rows, err = s.listKeys(groupCtx, keyType, progress)
		return err
	})
	group.Go(func() (err error) {
		found, err = Search[keyAbout](groupCtx, s, kindLicence, Query{
			Columns: aboutColumns, Criteria: []Criterion{{Field: optionType, Type: "equals", Value: strconv.Itoa(keyType)}},
		})
		return err
	})
	group.Go(func() (err error) {
		zone, err = s.clockZone(groupCtx)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	about := make(map[int]*keyAbout, len(found))
	for i := range found {
		about[int(found[i].ID)] = &found[i]
	}
	records := make([]keys.KeyRecord, 0, len(rows))
	for i := range rows {
		if rows[i].Template != 0 || rows[i].Deleted != 0 {
			continue
		}
		a := about[int(rows[i].ID)]
		if a == nil {
			a = &keyAbout{} // made since the search
		}
		records = append(records, rows[i].keyRecord(a, zone))
	}
	return records, nil
}

// listKeys reads the licences of a type. Each block costs GLPI about 50 ms, so
// the usual size is best, until comments are so long (they can have 64 KB)
// that an answer gets too large.
func (s *Session) listKeys(ctx context.Context, keyType int, progress func(done, total int)) ([]listedKey, error) {
	f := Filter{
		Contains: map[string]string{"softwarelicensetypes_id": anchored(strconv.Itoa(keyType))}, Progress: progress,
	}
	rows, err := List[listedKey](ctx, s, kindLicence, f)
	if keys.CauseOf(err) == keys.TooLarge {
		f.Block = 100
		rows, err = List[listedKey](ctx, s, kindLicence, f)
	}
	return rows, err
}

// KeyRecord reads one record, with its key text when GLPI keeps it. NotFound
// when there is none, or only in the trash.
func (s *Session) KeyRecord(ctx context.Context, id int) (keys.KeyRecord, error) {
	_, record, err := s.readKey(ctx, id)
	return record, err
}

func (s *Session) readKey(ctx context.Context, id int) (keyRow, keys.KeyRecord, error) {
	var row keyRow
	var about []keyAbout
	var zone *time.Location
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		row, err = Get[keyRow](groupCtx, s, kindLicence, id)
		return err
	})
	group.Go(func() (err error) {
		about, err = Search[keyAbout](groupCtx, s, kindLicence, Query{
			Columns: aboutColumns, Criteria: []Criterion{{Field: optionID, Type: "equals", Value: strconv.Itoa(id)}},
		})
		return err
	})
	group.Go(func() (err error) {
		zone, err = s.clockZone(groupCtx)
		return err
	})
	if err := group.Wait(); err != nil {
		return row, keys.KeyRecord{}, err
	}
	if row.Deleted != 0 {
		return row, keys.KeyRecord{}, &keys.Problem{Op: "get " + kindLicence, Cause: keys.NotFound}
	}
	if len(about) == 0 {
		about = []keyAbout{{}}
	}
	return row, row.keyRecord(&about[0], zone), nil
}

// CreateKeyRecord makes a record, and its product and supplier where GLPI does
// not know them. Block.Record says which record it is: one that is there
// already is found, completed and not made twice. OutcomeUnknown means that it
// could not be found out whether GLPI has made it: calling again with the same
// Record looks first.
//
// FieldMissing without a product; KeyTypeMissing without the licence type;
// NoRight with a Field when only that field needs a right that is missing. The
// causes of keys.WriteComment for the block.
func (s *Session) CreateKeyRecord(ctx context.Context, record keys.KeyRecord) (id int, err error) {
	if record.Block.Record == "" {
		record.Block.Record = newRecordID()
	}
	comment, err := keys.WriteComment(record.Notes, record.Block)
	if err != nil {
		return 0, err
	}
	_, record.Block, _ = keys.ReadComment(comment)
	if err := s.maySetSupplier(opCreateKey, record.Supplier); err != nil {
		return 0, err
	}
	types, err := s.keyTypes(ctx)
	if err != nil {
		return 0, err
	}
	if len(types) == 0 {
		return 0, &keys.Problem{Op: opCreateKey, Cause: keys.KeyTypeMissing}
	}
	if id, err = s.keyByRecord(ctx, record.Block.Record); err != nil {
		return 0, err
	}
	if id == 0 {
		if id, err = s.postKey(ctx, types[0], &record, comment); err != nil {
			return 0, err
		}
	}
	if record.Supplier == "" {
		return id, nil
	}
	return id, s.setSupplier(ctx, id, record.Supplier, record.Entity.ID)
}

// postKey makes the licence.
func (s *Session) postKey(ctx context.Context, keyType int, record *keys.KeyRecord, comment string) (int, error) {
	product, err := s.product(ctx, opCreateKey, record.Product, record.Entity.ID)
	if err != nil {
		return 0, err
	}
	created, err := s.Create(ctx, kindLicence, Fields{
		"name":                    cmp.Or(record.Name, record.Product.Name),
		"softwares_id":            product,
		"softwarelicensetypes_id": keyType,
		"entities_id":             record.Entity.ID,
		"is_recursive":            record.Below,
		"number":                  1,
		"is_valid":                record.Valid, // only an update with a number changes it (measured)
		"expire":                  dateField(record.End),
		"serial":                  record.Block.Serial(),
		"comment":                 comment,
		"contact":                 record.Contact,
		"contact_num":             record.ContactNum,
		"otherserial":             record.Number,
		"softwarelicenses_id":     record.Parent,
	})
	if keys.CauseOf(err) != keys.OutcomeUnknown {
		return created.ID, named(err)
	}
	// It may be there, or about to be: GLPI goes on with what nobody waits for
	// any more. So it is looked for, and never sent again from here.
	for _, pause := range []time.Duration{0, 500 * time.Millisecond, time.Second, 2 * time.Second} {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return 0, err
		}
		if id, look := s.keyByRecord(ctx, record.Block.Record); look == nil && id != 0 {
			return id, nil
		}
	}
	return 0, err
}

// keyByRecord is the licence whose block has that Record, 0 for none. Somebody
// may have copied it in GLPI with its comment: the oldest counts.
func (s *Session) keyByRecord(ctx context.Context, record string) (int, error) {
	rows, err := Search[keyAbout](ctx, s, kindLicence, Query{
		Columns: []int{optionID}, Criteria: []Criterion{{Field: optionComment, Type: "contains", Value: record}},
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return int(slices.MinFunc(rows, func(a, b keyAbout) int { return cmp.Compare(a.ID, b.ID) }).ID), nil
}

// UpdateKeyRecord reads a record with its key text, lets edit change it, and
// writes the columns that changed; what people wrote around the block stays
// byte for byte as it was. Where somebody else wrote the comment meanwhile,
// edit is called again with what stands there now. It gives the record as it
// is afterwards.
//
// A damaged block is refused with BlockDamaged as soon as edit changes notes
// or block; other columns can still be changed. KeyRecordBusy: the comment
// kept changing. An error of edit is given back as it is, and nothing is
// written.
func (s *Session) UpdateKeyRecord(ctx context.Context, id int, edit func(*keys.KeyRecord) error) (keys.KeyRecord, error) {
	for range 3 {
		row, before, err := s.readKey(ctx, id)
		if err != nil {
			return keys.KeyRecord{}, err
		}
		after := before
		after.Block.Reminders = slices.Clone(before.Block.Reminders)
		if err := edit(&after); err != nil {
			return keys.KeyRecord{}, err
		}
		fields, err := s.keyChanges(ctx, &row, &before, &after)
		if err != nil {
			return keys.KeyRecord{}, err
		}
		supplier := after.Supplier != before.Supplier
		if len(fields) == 0 && !supplier {
			return before, nil
		}
		if _, writes := fields["comment"]; writes {
			now, err := Get[keyRow](ctx, s, kindLicence, id)
			if err != nil {
				return keys.KeyRecord{}, err
			}
			if now.Comment != row.Comment {
				continue
			}
		}
		if len(fields) > 0 {
			if err := s.put(ctx, kindLicence, id, fields, s.keyHas(id, fields)); err != nil {
				return keys.KeyRecord{}, named(err)
			}
		}
		if supplier {
			if err := s.setSupplier(ctx, id, after.Supplier, after.Entity.ID); err != nil {
				return keys.KeyRecord{}, err
			}
		}
		return s.KeyRecord(ctx, id)
	}
	return keys.KeyRecord{}, &keys.Problem{Op: opUpdateKey, Cause: keys.KeyRecordBusy}
}

// keyChanges are the columns to write so that before becomes after.
func (s *Session) keyChanges(ctx context.Context, row *keyRow, before, after *keys.KeyRecord) (Fields, error) {
	f := Fields{}
	set := func(column string, old, now any) {
		if old != now {
			f[column] = now
		}
	}
	set("name", before.Name, after.Name)
	set("entities_id", before.Entity.ID, after.Entity.ID)
	set("is_recursive", before.Below, after.Below)
	set("is_valid", row.Valid != 0, after.Valid)
	set("contact", before.Contact, after.Contact)
	set("contact_num", before.ContactNum, after.ContactNum)
	set("otherserial", before.Number, after.Number)
	set("softwarelicenses_id", before.Parent, after.Parent)
	if before.End != after.End {
		f["expire"] = dateField(after.End)
	}
	if after.Supplier != before.Supplier {
		if err := s.maySetSupplier(opUpdateKey, cmp.Or(after.Supplier, before.Supplier)); err != nil {
			return nil, err
		}
	}
	if err := changeComment(f, row, before, after); err != nil {
		return nil, err
	}
	if after.Product != before.Product {
		product, err := s.product(ctx, opUpdateKey, after.Product, after.Entity.ID)
		if err != nil {
			return nil, err
		}
		set("softwares_id", before.Product.ID, product)
	}
	return f, nil
}

// changeComment adds comment and serial number where notes or block changed.
// The serial number follows the text of the key: one that somebody wrote by
// hand stays as long as the key does.
func changeComment(f Fields, row *keyRow, before, after *keys.KeyRecord) (err error) {
	comment := string(row.Comment)
	if after.Notes != before.Notes {
		if comment, err = keys.WriteNotes(comment, after.Notes); err != nil {
			return err
		}
	}
	if !reflect.DeepEqual(after.Block, before.Block) {
		if after.Block.Record == "" {
			after.Block.Record = newRecordID()
		}
		if comment, err = keys.WriteComment(comment, after.Block); err != nil {
			return err
		}
		_, written, _ := keys.ReadComment(comment)
		if serial := written.Serial(); serial != before.Block.Serial() {
			f["serial"] = serial
		}
	}
	if comment != string(row.Comment) {
		f["comment"] = comment
	}
	return nil
}

// keyHas looks whether a licence has these values by now.
func (s *Session) keyHas(id int, fields Fields) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		row, err := Get[map[string]text](ctx, s, kindLicence, id)
		if err != nil {
			return false, err
		}
		for column, want := range fields {
			if string(row[column]) != plainValue(want) {
				return false, nil
			}
		}
		return true, nil
	}
}

// plainValue is a value as text reads it from GLPI.
func plainValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{false: "0", true: "1"}[v]
	default:
		return fmt.Sprint(v)
	}
}

// dateField is a day as GLPI takes it, nil for none.
func dateField(d keys.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// keyFields are the columns that people know under another name.
var keyFields = map[string]string{
	"otherserial": keys.KeyFieldNumber, "softwares_id": keys.KeyFieldProduct, "entities_id": keys.KeyFieldEntity,
	"comment": keys.KeyFieldNotes, "serial": keys.KeyFieldValue,
}

// named gives a problem the name of the field that was refused.
func named(err error) error {
	var p *keys.Problem
	if errors.As(err, &p) && keyFields[p.Field] != "" {
		p.Field = keyFields[p.Field]
	}
	return err
}

// newRecordID is a random UUID.
func newRecordID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// anchored is the filter for a column that is text, whole.
func anchored(text string) string { return "^" + text + "$" }

// clockZone is the time zone in which GLPI writes points in time. Without the
// plugin, which knows its name, it is reckoned from GLPI's clock: right today,
// and an hour off for moments on the other side of a change of the clocks.
func (s *Session) clockZone(ctx context.Context) (*time.Location, error) {
	if zone := s.zone.Load(); zone != nil {
		return zone, nil
	}
	if facts := s.Facts(); facts.Can(rightInvitation, keys.Read) {
		if zone, err := s.serverZone(ctx); err == nil {
			return zone, nil
		}
	}
	r := s.get("read clock", "/getFullSession")
	a, err := s.call(ctx, r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Session struct {
			Now text `json:"glpi_currenttime"`
		} `json:"session"`
	}
	if err := a.into(r, &body); err != nil {
		return nil, err
	}
	return zoneBetween(string(body.Session.Now), a.header.Get("Date")), nil
}

// zoneBetween is the zone in which it is local when it is date, as HTTP writes
// it. Zones lie a multiple of 15 minutes apart.
func zoneBetween(local, date string) *time.Location {
	there, errThere := time.Parse(stampLayout, local)
	here, errHere := time.Parse(time.RFC1123, date)
	offset := there.Sub(here).Round(15 * time.Minute)
	if errThere != nil || errHere != nil || offset.Abs() > 14*time.Hour {
		return time.UTC
	}
	return time.FixedZone("", int(offset/time.Second))
}

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
