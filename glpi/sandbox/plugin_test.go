package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	invitePath = "PluginGlpikeysInvitation"
	regPath    = "PluginGlpikeysRegistration"
	statusPath = "PluginGlpikeysStatus"
)

// invitation is what the tests read of one.
type invitation struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Entity  int    `json:"entities_id"`
	Active  int    `json:"is_active"`
	Max     int    `json:"max_uses"`
	Uses    int    `json:"uses"`
	Opened  int    `json:"opened"`
	Started int    `json:"started"`
	Author  int    `json:"users_id"`
	Groups  string `json:"groups"`
	End     string `json:"end_date"`
	Link    *string
	Zone    string `json:"server_timezone"`
}

type registration struct {
	ID         int    `json:"id"`
	Invitation int    `json:"plugin_glpikeys_invitations_id"`
	Entity     int    `json:"entities_id"`
	User       int    `json:"users_id"`
	Email      string `json:"email"`
	State      string `json:"state"`
	At         string `json:"date_creation"`
}

func (c client) one(id int) invitation {
	c.t.Helper()
	var i invitation
	c.get(fmt.Sprintf("%s/%d", invitePath, id), &i)
	return i
}

// invite adds an invitation and returns its id and what the answer said.
func (c client) invite(fields string) (int, string) {
	c.t.Helper()
	w := c.do("POST", invitePath, `{"input":{`+fields+`}}`)
	var made struct {
		ID      int
		Message string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != http.StatusCreated {
		c.t.Fatalf("invite %s: %d %s", fields, w.Code, w.Body)
	}
	return made.ID, made.Message
}

func plugged(major int) Config { return Config{Major: major, Now: testNow, Plugin: PluginActive} }

func TestPluginStates(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow})
		page := func(want int) {
			t.Helper()
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", joinScript+"?i=0123456789012345678901", nil))
			if w.Code != want {
				t.Errorf("GLPI %d: page %d, want %d", major, w.Code, want)
			}
		}
		without := map[int]int{10: 403, 11: 404}
		const unknownType = "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM"
		c := signIn(t, s, "glpi", "glpi")
		c.want("GET", "Plugin", "", 200, "[]")
		c.want("GET", statusPath+"/1", "", 400, unknownType)
		page(without[major])
		s.SetPlugin(PluginInactive)
		c = signIn(t, s, "glpi", "glpi")
		c.want("GET", "Plugin", "", 200, `"state":4`)
		c.want("GET", invitePath, "", 400, unknownType)
		page(404)
		s.SetPlugin(PluginActive)
		c.want("GET", statusPath+"/1", "", 200, `"version":"1.0.0","profiles":[{"id":3,"name":"Admin","central":true}`)
		c.want("GET", statusPath+"/1", "", 200, `"mail":false,"url_base":"https://helpdesk.example.com","server_timezone":"CET"`)
		page(404)
		s.Change("Plugin", s.tables["Plugin"].rows[0].id(), map[string]any{"version": "0.9.0"})
		c.want("GET", statusPath+"/1", "", 200, `"version":"0.9.0"`)
		signIn(t, s, "normal", "normal").want("GET", statusPath+"/1", "", 403, "ERROR_RIGHT_MISSING")
		s.SetRight("Observer", inviteRight, read)
		var row map[string]any
		signIn(t, s, "normal", "normal").get(statusPath+"/1", &row)
		if _, ok := row["fingerprint"]; ok {
			t.Errorf("GLPI %d: the installed key is shown to whoever may not read the setup", major)
		}
		s.SetPlugin(NoPlugin)
		c.want("GET", invitePath, "", 400, unknownType)
	}
}

