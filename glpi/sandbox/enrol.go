package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// person is what a visitor of the join page typed.
type person struct {
	first, last, email, login string
	password, again           string
	trapped                   bool // the field that nobody sees is filled in
}

func (v *visit) readPerson() person {
	line := func(field string) string {
		text := strings.Map(func(r rune) rune {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				return ' '
			}
			return r
		}, plainText(v.post.Get(field)))
		return norm.NFC.String(strings.Join(strings.Fields(text), " "))
	}
	return person{
		first: line("firstname"), last: line("realname"), email: line("email"), login: line("login"),
		password: plainText(v.post.Get("password")), again: plainText(v.post.Get("password2")),
		trapped: v.post.Get("website") != "",
	}
}

// plainText is nothing for what is no text, or too much of it.
func plainText(s string) string {
	if len(s) >= 4096 || !utf8.ValidString(s) {
		return ""
	}
	return s
}

const (
	emptyField = "Fill in this field."
	longField  = "This is longer than GLPI can keep."
	takenText  = "There is already an account with this. If it is yours, sign in instead."
)

// problems are what is wrong with a form, by field; empty when all is well.
func (s *Server) problems(p person, domains string) map[string]string {
	if p.trapped {
		return map[string]string{"website": "This cannot be used."}
	}
	out := map[string]string{}
	for field, text := range map[string]string{"firstname": p.first, "realname": p.last, "login": p.login, "email": p.email} {
		switch {
		case text == "":
			out[field] = emptyField
		case utf8.RuneCountInString(text) > 255:
			out[field] = longField
		}
	}
	if out["login"] == "" {
		switch {
		case !loginForm.MatchString(p.login) && !validEmail(p.login):
			out["login"] = "Use letters, digits, spaces and . - _ @ ' only."
		case s.userByName(p.login) != nil:
			out["login"] = takenText
		}
	}
	if out["email"] == "" {
		switch {
		case !s.plausibleEmail(p.email):
			out["email"] = "This is not an e-mail address."
		case !domainAllowed(domains, p.email):
			out["email"] = "This invitation does not accept addresses of this domain."
		case s.hasEmail(p.email):
			out["email"] = takenText
		}
	}
	if text := s.passwordProblem(p); text != "" {
		out["password"] = text
	} else if p.password != p.again {
		out["password2"] = "The two passwords differ."
	}
	return out
}

func emailDomain(address string) string {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return domain
}

// plausibleEmail takes a domain without a dot only when it is GLPI's own.
func (s *Server) plausibleEmail(address string) bool {
	domain := emailDomain(address)
	return validEmail(address) && (strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") ||
		domain == emailDomain(textOf(s.setting("admin_email"))))
}

func domainAllowed(domains, address string) bool {
	return domains == "" || slices.Contains(strings.Split(domains, ","), asciiDomain(emailDomain(address)))
}

func (s *Server) hasEmail(address string) bool {
	t := s.tables["UserEmail"]
	i, want := t.column("email"), fold(s.store(address))
	return slices.ContainsFunc(t.rows, func(r row) bool { return fold(textOf(r[i])) == want })
}

// passwordNeeds are the rules of GLPI's policy that a page can show.
var passwordNeeds = []struct{ setting, pattern, text string }{
	{"password_need_number", `[0-9]`, "a digit"}, {"password_need_letter", `[a-z]`, "a lower-case letter"},
	{"password_need_caps", `[A-Z]`, "a capital letter"}, {"password_need_symbol", `\W`, "a symbol such as ! or ?"},
}

// shortestPassword is the policy's minimum, or the plugin's own without one.
func (s *Server) shortestPassword() int {
	if !s.on("use_password_security") {
		return 8
	}
	return max(1, number(s.setting("password_min_length")))
}

func (s *Server) passwordRules() []string {
	out := []string{"at least 1 character"}
	if n := s.shortestPassword(); n > 1 {
		out[0] = "at least " + strconv.Itoa(n) + " characters"
	}
	for _, need := range passwordNeeds {
		if s.on("use_password_security") && s.on(need.setting) {
			out = append(out, need.text)
		}
	}
	return out
}

