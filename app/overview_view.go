package app

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// gap is the space between the cards of a page.
const gap = 12

// attentionRows is how many items "Needs attention" lists.
const attentionRows = 4

// overviewCards are the filters that have a card, in order.
var overviewCards = [...]stateFilter{showExpired, showSoon, showPlan, showFine, showNoDate}

// overviewView shows at a glance what has ended and what ends: counts, the
// next twelve months, and what needs attention. Everything on it opens the
// list behind it.
type overviewView struct {
	work *workspace
	open func(narrow func(*keyList))

	cards     []*overviewCard
	timeline  *look.Timeline
	hint      *look.Text
	months    [12]keys.Month
	attention *fyne.Container
	more      *look.Button // says how many others need attention
	sub       *subscriptionCard
	inv       *invitationsCard
	servers   *serversCard
	read      *fyne.Container
	notices   *fyne.Container
	first     *fyne.Container // shown instead of the cards until rows are there
	content   *fyne.Container
	board     fyne.CanvasObject
	acts      overviewActs
	page      overviewPage
	root      *fyne.Container
}

// overviewCard is one count with its pill.
type overviewCard struct {
	filter       stateFilter
	pill         *look.Pill
	number, note *look.Text
	tap          func() // shows the items counted, of every type
}

// newOverviewView makes the page. open shows the list, narrowed.
func newOverviewView(work *workspace, open func(narrow func(*keyList))) *overviewView {
	v := &overviewView{work: work, open: open}

	var row []fyne.CanvasObject
	for _, f := range overviewCards {
		tone, symbol := filterLook(f)
		c := &overviewCard{
			filter: f,
			pill:   look.NewPill(tone, symbol, f.label(work.limits())),
			number: look.NewText(look.Number, ""),
			note:   look.NewShortened(look.Muted, ""),
			tap:    func() { open(func(l *keyList) { l.openState(f) }) },
		}
		v.cards = append(v.cards, c)
		row = append(row, look.NewTappableCard(
			look.VBox(0, look.Leading(c.pill), c.number, c.note),
			c.tap,
		))
	}

	v.hint = look.NewShortened(look.Muted, t("overview.strip_hint"))
	v.hint.SetAlign(fyne.TextAlignTrailing)
	v.timeline = look.NewTimeline(v.openMonth, func(text string) {
		if text == "" {
			text = t("overview.strip_hint")
		}
		v.hint.SetText(text)
	})
	strip := look.NewCard(look.VBox(4,
		look.Border(gap, nil, nil, look.NewText(look.Bold, t("overview.strip")), nil, v.hint),
		v.timeline,
	))

	v.attention = look.VBox(0)
	v.more = look.NewButton(look.Link, "", func() { open(func(l *keyList) { l.openEverything() }) })
	v.sub, v.inv, v.servers = newSubscriptionCard(v), newInvitationsCard(v), newServersCard(v)
	bottom := look.Equal(gap, v.sub.root,
		look.NewCard(look.VBox(6, look.Between(gap, look.NewText(look.Bold, t("overview.attention")),
			look.Padded(-8, 0, -8, 0, v.more)), v.attention)))

	v.notices = look.VBox(gap)
	v.read = look.VBox(0)
	v.content = look.VBox(gap, look.Equal(gap, row...), strip, bottom)
	v.first = container.NewStack()
	v.board = container.NewVScroll(look.Padded(0, 22, gap, 22,
		look.VBox(gap, v.notices, v.first, v.content, v.inv.root, v.servers.root, v.read)))
	v.root = container.NewStack(v.board)
	return v
}

// showKey shows an item in the list, whatever is filtered there now.
func (v *overviewView) showKey(key keys.ItemKey) {
	v.open(func(l *keyList) { l.openItem(key) })
}

// openMonth shows what ends in a month, with the cursor on the item pressed.
func (v *overviewView) openMonth(month, square int) {
	m := v.months[month]
	var at keys.ItemKey
	if square >= 0 && square < len(m.Items) {
		at = m.Items[square].Key()
	}
	v.open(func(l *keyList) {
		l.openMonth(m.First)
		l.want = at
	})
}

