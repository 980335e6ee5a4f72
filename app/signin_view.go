package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// The measures of the sign-in screen.
const (
	signInRail    = 300
	signInCard    = 470
	signInPadding = 28
	signInMargin  = 16 // around the card, at least
)

// signInView is the sign-in screen: the saved servers at the left, the form in
// a card. It shows what its presenter holds.
type signInView struct {
	p    *signIn
	win  fyne.Window
	root fyne.CanvasObject

	servers *fyne.Container
	listed  string // what servers shows, to rebuild it only when it changes
	demo    *look.Button

	scroll   *container.Scroll
	mode     *look.Chips
	entries  map[field]*look.Entry
	fields   map[field]*look.Field
	advanced *look.Button
	remember *look.Check
	mint     *look.Check
	minting  *fyne.Container // what minting means
	keyless  *fyne.Container // that there is no keyring
	waiting  *look.Notice
	plain    *look.Notice

	question    *look.Notice
	trust       *look.Button
	details     *look.Button
	showDetails bool
	confirm     *look.Entry
	confirming  *look.Field

	notice  *look.Notice
	offer   *look.Notice // of what was last seen
	offline *look.Button
	stage   *look.Text
	test    *look.Button
	cancel  *look.Button
	submit  *look.Button
	told    string // the messages shown last, to scroll to new ones
	resting bool   // the form is locked by an attempt
	back    fyne.Focusable
	dialog  dialog.Dialog // open now, nil for none
}

// newSignInView builds the screen and keeps it up to date. Call shown once its
// root is the content of the window.
func newSignInView(p *signIn, win fyne.Window) *signInView {
	v := &signInView{p: p, win: win, entries: map[field]*look.Entry{}, fields: map[field]*look.Field{}}
	rail := container.NewThemeOverride(v.buildRail(), look.Rail())
	v.root = container.NewBorder(nil, nil, rail, nil, look.NewSurface(look.ColorSignIn, v.buildForm()))
	p.onChange = v.render
	v.render()
	return v
}

// shown takes the keyboard, once the screen is the content of its window.
func (v *signInView) shown() {
	v.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { v.key(e) })
	v.takeFocus()
	v.told = ""
	v.tell()
}

// key closes a dialog or gives up a running attempt with Escape, from wherever
// the focus is.
func (v *signInView) key(e *fyne.KeyEvent) bool {
	switch {
	case e.Name != fyne.KeyEscape:
		return false
	case v.dialog != nil:
		v.dialog.Hide()
	case v.p.busy():
		v.p.cancel()
	default:
		return false
	}
	return true
}

// ask shows a dialog with a button that acts, and gives what presses it. Escape
// closes it wherever the focus is, which Fyne's own buttons would keep.
func (v *signInView) ask(title string, content fyne.CanvasObject, kind look.Kind, confirm string, act func()) func() {
	d := dialog.NewCustomWithoutButtons(title, content, v.win)
	confirmed := func() { d.Hide(); act() }
	d.SetButtons([]fyne.CanvasObject{
		look.NewButton(look.Secondary, t("signin.cancel"), d.Hide),
		look.NewButton(kind, confirm, confirmed),
	})
	v.dialog = d
	d.SetOnClosed(func() { v.dialog = nil })
	d.Show()
	return confirmed
}

func (v *signInView) buildRail() fyne.CanvasObject {
	v.servers = look.VBox(6)
	v.demo = look.NewButton(look.Secondary, t("signin.demo"), v.p.explore)
	logo := look.NewIcon(look.SymbolKey, 17)
	top := look.VBox(0,
		look.Padded(8, 0, 18, 12, look.HBox(9, logo, look.NewText(look.Heading, "GLPI Keys"))),
		look.Padded(0, 0, 10, 10, look.NewText(look.Muted, t("signin.servers"))))
	list := container.NewBorder(top, look.Padded(12, 0, 0, 0, v.demo), nil, nil, container.NewVScroll(v.servers))
	return look.NewSurface(theme.ColorNameBackground, look.Wide(signInRail, look.Padded(18, 18, 26, 18, list)))
}

