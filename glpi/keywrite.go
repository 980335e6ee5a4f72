package glpi

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"glpikeys/keys"
)

// Names of what is done, for logs.
const (
	opCreateKey = "create key record"
	opUpdateKey = "update key record"
)

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
