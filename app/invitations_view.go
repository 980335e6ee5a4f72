package app

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/rowtable"
	"glpikeys/keys"
)

// invitationsTable names the table in the preferences.
const invitationsTable = "invitations"

// invitationsView is the list of invitations with the detail of the current
// one beside it, or, in a narrow window, in its place.
type invitationsView struct {
	listPage[invitationRow, int]

	p      *invitations
	chips  *look.Chips
	detail *invitationDetailView
	form   *invitationFormView
	formOf *invitationForm // that form shows
	drawn  invitationsDrawn
	told   *actReport // that people were told of
}

// invitationsDrawn is what the rows on the screen rest on; they are made again
// only when it changes, since there may be 10,000.
type invitationsDrawn struct {
	version int
	minute  int64 // states and distances follow the clock
}

// invitationColumns are the columns of the list.
func invitationColumns() []rowtable.Column[invitationRow] {
	texts := newInvitationTexts()
	return []rowtable.Column[invitationRow]{
		{
			ID: "state", Title: t("invitations.column.state"), Width: 138,
			New: func() fyne.CanvasObject { return look.Leading(look.NewPill(look.Neutral, look.NoSymbol, "")) },
			Update: func(cell fyne.CanvasObject, r invitationRow) {
				tone, symbol := invitationLook(r.state)
				cell.(*fyne.Container).Objects[0].(*look.Pill).Set(tone, symbol, invitationWord(r.state))
				cell.Refresh()
			},
			Compare: byState,
			Text:    texts.word,
		},
		{
			ID: "label", Title: t("invitations.column.label"), Weight: 5,
			New:     func() fyne.CanvasObject { return look.NewShortened(look.Bold, "") },
			Update:  func(cell fyne.CanvasObject, r invitationRow) { cell.(*look.Text).SetText(r.Label) },
			Compare: byLabel,
			Text:    func(r invitationRow) string { return r.Label },
		},
		{
			ID: "profile", Title: t("invitations.column.profile"), Weight: 4,
			New: twoLines(look.Body),
			Update: func(cell fyne.CanvasObject, r invitationRow) {
				fillLines(cell, r.Profile.Name, r.Entity.Name())
			},
			Compare: func(a, b invitationRow) int {
				return cmp.Or(cmp.Compare(a.Profile.Name, b.Profile.Name), cmp.Compare(a.Entity.Path, b.Entity.Path), byLabel(a, b))
			},
			Text: func(r invitationRow) string { return r.Profile.Name + " · " + r.Entity.Path },
		},
		{
			ID: "used", Title: t("invitations.column.used"), Width: 112,
			New: func() fyne.CanvasObject {
				waiting := look.NewShortened(look.Small, "")
				waiting.SetColor(look.Soon.Text())
				return look.VBox(1, look.NewShortened(look.Body, ""), waiting)
			},
			Update: func(cell fyne.CanvasObject, r invitationRow) {
				fillLines(cell, usedText(r.Invitation), waitingText(r.Waiting))
			},
			Compare: func(a, b invitationRow) int { return cmp.Or(cmp.Compare(a.Uses, b.Uses), byLabel(a, b)) },
			Text:    texts.usedAndWaiting,
		},
		{
			ID: "end", Title: t("invitations.column.end"), Width: 118,
			New:     func() fyne.CanvasObject { return look.NewShortened(look.Body, "") },
			Update:  func(cell fyne.CanvasObject, r invitationRow) { cell.(*look.Text).SetText(endsText(r)) },
			Compare: func(a, b invitationRow) int { return cmp.Or(byTime(a, b), byLabel(a, b)) },
			Text:    texts.end,
		},
	}
}

// byState orders by state as people want to see it, then by end.
func byState(a, b invitationRow) int {
	return cmp.Or(cmp.Compare(a.state, b.state), byTime(a, b), byLabel(a, b))
}

// byTime orders by end; what has none comes last.
func byTime(a, b invitationRow) int {
	if a.End.IsZero() != b.End.IsZero() {
		if a.End.IsZero() {
			return 1
		}
		return -1
	}
	return a.End.Compare(b.End)
}

func byLabel(a, b invitationRow) int {
	return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.ID, b.ID))
}

// newInvitationsView makes the page. notify tells something in passing.
func newInvitationsView(p *invitations, acts frameActs, notify func(string)) *invitationsView {
	v := &invitationsView{p: p, drawn: invitationsDrawn{version: -1}}
	v.work, v.acts, v.notify, v.name = p.work, acts, notify, invitationsTable

	var labels []string
	for _, f := range invitationFilters {
		labels = append(labels, t("invitations.filter."+string(f)))
	}
	v.chips = look.NewChips(labels, func(i int) { p.narrow(invitationFilters[i]) })
	v.buildText(t("invitations.find"))
	v.buildTable(invitationColumns(), func(r invitationRow) int { return r.ID }, "state", func() *fyne.Menu {
		return acts.menu(invitationMenu...)
	})
	v.detail = newInvitationDetailView(v)
	v.arrange, v.renderDetail, v.onTyped, v.onSelect, v.onClear = v.arrangeSplit, v.detail.render, v.renderEmpty, v.selected, v.clear
	v.split = &splitLayout{changed: v.detail.arrange}
	v.build(look.Border(gap, nil, nil, nil, look.Wide(210, v.text), v.chips), v.detail.root)
	return v
}

