//go:build screenshots

package app

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// both holds keys of this server alone, and invitations.
func both() *fakeSession {
	s := licensed()
	s.keyRecords = slices.DeleteFunc(s.keyRecords, func(r keys.KeyRecord) bool {
		return keys.NormalAddress(r.Block.BoundTo) != keys.NormalAddress(s.facts.Web())
	})
	onlyKeys(s)
	from := inviting()
	s.plugin, s.invitations, s.registrations, s.links = from.plugin, from.invitations, from.registrations, from.links
	return s
}

// TestScreenshots draws the README's pictures anew: make screenshots.
func TestScreenshots(t *testing.T) {
	for _, c := range []struct {
		name, variant string
		session       *fakeSession
		act           func(s *frameScreen)
	}{
		{"overview", look.Light, both(), func(s *frameScreen) { s.settle() }},
		{"invitations", look.Light, inviting(), func(s *frameScreen) {
			s.open(routeInvitations)
			s.settle()
		}},
		{"keys", look.Dark, licensed(), func(s *frameScreen) {
			s.open(routeKeys)
			s.keys.choose(keyOf(1002))
			s.settle()
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newFrameScreen(t, c.variant, wideWindow, c.session)
			c.act(s)
			f, err := os.Create(filepath.Join("..", "docs", c.name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := png.Encode(f, s.win.Canvas().Capture()); err != nil {
				t.Fatal(err)
			}
			s.work.tasks.Close()
			s.loop.Drain()
		})
	}
}
