package app

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

const (
	// keyDots stand for the text of a key.
	keyDots = "••••••••"
	// stepDay is the width of the day of a step.
	stepDay = 88
	// stepsShown is how many steps of a life are listed before "more…".
	stepsShown = 12
)

// keyDetailView shows one key: its period, what it is bound to, where its text
// is, what to look at, and its life; of anything else that ends, what GLPI
// says. It is made anew whenever one of these changes.
type keyDetailView struct {
	detailPane[keyDetailDrawn]
	list  *keyListView
	whole bool // every step of the life is listed
}

// keyDetailDrawn is what the detail on the screen rests on.
type keyDetailDrawn struct {
	basis                keysBasis
	at                   keys.ItemKey
	detail               *keyDetail
	text                 keyTextShown
	reading, wide, whole bool
	acts                 string    // what can be done
	quiet                keys.Date // until when nothing is told of it
	network              string    // GLPI's instance id
}

func newKeyDetailView(list *keyListView) *keyDetailView {
	return &keyDetailView{list: list, detailPane: newDetailPane[keyDetailDrawn]()}
}

// render shows the current row.
func (v *keyDetailView) render() {
	p := v.list.p
	if v.drawn.at != p.at {
		v.whole = false
	}
	now := keyDetailDrawn{
		basis: p.basis(), at: p.at, detail: p.details[p.at.ID], text: p.text, reading: p.reading(),
		wide: v.list.split.wide, whole: v.whole, acts: v.possible(), network: p.work.facts.NetworkID,
		quiet: p.work.remind.quietUntil(keys.Item{Type: p.at.Type, ID: p.at.ID}),
	}
	same := v.drawn.at == p.at && v.drawn.wide == now.wide
	v.redraw(now, same, v.build, v.list.holdsFocus, v.list.freeFocus)
}

// possible is what can be done to the key in sight, as one text to compare.
func (v *keyDetailView) possible() string {
	p := v.list.p
	if p.recordAt(p.at) == nil {
		return ""
	}
	var able []string
	for _, act := range keyActList {
		if v.list.doing.can(act, p.at.ID) {
			able = append(able, string(act))
		}
	}
	k, r := v.list.doing.k, p.recordAt(p.at)
	able = append(able, string(k.installedState(r)), k.said(r).End.String())
	return strings.Join(able, " ")
}

func (v *keyDetailView) build() fyne.CanvasObject {
	p := v.list.p
	r, ok := p.row(p.at)
	if !ok {
		return look.NewCard(container.NewCenter(look.NewText(look.Muted, t("keys.choose"))))
	}
	d := p.detail(p.at.ID)
	if r.record != nil && d.read { // it knows the notes, too
		fresh := recordRow(&d.record, p.work.limits(), p.work.today())
		r = fresh
	}
	tone, symbol := keyLook(r)
	pill := look.NewPill(tone, symbol, leftPill(r))
	bottom := look.VBox(10, look.NewDivider())
	if text := p.awayText(r); text != "" {
		bottom.Add(look.NewWrapped(look.Muted, text))
	}
	bottom.Add(look.Flow(6, v.buttons(r)...))
	content := look.VBox(12, v.bar(r), v.notices(r, d), v.facts(r))
	life, line, below := hidden(), look.NewDivider(), look.NewDivider()
	line.Hidden, below.Hidden = r.record == nil, r.record == nil
	if r.record != nil {
		life = v.life(r, d)
	}
	if v.list.split.wide {
		head := look.Border(8, nil, nil, nil, look.VBox(0, pill), look.NewWrapped(look.Heading, r.title()))
		v.scroll = container.NewVScroll(look.Padded(0, 10, 0, 0, look.VBox(12, content, line, life, below, v.rest(r))))
		return look.NewCard(look.Border(12, head, bottom, nil, nil, v.scroll))
	}
	back := look.NewButton(look.Secondary, t("keys.back"), v.list.closeDetail)
	back.SetSymbols(look.SymbolLeft, look.NoSymbol)
	head := look.Border(12, nil, nil, back, look.Leading(pill), look.NewShortened(look.Heading, r.title()))
	v.scroll = container.NewVScroll(look.Padded(0, 10, 0, 0, look.VBox(7, content, v.rest(r))))
	return look.Border(gap, head, nil, nil, nil, look.NewCard(look.Border(12, nil, bottom, nil, nil,
		look.Border(18, nil, nil, nil, look.Wide(detailWidth-2*look.CardPadding, container.NewVScroll(life)), v.scroll))))
}