// invitationMenu are the commands of a right click on a row, "" for a line
// between two groups.
var invitationMenu = []string{
	"invitation.copy", "invitation.message", "invitation.email", "",
	"invitation.save_png", "invitation.save_svg", "invitation.save_card", "invitation.print", "",
	"invitation.extend", "invitation.duplicate", "invitation.reissue", "",
	"invitation.approve", "invitation.revoke", "invitation.restore",
}

// selected follows the cursor.
func (v *invitationsView) selected() {
	id := 0
	if r, ok := v.table.Model.Current(); ok {
		id = r.ID
	}
	if id != v.p.at {
		v.p.look(id)
	} else {
		v.detail.render()
	}
	v.acts.changed()
}

// detailChanged shows the detail anew, while it is in sight.
func (v *invitationsView) detailChanged() {
	if !v.p.forming {
		v.detail.render()
		v.acts.changed()
	}
}

// single reports whether an act would be about one invitation only.
func (v *invitationsView) single() bool { return len(v.targets()) == 1 }

// targets are the invitations that an act is about: the selected ones, or the
// one under the cursor.
func (v *invitationsView) targets() []int {
	var ids []int
	for _, r := range v.table.Model.Selected() {
		ids = append(ids, r.ID)
	}
	if r, ok := v.table.Model.Current(); ok && len(ids) == 0 {
		ids = []int{r.ID}
	}
	return ids
}

// render shows what the presenter holds now.
func (v *invitationsView) render() {
	p := v.p
	if v.renderForm() {
		return
	}
	counts := p.counts()
	for i, f := range invitationFilters {
		v.chips.SetText(i, t("invitations.filter."+string(f))+" "+formatCount(counts[f]))
		if f == p.filter {
			v.chips.Select(i)
		}
	}
	first := v.table.Model.Len() == 0 && p.at == 0 && p.want == 0
	v.renderRows()
	if first { // they came while the screen was in sight already
		v.chooseFirst()
	}
	v.renderNotices()
	v.renderEmpty()
	moved := v.follow()
	v.detail.render()
	v.arrange()
	v.page.Refresh()
	if moved {
		v.table.ChooseKey(p.at) // there, now that notices have taken their room
	}
}

// renderRows makes the rows again if what they rest on has changed.
func (v *invitationsView) renderRows() {
	now := invitationsDrawn{v.p.version, v.p.work.deps.Now().Unix() / 60}
	if v.drawn != now {
		v.drawn = now
		v.table.SetRows(v.p.rows())
	}
}

// tick follows the clock: an invitation may have begun or ended.
func (v *invitationsView) tick() {
	if !v.p.forming {
		v.renderRows()
	}
}

// follow puts the cursor where the presenter wants it, or the presenter where
// the cursor is. It reports whether a row that is to be seen may stand elsewhere
// now.
func (v *invitationsView) follow() (moved bool) {
	p := v.p
	if p.want != 0 && p.find(p.want) != nil {
		v.clearText()
		if want := p.want; v.table.ChooseKey(want) {
			p.want, moved = 0, true
			v.detailOpen = true
		}
	}
	if p.moved && len(v.table.Model.Selected()) <= 1 {
		moved = v.table.ChooseKey(p.at)
	}
	p.moved = false
	if r, ok := v.table.Model.Current(); ok && p.want == 0 && r.ID != p.at {
		p.look(r.ID)
	} else if !ok && p.want == 0 && p.at != 0 {
		if !v.table.ChooseKey(p.at) {
			p.look(0)
		}
	}
	return moved
}

// arrangeSplit says what a narrow window shows, and whether there is a detail at
// all.
func (v *invitationsView) arrangeSplit() {
	v.split.open = v.detailOpen && v.p.at != 0
	v.split.empty = len(v.p.list) == 0
	v.above.Hidden = v.narrowed() || len(v.p.list) == 0
}

// renderForm shows the form in place of the list while it is open, and reports
// whether it is.
func (v *invitationsView) renderForm() bool {
	p := v.p
	if !p.forming {
		v.showPage()
		return false
	}
	if v.formOf != p.draft {
		v.form, v.formOf = newInvitationFormView(p.draft, v.acts), p.draft
	}
	fresh := v.show(v.form.root)
	v.form.render()
	v.root.Refresh()
	if fresh {
		v.form.shown()
	}
	return true
}

// key is a key that no widget wanted; true when it has been dealt with.
func (v *invitationsView) key(e *fyne.KeyEvent) bool {
	switch {
	case v.p.forming && v.form != nil:
		return v.form.handle(e)
	default:
		return v.escape(e)
	}
}

// clear forgets every filter.
func (v *invitationsView) clear() {
	v.clearText()
	v.p.narrow(invitationsAll)
}

// find puts the keyboard into the text filter.
func (v *invitationsView) find() { v.acts.win.Canvas().Focus(v.text) }

