package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Option is one line of a list to choose from.
type Option struct {
	Text   string // as shown: the last part of a path
	Path   string // shown instead of Text while somebody searches; empty: Text
	Depth  int    // in a tree; 0 at the left
	Detail string // muted, at the right
}

// PickTexts are the words of a list to choose from, and how it is searched.
type PickTexts struct {
	Placeholder string // in the empty search entry
	None        string // when nothing matches
	// Match reports whether an option's path answers what was typed.
	Match func(path, query string) bool
}

// Picker shows what is chosen of a list, like a select, and opens the list to
// search in when pressed. Use it for trees and for lists too long to look
// through.
type Picker struct {
	control
	text, placeholder string
	open              func(query string)
}

// NewPicker makes a picker. options and at, the chosen one or -1, are read each
// time it opens; choose is told the index of a new choice.
func NewPicker(placeholder string, texts PickTexts, options func() []Option, at func() int, choose func(int)) *Picker {
	var p *Picker
	p = newPicker(placeholder, func(query string) { OpenPickList(p, texts, options(), at(), query, choose) })
	return p
}

// NewMenuPicker makes a picker that opens a menu, for a list of few.
func NewMenuPicker(placeholder string, items func() []*fyne.MenuItem) *Picker {
	var p *Picker
	p = newPicker(placeholder, func(string) { OpenMenu(p, items()...) })
	return p
}

func newPicker(placeholder string, open func(string)) *Picker {
	p := &Picker{placeholder: placeholder, open: open}
	p.tapped = func() {
		takeFocus(p)
		p.open("")
	}
	p.ExtendBaseWidget(p)
	return p
}

// SetText changes what is shown as chosen; empty shows the placeholder.
func (p *Picker) SetText(text string) {
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// Text is what is shown as chosen.
func (p *Picker) Text() string { return p.text }

// TypedKey implements fyne.Focusable: Down opens the list, too.
func (p *Picker) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyDown {
		p.press()
		return
	}
	p.control.TypedKey(e)
}

// TypedRune implements fyne.Focusable: a letter opens the list and searches.
func (p *Picker) TypedRune(r rune) {
	if r != ' ' && !p.Disabled() {
		p.open(string(r))
	}
}

// room is the width for the text.
func (p *Picker) room() float32 { return max(p.Size().Width-2*inputPad-inputMark-6, 0) }

// fitting cuts the beginning of a text that is too long: the end of a path
// tells most.
func (p *Picker) fitting(text string) string {
	if p.Size().Width == 0 {
		return text
	}
	return shortenStart(text, p.room(), func(s string) float32 {
		return fyne.MeasureText(s, sizeOf(p, theme.SizeNameText), fyne.TextStyle{}).Width
	})
}

// shortenStart cuts the beginning of a text to the width, "…" included.
func shortenStart(text string, width float32, measure func(string) float32) string {
	if measure(text) <= width {
		return text
	}
	runes := []rune(text)
	low, high := 1, len(runes) // so many runes go
	for low < high {
		half := (low + high) / 2
		if measure("…"+string(runes[half:])) <= width {
			high = half
		} else {
			low = half + 1
		}
	}
	return "…" + strings.TrimLeft(string(runes[low:]), " ")
}

const (
	inputHeight = 33
	inputPad    = 8
	inputMark   = 8 // the triangle
)

// CreateRenderer implements fyne.Widget.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	back, focus, mark := &panel{}, &canvas.Rectangle{}, newPicture()
	text := NewShortened(Body, "")
	return newDrawing(p, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, text, mark, focus},
		style: func() {
			border, ink := theme.ColorNameInputBorder, theme.ColorNameForeground
			if p.hovered && !p.Disabled() {
				border = theme.ColorNamePlaceHolder
			}
			shown := p.text
			if shown == "" {
				shown, ink = p.placeholder, theme.ColorNamePlaceHolder
			}
			if p.Disabled() {
				ink = theme.ColorNameDisabled
			}
			back.paint(colorOf(p, theme.ColorNameInputBackground), colorOf(p, border), sizeOf(p, theme.SizeNameInputRadius))
			text.SetText(p.fitting(shown))
			text.SetColor(ink)
			showSymbol(mark, SymbolDown, colorOf(p, ink))
			ring(p, focus, p.focused, sizeOf(p, theme.SizeNameInputRadius))
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			focus.Resize(size)
			if p.text != "" {
				text.SetText(p.fitting(p.text))
			}
			place(text, inputPad, 0, p.room(), size.Height)
			place(mark, size.Width-inputPad-inputMark, middle(size.Height, inputMark), inputMark, inputMark)
		},
		min: func() fyne.Size { return fyne.NewSize(90, inputHeight) },
	})
}