func TestInvitationInput(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(plugged(major))
		c := signIn(t, s, "glpi", "glpi")
		id, _ := c.invite(`"name":"x","profiles_id":1`)
		for _, test := range []struct{ fields, text string }{
			{`"end_date":"2027-02-31"`, "There is no such date or time. (end_date)"},
			{`"end_date":"2038-01-01"`, "Dates must be before 2038. (end_date)"},
			{`"begin_date":"2030-01-02","end_date":"2030-01-01"`, "The invitation would end before it begins. (end_date)"},
			{`"max_uses":-1`, "A number is not readable or out of range. (max_uses)"},
			{`"max_uses":1.5`, "A number is not readable or out of range. (max_uses)"},
			{`"account_days":3,"account_end_date":"2030-01-01"`, "Give the accounts an end date or a number of days, not both. (account_days)"},
			{`"account_days":36500`, "Dates must be before 2038. (account_days)"},
			{`"email_domains":"nodot"`, "An e-mail domain is not valid. (email_domains)"},
			{`"profiles_id":99999`, "You may not give this profile. (profiles_id)"},
			{`"groups":[99999]`, "A group does not exist in this entity or you have no access to it. (groups)"},
			{`"groups":[[1]]`, "A number is not readable or out of range. (groups)"},
			{`"name":["x"]`, "A text is too long or not readable. (name)"}, {`"name":" "`, "An invitation needs a name. (name)"},
			{`"name":"` + strings.Repeat("&", 52) + `"`, "A text is too long or not readable. (name)"},
			{`"is_active":7`, "A number is not readable or out of range. (is_active)"},
			{`"verify_email":1`, "GLPI sends no e-mail, so addresses cannot be confirmed. (verify_email)"},
		} {
			given := map[string]json.RawMessage{"name": json.RawMessage(`"x"`), "profiles_id": json.RawMessage("1")}
			if err := json.Unmarshal([]byte("{"+test.fields+"}"), &given); err != nil {
				t.Fatal(err)
			}
			whole, err := json.Marshal(map[string]any{"input": given})
			if err != nil {
				t.Fatal(err)
			}
			c.want("POST", invitePath, string(whole), 400, test.text)
			c.want("PUT", fmt.Sprintf("%s/%d", invitePath, id), `{"input":{`+test.fields+`}}`, 400, test.text)
		}
		if n := s.Count(invitePath); n != 1 {
			t.Errorf("GLPI %d: %d invitations", major, n)
		}
		c.want("PUT", fmt.Sprintf("%s/%d", invitePath, id), `{"input":{"uses":7,"token":"x","users_id":4,"is_deleted":1,"opened":9}}`, 200, "true")
		if got := c.one(id); got.Uses != 0 || got.Opened != 0 || got.Author != 2 {
			t.Errorf("GLPI %d: counters come from input: %+v", major, got)
		}
		const text = `O'Brien \\ <b>&amp; \"x\" é`
		id, _ = c.invite(`"name":"` + text + `","profiles_id":1,"end_date":"2030-12-24","email_domains":"@Exämple.org; b.example","groups":"[]"`)
		got := c.one(id)
		name := got.Name
		if major < 11 {
			name = decoder.Replace(name)
		}
		if name != `O'Brien \ <b>&amp; "x" é` && major >= 11 || got.End != "2030-12-24 23:59:59" || got.Groups != "[]" {
			t.Errorf("GLPI %d: %+v", major, got)
		}
		c.want("GET", fmt.Sprintf("%s/%d", invitePath, id), "", 200, `"email_domains":"xn--exmple-cua.org,b.example"`)
	}
}

