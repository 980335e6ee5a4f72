package app

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/internal/moment"
	"glpikeys/keys"
)

// groupSession is a session whose entities have groups of their own.
type groupSession struct {
	*fakeSession
	groupsOf map[int][]keys.Group
	policies []keys.InvitationPolicy // that were sent
	uuids    []string
}

func (s *groupSession) Groups(ctx context.Context, entity int) ([]keys.Group, error) {
	if err := s.note(ctx, "groups"); err != nil {
		return nil, err
	}
	return s.groupsOf[entity], nil
}

func (s *groupSession) CreateInvitation(ctx context.Context, uuid string, policy keys.InvitationPolicy) (int, string, error) {
	s.mu.Lock()
	s.policies, s.uuids = append(s.policies, policy), append(s.uuids, uuid)
	s.mu.Unlock()
	return s.fakeSession.CreateInvitation(ctx, uuid, policy)
}

// formBench is a form on a session that answers at once.
type formBench struct {
	form    *invitationForm
	session *groupSession
	loop    *loop
	created []string // the links told
	closed  int
}

func newFormBench(t *testing.T, set func(*groupSession)) formBench {
	t.Helper()
	b := formBench{loop: newLoop()}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip(err)
	}
	b.session = &groupSession{fakeSession: helpdesk(), groupsOf: map[int][]keys.Group{
		0: {{ID: 1, Name: "Staff"}},
		1: {{ID: 1, Name: "Staff"}, {ID: 2, Name: "Staff > Paris office"}},
		2: {{ID: 1, Name: "Staff"}, {ID: 3, Name: "Lyon office"}},
	}}
	b.session.plugin = keys.Plugin{
		Version: "0.1.0", MailOn: true, URLBase: "https://helpdesk.example.com", Zone: paris,
		Profiles: []keys.Profile{{ID: 3, Name: "Admin", Central: true}, {ID: 2, Name: "Observer", Central: true},
			{ID: 1, Name: "Self-Service"}, {ID: 4, Name: "Super-Admin", Central: true}},
	}
	if set != nil {
		set(b.session)
	}
	work := newWorkspace(newDeps(t, b.loop), Opened{Session: b.session})
	t.Cleanup(work.tasks.Close)
	b.form = newInvitationForm(work, b.session.plugin, nil)
	return b
}

// watch counts what the form tells.
func (b *formBench) watch() {
	b.form.onCreated = func(_ int, link string) { b.created = append(b.created, link) }
	b.form.onClose = func() { b.closed++ }
}

// finish lets go of what still runs, so that the bubble can end.
func (b *formBench) finish() {
	b.form.work.tasks.Close()
	b.loop.Drain()
}

// onBench runs a test on a form whose label is given.
func onBench(t *testing.T, set func(*groupSession), act func(t *testing.T, b *formBench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t, set)
		b.watch()
		b.loop.Drain()
		b.form.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = "New hires" })
		act(t, &b)
		b.finish()
	})
}

func TestNewInvitationIsSafe(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		b.form.submit()
		b.loop.Drain()
		if len(b.session.policies) != 1 || len(b.created) != 1 {
			t.Fatalf("sent %v, told %v, wrong %v", b.session.policies, b.created, b.form.problems)
		}
		p := b.session.policies[0]
		if p.Profile.ID != 1 || p.MaxUses != 1 || p.Below || p.ProfileBelow || !p.VerifyEmail || p.ShowOnce {
			t.Errorf("sent %+v", p)
		}
		if got := p.End.Format(time.DateTime); got != "2026-12-07 23:59:59" || p.End.Location().String() != "Europe/Paris" {
			t.Errorf("ends %v", p.End)
		}
	})
}

func TestNoProfileIsChosenWhenAllSeeMuch(t *testing.T) {
	onBench(t, func(s *groupSession) { s.plugin.Profiles = []keys.Profile{{ID: 4, Name: "Super-Admin", Central: true}} },
		func(t *testing.T, b *formBench) {
			b.form.submit()
			if b.form.problems[keys.FieldProfile] == "" || b.form.focus != keys.FieldProfile {
				t.Errorf("wrong: %v", b.form.problems)
			}
		})
}

