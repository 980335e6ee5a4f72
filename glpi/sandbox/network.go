package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"glpikeys/keys"
)

// Reply is how the stand-in of GLPI Network answers about a key: one for each
// row of the table in GLPI-NETWORK, "Reply of /info".
type Reply uint8

// The replies.
const (
	// ReplyByKey is ReplyRunning for a text of the form that GLPI Network's
	// keys have, else ReplyInvalid.
	ReplyByKey        Reply = iota
	ReplyRunning            // valid, the subscription runs, with a message
	ReplySilent             // the same without a message
	ReplyTerminated         // valid, the subscription is over
	ReplyInvalid            // not valid
	ReplyBare               // {"is_valid":true} and nothing else
	ReplyNotJSON            // a page with status 200
	ReplyUnauthorized       // 401
	ReplyFault              // 500
	ReplyHang               // nothing until the caller gives up
)

// Offers of the stand-in, by their references.
const (
	OfferBasic    = "GLPI-NETWORK-BASIC"
	OfferStandard = "GLPI-NETWORK-STANDARD"
)

// Network stands in for GLPI Network: an http.Handler for the calls that GLPI
// makes (GLPI-NETWORK, "Calls GLPI makes"). Its subscription is that of a
// GLPI Network Standard, registered by Example SA, that ends four days from
// now. Its methods may be called from any goroutine.
type Network struct {
	now func() time.Time

	mu        sync.Mutex
	reply     Reply
	asked     []Asked
	catalogue Catalogue
}

// Catalogue is how the stand-in lists the plugins of its marketplace: five, and
// after them as many free ones as told.
type Catalogue struct {
	Free   int
	Ranges Ranges
}

// Ranges is what the stand-in makes of X-Range.
type Ranges uint8

// What can become of a range.
const (
	RangesKept    Ranges = iota // the plugins of the range
	RangesIgnored               // all plugins
	RangesStuck                 // the first plugins, as many as the range is long
	RangesEndless               // plugins without an end
)

// Asked is one question about a key.
type Asked struct {
	Fingerprint string // of the key, "" for none
	Instance    string // X-Glpi-Network-Uid
	Agent       string
}

// NewNetwork is a stand-in that answers ReplyByKey. now is its clock, nil
// means time.Now.
func NewNetwork(now func() time.Time) *Network {
	if now == nil {
		now = time.Now
	}
	return &Network{now: now}
}

// SetReply sets the answer to all questions from now on.
func (n *Network) SetReply(r Reply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reply = r
}

// SetCatalogue sets the list of plugins.
func (n *Network) SetCatalogue(c Catalogue) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.catalogue = c
}

// plugins is the catalogue's answer to a range.
func (n *Network) plugins(asked string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	from, to := 0, 99
	_, _ = fmt.Sscanf(asked, "%d-%d", &from, &to)
	all := append([]string(nil), soldPlugins...)
	free := n.catalogue.Free
	if n.catalogue.Ranges == RangesEndless {
		free = to
	}
	for i := range free {
		all = append(all, fmt.Sprintf(`{"key":"free%d","name":"Free %d","versions":[],"required_offers":[]}`, i, i))
	}
	switch n.catalogue.Ranges {
	case RangesIgnored:
		from, to = 0, len(all)
	case RangesStuck:
		from, to = 0, to-from
	}
	from, to = min(from, len(all)), min(to+1, len(all))
	return "[" + strings.Join(all[from:max(from, to)], ",") + "]"
}

// Asked are the questions about keys so far.
func (n *Network) Asked() []Asked {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Asked(nil), n.asked...)
}

// replyTo is the answer that a key gets.
func (n *Network) replyTo(key string) Reply {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.reply != ReplyByKey {
		return n.reply
	}
	var shape struct{ Signature string }
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || json.Unmarshal(data, &shape) != nil || shape.Signature == "" {
		return ReplyInvalid
	}
	return ReplyRunning
}

// answer is status and text of a reply, nothing for ReplyHang.
func (n *Network) answer(r Reply) (status int, body string) {
	today := keys.DateOf(n.now())
	begin, end := today.AddDays(4).AddMonths(-12), today.AddDays(4)
	if r == ReplyTerminated {
		begin, end = today.AddDays(-30).AddMonths(-12), today.AddDays(-30)
	}
	about := object{
		{"is_valid", r != ReplyInvalid},
		{"owner", object{{"name", "Example SA"}}},
		{"subscription", object{
			{"title", "GLPI Network Standard"}, {"is_running", r != ReplyTerminated}, {"begin_date", begin.String()},
			{"end_date", end.String()}, {"offer_reference", OfferStandard},
		}},
	}
	switch r {
	case ReplyRunning:
		about = append(about, member{"validation_message", "The registration key is valid."})
	case ReplyInvalid:
		about = object{{"is_valid", false}, {"validation_message", "The registration key is invalid."}, {"owner", nil}, {"subscription", nil}}
	case ReplyBare:
		about = object{{"is_valid", true}}
	case ReplyNotJSON:
		return http.StatusOK, "<html><title>Welcome</title><p>Please sign in to the network</p></html>"
	case ReplyUnauthorized:
		return http.StatusUnauthorized, `{"error":"unknown registration key"}`
	case ReplyFault:
		return http.StatusInternalServerError, `{"error":"internal error"}`
	case ReplyHang:
		return 0, ""
	}
	return http.StatusOK, string(appendJSON(nil, about))
}

