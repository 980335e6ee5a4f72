package app

import (
	"strings"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// keyActs is what a person meets when something is done with key records: the
// pages in place of the list, the questions, and the notices above the list.
type keyActs struct {
	k    *keyWork
	acts frameActs
	tell func(text string) // in passing

	formView  *keyFormView
	tableView *keyTableView
	tableOf   *keyTable
}

// newKeyActs makes them for a frame.
func newKeyActs(k *keyWork, acts frameActs, tell func(string)) *keyActs {
	v := &keyActs{k: k, acts: acts, tell: tell}
	acts.win.SetOnDropped(v.dropped)
	return v
}

// can reports whether an act makes sense for these records now.
func (v *keyActs) can(act keyAct, ids ...int) bool { return v.k.can(act, ids...) }

// page stands in place of the list; nil: none. It is made once for each form.
func (v *keyActs) page() fyne.CanvasObject {
	switch k := v.k; {
	case k.form != nil:
		if v.formView == nil || v.formView.f != k.form {
			v.formView = newKeyFormView(k.form, v.acts)
		}
		return v.formView.root
	case k.table != nil:
		if v.tableView == nil || v.tableOf != k.table {
			v.tableView, v.tableOf = newKeyTableView(k.table, v.acts), k.table
		}
		return v.tableView.root
	default:
		return nil
	}
}

// title is what the page is called.
func (v *keyActs) title() string {
	if v.k.form != nil {
		return v.k.form.title()
	}
	return t("keywork.import.title")
}

// shown takes the keyboard, once the page is in the window.
func (v *keyActs) shown() {
	if v.k.form != nil && v.formView != nil {
		v.formView.shown()
	}
}

// key is a key that no widget wanted; true when it has been dealt with.
func (v *keyActs) key(e *fyne.KeyEvent) bool {
	switch {
	case v.k.form != nil && v.formView != nil:
		return v.formView.handle(e)
	case v.k.table != nil && e.Name == fyne.KeyEscape:
		v.k.table.close()
		return true
	}
	return false
}

// dropped takes files that were dropped on the window: a key for the form that
// is open, or a table.
func (v *keyActs) dropped(_ fyne.Position, files []fyne.URI) {
	page := v.page()
	if len(files) == 0 || page == nil || fyne.CurrentApp().Driver().CanvasForObject(page) == nil {
		return
	}
	if v.k.form != nil {
		v.k.form.readFile(files[0].Path())
	} else if v.k.table.table == nil || len(v.k.table.open()) == 0 {
		v.k.table.read(files[0].Path())
	}
}

// add opens the form of a new key, as it was left.
func (v *keyActs) add() { v.k.openForm(keyFormNew, nil) }

// importMany opens the import of a table.
func (v *keyActs) importMany() { v.k.openTable() }

func (v *keyActs) edit(id int) {
	if r := v.k.record(id); r != nil {
		v.k.openForm(keyFormEdit, r)
	}
}

func (v *keyActs) renew(id int) {
	if r := v.k.record(id); r != nil {
		v.k.openForm(keyFormRenew, r)
	}
}

func (v *keyActs) validate(id int) { v.k.validate(id) }

// undo takes given up records back into use.
func (v *keyActs) undo(ids []int) { v.k.undo(ids) }

// notices say what is under way and how the last act ended.
func (v *keyActs) notices() []fyne.CanvasObject {
	k := v.k
	var out []fyne.CanvasObject
	if d := k.acting; d != nil {
		text := t("keywork.acting." + string(d.act))
		if len(d.ids) > 1 {
			text = t("keywork.acting", map[string]any{"Done": formatCount(k.acted), "Total": formatCount(len(d.ids))})
		}
		progress := look.NewProgress(text, t("Cancel"), k.stopAct)
		if len(d.ids) > 1 {
			progress.Set(k.acted, len(d.ids))
		}
		out = append(out, progress)
	}
	if r := k.report; r != nil {
		out = append(out, v.reportNotice(r))
	}
	return out
}

// reportNotice says what the last act did, and what can be done next.
func (v *keyActs) reportNotice(r *keyReport) fyne.CanvasObject {
	k := v.k
	var buttons []fyne.CanvasObject
	if len(r.failed) > 0 && r.deed.do != nil {
		buttons = append(buttons, look.NewButton(look.Secondary, t("keywork.retry"), k.retry))
	}
	if r.undoable() {
		buttons = append(buttons, look.NewButton(look.Secondary, t("invitations.undo"), k.undoLast))
	}
	if r.closes != 0 {
		if old := k.record(r.closes); old != nil && !old.Closed() {
			buttons = append(buttons, look.NewButton(look.Secondary, t("keywork.close_old", map[string]any{"Name": shorten(old.Name, 40)}),
				func() { k.closeRenewed([]int{r.closes}, "") }))
		}
	}
	if !r.previous.Empty() {
		buttons = append(buttons, look.NewButton(look.Secondary, t("keywork.install.put_back"), func() { k.putBack(r.done[0], r.previous) }))
	}
	buttons = append(buttons, look.NewButton(look.Secondary, t("OK"), k.dismiss))
	title, text := k.reportText(r)
	switch {
	case len(r.failed) > 0:
		return look.NewNotice(look.Expired, look.SymbolWarning, title, text, buttons...)
	case r.deed.act == keyValidate || r.deed.act == keyInstall:
		tone := look.OK
		symbol := look.SymbolCheck
		if a := k.answers[r.deed.ids[0]]; a != nil && verdictTone(a.Verdict) != look.OK {
			tone, symbol = verdictTone(a.Verdict), look.SymbolWarning
		}
		return look.NewNotice(tone, symbol, title, text, buttons...)
	default:
		return look.NewNotice(look.OK, look.SymbolCheck, title, text, buttons...)
	}
}

// reportText says how an act ended, in plain numbers.
func (k *keyWork) reportText(r *keyReport) (title, text string) {
	done, failed := len(r.done), len(r.failed)
	name := ""
	if all := append(append([]int(nil), r.done...), r.failed...); len(all) > 0 {
		if rec := k.record(all[0]); rec != nil {
			name = shorten(rec.Name, 60)
		}
	}
	values := map[string]any{"N": formatCount(done), "Failed": formatCount(failed), "Name": name}
	act := string(r.deed.act)
	switch {
	case failed > 0 && done+failed > 1:
		title = t("keywork.partly."+act, values)
	case failed > 0:
		title = t("keywork.failed."+act, values)
	case done > 1:
		title = tn("keywork.done_n."+act, done, values)
	default:
		title = t("keywork.done."+act, values)
	}
	text = r.text
	if r.why != nil && (text == "" || r.deed.act == keyRevoke || r.deed.act == keyUndo) {
		text = sentence(r.why)
		if act == string(keyInstall) {
			text = installFault(r.why)
		}
	}
	return title, text
}

// installFault says why a key was not installed.
func installFault(err error) string {
	switch keys.CauseOf(err) {
	case keys.NoRight:
		return t("keywork.install.no_right")
	case keys.KeyMismatch:
		return t("keywork.install.mismatch")
	default:
		return sentence(err)
	}
}

// askRevoke and its like: the questions.

// revoke asks before records are given up.
func (v *keyActs) revoke(ids []int) {
	ids = v.k.open(ids)
	if len(ids) == 0 {
		return
	}
	network := false
	for _, id := range ids {
		network = network || v.k.record(id).Block.Vendor == keys.GLPINetwork
	}
	if !network || !v.k.work.facts.Can(rightConfig, keys.Update) {
		v.askRevoke(ids)
		return
	}
	v.k.readInstalled(func(error) { v.askRevoke(ids) })
}

func (v *keyActs) askRevoke(ids []int) {
	k := v.k
	r := k.revoking(ids)
	reason := look.NewEntry(t("keywork.revoke.reason_hint"))
	kinds := []keys.Departure{keys.DepartureRevoked, keys.DepartureReleased, keys.DepartureRenewed}
	var names []string
	for _, kind := range kinds {
		names = append(names, t("keywork.revoke.kind."+string(kind)))
	}
	kind := look.NewChips(names, func(int) {})
	kind.Select(0)
	remove := look.NewCheck(t("keywork.revoke.config"), "", nil)
	remove.Hidden = r.installed == 0
	confirm := ask(v.acts.win, question{
		title: k.revokeTitle(ids), kind: look.Danger, confirm: t("keywork.revoke.confirm"),
		content: look.VBox(10, look.NewWrapped(look.Body, r.text()), kind,
			look.NewField(t("keywork.revoke.reason"), "", reason), remove),
		then: func() { k.revoke(ids, kinds[max(kind.Selected(), 0)], reason.Text, remove.Checked()) },
	})
	reason.OnSubmitted = func(string) { confirm() }
	v.acts.win.Canvas().Focus(reason)
}

func (k *keyWork) revokeTitle(ids []int) string {
	if len(ids) == 1 {
		return t("keywork.revoke.title_one", map[string]any{"Name": k.record(ids[0]).Name})
	}
	return tn("keywork.revoke.title", len(ids), map[string]any{"N": formatCount(len(ids))})
}

// text says what giving these up means.
func (r keyRevocation) text() string {
	n := func(key string, count int) string { return tn(key, count, map[string]any{"N": formatCount(count)}) }
	parts := []string{n("keywork.revoke.records", r.records)}
	if r.records == 1 && r.running == 1 {
		parts = append(parts, t("keywork.revoke.running_one"))
	} else if r.running > 0 {
		parts = append(parts, n("keywork.revoke.running", r.running))
	}
	if r.texts > 0 {
		parts = append(parts, n("keywork.revoke.texts", r.texts))
	}
	if r.plugins {
		parts = append(parts, t("keywork.revoke.plugins"))
	}
	if r.installed != 0 && r.records == 1 {
		parts = append(parts, t("keywork.revoke.installed_one"))
	} else if r.installed != 0 {
		parts = append(parts, t("keywork.revoke.installed"))
	}
	return strings.Join(append(parts, t("keywork.revoke.undo")), " ")
}
