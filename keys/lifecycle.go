package keys

import (
	"cmp"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// KeyState is what a key record is worth on some day.
type KeyState uint8

// The states of a key record, in the order in which people want to see them.
// Only what GLPI calls valid is judged by its end; a trial has a state of its
// own until it ends.
const (
	KeyExpired KeyState = iota
	KeyUrgent
	KeySoon
	KeyPlan
	KeyTrial
	KeyFine
	KeyNoDate
	KeyRenewed // closed, its successor took over
	KeyRevoked // closed: revoked, or released to the vendor
)

// KeyStates lists every state in the order in which people want to see them.
var KeyStates = [...]KeyState{
	KeyExpired, KeyUrgent, KeySoon, KeyPlan, KeyTrial, KeyFine, KeyNoDate, KeyRenewed, KeyRevoked,
}

var keyStateNames = [...]string{
	"expired", "urgent", "soon", "plan", "trial", "fine", "nodate", "renewed", "revoked",
}

// String is a stable identifier, for preferences and translation keys.
func (s KeyState) String() string {
	if int(s) < len(keyStateNames) {
		return keyStateNames[s]
	}
	return "unknown"
}

// Live reports whether the key is in use or could be.
func (s KeyState) Live() bool { return s != KeyExpired && s != KeyRenewed && s != KeyRevoked }

// Standing is how a key record stands on some day.
type Standing struct {
	State KeyState
	Ends  State // by the end alone: how pressing a trial is, and what a closed key's end was
	Days  int   // until the end, negative after it, 0 without one
}

// Standing is how r stands on the day today, in the person's own time zone: an
// end is a day and the key is good through it. usual are the limits for a
// record without reminders of its own.
func (r *KeyRecord) Standing(usual Thresholds, today Date) Standing {
	s := Standing{Ends: r.Limits(usual).State(r.End, today)}
	if s.Ends != NoDate {
		s.Days = r.End.DaysAfter(today)
	}
	switch {
	case !r.Valid && r.Block.Revoked.Why == DepartureRenewed:
		s.State = KeyRenewed
	case !r.Valid:
		s.State = KeyRevoked
	case r.Block.Trial && s.Ends != Expired:
		s.State = KeyTrial
	default:
		s.State = [...]KeyState{
			Expired: KeyExpired, Urgent: KeyUrgent, Soon: KeySoon, Plan: KeyPlan, Fine: KeyFine, NoDate: KeyNoDate,
		}[s.Ends]
	}
	return s
}

// Limits are the limits between the states of r: its longest reminder is the
// first limit, and with three or more the next two are the others; else usual
// ones stand, as far as they are shorter. The usual 90, 30, 7 and 1 days give
// the usual limits.
func (r *KeyRecord) Limits(usual Thresholds) Thresholds {
	days := slices.Clone(r.Block.Reminders)
	slices.Sort(days)
	days = slices.Compact(days)
	slices.Reverse(days)
	if len(days) == 0 {
		return usual
	}
	own := Thresholds{Plan: days[0], Soon: min(usual.Soon, days[0]-1)}
	own.Urgent = min(usual.Urgent, own.Soon-1)
	if len(days) > 2 {
		own.Soon, own.Urgent = days[1], days[2]
	}
	if !own.Valid() {
		return usual
	}
	return own
}

// Item is r as the overview of all that ends shows it.
func (r *KeyRecord) Item() Item {
	return Item{
		Type: TypeLicence, ID: r.ID, Name: r.Name, Detail: r.Product.Name, Entity: r.Entity.Path,
		End: r.End, Renews: r.Block.AutoRenews,
	}
}

// TrialDays is how long a trial lasts when nobody says otherwise.
const TrialDays = 30

// RenewalStart is the day from which a renewed period counts.
type RenewalStart string

// The starts of a renewal.
const (
	FromOldEnd       RenewalStart = "old-end"        // the periods join, whenever one renews
	FromToday        RenewalStart = "today"          // what is left of the old period is given up
	FromTodayIfEnded RenewalStart = "today-if-ended" // joins before the end, counts from today after it
)

// Renewal is the period that follows one that ends on oldEnd: the day it begins
// and its last day. Joined periods keep the day of the month on which they end:
// after 26 November 2026, twelve months are 27 November 2026 to 26 November
// 2027. From today, twelve months on 23 November 2026 last until 22 November
// 2027. Without an old end every renewal is from today.
func Renewal(from RenewalStart, oldEnd, today Date, months int) (begin, end Date) {
	ended := oldEnd.Compare(today) < 0
	if oldEnd.IsZero() || from == FromToday || from == FromTodayIfEnded && ended {
		return today, today.AddMonths(months).AddDays(-1)
	}
	return oldEnd.AddDays(1), oldEnd.AddMonths(months)
}

// NormalAddress is a server's address as keys' bounds are compared: host, port
// where it is an unusual one, and folder. "https://Help.Example.com:443/glpi/
// index.php" is "help.example.com/glpi". Scheme, user, query and GLPI's own
// pages do not count. "" for what is no address.
func NormalAddress(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + strings.TrimPrefix(text, "//")
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := normalHost(u.Hostname())
	if host == "" {
		return ""
	}
	if port := u.Port(); port != "" && port != "443" && port != "80" {
		host += ":" + port
	}
	return host + folder(u.EscapedPath())
}

var hostName = regexp.MustCompile(`^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$`)

// normalHost is a name in small ASCII letters, or an address; "" for neither.
func normalHost(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.WithZone("").String() + "]"
		}
		return ip.String()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if !hostName.MatchString(host) {
		return ""
	}
	return host
}

