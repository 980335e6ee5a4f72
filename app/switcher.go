package app

import (
	"strings"

	"glpikeys/keys"
)

// switcher is the presenter of the choice of profile and entity. Nothing
// happens on the server until it is applied: an entity by the person, a profile
// as soon as it is chosen, since it comes with entities of its own.
type switcher struct {
	work    *workspace
	filter  string
	shown   []keys.Entity // that pass the filter
	at      int           // chosen one, index into shown, -1 for none
	tree    bool
	profile int
}

func newSwitcher(work *workspace) *switcher {
	s := &switcher{work: work, tree: work.facts.Recursive, profile: work.facts.Profile.ID}
	s.find("")
	return s
}

// find shows the entities whose path holds all words of text, and keeps the
// chosen one if it is among them.
func (s *switcher) find(text string) {
	chosen := s.work.facts.Entity.ID
	if s.shown != nil && s.at >= 0 {
		chosen = s.shown[s.at].ID
	}
	s.filter, s.shown, s.at = text, []keys.Entity{}, -1
	words := strings.Fields(strings.ToLower(text))
	for _, e := range s.work.facts.Entities {
		if holdsAll(strings.ToLower(e.Path), words) {
			if e.ID == chosen {
				s.at = len(s.shown)
			}
			s.shown = append(s.shown, e)
		}
	}
	if s.at < 0 && len(s.shown) > 0 {
		s.at = 0
	}
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// move goes n entities down, or up when negative.
func (s *switcher) move(n int) {
	if len(s.shown) > 0 {
		s.at = min(max(s.at+n, 0), len(s.shown)-1)
	}
}

// apply makes the choice on the server, as far as it differs from what is. A
// new profile comes with its own entities, so an entity chosen from the old
// profile's list does not count then.
func (s *switcher) apply() {
	f := s.work.facts
	switch {
	case s.profile != f.Profile.ID:
		s.work.useProfile(s.profile)
	case s.at < 0:
	case s.shown[s.at].ID != f.Entity.ID || s.tree != f.Recursive:
		s.work.useEntity(s.shown[s.at].ID, s.tree)
	}
}
