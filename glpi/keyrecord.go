package glpi

import (
	"cmp"
	"context"
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
	return r
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
		Contains: map[string]string{"softwarelicensetypes_id": exactly(keyType)}, Progress: progress,
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
