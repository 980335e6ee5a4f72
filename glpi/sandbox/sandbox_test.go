package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

var bothMajors = []int{10, 11}

func testNow() time.Time {
	return time.Date(2026, 11, 23, 10, 30, 0, 0, time.FixedZone("CET", 3600))
}

// client is somebody signed in to a sandbox.
type client struct {
	t     testing.TB
	s     *Server
	token string
}

func (c client) do(verb, path, body string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(verb, c.s.cfg.Path+"/apirest.php/"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Session-Token", c.token)
	}
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, r)
	return w
}

// get decodes the answer to a GET.
func (c client) get(path string, into any) *httptest.ResponseRecorder {
	c.t.Helper()
	w := c.do("GET", path, "")
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		c.t.Fatalf("GET %s: %v in %.300s", path, err, w.Body)
	}
	return w
}

// want fails unless the answer has a status and holds a text.
func (c client) want(verb, path, body string, status int, text string) {
	c.t.Helper()
	if w := c.do(verb, path, body); w.Code != status || !strings.Contains(w.Body.String(), text) {
		c.t.Errorf("%s %s %s: %d %.300s, want %d with %s", verb, path, body, w.Code, w.Body, status, text)
	}
}

func signIn(t testing.TB, s *Server, login, password string) client {
	t.Helper()
	c := client{t: t, s: s}
	var a struct {
		Token string `json:"session_token"`
	}
	w := c.do("POST", "initSession", fmt.Sprintf(`{"login":%q,"password":%q}`, login, password))
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.Token == "" {
		t.Fatalf("sign-in of %s: %d %s", login, w.Code, w.Body)
	}
	c.token = a.Token
	return c
}

type row1 struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Expire   string `json:"expire"`
	Entities int    `json:"entities_id"`
}

// The demonstration has to show every state on whatever day it is started.
func TestDemo(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		testNow(), time.Date(2028, 2, 29, 23, 59, 0, 0, time.UTC), time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
	} {
		for _, major := range bothMajors {
			s := New(Config{Major: major, Now: func() time.Time { return now }, Seed: Demo})
			c := signIn(t, s, "glpi", "glpi")
			var licences []row1
			c.get("SoftwareLicense?range=0-999&get_hateoas=false", &licences)
			counts := map[keys.State]int{}
			for _, l := range licences {
				end, err := keys.ParseDate(l.Expire)
				if err != nil {
					t.Fatal(err)
				}
				counts[keys.DefaultThresholds.State(end, keys.DateOf(now))]++
			}
			want := map[keys.State]int{keys.Expired: 3, keys.Urgent: 4, keys.Soon: 9, keys.Plan: 21, keys.NoDate: 14, keys.Fine: 189}
			if diff := cmp.Diff(want, counts); diff != "" {
				t.Errorf("GLPI %d on %s: %s", major, now.Format(day), diff)
			}
			for typ, n := range map[string]int{"Contract": 25, "Certificate": 20, "SoftwareLicense": 240, "Entity": 26} {
				if got := s.Count(typ); got != n {
					t.Errorf("%d of %s, want %d", got, typ, n)
				}
			}
		}
	}
}

func TestUnknownCallsAreLoud(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		c := signIn(t, New(Config{Major: major, Seed: Demo}), "glpi", "glpi")
		for _, path := range []string{
			"Monitor", "Ticket/1", "Document", "getMassiveActions/User", "search/Monitor", "search/Log",
			"search/SoftwareLicense?forcedisplay[0]=25", "search/SoftwareLicense?metacriteria[0][field]=1",
			"SoftwareLicense/1?with_tickets=true", "SoftwareLicense/1/Contract",
		} {
			c.want("GET", path, "", http.StatusNotImplemented, "SANDBOX_UNKNOWN")
		}
		c.want("POST", "Plugin", `{"input":{"name":"x"}}`, http.StatusNotImplemented, "SANDBOX_UNKNOWN")
		c.want("GET", "Nonsense", "", 400, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM")
	}
}

