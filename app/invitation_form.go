package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"glpikeys/app/internal/moment"
	"glpikeys/app/internal/rowtable"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// invitationForm is the presenter of the form for a new invitation. It keeps
// what was typed when the form is closed, when a call fails and when the
// session is lost. All of it belongs to the window's goroutine.
//
// A draft has one uuid until it became an invitation, so that creating it
// again after a lost answer never makes a second one.
type invitationForm struct {
	work   *workspace
	plugin keys.Plugin

	uuid  string
	draft invitationDraft
	first invitationDraft // as it was before anything was typed

	groups       []keys.Group // that exist in the draft's entity
	groupsOf     int          // the entity they were read for, noEntity before
	groupsError  error        // why they could not be read
	groupsNotice string       // which chosen groups were dropped, and why
	entityNotice string

	dropped *droppedDraft // what was there before starting over, nil for nothing

	problems map[string]string // by field, as keys.Problem.Field names them
	failure  error             // of the last attempt, when it belongs to no field
	sent     bool              // GLPI was asked and has not answered
	unknown  bool              // nobody knows whether GLPI made the invitation
	focus    string            // the field that wants the keyboard, "" for none

	onChange  func()
	onCreated func(id int, link string)
	onClose   func()
}

// droppedDraft is a draft that can be brought back.
type droppedDraft struct {
	uuid    string
	draft   invitationDraft
	first   invitationDraft
	unknown bool
}

// noEntity is no entity's ID: the root's is 0.
const noEntity = -1

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

// typedMoment is a date as it was typed, and what it was read as then: "+2w"
// does not move on with the clock.
type typedMoment struct {
	text string
	read moment.Moment // zero unless text could be read
	err  error         // why text could not be read
}

// The limits of the plugin and of GLPI's columns.
const (
	lineLength   = 255
	textBytes    = 13000
	mostUses     = 1_000_000
	mostGroups   = 100
	firstYearOut = 2038 // TIMESTAMP columns end in January of that year
	firstYear    = 1971
)

// The slots of the form's background work.
const (
	slotGroups = "invitation groups"
	slotCreate = "invitation create"
)

// How long the form waits for a server.
const (
	groupsTime = time.Minute
	createTime = time.Minute
)

// selfService is the profile that GLPI is installed with for people who only
// report and follow their own tickets.
const selfService = 1

// newInvitationForm makes a form for a server whose plugin answered plugin,
// with from's values, or with safe ones when from is nil.
func newInvitationForm(work *workspace, plugin keys.Plugin, from *keys.InvitationPolicy) *invitationForm {
	f := &invitationForm{
		work: work, plugin: plugin,
		onChange:  func() {},
		onCreated: func(int, string) {},
		onClose:   func() {},
	}
	f.start(from)
	return f
}

// start begins a new draft.
func (f *invitationForm) start(from *keys.InvitationPolicy) {
	f.work.tasks.Cancel(slotCreate)
	f.uuid, f.dropped = newUUID(), nil
	f.problems, f.failure, f.focus = map[string]string{}, nil, keys.FieldLabel
	f.sent, f.unknown = false, false
	f.groups, f.groupsOf, f.groupsError, f.groupsNotice, f.entityNotice = nil, noEntity, nil, "", ""
	f.draft = f.safeDraft()
	if from != nil {
		f.draft = f.draftOf(*from)
	}
	f.first = f.draft.clone()
	f.readGroups()
}

// clear throws the draft away and begins a new one.
func (f *invitationForm) clear() {
	f.start(nil)
	f.onChange()
}

// startOver begins a new draft; the old one can be brought back.
func (f *invitationForm) startOver() {
	old := droppedDraft{f.uuid, f.draft, f.first, f.unknown || f.busy()}
	f.clear()
	f.dropped = &old
	f.onChange()
}

// bringBack undoes startOver.
func (f *invitationForm) bringBack() {
	if f.dropped == nil {
		return
	}
	old := *f.dropped
	f.start(nil)
	f.uuid, f.draft, f.first, f.unknown = old.uuid, old.draft, old.first, old.unknown
	f.readGroups()
	f.onChange()
}

// startFrom throws the draft away and begins one like an invitation there is.
func (f *invitationForm) startFrom(policy keys.InvitationPolicy) {
	f.start(&policy)
	f.onChange()
}

// resume goes on with the draft on another workspace, or with what the plugin
// answered since: after signing in again, or with another profile.
func (f *invitationForm) resume(work *workspace, plugin keys.Plugin) {
	if work != f.work && f.sent {
		f.sent, f.unknown = false, true // the old session ended before the answer came
	}
	f.work, f.plugin = work, plugin
	for _, m := range []*typedMoment{&f.draft.begin, &f.draft.end, &f.draft.accountEnd} {
		if m.read.Time.IsZero() {
			continue
		}
		m.read.Time = m.read.In(f.zone())
	}
	f.groupsOf = noEntity
	f.readGroups()
	f.onChange()
}

