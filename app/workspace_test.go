package app

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// newTestWorkspace is a workspace on a session that takes a second per call.
func newTestWorkspace(t *testing.T, l *loop) (*workspace, *fakeSession) {
	t.Helper()
	day := keys.DateOf(testNow)
	s := &fakeSession{
		delay: time.Second,
		facts: keys.Facts{
			Endpoint: keys.Endpoint{API: "https://helpdesk.example.com/apirest.php", Major: 11},
			Version:  "11.0.6",
			Profile:  keys.Profile{ID: 4, Name: "Super-Admin"},
			Profiles: []keys.Profile{{ID: 4, Name: "Super-Admin"}, {ID: 6, Name: "Technician"}},
			Entity:   keys.Entity{ID: 0, Path: "Root entity"},
			Entities: []keys.Entity{{ID: 0, Path: "Root entity"}, {ID: 3, Path: "Root entity > Paris"}},
		},
		glance: keys.Glance{Items: []keys.Item{
			{Type: keys.TypeLicence, ID: 1, Name: "Formcreator Pro", End: day.AddDays(-42)},
			{Type: keys.TypeLicence, ID: 2, Name: "GLPI Network Standard", End: day.AddDays(3)},
			{Type: keys.TypeContract, ID: 1, Name: "Support", End: day.AddDays(21)},
			{Type: keys.TypeCertificate, ID: 1, Name: "www", End: day.AddDays(400)},
			{Type: keys.TypeLicence, ID: 3, Name: "Fields"},
		}},
	}
	w := newWorkspace(newDeps(t, l), Opened{
		Session:    s,
		Connection: connection.Connection{ID: "one", Name: "helpdesk.example.com"},
	})
	t.Cleanup(w.tasks.Close)
	return w, s
}

func TestRefreshKeepsWhatIsShownOnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, s := newTestWorkspace(t, l)
		w.refresh()
		l.Drain()
		if !w.busy() || w.total != 5 {
			t.Errorf("busy %v, %d rows announced", w.busy(), w.total)
		}
		time.Sleep(time.Second)
		l.Drain()
		if w.busy() || len(w.glance.Items) != 5 || !w.seen.Equal(testNow) {
			t.Fatalf("busy %v, %d items, seen %v", w.busy(), len(w.glance.Items), w.seen)
		}

		s.err = &keys.Problem{Op: "list", Cause: keys.Unreachable}
		w.refresh()
		time.Sleep(time.Second)
		l.Drain()
		if keys.CauseOf(w.failure) != keys.Unreachable || len(w.glance.Items) != 5 {
			t.Errorf("failure %v, %d items left", w.failure, len(w.glance.Items))
		}
	})
}

func TestSwitchForgetsOldRowsAndRefreshes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, s := newTestWorkspace(t, l)
		w.refresh()
		time.Sleep(time.Second)
		l.Drain()

		w.useEntity(3, true)
		time.Sleep(time.Second)
		l.Drain()
		if w.facts.Entity.ID != 3 || !w.facts.Recursive {
			t.Errorf("facts %+v", w.facts.Entity)
		}
		if len(w.glance.Items) != 0 || !w.busy() {
			t.Error("rows of the old entity are still shown, or nothing is read")
		}
		time.Sleep(time.Second)
		l.Drain()
		if len(w.glance.Items) != 5 {
			t.Error("no refresh after the switch")
		}
		saved := w.deps.Connections.All()
		if len(saved) != 1 || saved[0].Entity == nil || *saved[0].Entity != 3 || !saved[0].Tree {
			t.Errorf("the entity was not remembered: %+v", saved)
		}

		s.err = errors.New("refused")
		w.useProfile(6)
		time.Sleep(time.Second)
		l.Drain()
		if w.failure == nil || w.facts.Profile.ID != 4 || len(w.glance.Items) != 5 {
			t.Error("a refused switch must change nothing that is shown")
		}
	})
}

func TestSwitchReplacesRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWorkspace(t, l)
		w.refresh()
		w.useEntity(3, false)
		w.refresh() // must not read with the old entity
		time.Sleep(time.Second)
		l.Drain()
		if len(w.glance.Items) != 0 {
			t.Error("a refresh ran beside the switch")
		}
		time.Sleep(time.Second)
		l.Drain()
		if len(w.glance.Items) != 5 || w.busy() {
			t.Errorf("%d items, busy %v", len(w.glance.Items), w.busy())
		}
	})
}

func TestDemoRemembersNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWorkspace(t, l)
		w.demo = true
		w.useEntity(3, true)
		time.Sleep(2 * time.Second)
		l.Drain()
		if n := len(w.deps.Connections.All()); n != 0 {
			t.Errorf("%d connections saved by the demo", n)
		}
	})
}

func TestCancelKeepsWhatIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWorkspace(t, l)
		w.refresh()
		w.cancel()
		time.Sleep(time.Minute)
		l.Drain()
		if w.busy() || w.failure != nil || !w.seen.IsZero() {
			t.Errorf("busy %v, failure %v, seen %v", w.busy(), w.failure, w.seen)
		}
	})
}

func TestNoticesStayUntilDismissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, s := newTestWorkspace(t, l)
		w = newWorkspace(w.deps, Opened{Session: s, Notices: []string{"The profile is gone."}})
		defer w.tasks.Close()
		w.refresh()
		time.Sleep(time.Second)
		l.Drain()
		if len(w.notices) != 1 {
			t.Error("a refresh hides the notice before anybody read it")
		}
		w.dismiss()
		if len(w.notices) != 0 {
			t.Error("the notice cannot be dismissed")
		}
	})
}

func TestItemPage(t *testing.T) {
	got := itemPage("https://host/glpi", keys.ItemKey{Type: keys.TypeLicence, ID: 12})
	if want := "https://host/glpi/front/softwarelicense.form.php?id=12"; got != want {
		t.Errorf("got %s", got)
	}
}