func TestRightsAndEntities(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow, Seed: Demo})
		// Lyon is entity 9 with 10–15 below it.
		s.AddUser(User{Login: "lyon", Password: "x", Profile: "Technician", Entity: 9, Recursive: true})
		s.AddUser(User{Login: "gerland", Password: "x", Profile: "Technician", Entity: 13})
		admin, lyon, gerland := signIn(t, s, "glpi", "glpi"), signIn(t, s, "lyon", "x"), signIn(t, s, "gerland", "x")

		seen := func(c client) (inside, above, outside int) {
			var licences []row1
			c.get("SoftwareLicense?range=0-999&get_hateoas=false", &licences)
			for _, l := range licences {
				switch {
				case l.Entities >= 9 && l.Entities <= 15:
					inside++
				case l.Entities == 0:
					above++
				default:
					outside++
				}
			}
			return inside, above, outside
		}
		inside, above, outside := seen(lyon)
		if inside < 20 || above == 0 || outside != 0 {
			t.Errorf("GLPI %d: from Lyon %d licences inside, %d recursive ones above, %d elsewhere", major, inside, above, outside)
		}
		if in, _, _ := seen(gerland); in == 0 || in >= inside {
			t.Errorf("GLPI %d: Gerland alone sees %d licences, all of Lyon %d", major, in, inside)
		}
		var all []row1
		admin.get("SoftwareLicense?range=0-999&get_hateoas=false", &all)
		paris, root := 0, 0
		for _, l := range all {
			if l.Entities == 1 && paris == 0 {
				paris = l.ID
			}
			if l.Entities == 0 && root == 0 {
				root = l.ID
			}
		}
		lyon.want("GET", fmt.Sprintf("SoftwareLicense/%d", paris), "", 403, "ERROR_RIGHT_MISSING")
		lyon.want("GET", fmt.Sprintf("SoftwareLicense/%d", root), "", 200, "completename")
		lyon.want("PUT", fmt.Sprintf("SoftwareLicense/%d", root), `{"input":{"comment":"x"}}`, 400, noRight)
		lyon.want("POST", "SoftwareLicense", `{"input":{"name":"x","softwares_id":1,"entities_id":1}}`, 400, noRight)
		lyon.want("POST", "SoftwareLicense", `{"input":{"name":"x","softwares_id":1,"entities_id":10}}`, 201, `"id"`)
		lyon.want("POST", "changeActiveEntities", `{"entities_id":10,"is_recursive":true}`, 200, "true")
		lyon.want("POST", "changeActiveEntities", `{"entities_id":1,"is_recursive":true}`, 200, "false")
		lyon.want("POST", "changeActiveEntities", `{"entities_id":9,"is_recursive":1}`, 400, "Bad Request")
	}
}

// A session keeps the rights and entities it began with until it changes its
// profile or entity.
func TestSessionIsASnapshot(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Seed: Demo})
		tech, admin := signIn(t, s, "tech", "tech"), signIn(t, s, "glpi", "glpi")
		s.SetRight("Technician", "license", 0)
		tech.want("GET", "SoftwareLicense?range=0-0", "", 206, "completename")
		tech.want("POST", "changeActiveProfile", `{"profiles_id":6}`, 200, "true")
		tech.want("GET", "SoftwareLicense?range=0-0", "", 403, "ERROR_RIGHT_MISSING")

		var made struct{ ID int }
		if err := json.Unmarshal(admin.do("POST", "Entity", `{"input":{"name":"New","entities_id":0}}`).Body.Bytes(), &made); err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprintf("Entity/%d", made.ID)
		admin.want("GET", path, "", 403, "ERROR_RIGHT_MISSING")
		admin.want("POST", "changeActiveEntities", `{}`, 200, "true")
		admin.want("GET", path, "", 200, "Root entity")
		s.EndSessions()
		admin.want("GET", "getMyProfiles", "", 401, "ERROR_SESSION_TOKEN_INVALID")
	}
}

