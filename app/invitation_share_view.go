package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
)

// newShareView shows the link of an invitation and the ways to hand it on. An
// empty link is one that GLPI does not tell.
func newShareView(_ *invitations, _ invitationRow, link string, acts frameActs, tell func(string)) fyne.CanvasObject {
	if link == "" {
		return look.NewNotice(look.Neutral, look.SymbolLock, t("invitations.no_link"), t("invitations.no_link_text"))
	}
	text := look.NewWrapped(look.Mono, middle(link, 46))
	text.SetAlign(fyne.TextAlignCenter)
	return look.VBox(12,
		look.NewCard(text),
		container.NewCenter(look.NewButton(look.Primary, t("invitations.copy_link"), func() { copyLink(link, acts, tell) })))
}

// copyLink puts a link on the clipboard.
func copyLink(link string, acts frameActs, tell func(string)) {
	acts.clipboard.SetContent(link)
	tell(t("invitations.link_copied"))
}

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
