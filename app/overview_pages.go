package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// overviewPage names what the overview shows.
type overviewPage string

const (
	pageBoard   overviewPage = ""
	pagePlugins overviewPage = "plugins"
	pageNeed    overviewPage = "need"
)

// title is what the page is called.
func (v *overviewView) title() string {
	switch v.page {
	case pagePlugins:
		return t("overview.plugins")
	case pageNeed:
		return t("overview.need")
	}
	return routeOverview.title()
}

// openPlugins shows the plugins of the server in place of the cards.
func (v *overviewView) openPlugins() {
	v.page = pagePlugins
	v.work.plugins.read()
	v.work.onChange()
}

// openNeed shows who needs a key at all.
func (v *overviewView) openNeed() {
	v.page = pageNeed
	v.work.onChange()
}

// home shows the cards again.
func (v *overviewView) home() {
	v.page = pageBoard
	v.work.onChange()
}

// key is a key that no widget wanted; true when it has been dealt with.
func (v *overviewView) key(e *fyne.KeyEvent) bool {
	if v.page == pageBoard || e.Name != fyne.KeyEscape {
		return false
	}
	v.home()
	return true
}

// renderPage shows the page in sight.
func (v *overviewView) renderPage() {
	var page fyne.CanvasObject
	switch v.page {
	case pagePlugins:
		page = v.pluginsPage()
	case pageNeed:
		page = v.needPage()
	default:
		page = v.board
	}
	if v.page == pageBoard && len(v.root.Objects) == 1 && v.root.Objects[0] == v.board {
		return
	}
	v.root.Objects = []fyne.CanvasObject{page}
	v.root.Refresh()
}

// subPage is a page with a way back to the cards.
func (v *overviewView) subPage(content ...fyne.CanvasObject) fyne.CanvasObject {
	back := look.NewButton(look.Secondary, t("overview.back"), v.home)
	back.SetSymbols(look.SymbolLeft, look.NoSymbol)
	return container.NewVScroll(look.Padded(0, 22, gap, 22,
		look.VBox(gap, append([]fyne.CanvasObject{look.Leading(back)}, content...)...)))
}

// needPage says who needs a key.
func (v *overviewView) needPage() fyne.CanvasObject {
	lines := look.VBox(14)
	for _, c := range []struct {
		key    string
		tone   look.Tone
		symbol look.Symbol
		word   string
	}{
		{"glpi", look.OK, look.SymbolCheck, "no"},
		{"community", look.OK, look.SymbolCheck, "no"},
		{"ours", look.OK, look.SymbolCheck, "no"},
		{"network", look.Soon, look.SymbolKey, "yes"},
		{"commercial", look.Soon, look.SymbolKey, "yes"},
	} {
		lines.Add(look.Border(gap, nil, nil,
			look.Wide(70, look.VBox(0, look.Leading(look.NewPill(c.tone, c.symbol, t("need."+c.word))))), nil,
			look.VBox(2, look.NewText(look.Bold, t("need."+c.key)), look.NewWrapped(look.Muted, t("need."+c.key+"_text")))))
	}
	end := look.NewWrapped(look.Body, t("need.end"))
	return v.subPage(look.NewCard(look.VBox(14, look.NewWrapped(look.Body, t("need.intro")), lines, look.NewDivider(), end)))
}

// pluginsPage lists the plugins.
func (v *overviewView) pluginsPage() fyne.CanvasObject {
	p := v.work.plugins
	switch {
	case p.list == nil && p.reading():
		return v.subPage(look.Padded(60, 0, 0, 0, container.NewCenter(look.Wide(360, look.NewProgress(t("frame.reading"), "", nil)))))
	case p.list == nil && keys.CauseOf(p.failure) == keys.NoRight:
		return v.subPage(look.Padded(60, 0, 0, 0, container.NewCenter(look.NewNoRight(t("plugins.no_right"),
			t("plugins.no_right_text", map[string]any{"Profile": v.work.facts.Profile.Name}), "", nil))))
	case p.list == nil:
		return v.subPage(look.Padded(60, 0, 0, 0, container.NewCenter(look.NewFailure(t("empty.failed.title"), sentence(p.failure), t("empty.failed.retry"), p.read))))
	}
	rows := look.VBox(0)
	for _, r := range p.rows() {
		rows.Add(v.pluginRow(r))
		rows.Add(look.NewDivider())
	}
	if len(rows.Objects) == 0 {
		rows.Add(look.NewWrapped(look.Muted, t("plugins.none")))
	}
	return v.subPage(look.NewCard(look.VBox(8, v.offersLine(), look.NewWrapped(look.Muted, t("plugins.rule")), look.NewDivider(), rows)))
}