func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	now := testNow()
	s := New(Config{Now: func() time.Time { return now }})
	idle, busy := signIn(t, s, "tech", "tech"), signIn(t, s, "glpi", "glpi")
	now = now.Add(30 * time.Minute)
	busy.want("GET", "getMyProfiles", "", 200, "Super-Admin")
	s.EndIdleSessions(24 * time.Minute)
	idle.want("GET", "getMyProfiles", "", 401, "ERROR_SESSION_TOKEN_INVALID")
	busy.want("GET", "killSession", "", 200, "true")
	if n := s.Sessions(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// A header of more than 4 KB breaks nginx; the rows are written all the same.
// A real server answered 502 from 70 (GLPI 10) and 71 (11) licences on.
func TestProxyBreaksLongLinks(t *testing.T) {
	t.Parallel()
	for major, first := range map[int]int{10: 70, 11: 71} {
		s := New(Config{Major: major, BaseURL: fmt.Sprintf("http://127.0.0.1:180%d", major)})
		s.Put("Software", map[string]any{"name": "S"})
		s.tables["SoftwareLicense"].next = 300
		s.SetProxyLimit(4096)
		c := signIn(t, s, "glpi", "glpi")
		post := func(n int) int {
			rows := strings.TrimSuffix(strings.Repeat(`{"name":"x","softwares_id":1},`, n), ",")
			return c.do("POST", "SoftwareLicense", `{"input":[`+rows+`]}`).Code
		}
		if code := post(first - 1); code != 201 {
			t.Errorf("GLPI %d: %d licences gave %d", major, first-1, code)
		}
		if code := post(first); code != 502 {
			t.Errorf("GLPI %d: %d licences gave %d", major, first, code)
		}
		if n := s.Count("SoftwareLicense"); n != 2*first-1 {
			t.Errorf("GLPI %d: %d licences are there, want %d", major, n, 2*first-1)
		}
	}
}

func TestRegistrationKey(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major})
		c := signIn(t, s, "glpi", "glpi")
		key := strings.Repeat("k", 100)
		c.want("PUT", "Config/1", `{"input":{"glpinetwork_registration_key":"  `+key+`\n"}}`, 400, `["ERROR_GLPI_UPDATE",""]`)
		stored := s.Setting("glpinetwork_registration_key")
		if want := (40 + 100 + 2) / 3 * 4; len(stored) != want || strings.Contains(stored, "kkk") {
			t.Errorf("GLPI %d stores %d characters, want %d of ciphertext", major, len(stored), want)
		}
		var rows []map[string]any
		c.get("Config?searchText[name]=^glpinetwork_registration_key$&get_hateoas=0", &rows)
		if _, ok := rows[0]["value"]; ok || len(rows) != 1 {
			t.Errorf("GLPI %d lists %v", major, rows)
		}
		id := fmt.Sprint(rows[0]["id"])
		var found struct{ Data map[string]map[string]any }
		c.get("search/Config?range=0-999&withindexes=1", &found)
		if found.Data[id]["1"] != stored {
			t.Errorf("GLPI %d: search shows %v", major, found.Data[id])
		}
		if w := c.do("GET", "getGlpiConfig", ""); strings.Contains(w.Body.String(), registrationKey) {
			t.Errorf("GLPI %d: getGlpiConfig names the key", major)
		}
		c.want("PUT", "Config/"+id, `{"input":{"context":"core","value":"CLEAR"}}`, 200, "true")
		if got := s.Setting(registrationKey); got != "CLEAR" {
			t.Errorf("GLPI %d: a change of the row stored %q", major, got)
		}
		tech := signIn(t, s, "tech", "tech")
		tech.want("PUT", "Config/1", `{"input":{"glpinetwork_registration_key":"x"}}`, 400, noRight)
		c.want("PUT", "Config/1", `{"input":{"glpinetwork_registration_key":""}}`, 400, `""`)
		if got := s.Setting(registrationKey); got != "" {
			t.Errorf("GLPI %d: cleared, but %q is stored", major, got)
		}
	}
}

