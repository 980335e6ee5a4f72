// Package sandbox is a GLPI in memory: it speaks GLPI's REST API v1 as GLPI
// 10.0.12 or 11.0.6 does, for the program's demonstration and for tests. It
// is an http.Handler and keeps nothing on disk.
//
// It behaves as measured on real servers (GLPI-REST), quirks included: an
// answer that is wrong there is wrong here. A test replays exchanges recorded
// on real servers against it. A call that it does not know it answers 501
// with the code SANDBOX_UNKNOWN, so that a program cannot mistake a gap of
// the sandbox for an empty GLPI.
//
// It also is GLPI with the plugin glpikeys (Config.Plugin), whose rules and
// answers it keeps, and whose join page it serves in English. Instead of
// sending a code by mail the page shows it. What the page has not: limits on
// wrong attempts, and visitors who are signed in, since there is nothing to
// sign in on in a browser.
//
// The folder data describes the types of item: their columns, search options
// and default rights, as fresh installations of both versions have them. To
// add a type, add its columns and options there and a line to behaviours.
package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// stamp is GLPI's form of a date with time, in the server's time zone.
const (
	stamp = "2006-01-02 15:04:05"
	day   = "2006-01-02"
)

// Config says which GLPI to be.
type Config struct {
	// Major is 10 (10.0.12) or 11 (11.0.6). Zero is 11.
	Major int
	// Now is the server's clock, whose location is the server's time zone.
	// The default is time.Now.
	Now func() time.Time
	// Seed fills the empty GLPI, for instance Demo or Bulk(2000). The default
	// leaves it as it is after installation.
	Seed func(*Server)
	// BaseURL is what GLPI thinks its own address is: it stands in the links
	// of answers, whatever host was asked (GLPI-REST §1). The default is
	// "https://helpdesk.example.com".
	BaseURL string
	// Path is the folder under which GLPI is served: "" or "/glpi". Other
	// addresses are answered as by a web server that knows no GLPI there.
	Path string
	// Plugin says how the plugin glpikeys stands. The default is that there is
	// none, unless Seed installs it, as Demo does.
	Plugin Plugin
}

// Server is one GLPI. All its methods may be called from any goroutine, also
// while it serves.
type Server struct {
	cfg    Config
	schema *schema

	mu       sync.RWMutex
	tables   map[string]*table
	rights   map[int]map[string]int // by profile
	sessions map[string]*session
	random   *rand.Rand
	tree     tree
	settings map[string]row // rows of Config by name, context core
	faults   faults
	visitors map[string]*visitor // of the join page, by cookie
	granted  map[int]ruleGrants  // what rules give besides, by registration
	key      string              // the installed key of GLPI Network
	network  *Network            // where it is asked about, nil: it cannot be reached
}

// faults are conditions outside of GLPI.
type faults struct {
	noDatabase  bool
	proxyHeader int // bytes of headers that the proxy in front takes, 0 for any
	before      func(http.ResponseWriter, *http.Request) bool
}

// New is a GLPI right after its installation, with the API on and an API
// client that admits this computer without an app token, filled by cfg.Seed.
func New(cfg Config) *Server {
	if cfg.Major == 0 {
		cfg.Major = 11
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://helpdesk.example.com"
	}
	load, ok := schemas[cfg.Major]
	if !ok {
		panic(fmt.Sprintf("sandbox: no GLPI %d, only 10 and 11", cfg.Major))
	}
	s := &Server{
		cfg: cfg, schema: load(), tables: map[string]*table{}, rights: map[int]map[string]int{},
		sessions: map[string]*session{}, settings: map[string]row{}, visitors: map[string]*visitor{}, granted: map[int]ruleGrants{},
		random: rand.New(rand.NewPCG(1, uint64(cfg.Major))),
	}
	for name, t := range s.schema.types {
		s.tables[name] = newTable(t)
	}
	s.install()
	s.installPlugin(cfg.Plugin)
	if cfg.Seed != nil {
		cfg.Seed(s)
	}
	return s
}

func (s *Server) major() int     { return s.schema.major }
func (s *Server) now() time.Time { return s.cfg.Now() }

// lowerDigits are the characters of PHP's session ids.
const lowerDigits = "0123456789abcdefghijklmnopqrstuv"

func (s *Server) randomText(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.random.IntN(len(alphabet))]
	}
	return string(b)
}

// answer is what a call gives. A nil body is an empty one.
type answer struct {
	status int
	header object // header fields, with text values
	body   any
	html   bool // the body is a page, as text
}

