package app

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/assets"
	"glpikeys/keys"
)

// inviting is helpdesk with the plugin and seven invitations, one in each state
// and one more.
func inviting() *fakeSession {
	s := helpdesk()
	paris := keys.Entity{ID: 1, Path: "Root entity > Paris"}
	lyon := keys.Entity{ID: 2, Path: "Root entity > Lyon"}
	root := keys.Entity{Path: "Root entity"}
	selfService := keys.Profile{ID: 1, Name: "Self-Service"}
	day := func(n, hour, minute int) time.Time {
		return time.Date(2026, time.November, 23+n, hour, minute, 0, 0, time.UTC)
	}
	s.plugin = keys.Plugin{
		Version: "1.0.0", MailOn: true, URLBase: "https://helpdesk.example.com", Zone: time.UTC,
		Profiles: []keys.Profile{selfService, {ID: 6, Name: "Technician", Central: true}, {ID: 9, Name: "Supplier"}},
	}
	s.groups = []keys.Group{{ID: 4, Name: "Staff"}}
	add := func(label string, e keys.Entity, p keys.Profile, uses, of int, end time.Time) *keys.Invitation {
		id := len(s.invitations) + 1
		s.invitations = append(s.invitations, keys.Invitation{
			ID: id, UUID: fmt.Sprint("uuid-", id), Active: true, Uses: uses, Author: "glpi", Created: day(-9, 10, 0),
			InvitationPolicy: keys.InvitationPolicy{Label: label, Entity: e, Profile: p, MaxUses: of, End: end},
		})
		return &s.invitations[id-1]
	}
	hires := add("New hires – Paris", paris, selfService, 12, 40, day(12, 18, 0))
	hires.Groups = []keys.Group{{ID: 4, Name: "Staff"}}
	hires.EmailDomains, hires.VerifyEmail = []string{"example.com"}, true
	hires.Opened, hires.Started = 57, 14
	add("Contractors Q4", lyon, selfService, 1, 5, day(38, 12, 0))
	lead := add("Night shift lead", paris, keys.Profile{ID: 6, Name: "Technician"}, 0, 1, day(2, 12, 0))
	lead.Approval = true
	add("Spring interns", root, selfService, 0, 60, time.Time{}).Begin = day(98, 8, 0)
	add("Marketing team", paris, selfService, 8, 8, day(5, 12, 0))
	add("Open day", lyon, selfService, 31, 100, day(-3, 12, 0))
	add("Old supplier", lyon, keys.Profile{ID: 9, Name: "Supplier"}, 2, 10, time.Time{}).Active = false

	people := []keys.Registration{
		{ID: 1, UserID: 31, Name: "Ana Pires", State: keys.RegistrationDone, Time: day(0, 9, 12)},
		{ID: 2, UserID: 32, Name: "Léo Martin", State: keys.RegistrationDone, Time: day(-1, 17, 40)},
	}
	for i := range 10 {
		people = append(people, keys.Registration{
			ID: 3 + i, UserID: 33 + i, Name: fmt.Sprintf("Person %d", i+1), State: keys.RegistrationDone, Time: day(-2-i, 11, 5),
		})
	}
	s.registrations = map[int][]keys.Registration{1: people}
	s.links = map[int]string{}
	for _, inv := range s.invitations {
		s.links[inv.ID] = fmt.Sprintf("https://helpdesk.example.com/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R%04d", inv.ID)
	}
	return s
}

// waitFor adds people who wait for approval to an invitation of inviting.
func waitFor(s *fakeSession, invitation int, names ...string) {
	for i, name := range names {
		s.registrations[invitation] = append(s.registrations[invitation], keys.Registration{
			ID: 100*invitation + i, UserID: 1000 + i, Name: name, Email: fmt.Sprintf("person%d@example.com", i+1),
			State: keys.WaitingForApproval, Time: testNow.Add(-time.Duration(i) * time.Hour),
		})
	}
	inv := s.invitation(invitation)
	inv.Waiting += len(names)
	inv.Uses += len(names)
}

