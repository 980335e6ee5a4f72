package app

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// newInvitingWindow is the whole window, signed in where there are invitations.
func newInvitingWindow(t *testing.T, l *loop) (*Window, *fakeSession) {
	t.Helper()
	session := inviting()
	w, _ := newTestWindow(t, l, session)
	w.opened(Opened{Session: session, Connection: connection.Connection{ID: "one", Name: "helpdesk.example.com"}})
	l.Drain()
	return w, session
}

func rest(l *loop) {
	l.Drain()
	time.Sleep(time.Second)
	l.Drain()
}

func (w *Window) endTest(l *loop) {
	if w.work != nil {
		w.leave(nil)
	}
	w.signIn.close()
	l.Drain()
}

func TestInvitationCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, session := newInvitingWindow(t, l)
		defer w.endTest(l)
		if err := w.commands.Check(); err != nil {
			t.Error(err)
		}
		acts := []string{"invitation.copy", "invitation.extend", "invitation.duplicate", "invitation.reissue",
			"invitation.approve", "invitation.revoke", "invitation.restore"}
		check := func(when string, want ...bool) {
			t.Helper()
			for i, id := range acts {
				if w.commands.Enabled(id) != want[i] {
					t.Errorf("%s: %s can run: %v", when, id, !want[i])
				}
			}
		}
		check("elsewhere", false, false, false, false, false, false, false)
		if !w.commands.Enabled("invitation.new") {
			t.Error("none can be made from the overview")
		}
		waitFor(session, 2, "Noor")
		w.commands.Run("go.invitations")
		v := w.frame.invitations
		v.choose(1)
		rest(l)
		check("an active one", true, true, true, true, false, true, false)
		v.choose(2)
		rest(l)
		check("one with somebody waiting", true, true, true, true, true, true, false)
		v.choose(5)
		rest(l)
		check("a used up one", true, true, true, false, false, true, false)
		v.choose(7)
		rest(l)
		check("a revoked one", true, false, true, false, false, false, true)
		v.table.Model.SelectAll()
		check("all", true, false, false, false, false, true, true)
		v.choose(1)
		rest(l)
		w.commands.Run("invitation.copy")
		rest(l)
		if got := w.app.Clipboard().Content(); got != session.links[1] {
			t.Errorf("copied %q", got)
		}
	})
}

func TestPaletteFindsInvitations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newInvitingWindow(t, l)
		defer w.endTest(l)
		for _, r := range w.records() {
			if r.Title == "Open day" {
				r.Run()
			}
		}
		rest(l)
		if row, ok := w.frame.invitations.table.Model.Current(); w.frame.at != routeInvitations || !ok || row.ID != 6 || w.work.inv.at != 6 {
			t.Errorf("at %s, row %+v", w.frame.at, row)
		}
	})
}

// What was typed survives a lost session, and only where it belongs.
func TestDraftSurvivesALostSession(t *testing.T) {
	for _, c := range []struct {
		connection string
		want       bool
	}{{"one", true}, {"two", false}} {
		synctest.Test(t, func(t *testing.T) {
			l := newLoop()
			w, session := newInvitingWindow(t, l)
			defer w.endTest(l)
			w.commands.Run("invitation.new")
			form := w.work.inv.draft
			if form == nil || w.commands.Enabled("invitation.new") {
				t.Fatal("no form")
			}
			w.leave(nil)
			l.Drain()
			w.opened(Opened{Session: session, Connection: connection.Connection{ID: c.connection}})
			l.Drain()
			if got := w.work.inv.draft == form; got != c.want || w.work.inv.forming != c.want {
				t.Errorf("%s: kept %v, in sight %v", c.connection, got, w.work.inv.forming)
			}
			if c.want && form.work != w.work {
				t.Error("the form would write to the old session")
			}
		})
	}
}

func TestFormTakesThePlaceOfTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newInvitingWindow(t, l)
		defer w.endTest(l)
		w.commands.Run("invitation.new")
		if got := w.frame.title.Text(); got != "New invitation" || w.frame.invite.Visible() {
			t.Errorf("title %q", got)
		}
		w.work.inv.closeForm()
		if got := w.frame.title.Text(); got != "Invitations" || !w.frame.invite.Visible() {
			t.Errorf("title %q", got)
		}
		w.set.setTheme(look.Dark) // makes all widgets anew
		if len(w.frame.invitations.table.Model.All()) != 7 {
			t.Error("the rows are gone")
		}
	})
}

