package app

import (
	"strings"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// overviewActs is what the overview asks of the frame around it; what is nil
// is not offered.
type overviewActs struct {
	addKey      func()       // the form for a new key
	renewKey    func(id int) // the form for a key's successor
	installKey  func(id int) // writes a key into GLPI
	reissueKey  func(id int) // asks the vendor for a key with other bounds
	releaseKey  func(id int) // asks the vendor to take a key back
	invite      func()       // the form for a new invitation
	invitations func()       // their screen
	server      func(id string)
}

// subscriptionCard is the card about GLPI Network.
type subscriptionCard struct {
	v     *overviewView
	pill  *look.Pill
	where *fyne.Container // of the pill
	lines *fyne.Container
	root  fyne.CanvasObject
}

func newSubscriptionCard(v *overviewView) *subscriptionCard {
	c := &subscriptionCard{v: v, pill: look.NewPill(look.Neutral, look.NoSymbol, ""), lines: look.VBox(8)}
	c.where = look.HBox(0, c.pill)
	c.root = look.NewCard(look.VBox(8,
		look.Between(gap, look.NewText(look.Bold, t("overview.sub")), c.where), c.lines))
	return c
}

func (c *subscriptionCard) render() {
	seen := c.v.work.sub.now()
	tone, symbol, word := subscriptionLook(seen, c.v.work.limits(), c.v.work.today())
	c.pill.Set(tone, symbol, word)
	c.where.Hidden = word == ""
	c.lines.Objects = c.content(seen, tone)
	c.lines.Refresh()
}

// subscriptionLook is the pill: what GLPI Network says, else the days left.
func subscriptionLook(seen subscriptionSeen, limits keys.Thresholds, today keys.Date) (look.Tone, look.Symbol, string) {
	switch {
	case seen.verdict == keys.VerdictInvalid:
		return look.Expired, look.SymbolCross, t("overview.sub.invalid")
	case seen.future:
		return look.Info, look.SymbolClock, t("keys.starts", map[string]any{"Day": dayText(seen.begin)})
	case seen.verdict == keys.VerdictTerminated:
		return look.Expired, look.SymbolCross, t("overview.sub.terminated")
	case seen.end.IsZero():
		return look.Neutral, look.NoSymbol, ""
	}
	state, days := limits.State(seen.end, today), seen.end.DaysAfter(today)
	tone, symbol := stateLook(state)
	switch {
	case days < 0:
		return tone, symbol, t("state.expired")
	case days == 0:
		return tone, symbol, t("state.today")
	case seen.record != nil && seen.record.Block.Trial:
		if state == keys.Plan || state == keys.Fine {
			tone, symbol = look.Info, look.SymbolClock
		}
		return tone, symbol, tn("overview.sub.trial", days, map[string]any{"N": days})
	}
	return tone, symbol, tn("overview.sub.left", days, map[string]any{"N": formatCount(days)})
}

func (c *subscriptionCard) content(seen subscriptionSeen, tone look.Tone) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if title := subscriptionTitle(seen); title != "" {
		out = append(out, look.NewWrapped(look.Body, title))
	}
	if !seen.end.IsZero() {
		out = append(out, c.period(seen, tone))
	}
	for _, text := range c.texts(seen) {
		out = append(out, look.NewWrapped(look.Muted, text))
	}
	if buttons := c.buttons(seen); len(buttons) > 0 {
		out = append(out, look.Padded(2, 0, 0, 0, look.Flow(8, buttons...)))
	}
	return out
}

// subscriptionTitle is what is subscribed, and by whom.
func subscriptionTitle(seen subscriptionSeen) string {
	if seen.owner == "" {
		return seen.title
	}
	return joined(" · ", seen.title, t("overview.sub.owner", map[string]any{"Owner": seen.owner}))
}

// period is the bar from the first day to the last; without a first day only
// the last stands there, and no bar before the first.
func (c *subscriptionCard) period(seen subscriptionSeen, tone look.Tone) fyne.CanvasObject {
	end := look.NewText(look.Muted, dayText(seen.end))
	if seen.begin.IsZero() || seen.begin.Compare(seen.end) >= 0 {
		return look.HBox(6, look.NewText(look.Muted, t("overview.sub.ends")), end)
	}
	days := look.Between(gap, look.NewText(look.Muted, dayText(seen.begin)), end)
	if seen.future {
		return days
	}
	share := float32(c.v.work.today().DaysAfter(seen.begin)) / float32(seen.end.DaysAfter(seen.begin))
	return look.VBox(6, look.NewBar(tone, min(max(share, 0), 1)), days)
}