func TestInvitationOnce(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(plugged(major))
		c := signIn(t, s, "glpi", "glpi")
		const key = `"uuid":"7d0a7c1b-1111-4222-8333-944445555666","profiles_id":1,"name":"x"`
		id, link := c.invite(key)
		if again, same := c.invite(strings.Replace(key, "7d0a7c1b", "7D0A7C1B", 1)); again != id || same != link {
			t.Errorf("GLPI %d: the same uuid gives %d %s, want %d %s", major, again, same, id, link)
		}
		c.want("POST", invitePath, `{"input":{`+key+`,"max_uses":2}}`, 400, "Another invitation has this uuid. (uuid)")
		if got := c.one(id); got.Link == nil || *got.Link != link || got.Zone != "CET" {
			t.Errorf("GLPI %d: %+v, want link %s", major, got, link)
		}
		once := strings.Replace(key, "666", "667", 1) + `,"show_once":1`
		id, link = c.invite(once)
		if got := c.one(id); got.Link != nil {
			t.Errorf("GLPI %d: a link that is shown once is kept", major)
		}
		again, second := c.invite(once)
		if again != id || second == link || second == "" {
			t.Errorf("GLPI %d: lost answer: %d %q, want %d and a new link", major, again, second, id)
		}
		for _, path := range []string{invitePath, "search/" + invitePath, "getMultipleItems?items[0][itemtype]=" + invitePath + "&items[0][items_id]=1", invitePath + "/1/Log"} {
			if body := c.do("GET", path, "").Body.String(); strings.Contains(body, "join.php") || strings.Contains(body, "token") {
				t.Errorf("GLPI %d: GET %s tells a secret: %.200s", major, path, body)
			}
		}
		rows := strings.Repeat(`{"name":"b","profiles_id":1},`, 21)
		c.want("POST", invitePath, `{"input":[`+strings.TrimSuffix(rows, ",")+`]}`, 207, `{"id":false,"message":"At most 20 invitations can be made at once."}`)
		if n := s.Count(invitePath); n != 22 {
			t.Errorf("GLPI %d: %d invitations, want 22", major, n)
		}
	}
}

// Who may not grant what an invitation grants sees no link and may only take
// away.
func TestInvitationRights(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s := New(Config{Major: major, Now: testNow, Plugin: PluginActive})
		site := s.Put("Entity", map[string]any{"name": "Site", "entities_id": 0})
		below := s.Put("Entity", map[string]any{"name": "Below", "entities_id": site})
		s.AddUser(User{Login: "site", Password: "site", Profile: "Technician", Entity: site})
		s.SetRight("Technician", inviteRight, 31)
		admin, tech := signIn(t, s, "glpi", "glpi"), signIn(t, s, "site", "site")
		at := fmt.Sprintf(`"name":"x","entities_id":%d,"profiles_id":`, site)
		strong, _ := admin.invite(at + "4")
		weak, _ := admin.invite(at + "1")
		path := func(id int) string { return fmt.Sprintf("%s/%d", invitePath, id) }
		if tech.one(strong).Link != nil || tech.one(weak).Link == nil {
			t.Errorf("GLPI %d: links are not shown to those alone who may grant", major)
		}
		tech.want("PUT", path(strong), `{"input":{"max_uses":9}}`, 400, "You may not give this profile. (profiles_id)")
		tech.want("PUT", path(strong), `{"input":{"is_active":0}}`, 200, "true")
		tech.want("PUT", path(strong), `{"input":{"is_active":1}}`, 400, "profiles_id")
		tech.want("PUT", path(weak), `{"input":{"entities_id":0}}`, 400, "You have no access to this entity. (entities_id)")
		tech.want("PUT", path(weak), `{"input":{"is_recursive":1}}`, 400, "You have no access to the child entities of this entity. (is_recursive)")
		tech.want("POST", invitePath, fmt.Sprintf(`{"input":{"name":"x","profiles_id":1,"entities_id":%d}}`, below), 400, noRight)
		tech.want("GET", path(1)+"?x", "", 200, `"link":null`)
		group := s.Put("Group", map[string]any{"name": "here", "entities_id": site})
		tech.want("PUT", path(weak), fmt.Sprintf(`{"input":{"groups":[%d]}}`, group), 200, "true")
		admin.want("DELETE", fmt.Sprintf("Group/%d?force_purge=true", group), "", 200, "true")
		if admin.one(weak).Active != 0 {
			t.Errorf("GLPI %d: an invitation to a group that is gone goes on", major)
		}
		s.SetRight("Technician", inviteRight, read|create)
		tech = signIn(t, s, "site", "site")
		if _, said := tech.invite(at + "1"); said != "" {
			t.Errorf("GLPI %d: who may not update was told %q", major, said)
		}
		tech.want("POST", regPath, `{"input":{"email":"x@example.org"}}`, 400, noRight)
		tech.want("PUT", statusPath+"/1", `{"input":{"verdict":"valid"}}`, 400, noRight)
	}
}

