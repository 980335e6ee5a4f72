package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"glpikeys/app/internal/command"
	"glpikeys/keys"
)

// keyMenu is the context menu of the list.
var keyMenu = []string{
	"key.renew", "key.validate", "key.edit", "key.install", "",
	"key.reissue", "key.release", "key.revoke", "key.undo", "",
	"key.copy", "key.reveal", "key.diagnose", "open",
}

// registerKeyCommands lists what can be done with registration keys. Menu,
// palette and context menu read it.
func (w *Window) registerKeyCommands() {
	ctrl := func(key fyne.KeyName, more fyne.KeyModifier) *desktop.CustomShortcut {
		return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | more}
	}
	text := func(key string) func() string { return func() string { return t(key) } }
	// anywhere adds a command that opens the screen first.
	anywhere := func(id, title string, key *desktop.CustomShortcut, enabled func(*frame) bool, run func(*keyListView)) {
		w.commands.Add(command.Command{
			ID: id, Group: menuKeys, Title: text(title), Shortcut: key,
			Enabled: func() bool { return w.frame != nil && enabled(w.frame) },
			Run: func() {
				w.frame.open(routeKeys)
				run(w.frame.keys)
			},
		})
	}
	anywhere("key.add", "keys.add", ctrl(fyne.KeyN, fyne.KeyModifierShift),
		func(f *frame) bool { return f.keys.doing.can(keyAdd) }, func(v *keyListView) { v.doing.add() })
	anywhere("key.import", "keys.act.import", nil,
		func(f *frame) bool { return f.keys.doing.can(keyImportMany) }, func(v *keyListView) { v.doing.importMany() })

	// here adds a command about the rows in sight.
	here := func(id string, title func() string, shortcut *desktop.CustomShortcut, plain fyne.KeyName, enabled func(*keyListView) bool, run func(*keyListView)) {
		w.commands.Add(command.Command{
			ID: id, Group: menuKeys, Title: title, Shortcut: shortcut, Key: plain,
			Enabled: func() bool {
				v := w.keysShown()
				return v != nil && enabled(v)
			},
			Run: func() { run(w.keysShown()) },
		})
	}
	one := func(act keyAct, run func(v *keyListView, id int)) {
		here("key."+string(act), text("keys.act."+string(act)), nil, "",
			func(v *keyListView) bool {
				ids := v.targets()
				return len(ids) == 1 && v.doing.can(act, ids[0])
			},
			func(v *keyListView) { run(v, v.targets()[0]) })
	}
	many := func(act keyAct, plain fyne.KeyName, run func(v *keyListView, ids []int)) {
		here("key."+string(act), text("keys.act."+string(act)), nil, plain,
			func(v *keyListView) bool { return v.doing.can(act, v.targets()...) },
			func(v *keyListView) { run(v, v.targets()) })
	}
	one(keyRenew, func(v *keyListView, id int) { v.doing.renew(id) })
	one(keyValidate, func(v *keyListView, id int) { v.doing.validate(id) })
	one(keyEdit, func(v *keyListView, id int) { v.doing.edit(id) })
	one(keyInstall, func(v *keyListView, id int) { v.doing.install(id) })
	one(keyReissue, func(v *keyListView, id int) { v.doing.reissue(id) })
	one(keyRelease, func(v *keyListView, id int) { v.doing.release(id) })
	one(keyDiagnose, func(v *keyListView, id int) { v.doing.diagnose(id) })
	many(keyRevoke, fyne.KeyDelete, func(v *keyListView, ids []int) { v.doing.revoke(ids) })
	many(keyUndo, "", func(v *keyListView, ids []int) { v.doing.undo(ids) })

	atHand := func(v *keyListView) bool {
		r := v.p.recordAt(v.p.at)
		return r != nil && v.p.atHand(r) && len(v.targets()) == 1
	}
	here("key.copy", text("keys.copy_text"), ctrl(fyne.KeyL, fyne.KeyModifierShift), "", atHand,
		func(v *keyListView) { v.copyText(v.p.at.ID) })
	here("key.reveal", text("keys.reveal"), nil, "", atHand, func(v *keyListView) {
		v.openDetail()
		v.p.reveal(v.p.at.ID)
	})
	snooze := func(id, title string, run func(*keyListView)) {
		here(id, text(title), nil, "", func(v *keyListView) bool { return len(v.snoozable()) > 0 }, run)
	}
	snooze("key.snooze_week", "keys.snooze.week", func(v *keyListView) { v.snooze(v.inAWeek()) })
	snooze("key.snooze_month", "keys.snooze.month", func(v *keyListView) { v.snooze(v.inAMonth()) })
	snooze("key.snooze_day", "keys.snooze.day_menu", (*keyListView).askSnooze)
	here("key.unsnooze", text("keys.snooze.usual"), nil, "", func(v *keyListView) bool { return len(v.quiet()) > 0 },
		func(v *keyListView) { v.snooze(keys.Date{}) })
	here("key.every", text("keys.every"), nil, "", func(v *keyListView) bool { return v.p.choosesAll() },
		func(v *keyListView) { v.p.showEverything(!v.p.all) })
	here("key.columns", text("keys.columns_menu"), nil, "", func(*keyListView) bool { return true }, (*keyListView).columnMenu)
	rows := func(v *keyListView) bool { return v.table.Model.Len() > 0 && !v.p.work.tasks.Busy(slotKeyExport) }
	for _, kind := range []exportKind{exportICS, exportCSV, exportJSON} {
		here("key.export_"+string(kind), func() string { return t("keys.export_" + string(kind)) }, nil, "", rows,
			func(v *keyListView) { v.askExport(kind) })
	}
	// Spread out, they would make the menu higher than a usual window.
	w.commands.Nest(text("keys.snooze"), "key.snooze_week", "key.snooze_month", "key.snooze_day", "key.unsnooze")
	w.commands.Nest(text("keys.export"), "key.export_ics", "key.export_csv", "key.export_json")
}

// keysShown is the list of keys while it is in sight, else nil.
func (w *Window) keysShown() *keyListView {
	if w.frame == nil || w.frame.at != routeKeys || w.frame.keys.doing.page() != nil {
		return nil
	}
	return w.frame.keys
}

// keyRecords are the keys, and all else that ends, that the palette finds by
// name.
func (w *Window) keyRecords() []command.Record {
	var records []command.Record
	p := w.work.keys
	limits, today := w.work.limits(), w.work.today()
	add := func(r keyRow, detail string) {
		key := r.Key()
		_, symbol := keyLook(r)
		records = append(records, command.Record{
			Symbol: symbol, Title: r.title(), Detail: detail + " · " + dayText(r.End),
			Run: func() { w.frame.openKeys(func(l *keyList) { l.openItem(key) }) },
		})
	}
	for i := range p.list {
		r := recordRow(&p.list[i], limits, today)
		add(r, joined(" · ", t("keys.one"), boundText(r), r.record.Entity.Name()))
	}
	for _, it := range w.work.glance.Items {
		if p.recordAt(it.Key()) == nil {
			add(itemRow(it, limits, today), detailText(it))
		}
	}
	return records
}
