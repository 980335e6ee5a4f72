package glpi

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glpikeys/keys"
)

// server answers every request with h.
func server(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// jsonAnswer answers as GLPI does.
func jsonAnswer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// plainRead and plainWrite are calls as any other.
var (
	plainRead  = request{op: "read", method: http.MethodGet, path: "/Thing"}
	plainWrite = request{op: "write", method: http.MethodPost, path: "/Thing", body: map[string]any{"input": 1}, writes: true}
)

// TestBadAnswers: what a server can answer instead of GLPI's JSON.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	page := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=UTF-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, tc := range []struct {
		name        string
		answer      http.HandlerFunc
		read, write keys.Cause
		detail      string
	}{
		{name: "captive portal", answer: page(200, "<title>Hotel WiFi</title>"), read: keys.NotJSON, write: keys.OutcomeUnknown},
		{name: "firewall", answer: page(403, "<h1>Request blocked</h1>"), read: keys.NotJSON, write: keys.NotJSON},
		{name: "bad gateway", answer: page(502, "<h1>502 Bad Gateway</h1>"), read: keys.ServerFault, write: keys.OutcomeUnknown},
		{name: "empty page", answer: page(200, "\n"), read: keys.ServerFault, write: keys.OutcomeUnknown},
		{name: "too large to take", answer: page(413, "Payload too large"), read: keys.NotJSON, write: keys.NotJSON},
		{name: "no content", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }},
		{name: "empty JSON", answer: func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, "") },
			read: keys.Truncated, write: keys.OutcomeUnknown},
		{name: "error breaks off", answer: func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 400, `["ERR`) },
			read: keys.Truncated, write: keys.OutcomeUnknown},
		{name: "error of another API", answer: func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 400, `{"error":"no"}`) },
			read: keys.NotJSON, write: keys.NotJSON},
		{name: "500 of another API", answer: func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 500, `{"error":"no"}`) },
			read: keys.ServerFault, write: keys.OutcomeUnknown},
		{name: "500 of GLPI's API", answer: func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 500, `["ERROR","x"]`) },
			read: keys.ServerFault, write: keys.OutcomeUnknown},
		{name: "connection cut", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"id":`)
		}, read: keys.Truncated, write: keys.OutcomeUnknown},
		{name: "hung up", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			read: keys.Unreachable, write: keys.OutcomeUnknown},
		{name: "to https", answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://ana:pw@other.example/glpi/x?session=secret#y", http.StatusMovedPermanently)
		}, read: keys.Redirected, write: keys.Redirected, detail: "https://other.example/glpi/x"},
		{name: "proxy wants a password", answer: page(407, ""), read: keys.ProxyFailed, write: keys.ProxyFailed},
		{name: "says it is huge", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(100<<20))
			_, _ = io.WriteString(w, "[")
		}, read: keys.TooLarge, write: keys.OutcomeUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := testClient(t, server(t, tc.answer), 11)
			for _, want := range []struct {
				r     request
				cause keys.Cause
			}{{plainRead, tc.read}, {plainWrite, tc.write}} {
				_, err := c.do(t.Context(), want.r, "TOKEN-OF-THE-SESSION")
				if keys.CauseOf(err) != want.cause {
					t.Errorf("%s: %v, want %s", want.r.op, err, want.cause)
				}
				var p *keys.Problem
				if errors.As(err, &p) && p.Cause == keys.Redirected && p.Detail != tc.detail {
					t.Errorf("%s: detail %q", want.r.op, p.Detail)
				}
			}
		})
	}
}

// TestGarbage: 100 MB of something that calls itself JSON, or a page.
func TestGarbage(t *testing.T) {
	for kind, want := range map[string]keys.Cause{"application/json": keys.TooLarge, "text/html": keys.NotJSON} {
		for _, packed := range []bool{false, true} {
			t.Run(fmt.Sprint(kind, packed), func(t *testing.T) {
				c := testClient(t, server(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", kind)
					var to io.Writer = w
					if packed && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
						w.Header().Set("Content-Encoding", "gzip")
						z := gzip.NewWriter(w)
						defer z.Close()
						to = z
					}
					junk := bytes.Repeat([]byte("["), 1<<20)
					for range 100 {
						if _, err := to.Write(junk); err != nil {
							return
						}
					}
				}), 11)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := c.do(t.Context(), plainRead, "")
				if keys.CauseOf(err) != want {
					t.Error(err)
				}
				runtime.ReadMemStats(&after)
				// All that was ever allocated: a buffer that grows to 16 MB
				// passes through four times that, with the race detector
				// through eight times.
				if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 160 {
					t.Errorf("%d MB were taken", taken)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				if grown := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; grown > 8 {
					t.Errorf("%d MB stay in memory", grown)
				}
			})
		}
	}
}

// TestStalls: a server that accepts, and one that stops in the middle.
func TestStalls(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]string{"no answer": "", "half an answer": `["half`} {
		stop := make(chan struct{})
		base := server(t, func(w http.ResponseWriter, r *http.Request) {
			if begin != "" {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, begin)
				w.(http.Flusher).Flush()
			}
			select {
			case <-stop:
			case <-r.Context().Done():
			}
		})
		c := testClient(t, base, 11)
		c.o.Timeout = 100 * time.Millisecond
		begun := time.Now()
		if _, err := c.do(t.Context(), plainRead, ""); keys.CauseOf(err) != keys.TimedOut {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.do(t.Context(), plainWrite, ""); keys.CauseOf(err) != keys.OutcomeUnknown {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(begun); d > 5*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
		c.o.Timeout = time.Minute
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(errors.New("changed my mind")) })
		if _, err := c.do(ctx, plainRead, ""); keys.CauseOf(err) != keys.Canceled {
			t.Errorf("%s, canceled: %v", name, err)
		}
		ctx, stopCtx := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := c.do(ctx, plainRead, ""); keys.CauseOf(err) != keys.TimedOut {
			t.Errorf("%s, the caller's deadline: %v", name, err)
		}
		stopCtx()
		close(stop)
	}
}