// newInvitationsScreen opens the invitations on what session answers.
func newInvitationsScreen(t *testing.T, variant string, size fyne.Size, session *fakeSession) *frameScreen {
	t.Helper()
	s := newFrameScreen(t, variant, size, session)
	s.open(routeInvitations)
	s.settle()
	return s
}

// settle lets the cursor rest and everything be read.
func (s *frameScreen) settle() {
	s.loop.Drain()
	time.Sleep(time.Second)
	s.loop.Drain()
}

// The pictures of the screen, each in both variants.
func TestInvitationsPictures(t *testing.T) {
	failing := func(cause keys.Cause, detail string) func(*fakeSession) {
		return func(s *fakeSession) {
			s.errs = map[string]error{"plugin": &keys.Problem{Op: "plugin", Cause: cause, Detail: detail}}
		}
	}
	waiting := func(s *fakeSession) {
		waitFor(s, 2, "Noor de Vries", "Ivo Horvat")
		waitFor(s, 3, "Zoë Lindqvist")
	}
	rules := func(s *fakeSession) {
		waiting(s)
		s.registrations[2][1].RuleGrants = "profile Technician in Root entity and its child entities; group Staff"
	}
	drawPictures(t, "invitations_", inviting, newInvitationsScreen, []picture{
		{name: "list"},
		{name: "list_small", size: smallWindow},
		{name: "list_french", language: "fr", set: waiting},
		{name: "list_small_french", language: "fr", size: smallWindow, set: waiting},
		{name: "detail_small", size: smallWindow, set: waiting, act: func(s *frameScreen) {
			s.invitations.choose(2)
			s.settle()
			s.invitations.openDetail()
		}},
		{name: "detail_small_french", language: "fr", size: smallWindow, set: waiting, act: func(s *frameScreen) {
			s.invitations.choose(2)
			s.settle()
			s.invitations.openDetail()
		}},
		{name: "waiting", set: waiting, act: func(s *frameScreen) {
			s.invitations.p.narrow(invitationsWaiting)
			s.settle()
		}},
		{name: "waiting_rules", set: rules, act: func(s *frameScreen) {
			s.invitations.choose(2)
			s.settle()
		}},
		{name: "ask_approve_french", language: "fr", size: smallWindow, set: rules, act: func(s *frameScreen) {
			s.invitations.choose(2)
			s.settle()
			s.invitations.approveAll()
		}},
		{name: "revoked", act: func(s *frameScreen) {
			s.invitations.p.revoke([]int{1, 2})
			s.settle()
			s.invitations.choose(1)
			s.settle()
		}},
		{name: "some_failed", act: func(s *frameScreen) {
			s.session.errs = map[string]error{"active": &keys.Problem{Op: "update", Cause: keys.NoRight}}
			s.invitations.p.revoke([]int{1, 2})
			s.settle()
		}},
		{name: "ask_revoke", act: func(s *frameScreen) { s.invitations.askRevoke([]int{1, 2, 5}) }},
		{name: "ask_extend", act: func(s *frameScreen) { s.invitations.askExtend(1) }},
		{name: "ask_extend_french", language: "fr", size: smallWindow, act: func(s *frameScreen) { s.invitations.askExtend(1) }},
		{name: "ask_reissue", act: func(s *frameScreen) { s.invitations.askReissue(1) }},
		{name: "unread", set: func(s *fakeSession) {
			s.errs = map[string]error{"invitation": &keys.Problem{Op: "get", Cause: keys.TimedOut, Detail: "helpdesk.example.com"}}
		}},
		{name: "no_link", set: func(s *fakeSession) { s.links = nil }},
		{name: "no_match", act: func(s *frameScreen) { s.invitations.text.SetText("nothing like this") }},
		{name: "first_use", set: func(s *fakeSession) { s.invitations = nil }},
		{name: "failed", set: func(s *fakeSession) {
			s.errs = map[string]error{"invitations": &keys.Problem{Op: "list", Cause: keys.TimedOut, Detail: "helpdesk.example.com"}}
		}},
		{name: "stale", act: func(s *frameScreen) {
			s.session.errs = map[string]error{"invitations": &keys.Problem{Op: "list", Cause: keys.Unreachable, Detail: "helpdesk.example.com"}}
			s.work.inv.refresh()
			s.settle()
		}},
		{name: "no_right", set: failing(keys.NoRight, "")},
		{name: "plugin_missing", set: failing(keys.PluginMissing, "")},
		{name: "plugin_missing_small_french", language: "fr", size: smallWindow, set: failing(keys.PluginMissing, "")},
		{name: "plugin_inactive", set: failing(keys.PluginInactive, "")},
		{name: "plugin_unseen", set: failing(keys.PluginUnseen, "")},
		{name: "plugin_old", set: failing(keys.PluginOld, "0.9.0")},
		{name: "reading", set: func(s *fakeSession) { s.delay = time.Minute }},
	})
}

