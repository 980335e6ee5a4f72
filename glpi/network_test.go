package glpi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// networkAnswers is the table of GLPI-NETWORK, "Reply of /info", and what both
// ways of asking make of it.
var networkAnswers = []struct {
	name    string
	reply   sandbox.Reply
	verdict keys.Verdict
	message string
	period  bool // owner, title and dates are told
	status  int
	cause   keys.Cause // asked from here
}{
	{"running", sandbox.ReplyRunning, keys.VerdictRunning, "The registration key is valid.", true, 200, ""},
	{"no message", sandbox.ReplySilent, keys.VerdictRunning, "", true, 200, ""},
	{"terminated", sandbox.ReplyTerminated, keys.VerdictTerminated, "", true, 200, ""},
	{"invalid", sandbox.ReplyInvalid, keys.VerdictInvalid, "The registration key is invalid.", false, 200, ""},
	{"bare", sandbox.ReplyBare, keys.VerdictTerminated, "", false, 200, ""},
	{"not JSON", sandbox.ReplyNotJSON, keys.VerdictUnreached, "", false, 200, keys.NetworkUnreadable},
	{"401", sandbox.ReplyUnauthorized, keys.VerdictUnreached, "", false, 401, keys.NetworkRefused},
	{"500", sandbox.ReplyFault, keys.VerdictUnreached, "", false, 500, keys.NetworkFault},
	{"hang", sandbox.ReplyHang, keys.VerdictUnreached, "", false, 0, keys.TimedOut},
}

// contractNetwork asks GLPI Network in each of the ways in which the
// stand-in answers, from here and through the plugin.
// A key of its own for each, because the plugin asks about one once a minute.
func contractNetwork(t *testing.T, stand *sandbox.Network, service string, session *Session) {
	today := keys.DateOf(time.Now())
	t.Cleanup(func() {
		if _, err := session.InstallKey(context.Background(), ""); err != nil {
			t.Error(err)
		}
	})
	for _, tc := range networkAnswers {
		t.Run(tc.name, func(t *testing.T) {
			stand.SetReply(tc.reply)
			key := keys.NewKeyText(sampleKey(t, 564))
			want := keys.Subscription{Verdict: tc.verdict, Message: tc.message, Status: tc.status, From: keys.AskedHere}
			if tc.period {
				want.Owner, want.Title, want.Offer = "Example SA", "GLPI Network Standard", sandbox.OfferStandard
				want.End = today.AddDays(4)
				if tc.verdict == keys.VerdictTerminated {
					want.End = today.AddDays(-30)
				}
				want.Begin = want.End.AddMonths(-12)
			}
			begun := time.Now()
			got, err := AskNetwork(t.Context(), service, key, "instance", keys.Via{Proxy: keys.ProxyDirect}, Options{Timeout: 2 * time.Second})
			took := time.Since(begun)
			if keys.CauseOf(err) != tc.cause || took > 3*time.Second {
				t.Errorf("asked here: %v after %v", err, took)
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(got, "Checked")); diff != "" || time.Since(got.Checked) > time.Minute {
				t.Errorf("asked here at %v: %s", got.Checked, diff)
			}
			if _, err := session.InstallKey(t.Context(), key.Reveal()); err != nil {
				t.Fatal(err)
			}
			want.From, want.Fingerprint = keys.AskedByGLPI, keys.Fingerprint(key.Reveal())
			got, err = session.Subscription(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ignore := cmpopts.IgnoreFields(got, "Checked", "Error")
			if diff := cmp.Diff(want, got, ignore); diff != "" || time.Since(got.Checked).Abs() > 2*time.Minute {
				t.Errorf("asked by GLPI at %v: %s", got.Checked, diff)
			}
			t.Logf("GLPI says %q", got.Error)
		})
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			stand := sandbox.NewNetwork(nil)
			box := sandbox.New(sandbox.Config{Major: major, Seed: sandbox.Demo})
			box.SetNetwork(stand)
			srv := httptest.NewServer(box)
			t.Cleanup(srv.Close)
			s := signIn(t, keys.Endpoint{API: srv.URL + script, Major: major}, keys.Credentials{User: "glpi", Password: "glpi"})
			contractNetwork(t, stand, srv.URL+"/glpi-network", s)
			asked := stand.Asked()
			if len(asked) != len(networkAnswers) || asked[0].Instance != "instance" || asked[0].Agent != "glpikeys" {
				t.Errorf("asked %+v", asked)
			}
			if sub, err := s.Subscription(t.Context()); err != nil || sub.Verdict == keys.VerdictUnknown {
				t.Errorf("%+v, %v", sub, err)
			}
			if _, err := s.InstallKey(t.Context(), ""); err != nil {
				t.Error(err)
			}
			if sub, err := s.Subscription(t.Context()); err != nil || sub.Verdict != keys.VerdictUnknown || sub.Fingerprint != "" {
				t.Errorf("without a key: %+v, %v", sub, err)
			}
		})
	}
}

