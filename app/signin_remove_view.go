package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"glpikeys/app/internal/look"
)

// askRemove asks before a saved server goes, and says what goes with it. Where
// key texts would be lost for good they can be saved first; whoever does not
// types the server's name.
func (v *signInView) askRemove(r removal) {
	name := look.NewEntry(r.Name)
	typed := look.NewField(t("signin.remove.type", map[string]any{"Name": r.Name}), "", name)
	loss := look.VBox(10)
	loss.Hidden, typed.Hidden = len(r.prints) == 0, r.only == 0
	warning := look.NewNotice(look.Expired, look.SymbolWarning, r.lossTitle(), t("signin.remove.loss"))
	warning.Hidden = r.only == 0
	loss.Add(warning)
	saved := look.VBox(0)
	saved.Hide()
	var save *look.Button
	save = look.NewButton(look.Secondary, t("signin.remove.save"), func() {
		v.chooseTextsFile(r, func(done textsSaved) {
			save.SetBusy(false)
			saved.Objects = []fyne.CanvasObject{done.notice()}
			if done.err == nil && done.lost == 0 {
				warning.Hide()
				typed.Hide()
			}
			saved.Show()
		}, func() { save.SetBusy(true) })
	})
	loss.Add(saved)
	loss.Add(look.Leading(save))
	confirm := ask(v.win, question{
		title: t("signin.remove.title"), kind: look.Danger, confirm: t("signin.remove.confirm"), width: 460,
		content: look.VBox(12, look.NewWrapped(look.Body, r.what(v.p)), loss, typed),
		act: func() bool {
			if !typed.Hidden && !strings.EqualFold(strings.TrimSpace(name.Text), strings.TrimSpace(r.Name)) {
				typed.SetError(t("signin.remove.type_wrong", map[string]any{"Name": r.Name}))
				return false
			}
			return true
		},
		then: func() { v.p.remove(r.ID) },
	})
	name.OnSubmitted = func(string) { confirm() }
}

// what says in plain numbers what goes.
func (r removal) what(p *signIn) string {
	parts := []string{t("signin.remove.question", map[string]any{"Name": r.Name, "User": r.User})}
	if r.Remember {
		parts = append(parts, t("signin.remove.secrets"))
	}
	if n := len(r.prints); n > 0 {
		parts = append(parts, tn("signin.remove.texts", n, map[string]any{"N": formatCount(n)}))
	}
	if ago := r.seenAgo(p.deps.Now()); ago != "" {
		parts = append(parts, t("signin.remove.seen", map[string]any{"Ago": ago}))
	}
	return strings.Join(append(parts, t("signin.remove.logs")), "\n")
}

// lossTitle says how many key texts nobody would have any more.
func (r removal) lossTitle() string {
	if r.only == len(r.prints) {
		return tn("signin.remove.loss_all", r.only, map[string]any{"N": formatCount(r.only)})
	}
	return tn("signin.remove.loss_some", r.only, map[string]any{"N": formatCount(r.only)})
}

// notice says what became of saving key texts.
func (s textsSaved) notice() fyne.CanvasObject {
	switch {
	case s.err != nil:
		return look.NewNotice(look.Expired, look.SymbolWarning, t("signin.remove.unsaved"), sentence(s.err))
	case s.lost > 0:
		return look.NewNotice(look.Soon, look.SymbolWarning, s.title(), tn("signin.remove.unreadable", s.lost, map[string]any{"N": formatCount(s.lost)}))
	default:
		return look.NewNotice(look.OK, look.SymbolCheck, s.title(), t("signin.remove.saved_text"))
	}
}

func (s textsSaved) title() string {
	return tn("signin.remove.saved", s.rows, map[string]any{"N": formatCount(s.rows), "File": s.path})
}

// chooseTextsFile asks where key texts go. began runs once that is known.
func (v *signInView) chooseTextsFile(r removal, then func(textsSaved), began func()) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			return
		}
		_ = to.Close()
		began()
		v.p.saveTexts(r, to.URI().Path(), then)
	}, v.win)
	d.SetFileName(t("signin.remove.file"))
	openIn(d, v.p.deps.Preferences.Get().Folder)
	showFileDialog(d, v.win)
}