func (v *signInView) buildForm() fyne.CanvasObject {
	p := v.p
	server := v.entry(fieldServer, look.NewEntry(t("signin.server.placeholder")), t("signin.server"), "")
	user := v.entry(fieldUser, look.NewEntry(""), t("signin.user"), "")
	password := v.entry(fieldPassword, look.NewPassword(""), t("signin.password"), "")
	token := v.entry(fieldUserToken, look.NewPassword(""), t("signin.token"), t("signin.token.aside"))
	app := v.entry(fieldAppToken, look.NewPassword(""), t("signin.app_token"), t("signin.app_token.aside"))
	proxy := v.entry(fieldProxy, look.NewEntry(t("signin.proxy.placeholder")), t("signin.proxy"), t("signin.proxy.aside"))

	v.mode = look.NewChips([]string{t("signin.password"), t("signin.token")}, func(i int) { p.setByToken(i == 1) })
	v.advanced = look.NewButton(look.Link, t("signin.advanced"), func() { p.setAdvanced(!p.form.Advanced) })
	v.remember = look.NewCheck(t("signin.remember"), "", p.setRemember)
	v.mint = look.NewCheck(t("signin.mint"), "", p.setMint)
	v.minting = look.Padded(0, 0, 4, 22, look.NewWrapped(look.Muted, t("signin.mint.warning")))
	v.keyless = look.Padded(0, 0, 4, 22, look.NewWrapped(look.Muted, t("signin.keyring.absent")))
	v.waiting = look.NewNotice(look.Info, look.SymbolClock, "", t("signin.keyring.waiting"),
		look.NewButton(look.Secondary, t("signin.cancel"), p.cancelKeyring))
	v.plain = look.NewNotice(look.Soon, look.SymbolWarning, "", t("signin.plain_http"))
	v.buildQuestion()
	v.notice = look.NewNotice(look.Expired, look.SymbolExclamation, "", "")
	v.offline = look.NewButton(look.Secondary, "", p.showLastSeen)
	v.offer = look.NewNotice(look.Info, look.SymbolClock, "", t("signin.last_seen"), v.offline)

	v.stage = look.NewShortened(look.Muted, "")
	v.test = look.NewButton(look.Secondary, t("signin.test"), p.test)
	v.cancel = look.NewButton(look.Secondary, t("signin.cancel"), p.cancel)
	v.submit = look.NewButton(look.Primary, t("signin.submit"), p.submit)
	buttons := look.Between(12, v.stage, look.HBox(8, v.test, v.cancel, v.submit))

	form := look.VBox(0,
		look.Padded(0, 0, 10, 0, look.NewText(look.Title, t("signin.title"))),
		server, look.Padded(6, 0, 12, 0, v.mode),
		user, v.spaced(3, password), token, v.spaced(3, app),
		look.Leading(v.advanced), proxy,
		look.Padded(2, 0, 2, 0, look.VBox(0, v.remember, v.keyless, v.mint, v.minting)),
		v.spaced(8, v.waiting), v.spaced(8, v.plain), v.spaced(8, v.question), v.spaced(6, v.confirming), v.spaced(8, v.notice), v.spaced(8, v.offer),
		look.Padded(8, 0, 0, 0, buttons))
	card := look.Wide(signInCard, look.NewCardPadded(signInPadding, form))
	v.scroll = container.NewVScroll(container.New(anchored{}, card))
	return v.scroll
}

// spaced keeps room above an object, and none while it is hidden.
func (v *signInView) spaced(above float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(spacedLayout{above}, o)
}

// entry makes a field of the form. Enter signs in from every one.
func (v *signInView) entry(f field, e *look.Entry, label, hint string) *look.Field {
	e.OnChanged = func(text string) { v.p.edit(f, text) }
	e.OnSubmitted = func(string) { v.p.submit() }
	e.OnKey = v.key
	e.OnFocus = func(gained bool) {
		if gained {
			v.reveal(v.fields[f])
		}
	}
	v.entries[f], v.fields[f] = e, look.NewField(label, hint, e)
	return v.fields[f]
}

func (v *signInView) buildQuestion() {
	v.trust = look.NewButton(look.Secondary, t("signin.certificate.trust"), func() { v.p.trust(v.confirm.Text) })
	v.details = look.NewButton(look.Link, t("signin.certificate.show"), func() {
		v.showDetails = !v.showDetails
		v.render()
		v.reveal(v.submit)
		v.reveal(v.question)
	})
	v.question = look.NewNotice(look.Soon, look.SymbolWarning, "", "", v.trust, v.details)
	v.confirm = look.NewEntry("")
	v.confirm.OnSubmitted = func(text string) { v.p.trust(text) }
	v.confirm.OnKey = v.key
	v.confirming = look.NewField(t("signin.certificate.confirm"), "", v.confirm)
}

