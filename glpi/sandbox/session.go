package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// session is one sign-in. It holds a copy of the profiles, rights and entities
// as they were when it opened or last changed its profile or entity: what
// changes later is not seen before (GLPI-REST §3).
type session struct {
	token     string
	user      int
	limit     int // rows of a list when no range is asked
	expired   bool
	profiles  []profileGrant
	profile   object // the active one, as getActiveProfile answers it; nil without
	profileID int
	rights    map[string]int
	entity    int
	recursive any // true, false or, until it is changed, 1 or 0
	entities  []int
	active    map[int]bool
	above     map[int]bool // ancestors of the active entities
	lastUsed  atomic.Int64
}

// profileGrant is one profile of a person, with the entities it holds in.
type profileGrant struct {
	id       int
	name     string
	entities []entityGrant
}

type entityGrant struct {
	id        int
	name      string
	recursive int
}

func (g profileGrant) entityList() list {
	out := list{}
	for _, e := range g.entities {
		out = append(out, object{{"id", e.id}, {"name", e.name}, {"is_recursive", e.recursive}})
	}
	return out
}

// entityMap is the same by id, as the session holds it: PHP writes it as a list
// when the ids are 0, 1 and so on, else as an object.
func (g profileGrant) entityMap() any {
	entries := g.entityList()
	o, sequence := object{}, true
	for i, e := range g.entities {
		o = o.set(strconv.Itoa(e.id), entries[i])
		sequence = sequence && e.id == i
	}
	if sequence {
		return entries
	}
	return o
}

// sees reports whether an item of an entity may be read; writing needs
// recursive to be false.
func (u *session) sees(entity int, recursive bool) bool {
	return u.active[entity] || recursive && u.above[entity]
}

// everywhere reports whether the session holds the whole tree.
func (u *session) everywhere(s *Server) bool {
	return len(u.entities) == len(s.tables["Entity"].rows)
}

// initSession opens a session: GLPI-REST §2 in GLPI's order of checks.
func initSession(c *call) (answer, error) {
	if err := c.checkAppToken(); err != nil {
		return answer{}, err
	}
	login, password, token := c.text("login"), c.text("password"), c.text("user_token")
	if (!truthy(login) || !truthy(password)) && !truthy(token) {
		return answer{}, documented(400, "ERROR_LOGIN_PARAMETERS_MISSING",
			"parameter(s) login, password or user_token are missing")
	}
	var user row
	var err error
	if truthy(token) {
		user, err = c.s.userByToken(token)
	} else {
		user, err = c.s.userByPassword(login, password)
	}
	if err != nil {
		return answer{}, err
	}
	u := c.s.openSession(user.id())
	body := object{{"session_token", u.token}}
	if c.is("get_full_session") {
		body = append(body, member{"session", c.s.fullSession(u)})
	}
	return answer{body: body}, nil
}

func (s *Server) userByToken(token string) (row, error) {
	invalid := refused(401, "ERROR_GLPI_LOGIN_USER_TOKEN", "parameter user_token seems invalid")
	if !s.on("enable_api_login_external_token") {
		return nil, invalid
	}
	users := s.tables["User"]
	found := users.where("api_token", token)
	if len(found) != 1 || s.checkUser(found[0]) != nil {
		return nil, invalid
	}
	return found[0], nil
}

func (s *Server) userByPassword(login, password string) (row, error) {
	if !s.on("enable_api_login_credentials") {
		return nil, refused(400, "ERROR_LOGIN_WITH_CREDENTIALS_DISABLED",
			"usage of initSession resource with credentials is disabled")
	}
	user := s.userByName(login)
	if user == nil || s.tables["User"].value(user, "password") != hashPassword(password) {
		return nil, refused(401, "ERROR_GLPI_LOGIN", "Incorrect username or password")
	}
	return user, s.checkUser(user)
}

// userByName finds a login, in the trash too, as the database compares names.
func (s *Server) userByName(login string) row {
	users := s.tables["User"]
	name, key := users.column("name"), fold(s.store(login))
	for _, r := range users.rows {
		if fold(textOf(r[name])) == key {
			return r
		}
	}
	return nil
}

