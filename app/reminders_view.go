package app

import (
	"cmp"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// snoozable are the chosen rows that somebody is reminded of: they end, and
// were not given up.
func (v *keyListView) snoozable() []keys.Item {
	var items []keys.Item
	if !v.p.work.remind.able() {
		return nil
	}
	for _, r := range v.chosen() {
		if !r.End.IsZero() && !r.closed() {
			items = append(items, r.Item)
		}
	}
	return items
}

// quiet are those of the chosen rows that nothing is told of for now.
func (v *keyListView) quiet() []keys.Item {
	var items []keys.Item
	for _, r := range v.chosen() {
		if !v.p.work.remind.quietUntil(r.Item).IsZero() {
			items = append(items, r.Item)
		}
	}
	return items
}

// snooze puts the reminders of the chosen rows off, or ends that on the zero
// day.
func (v *keyListView) snooze(until keys.Date) {
	items := v.snoozable()
	if until.IsZero() {
		items = v.quiet()
	}
	if len(items) == 0 {
		return
	}
	v.p.work.remind.snooze(items, until, func(err error) {
		if err != nil {
			v.notify(sentence(err))
			return
		}
		v.notify(snoozedText(items, until))
	})
}

// snoozedText says what was put off, and when an end comes before that day.
func snoozedText(items []keys.Item, until keys.Date) string {
	n := len(items)
	values := map[string]any{"N": formatCount(n), "Day": dayText(until)}
	if until.IsZero() {
		return tn("keys.snooze.ended", n, values)
	}
	return joined(" ", tn("keys.snooze.done", n, values), endsBefore(items, until))
}

// endsBefore says that something ends before the day on which people are
// reminded of it again; "" when nothing does.
func endsBefore(items []keys.Item, until keys.Date) string {
	early := 0
	for _, it := range items {
		if it.End.Compare(until) < 0 {
			early++
		}
	}
	switch {
	case early == 0:
		return ""
	case len(items) == 1:
		return t("keys.snooze.before", map[string]any{"Day": dayText(items[0].End)})
	default:
		return tn("keys.snooze.before_n", early, map[string]any{"N": formatCount(early)})
	}
}

// inAWeek and inAMonth are the days that are offered.
func (v *keyListView) inAWeek() keys.Date  { return v.p.work.today().AddDays(7) }
func (v *keyListView) inAMonth() keys.Date { return v.p.work.today().AddMonths(1) }

// snoozeMenu offers when to be reminded again.
func (v *keyListView) snoozeMenu() *fyne.MenuItem {
	usual := fyne.NewMenuItem(t("keys.snooze.usual"), func() { v.snooze(keys.Date{}) })
	usual.Disabled = len(v.quiet()) == 0
	menu := fyne.NewMenuItem(t("keys.snooze"), nil)
	menu.ChildMenu = fyne.NewMenu("",
		fyne.NewMenuItem(t("keys.snooze.in_week"), func() { v.snooze(v.inAWeek()) }),
		fyne.NewMenuItem(t("keys.snooze.in_month"), func() { v.snooze(v.inAMonth()) }),
		fyne.NewMenuItem(t("keys.snooze.on_day"), v.askSnooze),
		fyne.NewMenuItemSeparator(), usual)
	menu.Disabled = len(v.snoozable()) == 0
	return menu
}

// askSnooze asks for the day on which to be reminded again.
func (v *keyListView) askSnooze() {
	items, now := v.snoozable(), v.p.work.deps.Now()
	if len(items) == 0 {
		return
	}
	day := look.NewEntry(t("keys.snooze.placeholder"))
	field := look.NewField(t("keys.snooze.day"), "", day)
	chips := look.Flow(8)
	for _, c := range []struct {
		text string
		day  keys.Date
	}{{t("keys.snooze.in_week"), v.inAWeek()}, {t("keys.snooze.in_month"), v.inAMonth()}} {
		chips.Add(look.NewChip(c.text, func() { day.SetText(dayText(c.day)) }))
	}
	day.OnChanged = func(text string) {
		field.SetError("")
		note := ""
		if read := readDay(text, now); read.err == nil && !read.day.IsZero() {
			note = endsBefore(items, read.day)
		}
		symbol := look.SymbolWarning
		if note == "" {
			symbol = look.NoSymbol
		}
		field.SetNote(look.Soon, symbol, note)
	}
	title := t("keys.snooze.title", map[string]any{"Name": items[0].Name})
	if len(items) > 1 {
		title = tn("keys.snooze.title_n", len(items), map[string]any{"N": formatCount(len(items))})
	}
	confirm := ask(v.acts.win, question{
		title: title, kind: look.Primary, confirm: t("keys.snooze.confirm"),
		content: look.VBox(10, look.NewWrapped(look.Body, t("keys.snooze.text")), field, chips),
		act: func() bool {
			read := readDay(day.Text, now)
			switch {
			case read.err != nil || read.day.IsZero():
				field.SetError(t("keys.snooze.wrong"))
			case read.day.Compare(keys.DateOf(now)) <= 0:
				field.SetError(t("keys.snooze.past"))
			default:
				v.snooze(read.day)
				return true
			}
			return false
		},
	})
	day.OnSubmitted = func(string) { confirm() }
	v.acts.win.Canvas().Focus(day)
}

// quietLine says until when nothing is told of a row, with what ends that; nil
// when people are reminded as usual.
func (v *keyDetailView) quietLine(it keys.Item) fyne.CanvasObject {
	remind := v.list.p.work.remind
	until := remind.quietUntil(it)
	if until.IsZero() {
		return nil
	}
	end := look.NewButton(look.Link, t("keys.snooze.end"), func() {
		remind.snooze([]keys.Item{it}, keys.Date{}, func(err error) {
			v.list.notify(cmp.Or(sentence(err), snoozedText([]keys.Item{it}, keys.Date{})))
		})
	})
	return look.VBox(0, look.NewWrapped(look.Body, t("keys.snooze.quiet", map[string]any{"Day": dayText(until)})),
		look.Padded(-6, 0, -6, -8, look.Leading(end)))
}