// bar is how much of the period is over; nothing when a day of it is unknown, or
// before its first.
func (v *keyDetailView) bar(r keyRow) fyne.CanvasObject {
	tone, _ := keyLook(r)
	share, ok := elapsed(r)
	if !ok || r.future() {
		return hidden()
	}
	return look.NewBar(tone, share)
}

func hidden() fyne.CanvasObject {
	nothing := look.VBox(0)
	nothing.Hide()
	return nothing
}

// elapsed is the part of a key's period that is over, 0 to 1.
func elapsed(r keyRow) (share float32, ok bool) {
	if r.record == nil || r.End.IsZero() || r.record.Block.Begin.IsZero() {
		return 0, false
	}
	begin := r.record.Block.Begin
	whole := r.End.DaysAfter(begin) + 1
	if whole <= 0 {
		return 0, false
	}
	return min(max(float32(r.today.DaysAfter(begin))/float32(whole), 0), 1), true
}

// factLines are labels with their values.
type factLines struct{ box *fyne.Container }

func newFactLines() factLines { return factLines{look.VBox(7)} }

func (f factLines) add(label string, value fyne.CanvasObject) {
	name := look.NewWrapped(look.Body, t("keys.fact."+label))
	name.SetColor(theme.ColorNamePlaceHolder)
	drop := max(value.MinSize().Height-name.MinSize().Height, 0) / 2
	if _, wraps := value.(*look.Text); wraps {
		drop = 0 // it stands beside the first line
	}
	f.box.Add(look.Border(8, nil, nil, look.Wide(factLabel, look.Padded(drop, 0, 0, 0, name)), nil, value))
}

// text adds a value unless it is empty.
func (f factLines) text(label, value string) {
	if value != "" {
		f.add(label, look.NewWrapped(look.Body, value))
	}
}

// line adds a value unless there is none.
func (f factLines) line(label string, value fyne.CanvasObject) {
	if value != nil {
		f.add(label, value)
	}
}

// facts are what people want to know first.
func (v *keyDetailView) facts(r keyRow) fyne.CanvasObject {
	f := newFactLines()
	quiet := v.quietLine(r.Item)
	if r.record == nil {
		f.text("type", t("type."+string(r.Type)))
		f.text("about", r.Detail)
		f.text("end", joined(" · ", dayText(r.End), distanceText(r.End, r.today)))
		if r.Renews {
			f.text("renews", t("keys.renews_item"))
		}
		f.line("reminders", quiet)
		f.text("entity", r.Entity)
		return f.box
	}
	record, b := r.record, &r.record.Block
	f.text("valid", periodText(r))
	f.line("reminders", quiet)
	f.text("bound", b.BoundTo)
	if b.Instance != "" {
		f.add("instance", v.instance(b.Instance))
	}
	f.text("owner", b.Owner)
	f.text("supplier", joined(" · ", record.Supplier, contactText(record)))
	f.text("number", record.Number)
	if record.Damage == nil {
		f.add("key", v.keyLine(record))
		if shown := v.shownText(record); shown != nil {
			f.box.Add(shown)
		}
		if v.list.p.detail(record.ID).away {
			f.text("kept", t("keys.kept.away"))
		} else {
			f.text("kept", keptText(v.list.p.work.placeOf(record)))
		}
	}
	if state := v.list.doing.k.installedState(record); state != installedUnknown {
		f.text("installed", t("keys.installed."+string(state)))
	}
	return f.box
}

// rest is what else is known of a key; it stands below its life.
func (v *keyDetailView) rest(r keyRow) fyne.CanvasObject {
	f := newFactLines()
	if r.record == nil {
		return hidden()
	}
	b := &r.record.Block
	if !strings.HasPrefix(r.title(), r.record.Product.Name) {
		f.text("product", r.record.Product.Name)
	}
	f.text("scope", scopeText(b))
	if b.AutoRenews {
		f.text("renews", t("keys.renews_key"))
	}
	if len(b.Reminders) > 0 {
		f.text("reminders", t("keys.reminders", map[string]any{"Days": keys.WriteReminders(b.Reminders)}))
	}
	f.text("entity", r.record.Entity.Path)
	f.text("notes", strings.TrimSpace(r.record.Notes))
	return f.box
}