// checkUser tells why an account may not sign in.
func (s *Server) checkUser(user row) error {
	t := s.tables["User"]
	now := s.now().Format(stamp)
	begin, end := t.text(user, "begin_date"), t.text(user, "end_date")
	if t.int(user, "is_active") == 0 || t.int(user, "is_deleted") != 0 ||
		begin != "" && begin > now || end != "" && end < now || s.lockExpired(user) {
		return refused(401, "ERROR_GLPI_LOGIN",
			"You don't have access to this application because your account was deactivated or removed")
	}
	if len(s.grants(user.id())) == 0 {
		return refused(401, "ERROR_GLPI_LOGIN", "You don't have right to connect")
	}
	return nil
}

// lockExpired deactivates an account whose password expired too long ago.
func (s *Server) lockExpired(user row) bool {
	delay := number(s.setting("password_expiration_lock_delay"))
	if delay < 0 || !s.passwordOlder(user, number(s.setting("password_expiration_delay"))+delay) {
		return false
	}
	t := s.tables["User"]
	r := slices.Clone(user)
	r[t.column("is_active")] = 0
	t.replace(r)
	return true
}

// passwordOlder reports whether passwords expire and this one was set more
// than so many days ago.
func (s *Server) passwordOlder(user row, days int) bool {
	if number(s.setting("password_expiration_delay")) < 0 {
		return false
	}
	set, err := time.ParseInLocation(stamp, s.tables["User"].text(user, "password_last_update"), s.now().Location())
	return err == nil && s.now().After(set.AddDate(0, 0, days))
}

// hashPassword is what the sandbox keeps of a password.
func hashPassword(password string) string {
	sum := sha256.Sum256([]byte(password))
	return "sandbox:" + hex.EncodeToString(sum[:])
}

func (s *Server) openSession(userID int) *session {
	users := s.tables["User"]
	user := s.signedIn(users.find(userID))
	users.replace(user)
	u := &session{token: s.randomText(26, lowerDigits), user: userID, recursive: 1, rights: map[string]int{}}
	if u.limit = users.int(user, "list_limit"); u.limit == 0 {
		u.limit = number(s.setting("list_limit"))
	}
	u.lastUsed.Store(s.now().UnixNano())
	s.sessions[u.token] = u
	if s.passwordOlder(user, number(s.setting("password_expiration_delay"))) {
		u.expired = true // 200, but without any profile
		u.active, u.above = map[int]bool{}, map[int]bool{}
		return u
	}
	u.profiles = s.grants(userID)
	chosen := u.profiles[0].id
	if own := users.int(user, "profiles_id"); slices.ContainsFunc(u.profiles, func(g profileGrant) bool { return g.id == own }) {
		chosen = own
	}
	s.useProfile(u, chosen)
	return u
}

// signedIn is an account after a sign-in: GLPI notes the moment and forgets
// preferences that equal the general ones.
func (s *Server) signedIn(user row) row {
	t := s.tables["User"]
	r, now := slices.Clone(user), s.now().Format(stamp)
	for i, col := range t.columns {
		if col.nullable && col.kind == integer && col.initial == 0 && col.key == "" && r[i] == 0 {
			r[i] = nil
			r[t.column("date_mod")] = now
		}
	}
	r[t.column("last_login")] = now
	return r
}

// grants are a person's profiles by name.
func (s *Server) grants(userID int) []profileGrant {
	links, profiles, entities := s.tables["Profile_User"], s.tables["Profile"], s.tables["Entity"]
	byID := map[int]*profileGrant{}
	for _, r := range links.where("users_id", userID) {
		p := profiles.find(links.int(r, "profiles_id"))
		e := entities.find(links.int(r, "entities_id"))
		if p == nil || e == nil {
			continue
		}
		g := byID[p.id()]
		if g == nil {
			g = &profileGrant{id: p.id(), name: profiles.text(p, "name")}
			byID[p.id()] = g
		}
		g.entities = append(g.entities, entityGrant{e.id(), entities.text(e, "name"), links.int(r, "is_recursive")})
	}
	var out []profileGrant
	for _, g := range byID {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b profileGrant) int { return cmp.Compare(fold(a.name), fold(b.name)) })
	return out
}

