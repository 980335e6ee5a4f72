package look

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// NavItem is an entry of the rail: a screen, or a saved server with a second
// line. It looks right inside the Rail theme.
type NavItem struct {
	control
	symbol   Symbol
	text     string
	detail   string
	badge    int
	selected bool
}

// NewNavItem makes an entry.
func NewNavItem(symbol Symbol, text string, tapped func()) *NavItem {
	n := &NavItem{symbol: symbol, text: text}
	n.tapped = tapped
	n.ExtendBaseWidget(n)
	return n
}

// NewNavDetail makes an entry of two lines without a symbol.
func NewNavDetail(text, detail string, tapped func()) *NavItem {
	n := NewNavItem(NoSymbol, text, tapped)
	n.detail = detail
	return n
}

// SetText changes the text.
func (n *NavItem) SetText(text string) {
	n.text = text
	n.Refresh()
}

// SetBadge shows a count; 0 shows none.
func (n *NavItem) SetBadge(count int) {
	n.badge = count
	n.Refresh()
}

// SetSelected marks the entry as where one is.
func (n *NavItem) SetSelected(on bool) {
	n.selected = on
	n.Refresh()
}

// Selected reports whether it is marked.
func (n *NavItem) Selected() bool { return n.selected }

const (
	navHeight     = 38
	navTallHeight = 55
	navIcon       = 17
	navBadge      = 16
)

// CreateRenderer implements fyne.Widget.
func (n *NavItem) CreateRenderer() fyne.WidgetRenderer {
	back, focus, picture := &canvas.Rectangle{}, &canvas.Rectangle{}, newPicture()
	text, detail := &canvas.Text{}, &canvas.Text{}
	badge, count := &canvas.Rectangle{}, &canvas.Text{}
	height := func() float32 {
		if n.detail != "" {
			return navTallHeight
		}
		return navHeight
	}
	inset := func() float32 {
		if n.symbol != NoSymbol {
			return 38
		}
		return 10
	}
	badgeWidth := func() float32 {
		around := float32(14)
		if n.badge >= 100 {
			around = 10 // the entry's text needs the room
		}
		return max(count.MinSize().Width+around, 20)
	}
	textSize := func() float32 { return sizeOf(n, theme.SizeNameText) }
	measure := func(size float32, style fyne.TextStyle) func(string) float32 {
		return func(s string) float32 { return fyne.MeasureText(s, size, style).Width }
	}
	space := func() float32 {
		room := n.Size().Width - inset() - 8
		if n.badge > 0 {
			room -= badgeWidth() + 2
		}
		return room
	}
	style := func() {
		ink, inside := theme.ColorNameForeground, color.Color(color.Transparent)
		switch {
		case n.selected:
			ink, inside = ColorOnStrong, colorOf(n, ColorStrong)
		case n.hovered:
			inside = colorOf(n, theme.ColorNameHover)
		}
		fill(back, inside, nil, 6)
		ring(n, focus, n.focused, 6)
		showSymbol(picture, n.symbol, colorOf(n, ink))
		write(count, strconv.Itoa(n.badge), colorOf(n, ColorOnBadge), 11, fyne.TextStyle{})
		fill(badge, colorOf(n, ColorBadge), nil, navBadge/2)
		badge.Hidden, count.Hidden = n.badge == 0, n.badge == 0
		shown, second, bold := n.text, n.detail, fyne.TextStyle{Bold: n.selected}
		if n.Size().Width > 0 {
			shown = shorten(shown, space(), measure(textSize(), bold))
			second = shorten(second, n.Size().Width-inset()-8, measure(sizeOf(n, SizeSmallText), fyne.TextStyle{}))
		}
		write(text, shown, colorOf(n, ink), textSize(), bold)
		secondInk := theme.ColorNamePlaceHolder
		if n.selected {
			secondInk = theme.ColorNameForeground
		}
		write(detail, second, colorOf(n, secondInk), sizeOf(n, SizeSmallText), fyne.TextStyle{})
		detail.Hidden = n.detail == ""
	}
	return newDrawing(n, drawing{
		objects: []fyne.CanvasObject{back, picture, text, detail, badge, count, focus},
		style:   style,
		layout: func(size fyne.Size) {
			style() // what fits depends on the width
			back.Resize(size)
			focus.Resize(size)
			place(picture, 11, middle(size.Height, navIcon), navIcon, navIcon)
			need, below := text.MinSize(), detail.MinSize()
			if n.detail == "" {
				place(text, inset(), middle(size.Height, need.Height), need.Width, need.Height)
			} else {
				top := middle(size.Height, need.Height+below.Height)
				place(text, inset(), top, need.Width, need.Height)
				place(detail, inset(), top+need.Height, below.Width, below.Height)
			}
			w, c := badgeWidth(), count.MinSize()
			place(badge, size.Width-w-7, middle(size.Height, navBadge), w, navBadge)
			place(count, size.Width-w-7+middle(w, c.Width), middle(size.Height, c.Height), c.Width, c.Height)
		},
		min: func() fyne.Size { return fyne.NewSize(inset()+40, height()) },
	})
}
