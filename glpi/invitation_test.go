package glpi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/glpi/internal/transcript"
	"glpikeys/keys"
)

// invitationServer is as much of the plugin as creating and changing takes. It
// keeps rows by uuid, and loses the answers that lose says.
type invitationServer struct {
	mu     sync.Mutex
	rows   []*invitationRow
	tokens int
	writes int // POSTs and PUTs that arrived
	reads  int // GETs of invitations
	// lose and loseRead answer the n-th write or read, from 1; before tells
	// whether that happens before anything is done.
	lose     func(n int) (h http.HandlerFunc, before bool)
	loseRead func(n int) http.HandlerFunc
}

const statusAnswer = `{"id":1,"version":"1.0.0","profiles":[{"id":1,"name":"Self-Service","central":false},{"id":4,"name":"P4","central":true}],` +
	`"mail":false,"url_base":"http://g","server_timezone":"Europe/Paris"}`

func newInvitationServer(t *testing.T, o Options) (*invitationServer, *fake, *Session) {
	t.Helper()
	p := &invitationServer{}
	f, at := newFake(t, 11)
	f.on("GET /PluginGlpikeysStatus/1", func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, statusAnswer) })
	f.on("POST /PluginGlpikeysInvitation", p.write)
	f.on("PUT /PluginGlpikeysInvitation/1", p.write)
	f.on("GET /PluginGlpikeysInvitation", p.read)
	f.on("GET /PluginGlpikeysInvitation/1", p.read)
	s, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{User: "glpi", Password: "pw"}, o)
	if err != nil {
		t.Fatal(err)
	}
	return p, f, s
}

// counts are the writes that arrived and the rows that there are, and the link
// of the first.
func (p *invitationServer) counts() (writes, rows int, link string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rows) > 0 {
		link = string(p.rows[0].Link)
	}
	return p.writes, len(p.rows), link
}

// losing sets what gets lost from now on.
func (p *invitationServer) losing(write func(n int) (http.HandlerFunc, bool), read func(n int) http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes, p.lose, p.loseRead = 0, write, read
}

func (p *invitationServer) write(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.writes++
	var lost http.HandlerFunc
	before := false
	if p.lose != nil {
		lost, before = p.lose(p.writes)
	}
	answer := ""
	if !before {
		answer = p.do(r.Method, data)
	}
	p.mu.Unlock()
	if lost != nil {
		lost(w, r)
		return
	}
	jsonAnswer(w, 201, answer)
}

func (p *invitationServer) do(method string, data []byte) string {
	var body struct {
		Input struct {
			UUID     text `json:"uuid"`
			ShowOnce bool `json:"show_once"`
			Active   bool `json:"is_active"`
		}
	}
	_ = json.Unmarshal(data, &body)
	if method == http.MethodPut {
		p.rows[0].Active = number(map[bool]int{true: 1}[body.Input.Active])
		return `[{"1":true,"message":""}]`
	}
	for _, row := range p.rows {
		if row.UUID == body.Input.UUID {
			if body.Input.ShowOnce {
				row.Link = p.link()
			}
			return fmt.Sprintf(`{"id":%d,"message":%q}`, row.ID, row.Link)
		}
	}
	row := &invitationRow{ID: number(len(p.rows) + 1), UUID: body.Input.UUID, Link: p.link(), Active: 1}
	if body.Input.ShowOnce {
		row.ShowOnce = 1
	}
	p.rows = append(p.rows, row)
	return fmt.Sprintf(`{"id":%d,"message":%q}`, row.ID, row.Link)
}

func (p *invitationServer) link() text {
	p.tokens++
	return text(testLink(p.tokens))
}

// testToken is a part of every token of these tests.
const testToken = "SecretSecretSecret"

func testLink(n int) string {
	return fmt.Sprintf("https://glpi.example.com/plugins/glpikeys/front/join.php?i=%s%04d", testToken, n)
}

