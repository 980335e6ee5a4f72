package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glpikeys/app/internal/moment"
	"glpikeys/keys"
)

// invitationDraft is a policy as it is typed.
type invitationDraft struct {
	label, comment string

	entity       keys.Entity
	below        bool
	profile      keys.Profile // the zero Profile: none chosen
	profileBelow bool
	groups       []keys.Group

	uses       string
	unlimited  bool
	begin, end typedMoment

	accounts    accountsValid
	accountEnd  typedMoment
	accountDays string

	domains    []string
	domainText string // typed, not yet a domain

	loginIsEmail, verify, approval, showOnce bool
}

// accountsValid says how long accounts stay valid.
type accountsValid uint8

// The ways.
const (
	accountsAlways accountsValid = iota
	accountsUntil
	accountsForDays
)

// selfService is the profile that GLPI is installed with for people who only
// report and follow their own tickets.
const selfService = 1

func (d invitationDraft) clone() invitationDraft {
	d.groups, d.domains = slices.Clone(d.groups), slices.Clone(d.domains)
	return d
}

func (d invitationDraft) same(other invitationDraft) bool {
	return fmt.Sprintf("%+v", d.bare()) == fmt.Sprintf("%+v", other.bare())
}

// bare is the draft without what follows from the rest.
func (d invitationDraft) bare() invitationDraft {
	for _, m := range []*typedMoment{&d.begin, &d.end, &d.accountEnd} {
		m.read, m.err = moment.Moment{}, nil
	}
	return d
}

// safeDraft is what a new form shows: one account with few rights, for two
// weeks.
func (f *invitationForm) safeDraft() invitationDraft {
	d := invitationDraft{
		entity:       f.work.facts.Entity,
		uses:         "1",
		loginIsEmail: true,
		verify:       f.plugin.MailOn,
		accountDays:  "30",
	}
	for _, p := range f.profiles() {
		if p.ID == selfService || d.profile.ID == 0 && !p.Central {
			d.profile = p
		}
	}
	d.end = f.read("+14", moment.DayEnd)
	d.end.text = f.momentText(d.end.read)
	return d
}

// draftOf is a draft of a policy, without what is no longer possible.
func (f *invitationForm) draftOf(p keys.InvitationPolicy) invitationDraft {
	d := f.safeDraft()
	d.label, d.comment = p.Label, p.Comment
	if f.hasEntity(p.Entity.ID) {
		d.entity = p.Entity
	} else {
		f.entityNotice = t("invite.entity.gone", map[string]any{"Entity": p.Entity.Name()})
	}
	d.below, d.profileBelow = p.Below, p.ProfileBelow
	d.profile = keys.Profile{}
	for _, mine := range f.plugin.Profiles {
		if mine.ID == p.Profile.ID {
			d.profile = mine
		}
	}
	d.groups = slices.Clone(p.Groups)
	d.unlimited = p.MaxUses == 0
	if p.MaxUses > 0 {
		d.uses = strconv.Itoa(p.MaxUses)
	}
	if p.Begin.After(f.now()) {
		d.begin = f.written(p.Begin, moment.DayStart)
	}
	switch {
	case p.End.IsZero():
		d.end = typedMoment{}
	case p.End.After(f.now()):
		d.end = f.written(p.End, moment.DayEnd)
	}
	switch {
	case !p.AccountEnd.IsZero():
		d.accounts, d.accountEnd = accountsUntil, f.written(p.AccountEnd, moment.DayEnd)
	case p.AccountDays > 0:
		d.accounts, d.accountDays = accountsForDays, strconv.Itoa(p.AccountDays)
	}
	d.domains = slices.Clone(p.EmailDomains)
	d.loginIsEmail, d.approval, d.showOnce = p.LoginIsEmail, p.Approval, p.ShowOnce
	d.verify = p.VerifyEmail && f.plugin.MailOn
	return d
}

// policy is the draft as GLPI takes it. It is complete when check finds
// nothing.
func (f *invitationForm) policy() keys.InvitationPolicy {
	d := f.draft
	p := keys.InvitationPolicy{
		Label: cleanLine(d.label), Comment: strings.TrimSpace(d.comment),
		Entity: d.entity, Below: d.below, Profile: d.profile, ProfileBelow: d.profileBelow,
		Groups: slices.Clone(d.groups),
		Begin:  d.begin.read.Time, End: d.end.read.Time,
		EmailDomains: slices.Clone(d.domains), LoginIsEmail: d.loginIsEmail,
		VerifyEmail: d.verify, Approval: d.approval, ShowOnce: d.showOnce,
	}
	if !d.unlimited {
		p.MaxUses, _ = readCount(d.uses, mostUses)
	}
	switch d.accounts {
	case accountsUntil:
		p.AccountEnd = d.accountEnd.read.Time
	case accountsForDays:
		p.AccountDays, _ = readCount(d.accountDays, mostUses)
	}
	return p
}
