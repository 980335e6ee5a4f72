package look

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Spinner says that something is under way.
type Spinner struct {
	widget.BaseWidget
	size float32
}

// NewSpinner makes a spinner, size units wide and high, that runs.
func NewSpinner(size float32) *Spinner {
	s := &Spinner{size: size}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	dots := newDots()
	return newDrawing(s, drawing{
		objects: []fyne.CanvasObject{dots.circles[0], dots.circles[1], dots.circles[2]},
		style:   func() { dots.run(s.Visible(), colorOf(s, theme.ColorNamePlaceHolder)) },
		layout:  dots.place,
		min:     func() fyne.Size { return fyne.NewSquareSize(s.size) },
		destroy: func() { dots.run(false, nil) },
	})
}

// dots are three dots that swell one after the other. Fyne's own activity
// always has the text colour, which does not show on a primary button.
type dots struct {
	circles [3]*canvas.Circle
	anim    *fyne.Animation
	running bool
	area    fyne.Size
	phase   float32
}

const (
	dotSize  = 5
	dotPitch = 8
)

func newDots() *dots {
	d := &dots{}
	for i := range d.circles {
		d.circles[i] = &canvas.Circle{}
		d.circles[i].Hide()
	}
	d.anim = &fyne.Animation{
		Duration:    1200 * time.Millisecond,
		RepeatCount: fyne.AnimationRepeatForever,
		Curve:       fyne.AnimationLinear,
		Tick: func(phase float32) {
			d.phase = phase
			d.draw()
		},
	}
	return d
}

// run shows or hides the dots. Without animations they stand still.
func (d *dots) run(on bool, c color.Color) {
	for _, circle := range d.circles {
		circle.FillColor, circle.Hidden = c, !on
		circle.Refresh()
	}
	if on == d.running {
		return
	}
	d.running = on
	if on && fyne.CurrentApp().Settings().ShowAnimations() {
		d.anim.Start()
	} else {
		d.anim.Stop()
	}
}

func (d *dots) place(area fyne.Size) {
	d.area = area
	d.draw()
}

func (d *dots) draw() {
	for i, circle := range d.circles {
		// A wave that runs from left to right.
		swell := float32(math.Max(0, math.Sin(2*math.Pi*float64(d.phase)-float64(i)*0.9)))
		side := dotSize * (0.6 + 0.4*swell)
		x := d.area.Width/2 + float32(i-1)*dotPitch
		place(circle, x-side/2, (d.area.Height-side)/2, side, side)
	}
}

// Progress is work under way: what is done, how far, and a way to give up.
type Progress struct {
	widget.BaseWidget
	text    *Text
	spinner *Spinner
	bar     *Bar
	cancel  *Button
	body    *fyne.Container
}

// NewProgress makes a progress line. cancel is called by its button, which is
// left out when cancelText is empty.
func NewProgress(text, cancelText string, cancel func()) *Progress {
	p := &Progress{
		text:    NewShortened(Muted, text),
		spinner: NewSpinner(24),
		bar:     NewBar(Info, 0),
		cancel:  NewButton(Secondary, cancelText, cancel),
	}
	p.bar.Hidden = true
	p.cancel.Hidden = cancelText == ""
	p.body = container.New(layout.NewBorderLayout(nil, nil, p.spinner, p.cancel),
		p.spinner, p.cancel, Padded(0, 10, 0, 10, container.New(centredStack{}, VBox(3, p.text, p.bar))))
	p.ExtendBaseWidget(p)
	return p
}

// SetText changes what it says.
func (p *Progress) SetText(text string) { p.text.SetText(text) }

// Set shows how much of the work is done; a total of 0 means that nobody
// knows, and shows only the spinner.
func (p *Progress) Set(done, total int) {
	p.bar.Hidden = total <= 0
	if total > 0 {
		p.bar.Set(Info, float32(done)/float32(total))
	}
	p.body.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.body) }

// centredStack gives its object the whole width and centres it vertically.
type centredStack struct{}

// Layout implements fyne.Layout.
func (centredStack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		height := o.MinSize().Height
		place(o, 0, middle(size.Height, height), size.Width, height)
	}
}

// MinSize implements fyne.Layout.
func (centredStack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	min := fyne.Size{}
	for _, o := range objects {
		min = min.Max(o.MinSize())
	}
	return min
}