func TestPasswordsAndAccounts(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		s.Set("use_password_security", "1")
		c := signIn(t, s, "glpi", "glpi")
		c.want("POST", "User", `{"input":{"name":"weak","password":"abc","password2":"abc"}}`, 201, "Item successfully added")
		c.want("POST", "User", `{"input":{"name":"strong","password":"Str0ng!pass","password2":"Str0ng!pass","_profiles_id":6}}`, 201, "added")
		client{t: t, s: s}.want("POST", "initSession", `{"login":"weak","password":"abc"}`, 401, "ERROR_GLPI_LOGIN")
		signIn(t, s, "STRONG", "Str0ng!pass")
		var users []map[string]any
		c.get("User?searchText[name]=^weak$&get_hateoas=0", &users)
		if users[0]["password_last_update"] != nil {
			t.Errorf("GLPI %d: an account without a password has %v", major, users[0]["password_last_update"])
		}
		for _, column := range []string{"password", "api_token", "personal_token"} {
			if _, ok := users[0][column]; ok {
				t.Errorf("GLPI %d shows %s", major, column)
			}
		}
		token := strings.Repeat("t", 40)
		c.want("PUT", "User/2", `{"input":{"api_token":"`+token+`"}}`, 200, "true")
		client{t: t, s: s}.want("POST", "initSession", `{"user_token":"`+token+`"}`, 200, "session_token")
		// A technician grants a Self-Service profile, not a Super-Admin's.
		tech := signIn(t, s, "tech", "tech")
		tech.want("POST", "User", `{"input":{"name":"sly","_profiles_id":4}}`, 201, "added")
		if got := s.grants(s.userByName("sly").id()); len(got) != 1 || got[0].name != "Self-Service" {
			t.Errorf("GLPI %d: sly got %v", major, got)
		}
	}
}

// The conditions of a sign-in that no recorded exchange shows.
func TestSignInConditions(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		for name, tc := range map[string]struct {
			prepare func(*Server)
			status  int
			text    string
		}{
			"clients in another network": {func(s *Server) {
				s.SetClients(Client{Active: true, From: "10.0.0.1", To: "10.0.0.9"})
			}, 400, "ERROR_NOT_ALLOWED_IP"},
			"any address": {func(s *Server) { s.SetClients(Client{Active: true}) }, 200, "session_token"},
			"one client needs no token": {func(s *Server) {
				s.SetClients(Client{Active: true, AppToken: "abc"}, Client{Active: true})
			}, 200, "session_token"},
			"account ended": {func(s *Server) {
				s.Change("User", 2, map[string]any{"end_date": "2026-11-22 00:00:00"})
			}, 401, "deactivated or removed"},
			"account begins later": {func(s *Server) {
				s.Change("User", 2, map[string]any{"begin_date": "2027-01-01 00:00:00"})
			}, 401, "deactivated or removed"},
			"account in the trash": {func(s *Server) {
				s.Change("User", 2, map[string]any{"is_deleted": 1})
			}, 401, "deactivated or removed"},
			"password expired long ago": {func(s *Server) {
				s.Set("password_expiration_delay", "30")
				s.Set("password_expiration_lock_delay", "10")
				s.Change("User", 2, map[string]any{"password_last_update": "2020-01-01 00:00:00"})
			}, 401, "deactivated or removed"},
		} {
			s := New(Config{Major: major, Now: testNow})
			tc.prepare(s)
			t.Run(fmt.Sprint(major, " ", name), func(t *testing.T) {
				client{t: t, s: s}.want("POST", "initSession", `{"login":"glpi","password":"glpi"}`, tc.status, tc.text)
			})
		}
	}
}

