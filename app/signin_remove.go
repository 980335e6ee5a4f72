package app

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
	"glpikeys/keys/export"
)

// The slots of what goes with a saved server.
const (
	slotWeigh     = "signin-weigh"
	slotSaveTexts = "signin-save-texts"
)

// removal is what goes when a saved server is removed from this computer.
type removal struct {
	connection.Connection
	prints []string        // fingerprints of the key texts that are kept for it
	only   int             // of them, those without another copy that this program knows of
	seen   connection.Seen // what was last seen there; the zero Seen for nothing
}

// weigh finds out what goes with a saved server. Key texts that cannot be
// counted are not counted: nobody could read them either.
func (p *signIn) weigh(id string, then func(removal)) {
	i := slices.IndexFunc(p.saved, func(c connection.Connection) bool { return c.ID == id })
	if i < 0 || p.busy() {
		return
	}
	saved, at := slices.Clone(p.saved), i
	task.Run(p.tasks, slotWeigh, func(context.Context) (removal, error) {
		r := removal{Connection: saved[at]}
		r.seen, _ = p.deps.LastSeen.Load(id)
		var err error
		r.prints, err = p.deps.keptPrints(id)
		elsewhere := map[string]bool{}
		for _, k := range r.seen.Keys {
			elsewhere[k.Fingerprint] = elsewhere[k.Fingerprint] || k.Kept == keys.PlaceGLPI
		}
		for _, c := range saved {
			if c.ID != id && p.deps.KeyTexts != nil { // what is kept for this run only does not last
				others, _ := p.deps.KeyTexts.List(c.ID)
				for _, print := range others {
					elsewhere[print] = true
				}
			}
		}
		for _, print := range r.prints {
			if !elsewhere[print] {
				r.only++
			}
		}
		return r, err
	}, func(r removal, err error) {
		if err != nil {
			p.deps.Log.Warn("could not count the key texts", "error", err)
		}
		then(r)
	})
}

// keptPrints are the fingerprints of the key texts that are kept for a server,
// also of those that are only until the program is closed.
func (d *Deps) keptPrints(id string) (prints []string, err error) {
	if d.KeyTexts != nil {
		prints, err = d.KeyTexts.List(id)
	}
	if d.RunTexts != nil {
		run, _ := d.RunTexts.List(id) // never fails
		prints = append(prints, run...)
	}
	slices.Sort(prints)
	return slices.Compact(prints), err
}

// keptText is the text with that fingerprint, empty when it is not there.
func (d *Deps) keptText(ctx context.Context, id, print string) (text keys.KeyText, err error) {
	if d.RunTexts != nil {
		text, _, _ = d.RunTexts.Load(ctx, id, print) // never fails
	}
	if text.Empty() && d.KeyTexts != nil {
		text, _, err = d.KeyTexts.Load(ctx, id, print)
	}
	return text, err
}

// textsSaved is how writing key texts to a file ended.
type textsSaved struct {
	path string
	rows int
	lost int   // texts that cannot be read any more
	err  error // why there is no file; nil: there is one
}

// saveTexts writes the key texts of a server to a file that only this person
// may read, in the columns of an import. It may wait for the keyring.
func (p *signIn) saveTexts(r removal, path string, then func(textsSaved)) {
	task.Run(p.tasks, slotSaveTexts, func(ctx context.Context) (textsSaved, error) {
		ctx, cancel := context.WithTimeout(ctx, secretTime)
		defer cancel()
		saved := textsSaved{path: path}
		table := export.Table{Header: []string{
			keys.KeyFieldName, keys.KeyFieldProduct, keys.KeyFieldEnd, keys.KeyFieldVendor, keys.KeyFieldBoundTo,
			keys.KeyFieldKept, keys.KeyFieldValue,
		}}
		for _, print := range r.prints {
			text, err := p.deps.keptText(ctx, r.ID, print)
			switch cause := keys.CauseOf(err); {
			case cause == keys.KeyTextsDamaged || cause == keys.KeyTextsLost || err == nil && text.Empty():
				saved.lost++
			case err != nil:
				return saved, err
			default:
				table.Rows = append(table.Rows, append(r.describe(print), text.Reveal()))
			}
		}
		if saved.rows = len(table.Rows); saved.rows == 0 {
			return saved, &keys.Problem{Op: "save key texts", Cause: keys.KeyTextsLost}
		}
		var file bytes.Buffer
		if err := table.CSV(&file, export.CSVOptions{BOM: true}); err != nil {
			return saved, &keys.Problem{Op: "save key texts", Cause: keys.FileFailed, Detail: filepath.Base(path), Err: err}
		}
		return saved, writePrivate(path, file.Bytes())
	}, func(saved textsSaved, err error) {
		if saved.err = err; err != nil {
			p.deps.Log.Warn("could not save key texts", "error", err)
		}
		then(saved)
	})
}