// ServeHTTP answers below /api, with or without something before it.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, path, _ := strings.Cut(r.URL.Path, "/api/")
	key := r.Header.Get("X-Registration-Key")
	switch strings.Trim(path, "/") {
	case "registration", "ping":
		_, _ = w.Write([]byte("pong"))
	case "registration/info":
		n.mu.Lock()
		n.asked = append(n.asked, Asked{keys.Fingerprint(key), r.Header.Get("X-Glpi-Network-Uid"), r.UserAgent()})
		n.mu.Unlock()
		n.serve(w, r, n.replyTo(key), "")
	case "registration/offers":
		n.serve(w, r, ReplyRunning, offersJSON)
	case "marketplace/plugins":
		reply := n.replyTo(key)
		if reply == ReplyTerminated || reply == ReplyInvalid || reply == ReplySilent || reply == ReplyBare {
			reply = ReplyRunning // the list is the same for all
		}
		n.serve(w, r, reply, n.plugins(r.Header.Get("X-Range")))
	default:
		http.NotFound(w, r)
	}
}

// serve writes a reply, with body in place of its own when it is a good one.
func (n *Network) serve(w http.ResponseWriter, r *http.Request, reply Reply, body string) {
	if reply == ReplyHang {
		<-r.Context().Done()
		return
	}
	status, text := n.answer(reply)
	if reply == ReplyRunning && body != "" {
		text = body
	}
	w.Header().Set("Content-Type", "application/json")
	if reply == ReplyNotJSON {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

const offersJSON = `[{"offer_reference":"` + OfferBasic + `","title":"GLPI Network Basic"},` +
	`{"offer_reference":"` + OfferStandard + `","title":"GLPI Network Standard"}]`

// soldPlugins are a free plugin and those that need an offer.
var soldPlugins = []string{
	`{"key":"fields","name":"Additional fields","versions":[],"required_offers":[]}`,
	`{"key":"formcreator","name":"Form Creator","versions":[],"required_offers":["` + OfferBasic + `","` + OfferStandard + `"]}`,
	`{"key":"advanceddashboard","name":"Advanced dashboard","versions":[],"required_offers":["` + OfferStandard + `"]}`,
	`{"key":"oauthsso","name":"OAuth SSO applications","versions":[],"required_offers":["` + OfferBasic + `","` + OfferStandard + `"]}`,
	`{"key":"branding","name":"Branding","versions":[],"required_offers":["GLPI-NETWORK-ADVANCED"]}`,
}

// SetNetwork says where the plugin glpikeys asks about the installed key; nil,
// as at first: GLPI Network cannot be reached. The server also serves it itself
// below "/glpi-network".
func (s *Server) SetNetwork(n *Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.network = n
}

// subscription is what the plugin's row of status says about the installed key
// (plugin/glpikeys/src/Subscription.php).
func (s *Server) subscription() object {
	o := object{{"fingerprint", hashOf(s.key)}, {"checked_at", s.now().Format(stamp)}}
	if s.key == "" {
		return append(o, member{"verdict", "none"})
	}
	if s.network == nil {
		return append(o, member{"verdict", "unknown"}, member{"reached", 0}, member{"error", "Couldn't connect to server"})
	}
	status, body := s.network.answer(s.network.replyTo(s.key))
	if status == 0 {
		return append(o, member{"verdict", "unknown"}, member{"reached", 0}, member{"error", "Timeout was reached"})
	}
	o = append(o, member{"reached", 1}, member{"http_status", status}, member{"error", ""})
	var about struct {
		Valid        *bool           `json:"is_valid"`
		Message      *string         `json:"validation_message"`
		Owner        json.RawMessage `json:"owner"`
		Subscription *struct {
			Title   string `json:"title"`
			Running bool   `json:"is_running"`
			Begin   string `json:"begin_date"`
			End     string `json:"end_date"`
			Offer   string `json:"offer_reference"`
		} `json:"subscription"`
	}
	if json.Unmarshal([]byte(body), &about) != nil || about.Valid == nil {
		return append(o, member{"verdict", "unknown"})
	}
	verdict := "valid"
	switch {
	case !*about.Valid:
		verdict = "invalid"
	case about.Subscription == nil || !about.Subscription.Running:
		verdict = "terminated"
	}
	inner := object{{"owner", nil}, {"subscription", nil}, {"message", nil}}
	if len(about.Owner) > 0 && string(about.Owner) != "null" {
		inner[0].value = object{{"name", "Example SA"}}
	}
	if sub := about.Subscription; sub != nil {
		inner[1].value = object{
			{"title", sub.Title}, {"is_running", sub.Running}, {"begin_date", sub.Begin}, {"end_date", sub.End}, {"offer_reference", sub.Offer},
		}
	}
	if about.Message != nil {
		inner[2].value = *about.Message
	}
	return append(o, member{"verdict", verdict}, member{"subscription", inner})
}
