package app

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
	"glpikeys/keys/export"
)

// exportKind is a kind of file that the list can be written as.
type exportKind string

// The kinds, by the ending of their files.
const (
	exportICS  exportKind = "ics"
	exportCSV  exportKind = "csv"
	exportJSON exportKind = "json"
)

// exportReport is how writing a file ended.
type exportReport struct {
	kind exportKind
	path string
	rows int
	err  error // nil: it was written
}

// exporting is what a file is made of. It is a copy: the window goes on while
// the file is written.
type exporting struct {
	kind    exportKind
	rows    []keyRow
	server  string
	web     string // of GLPI's pages, "" for none
	limits  keys.Thresholds
	now     time.Time
	name    string // of the calendar
	summary func(title string) string
	csv     export.CSVOptions
}

// mixed reports whether something is no key record.
func (e *exporting) mixed() bool {
	for _, r := range e.rows {
		if r.record == nil {
			return true
		}
	}
	return false
}

// exporting collects what a file of some rows needs. A calendar takes what has
// an end.
func (p *keyList) exporting(kind exportKind, rows []keyRow) exporting {
	w := p.work
	e := exporting{
		kind: kind, server: w.facts.Web(), limits: w.limits(), now: w.deps.Now(),
		name:    t("keys.ics.name", map[string]any{"Server": windowTitle(w)}),
		summary: func(title string) string { return t("keys.ics.summary", map[string]any{"Name": title}) },
		csv:     export.CSVOptions{BOM: true},
	}
	e.csv.Comma, _ = utf8.DecodeRuneInString(t("keys.csv.comma"))
	if !w.demo {
		e.web = e.server
	}
	for _, r := range rows {
		if kind == exportICS && r.End.IsZero() {
			continue
		}
		if r.record != nil { // the list may be read again meanwhile
			record := *r.record
			record.Block.Text = keys.KeyText{}
			r.record = &record
		}
		e.rows = append(e.rows, r)
	}
	return e
}

// write writes the file. Everything that is no key record goes by fewer columns.
func (e *exporting) write(out io.Writer) error {
	switch {
	case e.kind == exportICS:
		return export.Calendar(out, e.name, e.events(), e.now)
	case e.kind == exportJSON && e.mixed():
		return export.ItemsJSON(out, e.server, e.items(), e.limits, e.now)
	case e.kind == exportJSON:
		return export.KeysJSON(out, e.server, e.records(), e.limits, e.now)
	case e.mixed():
		table := export.Items(e.server, e.items(), e.limits, keys.DateOf(e.now))
		return table.CSV(out, e.csv)
	default:
		table := export.Keys(e.records(), e.limits, keys.DateOf(e.now))
		return table.CSV(out, e.csv)
	}
}

func (e *exporting) records() []keys.KeyRecord {
	records := make([]keys.KeyRecord, len(e.rows))
	for i, r := range e.rows {
		records[i] = *r.record
	}
	return records
}

func (e *exporting) items() []keys.Item {
	items := make([]keys.Item, len(e.rows))
	for i, r := range e.rows {
		items[i] = r.Item
	}
	return items
}

func (e *exporting) events() []export.Event {
	events := make([]export.Event, len(e.rows))
	for i, r := range e.rows {
		ev := export.Event{Ending: keys.Ending{Server: e.server, Item: r.Item}, Summary: e.summary(r.title())}
		parts := []string{r.Detail, r.Entity}
		if r.record != nil {
			ev.Ending, ev.Changed = r.record.Ending(e.server), r.record.Changed
			parts = []string{r.record.Product.Name, r.record.Block.BoundTo, r.Entity}
		}
		ev.Description = joined("\n", parts...)
		if e.web != "" {
			ev.Address = itemPage(e.web, r.Key())
		}
		events[i] = ev
	}
	return events
}

