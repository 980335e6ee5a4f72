package app

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"glpikeys/app/connection"
	"glpikeys/app/internal/command"
	"glpikeys/app/internal/look"
	"glpikeys/app/internal/task"
	"glpikeys/assets"
)

// The size of a new window, and the smallest that shows everything.
const (
	defaultWidth, defaultHeight = 1280, 800
	smallestWidth, smallestHigh = 1000, 640
)

// tick is how often "updated 12 s ago" is written again.
const tick = 10 * time.Second

// Window is the program's one window: the sign-in screen, or the frame around
// a signed-in server.
type Window struct {
	deps  Deps
	app   fyne.App
	win   fyne.Window
	tasks *task.Runner // of the window itself: its clock and the sign-in

	signIn *signIn // kept while signed in: it holds secrets of this run
	view   *signInView
	set    *settings

	work  *workspace // nil while signed out
	stop  func()     // ends the demo's server, nil for a real one
	frame *frame
	draft draft

	leaving sync.WaitGroup // sessions that end in the background
	gone    atomic.Bool    // nothing is shown any more

	quitting fyne.CanvasObject // the question before the end, once it was asked

	commands *command.Registry
	menu     *fyne.MainMenu
	palette  *command.Palette
}

// draft is a form for an invitation that was open when its session ended.
type draft struct {
	connection string // where it belongs
	form       *invitationForm
	open       bool
}

// New makes the window; ShowAndRun shows it.
func New(a fyne.App, deps Deps) *Window {
	w := &Window{app: a}
	w.deps = w.whileShown(deps)
	w.tasks = task.New(w.deps.Do)
	w.applyPreferences()
	data := deps.Preferences.Get()
	w.win = a.NewWindow(windowTitle(nil))
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(
		max(firstOf(data.Width, defaultWidth), smallestWidth),
		max(firstOf(data.Height, defaultHeight), smallestHigh)))
	w.win.SetMaster()

	w.set = newSettings(deps.Preferences)
	w.set.onApplied = w.rebuild
	w.signIn = newSignIn(w.deps, w.tasks, w.opened)
	w.registerCommands()
	w.rebuild()
	w.keepTime()
	return w
}

// whileShown is deps whose Do drops what comes when the window is gone: Fyne
// would run it on the goroutine that asks, beside the one that closes.
func (w *Window) whileShown(deps Deps) Deps {
	do := deps.Do
	deps.Do = func(f func()) {
		if w.gone.Load() {
			return
		}
		do(func() {
			if !w.gone.Load() {
				f()
			}
		})
	}
	return deps
}

func firstOf(set, otherwise float32) float32 {
	if set > 0 {
		return set
	}
	return otherwise
}

// ShowAndRun shows the window and returns when it is closed and the session on
// the server has ended.
func (w *Window) ShowAndRun() {
	w.win.SetCloseIntercept(func() { w.quit(w.win.Close) })
	w.win.ShowAndRun()
	w.close()
}

// close ends what is open, also what a sign-out just before left to the
// background. No session may stay on a server.
func (w *Window) close() {
	w.gone.Store(true)
	if w.work != nil {
		w.end(w.work, w.stop)
	}
	w.signIn.close()
	w.leaving.Wait()
}

// end ends a session, and the demo's server, in the background.
func (w *Window) end(work *workspace, stop func()) {
	work.tasks.Close()
	w.leaving.Go(func() {
		work.close()
		if stop != nil {
			stop()
		}
	})
}

// quit ends the program by end, after asking when the texts of keys would be
// lost that are kept until then only. Those of earlier keys do not count: nobody
// can move them, and the form told how long they stay.
func (w *Window) quit(end func()) {
	leave := func() {
		w.beforeEnd()
		end()
	}
	n := 0
	if w.deps.RunTexts != nil {
		n = w.deps.RunTexts.Count(w.deps.Preferences.isEarlier)
	}
	top := w.win.Canvas().Overlays().Top()
	switch {
	case n == 0:
		leave()
	case top == nil || top != w.quitting: // not asked already
		ask(w.win, question{
			title: t("quit.title"), content: look.NewWrapped(look.Body, tn("quit.texts", n, map[string]any{"N": formatCount(n)})),
			kind: look.Danger, confirm: t("command.quit"), then: leave,
		})
		w.quitting = w.win.Canvas().Overlays().Top()
	}
}

// beforeEnd does what needs a window: its size is kept, and no key stays on the
// clipboard.
func (w *Window) beforeEnd() {
	w.set.settle()
	w.saveSize()
	if w.work != nil {
		w.work.keys.emptyClip()
	}
}

