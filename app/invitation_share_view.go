package app

import (
	"image"
	"image/color"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"glpikeys/app/internal/look"
	"glpikeys/keys/sheet"
)

const (
	// codeModule and codeSide are the sides of a module, and of the code at
	// most, beside the list.
	codeModule, codeSide = 4, 200
	// linkShown is how many characters of a link stand under its code.
	linkShown = 62
)

// sharer hands links on as a person asks for it: with the questions, dialogs
// and messages that this takes. Buttons and commands use the same.
type sharer struct {
	s    *sharing
	acts frameActs
	tell func(text string) // in passing
}

// shareView shows the link of an invitation and the ways to hand it on.
type shareView struct {
	sharer
	row  invitationRow
	link string

	notices *fyne.Container // what to know beforehand, or how the last act ended
	copy    *look.Button
	message *look.Button
	files   []*look.Button // that write a file
	root    *fyne.Container
}

// newShareView makes the view. An empty link is one that GLPI does not tell.
func newShareView(p *invitations, r invitationRow, link string, acts frameActs, tell func(string)) fyne.CanvasObject {
	p.share.detach()
	if link == "" {
		return noLink(r)
	}
	v := &shareView{sharer: sharer{p.share, acts, tell}, row: r, link: link}
	v.build()
	p.share.onChange, p.share.onAsk = v.render, v.ask
	v.render()
	return v.root
}

// noLink says why there is no link, and what can be done.
func noLink(r invitationRow) fyne.CanvasObject {
	if r.ShowOnce {
		return look.NewNotice(look.Neutral, look.SymbolLock, t("invite.share.once"), t("invite.share.once_text"))
	}
	return look.NewNotice(look.Neutral, look.SymbolLock, t("invitations.no_link"), t("invite.share.untold_text"))
}

func (v *shareView) build() {
	id := v.row.ID
	v.notices = look.VBox(8)
	v.copy = look.NewButton(look.Primary, t("invitations.copy_link"), func() { v.copyLink(id) })
	v.message = look.NewButton(look.Secondary, t("invite.share.copy_message"), func() { v.copyMessage(id) })
	var save *look.Button
	save = look.NewButton(look.Secondary, t("invite.share.save"), func() { v.saveMenu(save) })
	save.SetSymbols(look.NoSymbol, look.SymbolDown)
	print := look.NewButton(look.Secondary, t("invite.share.print"), func() { v.print(id) })
	email := look.NewButton(look.Secondary, t("invite.share.email"), func() { v.email(id) })
	v.files = []*look.Button{save, print}

	v.root = look.VBox(12, v.codeCard(), look.Flow(8, v.copy, v.message, save, print, email), v.notices)
}

// codeCard is the code with the link under it; pressed, it shows both large.
func (v *shareView) codeCard() fyne.CanvasObject {
	text := look.NewWrapped(look.Mono, shownLink(v.link, linkShown))
	text.SetAlign(fyne.TextAlignCenter)
	box := look.VBox(8)
	if code, err := sheet.NewCode(v.link, sheet.Medium); err == nil {
		box.Add(container.NewCenter(newCodeImage(code, min(float32(codeModule*code.Size()), codeSide))))
	}
	box.Add(text)
	return look.NewTappableCard(box, func() { v.showLarge(v.row.ID) })
}

// newCodeImage draws a code black on white in every theme, each module as a
// square of whole pixels of the screen.
func newCodeImage(code *sheet.Code, side float32) *canvas.Raster {
	raster := canvas.NewRaster(func(w, h int) image.Image { return code.Image(w, h) })
	raster.ScaleMode = canvas.ImageScalePixels
	raster.SetMinSize(fyne.NewSquareSize(side))
	return raster
}

// shownLink is a link for reading: without what goes without saying, and cut in
// its middle.
func shownLink(link string, n int) string { return middle(strings.TrimPrefix(link, "https://"), n) }

// middle shortens a text to n characters, in its middle: the host and the end
// of a link tell it from others.
func middle(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	front := n * 3 / 4
	return string(runes[:front]) + "…" + string(runes[len(runes)-(n-front-1):])
}

// render shows what the presenter holds now.
func (v *shareView) render() {
	s := v.s
	v.notices.Objects = v.warningObjects()
	if n := s.note; n != nil && n.id == v.row.ID {
		v.notices.Objects = []fyne.CanvasObject{v.noteObject(n)}
		if !n.told { // where the notice is out of sight
			n.told = true
			v.tell(n.title)
		}
	}
	v.notices.Hidden = len(v.notices.Objects) == 0
	mark(v.copy, s.copied == linkCopied, t("invitations.copy_link"))
	mark(v.message, s.copied == messageCopied, t("invite.share.copy_message"))
	for _, b := range v.files {
		enable(b, !s.saving())
	}
	v.root.Refresh()
}

// mark says on a button that it was done.
func mark(b *look.Button, done bool, text string) {
	if done {
		b.SetText(t("invite.share.copied"))
		b.SetSymbols(look.SymbolCheck, look.NoSymbol)
		return
	}
	b.SetText(text)
	b.SetSymbols(look.NoSymbol, look.NoSymbol)
}

