package glpi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/glpi/internal/transcript"
	"glpikeys/keys"
)

func TestProbe(t *testing.T) {
	t.Parallel()
	at := func(major int, number string) transcript.Exchange { return transcript.Load(t, major, number) }
	for _, tc := range []struct {
		name     string
		answer   transcript.Exchange
		endpoint keys.Endpoint // without its address
		cause    keys.Cause
	}{
		{"ready, 10", at(10, "10"), keys.Endpoint{Major: 10}, ""},
		{"ready, 11", at(11, "10"), keys.Endpoint{Major: 11}, ""},
		{"off, 10", at(10, "01"), keys.Endpoint{Major: 10, State: keys.APIOff}, ""},
		{"off, 11", at(11, "01"), keys.Endpoint{Major: 11, State: keys.APIOff}, ""},
		{"address, 10", at(10, "14"), keys.Endpoint{Major: 10, State: keys.AddressRefused}, ""},
		{"address, 11", at(11, "14"), keys.Endpoint{Major: 11, State: keys.AddressRefused}, ""},
		{"app token, 10", at(10, "03"), keys.Endpoint{Major: 10, State: keys.AppTokenMissing}, ""},
		{"app token, 11", at(11, "03"), keys.Endpoint{Major: 11, State: keys.AppTokenMissing}, ""},
		{"maintenance, 10", at(10, "200"), keys.Endpoint{}, keys.Maintenance},
		{"maintenance, 11", at(11, "200"), keys.Endpoint{}, keys.Maintenance},
		{"database, 10", at(10, "220"), keys.Endpoint{}, keys.ServerFault},
		{"database, 11", at(11, "220"), keys.Endpoint{}, keys.ServerFault},
		{"elsewhere, 10", at(10, "02"), keys.Endpoint{}, keys.NotGLPI},
		{"elsewhere, 11", at(11, "02"), keys.Endpoint{}, keys.NotGLPI},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			base := server(t, func(w http.ResponseWriter, r *http.Request) {
				for name := range r.Header {
					if strings.Contains(name, "Token") || name == "Authorization" || name == "Cookie" {
						t.Errorf("a probe sends %s", name)
					}
				}
				if r.Method != http.MethodGet || r.URL.RawQuery != "" || r.ContentLength > 0 {
					t.Errorf("a probe sends %s %s", r.Method, r.URL)
				}
				if r.URL.Path == "/glpi/api.php/" && tc.answer.Major == 11 {
					// transcript 172's shape; 11's answer with its newer API off
					jsonAnswer(w, 403, `{"status":"ERROR_RIGHT_MISSING","title":"You don't have permission","detail":"The High-Level API is disabled"}`)
					return
				}
				if r.URL.Path == "/glpi/apirest.php/initSession" {
					tc.answer.WriteTo(w)
					return
				}
				transcript.Load(t, 10, "02").WriteTo(w)
			})
			// Typed without its path, so that it has to be found.
			got, err := Probe(t.Context(), base, keys.Via{Proxy: keys.ProxyDirect}, Options{})
			if tc.cause == "" {
				tc.endpoint.API = base + "/glpi/apirest.php"
			}
			if keys.CauseOf(err) != tc.cause || got != tc.endpoint {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestProbeOthers(t *testing.T) {
	t.Parallel()
	via := keys.Via{Proxy: keys.ProxyDirect}
	var o Options
	probe := func(h http.HandlerFunc) (keys.Endpoint, error) { return Probe(t.Context(), server(t, h), via, o) }
	if _, err := Probe(t.Context(), "ftp://x", via, Options{}); keys.CauseOf(err) != keys.BadAddress {
		t.Errorf("no address: %v", err)
	}
	if _, err := Probe(t.Context(), "http://x", keys.Via{Proxy: "ftp://x"}, Options{}); keys.CauseOf(err) != keys.BadProxy {
		t.Errorf("no proxy: %v", err)
	}
	if _, err := Probe(t.Context(), "http://nothing.invalid", via, Options{}); keys.CauseOf(err) != keys.HostUnknown {
		t.Errorf("no host: %v", err)
	}
	if _, err := probe(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"hello":"world"}`) }); keys.CauseOf(err) != keys.NotGLPI {
		t.Errorf("another API: %v", err)
	}
	if _, err := probe(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 404, `{"error":"not found"}`) }); keys.CauseOf(err) != keys.NotGLPI {
		t.Errorf("another API: %v", err)
	}
	o.Timeout = 200 * time.Millisecond
	if _, err := probe(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }); keys.CauseOf(err) != keys.TimedOut {
		t.Errorf("a stall: %v", err)
	}
	o.Timeout = 0
	// Another protocol altogether.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.6\r\n")
			conn.Close()
		}
	}()
	if _, err := Probe(t.Context(), "http://"+l.Addr().String(), via, o); keys.CauseOf(err) != keys.NotGLPI && keys.CauseOf(err) != keys.Unreachable {
		t.Errorf("ssh: %v", err)
	}
	if _, err := Probe(t.Context(), l.Addr().String(), via, o); keys.CauseOf(err) != keys.TLSFailed {
		t.Errorf("ssh by https: %v", err)
	}
	_, err = probe(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+r.URL.Path+"?x=1", http.StatusMovedPermanently)
	})
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.Redirected || !strings.HasPrefix(p.Detail, "https://127.0.0.1") || strings.Contains(p.Detail, "?") {
		t.Errorf("to https: %v", err)
	}
	// A website that moves everything else, with GLPI below /glpi.
	at, err := probe(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/glpi/apirest.php") {
			transcript.Load(t, 10, "10").WriteTo(w)
			return
		}
		http.Redirect(w, r, "/home", http.StatusFound)
	})
	if err != nil || !strings.HasSuffix(at.API, "/glpi/apirest.php") || at.Major != 0 {
		t.Errorf("below /glpi: %+v, %v", at, err)
	}
}

// TestSignInRefused: each row of GLPI-REST §2, through SignIn.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]keys.Cause{
		"01": keys.APIOff, "03": keys.AppTokenMissing, "04": keys.AppTokenWrong, "05": keys.AppTokenWrong, "06": keys.AppTokenWrong,
		"08": keys.WrongPassword, "09": keys.WrongPassword, "10": keys.CredentialsMissing, "11": keys.UserTokenWrong,
		"14": keys.AddressRefused, "16": keys.PasswordLoginOff, "18": keys.UserTokenWrong, "19": keys.AccountInactive,
		"20": keys.NoProfile, "200": keys.Maintenance, "220": keys.ServerFault,
	} {
		for _, major := range []int{10, 11} {
			base := transcript.Serve(t, transcript.Load(t, major, number))
			_, err := SignIn(t.Context(), keys.Endpoint{API: base + script}, keys.Via{Proxy: keys.ProxyDirect},
				keys.Credentials{User: "u", Password: "p"}, Options{})
			if keys.CauseOf(err) != want {
				t.Errorf("%d/%s: %v, want %s", major, number, err, want)
			}
		}
	}
	// In a language that nobody asked for.
	f, at := newFake(t, 11)
	f.on("POST /initSession", func(w http.ResponseWriter, _ *http.Request) {
		jsonAnswer(w, 401, `["ERROR_GLPI_LOGIN","Identifiant ou mot de passe incorrect"]`)
	})
	_, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{Password: "p"}, Options{})
	var refused *keys.Problem
	if !errors.As(err, &refused) || refused.Cause != keys.LoginRefused || refused.Detail != "Identifiant ou mot de passe incorrect" {
		t.Errorf("French: %v", err)
	}
	for _, who := range []keys.Credentials{{}, {User: "ana"}, {AppToken: "x"}} {
		if _, err := SignIn(t.Context(), at, keys.Via{}, who, Options{}); keys.CauseOf(err) != keys.NothingSent {
			t.Errorf("nothing typed: %v", err)
		}
	}
	if _, err := SignIn(t.Context(), at, keys.Via{}, keys.Credentials{Password: "x", AppToken: "a\nb"}, Options{}); keys.CauseOf(err) != keys.AppTokenWrong {
		t.Errorf("an app token that no header can hold: %v", err)
	}
	f.on("POST /initSession", func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{}`) })
	if _, err := SignIn(t.Context(), at, keys.Via{}, keys.Credentials{Password: "x"}, Options{}); keys.CauseOf(err) != keys.NotGLPI {
		t.Errorf("no token: %v", err)
	}
}

