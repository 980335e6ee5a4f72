//go:build live

package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	inviteType = "PluginGlpikeysInvitation"
	regType    = "PluginGlpikeysRegistration"
	statusType = "PluginGlpikeysStatus"
)

// TestLiveTwinPlugin asks a real GLPI that has the plugin glpikeys and its copy
// the same questions about the plugin's types, and does the same writes on
// both. It needs what TestLiveTwin needs, and purges what it made.
func TestLiveTwinPlugin(t *testing.T) {
	base, login, password := strings.TrimRight(os.Getenv("GLPI_URL"), "/"), os.Getenv("GLPI_USER"), os.Getenv("GLPI_PASSWORD")
	if base == "" || os.Getenv("GLPI_LIVE_TWIN") == "" {
		t.Skip("GLPI_URL or GLPI_LIVE_TWIN is not set")
	}
	w := &twin{t: t, base: base}
	w.copy = New(Config{Major: w.major(login, password), BaseURL: base, Plugin: PluginActive})
	w.load()
	w.prepare()
	for _, name := range []string{"User", "Profile_User", "UserEmail"} {
		w.loadType(name)
	}
	w.copy.Change("User", w.copy.userByName(login).id(), map[string]any{"password": hashPassword(password)})
	w.loadPlugin()
	w.copy.EndSessions()
	w.signIn(1, login, password)
	same, asked := 0, 0
	ask := func(who string, questions []string) {
		for _, path := range questions {
			asked++
			if w.samePlugin(who, "GET", path, "") {
				same++
			}
		}
	}
	ask(login, w.pluginQuestions())
	t.Logf("%d of %d answers equal", same, asked)
	same, asked = w.samePages()
	t.Logf("%d of %d pages equal", same, asked)
	same, asked = 0, 0
	for _, s := range pluginWrites {
		asked++
		if w.pluginWrite(s) {
			same++
		}
	}
	t.Logf("%d of %d answers to writes equal", same, asked)
	same, asked = 0, 0
	for _, who := range strings.Fields(os.Getenv("GLPI_LIVE_USERS")) {
		login, password, _ := strings.Cut(who, ":")
		w.copy.Change("User", w.copy.userByName(login).id(), map[string]any{"password": hashPassword(password)})
		w.signIn(1, login, password)
		w.signIn(0, login, password)
		ask(login, []string{inviteType, inviteType + "/1", regType, statusType, statusType + "/1", "search/" + inviteType, "search/" + regType})
	}
	t.Logf("%d of %d answers to other people equal", same, asked)
}

