package glpi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"glpikeys/keys"
)

// DefaultNetwork is where GLPI Network answers (GLPI-NETWORK, "Constants").
const DefaultNetwork = "https://services.glpi-network.com"

const (
	opNetwork = "ask GLPI Network"
	opOffers  = "ask GLPI Network for its offers"

	// networkPatience is how long GLPI Network may take for its answer.
	networkPatience = 15 * time.Second
	// maxNetworkAnswer is far above any answer about one key.
	maxNetworkAnswer = 64 << 10
	// maxCatalogue is far above any list of plugins.
	maxCatalogue = 8 << 20
)

// AskNetwork asks GLPI Network about a key, as GLPI does it (GLPI-NETWORK,
// "Calls GLPI makes", 1): the key and the instance id travel in headers. It is
// for keys of GLPI Network alone. service is where it answers, "" for
// DefaultNetwork; of via only the proxy counts, since a pin belongs to one
// GLPI server.
//
// A key that is not valid is an answer and no error. Where there is no usable
// answer the subscription says VerdictUnreached, with the HTTP status if there
// was one, and the error is a *keys.Problem: BadAddress, BadProxy, BadValue
// for a text that cannot be a key, HostUnknown, Unreachable, ProxyFailed,
// TimedOut, Canceled, TLSFailed, CertificateUnknown, Redirected (never
// followed), NotGLPI (no HTTP), NetworkRefused, NetworkFault,
// NetworkUnreadable. Detail names the host, or the status.
func AskNetwork(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via, o Options) (keys.Subscription, error) {
	o = o.withDefaults()
	sub := keys.Subscription{Verdict: keys.VerdictUnreached, From: keys.AskedHere, Checked: o.Now()}
	n, err := newNetwork(opNetwork, service, key, instance, via, o)
	if err != nil {
		return sub, err
	}
	defer n.transport.CloseIdleConnections()
	status, body, err := n.get(ctx, "/api/registration/info", nil, maxNetworkAnswer)
	sub.Status = status
	if err != nil {
		return sub, err
	}
	var about networkAnswer
	if json.Unmarshal(body, &about) != nil || about.Valid == nil {
		return sub, n.problem(keys.NetworkUnreadable, "HTTP "+strconv.Itoa(status), nil)
	}
	about.fill(&sub)
	switch {
	case string(about.Valid) != "true":
		sub.Verdict = keys.VerdictInvalid
	case !about.running():
		sub.Verdict = keys.VerdictTerminated
	default:
		sub.Verdict = keys.VerdictRunning
	}
	return sub, nil
}

// networkAnswer is GLPI Network's answer about a key; the plugin passes parts
// of it on under the same names. PHP writes what is empty as [].
type networkAnswer struct {
	Valid        json.RawMessage `json:"is_valid"` // true, anything else is not
	Message      text            `json:"validation_message"`
	Told         text            `json:"message"` // the plugin's name for it
	Owner        json.RawMessage `json:"owner"`
	Subscription json.RawMessage `json:"subscription"`
}

type networkSubscription struct {
	Title   text   `json:"title"`
	Running number `json:"is_running"`
	Begin   text   `json:"begin_date"`
	End     text   `json:"end_date"`
	Offer   text   `json:"offer_reference"`
}

func (a *networkAnswer) subscription() (s networkSubscription) {
	_ = json.Unmarshal(a.Subscription, &s)
	return s
}

func (a *networkAnswer) running() bool { return a.subscription().Running != 0 }

// fill tells all but the verdict.
func (a *networkAnswer) fill(sub *keys.Subscription) {
	var owner struct {
		Name text `json:"name"`
	}
	_ = json.Unmarshal(a.Owner, &owner)
	s := a.subscription()
	sub.Message, sub.Owner = cmp.Or(string(a.Message), string(a.Told)), string(owner.Name)
	sub.Title, sub.Offer = string(s.Title), string(s.Offer)
	sub.Begin, sub.End = networkDay(s.Begin), networkDay(s.End)
}

// networkDay reads a date, with or without a time behind it.
func networkDay(t text) keys.Date {
	if len(t) > len("2006-01-02") {
		t = t[:len("2006-01-02")]
	}
	return day(t)
}

// PluginOffers asks GLPI Network which plugins of its marketplace need a
// subscription, and of which offers (GLPI-NETWORK, "Calls GLPI makes", 4). A
// plugin that is free is not among them. The errors are those of AskNetwork;
// a key that is not valid may be told nothing. A catalogue without an end is
// NetworkUnreadable.
func PluginOffers(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via, o Options) ([]keys.PluginOffer, error) {
	n, err := newNetwork(opOffers, service, key, instance, via, o.withDefaults())
	if err != nil {
		return nil, err
	}
	defer n.transport.CloseIdleConnections()
	var found []keys.PluginOffer
	seen := map[string]bool{}
	for page := range maxPages {
		plugins, err := n.plugins(ctx, page*pageOfPlugins)
		if err != nil {
			return nil, err
		}
		before := len(seen)
		for _, p := range plugins {
			if !seen[p.Folder] && len(p.Offers) > 0 {
				found = append(found, p)
			}
			seen[p.Folder] = true
		}
		// A service that ignores the range sends all, or the same, each time.
		if len(plugins) != pageOfPlugins || len(seen) == before {
			return found, nil
		}
	}
	return nil, n.problem(keys.NetworkUnreadable, n.base.Host, nil)
}