// warningObjects are what to know before the link is handed on.
func (v *shareView) warningObjects() []fyne.CanvasObject {
	s := v.s
	warnings := s.warnings(v.row, v.link)
	objects := warningNotices(warnings)
	if len(warnings) > 1 { // all of them would leave no room for the rest
		var titles []string
		for _, w := range warnings {
			titles = append(titles, w.title)
		}
		objects = []fyne.CanvasObject{look.NewNotice(look.Soon, look.SymbolWarning,
			t("invite.share.look"), strings.Join(titles, ".\n")+".",
			look.NewButton(look.Secondary, t("invite.share.what"), func() { v.explain(warnings) }))}
	}
	switch {
	case s.checking == v.link:
		objects = append(objects, look.NewProgress(t("invite.share.checking"), t("Cancel"), s.cancelCheck))
	case s.p.work.demo:
		objects = append(objects, look.NewNotice(look.Info, look.NoSymbol, "", t("invite.share.demo")))
	}
	if v.row.ShowOnce {
		now := look.NewNotice(look.Soon, look.SymbolLock, t("invite.share.now"), t("invite.share.now_text"))
		objects = append([]fyne.CanvasObject{now}, objects...)
	}
	return objects
}

func warningNotices(warnings []warning) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, w := range warnings {
		out = append(out, look.NewNotice(look.Soon, look.SymbolWarning, w.title, w.text))
	}
	return out
}

// noteObject says how the last act ended, and offers to look at a file.
func (v *shareView) noteObject(n *shareNote) fyne.CanvasObject {
	ok := look.NewButton(look.Secondary, t("OK"), v.s.dismiss)
	switch {
	case n.failed:
		return look.NewNotice(look.Expired, look.SymbolWarning, n.title, n.text, ok)
	case n.path == "":
		return look.NewNotice(look.OK, look.SymbolCheck, n.title, n.text, ok)
	default:
		return look.NewNotice(look.OK, look.SymbolCheck, n.title, n.text,
			look.NewButton(look.Secondary, t("invite.share.open"), func() { v.s.open(n.path) }),
			look.NewButton(look.Secondary, t("invite.share.folder"), func() { v.s.open(filepath.Dir(n.path)) }), ok)
	}
}

// explain says what to do about warnings.
func (h sharer) explain(warnings []warning) {
	ask(h.acts.win, question{
		title: t("invite.share.look"), content: look.VBox(8, warningNotices(warnings)...), kind: look.Primary, confirm: t("OK"),
	})
}

// ask shows the warnings once more before a link is handed on.
func (h sharer) ask(warnings []warning, anyway func()) {
	ask(h.acts.win, question{
		title: t("invite.share.ask"), content: look.VBox(8, warningNotices(warnings)...),
		kind: look.Primary, confirm: t("invite.share.anyway"), then: anyway,
	})
}

// copyLink puts an invitation's link on the clipboard.
func (h sharer) copyLink(id int) {
	h.s.share(id, func(_ invitationRow, link string) { h.copyText(link, linkCopied, t("invitations.link_copied")) })
}

// copyMessage puts a text that invites people on the clipboard.
func (h sharer) copyMessage(id int) {
	h.s.share(id, func(r invitationRow, link string) {
		h.copyText(h.s.message(r, link), messageCopied, t("invite.share.message_copied"))
	})
}

func (h sharer) copyText(text string, what shareCopy, said string) {
	h.acts.clipboard.SetContent(text)
	h.s.copiedNow(what)
	h.tell(said)
}

// email opens a draft in the mail program.
func (h sharer) email(id int) { h.s.share(id, h.s.email) }

// saveMenu offers the kinds of files under a button.
func (h sharer) saveMenu(under fyne.CanvasObject) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under)
	widget.ShowPopUpMenuAtPosition(h.acts.menu("invitation.save_png", "invitation.save_svg", "invitation.save_card"),
		h.acts.win.Canvas(), at.AddXY(0, under.Size().Height+2))
}

// save asks where to and writes a file; a card is shown first.
func (h sharer) save(id int, kind sheet.Kind) {
	h.s.share(id, func(r invitationRow, link string) {
		if kind != sheet.PDF {
			h.askWhere(r, link, kind)
			return
		}
		h.preview(r, link, t("invite.share.unsaved"), t("invite.share.save_card"), func() { h.askWhere(r, link, kind) })
	})
}

// print shows the card and opens it in the program for PDF files.
func (h sharer) print(id int) {
	h.s.share(id, func(r invitationRow, link string) {
		h.preview(r, link, t("invite.share.unprinted"), t("invite.share.print_open"), func() { h.s.print(r, link) })
	})
}