// offersLine says what is known from GLPI Network, and offers to ask it.
func (v *overviewView) offersLine() fyne.CanvasObject {
	p := v.work.plugins
	text := t("plugins.unasked")
	switch {
	case p.asking():
		text = t("plugins.asking")
	case p.noText:
		text = t("plugins.no_text")
	case p.refuse != nil:
		text = t("plugins.refused") + " " + answerFault(&keyAnswer{Err: p.refuse})
	case !p.asked.IsZero():
		text = t("plugins.asked", map[string]any{"Ago": agoText(p.asked, v.work.deps.Now())})
	case !p.canAsk():
		text = t("plugins.cannot_ask")
	}
	line := look.NewWrapped(look.Body, text)
	if !p.canAsk() {
		return line
	}
	b := look.NewButton(look.Secondary, t("plugins.ask"), p.ask)
	b.SetBusy(p.asking())
	return look.Border(gap, nil, nil, nil, look.VBox(0, b), line)
}

func (v *overviewView) pluginRow(r pluginRow) fyne.CanvasObject {
	left := look.Wide(230, look.VBox(1, look.NewShortened(look.Bold, r.Name),
		look.NewShortened(look.Muted, joined(" · ", r.Folder, r.Version))))
	pills := []fyne.CanvasObject{pluginPill(r)}
	if r.record != nil {
		row := recordRow(r.record, v.work.limits(), v.work.today())
		tone, symbol := keyLook(row)
		pills = append(pills, look.NewPill(tone, symbol, t("plugins.key", map[string]any{"State": keyWord(row)})))
	}
	lines := []fyne.CanvasObject{look.Flow(6, pills...)}
	if text := pluginText(r, v.work.today()); text != "" {
		lines = append(lines, look.NewWrapped(look.Muted, text))
	}
	var right fyne.CanvasObject
	switch {
	case r.gone && v.acts.releaseKey != nil && v.work.keyWork.can(keyRelease, r.record.ID):
		right = look.VBox(0, look.NewButton(look.Secondary, t("plugins.release"), func() { v.acts.releaseKey(r.record.ID) }))
	case r.record != nil:
		right = look.VBox(0, look.NewButton(look.Link, t("overview.moved.show"), func() { v.showKey(keyOf(r.record.ID)) }))
	}
	return look.Padded(9, 6, 9, 6, look.Border(gap, nil, nil, left, right, look.VBox(4, lines...)))
}

func pluginPill(r pluginRow) *look.Pill {
	switch {
	case r.gone:
		return look.NewPill(look.Soon, look.SymbolWarning, t("plugins.gone"))
	case r.Active:
		return look.NewPill(look.OK, look.SymbolCheck, t("plugins.active"))
	}
	return look.NewPill(look.Neutral, look.SymbolDash, t("plugins.off"))
}

// pluginText says whether a plugin is covered, and what stops or stays at the
// end.
func pluginText(r pluginRow, today keys.Date) string {
	var parts []string
	if r.gone {
		return t("plugins.gone_text")
	}
	if r.cover != coverUnknown {
		parts = append(parts, t("plugins.cover."+string(r.cover), map[string]any{
			"Offers": strings.Join(r.offers, ", "), "Offer": r.offer, "Day": dayText(r.until),
		}))
	}
	switch {
	case r.record != nil && !r.record.End.IsZero() && r.record.End.Compare(today) < 0:
		parts = append(parts, t("plugins.ended", map[string]any{"Day": dayText(r.record.End)}))
	case r.record != nil && !r.record.End.IsZero():
		parts = append(parts, t("plugins.ends", map[string]any{"Day": dayText(r.record.End)}))
	case r.record == nil && r.cover == coverUnknown:
		parts = append(parts, t("plugins.no_key"))
	}
	return joined(" ", parts...)
}
