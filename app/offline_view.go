package app

import (
	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// staleNotice says how old the keys are and why, and what can be done.
func (p *keyList) staleNotice() fyne.CanvasObject {
	text := sentence(p.failure)
	if p.readOnly() {
		text += " " + t("keys.away.list")
	}
	return look.NewNotice(look.Expired, look.SymbolWarning,
		t("keys.stale", map[string]any{"Ago": agoText(p.seen, p.work.deps.Now())}), text,
		look.NewButton(look.Secondary, t("empty.failed.retry"), p.retry))
}

// tick follows the clock: how old the keys are.
func (v *keyListView) tick() {
	if v.p.failure != nil && v.doing.page() == nil && !v.holdsFocus(v.notices) {
		v.renderNotices()
	}
}

// awayText says why nothing can be done with a row, and what of it this
// computer does not keep; "" when the server answers.
func (p *keyList) awayText(r keyRow) string {
	switch {
	case !p.readOnly() || r.record == nil && !p.work.offline:
		return ""
	case r.record == nil:
		return t("keys.away.item")
	case r.record.Block.Kept == keys.PlaceGLPI:
		return t("keys.away.record_glpi")
	default:
		return t("keys.away.record")
	}
}
