package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

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
	form
	plugin keys.Plugin

	uuid    string
	draft   invitationDraft
	first   invitationDraft // as it was before anything was typed
	dropped *droppedDraft   // what was there before starting over, nil for nothing
	sent    bool            // GLPI was asked in this session and has not answered

	groups       []keys.Group // that exist in the draft's entity
	groupsOf     int          // the entity they were read for, noEntity before
	groupsError  error        // why they could not be read
	groupsNotice string       // which chosen groups were dropped, and why
	entityNotice string

	onCreated func(id int, link string)
}

// droppedDraft is a draft that can be brought back.
type droppedDraft struct {
	uuid    string
	draft   invitationDraft
	first   invitationDraft
	unknown bool
}

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

// newInvitationForm makes a form for a server whose plugin answered plugin,
// with from's values, or with safe ones when from is nil.
func newInvitationForm(work *workspace, plugin keys.Plugin, from *keys.InvitationPolicy) *invitationForm {
	f := &invitationForm{
		form: newForm(work, slotCreate, invitationFields), plugin: plugin,
		onCreated: func(int, string) {},
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

// zone is the server's: its dates are meant in it.
func (f *invitationForm) zone() *time.Location {
	if f.plugin.Zone == nil {
		return f.work.deps.Now().Location()
	}
	return f.plugin.Zone
}

// now is the present on the server's clock.
func (f *invitationForm) now() time.Time { return f.work.deps.Now().In(f.zone()) }

// edit changes the draft and takes back what was said about a field.
func (f *invitationForm) edit(field string, change func(*invitationDraft)) {
	f.form.edit(field, func() { change(&f.draft) })
}

// submit asks GLPI for the invitation when the form has no fault. After a lost
// answer it asks with the same uuid, which tells what became of it.
func (f *invitationForm) submit() { f.form.submit(f.complete, f.create) }

// complete takes what is half typed for whole, and finds what is wrong.
func (f *invitationForm) complete() map[string]string {
	f.takeDomains(true)
	domains := f.problems[keys.FieldEmailDomains]
	for _, field := range momentFields {
		f.settle(field)
	}
	wrong := f.check()
	if f.draft.domainText != "" {
		wrong[keys.FieldEmailDomains] = domains
	}
	return wrong
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
			f.fail(err, refusedText)
			f.onChange()
			return
		}
		f.clear()
		f.onCreated(m.id, m.link)
	})
}

// refusedText says at a field why GLPI refused its value, "" when the problem is
// another. GLPI's own words are in English, so those fields with one reason have
// a sentence of ours.
func refusedText(p *keys.Problem) string {
	switch {
	case !refuses(p.Cause):
		return ""
	case slices.Contains(fixedRefusals, p.Field):
		return t("invite.refused." + p.Field)
	default:
		return sentence(p)
	}
}

// fixedRefusals are the fields that GLPI refuses for one reason only.
var fixedRefusals = []string{
	keys.FieldEntity, keys.FieldBelow, keys.FieldProfile, keys.FieldProfileBelow, keys.FieldGroups, keys.FieldVerifyEmail,
}

// newUUID is a random UUID, version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
