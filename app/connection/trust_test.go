package connection

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glpikeys/keys"
)

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// authority signs certificates for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func (a authority) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// sign makes a certificate for key, valid from an hour ago for as long as
// said, for the names given.
func (a authority) sign(t *testing.T, key *ecdsa.PrivateKey, valid time.Duration, names ...string) tls.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Hour)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "GLPI", Organization: []string{"Example"}},
		NotBefore: start, NotAfter: start.Add(valid),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// server counts the requests that reach it and the handshakes it resumes.
type server struct {
	*httptest.Server
	requests, resumed atomic.Int64
}

func serve(t *testing.T, cert tls.Certificate, setUp ...func(*httptest.Server)) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if r.TLS.DidResume {
			s.resumed.Add(1)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	for _, f := range setUp {
		f(s.Server)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// get asks the server under the name host, whatever that name's address.
func (s *server) get(t *testing.T, config *tls.Config, host string) error {
	t.Helper()
	tr := http.DefaultTransport.(*http.Transport).Clone()
	defer tr.CloseIdleConnections()
	tr.Proxy = nil
	tr.TLSClientConfig = config
	tr.DialContext = dialTo(s.Listener.Addr().String())
	resp, err := (&http.Client{Transport: tr}).Get((&url.URL{Scheme: "https", Host: host}).String())
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return err
}

const (
	day    = 24 * time.Hour
	past   = time.Minute // an hour ago
	school = "glpi.example.org"
)

func TestTrust(t *testing.T) {
	t.Parallel()
	ca, key := newAuthority(t), newKey(t)
	good := ca.sign(t, key, day, school)
	pin := pinOf(good.Leaf)
	other := pinOf(ca.sign(t, newKey(t), day, school).Leaf)
	nobody := x509.NewCertPool()
	type reason = func(error) bool

	for name, tc := range map[string]struct {
		cert    tls.Certificate
		host    string
		pin     string
		roots   *x509.CertPool
		refused bool
		changed bool
		why     reason
	}{
		"signed by an authority":     {cert: good, roots: ca.roots()},
		"unknown":                    {cert: good, roots: nobody, refused: true, why: is[x509.UnknownAuthorityError]},
		"unknown to the real system": {cert: good, refused: true, why: is[x509.UnknownAuthorityError]},
		"trusted by its pin":         {cert: good, roots: nobody, pin: pin},
		"signed and pinned":          {cert: good, roots: ca.roots(), pin: pin},
		"renewed with the same key":  {cert: ca.sign(t, key, 2*day, school), roots: nobody, pin: pin},
		"changed key":                {cert: good, roots: nobody, pin: other, refused: true, changed: true, why: is[x509.UnknownAuthorityError]},
		"changed key, signed":        {cert: good, roots: ca.roots(), pin: other, refused: true, changed: true, why: isNil},
		"pin is damaged":             {cert: good, roots: ca.roots(), pin: "x", refused: true, changed: true, why: isNil},
		"expired":                    {cert: ca.sign(t, key, past, school), roots: ca.roots(), refused: true, why: expired},
		"expired, but pinned":        {cert: ca.sign(t, key, past, school), roots: ca.roots(), pin: pin},
		"another name":               {cert: ca.sign(t, key, day, "www.example.org"), roots: ca.roots(), refused: true, why: is[x509.HostnameError]},
		"another name, but pinned":   {cert: ca.sign(t, key, day, "www.example.org"), roots: ca.roots(), pin: pin},
		"no name at all":             {cert: ca.sign(t, key, day), roots: ca.roots(), refused: true, why: is[x509.HostnameError]},
		"absolute name":              {cert: good, roots: ca.roots(), host: school + "."},
		"absolute name, pinned":      {cert: good, roots: nobody, pin: pin, host: school + "."},
		"capitals, pinned":           {cert: good, roots: nobody, pin: pin, host: "GLPI.example.org"},
		"name in another script":     {cert: ca.sign(t, key, day, "xn--mnchen-3ya.example"), roots: ca.roots(), host: "münchen.example"},
		"other script, pinned":       {cert: good, roots: nobody, pin: pin, host: "münchen.example"},
		"address":                    {cert: ca.sign(t, key, day, "192.0.2.7"), roots: ca.roots(), host: "192.0.2.7"},
		"another address":            {cert: ca.sign(t, key, day, "192.0.2.8"), roots: ca.roots(), host: "192.0.2.7", refused: true, why: is[x509.HostnameError]},
		"name instead of an address": {cert: good, roots: ca.roots(), host: "192.0.2.7", refused: true, why: is[x509.HostnameError]},
		"address, pinned":            {cert: good, roots: nobody, pin: pin, host: "192.0.2.7"},
		"address, changed":           {cert: good, roots: nobody, pin: other, host: "192.0.2.7", refused: true, changed: true, why: is[x509.HostnameError]},
		"IPv6 address":               {cert: ca.sign(t, key, day, "2001:db8::7"), roots: ca.roots(), host: "2001:db8::7"},
		"another IPv6 address":       {cert: good, roots: ca.roots(), host: "2001:db8::7", refused: true, why: is[x509.HostnameError]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, tc.cert)
			host := tc.host
			if host == "" {
				host = school
			}
			inURL := host
			if strings.Contains(host, ":") {
				inURL = "[" + host + "]"
			}
			err := s.get(t, trust{host: host, pin: tc.pin, roots: tc.roots}.config(), inURL)
			if !tc.refused {
				if err != nil || s.requests.Load() != 1 {
					t.Errorf("%v, %d requests", err, s.requests.Load())
				}
				return
			}
			var why *keys.CertificateError
			if !errors.As(err, &why) {
				t.Fatalf("error %v", err)
			}
			if why.Changed != tc.changed || !tc.why(why.Err) {
				t.Errorf("changed %v, %#v", why.Changed, why.Err)
			}
			if why.Certificate.Pin != pinOf(tc.cert.Leaf) || why.Error() == "" {
				t.Errorf("%+v", why)
			}
			if n := s.requests.Load(); n != 0 {
				t.Errorf("%d requests left before the certificate was trusted", n)
			}
		})
	}
}