func (p *invitationServer) read(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.reads++
	var lost http.HandlerFunc
	if p.loseRead != nil {
		lost = p.loseRead(p.reads)
	}
	p.mu.Unlock()
	if lost != nil {
		lost(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	single := strings.HasSuffix(r.URL.Path, "/1")
	var rows []string
	for _, row := range p.rows {
		link := "null"
		if single && row.ShowOnce == 0 {
			link = fmt.Sprintf("%q", row.Link)
		}
		rows = append(rows, fmt.Sprintf(`{"id":%d,"uuid":%q,"is_active":%d,"link":%s}`, row.ID, row.UUID, row.Active, link))
	}
	if single {
		jsonAnswer(w, 200, rows[0])
		return
	}
	want := strings.Trim(r.URL.Query().Get("searchText[uuid]"), "^$")
	if len(p.rows) == 0 || string(p.rows[0].UUID) != want {
		rows = nil
	}
	jsonAnswer(w, 200, "["+strings.Join(rows, ",")+"]")
}

// lostAnswers are the ways in which an answer gets lost.
func lostAnswers() map[string]http.HandlerFunc {
	page := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	link := testLink(0)
	return map[string]http.HandlerFunc{
		"reset": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		},
		"timeout": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		},
		"502":         page(502, "<h1>502 Bad Gateway</h1>"),
		"PHP warning": page(200, "Warning: Undefined array key in /x/y.php\n"+`{"id":1,"message":"`+link+`"}`),
		"PHP fatal":   page(500, "<b>Fatal error</b> "+strings.ReplaceAll(link, "/", `\/`)),
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			jsonAnswer(w, 201, `{"id":1,"message":"`+link)
		},
		"no id": func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 201, `{"message":"`+link+`"}`) },
	}
}