// changed reports whether somebody typed something.
func (f *invitationForm) changed() bool { return f.unknown || !f.draft.same(f.first) }

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

// newUUID is a random UUID, version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
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

// zone is the server's: its dates are meant in it.
func (f *invitationForm) zone() *time.Location {
	if f.plugin.Zone == nil {
		return f.work.deps.Now().Location()
	}
	return f.plugin.Zone
}

// now is the present on the server's clock.
func (f *invitationForm) now() time.Time { return f.work.deps.Now().In(f.zone()) }

// busy reports whether the invitation is being made.
func (f *invitationForm) busy() bool { return f.work.tasks.Busy(slotCreate) }

// locked reports whether nothing may be changed: while the server works, and
// while nobody knows whether it has made what is shown.
func (f *invitationForm) locked() bool { return f.busy() || f.unknown }

// profiles are those that the person may give, the simplified interface's
// first.
func (f *invitationForm) profiles() []keys.Profile {
	list := slices.Clone(f.plugin.Profiles)
	slices.SortStableFunc(list, func(a, b keys.Profile) int {
		if a.Central != b.Central {
			return boolIndex(a.Central) - boolIndex(b.Central)
		}
		return cmp.Compare(rowtable.Fold(a.Name), rowtable.Fold(b.Name))
	})
	return list
}

func (f *invitationForm) hasEntity(id int) bool {
	return slices.ContainsFunc(f.work.facts.Entities, func(e keys.Entity) bool { return e.ID == id })
}

// edit changes the draft and takes back what was said about a field.
func (f *invitationForm) edit(field string, change func(*invitationDraft)) {
	if f.locked() {
		f.onChange()
		return
	}
	change(&f.draft)
	delete(f.problems, field)
	f.failure = nil
	f.onChange()
}

// setEntity chooses the entity and reads which groups exist there.
func (f *invitationForm) setEntity(e keys.Entity) {
	f.edit(keys.FieldEntity, func(d *invitationDraft) { d.entity = e })
	f.entityNotice = ""
	f.readGroups()
	f.onChange()
}

// readGroups reads the groups of the draft's entity, unless they are known.
func (f *invitationForm) readGroups() {
	entity := f.draft.entity
	if entity.ID == f.groupsOf {
		f.work.tasks.Cancel(slotGroups)
		f.dropGroups()
		return
	}
	f.groupsError = nil
	session := f.work.session
	task.Run(f.work.tasks, slotGroups, func(ctx context.Context) ([]keys.Group, error) {
		ctx, cancel := context.WithTimeout(ctx, groupsTime)
		defer cancel()
		return session.Groups(ctx, entity.ID)
	}, func(groups []keys.Group, err error) {
		f.groupsError = err
		if err != nil {
			f.work.deps.Log.Warn("groups could not be read", "error", err)
		} else {
			f.groups, f.groupsOf = groups, entity.ID
			f.dropGroups()
		}
		f.onChange()
	})
}

// dropGroups lets go of chosen groups that do not exist in the entity, and
// says so.
func (f *invitationForm) dropGroups() {
	var kept []keys.Group
	var gone []string
	for _, g := range f.draft.groups {
		at := slices.IndexFunc(f.groups, func(o keys.Group) bool { return o.ID == g.ID })
		if at < 0 {
			gone = append(gone, cmp.Or(g.Name, strconv.Itoa(g.ID)))
		} else {
			kept = append(kept, f.groups[at])
		}
	}
	f.draft.groups = kept
	if len(gone) > 0 {
		f.groupsNotice = tn("invite.groups.dropped", len(gone), map[string]any{
			"Groups": strings.Join(gone, ", "), "Entity": f.draft.entity.Name()})
		delete(f.problems, keys.FieldGroups)
	}
}

// groupsBusy reports whether groups are being read.
func (f *invitationForm) groupsBusy() bool { return f.work.tasks.Busy(slotGroups) }

// freeGroups are the groups that are not chosen yet.
func (f *invitationForm) freeGroups() []keys.Group {
	var free []keys.Group
	for _, g := range f.groups {
		if !slices.ContainsFunc(f.draft.groups, func(o keys.Group) bool { return o.ID == g.ID }) {
			free = append(free, g)
		}
	}
	return free
}

