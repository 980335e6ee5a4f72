package app

import (
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// What was typed into a record there is would be lost: somebody is asked.
func TestLeavingAnEditedKeyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeyScreen(t, look.Light, widePage, nil)
		overlays := s.win.Canvas().Overlays()
		s.acts.edit(2)
		s.form.close()
		if s.form != nil {
			t.Fatal("a form without changes does not close")
		}
		s.acts.edit(2)
		s.form.edit(keys.KeyFieldNumber, func(d *keyDraft) { d.number = "PO-1" })
		s.form.close()
		if s.form == nil || overlays.Top() == nil {
			t.Fatal("nobody was asked")
		}
		s.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if s.form == nil || s.form.draft.number != "PO-1" || overlays.Top() != nil {
			t.Fatal("staying loses what was typed")
		}
		s.form.close()
		s.win.Canvas().FocusNext()
		s.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if s.form != nil || overlays.Top() != nil {
			t.Error("the form does not close")
		}
		s.finish()
	})
}

// Fyne's entries swallow the wheel.
func TestWheelScrollsFormOverEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFormScreen(t, look.Light, smallPage, nil)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.label).AddXY(20, 10)
		test.Scroll(s.win.Canvas(), at, 0, -60)
		if s.scroll.Offset.Y == 0 {
			t.Error("the form stays where it is")
		}
		s.finish()
	})
}

func TestMoreOptionsAreRevealedByTab(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeyScreen(t, look.Light, smallPage, nil)
		s.acts.add()
		v := s.acts.formView
		s.win.Canvas().Focus(v.moreLink)
		driver := fyne.CurrentApp().Driver()
		at, in := driver.AbsolutePositionForObject(v.moreLink).Y, driver.AbsolutePositionForObject(v.scroll).Y
		if at < in || at+v.moreLink.Size().Height > in+v.scroll.Size().Height {
			t.Errorf("the link is at %v, in sight is %v to %v", at, in, in+v.scroll.Size().Height)
		}
		test.Tap(v.moreLink)
		if s.win.Canvas().Focused() != v.inputs[keys.KeyFieldOwner] {
			t.Error("the keyboard is not in the first of the rare fields")
		}
		s.finish()
	})
}

// Fyne takes the keyboard away again from a pressed entry that slides from
// under the pointer.
func TestPressedEntryStaysWhereItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeyScreen(t, look.Light, smallPage, nil)
		s.acts.add()
		v := s.acts.formView
		entry := v.inputs[keys.KeyFieldContact].(*look.Entry)
		before := v.scroll.Offset
		entry.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
		if v.scroll.Offset != before || s.win.Canvas().Focused() != entry {
			t.Errorf("pressed: scrolled from %v to %v, focus on %T", before, v.scroll.Offset, s.win.Canvas().Focused())
		}
		s.win.Canvas().Unfocus()
		s.win.Canvas().Focus(entry)
		if v.scroll.Offset == before {
			t.Error("reached by Tab: it stays out of sight")
		}
		s.finish()
	})
}
