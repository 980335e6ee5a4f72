//go:build live

package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestLiveTwin copies the items of a real GLPI into the sandbox and asks both
// the same questions: the answers must be equal to the last character. It only
// reads. GLPI_URL, GLPI_USER and GLPI_PASSWORD name the server and somebody
// with all rights; GLPI_LIVE_USERS may hold more accounts, "login:password"
// by spaces. Because it knows fresh installations of 10.0.12 and 11.0.6, not a
// server's own profiles and plugins, GLPI_LIVE_TWIN=1 has to ask for it.
func TestLiveTwin(t *testing.T) {
	base, login, password := strings.TrimRight(os.Getenv("GLPI_URL"), "/"), os.Getenv("GLPI_USER"), os.Getenv("GLPI_PASSWORD")
	if base == "" || os.Getenv("GLPI_LIVE_TWIN") == "" {
		t.Skip("GLPI_URL or GLPI_LIVE_TWIN is not set")
	}
	w := &twin{t: t, base: base}
	w.copy = New(Config{Major: w.major(login, password), BaseURL: base, Plugin: PluginActive})
	w.load()
	same, asked := 0, 0
	for _, who := range append([]string{login + ":" + password}, strings.Fields(os.Getenv("GLPI_LIVE_USERS"))...) {
		login, password, _ := strings.Cut(who, ":")
		w.copy.Change("User", w.copy.userByName(login).id(), map[string]any{"password": hashPassword(password)})
		w.signIn(1, login, password)
		w.signIn(0, login, password)
		for _, path := range liveQuestions {
			asked++
			if w.same(login, path) {
				same++
			}
		}
	}
	t.Logf("%d of %d answers equal", same, asked)
}

// twin is a real server and its copy.
type twin struct {
	t      *testing.T
	base   string
	copy   *Server
	token  [2]string
	made   []int             // invitations that the test made
	people []string          // accounts that the test made
	ids    map[string]string // of what its writes made
}

// major signs in to the real server and asks which it is.
func (w *twin) major(login, password string) int {
	w.signIn(0, login, password)
	_, _, body := w.ask(0, "GET", "getGlpiConfig", "")
	var a struct {
		Config struct {
			Version string `json:"version"`
		} `json:"cfg_glpi"`
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		w.t.Fatalf("no version: %.200s", body)
	}
	return number(a.Config.Version)
}