// saveSize remembers the size of the window, rounded to even units: Wayland
// scales by two and rounds odd ones.
func (w *Window) saveSize() {
	size := w.win.Canvas().Size()
	even := func(f float32) float32 { return float32(int(f/2) * 2) }
	if err := w.deps.Preferences.Update(func(p *PreferencesData) {
		p.Width, p.Height = even(size.Width), even(size.Height)
	}); err != nil {
		w.deps.Log.Warn("could not save the window's size", "error", err)
	}
}

// applyPreferences makes theme and language those that were chosen.
func (w *Window) applyPreferences() {
	data := w.deps.Preferences.Get()
	variant := data.Theme
	if variant == ThemeSystem {
		variant = look.System
	}
	w.app.Settings().SetTheme(look.New(variant))
	if err := assets.UseLanguage(data.Language); err != nil {
		w.deps.Log.Error("could not load the language", "error", err)
	}
}

// rebuild makes the widgets anew, in the language and theme chosen now. The
// presenters keep what they hold.
func (w *Window) rebuild() {
	w.applyPreferences()
	w.palette = command.NewPalette(w.commands, w.win.Canvas(), func() command.Texts {
		return command.Texts{Placeholder: t("command.palette"), NoMatch: t("palette.none")}
	}, w.records)
	if w.work == nil {
		w.showSignIn()
		return
	}
	at := routeOverview
	if w.frame != nil {
		at = w.frame.at
	}
	w.showFrame(at)
}

func (w *Window) showSignIn() {
	w.frame = nil
	w.view = newSignInView(w.signIn, w.win)
	w.win.SetTitle(windowTitle(nil))
	w.setMenu()
	w.win.SetContent(w.view.root)
	w.view.shown()
}

func (w *Window) showFrame(at route) {
	w.frame = newFrame(w.work, w.set, frameActs{
		win:       w.win,
		clipboard: w.app.Clipboard(),
		palette:   w.palette.Open,
		switcher:  w.openSwitcher,
		server:    func(id string) { w.leave(func(p *signIn) { p.Choose(id, true) }) },
		changed:   func() { w.commands.UpdateMenu(w.menu) },
		menu:      func(ids ...string) *fyne.Menu { return w.commands.ContextMenu(ids...) },
	})
	w.work.onChange = w.frame.render
	w.set.onChange = w.frame.render
	w.win.SetTitle(windowTitle(w.work))
	w.win.SetContent(w.frame.root)
	w.frame.open(at)
	w.setMenu()
}

// opened takes over a session from the sign-in screen.
func (w *Window) opened(in Opened) {
	w.work, w.stop = newWorkspace(w.deps, in), in.Stop
	w.work.reconnect = func() { w.leave((*signIn).submit) }
	at := routeOverview
	if d := w.draft; d.form != nil && d.connection == in.Connection.ID {
		d.form.resume(w.work, w.work.inv.plugin)
		w.work.inv.adopt(d.form)
		if w.work.inv.forming = d.open; d.open {
			at = routeInvitations
		}
	}
	w.draft = draft{}
	w.showFrame(at)
	w.work.remind.load()
	w.work.servers.load()
	if !w.work.offline {
		w.work.refresh()
	}
}

// leave ends the session and goes back to the sign-in screen; next tells what
// happens there. After a look at what was last seen the form is as it was.
func (w *Window) leave(next func(*signIn)) {
	w.set.settle()
	work, stop := w.work, w.stop
	work.onChange, work.inv.onDetail, work.keys.onDetail = func() {}, func() {}, func() {}
	work.keys.emptyClip()
	if form := work.inv.draft; form != nil && !work.demo {
		w.draft = draft{work.connection.ID, form, work.inv.forming}
	}
	w.work, w.stop, w.frame = nil, nil, nil
	w.set.onChange = func() {}
	w.end(work, stop)
	if !work.offline {
		w.signIn.Resume()
	}
	w.showSignIn()
	if next != nil {
		next(w.signIn)
	}
}

// openSwitcher offers other profiles, entities and servers.
func (w *Window) openSwitcher() {
	var others []connection.Connection
	for _, c := range w.deps.Connections.All() {
		if c.ID != w.work.connection.ID {
			others = append(others, c)
		}
	}
	acts := switcherActs{
		servers: others,
		server:  func(id string) { w.leave(func(p *signIn) { p.Choose(id, true) }) },
		add:     func() { w.leave(func(p *signIn) { p.add() }) },
		signOut: func() { w.leave(nil) },
	}
	if w.work.offline {
		showServers(w.win, acts)
		return
	}
	showSwitcher(newSwitcher(w.work), w.win, acts)
}