func is[T error](err error) bool {
	var want T
	return errors.As(err, &want)
}

func isNil(err error) bool { return err == nil }

func expired(err error) bool {
	var why x509.CertificateInvalidError
	return errors.As(err, &why) && why.Reason == x509.Expired
}

// A chain whose middle the server sends is good, as in any browser.
func TestIntermediate(t *testing.T) {
	t.Parallel()
	root, middle := newAuthority(t), newAuthority(t)
	template := *middle.cert
	template.Subject.CommonName = "Middle"
	template.SerialNumber = big.NewInt(2)
	der, err := x509.CreateCertificate(rand.Reader, &template, root.cert, middle.key.Public(), root.key)
	if err != nil {
		t.Fatal(err)
	}
	if middle.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	cert := middle.sign(t, newKey(t), day, school)
	cert.Certificate = append(cert.Certificate, der)
	if err := serve(t, cert).get(t, trust{host: school, roots: root.roots()}.config(), school); err != nil {
		t.Error(err)
	}
}

// A resumed session goes without certificates on the wire; it must be judged
// all the same, here after the trust was taken back.
func TestResumedSessionIsJudged(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := newAuthority(t)
			cert := ca.sign(t, newKey(t), day, school)
			s := serve(t, cert)
			cache := tls.NewLRUClientSessionCache(1)
			config := func(pin string) *tls.Config {
				c := trust{host: school, pin: pin, roots: x509.NewCertPool()}.config()
				c.ClientSessionCache, c.MaxVersion = cache, version
				return c
			}
			for range 2 {
				if err := s.get(t, config(pinOf(cert.Leaf)), school); err != nil {
					t.Fatal(err)
				}
			}
			if s.resumed.Load() != 1 {
				t.Fatal("no session was resumed, so nothing is proved")
			}
			for _, pin := range []string{"", "other"} {
				err := s.get(t, config(pin), school)
				var why *keys.CertificateError
				if !errors.As(err, &why) || why.Changed != (pin != "") {
					t.Errorf("pin %q: %v", pin, err)
				}
			}
			if n := s.requests.Load(); n != 2 {
				t.Errorf("%d requests reached the server", n)
			}
		})
	}
}

