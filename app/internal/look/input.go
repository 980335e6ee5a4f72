package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Entry is Fyne's entry with the two hooks that forms and the palette need.
type Entry struct {
	widget.Entry
	// OnKey sees every key first; true means that it has been dealt with.
	OnKey func(*fyne.KeyEvent) bool
	// OnFocus is told when the entry gains and loses the keyboard focus.
	OnFocus func(gained bool)

	pressed bool
}

// NewEntry makes an entry of one line.
func NewEntry(placeholder string) *Entry {
	e := &Entry{}
	e.PlaceHolder = placeholder
	e.ExtendBaseWidget(e)
	return e
}

// NewPassword makes an entry that hides what is typed, with an eye to reveal
// it.
func NewPassword(placeholder string) *Entry {
	e := NewEntry(placeholder)
	e.Password = true
	return e
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	switch {
	case e.OnKey != nil && e.OnKey(key):
	case key.Name == fyne.KeyEscape || key.Name == fyne.KeyF5: // no entry uses them
		PassOn(e, key)
	default:
		e.Entry.TypedKey(key)
	}
}

// AcceptsTab implements fyne.Tabbable: Tab goes on, out of an entry of several
// lines too, which nobody without a mouse could leave otherwise.
func (e *Entry) AcceptsTab() bool { return false }

// MouseDown implements desktop.Mouseable.
func (e *Entry) MouseDown(at *desktop.MouseEvent) {
	e.pressed = true
	e.Entry.MouseDown(at)
	e.pressed = false
}

// Pressed reports, while OnFocus is told of a gain, whether the pointer brought
// it. The entry has to stay where it is then: Fyne takes the focus away again
// from what is no longer under the pointer.
func (e *Entry) Pressed() bool { return e.pressed }

// Select is Fyne's select that Enter opens too, and that passes on the keys it
// has no use for. Put it in Outlined.
type Select struct{ widget.Select }

// NewSelect makes a select of options; changed is called with the chosen one.
func NewSelect(options []string, changed func(string)) *Select {
	s := &Select{}
	s.Options, s.OnChanged = options, changed
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight:
		s.Select.TypedKey(key)
	case fyne.KeyReturn, fyne.KeyEnter: // opens it, as Space does
		s.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		PassOn(s, key)
	}
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.OnFocus != nil {
		e.OnFocus(true)
	}
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.OnFocus != nil {
		e.OnFocus(false)
	}
}

// Check is a box to tick, with a label and a muted remark on the same line.
type Check struct {
	control
	label, hint string
	checked     bool
	changed     func(bool)
}

// NewCheck makes a box that is not ticked. changed is called when a person
// changes it.
func NewCheck(label, hint string, changed func(bool)) *Check {
	c := &Check{label: label, hint: hint, changed: changed}
	c.tapped = func() {
		c.SetChecked(!c.checked)
		if c.changed != nil {
			c.changed(c.checked)
		}
	}
	c.ExtendBaseWidget(c)
	return c
}

// Checked reports whether the box is ticked.
func (c *Check) Checked() bool { return c.checked }

// SetChecked ticks the box without calling changed.
func (c *Check) SetChecked(on bool) {
	c.checked = on
	c.Refresh()
}

// SetText changes label and remark.
func (c *Check) SetText(label, hint string) {
	c.label, c.hint = label, hint
	c.Refresh()
}

const (
	checkBox    = 15
	checkHeight = 22
	checkGap    = 7
)

