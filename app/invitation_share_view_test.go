package app

import (
	"fmt"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// sharer is what the buttons of the screen's share area use.
func (s *frameScreen) sharer() sharer {
	return sharer{s.work.inv.share, s.invitations.acts, s.tell}
}

// The pictures of the share area and of its dialogs, each in both variants.
func TestSharePictures(t *testing.T) {
	const first = 1
	doubtful := func(s *fakeSession) {
		s.plugin.URLBase = "http://localhost"
		for id := range s.links {
			s.links[id] = fmt.Sprintf("http://localhost/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R%04d", id)
		}
		s.doubts = []keys.LinkDoubt{keys.LinkLocal, keys.LinkPlain, keys.LinkOtherHost}
	}
	for _, c := range []struct {
		name, language string
		size           fyne.Size
		set            func(s *fakeSession)
		act            func(s *frameScreen)
	}{
		{name: "copied", act: func(s *frameScreen) {
			s.sharer().copyLink(first)
			s.loop.Drain()
		}},
		{name: "doubts", set: doubtful},
		{name: "ask", set: doubtful, act: func(s *frameScreen) {
			s.sharer().copyMessage(first)
			s.loop.Drain()
		}},
		{name: "ask_french", language: "fr", size: smallWindow, set: doubtful, act: func(s *frameScreen) {
			s.sharer().copyMessage(first)
			s.loop.Drain()
		}},
		{name: "checking", set: func(s *fakeSession) { s.delay = 0 }, act: func(s *frameScreen) {
			s.session.delay = 10e9
			s.sharer().copyLink(first)
		}},
		{name: "saved", act: func(s *frameScreen) {
			s.work.inv.share.note = &shareNote{id: first, path: "/home/ana/New hires – Paris.pdf",
				title: "Saved and read again: New hires – Paris.pdf", text: "Its code leads to this link. Only you may read the file."}
			s.work.inv.share.onChange()
		}},
		{name: "card", act: func(s *frameScreen) {
			s.sharer().print(first)
			s.loop.Drain()
		}},
		{name: "card_french", language: "fr", size: smallWindow, act: func(s *frameScreen) {
			s.sharer().print(first)
			s.loop.Drain()
		}},
		{name: "large", act: func(s *frameScreen) { s.sharer().showLarge(first) }},
		{name: "once", set: func(s *fakeSession) {
			s.links = nil
			s.invitations[0].ShowOnce = true
		}},
		{name: "once_fresh", set: func(s *fakeSession) { s.invitations[0].ShowOnce = true }},
		{name: "demo", act: func(s *frameScreen) {
			s.work.demo = true
			s.work.inv.share.onChange()
		}},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				if c.language != "" {
					useLanguage(t, c.language)
				}
				synctest.Test(t, func(t *testing.T) {
					session := inviting()
					if c.set != nil {
						c.set(session)
					}
					size := c.size
					if size.IsZero() {
						size = wideWindow
					}
					s := newInvitationsScreen(t, variant, size, session)
					s.invitations.choose(first)
					s.settle()
					s.invitations.openDetail()
					if c.act != nil {
						c.act(s)
					}
					s.invitations.page.Refresh()
					test.AssertRendersToImage(t, "invitation_share_"+c.name+"_"+variant+".png", s.win.Canvas())
					s.work.tasks.Close()
					s.loop.Drain()
				})
			})
		}
	}
}
