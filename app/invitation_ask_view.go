package app

import (
	"strconv"
	"strings"
	"time"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/moment"
	"glpikeys/keys"
)

// ask asks over this window.
func (v *invitationsView) ask(q question) (confirm func()) { return ask(v.acts.win, q) }

// sure asks before something that people will notice.
func (v *invitationsView) sure(title, text, confirm string, act func()) {
	v.ask(question{
		title: title, content: look.NewWrapped(look.Body, text), kind: look.Danger, confirm: confirm, then: act,
	})
}

// askRevoke asks before links stop working, with what that means.
func (v *invitationsView) askRevoke(ids []int) {
	p := v.p
	r := p.revoking(ids)
	if r.links == 0 {
		return
	}
	title := tn("invitations.revoke.title", r.links, map[string]any{"N": formatCount(r.links)})
	ids = p.revocable(ids)
	if r.links == 1 {
		title = t("invitations.revoke.title_one", map[string]any{"Label": p.find(ids[0]).Label})
	}
	v.sure(title, revokeQuestion(r), t("invitations.revoke.confirm"), func() { p.revoke(ids) })
}

// askReissue asks before a link is replaced.
func (v *invitationsView) askReissue(id int) {
	inv := v.p.find(id)
	if inv == nil {
		return
	}
	text := t("invitations.reissue.text_unlimited")
	if inv.MaxUses > 0 {
		text = tn("invitations.reissue.text", left(inv), map[string]any{"N": formatCount(left(inv))})
	}
	v.sure(t("invitations.reissue.title", map[string]any{"Label": inv.Label}), text+accountsStay(inv.Uses),
		t("invitations.reissue.confirm"), func() { v.p.reissue(id) })
}

// askRefuse asks before accounts are turned down, which cannot be undone.
func (v *invitationsView) askRefuse(invitation int, people []keys.Registration) {
	n := len(people)
	title := tn("invitations.refuse.title", n, map[string]any{"N": formatCount(n)})
	if n == 1 {
		title = t("invitations.refuse.title_one", map[string]any{"Name": people[0].Name})
	}
	v.sure(title, tn("invitations.refuse.text", n, map[string]any{"N": formatCount(n)}), t("invitations.refuse"), func() {
		v.p.answer(invitation, people, false)
	})
}

// approveAll approves everybody who waits with the current invitation.
func (v *invitationsView) approveAll() {
	v.approve(v.p.at, approvable(v.p.detail(v.p.at).waiting()))
}

// approve lets people in. It asks before when GLPI's authorization rules would
// give one of them more than the invitation does.
func (v *invitationsView) approve(invitation int, people []keys.Registration) {
	n := len(people)
	lines := look.VBox(6)
	named := 0
	for _, r := range people {
		if r.RuleGrants == "" {
			continue
		}
		if named++; named <= peopleShown {
			lines.Add(look.NewWrapped(look.Body, t("invitations.approve.rule", map[string]any{"Name": r.Name, "Grants": r.RuleGrants})))
		}
	}
	act := func() { v.p.answer(invitation, people, true) }
	if named == 0 {
		act()
		return
	}
	if rest := named - peopleShown; rest > 0 {
		lines.Add(look.NewWrapped(look.Muted, tn("invitations.approve.more", rest, map[string]any{"N": formatCount(rest)})))
	}
	title := tn("invitations.approve.title", n, map[string]any{"N": formatCount(n)})
	if n == 1 {
		title = t("invitations.approve.title_one", map[string]any{"Name": people[0].Name})
	}
	content := look.VBox(10, look.NewWrapped(look.Body, t("invitations.approve.text")), lines)
	v.ask(question{title: title, content: content, kind: look.Danger, confirm: t("invitations.approve.confirm"), then: act})
}

// approvable are those of people whose approval can be judged: GLPI was asked
// what its rules would give them.
func approvable(people []keys.Registration) []keys.Registration {
	var out []keys.Registration
	for _, r := range people {
		if !r.RulesUnread {
			out = append(out, r)
		}
	}
	return out
}

// askExtend asks for more uses and a later end.
func (v *invitationsView) askExtend(id int) {
	p := v.p
	inv := p.find(id)
	if inv == nil || !inv.Active {
		return
	}
	zone := p.zoneOf()
	now := p.work.deps.Now().In(zone)
	uses, until := look.NewEntry(t("invitations.extend.unlimited")), look.NewEntry(t("invitations.no_end"))
	if inv.MaxUses > 0 {
		uses.Text = strconv.Itoa(inv.MaxUses)
	}
	until.Text = endTyped(inv.End, zone)
	count := look.NewField(t("invitations.extend.uses"), t("invitations.extend.uses_hint", map[string]any{"N": formatCount(inv.Uses)}), uses)
	end := look.NewField(t("invitations.extend.end"), t("invitations.extend.end_hint", map[string]any{"Zone": zone.String()}), until)
	chips := look.Flow(8)
	for _, days := range []int{7, 30, 90} {
		chips.Add(look.NewChip(tn("invitations.extend.days", days, map[string]any{"N": days}), func() {
			from := inv.End.In(zone)
			if from.Before(now) {
				from = now
			}
			until.SetText(endTyped(from.AddDate(0, 0, days), zone))
		}))
	}
	chips.Add(look.NewChip(t("invitations.no_end"), func() { until.SetText("") }))
	confirm := v.ask(question{
		title:   t("invitations.extend.title", map[string]any{"Label": inv.Label}),
		content: look.VBox(look.FieldGap, count, end, chips), kind: look.Primary, confirm: t("invitations.extend.confirm"),
		act: func() bool {
			maxUses, at, wrong := extended(inv, uses.Text, until.Text, now)
			count.SetError(wrong[keys.FieldMaxUses])
			end.SetError(wrong[keys.FieldEnd])
			if len(wrong) > 0 {
				return false
			}
			p.extend(id, maxUses, at)
			return true
		},
	})
	for _, e := range []*look.Entry{uses, until} {
		e.OnSubmitted = func(string) { confirm() }
	}
	v.acts.win.Canvas().Focus(uses)
}

// endTyped is an end as a person would type it; the last second of a day is
// that day.
func endTyped(end time.Time, zone *time.Location) string {
	if end.IsZero() {
		return ""
	}
	if end = end.In(zone); end.Format(time.TimeOnly) == "23:59:59" {
		return dayText(keys.DateOf(end))
	}
	return momentText(end, zone)
}

// extended reads what was typed, at the moment now in the server's zone. wrong
// says at which field what is wrong.
func extended(inv *keys.Invitation, uses, until string, now time.Time) (maxUses int, end time.Time, wrong map[string]string) {
	wrong = map[string]string{}
	if text := strings.TrimSpace(uses); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n <= inv.Uses {
			wrong[keys.FieldMaxUses] = t("invitations.extend.uses_wrong", map[string]any{"N": formatCount(inv.Uses)})
		}
		maxUses = n
	}
	if strings.TrimSpace(until) == "" {
		return maxUses, time.Time{}, wrong
	}
	read, err := moment.Reader{Words: momentWords(), Now: now, Default: moment.DayEnd}.Read(until)
	switch {
	case err != nil:
		wrong[keys.FieldEnd] = t("invitations.extend.end_wrong")
	case !read.After(now):
		wrong[keys.FieldEnd] = t("invitations.extend.end_past")
	case read.Year() >= 2038:
		wrong[keys.FieldEnd] = t("invitations.extend.end_late")
	}
	return maxUses, read.Time, wrong
}
