package app

import (
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// A notice of several lines ends above the rows as soon as it is there.
func TestNoticesEndAboveTheRows(t *testing.T) {
	long := &keys.Problem{Op: "list", Cause: keys.Unreachable, Detail: strings.Repeat("a-long-name.", 12) + "example.com"}
	for _, c := range []struct {
		name   string
		screen func(*testing.T) *frameScreen
		fail   func(*frameScreen)
		page   func(*frameScreen) (notices *fyne.Container, rows fyne.CanvasObject)
	}{
		{"keys", func(t *testing.T) *frameScreen { return newKeysScreen(t, look.Light, wideWindow, licensed()) },
			func(s *frameScreen) { s.work.keys.failure = long; s.keys.render() },
			func(s *frameScreen) (*fyne.Container, fyne.CanvasObject) { return s.keys.notices, s.keys.table }},
		{"invitations", func(t *testing.T) *frameScreen { return newInvitationsScreen(t, look.Light, wideWindow, inviting()) },
			func(s *frameScreen) { s.work.inv.failure = long; s.invitations.render() },
			func(s *frameScreen) (*fyne.Container, fyne.CanvasObject) {
				return s.invitations.notices, s.invitations.table
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := c.screen(t)
				s.win.Resize(smallWindow) // while there is no notice
				c.fail(s)
				notices, rows := c.page(s)
				driver := fyne.CurrentApp().Driver()
				if notices.Hidden || len(notices.Objects) == 0 {
					t.Fatal("there is no notice")
				}
				last := notices.Objects[len(notices.Objects)-1]
				if last.MinSize().Height < 55 {
					t.Fatalf("the notice has one line only: %v", last.MinSize())
				}
				end := driver.AbsolutePositionForObject(last).Y + last.MinSize().Height
				if top := driver.AbsolutePositionForObject(rows).Y; top-end < gap || top-end > gap+2 {
					t.Errorf("the notice ends at %v, the rows begin at %v", end, top)
				}
				s.work.tasks.Close()
				s.loop.Drain()
			})
		})
	}
}

// A row is scrolled to right after the notices were shown, so the rows have to
// be as high as they will be by then.
func TestNoticesTakeTheirRoomAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeysScreen(t, look.Light, smallWindow, licensed())
		s.work.keys.showEverything(true)
		s.loop.Drain()
		before := s.keys.table.Size().Height
		s.keys.showNotices([]fyne.CanvasObject{look.NewNotice(look.OK, look.SymbolCheck, "Revoked", "It is in use no longer.")})
		if now := s.keys.table.Size().Height; now > before-40 {
			t.Errorf("the rows are %v high beside a notice, %v without", now, before)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}
