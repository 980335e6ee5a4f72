package app

import (
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// stateLook is how a state looks wherever it is shown: tone and symbol.
func stateLook(s keys.State) (look.Tone, look.Symbol) {
	switch s {
	case keys.Expired:
		return look.Expired, look.SymbolCross
	case keys.Urgent, keys.Soon:
		return look.Soon, look.SymbolExclamation
	case keys.Plan:
		return look.Neutral, look.SymbolClock
	case keys.Fine:
		return look.OK, look.SymbolCheck
	default:
		return look.Neutral, look.SymbolDash
	}
}

// stateWord is the word beside the symbol: "Expired", "4 days", "Healthy".
func stateWord(s keys.State, end, today keys.Date) string {
	switch s {
	case keys.Expired:
		return t("state.expired")
	case keys.Fine:
		return t("state.fine")
	case keys.NoDate:
		return t("state.nodate")
	}
	days := end.DaysAfter(today)
	if days == 0 {
		return t("state.today")
	}
	return tn("state.days", days, map[string]any{"N": days})
}

// filterLook is how a filter's card looks.
func filterLook(f stateFilter) (look.Tone, look.Symbol) { return stateLook(f.states()[0]) }