// texts say what GLPI Network said when, or what is missing and what to do.
func (c *subscriptionCard) texts(seen subscriptionSeen) []string {
	w := c.v.work
	if w.offline && seen.record == nil {
		return []string{t("overview.inv.offline")}
	}
	var out []string
	switch {
	case seen.lost && w.keyWork.installed.Unreadable:
		out = append(out, t("keywork.diagnose.unreadable"))
	case seen.lost:
		out = append(out, t("overview.sub.lost"))
	}
	switch seen.state {
	case subscriptionKnown:
		out = append(out, saidText(seen, agoText(seen.checked, w.deps.Now())))
		if seen.unreached != nil {
			out = append(out, t("overview.sub.unreached")+" "+unreachedText(seen.unreached))
		}
	case subscriptionUnreached:
		out = append(out, t("overview.sub.unreached")+" "+unreachedText(seen.unreached))
	case subscriptionUnasked:
		out = append(out, t("overview.sub.unasked"))
	case subscriptionReading:
		out = append(out, t("frame.reading"))
	case subscriptionNoKey:
		out = append(out, t("overview.sub.no_key"))
	case subscriptionUnknown:
		out = append(out, t("overview.sub.unknown"))
	}
	if seen.absent && seen.record != nil && !seen.lost {
		out = append(out, t("overview.sub.not_installed"))
	}
	if seen.differs() {
		out = append(out, t("overview.sub.end_differs", map[string]any{"Found": dayText(seen.end), "Bound": dayText(seen.record.End)}))
	}
	if seen.renewed != nil {
		out = append(out, t("overview.sub.renewed", map[string]any{"Day": dayText(seen.renewed.End)}))
	}
	if why := c.viewMissing(); why != "" && seen.from != keys.AskedByGLPI {
		out = append(out, why)
	}
	if seen.record != nil {
		if a := w.keyWork.answer(seen.record.ID); a != nil && (a.Err != nil || a.Verdict == keys.VerdictUnreached) {
			out = append(out, t("overview.sub.last_try", map[string]any{"Ago": agoText(a.Time, w.deps.Now())})+" "+answerLine(a))
		}
	}
	return out
}

// viewMissing says why GLPI's own view of its subscription cannot be had.
func (c *subscriptionCard) viewMissing() string {
	w := c.v.work
	switch cause := keys.CauseOf(w.sub.failure); {
	case w.sub.failure == nil || w.offline:
		return ""
	case cause == keys.PluginMissing || cause == keys.PluginInactive || cause == keys.PluginUnseen || cause == keys.PluginOld:
		return t("overview.sub.no_plugin")
	case cause == keys.NoRight:
		return t("overview.sub.no_right", map[string]any{"Profile": w.facts.Profile.Name})
	default:
		return sentence(w.sub.failure)
	}
}

// saidText is what GLPI Network said: "Validated by GLPI Network 2 min ago:
// “The registration key is valid.”"
func saidText(seen subscriptionSeen, ago string) string {
	said := string(seen.verdict)
	if seen.future && seen.verdict == keys.VerdictTerminated {
		said = "future"
	}
	text := t("overview.sub.said."+said, map[string]any{"Ago": ago})
	if seen.message != "" {
		text += t("overview.sub.quote", map[string]any{"Message": shorten(seen.message, detailLength)})
	} else {
		text += "."
	}
	return text
}

func (c *subscriptionCard) buttons(seen subscriptionSeen) []fyne.CanvasObject {
	w, acts := c.v.work, c.v.acts
	var out []fyne.CanvasObject
	add := func(kind look.Kind, text string, run func()) *look.Button {
		b := look.NewButton(kind, text, run)
		out = append(out, b)
		return b
	}
	if w.offline {
		return nil
	}
	next := seen.renewed
	if next == nil && seen.absent {
		next = seen.record
	}
	switch {
	case next != nil && acts.installKey != nil && w.keyWork.can(keyInstall, next.ID):
		text := t("overview.sub.install_renewed")
		switch {
		case seen.lost && seen.renewed == nil:
			text = t("keywork.install.restore")
		case seen.absent:
			text = t("overview.sub.install")
		}
		add(look.Primary, text, func() { acts.installKey(next.ID) })
	case seen.record != nil && !seen.absent && !seen.future && acts.renewKey != nil && w.keyWork.can(keyRenew, seen.record.ID):
		add(look.Primary, t("overview.sub.install_renewed"), func() { acts.renewKey(seen.record.ID) })
	case seen.record == nil && acts.addKey != nil && w.keyWork.can(keyAdd):
		add(look.Primary, t("overview.sub.add"), acts.addKey)
	}
	check := add(look.Secondary, t("overview.sub.check"), w.sub.check)
	check.SetBusy(w.sub.checking())
	if seen.differs() {
		key := keyOf(seen.record.ID)
		add(look.Secondary, t("overview.moved.show"), func() { c.v.showKey(key) })
	}
	add(look.Link, t("overview.plugins"), c.v.openPlugins)
	if seen.state == subscriptionNoKey || seen.state == subscriptionUnknown {
		add(look.Link, t("overview.need"), c.v.openNeed)
	}
	return out
}