// TestCreateLost: whatever gets lost, there is one invitation in the end, and
// what is said does not hold its link.
func TestCreateLost(t *testing.T) {
	t.Parallel()
	const uuid = "0b54d7a7-7a4e-4d1c-9a55-0d5b5a7a1f00"
	for name, h := range lostAnswers() {
		for _, before := range []bool{true, false} {
			for _, once := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/before %v/once %v", name, before, once), func(t *testing.T) {
					t.Parallel()
					var log bytes.Buffer
					p, _, s := newInvitationServer(t, Options{
						Timeout: 700 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
					policy := keys.InvitationPolicy{Label: "x", ShowOnce: once}
					p.losing(first(h, before), nil)
					id, link, err := s.CreateInvitation(t.Context(), uuid, policy)
					writes, rows, right := p.counts()
					if id != 1 || link != right || err != nil || rows != 1 {
						t.Errorf("id %d, right link %v, %d rows, %v", id, link == right, rows, err)
					}
					if want := map[bool]int{true: 2, false: 1}[before || once]; writes != want {
						t.Errorf("%d POSTs, want %d", writes, want)
					}
					silent(t, &log, nil)
				})
			}
		}
		t.Run(name+"/and nothing can be read", func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			p, _, s := newInvitationServer(t, Options{
				Timeout: 400 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
			policy := keys.InvitationPolicy{Label: "x"}
			p.losing(first(h, false), func(int) http.HandlerFunc { return h })
			_, _, err := s.CreateInvitation(t.Context(), uuid, policy)
			if writes, _, _ := p.counts(); keys.CauseOf(err) != keys.OutcomeUnknown || writes != 1 {
				t.Errorf("%v after %d POSTs", err, writes)
			}
			silent(t, &log, err)
			// Later the same call finds it.
			p.losing(nil, nil)
			id, link, err := s.CreateInvitation(t.Context(), uuid, policy)
			if _, rows, _ := p.counts(); id != 1 || link != testLink(1) || err != nil || rows != 1 {
				t.Errorf("later: id %d, right link %v, %d rows, %v", id, link == testLink(1), rows, err)
			}
		})
		t.Run(name+"/every answer", func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			p, _, s := newInvitationServer(t, Options{
				Timeout: 400 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
			p.losing(func(int) (http.HandlerFunc, bool) { return h, true }, nil)
			_, _, err := s.CreateInvitation(t.Context(), uuid, keys.InvitationPolicy{Label: "x"})
			if writes, rows, _ := p.counts(); keys.CauseOf(err) != keys.OutcomeUnknown || writes != 2 || rows != 0 {
				t.Errorf("%v after %d POSTs, %d rows", err, writes, rows)
			}
			silent(t, &log, err)
		})
	}
}

// first loses the first answer alone.
func first(h http.HandlerFunc, before bool) func(n int) (http.HandlerFunc, bool) {
	return func(n int) (http.HandlerFunc, bool) {
		if n == 1 {
			return h, before
		}
		return nil, false
	}
}

// silent: no token in the log, nor in what an error says in any way.
func silent(t *testing.T, log *bytes.Buffer, err error) {
	t.Helper()
	said := log.String() + fmt.Sprintf("%v %+v %#v", err, err, err)
	for ; err != nil; err = errors.Unwrap(err) {
		said += fmt.Sprintf("%v %+v", err, err)
		var p *keys.Problem
		if errors.As(err, &p) {
			said += p.Detail
		}
	}
	if strings.Contains(said, "ecretSecret") {
		t.Errorf("a token in: %s", said)
	}
}

func TestCreateCanceled(t *testing.T) {
	t.Parallel()
	p, _, s := newInvitationServer(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	p.losing(first(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, false), nil)
	_, _, err := s.CreateInvitation(ctx, newUUID(), keys.InvitationPolicy{Label: "x"})
	if writes, _, _ := p.counts(); keys.CauseOf(err) != keys.OutcomeUnknown || writes != 1 {
		t.Errorf("%v after %d POSTs", err, writes)
	}
}

// TestSecretsOfCreated: the link in an answer is nobody's to print.
func TestSecretsOfCreated(t *testing.T) {
	t.Parallel()
	c := Created{7, testLink(1)}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "created", c, "many", []Created{c})
	said := log.String() + fmt.Sprintf("%v %+v %#v %s %v %+v", c, c, c, c, []Created{c}, &c)
	if strings.Contains(said, testToken) || !strings.Contains(said, "item 7") {
		t.Error(said)
	}
}

// TestPutLost: a value is written again only when it is not there.
func TestPutLost(t *testing.T) {
	t.Parallel()
	for name, h := range lostAnswers() {
		for _, before := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/before %v", name, before), func(t *testing.T) {
				t.Parallel()
				p, _, s := newInvitationServer(t, Options{Timeout: 700 * time.Millisecond})
				p.rows = []*invitationRow{{ID: 1, UUID: "u", Active: 1}}
				p.losing(first(h, before), nil)
				if err := s.SetInvitationActive(t.Context(), 1, false); err != nil {
					t.Fatal(err)
				}
				writes, _, _ := p.counts()
				if want := map[bool]int{true: 2, false: 1}[before]; writes != want {
					t.Errorf("%d PUTs, want %d", writes, want)
				}
				if inv, _, err := s.Invitation(t.Context(), 1); err != nil || inv.Active {
					t.Errorf("still active %v, %v", inv.Active, err)
				}
				if name == "no id" {
					return // for a reader that is an answer
				}
				p.losing(first(h, before), func(int) http.HandlerFunc { return h })
				err := s.SetInvitationActive(t.Context(), 1, true)
				if writes, _, _ := p.counts(); keys.CauseOf(err) != keys.OutcomeUnknown || writes != 1 {
					t.Errorf("nothing can be read: %v after %d PUTs", err, writes)
				}
			})
		}
	}
}