// periodText is from when until when a key is valid.
func periodText(r keyRow) string {
	begin := r.record.Block.Begin
	switch {
	case begin.IsZero() && r.End.IsZero():
		return t("keys.period.none")
	case begin.IsZero():
		return t("keys.period.until", map[string]any{"End": dayText(r.End)})
	case r.End.IsZero():
		return t("keys.period.from", map[string]any{"Begin": dayText(begin)})
	default:
		return dayText(begin) + " – " + dayText(r.End)
	}
}

// instance is the instance id that a key is bound to, compared with the
// server's.
func (v *keyDetailView) instance(id string) fyne.CanvasObject {
	short := look.NewText(look.Mono, shortID(id))
	ours := v.list.p.work.facts.NetworkID
	if ours == "" {
		return look.Leading(short)
	}
	symbol, tone, word := look.SymbolCheck, look.OK, t("keys.matches")
	if ours != id {
		symbol, tone, word = look.SymbolWarning, look.Expired, t("keys.differs")
	}
	mark := look.NewIcon(symbol, 12)
	mark.SetColor(tone.Text())
	said := look.NewText(look.Body, word)
	said.SetColor(tone.Text())
	return look.HBox(6, short, mark, said)
}

// keyLine stands for the text of a key: its fingerprint, and, when the text is
// at hand, the ways to see and to copy it.
func (v *keyDetailView) keyLine(record *keys.KeyRecord) fyne.CanvasObject {
	p := v.list.p
	print := keys.ShortFingerprint(record.Block.Fingerprint)
	if print == "" {
		return look.NewWrapped(look.Muted, t("keys.no_key"))
	}
	dots := look.NewText(look.Mono, keyDots+" "+print[5:])
	if !p.atHand(record) {
		return look.Leading(dots)
	}
	id := record.ID
	eye := look.NewButton(look.Link, "", func() { p.reveal(id) })
	eye.SetSymbols(look.SymbolEye, look.NoSymbol)
	eye.SetBusy(p.text.id == id && p.text.reading)
	copyIt := look.NewButton(look.Link, "", func() { v.list.copyText(id) })
	copyIt.SetSymbols(look.SymbolCopy, look.NoSymbol)
	return look.Padded(-8, 0, -8, 0, look.HBox(4, dots, eye, copyIt))
}

// shownText is the text of a key when somebody asked for it, or why it cannot be
// shown; nil when nobody asked.
func (v *keyDetailView) shownText(record *keys.KeyRecord) fyne.CanvasObject {
	shown := v.list.p.text
	switch {
	case shown.id != record.ID:
		return nil
	case shown.failure != nil:
		return look.NewNotice(look.Expired, look.SymbolWarning, t("keys.text_unread"), sentence(shown.failure))
	case shown.absent:
		return look.NewNotice(look.Soon, look.SymbolWarning, t("keys.text_absent."+string(record.Block.Kept)), "")
	case shown.text.Empty():
		return nil
	}
	entry := newReadOnly(shown.text.Reveal(), v.list.freeFocus)
	entry.SetMinRowsVisible(4)
	return entry
}

// life lists who did what when, newest first.
func (v *keyDetailView) life(r keyRow, d *keyDetail) fyne.CanvasObject {
	p := v.list.p
	box := look.VBox(6, look.NewText(look.Bold, t("keys.life")))
	if !d.read && d.failure == nil && !p.readOnly() {
		box.Add(look.NewText(look.Muted, t("empty.loading")))
		return box
	}
	steps := p.steps(r.record, d.history)
	for i, step := range steps {
		if i == stepsShown && !v.whole {
			n := len(steps) - i
			box.Add(look.Leading(look.NewButton(look.Link, tn("overview.attention_more", n, map[string]any{"N": formatCount(n)}), func() {
				v.whole = true
				v.render()
			})))
			break
		}
		box.Add(stepLine(step, i == 0))
	}
	if p.readOnly() {
		box.Add(look.NewWrapped(look.Muted, t("keys.away.life")))
	}
	if d.unlogged != nil {
		text := t("keys.life.unread")
		if keys.CauseOf(d.unlogged) == keys.NoRight {
			text = t("keys.life.noright")
		}
		box.Add(look.NewWrapped(look.Muted, text))
	}
	return box
}