func (s *Server) passwordProblem(p person) string {
	if p.password == "" {
		return "Choose a password."
	}
	var needs, texts []string
	if utf8.RuneCountInString(p.password) < s.shortestPassword() {
		needs = append(needs, s.passwordRules()[0])
	}
	for _, need := range passwordNeeds {
		if s.on("use_password_security") && s.on(need.setting) && !regexp.MustCompile(need.pattern).MatchString(p.password) {
			needs = append(needs, need.text)
		}
	}
	if len(needs) > 0 {
		texts = append(texts, "The password still needs: "+strings.Join(needs, ", ")+".")
	}
	if len(p.password) > 72 {
		texts = append(texts, "The password is too long: 72 bytes at most.")
	}
	if controls.MatchString(p.password) {
		texts = append(texts, "The password holds characters that cannot be typed everywhere.")
	}
	if strings.EqualFold(p.password, p.login) || strings.EqualFold(p.password, p.email) {
		texts = append(texts, "The password must not be your login or address.")
	}
	return strings.Join(texts, " ")
}

var notInLogin = regexp.MustCompile(`[^a-z0-9-]+`)

// freeLogin is a login made from a name that nobody has; "" when the name gives
// none.
func (s *Server) freeLogin(first, last string) string {
	var parts []string
	for _, name := range []string{first, last} {
		plain := notInLogin.ReplaceAllString(strings.Join(strings.Fields(fold(name)), "-"), "")
		if plain = strings.Trim(plain, "-"); plain != "" {
			parts = append(parts, plain)
		}
	}
	proposal := strings.Join(parts, ".")
	proposal = proposal[:min(len(proposal), 60)]
	for n := 1; proposal != "" && n < 100; n++ {
		login := proposal
		if n > 1 {
			login += strconv.Itoa(n)
		}
		if s.userByName(login) == nil {
			return login
		}
	}
	return ""
}

// targetsExist reports whether what an invitation grants is still there.
func (s *Server) targetsExist(inv row) bool {
	t := s.tables["PluginGlpikeysInvitation"]
	if s.tables["Entity"].find(t.int(inv, "entities_id")) == nil || s.tables["Profile"].find(t.int(inv, "profiles_id")) == nil {
		return false
	}
	for _, id := range groupIDs(t.text(inv, "groups")) {
		if s.tables["Group"].find(id) == nil {
			return false
		}
	}
	return true
}

// enrol uses an invitation once: it makes the account with everything that the
// invitation grants, and the registration, whose id it returns.
func (s *Server) enrol(inv row, p person, state, address string, at time.Time) int {
	t := s.tables["PluginGlpikeysInvitation"]
	moment := at.Format(stamp)
	t.changeRow(inv, object{{"uses", t.int(inv, "uses") + 1}})
	entity, profile := t.int(inv, "entities_id"), t.int(inv, "profiles_id")
	active := 0
	if state == regDone {
		active = 1
	}
	account := object{
		{"name", p.login}, {"firstname", p.first}, {"realname", p.last}, {"password", hashPassword(p.password)},
		{"password_last_update", moment}, {"authtype", 1}, {"is_active", active}, {"list_limit", nil}, {"language", "en_GB"},
		{"entities_id", entity}, {"profiles_id", profile}, {"date_creation", moment}, {"date_mod", moment},
	}
	end := t.value(inv, "account_end_date")
	if days := t.int(inv, "account_days"); days > 0 {
		end = at.AddDate(0, 0, days).Format(day) + " 23:59:59"
	}
	user := s.put("User", append(account, member{"end_date", end}))
	s.grant(user, profile, entity, t.int(inv, "profile_recursive") != 0)
	s.put("UserEmail", object{{"users_id", user}, {"is_default", 1}, {"email", p.email}})
	for _, group := range groupIDs(t.text(inv, "groups")) {
		s.put("Group_User", object{{"users_id", user}, {"groups_id", group}})
	}
	return s.put("PluginGlpikeysRegistration", object{
		{"plugin_glpikeys_invitations_id", inv.id()}, {"entities_id", entity}, {"is_recursive", t.int(inv, "is_recursive")},
		{"users_id", user}, {"email", p.email}, {"state", state}, {"address", address},
		{"needs_approval", t.int(inv, "require_approval")}, {"date_creation", moment}, {"date_mod", moment},
	})
}