// invitationsCard is the line about invitations.
type invitationsCard struct {
	v     *overviewView
	inner *fyne.Container
	root  *look.Card
}

func newInvitationsCard(v *overviewView) *invitationsCard {
	c := &invitationsCard{v: v, inner: look.VBox(0)}
	c.root = look.NewCardPadded(13, c.inner)
	return c
}

func (c *invitationsCard) render() {
	c.inner.Objects = []fyne.CanvasObject{look.Between(gap, c.figures(), c.button())}
	c.inner.Refresh()
}

// figures are counts over all links that one may see: GLPI does not tell
// cheaply how many accounts were made in some days.
func (c *invitationsCard) figures() fyne.CanvasObject {
	inv, now := c.v.work.inv, c.v.work.deps.Now()
	title := look.NewText(look.Bold, t("nav.invitations"))
	if inv.seen.IsZero() {
		return look.VBox(1, title, look.NewShortened(look.Muted, c.missing()))
	}
	active, uses, waiting := 0, 0, 0
	for i := range inv.list {
		if inv.list[i].State(now).Open() {
			active++
		}
		uses += inv.list[i].Uses
		waiting += inv.list[i].Waiting
	}
	figure := func(n int, key string) fyne.CanvasObject {
		return look.VBox(0, look.NewText(look.Number, formatCount(n)), look.NewText(look.Muted, tn(key, n)))
	}
	return look.HBox(26, look.VBox(1, title, look.NewText(look.Muted, tn("overview.inv.scope", len(inv.list), map[string]any{"N": formatCount(len(inv.list))}))),
		figure(active, "overview.inv.active"), figure(uses, "overview.inv.uses"), figure(waiting, "overview.inv.waiting"))
}

// missing says why there are no figures.
func (c *invitationsCard) missing() string {
	inv := c.v.work.inv
	switch cause := keys.CauseOf(inv.failure); {
	case inv.busy():
		return t("frame.reading")
	case c.v.work.offline:
		return t("overview.inv.offline")
	case cause == keys.PluginMissing || cause == keys.PluginInactive || cause == keys.PluginUnseen || cause == keys.PluginOld:
		return t("overview.inv.no_plugin")
	case cause == keys.NoRight:
		return t("overview.inv.no_right")
	case inv.failure != nil:
		return strings.TrimSpace(sentence(inv.failure))
	}
	return ""
}

func (c *invitationsCard) button() fyne.CanvasObject {
	inv, acts := c.v.work.inv, c.v.acts
	switch {
	case c.v.work.offline || inv.busy() && inv.seen.IsZero():
		return look.HBox(0)
	case inv.seen.IsZero():
		if acts.invitations == nil {
			return look.HBox(0)
		}
		return look.NewButton(look.Secondary, t("overview.inv.open"), acts.invitations)
	case acts.invite == nil:
		return look.HBox(0)
	}
	b := look.NewButton(look.Secondary, t("invitations.new"), acts.invite)
	enable(b, inv.able())
	return b
}

// movedNotice says that keys are bound to another address or instance id than
// the server has now; nil when none is.
func (v *overviewView) movedNotice() fyne.CanvasObject {
	moved := v.work.sub.moved()
	if len(moved) == 0 {
		return nil
	}
	m := moved[0]
	text := t("overview.moved."+string(m.doubt.Kind), map[string]any{
		"Name": keyRow{record: m.record}.title(), "Bound": boundOf(m.doubt), "Found": foundOf(m.doubt),
	})
	if n := len(moved) - 1; n > 0 {
		text += " " + tn("overview.moved.more", n, map[string]any{"N": formatCount(n)})
	}
	key := keyOf(m.record.ID)
	buttons := []fyne.CanvasObject{look.NewButton(look.Secondary, t("overview.moved.show"), func() { v.showKey(key) })}
	if v.acts.reissueKey != nil && v.work.keyWork.can(keyReissue, m.record.ID) {
		buttons = append(buttons, look.NewButton(look.Secondary, t("overview.moved.reissue"), func() { v.acts.reissueKey(m.record.ID) }))
	}
	title := tn("overview.moved.title", len(moved), map[string]any{"N": formatCount(len(moved))})
	return look.NewNotice(look.Soon, look.SymbolWarning, title, text, buttons...)
}

func boundOf(d keys.KeyDoubt) string {
	if d.Kind == keys.DoubtInstance {
		return shortID(d.Bound)
	}
	return shortAddress(d.Bound)
}

func foundOf(d keys.KeyDoubt) string {
	if d.Kind == keys.DoubtInstance {
		return shortID(d.Found)
	}
	return shortAddress(d.Found)
}