// TestRefusedBeforeSending holds every rule of the plugin's input.
func TestRefusedBeforeSending(t *testing.T) {
	until := func(d *invitationDraft) { d.accounts = accountsUntil }
	for _, c := range []struct {
		name  string
		field string // that is refused, "" for none
		act   func(f *invitationForm, d *invitationDraft)
	}{
		{"as it is", "", func(*invitationForm, *invitationDraft) {}},
		{"no label", keys.FieldLabel, func(_ *invitationForm, d *invitationDraft) { d.label = " \t" }},
		{"label NULL", keys.FieldLabel, func(_ *invitationForm, d *invitationDraft) { d.label = "null" }},
		{"255 letters", "", func(_ *invitationForm, d *invitationDraft) { d.label = strings.Repeat("é", 255) }},
		{"256 letters", keys.FieldLabel, func(_ *invitationForm, d *invitationDraft) { d.label = strings.Repeat("é", 256) }},
		{"51 ampersands", "", func(_ *invitationForm, d *invitationDraft) { d.label = strings.Repeat("&", 51) }},
		{"52 ampersands", keys.FieldLabel, func(_ *invitationForm, d *invitationDraft) { d.label = strings.Repeat("<", 52) }},
		{"comment", keys.FieldComment, func(_ *invitationForm, d *invitationDraft) { d.comment = strings.Repeat("é", 6501) }},
		{"entity gone", keys.FieldEntity, func(_ *invitationForm, d *invitationDraft) { d.entity = keys.Entity{ID: 99} }},
		{"no profile", keys.FieldProfile, func(_ *invitationForm, d *invitationDraft) { d.profile = keys.Profile{} }},
		{"profile not mine", keys.FieldProfile, func(_ *invitationForm, d *invitationDraft) { d.profile = keys.Profile{ID: 77} }},
		{"101 groups", keys.FieldGroups, func(_ *invitationForm, d *invitationDraft) { d.groups = make([]keys.Group, 101) }},
		{"no uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "" }},
		{"0 uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "0" }},
		{"-1 uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "-1" }},
		{"+1 uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "+1" }},
		{"many uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "many" }},
		{"1 000 000 uses", "", func(_ *invitationForm, d *invitationDraft) { d.uses = "1 000 000" }},
		{"1000001 uses", keys.FieldMaxUses, func(_ *invitationForm, d *invitationDraft) { d.uses = "1000001" }},
		{"unlimited", "", func(_ *invitationForm, d *invitationDraft) { d.uses, d.unlimited = "x", true }},
		{"end unreadable", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "soon") }},
		{"no such end", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "31.2.2027") }},
		{"no such time", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "4.12.2026 25:00") }},
		{"skipped hour", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "2027-03-28 02:30") }},
		{"end in the past", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "2026-11-22") }},
		{"end today", "", func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "today") }},
		{"end in 2038", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "2038-01-01") }},
		{"end in 2037", "", func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "2037-12-31") }},
		{"no end", "", func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldEnd, "") }},
		{"begin unreadable", keys.FieldBegin, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldBegin, "4") }},
		{"begin in 1970", keys.FieldBegin, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldBegin, "1970-05-01") }},
		{"end before begin", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldBegin, "2026-12-24") }},
		{"end at begin", keys.FieldEnd, func(f *invitationForm, _ *invitationDraft) {
			f.typeMoment(keys.FieldBegin, "2026-12-04 18:00")
			f.typeMoment(keys.FieldEnd, "2026-12-04 18:00")
		}},
		{"no account end", keys.FieldAccountEnd, func(_ *invitationForm, d *invitationDraft) { until(d) }},
		{"account end past", keys.FieldAccountEnd, func(f *invitationForm, d *invitationDraft) {
			until(d)
			f.typeMoment(keys.FieldAccountEnd, "2026-01-01")
		}},
		{"account end before begin", keys.FieldAccountEnd, func(f *invitationForm, d *invitationDraft) {
			until(d)
			f.typeMoment(keys.FieldBegin, "2026-12-01")
			f.typeMoment(keys.FieldAccountEnd, "2026-11-30")
		}},
		{"account end unreadable but not wanted", "", func(f *invitationForm, _ *invitationDraft) { f.typeMoment(keys.FieldAccountEnd, "x") }},
		{"account days", "", func(_ *invitationForm, d *invitationDraft) { d.accounts = accountsForDays }},
		{"no account days", keys.FieldAccountDays, func(_ *invitationForm, d *invitationDraft) { d.accounts, d.accountDays = accountsForDays, "" }},
		{"account days to 2038", keys.FieldAccountDays, func(_ *invitationForm, d *invitationDraft) { d.accounts, d.accountDays = accountsForDays, "4100" }},
		{"no domain", keys.FieldEmailDomains, func(f *invitationForm, _ *invitationDraft) { f.typeDomains("example", true) }},
		{"no domain, not left", keys.FieldEmailDomains, func(f *invitationForm, _ *invitationDraft) { f.typeDomains("exa mple", false) }},
		{"domain not left", "", func(f *invitationForm, _ *invitationDraft) { f.typeDomains("example.com", false) }},
		{"too many domains", keys.FieldEmailDomains, func(_ *invitationForm, d *invitationDraft) {
			d.domains = slices.Repeat([]string{strings.Repeat("a", 60) + ".example.com"}, 200)
		}},
		{"mail off", keys.FieldVerifyEmail, func(f *invitationForm, d *invitationDraft) { f.plugin.MailOn = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, nil, func(t *testing.T, b *formBench) {
				c.act(b.form, &b.form.draft)
				b.form.submit()
				b.loop.Drain()
				if c.field == "" {
					if len(b.session.policies) != 1 {
						t.Errorf("not sent: %v", b.form.problems)
					}
					return
				}
				if len(b.session.policies) != 0 || len(b.form.problems) != 1 || b.form.problems[c.field] == "" || b.form.focus != c.field {
					t.Errorf("sent %d, wrong %v, keyboard at %q", len(b.session.policies), b.form.problems, b.form.focus)
				}
				b.form.edit(c.field, func(*invitationDraft) {})
				if len(b.form.problems) != 0 {
					t.Error("the message stays when the field is changed")
				}
			})
		})
	}
}

