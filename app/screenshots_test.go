//go:build screenshots

package app

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"glpikeys/app/internal/look"
)

// TestScreenshots draws the README's pictures anew: make screenshots.
func TestScreenshots(t *testing.T) {
	for _, c := range []struct {
		name, variant string
		act           func(s *frameScreen)
	}{
		{"overview", look.Light, func(*frameScreen) {}},
		{"keys", look.Dark, func(s *frameScreen) {
			s.open(routeKeys)
			s.keys.choose(keyOf(2))
			s.settle()
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newFrameScreen(t, c.variant, wideWindow, licensed())
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
