package app

import (
	"slices"
	"strings"

	"glpikeys/keys"
)

// The limits of the plugin, and of GLPI's TIMESTAMP columns.
const (
	mostUses     = 1_000_000
	mostGroups   = 100
	firstYearOut = 2038 // the columns end in January of that year
	firstYear    = 1971
)

// What is wrong with the draft.

// invitationFields is the order of the fields on the form.
var invitationFields = []string{
	keys.FieldLabel, keys.FieldEntity, keys.FieldProfile, keys.FieldGroups,
	keys.FieldAccountDays, keys.FieldAccountEnd, keys.FieldMaxUses, keys.FieldEnd, keys.FieldEmailDomains,
	keys.FieldVerifyEmail, keys.FieldBegin, keys.FieldComment, keys.FieldProfileBelow, keys.FieldBelow,
}

// check finds what GLPI would refuse or cut.
func (f *invitationForm) check() map[string]string {
	d, wrong := &f.draft, map[string]string{}
	f.checkLabel(wrong)
	if len(d.comment) > textBytes {
		wrong[keys.FieldComment] = t("invite.error.long")
	}
	if !f.hasEntity(d.entity.ID) {
		wrong[keys.FieldEntity] = t("invite.error.entity")
	}
	switch {
	case d.profile.ID == 0:
		wrong[keys.FieldProfile] = t("invite.error.profile")
	case !slices.ContainsFunc(f.plugin.Profiles, func(p keys.Profile) bool { return p.ID == d.profile.ID }):
		wrong[keys.FieldProfile] = t("invite.refused." + keys.FieldProfile)
	}
	if len(d.groups) > mostGroups {
		wrong[keys.FieldGroups] = t("invite.error.groups", map[string]any{"Most": mostGroups})
	}
	if _, ok := readCount(d.uses, mostUses); !ok && !d.unlimited {
		wrong[keys.FieldMaxUses] = t("invite.error.uses", map[string]any{"Most": formatCount(mostUses)})
	}
	f.checkMoments(wrong)
	if len(strings.Join(d.domains, ",")) > textBytes {
		wrong[keys.FieldEmailDomains] = t("invite.error.long")
	}
	if d.verify && !f.plugin.MailOn {
		wrong[keys.FieldVerifyEmail] = t("invite.verify.off")
	}
	return wrong
}

func (f *invitationForm) checkLabel(wrong map[string]string) {
	label := cleanLine(f.draft.label)
	switch {
	case label == "" || strings.EqualFold(label, "NULL"): // GLPI writes that word as no value
		wrong[keys.FieldLabel] = t("invite.error.label")
	case keptLength(label) > lineLength:
		wrong[keys.FieldLabel] = t("invite.error.label_long", map[string]any{"Most": lineLength})
	}
}

func (f *invitationForm) checkMoments(wrong map[string]string) {
	d, now := &f.draft, f.now()
	fields := []string{keys.FieldBegin, keys.FieldEnd}
	if d.accounts == accountsUntil {
		fields = append(fields, keys.FieldAccountEnd)
	}
	for _, field := range fields {
		m, _ := d.momentOf(field)
		switch year := m.read.In(f.zone()).Year(); {
		case m.err != nil:
			wrong[field] = momentFault(m.err, f.zone())
		case m.read.Time.IsZero():
		case year >= firstYearOut || year < firstYear:
			wrong[field] = t("invite.error.date_range")
		case field != keys.FieldBegin && m.read.Before(now):
			wrong[field] = t("invite.error.date_past")
		}
	}
	if wrong[keys.FieldBegin] == "" && wrong[keys.FieldEnd] == "" && isAfter(d.begin, d.end) {
		wrong[keys.FieldEnd] = t("invite.error.date_order")
	}
	switch {
	case d.accounts == accountsUntil && strings.TrimSpace(d.accountEnd.text) == "":
		wrong[keys.FieldAccountEnd] = t("invite.error.account_end")
	case d.accounts == accountsUntil && wrong[keys.FieldAccountEnd] == "" && isAfter(d.begin, d.accountEnd):
		wrong[keys.FieldAccountEnd] = t("invite.error.account_order")
	case d.accounts == accountsForDays:
		days, ok := readCount(d.accountDays, mostUses)
		if !ok || now.AddDate(0, 0, days).Year() >= firstYearOut {
			wrong[keys.FieldAccountDays] = t("invite.error.account_days")
		}
	}
}
