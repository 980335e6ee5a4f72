package glpi

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glpikeys/keys"
)

// joinServer is what may stand behind a link.
func joinServer(t *testing.T) *httptest.Server {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Session-Token", "App-Token", "Authorization", "Cookie"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s is sent", name)
			}
		}
		ours := `<html><main class="glpikeys-join" id="glpikeys-join">hello</main>`
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/ours":
			_, _ = w.Write([]byte(strings.Repeat(" ", 90<<10) + ours))
		case "/ended":
			w.WriteHeader(http.StatusGone)
			_, _ = w.Write([]byte(ours))
		case "/unknown":
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(ours))
		case "/endless":
			for range 1000 {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
			_, _ = w.Write([]byte(ours))
		case "/here":
			http.Redirect(w, r, "/ours", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/broken":
			w.Header().Set("Location", "http://[")
			w.WriteHeader(http.StatusFound)
		case "/there":
			http.Redirect(w, r, strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1)+"/ours", http.StatusFound)
		case "/cut":
			conn, _, _ := w.(http.Hijacker).Hijack()
			_ = conn.Close()
		default:
			_, _ = w.Write([]byte("<title>Sign in</title>"))
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestCheckLink(t *testing.T) {
	t.Parallel()
	srv := joinServer(t)
	_, at := newFake(t, 11)
	var log bytes.Buffer
	s, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{User: "glpi", Password: "pw"},
		Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	here := []keys.LinkDoubt{keys.LinkLocal, keys.LinkPlain}
	other := append(slices.Clone(here), keys.LinkOtherHost)
	for _, tc := range []struct {
		link string
		want []keys.LinkDoubt
	}{
		{srv.URL + "/ours", here},
		{srv.URL + "/ended", here},
		{srv.URL + "/here", here},
		{srv.URL + "/unknown", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/sign-in", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/endless", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/there", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/loop", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/broken", append(slices.Clone(here), keys.LinkNotOurs)},
		{srv.URL + "/cut", append(slices.Clone(here), keys.LinkUnreachable)},
		{closed.URL + "/ours", append(slices.Clone(here), keys.LinkUnreachable)},
		{strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) + "/ours", other},
		{"ftp://127.0.0.1/ours", append(slices.Clone(here), keys.LinkNotOurs)},
		{"nonsense", []keys.LinkDoubt{keys.LinkNotOurs}},
		{"http://[", []keys.LinkDoubt{keys.LinkNotOurs}},
	} {
		link := tc.link + "?i=" + testToken
		got, err := s.CheckLink(t.Context(), link)
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v, %v", tc.link, got, tc.want, err)
		}
	}
	if strings.Contains(log.String(), testToken) {
		t.Errorf("a token in the log: %s", log.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.CheckLink(ctx, srv.URL+"/ours"); keys.CauseOf(err) != keys.Canceled {
		t.Errorf("canceled: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckLink(t.Context(), srv.URL+"/ours"); keys.CauseOf(err) != keys.SessionEnded {
		t.Errorf("closed: %v", err)
	}
}

// TestCheckLinkVia: the pinned certificate serves for its own host alone, the
// proxy for all, and nothing is waited for too long.
func TestCheckLinkVia(t *testing.T) {
	t.Parallel()
	secured := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(joinMark))
	}))
	t.Cleanup(secured.Close)
	pins := make(map[string]string)
	options := Options{Timeout: 300 * time.Millisecond, TLS: func(host, pin string) *tls.Config {
		pins[host] = pin
		return &tls.Config{InsecureSkipVerify: pin != ""} //nolint:gosec // a test's stand-in for trust
	}}
	c, err := newClient(secured.URL, keys.Via{Proxy: keys.ProxyDirect, Pin: "trusted"}, keys.Credentials{}, options.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{c: c}
	s.facts.API = secured.URL + script
	if got, err := s.CheckLink(t.Context(), secured.URL); err != nil || !slices.Equal(got, []keys.LinkDoubt{keys.LinkLocal}) {
		t.Errorf("own host: %v, %v", got, err)
	}
	elsewhere := strings.Replace(secured.URL, "127.0.0.1", "localhost", 1)
	got, err := s.CheckLink(t.Context(), elsewhere)
	if err != nil || !slices.Contains(got, keys.LinkUnreachable) || pins["localhost"] != "" || pins["127.0.0.1"] != "trusted" {
		t.Errorf("another host: %v, %v, pins %v", got, err, pins)
	}

	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
		_, _ = w.Write([]byte(joinMark))
	}))
	t.Cleanup(proxy.Close)
	c, err = newClient("http://glpi.invalid/apirest.php", keys.Via{Proxy: proxy.URL}, keys.Credentials{}, options.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	s = &Session{c: c}
	s.facts.API = c.api
	for _, host := range []string{"glpi.invalid", "other.invalid"} {
		link := url.URL{Scheme: "http", Host: host, Path: "/join.php"}
		if got, err := s.CheckLink(t.Context(), link.String()); err != nil || slices.Contains(got, keys.LinkUnreachable) {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
	if proxied.Load() != 2 {
		t.Errorf("%d through the proxy", proxied.Load())
	}

	slow := server(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	c, err = newClient(slow+script, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{}, options.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	s = &Session{c: c}
	s.facts.API = c.api
	begun := time.Now()
	got, err = s.CheckLink(t.Context(), slow+"/join.php")
	if err != nil || !slices.Contains(got, keys.LinkUnreachable) || time.Since(begun) > 4*time.Second {
		t.Errorf("slow: %v, %v, %s", got, err, time.Since(begun))
	}
}