// stepLine is one step; the newest stands out.
func stepLine(step keyStep, newest bool) fyne.CanvasObject {
	ink := theme.ColorNamePlaceHolder
	if newest {
		ink = theme.ColorNameForeground
	}
	dot := look.NewIcon(look.SymbolDot, 9)
	day := look.NewText(look.Small, dayText(step.day))
	text := look.NewWrapped(look.Small, step.text)
	dot.SetColor(ink)
	day.SetColor(ink)
	text.SetColor(ink)
	return look.Border(6, nil, nil, look.VBox(0, look.HBox(6, dot, look.Wide(stepDay-15, day))), nil, text)
}

// keyActList are the acts in the order of their buttons.
var keyActList = [...]keyAct{keyRenew, keyValidate, keyEdit, keyInstall, keyReissue, keyRevoke, keyUndo, keyDiagnose, keyRelease}

// buttons are what can be done to the row. They stay where they are while
// something is being done.
func (v *keyDetailView) buttons(r keyRow) []fyne.CanvasObject {
	l := v.list
	inGLPI := look.NewButton(look.Secondary, t("keys.open"), l.openCurrent)
	inGLPI.SetSymbols(look.NoSymbol, look.SymbolExternal)
	enable(inGLPI, !l.p.work.offline && !l.p.work.demo)
	if r.record == nil {
		return []fyne.CanvasObject{inGLPI}
	}
	id := r.ID
	button := func(kind look.Kind, act keyAct, run func()) *look.Button {
		b := look.NewButton(kind, t("keys.act."+string(act)), run)
		enable(b, l.doing.can(act, id))
		return b
	}
	var more *look.Button
	more = look.NewButton(look.Secondary, t("keys.more"), func() { v.moreMenu(more, id) })
	more.SetSymbols(look.NoSymbol, look.SymbolDown)
	buttons := []fyne.CanvasObject{
		button(look.Primary, keyRenew, func() { l.doing.renew(id) }),
		button(look.Secondary, keyValidate, func() { l.doing.validate(id) }),
		button(look.Secondary, keyEdit, func() { l.doing.edit(id) }),
		more,
	}
	closed, b := r.record.Closed(), &r.record.Block
	if b.Vendor == keys.GLPINetwork && b.Fingerprint != "" && !closed {
		buttons = append(buttons, button(look.Secondary, keyInstall, func() { l.doing.install(id) }))
	}
	buttons = append(buttons, button(look.Secondary, keyReissue, func() { l.doing.reissue(id) }))
	if closed {
		buttons = append(buttons, button(look.Secondary, keyUndo, func() { l.doing.undo([]int{id}) }))
	} else {
		buttons = append(buttons, button(look.Danger, keyRevoke, func() { l.doing.revoke([]int{id}) }))
	}
	return buttons
}

// moreMenu offers what is done less often.
func (v *keyDetailView) moreMenu(under fyne.CanvasObject, id int) {
	l := v.list
	item := func(act keyAct, run func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(t("keys.act."+string(act)), run)
		i.Disabled = !l.doing.can(act, id)
		return i
	}
	inGLPI := fyne.NewMenuItem(t("keys.open"), l.openCurrent)
	inGLPI.Disabled = !l.canOpen()
	look.OpenMenu(under,
		item(keyDiagnose, func() { l.doing.diagnose(id) }),
		item(keyRelease, func() { l.doing.release(id) }),
		inGLPI,
		fyne.NewMenuItem(t("keys.copy_print"), func() { l.copyPrint(id) }),
		l.snoozeMenu(),
	)
}

// copyText puts the text of a key on the clipboard for a while.
func (v *keyListView) copyText(id int) {
	v.p.copyText(id, func() { v.notify(t("keys.copied", map[string]any{"Seconds": int(clipTime.Seconds())})) })
}

// copyPrint puts the whole fingerprint on the clipboard.
func (v *keyListView) copyPrint(id int) {
	if r := v.p.record(id); r != nil && r.Block.Fingerprint != "" {
		v.acts.clipboard.SetContent(r.Block.Fingerprint)
		v.notify(t("keys.copied_print"))
	}
}