// ownPages is what of an address's path is GLPI's and not the folder's.
var ownPages = regexp.MustCompile(`/(?:index|apirest|api)\.php(?:/.*)?$|/(?:front|marketplace|plugins)/.*$`)

// folder is the path of an address without GLPI's own pages.
func folder(path string) string {
	parts := strings.FieldsFunc(ownPages.ReplaceAllString(path, ""), func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return ""
	}
	return "/" + strings.Join(parts, "/")
}

// KeyDoubt is something about a key record to look at. It stops nothing.
type KeyDoubt struct {
	Kind  KeyDoubtKind
	Other int    // id of the other record, for duplicates
	Bound string // what the key is bound to
	Found string // what the server has instead
}

// KeyDoubtKind is what is doubtful.
type KeyDoubtKind string

// The kinds of doubt.
const (
	DoubtSameText    KeyDoubtKind = "same-text"    // another record holds the same key
	DoubtSamePlugin  KeyDoubtKind = "same-plugin"  // another live key for the same plugin at the same address
	DoubtAddress     KeyDoubtKind = "address"      // bound to another address than the server's
	DoubtInstance    KeyDoubtKind = "instance"     // bound to another instance id than the server's
	DoubtOtherServer KeyDoubtKind = "other-server" // both differ: it is another server's key
	DoubtGone        KeyDoubtKind = "gone"         // its plugin is not installed on the server
	DoubtPeriod      KeyDoubtKind = "period"       // it ends before it begins
)

// Doubts compares r with the server that one is signed in to. installed are the
// folder names of the plugins on it, nil when they could not be read. A closed
// key raises no doubt.
func (r *KeyRecord) Doubts(server *Facts, installed []string) []KeyDoubt {
	var doubts []KeyDoubt
	if !r.Valid {
		return nil
	}
	if !r.End.IsZero() && r.Block.Begin.Compare(r.End) > 0 && !r.Block.Begin.IsZero() {
		doubts = append(doubts, KeyDoubt{Kind: DoubtPeriod})
	}
	bound := r.boundElsewhere(server)
	doubts = append(doubts, bound...)
	elsewhere := len(bound) > 0 && bound[0].Kind == DoubtOtherServer
	if installed != nil && r.Block.Plugin != "" && !elsewhere &&
		!slices.ContainsFunc(installed, func(p string) bool { return strings.EqualFold(p, r.Block.Plugin) }) {
		doubts = append(doubts, KeyDoubt{Kind: DoubtGone, Bound: r.Block.Plugin})
	}
	return doubts
}

// boundElsewhere compares what r is bound to with the server. A server answers
// at the address that one signed in at, and at the one that GLPI calls its own.
func (r *KeyRecord) boundElsewhere(server *Facts) []KeyDoubt {
	bound, instance := NormalAddress(r.Block.BoundTo), r.Block.Instance
	web, base := NormalAddress(server.Web()), NormalAddress(server.URLBase)
	addressKnown := bound != "" && (web != "" || base != "") && r.Block.Scope != ScopePlugin
	address := KeyDoubt{Kind: DoubtAddress, Bound: r.Block.BoundTo, Found: cmp.Or(server.URLBase, server.Web())}
	otherAddress := addressKnown && bound != web && bound != base
	instanceKnown := instance != "" && server.NetworkID != ""
	id := KeyDoubt{Kind: DoubtInstance, Bound: instance, Found: server.NetworkID}
	otherInstance := instanceKnown && instance != server.NetworkID
	switch {
	case otherAddress && otherInstance:
		address.Kind = DoubtOtherServer
		return []KeyDoubt{address}
	case otherAddress:
		return []KeyDoubt{address}
	case otherInstance:
		return []KeyDoubt{id}
	}
	return nil
}