const (
	pickRow    = 28
	pickShown  = 9 // rows visible at once
	pickLeast  = 260
	pickMargin = 6
	pickIndent = 16
	pickGap    = 4 // that a list leaves between rows
)

// pickList is an open list to choose from.
type pickList struct {
	texts   PickTexts
	options []Option
	chosen  int
	choose  func(int)

	canvas fyne.Canvas
	popup  *widget.PopUp
	entry  *Entry
	list   *pickRows
	none   *Text
	shown  []int // indices into options
	at     int   // index into shown
	typed  bool  // somebody searches
}

// OpenPickList opens a list to search in and choose from below an object, or
// above where it does not fit. query is what the search begins with. Escape
// and a click elsewhere close it; choose is then not called.
func OpenPickList(anchor fyne.CanvasObject, texts PickTexts, options []Option, at int, query string, choose func(int)) {
	c := fyne.CurrentApp().Driver().CanvasForObject(anchor)
	if c == nil {
		return
	}
	l := &pickList{texts: texts, options: options, chosen: at, choose: choose, canvas: c}
	l.entry = NewEntry(texts.Placeholder)
	l.entry.Text, l.entry.CursorColumn = query, len([]rune(query))
	l.entry.OnChanged = func(query string) {
		if query == " " { // the key that opened the list is typed, too
			l.entry.SetText("")
			return
		}
		l.search(query)
	}
	l.entry.OnKey = l.key
	l.none = NewText(Muted, texts.None)
	l.list = newPickRows(l)
	body := Border(pickMargin, l.entry, nil, nil, nil, container.NewStack(l.list, container.NewCenter(l.none)))
	l.popup = widget.NewPopUp(Padded(pickMargin, pickMargin, pickMargin, pickMargin, body), c)
	rows := float32(min(max(len(options), 2), pickShown))
	openBeside(l.popup, anchor, fyne.NewSize(max(anchor.Size().Width, pickLeast),
		rows*(pickRow+pickGap)+l.entry.MinSize().Height+3*pickMargin+8))
	l.search(query)
	c.Focus(l.entry)
}

// openBeside shows a popup below an object, or above it where that has more
// room, within the window.
func openBeside(popup *widget.PopUp, anchor fyne.CanvasObject, size fyne.Size) {
	const distance = 2
	window := fyne.CurrentApp().Driver().CanvasForObject(anchor).Size()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(anchor)
	below := window.Height - at.Y - anchor.Size().Height - 2*distance
	above := at.Y - 2*distance
	y := at.Y + anchor.Size().Height + distance
	if size.Height > below && above > below {
		size.Height = min(size.Height, above)
		y = at.Y - size.Height - distance
	} else {
		size.Height = min(size.Height, below)
	}
	x := max(min(at.X, window.Width-size.Width-distance), 0)
	popup.Resize(size)
	popup.ShowAtPosition(fyne.NewPos(x, y))
}

// search shows the options that match, all for an empty query.
func (l *pickList) search(query string) {
	before := l.chosen
	if l.typed && l.at < len(l.shown) {
		before = l.shown[l.at]
	}
	l.typed = strings.TrimSpace(query) != ""
	l.shown, l.at = l.shown[:0], 0
	for i, o := range l.options {
		path := o.Path
		if path == "" {
			path = o.Text
		}
		if l.typed && l.texts.Match != nil && !l.texts.Match(path, query) {
			continue
		}
		if i == before {
			l.at = len(l.shown)
		}
		l.shown = append(l.shown, i)
	}
	l.none.Hidden = len(l.shown) > 0
	l.none.Refresh()
	l.list.Refresh()
	l.move(l.at)
}