// addGroup chooses one more group.
func (f *invitationForm) addGroup(g keys.Group) {
	f.groupsNotice = ""
	f.edit(keys.FieldGroups, func(d *invitationDraft) { d.groups = append(d.groups, g) })
}

// removeGroup takes back the group with that index.
func (f *invitationForm) removeGroup(i int) {
	f.groupsNotice = ""
	f.edit(keys.FieldGroups, func(d *invitationDraft) { d.groups = slices.Delete(d.groups, i, i+1) })
}

// typeDomains takes what stands in the entry for domains. What a comma,
// semicolon or space ends becomes a domain; whole is true when nothing more
// will be typed.
func (f *invitationForm) typeDomains(text string, whole bool) {
	f.edit(keys.FieldEmailDomains, func(d *invitationDraft) { d.domainText = text })
	if f.locked() {
		return
	}
	if whole || strings.ContainsAny(text, " ,;\n\t") {
		f.takeDomains(whole)
		f.onChange()
	}
}

// takeDomains makes chips of the domains typed. What is no domain stays, with
// a message.
func (f *invitationForm) takeDomains(whole bool) {
	d := &f.draft
	words := strings.FieldsFunc(d.domainText, func(r rune) bool { return strings.ContainsRune(" ,;\n\t", r) })
	rest := ""
	if !whole && len(words) > 0 && strings.HasSuffix(d.domainText, words[len(words)-1]) {
		rest, words = words[len(words)-1], words[:len(words)-1] // still being typed
	}
	var wrong []string
	for _, w := range words {
		domain, ok := readDomain(w)
		switch {
		case !ok:
			wrong = append(wrong, w)
		case !slices.Contains(d.domains, domain):
			d.domains = append(d.domains, domain)
		}
	}
	d.domainText = strings.TrimSpace(strings.Join(append(wrong, rest), " "))
	if len(wrong) > 0 {
		f.problems[keys.FieldEmailDomains] = tn("invite.error.domain", len(wrong), map[string]any{
			"Domains": strings.Join(wrong, ", ")})
	}
}

// removeDomain takes back the domain with that index.
func (f *invitationForm) removeDomain(i int) {
	f.edit(keys.FieldEmailDomains, func(d *invitationDraft) { d.domains = slices.Delete(d.domains, i, i+1) })
}

// readDomain reads "example.com", "@example.com" or a whole address, in any
// letters, as the domain in the letters of DNS.
func readDomain(text string) (string, bool) {
	text = strings.ToLower(strings.Trim(text, "<>\"'"))
	text = text[strings.LastIndex(text, "@")+1:]
	domain, err := idna.New(idna.MapForLookup(), idna.Transitional(false)).ToASCII(text)
	if err != nil || len(domain) > 253 {
		return "", false
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return "", false
		}
	}
	return domain, len(labels) > 1 && len(labels[len(labels)-1]) > 1
}

// isLabel reports whether text is a part of a domain: letters, digits, and
// hyphens inside.
func isLabel(text string) bool {
	if text == "" || len(text) > 63 || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}

// The moments of the form.

// read reads a date typed now.
func (f *invitationForm) read(text string, by moment.Default) typedMoment {
	m := typedMoment{text: text}
	if strings.TrimSpace(text) == "" {
		return m
	}
	m.read, m.err = moment.Reader{Words: momentWords(), Now: f.now(), Default: by}.Read(text)
	return m
}

// written is a moment as if it had been typed.
func (f *invitationForm) written(at time.Time, by moment.Default) typedMoment {
	at = at.In(f.zone())
	h, m, s := at.Clock()
	dayOnly := h == 0 && m == 0 && s == 0
	if by == moment.DayEnd {
		dayOnly = h == 23 && m == 59 && s == 59
	}
	read := moment.Moment{Time: at, DayOnly: dayOnly}
	return typedMoment{text: f.momentText(read), read: read}
}

// momentWords are the words of dates in the chosen language.
func momentWords() moment.Words {
	w := moment.Words{
		Days:  strings.Fields(t("moment.days")),
		Weeks: strings.Fields(t("moment.weeks")),
		Mon:   strings.Fields(t("moment.months")),
		Today: t("when.today"), Tomorrow: t("when.tomorrow"),
	}
	for i := range w.Months {
		w.Months[i] = monthName(time.Month(i + 1))
	}
	return w
}

// momentText writes a moment as people do: "4 Dec 2026 18:00". A day alone
// stays one.
func (f *invitationForm) momentText(m moment.Moment) string {
	if m.DayOnly {
		return dayText(keys.DateOf(m.Time))
	}
	return dayText(keys.DateOf(m.Time)) + " " + clockText(m.Time)
}