// prepare makes some invitations in all states on the real server.
func (w *twin) prepare() {
	rows := `{"input":[
		{"name":"Twin active","profiles_id":1,"max_uses":5,"groups":[1],"email_domains":"example.org","batch":"twin"},
		{"name":"Twin <last> & use","profiles_id":2,"max_uses":1,"comment":"a\n<b>","entities_id":3,"is_recursive":1},
		{"name":"Twin scheduled","profiles_id":6,"begin_date":"2031-01-01","end_date":"2031-02-01 12:00","profile_recursive":1},
		{"name":"Twin ended","profiles_id":1,"end_date":"2021-02-01","max_uses":0,"account_days":3},
		{"name":"Twin revoked","profiles_id":1,"is_active":0,"account_end_date":"2030-01-01","login_is_email":1,"require_approval":1},
		{"name":"Twin once","profiles_id":1,"show_once":1},
		{"name":"Twin in the trash","profiles_id":1},
		{"name":"Twin with approval","profiles_id":1,"require_approval":1}]}`
	_, _, body := w.ask(0, "POST", inviteType, rows)
	var made []struct {
		ID      int
		Message string
	}
	if err := json.Unmarshal([]byte(body), &made); err != nil || len(made) != 8 {
		w.t.Fatalf("could not prepare: %.500s", body)
	}
	w.t.Cleanup(func() {
		w.signIn(0, os.Getenv("GLPI_USER"), os.Getenv("GLPI_PASSWORD")) // others were signed in last
		for _, p := range w.people {
			_, _, body := w.ask(0, "GET", "search/User?forcedisplay[0]=2&criteria[0][field]=1&criteria[0][searchtype]=contains&criteria[0][value]=^"+p+"$", "")
			if id := regexp.MustCompile(`"2":(\d+)`).FindStringSubmatch(body); id != nil {
				w.ask(0, "DELETE", "User/"+id[1]+"?force_purge=true", "")
			}
		}
		_, _, body := w.ask(0, "GET", regType+"?searchText[state]=waiting&searchText[email]=twin-&range=0-99&get_hateoas=0", "")
		for _, id := range regexp.MustCompile(`\{"id":(\d+)`).FindAllStringSubmatch(body, -1) {
			w.ask(0, "PUT", regType+"/"+id[1], `{"input":{"state":"refused"}}`)
		}
		for _, m := range made {
			w.ask(0, "DELETE", fmt.Sprintf("%s/%d?force_purge=true", inviteType, m.ID), "")
		}
	})
	w.ask(0, "DELETE", fmt.Sprintf("%s/%d", inviteType, made[6].ID), "")
	if _, _, body := w.ask(0, "GET", statusType+"/1", ""); strings.Contains(body, `"mail":true`) {
		w.copy.Set("use_notifications", "1")
		w.copy.Set("notifications_mailing", "1")
	}
	for i, m := range made {
		w.made = append(w.made, m.ID)
		if i == 0 || i == 7 {
			w.join(m.Message, fmt.Sprintf("twin-%d", m.ID))
		}
	}
}

// shownPage is what a visitor gets.
type shownPage struct {
	status       int
	title, place string
	hidden       url.Values
}