// refusal is an error that GLPI answers: ["CODE","text"].
type refusal struct {
	status int
	code   string
	text   any
	doc    bool // GLPI adds a link to its documentation
	noBase bool // GLPI does not know its address yet
}

func (r *refusal) Error() string { return r.code + ": " + textOf(r.text) }

func refused(status int, code string, text any) error {
	return &refusal{status: status, code: code, text: text}
}

func documented(status int, code, text string) error {
	return &refusal{status: status, code: code, text: text, doc: true}
}

var (
	errNotFound = refused(404, "ERROR_ITEM_NOT_FOUND", "Item not found")
	errRight    = refused(403, "ERROR_RIGHT_MISSING", noRight)
	errArray    = documented(400, "ERROR_BAD_ARRAY", "input parameter must be an array of objects")
)

const (
	noRight = "You don't have permission to perform this action."
	noStore = "no-store, no-cache, must-revalidate"
)

// unknown is the answer to what a real GLPI may know and the sandbox does not.
func unknown(what string) error {
	return refused(http.StatusNotImplemented, "SANDBOX_UNKNOWN", "the sandbox does not know "+what)
}

// call is one request.
type call struct {
	s *Server
	params
	verb    string
	path    []string // the parts after apirest.php
	invited int      // invitations that were to be added
	address string   // of the caller
	u       *session
	decode  bool // X-GLPI-Sanitized-Content: false
	docs    bool // the documentation is asked for
}

// fatal is how GLPI answers when its PHP fails.
func (c *call) fatal() (answer, error) {
	if c.s.major() < 11 {
		return answer{status: 200, html: true, body: "", header: object{{"Cache-Control", noStore}}}, nil
	}
	return answer{status: 500, html: true, body: page("Error", "An unexpected error occurred")}, nil
}

func page(title, text string) string {
	return "\n<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n   <title>" + title + " - GLPI</title>\n</head>\n<body>\n   <p>" +
		text + "</p>\n</body>\n</html>\n"
}

// endpoint is a call with a name; the others are about items.
type endpoint struct {
	run  func(*call) (answer, error)
	free bool // needs no session
	// writes says that it changes the server or the session.
	writes bool
}

var endpoints = map[string]endpoint{
	"initSession":          {run: initSession, free: true, writes: true},
	"killSession":          {run: killSession, writes: true},
	"changeActiveEntities": {run: changeActiveEntities, writes: true},
	"changeActiveProfile":  {run: changeActiveProfile, writes: true},
	"getMyEntities":        {run: getMyEntities},
	"getMyProfiles":        {run: getMyProfiles},
	"getActiveEntities":    {run: getActiveEntities},
	"getActiveProfile":     {run: getActiveProfile},
	"getFullSession":       {run: getFullSession},
	"getGlpiConfig":        {run: getGlpiConfig},
	"getMultipleItems":     {run: getMultipleItems},
	"listSearchOptions":    {run: listSearchOptions},
	"search":               {run: search},
}

// unsupported are calls that GLPI has and the sandbox has not.
var unsupported = []string{"lostPassword", "getMassiveActions", "getMassiveActionParameters", "applyMassiveAction"}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.mu.RLock()
	before := s.faults.before
	s.mu.RUnlock()
	if before != nil && before(w, r) {
		return
	}
	parts, found := s.route(r.URL.Path)
	if !found {
		if page, ok := s.joinPath(r.URL.Path); ok {
			s.serveJoin(w, r, page)
			return
		}
		s.serveElsewhere(w, r)
		return
	}
	body, err := readBody(r)
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	c := &call{s: s, verb: r.Method, path: parts, address: remoteAddress(r)}
	header := r.Header.Get("X-GLPI-Sanitized-Content")
	c.decode = s.major() < 11 && slices.Contains([]string{"false", "0", "no", "off"}, strings.ToLower(header))
	a, err := s.answer(c, r, body)
	if err != nil {
		a = s.refuse(err)
	}
	s.write(w, r.Method, a)
}

// route finds the parts of a path after the script, without empty ones.
func (s *Server) route(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, s.cfg.Path)
	if !ok {
		return nil, false
	}
	for strings.Contains(rest, "//") {
		rest = strings.ReplaceAll(rest, "//", "/")
	}
	scripts := []string{"/apirest.php"}
	if s.major() >= 11 {
		scripts = append(scripts, "/api.php/v1")
	}
	for _, script := range scripts {
		info, ok := strings.CutPrefix(rest, script)
		if !ok || info != "" && info[0] != '/' {
			continue
		}
		info = strings.ReplaceAll(info, "api/", "")
		if s.major() >= 11 {
			info = strings.ReplaceAll(info, "v1/", "")
		}
		return slices.DeleteFunc(strings.Split(info, "/"), func(p string) bool { return p == "" }), true
	}
	return nil, false
}

