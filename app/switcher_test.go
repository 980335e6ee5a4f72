package app

import (
	"slices"
	"testing"
	"testing/synctest"

	"glpikeys/keys"
)

// newTestSwitcher is the choice on a session with two profiles and four
// entities, of which the second one, Paris, is active with its children.
func newTestSwitcher(t *testing.T, l *loop) (*switcher, *fakeSession) {
	t.Helper()
	session := helpdesk()
	session.facts.Profiles = []keys.Profile{{ID: 4, Name: "Super-Admin"}, {ID: 2, Name: "Observer"}}
	session.facts.Profile = session.facts.Profiles[0]
	session.facts.Entities = []keys.Entity{
		{ID: 0, Path: "Root entity"}, {ID: 5, Path: "Root entity > Paris"},
		{ID: 6, Path: "Root entity > Paris > Laboratory"}, {ID: 9, Path: "Root entity > Lyon"},
	}
	session.facts.Entity, session.facts.Recursive = session.facts.Entities[1], true
	w := newWorkspace(newDeps(t, l), Opened{Session: session, Demo: true})
	t.Cleanup(w.tasks.Close)
	return newSwitcher(w), session
}

func TestSwitcherFinds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []int // ids shown
		chosen     int   // -1 for none
	}{
		{"everything", "", []int{0, 5, 6, 9}, 5},
		{"a part of the path", "PARIS", []int{5, 6}, 5},
		{"two words, any order", "lab root", []int{6}, 6},
		{"the chosen one is filtered away", "lyon", []int{9}, 9},
		{"nothing", "lyon paris", nil, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newTestSwitcher(t, newLoop())
			s.find(c.text)
			var got []int
			for _, e := range s.shown {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("shows %v, want %v", got, c.want)
			}
			chosen := -1
			if s.at >= 0 {
				chosen = s.shown[s.at].ID
			}
			if chosen != c.chosen {
				t.Errorf("chosen %d, want %d", chosen, c.chosen)
			}
		})
	}
}

func TestSwitcherKeepsWhatWasChosen(t *testing.T) {
	s, _ := newTestSwitcher(t, newLoop())
	s.move(5)  // stops at the last one, Lyon
	s.find("") // as when a letter was taken back
	if s.shown[s.at].ID != 9 {
		t.Errorf("chosen %d", s.shown[s.at].ID)
	}
	s.move(-9)
	if s.shown[s.at].ID != 0 {
		t.Errorf("at the top: %d", s.shown[s.at].ID)
	}
	s.find("nowhere")
	s.move(1)
	if s.at != -1 {
		t.Errorf("nothing is shown, but %d is chosen", s.at)
	}
	s.find("")
	if s.at < 0 {
		t.Error("nothing is chosen any more")
	}
}

func TestSwitcherApplies(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*switcher)
		want []string
	}{
		{"nothing changed", func(*switcher) {}, nil},
		{"an entity", func(s *switcher) { s.move(1) }, []string{"entity", "glance", "has key type", "invitations", "key records", "plugin", "subscription"}},
		{"without its children", func(s *switcher) { s.tree = false }, []string{"entity", "glance", "has key type", "invitations", "key records", "plugin", "subscription"}},
		{"a profile", func(s *switcher) { s.profile = 2 }, []string{"profile", "glance", "has key type", "invitations", "key records", "plugin", "subscription"}},
		{"a profile beats an entity", func(s *switcher) { s.profile = 2; s.move(1) }, []string{"profile", "glance", "has key type", "invitations", "key records", "plugin", "subscription"}},
		{"no entity shown", func(s *switcher) { s.find("nowhere") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLoop()
				s, session := newTestSwitcher(t, l)
				c.do(s)
				s.apply()
				l.Drain()
				if len(session.calls) > 0 {
					slices.Sort(session.calls[1:]) // the list and the invitations are read side by side
				}
				if !slices.Equal(session.calls, c.want) {
					t.Errorf("calls %v, want %v", session.calls, c.want)
				}
			})
		})
	}
}