// CreateRenderer implements fyne.Widget.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	box, focus, tick := &panel{}, &canvas.Rectangle{}, newPicture()
	label, hint := NewWrapped(Body, c.label), NewText(Muted, c.hint)
	left := float32(checkBox + checkGap)
	oneLine := func(width float32) bool {
		need := fyne.MeasureText(c.label, sizeOf(c, theme.SizeNameText), fyne.TextStyle{}).Width
		if c.hint != "" {
			need += hint.MinSize().Width + 4
		}
		return width == 0 || left+need <= width+0.5
	}
	hintHeight := func() float32 { return hint.MinSize().Height }
	return newDrawing(c, drawing{
		objects: []fyne.CanvasObject{&box.border, &box.inside, tick, label, hint, focus},
		style: func() {
			inside, border := theme.ColorNameInputBackground, theme.ColorNamePlaceHolder
			if c.checked {
				inside, border = theme.ColorNamePrimary, theme.ColorNamePrimary
			}
			if c.Disabled() {
				inside, border = theme.ColorNameDisabledButton, theme.ColorNameInputBorder
			}
			box.paint(colorOf(c, inside), colorOf(c, border), 3)
			if c.checked {
				mark := theme.ColorNameForegroundOnPrimary
				if c.Disabled() {
					mark = theme.ColorNameDisabled
				}
				showSymbol(tick, SymbolCheck, colorOf(c, mark))
			} else {
				tick.Hide()
			}
			label.SetText(c.label)
			hint.SetText(c.hint)
			ink := fyne.ThemeColorName("")
			if c.Disabled() {
				ink = theme.ColorNameDisabled
			}
			label.SetColor(ink)
			hint.Hidden = c.hint == ""
			ring(c, focus, c.focused, 4)
		},
		layout: func(size fyne.Size) {
			box.place(1, middle(checkHeight, checkBox), checkBox, checkBox)
			place(tick, 3, middle(checkHeight, checkBox)+2, checkBox-4, checkBox-4)
			place(focus, -1, middle(checkHeight, checkBox)-2, checkBox+4, checkBox+4)
			place(label, left, 2, size.Width-left, label.MinSize().Height)
			need := fyne.MeasureText(c.label, sizeOf(c, theme.SizeNameText), fyne.TextStyle{})
			if oneLine(size.Width) {
				place(hint, left+need.Width+4, middle(checkHeight, hintHeight())+0.5, hint.MinSize().Width, hintHeight())
			} else {
				place(hint, left, 2+label.MinSize().Height, size.Width-left, hintHeight())
			}
		},
		min: func() fyne.Size {
			height := max(label.MinSize().Height+4, checkHeight)
			if c.hint != "" && !oneLine(c.Size().Width) {
				height = label.MinSize().Height + hintHeight() + 4
			}
			return fyne.NewSize(left+60, height)
		},
	})
}

// SearchBox looks like an entry and opens the palette when pressed. It shows
// the shortcut that does the same.
type SearchBox struct {
	control
	text, shortcut string
}

// NewSearchBox makes a search box.
func NewSearchBox(text, shortcut string, tapped func()) *SearchBox {
	s := &SearchBox{text: text, shortcut: shortcut}
	s.tapped = tapped
	s.ExtendBaseWidget(s)
	return s
}

// SetText changes what it says.
func (s *SearchBox) SetText(text string) {
	s.text = text
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *SearchBox) CreateRenderer() fyne.WidgetRenderer {
	back, key, focus := &panel{}, &panel{}, &canvas.Rectangle{}
	text, shortcut := NewShortened(Body, s.text), &canvas.Text{}
	text.SetColor(theme.ColorNamePlaceHolder)
	return newDrawing(s, drawing{
		objects: []fyne.CanvasObject{&back.border, &back.inside, text, &key.border, &key.inside, shortcut, focus},
		style: func() {
			border := theme.ColorNameInputBorder
			if s.hovered {
				border = theme.ColorNamePlaceHolder
			}
			back.paint(colorOf(s, theme.ColorNameInputBackground), colorOf(s, border), sizeOf(s, theme.SizeNameInputRadius))
			key.paint(colorOf(s, theme.ColorNameInputBackground), colorOf(s, theme.ColorNameInputBorder), 4)
			write(shortcut, s.shortcut, colorOf(s, theme.ColorNamePlaceHolder), 11, fyne.TextStyle{})
			text.SetText(s.text)
			ring(s, focus, s.focused, sizeOf(s, theme.SizeNameInputRadius))
		},
		layout: func(size fyne.Size) {
			back.fit(size)
			focus.Resize(size)
			need := shortcut.MinSize()
			left := size.Width - need.Width - 24
			key.place(left, middle(size.Height, 19), need.Width+12, 19)
			place(shortcut, left+6, middle(size.Height, need.Height), need.Width, need.Height)
			place(text, 12, 0, left-18, size.Height)
		},
		min: func() fyne.Size { return fyne.NewSize(200, 35) },
	})
}
