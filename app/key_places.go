package app

import (
	"context"

	"fyne.io/fyne/v2"

	"glpikeys/keys"
)

// placeRun is a place of texts until the program is closed, for computers
// without a keyring. No record says it: to everybody else, and to this program
// when it starts again, such a text is kept nowhere.
const placeRun keys.Place = "run"

// keyPlaces are where a text can be kept, in the order in which they are
// offered.
var keyPlaces = []keys.Place{keys.PlaceComputer, placeRun, keys.PlaceGLPI, keys.PlaceNowhere}

// keyPlaceItems are the menu of the places.
func (w *workspace) keyPlaceItems(choose func(keys.Place)) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, place := range keyPlaces {
		item := fyne.NewMenuItem(t("keywork.kept."+string(place)), func() { choose(place) })
		item.Disabled = place == keys.PlaceComputer && w.deps.KeyTexts == nil || place == placeRun && w.deps.RunTexts == nil
		items = append(items, item)
	}
	return items
}

// usualPlace is where a new text is kept when nobody says otherwise.
func (w *workspace) usualPlace() keys.Place {
	if w.deps.KeyTexts == nil {
		return keys.PlaceGLPI
	}
	return keys.PlaceComputer
}

// placeOf is where the text of a record is kept: what the record says, or until
// the program is closed.
func (w *workspace) placeOf(r *keys.KeyRecord) keys.Place {
	switch r.Block.Kept {
	case keys.PlaceGLPI, keys.PlaceComputer:
		return r.Block.Kept
	}
	if !w.runText(r.Block.Fingerprint).Empty() {
		return placeRun
	}
	return r.Block.Kept
}

// runText is the text with that fingerprint that is kept until the program is
// closed, empty for none.
func (w *workspace) runText(fingerprint string) keys.KeyText {
	if w.deps.RunTexts == nil || fingerprint == "" {
		return keys.KeyText{}
	}
	text, _, _ := w.deps.RunTexts.Load(context.Background(), w.connection.ID, fingerprint) // never fails
	return text
}
