package app

import (
	"cmp"
	"strings"
	"time"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// invitationLook is how the state of an invitation looks: tone and symbol.
func invitationLook(s keys.InvitationState) (look.Tone, look.Symbol) {
	switch s {
	case keys.InvitationActive:
		return look.OK, look.SymbolCheck
	case keys.InvitationLastUse:
		return look.Soon, look.SymbolExclamation
	case keys.InvitationScheduled:
		return look.Neutral, look.SymbolClock
	case keys.InvitationUsedUp:
		return look.Neutral, look.SymbolSquare
	case keys.InvitationEnded:
		return look.Expired, look.SymbolCross
	default:
		return look.Revoked, look.SymbolStop
	}
}

// invitationWord is the word beside the symbol: "Last use".
func invitationWord(s keys.InvitationState) string { return t("invitations.state." + s.String()) }

// usedText is how often an invitation was used: "12 of 40".
func usedText(inv *keys.Invitation) string {
	if inv.MaxUses == 0 {
		return t("invitations.used_unlimited", map[string]any{"N": formatCount(inv.Uses)})
	}
	return t("invitations.used", map[string]any{"N": formatCount(inv.Uses), "Of": formatCount(inv.MaxUses)})
}

// waitingText is how many registrations wait, "" for none.
func waitingText(n int) string {
	if n == 0 {
		return ""
	}
	return tn("invitations.waiting", n, map[string]any{"N": formatCount(n)})
}

// endsText is when people can no longer register, or when they first can:
// "in 12 days", "starts 1 Mar", "3 days ago".
func endsText(r invitationRow) string {
	switch {
	case r.state == keys.InvitationRevoked:
		return "—"
	case r.state == keys.InvitationScheduled:
		return t("invitations.starts", map[string]any{"When": nearDay(r.Begin, r.now)})
	case r.End.IsZero():
		return t("invitations.no_end")
	}
	end := r.End.In(r.now.Location())
	if keys.DateOf(end) == keys.DateOf(r.now) {
		return t("when.today") + " " + end.Format(clock)
	}
	return distanceText(keys.DateOf(end), keys.DateOf(r.now))
}

// invitationTexts remembers what cells say, since a text filter over 10,000 rows
// asks for the texts of all of them.
type invitationTexts struct {
	words map[keys.InvitationState]string
	used  map[[3]int]string // by uses, of how many, waiting
	ends  map[endKey]string
}

// endKey is what endsText rests on, but for ends that are today.
type endKey struct {
	state      keys.InvitationState
	end, today keys.Date
}

func newInvitationTexts() *invitationTexts {
	return &invitationTexts{map[keys.InvitationState]string{}, map[[3]int]string{}, map[endKey]string{}}
}

// remembered is the text under a key, made when it is new.
func remembered[K comparable](texts map[K]string, key K, make func() string) string {
	text, ok := texts[key]
	if !ok {
		text = make()
		texts[key] = text
	}
	return text
}

func (m *invitationTexts) word(r invitationRow) string {
	return remembered(m.words, r.state, func() string { return invitationWord(r.state) })
}

func (m *invitationTexts) usedAndWaiting(r invitationRow) string {
	return remembered(m.used, [3]int{r.Uses, r.MaxUses, r.Waiting}, func() string { return usedAndWaiting(r.Invitation) })
}

func (m *invitationTexts) end(r invitationRow) string {
	at := r.End
	if r.state == keys.InvitationScheduled {
		at = r.Begin
	}
	key := endKey{state: r.state, today: keys.DateOf(r.now)}
	if !at.IsZero() {
		key.end = keys.DateOf(at.In(r.now.Location()))
	}
	if key.end == key.today {
		return endsText(r)
	}
	return remembered(m.ends, key, func() string { return endsText(r) })
}

// usedAndWaiting is how often an invitation was used, and who waits: "12 of 40
// · 2 waiting".
func usedAndWaiting(inv *keys.Invitation) string {
	return strings.TrimSuffix(usedText(inv)+" · "+waitingText(inv.Waiting), " · ")
}

// clock is how the time of a day is written, in every language here.
const clock = "15:04"

// nearDay is a day without its year where that goes without saying.
func nearDay(at, now time.Time) string {
	d := keys.DateOf(at.In(now.Location()))
	if at.Sub(now).Abs() > 300*24*time.Hour {
		return dayText(d)
	}
	return t("invitations.day", map[string]any{"Day": d.Day, "Month": monthName(d.Month)})
}

// momentText is a moment as the clocks of a zone show it: "4 Dec 2026 18:00".
func momentText(at time.Time, zone *time.Location) string {
	at = at.In(zone)
	return dayText(keys.DateOf(at)) + " " + at.Format(clock)
}

// recentText is a moment not long ago: "today 09:12", "yesterday 17:40",
// "4 Nov 2026 10:20".
func recentText(at, now time.Time) string {
	if at.IsZero() {
		return "—"
	}
	at = at.In(now.Location())
	day := dayText(keys.DateOf(at))
	if days := keys.DateOf(now).DaysAfter(keys.DateOf(at)); days == 0 || days == 1 {
		day = distanceText(keys.DateOf(at), keys.DateOf(now))
	}
	return day + " " + at.Format(clock)
}

// zoneOf is the server's time zone, in which an invitation begins and ends.
func (p *invitations) zoneOf() *time.Location {
	return cmp.Or(p.plugin.Zone, p.work.deps.Now().Location())
}

// fact is a line of the detail: what, and its value.
type fact struct{ label, value string }

// facts are all that an invitation grants and all that became of it. What its
// list row does not tell, such as groups, is there once the detail was read.
func (p *invitations) facts(r invitationRow, whole bool) []fact {
	zone := p.zoneOf()
	when := func(at time.Time) string {
		return t("invitations.moment", map[string]any{
			"Moment": momentText(at, zone), "Zone": zone.String(),
			"Distance": distanceText(keys.DateOf(at.In(zone)), keys.DateOf(r.now.In(zone))),
		})
	}
	var out []fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, fact{t("invitations.fact." + key), value})
		}
	}
	add("creates", createsText(r.Invitation))
	add("used", usedAndWaiting(r.Invitation))
	if !r.Begin.IsZero() {
		add("starts", when(r.Begin))
	}
	if r.End.IsZero() {
		add("ends", t("invitations.no_end"))
	} else {
		add("ends", when(r.End))
	}
	if whole {
		add("email", emailText(r.Invitation))
		if r.Approval {
			add("approval", t("invitations.approval"))
		}
		add("accounts", accountsText(r.Invitation, zone))
	}
	add("created", strings.Trim(r.Author+", "+dayOrNothing(r.Created, zone), ", "))
	if whole {
		add("page", t("invitations.page", map[string]any{"Opened": formatCount(r.Opened), "Started": formatCount(r.Started)}))
		add("comment", r.Comment)
	}
	return out
}