func (l *pickList) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		l.move(l.at + 1)
	case fyne.KeyUp:
		l.move(l.at - 1)
	case fyne.KeyPageDown:
		l.move(l.at + pickShown)
	case fyne.KeyPageUp:
		l.move(l.at - pickShown)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.take(l.at)
	case fyne.KeyEscape:
		l.popup.Hide()
	default:
		return false
	}
	return true
}

func (l *pickList) move(to int) {
	l.at = max(min(to, len(l.shown)-1), 0)
	if len(l.shown) > 0 {
		l.list.ScrollTo(l.at)
	}
	l.list.Refresh()
}

func (l *pickList) take(i int) {
	if i < 0 || i >= len(l.shown) {
		return
	}
	l.popup.Hide()
	l.choose(l.shown[i])
}

// pickRows are the rows; the keyboard stays with the search entry's keys.
type pickRows struct {
	widget.List
	l *pickList
}

func newPickRows(l *pickList) *pickRows {
	r := &pickRows{l: l}
	r.Length = func() int { return len(l.shown) }
	r.CreateItem = func() fyne.CanvasObject { return newPickRow(l) }
	r.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*pickRowItem).show(i) }
	r.HideSeparators = true
	r.ExtendBaseWidget(r)
	return r
}

// TypedKey implements fyne.Focusable.
func (r *pickRows) TypedKey(e *fyne.KeyEvent) { r.l.key(e) }

// pickRowItem is one row.
type pickRowItem struct {
	widget.BaseWidget
	l     *pickList
	index int
	text  *Text
	tail  *Text
}

func newPickRow(l *pickList) *pickRowItem {
	r := &pickRowItem{l: l, text: NewShortened(Body, ""), tail: NewText(Muted, "")}
	r.ExtendBaseWidget(r)
	return r
}

func (r *pickRowItem) show(i int) {
	r.index = i
	r.Refresh()
}

// Tapped implements fyne.Tappable.
func (r *pickRowItem) Tapped(*fyne.PointEvent) { r.l.take(r.index) }

// MouseIn implements desktop.Hoverable.
func (r *pickRowItem) MouseIn(*desktop.MouseEvent) {
	r.l.at = r.index
	r.l.list.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (r *pickRowItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *pickRowItem) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (r *pickRowItem) CreateRenderer() fyne.WidgetRenderer {
	back, tick := &canvas.Rectangle{}, newPicture()
	indent := func() float32 {
		if r.index >= len(r.l.shown) || r.l.typed {
			return 0
		}
		return float32(r.l.options[r.l.shown[r.index]].Depth) * pickIndent
	}
	const left, mark = 8, 11
	return newDrawing(r, drawing{
		objects: []fyne.CanvasObject{back, tick, r.text, r.tail},
		style: func() {
			if r.index >= len(r.l.shown) {
				return
			}
			o := r.l.options[r.l.shown[r.index]]
			text := o.Text
			if r.l.typed && o.Path != "" {
				text = o.Path
			}
			r.text.SetText(text)
			r.tail.SetText(o.Detail)
			r.tail.Hidden = o.Detail == ""
			fill(back, colorOf(r, ColorSelectedRow), nil, 5)
			back.Hidden = r.index != r.l.at
			showSymbol(tick, SymbolCheck, colorOf(r, theme.ColorNamePrimary))
			tick.Hidden = r.l.shown[r.index] != r.l.chosen
		},
		layout: func(size fyne.Size) {
			back.Resize(size)
			place(tick, size.Width-mark-left, middle(size.Height, mark), mark, mark)
			right := float32(left)
			if tick.Visible() {
				right += mark + 6
			}
			if r.tail.Visible() {
				need := r.tail.MinSize()
				place(r.tail, size.Width-right-need.Width, 0, need.Width, size.Height)
				right += need.Width + 8
			}
			place(r.text, left+indent(), 0, max(size.Width-right-left-indent(), 0), size.Height)
		},
		min: func() fyne.Size { return fyne.NewSize(40, pickRow) },
	})
}