// render shows what the presenter holds now.
func (v *signInView) render() {
	p := v.p
	v.renderServers()
	for f, e := range v.entries {
		if e.Text != p.text(f) {
			e.SetText(p.text(f))
		}
		v.fields[f].SetError(p.problems[f])
	}
	v.renderCheck()
	v.mode.Select(boolIndex(p.form.ByToken))
	show(v.fields[fieldUser], !p.form.ByToken)
	show(v.fields[fieldPassword], !p.form.ByToken)
	show(v.fields[fieldUserToken], p.form.ByToken)
	show(v.fields[fieldProxy], p.form.Advanced)
	v.advanced.SetSymbols(disclosure(p.form.Advanced), look.NoSymbol)

	v.remember.SetText(t("signin.remember"), v.keyringAside())
	v.remember.SetChecked(p.form.Remember && p.canRemember())
	v.mint.SetChecked(p.form.Mint && p.canMint())
	show(v.keyless, !p.canRemember())
	show(v.mint, !p.form.ByToken)
	show(v.minting, p.form.Mint && p.canMint())
	show(v.waiting, p.waiting && !p.busy())
	show(v.plain, p.plain())
	v.renderQuestion()
	show(v.notice, p.notice.Text != "")
	if p.notice.Good {
		v.notice.Set(look.OK, look.SymbolCheck, "", p.notice.Text)
	} else {
		v.notice.Set(look.Expired, look.SymbolExclamation, "", p.notice.Text)
	}
	v.renderOffer()
	v.renderStage()
	v.root.Refresh()
	v.takeFocus()
	v.tell()
}

// renderOffer offers what was last seen of a server that cannot be reached.
func (v *signInView) renderOffer() {
	o := v.p.lastSeen()
	show(v.offer, o != nil)
	if o != nil {
		v.offline.SetText(t("signin.last_seen.show", map[string]any{"Ago": agoText(o.seen.Time, v.p.deps.Now())}))
	}
}

// keyringAside names the keyring beside "Remember", when there is one.
func (v *signInView) keyringAside() string {
	service := v.p.deps.Secrets.Service()
	if service == "" || !v.p.canRemember() {
		return ""
	}
	return t("signin.keyring.aside", map[string]any{"Service": service})
}

// renderCheck shows under the server what was found there, and at the app
// token that it is needed.
func (v *signInView) renderCheck() {
	tone, symbol := look.Neutral, look.NoSymbol
	switch {
	case v.p.checkGood():
		tone, symbol = look.OK, look.SymbolCheck
	case v.p.check.State == checkFailed || v.p.check.State == checkFound:
		tone, symbol = look.Expired, look.SymbolExclamation
	}
	v.fields[fieldServer].SetNote(tone, symbol, v.p.checkText())
	wish := ""
	if v.p.wantsAppToken() {
		wish = t("signin.app_token.wanted")
	}
	v.fields[fieldAppToken].SetNote(look.Soon, look.SymbolExclamation, wish)
}

func (v *signInView) renderQuestion() {
	q := v.p.question
	show(v.question, q != nil)
	show(v.confirming, q != nil && q.Changed)
	if q == nil {
		v.showDetails = false
		v.confirm.SetText("")
		return
	}
	tone, title, body, trust := look.Soon, "signin.certificate.unknown", "signin.certificate.unknown_body", "signin.certificate.trust"
	if q.Changed {
		tone, title, body, trust = look.Expired, "signin.certificate.changed", "signin.certificate.changed_body", "signin.certificate.trust_changed"
	}
	text := t(body, map[string]any{"SHA256": q.Certificate.SHA256, "Short": shortFingerprint(q.Certificate.SHA256)})
	details := "signin.certificate.show"
	if v.showDetails {
		text += "\n" + certificateText(q.Certificate)
		details = "signin.certificate.hide"
	}
	v.question.Set(tone, look.SymbolWarning, t(title), text)
	v.trust.SetText(t(trust))
	v.details.SetText(t(details))
	v.confirm.SetPlaceHolder(q.Host)
	wrong := ""
	if q.Wrong {
		wrong = t("signin.certificate.confirm_wrong", map[string]any{"Host": q.Host})
	}
	v.confirming.SetError(wrong)
}

// renderStage locks the form while an attempt runs and says what it does.
func (v *signInView) renderStage() {
	busy := v.p.busy()
	if busy != v.resting {
		v.rest(busy)
	}
	stage, cancel := "", t("signin.cancel")
	if busy {
		stage = t("signin.stage." + string(v.p.stage))
	}
	if v.p.stage == stageKeyring {
		cancel = t("signin.keyring.skip")
	}
	v.stage.SetText(stage)
	v.cancel.SetText(cancel)
	show(v.test, !busy)
	show(v.cancel, busy)
	v.submit.SetBusy(busy && v.p.stage != stageDemo)
	enable(v.submit, v.p.stage != stageDemo)
	enable(v.remember, !busy && v.p.canRemember())
	enable(v.mint, !busy && v.p.canMint())
}

