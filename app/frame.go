package app

import (
	"cmp"
	"image/color"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// route names a screen behind the rail.
type route string

// The screens, in the order of the rail.
const (
	routeOverview    route = "overview"
	routeKeys        route = "keys"
	routeInvitations route = "invitations"
	routeSettings    route = "settings"
)

var routes = [...]route{routeOverview, routeKeys, routeInvitations, routeSettings}

func (r route) title() string { return t("nav." + string(r)) }

func (r route) symbol() look.Symbol {
	switch r {
	case routeOverview:
		return look.SymbolGrid
	case routeKeys:
		return look.SymbolKey
	case routeInvitations:
		return look.SymbolMail
	default:
		return look.SymbolGear
	}
}

const (
	railWidth    = 216
	statusHeight = 29
)

// toldFor is how long something said in passing stays at least.
const toldFor = 5 * time.Second

// frame is the window once signed in: the rail with its connection box, the
// page, and the status line.
type frame struct {
	work *workspace
	at   route

	changed     func()    // frameActs.changed
	day         keys.Date // of the last render: states are another at midnight
	overview    *overviewView
	keys        *keyListView
	invitations *invitationsView
	settings    *settingsView

	nav     map[route]*look.NavItem
	server  *look.ServerBox
	title   *look.Text
	refresh *look.Button
	invite  *look.Button
	addKey  *look.Button
	header  *fyne.Container
	page    *fyne.Container
	line    *fyne.Container // the status line
	dot     *look.Icon
	status  *look.Text
	updated *look.Text
	passing *look.Text // said in passing: "3 rows copied"; in the demo else that it is one
	toldAt  time.Time  // when
	counts  *look.Text
	root    fyne.CanvasObject
}

// newFrame makes the frame and shows the overview. acts are what the frame
// asks of the window.
func newFrame(work *workspace, set *settings, acts frameActs) *frame {
	f := &frame{work: work, changed: acts.changed, nav: map[route]*look.NavItem{}}
	f.overview = newOverviewView(work, f.openKeys)
	f.keys = newKeyListView(work.keys, newKeyActs(work.keyWork, acts, f.tell), acts, f.tell)
	f.keys.need = f.openNeed
	work.keys.onDetail = f.keys.detailChanged
	f.invitations = newInvitationsView(work.inv, acts, f.tell)
	work.inv.onDetail = f.invitations.detailChanged
	f.overview.acts = f.overviewActs(acts)
	f.settings = newSettingsView(set, work, acts.clipboard, f.tell)

	rail := container.NewThemeOverride(f.buildRail(acts), look.Rail())
	f.title = look.NewText(look.Title, "")
	f.refresh = look.NewButton(look.Secondary, t("frame.refresh"), work.refresh)
	f.invite = look.NewButton(look.Primary, t("invitations.new"), func() { work.inv.openForm(nil) })
	f.addKey = look.NewButton(look.Primary, t("keys.add"), f.keys.doing.add)
	search := look.NewSearchBox(t("frame.search"), "Ctrl K", acts.palette)
	f.header = look.Padded(14, 22, 12, 22, look.Between(gap, f.title,
		look.HBox(12, look.Wide(270, search), f.refresh, f.invite, f.addKey)))

	f.dot = look.NewIcon(look.SymbolDot, 10)
	f.status = look.NewText(look.Muted, "")
	f.updated = look.NewText(look.Muted, "")
	f.passing = look.NewShortened(look.Muted, "") // whatever it says, the window keeps its size
	f.counts = look.NewText(look.Muted, "")
	f.line = look.Border(14, nil, nil, look.HBox(14, look.HBox(6, f.dot, f.status), f.updated), f.counts, f.passing)
	line := canvas.NewRectangle(color.Transparent)
	line.SetMinSize(fyne.NewSize(0, statusHeight))
	status := look.NewSurface(look.ColorCard, look.VBox(0, look.NewDivider(),
		container.NewStack(line, look.Padded(0, 22, 0, 22, f.line))))

	f.page = container.NewStack()
	f.root = look.Border(0, nil, nil, rail, nil,
		look.NewSurface(theme.ColorNameBackground, look.Border(0, f.header, status, nil, nil, f.page)))
	f.open(routeOverview)
	return f
}

// overviewActs is what the overview's buttons do: what is done to a key is done
// on its screen, with the key in sight.
func (f *frame) overviewActs(acts frameActs) overviewActs {
	at := func(run func(id int)) func(int) {
		return func(id int) {
			f.openKeys(func(l *keyList) { l.openItem(keyOf(id)) })
			run(id)
		}
	}
	doing := f.keys.doing
	return overviewActs{
		addKey:      func() { f.open(routeKeys); doing.add() },
		renewKey:    at(doing.renew),
		installKey:  at(doing.install),
		reissueKey:  at(doing.reissue),
		releaseKey:  at(doing.release),
		invite:      func() { f.open(routeInvitations); f.work.inv.openForm(nil) },
		invitations: func() { f.open(routeInvitations) },
		server:      acts.server,
	}
}

// frameActs is what the frame asks of the window around it.
type frameActs struct {
	win       fyne.Window
	clipboard fyne.Clipboard
	palette   func()          // opens the command palette
	switcher  func()          // opens the choice of profile, entity and server
	server    func(id string) // signs in to another saved server; nil: not offered
	changed   func()          // other commands than before may be able to run
	menu      func(commands ...string) *fyne.Menu
}

func (f *frame) buildRail(acts frameActs) fyne.CanvasObject {
	items := look.VBox(4)
	for _, r := range routes {
		f.nav[r] = look.NewNavItem(r.symbol(), r.title(), func() { f.open(r) })
		items.Add(f.nav[r])
	}
	logo := look.NewIcon(look.SymbolKey, 17)
	f.server = look.NewServerBox(acts.switcher)
	top := look.VBox(0,
		look.Padded(16, 0, 16, 12, look.HBox(9, logo, look.NewText(look.Heading, "GLPI Keys"))),
		items)
	column := look.Border(0, top, f.server, nil, nil, nil)
	return look.NewSurface(theme.ColorNameBackground,
		look.Wide(railWidth, look.Padded(0, 12, 16, 12, column)))
}

// open shows a screen.
func (f *frame) open(r route) {
	f.settings.set.settle()
	f.at = r
	for other, item := range f.nav {
		item.SetSelected(other == r)
	}
	var page fyne.CanvasObject
	switch r {
	case routeOverview:
		f.overview.page = pageBoard
		page = f.overview.root
	case routeKeys:
		page = f.keys.root
	case routeInvitations:
		page = f.invitations.root
	default:
		page = f.settings.root
	}
	f.page.Objects = []fyne.CanvasObject{page}
	f.page.Refresh()
	f.render()
	switch r { // so that arrows and letters go to the rows
	case routeKeys:
		f.keys.opened()
	case routeInvitations:
		f.invitations.opened()
	}
}

// renderHeader names the page, and offers what it makes or reads.
func (f *frame) renderHeader() {
	inv := f.work.inv
	forming := f.at == routeInvitations && inv.forming
	f.title.SetText(f.at.title())
	if f.at == routeOverview {
		f.title.SetText(f.overview.title())
	}
	if forming {
		f.title.SetText(t("invitations.new_title"))
	}
	form := f.at == routeKeys && f.keys.doing.page() != nil
	if form {
		f.title.SetText(f.keys.doing.title())
	}
	f.addKey.Hidden = f.at != routeKeys || form || f.work.offline
	enable(f.addKey, f.keys.doing.can(keyAdd))
	f.invite.Hidden = f.at != routeInvitations || forming
	enable(f.invite, inv.able())
	f.refresh.Hidden = f.at == routeSettings || f.at == routeInvitations && (forming || inv.able()) ||
		f.at == routeKeys && (form || f.work.keys.able())
	f.header.Refresh()
}

// key is a key that no widget wanted; true when it has been dealt with.
func (f *frame) key(e *fyne.KeyEvent) bool {
	switch f.at {
	case routeKeys:
		return f.keys.key(e)
	case routeInvitations:
		return f.invitations.key(e)
	case routeOverview:
		return f.overview.key(e)
	default:
		return false
	}
}

// openPlugins shows the plugins of the server.
func (f *frame) openPlugins() {
	f.open(routeOverview)
	f.overview.openPlugins()
}

// openNeed shows who needs a key at all.
func (f *frame) openNeed() {
	f.open(routeOverview)
	f.overview.openNeed()
}

// openKeys shows the list of keys, narrowed.
func (f *frame) openKeys(narrow func(*keyList)) {
	f.keys.clearText()
	narrow(f.work.keys)
	f.open(routeKeys)
	f.keys.freeFocus()
}

// tick follows the clock: how long ago something was, and a new day.
func (f *frame) tick() {
	if f.work.today() != f.day {
		f.render()
		return
	}
	switch f.at {
	case routeOverview:
		f.overview.tick()
	case routeKeys:
		f.keys.tick()
	case routeSettings:
		f.settings.remind.render()
	case routeInvitations:
		f.invitations.tick()
	}
	f.renderStatus()
}

// tell says something in passing on the status line, for a while.
func (f *frame) tell(text string) {
	f.passing.SetText(text)
	f.toldAt = f.work.deps.Now()
	f.line.Refresh()
}

// render shows what the workspace holds now. Only the page in sight is
// rendered: the others are when they are opened.
func (f *frame) render() {
	f.day = f.work.today()
	f.renderHeader()
	f.renderRail()
	f.renderStatus()
	switch f.at {
	case routeOverview:
		f.overview.render()
	case routeKeys:
		f.keys.render()
	case routeInvitations:
		f.invitations.render()
	default:
		f.settings.render()
	}
	f.changed()
}

func (f *frame) renderRail() {
	w := f.work
	f.nav[routeKeys].SetBadge(w.keys.expired())
	f.nav[routeInvitations].SetBadge(w.inv.waiting())
	name, version := w.connection.Name, "GLPI "+w.facts.Version
	if w.demo {
		name = t("frame.demo")
	}
	f.server.Set(name, version+" · "+w.facts.Profile.Name, entityText(w.facts))
}

func (f *frame) renderStatus() {
	w := f.work
	now := w.deps.Now()
	tone, text := look.OK, t("frame.connected")
	switch {
	case w.offline:
		tone, text = look.Neutral, t("frame.offline")
	case w.tasks.Busy(slotSwitch):
		tone, text = look.Soon, t("frame.switching")
	case w.tasks.Busy(slotRefresh) && w.total > 0:
		tone, text = look.OK, t("frame.reading_rows", map[string]any{"Done": formatCount(w.done), "Total": formatCount(w.total)})
	case w.tasks.Busy(slotRefresh):
		tone, text = look.OK, t("frame.reading")
	case f.at == routeInvitations && w.inv.busy() && w.inv.total > 0:
		tone, text = look.OK, t("frame.reading_rows", map[string]any{"Done": formatCount(w.inv.done), "Total": formatCount(w.inv.total)})
	case f.at == routeInvitations && w.inv.busy():
		tone, text = look.OK, t("frame.reading")
	case f.at == routeKeys && w.keys.busy() && w.keys.total > 0:
		tone, text = look.OK, t("frame.reading_rows", map[string]any{"Done": formatCount(w.keys.done), "Total": formatCount(w.keys.total)})
	case f.at == routeKeys && w.keys.busy():
		tone, text = look.OK, t("frame.reading")
	case f.at == routeKeys && w.keys.failure != nil && len(w.keys.list) > 0:
		tone, text = look.Expired, t("frame.failed")
	case f.at == routeInvitations && w.inv.failure != nil && len(w.inv.list) > 0:
		tone, text = look.Expired, t("frame.failed")
	case w.failure != nil && !w.barred():
		tone, text = look.Expired, t("frame.failed")
	}
	f.dot.SetColor(tone.Fill())
	f.status.SetText(text)
	f.refresh.SetBusy(w.busy() || f.at == routeKeys && w.keys.busy() || f.at == routeInvitations && w.inv.busy())

	updated := ""
	if !w.seen.IsZero() {
		updated = t("frame.updated", map[string]any{"Ago": agoText(w.seen, now)})
	}
	f.updated.SetText(updated)
	if now.Sub(f.toldAt) >= toldFor {
		passing := ""
		if w.demo {
			passing = t("frame.demo_note")
		}
		f.passing.SetText(passing)
	}

	f.counts.SetText(f.countsText())
	f.line.Refresh()
}

// countsText is what presses, in one line: among the keys in sight what their
// chips count, elsewhere all that ends. Nothing before anything was read.
func (f *frame) countsText() string {
	w := f.work
	if w.seen.IsZero() {
		return ""
	}
	var expired, soon int
	if f.at == routeKeys {
		counts := w.keys.counts()
		expired, soon = counts[showExpired], counts[showSoon]
	} else {
		sum := w.summary()
		expired, soon = sum.Count(keys.Expired), sum.Count(keys.Urgent, keys.Soon)
	}
	return tn("frame.expired", expired, map[string]any{"N": formatCount(expired)}) + " · " +
		tn("frame.soon", soon, map[string]any{"N": formatCount(soon), "Days": w.limits().Soon})
}

// formatCount writes a number with a thin space between thousands.
func formatCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// windowTitle says which server, so that windows can be told apart. It holds
// nothing secret.
func windowTitle(w *workspace) string {
	if w == nil {
		return "GLPI Keys"
	}
	if w.demo {
		return "GLPI Keys – " + t("frame.demo")
	}
	return "GLPI Keys – " + cmp.Or(w.connection.Name, w.facts.Web())
}
