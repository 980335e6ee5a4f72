package app

import (
	"slices"
	"strings"

	"glpikeys/keys"
)

// keyFields is the order of the fields on the form.
var keyFields = []string{
	keys.KeyFieldValue, keys.KeyFieldProduct, keys.KeyFieldName, keys.KeyFieldEntity, keys.KeyFieldBegin, keys.KeyFieldEnd,
	keys.KeyFieldKept, keys.KeyFieldScope, keys.KeyFieldPlugin, keys.KeyFieldBoundTo, keys.KeyFieldInstance, keys.KeyFieldVendor,
	keys.KeyFieldSupplier, keys.KeyFieldContact, keys.KeyFieldContactNum, keys.KeyFieldNumber, keys.KeyFieldOwner,
	keys.KeyFieldTrial, keys.KeyFieldAutoRenews, keys.KeyFieldReminders, keys.KeyFieldNotes,
}

// lastKeyYear is the last year that GLPI's DATE columns hold.
const lastKeyYear = 9999

// check finds what GLPI would refuse or cut, and what makes no sense.
func (f *keyForm) check() map[string]string {
	d, wrong := &f.draft, map[string]string{}
	if strings.TrimSpace(d.product) == "" {
		wrong[keys.KeyFieldProduct] = t("keywork.error.product")
	}
	for field, text := range map[string]string{
		keys.KeyFieldProduct: d.product, keys.KeyFieldName: d.name, keys.KeyFieldSupplier: d.supplier, keys.KeyFieldContact: d.contact,
		keys.KeyFieldContactNum: d.contactNum, keys.KeyFieldNumber: d.number, keys.KeyFieldOwner: d.owner,
		keys.KeyFieldPlugin: d.plugin, keys.KeyFieldInstance: d.instance, keys.KeyFieldBoundTo: d.boundTo,
	} {
		if keptLength(cleanLine(text)) > lineLength {
			wrong[field] = t("invite.error.label_long", map[string]any{"Most": lineLength})
		}
	}
	if len(d.notes) > textBytes {
		wrong[keys.KeyFieldNotes] = t("invite.error.long")
	}
	if strings.TrimSpace(d.boundTo) != "" && keys.NormalAddress(d.boundTo) == "" {
		wrong[keys.KeyFieldBoundTo] = t("keywork.error.address")
	}
	f.checkPlace(wrong)
	f.checkDays(wrong)
	if _, err := keys.ParseReminders(d.reminders); err != nil {
		wrong[keys.KeyFieldReminders] = t("keywork.error.reminders")
	}
	return wrong
}

func (f *keyForm) checkPlace(wrong map[string]string) {
	d := &f.draft
	if !slices.ContainsFunc(f.work.facts.Entities, func(e keys.Entity) bool { return e.ID == d.entity.ID }) {
		wrong[keys.KeyFieldEntity] = t("keywork.error.entity")
	}
	if d.scope != keys.ScopeInstance && d.scope != "" && strings.TrimSpace(d.plugin) == "" {
		wrong[keys.KeyFieldPlugin] = t("keywork.error.plugin")
	}
	if d.scope == keys.ScopePluginURL && strings.TrimSpace(d.boundTo) == "" {
		wrong[keys.KeyFieldBoundTo] = t("keywork.error.bound")
	}
	if d.kept == keys.PlaceComputer && f.hasKey() && f.work.deps.KeyTexts == nil {
		wrong[keys.KeyFieldKept] = t("keywork.error.nowhere_here")
	}
}

func (f *keyForm) checkDays(wrong map[string]string) {
	d := &f.draft
	for _, field := range []string{keys.KeyFieldBegin, keys.KeyFieldEnd} {
		switch day := d.dayOf(field); {
		case day.err != nil:
			wrong[field] = momentFault(day.err, f.now().Location())
		case day.day.Year > lastKeyYear:
			wrong[field] = t("invite.error.date")
		}
	}
	if f.kind == keyFormRenew && !f.creates() && d.end.day == f.of.End && wrong[keys.KeyFieldEnd] == "" {
		wrong[keys.KeyFieldEnd] = t("keywork.error.same_end")
	}
	if !d.begin.day.IsZero() && !d.end.day.IsZero() && d.end.day.Compare(d.begin.day) < 0 {
		wrong[keys.KeyFieldEnd] = t("keywork.error.order")
	}
}

// doubts are the duplicates of what is typed: warned of, not forbidden.
func (f *keyForm) doubts() []string {
	r := f.record()
	if f.kind == keyFormEdit {
		r.ID = f.of.ID
	}
	var out []string
	for _, d := range f.work.keys.index.Duplicates(&r, f.work.today()) {
		name := ""
		if other := f.k.record(d.Other); other != nil {
			name = other.Name
		}
		out = append(out, t("keywork.doubt."+string(d.Kind), map[string]any{"Name": name, "Address": d.Bound}))
	}
	if f.kind != keyFormEdit || f.draft.boundTo != f.first.boundTo || f.draft.instance != f.first.instance {
		for _, d := range r.BoundElsewhere(&f.work.facts, "") {
			out = append(out, t("keywork.doubt."+string(d.Kind), map[string]any{"Address": d.Bound, "Found": d.Found}))
		}
	}
	return out
}