// TestSignInBody: credentials go as JSON, tokens without what was pasted
// around them.
func TestSignInBody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		who  keys.Credentials
		want map[string]string
	}{
		{keys.Credentials{User: "o'neil x", Password: `Pa<ss>&"w0rd'1\ `}, map[string]string{"login": "o'neil x", "password": `Pa<ss>&"w0rd'1\ `}},
		{keys.Credentials{User: "ana", UserToken: " tok\n", AppToken: " app "}, map[string]string{"user_token": "tok"}},
	} {
		var got map[string]string
		base := server(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_ = json.Unmarshal(body, &got)
			if r.Header.Get("Authorization") != "" || r.Header.Get("App-Token") != strings.TrimSpace(tc.who.AppToken) {
				t.Errorf("headers %v", r.Header)
			}
			if r.URL.RawQuery != "get_full_session=true" {
				t.Errorf("query %s", r.URL.RawQuery)
			}
			transcript.Load(t, 10, "08").WriteTo(w)
		})
		_, _ = SignIn(t.Context(), keys.Endpoint{API: base + script}, keys.Via{Proxy: keys.ProxyDirect}, tc.who, Options{})
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestSessionPrintsNoSecret: fmt reaches into structs without asking their
// fields how they want to be printed.
func TestSessionPrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := testSession(t, "http://h", 11)
	s.token, s.who = "SECRET", keys.Credentials{Password: "SECRET"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "session", s)
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, &log); strings.Contains(text, "SECRET") {
		t.Error(text)
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		f, at := newFake(t, major)
		s := f.signIn(t, at)
		got := s.Facts()
		if !strings.HasPrefix(got.Version, map[int]string{10: "10.0.12", 11: "11.0.6"}[major]) || got.URLBase == "" || got.Policy.MinLength == 0 {
			t.Errorf("%d: %+v", major, got)
		}
		got.Version, got.URLBase, got.NetworkID, got.Policy, got.MailOn = "", "", "", keys.PasswordPolicy{}, false
		root := keys.Entity{Path: "Root entity"}
		want := keys.Facts{
			Endpoint: at, User: keys.User{ID: 2, Login: "glpi", Name: "Ana & Co"},
			Profile:  keys.Profile{ID: 4, Name: "P4"},
			Profiles: []keys.Profile{{ID: 4, Name: "Super-Admin"}, {ID: 6, Name: "Technician"}},
			Entity:   root, Recursive: true, Entities: []keys.Entity{root, {ID: 7, Path: "Root entity > R&D"}},
			Rights: map[string]keys.Right{"license": 255, "contract": 255},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d: %s", major, diff)
		}
	}
}

