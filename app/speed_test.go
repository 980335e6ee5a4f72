package app

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// manyItems are n items over three years, as a large server has them.
func manyItems(n int) []keys.Item {
	today := keys.DateOf(testNow)
	items := make([]keys.Item, n)
	for i := range items {
		items[i] = keys.Item{
			Type:   keys.ItemTypes[i%len(keys.ItemTypes)],
			ID:     i + 1,
			Name:   fmt.Sprintf("Subscription %05d – Élan", i),
			Detail: fmt.Sprintf("Product %d", i%40),
			Entity: fmt.Sprintf("Root entity > Region %d > Site %d", i%7, i%41),
		}
		if i%10 != 0 {
			items[i].End = today.AddDays(i*7919%1095 - 200)
		}
	}
	return items
}

// newBigFrame is the frame over 10,000 items, in a window of the usual size.
func newBigFrame(b *testing.B) *frame {
	b.Helper()
	app := test.NewTempApp(b)
	app.Settings().SetTheme(look.New(look.Light))
	deps := newDeps(b, newLoop())
	w := newWorkspace(deps, Opened{Session: helpdesk(), Connection: connection.Connection{ID: "one", Name: "many"}})
	b.Cleanup(w.tasks.Close)
	w.glance.Items, w.seen = manyItems(10_000), testNow
	win := test.NewTempWindow(b, nil)
	set := newSettings(deps.Preferences)
	f := newFrame(w, set, frameActs{win: win, clipboard: app.Clipboard(), palette: func() {}, switcher: func() {}, changed: func() {}})
	w.onChange, set.onChange = f.render, f.render
	win.SetContent(f.root)
	win.Resize(fyne.NewSize(defaultWidth, defaultHeight))
	return f
}

func BenchmarkOverview10000(b *testing.B) {
	f := newBigFrame(b)
	for b.Loop() {
		f.render()
	}
}

func BenchmarkPaletteRecords10000(b *testing.B) {
	f := newBigFrame(b)
	w := &Window{deps: f.work.deps, work: f.work, frame: f}
	for b.Loop() {
		w.records()
	}
}
