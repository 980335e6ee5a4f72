package sandbox

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// maxBody is more than any program should send.
const maxBody = 64 << 20

func readBody(r *http.Request) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	return strings.TrimSpace(string(b)), err
}

func remoteAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// read gathers the parameters of a call in GLPI's order: address, body, headers.
func (c *call) read(r *http.Request, body string) error {
	c.docs = len(c.path) == 0
	p := parseQuery(r.URL.RawQuery)
	if body != "" && c.verb == http.MethodGet {
		return &refusal{400, "ERROR_JSON_PAYLOAD_FORBIDDEN", "GET Request should not have json payload (http body)", true, true}
	}
	kind := r.Header.Get("Content-Type")
	switch {
	case strings.Contains(kind, "multipart/form-data"):
		return unknown("uploads")
	case strings.Contains(kind, "application/x-www-form-urlencoded"):
		for _, m := range parseQuery(body) {
			p = p.set(m.key, m.value)
		}
	case strings.Contains(kind, "application/json") && body != "": // GLPI ignores other bodies
		v, err := readJSON(body)
		if err != nil {
			return refused(400, "ERROR_JSON_PAYLOAD_INVALID", "JSON payload seems not valid")
		}
		o, _ := v.(object)
		for _, m := range o {
			p = p.set(m.key, m.value)
		}
	}
	c.params = params{authorise(p, r.Header)}
	return nil
}

// authorise adds what the headers hold and turns the words true and false into
// booleans.
func authorise(p object, h http.Header) object {
	scheme, rest, _ := strings.Cut(h.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil {
			login, password, _ := strings.Cut(string(raw), ":")
			p = p.set("login", login).set("password", password)
		}
	case strings.Contains(scheme, "user_token"):
		token, _, _ := strings.Cut(rest, " ")
		p = p.set("user_token", token)
	}
	for name, header := range map[string]string{"session_token": "Session-Token", "app_token": "App-Token"} {
		if len(h.Values(header)) > 0 {
			p = p.set(name, h.Get(header))
		}
	}
	for i := range p {
		switch p[i].value {
		case "true":
			p[i].value = true
		case "false":
			p[i].value = false
		}
	}
	return p
}

// admit checks that the API is on and that an API client admits the caller.
func (c *call) admit() error {
	if !c.s.on("enable_api") {
		return refused(400, "ERROR", "API disabled")
	}
	if len(c.clients()) == 0 {
		return refused(400, "ERROR_NOT_ALLOWED_IP",
			"There isn't an active API client matching your IP address in the configuration ("+c.address+")")
	}
	return nil
}

// clients are the active API clients whose range holds the caller.
func (c *call) clients() []row {
	t := c.s.tables["APIClient"]
	addr, err := netip.ParseAddr(c.address)
	if err != nil {
		return nil
	}
	addr = addr.Unmap()
	var out []row
	for _, r := range t.rows {
		if t.int(r, "is_active") != 0 && t.admits(r, addr) {
			out = append(out, r)
		}
	}
	return out
}

// admits reports whether an API client's range holds an address. No range at
// all holds every address.
func (t *table) admits(r row, addr netip.Addr) bool {
	if addr.Is4() {
		from := t.value(r, "ipv4_range_start")
		if from == nil {
			return true
		}
		n := addr.As4()
		v := int(n[0])<<24 | int(n[1])<<16 | int(n[2])<<8 | int(n[3])
		return number(from) <= v && v <= t.int(r, "ipv4_range_end")
	}
	v6 := t.value(r, "ipv6")
	return v6 == nil || v6 == addr.String()
}

// checkAppToken demands the token of one of the matching clients; a client
// without a token admits calls without one.
func (c *call) checkAppToken() error {
	t := c.s.tables["APIClient"]
	token := c.text("app_token")
	for _, r := range c.clients() {
		if t.text(r, "app_token") == token {
			return nil
		}
	}
	if token != "" {
		return documented(400, "ERROR_WRONG_APP_TOKEN_PARAMETER", "parameter app_token seems wrong")
	}
	return documented(400, "ERROR_APP_TOKEN_PARAMETERS_MISSING", "missing parameter app_token")
}
