package sandbox

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

func beforeLicence(c *call, w *write) error {
	if c.s.major() < 11 && w.adding() && number(w.text("softwares_id")) == 0 {
		return complaint("Please select a software for this license")
	}
	if !w.adding() && w.has("number") {
		w.input = w.input.set("is_valid", c.s.validity(w.old.id(), number(w.text("number"))))
	}
	return nil
}

// validity is what GLPI computes of a licence with that number: it is not valid
// when it is installed more often, and a number below 0 has no limit
// (SoftwareLicense::computeValidityIndicator, GLPI 10.0.12 and 11.0.6).
func (s *Server) validity(licence, bought int) int {
	if installed := len(s.tables["Item_SoftwareLicense"].where("softwarelicenses_id", licence)); bought >= 0 && bought < installed {
		return 0
	}
	return 1
}

// beforeInstallation refuses what is tied to something that is not there.
func beforeInstallation(c *call, w *write) error {
	owner, ok := c.s.tables[w.text("itemtype")]
	if w.adding() && (!ok || owner.find(number(w.text("items_id"))) == nil) {
		return complaint(noRight)
	}
	return nil
}

func afterInstallation(c *call, w *write) {
	c.s.countInstallations(w.t.int(w.row, "softwarelicenses_id"))
}

// countInstallations computes a licence's validity again, as GLPI does whenever
// it is installed somewhere or no longer is.
func (s *Server) countInstallations(licence int) {
	t := s.tables["SoftwareLicense"]
	if r := t.find(licence); r != nil {
		r = slices.Clone(r)
		r[t.column("is_valid")] = s.validity(licence, t.int(r, "number"))
		t.replace(r)
	}
}

func beforeEntity(c *call, w *write) error {
	if !w.adding() {
		return nil
	}
	if !w.has("entities_id") {
		w.input = w.input.set("entities_id", c.u.entity)
	}
	w.set("max_closedate", c.s.now().Format(stamp))
	if c.s.major() >= 11 {
		w.set("custom_css_code", "")
	}
	return nil
}

// afterEntity lets the tree know the new entity; the session does not see it
// unless it asked for session_write (GLPI-REST §3).
func afterEntity(c *call, w *write) {
	c.s.growTree()
	if w.adding() && c.is("session_write") {
		c.s.activate(c.u, append(slices.Clone(c.u.entities), w.row.id()))
	}
}

var (
	loginForm = regexp.MustCompile(`^[\p{L}\p{N}'@._ -]+$`)

	errPasswords = complaint("Error: the two passwords do not match")
)

// beforeUser keeps GLPI-REST §8: what makes an account without a password, and
// what is silently ignored.
func beforeUser(c *call, w *write) error {
	if w.adding() {
		w.set("authtype", 1)
		if err := c.checkLogin(w.text("name")); err != nil {
			return err
		}
	}
	if w.is("_reset_api_token") {
		w.input = w.input.set("api_token", c.s.randomText(40, lowerDigits))
	}
	if w.is("_init_password") {
		w.set("password", hashPassword(c.s.randomText(32, lowerDigits)))
		w.set("password_forget_token", c.s.randomText(40, lowerDigits))
	}
	return c.setPassword(w)
}

func (c *call) checkLogin(name string) error {
	plain := decode(name)
	if _, err := mail.ParseAddress(plain); plain == "" || !loginForm.MatchString(plain) && err != nil {
		return complaint("The login is not valid. Unable to add the user.")
	}
	if c.s.userByName(plain) != nil {
		return complaint("Unable to add. The user already exists.")
	}
	return nil
}

func (c *call) setPassword(w *write) error {
	password, again := decode(w.text("password")), decode(w.text("password2"))
	switch {
	case password == "":
		return nil
	case !w.has("password2"):
		if w.adding() {
			w.set("password", password) // in clear: nobody can sign in with it
		}
		return nil
	case password != again:
		return errPasswords
	case !w.adding() && w.old.id() != c.u.user && !c.outranks(w.old.id()):
		if c.s.major() >= 11 {
			return complaint("An error occurred during password update")
		}
		return nil
	}
	if weak := c.s.weakness(password); weak != "" {
		if !w.adding() && c.s.major() >= 11 {
			return complaint(weak)
		}
		w.message = weak
		return nil
	}
	w.set("password", hashPassword(password))
	w.set("password_last_update", c.s.now().Format(stamp))
	return nil
}

