package app

import (
	"context"
	"strings"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// typeKey takes what stands in the field of the key: the key in it is found
// and looked at.
func (f *keyForm) typeKey(text string) {
	f.edit(keys.KeyFieldValue, func(d *keyDraft) {
		before := d.key
		d.text = text
		d.key, f.repairs = keys.RepairKey(text)
		f.breaks = breaksWithin(text, d.key)
		f.shape = keys.ReadKey(d.key)
		if d.key == before {
			return
		}
		switch ours := f.shape.Kind == keys.ShapeNetwork && d.scope == keys.ScopeInstance; {
		case ours && !d.network:
			d.network, f.guessed = true, true
		case !ours && f.guessed:
			d.network, f.guessed = false, false
		}
		switch {
		case d.key != "" && d.kept == keys.PlaceNowhere:
			d.kept, f.placed = f.work.usualPlace(), true
		case d.key == "" && (f.placed || f.kind == keyFormEdit && f.was() == keys.PlaceNowhere):
			d.kept, f.placed = keys.PlaceNowhere, false
		}
	})
}

// choosePlace keeps the text where a person says.
func (f *keyForm) choosePlace(place keys.Place) {
	f.placed = false
	f.edit(keys.KeyFieldKept, func(d *keyDraft) { d.kept = place })
}

// breaksWithin is how many line breaks of text stand within the key that was
// found in it, 0 when the key was put right in other ways, too.
func breaksWithin(text, key string) int {
	var letters strings.Builder
	var at []int // of each letter, in text
	for i, c := range []byte(text) {
		if isKeyLetter(rune(c)) {
			letters.WriteByte(c)
			at = append(at, i)
		}
	}
	only := strings.Map(func(r rune) rune {
		if isKeyLetter(r) {
			return r
		}
		return -1
	}, key)
	from := strings.Index(letters.String(), only)
	if from < 0 || only == "" {
		return 0
	}
	return strings.Count(text[at[from]:at[from+len(only)-1]], "\n")
}

// isKeyLetter reports whether no repair of a key takes r away or replaces it.
func isKeyLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// settleKey shows the key alone once nobody types there; what was done to find
// it stays said.
func (f *keyForm) settleKey() {
	if f.draft.text != f.draft.key && !f.locked() {
		f.draft.text = f.draft.key
	}
	f.onChange()
}

// readFile takes the key from a file.
func (f *keyForm) readFile(path string) {
	w := f.work
	if f.locked() {
		return
	}
	task.Run(w.tasks, slotKeyFile, readKeyFile(path), func(text string, err error) {
		if err != nil {
			f.problems[keys.KeyFieldValue] = sentence(err)
			f.onChange()
			return
		}
		f.typeKey(text)
		f.settleKey()
	})
}

// maxKeyText is the largest file that is looked through for a key.
const maxKeyText = 1 << 20

// readKeyFile reads a file that holds a key.
func readKeyFile(path string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		data, err := readLimited(path, maxKeyText)
		return strings.ToValidUTF8(string(data), "\ufffd"), err
	}
}

// repairText says what was done to find the key.
func (f *keyForm) repairText() string {
	var parts []string
	for _, r := range f.repairs {
		if r == keys.RepairLines && f.breaks > 0 {
			parts = append(parts, tn("keywork.repair.lines_n", f.breaks, map[string]any{"N": formatCount(f.breaks)}))
			continue
		}
		parts = append(parts, t("keywork.repair."+string(r)))
	}
	if len(parts) == 0 {
		return ""
	}
	return t("keywork.repaired", map[string]any{"What": strings.Join(parts, ", ")})
}

// shapeText explains in plain words what the key looks like, and whether there
// is something odd about it.
func (f *keyForm) shapeText() (text string, odd bool) {
	if f.draft.key == "" {
		switch f.kind {
		case keyFormEdit:
			if fp := keys.ShortFingerprint(f.of.Block.Fingerprint); fp != "" {
				if f.draft.kept == keys.PlaceNowhere {
					return t("keywork.value.gone", map[string]any{"Fingerprint": fp}), false
				}
				return t("keywork.value.there", map[string]any{"Fingerprint": fp}), false
			}
		case keyFormRenew:
			return t("keywork.value.renew"), false
		}
		return t("keywork.value.none"), false
	}
	var parts []string
	parts = append(parts, t("keywork.shape."+string(f.shape.Kind), map[string]any{"Length": formatCount(f.shape.Length)}))
	parts = append(parts, t("keywork.fingerprint", map[string]any{"Fingerprint": keys.ShortFingerprint(keys.Fingerprint(f.draft.key))}))
	for _, o := range f.shape.Odd {
		parts, odd = append(parts, t("keywork.odd."+string(o))), true
	}
	return strings.Join(parts, " "), odd
}

// fieldsText lists what stands in a key that is JSON.
func (f *keyForm) fieldsText() string {
	var lines []string
	for _, field := range f.shape.Fields {
		lines = append(lines, field.Name+": "+shorten(field.Value, 60))
	}
	if len(lines) > 8 {
		lines = append(lines[:8], "…")
	}
	return strings.Join(lines, "\n")
}

// keptNote says who can read the text where it is kept.
func (f *keyForm) keptNote() (text string, warn bool) {
	if !f.hasKey() {
		return t("keywork.kept.nokey"), false
	}
	if f.kind == keyFormRenew && !f.creates() {
		return t("keywork.kept.stays"), false
	}
	if f.kind == keyFormEdit && f.draft.key != "" && keys.Fingerprint(f.draft.key) != f.of.Block.Fingerprint {
		text, warn = placeNote(f.draft.kept)
		return joined(" ", text, f.earlierNote()), warn
	}
	switch kept, was := f.draft.kept, f.was(); {
	case f.kind == keyFormEdit && kept == keys.PlaceComputer && was == keys.PlaceGLPI:
		return t("keywork.kept.moved_note"), true
	case f.kind == keyFormEdit && kept == keys.PlaceNowhere && was != keys.PlaceNowhere:
		return t("keywork.kept.deleted_note"), true
	default:
		return placeNote(kept)
	}
}

// placeNote says who can read a text in a place.
func placeNote(place keys.Place) (text string, warn bool) {
	switch place {
	case keys.PlaceGLPI:
		return t("keywork.kept.glpi_note"), true
	case keys.PlaceComputer:
		return t("keywork.kept.computer_note"), false
	case placeRun:
		return t("keywork.kept.run_note"), true
	default:
		return t("keywork.kept.nowhere_note"), false
	}
}
