package glpi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"glpikeys/keys"
)

const (
	kindKeyType  = "SoftwareLicenseType"
	kindSoftware = "Software"
	kindSupplier = "Supplier"
	kindInfocom  = "Infocom"

	// keyTypeName is the licence type that makes a licence a key record.
	keyTypeName = "Registration key"
	// keyTypeMark in the type's comment lets people give the type a name of
	// their own: it still is the one.
	keyTypeMark = "[GLPI Keys]"
)

// dropdownRow is what GLPI's lists of things by name have in common.
type dropdownRow struct {
	ID       number `json:"id"`
	Name     text   `json:"name"`
	Comment  text   `json:"comment"`
	Entity   number `json:"entities_id"`
	Below    number `json:"is_recursive"`
	Deleted  number `json:"is_deleted"`
	Template number `json:"is_template"`
}

// keyTypes are the ids of the licence types for registration keys, oldest
// first: those with that name, and that which AddKeyType made, whatever it is
// called by now. GLPI's translations of dropdowns leave the name as it is.
func (s *Session) keyTypes(ctx context.Context) ([]int, error) {
	rows, err := List[dropdownRow](ctx, s, kindKeyType, Filter{})
	if keys.CauseOf(err) == keys.NoRight {
		return s.keyTypesInUse(ctx)
	}
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, row := range rows {
		if strings.EqualFold(string(row.Name), keyTypeName) || strings.Contains(string(row.Comment), keyTypeMark) {
			ids = append(ids, int(row.ID))
		}
	}
	return ids, nil
}

// keyTypesInUse finds the type in the licences that have it, for people who may
// read licences and not GLPI's dropdowns.
func (s *Session) keyTypesInUse(ctx context.Context) ([]int, error) {
	r := s.get(opSearch(kindLicence), "/search/"+kindLicence)
	q := Query{Columns: []int{optionID}, Criteria: []Criterion{{Field: optionType, Type: "contains", Value: anchored(keyTypeName)}}}
	r.query = q.values(s.major(), 0, 0)
	var body searchAnswer[keyAbout]
	if err := s.fetch(ctx, r, &body); err != nil || len(body.Rows) == 0 {
		return nil, err
	}
	row, err := Get[keyRow](ctx, s, kindLicence, int(body.Rows[0].ID))
	if err != nil {
		return nil, err
	}
	return []int{int(row.Type)}, nil
}

// HasKeyType reports whether GLPI has a licence type for registration keys.
func (s *Session) HasKeyType(ctx context.Context) (bool, error) {
	types, err := s.keyTypes(ctx)
	return len(types) > 0, err
}

// AddKeyType makes the licence type "Registration key" unless there is one,
// for all entities if this person sees the root entity, else for the active
// one and those below. NoRight without the right to add dropdowns.
func (s *Session) AddKeyType(ctx context.Context) error {
	if has, err := s.HasKeyType(ctx); err != nil || has {
		return err
	}
	facts := s.Facts()
	entity := facts.Entity.ID
	if slices.ContainsFunc(facts.Entities, func(e keys.Entity) bool { return e.ID == 0 }) {
		entity = 0
	}
	_, err := s.Create(ctx, kindKeyType, Fields{
		"name": keyTypeName, "entities_id": entity, "is_recursive": 1,
		"comment": "Licences of this type are registration keys. " + keyTypeMark,
	})
	if keys.CauseOf(err) == keys.OutcomeUnknown {
		if has, look := s.HasKeyType(ctx); look == nil && has {
			return nil
		}
	}
	return err
}