// useProfile makes a profile active and goes to its first entity.
func (s *Server) useProfile(u *session, id int) {
	i := slices.IndexFunc(u.profiles, func(g profileGrant) bool { return g.id == id })
	g := u.profiles[i]
	t := s.tables["Profile"]
	r := t.find(id)
	simple := t.text(r, "interface") == "helpdesk"
	u.profileID, u.rights = id, map[string]int{}
	for name, bits := range s.rights[id] {
		if !simple || helpdeskKeeps(name) {
			u.rights[name] = bits
		}
	}
	u.profile = object{}
	for i, col := range t.columns {
		v := r[i]
		if simple && !helpdeskKeeps(col.name) {
			continue
		}
		if text, ok := v.(string); ok && slices.Contains(profileJSON, col.name) {
			if parsed, err := readJSON(text); err == nil {
				v = emptyArray(parsed)
			}
		}
		u.profile = append(u.profile, member{col.name, v})
	}
	for _, name := range slices.Sorted(maps.Keys(u.rights)) {
		u.profile = append(u.profile, member{name, u.rights[name]})
	}
	if simple {
		u.profile = append(u.profile, member{"managed_domainrecordtypes", list{}})
	}
	u.profile = append(u.profile, member{"entities", g.entityMap()})
	s.useAll(u)
	u.recursive = g.entities[0].recursive
}

// helpdeskKeeps reports whether a profile with the simplified interface keeps a
// column or a right; a session forgets the others, those of plugins too.
func helpdeskKeeps(name string) bool {
	return slices.Contains(strings.Fields("id interface is_default name 2fa_enforced "+
		"create_ticket_on_login changetemplates_id followup helpdesk_hardware helpdesk_item_type knowbase "+
		"password_update personalization problemtemplates_id reminder_public reservation rssfeed_public "+
		"show_group_hardware use_mentions task ticket ticket_cost ticket_status tickettemplates_id ticketvalidation"), name)
}

// profileJSON are the columns of a profile that the session holds decoded.
var profileJSON = []string{"helpdesk_item_type", "ticket_status", "problem_status", "change_status", "managed_domainrecordtypes"}

// emptyArray turns {} into [], as PHP writes an empty array.
func emptyArray(v any) any {
	if o, ok := v.(object); ok && len(o) == 0 {
		return list{}
	}
	return v
}

// useAll makes all entities of the profile active.
func (s *Server) useAll(u *session) {
	grants := u.grant().entities
	u.entity = grants[0].id
	var ids []int
	for _, e := range grants {
		ids = append(ids, e.id)
		if e.recursive != 0 {
			ids = append(ids, s.descendants(e.id)...)
		}
	}
	s.activate(u, ids)
}

func (u *session) grant() profileGrant {
	i := slices.IndexFunc(u.profiles, func(g profileGrant) bool { return g.id == u.profileID })
	return u.profiles[i]
}

func (s *Server) activate(u *session, ids []int) {
	u.entities, u.active, u.above = nil, map[int]bool{}, map[int]bool{}
	for _, id := range ids {
		if !u.active[id] {
			u.active[id] = true
			u.entities = append(u.entities, id)
		}
	}
	for _, id := range ids {
		for _, a := range s.ancestors(id) {
			if !u.active[a] {
				u.above[a] = true
			}
		}
	}
}

// useEntity goes to one entity of the profile; false when it may not.
func (s *Server) useEntity(u *session, id int, recursive bool) bool {
	if s.tables["Entity"].find(id) == nil {
		return false
	}
	allowed := false
	for _, e := range u.grant().entities {
		below := e.recursive != 0 && slices.Contains(s.ancestors(id), e.id)
		if e.id == id || below {
			allowed = true
			recursive = recursive && e.recursive != 0
		}
	}
	if !allowed {
		return false
	}
	u.entity, u.recursive = id, recursive
	ids := []int{id}
	if recursive {
		ids = append(ids, s.descendants(id)...)
	}
	s.activate(u, ids)
	return true
}

func killSession(c *call) (answer, error) {
	delete(c.s.sessions, c.u.token)
	return answer{body: true}, nil
}

func changeActiveEntities(c *call) (answer, error) {
	recursive := false
	if c.has("is_recursive") {
		v, _ := c.get("is_recursive")
		b, ok := v.(bool)
		if !ok {
			return answer{}, documented(400, "ERROR", "Bad Request")
		}
		recursive = b
	}
	if c.u.profile == nil {
		return c.fatal()
	}
	if !c.has("entities_id") {
		c.s.useAll(c.u)
		c.u.recursive = c.s.major() >= 11
		return answer{body: true}, nil
	}
	id, _ := c.get("entities_id")
	return answer{body: c.s.useEntity(c.u, number(id), recursive)}, nil
}