// KeyIndex finds records among many: a key's duplicates, what it renewed and
// what renewed it.
type KeyIndex struct {
	records      []KeyRecord
	byID         map[int]int
	byText       map[string][]int
	bySeat       map[seat][]int
	successorsOf map[int][]int
}

// seat is where only one live key is expected.
type seat struct{ plugin, address string }

// IndexKeys makes an index of records, which it keeps and does not change.
func IndexKeys(records []KeyRecord) *KeyIndex {
	x := &KeyIndex{records, map[int]int{}, map[string][]int{}, map[seat][]int{}, map[int][]int{}}
	for i := range records {
		r := &records[i]
		x.byID[r.ID] = i
		if r.Block.Fingerprint != "" {
			x.byText[r.Block.Fingerprint] = append(x.byText[r.Block.Fingerprint], i)
		}
		if s, ok := r.seat(); ok {
			x.bySeat[s] = append(x.bySeat[s], i)
		}
		if r.Parent != 0 {
			x.successorsOf[r.Parent] = append(x.successorsOf[r.Parent], i)
		}
	}
	return x
}

// seat of a key; ok is false for one whose plugin or address is not known.
func (r *KeyRecord) seat() (s seat, ok bool) {
	s = seat{strings.ToLower(r.Block.Plugin), NormalAddress(r.Block.BoundTo)}
	if s.plugin == "" {
		s.plugin = "product " + strings.ToLower(strings.TrimSpace(r.Product.Name))
	}
	return s, s.address != "" && s.plugin != "product "
}

// Duplicates are the records that hold the same key as r, and those with
// another live key for the same plugin at the same address on the day today;
// what r renews, or what renews it, is meant to stand beside it. r need not be
// among the records yet.
func (x *KeyIndex) Duplicates(r *KeyRecord, today Date) []KeyDoubt {
	var doubts []KeyDoubt
	same := map[int]bool{}
	if r.Block.Fingerprint != "" {
		for _, i := range x.byText[r.Block.Fingerprint] {
			if other := &x.records[i]; r.ID == 0 || other.ID != r.ID {
				same[other.ID] = true
				doubts = append(doubts, KeyDoubt{Kind: DoubtSameText, Other: other.ID})
			}
		}
	}
	s, ok := r.seat()
	if !ok || !r.live(today) {
		return doubts
	}
	for _, i := range x.bySeat[s] {
		other := &x.records[i]
		if r.ID != 0 && other.ID == r.ID || same[other.ID] || !other.live(today) || x.related(r, other) {
			continue
		}
		doubts = append(doubts, KeyDoubt{Kind: DoubtSamePlugin, Other: other.ID, Bound: s.address})
	}
	return doubts
}

func (r *KeyRecord) live(today Date) bool { return r.Standing(DefaultThresholds, today).State.Live() }

func (x *KeyIndex) related(a, b *KeyRecord) bool {
	return a.Parent != 0 && a.Parent == b.ID || b.Parent != 0 && b.Parent == a.ID
}

// Record is the record with that id, nil when it is not among them.
func (x *KeyIndex) Record(id int) *KeyRecord {
	if i, ok := x.byID[id]; ok {
		return &x.records[i]
	}
	return nil
}

// Successors are the records that renew the one with that id, by their end.
func (x *KeyIndex) Successors(id int) []*KeyRecord {
	var out []*KeyRecord
	for _, i := range x.successorsOf[id] {
		if r := &x.records[i]; r.ID != id {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *KeyRecord) int {
		return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Chain is the line of renewals that the record with that id is part of, oldest
// first: all that came before it, itself, and after it the successor that ends
// last, and so on. A circle, which GLPI's form lets people make, is cut open.
func (x *KeyIndex) Chain(id int) []*KeyRecord {
	r := x.Record(id)
	if r == nil {
		return nil
	}
	seen := map[int]bool{id: true}
	chain := []*KeyRecord{r}
	for p := x.Record(r.Parent); p != nil && !seen[p.ID]; p = x.Record(p.Parent) {
		seen[p.ID] = true
		chain = append(chain, p)
	}
	slices.Reverse(chain)
	for {
		next := x.Successors(chain[len(chain)-1].ID)
		if len(next) == 0 || seen[next[len(next)-1].ID] {
			return chain
		}
		last := next[len(next)-1]
		seen[last.ID] = true
		chain = append(chain, last)
	}
}