// TestNoServer: what can go wrong before anything is sent. Even a write's
// outcome is certain then.
func TestNoServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	tlsServer := httptest.NewTLSServer(http.NotFoundHandler())
	tlsServer.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(tlsServer.Close)
	plain := server(t, func(http.ResponseWriter, *http.Request) {})
	refusing := server(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	certificate := func(changed bool) func(host, pin string) *tls.Config {
		return func(host, pin string) *tls.Config {
			return &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(tls.ConnectionState) error {
				if host != "127.0.0.1" || pin != "the pin" {
					return fmt.Errorf("asked about %q, %q", host, pin)
				}
				return &keys.CertificateError{Changed: changed, Err: errors.New("unknown")}
			}}
		}
	}
	for _, tc := range []struct {
		name, base string
		via        keys.Via
		o          Options
		want       keys.Cause
	}{
		{name: "refused", base: "http://" + closed, want: keys.Unreachable},
		{name: "no such host", base: "http://nothing.invalid", want: keys.HostUnknown},
		{name: "unknown authority", base: tlsServer.URL, want: keys.TLSFailed},
		{name: "certificate to ask about", base: tlsServer.URL, via: keys.Via{Pin: "the pin"},
			o: Options{TLS: certificate(false)}, want: keys.CertificateUnknown},
		{name: "certificate changed", base: tlsServer.URL, via: keys.Via{Pin: "the pin"},
			o: Options{TLS: certificate(true)}, want: keys.CertificateChanged},
		{name: "https to an http server", base: strings.Replace(plain, "http:", "https:", 1), want: keys.TLSFailed},
		{name: "proxy refused", base: "http://glpi.invalid", via: keys.Via{Proxy: closed}, want: keys.ProxyFailed},
		{name: "proxy refused, https", base: "https://glpi.invalid", via: keys.Via{Proxy: closed}, want: keys.ProxyFailed},
		{name: "proxy says no", base: "https://glpi.invalid", via: keys.Via{Proxy: refusing}, want: keys.ProxyFailed},
		{name: "socks proxy refused", base: "http://glpi.invalid", via: keys.Via{Proxy: "socks5://" + closed}, want: keys.ProxyFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.via.Proxy == "" {
				tc.via.Proxy = keys.ProxyDirect
			}
			c, err := newClient(tc.base+script, tc.via, keys.Credentials{}, tc.o.withDefaults())
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			for _, r := range []request{plainRead, plainWrite} {
				_, err := c.do(t.Context(), r, "TOKEN-OF-THE-SESSION")
				var p *keys.Problem
				if !errors.As(err, &p) || p.Cause != tc.want || p.Detail == "" || !strings.Contains(tc.base+tc.via.Proxy, p.Detail) {
					t.Errorf("%s: %v", r.op, err)
				}
				if tc.want == keys.CertificateUnknown {
					var cert *keys.CertificateError
					if !errors.As(err, &cert) {
						t.Error("the certificate is lost")
					}
				}
			}
		})
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	// A proxy gets the whole address.
	seen := make(chan string, 1)
	proxy := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.URL.String()
		jsonAnswer(w, 200, "true")
	})
	c, err := newClient("http://glpi.invalid"+script, keys.Via{Proxy: proxy}, keys.Credentials{}, Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := c.do(t.Context(), plainRead, ""); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; got != "http://glpi.invalid/apirest.php/Thing" {
		t.Errorf("the proxy was asked for %s", got)
	}
	for _, bad := range []string{"http://ana:secret@proxy:3128", "ftp://proxy", "http://", "%zz"} {
		_, err := SignIn(t.Context(), keys.Endpoint{API: "http://x" + script}, keys.Via{Proxy: bad}, keys.Credentials{Password: "x"}, Options{})
		if keys.CauseOf(err) != keys.BadProxy || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestNothingFollowsARedirect: the tokens of a session must not reach another
// server, nor the same one unencrypted.
func TestNothingFollowsARedirect(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	other := server(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		jsonAnswer(w, 200, "true")
	})
	var here string
	here = server(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/moved") {
			asked.Add(1)
		}
		to := other + "/x"
		if r.Method == http.MethodPost {
			to = here + "/moved"
		}
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	})
	c := testClient(t, here, 11)
	for _, r := range []request{plainRead, plainWrite} {
		if _, err := c.do(t.Context(), r, "TOKEN"); keys.CauseOf(err) != keys.Redirected {
			t.Errorf("%s: %v", r.op, err)
		}
	}
	if asked.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// TestRepeats: reading is repeated once on a dropped connection, writing never.