func changeActiveProfile(c *call) (answer, error) {
	if !c.has("profiles_id") {
		return answer{}, documented(400, "ERROR", "Bad Request")
	}
	v, _ := c.get("profiles_id")
	id := number(v)
	if !slices.ContainsFunc(c.u.profiles, func(g profileGrant) bool { return g.id == id }) {
		return answer{}, errNotFound
	}
	c.s.useProfile(c.u, id)
	return answer{body: true}, nil
}

func getMyProfiles(c *call) (answer, error) {
	out := list{}
	for _, g := range c.u.profiles {
		out = append(out, object{{"id", g.id}, {"name", g.name}, {"entities", g.entityList()}})
	}
	return answer{body: object{{"myprofiles", out}}}, nil
}

func getActiveProfile(c *call) (answer, error) {
	if c.u.profile == nil {
		return answer{body: object{{"active_profile", nil}}}, nil
	}
	return answer{body: object{{"active_profile", c.u.profile}}}, nil
}

func getMyEntities(c *call) (answer, error) {
	if c.u.profile == nil {
		return c.fatal()
	}
	recursive := truthy(number(textOf(param(c, "is_recursive"))))
	out := list{}
	for _, e := range c.u.grant().entities {
		if e.recursive != 0 && recursive {
			for _, id := range c.s.descendants(e.id) {
				out = append(out, object{{"id", id}, {"name", c.s.entityPath(id)}})
			}
		}
		out = append(out, object{{"id", e.id}, {"name", c.s.entityPath(e.id)}})
	}
	return answer{body: object{{"myentities", out}}}, nil
}

func param(c *call, key string) any { v, _ := c.get(key); return v }

// entityPath is an entity's complete name, as GLPI shows it.
func (s *Server) entityPath(id int) string {
	t := s.tables["Entity"]
	return s.shownPath(t.text(t.find(id), "completename"))
}

// shownPath is a complete name; 10 encodes it as a whole where it stands for an
// id, and keeps the signs between the names bare in the column.
func (s *Server) shownPath(path string) string {
	if s.major() >= 11 {
		return path
	}
	parts := strings.Split(path, " > ")
	for i := range parts {
		parts[i] = decode(parts[i])
	}
	return encoder.Replace(strings.Join(parts, " > "))
}

func getActiveEntities(c *call) (answer, error) {
	if c.u.profile == nil {
		return c.fatal()
	}
	ids := list{}
	for _, id := range c.u.entities {
		ids = append(ids, object{{"id", id}})
	}
	return answer{body: object{{"active_entity", object{
		{"id", c.u.entity}, {"active_entity_recursive", c.u.recursive}, {"active_entities", ids},
	}}}}, nil
}

func getFullSession(c *call) (answer, error) {
	o := append(c.s.fullSession(c.u), member{"MESSAGE_AFTER_REDIRECT", list{}})
	return answer{body: object{{"session", o}}}, nil
}

// fullSession is PHP's session as far as programs read it.
func (s *Server) fullSession(u *session) object {
	t := s.tables["User"]
	r := t.find(u.user)
	old := s.major() < 11
	o := object{
		{"valid_id", u.token}, {"glpi_currenttime", s.now().Format(stamp)}, {"glpi_use_mode", 0},
		{"glpiID", u.user}, {"glpiis_ids_visible", "0"}, {"glpifriendlyname", s.friendlyName(r)},
		{"glpiname", t.value(r, "name")}, {"glpirealname", t.value(r, "realname")},
		{"glpifirstname", t.value(r, "firstname")}, {"glpidefault_entity", t.value(r, "entities_id")},
		{"glpiextauth", 0}, {"glpiauthtype", 1},
	}
	if old {
		o = append(o, member{"glpiroot", s.cfg.Path})
	}
	o = append(o, member{"glpi_plannings", list{}}, member{"glpicrontimer", int(s.now().Unix())}, member{"glpi_tabs", list{}})
	for _, name := range strings.Fields(preferences[s.major()]) {
		o = append(o, member{"glpi" + name, s.preference(r, name, u)})
	}
	o = append(o, member{"glpi_dropdowntranslations", list{}}, member{"glpipluralnumber", 2})
	if !old {
		o = append(o, member{"glpiisrtl", false})
	}
	return append(o, s.sessionScope(u)...)
}