func TestPasswordExpired(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		s.Set("password_expiration_delay", "30")
		s.Change("User", 2, map[string]any{"password_last_update": "2020-01-01 00:00:00"})
		c := signIn(t, s, "glpi", "glpi")
		c.want("GET", "getMyProfiles", "", 200, `{"myprofiles":[]}`)
		c.want("GET", "getActiveProfile", "", 200, `{"active_profile":null}`)
		c.want("GET", "getFullSession", "", 200, `"glpi_password_expired":1`)
		c.want("GET", "SoftwareLicense", "", 403, "ERROR_RIGHT_MISSING")
		w := c.do("GET", "getActiveEntities", "")
		if want := map[int]int{10: 200, 11: 500}[major]; w.Code != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("GLPI %d: getActiveEntities gave %d %s", major, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	ask := func(s *Server, path string) int {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = "[::1]:4"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	for _, tc := range []struct {
		major        int
		folder, path string
		status       int
	}{
		{10, "", "/apirest.php/initSession", 400}, // no credentials
		{10, "", "/apirest.php//initSession/", 400},
		{10, "", "/api.php/v1/initSession", 403},
		{10, "", "/glpi/apirest.php/initSession", 403},
		{10, "/glpi", "/glpi/apirest.php/initSession", 400},
		{10, "", "/api.php/", 403},
		{11, "", "/api.php/v1/initSession", 400},
		{11, "", "/api.php/v1/v1/initSession", 400},
		{11, "", "/apirest.php/initSession", 400},
		{11, "", "/glpi/apirest.php/initSession", 404},
		{11, "/glpi", "/glpi/api.php/v1/initSession", 400},
		{11, "/glpi", "/apirest.php/initSession", 404},
		{11, "", "/api.php/", 403}, // API v2 is off
		{11, "", "/apirest.phpx/initSession", 404},
		{11, "", "/apirest.php/", 200}, // documentation
	} {
		s := New(Config{Major: tc.major, Path: tc.folder})
		if got := ask(s, tc.path); got != tc.status {
			t.Errorf("GLPI %d in %q: %s gave %d, want %d", tc.major, tc.folder, tc.path, got, tc.status)
		}
	}
	s := New(Config{Major: 11})
	s.Set("enable_hlapi", "1")
	if got := ask(s, "/api.php/"); got != 200 {
		t.Errorf("the list of versions gave %d", got)
	}
	if got := ask(s, "/api.php/v2/Management/License"); got != http.StatusNotImplemented {
		t.Errorf("API v2 gave %d", got)
	}
}

func TestIntercept(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusTeapot)
		return strings.Contains(r.URL.Path, "initSession")
	})
	client{t: t, s: s}.want("GET", "initSession", "", http.StatusTeapot, "")
	s.Intercept(nil)
	client{t: t, s: s}.want("GET", "initSession", "", 400, "ERROR_LOGIN_PARAMETERS_MISSING")
}