// clockText is a time of day: "18:00".
func clockText(at time.Time) string {
	if at.Second() != 0 && !(at.Minute() == 59 && at.Second() == 59) {
		return at.Format(time.TimeOnly)
	}
	return at.Format("15:04")
}

// momentOf is the draft's moment of a field, and what a day alone means there.
func (d *invitationDraft) momentOf(field string) (*typedMoment, moment.Default) {
	switch field {
	case keys.FieldBegin:
		return &d.begin, moment.DayStart
	case keys.FieldAccountEnd:
		return &d.accountEnd, moment.DayEnd
	default:
		return &d.end, moment.DayEnd
	}
}

// typeMoment takes what was typed into one of the date fields.
func (f *invitationForm) typeMoment(field, text string) {
	f.edit(field, func(d *invitationDraft) {
		m, by := d.momentOf(field)
		if m.text != text { // what was read once does not move on with the clock
			*m = f.read(text, by)
		}
	})
}

// setDay puts a day from the calendar into a date field, at the time of day
// that stands there.
func (f *invitationForm) setDay(field string, day keys.Date) {
	m, _ := f.draft.momentOf(field)
	text := dayText(day)
	if !m.read.Time.IsZero() && !m.read.DayOnly {
		text += " " + clockText(m.read.Time)
	}
	f.typeMoment(field, text)
}

// settle writes a date field's text as it was understood, once nobody types
// there any more, or in a new language.
func (f *invitationForm) settle(field string) {
	m, _ := f.draft.momentOf(field)
	if !m.read.Time.IsZero() && m.err == nil {
		m.text = f.momentText(m.read)
	}
}

// momentNote says how a date field was understood: what it is when that was
// not typed just so, how far away, in which zone, and when that is here.
func (f *invitationForm) momentNote(field string) string {
	m, _ := f.draft.momentOf(field)
	if m.err != nil || m.read.Time.IsZero() {
		return ""
	}
	at := m.read.In(f.zone())
	var parts []string
	if strings.TrimSpace(m.text) != f.momentText(m.read) {
		parts = append(parts, f.momentText(m.read))
	}
	if m.read.DayOnly && at.Hour() != 0 {
		parts = append(parts, t("invite.when.through"))
	}
	parts = append(parts, distanceText(keys.DateOf(at), keys.DateOf(f.now())), zoneText(at))
	here := at.In(f.work.deps.Now().Location())
	_, there := at.Zone()
	if _, offset := here.Zone(); offset != there {
		local := clockText(here)
		if keys.DateOf(here) != keys.DateOf(at) {
			local = dayText(keys.DateOf(here)) + " " + local
		}
		parts = append(parts, t("invite.when.here", map[string]any{"Time": local}))
	}
	return strings.Join(parts, " · ")
}

// zoneText names the zone of a moment: "Europe/Paris (UTC+1)".
func zoneText(at time.Time) string {
	_, seconds := at.Zone()
	offset := "UTC"
	if seconds != 0 {
		offset = fmt.Sprintf("UTC%+d", seconds/3600)
		if minutes := seconds % 3600 / 60; minutes != 0 {
			offset += fmt.Sprintf(":%02d", max(minutes, -minutes))
		}
	}
	switch name := at.Location().String(); name {
	case "", "Local", "UTC", offset:
		return offset
	default:
		return name + " (" + offset + ")"
	}
}

// What is wrong with the draft.

// fieldOrder is the order of the fields on the form.
var fieldOrder = []string{
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

// cleanLine is text as one line, without control characters.
func cleanLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text))
}

// keptLength is how many characters GLPI needs for a text: GLPI 10 keeps each
// of & < > as five.
func keptLength(text string) int {
	n := utf8.RuneCountInString(text)
	for _, c := range "&<>" {
		n += 4 * strings.Count(text, string(c))
	}
	return n
}