// browser is somebody without an account and without scripts.
type browser struct {
	t    testing.TB
	http *http.Client
}

func newBrowser(t testing.TB) browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, &http.Client{Jar: jar}}
}

// seen is a page after all redirects.
type seen struct {
	status              int
	title, body, action string
	at                  *url.URL
	fields              url.Values
}

var (
	headingOf  = regexp.MustCompile(`<h1>(.*?)</h1>`)
	hiddenOf   = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	actionOf   = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	mailedCode = regexp.MustCompile(`Your code: <b>([A-Z2-9]{4}-[A-Z2-9]{4})</b>`)
)

func (b browser) see(res *http.Response, err error) seen {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	p := seen{status: res.StatusCode, body: string(body), at: res.Request.URL, fields: url.Values{}}
	if m := headingOf.FindStringSubmatch(p.body); m != nil {
		p.title = m[1]
	}
	if m := actionOf.FindStringSubmatch(p.body); m != nil {
		p.action = m[1]
	}
	for _, m := range hiddenOf.FindAllStringSubmatch(p.body, -1) {
		p.fields.Set(m[1], m[2])
	}
	return p
}

func (b browser) open(address string) seen {
	b.t.Helper()
	return b.see(b.http.Get(address))
}

// send fills in a page's form, with pairs of field and value, and sends it.
func (b browser) send(p seen, pairs ...string) seen {
	b.t.Helper()
	form := url.Values{}
	for k, v := range p.fields {
		form[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	to, err := p.at.Parse(p.action)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.see(b.http.PostForm(to.String(), form))
}

func newcomerPairs(login string) []string {
	return []string{
		"firstname", "Zoë", "realname", "O'Neil & <Söhne>", "email", login + "@example.com", "login", login,
		"password", "Correct-Horse-7", "password2", "Correct-Horse-7",
	}
}

// served is a demonstration as startDemo makes it: its links open.
func served(t testing.TB, major int, path string) (*Server, string) {
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	s := New(Config{Major: major, Seed: Demo, BaseURL: base, Path: path})
	srv.Config.Handler = s
	srv.Start()
	t.Cleanup(srv.Close)
	return s, base + path
}

// The demonstration goes the whole way: create, open the link in a browser,
// register, confirm, approve, sign in, see the person appear.
func TestDemoWalk(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			s, base := served(t, major, "/glpi")
			admin := signIn(t, s, "glpi", "glpi")
			group := s.tables["Group"].where("name", "Staff")[0].id()
			id, link := admin.invite(fmt.Sprintf(`"name":"Walk","entities_id":1,"profiles_id":6,"profile_recursive":1,"groups":[%d],`+
				`"max_uses":2,"account_days":30,"email_domains":"example.com","verify_email":1,"require_approval":1`, group))
			if !strings.HasPrefix(link, base+joinScript+"?i=") {
				t.Fatalf("link %s", link)
			}
			visitor := newBrowser(t)
			form := visitor.open(link)
			if form.status != 200 || form.title != "Create your account" || !strings.Contains(form.body, `id="glpikeys-join"`) ||
				!strings.Contains(form.body, "Only addresses of example.com are accepted. We will send you a code to confirm it.") ||
				!strings.Contains(form.body, "An administrator checks each account") {
				t.Fatalf("%d %q: %s", form.status, form.title, form.body)
			}
			form = visitor.send(form, append(newcomerPairs("zoe"), "email", "zoe@other.example", "password2", "x")...)
			if form.status != 422 || strings.Count(form.body, "invalid-feedback\"") != 2 || !strings.Contains(form.body, `value="O&#39;Neil &amp; &lt;Söhne&gt;"`) ||
				strings.Contains(form.body, "Correct-Horse") {
				t.Fatalf("a wrong form: %d %s", form.status, form.body)
			}
			page := visitor.send(form, newcomerPairs("zoe")...)
			if page.title != "Confirm your e-mail address" || strings.Contains(page.at.String(), "i=") || mailedCode.FindString(page.body) == "" {
				t.Fatalf("%q at %s: %s", page.title, page.at, page.body)
			}
			code := mailedCode.FindStringSubmatch(page.body)[1]
			if twice := visitor.send(form, newcomerPairs("zoe")...); twice.title != page.title {
				t.Errorf("a second click ends on %q", twice.title)
			}
			if wrong := visitor.send(page, "step", "code", "code", "AAAA-AAAA"); wrong.status != 422 {
				t.Errorf("a wrong code: %d", wrong.status)
			}
			page = visitor.send(visitor.open(base+joinScript+"?step=done"), "step", "resend")
			if !strings.Contains(page.body, "A new code is on its way.") || strings.Contains(page.body, code) {
				t.Errorf("a new code: %s", page.body)
			}
			code = mailedCode.FindStringSubmatch(page.body)[1]
			page = visitor.send(page, "step", "code", "code", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
			if page.title != "Almost done" {
				t.Fatalf("the right code leads to %q", page.title)
			}
			var regs []registration
			admin.get(fmt.Sprintf("%s/%d/%s", invitePath, id, regPath), &regs)
			if len(regs) != 1 || regs[0].State != waitingApproval || regs[0].Email != "zoe@example.com" || regs[0].Entity != 1 {
				t.Fatalf("%+v", regs)
			}
			admin.want("POST", "initSession", `{"login":"zoe","password":"Correct-Horse-7"}`, 401, "deactivated")
			admin.want("DELETE", fmt.Sprintf("%s/%d?force_purge=true", invitePath, id), "", 400, noRight)
			answer := func(state string, status int) {
				t.Helper()
				admin.want("PUT", fmt.Sprintf("%s/%d", regPath, regs[0].ID), `{"input":{"state":"`+state+`","email":"x"}}`, status, "")
			}
			answer(regDone, 200)
			answer(regDone, 200)
			answer(regRefused, 400)
			if done := visitor.open(base + joinScript + "?step=done"); done.title != "Your account is ready" || !strings.Contains(done.body, "<dd>zoe</dd>") {
				t.Errorf("%q", done.title)
			}
			person := signIn(t, s, "zoe", "Correct-Horse-7")
			var profiles struct {
				Profiles []struct {
					ID       int
					Entities []struct {
						ID        int
						Recursive int `json:"is_recursive"`
					}
				} `json:"myprofiles"`
			}
			person.get("getMyProfiles", &profiles)
			if p := profiles.Profiles; len(p) != 1 || p[0].ID != 6 || len(p[0].Entities) != 1 || p[0].Entities[0].ID != 1 || p[0].Entities[0].Recursive != 1 {
				t.Errorf("%+v", profiles)
			}
			admin.want("GET", fmt.Sprintf("User/%d", regs[0].User), "", 200, `"end_date":"`+time.Now().AddDate(0, 0, 30).Format(day)+` 23:59:59"`)
			admin.want("GET", fmt.Sprintf("User/%d/Group_User", regs[0].User), "", 200, fmt.Sprintf(`"groups_id":%d`, group))
			if got := admin.one(id); got.Uses != 1 || got.Opened != 1 || got.Started != 1 {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Every state has its page, with the plugin's status, on both versions.
func TestJoinPages(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s, base := served(t, major, "")
		admin := signIn(t, s, "glpi", "glpi")
		for _, test := range []struct {
			fields string
			status int
			title  string
		}{
			{``, 200, "Create your account"},
			{`,"is_active":0`, 404, "This invitation is not valid"},
			{`,"end_date":"2020-01-01"`, 410, "This invitation has ended"},
			{`,"begin_date":"2036-01-01"`, 403, "This invitation is not open yet"},
			{`,"begin_date":"2036-01-01","is_active":0`, 404, "This invitation is not valid"},
		} {
			_, link := admin.invite(`"name":"x","profiles_id":1` + test.fields)
			for _, address := range []string{link, strings.Replace(link, "?i=", "/", 1)} {
				if p := newBrowser(t).open(address); p.status != test.status || p.title != test.title {
					t.Errorf("GLPI %d, %s: %d %q", major, test.fields, p.status, p.title)
				}
			}
		}
		id, link := admin.invite(`"name":"x","profiles_id":1,"max_uses":1`)
		first := newBrowser(t)
		form := first.open(link)
		if trap := first.send(form, append(newcomerPairs("robot"), "website", "x")...); trap.status != 422 {
			t.Errorf("GLPI %d: the trap answers %d", major, trap.status)
		}
		if stale := newBrowser(t).send(form, newcomerPairs("thief")...); stale.title != "Create your account" || !strings.Contains(stale.body, "was sent twice") {
			t.Errorf("GLPI %d: somebody else's form: %q", major, stale.title)
		}
		if none := first.send(seen{at: form.at, action: form.action}); none.title != "Access denied" || none.status != map[int]int{10: 200, 11: 403}[major] {
			t.Errorf("GLPI %d: no form token: %d", major, none.status)
		}
		done := first.send(first.open(link), "firstname", "Żółć", "realname", "Van Damme", "email", "z@example.com", "password", "Correct-Horse-7", "password2", "Correct-Horse-7")
		if done.title != "Your account is ready" || !strings.Contains(done.body, "<dd>zolc.van-damme</dd>") {
			t.Errorf("GLPI %d: %q %s", major, done.title, done.body)
		}
		if p := newBrowser(t).open(link); p.status != 410 || p.title != "This invitation is used up" {
			t.Errorf("GLPI %d: used up: %d %q", major, p.status, p.title)
		}
		if p := first.open(link); p.title != "Your account is ready" {
			t.Errorf("GLPI %d: back, after the last use: %q", major, p.title)
		}
		if got := admin.one(id); got.Uses != 1 {
			t.Errorf("GLPI %d: %+v", major, got)
		}
		// Revoked while the code is on its way.
		id, link = admin.invite(`"name":"x","profiles_id":1,"verify_email":1`)
		first.send(first.open(link), newcomerPairs("late")...)
		admin.want("PUT", fmt.Sprintf("%s/%d", invitePath, id), `{"input":{"is_active":0}}`, 200, "true")
		if p := first.open(base + joinScript + "?step=done"); p.status != 410 || p.title != "This invitation is no longer valid" {
			t.Errorf("GLPI %d: revoked meanwhile: %d %q", major, p.status, p.title)
		}
		for address, want := range map[string]int{joinScript: 404, joinScript + "?step=done": 404, joinScript + "/short": 404, "/plugins/glpikeys/front/other.php": map[int]int{10: 403, 11: 404}[major]} {
			if p := newBrowser(t).open(base + address); p.status != want {
				t.Errorf("GLPI %d: %s: %d, want %d", major, address, p.status, want)
			}
		}
	}
}

func TestRegistrationAnswers(t *testing.T) {
	t.Parallel()
	for _, major := range bothMajors {
		s, _ := served(t, major, "")
		admin := signIn(t, s, "glpi", "glpi")
		s.AddUser(User{Login: "site", Password: "site", Profile: "Technician", Entity: 1})
		s.SetRight("Technician", inviteRight, 31)
		id, link := admin.invite(`"name":"x","profiles_id":1,"max_uses":3,"require_approval":1`)
		visitor := newBrowser(t)
		visitor.send(visitor.open(link), newcomerPairs("waits")...)
		admin.want("PUT", fmt.Sprintf("%s/%d", invitePath, id), `{"input":{"entities_id":1,"profiles_id":4}}`, 200, "true")
		tech := signIn(t, s, "site", "site")
		var regs []registration
		tech.get(fmt.Sprintf("%s/%d/%s", invitePath, id, regPath), &regs)
		if len(regs) != 1 || regs[0].Entity != 1 {
			t.Fatalf("GLPI %d: registrations do not move with their invitation: %+v", major, regs)
		}
		path := fmt.Sprintf("%s/%d", regPath, regs[0].ID)
		tech.want("GET", path, "", 200, `"rule_grants":""`)
		tech.want("PUT", path, `{"input":{"state":"done"}}`, 400, "The registration does not wait for approval.")
		admin.want("GET", fmt.Sprintf("search/%s?criteria[0][field]=25&criteria[0][searchtype]=contains&criteria[0][value]=1&criteria[1][link]=AND&criteria[1][field]=2&criteria[1][searchtype]=contains&criteria[1][value]=%d", invitePath, id), "", 200, `"totalcount":1`)
		s.SetRuleGrants(regs[0].ID, "group Staff", false)
		admin.want("GET", path, "", 200, `"rule_grants":"group Staff"`)
		admin.want("PUT", path, `{"input":{"state":"done"}}`, 400, "what you may not give: group Staff.")
		tech.want("PUT", path, `{"input":{"state":"refused"}}`, 200, "true")
		admin.want("PUT", path, `{"input":{"state":"done"}}`, 400, "does not wait")
		if got := admin.one(id); got.Uses != 0 {
			t.Errorf("GLPI %d: the use is not given back: %+v", major, got)
		}
		admin.want("POST", "initSession", `{"login":"waits","password":"Correct-Horse-7"}`, 401, "deactivated")
		admin.want("DELETE", path+"?force_purge=true", "", 400, noRight)
		admin.want("DELETE", fmt.Sprintf("%s/%d?force_purge=true", invitePath, id), "", 200, "true")
		admin.want("GET", path, "", 404, "ERROR_ITEM_NOT_FOUND")
	}
}

func TestDemoInvitations(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{testNow(), time.Date(2028, 2, 29, 0, 5, 0, 0, time.UTC), time.Date(2036, 12, 31, 23, 59, 0, 0, time.UTC)} {
		for _, major := range bothMajors {
			s := New(Config{Major: major, Now: func() time.Time { return now }, Seed: Demo})
			c := signIn(t, s, "glpi", "glpi")
			var found struct {
				Data []map[string]any
			}
			c.get("search/"+invitePath+"?range=0-99&forcedisplay[0]=3&forcedisplay[1]=25&forcedisplay[2]=8&forcedisplay[3]=2", &found)
			states, waiting := map[string]int{}, 0.0
			for _, r := range found.Data {
				states[r["3"].(string)]++
				waiting += r["25"].(float64)
				var regs []registration
				c.get(fmt.Sprintf("%s/%v/%s?range=0-99", invitePath, r["2"], regPath), &regs)
				if float64(len(regs)) != r["8"] {
					t.Errorf("%v: %v uses, %d registrations", r["1"], r["8"], len(regs))
				}
				for _, g := range regs {
					if g.At > now.Format(stamp) {
						t.Errorf("%v: a registration in the future: %s", r["1"], g.At)
					}
				}
			}
			want := map[string]int{"active": 4, "last_use": 1, "scheduled": 1, "used_up": 1, "ended": 1, "revoked": 1}
			if diff := cmp.Diff(want, states); diff != "" || waiting != 2 {
				t.Errorf("GLPI %d on %s: %v waiting, %s", major, now.Format(day), waiting, diff)
			}
			names := map[string]bool{}
			for _, u := range s.tables["User"].rows {
				names[s.tables["User"].text(u, "name")] = true
			}
			if len(names) != len(s.tables["User"].rows) {
				t.Error("two people have one login")
			}
		}
	}
}

func BenchmarkInvitations10000(b *testing.B) {
	s := New(Config{Seed: Invitations(10000)})
	c := signIn(b, s, "glpi", "glpi")
	for b.Loop() {
		w := c.do("GET", "search/"+invitePath+"?range=0-999&forcedisplay[0]=3&forcedisplay[1]=25&forcedisplay[2]=8&forcedisplay[3]=6&forcedisplay[4]=9&sort=6", "")
		if w.Code != http.StatusPartialContent {
			b.Fatal(w.Code)
		}
	}
}