// preferences are the user's preferences that a session carries, in its order.
var preferences = map[int]string{
	10: "backcreated csv_delimiter date_format default_requesttypes_id display_count_on_home duedatecritical_color duedatecritical_less duedatecritical_unit duedateok_color duedatewarning_color duedatewarning_less duedatewarning_unit followup_private keep_devices_when_purging_item language list_limit lock_autolock_mode lock_directunlock_notification names_format notification_to_myself number_format pdffont priority_1 priority_2 priority_3 priority_4 priority_5 priority_6 refresh_views set_default_tech set_default_requester show_count_on_tabs show_jobs_at_login task_private task_state use_flat_dropdowntree use_flat_dropdowntree_on_search_result palette page_layout highcontrast_css default_dashboard_central default_dashboard_assets default_dashboard_helpdesk default_dashboard_mini_ticket default_central_tab fold_menu fold_search savedsearches_pinned richtext_layout timeline_order itil_layout timeline_action_btn_layout timeline_date_format",
	11: "backcreated csv_delimiter date_format default_requesttypes_id display_count_on_home duedatecritical_color duedatecritical_less duedatecritical_unit duedateok_color duedatewarning_color duedatewarning_less duedatewarning_unit followup_private keep_devices_when_purging_item language list_limit lock_autolock_mode lock_directunlock_notification names_format notification_to_myself number_format pdffont priority_1 priority_2 priority_3 priority_4 priority_5 priority_6 refresh_views set_default_tech set_followup_tech set_solution_tech set_default_requester show_count_on_tabs show_jobs_at_login task_private task_state planned_task_state use_flat_dropdowntree use_flat_dropdowntree_on_search_result palette page_layout highcontrast_css default_dashboard_central default_dashboard_assets default_dashboard_helpdesk default_dashboard_mini_ticket default_central_tab fold_menu savedsearches_pinned richtext_layout timeline_order itil_layout toast_location timeline_action_btn_layout timeline_date_format is_notif_enable_default show_search_form search_pagination_on_top timezone",
}

func (s *Server) preference(user row, name string, u *session) any {
	if name == "list_limit" {
		return u.limit
	}
	t := s.tables["User"]
	if _, ok := t.index[name]; ok {
		if v := t.value(user, name); v != nil {
			return textOf(v)
		}
	}
	return textOf(s.setting(name))
}

// sessionScope is the part of a session about profile and entity.
func (s *Server) sessionScope(u *session) object {
	if u.expired {
		return object{{"glpi_password_expired", 1}, {"glpiprofiles", list{}}}
	}
	profiles, ids := object{}, []string{}
	for _, g := range u.profiles {
		profiles = append(profiles, member{strconv.Itoa(g.id), object{{"name", g.name}, {"entities", g.entityMap()}}})
	}
	for _, id := range u.entities {
		ids = append(ids, "'"+strconv.Itoa(id)+"'")
	}
	above := slices.Sorted(maps.Keys(u.above))
	if len(above) == 0 && s.major() >= 11 {
		above = []int{0}
	}
	t := s.tables["Entity"]
	name := t.text(t.find(u.entity), "completename")
	if truthy(u.recursive) {
		name += " (tree structure)"
	}
	all := 0
	if u.everywhere(s) {
		all = 1
	}
	o := object{
		{"glpiprofiles", profiles}, {"glpiactiveprofile", u.profile}, {"glpiactiveentities", entitySet(u)},
	}
	o = append(o, member{"glpisearch", list{}})
	if s.major() >= 11 {
		o = append(o, member{"glpientity_fullstructure", false})
	}
	o = append(o,
		member{"glpiactiveentities_string", strings.Join(ids, ", ")},
		member{"glpiparententities", above}, member{"glpiparententities_string", textOf(above)},
		member{"glpiactive_entity", u.entity}, member{"glpiactive_entity_recursive", u.recursive},
		member{"glpiactive_entity_name", name}, member{"glpiactive_entity_shortname", name},
		member{"glpishowallentities", all}, member{"glpigroups", list{}},
	)
	if s.major() >= 11 {
		o = append(o, member{"glpigroups_cache_date", s.now().Format(stamp)})
	}
	return append(o, member{"noAUTO", 1})
}

// entitySet is PHP's map of the active entities to themselves, which PHP writes
// as a list when its keys happen to be 0, 1, 2 and so on.
func entitySet(u *session) any {
	o, sequence := object{}, true
	for i, id := range u.entities {
		o = append(o, member{strconv.Itoa(id), id})
		sequence = sequence && i == id
	}
	if sequence {
		return u.entities
	}
	return o
}
