package app

import (
	"cmp"
	"strings"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// unclear reports whether nobody can tell how a key stands: its block is
// damaged, and GLPI's own field has no end.
func (r keyRow) unclear() bool {
	return r.record != nil && r.record.Damage != nil && r.standing.State == keys.KeyNoDate
}

// refused is what the vendor says against a key, "" for nothing.
func (r keyRow) refused() keys.Verdict {
	if r.record == nil {
		return ""
	}
	return r.record.Refused(r.today)
}

// future reports whether a key's period has not begun yet.
func (r keyRow) future() bool {
	return r.record != nil && r.standing.State.Live() && r.record.Future(r.today)
}

// keyLook is how a row stands: tone and symbol.
func keyLook(r keyRow) (look.Tone, look.Symbol) {
	switch {
	case r.unclear():
		return look.Neutral, look.SymbolWarning
	case r.refused() != "":
		return look.Expired, look.SymbolCross
	case r.future():
		return look.Info, look.SymbolClock
	}
	switch r.standing.State {
	case keys.KeyTrial:
		if r.standing.Ends == keys.Urgent || r.standing.Ends == keys.Soon {
			return look.Soon, look.SymbolClock
		}
		return look.Info, look.SymbolClock
	case keys.KeyRenewed:
		return look.Neutral, look.SymbolRefresh
	case keys.KeyRevoked:
		return look.Revoked, look.SymbolStop
	default:
		return stateLook(r.standing.Ends)
	}
}

// keyWord is the word beside the symbol: "Expired", "4 days", "Trial, 12 days".
func keyWord(r keyRow) string {
	if v := r.refused(); v != "" {
		return t("keys.state." + string(v))
	}
	switch {
	case r.unclear():
		return t("keys.state.unknown")
	case r.record == nil:
		return stateWord(r.state, r.End, r.today)
	case r.future():
		return t("keys.state.future")
	}
	switch r.standing.State {
	case keys.KeyTrial:
		if r.standing.Ends == keys.NoDate {
			return t("keys.state.trial")
		}
		if r.standing.Days == 0 {
			return t("keys.state.trial_today")
		}
		return t("keys.state.trial_days", map[string]any{"N": r.standing.Days})
	case keys.KeyRenewed:
		return t("keys.state.renewed")
	case keys.KeyRevoked:
		if r.record.Block.Revoked.Why == keys.DepartureReleased {
			return t("keys.state.released")
		}
		return t("keys.state.revoked")
	case keys.KeyFine:
		return t("keys.state.fine")
	default:
		return stateWord(r.standing.Ends, r.End, r.today)
	}
}

// leftPill is the word in the detail, where there is room: "4 days left",
// "Starts 1 Jan 2027".
func leftPill(r keyRow) string {
	s := r.standing
	if r.future() && r.refused() == "" {
		return t("keys.starts", map[string]any{"Day": dayText(r.record.Block.Begin)})
	}
	live := s.State == keys.KeyUrgent || s.State == keys.KeySoon || s.State == keys.KeyPlan
	if live && s.Days > 0 && r.refused() == "" {
		return tn("keys.left", s.Days, map[string]any{"N": s.Days})
	}
	return keyWord(r)
}

// boundText is what a key is bound to, for reading: the host of an address.
func boundText(r keyRow) string {
	if r.record == nil {
		return ""
	}
	return shortAddress(r.record.Block.BoundTo)
}

// shortAddress is an address without what goes without saying.
func shortAddress(address string) string {
	return strings.TrimSuffix(strings.TrimPrefix(address, "https://"), "/")
}

// contactText is whom to ask.
func contactText(r *keys.KeyRecord) string { return joined(" · ", r.Contact, r.ContactNum) }

// joined are the parts that are not empty.
func joined(between string, parts ...string) string {
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, between)
}

// scopeText says what a key covers.
func scopeText(b *keys.Block) string {
	if b.Scope == "" {
		return ""
	}
	return t("keys.scope."+string(b.Scope), map[string]any{"Plugin": cmp.Or(b.Plugin, "?")})
}