// rest locks or unlocks the form. The focus leaves it meanwhile, so that
// Escape reaches the window, and comes back to where it was.
func (v *signInView) rest(on bool) {
	v.resting = on
	canvas := v.win.Canvas()
	if on {
		v.back = canvas.Focused()
		canvas.Unfocus()
	}
	for _, e := range v.entries {
		enable(e, !on)
	}
	for _, b := range []fyne.Disableable{v.confirm, v.advanced, v.demo, v.trust} {
		enable(b, !on)
	}
	if !on && v.back != nil && v.p.focus == noField {
		canvas.Focus(v.back)
	}
}

// takeFocus puts the keyboard where the presenter wants it, once the screen is
// in its window.
func (v *signInView) takeFocus() {
	if v.p.focus == noField || v.p.busy() || v.win.Content() != v.root {
		return
	}
	f := v.p.focus
	v.p.focus = noField
	e := v.entries[f]
	e.CursorColumn = len([]rune(e.Text))
	v.win.Canvas().Focus(e)
	v.reveal(v.fields[f])
}

// tell scrolls to a message that has just appeared at the foot of the form.
func (v *signInView) tell() {
	told, q, offered := v.p.notice.Text, v.p.question, v.p.lastSeen() != nil
	if offered {
		told += "offered"
	}
	if q != nil {
		told += q.Certificate.SHA256
	}
	if q != nil && q.Wrong {
		told += "wrong"
	}
	if told == v.told {
		return
	}
	v.told = told
	switch {
	case q != nil && q.Wrong:
		v.win.Canvas().Focus(v.confirm)
		v.reveal(v.confirming)
	case q != nil:
		v.reveal(v.submit)
		v.reveal(v.question) // where both do not fit, the question wins
	case v.p.notice.Text != "":
		v.reveal(v.submit)
	case offered:
		v.reveal(v.offer)
	}
}

// reveal scrolls until an object is in sight.
func (v *signInView) reveal(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(v.scroll.Content).Y
	look.Reveal(v.scroll, top, top+o.Size().Height+signInPadding)
}

// renderServers shows the saved servers, the chosen one with its menu.
func (v *signInView) renderServers() {
	p := v.p
	var state strings.Builder
	for _, c := range p.saved {
		state.WriteString(c.ID + "\x00" + c.Name + "\x00" + p.subtitle(c) + "\x00")
	}
	state.WriteString(p.current.ID)
	if state.String() == v.listed && len(v.servers.Objects) > 0 {
		return
	}
	v.listed = state.String()
	v.servers.RemoveAll()
	for _, c := range p.saved {
		v.servers.Add(v.server(c))
	}
	v.servers.Add(look.NewNavItem(look.SymbolPlus, t("signin.add"), p.add))
}

func (v *signInView) server(c connection.Connection) fyne.CanvasObject {
	item := look.NewNavDetail(c.Name, v.p.subtitle(c), func() { v.p.Choose(c.ID, false) })
	row := newServerRow(item, func(at fyne.Position) { v.menu(c, at) })
	if c.ID != v.p.current.ID {
		return row
	}
	item.SetSelected(true)
	var more *look.Button
	more = look.NewButton(look.Link, "", func() {
		below := fyne.CurrentApp().Driver().AbsolutePositionForObject(more).AddXY(0, more.Size().Height)
		v.menu(c, below)
	})
	more.SetSymbols(look.SymbolDown, look.NoSymbol)
	return container.NewStack(row, look.HBox(0, look.Spacer(), more, look.Padded(0, 3, 0, 0, look.HBox(0))))
}

// menu offers to rename or remove a saved server.
func (v *signInView) menu(c connection.Connection, at fyne.Position) {
	if v.p.busy() {
		return
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem(t("signin.rename"), func() { v.rename(c) }),
		fyne.NewMenuItem(t("signin.remove"), func() { v.p.weigh(c.ID, v.askRemove) }),
	), v.win.Canvas(), at)
}

func (v *signInView) rename(c connection.Connection) {
	name := look.NewEntry(siteOf(c.API))
	name.SetText(c.Name)
	content := look.Wide(320, look.NewField(t("signin.rename.label"), "", name))
	confirm := v.ask(t("signin.rename.title"), content, look.Primary, t("signin.rename.confirm"),
		func() { v.p.rename(c.ID, name.Text) })
	name.OnSubmitted = func(string) { confirm() }
	v.win.Canvas().Focus(name)
}

