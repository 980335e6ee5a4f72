package app

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

const (
	// peopleShown is how many registrations are listed before "more…".
	peopleShown = 5
	// peopleLimit is how many are listed at all; GLPI has the rest.
	peopleLimit = 200
	// factLabel is the width of what a fact is called.
	factLabel = 104
)

// invitationDetailView shows one invitation: its link, all that it grants, and
// who registered. It is made anew whenever one of these changes.
type invitationDetailView struct {
	detailPane[detailDrawn]
	list *invitationsView
	all  bool // every registration is listed
}

// detailDrawn is what the detail on the screen rests on.
type detailDrawn struct {
	id, version           int
	detail                *invitationDetail
	reading, acting, wide bool
	all                   bool
	day                   keys.Date
}

func newInvitationDetailView(list *invitationsView) *invitationDetailView {
	return &invitationDetailView{list: list, detailPane: newDetailPane[detailDrawn]()}
}

// arrange follows a change between beside the list and in its place.
func (v *invitationDetailView) arrange() {
	v.list.arrange()
	v.render()
}

// render shows the current invitation.
func (v *invitationDetailView) render() {
	p := v.list.p
	if v.drawn.id != p.at {
		v.all = false
	}
	now := detailDrawn{
		id: p.at, version: p.version, detail: p.details[p.at], reading: p.reading(), acting: p.acting != nil,
		wide: v.list.split.wide, all: v.all, day: p.work.today(),
	}
	same := v.drawn.id == p.at && v.drawn.wide == now.wide
	v.redraw(now, same, v.build, v.list.holdsFocus, v.list.freeFocus)
}

func (v *invitationDetailView) build() fyne.CanvasObject {
	p := v.list.p
	d := p.detail(p.at)
	inv := p.find(p.at)
	if inv == nil {
		return look.NewCard(container.NewCenter(look.NewText(look.Muted, t("invitations.choose"))))
	}
	if d.read { // it knows the groups, too
		inv = &d.invitation
	}
	r := rowOf(inv, p.now())
	tone, symbol := invitationLook(r.state)
	pill := look.NewPill(tone, symbol, invitationWord(r.state))
	bottom := look.VBox(10, look.NewDivider(), look.Flow(8, v.buttons(r)...))
	if v.list.split.wide {
		head := look.Border(8, nil, nil, nil, look.VBox(0, pill), look.NewWrapped(look.Heading, inv.Label))
		v.scroll = container.NewVScroll(look.Padded(0, 10, 0, 0, look.VBox(14, v.waiting(r, d), v.share(r, d), v.facts(r, d.read), v.people(r, d))))
		return look.NewCard(look.Border(12, head, bottom, nil, nil, v.scroll))
	}
	back := look.NewButton(look.Secondary, t("invitations.back"), v.list.closeDetail)
	back.SetSymbols(look.SymbolLeft, look.NoSymbol)
	head := look.Border(12, nil, nil, back, look.Leading(pill), look.NewShortened(look.Heading, inv.Label))
	v.scroll = container.NewVScroll(look.Padded(0, 10, 0, 0, look.VBox(14, v.waiting(r, d), v.facts(r, d.read), v.people(r, d))))
	return look.Border(gap, head, nil, nil, nil, look.NewCard(look.Border(12, nil, bottom, nil, nil,
		look.Border(18, nil, nil, look.Wide(detailWidth-2*look.CardPadding, container.NewVScroll(look.VBox(0, v.share(r, d)))), nil, v.scroll))))
}

// share is the place of the link: the link itself, that it is being read, or
// why there is none.
func (v *invitationDetailView) share(r invitationRow, d *invitationDetail) fyne.CanvasObject {
	p := v.list.p
	switch {
	case d.read && !d.stale || d.read && d.link != "":
		return newShareView(p, r, d.link, v.list.acts, v.list.notify)
	case d.failure != nil:
		return look.NewNotice(look.Expired, look.SymbolWarning, t("invitations.unread"), sentence(d.failure),
			look.NewButton(look.Secondary, t("empty.failed.retry"), p.again))
	default:
		return look.NewProgress(t("empty.loading"), "", nil)
	}
}

func (v *invitationDetailView) facts(r invitationRow, whole bool) fyne.CanvasObject {
	lines := look.VBox(7)
	for _, f := range v.list.p.facts(r, whole) {
		label := look.NewWrapped(look.Body, f.label)
		label.SetColor("placeholder")
		lines.Add(look.Border(8, nil, nil, look.Wide(factLabel, label), nil, look.NewWrapped(look.Body, f.value)))
	}
	return lines
}

