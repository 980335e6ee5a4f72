package command

import (
	"cmp"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"github.com/sahilm/fuzzy"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
)

// Record is something other than a command that the palette finds: a licence,
// a screen, a server.
type Record struct {
	Symbol look.Symbol
	Title  string
	Detail string // searched too
	Run    func()
}

// Texts are the palette's own words.
type Texts struct {
	Placeholder string // in the empty entry
	NoMatch     string // below it when nothing is found
}

const (
	paletteWidth  = 560
	paletteRow    = 38
	paletteShown  = 9  // rows visible at once
	paletteLimit  = 60 // rows at all
	paletteTop    = 70
	paletteMargin = 10
	paletteGap    = 8 // below the entry
)

// Palette finds commands and records by a few letters.
type Palette struct {
	registry *Registry
	canvas   fyne.Canvas
	texts    func() Texts
	records  func() []Record

	popup   *widget.PopUp
	entry   *look.Entry
	results *fyne.Container
	scroll  *container.Scroll
	none    *look.Text

	all    []Record // of this opening
	folded []string
	shown  []Record
	at     int
}

// NewPalette makes a palette over a canvas. texts and records are read each
// time it opens; records may be nil.
func NewPalette(r *Registry, c fyne.Canvas, texts func() Texts, records func() []Record) *Palette {
	return &Palette{registry: r, canvas: c, texts: texts, records: records}
}

// Open shows the palette, empty.
func (p *Palette) Open() {
	if p.IsOpen() {
		return
	}
	p.collect()
	p.build()
	p.search("")
	p.popup.ShowAtPosition(fyne.NewPos(max((p.canvas.Size().Width-p.size().Width)/2, 0), paletteTop))
	p.canvas.Focus(p.entry)
}

// IsOpen reports whether the palette is visible.
func (p *Palette) IsOpen() bool { return p.popup != nil && p.popup.Visible() }

// Close hides the palette.
func (p *Palette) Close() {
	if p.popup != nil {
		p.popup.Hide()
		p.popup = nil
	}
}

// size is as high as the results need, within the window.
func (p *Palette) size() fyne.Size {
	rows := float32(min(max(len(p.shown), 1), paletteShown))
	above := p.entry.MinSize().Height + paletteGap + 2*paletteMargin
	window := p.canvas.Size()
	return fyne.NewSize(min(paletteWidth, window.Width-2*paletteMargin),
		min(rows*paletteRow+above, window.Height-paletteTop-paletteMargin))
}

// collect reads what can be found. Commands that cannot run now are left out.
func (p *Palette) collect() {
	p.all = nil
	for _, c := range p.registry.All() {
		if c.enabled() {
			p.all = append(p.all, Record{Title: c.Title(), Run: c.Run, Detail: cmp.Or(Keys(c.Shortcut), string(c.Key))})
		}
	}
	if p.records != nil {
		p.all = append(p.all, p.records()...)
	}
	p.folded = make([]string, len(p.all))
	for i, r := range p.all {
		p.folded[i] = rowtable.Fold(r.Title + " " + r.Detail)
	}
}

func (p *Palette) build() {
	texts := p.texts()
	p.entry = look.NewEntry(texts.Placeholder)
	p.entry.OnChanged = p.search
	p.entry.OnKey = p.key
	p.none = look.NewText(look.Muted, texts.NoMatch)
	p.results = look.VBox(0)
	p.scroll = container.NewVScroll(p.results)
	found := container.NewStack(p.scroll, look.VBox(0, look.Padded(10, 10, 10, 10, p.none)))
	p.popup = widget.NewPopUp(look.Padded(paletteMargin, paletteMargin, paletteMargin, paletteMargin,
		look.Border(paletteGap, p.entry, nil, nil, nil, found)), p.canvas)
}

// search shows the best matches of query; all for an empty one.
func (p *Palette) search(query string) {
	p.shown = p.shown[:0]
	if query == "" {
		p.shown = append(p.shown, p.all[:min(len(p.all), paletteLimit)]...)
	} else {
		matches := fuzzy.Find(rowtable.Fold(query), p.folded)
		for _, m := range matches[:min(len(matches), paletteLimit)] {
			p.shown = append(p.shown, p.all[m.Index])
		}
	}
	p.at = 0
	p.results.RemoveAll()
	for i, r := range p.shown {
		p.results.Add(newResult(p, i, r))
	}
	p.none.Hidden = len(p.shown) > 0
	p.none.Refresh()
	p.popup.Resize(p.size())
	p.mark()
}