// readCount reads a whole number from 1 to most.
func readCount(text string, most int) (int, bool) {
	text = strings.Join(strings.Fields(text), "")
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most && text[0] != '+'
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

// isAfter reports whether the first of two dates is not before the second.
func isAfter(a, b typedMoment) bool {
	return !a.read.Time.IsZero() && !b.read.Time.IsZero() && !a.read.Before(b.read.Time)
}

// momentFault says why a date cannot be read.
func momentFault(err error, zone *time.Location) string {
	switch {
	case errors.Is(err, moment.ErrNoSuchDay):
		return t("invite.error.date_day")
	case errors.Is(err, moment.ErrNoSuchTime):
		return t("invite.error.date_time")
	case errors.Is(err, moment.ErrSkipped):
		return t("invite.error.date_skipped", map[string]any{"Zone": zone.String()})
	default:
		return t("invite.error.date")
	}
}

// problem is what is wrong with a field, "" for nothing. A date that cannot be
// read is told while it is typed only by the lack of a note.
func (f *invitationForm) problem(field string) string { return f.problems[field] }

// leave is told when the keyboard leaves a field: a date there is complete.
func (f *invitationForm) leave(field string) {
	m, _ := f.draft.momentOf(field)
	if m.err != nil {
		f.problems[field] = momentFault(m.err, f.zone())
	}
	f.settle(field)
	f.onChange()
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

// submit asks GLPI for the invitation when the form has no fault. After a lost
// answer it asks with the same uuid, which tells what became of it.
func (f *invitationForm) submit() {
	if f.busy() {
		return
	}
	f.takeDomains(true)
	domains := f.problems[keys.FieldEmailDomains]
	if f.draft.domainText == "" {
		domains = ""
	}
	for _, field := range []string{keys.FieldBegin, keys.FieldEnd, keys.FieldAccountEnd} {
		f.settle(field)
	}
	f.failure = nil
	if !f.unknown {
		f.problems = f.check()
		if domains != "" {
			f.problems[keys.FieldEmailDomains] = domains
		}
		if len(f.problems) > 0 {
			f.toFirstProblem()
			f.onChange()
			return
		}
	}
	f.create()
	f.onChange()
}

func (f *invitationForm) create() {
	session, uuid, policy := f.work.session, f.uuid, f.policy()
	f.sent = true
	type made struct {
		id   int
		link string
	}
	task.Run(f.work.tasks, slotCreate, func(ctx context.Context) (made, error) {
		ctx, cancel := context.WithTimeout(ctx, createTime)
		defer cancel()
		id, link, err := session.CreateInvitation(ctx, uuid, policy)
		return made{id, link}, err
	}, func(m made, err error) {
		f.sent = false
		if err != nil {
			f.work.deps.Log.Warn("invitation not created", "error", err)
			f.fail(err)
			f.onChange()
			return
		}
		f.clear()
		f.onCreated(m.id, m.link)
	})
}

// fail says what went wrong, at the field when it is one's.
func (f *invitationForm) fail(err error) {
	var p *keys.Problem
	errors.As(err, &p)
	cause := keys.CauseOf(err)
	refused := cause == keys.Refused || cause == keys.TooLong || cause == keys.BadDate
	switch {
	case cause == keys.OutcomeUnknown:
		f.unknown = true
	case refused:
		f.unknown = false // GLPI looked at it and has not made it
	}
	if refused && p != nil && slices.Contains(fieldOrder, p.Field) {
		f.problems[p.Field] = refusedText(p)
		f.toFirstProblem()
		return
	}
	f.failure = err
}

// refusedText says at a field why GLPI refused its value. GLPI's own words are in
// English, so those fields with one reason have a sentence of ours.
func refusedText(p *keys.Problem) string {
	switch p.Field {
	case keys.FieldEntity, keys.FieldBelow, keys.FieldProfile, keys.FieldProfileBelow, keys.FieldGroups, keys.FieldVerifyEmail:
		return t("invite.refused." + p.Field)
	}
	return sentence(p)
}

// toFirstProblem wants the keyboard at the first field that is refused.
func (f *invitationForm) toFirstProblem() {
	for _, field := range fieldOrder {
		if f.problems[field] != "" {
			f.focus = field
			return
		}
	}
}

// stop gives up waiting for the server. Nobody knows then what it did.
func (f *invitationForm) stop() {
	if f.busy() {
		f.work.tasks.Cancel(slotCreate)
		f.sent, f.unknown = false, true
		f.onChange()
	}
}

// close leaves the form and keeps the draft; while GLPI is being asked it only
// stops waiting.
func (f *invitationForm) close() {
	if f.busy() {
		f.stop()
		return
	}
	f.onClose()
}

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

// none reports whether no date is given at all.
func (m typedMoment) none() bool { return m.err == nil && m.read.Time.IsZero() }

// boundText is a date of the summary, "…" while it cannot be read.
func (f *invitationForm) boundText(m typedMoment) string {
	if m.err != nil {
		return "…"
	}
	return f.momentText(m.read)
}

// domainsText lists domains as people know them: "@example.com, @bücher.de".
func domainsText(domains []string) string {
	var out []string
	for _, d := range domains {
		out = append(out, "@"+shownDomain(d))
	}
	return strings.Join(out, ", ")
}

// shownDomain is a domain in the letters of people.
func shownDomain(domain string) string {
	if shown, err := idna.ToUnicode(domain); err == nil {
		return shown
	}
	return domain
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