// waiting are who waits for approval, with the buttons that answer them; nil
// for nobody. It stands above the link: somebody has to act.
func (v *invitationDetailView) waiting(r invitationRow, d *invitationDetail) fyne.CanvasObject {
	waiting := d.waiting()
	box := look.VBox(6, look.NewText(look.Bold, t("invitations.filter.waiting")))
	if len(waiting) > 1 {
		known := approvable(waiting)
		all := look.NewButton(look.Secondary, t("invitations.approve_all", map[string]any{"N": formatCount(len(known))}), func() { v.list.approve(r.ID, known) })
		refuse := look.NewButton(look.Danger, t("invitations.refuse_all", map[string]any{"N": formatCount(len(waiting))}), func() { v.list.askRefuse(r.ID, waiting) })
		v.rest(all, refuse)
		box.Add(look.Flow(8, all, refuse))
	}
	v.addPeople(box, r, waiting)
	box.Hidden = len(waiting) == 0
	return box
}

// people are who registered with the link, and who could not.
func (v *invitationDetailView) people(r invitationRow, d *invitationDetail) fyne.CanvasObject {
	box := look.VBox(6, look.NewText(look.Bold, t("invitations.people")))
	answered := slices.DeleteFunc(slices.Clone(d.registrations), func(r keys.Registration) bool { return r.State == keys.WaitingForApproval })
	switch {
	case !d.read && d.failure != nil:
	case !d.read:
		box.Add(look.NewText(look.Muted, t("empty.loading")))
	case len(answered) == 0:
		box.Add(look.NewWrapped(look.Muted, t("invitations.people_none")))
	default:
		v.addPeople(box, r, answered)
	}
	return box
}

// addPeople lists some registrations, and the others when asked.
func (v *invitationDetailView) addPeople(box *fyne.Container, r invitationRow, list []keys.Registration) {
	limit := peopleShown
	if v.all {
		limit = peopleLimit
	}
	for i, reg := range list {
		if i == limit {
			v.addMore(box, len(list)-i)
			return
		}
		box.Add(v.person(r, reg))
	}
}

// addMore says how many more there are, and shows them.
func (v *invitationDetailView) addMore(box *fyne.Container, n int) {
	text := tn("overview.attention_more", n, map[string]any{"N": formatCount(n)})
	if v.all {
		box.Add(look.NewText(look.Muted, text))
		return
	}
	box.Add(look.Leading(look.NewButton(look.Link, text, func() {
		v.all = true
		v.render()
	})))
}

// person is one registration: state, name, time, and what can be answered.
func (v *invitationDetailView) person(r invitationRow, reg keys.Registration) fyne.CanvasObject {
	tone, symbol := registrationLook(reg.State)
	icon := look.NewIcon(symbol, 11)
	icon.SetColor(tone.Text())
	text := look.NewWrapped(look.Small, reg.Name+" · "+recentText(reg.Time, r.now))
	lines := look.VBox(1, text)
	if reg.State != keys.RegistrationDone && reg.State != keys.WaitingForApproval { // whose heading says it
		lines.Add(look.NewWrapped(look.Muted, registrationWord(reg.State)))
	}
	if reg.State == keys.WaitingForApproval {
		if reg.Email != "" {
			lines.Add(look.NewShortened(look.Muted, reg.Email))
		}
		if reg.RuleGrants != "" {
			rules := look.NewWrapped(look.Small, t("invitations.rule_grants", map[string]any{"Grants": reg.RuleGrants}))
			rules.SetColor(look.Expired.Text())
			lines.Add(rules)
		}
		one := []keys.Registration{reg}
		approve := look.NewButton(look.Secondary, t("invitations.approve"), func() { v.list.approve(r.ID, one) })
		refuse := look.NewButton(look.Danger, t("invitations.refuse"), func() { v.list.askRefuse(r.ID, one) })
		v.rest(approve, refuse)
		lines.Add(look.Padded(3, 0, 3, 0, look.Flow(8, approve, refuse)))
	}
	return look.Border(6, nil, nil, look.VBox(0, look.Padded(3, 0, 0, 0, icon)), nil, lines)
}

// buttons are what can be done to the invitation.
func (v *invitationDetailView) buttons(r invitationRow) []fyne.CanvasObject {
	l := v.list
	extend := look.NewButton(look.Secondary, t("invitations.extend"), func() { l.askExtend(r.ID) })
	duplicate := look.NewButton(look.Secondary, t("invitations.duplicate"), func() { l.p.duplicate(r.ID) })
	reissue := look.NewButton(look.Secondary, t("invitations.reissue"), func() { l.askReissue(r.ID) })
	revoke := look.NewButton(look.Danger, t("invitations.revoke"), func() { l.askRevoke([]int{r.ID}) })
	if !r.Active {
		revoke = look.NewButton(look.Secondary, t("invitations.restore"), func() { l.p.restore([]int{r.ID}) })
	}
	v.rest(extend, duplicate, reissue, revoke)
	if !r.Active {
		extend.Disable()
	}
	if !reissuable(r) {
		reissue.Disable()
	}
	return []fyne.CanvasObject{extend, duplicate, reissue, revoke}
}

// rest disables buttons while an act is under way.
func (v *invitationDetailView) rest(buttons ...*look.Button) {
	for _, b := range buttons {
		if v.list.p.acting != nil {
			b.Disable()
		}
	}
}

// reissuable reports whether there is anybody left for a new link.
func reissuable(r invitationRow) bool {
	return r.state.Open() || r.state == keys.InvitationScheduled
}
