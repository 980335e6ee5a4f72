package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
)

// joinPreview draws the page that the link of an invitation opens. Nothing in
// it can be used.
type joinPreview struct {
	root  fyne.CanvasObject
	by    *look.Text
	email *look.Text // what stands in the entry
	hint  *look.Text
	login *fyne.Container
	check *look.Text
}

func newJoinPreview() *joinPreview {
	p := &joinPreview{
		by:    look.NewWrapped(look.Muted, ""),
		email: look.NewShortened(look.Muted, ""),
		hint:  look.NewWrapped(look.Muted, ""),
		check: look.NewWrapped(look.Muted, t("invite.preview.approval")),
	}
	p.login = look.VBox(3, previewEntry("invite.preview.login", look.NewShortened(look.Muted, "")),
		look.NewWrapped(look.Muted, t("invite.preview.login_hint")))
	submit := look.NewText(look.SmallBold, t("invite.preview.submit"))
	submit.SetColor(theme.ColorNameForegroundOnPrimary)
	page := look.VBox(9,
		look.NewWrapped(look.Heading, t("invite.preview.title")),
		p.by,
		previewEntry("invite.preview.first", look.NewShortened(look.Muted, "")),
		previewEntry("invite.preview.last", look.NewShortened(look.Muted, "")),
		look.VBox(3, previewEntry("invite.preview.email", p.email), p.hint),
		p.login,
		previewEntry("invite.preview.password", look.NewShortened(look.Muted, "")),
		p.check,
		look.NewRoundedSurface(theme.ColorNamePrimary, 6, look.Padded(7, 0, 7, 0, container.NewCenter(submit))),
	)
	p.root = look.VBox(10,
		look.NewText(look.Bold, t("invite.preview")),
		look.NewCardPadded(16, page),
		look.NewWrapped(look.Muted, t("invite.preview.note")))
	return p
}

// previewEntry draws an entry with its label.
func previewEntry(label string, inside *look.Text) *fyne.Container {
	return look.VBox(3, look.NewText(look.SmallBold, t(label)),
		look.Outlined(look.Padded(7, 10, 6, 10, inside)))
}

// render shows what the form's draft makes of the page.
func (p *joinPreview) render(f *invitationForm) {
	d := &f.draft
	p.by.SetText(t("invite.preview.by", map[string]any{"Name": f.work.facts.User.Name}))
	p.email.SetText("")
	var hints []string
	if len(d.domains) == 1 {
		p.email.SetText("@" + shownDomain(d.domains[0]))
	}
	if len(d.domains) > 0 {
		var shown []string
		for _, domain := range d.domains {
			shown = append(shown, shownDomain(domain))
		}
		hints = append(hints, t("invite.preview.domains", map[string]any{"Domains": strings.Join(shown, ", ")}))
	}
	if d.loginIsEmail {
		hints = append(hints, t("invite.preview.email_login"))
	}
	if d.verify {
		hints = append(hints, t("invite.preview.verify"))
	}
	p.hint.SetText(strings.Join(hints, " "))
	show(p.hint, len(hints) > 0)
	show(p.login, !d.loginIsEmail)
	show(p.check, d.approval)
	p.root.Refresh()
}