// No button of the detail is cut off, whatever the language and the size.
func TestInvitationButtonsAreWhole(t *testing.T) {
	for _, code := range assets.Languages() {
		for _, size := range []fyne.Size{wideWindow, fyne.NewSize(1100, 640), smallWindow} {
			t.Run(fmt.Sprint(code, size.Width), func(t *testing.T) {
				useLanguage(t, code)
				synctest.Test(t, func(t *testing.T) {
					session := inviting()
					waitFor(session, 1, "Somebody", "Somebody Else")
					s := newInvitationsScreen(t, look.Light, size, session)
					s.invitations.choose(1)
					s.settle()
					s.invitations.openDetail()
					s.win.Resize(size)
					driver := fyne.CurrentApp().Driver()
					found := 0
					var walk func(o fyne.CanvasObject)
					walk = func(o fyne.CanvasObject) {
						if !o.Visible() {
							return
						}
						switch o := o.(type) {
						case *look.Button:
							found++
							at := driver.AbsolutePositionForObject(o)
							if need := o.MinSize().Width; o.Size().Width < need || at.X < railWidth || at.X+need > size.Width {
								t.Errorf("%q: at %v, %v wide, needs %v", o.Text(), at, o.Size().Width, need)
							}
						case *fyne.Container:
							for _, inner := range o.Objects {
								walk(inner)
							}
						case *container.Scroll:
							walk(o.Content)
						case fyne.Widget:
							for _, inner := range test.WidgetRenderer(o).Objects() {
								walk(inner)
							}
						}
					}
					walk(s.invitations.detail.root)
					if found < 8 {
						t.Errorf("only %d buttons found", found)
					}
					s.finish()
				})
			})
		}
	}
}

// newBigInvitations is the screen over 10,000 invitations.
func newBigInvitations(b *testing.B) *frame {
	b.Helper()
	f := newBigFrame(b)
	f.work.glance = keys.Glance{}
	states := inviting().invitations
	list := make([]keys.Invitation, 10_000)
	for i := range list {
		list[i] = states[i%len(states)]
		list[i].ID = i + 1
		list[i].Label = fmt.Sprintf("Invitation %05d – Été", i)
		list[i].Waiting = i % 3 / 2
	}
	f.work.inv.plugin.Version, f.work.inv.seen = "1.0.0", testNow
	f.work.inv.show(list)
	f.open(routeInvitations)
	return f
}

func BenchmarkInvitations10000(b *testing.B) {
	f := newBigInvitations(b)
	bigList{
		frame: f, version: &f.work.inv.version, rows: f.invitations.table.Focusable(), text: f.invitations.text,
		texts:  []string{"ete", "invitation 99", "self paris", ""},
		narrow: func(i int) { f.work.inv.narrow(invitationFilters[i%len(invitationFilters)]) },
	}.measure(b)
}

func BenchmarkInvitationsAskRevoke10000(b *testing.B) {
	f := newBigInvitations(b)
	f.invitations.table.Model.SelectAll()
	for b.Loop() {
		f.work.inv.revoking(f.invitations.targets())
	}
}