func TestRefusedByGLPI(t *testing.T) {
	for _, c := range []struct {
		problem *keys.Problem
		field   string // where it is said, "" for the form
	}{
		{&keys.Problem{Cause: keys.Refused, Field: keys.FieldProfile, Detail: "You may not give this profile."}, keys.FieldProfile},
		{&keys.Problem{Cause: keys.Refused, Field: keys.FieldEnd, Detail: "There is no such date or time."}, keys.FieldEnd},
		{&keys.Problem{Cause: keys.TooLong, Field: keys.FieldLabel}, keys.FieldLabel},
		{&keys.Problem{Cause: keys.Refused, Field: "uuid", Detail: "Another invitation has this uuid."}, ""},
		{&keys.Problem{Cause: keys.Refused}, ""},
		{&keys.Problem{Cause: keys.NoRight, Field: keys.FieldEnd}, ""},
		{&keys.Problem{Cause: keys.SessionEnded}, ""},
		{&keys.Problem{Cause: keys.Unreachable, Detail: "helpdesk.example.com"}, ""},
	} {
		onBench(t, func(s *groupSession) { s.errs = map[string]error{"create": c.problem} }, func(t *testing.T, b *formBench) {
			b.form.submit()
			b.loop.Drain()
			if c.field == "" {
				if b.form.failure == nil || len(b.form.problems) != 0 {
					t.Errorf("%v: said %v, %v", c.problem, b.form.failure, b.form.problems)
				}
			} else if b.form.problems[c.field] == "" || b.form.failure != nil || b.form.focus != c.field {
				t.Errorf("%v: said %v, %v", c.problem, b.form.failure, b.form.problems)
			}
			if len(b.created) != 0 || b.form.draft.label != "New hires" || b.form.locked() {
				t.Errorf("%v: what was typed is lost", c.problem)
			}
			b.session.errs = nil
			b.form.submit()
			b.loop.Drain()
			if len(b.created) != 1 || b.session.uuids[0] != b.session.uuids[1] {
				t.Errorf("%v: told %v, asked as %v", c.problem, b.created, b.session.uuids)
			}
		})
	}
}