// keepTime writes relative times again while a server is in sight.
func (w *Window) keepTime() {
	task.Run(w.tasks, "clock", pause(tick), func(struct{}, error) {
		if w.frame != nil && !w.work.busy() {
			w.frame.tick()
			w.work.follow()
		}
		w.keepTime()
	})
}

// The menus.
const (
	menuServer      = "server"
	menuKeys        = "keys"
	menuInvitations = "invitations"
	menuView        = "view"
)

// registerCommands lists what the program can do.
func (w *Window) registerCommands() {
	w.commands = command.New(func() bool { return command.Modal(w.win.Canvas()) },
		command.Group{ID: menuServer, Title: func() string { return t("menu.server") }},
		command.Group{ID: menuKeys, Title: func() string { return t("menu.keys") }},
		command.Group{ID: menuInvitations, Title: func() string { return t("menu.invitations") }},
		command.Group{ID: menuView, Title: func() string { return t("menu.view") }},
	)
	signedIn := func() bool { return w.work != nil }
	offline := func() bool { return w.work != nil && w.work.offline }
	ctrl := func(key fyne.KeyName) *desktop.CustomShortcut {
		return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	}
	text := func(key string) func() string { return func() string { return t(key) } }
	w.commands.Add(
		command.Command{
			ID: "refresh", Group: menuServer, Title: text("command.refresh"), Shortcut: ctrl(fyne.KeyR), Key: fyne.KeyF5,
			Enabled: signedIn, Run: func() { w.work.refresh() },
		},
		command.Command{
			ID: "servers.check_all", Group: menuServer, Title: text("servers.check_all"),
			Enabled: func() bool { return signedIn() && w.work.servers.shown() && !w.work.servers.busy() },
			Run:     func() { w.frame.open(routeOverview); w.work.servers.checkAll() },
		},
		command.Command{
			ID: "switch", Group: menuServer, Title: text("command.switch"), Shortcut: ctrl(fyne.KeyE),
			Enabled: func() bool { return signedIn() && !offline() }, Run: w.openSwitcher,
		},
		command.Command{
			ID: "open", Group: menuServer, Title: text("command.open"), Shortcut: ctrl(fyne.KeyG),
			Enabled: func() bool { return w.frame != nil && w.frame.at == routeKeys && w.frame.keys.canOpen() },
			Run:     func() { w.frame.keys.openCurrent() },
		},
		command.Command{
			ID: "signout", Group: menuServer, Title: func() string {
				if offline() {
					return t("command.back")
				}
				return t("command.signout")
			},
			Enabled: signedIn, Run: func() { w.leave(nil) },
		},
		command.Command{ // the last of the first menu, or Fyne adds one of its own
			ID: "quit", Group: menuServer, Title: text("command.quit"), Shortcut: ctrl(fyne.KeyQ),
			Run: func() { w.quit(w.app.Quit) },
		},
		command.Command{
			ID: "palette", Group: menuView, Title: text("command.palette"), Shortcut: ctrl(fyne.KeyK),
			Enabled: signedIn, Run: func() { w.palette.Open() },
		},
		command.Command{
			ID: "find", Group: menuView, Title: text("command.find"), Shortcut: ctrl(fyne.KeyF),
			Enabled: signedIn, Run: func() {
				if w.frame.at == routeInvitations && !w.work.inv.forming {
					w.frame.invitations.find()
					return
				}
				w.frame.open(routeKeys)
				w.frame.keys.find()
			},
		},
	)
	w.registerKeyCommands()
	w.registerInvitationCommands()
	w.commands.Add(
		command.Command{
			ID: "overview.plugins", Group: menuView, Title: text("overview.plugins"), Enabled: signedIn,
			Run: func() { w.frame.openPlugins() },
		},
		command.Command{
			ID: "overview.need", Group: menuView, Title: text("overview.need"), Enabled: signedIn,
			Run: func() { w.frame.openNeed() },
		},
	)
	for i, r := range routes {
		w.commands.Add(command.Command{
			ID: "go." + string(r), Group: menuView, Title: r.title,
			Shortcut: ctrl(fyne.KeyName(strconv.Itoa(i + 1))),
			Enabled:  signedIn, Run: func() { w.frame.open(r) },
		})
	}
}

// setMenu makes the menu bar anew and takes the keys that no widget wants.
func (w *Window) setMenu() {
	w.menu = w.commands.MainMenu()
	w.win.SetMainMenu(w.menu)
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if w.frame == nil || !w.frame.key(e) {
			w.commands.TypedKey(e)
		}
	})
}

// records are the items that the palette finds by name.
func (w *Window) records() []command.Record {
	if w.work == nil {
		return nil
	}
	return append(w.keyRecords(), w.invitationRecords()...)
}