// Readers, writers and people who sign in and out at once; the race detector
// watches.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Seed: Demo})
		before := s.Count("SoftwareLicense")
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 12 {
					c := signIn(t, s, "glpi", "glpi")
					c.want("POST", "SoftwareLicense", fmt.Sprintf(`{"input":{"name":"w%d-%d","softwares_id":1}}`, worker, i), 201, "added")
					c.want("GET", "SoftwareLicense?range=0-99&sort=expire", "", 206, "completename")
					c.want("GET", "search/SoftwareLicense?sort=8&forcedisplay[0]=10&range=0-99", "", 206, "totalcount")
					c.want("PUT", "SoftwareLicense/1", fmt.Sprintf(`{"input":{"comment":"%d"}}`, i), 200, "true")
					c.want("POST", "changeActiveEntities", `{"entities_id":9,"is_recursive":true}`, 200, "true")
					c.want("GET", "getFullSession", "", 200, "glpiactiveprofile")
					c.want("GET", "killSession", "", 200, "true")
					s.Set("list_limit_max", fmt.Sprint(i))
				}
			})
		}
		wg.Wait()
		if n := s.Count("SoftwareLicense") - before; n != 96 {
			t.Errorf("GLPI %d: %d licences were added, want 96", major, n)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	const sent = `A < B & C > D "q" 's' é 漢 😀 \ / &amp; <b>`
	for _, tc := range []struct{ in, stored string }{
		{sent, `A &#60; B &#38; C &#62; D "q" 's' é 漢 😀 \ / &#38;amp; &#60;b&#62;`},
		{"plain", "plain"},
		{"R&D", "R&#38;D"},
		{"R&#38;D", "R&#38;D"},     // encoded already
		{"&lt;p&gt;", "&lt;p&gt;"}, // too
		{"&amp;", "&#38;amp;"},
		{"&eacute; <", "&#38;eacute; &#60;"},
	} {
		if got := encode(tc.in); got != tc.stored {
			t.Errorf("encode(%q) = %q, want %q", tc.in, got, tc.stored)
		}
		if got := encode(encode(tc.in)); got != tc.stored {
			t.Errorf("encoded twice, %q is %q", tc.in, got)
		}
	}
	if got := decode(encode(sent)); got != sent {
		t.Errorf("%q came back as %q", sent, got)
	}
	for _, major := range bothMajors {
		s := New(Config{Major: major})
		s.Put("Software", map[string]any{"name": "S"})
		c := signIn(t, s, "glpi", "glpi")
		body, _ := json.Marshal(map[string]any{"input": map[string]any{"name": sent, "softwares_id": 1}})
		c.want("POST", "SoftwareLicense", string(body), 201, "Item successfully added")
		term := sent
		if major == 10 {
			term = strings.NewReplacer("<", "&#38;#60;", ">", "&#38;#62;", "&", "&#38;#38;").Replace(sent)
		}
		var found []row1
		c.get("SoftwareLicense?get_hateoas=0&searchText[name]="+url.QueryEscape(term), &found)
		if len(found) != 1 || major == 11 && found[0].Name != sent || major == 10 && found[0].Name != encode(sent) {
			t.Errorf("GLPI %d: searched %q, found %v", major, term, found)
		}
	}
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern string
		value   any
		want    bool
	}{
		{"lic", "My Licence", true}, {"^lic", "My Licence", false}, {"^my", "My Licence", true}, {"ence$", "My Licence", true},
		{"^my$", "My Licence", false}, {"^my licence$", "My Licence", true}, {"m%c%e", "My Licence", true}, {"^m%x", "My Licence", false},
		{"elan", "Élan", true}, {"strasse", "Straße", true}, {"NULL", nil, true}, {"NULL", "x", false}, {"null", nil, true},
		{"^", nil, false}, {"^", "", true}, {"^$", "", true}, {"^$", "x", false}, {"1", 12, true}, {"^1$", 12, false}, {"_", "a_b", true},
		{"_", "ab", false}, {"x", nil, false}, {"^a%b$", "aXb", true}, {"^a%b$", "aXbc", false},
	} {
		if got := readPattern(tc.pattern, 11).match(tc.value); got != tc.want {
			t.Errorf("%q on %v: %v", tc.pattern, tc.value, got)
		}
	}
}