func TestLostAnswerNeverMakesTwo(t *testing.T) {
	onBench(t, func(s *groupSession) { s.lostAnswers = 1 }, func(t *testing.T, b *formBench) {
		b.form.submit()
		b.loop.Drain()
		if !b.form.unknown || len(b.created) != 0 {
			t.Fatalf("unknown: %v, told %v", b.form.unknown, b.created)
		}
		b.form.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = "Another" })
		if b.form.draft.label != "New hires" {
			t.Error("the draft can be changed while nobody knows what GLPI did")
		}
		b.session.errs = map[string]error{"create": &keys.Problem{Cause: keys.Unreachable}}
		b.form.submit()
		b.loop.Drain()
		if !b.form.unknown || b.form.failure == nil {
			t.Error("a failed look is taken for an answer")
		}
		b.session.errs = nil
		b.form.submit()
		b.loop.Drain()
		if len(b.session.invitations) != 1 || len(b.created) != 1 || b.form.unknown {
			t.Errorf("%d invitations, told %v", len(b.session.invitations), b.created)
		}
		if b.form.draft.label != "" || b.form.uuid == b.session.uuids[0] {
			t.Error("the next draft is not a new one")
		}
	})
}

func TestLostAnswerThenRefused(t *testing.T) {
	onBench(t, func(s *groupSession) { s.errs = map[string]error{"create": &keys.Problem{Cause: keys.OutcomeUnknown}} },
		func(t *testing.T, b *formBench) {
			b.form.submit()
			b.loop.Drain()
			b.session.errs["create"] = &keys.Problem{Cause: keys.Refused, Field: keys.FieldGroups}
			b.form.submit()
			b.loop.Drain()
			if b.form.unknown || b.form.problems[keys.FieldGroups] == "" {
				t.Errorf("unknown: %v, wrong %v", b.form.unknown, b.form.problems)
			}
		})
}

func TestStopWaiting(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		b.session.delay = 10 * time.Second
		b.form.submit()
		b.form.submit() // Enter twice
		synctest.Wait() // GLPI is being asked, with the delay
		if !b.form.busy() {
			t.Fatal("not busy")
		}
		b.form.close()
		if b.form.busy() || !b.form.unknown || b.closed != 0 {
			t.Errorf("busy %v, unknown %v, closed %d", b.form.busy(), b.form.unknown, b.closed)
		}
		b.form.close()
		if b.closed != 1 || b.form.draft.label != "New hires" {
			t.Error("the form does not close, or forgets")
		}
		b.session.delay = 0
		b.form.submit()
		b.loop.Drain()
		if len(b.created) != 1 || len(b.session.invitations) != 1 {
			t.Errorf("told %v", b.created)
		}
	})
}

func TestLostSessionKeepsTheDraft(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		b.form.typeMoment(keys.FieldEnd, "+3w")
		b.session.delay = time.Minute
		b.form.submit()
		again := newFormBench(t, nil)
		again.form.work.tasks.Close()
		work := newWorkspace(newDeps(t, b.loop), Opened{Session: again.session})
		b.form.work.tasks.Close()
		uuid := b.form.uuid
		b.form.resume(work, keys.Plugin{Profiles: b.session.plugin.Profiles, MailOn: true, Zone: time.UTC})
		b.loop.Drain()
		if b.form.draft.label != "New hires" || b.form.uuid != uuid || !b.form.unknown {
			t.Error("what was typed is lost, or that it was sent")
		}
		b.form.submit()
		b.loop.Drain()
		if len(again.session.policies) != 1 || len(b.created) != 1 {
			t.Errorf("sent %d, wrong %v", len(again.session.policies), b.form.problems)
		}
	})
}

func TestGroupsFollowTheEntity(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		f, entities := b.form, b.form.work.facts.Entities
		f.setEntity(entities[3]) // Paris
		b.loop.Drain()
		f.addGroup(f.freeGroups()[0])
		f.addGroup(f.freeGroups()[0])
		if len(f.freeGroups()) != 0 {
			t.Errorf("still free: %v", f.freeGroups())
		}
		f.setEntity(entities[1]) // Lyon
		if len(f.draft.groups) != 2 {
			t.Error("groups go before their entity's are known")
		}
		b.loop.Drain()
		if len(f.draft.groups) != 1 || f.draft.groups[0].ID != 1 || !strings.Contains(f.groupsNotice, "Paris office") {
			t.Errorf("kept %v, said %q", f.draft.groups, f.groupsNotice)
		}
		f.removeGroup(0)
		if f.groupsNotice != "" || len(f.draft.groups) != 0 {
			t.Error("the notice stays")
		}
	})
}

