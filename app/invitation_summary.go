package app

import (
	"cmp"
	"strings"
)

// What the draft means.

// uses is how many accounts the link makes, 0 for unlimited or unreadable.
func (f *invitationForm) uses() int {
	n, ok := readCount(f.draft.uses, mostUses)
	if !ok || f.draft.unlimited {
		return 0
	}
	return n
}

// summary says in plain words what the invitation lets people do. strong marks
// what stands out.
func (f *invitationForm) summary(strong func(string) string) string {
	d := &f.draft
	values := map[string]any{
		"Uses":    strong(formatCount(f.uses())),
		"Profile": strong(cmp.Or(d.profile.Name, "…")),
		"Entity":  strong(d.entity.Name()),
		"When":    f.summaryWhen(strong),
	}
	sentences := []string{t("invite.summary.unlimited", values)}
	if !d.unlimited {
		if f.uses() == 0 {
			values["Uses"] = strong("…")
		}
		sentences[0] = tn("invite.summary.limited", max(f.uses(), 1), values)
	}
	if len(d.domains) > 0 {
		sentences = append(sentences, t("invite.summary.domains", map[string]any{"Domains": strong(domainsText(d.domains))}))
	}
	if len(d.groups) > 0 {
		var names []string
		for _, g := range d.groups {
			names = append(names, strong(lastPart(g.Name)))
		}
		sentences = append(sentences, tn("invite.summary.groups", len(names), map[string]any{"Groups": strings.Join(names, ", ")}))
	}
	switch n, ok := readCount(d.accountDays, mostUses); {
	case d.accounts == accountsUntil && !d.accountEnd.read.Time.IsZero():
		sentences = append(sentences, t("invite.summary.account_end", map[string]any{"End": strong(f.momentText(d.accountEnd.read))}))
	case d.accounts == accountsForDays && ok:
		sentences = append(sentences, tn("invite.summary.account_days", n, map[string]any{"Days": strong(formatCount(n))}))
	}
	if d.approval {
		sentences = append(sentences, t("invite.summary.approval"))
	}
	return strings.Join(sentences, " ")
}

// summaryWhen is the part of the summary about begin and end.
func (f *invitationForm) summaryWhen(strong func(string) string) string {
	d := &f.draft
	from, until := !d.begin.none(), !d.end.none()
	values := map[string]any{"Begin": strong(f.boundText(d.begin)), "End": strong(f.boundText(d.end))}
	switch {
	case from && until:
		return t("invite.summary.from_until", values)
	case from:
		return t("invite.summary.from", values)
	case until:
		return t("invite.summary.until", values)
	default:
		return t("invite.summary.ever")
	}
}

// boundText is a date of the summary, "…" while it cannot be read.
func (f *invitationForm) boundText(m typedMoment) string {
	if m.err != nil {
		return "…"
	}
	return f.momentText(m.read)
}

// warnings are the dangers of what the draft grants.
func (f *invitationForm) warnings() []string {
	d := &f.draft
	var list []string
	switch {
	case d.unlimited && !d.approval:
		list = append(list, t("invite.warning.unchecked"))
	case d.unlimited:
		list = append(list, t("invite.warning.unlimited"))
	}
	if d.end.none() {
		list = append(list, t("invite.warning.never"))
	}
	if d.profile.Central {
		list = append(list, t("invite.warning.central", map[string]any{"Profile": d.profile.Name}))
	}
	if d.entity.Depth() == 0 && d.profileBelow && len(f.work.facts.Entities) > 1 {
		list = append(list, t("invite.warning.everywhere", map[string]any{"Profile": d.profile.Name}))
	}
	return list
}
