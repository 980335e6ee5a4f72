package app

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
)

// question is a dialog over the window, with a way out and a button that acts.
// Where there is nothing to decide, confirm is empty and the way out is all.
type question struct {
	title   string
	content fyne.CanvasObject
	kind    look.Kind
	confirm string
	leave   string      // the way out, "" for "Cancel"
	act     func() bool // false keeps the dialog open; may be nil
	then    func()      // goes on when the dialog is gone, with another perhaps; may be nil
	width   float32     // of the content, where the usual one is too little
}

// ask opens the dialog and gives what presses its button. Escape closes it.
func ask(win fyne.Window, q question) (confirm func()) {
	canvas := win.Canvas()
	var popup *widget.PopUp
	then := closing(canvas, &popup)
	confirm = func() {
		if q.act == nil || q.act() {
			then(q.then)()
		}
	}
	leave := look.NewButton(look.Secondary, cmp.Or(q.leave, t("Cancel")), then(nil))
	buttons := look.HBox(8, look.Spacer(), leave)
	if q.confirm != "" {
		buttons.Add(look.NewButton(q.kind, q.confirm, confirm))
	}
	popup = widget.NewModalPopUp(look.Padded(16, 18, 14, 18, look.Wide(max(400, q.width),
		look.VBox(14, look.NewWrapped(look.Heading, q.title), q.content, buttons))), canvas)
	popup.Show()
	canvas.Focus(leave)
	return confirm
}

// closing lets Escape close the popup, and gives what makes acts close it
// before they run.
func closing(canvas fyne.Canvas, popup **widget.PopUp) func(act func()) func() {
	before := canvas.OnTypedKey()
	then := func(act func()) func() {
		return func() {
			canvas.SetOnTypedKey(before)
			(*popup).Hide()
			if act != nil {
				act()
			}
		}
	}
	canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			then(nil)()
		}
	})
	return then
}