func TestGroupsThatCannotBeRead(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		f := b.form
		f.addGroup(f.freeGroups()[0])
		b.session.errs = map[string]error{"groups": &keys.Problem{Cause: keys.TimedOut}}
		f.setEntity(f.work.facts.Entities[1])
		b.loop.Drain()
		if f.groupsError == nil || len(f.draft.groups) != 1 {
			t.Errorf("error %v, kept %v", f.groupsError, f.draft.groups)
		}
		b.session.errs = nil
		f.readGroups()
		b.loop.Drain()
		if f.groupsError != nil || f.groupsOf != 2 {
			t.Errorf("error %v, groups of %d", f.groupsError, f.groupsOf)
		}
	})
}

// A slower answer about an entity chosen before must not replace a newer one.
func TestGroupsOfTheLastEntityWin(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		b.session.delay = time.Second
		b.form.setEntity(b.form.work.facts.Entities[1])
		b.form.setEntity(b.form.work.facts.Entities[3])
		time.Sleep(2 * time.Second)
		b.loop.Drain()
		if b.form.groupsOf != 1 || len(b.form.groups) != 2 {
			t.Errorf("groups of %d: %v", b.form.groupsOf, b.form.groups)
		}
	})
}

func TestDomains(t *testing.T) {
	for _, c := range []struct {
		typed string
		whole bool
		want  []string
		rest  string
	}{
		{"@example.com, example.org", true, []string{"example.com", "example.org"}, ""},
		{"Example.COM;example.com", true, []string{"example.com"}, ""},
		{"ana@example.com", true, []string{"example.com"}, ""},
		{"<ana@sub.example.com>", true, []string{"sub.example.com"}, ""},
		{"bücher.example", true, []string{"xn--bcher-kva.example"}, ""},
		{"example.com example.o", false, []string{"example.com"}, "example.o"},
		{"example.com", false, nil, "example.com"},
		{"example.com,", false, []string{"example.com"}, ""},
		{"example, example.com", true, []string{"example.com"}, "example"},
		{"*.example.com", true, nil, "*.example.com"},
		{"-a.com a-.com a..com .com com. 1.c", true, nil, "-a.com a-.com a..com .com com. 1.c"},
		{"https://example.com/", true, nil, "https://example.com/"},
		{strings.Repeat("a", 64) + ".com", true, nil, strings.Repeat("a", 64) + ".com"},
		{"ex_ample.com", true, nil, "ex_ample.com"},
		{" , ;", true, nil, ""},
	} {
		onBench(t, nil, func(t *testing.T, b *formBench) {
			b.form.typeDomains(c.typed, c.whole)
			if d := b.form.draft; !slices.Equal(d.domains, c.want) || d.domainText != c.rest {
				t.Errorf("%q: got %v and %q, want %v and %q", c.typed, d.domains, d.domainText, c.want, c.rest)
			}
			if wrong := b.form.problems[keys.FieldEmailDomains] != ""; wrong != (c.whole && c.rest != "") {
				t.Errorf("%q: said %q", c.typed, b.form.problems[keys.FieldEmailDomains])
			}
		})
	}
}

func TestMomentNotes(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"2026-12-04 18:00", "4 Dec 2026 18:00 · in 11 days · Europe/Paris (UTC+1) · 17:00 here"},
		{"4 Dec 2026 18:00", "in 11 days · Europe/Paris (UTC+1) · 17:00 here"},
		{"4 Dec 2026", "through that day · in 11 days · Europe/Paris (UTC+1) · 22:59 here"},
		{"4 Dec 2026 00:30", "in 11 days · Europe/Paris (UTC+1) · 3 Dec 2026 23:30 here"},
		{"1 Jul 2027 08:00", "in 7 months · Europe/Paris (UTC+2) · 06:00 here"},
		{"soon", ""},
		{"", ""},
	} {
		onBench(t, nil, func(t *testing.T, b *formBench) {
			b.form.typeMoment(keys.FieldEnd, c.typed)
			if got := b.form.momentNote(keys.FieldEnd); got != c.want {
				t.Errorf("%q: %q, want %q", c.typed, got, c.want)
			}
		})
	}
}

