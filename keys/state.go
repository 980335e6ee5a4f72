package keys

// State says how an end date stands against today. States go by absolute
// days, never by a share of the period: ten days left of a year are as urgent
// as ten days left of a month.
type State uint8

// The states, most pressing first.
const (
	Expired State = iota // ended before today
	Urgent               // ends today or within Thresholds.Urgent days
	Soon                 // within Thresholds.Soon days
	Plan                 // within Thresholds.Plan days
	Fine                 // later than that
	NoDate               // GLPI holds no end date
)

// States lists every state in the order in which people want to see them.
var States = [...]State{Expired, Urgent, Soon, Plan, Fine, NoDate}

var stateNames = [...]string{"expired", "urgent", "soon", "plan", "fine", "nodate"}

// String is a stable identifier, for preferences and translation keys; it is
// not meant for people.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// Thresholds are the limits between states, in days from today, each
// included: with Urgent 7 an item that ends in exactly 7 days is urgent.
type Thresholds struct {
	Urgent int `json:"urgent"`
	Soon   int `json:"soon"`
	Plan   int `json:"plan"`
}

// DefaultThresholds are 7, 30 and 90 days.
var DefaultThresholds = Thresholds{Urgent: 7, Soon: 30, Plan: 90}

// Valid reports whether the limits grow: 0 ≤ Urgent < Soon < Plan.
func (t Thresholds) Valid() bool {
	return 0 <= t.Urgent && t.Urgent < t.Soon && t.Soon < t.Plan
}

// ItemState is the state of an item on the day today. What its vendor refuses
// is over already.
func (t Thresholds) ItemState(it *Item, today Date) State {
	if it.Refused {
		return Expired
	}
	return t.State(it.End, today)
}

// State is the state on the day today of something that ends on end. A day is
// valid through its end: what ends today is urgent, not expired.
func (t Thresholds) State(end, today Date) State {
	if end.IsZero() {
		return NoDate
	}
	switch days := end.DaysAfter(today); {
	case days < 0:
		return Expired
	case days <= t.Urgent:
		return Urgent
	case days <= t.Soon:
		return Soon
	case days <= t.Plan:
		return Plan
	default:
		return Fine
	}
}