func TestRepeats(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		r    request
		want int32
	}{{plainRead, 2}, {plainWrite, 1}, {request{op: "sign in", method: http.MethodPost, path: pathInit}, 1}} {
		var asked atomic.Int32
		c := testClient(t, server(t, func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1) == 1 {
				panic(http.ErrAbortHandler)
			}
			jsonAnswer(w, 200, "true")
		}), 11)
		_, err := c.do(t.Context(), tc.r, "")
		if got := asked.Load(); got != tc.want || (err == nil) != (tc.want == 2) {
			t.Errorf("%s %s: asked %d times, %v", tc.r.method, tc.r.path, got, err)
		}
	}
}

// TestHeadersAndLog: what is sent with every call, and that the log and the
// errors show none of it.
func TestHeadersAndLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var got http.Header
	var query string
	base := server(t, func(w http.ResponseWriter, r *http.Request) {
		got, query = r.Header, r.URL.RawQuery
		body, _ := io.ReadAll(r.Body)
		// A broken server that shows everything it was sent.
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "<h1>Fatal</h1> %s %s %s", r.Header.Get("App-Token"), r.Header.Get("Session-Token"), body)
	})
	who := keys.Credentials{User: "ana", Password: "pw-SECRET", AppToken: "app-SECRET"}
	c, err := newClient(base+script, keys.Via{Proxy: keys.ProxyDirect}, who, Options{
		UserAgent: "GLPI-Keys/1.2.3", Log: slog.New(slog.NewTextHandler(&log, nil)),
	}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	r := plainWrite
	r.query = url.Values{"searchText[name]": {"term-SECRET"}}
	r.body = map[string]string{"password": who.Password}
	_, err = c.do(t.Context(), r, "session-SECRET")
	if keys.CauseOf(err) != keys.OutcomeUnknown || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("error: %v", err)
	}
	if strings.Contains(log.String(), "SECRET") || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("log: %s", log.String())
	}
	for _, want := range []string{"method=POST", "path=/Thing", "status=500", "ms=", "bytes=", "server-fault"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in %s", want, log.String())
		}
	}
	for name, want := range map[string]string{
		"User-Agent": "GLPI-Keys/1.2.3", "Session-Token": "session-SECRET", "App-Token": "app-SECRET",
		"Accept-Language": "en", "Content-Type": "application/json", "Cookie": "", "Authorization": "",
		"X-Glpi-Sanitized-Content": "",
	} {
		if got.Get(name) != want {
			t.Errorf("header %s is %q", name, got.Get(name))
		}
	}
	if strings.Contains(query, "session") || strings.Contains(query, "app") {
		t.Errorf("query %s", query)
	}
	if s := fmt.Sprintf("%v %+v %#v", who, who, who); strings.Contains(s, "SECRET") {
		t.Error(s)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		`["ERROR","API disabled"]`, `["ERROR_GLPI_ADD",[{"id":false}]]`, `["ERROR_GLPI_UPDATE",null]`, `[]`, `{}`, `[[`, `""`,
		`["E","MySQL query error: Data too long for column 'serial' at row 1 (1406) in SQL query \"X SECRET\"."]`,
		`["E","Incorrect date value: 'SECRET' for column ` + "`a`.`b`.`expire`" + ` at row 1"]`,
	} {
		f.Add(s, 400, true)
		f.Add(s, 500, false)
	}
	f.Fuzz(func(t *testing.T, body string, status int, isJSON bool) {
		c := &client{secrets: blank(keys.Credentials{})}
		h := http.Header{"Content-Type": {map[bool]string{true: "application/json", false: "text/html"}[isJSON]}}
		a := &answer{status: status, header: h, body: []byte(body)}
		err := c.check(plainWrite, a, &http.Response{Header: h})
		if err == nil {
			return
		}
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause == "" || p.Error() == "" {
			t.Errorf("%q: %v", body, err)
		}
		if strings.Contains(body, " in SQL query \"X SECRET\"") && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", body, err)
		}
	})
}

func FuzzTotalOf(f *testing.F) {
	for _, s := range []string{"0-4/308", "308-307/308", "0-20/", "/", "x", "0-4/-1", "0-4/9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := totalOf(http.Header{"Content-Range": {s}}); ok && n < 0 {
			t.Errorf("%q: %d", s, n)
		}
	})
}
