package app

import (
	"context"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyInstalled is how the key in GLPI's configuration stands to a record.
type keyInstalled string

// The ways.
const (
	installedUnknown keyInstalled = ""      // not read yet, or the profile may not
	installedNone    keyInstalled = "none"  // GLPI has no key
	installedOurs    keyInstalled = "ours"  // it is this record's
	installedOther   keyInstalled = "other" // it is another one
	installedLost    keyInstalled = "lost"  // it was this record's; GLPI has none or another now
)

// installedState compares a record with what was last read of GLPI's
// configuration.
func (k *keyWork) installedState(r *keys.KeyRecord) keyInstalled {
	if k.installedOf.IsZero() || r.Block.Vendor != keys.GLPINetwork || r.Block.Fingerprint == "" {
		return installedUnknown
	}
	mine := k.mark()
	switch {
	case mine.installed(k.installed) == r.Block.Fingerprint:
		return installedOurs
	case mine.Fingerprint == r.Block.Fingerprint:
		return installedLost
	case !k.installed.Present:
		return installedNone
	default:
		return installedOther
	}
}

// mark is what this computer remembers of the key it installed last.
func (k *keyWork) mark() InstalledMark {
	return k.work.deps.Preferences.Get().Installed[k.work.connection.ID]
}

// remember keeps the mark of what was just installed.
func (k *keyWork) remember(fingerprint string, now keys.InstalledKey) {
	k.installed, k.installedOf = now, k.work.deps.Now()
	server := k.work.connection.ID
	err := k.work.deps.Preferences.Update(func(p *PreferencesData) {
		if p.Installed == nil {
			p.Installed = map[string]InstalledMark{}
		}
		p.Installed[server] = InstalledMark{Fingerprint: fingerprint, Mark: now.Mark}
	})
	if err != nil {
		k.work.deps.Log.Warn("could not keep which key is installed", "error", err)
	}
}

// readInstalled reads what can be known of the key in GLPI's configuration; then
// goes on, also after a failure. Nobody without the right to the configuration
// is asked for it.
func (k *keyWork) readInstalled(then func(err error)) {
	w, session := k.work, k.work.session
	if then == nil {
		then = func(error) {}
	}
	if !w.facts.Can(rightConfig, keys.Read) {
		then(&keys.Problem{Op: "read installed key", Cause: keys.NoRight})
		return
	}
	k.waiting = append(k.waiting, then) // a newer reading takes the place of this one, and answers for it
	task.Run(w.tasks, slotKeyInstalled, func(ctx context.Context) (keys.InstalledKey, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return session.InstalledKey(ctx)
	}, func(now keys.InstalledKey, err error) {
		if err == nil {
			k.installed, k.installedOf = now, w.deps.Now()
		} else {
			w.deps.Log.Warn("the installed key could not be looked at", "error", err)
		}
		waiting := k.waiting
		k.waiting = nil
		for _, then := range waiting {
			then(err)
		}
		w.onChange()
	})
}

// keyInstalling is what is known before a key is written into GLPI.
type keyInstalling struct {
	id     int
	record keys.KeyRecord
	text   keys.KeyText // empty: it has to be pasted
	state  keyInstalled
	length int // of the key that GLPI has, in bytes
	now    keys.InstalledKey
	other  string // name of the record whose key GLPI has, "" when it is nobody's here
	// previous is the text of the key that GLPI has now, where it is at hand: it
	// can be put back.
	previous keys.KeyText
}

// foreign reports whether a key would be replaced that nobody can put back.
func (i *keyInstalling) foreign() bool {
	return (i.state == installedOther || i.state == installedLost && i.length > 0) && i.previous.Empty()
}

// checkInstall looks at GLPI's configuration and for the text of a key before
// anything is asked, and tells then what was found.
func (k *keyWork) checkInstall(id int, then func(*keyInstalling, error)) {
	w, x := k.work, k.reach()
	list := k.work.keys.list
	mine := k.mark()
	type found struct{ keyInstalling }
	task.Run(w.tasks, slotKeyCheck, func(ctx context.Context) (found, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		var f found
		if !x.facts.Can(rightConfig, keys.Update) {
			return f, &keys.Problem{Op: "install key", Cause: keys.NoRight}
		}
		now, err := x.session.InstalledKey(ctx)
		if err != nil {
			return f, err
		}
		f.now, f.id, f.length = now, id, now.Length
		var lost error
		if f.record, f.text, lost = x.text(ctx, id); f.record.ID == 0 {
			return f, lost
		}
		if fingerprint := mine.installed(now); fingerprint != f.record.Block.Fingerprint {
			f.other, f.previous = x.replaced(ctx, recordWith(list, fingerprint), fingerprint)
		}
		return f, nil
	}, func(f found, err error) {
		if err != nil {
			w.deps.Log.Warn("a key cannot be installed", "error", err)
			then(nil, err)
			return
		}
		k.installed, k.installedOf = f.now, w.deps.Now()
		f.state = k.installedState(&f.record)
		if !f.now.Present {
			f.length = 0
		}
		then(&f.keyInstalling, nil)
	})
}

// replaced is what is at hand of the key that GLPI has: the name of its record,
// if there is one, and its text. A text that was replaced within its record, as
// by a re-issue, is still kept on this computer.
func (x keyReach) replaced(ctx context.Context, of *keys.KeyRecord, fingerprint string) (name string, text keys.KeyText) {
	var err error
	if of != nil {
		name = of.Name
		_, text, err = x.text(ctx, of.ID)
	} else {
		text, err = x.own(ctx, fingerprint)
	}
	if err != nil {
		return name, keys.KeyText{}
	}
	return name, text
}

// recordWith is the first record of a key, nil for none.
func recordWith(list []keys.KeyRecord, fingerprint string) *keys.KeyRecord {
	if fingerprint == "" {
		return nil
	}
	for i := range list {
		if list[i].Block.Fingerprint == fingerprint {
			return &list[i]
		}
	}
	return nil
}

// install writes a key into GLPI's configuration, proves that it is there, and
// asks GLPI Network about it. text is the key when it had to be pasted.
func (k *keyWork) install(i *keyInstalling, text keys.KeyText) {
	x, now := k.reach(), k.work.deps.Now
	if !text.Empty() {
		i.text = text
	}
	var installed keys.InstalledKey
	var answer keyAnswer
	k.perform(&keyDeed{
		act: keyInstall, ids: []int{i.id},
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			key := i.text.Reveal()
			if keys.Fingerprint(key) != i.record.Block.Fingerprint {
				return keys.KeyRecord{}, &keys.Problem{Op: "install key", Cause: keys.KeyMismatch}
			}
			var err error
			if installed, err = x.session.InstallKey(ctx, key); err != nil {
				return keys.KeyRecord{}, err
			}
			record := i.record
			what := keys.StepInstalled
			if i.state == installedLost {
				what = keys.StepPutBack
			}
			if r, err := x.update(ctx, id, func(r *keys.KeyRecord) error {
				r.Block.Note(x.step(what))
				if s := r.Block.Reissue.State; s == keys.ReissueRequested || s == keys.ReissueReceived {
					r.Block.Reissue.State, r.Block.Reissue.Date = keys.ReissueInstalled, x.today
				}
				return nil
			}); err == nil {
				record = r
			}
			var asked keys.KeyRecord
			answer, asked = x.validate(ctx, id, now)
			if asked.ID != 0 {
				record = asked
			}
			return record, nil
		},
		after: func(r *keyReport) {
			if len(r.done) == 0 {
				return
			}
			k.remember(i.record.Block.Fingerprint, installed)
			k.work.sub.refresh()
			r.text = installProof(installed)
			k.answered(i.id, answer, r)
			if answer.Err == nil && (answer.Verdict == keys.VerdictInvalid || answer.Verdict == keys.VerdictTerminated) {
				r.previous = i.previous
			}
		},
	})
}