func (w *twin) ask(side int, verb, path, body string) (int, http.Header, string) {
	req, err := http.NewRequest(verb, w.base+"/apirest.php/"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if w.token[side] != "" {
		req.Header.Set("Session-Token", w.token[side])
	}
	if side == 1 {
		req.RemoteAddr = "127.0.0.1:1"
		rec := httptest.NewRecorder()
		w.copy.ServeHTTP(rec, req)
		return rec.Code, rec.Header(), rec.Body.String()
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(b)
}

func (w *twin) signIn(side int, login, password string) {
	if w.token[side] != "" {
		w.ask(side, "GET", "killSession", "")
		w.token[side] = ""
	}
	_, _, body := w.ask(side, "POST", "initSession", fmt.Sprintf(`{"login":%q,"password":%q}`, login, password))
	var a struct {
		Token string `json:"session_token"`
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		w.t.Fatalf("%s on side %d: %s", login, side, body)
	}
	w.token[side] = a.Token
}

// load copies the items of the types that questions are about.
func (w *twin) load() {
	s := w.copy
	for _, name := range []string{
		"Entity", "SoftwareLicenseType", "Manufacturer", "Supplier", "State", "Location", "ContractType", "CertificateType",
		"Software", "SoftwareLicense", "Contract", "Certificate", "Group", "User", "Profile", "Profile_User", "Group_User", "UserEmail",
		"Contract_Item", "Infocom",
	} {
		w.loadType(name)
	}
	s.growTree()
}

func (w *twin) loadType(name string) {
	t := w.copy.tables[name]
	t.rows = nil
	for _, trash := range []string{"0", "1"} {
		if trash == "1" && !t.trash {
			continue
		}
		_, _, body := w.ask(0, "GET", name+"?get_hateoas=0&range=0-99999&is_deleted="+trash, "")
		v, err := readJSON(body)
		if err != nil {
			w.t.Fatal(err)
		}
		rows, _ := v.(list)
		for _, o := range rows {
			r := t.blank()
			for _, m := range o.(object) {
				if i, ok := t.index[m.key]; ok {
					r[i] = m.value
				}
			}
			t.rows = append(t.rows, r)
		}
	}
	slices.SortFunc(t.rows, func(a, b row) int { return a.id() - b.id() })
}

var liveQuestions = []string{
	"getMyProfiles", "getMyEntities", "getMyEntities?is_recursive=true", "getActiveEntities", "getActiveProfile",
	"SoftwareLicense", "SoftwareLicense?range=0-9999", "SoftwareLicense?range=0-9999&get_hateoas=0",
	"SoftwareLicense?range=5-9&expand_dropdowns=true", "SoftwareLicense?range=5-9&add_keys_names[]=softwares_id&add_keys_names[]=entities_id&get_hateoas=0",
	"SoftwareLicense?range=0-9999&only_id=true&get_hateoas=0", "SoftwareLicense?range=0-3&only_id=true",
	"SoftwareLicense?range=10-5", "SoftwareLicense?range=10-9", "SoftwareLicense?range=99999-100000", "SoftwareLicense?range=abc",
	"SoftwareLicense?is_deleted=1&range=0-99&get_hateoas=0", "SoftwareLicense?sort=nosuch", "SoftwareLicense?order=UP",
	"SoftwareLicense?searchText[name]=^GLPI&range=0-99&get_hateoas=0", "SoftwareLicense?searchText[name]=001$&range=0-99&get_hateoas=0",
	"SoftwareLicense?searchText[softwares_id]=^1$&range=0-99&get_hateoas=0", "SoftwareLicense?searchText[softwares_id]=1&range=0-999&get_hateoas=0",
	"SoftwareLicense?searchText[name]=_&range=0-99&get_hateoas=0", "SoftwareLicense?searchText[name]=^&range=0-999&get_hateoas=0&only_id=1",
	"SoftwareLicense?searchText[comment]=^$&range=0-999&get_hateoas=0&only_id=1", "SoftwareLicense?searchText[name]=%C3%A9&range=0-99&get_hateoas=0&only_id=1",
	"SoftwareLicense?searchText[serial]=a&searchText[name]=E&range=0-999&get_hateoas=0&only_id=1", "SoftwareLicense?searchText[name]=R%26D&range=0-9&get_hateoas=0",
	"SoftwareLicense?searchText[name]=R%26%2338;%2338;D&range=0-9&get_hateoas=0", "SoftwareLicense?searchText[expire]=2027&range=0-999&get_hateoas=0&only_id=1",
	"SoftwareLicense?searchText[nosuch]=x", "SoftwareLicense/1", "SoftwareLicense/1?expand_dropdowns=true", "SoftwareLicense/999999", "SoftwareLicense/abc?range=0-1",
	"SoftwareLicense/1?with_infocoms=1&with_contracts=1&get_hateoas=0", "SoftwareLicense/3?get_hateoas=0", "SoftwareLicense/320?get_hateoas=0",
	"Software?range=0-99", "Software/1", "Software/1/SoftwareLicense?range=0-99&get_hateoas=0", "Software/99999/SoftwareLicense", "SoftwareLicenseType?range=0-99",
	"Contract?range=0-99", "Contract/1", "Contract/1?expand_dropdowns=1", "Certificate?range=0-99", "Certificate/1", "Entity?range=0-99&only_id=1&get_hateoas=0", "Entity/0?get_hateoas=0", "Entity/5", "Entity/34?expand_dropdowns=1",
	"Profile?range=0-99", "Profile/4", "Group?range=0-99", "Group/1", "User/7/Group_User", "User/7/UserEmail?get_hateoas=0", "User/7/Profile_User", "Profile_User?range=0-9&get_hateoas=0",
	"User?range=0-99&only_id=1&get_hateoas=0", "User/999999", "UserEmail?range=0-9", "Group_User?range=0-9&get_hateoas=0", "Contract_Item?range=0-99&get_hateoas=0", "Contract/1/Contract_Item",
	"Plugin", "Config?range=0-2", "Infocom?range=0-9", "nosuch",
	"search/SoftwareLicense", "search/SoftwareLicense?range=0-999&forcedisplay[0]=2&forcedisplay[1]=1&forcedisplay[2]=11&forcedisplay[3]=8&forcedisplay[4]=80&forcedisplay[5]=10&forcedisplay[6]=5",
	"search/SoftwareLicense?range=0-999&sort=2&forcedisplay[0]=4&forcedisplay[1]=9&forcedisplay[2]=16&forcedisplay[3]=162&forcedisplay[4]=86&forcedisplay[5]=168&forcedisplay[6]=3&forcedisplay[7]=24&forcedisplay[8]=31&forcedisplay[9]=70",
	"search/SoftwareLicense?range=0-9&sort=8&order=DESC&forcedisplay[0]=8&forcedisplay[1]=2&withindexes=1", "search/SoftwareLicense?range=0-2&sort=2&uid_cols=1&forcedisplay[0]=1&forcedisplay[1]=2&forcedisplay[2]=10",
	q("SoftwareLicense", "8", "lessthan", "NOW"), q("SoftwareLicense", "8", "morethan", "NOW"), q("SoftwareLicense", "8", "lessthan", "30DAY"), q("SoftwareLicense", "8", "morethan", "-30DAY"),
	q("SoftwareLicense", "8", "lessthan", "1MONTH"), q("SoftwareLicense", "8", "lessthan", "1YEAR"), q("SoftwareLicense", "8", "lessthan", "DAY"), q("SoftwareLicense", "8", "lessthan", "TODAY"),
	q("SoftwareLicense", "8", "contains", "NULL"), q("SoftwareLicense", "8", "contains", "2027-0"), q("SoftwareLicense", "8", "equals", "2027-01-01"), q("SoftwareLicense", "8", "notequals", "2027-01-01"),
	q("SoftwareLicense", "8", "empty", "null"), q("SoftwareLicense", "8", "notcontains", "2027"), q("SoftwareLicense", "1", "contains", "glpi"), q("SoftwareLicense", "1", "notcontains", "glpi"),
	q("SoftwareLicense", "1", "contains", "^GLPI"), q("SoftwareLicense", "1", "contains", ""), q("SoftwareLicense", "1", "contains", "NULL"), q("SoftwareLicense", "1", "contains", "é"), q("SoftwareLicense", "1", "contains", "R&D"),
	q("SoftwareLicense", "1", "equals", "5"), q("SoftwareLicense", "1", "notequals", "5"), q("SoftwareLicense", "10", "equals", "1"), q("SoftwareLicense", "10", "contains", "glpi"), q("SoftwareLicense", "5", "equals", "2"), q("SoftwareLicense", "5", "notequals", "2"),
	q("SoftwareLicense", "80", "under", "1"), q("SoftwareLicense", "80", "notunder", "1"), q("SoftwareLicense", "80", "equals", "5"), q("SoftwareLicense", "80", "contains", "lille"), q("SoftwareLicense", "2", "contains", "31"), q("SoftwareLicense", "2", "equals", "13"), q("SoftwareLicense", "2", "contains", "^5$"),
	q("SoftwareLicense", "9", "equals", "1"), q("SoftwareLicense", "9", "equals", "0"), q("SoftwareLicense", "4", "equals", "10"), q("SoftwareLicense", "4", "contains", "10"), q("SoftwareLicense", "11", "contains", "a"), q("SoftwareLicense", "11", "contains", "NULL"), q("SoftwareLicense", "11", "empty", "null"), q("SoftwareLicense", "11", "nonsense", "a"),
	"search/SoftwareLicense?sort=2&range=0-999&criteria[0][field]=8&criteria[0][searchtype]=lessthan&criteria[0][value]=NOW&criteria[1][link]=AND&criteria[1][field]=10&criteria[1][searchtype]=equals&criteria[1][value]=1",
	"search/SoftwareLicense?sort=2&range=0-999&criteria[0][field]=8&criteria[0][searchtype]=lessthan&criteria[0][value]=NOW&criteria[1][link]=OR&criteria[1][field]=10&criteria[1][searchtype]=equals&criteria[1][value]=1",
	"search/SoftwareLicense?sort=2&range=0-999&criteria[0][field]=8&criteria[0][searchtype]=lessthan&criteria[0][value]=NOW&criteria[1][link]=AND NOT&criteria[1][field]=10&criteria[1][searchtype]=equals&criteria[1][value]=1",
	"search/SoftwareLicense?is_deleted=1&sort=2&range=0-9", "search/SoftwareLicense?criteria[0][field]=99999&criteria[0][searchtype]=contains&criteria[0][value]=x", "search/SoftwareLicense?criteria[0][field]=61&criteria[0][searchtype]=contains&criteria[0][value]=x",
	"search/SoftwareLicense?forcedisplay[0]=61", "search/SoftwareLicense?forcedisplay[0]=99999&range=0-1", "search/SoftwareLicense?sort=99999&range=0-1",
	"search/SoftwareLicense?range=320-330", "search/SoftwareLicense?range=5000-5010", "search/SoftwareLicense?range=x",
	"search/Contract?sort=2&range=0-99&forcedisplay[0]=2&forcedisplay[1]=3&forcedisplay[2]=5&forcedisplay[3]=6&forcedisplay[4]=7&forcedisplay[5]=20&forcedisplay[6]=12&forcedisplay[7]=23&forcedisplay[8]=4&forcedisplay[9]=86",
	"search/Contract?sort=20&range=0-99&forcedisplay[0]=20&forcedisplay[1]=13",
	q("Contract", "20", "lessthan", "NOW"), q("Contract", "20", "morethan", "90DAY"), q("Contract", "5", "morethan", "2026-01-01"), q("Contract", "6", "equals", "12"), q("Contract", "23", "equals", "1"),
	"search/Certificate?sort=2&range=0-99&forcedisplay[0]=2&forcedisplay[1]=5&forcedisplay[2]=10&forcedisplay[3]=9", q("Certificate", "10", "lessthan", "60DAY"), q("Certificate", "10", "contains", "NULL"),
	"search/Entity?sort=2&range=0-99&forcedisplay[0]=2&forcedisplay[1]=14", q("Entity", "1", "contains", "north"), q("Entity", "1", "under", "1"), q("Entity", "14", "contains", "IT"), q("Entity", "2", "equals", "5"),
	"search/User?sort=2&range=0-99&forcedisplay[0]=1&forcedisplay[1]=2&forcedisplay[2]=5&forcedisplay[3]=8&forcedisplay[4]=9&forcedisplay[5]=34&forcedisplay[6]=20&forcedisplay[7]=80&forcedisplay[8]=13",
	q("User", "1", "contains", "tech"), q("User", "5", "contains", "example"), q("User", "20", "contains", "Super"), q("User", "20", "equals", "6"), q("User", "80", "equals", "0"), q("User", "8", "equals", "0"), q("User", "13", "equals", "1"),
	"search/Software?sort=2&range=0-99&forcedisplay[0]=2&forcedisplay[1]=23", "search/SoftwareLicenseType?sort=2&forcedisplay[0]=2&forcedisplay[1]=14", "search/Group?sort=2&forcedisplay[0]=2&forcedisplay[1]=14&range=0-99", "search/Profile?sort=2&forcedisplay[0]=2&range=0-99&forcedisplay[1]=3",
	"search/Profile_User?range=0-9&sort=2&forcedisplay[0]=2&forcedisplay[1]=3&forcedisplay[2]=4&forcedisplay[3]=5&forcedisplay[4]=86",
	"listSearchOptions/SoftwareLicense", "listSearchOptions/Contract", "listSearchOptions/User", "listSearchOptions/nosuch", "listSearchOptions",
	"getMultipleItems?items[0][itemtype]=SoftwareLicense&items[0][items_id]=1&items[1][itemtype]=Software&items[1][items_id]=1", "getMultipleItems?items[0][itemtype]=SoftwareLicense&items[0][items_id]=999999",
}

// q is a search with one condition, sorted by id.
func q(typ, field, kind, value string) string {
	return "search/" + typ + "?sort=2&range=0-999&forcedisplay[0]=2&criteria[0][field]=" + field +
		"&criteria[0][searchtype]=" + kind + "&criteria[0][value]=" + url.QueryEscape(value)
}

func (w *twin) same(who, path string) bool {
	path = strings.ReplaceAll(path, " ", "%20")
	codeA, headA, bodyA := w.ask(0, "GET", path, "")
	codeB, headB, bodyB := w.ask(1, "GET", path, "")
	// The recording server's fork has its own label for one of User's options.
	bodyA = strings.ReplaceAll(bodyA, "Cédula", "Administrative number")
	bad := codeA != codeB || bodyA != bodyB
	for _, h := range []string{"Content-Type", "Content-Range", "Accept-Range", "Last-Modified", "Cache-Control"} {
		bad = bad || headA.Get(h) != headB.Get(h)
	}
	if bad {
		at := 0
		for at < min(len(bodyA), len(bodyB)) && bodyA[at] == bodyB[at] {
			at++
		}
		at = max(0, at-60)
		w.t.Errorf("%s %s\n real    %d %s %s …%.300s\n sandbox %d %s %s …%.300s", who, path,
			codeA, headA.Get("Content-Type"), headA.Get("Content-Range"), bodyA[min(at, len(bodyA)):], codeB, headB.Get("Content-Type"), headB.Get("Content-Range"), bodyB[min(at, len(bodyB)):])
	}
	return !bad
}
