package glpi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"glpikeys/glpi/internal/transcript"
	"glpikeys/keys"
)

// fake is a GLPI made of recorded answers, as far as a session goes: it knows
// which sessions live, and where each one is. Its fields may be changed
// between calls.
type fake struct {
	t     testing.TB
	major int

	mu       sync.Mutex
	sessions map[string]*place
	opened   int
	killed   []string
	// answers take precedence over everything else, by "METHOD /path".
	answers map[string]http.HandlerFunc
	// seen counts calls by "METHOD /path".
	seen map[string]int
}

// place is where a session of the fake is.
type place struct {
	profile, entity int
	recursive       bool
}

func newFake(t testing.TB, major int) (*fake, keys.Endpoint) {
	f := &fake{t: t, major: major, sessions: map[string]*place{}, answers: map[string]http.HandlerFunc{}, seen: map[string]int{}}
	base := server(t, f.serve)
	return f, keys.Endpoint{API: base + "/glpi" + script, Major: major}
}

func (f *fake) signIn(t testing.TB, at keys.Endpoint) *Session {
	t.Helper()
	s, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{User: "glpi", Password: "pw"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// on sets the answer to one call.
func (f *fake) on(call string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[call] = h
}

func (f *fake) count(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[call]
}

// forget ends all sessions, as GLPI's nightly clean-up does.
func (f *fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.sessions)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/glpi"+script)
	call := r.Method + " " + path
	f.mu.Lock()
	f.seen[call]++
	h := f.answers[call]
	f.mu.Unlock()
	if h != nil {
		h(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	if path == pathInit {
		f.opened++
		token := fmt.Sprintf("token-%d", f.opened)
		f.sessions[token] = &place{profile: 4, entity: 0, recursive: true}
		jsonAnswer(w, 200, strings.Replace(f.session(token), `{"session":`, `{"session_token":"`+token+`","session":`, 1))
		return
	}
	token := r.Header.Get("Session-Token")
	at, ok := f.sessions[token]
	switch {
	case token == "":
		transcript.Load(f.t, f.major, "34").WriteTo(w)
	case !ok:
		transcript.Load(f.t, f.major, "35").WriteTo(w)
	default:
		f.inSession(w, call, token, at, body)
	}
}

func (f *fake) inSession(w http.ResponseWriter, call, token string, at *place, body []byte) {
	var in struct {
		Entity    int  `json:"entities_id"`
		Recursive bool `json:"is_recursive"`
		Profile   int  `json:"profiles_id"`
	}
	_ = json.Unmarshal(body, &in)
	switch call {
	case "GET /killSession":
		delete(f.sessions, token)
		f.killed = append(f.killed, token)
		jsonAnswer(w, 200, "true")
	case "GET /getMyProfiles":
		jsonAnswer(w, 200, `{"myprofiles":[{"id":4,"name":"Super-Admin","entities":[]},{"id":6,"name":"Technician","entities":[]}]}`)
	case "GET /getMyEntities":
		name := map[int]string{10: "Root entity &#62; R&#38;D", 11: "Root entity > R&D"}[f.major]
		jsonAnswer(w, 200, fmt.Sprintf(`{"myentities":[{"id":7,"name":%q},{"id":0,"name":"Root entity"}]}`, name))
	case "GET /getGlpiConfig":
		transcript.Load(f.t, f.major, "217").WriteTo(w)
	case "GET /getFullSession":
		jsonAnswer(w, 200, f.session(token))
	case "POST /changeActiveProfile":
		at.profile, at.entity, at.recursive = in.Profile, 0, true
		jsonAnswer(w, 200, "true")
	case "POST /changeActiveEntities":
		if in.Entity != 0 && in.Entity != 7 {
			jsonAnswer(w, 200, "false")
			return
		}
		at.entity, at.recursive = in.Entity, in.Recursive
		jsonAnswer(w, 200, "true")
	default:
		jsonAnswer(w, 200, `{"id":1}`)
	}
}

// session is getFullSession of the place where a session is.
func (f *fake) session(token string) string {
	at := f.sessions[token]
	return fmt.Sprintf(`{"session":{"glpiID":"2","glpiname":"glpi","glpifriendlyname":"Ana & Co","glpiactive_entity":%d,
		"glpiactive_entity_name":"x (tree structure)","glpiactive_entity_recursive":%v,"glpi_password_expired":null,
		"glpiactiveprofile":{"id":%d,"name":"P%d","is_default":0,"helpdesk_item_type":["Computer"],"license":"255","contract":%d,"ticket_status":[]}}}`,
		at.entity, at.recursive, at.profile, at.profile, map[int]int{4: 255, 6: 1}[at.profile])
}

// recorded answers as a transcript.
func recorded(t testing.TB, major int, number string) http.HandlerFunc {
	t.Helper()
	x := transcript.Load(t, major, number)
	return func(w http.ResponseWriter, _ *http.Request) { x.WriteTo(w) }
}