func TestMomentsAreWrittenOut(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		f := b.form
		f.typeMoment(keys.FieldEnd, "+2w")
		f.leave(keys.FieldEnd)
		if f.draft.end.text != "7 Dec 2026" || !f.draft.end.read.DayOnly {
			t.Errorf("left as %+v", f.draft.end)
		}
		f.typeMoment(keys.FieldEnd, "4.12.2026 8h")
		f.leave(keys.FieldEnd)
		f.setDay(keys.FieldEnd, keys.Date{Year: 2026, Month: 12, Day: 24})
		if f.draft.end.text != "24 Dec 2026 08:00" {
			t.Errorf("the calendar makes it %q", f.draft.end.text)
		}
		f.typeMoment(keys.FieldEnd, "31.2.")
		f.leave(keys.FieldEnd)
		if f.problems[keys.FieldEnd] == "" || f.draft.end.text != "31.2." {
			t.Errorf("left %q, said %q", f.draft.end.text, f.problems[keys.FieldEnd])
		}
	})
}

func TestZoneText(t *testing.T) {
	for _, c := range []struct {
		zone *time.Location
		want string
	}{
		{time.UTC, "UTC"},
		{time.FixedZone("", 3600), "UTC+1"},
		{time.FixedZone("", -34200), "UTC-9:30"},
		{time.FixedZone("Asia/Kolkata", 19800), "Asia/Kolkata (UTC+5:30)"},
	} {
		if got := zoneText(testNow.In(c.zone)); got != c.want {
			t.Errorf("%v: %q, want %q", c.zone, got, c.want)
		}
	}
}

func TestSummaryAndWarnings(t *testing.T) {
	star := func(s string) string { return "*" + s + "*" }
	for _, c := range []struct {
		name     string
		act      func(f *invitationForm, d *invitationDraft)
		summary  string
		warnings int
	}{
		{"new", func(*invitationForm, *invitationDraft) {},
			"Anyone with this link can create *1* account with profile *Self-Service* in *Root entity* until *7 Dec 2026*.", 0},
		{"as drawn", func(f *invitationForm, d *invitationDraft) {
			d.uses, d.entity = "40", f.work.facts.Entities[3]
			f.typeMoment(keys.FieldEnd, "4 Dec 2026 18:00")
		}, "Anyone with this link can create up to *40* accounts with profile *Self-Service* in *Paris* until *4 Dec 2026 18:00*.", 0},
		{"wide open", func(f *invitationForm, d *invitationDraft) {
			d.unlimited, d.profileBelow, d.profile = true, true, f.profiles()[3]
			f.typeMoment(keys.FieldEnd, "")
		}, "Anyone with this link can create any number of accounts with profile *Super-Admin* in *Root entity* from now on, for ever.", 4},
		{"unlimited, approved", func(_ *invitationForm, d *invitationDraft) { d.unlimited, d.approval = true, true },
			"Anyone with this link can create any number of accounts with profile *Self-Service* in *Root entity* until *7 Dec 2026*. An administrator approves each.", 1},
		{"later", func(f *invitationForm, d *invitationDraft) {
			f.typeMoment(keys.FieldBegin, "1 Dec 2026")
			d.groups, d.domains = []keys.Group{{ID: 1, Name: "Staff > Paris"}}, []string{"example.com", "xn--bcher-kva.example"}
			d.accounts, d.accountDays, d.uses = accountsForDays, "1", "x"
		}, "Anyone with this link can create *…* account with profile *Self-Service* in *Root entity* from *1 Dec 2026* until *7 Dec 2026*. " +
			"Only addresses *@example.com, @bücher.example* are accepted. Their group: *Paris*. Each account ends *1* day after it was made.", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBench(t, nil, func(t *testing.T, b *formBench) {
				c.act(b.form, &b.form.draft)
				if got := b.form.summary(star); got != c.summary {
					t.Errorf("got  %s\nwant %s", got, c.summary)
				}
				if got := b.form.warnings(); len(got) != c.warnings {
					t.Errorf("warns of %q", got)
				}
			})
		})
	}
}