// describe is what is known of the key with that fingerprint, in the columns
// of saveTexts before its text.
func (r removal) describe(print string) []string {
	i := slices.IndexFunc(r.seen.Keys, func(k connection.SeenKey) bool { return k.Fingerprint == print })
	if i < 0 {
		return []string{keys.ShortFingerprint(print), "", "", "", "", string(keys.PlaceComputer)}
	}
	k := r.seen.Keys[i]
	return []string{
		cmp.Or(k.Name, keys.ShortFingerprint(print)), k.Product, k.End.String(), k.Vendor, k.BoundTo, string(keys.PlaceComputer),
	}
}

// remove forgets a saved server with all that is kept for it: what was last
// seen, what was told, the texts of its keys, its secrets.
func (p *signIn) remove(id string) {
	if p.busy() {
		return
	}
	delete(p.kept, id)
	task.Run(p.tasks, slotSave, func(ctx context.Context) (left error, err error) {
		if err := p.deps.LastSeen.Delete(id); err != nil {
			return nil, err // the server stays, so that it can be removed once more
		}
		if err := p.forgetLogs(id); err != nil {
			return nil, err
		}
		if left, err = p.forgetTexts(ctx, id); err != nil {
			return nil, err
		}
		return left, p.deps.Connections.Delete(id)
	}, func(left, err error) {
		if err != nil {
			p.notice = formNotice{Text: sentence(err)}
			p.onChange()
			return
		}
		p.reload()
		if p.current.ID == id {
			p.add()
		}
		if left != nil {
			p.notice = formNotice{Text: note{"signin.note.texts_left", left}.text()}
		}
		p.forget(id)
		p.onChange()
	})
}

// forgetLogs deletes what was told about a saved server, when it was looked
// at, which key this computer installed there, and which ones it had before.
func (p *signIn) forgetLogs(id string) error {
	if p.deps.Reminders != nil {
		if err := p.deps.Reminders.Delete(id); err != nil {
			return err
		}
	}
	if p.deps.Checks != nil {
		if err := p.deps.Checks.Delete(id); err != nil {
			return err
		}
	}
	of := func(e EarlierKey) bool { return e.Connection == id }
	data := p.deps.Preferences.Get()
	if _, ok := data.Installed[id]; !ok && !slices.ContainsFunc(data.Earlier, of) {
		return nil
	}
	return p.deps.Preferences.Update(func(d *PreferencesData) {
		delete(d.Installed, id)
		d.Earlier = slices.DeleteFunc(d.Earlier, of)
	})
}

// forgetTexts deletes the texts of a server's keys. left tells what could not
// be deleted and never will be: a server must not stay for ever because its
// texts cannot be read, or because the keyring does not answer.
func (p *signIn) forgetTexts(ctx context.Context, id string) (left, err error) {
	if p.deps.KeyTexts != nil {
		left = p.deps.KeyTexts.Forget(ctx, id)
		if keys.CauseOf(left) == keys.FileFailed {
			return nil, left
		}
	}
	if p.deps.RunTexts != nil { // last: the server stays when the file does
		_ = p.deps.RunTexts.Forget(ctx, id) // never fails
	}
	return left, nil
}

// forget deletes the secrets of a removed server. Should the keyring refuse,
// the person is told: the secrets are still there.
func (p *signIn) forget(id string) {
	if !p.canRemember() {
		return
	}
	task.Run(p.tasks, "signin-forget "+id, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.deps.Secrets.Delete(ctx, id)
	}, func(_ struct{}, err error) {
		if err != nil {
			p.notice = formNotice{Text: note{"signin.note.not_forgotten", err}.text()}
			p.onChange()
		}
	})
}

// seenAgo is how long ago something was last seen of the server, "" for never.
func (r removal) seenAgo(now time.Time) string {
	if r.seen.Time.IsZero() {
		return ""
	}
	return agoText(r.seen.Time, now)
}
