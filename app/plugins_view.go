package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// pluginsPage says what the end of the subscription means, and lists the
// plugins.
func (v *overviewView) pluginsPage() fyne.CanvasObject {
	p := v.work.plugins
	alone := func(o fyne.CanvasObject) fyne.CanvasObject {
		return v.subPage(look.Padded(60, 0, 0, 0, container.NewCenter(o)))
	}
	switch {
	case p.list == nil && p.reading():
		return alone(look.Wide(360, look.NewProgress(t("frame.reading"), "", nil)))
	case p.list == nil && keys.CauseOf(p.failure) == keys.NoRight:
		return alone(look.NewNoRight(t("plugins.no_right"),
			t("plugins.no_right_text", map[string]any{"Profile": v.work.facts.Profile.Name}), "", nil))
	case p.list == nil:
		return alone(look.NewFailure(t("empty.failed.title"), sentence(p.failure), t("empty.failed.retry"), p.read))
	}
	rows := p.rows()
	list := look.VBox(0)
	for _, r := range rows {
		list.Add(look.NewDivider())
		list.Add(v.pluginRow(r))
	}
	if len(rows) == 0 {
		list.Add(look.NewWrapped(look.Muted, t("plugins.none")))
	}
	sum := p.outlook(rows)
	return v.subPage(look.NewCard(sum.view()), look.NewCard(look.VBox(8, v.offersLine(&sum), list)))
}

// view is the outlook as a hurried person reads it: what stays, what stops.
func (o *outlook) view() fyne.CanvasObject {
	lines := look.VBox(8, look.NewWrapped(look.Bold, o.title()))
	add := func(tone look.Tone, symbol look.Symbol, word, text string) {
		lines.Add(look.Border(gap, nil, nil, look.Wide(132, look.VBox(0, look.Leading(look.NewPill(tone, symbol, t("plugins.outlook."+word))))), nil,
			look.NewWrapped(look.Body, text)))
	}
	add(look.OK, look.SymbolCheck, "stays", o.staying())
	if o.over() {
		add(look.Expired, look.SymbolCross, "stopped", o.stopping())
	} else {
		add(look.Soon, look.SymbolExclamation, "stops", o.stopping())
	}
	if len(o.own) > 0 {
		add(look.Neutral, look.SymbolKey, "own", o.ownKeys())
	}
	return lines
}

// over reports whether no subscription counts any more.
func (o *outlook) over() bool {
	return o.coverage == coverageOver || o.coverage == coverageInvalid || o.coverage == coverageNone || o.coverage == coverageUnsure && o.past
}

func (o *outlook) title() string {
	form := string(o.coverage)
	switch o.coverage {
	case coverageRuns, coverageOver, coverageUnsure:
		switch {
		case o.coverage == coverageUnsure && o.past:
			form += "_past"
		case o.end.IsZero(), o.coverage == coverageOver && !o.past:
			form += "_undated"
		}
	}
	return t("plugins.outlook."+form+".title", map[string]any{"Day": dayText(o.end)})
}

func (o *outlook) staying() string {
	if o.installed == 0 {
		return t("plugins.outlook.glpi")
	}
	return tn("plugins.outlook.glpi_plugins", o.installed, map[string]any{"N": formatCount(o.installed)})
}

func (o *outlook) stopping() string {
	switch {
	case !o.known:
		return t("plugins.outlook.support_some")
	case len(o.stops) > 0:
		return t("plugins.outlook.support_these", map[string]any{"Plugins": strings.Join(o.stops, ", ")})
	case o.need > 0:
		return t("plugins.outlook.support_others")
	}
	return t("plugins.outlook.support")
}

// ownKeys names the plugins with keys of their own.
func (o *outlook) ownKeys() string {
	names := make([]string, len(o.own))
	for i, r := range o.own {
		names[i] = r.Name + " (" + dayText(r.record.End) + ")"
	}
	return tn("plugins.outlook.own_text", len(names), map[string]any{"Plugins": strings.Join(names, ", ")})
}

// offersLine says what is known from GLPI Network, and offers to ask it.
func (v *overviewView) offersLine(o *outlook) fyne.CanvasObject {
	p := v.work.plugins
	line := look.NewWrapped(look.Body, p.offersText(o))
	if !p.canAsk() {
		return line
	}
	b := look.NewButton(look.Secondary, t("plugins.ask"), p.ask)
	b.SetBusy(p.asking())
	return look.Border(gap, nil, nil, nil, look.VBox(0, b), line)
}

// offersText says in whole sentences what GLPI Network told, or why nothing.
func (p *plugins) offersText(o *outlook) string {
	before := ""
	if o.known {
		before = " " + t("plugins.before", map[string]any{"Ago": agoText(p.asked, p.work.deps.Now())})
	}
	switch r := p.asker(); {
	case p.asking():
		return t("plugins.asking")
	case r != nil && (p.noText || !p.work.keys.atHand(r)):
		return t("plugins.no_text") + before
	case p.refuse != nil:
		return t("plugins.refused") + " " + answerFault(&keyAnswer{Err: p.refuse}) + before
	case o.known:
		about := map[string]any{"Ago": agoText(p.asked, p.work.deps.Now()), "N": formatCount(o.need)}
		if o.need == 0 {
			return t("plugins.asked_none", about)
		}
		return tn("plugins.asked", o.need, about)
	case !p.asked.IsZero():
		return t("plugins.asked_nothing", map[string]any{"Ago": agoText(p.asked, p.work.deps.Now())})
	case r == nil:
		return t("plugins.cannot_ask")
	}
	return t("plugins.unasked")
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
	if text := v.work.plugins.text(r); text != "" {
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

// text says whether a plugin is covered, and when its own key ends.
func (p *plugins) text(r pluginRow) string {
	if r.gone {
		return t("plugins.gone_text")
	}
	var parts []string
	if r.cover != coverUnknown {
		_, end := p.coverage()
		form := string(r.cover)
		if r.cover == coverYes && end.IsZero() {
			form += "_undated"
		}
		parts = append(parts, t("plugins.cover."+form, map[string]any{
			"Offers": strings.Join(r.offers, ", "), "Offer": p.offer(), "Day": dayText(end),
		}))
	}
	switch {
	case r.record != nil && r.record.End.IsZero():
		parts = append(parts, t("plugins.endless"))
	case r.record != nil && r.record.End.Compare(p.work.today()) < 0:
		parts = append(parts, t("plugins.ended", map[string]any{"Day": dayText(r.record.End)}))
	case r.record != nil:
		parts = append(parts, t("plugins.ends", map[string]any{"Day": dayText(r.record.End)}))
	case r.cover == coverUnknown:
		parts = append(parts, t("plugins.no_key"))
	}
	return joined(" ", parts...)
}