// TestRefusedColumn: the plugin names the column that it refuses.
func TestRefusedColumn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ path, detail, want, field string }{
		{"/PluginGlpikeysInvitation", "You may not give this profile. (profiles_id)", "You may not give this profile.", "profiles_id"},
		{"/PluginGlpikeysInvitation/7", "An invitation needs a name. (name)", "An invitation needs a name.", "name"},
		{"/PluginGlpikeysInvitation", "Otra frase (con paréntesis) (end_date)", "Otra frase (con paréntesis)", "end_date"},
		{"/PluginGlpikeysInvitation", "At most 20 invitations can be made at once.", "At most 20 invitations can be made at once.", ""},
		{"/PluginGlpikeysInvitation", "A rule would give: Super-Admin (Root entity).", "A rule would give: Super-Admin (Root entity).", ""},
		{"/PluginGlpikeysInvitation", "(name)", "(name)", ""},
		{"/SoftwareLicense", "Please select a software (softwares_id)", "Please select a software (softwares_id)", ""},
	} {
		p := (&Error{Path: tc.path}).problem(keys.Refused, tc.detail)
		if p.Detail != tc.want || p.Field != tc.field {
			t.Errorf("%q: %q, %q", tc.detail, p.Detail, p.Field)
		}
	}
	if p := (&Error{Path: "/User"}).problem(keys.TooLong, "name"); p.Field != "name" {
		t.Errorf("%+v", p)
	}
}

// TestInvitationNames: of many rows, one each is asked for its names.
func TestInvitationNames(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		f, at := newFake(t, major)
		s := f.signIn(t, at)
		amp := map[int]string{10: "R&#38;D", 11: "R&D"}[major]
		f.on("GET /PluginGlpikeysStatus/1", func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, statusAnswer) })
		f.on("GET /PluginGlpikeysInvitation", func(w http.ResponseWriter, _ *http.Request) {
			var rows []string
			for i := range 900 {
				rows = append(rows, fmt.Sprintf(`{"id":%d,"name":%q,"profiles_id":%d,"entities_id":%d,"users_id":"%d","groups":"[5]","end_date":"2027-06-30 18:00:00","max_uses":"3"}`,
					i+1, amp, 1+i%2, 7*(i%3), 2+i%5))
			}
			w.Header().Set("Content-Range", "0-899/900")
			jsonAnswer(w, 200, "["+strings.Join(rows, ",")+"]")
		})
		asked := 0
		f.on("GET /getMultipleItems", func(w http.ResponseWriter, r *http.Request) {
			var rows []string
			for n := 0; r.URL.Query().Has(fmt.Sprintf("items[%d][items_id]", n)); n++ {
				asked++
				var i int
				_, _ = fmt.Sscan(r.URL.Query().Get(fmt.Sprintf("items[%d][items_id]", n)), &i)
				i--
				rows = append(rows, fmt.Sprintf(`{"id":%d,"profiles_id":%d,"entities_id":%d,"users_id":%d,"_keys_names":{"profiles_id":"P%d","users_id":"%s %d","entities_id":"E%d"}}`,
					i+1, 1+i%2, 7*(i%3), 2+i%5, 1+i%2, amp, 2+i%5, 7*(i%3)))
			}
			jsonAnswer(w, 200, "["+strings.Join(rows, ",")+"]")
		})
		f.on("GET /PluginGlpikeysRegistration", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("searchText[state]") != "^waiting_approval$" {
				t.Error(r.URL.RawQuery)
			}
			jsonAnswer(w, 200, `[{"id":1,"plugin_glpikeys_invitations_id":3},{"id":2,"plugin_glpikeys_invitations_id":"3"}]`)
		})
		f.on("GET /search/Group", func(w http.ResponseWriter, _ *http.Request) {
			jsonAnswer(w, 200, `{"totalcount":1,"count":1,"data":[{"1":"`+amp+`","2":5,"15":1,"80":"Root entity","86":1}]}`)
		})
		list, err := s.Invitations(t.Context(), nil)
		if err != nil || len(list) != 900 {
			t.Fatal(len(list), err)
		}
		paris, _ := time.LoadLocation("Europe/Paris")
		want := keys.Invitation{
			ID: 3, Waiting: 2, Author: "R&D 4",
			InvitationPolicy: keys.InvitationPolicy{
				Label: "R&D", Entity: keys.Entity{ID: 14, Path: "E14"}, Profile: keys.Profile{ID: 1, Name: "P1"},
				Groups: []keys.Group{{ID: 5, Name: "R&D"}}, MaxUses: 3, End: time.Date(2027, 6, 30, 18, 0, 0, 0, paris),
			},
		}
		if diff := cmp.Diff(want, list[2]); diff != "" {
			t.Error(diff)
		}
		if list[1].Entity.Path != "Root entity > R&D" || list[899].Profile.Name != "P2" {
			t.Errorf("%+v", list[1])
		}
		if asked > 10 || f.count("GET /getMultipleItems") != 1 || f.count("GET /search/Group") != 1 {
			t.Errorf("%d rows asked for names in %d calls", asked, f.count("GET /getMultipleItems"))
		}
	}
}