// keptText says where the text of a key is.
func keptText(place keys.Place) string {
	if place == "" {
		return ""
	}
	return t("keys.kept." + string(place))
}

// verdictText says in plain words what a vendor answered about a key.
func verdictText(v keys.Verdict) string {
	if v == keys.VerdictUnknown {
		return t("keys.verdict.unknown")
	}
	return t("keys.verdict." + string(v))
}

// validatedText is when a key was validated last, and with what answer.
func validatedText(r keyRow) string {
	if r.record == nil || r.record.Block.Validated.Time.IsZero() {
		return ""
	}
	return verdictText(r.record.Block.Validated.Verdict)
}

// doubtText says in a sentence what is doubtful about one key alone.
func doubtText(d keys.KeyDoubt) string {
	data := map[string]any{"Address": d.Bound, "Found": d.Found, "Name": ""}
	if d.Kind == keys.DoubtEnd {
		data = twoEnds(d)
	}
	return t("keywork.doubt."+string(d.Kind), data)
}

// twoEnds are the two days of a DoubtEnd as people write them.
func twoEnds(d keys.KeyDoubt) map[string]any {
	return map[string]any{"Bound": dayOf(d.Bound), "Found": dayOf(d.Found)}
}

// shortID is an instance id as people compare it: its ends.
func shortID(id string) string {
	if len([]rune(id)) <= 12 {
		return id
	}
	runes := []rune(id)
	return string(runes[:4]) + "…" + string(runes[len(runes)-4:])
}

// secondLine is what stands under the title of a row.
func secondLine(r keyRow) string {
	text := detailText(r.Item)
	if r.record != nil {
		text = r.record.Entity.Name()
	}
	if r.Renews {
		text = joined(" · ", text, t("keys.renews"))
	}
	return text
}

// rowTexts remembers what cells say, since a text filter over 10,000 rows asks
// for the texts of all of them.
type rowTexts struct {
	words  map[wordKey]string
	kinds  map[keys.ItemType]string
	scopes map[scopeKey]string
}

// scopeKey is what scopeText rests on.
type scopeKey struct {
	scope  keys.Scope
	plugin string
}

// wordKey is what keyWord rests on.
type wordKey struct {
	record, trial, unclear, released, future bool
	state                                    keys.KeyState
	ends                                     keys.State
	days                                     int
	refused                                  keys.Verdict
}

func newRowTexts() *rowTexts {
	return &rowTexts{map[wordKey]string{}, map[keys.ItemType]string{}, map[scopeKey]string{}}
}

// scope is scopeText of a record.
func (x *rowTexts) scope(r *keys.KeyRecord) string {
	return remembered(x.scopes, scopeKey{r.Block.Scope, r.Block.Plugin}, func() string { return scopeText(&r.Block) })
}

func (x *rowTexts) word(r keyRow) string {
	key := wordKey{
		record: r.record != nil, unclear: r.unclear(), state: r.standing.State, ends: r.standing.Ends,
		days: r.standing.Days, refused: r.refused(), future: r.future(),
	}
	if r.record != nil {
		key.trial = r.record.Block.Trial
		key.released = r.record.Block.Revoked.Why == keys.DepartureReleased
	}
	return remembered(x.words, key, func() string { return keyWord(r) })
}

// name is the title with what stands under it. Only the kind of an item is
// worth remembering: entities are as they stand.
func (x *rowTexts) name(r keyRow) string {
	if r.record != nil {
		return joined(" · ", r.title(), other(r.record.Product.Name, r.title()), r.record.Entity.Path)
	}
	kind := remembered(x.kinds, r.Type, func() string { return t("type." + string(r.Type)) })
	return joined(" · ", r.Name, kind, r.Detail, r.Entity)
}

// other is a text that says something else than the first one.
func other(text, first string) string {
	if text == first {
		return ""
	}
	return text
}
