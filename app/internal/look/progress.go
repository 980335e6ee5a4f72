package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Spinner says that something is under way.
type Spinner struct {
	widget.BaseWidget
	activity *widget.Activity
	size     float32
}

// NewSpinner makes a spinner, size units square, that runs.
func NewSpinner(size float32) *Spinner {
	s := &Spinner{activity: widget.NewActivity(), size: size}
	s.activity.Start()
	s.ExtendBaseWidget(s)
	return s
}

// SetRunning starts or stops it; a stopped spinner is not visible.
func (s *Spinner) SetRunning(on bool) {
	if on {
		s.activity.Start()
		s.Show()
	} else {
		s.activity.Stop()
		s.Hide()
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	return newDrawing(s, drawing{
		objects: []fyne.CanvasObject{s.activity},
		style:   func() { s.activity.Refresh() },
		layout: func(size fyne.Size) {
			place(s.activity, middle(size.Width, s.size), middle(size.Height, s.size), s.size, s.size)
		},
		min: func() fyne.Size { return fyne.NewSquareSize(s.size) },
	})
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
		spinner: NewSpinner(18),
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
