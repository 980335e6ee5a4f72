package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Pill is a state: symbol and word on the tone's colour.
type Pill struct {
	widget.BaseWidget
	tone   Tone
	symbol Symbol
	text   string
}

// NewPill makes a pill. Put it into Leading or an HBox so that it keeps its
// own width.
func NewPill(tone Tone, symbol Symbol, text string) *Pill {
	p := &Pill{tone: tone, symbol: symbol, text: text}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes what the pill shows.
func (p *Pill) Set(tone Tone, symbol Symbol, text string) {
	if p.tone == tone && p.symbol == symbol && p.text == text {
		return
	}
	p.tone, p.symbol, p.text = tone, symbol, text
	p.Refresh()
}

const (
	pillHeight = 19
	pillIcon   = 12
	pillPad    = 9
)

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	back, picture, text := &canvas.Rectangle{}, newPicture(), &canvas.Text{}
	width := func() float32 {
		w := text.MinSize().Width + 2*pillPad
		if p.symbol != NoSymbol {
			w += p.symbol.width(pillIcon) + 3
		}
		return w
	}
	return newDrawing(p, drawing{
		objects: []fyne.CanvasObject{back, picture, text},
		style: func() {
			ink := colorOf(p, p.tone.Text())
			fill(back, colorOf(p, p.tone.Pale()), nil, pillHeight/2.0)
			showSymbol(picture, p.symbol, ink)
			write(text, p.text, ink, sizeOf(p, SizeSmallText), fyne.TextStyle{Bold: true})
		},
		layout: func(size fyne.Size) {
			top := middle(size.Height, pillHeight)
			place(back, 0, top, min(width(), max(size.Width, pillHeight)), pillHeight)
			x := float32(pillPad)
			if p.symbol != NoSymbol {
				wide := p.symbol.width(pillIcon)
				place(picture, x-1, middle(size.Height, pillIcon), wide, pillIcon)
				x += wide + 2
			}
			need := text.MinSize()
			place(text, x, middle(size.Height, need.Height), need.Width, need.Height)
		},
		min: func() fyne.Size { return fyne.NewSize(width(), pillHeight) },
	})
}

// Bar is a thin horizontal bar that is filled in part.
type Bar struct {
	widget.BaseWidget
	tone  Tone
	share float32
}

// NewBar makes a bar filled to share, 0 to 1.
func NewBar(tone Tone, share float32) *Bar {
	b := &Bar{tone: tone, share: share}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes colour and fill.
func (b *Bar) Set(tone Tone, share float32) {
	b.tone, b.share = tone, share
	b.Refresh()
}

const barHeight = 8

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	track, done := &canvas.Rectangle{}, &canvas.Rectangle{}
	return newDrawing(b, drawing{
		objects: []fyne.CanvasObject{track, done},
		style: func() {
			fill(track, colorOf(b, ColorTrack), nil, barHeight/2)
			fill(done, colorOf(b, b.tone.Fill()), nil, barHeight/2)
		},
		layout: func(size fyne.Size) {
			top := middle(size.Height, barHeight)
			place(track, 0, top, size.Width, barHeight)
			share := min(max(b.share, 0), 1)
			if share > 0 && size.Width > 0 {
				share = max(share, min(1, barHeight/size.Width))
			}
			place(done, 0, top, size.Width*share, barHeight)
		},
		min: func() fyne.Size { return fyne.NewSize(40, barHeight) },
	})
}

// Divider is a thin line.
type Divider struct {
	widget.BaseWidget
}

// NewDivider makes a line, one unit thick, as wide as its place.
func NewDivider() *Divider {
	d := &Divider{}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *Divider) CreateRenderer() fyne.WidgetRenderer {
	line := &canvas.Rectangle{}
	return newDrawing(d, drawing{
		objects: []fyne.CanvasObject{line},
		style:   func() { fill(line, colorOf(d, theme.ColorNameSeparator), nil, 0) },
		layout: func(size fyne.Size) {
			if size.Height > size.Width {
				place(line, 0, 0, 1, size.Height)
			} else {
				place(line, 0, middle(size.Height, 1), size.Width, 1)
			}
		},
		min: func() fyne.Size { return fyne.NewSize(1, 1) },
	})
}
