package glpi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"glpikeys/keys"
)

const (
	// maxAnswer is far above any answer to the calls made here: 1,000 full
	// licences are 2.4 MB (GLPI-REST §5.8).
	maxAnswer = 16 << 20
	// maxPage is how much of an answer that is no JSON gets read: enough to
	// recognise GLPI's own pages, which are 90 KB at most.
	maxPage = 128 << 10
)

// client makes single calls to one API. It knows nothing of sessions.
type client struct {
	http      *resty.Client
	transport *http.Transport
	via       keys.Via
	api       string
	host      string // with the port, for people
	hostname  string // without it
	proxy     string // as it was set, for people
	app       string // App-Token, checked by GLPI on every call (GLPI-REST §2)
	o         Options
	secrets   *strings.Replacer // blanks what must not get into an error
	major     atomic.Int32      // 10: answers are decoded; 0 until known
}

func newClient(api string, via keys.Via, who keys.Credentials, o Options) (*client, error) {
	u, err := url.Parse(api)
	if err != nil {
		return nil, &keys.Problem{Op: "reach the server", Cause: keys.BadAddress, Err: errAddress}
	}
	transport, err := newTransport(u.Hostname(), via, o)
	if err != nil {
		return nil, err
	}
	// resty's own client would keep cookies; its retries repeat POSTs, its
	// debug output and its warnings show addresses with their query.
	r := resty.NewWithClient(&http.Client{Transport: transport}).
		SetLogger(quiet{}).
		SetDisableWarn(true).
		SetRetryCount(0).
		SetDoNotParseResponse(true). // read below, with a limit and by type
		SetHeader("User-Agent", o.UserAgent).
		SetHeader("Accept", "application/json").
		SetHeader("Accept-Language", "en"). // some refusals differ only in their text
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}))
	c := &client{http: r, transport: transport, via: via, api: api, host: u.Host, hostname: u.Hostname(), app: who.AppToken, o: o, secrets: blank(who)}
	if via.Proxy != keys.ProxyDirect {
		c.proxy = via.Proxy
	}
	return c, nil
}

// blank replaces the secrets in a text. Servers that break may show what they
// were sent.
func blank(who keys.Credentials) *strings.Replacer {
	var pairs []string
	for _, secret := range []string{who.Password, who.UserToken, who.AppToken} {
		if len(secret) >= 4 { // a shorter one would blank half of any text
			pairs = append(pairs, secret, "[redacted]")
		}
	}
	return strings.NewReplacer(pairs...)
}

// safe is a text of the server without the secrets it was sent.
func (c *client) safe(raw *http.Response, text string) string {
	if raw.Request != nil {
		if token := raw.Request.Header.Get("Session-Token"); token != "" {
			text = strings.ReplaceAll(text, token, "[redacted]")
		}
	}
	return linkSecret.ReplaceAllString(c.secrets.Replace(text), "$1[redacted]")
}

// close drops idle connections.
func (c *client) close() { c.http.GetClient().CloseIdleConnections() }

// quiet keeps resty from logging on its own: one line per request is written
// here, without query and body.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}

// request is one call, relative to the API's address.
type request struct {
	op     string // for logs and problems: "list Contract"
	method string
	path   string // "/initSession"
	query  url.Values
	body   any // sent as JSON
	// writes marks a call that changes something and must not happen twice:
	// when its answer is lost, its outcome is unknown.
	writes bool
}

// answer is a successful one: JSON, status 2xx.
type answer struct {
	status int
	header http.Header
	body   []byte

	asked, heard time.Time // by this computer's clock, the latter when the header was here
}

// into decodes the body. What cannot be read is Truncated: whole answers of
// another shape have been sorted out before.
func (a *answer) into(r request, v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return &keys.Problem{Op: r.op, Cause: keys.Truncated, Err: &Error{
			Op: r.op, Method: r.method, Path: r.path, Status: a.status, Message: jsonTrouble(err)}}
	}
	return nil
}