func dayOrNothing(at time.Time, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return dayText(keys.DateOf(at.In(zone)))
}

// createsText is what each account gets: "Self-Service in Paris, group “Staff”".
func createsText(inv *keys.Invitation) string {
	text := t("invitations.creates", map[string]any{"Profile": inv.Profile.Name, "Entity": inv.Entity.Name()})
	if inv.ProfileBelow {
		text = t("invitations.creates_below", map[string]any{"Profile": inv.Profile.Name, "Entity": inv.Entity.Name()})
	}
	if n := len(inv.Groups); n > 0 {
		names := make([]string, n)
		for i, g := range inv.Groups {
			names[i] = t("invitations.quoted", map[string]any{"Name": lastPart(g.Name)})
		}
		text += ", " + tn("invitations.groups", n, map[string]any{"Names": strings.Join(names, ", ")})
	}
	return text
}

// emailText is which addresses are taken, and whether they are confirmed.
func emailText(inv *keys.Invitation) string {
	text := t("invitations.email_any")
	if len(inv.EmailDomains) > 0 {
		text = t("invitations.email_only", map[string]any{"Domains": "@" + strings.Join(inv.EmailDomains, ", @")})
	}
	if inv.VerifyEmail {
		text += ", " + t("invitations.email_verified")
	}
	if inv.LoginIsEmail {
		text += "; " + t("invitations.email_login")
	}
	return text
}

// accountsText is how long the accounts work.
func accountsText(inv *keys.Invitation, zone *time.Location) string {
	switch {
	case !inv.AccountEnd.IsZero():
		return t("invitations.accounts_until", map[string]any{"Day": dayText(keys.DateOf(inv.AccountEnd.In(zone)))})
	case inv.AccountDays > 0:
		return tn("invitations.accounts_days", inv.AccountDays, map[string]any{"N": formatCount(inv.AccountDays)})
	default:
		return t("invitations.accounts_unlimited")
	}
}

// registrationLook is how the state of a registration looks.
func registrationLook(s keys.RegistrationState) (look.Tone, look.Symbol) {
	switch s {
	case keys.WaitingForApproval:
		return look.Soon, look.SymbolExclamation
	case keys.WaitingForEmail:
		return look.Neutral, look.SymbolClock
	case keys.RegistrationRefused:
		return look.Revoked, look.SymbolStop
	default:
		return look.OK, look.SymbolCheck
	}
}

// registrationWord says how far a registration is.
func registrationWord(s keys.RegistrationState) string {
	return t("invitations.registration." + string(s))
}

// reportText says what an act did: "18 invitations revoked", "Revoking: 18 done,
// 2 failed".
func reportText(r *actReport) string {
	if len(r.failed) > 0 {
		text := tn("invitations.report.not", len(r.failed), map[string]any{"N": formatCount(len(r.failed))})
		if len(r.done) > 0 {
			text = tn("invitations.report.done", len(r.done), map[string]any{"N": formatCount(len(r.done))}) + ", " + text
		}
		return t("invitations.report.failed", map[string]any{"Act": t("invitations.report." + string(r.act.kind)), "Text": text})
	}
	return tn("invitations.done."+string(r.act.kind), len(r.done), map[string]any{"N": formatCount(len(r.done))})
}

// revokeQuestion says in plain numbers what revoking would do.
func revokeQuestion(r revocation) string {
	people := tn("invitations.revoke.people", r.people, map[string]any{"N": formatCount(r.people)})
	if r.unending {
		people = t("invitations.revoke.anybody")
	}
	return people + accountsStay(r.accounts)
}

// accountsStay says that the accounts made so far are left alone, "" for none.
func accountsStay(n int) string {
	if n == 0 {
		return ""
	}
	return " " + tn("invitations.revoke.accounts", n, map[string]any{"N": formatCount(n)})
}
