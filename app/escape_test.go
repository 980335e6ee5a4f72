package app

import (
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"

	"glpikeys/app/connection"
)

// everyFocus presses a key on each widget of what lies on top that takes the
// keyboard, reached by Tab; open says whether it is still there, and again
// opens it.
func everyFocus(t *testing.T, c fyne.Canvas, key fyne.KeyName, open func()) {
	t.Helper()
	for n := range 12 {
		open()
		if c.Overlays().Top() == nil {
			t.Fatal("nothing opened")
		}
		for range n {
			c.FocusNext()
		}
		at := c.Focused()
		if at != nil {
			at.TypedKey(&fyne.KeyEvent{Name: key})
		} else if c.OnTypedKey() != nil {
			c.OnTypedKey()(&fyne.KeyEvent{Name: key})
		}
		if c.Overlays().Top() != nil {
			t.Fatalf("%s on %T (Tab %d times) leaves it open", key, at, n)
		}
	}
}

func TestEscapeClosesFromEveryWidget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := newTestWindow(t, l, helpdesk())
		c := connection.Connection{ID: "one", Name: "one", API: "https://one.example.com/apirest.php", Address: "one.example.com"}
		if err := w.deps.Connections.Put(c); err != nil {
			t.Fatal(err)
		}
		w.signIn.Resume()
		w.showSignIn()
		everyFocus(t, w.win.Canvas(), fyne.KeyEscape, func() { w.view.rename(c) })
		everyFocus(t, w.win.Canvas(), fyne.KeyEscape, func() { w.view.askRemove(losing()) })

		w.signIn.explore()
		l.Drain()
		everyFocus(t, w.win.Canvas(), fyne.KeyEscape, w.openSwitcher)
		w.leave(nil)
		w.signIn.close()
		l.Drain()
	})
}