// TestRecordedSession reads the whole recorded session.
func TestRecordedSession(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		for _, number := range []string{"15", "207"} {
			var body struct {
				Session rawSession `json:"session"`
			}
			if err := json.Unmarshal([]byte(transcript.Load(t, major, number).Response.Body), &body); err != nil {
				t.Fatal(err)
			}
			s := body.Session
			if s.UserID != 2 || s.Login != "glpi" || s.Profile.ID != 4 || s.Profile.Name != "Super-Admin" || s.Recursive != 1 ||
				s.Profile.rights["license"] != 255 || s.Profile.rights["config"] != 3 || s.PasswordExpired != 0 {
				t.Errorf("%d/%s: %+v", major, number, s)
			}
		}
	}
}

// TestPasswordExpired: GLPI opens a session all the same, without a profile
// (GLPI-REST §2, 22). It is ended again.
func TestPasswordExpired(t *testing.T) {
	t.Parallel()
	for _, session := range []string{
		`{"glpiID":9,"glpiname":"x","glpi_password_expired":1,"glpiactiveprofile":{"id":4,"name":"x"}}`,
		`{"glpiID":9,"glpiname":"x","glpiactiveprofile":[]}`,
		`{"glpiID":9,"glpiname":"x","glpiactiveprofile":null}`,
		`{"glpiID":9,"glpiname":"x"}`,
	} {
		f, at := newFake(t, 11)
		f.on("POST /initSession", func(w http.ResponseWriter, _ *http.Request) {
			f.mu.Lock()
			f.sessions["token-0"] = &place{}
			f.mu.Unlock()
			jsonAnswer(w, 200, `{"session_token":"token-0","session":`+session+`}`)
		})
		_, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{Password: "x"}, Options{})
		if keys.CauseOf(err) != keys.PasswordExpired {
			t.Errorf("%s: %v", session, err)
		}
		if len(f.killed) != 1 {
			t.Error("the session lives on")
		}
	}
}