func (p *Palette) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		p.move(p.at + 1)
	case fyne.KeyUp:
		p.move(p.at - 1)
	case fyne.KeyPageDown:
		p.move(min(p.at+paletteShown, len(p.shown)-1))
	case fyne.KeyPageUp:
		p.move(max(p.at-paletteShown, 0))
	case fyne.KeyReturn, fyne.KeyEnter:
		p.run(p.at)
	case fyne.KeyEscape:
		p.Close()
	default:
		return false
	}
	return true
}

// move goes round at the ends.
func (p *Palette) move(to int) {
	if len(p.shown) == 0 {
		return
	}
	p.at = (to + len(p.shown)) % len(p.shown)
	p.mark()
}

func (p *Palette) mark() {
	for _, o := range p.results.Objects {
		o.Refresh()
	}
	top := float32(p.at) * paletteRow
	look.Reveal(p.scroll, top, top+paletteRow)
	p.scroll.Refresh()
}

// run closes first: what runs may open a dialog.
func (p *Palette) run(i int) {
	if i < 0 || i >= len(p.shown) {
		return
	}
	chosen := p.shown[i]
	p.Close()
	chosen.Run()
}

// result is one line of the palette.
type result struct {
	widget.BaseWidget
	p     *Palette
	index int
	row   fyne.CanvasObject
}

func newResult(p *Palette, index int, r Record) *result {
	detail := look.NewShortened(look.Muted, r.Detail)
	detail.SetAlign(fyne.TextAlignTrailing)
	line := container.New(resultLayout{}, look.NewShortened(look.Body, r.Title), detail, look.NewText(look.Muted, r.Detail))
	line.Objects[2].Hide() // only to know how wide the detail would be
	var icon fyne.CanvasObject
	if r.Symbol != look.NoSymbol {
		icon = look.NewIcon(r.Symbol, 15)
	}
	res := &result{p: p, index: index, row: look.Padded(0, 10, 0, 10, look.Border(12, nil, nil, icon, nil, line))}
	res.ExtendBaseWidget(res)
	return res
}

// Tapped implements fyne.Tappable.
func (r *result) Tapped(*fyne.PointEvent) { r.p.run(r.index) }

// MouseIn implements desktop.Hoverable.
func (r *result) MouseIn(*desktop.MouseEvent) { r.p.move(r.index) }

// MouseMoved implements desktop.Hoverable.
func (r *result) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *result) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (r *result) CreateRenderer() fyne.WidgetRenderer {
	back := &canvas.Rectangle{CornerRadius: 6}
	rr := &resultRenderer{WidgetRenderer: widget.NewSimpleRenderer(container.NewStack(back, r.row)), r: r, back: back}
	rr.style()
	return rr
}

type resultRenderer struct {
	fyne.WidgetRenderer
	r    *result
	back *canvas.Rectangle
}

func (rr *resultRenderer) style() {
	rr.back.FillColor = color.Transparent
	if rr.r.index == rr.r.p.at {
		rr.back.FillColor = rr.r.Theme().Color(look.ColorSelectedRow, fyne.CurrentApp().Settings().ThemeVariant())
	}
	rr.back.Refresh()
}

// MinSize implements fyne.WidgetRenderer.
func (rr *resultRenderer) MinSize() fyne.Size { return fyne.NewSize(100, paletteRow) }

// Refresh implements fyne.WidgetRenderer.
func (rr *resultRenderer) Refresh() {
	rr.style()
	rr.WidgetRenderer.Refresh()
}

// resultLayout gives the detail its width, but no more than half, and the
// title the rest.
type resultLayout struct{}

// Layout implements fyne.Layout.
func (resultLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, detail, whole := objects[0], objects[1], objects[2]
	wide := min(whole.MinSize().Width+1, size.Width/2)
	detail.Move(fyne.NewPos(size.Width-wide, 0))
	detail.Resize(fyne.NewSize(wide, size.Height))
	title.Resize(fyne.NewSize(max(size.Width-wide-12, 0), size.Height))
}

// MinSize implements fyne.Layout.
func (resultLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, paletteRow) }
