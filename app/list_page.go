package app

import (
	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
)

// listPage is what the screens of keys and of invitations have in common: rows
// beside the detail of one of them, one of the two where there is no room for
// both, and at times a form in place of them all.
type listPage struct {
	win   fyne.Window
	text  *look.Entry     // filters the rows
	above *fyne.Container // chips and text
	split *splitLayout
	page  *fyne.Container // rows and detail
	root  *fyne.Container // shows page, or a form

	detailOpen   bool // people asked for it, where there is room for one only
	rows         func() fyne.Focusable
	arrange      func() // says what a narrow window shows
	renderDetail func()
}

// show puts o, the page or a form, in sight; false when it was there already.
func (l *listPage) show(o fyne.CanvasObject) bool {
	if l.root.Objects[0] == o {
		return false
	}
	l.root.Objects = []fyne.CanvasObject{o}
	return true
}

// showPage puts rows and detail in sight again.
func (l *listPage) showPage() {
	if l.show(l.page) {
		l.root.Refresh()
		l.focusRows()
	}
}

// narrowed reports whether the detail stands in place of the rows.
func (l *listPage) narrowed() bool { return l.split.open && !l.split.wide }

// escape goes back from a detail that stands in place of the rows; true when
// that is what the key did.
func (l *listPage) escape(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape || !l.narrowed() {
		return false
	}
	l.closeDetail()
	return true
}

// openDetail shows the detail in place of the rows where there is no room for
// both.
func (l *listPage) openDetail() {
	l.detailOpen = true
	l.arrange()
	l.page.Refresh()
	l.renderDetail()
	l.freeFocus()
}

// closeDetail goes back to the rows.
func (l *listPage) closeDetail() {
	l.detailOpen = false
	l.arrange()
	l.page.Refresh()
	l.focusRows()
}

// freeFocus gives the keyboard to the rows, or to nobody while the detail
// stands in their place, so that Escape goes back.
func (l *listPage) freeFocus() {
	if l.narrowed() {
		l.win.Canvas().Unfocus()
		return
	}
	l.focusRows()
}

// focusRows gives the keyboard to the rows.
func (l *listPage) focusRows() { l.win.Canvas().Focus(l.rows()) }

func (l *listPage) clearText() {
	if l.text.Text != "" {
		l.text.SetText("")
	}
}

// holdsFocus reports whether the keyboard is somewhere in o, and no popup has
// it.
func (l *listPage) holdsFocus(o fyne.CanvasObject) bool {
	at, ok := l.win.Canvas().Focused().(fyne.CanvasObject)
	if !ok || !o.Visible() || l.win.Canvas().Overlays().Top() != nil {
		return false
	}
	driver := fyne.CurrentApp().Driver()
	in := driver.AbsolutePositionForObject(at).Subtract(driver.AbsolutePositionForObject(o))
	return in.X >= 0 && in.Y >= 0 && in.X < o.Size().Width && in.Y < o.Size().Height
}

// splitLayout puts a list beside its detail where the width allows it, and
// shows one of the two otherwise.
type splitLayout struct {
	wide    bool
	open    bool    // the detail is in sight where there is room for one only
	empty   bool    // there is no detail
	least   float32 // that the list needs to stand beside its detail
	changed func()
}

// Layout implements fyne.Layout.
func (l *splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	list, detail := objects[0], objects[1]
	room := size.Width - detailWidth - 16
	if wide := size.Width >= wideSplit && room >= l.least; wide != l.wide {
		l.wide = wide
		l.changed()
	}
	beside := l.wide && !l.empty
	show(list, beside || !l.open)
	show(detail, beside || l.open)
	at := size
	if beside {
		at.Width = room
		detail.Move(fyne.NewPos(at.Width+16, 0))
		detail.Resize(fyne.NewSize(detailWidth, size.Height))
	} else {
		detail.Move(fyne.NewPos(0, 0))
		detail.Resize(size)
	}
	list.Move(fyne.NewPos(0, 0))
	list.Resize(at)
}

// MinSize implements fyne.Layout: it fits the smallest window, where one of
// the two is seen.
func (l *splitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(detailWidth, objects[0].MinSize().Height)
}
