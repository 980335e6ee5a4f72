package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
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