// answer runs one call. Calls that change nothing run beside each other.
func (s *Server) answer(c *call, r *http.Request, body string) (answer, error) {
	if s.writes(c) {
		s.mu.Lock()
		defer s.mu.Unlock()
	} else {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	if a, down := s.down(); down {
		return a, nil
	}
	if c.verb == http.MethodOptions {
		return answer{html: true, body: "", header: object{
			{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"},
			{"Access-Control-Allow-Headers", "origin, content-type, accept, session-token, authorization, app-token"},
		}}, nil
	}
	if err := c.read(r, body); err != nil {
		return answer{}, err
	}
	if err := c.admit(); err != nil {
		return answer{}, err
	}
	return c.run()
}

func (s *Server) writes(c *call) bool {
	if len(c.path) == 0 {
		return false
	}
	if e, ok := endpoints[c.path[0]]; ok {
		return e.writes
	}
	return c.verb != http.MethodGet
}

// down is the answer of a GLPI that cannot work at all (GLPI-REST §0).
func (s *Server) down() (answer, bool) {
	if s.faults.noDatabase {
		if s.major() < 11 {
			return answer{html: true, body: page("Mysql Error", "A link to the SQL server could not be established.")}, true
		}
		return answer{status: 500, html: true, body: page("Error", "The connection to the database failed.")}, true
	}
	if s.on("maintenance_mode") {
		return answer{html: true, body: page("MAINTENANCE MODE", textOf(s.setting("maintenance_text")))}, true
	}
	return answer{}, false
}

// run does what was asked for.
func (c *call) run() (answer, error) {
	if c.docs {
		return answer{html: true, body: page("Documentation", "GLPI REST API")}, nil
	}
	name := c.path[0]
	e, ok := endpoints[name]
	if !ok && slices.Contains(unsupported, name) {
		return answer{}, unknown(name)
	}
	if !e.free {
		if err := c.resume(); err != nil {
			return answer{}, err
		}
	}
	if ok {
		return e.run(c)
	}
	return items(c)
}

// resume finds the session that a call belongs to.
func (c *call) resume() error {
	if err := c.checkAppToken(); err != nil {
		return err
	}
	token := c.text("session_token")
	if token == "" {
		return documented(400, "ERROR_SESSION_TOKEN_MISSING", "parameter session_token is missing or empty")
	}
	if c.u = c.s.sessions[token]; c.u == nil {
		return refused(401, "ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid")
	}
	c.u.lastUsed.Store(c.s.now().UnixNano())
	return nil
}

// refuse turns an error into GLPI's answer.
func (s *Server) refuse(err error) answer {
	r, ok := err.(*refusal)
	if !ok {
		r = &refusal{status: 500, code: "SANDBOX_FAILED", text: err.Error()}
	}
	text := r.text
	if r.doc {
		base := ""
		if !r.noBase {
			base = s.apiURL()
		}
		text = textOf(text) + "; view documentation in your browser at " + base + "/#" + r.code
	}
	return answer{status: r.status, body: list{r.code, text}}
}

// apiURL is the address that links in answers begin with.
func (s *Server) apiURL() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.linkBase()
}

// linkBase is apiURL for callers that hold the lock.
func (s *Server) linkBase() string {
	if s.major() < 11 {
		return strings.TrimRight(textOf(s.setting("url_base_api")), "/")
	}
	return strings.TrimRight(textOf(s.setting("url_base")), "/") + "/api.php/v1"
}

// write sends an answer with GLPI's headers (GLPI-REST §0).
func (s *Server) write(w http.ResponseWriter, verb string, a answer) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	s.mu.RLock()
	limit := s.faults.proxyHeader
	s.mu.RUnlock()
	if size := headerSize(a.header); limit > 0 && size > limit {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n</body>\n</html>\n"))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	if a.html {
		h.Set("Content-Type", "text/html; charset=UTF-8")
	} else {
		h.Set("Cache-Control", noStore)
		h.Set("Expires", "Mon, 26 Jul 1997 05:00:00 GMT")
		if s.major() < 11 {
			h.Set("Pragma", "no-cache")
		}
	}
	if verb == http.MethodGet || verb == http.MethodOptions {
		h.Set("Access-Control-Expose-Headers", "content-type, content-range, accept-range")
	}
	for _, m := range a.header {
		h.Set(m.key, textOf(m.value))
	}
	w.WriteHeader(a.status)
	if page, ok := a.body.(string); ok && a.html {
		_, _ = w.Write([]byte(page))
		return
	}
	_, _ = w.Write(appendJSON(nil, a.body))
}