func TestEscapeLeavesTheDetail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newInvitationsScreen(t, look.Light, smallWindow, inviting())
		s.invitations.choose(1)
		s.settle()
		s.invitations.table.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if !s.invitations.detail.root.Visible() || s.invitations.table.Visible() && s.invitations.above.Visible() {
			t.Fatal("Enter does not open the detail")
		}
		if at := s.win.Canvas().Focused(); at != nil {
			t.Errorf("%T would keep Escape", at)
		}
		if !s.key(&fyne.KeyEvent{Name: fyne.KeyEscape}) || s.invitations.detail.root.Visible() {
			t.Error("Escape does not go back")
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

func TestEscapeClosesQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, session := newInvitingWindow(t, l)
		defer w.endTest(l)
		waitFor(session, 2, "Noor")
		w.commands.Run("go.invitations")
		rest(l)
		v := w.frame.invitations
		for _, ask := range []func(){
			func() { v.askRevoke([]int{1}) }, func() { v.askExtend(1) }, func() { v.askReissue(1) },
			func() { v.askRefuse(2, session.registrations[2]) },
		} {
			everyFocus(t, w.win.Canvas(), fyne.KeyEscape, ask)
		}
		if n := len(w.work.inv.revocable([]int{1})); n != 1 {
			t.Error("Escape revoked it")
		}
	})
}

// What had the keyboard in the detail may be gone after an act.
func TestKeyboardStaysAfterAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := inviting()
		waitFor(session, 2, "Noor", "Ivo")
		s := newInvitationsScreen(t, look.Light, wideWindow, session)
		s.invitations.choose(2)
		s.settle()
		canvas := s.win.Canvas()
		for range 40 { // to "Approve all 2"
			canvas.FocusNext()
			if b, ok := canvas.Focused().(*look.Button); ok && b.Text() == "Approve all 2" {
				b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				break
			}
		}
		s.settle()
		if n := s.work.inv.waiting(); n != 0 {
			t.Fatalf("%d still wait", n)
		}
		if canvas.Focused() != s.invitations.table.Focusable() {
			t.Errorf("the keyboard is at %T", canvas.Focused())
		}
		if got := s.passing.Text(); got != "2 registrations approved" {
			t.Errorf("said in passing: %q", got)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

// Who would get more than the invitation gives is approved after a question
// that says what.
func TestApproveAsksWhenRulesGiveMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := inviting()
		waitFor(session, 2, "Noor", "Ivo")
		session.registrations[2][0].RuleGrants = "profile Super-Admin in Root entity"
		s := newInvitationsScreen(t, look.Light, wideWindow, session)
		s.invitations.choose(2)
		s.settle()
		s.invitations.approveAll()
		top := s.win.Canvas().Overlays().Top()
		if top == nil || s.work.inv.acting != nil || s.work.inv.waiting() != 2 {
			t.Fatal("approved without a question")
		}
		asked := ""
		for _, o := range test.LaidOutObjects(top) {
			if text, ok := o.(*look.Text); ok {
				asked += text.Text() + "\n"
			}
		}
		if !strings.Contains(asked, "Noor: profile Super-Admin in Root entity") || strings.Contains(asked, "Ivo") {
			t.Errorf("the question: %s", asked)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

// A click on a button takes the keyboard from the rows; the act gives it back.
func TestKeyboardComesBackAfterAClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newInvitationsScreen(t, look.Light, wideWindow, inviting())
		canvas := s.win.Canvas()
		canvas.Unfocus() // as the window does
		s.work.inv.revoke([]int{1})
		s.settle()
		if canvas.Focused() != s.invitations.table.Focusable() {
			t.Errorf("the keyboard is at %T", canvas.Focused())
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

// Delete asks before it revokes what is selected.
func TestDeleteAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newInvitingWindow(t, l)
		defer w.endTest(l)
		w.commands.Run("go.invitations")
		w.frame.invitations.choose(1)
		rest(l)
		w.frame.invitations.table.Focusable().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
		if w.win.Canvas().Overlays().Top() == nil || w.work.inv.acting != nil {
			t.Fatal("no question")
		}
	})
}

func TestRailCountsWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := inviting()
		waitFor(session, 2, "Noor", "Ivo")
		s := newFrameScreen(t, look.Light, wideWindow, session)
		if n := s.work.inv.waiting(); n != 2 {
			t.Errorf("%d wait", n)
		}
		session.errs = map[string]error{"invitations": &keys.Problem{Cause: keys.TimedOut}}
		s.work.refresh()
		s.loop.Drain()
		if n := s.work.inv.waiting(); n != 2 {
			t.Errorf("%d wait after a failure", n)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}