// save writes the file at path in the background and tells how it ended.
// Whoever chose the path may have left an empty file there, which does not stay.
func (p *keyList) save(e exporting, path string) {
	p.report = nil
	task.Run(p.work.tasks, slotKeyExport, func(context.Context) (string, error) {
		var file bytes.Buffer
		if err := e.write(&file); err != nil {
			return path, err
		}
		at, err := withSuffix(path, string(e.kind))
		if err == nil {
			err = replaceFile(at, file.Bytes())
		}
		if err != nil || at != path {
			dropEmpty(path)
		}
		return at, err
	}, func(at string, err error) {
		p.report = &exportReport{e.kind, at, len(e.rows), err}
		if err != nil {
			p.work.deps.Log.Warn("could not write an export", "error", err)
		} else {
			p.work.inv.share.rememberFolder(filepath.Dir(at))
		}
		p.work.onChange()
	})
	p.work.onChange()
}

// withSuffix gives a file that was named without it the ending of its kind. It
// never replaces a file that nobody named.
func withSuffix(path, suffix string) (string, error) {
	if strings.EqualFold(filepath.Ext(path), "."+suffix) {
		return path, nil
	}
	path += "." + suffix
	if _, err := os.Lstat(path); err == nil {
		return path, errExists
	}
	return path, nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".glpikeys-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// exportMenu offers the kinds of files.
func (v *keyListView) exportMenu() {
	var items []*fyne.MenuItem
	for _, kind := range []exportKind{exportICS, exportCSV, exportJSON} {
		item := fyne.NewMenuItem(t("keys.export."+string(kind)), func() { v.askExport(kind) })
		item.Disabled = len(v.exported()) == 0
		items = append(items, item)
	}
	look.OpenMenu(v.export, items...)
}

// exported are the rows that an export writes: the selected ones when there are
// several, else all that are shown, in their order.
func (v *keyListView) exported() []keyRow {
	if rows := v.table.Model.Selected(); len(rows) > 1 {
		return rows
	}
	rows := make([]keyRow, v.table.Model.Len())
	for i := range rows {
		rows[i] = v.table.Model.At(i)
	}
	return rows
}

// askExport asks for a file and writes what is shown. A calendar without a
// single end helps nobody.
func (v *keyListView) askExport(kind exportKind) {
	p := v.p
	e := p.exporting(kind, v.exported())
	if len(e.rows) == 0 {
		v.notify(t("keys.export.none"))
		return
	}
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			p.report = &exportReport{kind: kind, err: err}
			p.work.onChange()
		case to != nil:
			// Fyne has made an empty file already; it is written by its name.
			_ = to.Close()
			p.save(e, to.URI().Path())
		}
	}, v.acts.win)
	d.SetTitleText(t("keys.export.title"))
	d.SetConfirmText(t("invite.share.save_confirm"))
	d.SetDismissText(t("Cancel"))
	d.SetFilter(storage.NewExtensionFileFilter([]string{"." + string(kind)}))
	if folder := p.work.deps.Preferences.Get().Folder; folder != "" {
		if at, err := storage.ListerForURI(storage.NewFileURI(folder)); err == nil {
			d.SetLocation(at)
		}
	}
	d.SetFileName(export.Name(t("keys.export.file"), e.server, keys.DateOf(e.now)) + "." + string(kind))
	showFileDialog(d, v.acts.win)
}

// exportNote says how the last export ended; nil for none.
func (v *keyListView) exportNote() fyne.CanvasObject {
	p, r := v.p, v.p.report
	dismiss := look.NewButton(look.Secondary, t("OK"), func() {
		p.report = nil
		p.work.onChange()
	})
	switch {
	case r == nil:
		return nil
	case r.err != nil:
		return look.NewNotice(look.Expired, look.SymbolWarning, t("keys.export.failed"), shareFailure(r.err), dismiss)
	}
	open := func(path string) func() {
		return func() {
			if err := p.work.deps.OpenURL(fileURL(path)); err != nil {
				p.work.deps.Log.Warn("could not open a file", "error", err)
				v.notify(t("invite.share.unopened"))
			}
		}
	}
	return look.NewNotice(look.OK, look.SymbolCheck,
		tn("keys.export.done", r.rows, map[string]any{"N": formatCount(r.rows), "Name": filepath.Base(r.path)}), "",
		look.NewButton(look.Secondary, t("invite.share.folder"), open(filepath.Dir(r.path))), dismiss)
}