// The names found by a search or a list, on a few licences. The live twin test
// checks the same kinds of question against real servers.
func TestFinding(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		one, two := s.Put("Software", map[string]any{"name": "One"}), s.Put("Software", map[string]any{"name": "Two"})
		north := s.Put("Entity", map[string]any{"name": "North", "entities_id": 0})
		oslo := s.Put("Entity", map[string]any{"name": "Oslo", "entities_id": north})
		for _, l := range []struct {
			name             string
			software, entity int
			expire           any
			trash, template  int
			number           int
		}{
			{"Ended", one, 0, "2026-11-22", 0, 0, 10}, {"Today", one, north, "2026-11-23", 0, 0, 100}, {"Soon", two, oslo, "2026-12-20", 0, 0, 10},
			{"Late", two, oslo, "2028-01-01", 0, 0, -1}, {"Never", two, 0, nil, 0, 0, 10}, {"Trashed", one, 0, nil, 1, 0, 10}, {"Form", one, 0, nil, 0, 1, 10},
		} {
			s.Put("SoftwareLicense", map[string]any{"name": l.name, "softwares_id": l.software, "entities_id": l.entity, "expire": l.expire,
				"is_deleted": l.trash, "is_template": l.template, "number": l.number})
		}
		c := signIn(t, s, "glpi", "glpi")
		names := func(path string) string {
			var rows []row1
			if !strings.HasPrefix(path, "search/") {
				c.get("SoftwareLicense?get_hateoas=0&"+path, &rows)
			} else {
				var found struct {
					Data []struct {
						Name string `json:"1"`
					} `json:"data"`
				}
				c.get(strings.ReplaceAll(path, " ", "%20"), &found)
				for _, r := range found.Data {
					rows = append(rows, row1{Name: r.Name})
				}
			}
			var out []string
			for _, r := range rows {
				out = append(out, r.Name)
			}
			return strings.Join(out, " ")
		}
		where := func(field, kind, value string) string {
			return "search/SoftwareLicense?sort=8&forcedisplay[0]=1&criteria[0][field]=" + field + "&criteria[0][searchtype]=" + kind + "&criteria[0][value]=" + value
		}
		for _, tc := range []struct{ ask, want string }{
			{"range=0-99", "Ended Today Soon Late Never Form"}, {"sort=expire&order=DESC", "Late Soon Today Ended Never Form"}, {"range=1-2", "Today Soon"},
			{"is_deleted=1", "Trashed"}, {"searchText[expire]=NULL", "Never Form"}, {"searchText[name]=^e", "Ended"}, {"searchText[number]=10", "Ended Today Soon Never Form"},
			{"searchText[number]=^10$", "Ended Soon Never Form"},
			{where("8", "lessthan", "NOW"), "Ended"}, {where("8", "lessthan", "30DAY"), "Ended Today Soon"}, {where("8", "morethan", "TODAY"), "Soon Late"},
			{where("8", "morethan", "1YEAR"), "Late"}, {where("8", "contains", "NULL"), "Never"}, {where("8", "lessthan", "DAY"), "Never Ended Today Soon Late"},
			{where("8", "notequals", "2026-11-22"), "Today Soon Late"}, {where("10", "equals", "2"), "Never Soon Late"}, {where("10", "contains", "one"), "Ended Today"},
			{where("80", "under", "1"), "Today Soon Late"}, {where("80", "notunder", "1"), "Never Ended"}, {where("80", "equals", "2"), "Soon Late"},
			{where("4", "contains", "10"), "Never Ended Soon"}, {where("1", "notcontains", "e"), "Today Soon"}, {where("1", "nonsense", "oo"), "Soon"},
			{where("8", "lessthan", "NOW") + "&criteria[1][link]=OR&criteria[1][field]=10&criteria[1][searchtype]=equals&criteria[1][value]=2", "Never Ended Soon Late"},
			{where("10", "equals", "2") + "&criteria[1][link]=AND NOT&criteria[1][field]=8&criteria[1][searchtype]=morethan&criteria[1][value]=NOW", "Never"},
			{where("10", "equals", "2") + "&criteria[1][link]=AND&criteria[1][criteria][0][field]=8&criteria[1][criteria][0][searchtype]=morethan&criteria[1][criteria][0][value]=1YEAR", "Late"},
		} {
			if got := names(tc.ask); got != tc.want {
				t.Errorf("GLPI %d: %s found %q, want %q", major, tc.ask, got, tc.want)
			}
		}
		var posted struct{ Totalcount int }
		w := c.do("POST", "search/SoftwareLicense", `{"criteria":[{"field":8,"searchtype":"lessthan","value":"NOW"}]}`)
		if err := json.Unmarshal(w.Body.Bytes(), &posted); err != nil || posted.Totalcount != 1 {
			t.Errorf("GLPI %d: a search by POST gave %s", major, w.Body)
		}
	}
}

// GLPI's own traps in writing.
func TestWritingTraps(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		s.Put("Software", map[string]any{"name": "S"})
		for range 3 {
			s.Put("SoftwareLicense", map[string]any{"name": "L", "softwares_id": 1, "is_valid": 0})
		}
		s.Change("SoftwareLicense", 2, map[string]any{"is_template": 1})
		c := signIn(t, s, "glpi", "glpi")
		var l struct {
			Valid int `json:"is_valid"`
		}
		c.want("PUT", "SoftwareLicense/1", `{"input":{"number":5,"is_valid":0}}`, 200, "true")
		if c.get("SoftwareLicense/1", &l); l.Valid != 1 {
			t.Errorf("GLPI %d: a written number left is_valid at %d", major, l.Valid)
		}
		// A template has no trash, and what follows it is purged with it.
		c.want("DELETE", "SoftwareLicense", `{"input":[{"id":1},{"id":2},{"id":3}]}`, 200, `{"3":true`)
		for id, status := range map[int]int{1: 200, 2: 404, 3: 404} {
			c.want("GET", fmt.Sprintf("SoftwareLicense/%d", id), "", status, "")
		}
		// A body counts only when it says that it is JSON.
		r := httptest.NewRequest("POST", "/apirest.php/initSession", strings.NewReader(`{"login":"glpi","password":"glpi"}`))
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 400 || !strings.Contains(w.Body.String(), "ERROR_LOGIN_PARAMETERS_MISSING") {
			t.Errorf("GLPI %d: a body without a type gave %d %s", major, w.Code, w.Body)
		}
	}
}