// TestListGrows: what is added to the end of a list while it is read is no
// reason to start again, what goes is.
func TestListGrows(t *testing.T) {
	t.Parallel()
	totals := []int{1500, 1501}
	call := 0
	base := server(t, func(w http.ResponseWriter, r *http.Request) {
		total := totals[min(call, len(totals)-1)]
		call++
		var from, to int
		_, _ = fmt.Sscanf(r.URL.Query().Get("range"), "%d-%d", &from, &to)
		var rows []string
		for i := from; i <= min(to, total-1); i++ {
			rows = append(rows, fmt.Sprintf(`{"id":%d}`, i))
		}
		w.Header().Set("Content-Range", fmt.Sprintf("0-0/%d", total))
		jsonAnswer(w, 206, "["+strings.Join(rows, ",")+"]")
	})
	s := testSession(t, base, 11)
	type row struct{ ID int }
	rows, err := List[row](t.Context(), s, "Thing", Filter{})
	if err != nil || len(rows) != 1501 || rows[1500].ID != 1500 || call != 2 {
		t.Errorf("%d rows in %d calls, %v", len(rows), call, err)
	}
	totals, call = []int{1500, 1499}, 0
	rows, err = List[row](t.Context(), s, "Thing", Filter{})
	if err != nil || len(rows) != 1499 || call != 4 {
		t.Errorf("%d rows in %d calls, %v", len(rows), call, err)
	}
}

// TestNoPlugin: why there are no invitations.
func TestNoPlugin(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, status, body) }
	}
	unknown := answer(400, `["ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM","resource not found"]`)
	row := func(directory, version string, state int) http.HandlerFunc {
		return answer(200, fmt.Sprintf(`[{"id":1,"directory":%q,"version":%q,"state":%d}]`, directory, version, state))
	}
	forbidden := answer(403, `["ERROR_RIGHT_MISSING","You don't have permission to perform this action."]`)
	for _, tc := range []struct {
		name            string
		status, plugins http.HandlerFunc
		cause           keys.Cause
		detail          string
	}{
		{"never there", unknown, answer(200, "[]"), keys.PluginMissing, ""},
		{"another plugin", unknown, row("formcreator", "2.13.0", 1), keys.PluginMissing, ""},
		{"switched off", unknown, row("glpikeys", "1.0.0", 4), keys.PluginInactive, "1.0.0"},
		{"waits for its new version", unknown, row("glpikeys", "1.0.0", 6), keys.PluginInactive, "1.0.0"},
		{"in its folder, never installed", unknown, row("glpikeys", "1.0.0", 2), keys.PluginMissing, ""},
		{"removed from its folder", unknown, row("glpikeys", "1.0.0", 1), keys.PluginMissing, ""},
		{"before it had a status", unknown, row("glpikeys", "0.9.1", 1), keys.PluginOld, "0.9.1"},
		{"may not look", unknown, forbidden, keys.PluginUnseen, ""},
		{"old", answer(200, `{"id":1,"version":"0.10.0","server_timezone":"UTC"}`), nil, keys.PluginOld, "0.10.0"},
		{"no right", forbidden, nil, keys.NoRight, ""},
		{"breaks", answer(500, `["ERROR","x"]`), nil, keys.ServerFault, "HTTP 500"},
		{"list breaks", unknown, answer(500, `["ERROR","x"]`), keys.ServerFault, "HTTP 500"},
	} {
		f, at := newFake(t, 11)
		s := f.signIn(t, at)
		f.on("GET /PluginGlpikeysStatus/1", tc.status)
		if tc.plugins != nil {
			f.on("GET /Plugin", tc.plugins)
		}
		_, err := s.Plugin(t.Context())
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause != tc.cause || p.Detail != tc.detail {
			t.Errorf("%s: %v", tc.name, err)
		}
		// Nobody is signed out or moved by looking.
		if got := s.Facts(); got.Profile.ID != 4 || got.Entity.ID != 0 {
			t.Errorf("%s: %+v", tc.name, got)
		}
		if _, err := Get[struct{}](t.Context(), s, "Software", 1); err != nil {
			t.Errorf("%s: afterwards %v", tc.name, err)
		}
	}
}

