//go:build live

package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
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
	w.copy.Change("User", w.copy.userByName(login).id(), map[string]any{"password": hashPassword(password)})
	w.signIn(1, login, password)
	w.prepare()
	w.loadPlugin()
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
		{"name":"Twin in the trash","profiles_id":1}]}`
	_, _, body := w.ask(0, "POST", inviteType, rows)
	var made []struct{ ID int }
	if err := json.Unmarshal([]byte(body), &made); err != nil || len(made) != 7 {
		w.t.Fatalf("could not prepare: %.500s", body)
	}
	w.t.Cleanup(func() {
		for _, m := range made {
			w.ask(0, "DELETE", fmt.Sprintf("%s/%d?force_purge=true", inviteType, m.ID), "")
		}
	})
	w.ask(0, "DELETE", fmt.Sprintf("%s/%d", inviteType, made[6].ID), "")
	w.made = made[0].ID
}

// loadPlugin copies the plugin's items, with the secrets in their links.
func (w *twin) loadPlugin() {
	for _, name := range []string{inviteType, regType, statusType} {
		w.loadType(name)
	}
	t := w.copy.tables[inviteType]
	for _, r := range t.rows {
		r[t.column("token_hash")] = fmt.Sprint(r.id())
		if r.id() < w.made || r.id() > w.made+6 {
			continue // somebody else's, not asked for alone
		}
		_, _, body := w.ask(0, "GET", fmt.Sprintf("%s/%d", inviteType, r.id()), "")
		var one struct{ Link string }
		if err := json.Unmarshal([]byte(body), &one); err != nil {
			w.t.Fatalf("%v in %.200s", err, body)
		}
		if _, token, ok := strings.Cut(one.Link, "?i="); ok {
			r[t.column("token")] = token
		}
	}
}

// pluginQuestions are about every column, search option and kind of search.
func (w *twin) pluginQuestions() []string {
	id := fmt.Sprint(w.made)
	out := []string{
		"Plugin?get_hateoas=0", "listSearchOptions/" + inviteType, "listSearchOptions/" + regType,
		statusType, statusType + "/1", statusType + "/2", regType, regType + "?range=0-99&expand_dropdowns=1", regType + "?sort=state&range=0-99",
		regType + "/999999", inviteType, inviteType + "?range=0-99&expand_dropdowns=1", inviteType + "?range=0-99&is_deleted=1",
		inviteType + "?searchText[name]=Twin&range=0-99", inviteType + "?searchText[token_hash]=a&range=0-99",
		inviteType + "?sort=token_hash", inviteType + "?sort=uuid&range=0-99", inviteType + "/999999", inviteType + "/" + id + "/" + regType,
		inviteType + "/" + id + "?expand_dropdowns=1", "search/" + inviteType, "search/" + regType, "search/" + inviteType + "?is_deleted=1",
		"getMultipleItems?items[0][itemtype]=" + inviteType + "&items[0][items_id]=" + id,
	}
	if w.copy.major() >= 11 { // 10 takes any case
		out = append(out, "pluginglpikeysinvitation")
	}
	for i := range 7 {
		out = append(out, fmt.Sprintf("%s/%d", inviteType, w.made+i))
	}
	regs := w.copy.tables[regType].rows
	for _, r := range regs[:min(8, len(regs))] {
		out = append(out, fmt.Sprintf("%s/%d", regType, r.id()), fmt.Sprintf("%s/%d/%s", inviteType, w.copy.tables[regType].int(r, "plugin_glpikeys_invitations_id"), regType))
	}
	for _, typ := range []string{inviteType, regType} {
		ours := "" // others may write on the real server at the same time
		if typ == inviteType {
			ours = "&criteria[9][link]=AND&criteria[9][field]=1&criteria[9][searchtype]=contains&criteria[9][value]=^Twin"
		}
		all := "search/" + typ + "?range=0-999&sort=2" + ours
		for i, o := range w.copy.tables[typ].options {
			all += fmt.Sprintf("&forcedisplay[%d]=%d", i, o.id)
			out = append(out, fmt.Sprintf("search/%s?range=0-99&sort=%d&order=%s&forcedisplay[0]=%d%s", typ, o.id, []string{"ASC", "DESC"}[i%2], o.id, ours))
			for _, letter := range o.types {
				for _, value := range searchValues(o) {
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
		return []string{"1", "0", "root"}
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
	codeB, headB, bodyB := w.ask(1, s.verb, path, body)
	if s.verb == "POST" && s.make == "" && codeA == 201 && json.Unmarshal([]byte(bodyA), &made) == nil && w.ids["inv"] != fmt.Sprint(made.ID) && w.ids["once"] != fmt.Sprint(made.ID) {
		w.ask(0, "DELETE", fmt.Sprintf("%s/%d?force_purge=true", inviteType, made.ID), "")
		w.t.Errorf("the real server took %s", body)
	}
	return w.equal(s.verb+" "+path+" "+body, path, codeA, codeB, headA, headB, bodyA, bodyB)
}