var (
	heading1 = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	hidden   = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// browser asks the real server (side 0) or the copy.
func (w *twin) browser(side int) func(verb, address string, form url.Values) shownPage {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return func(verb, address string, form url.Values) shownPage {
		req, err := http.NewRequest(verb, address, strings.NewReader(form.Encode()))
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("Accept-Language", "en")
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for _, c := range jar.Cookies(req.URL) {
			req.AddCookie(c)
		}
		var res *http.Response
		if side == 1 {
			rec := httptest.NewRecorder()
			req.RemoteAddr = "127.0.0.1:1"
			w.copy.ServeHTTP(rec, req)
			res = rec.Result()
		} else if res, err = http.DefaultTransport.RoundTrip(req); err != nil {
			w.t.Fatal(err)
		}
		jar.SetCookies(req.URL, res.Cookies())
		body, err := io.ReadAll(res.Body)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = res.Body.Close()
		p := shownPage{status: res.StatusCode, place: res.Header.Get("Location"), hidden: url.Values{}}
		if h := heading1.FindSubmatch(body); h != nil {
			p.title = strings.TrimSpace(string(h[1]))
		}
		for _, m := range hidden.FindAllStringSubmatch(string(body), -1) {
			p.hidden.Set(m[1], m[2])
		}
		return p
	}
}

// join registers somebody on the real server.
func (w *twin) join(link, login string) {
	ask := w.browser(0)
	form := ask("GET", link, nil).hidden
	for field, value := range map[string]string{
		"firstname": "Zoë", "realname": "O'Neil & <Ü>", "email": login + "@example.org", "login": login,
		"password": "Correct-Horse-7", "password2": "Correct-Horse-7",
	} {
		form.Set(field, value)
	}
	address, _, _ := strings.Cut(link, "?")
	if p := ask("POST", address, form); p.status != http.StatusSeeOther {
		w.t.Fatalf("could not register: %+v", p)
	}
	w.people = append(w.people, login)
}

// samePages compares what visitors get, by status, heading, place and names of
// hidden fields: the wording around them is the plugin's own.
func (w *twin) samePages() (same, asked int) {
	t := w.copy.tables[inviteType]
	for _, id := range w.made {
		r := t.find(id)
		link := w.base + joinScript + "?i=" + t.text(r, "token")
		real, copied := w.browser(0), w.browser(1)
		steps := []struct {
			verb, address string
			form          url.Values
		}{
			{"GET", link, nil}, {"HEAD", link, nil}, {"GET", strings.Replace(link, "?i=", "/", 1), nil}, {"GET", w.base + joinScript + "?step=done", nil},
			{"POST", w.base + joinScript, url.Values{"firstname": {"x"}}}, {"PUT", link, nil}, {"POST", link, url.Values{"step": {"register"}}},
		}
		for _, s := range steps {
			asked++
			a, b := real(s.verb, s.address, s.form), copied(s.verb, s.address, s.form)
			if s.verb == "HEAD" || s.form != nil { // without a body, or GLPI's own page
				a, b = shownPage{status: a.status}, shownPage{status: b.status}
			}
			if a.status == b.status && a.title == b.title && a.place == b.place && len(a.hidden) == len(b.hidden) {
				same++
				continue
			}
			w.t.Errorf("%s of %s: real %d %q %q %d, sandbox %d %q %q %d", s.verb, t.text(r, "name"), a.status, a.title, a.place, len(a.hidden), b.status, b.title, b.place, len(b.hidden))
		}
		form, twin := real("GET", link, nil).hidden, copied("GET", link, nil).hidden
		if form.Get("invitation") == "" {
			continue
		}
		for _, s := range []url.Values{
			{}, {"website": {"x"}}, {"firstname": {"A"}, "realname": {"B"}, "email": {"nonsense"}, "password": {"short"}, "password2": {"other"}},
			{"firstname": {"A"}, "realname": {"B"}, "email": {fmt.Sprintf("twin-%d@example.org", id)}, "login": {"glpi"}, "password": {"Correct-Horse-7"}, "password2": {"Correct-Horse-7"}},
		} {
			asked++
			for k, v := range s {
				form[k], twin[k] = v, v
			}
			a, b := real("POST", w.base+joinScript, form), copied("POST", w.base+joinScript, twin)
			if a.status == b.status && a.title == b.title && a.place == b.place {
				same++
			} else {
				w.t.Errorf("form %v of %s: real %+v, sandbox %+v", s, t.text(r, "name"), a, b)
			}
			form, twin = a.hidden, b.hidden
		}
	}
	return same, asked
}

// loadPlugin copies the plugin's items, with the secrets in their links.
func (w *twin) loadPlugin() {
	for _, name := range []string{inviteType, regType, statusType} {
		w.loadType(name)
	}
	t := w.copy.tables[inviteType]
	for _, r := range t.rows {
		r[t.column("token_hash")] = fmt.Sprint(r.id()) // none alike
		if !slices.Contains(w.made, r.id()) {
			continue // somebody else's, not asked for alone
		}
		_, _, body := w.ask(0, "GET", fmt.Sprintf("%s/%d", inviteType, r.id()), "")
		var one struct{ Link string }
		if err := json.Unmarshal([]byte(body), &one); err != nil {
			w.t.Fatalf("%v in %.200s", err, body)
		}
		if _, token, ok := strings.Cut(one.Link, "?i="); ok {
			r[t.column("token")], r[t.column("token_hash")] = token, hashOf(token)
		}
	}
}

// pluginQuestions are about every column, search option and kind of search.
func (w *twin) pluginQuestions() []string {
	id := fmt.Sprint(w.made[0])
	out := []string{
		"Plugin?get_hateoas=0", "listSearchOptions/" + inviteType, "listSearchOptions/" + regType,
		statusType, statusType + "/1", statusType + "/2", regType + "?searchText[email]=twin-&range=0-99&expand_dropdowns=1",
		regType + "?searchText[email]=twin-&sort=state&range=0-99", regType + "/999999", inviteType + "?searchText[name]=^Twin&range=0-99&expand_dropdowns=1",
		inviteType + "?searchText[name]=Twin&range=0-99&is_deleted=1", inviteType + "?searchText[name]=Twin&searchText[batch]=twin&range=0-99",
		inviteType + "?searchText[name]=^Twin&searchText[token_hash]=a&range=0-99", inviteType + "?sort=token_hash", inviteType + "?searchText[name]=^Twin&sort=uuid&range=0-99", inviteType + "/999999", inviteType + "/" + id + "/" + regType,
		inviteType + "/" + id + "?expand_dropdowns=1", "search/" + inviteType + "?is_deleted=1",
		"getMultipleItems?items[0][itemtype]=" + inviteType + "&items[0][items_id]=" + id,
	}
	for _, id := range w.made {
		out = append(out, fmt.Sprintf("%s/%d", inviteType, id))
	}
	regs := w.copy.tables[regType]
	for _, r := range regs.rows {
		if slices.Contains(w.made, regs.int(r, "plugin_glpikeys_invitations_id")) {
			out = append(out, fmt.Sprintf("%s/%d", regType, r.id()), fmt.Sprintf("%s/%d?expand_dropdowns=1", regType, r.id()))
		}
	}
	for _, typ := range []string{inviteType, regType} {
		// Others may write on the real server at the same time.
		ours := "&criteria[9][link]=AND&criteria[9][field]=4&criteria[9][searchtype]=contains&criteria[9][value]=^Twin"
		if typ == inviteType {
			ours = strings.Replace(ours, "[field]=4", "[field]=1", 1)
		}
		out = append(out, "search/"+typ+"?"+ours)
		all := "search/" + typ + "?range=0-999&sort=2" + ours
		for i, o := range w.copy.tables[typ].options {
			all += fmt.Sprintf("&forcedisplay[%d]=%d", i, o.id)
			out = append(out, fmt.Sprintf("search/%s?range=0-99&sort=%d&order=%s&forcedisplay[0]=%d%s", typ, o.id, []string{"ASC", "DESC"}[i%2], o.id, ours))
			for _, letter := range o.types {
				for _, value := range searchValues(o) {
					if strings.Trim(value, "01") != "" && o.datatype != "specific" && o.datatype != "datetime" && letter != 'c' && letter != 'C' {
						continue // means something in text searches only
					}
					out = append(out, q(typ, fmt.Sprint(o.id), searchTypes[letter], value)+ours)
				}
			}
		}
		out = append(out, all)
	}
	return out
}

func searchValues(o *option) []string {
	switch o.datatype {
	case "bool":
		return []string{"0", "1"}
	case "datetime":
		return []string{"2031-01-01 00:00:00", "NULL"}
	case "number", "count":
		return []string{"0", "5"}
	case "specific":
		return []string{"active", "last_use", "scheduled", "ended", "used_up", "revoked", "done", "waiting_email", "waiting_approval", "refused", "nonsense"}
	case "dropdown":
		return []string{"1", "0", "twin"}
	}
	return []string{"^Twin", "NULL", "example.org"}
}

var pluginWrites = []step{
	{"inv", "POST", inviteType, `{"input":{"name":"Twin write <b> & 'q'","profiles_id":1,"max_uses":3,"end_date":"2030-12-24","email_domains":"@Example.org; b.example","groups":"1","uuid":"7D0A7C1B-1111-4222-8333-944445555666"}}`},
	{"", "GET", inviteType + "/{inv}", ""},
	{"", "POST", inviteType, `{"input":{"name":"Twin write <b> & 'q'","profiles_id":1,"max_uses":3,"end_date":"2030-12-24 23:59:59","email_domains":"example.org,b.example","groups":[1],"uuid":"7d0a7c1b-1111-4222-8333-944445555666"}}`},
	{"", "POST", inviteType, `{"input":{"name":"another","profiles_id":1,"uuid":"7d0a7c1b-1111-4222-8333-944445555666"}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"name":"Twin renamed","uses":7,"opened":7,"token":"x","token_hash":"y","users_id":4,"is_deleted":1,"uuid":"x","show_once":1,"date_creation":"2001-01-01 00:00:00","link":"http://evil/"}}`},
	{"", "GET", inviteType + "/{inv}", ""},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"begin_date":"2029-01-01T08:00","account_days":"30","batch":" x ","comment":"a\r\nb","login_is_email":true,"require_approval":"true","max_uses":""}}`},
	{"", "GET", inviteType + "/{inv}", ""},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"groups":"[]","email_domains":["b.example",5,"ä.example"],"account_days":null,"entities_id":3,"is_recursive":1}}`},
	{"", "GET", inviteType + "/{inv}", ""},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"is_active":0}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"end_date":"2020-01-01"}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"name":""}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"verify_email":1}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"entities_id":99999}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"profiles_id":99999}}`},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"groups":[99999]}}`},
	{"", "PUT", inviteType + "/999999", `{"input":{"name":"x"}}`},
	{"", "POST", inviteType, `{"input":[{"name":"","profiles_id":1},{"name":"x","profiles_id":0}]}`},
	{"", "POST", regType, `{"input":{"email":"x@example.org","state":"done"}}`},
	{"", "PUT", regType + "/999999", `{"input":{"state":"done"}}`},
	{"", "DELETE", regType + "/999999", ""},
	{"", "POST", statusType, `{"input":{"reached":1}}`},
	{"", "PUT", statusType + "/1", `{"input":{"verdict":"valid"}}`},
	{"", "DELETE", statusType + "/1?force_purge=true", ""},
	{"", "DELETE", inviteType + "/{inv}", ""},
	{"", "GET", inviteType + "/{inv}", ""},
	{"", "PUT", inviteType + "/{inv}", `{"input":{"is_active":1}}`},
	{"", "DELETE", inviteType + "/{inv}?force_purge=true", ""},
	{"", "GET", inviteType + "/{inv}", ""},
	{"once", "POST", inviteType, `{"input":{"name":"Twin once","profiles_id":1,"show_once":1,"uuid":"7d0a7c1b-1111-4222-8333-944445555667"}}`},
	{"", "GET", inviteType + "/{once}", ""},
	{"", "POST", inviteType, `{"input":{"name":"Twin once","profiles_id":1,"show_once":1,"uuid":"7d0a7c1b-1111-4222-8333-944445555667"}}`},
	{"", "DELETE", inviteType + "/{once}?force_purge=true", ""},
}

