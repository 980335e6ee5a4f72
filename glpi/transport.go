package glpi

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"glpikeys/keys"
)

// Options are what the client needs from its surroundings. The zero value
// works: system authorities, no log, today's clock.
type Options struct {
	// TLS makes the configuration for a server by its host and its pinned key
	// (keys.Via.Pin, may be ""). It owns the decision about the certificate
	// and fails the handshake with a *keys.CertificateError. nil: the system's
	// authorities decide.
	TLS func(host, pin string) *tls.Config
	// Log gets one line per request; nil for none.
	Log *slog.Logger
	// UserAgent names the program and its version to the server.
	UserAgent string
	// Timeout is how long one call may take; 0 means 30 seconds.
	Timeout time.Duration
	// Now is the clock, for contracts that renew; nil means time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.UserAgent == "" {
		o.UserAgent = "glpikeys"
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// proxyRefusal is a proxy that answered, but would not let us through.
type proxyRefusal struct{ status string }

func (e *proxyRefusal) Error() string { return "proxy answered " + e.status }

// newTransport is one server's own transport, so that its trust and its proxy
// are shared with no other.
func newTransport(host string, via keys.Via, o Options) (*http.Transport, error) {
	proxy, err := proxyFunc(via.Proxy)
	if err != nil {
		return nil, err
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = proxy
	t.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	t.MaxIdleConnsPerHost = 8
	// The link header of a bulk POST is the largest that GLPI sends, and stays
	// under 4 KB by our own doing (GLPI-REST §5.4).
	t.MaxResponseHeaderBytes = 256 << 10
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			return &proxyRefusal{answer.Status}
		}
		return nil
	}
	if o.TLS != nil {
		t.TLSClientConfig = o.TLS(host, via.Pin)
	}
	return t, nil
}

// proxyFunc reads keys.Via.Proxy.
func proxyFunc(setting string) (func(*http.Request) (*url.URL, error), error) {
	switch setting {
	case "":
		return http.ProxyFromEnvironment, nil
	case keys.ProxyDirect:
		return nil, nil
	}
	u, err := keys.ParseProxy(setting)
	if err != nil {
		return nil, err
	}
	return http.ProxyURL(u), nil
}
