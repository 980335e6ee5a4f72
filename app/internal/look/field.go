package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Field is an input with a bold label above and a line below for a note or an
// error. The line always has its place, so a form does not jump; stack fields
// with FieldGap.
type Field struct {
	widget.BaseWidget
	mark  *Icon
	below *Text
	body  *fyne.Container
	line  *fyne.Container
	note  message
	fault string
	tight bool // the line has no place while it says nothing
}

type message struct {
	tone   Tone
	symbol Symbol
	text   string
}

// FieldGap is the gap between stacked fields.
const FieldGap = 4

// NewField makes a field. hint is a muted remark beside the label, or empty.
func NewField(label, hint string, input fyne.CanvasObject) *Field {
	f := &Field{mark: NewIcon(NoSymbol, 12), below: NewWrapped(Small, "")}
	remark := NewText(Muted, hint)
	remark.Hidden = hint == ""
	f.mark.Hidden = true
	f.line = marked(f.mark, f.below)
	f.body = VBox(3, HBox(4, NewText(SmallBold, label), remark), input, f.line)
	f.show()
	f.ExtendBaseWidget(f)
	return f
}

// NewTightField makes a field without a label, such as a box to tick, whose
// line takes room only when it says something; it stands below the label of
// the box.
func NewTightField(input fyne.CanvasObject) *Field {
	f := &Field{mark: NewIcon(NoSymbol, 12), below: NewWrapped(Small, ""), tight: true}
	f.mark.Hidden = true
	f.line = Padded(0, 0, 2, checkBox+checkGap, marked(f.mark, f.below))
	f.body = VBox(0, input, f.line)
	f.show()
	f.ExtendBaseWidget(f)
	return f
}

// marked puts a small mark before a text that wraps.
func marked(mark, text fyne.CanvasObject) *fyne.Container {
	return container.New(&markedLayout{gap: 4}, mark, text)
}

// SetNote shows a remark below the input, or none for an empty text. An error
// hides it.
func (f *Field) SetNote(tone Tone, symbol Symbol, text string) {
	if note := (message{tone, symbol, text}); note != f.note {
		f.note = note
		f.show()
	}
}

// SetError shows what is wrong with the input; the empty text takes it back.
func (f *Field) SetError(text string) {
	if text != f.fault {
		f.fault = text
		f.show()
	}
}

// Error is the error shown, or empty.
func (f *Field) Error() string { return f.fault }

func (f *Field) show() {
	shown := f.note
	if f.fault != "" {
		shown = message{Expired, SymbolExclamation, f.fault}
	}
	ink := shown.tone.Text()
	if shown.tone == Neutral {
		ink = theme.ColorNamePlaceHolder
	}
	f.below.SetColor(ink)
	f.mark.SetColor(ink)
	f.mark.SetSymbol(shown.symbol)
	f.mark.Hidden = shown.symbol == NoSymbol || shown.text == ""
	f.below.SetText(shown.text)
	f.line.Hidden = f.tight && shown.text == ""
	f.body.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.body) }

// markedLayout puts a small mark before a text that wraps.
type markedLayout struct{ gap float32 }

// Layout implements fyne.Layout.
func (l *markedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	mark, text := objects[0], objects[1]
	x := float32(0)
	if mark.Visible() {
		need := mark.MinSize()
		place(mark, 0, 2.5, need.Width, need.Height)
		x = need.Width + l.gap
	}
	place(text, x, 0, size.Width-x, size.Height)
}

// MinSize implements fyne.Layout.
func (l *markedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	mark, text := objects[0], objects[1].MinSize()
	if mark.Visible() {
		text.Width += mark.MinSize().Width + l.gap
		text.Height = max(text.Height, mark.MinSize().Height)
	}
	return text
}