func init() {
	for _, fields := range []string{
		`"end_date":"2027-02-31"`, `"end_date":"2038-01-01"`, `"end_date":"9999-01-01"`, `"end_date":"1970-05-05"`, `"end_date":"tomorrow"`,
		`"begin_date":"2030-01-02","end_date":"2030-01-01"`, `"end_date":["2030-01-01"]`, `"end_date":20300101`, `"end_date":"2030-01-01 25:00"`,
		`"max_uses":-1`, `"max_uses":"1 OR 1"`, `"max_uses":1000001`, `"max_uses":1.5`, `"max_uses":true`, `"account_days":3,"account_end_date":"2030-01-01"`,
		`"account_days":36500`, `"email_domains":"nodot"`, `"email_domains":{"a":"-x.example"}`, `"profiles_id":0`, `"profiles_id":99999`, `"profiles_id":"x"`,
		`"entities_id":99999`, `"groups":[99999]`, `"groups":"1;2"`, `"groups":7`, `"groups":[[1]]`, `"groups":[1.5]`, `"uuid":"x' OR 1"`, `"uuid":5`, `"name":["x"]`, `"name":" "`, `"name":"NULL"`,
		`"name":"` + strings.Repeat("&", 52) + `"`, `"name":"` + strings.Repeat("x", 256) + `"`, `"is_active":7`, `"is_active":"yes"`, `"batch":"` + strings.Repeat("b", 65) + `"`,
		`"comment":"` + strings.Repeat("c", 13001) + `"`, `"comment":[]`, `"verify_email":1`,
	} {
		for _, verb := range []string{"POST", "PUT"} {
			s := step{"", verb, inviteType, `{"input":{"name":"Twin refused","profiles_id":1,` + fields + `}}`}
			if strings.HasPrefix(fields, `"name"`) || strings.HasPrefix(fields, `"profiles_id"`) {
				s.body = `{"input":{` + fields + `,"batch":"twin"}}`
			}
			if verb == "PUT" {
				s.path += "/{inv}"
				s.body = `{"input":{` + fields + `}}`
			}
			pluginWrites = slices.Insert(pluginWrites, 12, s)
		}
	}
}

