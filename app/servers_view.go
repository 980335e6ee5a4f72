package app

import (
	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// serversCard is the board of all saved servers on the overview.
type serversCard struct {
	v     *overviewView
	inner *fyne.Container
	root  *look.Card
}

func newServersCard(v *overviewView) *serversCard {
	c := &serversCard{v: v, inner: look.VBox(6)}
	c.root = look.NewCard(c.inner)
	return c
}

func (c *serversCard) render() {
	s := c.v.work.servers
	c.root.Hidden = !s.shown()
	if c.root.Hidden {
		return
	}
	rows := []fyne.CanvasObject{look.Between(gap, look.NewText(look.Bold, t("servers.title")), c.act())}
	for _, row := range s.list() {
		rows = append(rows, c.row(row), look.NewDivider())
	}
	c.inner.Objects = rows
	c.inner.Refresh()
}

// act is the button, or while servers are being looked at how far that is.
func (c *serversCard) act() fyne.CanvasObject {
	s := c.v.work.servers
	if !s.busy() {
		return look.NewButton(look.Secondary, t("servers.check_all"), s.checkAll)
	}
	return look.HBox(10, look.NewSpinner(14),
		look.NewText(look.Muted, t("servers.checking", map[string]any{"Done": s.done, "Total": s.total})),
		look.NewButton(look.Secondary, t("Cancel"), s.cancel))
}

func (c *serversCard) row(r boardRow) fyne.CanvasObject {
	name := r.Name
	if r.current {
		name = t("servers.current", map[string]any{"Name": r.Name})
	}
	version := ""
	if r.Version != "" {
		version = "GLPI " + r.Version
	}
	left := look.Wide(236, look.VBox(1, look.NewShortened(look.Bold, name),
		look.NewShortened(look.Muted, joined(" · ", version, r.profile))))
	content := look.VBox(2, look.Border(gap, nil, nil, left, look.NewText(look.Muted, c.age(r)), look.Flow(6, countPills(r.counts)...)))
	if r.failure != nil && keys.CauseOf(r.failure) != keys.NoRight {
		why := look.NewWrapped(look.Muted, whyUnread(r.failure))
		why.SetColor(look.Expired.Text())
		content.Add(why)
	}
	if r.current || c.v.acts.server == nil {
		return look.Padded(5, 6, 5, 6, content)
	}
	return look.NewTappableRow(content, func() { c.v.acts.server(r.ID) })
}

// whyUnread says why a server could not be read.
func whyUnread(err error) string {
	if keys.CauseOf(err) == keys.NothingSent {
		return t("servers.no_secret")
	}
	return sentence(err)
}

// age is how old the figures are.
func (c *serversCard) age(r boardRow) string {
	w := c.v.work
	switch {
	case w.servers.checking == r.ID && r.ID != "":
		return t("frame.reading")
	case r.seen.IsZero():
		return t("servers.never")
	case r.offline:
		return t("servers.offline", map[string]any{"Ago": agoText(r.seen, w.deps.Now())})
	}
	return agoText(r.seen, w.deps.Now())
}

// countPills are the counts per state that are not zero, each with its word.
func countPills(sum *keys.Summary) []fyne.CanvasObject {
	if sum == nil {
		return nil
	}
	var pills []fyne.CanvasObject
	for _, f := range overviewCards {
		n := sum.Count(f.states()...)
		if n == 0 {
			continue
		}
		tone, symbol := filterLook(f)
		pills = append(pills, look.NewPill(tone, symbol, formatCount(n)+" "+tn("servers.state."+string(f), n)))
	}
	return pills
}