// do makes the call with the given session token, which may be "". Any error
// is a *keys.Problem.
func (c *client) do(ctx context.Context, r request, token string) (*answer, error) {
	a, sent, err := c.exchange(ctx, r, token)
	if err != nil && r.method == http.MethodGet && dropped(err) && ctx.Err() == nil {
		// A connection that the server had just closed. Only reading is
		// repeated; net/http does the same when it can be sure.
		a, sent, err = c.exchange(ctx, r, token)
	}
	if err == nil {
		return a, nil
	}
	problem := c.problem(r, err)
	if r.writes && sent && outcomeLost(problem) {
		problem = &keys.Problem{Op: r.op, Cause: keys.OutcomeUnknown, Err: problem}
	}
	return nil, problem
}

// problem is problemOf with the place that people have to look at.
func (c *client) problem(r request, err error) *keys.Problem {
	p := problemOf(r, err)
	if p.Detail != "" {
		return p
	}
	switch p.Cause {
	case keys.Unreachable, keys.TimedOut, keys.TLSFailed, keys.CertificateUnknown, keys.CertificateChanged, keys.NotGLPI:
		p.Detail = c.host
	case keys.ProxyFailed:
		p.Detail = c.proxy
	}
	return p
}

// exchange is one HTTP request and its whole answer. sent tells whether the
// request may have reached the server.
func (c *client) exchange(ctx context.Context, r request, token string) (_ *answer, sent bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.o.Timeout, errSlow)
	defer cancel()
	var wrote atomic.Bool
	req := c.http.R().SetContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
	}))
	req.SetQueryParamsFromValues(r.query)
	if token != "" {
		req.SetHeader("Session-Token", token)
	}
	if c.app != "" {
		req.SetHeader("App-Token", c.app)
	}
	if r.body != nil {
		data, err := json.Marshal(r.body)
		if err != nil {
			return nil, false, err
		}
		req.SetHeader("Content-Type", "application/json").SetBody(data)
	}
	begun, asked := time.Now(), c.o.Now()
	status, size := 0, 0
	defer func() {
		line := c.o.Log.With("method", r.method, "path", r.path, "status", status,
			"ms", time.Since(begun).Milliseconds(), "bytes", size)
		if err != nil {
			line.Warn("request", "error", problemOf(r, err))
			return
		}
		line.Info("request")
	}()
	res, err := req.Execute(r.method, c.api+r.path)
	if err != nil {
		return nil, wrote.Load(), because(ctx, err)
	}
	heard, raw := c.o.Now(), res.RawResponse
	defer raw.Body.Close()
	status = raw.StatusCode
	a := &answer{status: status, header: raw.Header, asked: asked, heard: heard}
	a.body, err = readBody(raw)
	size = len(a.body)
	if err != nil {
		return nil, true, because(ctx, err)
	}
	if c.major.Load() == 10 {
		a.body = decodeJSON(a.body)
	}
	return a, true, c.check(r, a, raw)
}

// errSlow tells our own deadline from one of the caller's.
var errSlow = errors.New("no answer in time")

// because prefers the reason why the context ended to what the transport made
// of it.
func because(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == nil:
		return err
	case errors.Is(context.Cause(ctx), errSlow):
		return errSlow
	}
	return ctx.Err()
}

// readBody reads an answer, as much of it as can be of use.
func readBody(raw *http.Response) ([]byte, error) {
	if !isJSON(raw.Header) {
		page, err := io.ReadAll(io.LimitReader(raw.Body, maxPage))
		if len(page) > 0 {
			err = nil // part of a page tells as much as all of it
		}
		return page, err
	}
	if raw.ContentLength > maxAnswer {
		return nil, errTooLarge
	}
	var buf bytes.Buffer
	if raw.ContentLength > 0 {
		buf.Grow(int(raw.ContentLength) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(raw.Body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if n > maxAnswer {
		return nil, errTooLarge
	}
	return buf.Bytes(), nil
}
