package app

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// invitationsBench is the presenter on a session that answers at once.
type invitationsBench struct {
	*invitations
	t       *testing.T
	loop    *loop
	session *fakeSession
}

func newInvitationsBench(t *testing.T) *invitationsBench {
	t.Helper()
	b := &invitationsBench{t: t, loop: newLoop(), session: inviting()}
	w := newWorkspace(newDeps(t, b.loop), Opened{Session: b.session, Connection: connection.Connection{ID: "one"}})
	t.Cleanup(w.tasks.Close)
	b.invitations = w.inv
	w.refresh()
	b.wait()
	return b
}

// wait lets everything finish.
func (b *invitationsBench) wait() {
	b.loop.Drain()
	time.Sleep(time.Minute)
	b.loop.Drain()
}

// asked is how often the session was asked for that.
func (b *invitationsBench) asked(call string) (n int) {
	for _, c := range b.session.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (b *invitationsBench) state(id int) keys.InvitationState { return b.find(id).State(testNow) }

func TestInvitationsRefreshKeepsRowsOnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		if len(b.list) != 7 || b.failure != nil || !b.able() || b.busy() {
			t.Fatalf("%d rows, %v", len(b.list), b.failure)
		}
		b.session.errs = map[string]error{"plugin": &keys.Problem{Op: "plugin", Cause: keys.PluginInactive}}
		b.refresh()
		b.wait()
		if len(b.list) != 7 || keys.CauseOf(b.failure) != keys.PluginInactive {
			t.Errorf("%d rows, %v", len(b.list), b.failure)
		}
		b.session.errs = nil
		b.work.useEntity(1, true)
		b.loop.Drain()
		b.wait()
		if len(b.list) != 7 || b.failure != nil {
			t.Errorf("after a switch %d rows, %v", len(b.list), b.failure)
		}
	})
}

func TestInvitationsOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &offline{connection: savedServer(), seen: seenBefore(), why: unreachable()}
		w := newWorkspace(newDeps(t, newLoop()), Opened{Session: o, Connection: o.connection, Offline: o})
		defer w.tasks.Close()
		if w.inv.able() || keys.CauseOf(w.inv.failure) != keys.Unreachable {
			t.Errorf("able %v, %v", w.inv.able(), w.inv.failure)
		}
	})
}

func TestInvitationFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		waitFor(b.session, 2, "Noor", "Ivo")
		b.refresh()
		b.wait()
		want := map[invitationFilter]int{invitationsAll: 7, invitationsActive: 3, invitationsWaiting: 1, invitationsEnded: 3}
		counts := b.counts()
		for f, n := range want {
			b.narrow(f)
			if counts[f] != n || len(b.rows()) != n {
				t.Errorf("%s: %d on the chip, %d rows, want %d", f, counts[f], len(b.rows()), n)
			}
		}
		if b.waiting() != 2 {
			t.Errorf("%d wait", b.waiting())
		}
	})
}

// The detail is asked for once the cursor rests, once, and again after a
// refresh.
func TestInvitationDetail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		for id := 1; id <= 5; id++ {
			b.look(id)
			time.Sleep(cursorRest / 4)
			b.loop.Drain()
		}
		b.wait()
		if b.asked("invitation") != 1 || !b.detail(5).read {
			t.Fatalf("asked %d times while the cursor ran", b.asked("invitation"))
		}
		b.look(1)
		b.wait()
		d := b.detail(1)
		if len(d.invitation.Groups) != 1 || d.link == "" || len(d.registrations) != 12 {
			t.Errorf("detail %+v", d.invitation)
		}
		b.look(5)
		b.wait()
		if b.asked("invitation") != 2 {
			t.Error("what is known was asked for again")
		}
		b.refresh()
		b.wait()
		if b.asked("invitation") != 3 {
			t.Errorf("asked %d times after a refresh", b.asked("invitation"))
		}

		b.session.errs = map[string]error{"registrations": &keys.Problem{Op: "get", Cause: keys.TimedOut}}
		b.look(2)
		b.wait()
		if keys.CauseOf(b.detail(2).failure) != keys.TimedOut || b.detail(2).read {
			t.Errorf("failure %v", b.detail(2).failure)
		}
		b.session.errs = nil
		b.again()
		b.wait()
		if b.detail(2).failure != nil || !b.detail(2).read {
			t.Error("not read again")
		}
	})
}

func TestDetailFollowsWhatIsReadNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.session.invitation(1).Uses = 13 // somebody registered meanwhile
		version := b.version
		b.look(1)
		b.wait()
		if b.find(1).Uses != 13 || b.version == version {
			t.Error("the row stays behind the detail")
		}
	})
}

func TestRevokeInNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		for _, c := range []struct {
			ids  []int
			want revocation
		}{
			{[]int{1}, revocation{links: 1, people: 28, accounts: 12}},
			{[]int{1, 2}, revocation{links: 2, people: 32, accounts: 13}},
			{[]int{5, 6, 7}, revocation{links: 2, accounts: 39}}, // used up, over, revoked already
			{[]int{4}, revocation{links: 1, people: 60}},
		} {
			if got := b.revoking(c.ids); got != c.want {
				t.Errorf("%v: %+v, want %+v", c.ids, got, c.want)
			}
		}
		b.find(2).MaxUses = 0
		if got := b.revoking([]int{1, 2}); !got.unending {
			t.Errorf("unlimited: %+v", got)
		}
		if got := revokeQuestion(revocation{links: 1, people: 28, accounts: 1}); got != "28 people can no longer register. 1 account stays." {
			t.Error(got)
		}
	})
}

func TestRevokeAndUndo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.revoke([]int{1, 2})
		if b.acting == nil {
			t.Fatal("nothing is done")
		}
		b.wait()
		if b.state(1) != keys.InvitationRevoked || b.state(2) != keys.InvitationRevoked || len(b.report.done) != 2 || !b.report.undoable() {
			t.Fatalf("%v, report %+v", b.state(1), b.report)
		}
		b.undo()
		b.wait()
		if b.state(1) != keys.InvitationActive || b.report.undoable() {
			t.Errorf("%v", b.state(1))
		}
		b.dismiss()
		if b.report != nil {
			t.Error("the report stays")
		}
	})
}

func TestManyFailInPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		// The fourth is gone on the server.
		b.session.invitations = slices.Delete(b.session.invitations, 3, 4)
		b.revoke([]int{1, 4, 2})
		b.wait()
		if r := b.report; !slices.Equal(r.done, []int{1, 2}) || !slices.Equal(r.failed, []int{4}) || keys.CauseOf(r.why) != keys.NotFound {
			t.Fatalf("%+v", b.report)
		}
		if got := reportText(b.report); got != "Revoking: 2 done, 1 failed" {
			t.Error(got)
		}
		b.retry()
		b.wait()
		if r := b.report; len(r.done) != 0 || len(r.failed) != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// Where the server is out of reach the rest is not tried, and can be retried.
func TestManyStopWhereNothingAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.session.errs = map[string]error{"active": unreachable()}
		b.revoke([]int{1, 2, 3})
		b.wait()
		if b.asked("active") != 1 || len(b.report.failed) != 3 {
			t.Errorf("asked %d times, %+v", b.asked("active"), b.report)
		}
		b.session.errs = nil
		b.retry()
		b.wait()
		if len(b.report.done) != 3 || len(b.report.failed) != 0 {
			t.Errorf("%+v", b.report)
		}
	})
}

func TestStopLeavesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.session.delay = time.Second
		b.revoke([]int{1, 2, 3})
		time.Sleep(1500 * time.Millisecond)
		b.loop.Drain()
		b.stopAct()
		b.wait()
		if r := b.report; len(r.done) != 2 || len(r.failed) != 1 || keys.CauseOf(r.why) != keys.Canceled {
			t.Errorf("%+v", r)
		}
	})
}

// A lost answer is looked after before anything is said.
func TestLostAnswerOfAnAct(t *testing.T) {
	lost := &keys.Problem{Op: "update", Cause: keys.OutcomeUnknown}
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.session.invitation(1).Active = false // it was done
		b.session.errs = map[string]error{"active": lost}
		b.revoke([]int{1, 2})
		b.wait()
		if r := b.report; !slices.Equal(r.done, []int{1}) || !slices.Equal(r.failed, []int{2}) {
			t.Errorf("%+v", r)
		}
	})
}

func TestExtend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		end := testNow.AddDate(0, 1, 0)
		b.extend(5, 20, end) // used up
		b.wait()
		if inv := b.find(5); inv.MaxUses != 20 || !inv.End.Equal(end) || b.state(5) != keys.InvitationActive {
			t.Errorf("%+v", inv)
		}
	})
}