// weakness is what the password policy has against a password, the last of its
// complaints.
func (s *Server) weakness(password string) string {
	if !s.on("use_password_security") {
		return ""
	}
	weak := ""
	if len([]rune(password)) < number(s.setting("password_min_length")) {
		weak = "Password too short!"
	}
	for _, rule := range []struct {
		setting, text string
		in            func(rune) bool
	}{
		{"password_need_number", "Password must include at least a digit!", unicode.IsDigit},
		{"password_need_letter", "Password must include at least a lowercase letter!", unicode.IsLower},
		{"password_need_caps", "Password must include at least a uppercase letter!", unicode.IsUpper},
		{"password_need_symbol", "Password must include at least a symbol!", func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}},
	} {
		if s.on(rule.setting) && !strings.ContainsFunc(password, rule.in) {
			weak = rule.text
		}
	}
	return weak
}

// outranks reports whether the active profile has every right of somebody's.
func (c *call) outranks(userID int) bool {
	for _, g := range c.s.grants(userID) {
		if !c.mayGrant(g.id) {
			return false
		}
	}
	return true
}

// mayGrant reports whether the active profile has every right of another.
func (c *call) mayGrant(profile int) bool {
	switch {
	case c.s.tables["Profile"].find(profile) == nil:
		return false
	case c.u.rights["profile"]&create != 0: // who may make profiles may grant any
		return true
	case c.simple(profile) && !c.simple(c.u.profileID):
		return true
	}
	for name, bits := range c.s.rights[profile] {
		if c.u.rights[name]&bits != bits {
			return false
		}
	}
	return true
}

// simple reports whether a profile uses the simplified interface.
func (c *call) simple(profile int) bool {
	t := c.s.tables["Profile"]
	return t.text(t.find(profile), "interface") == "helpdesk"
}

// afterUser adds e-mail addresses and the first profile.
func afterUser(c *call, w *write) {
	if !w.adding() {
		return
	}
	id := w.row.id()
	addresses, _ := w.input.get("_useremails")
	for i, v := range values(addresses) {
		if !validEmail(textOf(v)) {
			continue
		}
		first := 0
		if i == 0 {
			first = 1
		}
		c.s.put("UserEmail", object{{"users_id", id}, {"is_default", first}, {"email", v}})
	}
	profile := number(w.text("_profiles_id"))
	if profile == 0 || !c.mayGrant(profile) {
		defaults := c.s.tables["Profile"].where("is_default", 1)
		c.s.put("Profile_User", object{{"users_id", id}, {"profiles_id", defaults[0].id()}, {"is_dynamic", 1}})
		return
	}
	c.s.put("Profile_User", object{
		{"users_id", id}, {"profiles_id", profile}, {"entities_id", number(w.text("_entities_id"))},
		{"is_recursive", number(w.text("_is_recursive"))},
	})
}

// afterProfile gives a new profile every right that there is, as none.
func afterProfile(c *call, w *write) {
	if !w.adding() {
		return
	}
	names := map[string]bool{}
	for _, rights := range c.s.rights {
		for name := range rights {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.s.setRight(w.row.id(), name, 0)
	}
}

// afterProfileRight makes a changed right count from the next sign-in on.
func afterProfileRight(c *call, w *write) {
	c.s.setRight(w.t.int(w.row, "profiles_id"), w.t.text(w.row, "name"), w.t.int(w.row, "rights"))
}

func beforeProfileUser(c *call, w *write) error {
	if !w.adding() {
		return nil
	}
	if c.s.tables["User"].find(number(w.text("users_id"))) == nil || !c.mayGrant(number(w.text("profiles_id"))) {
		return complaint(noRight)
	}
	return nil
}

func validEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func beforeEmail(_ *call, w *write) error {
	if w.has("email") && !validEmail(w.text("email")) {
		return complaint("")
	}
	return nil
}

// beforeInfocom allows one per item.
func beforeInfocom(c *call, w *write) error {
	if !w.adding() {
		return nil
	}
	owner, ok := c.s.tables[w.text("itemtype")]
	id := number(w.text("items_id"))
	if !ok || owner.find(id) == nil {
		return complaint("")
	}
	for _, r := range w.t.where("items_id", id) {
		if w.t.text(r, "itemtype") == owner.name {
			return complaint("")
		}
	}
	w.set("entities_id", owner.int(owner.find(id), "entities_id"))
	return nil
}

func afterContractItem(c *call, w *write) {
	contract := w.t.int(w.row, "contracts_id")
	c.log(w.t.text(w.row, "itemtype"), w.t.int(w.row, "items_id"), "Contract", 15, 0, "",
		c.s.nameOf("Contract", contract)+" ("+textOf(contract)+")")
}

func beforeClient(c *call, w *write) error {
	if w.is("_reset_app_token") {
		w.input = w.input.set("app_token", c.s.randomText(40, lowerDigits))
	}
	return nil
}