// putBack installs the key that GLPI had before, since GLPI Network does not
// accept the one of this record.
func (k *keyWork) putBack(id int, previous keys.KeyText) {
	x := k.reach()
	var installed keys.InstalledKey
	k.perform(&keyDeed{
		act: keyPutBack, ids: []int{id},
		do: func(ctx context.Context, id int) (r keys.KeyRecord, err error) {
			if installed, err = x.session.InstallKey(ctx, previous.Reveal()); err != nil {
				return r, err
			}
			// GLPI has the key, whether its record can be written or not.
			if noted, err := x.update(ctx, id, func(r *keys.KeyRecord) error {
				r.Block.Note(x.step(keys.StepRemoved))
				if r.Block.Reissue.State == keys.ReissueInstalled {
					r.Block.Reissue.State = keys.ReissueReceived
				}
				return nil
			}); err == nil {
				r = noted
			}
			return r, nil
		},
		after: func(r *keyReport) {
			if len(r.done) > 0 {
				k.remember(keys.Fingerprint(previous.Reveal()), installed)
				k.work.sub.refresh()
				r.text = installProof(installed)
			}
		},
	})
}

func installProof(installed keys.InstalledKey) string {
	return t("keywork.install.proof", map[string]any{"Length": formatCount(installed.Length)})
}
