package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// EmptyState stands where rows would be and says why there are none. The four
// reasons are four constructors, because they call for different acts.
type EmptyState struct {
	widget.BaseWidget
	icon        *Icon
	title, text *Text
	button      *Button
	body        *fyne.Container
}

// NewFirstUse is for a list that has never had anything in it; the button
// makes the first item.
func NewFirstUse(symbol Symbol, title, text, button string, tapped func()) *EmptyState {
	return newEmpty(symbol, theme.ColorNamePlaceHolder, title, text, Primary, button, tapped)
}

// NewNoMatch is for a filter that lets nothing through; the button clears it.
func NewNoMatch(title, text, button string, tapped func()) *EmptyState {
	return newEmpty(SymbolFilter, theme.ColorNamePlaceHolder, title, text, Secondary, button, tapped)
}

// NewFailure is for rows that could not be read; the button tries again.
func NewFailure(title, text, button string, tapped func()) *EmptyState {
	return newEmpty(SymbolWarning, Expired.Text(), title, text, Secondary, button, tapped)
}

// NewNoRight is for rows that this person may not read. It has no button
// unless button has a text.
func NewNoRight(title, text, button string, tapped func()) *EmptyState {
	return newEmpty(SymbolLock, theme.ColorNamePlaceHolder, title, text, Secondary, button, tapped)
}

func newEmpty(symbol Symbol, color fyne.ThemeColorName, title, text string, kind Kind, button string, tapped func()) *EmptyState {
	e := &EmptyState{
		icon:   NewIcon(symbol, 40),
		title:  NewWrapped(Heading, title),
		text:   NewWrapped(Muted, text),
		button: NewButton(kind, button, tapped),
	}
	e.icon.SetColor(color)
	e.title.SetAlign(fyne.TextAlignCenter)
	e.text.SetAlign(fyne.TextAlignCenter)
	e.text.Hidden = text == ""
	e.button.Hidden = button == ""
	e.body = Wide(360, VBox(8, container.NewCenter(e.icon), e.title, e.text,
		Padded(6, 0, 0, 0, container.NewCenter(e.button))))
	e.ExtendBaseWidget(e)
	return e
}

// SetText changes the texts.
func (e *EmptyState) SetText(title, text, button string) {
	e.title.SetText(title)
	e.text.SetText(text)
	e.text.Hidden = text == ""
	e.button.SetText(button)
	e.button.Hidden = button == ""
	e.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (e *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewCenter(e.body))
}
