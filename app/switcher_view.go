package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
)

// switcherActs is what the choice asks of the window.
type switcherActs struct {
	servers []connection.Connection // the other saved ones
	server  func(id string)         // go to another saved server
	add     func()                  // go to the sign-in screen for a new one
	signOut func()
}

// showSwitcher opens the choice of profile, entity and server over a window.
func showSwitcher(s *switcher, win fyne.Window, acts switcherActs) {
	var popup *widget.PopUp
	then := closing(win.Canvas(), &popup)

	list := newEntityList(s)
	entry := look.NewEntry(t("switch.filter"))
	entry.OnChanged = func(text string) { s.find(text); list.show() }
	key := func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyDown:
			s.move(1)
			list.show()
		case fyne.KeyUp:
			s.move(-1)
			list.show()
		case fyne.KeyReturn, fyne.KeyEnter:
			then(s.apply)()
		default:
			return false
		}
		return true
	}
	entry.OnKey, list.onKey = key, key

	var names []string
	at := 0
	for i, p := range s.work.facts.Profiles {
		names = append(names, p.Name)
		if p.ID == s.work.facts.Profile.ID {
			at = i
		}
	}
	entities := look.VBox(6, look.NewText(look.Bold, t("switch.entity")), entry)
	tree := look.NewCheck(t("switch.tree"), "", func(on bool) { s.tree = on })
	tree.SetChecked(s.tree)
	profiles := look.NewSelect(names, nil)
	profiles.SetSelectedIndex(at)
	profiles.OnChanged = func(string) {
		s.profile = s.work.facts.Profiles[profiles.SelectedIndex()].ID
		if s.profile != s.work.facts.Profile.ID {
			then(s.apply)()
		}
	}

	left := container.NewBorder(
		look.VBox(14, look.VBox(6, look.NewText(look.Bold, t("switch.profile")), look.Outlined(profiles)), entities),
		tree, nil, nil, look.NewCardPadded(4, container.NewStack(list, container.NewCenter(list.none))))

	buttons := container.NewBorder(nil, nil,
		look.NewButton(look.Danger, t("switch.signout"), then(acts.signOut)),
		look.HBox(8, look.NewButton(look.Secondary, t("switch.close"), then(nil)),
			look.NewButton(look.Primary, t("switch.apply"), then(s.apply))))

	body := container.NewBorder(
		look.Padded(0, 0, 12, 0, look.NewText(look.Title, t("switch.title"))),
		look.Padded(14, 0, 0, 0, buttons), nil,
		look.Padded(0, 0, 0, 18, look.Wide(210, container.NewVScroll(serverChoice(acts, then)))), left)
	popup = widget.NewModalPopUp(look.Padded(14, 14, 14, 14, body), win.Canvas())
	size := win.Canvas().Size()
	popup.Resize(fyne.NewSize(min(680, size.Width-40), min(560, size.Height-40)))
	popup.Show()
	list.show()
	win.Canvas().Focus(entry)
}

// showServers opens the choice of another server over a window that shows what
// was last seen: without the server there is no profile or entity to choose.
func showServers(win fyne.Window, acts switcherActs) {
	var popup *widget.PopUp
	then := closing(win.Canvas(), &popup)
	buttons := container.NewBorder(nil, nil,
		look.NewButton(look.Secondary, t("command.back"), then(acts.signOut)),
		look.NewButton(look.Secondary, t("switch.close"), then(nil)))
	choice := serverChoice(acts, then)
	body := container.NewBorder(nil, look.Padded(14, 0, 0, 0, buttons), nil, nil, container.NewVScroll(choice))
	popup = widget.NewModalPopUp(look.Padded(14, 14, 14, 14, body), win.Canvas())
	popup.Resize(fyne.NewSize(380, min(choice.MinSize().Height+100, win.Canvas().Size().Height-40)))
	popup.Show()
}

// serverChoice lists the other saved servers and the way to a new one.
func serverChoice(acts switcherActs, then func(func()) func()) fyne.CanvasObject {
	servers := look.VBox(2, look.NewText(look.Bold, t("switch.servers")))
	for _, c := range acts.servers {
		servers.Add(look.NewTappableRow(look.VBox(1,
			look.NewShortened(look.Body, c.Name),
			look.NewShortened(look.Muted, strings.Trim(c.User+" · "+versionText(c.Version), " ·")),
		), then(func() { acts.server(c.ID) })))
	}
	servers.Add(look.Leading(look.NewButton(look.Link, t("switch.add"), then(acts.add))))
	return servers
}

func versionText(version string) string {
	if version == "" {
		return ""
	}
	return "GLPI " + version
}

// entityList shows the entities that pass, indented by their depth.
type entityList struct {
	widget.List
	s     *switcher
	onKey func(*fyne.KeyEvent) bool // true: dealt with
	none  *look.Text                // in its place while no entity passes
}

func newEntityList(s *switcher) *entityList {
	l := &entityList{s: s, none: look.NewText(look.Muted, t("palette.none"))}
	l.Length = func() int { return len(s.shown) }
	l.CreateItem = func() fyne.CanvasObject { return look.NewShortened(look.Body, "") }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		e := s.shown[i]
		text := e.Path
		if s.filter == "" {
			text = strings.Repeat("      ", e.Depth()) + e.Name()
		}
		o.(*look.Text).SetText(text)
	}
	l.OnSelected = func(i widget.ListItemID) { s.at = i }
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey implements fyne.Focusable.
func (l *entityList) TypedKey(e *fyne.KeyEvent) {
	if !l.onKey(e) {
		look.PassOn(l, e)
	}
}

// show follows the presenter.
func (l *entityList) show() {
	l.Refresh()
	show(l.none, len(l.s.shown) == 0)
	if l.s.at < 0 {
		l.UnselectAll()
		return
	}
	l.Select(l.s.at)
}