func headerSize(header object) int {
	n := 0
	for _, m := range header {
		n += len(m.key) + len(textOf(m.value)) + 4
	}
	if n == 0 {
		return 0
	}
	return n + 270 // the other fields, as GLPI sends them
}

// serveElsewhere answers addresses outside of the REST API.
func (s *Server) serveElsewhere(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, s.cfg.Path)
	if ok && s.major() >= 11 && (rest == "/api.php" || strings.HasPrefix(rest, "/api.php/")) {
		s.serveVersions(w, strings.Trim(strings.TrimPrefix(rest, "/api.php"), "/"))
		return
	}
	s.mu.RLock()
	network := s.network
	s.mu.RUnlock()
	if ok && network != nil && strings.HasPrefix(rest, "/glpi-network/") {
		network.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	if s.major() < 11 {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "glpi_sandbox", Value: "anonymous", Path: "/"})
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(page("Item not found", strings.Repeat("The page does not exist. ", 40))))
}

// serveVersions answers GET /api.php/ of GLPI 11 (GLPI-REST §11).
func (s *Server) serveVersions(w http.ResponseWriter, rest string) {
	s.mu.RLock()
	on := s.on("enable_hlapi")
	base := strings.TrimRight(textOf(s.setting("url_base")), "/") + "/api.php/"
	s.mu.RUnlock()
	w.Header().Set("Content-Type", "application/json")
	var body object
	switch {
	case !on:
		w.WriteHeader(http.StatusForbidden)
		body = object{{"status", "ERROR_RIGHT_MISSING"}, {"title", noRight}, {"detail", "The High-Level API is disabled"}}
	case rest != "":
		w.WriteHeader(http.StatusNotImplemented)
		body = object{{"status", "SANDBOX_UNKNOWN"}, {"title", "the sandbox does not know GLPI's API v2"}, {"detail", rest}}
	default:
		versions := list{object{
			{"api_version", "1"}, {"version", "1.0.0"}, {"description", "The low-level API"}, {"endpoint", base + "v1"},
		}}
		for _, v := range []string{"2.0.0", "2.1.0", "2.2.0"} {
			versions = append(versions, object{{"api_version", "2"}, {"version", v}, {"endpoint", base + "v" + v[:3]}})
		}
		body = object{{"message", "Welcome to GLPI API"}, {"api_versions", versions}}
	}
	_, _ = w.Write(appendJSON(nil, body))
}

// tree knows the entities above each entity; it is made anew when one changes.
type tree struct {
	parents map[int]int
}

func (s *Server) parents() map[int]int { return s.tree.parents }

// growTree reads the entities again.
func (s *Server) growTree() {
	t := s.tables["Entity"]
	parents := make(map[int]int, len(t.rows))
	for _, r := range t.rows {
		if p := t.value(r, "entities_id"); p != nil {
			parents[r.id()] = number(p)
		}
	}
	s.tree = tree{parents}
}

// ancestors are the entities above one, the nearest first.
func (s *Server) ancestors(id int) []int {
	var out []int
	for {
		p, ok := s.parents()[id]
		if !ok || p == id || len(out) > 100 {
			return out
		}
		out = append(out, p)
		id = p
	}
}

// descendants are the entities below one, level by level, in each level by
// parent and name, which is the order of the database's index.
func (s *Server) descendants(id int) []int {
	var out []int
	t := s.tables["Entity"]
	name := t.column("name")
	for level := []int{id}; len(level) > 0 && len(out) < len(t.rows); {
		var next []row
		for _, r := range t.rows {
			if p, ok := s.parents()[r.id()]; ok && slices.Contains(level, p) {
				next = append(next, r)
			}
		}
		sortRows(next, func(r row) any { return r[name] }, false)
		sortRows(next, func(r row) any { return s.parents()[r.id()] }, false)
		level = level[:0:0]
		for _, r := range next {
			level = append(level, r.id())
		}
		out = append(out, level...)
	}
	return out
}

// userName is a person as the history writes it: "glpi (2)".
func (s *Server) userName(id int) string {
	return s.friendlyName(s.tables["User"].find(id)) + " (" + strconv.Itoa(id) + ")"
}

// friendlyName is a person's name, or the login without one.
func (s *Server) friendlyName(r row) string {
	t := s.tables["User"]
	name := strings.TrimSpace(t.text(r, "realname") + " " + t.text(r, "firstname"))
	if name == "" {
		return t.text(r, "name")
	}
	return name
}