// shortFingerprint is the start and the end of a fingerprint, as a first look:
// "3F:9A:11:52:…:E0:56:7C".
func shortFingerprint(sha256 string) string {
	if len(sha256) <= 32 {
		return sha256
	}
	return sha256[:11] + ":…:" + sha256[len(sha256)-11:]
}

// certificateText is all that a person can compare.
func certificateText(c keys.Certificate) string {
	var out strings.Builder
	line := func(key, text string) {
		if text != "" {
			out.WriteString("\n" + t("signin.certificate."+key) + ": " + text)
		}
	}
	line("subject", c.Subject)
	line("issuer", c.Issuer)
	line("names", strings.Join(c.Names, ", "))
	line("validity", t("signin.certificate.validity_range", map[string]any{
		"From":  dayText(keys.DateOf(c.NotBefore.Local())),
		"Until": dayText(keys.DateOf(c.NotAfter.Local())),
	}))
	line("sha256", c.SHA256)
	return out.String()
}

func show(o fyne.CanvasObject, on bool) {
	if on != o.Visible() {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

func enable(o fyne.Disableable, on bool) {
	if on != o.Disabled() {
		return
	}
	if on {
		o.Enable()
	} else {
		o.Disable()
	}
}

func boolIndex(on bool) int {
	if on {
		return 1
	}
	return 0
}

func disclosure(open bool) look.Symbol {
	if open {
		return look.SymbolDown
	}
	return look.SymbolRight
}

// serverRow lies over an entry of the rail and adds a context menu to it.
type serverRow struct {
	widget.BaseWidget
	item *look.NavItem
	menu func(at fyne.Position)
	over *pressArea
}

func newServerRow(item *look.NavItem, menu func(fyne.Position)) *serverRow {
	r := &serverRow{item: item, menu: menu}
	r.over = &pressArea{row: r}
	r.over.ExtendBaseWidget(r.over)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *serverRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.item, r.over))
}

// pressArea takes the pointer for the entry under it.
type pressArea struct {
	widget.BaseWidget
	row *serverRow
}

// CreateRenderer implements fyne.Widget.
func (a *pressArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Tapped implements fyne.Tappable.
func (a *pressArea) Tapped(e *fyne.PointEvent) { a.row.item.Tapped(e) }

// TappedSecondary implements fyne.SecondaryTappable.
func (a *pressArea) TappedSecondary(e *fyne.PointEvent) { a.row.menu(e.AbsolutePosition) }

// MouseIn implements desktop.Hoverable.
func (a *pressArea) MouseIn(e *desktop.MouseEvent) { a.row.item.MouseIn(e) }

// MouseMoved implements desktop.Hoverable.
func (a *pressArea) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (a *pressArea) MouseOut() { a.row.item.MouseOut() }

// Cursor implements desktop.Cursorable.
func (a *pressArea) Cursor() desktop.Cursor { return desktop.PointerCursor }

// signInUsual is the height that the form's card has with one message at its
// foot. The card's place is chosen by it and not by its own height, so that
// nothing moves under the pointer when a message comes or goes.
const signInUsual = 640

// anchored centres an object horizontally and keeps its top where it is while
// it grows.
type anchored struct{}

// Layout implements fyne.Layout.
func (anchored) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		need := o.MinSize()
		o.Resize(need)
		need = o.MinSize() // wrapped texts know their height only now
		o.Resize(need)
		o.Move(fyne.NewPos(max((size.Width-need.Width)/2, signInMargin), max((size.Height-signInUsual)/2, signInMargin)))
	}
}

// MinSize implements fyne.Layout.
func (anchored) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.Size{}
	for _, o := range objects {
		size = size.Max(o.MinSize().AddWidthHeight(2*signInMargin, 2*signInMargin))
	}
	return size
}

// spacedLayout keeps room above its object while that is visible.
type spacedLayout struct{ above float32 }

// Layout implements fyne.Layout.
func (l spacedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o := objects[0]
	o.Move(fyne.NewPos(0, l.above))
	o.Resize(fyne.NewSize(size.Width, size.Height-l.above))
}

// MinSize implements fyne.Layout.
func (l spacedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if !objects[0].Visible() {
		return fyne.Size{}
	}
	return objects[0].MinSize().AddWidthHeight(0, l.above)
}
