package app

import (
	"cmp"

	"fyne.io/fyne/v2"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// shownChecks is how many of the last looks Settings lists.
const shownChecks = 8

// snoozeDays is for how long reminders are silenced at a press.
const snoozeDays = 7

// remindersCard is the part of Settings about reminders: on which days, whether
// on the desktop, and the log of the last looks.
type remindersCard struct {
	set  *settings
	work *workspace

	days   *look.Field
	typed  *look.Entry // in days
	told   *look.Check
	snooze *look.Button
	quiet  *look.Text   // how much is quiet for now
	usual  *look.Button // ends that
	log    *fyne.Container
	root   fyne.CanvasObject
}

func newRemindersCard(set *settings, work *workspace, tell func(string)) *remindersCard {
	c := &remindersCard{set: set, work: work, log: look.VBox(5)}
	c.typed = look.NewEntry(keys.WriteReminders(keys.DefaultReminders))
	c.typed.Text = set.days
	settleWhenLeft(c.typed, set, func() { set.setReminders(c.typed.Text) })
	c.days = look.NewField(t("settings.reminders.days"), t("settings.reminders.hint"), c.typed)
	c.told = look.NewCheck(t("settings.reminders.notify"), t("settings.reminders.notify_hint"), func(on bool) { set.setSilent(!on) })
	c.told.SetChecked(!set.prefs.Get().Silent)
	say := func(text func() string) func(error) {
		return func(err error) { tell(cmp.Or(sentence(err), text())) }
	}
	c.snooze = look.NewButton(look.Secondary, tn("settings.reminders.snooze", snoozeDays, map[string]any{"N": snoozeDays}), func() {
		work.remind.snoozeAll(snoozeDays, say(func() string {
			return t("settings.reminders.snoozed", map[string]any{"Day": dayText(work.today().AddDays(snoozeDays))})
		}))
	})
	c.quiet = look.NewWrapped(look.Body, "")
	c.usual = look.NewButton(look.Secondary, t("settings.reminders.usual"), func() {
		work.remind.endQuiet(say(func() string { return t("settings.reminders.usual_told") }))
	})
	c.root = look.VBox(10, c.told, c.days, look.Between(gap, c.quiet, look.HBox(8, c.usual, c.snooze)),
		look.NewText(look.SmallBold, t("settings.reminders.log")), c.log)
	return c
}

func (c *remindersCard) render() {
	wrong := ""
	if c.set.daysWrong {
		wrong = t("settings.reminders.invalid", map[string]any{"Days": keys.WriteReminders(c.set.prefs.Get().reminders())})
	} else if c.set.pending == nil {
		showTaken(c.typed, c.set.days)
	}
	c.days.SetError(wrong)
	n := c.work.remind.quiet()
	c.quiet.SetText(t("settings.reminders.none_quiet"))
	if n > 0 {
		c.quiet.SetText(tn("settings.reminders.quiet", n, map[string]any{"N": formatCount(n)}))
	}
	show(c.usual, n > 0)
	enable(c.snooze, c.work.remind.able() && !c.work.offline)
	var lines []fyne.CanvasObject
	if err := c.work.remind.err; err != nil {
		text := look.NewWrapped(look.Muted, t("settings.reminders.unkept")+" "+sentence(err))
		text.SetColor(look.Soon.Text())
		lines = append(lines, text)
	}
	names := c.names()
	for i, check := range c.work.remind.checks {
		if i == shownChecks {
			break
		}
		lines = append(lines, checkLine(check, names[check.Connection], c.work))
	}
	if len(lines) == 0 {
		lines = append(lines, look.NewWrapped(look.Muted, t("settings.reminders.none")))
	}
	c.log.Objects = lines
	c.log.Refresh()
}

// names are what the saved servers are called, by ID.
func (c *remindersCard) names() map[string]string {
	names := map[string]string{}
	for _, s := range c.work.deps.Connections.All() {
		names[s.ID] = s.Name
	}
	return names
}

// checkLine is one look: when, where, and with what result.
func checkLine(check connection.Check, name string, work *workspace) fyne.CanvasObject {
	if name == "" {
		name = t("settings.reminders.forgotten")
	}
	result := look.NewWrapped(look.Muted, checkText(check))
	if check.Cause != "" {
		result.SetColor(look.Expired.Text())
	}
	return look.Border(gap, nil, nil, look.Wide(92, look.NewShortened(look.Muted, agoText(check.Time, work.deps.Now()))), nil,
		look.VBox(0, look.NewShortened(look.Small, name), result))
}

// checkText is what a look found and told.
func checkText(check connection.Check) string {
	if check.Cause != "" {
		return causeText(check.Cause, "")
	}
	text := t("settings.reminders.looked", map[string]any{
		"Looked": formatCount(check.Looked), "Ended": formatCount(check.Ended), "Ending": formatCount(check.Ending),
	}) + " " + tn("settings.reminders.told", check.Told, map[string]any{"N": formatCount(check.Told)})
	for typ := range check.Missing {
		text += " " + t("frame.missing", map[string]any{"Types": t("types." + string(typ))}) + "."
	}
	return text
}