// TestSignInFailsHalfway: the session is ended again, also when the person
// gave up.
func TestSignInFailsHalfway(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"GET /getGlpiConfig", "GET /getMyProfiles", "GET /getMyEntities"} {
		f, at := newFake(t, 11)
		f.on(call, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"cut`) })
		_, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{Password: "x"}, Options{})
		if keys.CauseOf(err) != keys.Truncated || len(f.killed) != 1 {
			t.Errorf("%s: %v, ended %v", call, err, f.killed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		f.on(call, func(http.ResponseWriter, *http.Request) { cancel(); time.Sleep(10 * time.Millisecond) })
		_, err = SignIn(ctx, at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{Password: "x"}, Options{})
		if keys.CauseOf(err) != keys.Canceled || len(f.killed) != 2 {
			t.Errorf("%s, given up: %v, ended %v", call, err, f.killed)
		}
	}
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 10)
	s := f.signIn(t, at)
	if err := s.UseProfile(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	if got := s.Facts(); got.Profile.ID != 6 || got.Rights["contract"] != 1 || got.Can("contract", keys.Update) {
		t.Errorf("after the change of profile: %+v", got)
	}
	if err := s.UseEntity(t.Context(), 7, false); err != nil {
		t.Fatal(err)
	}
	if got := s.Facts(); got.Entity != (keys.Entity{ID: 7, Path: "Root entity > R&D"}) || got.Recursive {
		t.Errorf("after the change of entity: %+v", got)
	}
	before := s.Facts()
	if err := s.UseEntity(t.Context(), 99, false); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("refused entity: %v", err)
	}
	f.on("POST /changeActiveProfile", recorded(t, 10, "31"))
	if err := s.UseProfile(t.Context(), 99); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("refused profile: %v", err)
	}
	if diff := cmp.Diff(before, s.Facts()); diff != "" || f.opened != 1 {
		t.Errorf("a refusal changed the facts: %s", diff)
	}
}

// TestSwitchHalfway: what Facts tells stays true, even when GLPI has moved on.
func TestSwitchHalfway(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	before := s.Facts()
	f.on("GET /getFullSession", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if err := s.UseEntity(t.Context(), 7, false); keys.CauseOf(err) != keys.ServerFault {
		t.Fatal(err)
	}
	f.on("GET /getFullSession", nil)
	if diff := cmp.Diff(before, s.Facts()); diff != "" {
		t.Error(diff)
	}
	if _, err := Get[licence](t.Context(), s, "SoftwareLicense", 1); err != nil {
		t.Fatal(err)
	}
	token, _ := s.state()
	if got := *f.sessions[token]; got != (place{4, 0, true}) || f.opened != 2 || len(f.killed) != 1 {
		t.Errorf("the session is at %+v, opened %d, ended %v", got, f.opened, f.killed)
	}
}

// TestRenewal: one new session for many callers, in the same place.
func TestRenewal(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	for _, err := range []error{s.UseProfile(t.Context(), 6), s.UseEntity(t.Context(), 7, false)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f.forget()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := Get[licence](t.Context(), s, "SoftwareLicense", 1); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	token, _ := s.state()
	if f.opened != 2 || *f.sessions[token] != (place{6, 7, false}) {
		t.Errorf("opened %d sessions, the last one is at %+v", f.opened, *f.sessions[token])
	}
	// A write was refused for its session: it is repeated once.
	f.forget()
	var made atomic.Int32
	f.on("POST /SoftwareLicense", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Session-Token") == token {
			transcript.Load(t, 11, "35").WriteTo(w)
			return
		}
		made.Add(1)
		jsonAnswer(w, 201, `{"id":5,"message":"ok"}`)
	})
	if c, err := s.Create(t.Context(), "SoftwareLicense", Fields{"name": "x"}); err != nil || c.ID != 5 || made.Load() != 1 {
		t.Errorf("%+v, %v, made %d", c, err, made.Load())
	}
}