func TestDuplicate(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		zone := b.form.zone()
		from := keys.InvitationPolicy{
			Label: "Old", Comment: "c", Entity: keys.Entity{ID: 1, Path: "Root entity > Paris"}, Below: true,
			Profile: keys.Profile{ID: 3}, ProfileBelow: true, Groups: []keys.Group{{ID: 2, Name: "x"}},
			Begin: testNow.AddDate(0, 0, -3), End: time.Date(2026, 12, 31, 23, 59, 59, 0, zone), MaxUses: 7,
			AccountDays: 12, EmailDomains: []string{"example.com"}, Approval: true, ShowOnce: true, Batch: "b",
		}
		b.form.startFrom(from)
		b.loop.Drain()
		b.form.submit()
		b.loop.Drain()
		if len(b.session.policies) != 1 {
			t.Fatalf("wrong: %v", b.form.problems)
		}
		got := b.session.policies[0]
		if !got.Begin.IsZero() || !got.End.Equal(from.End) || got.MaxUses != 7 || got.AccountDays != 12 || got.Batch != "" ||
			got.Groups[0].Name != "Staff > Paris office" || got.Profile.Name != "Admin" || !got.Below || !got.ShowOnce || got.LoginIsEmail || got.VerifyEmail {
			t.Errorf("sent %+v", got)
		}
		from.Entity, from.End, from.Begin, from.AccountEnd = keys.Entity{ID: 9, Path: "Gone"}, testNow.AddDate(-1, 0, 0), testNow.AddDate(0, 0, 1), testNow.AddDate(1, 0, 0)
		b.form.startFrom(from)
		if f := b.form; f.draft.entity.ID != 0 || f.entityNotice == "" || f.draft.end.text != "7 Dec 2026" ||
			f.draft.begin.text == "" || f.draft.accounts != accountsUntil {
			t.Errorf("draft %+v", b.form.draft)
		}
	})
}

func TestDraftKnowsThatItChanged(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *formBench) {
		if !b.form.changed() {
			t.Error("a label is no change")
		}
		b.form.clear()
		b.loop.Drain()
		if b.form.changed() {
			t.Error("a new draft has changes")
		}
	})
}

func TestStartingOverCanBeUndone(t *testing.T) {
	onBench(t, func(s *groupSession) { s.lostAnswers = 1 }, func(t *testing.T, b *formBench) {
		uuid := b.form.uuid
		b.form.submit()
		b.loop.Drain()
		b.form.startOver()
		if b.form.changed() || b.form.unknown || b.form.uuid == uuid {
			t.Error("nothing was started")
		}
		b.form.bringBack()
		b.loop.Drain()
		if b.form.draft.label != "New hires" || !b.form.unknown || b.form.uuid != uuid || b.form.dropped != nil {
			t.Errorf("brought back %+v", b.form.draft)
		}
		b.form.bringBack()
		b.form.submit()
		b.loop.Drain()
		if len(b.session.invitations) != 1 || len(b.created) != 1 {
			t.Errorf("%d invitations, told %v", len(b.session.invitations), b.created)
		}
	})
}

func TestUUIDsAreUUIDs(t *testing.T) {
	a, b := newUUID(), newUUID()
	if a == b || len(a) != 36 || a[14] != '4' || !strings.ContainsRune("89ab", rune(a[19])) {
		t.Errorf("%s, %s", a, b)
	}
}

// The words of every language can be read.
func TestMomentWordsAreRead(t *testing.T) {
	for _, code := range []string{"en", "fr"} {
		t.Run(code, func(t *testing.T) {
			useLanguage(t, code)
			for month := time.January; month <= time.December; month++ {
				want := keys.Date{Year: 2027, Month: month, Day: 4}
				m, err := moment.Reader{Words: momentWords(), Now: testNow}.Read(dayText(want))
				if err != nil || keys.DateOf(m.Time) != want {
					t.Errorf("%s: %v, %v", dayText(want), m, err)
				}
			}
			words := momentWords()
			if m, err := (moment.Reader{Words: words, Now: testNow}).Read(words.Tomorrow); err != nil || m.Day() != 24 {
				t.Errorf("tomorrow: %v, %v", m, err)
			}
		})
	}
}