func TestExtensionTyped(t *testing.T) {
	inv := &keys.Invitation{Uses: 12}
	day := func(d, h, m, s int) time.Time { return time.Date(2026, time.December, d, h, m, s, 0, time.UTC) }
	for _, c := range []struct {
		uses, until string
		maxUses     int
		end         time.Time
		wrong       string
	}{
		{"40", "4 Dec 2026 18:00", 40, day(4, 18, 0, 0), ""},
		{"", "2026-12-04", 0, day(4, 23, 59, 59), ""},
		{" 13 ", "", 13, time.Time{}, ""},
		{"12", "", 12, time.Time{}, keys.FieldMaxUses},
		{"many", "", 0, time.Time{}, keys.FieldMaxUses},
		{"40", "soon", 40, time.Time{}, keys.FieldEnd},
		{"40", "1 Nov 2026", 40, time.Date(2026, time.November, 1, 23, 59, 59, 0, time.UTC), keys.FieldEnd},
		{"40", "1 Jan 2038", 40, time.Date(2038, time.January, 1, 23, 59, 59, 0, time.UTC), keys.FieldEnd},
	} {
		maxUses, end, wrong := extended(inv, c.uses, c.until, testNow)
		if maxUses != c.maxUses || !end.Equal(c.end) {
			t.Errorf("%q %q: %d, %v", c.uses, c.until, maxUses, end)
		}
		if (c.wrong == "") != (len(wrong) == 0) || c.wrong != "" && wrong[c.wrong] == "" {
			t.Errorf("%q %q: %v", c.uses, c.until, wrong)
		}
	}
	if got := endTyped(day(4, 23, 59, 59), time.UTC); got != "4 Dec 2026" {
		t.Error(got)
	}
}

// The new link is for those who are left; the old one stops working.
func TestReissue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.reissue(1)
		b.wait()
		fresh := b.find(8)
		if fresh == nil || fresh.MaxUses != 28 || fresh.Label != "New hires – Paris" || b.state(1) != keys.InvitationRevoked {
			t.Fatalf("new %+v", fresh)
		}
		if d := b.detail(8); len(d.invitation.Groups) != 1 || d.link == "" {
			t.Errorf("the groups are lost: %+v", d.invitation)
		}
		if b.at != 8 || b.want != 8 {
			t.Errorf("the cursor goes to %d", b.want)
		}
	})
}

// Whatever is lost on the way, there is one new link.
func TestReissueNeverMakesTwo(t *testing.T) {
	for name, set := range map[string]func(*fakeSession){
		"the answer is lost":       func(s *fakeSession) { s.lostAnswers = 1 },
		"the old one stays":        func(s *fakeSession) { s.errs = map[string]error{"active": unreachable()} },
		"the old one answers lost": func(s *fakeSession) { s.errs = map[string]error{"active": &keys.Problem{Cause: keys.OutcomeUnknown}} },
		"nothing can be made":      func(s *fakeSession) { s.errs = map[string]error{"create": unreachable()} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newInvitationsBench(t)
				set(b.session)
				b.reissue(1)
				b.wait()
				b.session.errs = nil
				b.retry()
				b.wait()
				if n := len(b.session.invitations); n != 8 {
					t.Errorf("%d invitations", n)
				}
				if b.session.invitation(1).Active || !b.session.invitation(8).Active {
					t.Errorf("old %v, new %v", b.session.invitation(1).Active, b.session.invitation(8).Active)
				}
			})
		})
	}
}

func TestApproveAndRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		waitFor(b.session, 2, "Noor", "Ivo", "Zoë")
		b.refresh()
		b.look(2)
		b.wait()
		waiting := b.detail(2).waiting()
		if len(waiting) != 3 {
			t.Fatalf("%d wait", len(waiting))
		}
		b.answer(2, waiting[:2], true)
		b.wait()
		if b.find(2).Waiting != 1 || len(b.detail(2).waiting()) != 1 {
			t.Errorf("%d still wait", b.find(2).Waiting)
		}
		b.answer(2, waiting[2:], false)
		b.wait()
		if b.find(2).Waiting != 0 || b.find(2).Uses != 3 {
			t.Errorf("%d wait, %d used", b.find(2).Waiting, b.find(2).Uses)
		}
	})
}

// Rules that give something else by now are read before anybody approves: the
// detail shows them, and the same answer is not offered again.
func TestApproveAfterRulesChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		waitFor(b.session, 2, "Noor")
		b.refresh()
		b.look(2)
		b.wait()
		seen := b.detail(2).waiting()
		b.session.registrations[2][0].RuleGrants = "profile Super-Admin in Root entity"
		b.answer(2, seen, true)
		b.wait()
		now := b.detail(2).waiting()
		if len(now) != 1 || now[0].RuleGrants == "" || b.report.repeatable() || keys.CauseOf(b.report.why) != keys.RulesChanged {
			t.Fatalf("%+v, %v", now, b.report.why)
		}
		b.answer(2, now, true)
		b.wait()
		if len(b.detail(2).waiting()) != 0 || b.find(2).Waiting != 0 {
			t.Error("not approved after it was read")
		}
	})
}

