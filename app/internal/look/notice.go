package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Notice is a coloured box with a bold first line, a text and buttons.
type Notice struct {
	widget.BaseWidget
	tone    Tone
	symbol  Symbol
	title   *Text
	text    *Text
	buttons *fyne.Container
	body    *fyne.Container
}

// NewNotice makes a notice. Title or text may be empty; the box is as high as
// its wrapped texts.
func NewNotice(tone Tone, symbol Symbol, title, text string, buttons ...fyne.CanvasObject) *Notice {
	n := &Notice{tone: tone, symbol: symbol, title: NewWrapped(SmallBold, title), text: NewWrapped(Small, text)}
	n.buttons = Padded(6, 0, 2, 0, Flow(8, buttons...))
	n.body = VBox(1, n.title, n.text, n.buttons)
	n.hideEmpty()
	n.ExtendBaseWidget(n)
	return n
}

// Set changes tone, symbol and texts.
func (n *Notice) Set(tone Tone, symbol Symbol, title, text string) {
	n.tone, n.symbol = tone, symbol
	n.title.SetText(title)
	n.text.SetText(text)
	n.hideEmpty()
	n.Refresh()
}

// SetButtons replaces the buttons.
func (n *Notice) SetButtons(buttons ...fyne.CanvasObject) {
	flow := n.buttons.Objects[0].(*fyne.Container)
	flow.Objects = buttons
	flow.Refresh()
	n.hideEmpty()
	n.Refresh()
}

func (n *Notice) hideEmpty() {
	n.title.Hidden = n.title.Text() == ""
	n.text.Hidden = n.text.Text() == ""
	n.buttons.Hidden = len(n.buttons.Objects[0].(*fyne.Container).Objects) == 0
}

const (
	noticePadX = 12
	noticePadY = 8
	noticeIcon = 13
)

// CreateRenderer implements fyne.Widget.
func (n *Notice) CreateRenderer() fyne.WidgetRenderer {
	back, picture := &canvas.Rectangle{}, newPicture()
	left := func() float32 {
		if n.symbol == NoSymbol {
			return noticePadX
		}
		return noticePadX + n.symbol.width(noticeIcon) + 5
	}
	return newDrawing(n, drawing{
		objects: []fyne.CanvasObject{back, picture, n.body},
		style: func() {
			fill(back, colorOf(n, n.tone.Pale()), nil, 6)
			showSymbol(picture, n.symbol, colorOf(n, n.tone.Text()))
			n.title.SetColor(n.tone.Text())
			n.text.SetColor(n.tone.Text())
		},
		layout: func(size fyne.Size) {
			back.Resize(size)
			place(picture, noticePadX, noticePadY+2, n.symbol.width(noticeIcon), noticeIcon)
			place(n.body, left(), noticePadY, size.Width-left()-noticePadX, size.Height-2*noticePadY)
		},
		min: func() fyne.Size {
			return n.body.MinSize().AddWidthHeight(left()+noticePadX, 2*noticePadY)
		},
	})
}