// render shows what the workspace holds now.
func (v *overviewView) render() {
	w := v.work
	v.renderPage()
	if v.page != pageBoard {
		return
	}
	showFirst := firstState(w)
	v.first.RemoveAll()
	if showFirst != nil {
		v.first.Add(look.Padded(80, 0, 40, 0, container.NewCenter(showFirst)))
	}
	v.first.Hidden, v.content.Hidden = showFirst == nil, showFirst != nil
	showNotices(v.notices, w)
	if notice := v.movedNotice(); notice != nil {
		v.notices.Add(notice)
		v.notices.Show()
	}

	sum := w.summary()
	v.renderCards(sum)
	v.renderTimeline(sum)
	v.sub.render()
	v.renderAttention(sum)
	v.inv.render()
	v.inv.root.Hidden = w.seen.IsZero()
	v.servers.render()
	v.renderRead()
	v.root.Refresh()
}

// tick writes the ages on the cards again, unless somebody goes through them by
// keyboard: the button that has the focus would be another one.
func (v *overviewView) tick() {
	c := fyne.CurrentApp().Driver().CanvasForObject(v.root)
	if v.page == pageBoard && c != nil && c.Focused() == nil {
		v.render()
	}
}

func (v *overviewView) renderCards(sum *keys.Summary) {
	today := v.work.today()
	for _, c := range v.cards {
		tone, symbol := filterLook(c.filter)
		c.pill.Set(tone, symbol, c.filter.label(v.work.limits()))
		c.number.SetText(formatCount(sum.Count(c.filter.states()...)))
		note := ""
		switch {
		case c.filter == showExpired && sum.Oldest > 0:
			note = t("overview.oldest", map[string]any{"When": distanceText(today.AddDays(-sum.Oldest), today)})
		case c.filter == showSoon && sum.Next >= 0 && sum.Next <= v.work.limits().Soon:
			note = t("overview.next", map[string]any{"When": distanceText(today.AddDays(sum.Next), today)})
		}
		c.note.SetText(note)
	}
}

func (v *overviewView) renderTimeline(sum *keys.Summary) {
	v.months = sum.Months
	limits, today := v.work.limits(), v.work.today()
	columns := make([]look.Column, len(sum.Months))
	for i, m := range sum.Months {
		columns[i].Label = monthName(m.First.Month)
		if m.First.Month == time.January {
			columns[i].Label += " " + strconv.Itoa(m.First.Year)
		}
		for _, it := range m.Items {
			tone, _ := stateLook(limits.ItemState(&it, today))
			columns[i].Squares = append(columns[i].Squares, look.Square{
				Tone: tone,
				Text: it.Name + " · " + dayText(it.End),
			})
		}
	}
	first := sum.Months[0].First
	share := float32(today.Day-1) / float32(first.AddMonths(1).DaysAfter(first))
	v.timeline.Set(columns, share, t("overview.today"))
}

func (v *overviewView) renderAttention(sum *keys.Summary) {
	w := v.work
	limits, today := w.limits(), w.today()
	items := keys.NeedsAttention(w.ends(), limits, today, attentionRows)
	var rows []fyne.CanvasObject
	for _, it := range items {
		r := itemRow(it, limits, today)
		if record := w.keys.recordAt(it.Key()); record != nil {
			r = recordRow(record, limits, today)
		}
		rows = append(rows, v.attentionRow(r), look.NewDivider())
	}
	if rest := sum.Count(keys.Expired, keys.Urgent, keys.Soon) - len(items); rest > 0 {
		v.more.SetText(tn("overview.attention_more", rest, map[string]any{"N": formatCount(rest)}))
		v.more.Show()
	} else {
		v.more.Hide()
	}
	if len(items) == 0 {
		rows = append(rows, look.NewWrapped(look.Muted, t("overview.attention_none", map[string]any{"Days": limits.Soon})))
	}
	v.attention.Objects = rows
	v.attention.Refresh()
}

// attentionRow is one item that has ended or ends soon; a press opens it in
// the list.
func (v *overviewView) attentionRow(r keyRow) fyne.CanvasObject {
	tone, symbol := keyLook(r)
	return look.NewTappableRow(look.Border(gap, nil, nil,
		look.Wide(104, look.Leading(look.NewPill(tone, symbol, keyWord(r)))),
		look.NewText(look.Muted, dayText(r.End)),
		look.VBox(1,
			look.NewShortened(look.Bold, r.title()),
			look.NewShortened(look.Muted, attentionText(r)),
		),
	), func() { v.showKey(r.Key()) })
}

// attentionText is the second line: of a key its product and what it is bound
// to, of anything else what it is.
func attentionText(r keyRow) string {
	if r.record == nil {
		return detailText(r.Item)
	}
	text := joined(" · ", other(r.record.Product.Name, r.title()), boundText(r))
	if text == "" {
		return secondLine(r)
	}
	return text
}