func TestRenewalFails(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	if err := s.UseEntity(t.Context(), 7, true); err != nil {
		t.Fatal(err)
	}
	read := func() error {
		_, err := Get[licence](t.Context(), s, "SoftwareLicense", 1)
		return err
	}
	// The password has been changed.
	f.forget()
	f.on("POST /initSession", recorded(t, 11, "08"))
	if err := read(); keys.CauseOf(err) != keys.SessionEnded {
		t.Errorf("password changed: %v", err)
	}
	// The server cannot be used just now: that is what the person must know.
	f.on("POST /initSession", recorded(t, 11, "200"))
	if err := read(); keys.CauseOf(err) != keys.Maintenance {
		t.Errorf("maintenance: %v", err)
	}
	// The entity may not be used any more: better no answer than one from
	// another place.
	f.on("POST /initSession", nil)
	f.on("POST /changeActiveEntities", recorded(t, 11, "29"))
	before := len(f.killed)
	if err := read(); keys.CauseOf(err) != keys.SessionEnded {
		t.Errorf("entity gone: %v", err)
	}
	if len(f.killed) != before+1 {
		t.Error("the new session lives on")
	}
	// It helps, but only once a call.
	f.on("POST /changeActiveEntities", nil)
	f.on("GET /SoftwareLicense/1", recorded(t, 11, "35"))
	opened := f.opened
	if err := read(); keys.CauseOf(err) != keys.SessionEnded || f.opened != opened+1 {
		t.Errorf("%v, opened %d", err, f.opened-opened)
	}
	// A caller may stop waiting.
	f.forget()
	f.on("GET /SoftwareLicense/1", nil)
	release := make(chan struct{})
	defer close(release)
	f.on("POST /initSession", func(http.ResponseWriter, *http.Request) { <-release })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Get[licence](ctx, s, "SoftwareLicense", 1); keys.CauseOf(err) != keys.TimedOut {
		t.Errorf("gave up: %v", err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	for range 2 {
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(f.killed) != 1 || f.count("GET /killSession") != 1 {
		t.Errorf("ended %v", f.killed)
	}
	if err := s.UseEntity(t.Context(), 0, true); keys.CauseOf(err) != keys.SessionEnded || f.opened != 1 {
		t.Errorf("after Close: %v", err)
	}
	s = f.signIn(t, at)
	f.forget()
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("a session that GLPI has forgotten: %v", err)
	}
	// Also when the window closes with its context.
	s = f.signIn(t, at)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); err != nil || len(f.sessions) != 0 {
		t.Errorf("%v, %d sessions left", err, len(f.sessions))
	}
}

func TestMintToken(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	if _, err := s.MintToken(t.Context()); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("without the right: %v", err)
	}
	s.facts.Rights["user"] = keys.Update
	var minted string
	put := func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Input struct {
				Token string `json:"api_token"`
			}
		}
		data, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(data, &body)
		minted = body.Input.Token
		jsonAnswer(w, 200, `[{"2":true,"message":""}]`)
	}
	f.on("PUT /User/2", put)
	first, err := s.MintToken(t.Context())
	if err != nil || len(first) != 40 || first != minted || len(f.killed) != 1 {
		t.Errorf("%q, %q, %v, ended %v", first, minted, err, f.killed)
	}
	if second, err := s.MintToken(t.Context()); err != nil || second == first {
		t.Errorf("the second is like the first: %v", err)
	}
	// The answer was lost, the token set: signing in with it tells.
	f.on("PUT /User/2", func(w http.ResponseWriter, r *http.Request) { put(httptestNull{}, r); w.WriteHeader(502) })
	if token, err := s.MintToken(t.Context()); err != nil || token != minted {
		t.Errorf("answer lost: %v", err)
	}
	// GLPI accepts no personal tokens: the old way of signing in has to stay.
	f.on("POST /initSession", recorded(t, 11, "18"))
	if token, err := s.MintToken(t.Context()); keys.CauseOf(err) != keys.UserTokenWrong || token != "" {
		t.Errorf("tokens are off: %v", err)
	}
	f.on("PUT /User/2", recorded(t, 11, "116"))
	if _, err := s.MintToken(t.Context()); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("refused: %v", err)
	}
}