// TestFreshRights: a right that came after the sign-in is found, in the place
// where the session is; the old session ends.
func TestFreshRights(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	if err := s.UseEntity(t.Context(), 7, false); err != nil {
		t.Fatal(err)
	}
	first, _ := s.state()
	f.on("GET /PluginGlpikeysStatus/1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Session-Token") == first {
			transcript.Load(t, 11, "113").WriteTo(w)
			return
		}
		jsonAnswer(w, 200, statusAnswer)
	})
	p, err := s.Plugin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	paris, _ := time.LoadLocation("Europe/Paris")
	want := keys.Plugin{
		Version: "1.0.0", URLBase: "http://g", Zone: paris,
		Profiles: []keys.Profile{{ID: 1, Name: "Self-Service"}, {ID: 4, Name: "P4", Central: true}},
	}
	if diff := cmp.Diff(want, p, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Error(diff)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	second, _ := s.state()
	if len(f.killed) != 1 || f.killed[0] != first || f.opened != 2 || *f.sessions[second] != (place{profile: 4, entity: 7}) {
		t.Errorf("killed %v, opened %d, now at %+v", f.killed, f.opened, f.sessions[second])
	}
}

func TestUnknownZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Mars/Phobos", "../../etc/passwd"} {
		var log bytes.Buffer
		s := &Session{c: &client{o: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}}
		if zone := s.learnZone(name); zone != time.UTC || !strings.Contains(log.String(), "level=WARN") {
			t.Errorf("%q: %s, %s", name, zone, log.String())
		}
	}
}

func TestOlder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"1.0.0", "1.0.0", false}, {"1.0", "1.0.0", false}, {"0.9.9", "1.0.0", true}, {"1.9.0", "1.10.0", true},
		{"1.10.0", "1.9.0", false}, {"1.0.0-beta", "1.0.0", true}, {"1.0.1-beta", "1.0.0", false}, {"v1.2", "1.0.0", false},
		{"", "1.0.0", true}, {"dev", "1.0.0", true}, {"2", "1.0.0", false}, {"1.0.0", "1.0.0-rc1", false},
	} {
		if got := older(tc.a, tc.b); got != tc.want {
			t.Errorf("%q older than %q: %v", tc.a, tc.b, got)
		}
	}
}

func TestAsLink(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		testLink(1): true, "": false, "Item successfully added: https://x/front/join.php": false,
		"http://h/glpi/marketplace/glpikeys/front/join.php?i=x": true, "ftp://h/front/join.php": false,
	} {
		if got := asLink(text); (got == text) != want && text != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}