// choose puts the cursor on an invitation, whatever the filters say.
func (v *invitationsView) choose(id int) {
	v.p.filter, v.p.want = invitationsAll, id
	v.p.version++
	v.render()
	v.focusRows()
}

// opened is told when the screen comes in sight: where there is room for a
// detail, there is a row to show it of.
func (v *invitationsView) opened() {
	if v.p.forming {
		return
	}
	v.chooseFirst()
	v.focusRows()
}

func (v *invitationsView) chooseFirst() {
	if _, ok := v.table.Model.Current(); !ok && v.split.wide && v.table.Model.Len() > 0 {
		v.table.Model.Choose(0)
		v.table.Refresh()
		v.selected()
	}
}

// renderNotices says what was done, what is being done, and when the rows are
// older than they should be.
func (v *invitationsView) renderNotices() {
	p := v.p
	var list []fyne.CanvasObject
	if p.acting != nil && len(p.acting.ids) > 1 {
		progress := look.NewProgress(t("invitations.acting", map[string]any{
			"Done": formatCount(p.acted), "Total": formatCount(len(p.acting.ids))}), t("Cancel"), p.stopAct)
		progress.Set(p.acted, len(p.acting.ids))
		list = append(list, progress)
	}
	if r := p.report; r != nil {
		if !r.quiet() {
			list = append(list, v.reportNotice(r))
		}
		if v.told != r {
			v.told = r
			v.tell(r)
		}
	}
	if p.failure != nil && len(p.list) > 0 {
		list = append(list, look.NewNotice(look.Expired, look.SymbolWarning,
			t("frame.stale", map[string]any{"Ago": agoText(p.seen, p.work.deps.Now())}), sentence(p.failure),
			look.NewButton(look.Secondary, t("empty.failed.retry"), p.refresh)))
	}
	v.showNotices(list)
}

// tell says a small success in passing, and gives the keyboard back to the rows
// if a click on a button took it from them.
func (v *invitationsView) tell(r *actReport) {
	if r.quiet() {
		v.notify(reportText(r))
	}
	if c := v.acts.win.Canvas(); c.Focused() == nil && c.Overlays().Top() == nil {
		v.freeFocus()
	}
}

// reportNotice says what the last act did, and offers to undo it or to do the
// rest.
func (v *invitationsView) reportNotice(r *actReport) fyne.CanvasObject {
	p := v.p
	var buttons []fyne.CanvasObject
	if r.repeatable() {
		buttons = append(buttons, look.NewButton(look.Secondary, tn("invitations.retry", len(r.failed), map[string]any{"N": formatCount(len(r.failed))}), p.retry))
	}
	if r.undoable() {
		buttons = append(buttons, look.NewButton(look.Secondary, t("invitations.undo"), p.undo))
	}
	buttons = append(buttons, look.NewButton(look.Secondary, t("OK"), p.dismiss))
	if len(r.failed) == 0 {
		return look.NewNotice(look.OK, look.SymbolCheck, reportText(r), "", buttons...)
	}
	return look.NewNotice(look.Expired, look.SymbolWarning, reportText(r), sentence(r.why), buttons...)
}

// renderEmpty says why there are no rows.
func (v *invitationsView) renderEmpty() {
	if v.table.Model.Len() > 0 {
		return
	}
	empty := v.emptyState()
	if empty == nil {
		empty = look.NewNoMatch(t("empty.match.title"), t("invitations.empty.match"), t("empty.match.clear"), v.clear)
	}
	v.table.SetPlaceholder(container.NewCenter(empty))
}

// emptyState is what the screen shows while there are no invitations at all;
// nil when there are some.
func (v *invitationsView) emptyState() fyne.CanvasObject {
	p, w := v.p, v.p.work
	failed := func(err error, button string, again func()) fyne.CanvasObject {
		return look.NewFailure(t("invitations.empty.failed"), sentence(err), button, again)
	}
	switch cause := keys.CauseOf(p.failure); {
	case len(p.list) > 0:
		return nil
	case p.busy():
		progress := look.NewProgress(t("empty.loading"), t("Cancel"), p.cancel)
		progress.Set(p.done, p.total)
		return look.Wide(360, progress)
	case w.offline:
		return look.NewFailure(t("invitations.empty.offline"), t("invitations.empty.offline_text"), t("empty.failed.retry"), w.refresh)
	case needsPlugin(cause):
		return v.pluginState(cause)
	case cause == keys.NoRight:
		return look.NewNoRight(t("invitations.empty.right"),
			t("invitations.empty.right_text", map[string]any{"Profile": w.facts.Profile.Name}), t("invitations.plugin.check"), p.refresh)
	case p.failure != nil:
		return failed(p.failure, t("empty.failed.retry"), p.refresh)
	case p.seen.IsZero():
		return look.NewFailure(t("invitations.empty.failed"), t("problem.canceled"), t("empty.failed.retry"), p.refresh)
	default:
		return look.NewFirstUse(look.SymbolMail, t("invitations.empty.first"), t("invitations.empty.first_text"),
			t("invitations.new"), func() { p.openForm(nil) })
	}
}