// httptestNull swallows an answer.
type httptestNull struct{}

func (httptestNull) Header() http.Header         { return http.Header{} }
func (httptestNull) Write(p []byte) (int, error) { return len(p), nil }
func (httptestNull) WriteHeader(int)             {}

// TestExplain: a refused write is not blamed on its data before the session's
// rights, and the item itself, have been looked at.
func TestExplain(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	french := func(code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			jsonAnswer(w, 400, `["`+code+`","Vous n&#039;avez pas les droits"]`)
		}
	}
	f.on("PUT /Contract/1", french("ERROR_GLPI_UPDATE"))
	f.on("POST /Contract", french("ERROR_GLPI_ADD"))
	update := func() error {
		_, err := s.Update(t.Context(), "Contract", 1, Fields{"name": "x"})
		return err
	}
	err := update()
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.Refused || p.Detail != "Vous n'avez pas les droits" {
		t.Errorf("with the right: %v", err)
	}
	f.on("GET /Contract/1", recorded(t, 11, "33"))
	if err := update(); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("the item is gone: %v", err)
	}
	f.on("GET /Contract/1", recorded(t, 11, "114"))
	if err := update(); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("the item may not be read: %v", err)
	}
	if err := s.UseProfile(t.Context(), 6); err != nil {
		t.Fatal(err)
	}
	before := f.count("GET /Contract/1")
	if err := update(); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("without the right: %v", err)
	}
	if _, err := s.Create(t.Context(), "Contract", Fields{"name": "x"}); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("create without the right: %v", err)
	}
	if f.count("GET /Contract/1") != before {
		t.Error("the rights would have told")
	}
}

// A sign-in that a person gives up while GLPI works on it leaves no session
// behind on the server.
func TestCanceledSignInLeavesNoSession(t *testing.T) {
	t.Parallel()
	arrived, ended := make(chan struct{}), make(chan string, 1)
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		switch r.URL.Path {
		case "/glpi/apirest.php/initSession":
			_, _ = io.Copy(io.Discard, r.Body)
			close(arrived)
			<-release
			_, _ = w.Write([]byte(`{"session_token":"late","session":{}}`))
		case "/glpi/apirest.php/killSession":
			ended <- r.Header.Get("Session-Token")
			_, _ = w.Write([]byte("true"))
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	at := keys.Endpoint{API: server.URL + "/glpi/apirest.php"}
	_, err := SignIn(ctx, at, keys.Via{}, keys.Credentials{User: "glpi", Password: "glpi"}, Options{})
	if keys.CauseOf(err) != keys.Canceled {
		t.Errorf("cause %q", keys.CauseOf(err))
	}
	close(release)
	select {
	case token := <-ended:
		if token != "late" {
			t.Errorf("ended session %q", token)
		}
	case <-time.After(10 * time.Second):
		t.Error("the session was left behind")
	}
}