// Beyond a score of invitations the list is read as a whole.
func TestManyAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		var ids []int
		for id := 100; id < 125; id++ {
			b.session.invitations = append(b.session.invitations, keys.Invitation{ID: id, Active: true})
			ids = append(ids, id)
		}
		b.refresh()
		b.wait()
		b.revoke(ids)
		b.wait()
		if b.asked("invitation") != 0 || b.asked("invitations") != 3 || b.state(124) != keys.InvitationRevoked {
			t.Errorf("asked %d and %d times", b.asked("invitation"), b.asked("invitations"))
		}
	})
}

func TestCreatedPutsTheCursorThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.narrow(invitationsEnded)
		b.openForm(nil)
		b.session.invitations = append(b.session.invitations, keys.Invitation{ID: 9, Active: true, InvitationPolicy: keys.InvitationPolicy{Label: "New", ShowOnce: true}})
		b.created(9, "https://link")
		b.wait()
		if b.find(9) == nil || b.forming || b.draft != nil || b.filter != invitationsAll || b.want != 9 {
			t.Errorf("want %d, filter %s", b.want, b.filter)
		}
		if b.detail(9).link != "https://link" {
			t.Error("the only copy of the link is lost")
		}
	})
}

func TestDraftStaysWhenTheFormCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.openForm(nil)
		form := b.draft
		b.closeForm()
		b.openForm(nil)
		if !b.forming || b.draft != form {
			t.Error("what was typed is gone")
		}
	})
}

func TestDuplicateKnowsTheGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		b.duplicate(1)
		b.wait()
		if !b.forming || b.draft == nil {
			t.Fatal("no form")
		}
		if p := b.draft.policy(); len(p.Groups) != 1 || p.MaxUses != 40 || p.Profile.ID != 1 {
			t.Errorf("%+v", p)
		}
	})
}

func TestInvitationTexts(t *testing.T) {
	at := func(inv keys.Invitation) invitationRow { return rowOf(&inv, testNow) }
	active := func(begin, end time.Time) keys.Invitation {
		return keys.Invitation{Active: true, InvitationPolicy: keys.InvitationPolicy{Begin: begin, End: end}}
	}
	none := time.Time{}
	for _, c := range []struct {
		inv  keys.Invitation
		want string
	}{
		{active(none, none), "no end"},
		{active(none, testNow.AddDate(0, 0, 12)), "in 12 days"},
		{active(none, testNow.Add(8*time.Hour)), "today 17:30"},
		{active(none, testNow.AddDate(0, 0, -3)), "3 days ago"},
		{active(time.Date(2027, time.March, 1, 8, 0, 0, 0, time.UTC), none), "starts 1 Mar"},
		{active(time.Date(2028, time.March, 1, 8, 0, 0, 0, time.UTC), none), "starts 1 Mar 2028"},
		{keys.Invitation{}, "—"},
	} {
		if got := endsText(at(c.inv)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	for text, want := range map[string]string{
		usedText(&keys.Invitation{Uses: 12}): "12, unlimited",
		usedText(&keys.Invitation{Uses: 12, InvitationPolicy: keys.InvitationPolicy{MaxUses: 40}}): "12 of 40",
		recentText(testNow.Add(-18*time.Minute), testNow):                                          "today 09:12",
		recentText(testNow.Add(-16*time.Hour), testNow):                                            "yesterday 17:30",
		recentText(testNow.AddDate(0, 0, -19), testNow):                                            "4 Nov 2026 09:30",
		accountsText(&keys.Invitation{}, time.UTC):                                                 "without end",
	} {
		if text != want {
			t.Errorf("%q, want %q", text, want)
		}
	}
}

// Nothing secret reaches the log, whatever fails.
func TestInvitationsLogNoLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInvitationsBench(t)
		log := &strings.Builder{}
		b.work.deps.Log = slog.New(slog.NewTextHandler(log, nil))
		b.session.errs = map[string]error{"active": errors.New("broken")}
		b.look(1)
		b.wait()
		b.revoke([]int{1})
		b.reissue(1)
		b.wait()
		if link := b.detail(1).link; link == "" || strings.Contains(log.String(), link[len(link)-22:]) {
			t.Error("the log holds a link")
		}
		if !strings.Contains(log.String(), "broken") {
			t.Error("nothing was logged")
		}
	})
}