// logged collects what is logged.
type logged struct{ strings.Builder }

func TestNetworkUnreached(t *testing.T) {
	t.Parallel()
	key := keys.NewKeyText("c2VjcmV0LWtleS1vZi1nbHBpLW5ldHdvcms=")
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	redirect := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/x?key=1", http.StatusFound))
	t.Cleanup(redirect.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	large := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"is_valid":true,"x":"` + strings.Repeat("x", 1<<20) + `"}`))
	}))
	t.Cleanup(large.Close)
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mail.Close() })
	go func() {
		for {
			c, err := mail.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail\r\n"))
			_ = c.Close()
		}
	}()
	closed := httptest.NewServer(nil)
	closed.Close()
	var log logged
	for _, tc := range []struct {
		name, service string
		key           keys.KeyText
		via           keys.Via
		cause         keys.Cause
		detail        string
	}{
		{"DNS", "https://network.invalid", key, keys.Via{Proxy: keys.ProxyDirect}, keys.HostUnknown, "network.invalid"},
		{"refused", closed.URL, key, keys.Via{Proxy: keys.ProxyDirect}, keys.Unreachable, strings.TrimPrefix(closed.URL, "http://")},
		{"proxy", "http://network.invalid", key, keys.Via{Proxy: closed.URL}, keys.ProxyFailed, closed.URL},
		{"proxy, TLS", "https://network.invalid", key, keys.Via{Proxy: closed.URL}, keys.ProxyFailed, closed.URL},
		{"bad proxy", "", key, keys.Via{Proxy: "http://a:b@c"}, keys.BadProxy, ""},
		{"self-signed", secure.URL, key, keys.Via{Proxy: keys.ProxyDirect}, keys.TLSFailed, strings.TrimPrefix(secure.URL, "https://")},
		{"http as https", strings.Replace(redirect.URL, "http:", "https:", 1), key, keys.Via{Proxy: keys.ProxyDirect}, keys.TLSFailed, strings.TrimPrefix(redirect.URL, "http://")},
		{"not HTTP", "http://" + mail.Addr().String(), key, keys.Via{Proxy: keys.ProxyDirect}, keys.NotGLPI, mail.Addr().String()},
		{"redirect", redirect.URL, key, keys.Via{Proxy: keys.ProxyDirect}, keys.Redirected, elsewhere.URL + "/x"},
		{"404", secure.URL, keys.NewKeyText("a\nb"), keys.Via{Proxy: keys.ProxyDirect}, keys.BadValue, ""},
		{"no key", secure.URL, keys.KeyText{}, keys.Via{Proxy: keys.ProxyDirect}, keys.BadValue, ""},
		{"too large", large.URL, key, keys.Via{Proxy: keys.ProxyDirect}, keys.NetworkUnreadable, "HTTP 200"},
		{"no address", "services", key, keys.Via{Proxy: keys.ProxyDirect}, keys.BadAddress, ""},
		{"user in address", "https://a:b@host", key, keys.Via{Proxy: keys.ProxyDirect}, keys.BadAddress, ""},
	} {
		o := Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Timeout: 5 * time.Second}
		sub, err := AskNetwork(t.Context(), tc.service, tc.key, "id", tc.via, o)
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause != tc.cause || p.Detail != tc.detail || sub.Verdict != keys.VerdictUnreached {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if text := err.Error() + fmt.Sprintf("%+v", sub); strings.Contains(text, key.Reveal()) {
			t.Errorf("%s: the key is in %q", tc.name, text)
		}
	}
	if strings.Contains(log.String(), key.Reveal()) || !strings.Contains(log.String(), "network.invalid") {
		t.Errorf("log: %s", log.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := AskNetwork(ctx, closed.URL, key, "", keys.Via{Proxy: keys.ProxyDirect}, Options{}); keys.CauseOf(err) != keys.Canceled {
		t.Errorf("given up: %v", err)
	}
}

func TestPluginOffers(t *testing.T) {
	t.Parallel()
	stand := sandbox.NewNetwork(nil)
	srv := httptest.NewServer(stand)
	t.Cleanup(srv.Close)
	key := keys.NewKeyText(sampleKey(t, 564))
	got, err := PluginOffers(t.Context(), srv.URL, key, "id", keys.Via{Proxy: keys.ProxyDirect}, Options{})
	want := []keys.PluginOffer{
		{Folder: "formcreator", Offers: []string{sandbox.OfferBasic, sandbox.OfferStandard}},
		{Folder: "advanceddashboard", Offers: []string{sandbox.OfferStandard}},
		{Folder: "oauthsso", Offers: []string{sandbox.OfferBasic, sandbox.OfferStandard}},
		{Folder: "branding", Offers: []string{"GLPI-NETWORK-ADVANCED"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	stand.SetReply(sandbox.ReplyFault)
	if _, err := PluginOffers(t.Context(), srv.URL, key, "id", keys.Via{Proxy: keys.ProxyDirect}, Options{}); keys.CauseOf(err) != keys.NetworkFault {
		t.Error(err)
	}
}

// TestPluginOffersByPages: a long catalogue comes whole, and one that repeats
// itself or has no end is not read for ever.
func TestPluginOffersByPages(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sandbox.Catalogue
		offers, pages int
		cause         keys.Cause
	}{
		"one page":                     {sandbox.Catalogue{Free: 94}, 4, 1, ""},
		"a full page":                  {sandbox.Catalogue{Free: 95}, 4, 2, ""},
		"three pages":                  {sandbox.Catalogue{Free: 200}, 4, 3, ""},
		"range ignored":                {sandbox.Catalogue{Free: 500, Ranges: sandbox.RangesIgnored}, 4, 1, ""},
		"range ignored, as if in full": {sandbox.Catalogue{Free: 95, Ranges: sandbox.RangesIgnored}, 4, 2, ""},
		"the same page again":          {sandbox.Catalogue{Free: 500, Ranges: sandbox.RangesStuck}, 4, 2, ""},
		"endless":                      {sandbox.Catalogue{Ranges: sandbox.RangesEndless}, 0, maxPages, keys.NetworkUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand, pages := sandbox.NewNetwork(nil), 0
			stand.SetCatalogue(tc.Catalogue)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				pages++
				stand.ServeHTTP(w, r)
			}))
			t.Cleanup(srv.Close)
			got, err := PluginOffers(t.Context(), srv.URL, keys.NewKeyText(sampleKey(t, 564)), "id", keys.Via{Proxy: keys.ProxyDirect}, Options{})
			if len(got) != tc.offers || pages != tc.pages || keys.CauseOf(err) != tc.cause {
				t.Errorf("%d offers, %d pages, %v", len(got), pages, err)
			}
		})
	}
}

// The demonstration shows a key record in every state.
func TestDemoKeys(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		box := sandbox.New(sandbox.Config{Major: major, Seed: sandbox.Demo})
		srv := httptest.NewServer(box)
		t.Cleanup(srv.Close)
		s := signIn(t, keys.Endpoint{API: srv.URL + script, Major: major}, keys.Credentials{User: "glpi", Password: "glpi"})
		list, err := s.KeyRecords(t.Context(), nil)
		if err != nil || len(list) != 9 {
			t.Fatalf("%d records, %v", len(list), err)
		}
		today := keys.DateOf(time.Now())
		days := map[string]int{}
		for _, r := range list {
			if r.Damage != nil || r.Block.Record == "" || r.Product.Name != r.Name || r.Supplier != "Teclib'" || r.Entity.Path == "" {
				t.Errorf("%+v", r)
			}
			if r.End.IsZero() {
				days[r.Name] = 1 << 20
			} else if r.Valid {
				days[r.Name] = r.End.DaysAfter(today)
			} else if r.Name != "Formcreator Pro" || r.Block.Revoked.Date.IsZero() {
				t.Errorf("not valid: %+v", r)
			}
			full, err := s.KeyRecord(t.Context(), r.ID)
			if err != nil || full.Block.Text.Empty() != (r.Block.Kept != keys.PlaceGLPI) {
				t.Errorf("%s: %v", r.Name, err)
			}
			if events, err := s.KeyHistory(t.Context(), r.ID); err != nil || len(events) < 3 {
				t.Errorf("%s: %+v, %v", r.Name, events, err)
			}
		}
		want := map[string]int{
			"Formcreator Pro": -41, "GLPI Network Standard": 4, "Data Injection": 9, "Advanced Dashboard": 21,
			"OAuth SSO Applications": 64, "Carbon": 249, "Gantt": 295, "Fields": 1 << 20,
		}
		if diff := cmp.Diff(want, days); diff != "" {
			t.Error(diff)
		}
		sub, err := s.Subscription(t.Context())
		if err != nil || sub.Verdict != keys.VerdictRunning || sub.End.DaysAfter(today) != 4 || sub.Owner != "Example SA" {
			t.Errorf("%+v, %v", sub, err)
		}
		installed, err := s.InstalledKey(t.Context())
		at := 0
		for i, r := range list {
			if r.Block.Vendor == keys.GLPINetwork {
				at = i
			}
		}
		if err != nil || installed.Fingerprint != list[at].Block.Fingerprint || installed.Length != 564 || sub.Fingerprint != installed.Fingerprint {
			t.Errorf("%+v, %v", installed, err)
		}
		facts := s.Facts()
		if doubts := list[at].Doubts(&facts, "", nil); major == 11 && facts.NetworkID != sandbox.DemoInstance {
			t.Errorf("%s, doubts %+v", facts.NetworkID, doubts)
		}
		if plugins, err := s.InstalledPlugins(t.Context()); err != nil || len(plugins) != 8 {
			t.Errorf("%+v, %v", plugins, err)
		}
	}
}