var secrets = regexp.MustCompile(`i=[0-9A-Za-z]{22}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// comparable is a body without what may differ: moments, secrets, and the
// order of columns, which follows the versions a server's plugin had.
func comparable(path, body string) string {
	body = secrets.ReplaceAllString(body, "SECRET")
	if strings.HasPrefix(path, statusType) || !strings.HasPrefix(path, "search") {
		body = moment.ReplaceAllString(body, "MOMENT")
	}
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	at, err := url.Parse(path)
	if err != nil {
		return body
	}
	if sort := at.Query().Get("sort"); sort != "" && sort != "2" {
		onlySorted(v, sort)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return string(b)
}

// onlySorted leaves the column that a list is sorted by: the database puts
// equal rows in any order.
func onlySorted(v any, column string) {
	rows, _ := v.([]any)
	if o, ok := v.(map[string]any); ok {
		rows, _ = o["data"].([]any)
	}
	for i, r := range rows {
		if o, ok := r.(map[string]any); ok {
			rows[i] = o[column]
		}
	}
}

func (w *twin) samePlugin(who, verb, path, body string) bool {
	path = strings.ReplaceAll(path, " ", "%20")
	codeA, headA, bodyA := w.ask(0, verb, path, body)
	codeB, headB, bodyB := w.ask(1, verb, path, body)
	return w.equal(who+" "+verb+" "+path+" "+body, path, codeA, codeB, headA, headB, bodyA, bodyB)
}

func (w *twin) equal(what, path string, codeA, codeB int, headA, headB http.Header, bodyA, bodyB string) bool {
	a, b := comparable(path, bodyA), comparable(path, bodyB)
	bad := codeA != codeB || a != b
	for _, h := range []string{"Content-Type", "Content-Range", "Accept-Range", "Cache-Control", "Location"} {
		bad = bad || headA.Get(h) != headB.Get(h)
	}
	if bad {
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		at = max(0, at-60)
		w.t.Errorf("%.400s\n real    %d %s …%.300s\n sandbox %d %s …%.300s", what, codeA, headA.Get("Content-Range"), a[min(at, len(a)):], codeB, headB.Get("Content-Range"), b[min(at, len(b)):])
	}
	return !bad
}

func (w *twin) pluginWrite(s step) bool {
	if w.ids == nil {
		w.ids = map[string]string{}
	}
	path, body := fillIn(s.path, w.ids), fillIn(s.body, w.ids)
	codeA, headA, bodyA := w.ask(0, s.verb, path, body)
	var made struct{ ID int }
	if s.make != "" {
		if err := json.Unmarshal([]byte(bodyA), &made); err != nil || made.ID == 0 {
			w.t.Errorf("%s %s on the real server: %.300s", s.verb, path, bodyA)
			return false
		}
		w.ids[s.make] = fmt.Sprint(made.ID)
		w.copy.tables[path].next = made.ID
	}
	// Where mail is on, addresses may be confirmed, and one more is made.
	extra := s.make == "" && codeA == http.StatusCreated && json.Unmarshal([]byte(bodyA), &made) == nil && w.copy.tables[path].find(made.ID) == nil
	if extra {
		w.copy.tables[path].next = made.ID
		w.ask(0, "DELETE", fmt.Sprintf("%s/%d?force_purge=true", inviteType, made.ID), "")
	}
	codeB, headB, bodyB := w.ask(1, s.verb, path, body)
	return w.equal(s.verb+" "+path+" "+body, path, codeA, codeB, headA, headB, bodyA, bodyB)
}