const (
	pageOfPlugins = 100
	maxPages      = 20 // far above any catalogue
)

// plugins is a page of the catalogue, with the plugins that are free.
func (n *network) plugins(ctx context.Context, from int) ([]keys.PluginOffer, error) {
	status, body, err := n.get(ctx, "/api/marketplace/plugins",
		http.Header{"X-Range": {strconv.Itoa(from) + "-" + strconv.Itoa(from+pageOfPlugins-1)}}, maxCatalogue)
	if err != nil {
		return nil, err
	}
	var page []struct {
		Folder text   `json:"key"`
		Offers []text `json:"required_offers"`
	}
	if json.Unmarshal(body, &page) != nil {
		return nil, n.problem(keys.NetworkUnreadable, "HTTP "+strconv.Itoa(status), nil)
	}
	plugins := make([]keys.PluginOffer, len(page))
	for i, p := range page {
		plugins[i].Folder = string(p.Folder)
		for _, reference := range p.Offers {
			plugins[i].Offers = append(plugins[i].Offers, string(reference))
		}
	}
	return plugins, nil
}

// network is GLPI Network as it is asked about one key.
type network struct {
	op        string
	base      *url.URL
	header    http.Header
	transport *http.Transport
	proxy     string
	o         Options
}

func newNetwork(op, service string, key keys.KeyText, instance string, via keys.Via, o Options) (*network, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(cmp.Or(service, DefaultNetwork)), "/"))
	if err != nil || base.Hostname() == "" || base.User != nil || base.RawQuery != "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, &keys.Problem{Op: op, Cause: keys.BadAddress}
	}
	text := strings.TrimSpace(key.Reveal())
	if text == "" || strings.ContainsFunc(text, notInHeader) || strings.ContainsFunc(instance, notInHeader) {
		return nil, &keys.Problem{Op: op, Cause: keys.BadValue, Field: keys.KeyFieldValue}
	}
	transport, err := newTransport(base.Hostname(), keys.Via{Proxy: via.Proxy}, o)
	if err != nil {
		return nil, err
	}
	n := &network{op: op, base: base, transport: transport, o: o, header: http.Header{
		"Accept": {"application/json"}, "Accept-Language": {"en"}, "Content-Type": {"application/json"},
		"User-Agent": {o.UserAgent}, "X-Registration-Key": {text},
	}}
	if instance != "" {
		n.header.Set("X-Glpi-Network-Uid", instance)
	}
	if via.Proxy != keys.ProxyDirect {
		n.proxy = via.Proxy
	}
	return n, nil
}

// problem names what went wrong. Its text never holds the key: only headers
// carry it, and no error repeats those.
func (n *network) problem(cause keys.Cause, detail string, err error) *keys.Problem {
	return &keys.Problem{Op: n.op, Cause: cause, Detail: detail, Err: err}
}

// get makes one call. It goes round http.Client, which would follow redirects
// with the key.
func (n *network) get(ctx context.Context, path string, header http.Header, limit int64) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, min(n.o.Timeout, networkPatience), errSlow)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.base.JoinPath(path).String(), nil)
	if err != nil {
		return 0, nil, n.problem(keys.BadAddress, "", nil)
	}
	r.Header = n.header.Clone()
	for name, values := range header {
		r.Header[name] = values
	}
	begun := time.Now()
	defer func() {
		n.o.Log.Info(n.op, "host", n.base.Host, "path", path, "status", status, "cause", keys.CauseOf(err),
			"ms", time.Since(begun).Milliseconds())
	}()
	answer, err := n.transport.RoundTrip(r)
	if err != nil {
		return 0, nil, n.transportProblem(because(ctx, err))
	}
	defer answer.Body.Close()
	status = answer.StatusCode
	body, err = io.ReadAll(io.LimitReader(answer.Body, limit))
	if err != nil {
		return status, nil, n.transportProblem(because(ctx, err))
	}
	switch {
	case status >= 300 && status < 400:
		return status, nil, n.problem(keys.Redirected, target(answer), nil)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return status, nil, n.problem(keys.NetworkRefused, "HTTP "+strconv.Itoa(status), nil)
	case status == http.StatusProxyAuthRequired:
		return status, nil, n.problem(keys.ProxyFailed, n.proxy, nil)
	case status >= 400:
		return status, nil, n.problem(keys.NetworkFault, "HTTP "+strconv.Itoa(status), nil)
	case !json.Valid(bytes.TrimSpace(body)):
		return status, nil, n.problem(keys.NetworkUnreadable, "HTTP "+strconv.Itoa(status), nil)
	}
	return status, body, nil
}

// transportProblem is why no whole answer came.
func (n *network) transportProblem(err error) *keys.Problem {
	cause, detail := transportCause(err)
	if detail == "" {
		detail = n.base.Host
		if cause == keys.ProxyFailed {
			detail = n.proxy
		}
	}
	return n.problem(cause, detail, err)
}