// Products are the Software whose name contains text, by name, at most 1,000.
func (s *Session) Products(ctx context.Context, text string) ([]keys.Product, error) {
	q := Query{Columns: []int{1, optionID}}
	if text = strings.TrimSpace(text); text != "" {
		q.Criteria = []Criterion{{Field: 1, Type: "contains", Value: text}}
	}
	r := s.get(opSearch(kindSoftware), "/search/"+kindSoftware)
	r.query = q.values(s.major(), 0, blockSize-1)
	var body searchAnswer[endRow]
	if err := s.fetch(ctx, r, &body); err != nil {
		return nil, err
	}
	products := make([]keys.Product, len(body.Rows))
	for i, row := range body.Rows {
		products[i] = keys.Product{ID: int(row.ID), Name: string(row.Name)}
	}
	slices.SortFunc(products, func(a, b keys.Product) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return products, nil
}

// product is the id of a product, which is made in the entity, and for those
// below, when GLPI has none of that name.
func (s *Session) product(ctx context.Context, op string, p keys.Product, entity int) (int, error) {
	if p.ID != 0 {
		return p.ID, nil
	}
	if strings.TrimSpace(p.Name) == "" {
		return 0, &keys.Problem{Op: op, Cause: keys.FieldMissing, Field: keys.KeyFieldProduct}
	}
	return s.byName(ctx, kindSoftware, keys.KeyFieldProduct, strings.TrimSpace(p.Name), entity)
}

// byName is the id of the oldest item of that name, which is made when there
// is none. What lies in the trash is none.
func (s *Session) byName(ctx context.Context, kind, field, name string, entity int) (int, error) {
	find := func() (int, error) {
		rows, err := List[dropdownRow](ctx, s, kind, Filter{Contains: map[string]string{"name": anchored(name)}})
		if err != nil && keys.CauseOf(err) != keys.NoRight {
			return 0, err
		}
		for _, row := range rows {
			usable := row.Deleted == 0 && row.Template == 0 && (row.Below != 0 || int(row.Entity) == entity)
			if usable && strings.EqualFold(string(row.Name), name) {
				return int(row.ID), nil
			}
		}
		return 0, nil
	}
	if id, err := find(); err != nil || id != 0 {
		return id, err
	}
	created, err := s.Create(ctx, kind, Fields{"name": name, "entities_id": entity, "is_recursive": 1})
	if keys.CauseOf(err) == keys.OutcomeUnknown {
		if id, look := find(); look == nil && id != 0 {
			return id, nil
		}
	}
	var p *keys.Problem
	if errors.As(err, &p) {
		p.Field = field
	}
	return created.ID, err
}

// maySetSupplier refuses a supplier that this profile cannot write, before
// anything else is written. GLPI keeps it with a licence's financial data.
func (s *Session) maySetSupplier(op, name string) error {
	facts := s.Facts()
	if name == "" || facts.Can(rightNames[kindInfocom], keys.Update|keys.Create) {
		return nil
	}
	return &keys.Problem{Op: op, Cause: keys.NoRight, Field: keys.KeyFieldSupplier}
}

type infocomRow struct {
	ID       number `json:"id"`
	Supplier number `json:"suppliers_id"`
}

// setSupplier gives a licence its supplier; "" takes it away.
func (s *Session) setSupplier(ctx context.Context, licence int, name string, entity int) error {
	supplier := 0
	if name = strings.TrimSpace(name); name != "" {
		var err error
		if supplier, err = s.byName(ctx, kindSupplier, keys.KeyFieldSupplier, name, entity); err != nil {
			return err
		}
	}
	read := func(ctx context.Context) (infocomRow, error) {
		rows, err := List[infocomRow](ctx, s, kindInfocom, Filter{Contains: map[string]string{
			"itemtype": anchored(kindLicence), "items_id": exactly(licence),
		}})
		if err != nil || len(rows) == 0 {
			return infocomRow{}, err
		}
		return rows[0], nil
	}
	now, err := read(ctx)
	if err != nil || int(now.Supplier) == supplier {
		return err
	}
	if now.ID == 0 {
		_, err := s.Create(ctx, kindInfocom, Fields{"itemtype": kindLicence, "items_id": licence, "suppliers_id": supplier})
		if err == nil {
			return nil
		}
		// Lost answers, or GLPI made one of its own meanwhile: there is only
		// one for each item.
		if now, look := read(ctx); look == nil && now.ID != 0 {
			return s.setSupplierOf(ctx, now, supplier, read)
		}
		return err
	}
	return s.setSupplierOf(ctx, now, supplier, read)
}

func (s *Session) setSupplierOf(ctx context.Context, now infocomRow, supplier int, read func(context.Context) (infocomRow, error)) error {
	if int(now.Supplier) == supplier {
		return nil
	}
	return s.put(ctx, kindInfocom, int(now.ID), Fields{"suppliers_id": supplier}, func(ctx context.Context) (bool, error) {
		row, err := read(ctx)
		return int(row.Supplier) == supplier, err
	})
}
