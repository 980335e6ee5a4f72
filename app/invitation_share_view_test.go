package app

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
	"glpikeys/keys/sheet"
)

// sharer is what the buttons of the screen's share area use.
func (s *frameScreen) sharer() sharer {
	return sharer{s.work.inv.share, s.invitations.acts, s.tell}
}

// The pictures of the share area and of its dialogs, each in both variants.
func TestSharePictures(t *testing.T) {
	const first = 1
	changed := func(s *frameScreen) {
		s.work.inv.share.onChange()
		s.invitations.page.Refresh() // a window does this for what has grown
	}
	doubtful := func(s *fakeSession) {
		s.plugin.URLBase = "http://localhost"
		for id := range s.links {
			s.links[id] = fmt.Sprintf("http://localhost/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R%04d", id)
		}
		s.doubts = []keys.LinkDoubt{keys.LinkLocal, keys.LinkPlain, keys.LinkOtherHost}
	}
	drawPictures(t, "invitation_share_", inviting, func(t *testing.T, variant string, size fyne.Size, session *fakeSession) *frameScreen {
		s := newInvitationsScreen(t, variant, size, session)
		s.invitations.choose(first)
		s.settle()
		s.invitations.openDetail()
		return s
	}, []picture{
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
			s.invitations.page.Refresh()
		}},
		{name: "saved", act: func(s *frameScreen) {
			s.work.inv.share.note = &shareNote{id: first, path: "/home/ana/New hires – Paris.pdf",
				title: "Saved and read again: New hires – Paris.pdf", text: "Its code leads to this link. Only you may read the file."}
			changed(s)
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
			changed(s)
		}},
	})
}

// The dialog for a file's name opens, and what it names is written.
func TestSaveThroughTheDialog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		session := inviting()
		session.doubts = []keys.LinkDoubt{keys.LinkNotOurs}
		s := newInvitationsScreen(t, look.Light, wideWindow, session)
		folder := t.TempDir()
		prefs := s.work.deps.Preferences
		if err := prefs.Update(func(p *PreferencesData) { p.Folder = folder }); err != nil {
			t.Fatal(err)
		}
		s.invitations.choose(1)
		s.settle()
		for _, c := range []struct {
			kind  sheet.Kind
			press []string
		}{
			{sheet.PNG, []string{"Share anyway", "Save"}},
			{sheet.SVG, []string{"Save"}},
			{sheet.PDF, []string{"Save as PDF card…", "Save"}},
		} {
			s.sharer().save(1, c.kind)
			s.settle()
			for _, text := range c.press {
				pressDialog(t, s.win.Canvas(), text)
				s.settle()
			}
			file, err := os.ReadFile(filepath.Join(folder, "New hires – Paris."+c.kind.String()))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := sheet.Read(c.kind, file); err != nil || got[0] != s.session.links[1] {
				t.Errorf("decoded %v, %v", got, err)
			}
		}
		s.finish()
	})
}

// pressDialog presses a button of the dialog on top.
func pressDialog(t *testing.T, c fyne.Canvas, text string) {
	t.Helper()
	if c.Overlays().Top() == nil {
		t.Fatalf("no dialog with %q", text)
	}
	for _, o := range test.LaidOutObjects(c.Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && b.Text == text {
			test.Tap(b)
			return
		}
		if b, ok := o.(*look.Button); ok && b.Text() == text {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("no button %q", text)
}

func TestEscapeClosesSharing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newInvitationsScreen(t, look.Light, wideWindow, inviting())
		s.invitations.choose(1)
		s.settle()
		s.sharer().copyLink(1) // it is not tried again
		s.settle()
		for _, open := range []func(){
			func() { s.sharer().showLarge(1) },
			func() { s.sharer().print(1) },
			func() { s.sharer().ask([]warning{{"title", "text"}}, func() { t.Error("shared") }) },
			func() { s.sharer().explain([]warning{{"title", "text"}}) },
		} {
			everyFocus(t, s.win.Canvas(), fyne.KeyEscape, open)
		}
		s.finish()
	})
}

// What is shown large can be selected, not changed.
func TestLinkIsReadOnly(t *testing.T) {
	const link = "https://helpdesk.example.com/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R0001"
	test.NewTempApp(t)
	e := newReadOnly(link, func() {})
	test.NewTempWindow(t, e)
	test.Type(e, "x")
	e.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if e.Text != link {
		t.Errorf("%q", e.Text)
	}
}

// However long a file's name is, the window does not grow when it is told.
func TestToldTextsKeepTheWindowsSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newInvitationsScreen(t, look.Light, smallWindow, inviting())
		before := s.root.MinSize()
		s.tell("Saved and read again: a label that is as long as GLPI lets labels be, and that no status line has room for, ever.pdf")
		if after := s.root.MinSize(); after != before {
			t.Errorf("needs %v, needed %v", after, before)
		}
		s.finish()
	})
}
