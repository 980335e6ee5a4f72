package keys

import (
	"errors"
	"net/url"
	"strings"
)

// ProxyDirect as Via.Proxy means: no proxy, whatever the system says.
const ProxyDirect = "direct"

// Via says how a server is reached. It is part of a saved connection and
// holds no secret.
type Via struct {
	// Pin is the SHA-256 of the public key (SPKI, base64) of a certificate
	// that a person chose to trust although no authority signed it. Empty:
	// only the system's authorities count.
	Pin string `json:"pin,omitempty"`
	// Proxy is "" for the system's setting, ProxyDirect for none, or an http,
	// https or socks5 address without user and password.
	Proxy string `json:"proxy,omitempty"`
}

// ParseProxy reads the address of a proxy: "proxy.example.com:3128",
// "http://…", "https://…" or "socks5://…". Text without a scheme means http.
// It refuses a user or password in it, which would end up in a file in clear.
// The error is a *Problem with cause BadProxy; its text does not hold the
// address.
func ParseProxy(text string) (*url.URL, error) {
	bad := func(why string) error {
		return &Problem{Op: "read proxy address", Cause: BadProxy, Err: errors.New(why)}
	}
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, bad("not an address")
	case u.User != nil:
		return nil, bad("holds a user or a password")
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5":
		return nil, bad("scheme is not http, https or socks5")
	case u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, bad("not only a host and a port")
	}
	u.Path = ""
	return u, nil
}
