package look

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/assets"
)

// Symbol names one of the program's drawings. Fyne's font lacks most of them
// as characters.
type Symbol string

// The symbols.
const (
	NoSymbol          Symbol = ""
	SymbolActivity    Symbol = "activity"
	SymbolCheck       Symbol = "check"
	SymbolClock       Symbol = "clock"
	SymbolCopy        Symbol = "copy"
	SymbolCross       Symbol = "cross"
	SymbolDash        Symbol = "dash"
	SymbolDot         Symbol = "dot"
	SymbolDown        Symbol = "down"
	SymbolExclamation Symbol = "exclamation"
	SymbolExternal    Symbol = "external"
	SymbolEye         Symbol = "eye"
	SymbolFilter      Symbol = "filter"
	SymbolGear        Symbol = "gear"
	SymbolGrid        Symbol = "grid"
	SymbolKey         Symbol = "key"
	SymbolLeft        Symbol = "left"
	SymbolList        Symbol = "list"
	SymbolLock        Symbol = "lock"
	SymbolLogout      Symbol = "logout"
	SymbolMail        Symbol = "mail"
	SymbolPlus        Symbol = "plus"
	SymbolRefresh     Symbol = "refresh"
	SymbolRight       Symbol = "right"
	SymbolSearch      Symbol = "search"
	SymbolServer      Symbol = "server"
	SymbolSquare      Symbol = "square"
	SymbolStop        Symbol = "stop"
	SymbolTrash       Symbol = "trash"
	SymbolUp          Symbol = "up"
	SymbolWarning     Symbol = "warning"
)

// width is how wide the symbol is at a height: all are square but one.
func (s Symbol) width(height float32) float32 {
	if s == SymbolExclamation {
		return height * 10 / 24
	}
	return height
}

// Resource is the symbol drawn in c. Fyne caches drawings by name, so the
// colour is part of the name.
func (s Symbol) Resource(c color.Color) fyne.Resource {
	data := assets.Symbol(string(s))
	if data == nil {
		return nil
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	hex := fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
	return fyne.NewStaticResource(string(s)+hex+".svg", bytes.ReplaceAll(data, []byte("currentColor"), []byte(hex)))
}

// Icon shows a symbol in a colour of the theme.
type Icon struct {
	widget.BaseWidget
	symbol Symbol
	size   float32
	color  fyne.ThemeColorName
}

// NewIcon makes an icon of size units square in the text colour.
func NewIcon(s Symbol, size float32) *Icon {
	i := &Icon{symbol: s, size: size, color: theme.ColorNameForeground}
	i.ExtendBaseWidget(i)
	return i
}

// SetSymbol changes what is shown.
func (i *Icon) SetSymbol(s Symbol) {
	i.symbol = s
	i.Refresh()
}

// SetColor changes the colour.
func (i *Icon) SetColor(name fyne.ThemeColorName) {
	i.color = name
	i.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	picture := newPicture()
	return newDrawing(i, drawing{
		objects: []fyne.CanvasObject{picture},
		style:   func() { showSymbol(picture, i.symbol, colorOf(i, i.color)) },
		layout: func(size fyne.Size) {
			place(picture, (size.Width-i.size)/2, (size.Height-i.size)/2, i.size, i.size)
		},
		min: func() fyne.Size { return fyne.NewSquareSize(i.size) },
	})
}

func newPicture() *canvas.Image {
	return &canvas.Image{FillMode: canvas.ImageFillContain}
}

// showSymbol makes the picture show s in c, hidden when there is none.
func showSymbol(picture *canvas.Image, s Symbol, c color.Color) {
	resource := s.Resource(c)
	if resource == nil {
		picture.Hide()
		return
	}
	picture.Show()
	if picture.Resource == nil || picture.Resource.Name() != resource.Name() {
		picture.Resource = resource
		picture.Refresh()
	}
}