// A licence that is installed more often than bought is not valid for GLPI.
func TestInstallationsDecideOnValidity(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		s.Put("Software", map[string]any{"name": "S"})
		s.Put("SoftwareLicense", map[string]any{"name": "L", "softwares_id": 1, "number": 1})
		for range 2 {
			s.Put("Computer", map[string]any{"name": "C"})
		}
		c := signIn(t, s, "glpi", "glpi")
		var l struct {
			Valid int `json:"is_valid"`
		}
		for i, step := range []struct {
			method, path, body string
			status, valid      int
		}{
			{"POST", "Item_SoftwareLicense", `{"input":{"itemtype":"Computer","items_id":1,"softwarelicenses_id":1}}`, 201, 1},
			{"POST", "Item_SoftwareLicense", `{"input":{"itemtype":"Computer","items_id":3,"softwarelicenses_id":1}}`, 400, 1},
			{"POST", "Item_SoftwareLicense", `{"input":{"itemtype":"Computer","items_id":2,"softwarelicenses_id":1}}`, 201, 0},
			{"PUT", "SoftwareLicense/1", `{"input":{"is_valid":1}}`, 200, 1},
			{"PUT", "SoftwareLicense/1", `{"input":{"comment":"x"}}`, 200, 1},
			{"PUT", "SoftwareLicense/1", `{"input":{"number":1}}`, 200, 0},
			{"PUT", "SoftwareLicense/1", `{"input":{"number":-1}}`, 200, 1},
			{"PUT", "SoftwareLicense/1", `{"input":{"number":1}}`, 200, 0},
			{"DELETE", "Item_SoftwareLicense/2?force_purge=true", "", 200, 1},
		} {
			c.want(step.method, step.path, step.body, step.status, "")
			if c.get("SoftwareLicense/1", &l); l.Valid != step.valid {
				t.Errorf("GLPI %d, step %d: is_valid is %d", major, i, l.Valid)
			}
		}
	}
}

func TestPutAndChangeKeepGLPIsTypes(t *testing.T) {
	t.Parallel()
	s := New(Config{Major: 11, Now: testNow})
	id := s.Put("Contract", map[string]any{"name": "C", "begin_date": "2026-01-31", "duration": 1})
	c := signIn(t, s, "glpi", "glpi")
	var found struct{ Data []map[string]any }
	c.get("search/Contract?forcedisplay[0]=20", &found)
	if found.Data[0]["20"] != "2026-02-28" {
		t.Errorf("a month from 31 January ends on %v", found.Data[0]["20"])
	}
	s.Change("Contract", id, map[string]any{"duration": 12})
	c.get("search/Contract?forcedisplay[0]=20", &found)
	if found.Data[0]["20"] != "2027-01-31" {
		t.Errorf("twelve months end on %v", found.Data[0]["20"])
	}
}

func BenchmarkList10000(b *testing.B) {
	benchmarkAsk(b, "SoftwareLicense?range=0-99999&get_hateoas=false")
}

func BenchmarkSearch10000(b *testing.B) {
	benchmarkAsk(b, "search/SoftwareLicense?range=0-99999&sort=8&forcedisplay[0]=2&forcedisplay[1]=1&forcedisplay[2]=8&forcedisplay[3]=10&forcedisplay[4]=80")
}

func benchmarkAsk(b *testing.B, path string) {
	c := signIn(b, New(Config{Major: 11, Seed: Bulk(10000)}), "glpi", "glpi")
	for b.Loop() {
		if w := c.do("GET", path, ""); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