// detailText is the second line of an item: what it is, and of what.
func detailText(it keys.Item) string {
	parts := []string{t("type." + string(it.Type))}
	if it.Detail != "" {
		parts = append(parts, it.Detail)
	}
	if it.Entity != "" {
		parts = append(parts, keys.Entity{Path: it.Entity}.Name())
	}
	return strings.Join(parts, " · ")
}

// renderRead says what the figures rest on: how many items of each type were
// read, with which profile and where.
func (v *overviewView) renderRead() {
	w := v.work
	per := map[keys.ItemType]int{}
	for _, it := range w.glance.Items {
		per[it.Type]++
	}
	hint := look.NewText(look.Muted, t("overview.read", map[string]any{
		"Profile": w.facts.Profile.Name, "Entity": entityText(w.facts),
	}))
	parts := []fyne.CanvasObject{look.Padded(8, 6, 8, 0, hint)}
	for _, typ := range keys.ItemTypes {
		text := t("types."+string(typ)) + " " + formatCount(per[typ])
		if p := w.glance.Missing[typ]; p != nil {
			text = t("types."+string(typ)) + ": " + unreadText(p)
		}
		parts = append(parts, look.NewButton(look.Link, text, func() {
			v.open(func(l *keyList) { l.openType(typ) })
		}))
	}
	v.read.Hidden = w.seen.IsZero()
	v.read.Objects = []fyne.CanvasObject{look.Padded(-6, 0, -8, 0, look.Flow(2, parts...))}
	v.read.Refresh()
}

// unreadText says in two words why a type is missing.
func unreadText(p *keys.Problem) string {
	if p.Cause == keys.NoRight {
		return t("overview.noright")
	}
	return t("overview.unread")
}

// entityText names where one looks: "Root entity (tree)".
func entityText(f keys.Facts) string {
	if f.Recursive {
		return t("frame.tree", map[string]any{"Entity": f.Entity.Name()})
	}
	return f.Entity.Name()
}

// firstState is what a page shows while there are no rows at all: that they
// are being read, why they could not be, or that there are none. It is nil
// when there are rows to show.
func firstState(w *workspace) fyne.CanvasObject {
	switch {
	case len(w.glance.Items) > 0:
		return nil
	case w.busy():
		p := look.NewProgress(t("empty.loading"), t("Cancel"), w.cancel)
		p.Set(w.done, w.total)
		return look.Wide(360, p)
	case w.barred():
		return look.NewNoRight(t("empty.right.title"),
			t("empty.right.text", map[string]any{"Profile": w.facts.Profile.Name}), "", nil)
	case w.failure != nil:
		return look.NewFailure(t("empty.failed.title"), sentence(w.failure), t("empty.failed.retry"), w.refresh)
	case w.seen.IsZero():
		return look.NewFailure(t("empty.failed.title"), t("problem.canceled"), t("empty.failed.retry"), w.refresh)
	default:
		return look.NewFirstUse(look.SymbolCheck, t("empty.first.title"), t("empty.first.text"), t("frame.refresh"), w.refresh)
	}
}

// showNotices fills the boxes above a page whose rows are older or fewer than
// they should be.
func showNotices(box *fyne.Container, w *workspace) {
	box.RemoveAll()
	for _, notice := range problemNotices(w) {
		box.Add(notice)
	}
	box.Hidden = len(box.Objects) == 0
}

func problemNotices(w *workspace) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if len(w.notices) > 0 {
		out = append(out, look.NewNotice(look.Soon, look.SymbolWarning, "", strings.Join(w.notices, "\n"),
			look.NewButton(look.Secondary, t("OK"), w.dismiss)))
	}
	if len(w.glance.Items) == 0 {
		return out // firstState says the rest
	}
	if w.failure != nil {
		out = append(out, look.NewNotice(look.Expired, look.SymbolWarning,
			t("frame.stale", map[string]any{"Ago": agoText(w.seen, w.deps.Now())}), sentence(w.failure),
			look.NewButton(look.Secondary, t("empty.failed.retry"), w.refresh)))
	}
	for _, typ := range keys.ItemTypes {
		if p := w.glance.Missing[typ]; p != nil && p.Cause != keys.NoRight {
			out = append(out, look.NewNotice(look.Soon, look.SymbolWarning,
				t("frame.missing", map[string]any{"Types": t("types." + string(typ))}), sentence(p)))
		}
	}
	return out
}