// notices are what to look at in a key.
func (v *keyDetailView) notices(r keyRow, d *keyDetail) fyne.CanvasObject {
	box := look.VBox(8)
	p := v.list.p
	if d.failure != nil && r.record != nil {
		box.Add(look.NewNotice(look.Expired, look.SymbolWarning, t("keys.unread"), sentence(d.failure),
			look.NewButton(look.Secondary, t("empty.failed.retry"), p.again)))
	}
	if r.record != nil {
		v.addDamage(box, r.record)
		v.addVerdict(box, r)
		more := map[keys.KeyDoubtKind]int{} // of a kind: somebody who has a plugin's key ten times knows
		doubts := p.doubts(r.record)
		for _, doubt := range doubts {
			more[doubt.Kind]++
		}
		for _, doubt := range doubts {
			if n := more[doubt.Kind]; n > 0 {
				box.Add(v.doubt(r.record, doubt, n-1))
				more[doubt.Kind] = 0
			}
		}
	}
	box.Hidden = len(box.Objects) == 0
	return box
}

// addDamage says that the block cannot be trusted.
func (v *keyDetailView) addDamage(box *fyne.Container, r *keys.KeyRecord) {
	if r.Damage == nil {
		return
	}
	box.Add(look.NewNotice(look.Expired, look.SymbolWarning, t("keys.damage"),
		t("keys.damage."+string(r.Damage.Kind), map[string]any{"Header": r.Damage.Header})+" "+t("keys.damage_text")))
}

// addVerdict says that the vendor calls a key bad whose period runs.
func (v *keyDetailView) addVerdict(box *fyne.Container, r keyRow) {
	verdict := r.refused()
	if verdict == "" {
		return
	}
	val := r.record.Block.Validated
	text := verdictText(verdict)
	if val.Message != "" {
		text += " " + t("keys.said", map[string]any{"Message": val.Message})
	}
	box.Add(look.NewNotice(look.Expired, look.SymbolCross, t("keys.refused", map[string]any{
		"Vendor": cmp.Or(r.record.Block.Vendor, t("keys.life.vendor")),
		"Day":    dayText(keys.DateOf(val.Time.In(v.list.p.work.deps.Now().Location()))),
	}), text))
}

// doubt is one thing to look at, with what can be done about it; there are so
// many more of its kind.
func (v *keyDetailView) doubt(r *keys.KeyRecord, d keys.KeyDoubt, more int) fyne.CanvasObject {
	l := v.list
	data := map[string]any{"Bound": shortAddress(d.Bound), "Found": shortAddress(d.Found)}
	var buttons []fyne.CanvasObject
	offer := func(act keyAct, text string, run func(id int)) {
		if l.doing.can(act, r.ID) {
			buttons = append(buttons, look.NewButton(look.Secondary, text, func() { run(r.ID) }))
		}
	}
	switch d.Kind {
	case keys.DoubtInstance:
		data = map[string]any{"Bound": shortID(d.Bound), "Found": shortID(d.Found)}
		fallthrough
	case keys.DoubtAddress, keys.DoubtOtherServer, keys.DoubtMoved:
		offer(keyReissue, t("keys.act.reissue"), l.doing.reissue)
	case keys.DoubtGone:
		offer(keyRelease, t("keys.act.release"), l.doing.release)
	case keys.DoubtInvalid:
		offer(keyAgree, t("keys.agree.valid"), l.doing.k.agree)
	case keys.DoubtReopened:
		offer(keyAgree, t("keys.agree.invalid"), l.doing.k.agree)
	case keys.DoubtEnd:
		data = twoEnds(d)
		offer(keyTakeEnd, t("keys.act.take-end", data), l.doing.k.takeEnd)
	case keys.DoubtSameText, keys.DoubtSamePlugin:
		if o := l.p.record(d.Other); o != nil {
			data["Name"] = cmp.Or(o.Name, o.Product.Name)
			buttons = append(buttons, look.NewButton(look.Secondary, t("keys.show_other"), func() { l.choose(keyOf(d.Other)) }))
		}
	}
	kind, title := string(d.Kind), t("keys.doubt."+string(d.Kind))
	if d.Kind == keys.DoubtSamePlugin && r.Block.Plugin == "" {
		kind = "same-product"
	}
	text := t("keys.doubt."+kind+".text", data)
	if more > 0 {
		text += " " + tn("keys.doubt.more", more, map[string]any{"N": formatCount(more)})
	}
	return look.NewNotice(look.Soon, look.SymbolWarning, title, text, buttons...)
}
