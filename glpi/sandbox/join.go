package sandbox

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// joinScript is the page behind an invitation's link, below GLPI's address.
const joinScript = "/plugins/glpikeys/front/join.php"

// joinPath finds the page in a path: "" for the page itself, "/TOKEN" below
// it. 11 serves the folder marketplace, too, wherever the plugin is.
func (s *Server) joinPath(path string) (below string, ok bool) {
	scripts := []string{joinScript}
	if s.major() >= 11 {
		scripts = append(scripts, "/marketplace/glpikeys/front/join.php")
	}
	for _, script := range scripts {
		below, ok := strings.CutPrefix(path, s.cfg.Path+script)
		if ok && (below == "" || below[0] == '/') {
			return below, true
		}
	}
	return "", false
}

// visitor is somebody's browser on the join page.
type visitor struct {
	tokens       map[string]bool // of forms that were shown and not yet sent
	registration int             // made here, 0 for none
	form         string          // the token of the form that made it
	code         string          // in the mail that the sandbox does not send
	counted      map[string]bool
}

const (
	visitorCookie = "glpi_sandbox_join"
	maxVisitors   = 5000
)

// visitor finds or makes the session of a browser.
func (s *Server) visitor(w http.ResponseWriter, r *http.Request) *visitor {
	if cookie, err := r.Cookie(visitorCookie); err == nil && s.visitors[cookie.Value] != nil {
		return s.visitors[cookie.Value]
	}
	if len(s.visitors) >= maxVisitors {
		clear(s.visitors)
	}
	id := s.randomText(26, lowerDigits)
	v := &visitor{tokens: map[string]bool{}, counted: map[string]bool{}}
	s.visitors[id] = v
	http.SetCookie(w, &http.Cookie{Name: visitorCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return v
}

// visit is one request for the join page.
type visit struct {
	s *Server
	*visitor
	method string
	token  string // of the invitation; "" when nothing looks like one
	query  url.Values
	post   url.Values
	from   string
}

// page is what the visitor sees, or the redirect to another page.
type joinPage struct {
	status   int
	redirect string
	Kind     string // notice, form, result
	Title    string
	Text     string
	Trouble  string
	Good     bool // Trouble is good news
	Action   string
	CSRF     string
	// of a form
	Token      string
	Invited    string
	Fields     []joinField
	Rules      []string
	Approval   bool
	AnyProblem bool
	// of a result
	State, Login, Code, Email string
}

// joinField is one field of the form.
type joinField struct {
	Name, Label, Type, Value, Problem, Hint, Autocomplete string
	Optional                                              bool
}

// serveJoin answers for the page as the plugin does, in English: GET shows,
// POST uses, then redirects.
func (s *Server) serveJoin(w http.ResponseWriter, r *http.Request, below string) {
	s.mu.Lock()
	if a, down := s.down(); down {
		s.mu.Unlock()
		s.write(w, r.Method, a)
		return
	}
	if !s.pluginIs(PluginActive) {
		absent := s.pluginIs(NoPlugin)
		s.mu.Unlock()
		if absent {
			s.serveElsewhere(w, r)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		return
	}
	whole := below == "" && r.URL.RawQuery == ""
	known := slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method)
	if !known && (r.Method != http.MethodPost || !whole) {
		s.mu.Unlock()
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	v := &visit{s: s, visitor: s.visitor(w, r), method: r.Method, query: r.URL.Query(), from: remoteAddress(r)}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		_ = r.ParseForm() // what cannot be read is not there
		v.post = r.PostForm
	}
	v.token = v.invitationToken(below)
	p := v.answer()
	p.Action = s.cfg.Path + joinScript
	if p.Kind != "notice" && p.redirect == "" {
		p.CSRF = s.randomText(64, "0123456789abcdef")
		v.tokens[p.CSRF] = true
	}
	s.mu.Unlock()
	writeJoin(w, p)
}

// joinTemplate draws the page.
var joinTemplate = template.Must(template.ParseFS(data, "data/join.html"))

func writeJoin(w http.ResponseWriter, p joinPage) {
	h := w.Header()
	h.Set("Cache-Control", "no-store") // the address is a secret
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	if p.redirect != "" {
		h.Set("Location", p.Action+p.redirect)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	var b bytes.Buffer
	if err := joinTemplate.Execute(&b, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(p.status)
	_, _ = w.Write(b.Bytes())
}

var tokenForm = regexp.MustCompile(`^[0-9A-Za-z]{22}$`)

// invitationToken is the posted field, else ?i=TOKEN, else join.php/TOKEN.
func (v *visit) invitationToken(below string) string {
	token := strings.TrimPrefix(below, "/")
	if v.query.Has("i") {
		token = v.query.Get("i")
	}
	if v.post.Has("invitation") {
		token = v.post.Get("invitation")
	}
	if !tokenForm.MatchString(token) {
		return ""
	}
	return token
}

func (v *visit) answer() joinPage {
	if v.method != http.MethodPost {
		if v.query.Has("step") {
			return v.result()
		}
		return v.invitation()
	}
	token := v.post.Get("_glpi_csrf_token")
	if token == "" { // GLPI's own check of forms
		status := http.StatusOK
		if v.s.major() >= 11 {
			status = http.StatusForbidden
		}
		return joinPage{Kind: "notice", status: status, Title: "Access denied", Text: "The action you have requested is not allowed."}
	}
	fresh := v.tokens[token]
	delete(v.tokens, token)
	switch v.post.Get("step") {
	case "code":
		return v.confirm(fresh)
	case "resend":
		return v.resend(fresh)
	}
	return v.register(token, fresh)
}

// notices are the pages that say why there is no form: status, title, text.
var notices = map[string]joinPage{
	"used_up": {status: 410, Title: "This invitation is used up",
		Text: "Everybody it was meant for has registered. Ask the person who gave it to you for a new one."},
	"ended": {status: 410, Title: "This invitation has ended",
		Text: "Its last day has passed. Ask the person who gave it to you for a new one."},
	"scheduled": {status: 403, Title: "This invitation is not open yet",
		Text: "Come back with the same link when registration has begun."},
	"withdrawn": {status: 410, Title: "This invitation is no longer valid",
		Text: "It was withdrawn before you confirmed your address, so your account stays closed. Ask the person who gave it to you for a new one."},
	"closed": {status: 410, Title: "This invitation has just closed",
		Text: "No account was created. Ask the person who gave it to you for a new one."},
	"unknown": {status: 404, Title: "This invitation is not valid",
		Text: "Check that the link is complete: it may have been cut or mistyped. If it is, ask the person who gave it to you for a new one."},
}

func notice(name string) joinPage {
	p := notices[name]
	p.Kind = "notice"
	return p
}

func (v *visit) invitations() *table   { return v.s.tables["PluginGlpikeysInvitation"] }
func (v *visit) registrations() *table { return v.s.tables["PluginGlpikeysRegistration"] }

// open finds the invitation when somebody may register with it now; else the
// page that says why not.
func (v *visit) open() (row, *joinPage) {
	t := v.invitations()
	var inv row
	if found := t.where("token_hash", hashOf(v.token)); v.token != "" && len(found) == 1 {
		inv = found[0]
	}
	why := func(p joinPage) (row, *joinPage) { return nil, &p }
	if inv == nil {
		return why(notice("unknown"))
	}
	switch state := v.s.invitationState(inv); state {
	case "active", "last_use":
		return inv, nil
	case "revoked": // looks like one that nobody ever made
		return why(notice("unknown"))
	case "used_up": // the back button, after the last use was one's own
		if made := v.made(); made != nil && v.registrations().int(made, "plugin_glpikeys_invitations_id") == inv.id() {
			return why(joinPage{redirect: "?step=done"})
		}
		return why(notice(state))
	case "scheduled":
		p := notice(state)
		if at, err := time.Parse(stamp, t.text(inv, "begin_date")); err == nil {
			p.Text = "Registration begins on " + at.Format("January 2, 2006 at 3:04 PM") + ". " + p.Text
		}
		return why(p)
	default:
		return why(notice(state))
	}
}

func (v *visit) invitation() joinPage {
	inv, why := v.open()
	if why != nil {
		return *why
	}
	if v.method == http.MethodGet {
		v.count(inv, "opened")
		inv = v.invitations().find(inv.id())
	}
	return v.form(inv, person{}, nil, "", http.StatusOK)
}

// count counts a visit once per browser and invitation.
func (v *visit) count(inv row, column string) {
	key := fmt.Sprint(column, inv.id())
	if v.counted[key] {
		return
	}
	v.counted[key] = true
	t := v.invitations()
	t.changeRow(inv, object{{column, t.int(inv, column) + 1}})
}

// register makes an account of a form that was sent, or shows it again.
func (v *visit) register(token string, fresh bool) joinPage {
	inv, why := v.open()
	if why != nil {
		return *why
	}
	p := v.readPerson()
	if !fresh {
		if v.visitor.form == token { // a second click
			return joinPage{redirect: "?step=done"}
		}
		return v.form(inv, p, nil, "This form was open too long or was sent twice, so it was not used. Type your password again and send it.", http.StatusOK)
	}
	if !p.trapped {
		v.count(inv, "started")
		inv = v.invitations().find(inv.id())
	}
	mailed := v.invitations().int(inv, "login_is_email") != 0
	switch {
	case mailed:
		p.login = p.email
	case p.login == "":
		p.login = v.s.freeLogin(p.first, p.last)
	}
	problems := v.s.problems(p, v.invitations().text(inv, "email_domains"))
	if mailed && problems["login"] != "" {
		if problems["email"] == "" {
			problems["email"] = problems["login"]
		}
		delete(problems, "login")
	}
	if len(problems) > 0 {
		return v.form(inv, p, problems, "", http.StatusUnprocessableEntity)
	}
	if !v.s.targetsExist(inv) {
		return notice("closed")
	}
	state := regDone
	switch t := v.invitations(); {
	case t.int(inv, "verify_email") != 0:
		state = waitingEmail
	case t.int(inv, "require_approval") != 0:
		state = waitingApproval
	}
	v.registration = v.s.enrol(inv, p, state, v.from, v.s.now())
	v.visitor.form = token
	if state == waitingEmail {
		v.sendCode()
	}
	return joinPage{redirect: "?step=done"}
}

// made is the registration of this browser, nil without one.
func (v *visit) made() row { return v.registrations().find(v.registration) }

// withdrawn reports whether the invitation was revoked while the visitor's
// address waited to be confirmed.
func (v *visit) withdrawn(made row) bool {
	inv := v.invitations().find(v.registrations().int(made, "plugin_glpikeys_invitations_id"))
	return v.registrations().text(made, "state") == waitingEmail && (inv == nil || v.s.invitationState(inv) == "revoked")
}

// result shows what became of the registration of this browser.
func (v *visit) result() joinPage {
	made := v.made()
	switch {
	case made == nil:
		return notice("unknown")
	case v.withdrawn(made):
		return notice("withdrawn")
	}
	return v.about(made)
}

func (v *visit) about(made row) joinPage {
	t := v.registrations()
	p := joinPage{Kind: "result", status: http.StatusOK, State: t.text(made, "state"), Email: v.s.rawText(t.value(made, "email"))}
	if user := v.s.tables["User"].find(t.int(made, "users_id")); user != nil {
		p.Login = v.s.rawText(v.s.tables["User"].value(user, "name"))
	}
	switch p.State {
	case waitingEmail:
		p.Title, p.Text = "Confirm your e-mail address", "We sent a code to "+p.Email+". Type it here, in this window."
		p.Code = v.code
	case waitingApproval:
		p.Title = "Almost done"
		p.Text = "Your account was created and waits for an administrator. You can sign in as soon as it is approved."
	case regRefused:
		p.Title, p.Text = "This registration was turned down", "Ask the person who invited you."
	default:
		p.Title, p.Text = "Your account is ready", "You can sign in now with your login and password."
	}
	return p
}

// maxTries is how often a code may be typed wrong.
const maxTries = 5

// sendCode makes a code, replacing an earlier one. There is no mail: the page
// shows what would have been in it.
func (v *visit) sendCode() {
	code := v.s.randomText(8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
	v.code = code[:4] + "-" + code[4:]
	v.registrations().changeRow(v.made(), object{
		{"code_hash", hashOf(code)}, {"code_until", v.s.now().Add(time.Hour).Format(stamp)}, {"code_tries", 0},
	})
}

// confirm takes a code that was typed in.
func (v *visit) confirm(fresh bool) joinPage {
	made := v.made()
	switch {
	case made == nil:
		return notice("unknown")
	case v.withdrawn(made):
		return notice("withdrawn")
	case v.registrations().text(made, "state") != waitingEmail, fresh && v.isCode(made, v.post.Get("code")):
		return joinPage{redirect: "?step=done"}
	}
	p := v.about(v.made())
	p.status = http.StatusUnprocessableEntity
	p.Trouble = "This code is not right, or it is too old. After five wrong codes, ask for a new one."
	return p
}

// isCode counts a try and reports whether it was right; then the registration
// has gone one state further.
func (v *visit) isCode(made row, typed string) bool {
	t := v.registrations()
	if t.int(made, "code_tries") >= maxTries || t.text(made, "code_until") < v.s.now().Format(stamp) {
		return false
	}
	t.changeRow(made, object{{"code_tries", t.int(made, "code_tries") + 1}})
	code := strings.ToUpper(regexp.MustCompile(`[^0-9A-Za-z]`).ReplaceAllString(typed, ""))
	if code == "" || hashOf(code) != t.text(made, "code_hash") {
		return false
	}
	next := regDone
	if t.int(made, "needs_approval") != 0 {
		next = waitingApproval
	}
	v.s.moveOn(v.made(), next)
	return true
}

func (v *visit) resend(fresh bool) joinPage {
	made := v.made()
	switch {
	case made == nil || !fresh:
		return joinPage{redirect: "?step=done"}
	case v.withdrawn(made):
		return notice("withdrawn")
	case v.registrations().text(made, "state") != waitingEmail:
		return joinPage{redirect: "?step=done"}
	}
	v.sendCode()
	p := v.about(v.made())
	p.Trouble, p.Good = "A new code is on its way. Earlier codes no longer work.", true
	return p
}

// form is the page with the form, as it was filled in but for the passwords.
func (v *visit) form(inv row, p person, problems map[string]string, trouble string, status int) joinPage {
	t := v.invitations()
	out := joinPage{
		Kind: "form", status: status, Title: "Create your account", Trouble: trouble, Token: v.token,
		Rules: v.s.passwordRules(), Approval: t.int(inv, "require_approval") != 0, AnyProblem: len(problems) > 0,
	}
	if author := v.s.tables["User"].find(t.int(inv, "users_id")); author != nil {
		users := v.s.tables["User"]
		name := strings.TrimSpace(v.s.rawText(users.value(author, "firstname")) + " " + v.s.rawText(users.value(author, "realname")))
		if name != "" { // a login is half of somebody's key
			out.Invited = name + " invites you to create an account."
		}
	}
	var hints []string
	if domains := t.text(inv, "email_domains"); domains != "" {
		hints = append(hints, "Only addresses of "+strings.ReplaceAll(domains, ",", ", ")+" are accepted.")
	}
	mailed := t.int(inv, "login_is_email") != 0
	complete := "email"
	if mailed {
		hints = append(hints, "You will sign in with this address.")
		complete = "username"
	}
	if t.int(inv, "verify_email") != 0 {
		hints = append(hints, "We will send you a code to confirm it.")
	}
	out.Fields = []joinField{
		{Name: "firstname", Label: "First name", Value: p.first, Autocomplete: "given-name"},
		{Name: "realname", Label: "Last name", Value: p.last, Autocomplete: "family-name"},
		{Name: "email", Label: "E-mail address", Type: "email", Value: p.email, Hint: strings.Join(hints, " "), Autocomplete: complete},
	}
	if !mailed {
		out.Fields = append(out.Fields, joinField{
			Name: "login", Label: "Login", Value: p.login, Autocomplete: "username", Optional: true,
			Hint: "You will sign in with it. Leave it empty to have it made from your name.",
		})
	}
	out.Fields = append(out.Fields,
		joinField{Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password"},
		joinField{Name: "password2", Label: "Password again", Type: "password", Autocomplete: "new-password"},
	)
	for i := range out.Fields {
		f := &out.Fields[i]
		f.Problem = problems[f.Name]
		if f.Type == "" {
			f.Type = "text"
		}
	}
	return out
}