// askWhere asks for a file and writes it.
func (h sharer) askWhere(r invitationRow, link string, kind sheet.Kind) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			h.s.fail(r.ID, t("invite.share.unsaved"), err)
			h.s.onChange()
		case to != nil:
			// Fyne has made an empty file already; it is written by its name.
			_ = to.Close()
			h.s.save(r, link, kind, to.URI().Path())
		}
	}, h.acts.win)
	d.SetTitleText(t("invite.share.save_title"))
	d.SetConfirmText(t("invite.share.save_confirm"))
	d.SetDismissText(t("Cancel"))
	d.SetFilter(storage.NewExtensionFileFilter([]string{"." + kind.String()}))
	if folder := h.s.p.work.deps.Preferences.Get().Folder; folder != "" {
		if at, err := storage.ListerForURI(storage.NewFileURI(folder)); err == nil {
			d.SetLocation(at)
		}
	}
	d.SetFileName(fileName(r.Label, link, kind))
	showFileDialog(d, h.acts.win)
}

// showFileDialog shows Fyne's dialog large enough to find something in it. It
// has no size before it is shown: Fyne panics.
func showFileDialog(d *dialog.FileDialog, win fyne.Window) {
	d.Show()
	size := win.Canvas().Size()
	d.Resize(fyne.NewSize(size.Width*0.8, size.Height*0.8))
}

// cardFonts are the window's fonts. They are copied: they belong to Fyne.
func cardFonts() sheet.Fonts {
	font := func(style fyne.TextStyle) []byte {
		return append([]byte(nil), theme.DefaultTheme().Font(style).Content()...)
	}
	return sheet.Fonts{
		Regular: font(fyne.TextStyle{}), Bold: font(fyne.TextStyle{Bold: true}), Mono: font(fyne.TextStyle{Monospace: true}),
	}
}

// The room that dialogs leave around a picture.
const (
	besidePicture = 90
	belowPicture  = 220
)

// preview shows the card as it comes out of the printer, with a button that
// goes on; failed is said when there can be no card.
func (h sharer) preview(r invitationRow, link, failed, confirm string, act func()) {
	card, err := h.s.card(r, link)
	var page *sheet.Page
	if err == nil {
		page, err = card.Page(cardFonts())
	}
	if err != nil {
		h.s.fail(r.ID, failed, err)
		h.s.onChange()
		return
	}
	width, height := page.Size()
	room := h.acts.win.Canvas().Size()
	high := min(room.Height-belowPicture, (room.Width-besidePicture)*float32(height/width), 560)
	picture := canvas.NewRaster(func(_, h int) image.Image { return cardImage(page, h) })
	picture.SetMinSize(fyne.NewSize(high*float32(width/height), high))
	shown := look.NewSurface(theme.ColorNameSeparator, look.Padded(1, 1, 1, 1, picture))
	note := look.NewWrapped(look.Muted, t("invite.share.card_note"))
	ask(h.acts.win, question{
		title: t("invite.share.card"), content: look.VBox(10, container.NewCenter(shown), note),
		kind: look.Primary, confirm: confirm, then: act,
	})
}

// cardImage draws a card of that many pixels' height; white when it cannot.
func cardImage(page *sheet.Page, pixels int) image.Image {
	_, height := page.Size()
	picture, err := page.Raster(float64(pixels) / height * 25.4)
	if err != nil {
		return image.NewUniform(color.White)
	}
	return picture
}

// showLarge shows a link's code for phones to scan from the screen, and the
// whole link to read and to copy from.
func (h sharer) showLarge(id int) {
	link := h.s.p.detail(id).link
	code, err := sheet.NewCode(link, sheet.Medium)
	if err != nil {
		return
	}
	room := h.acts.win.Canvas().Size()
	var popup *widget.PopUp
	then := closing(h.acts.win.Canvas(), &popup)
	text := newReadOnly(link, then(nil))
	closeIt := look.NewButton(look.Secondary, t("invite.share.close"), then(nil))
	popup = widget.NewModalPopUp(look.Padded(18, 18, 14, 18, look.VBox(12,
		container.NewCenter(newCodeImage(code, min(room.Height-belowPicture, room.Width-besidePicture, 480))),
		look.Wide(480, text), look.HBox(8, look.Spacer(), closeIt))), h.acts.win.Canvas())
	popup.Show()
	h.acts.win.Canvas().Focus(closeIt)
}

// readOnly is a text of several lines that can be selected and copied only.
type readOnly struct {
	widget.Entry
	escape func()
}

func newReadOnly(text string, escape func()) *readOnly {
	e := &readOnly{escape: escape}
	e.MultiLine, e.Wrapping, e.TextStyle = true, fyne.TextWrapBreak, fyne.TextStyle{Monospace: true}
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(2)
	e.show(text)
	return e
}

// show replaces the text.
func (e *readOnly) show(text string) {
	e.OnChanged = nil
	e.SetText(text)
	e.OnChanged = func(now string) {
		if now != text {
			e.SetText(text)
		}
	}
}

// AcceptsTab implements fyne.Tabbable: Tab goes on.
func (e *readOnly) AcceptsTab() bool { return false }

// TypedKey implements fyne.Focusable.
func (e *readOnly) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.escape()
		return
	}
	e.Entry.TypedKey(key)
}