// The pin is the server's. A secured proxy on the way has its own name and is
// judged by the authorities.
func TestProxyIsNotPinned(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	target := serve(t, newAuthority(t).sign(t, newKey(t), day, school))
	pin := pinOf(target.TLS.Certificates[0].Leaf)
	for name, tc := range map[string]struct {
		proxyCert tls.Certificate
		roots     *x509.CertPool
		refused   bool
	}{
		"signed":              {ca.sign(t, newKey(t), day, "proxy.example.org"), ca.roots(), false},
		"unknown":             {ca.sign(t, newKey(t), day, "proxy.example.org"), x509.NewCertPool(), true},
		"for the server only": {ca.sign(t, newKey(t), day, school), ca.roots(), true},
	} {
		for _, host := range []string{school, "192.0.2.7"} {
			t.Run(name+", "+host, func(t *testing.T) {
				t.Parallel()
				proxy := serve(t, tc.proxyCert, func(s *httptest.Server) {
					s.Config.Handler = tunnel(target.Listener.Addr().String())
				})
				tr := http.DefaultTransport.(*http.Transport).Clone()
				defer tr.CloseIdleConnections()
				tr.TLSClientConfig = trust{host: host, pin: pin, roots: tc.roots}.config()
				tr.Proxy = http.ProxyURL(&url.URL{Scheme: "https", Host: "proxy.example.org"})
				tr.DialContext = dialTo(proxy.Listener.Addr().String())
				resp, err := (&http.Client{Transport: tr}).Get("https://" + host)
				if err == nil {
					resp.Body.Close()
				}
				var why *keys.CertificateError
				if errors.As(err, &why) != tc.refused || (err == nil) == tc.refused {
					t.Fatal(err)
				}
				if tc.refused && why.Changed {
					t.Error("the proxy was compared with the server's pin")
				}
			})
		}
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cert := ca.sign(t, newKey(t), day, school)
	s := serve(t, cert, func(s *httptest.Server) {
		s.TLS.MinVersion, s.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	})
	if err := s.get(t, TLSConfig(school, pinOf(cert.Leaf)), school); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Error("TLS 1.1:", err)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	leaf := ca.sign(t, newKey(t), day, school, "192.0.2.7").Leaf
	got := describe(leaf)
	sum := sha256.Sum256(leaf.Raw)
	if got.SHA256 != strings.ToUpper(got.SHA256) || strings.ReplaceAll(got.SHA256, ":", "") != strings.ToUpper(hex.EncodeToString(sum[:])) || len(got.SHA256) != 95 {
		t.Errorf("SHA-256 %s", got.SHA256)
	}
	if got.Subject != "CN=GLPI,O=Example" || got.Issuer != "CN=Test authority" {
		t.Errorf("%q by %q", got.Subject, got.Issuer)
	}
	if names := strings.Join(got.Names, " "); names != school+" 192.0.2.7" {
		t.Error(names)
	}
	if !got.NotBefore.Equal(leaf.NotBefore) || !got.NotAfter.Equal(leaf.NotAfter) || len(got.Pin) != 44 {
		t.Errorf("%+v", got)
	}
}

// dialTo connects to address whatever was asked for.
func dialTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}

// tunnel answers CONNECT with a connection to address.
func tunnel(address string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := net.Dial("tcp", address)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		in, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			out.Close()
			return
		}
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(out, in)
			out.Close()
		}()
		_, _ = io.Copy(in, out)
		in.Close()
	})
}
