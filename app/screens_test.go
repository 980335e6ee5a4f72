package app

import (
	"cmp"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
)

// newThemedWindow is an empty window in a variant of the theme.
func newThemedWindow(t *testing.T, variant string) (fyne.App, fyne.Window) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(variant))
	win := test.NewTempWindow(t, nil)
	win.SetPadded(false)
	return app, win
}

// picture is a screen as it is to look, light and dark.
type picture struct {
	name     string
	language string               // "" for English
	size     fyne.Size            // of the window, zero for wideWindow
	set      func(s *fakeSession) // changes what the server answers; may be nil
	act      func(s *frameScreen) // what a person does; may be nil
}

// drawPictures compares pictures of a screen with the golden ones, whose names
// begin with prefix. open opens the screen on what session answers.
func drawPictures(t *testing.T, prefix string, session func() *fakeSession,
	open func(*testing.T, string, fyne.Size, *fakeSession) *frameScreen, list []picture,
) {
	t.Helper()
	for _, p := range list {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(p.name+"_"+variant, func(t *testing.T) {
				if p.language != "" {
					useLanguage(t, p.language)
				}
				synctest.Test(t, func(t *testing.T) {
					server := session()
					if p.set != nil {
						p.set(server)
					}
					s := open(t, variant, cmp.Or(p.size, wideWindow), server)
					if p.act != nil {
						p.act(s)
					}
					assertPicture(t, prefix+p.name+"_"+variant+".png", s.win)
					s.finish()
				})
			})
		}
	}
}

// assertPicture compares what a window shows with a golden picture. A window
// lays out anew what has grown or shrunk; Fyne's test driver has to be told.
func assertPicture(t *testing.T, name string, win fyne.Window) {
	t.Helper()
	win.Content().Refresh()
	test.AssertRendersToImage(t, name, win.Canvas())
}

// finish lets go of what still runs, so that the bubble can end.
func (s *frameScreen) finish() {
	s.work.tasks.Close()
	s.loop.Drain()
}

// bigList is a screen over 10,000 rows, as the benchmarks use it.
type bigList struct {
	*frame
	version *int // of what the rows rest on: another one is a refresh
	rows    fyne.Focusable
	text    *look.Entry
	texts   []string  // to filter by, one after the other
	narrow  func(int) // presses the chip with that number, modulo how many there are
}

// measure runs the benchmarks of a list.
func (l bigList) measure(b *testing.B) {
	b.Run("refreshed", func(b *testing.B) {
		for b.Loop() {
			*l.version++
			l.render()
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			l.render()
		}
	})
	b.Run("cursor", func(b *testing.B) {
		for b.Loop() {
			l.rows.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
	})
	b.Run("chip", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			l.narrow(i)
		}
		l.narrow(0)
	})
	b.Run("text", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			l.text.SetText(l.texts[i%len(l.texts)])
		}
		l.text.SetText("")
	})
	b.Run("first letter", func(b *testing.B) { // after the rows were read again
		for b.Loop() {
			b.StopTimer()
			l.text.SetText("")
			*l.version++
			l.render()
			b.StartTimer()
			l.text.SetText("e")
		}
		l.text.SetText("")
	})
}
