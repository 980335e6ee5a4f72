package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"glpikeys/keys"
)

// Plugin says how the plugin glpikeys stands on a server.
type Plugin uint8

// The ways it can stand. Whoever wants an old version changes the column
// version of its row of the type Plugin.
const (
	NoPlugin       Plugin = iota // not in GLPI's folder of plugins, or never installed
	PluginInactive               // installed, and switched off
	PluginActive
)

const (
	inviteRight   = "plugin_glpikeys_invitation"
	pluginPrefix  = "PluginGlpikeys"
	pluginVersion = "1.0.0"

	waitingEmail    = "waiting_email"
	waitingApproval = "waiting_approval"
	regDone         = "done"
	regRefused      = "refused"
)

// pluginStates are GLPI's numbers of a plugin's state.
var pluginStates = map[Plugin]int{PluginActive: 1, PluginInactive: 4}

// SetPlugin installs the plugin glpikeys, switches it on or off, or takes it
// away. Its data and its right stay, as they do on a real GLPI. Like there,
// open sessions do not know a right that is new.
func (s *Server) SetPlugin(p Plugin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.installPlugin(p)
}

func (s *Server) installPlugin(p Plugin) {
	t := s.tables["Plugin"]
	for _, r := range t.where("directory", "glpikeys") {
		t.drop(r.id())
	}
	if p == NoPlugin {
		return
	}
	s.put("Plugin", object{
		{"directory", "glpikeys"}, {"name", "GLPI Keys"}, {"version", pluginVersion}, {"state", pluginStates[p]},
		{"author", "GLPI Keys contributors"}, {"homepage", ""}, {"license", "GPL-3.0-or-later"},
	})
	if len(s.tables["PluginGlpikeysStatus"].rows) > 0 {
		return
	}
	s.put("PluginGlpikeysStatus", nil)
	profiles := s.tables["Profile"]
	for _, r := range profiles.rows {
		s.setRight(r.id(), inviteRight, 0)
	}
	for _, r := range profiles.where("name", "Super-Admin") {
		s.setRight(r.id(), inviteRight, read|update|create|remove|purge)
	}
}

// pluginIs reports whether the plugin stands so.
func (s *Server) pluginIs(p Plugin) bool {
	t := s.tables["Plugin"]
	found := t.where("directory", "glpikeys")
	if len(found) == 0 {
		return p == NoPlugin
	}
	return t.int(found[0], "state") == pluginStates[p]
}

// invitationState is what an invitation is worth now.
func (s *Server) invitationState(r row) string {
	t := s.tables["PluginGlpikeysInvitation"]
	now := s.now().Format(stamp)
	uses, limit := t.int(r, "uses"), t.int(r, "max_uses")
	begin, end := t.text(r, "begin_date"), t.text(r, "end_date")
	state := keys.InvitationActive
	switch {
	case t.int(r, "is_active") == 0 || t.int(r, "is_deleted") != 0:
		state = keys.InvitationRevoked
	case limit > 0 && uses >= limit:
		state = keys.InvitationUsedUp
	case end != "" && end < now:
		state = keys.InvitationEnded
	case begin > now:
		state = keys.InvitationScheduled
	case limit > 0 && uses == limit-1:
		state = keys.InvitationLastUse
	}
	return state.String()
}

// waiting counts an invitation's registrations that nobody answered yet.
func (s *Server) waiting(invitation int) int {
	t := s.tables["PluginGlpikeysRegistration"]
	of, state := t.column("plugin_glpikeys_invitations_id"), t.column("state")
	n := 0
	for _, r := range t.rows {
		if r[of] == invitation && (r[state] == waitingEmail || r[state] == waitingApproval) {
			n++
		}
	}
	return n
}

// isAwaited reports whether somebody waits for an answer: such an invitation
// is revoked, not purged.
func (s *Server) isAwaited(r row) bool { return s.waiting(r.id()) > 0 }

// knownInvitation answers a uuid that is there already: the answer to an
// earlier request was lost, so it is given again and nothing is written.
func knownInvitation(c *call, w *write) (outcome, bool) {
	if c.invited >= maxInvitations {
		return outcome{message: sentences["too_many"]}, true
	}
	c.invited++
	v, _ := w.input.get("uuid")
	text, _ := v.(string)
	found := w.t.where("uuid", strings.ToLower(strings.TrimSpace(text)))
	if text == "" || len(found) == 0 {
		return outcome{}, false
	}
	r := found[0]
	values, err := readInvitation(c.s.typed(w.input).(object), true, c.s.now().Location())
	if err != nil {
		return outcome{message: err.Error()}, true
	}
	same := c.mayChange(w.t, r) // else it is somebody else's
	for _, m := range values {
		same = same && c.s.rawText(w.t.value(r, m.key)) == textOf(m.value)
	}
	if !same {
		return outcome{message: refuse("uuid_taken", "uuid").Error()}, true
	}
	if w.t.int(r, "show_once") != 0 && w.t.int(r, "uses") == 0 && w.t.int(r, "users_id") == c.u.user {
		r = slices.Clone(r)
		token := c.s.newToken()
		r[w.t.column("token_hash")] = hashOf(token)
		w.t.replace(r)
		r = slices.Clone(r)
		r[w.t.column("token")] = token // for this answer only
	}
	return outcome{id: r.id(), ok: true, message: c.invitationLink(r)}, true
}

// mayChange reports whether the session may change an item.
func (c *call) mayChange(t *table, r row) bool {
	return t.can(c.u.rights, update) && c.mayWrite(t, r)
}

// beforeInvitation lets through what may be said from outside, checked and in
// the form it is kept in, and adds the secret.
func beforeInvitation(c *call, w *write) error {
	values, err := readInvitation(c.s.typed(w.input).(object), w.adding(), c.s.now().Location())
	if err != nil {
		return err
	}
	before := object{}
	if w.adding() {
		if uuid, _ := values.get("uuid"); textOf(uuid) == "" {
			values = values.set("uuid", c.s.newUUID())
		}
		if _, ok := values.get("entities_id"); !ok {
			values = values.set("entities_id", c.u.entity)
		}
	} else {
		for _, f := range invitationFields {
			before = append(before, member{f.name, c.s.typed(w.t.value(w.old, f.name))})
		}
	}
	if err := c.checkInvitation(values, before); err != nil {
		return err
	}
	w.input = nil
	for _, m := range values {
		if text, ok := m.value.(string); ok && c.s.major() < 11 {
			m.value = encoder.Replace(text)
		}
		w.input = append(w.input, m)
	}
	if !w.adding() {
		return nil
	}
	token := c.s.newToken()
	w.set("token", token)
	w.set("token_hash", hashOf(token))
	w.set("users_id", c.u.user)
	return nil
}

// checkInvitation checks what only shows when all fields are seen together,
// and whether this person may grant what the invitation grants.
func (c *call) checkInvitation(values, before object) error {
	whole := params{slices.Clone(values)}
	for _, m := range before {
		if _, ok := whole.get(m.key); !ok {
			whole.object = append(whole.object, m)
		}
	}
	if len(before) == 0 {
		for _, m := range (object{{"is_active", 1}, {"max_uses", 1}}) {
			if _, ok := whole.get(m.key); !ok {
				whole.object = append(whole.object, m)
			}
		}
	}
	changed := object{}
	for _, m := range whole.object {
		if old, ok := before.get(m.key); !ok || textOf(old) != textOf(m.value) {
			changed = append(changed, m)
		}
	}
	if err := checkWhole(whole, c.s.now()); err != nil {
		return err
	}
	if (params{changed}).is("verify_email") && !c.s.canMail() {
		return refuse("mail_off", "verify_email")
	}
	if len(before) > 0 && onlyTakesAway(changed) {
		return nil
	}
	return c.mayInvite(whole)
}

// canMail reports whether GLPI is set up to send mail.
func (s *Server) canMail() bool { return s.on("use_notifications") && s.on("notifications_mailing") }

// onlyTakesAway reports a change that whoever may update may make, even of
// what they could not grant.
func onlyTakesAway(changed object) bool {
	for _, m := range changed {
		switch m.key {
		case "name", "comment":
		case "is_active", "is_recursive", "profile_recursive":
			if number(m.value) != 0 {
				return false
			}
		case "require_approval", "verify_email":
			if number(m.value) != 1 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// mayInvite tells why the session may not grant what an invitation grants.
func (c *call) mayInvite(p params) error {
	entity := number(p.text("entities_id"))
	if !c.u.active[entity] {
		return refuse("entity", "entities_id")
	}
	for _, field := range []string{"is_recursive", "profile_recursive"} {
		if p.is(field) && !c.deep(entity) {
			return refuse("recursive", field)
		}
	}
	if !c.mayGrant(number(p.text("profiles_id"))) {
		return refuse("profile", "profiles_id")
	}
	if !c.seesGroups(groupIDs(p.text("groups")), entity) {
		return refuse("groups", "groups")
	}
	return nil
}

// deep reports whether the session reaches the entities below one.
func (c *call) deep(entity int) bool {
	for _, e := range c.u.grant().entities {
		if e.id == entity {
			return e.recursive != 0
		}
	}
	return c.u.active[entity]
}

// seesGroups reports whether groups take people, exist in an entity and are
// seen by the session.
func (c *call) seesGroups(ids []int, entity int) bool {
	t := c.s.tables["Group"]
	for _, id := range ids {
		r := t.find(id)
		if r == nil || t.int(r, "is_usergroup") == 0 || !c.visible(t, r) {
			return false
		}
		at := t.int(r, "entities_id")
		below := t.int(r, "is_recursive") != 0 && slices.Contains(c.s.ancestors(entity), at)
		if at != entity && !below {
			return false
		}
	}
	return true
}

// groupIDs reads the column groups: "[1,2]".
func groupIDs(text string) []int {
	v, _ := readJSON(text)
	var out []int
	for _, id := range values(v) {
		out = append(out, number(id))
	}
	return out
}

// invitationLink is the link, for those who could have made the invitation
// themselves; "" for others, and when it was shown once and not kept.
func (c *call) invitationLink(r row) string {
	t := c.s.tables["PluginGlpikeysInvitation"]
	token := t.text(r, "token")
	if token == "" || !c.mayChange(t, r) || c.mayInvite(params{t.object(r)}) != nil {
		return ""
	}
	return strings.TrimRight(textOf(c.s.setting("url_base")), "/") + joinScript + "?i=" + token
}

// showInvitation is one invitation asked for alone: only then it has its link.
func showInvitation(c *call, r row) (row, object) {
	if c.path[0] == "getMultipleItems" {
		return r, nil
	}
	return r, object{{"link", orNil(c.invitationLink(r))}, {"server_timezone", zoneName(c.s.now())}}
}

// afterInvitation forgets a secret that is shown once and moves registrations
// with their invitation.
func afterInvitation(c *call, w *write) {
	if w.adding() {
		if w.t.int(w.row, "show_once") != 0 {
			kept := slices.Clone(w.row)
			kept[w.t.column("token")] = nil
			w.t.replace(kept) // the answer still has it
		}
		return
	}
	entity, deep := w.t.column("entities_id"), w.t.column("is_recursive")
	if w.old[entity] == w.row[entity] && w.old[deep] == w.row[deep] {
		return
	}
	t := c.s.tables["PluginGlpikeysRegistration"]
	for _, r := range t.where("plugin_glpikeys_invitations_id", w.row.id()) {
		t.changeRow(r, object{{"entities_id", w.row[entity]}, {"is_recursive", w.row[deep]}})
	}
}

// changeRow stores a copy of a row with other values.
func (t *table) changeRow(r row, values object) {
	r = slices.Clone(r)
	for _, m := range values {
		r[t.column(m.key)] = m.value
	}
	t.replace(r)
}

// stopInvitations follows a purge: registrations go with their invitation, and
// an invitation to what is gone is revoked, because a missing entity would
// count as the root entity. An author's id is only forgotten.
func (s *Server) stopInvitations(typ string, id int) {
	t, regs := s.tables["PluginGlpikeysInvitation"], s.tables["PluginGlpikeysRegistration"]
	if typ == t.name {
		regs.rows = slices.DeleteFunc(slices.Clone(regs.rows), func(r row) bool {
			return regs.int(r, "plugin_glpikeys_invitations_id") == id
		})
		return
	}
	for _, r := range slices.Clone(t.rows) {
		switch {
		case typ == "User" && t.int(r, "users_id") == id:
			t.changeRow(r, object{{"users_id", 0}})
		case typ == "Entity" && t.int(r, "entities_id") == id, typ == "Profile" && t.int(r, "profiles_id") == id,
			typ == "Group" && slices.Contains(groupIDs(t.text(r, "groups")), id):
			t.changeRow(r, object{{"is_active", 0}})
		}
	}
}

// ruleGrants are what GLPI's authorization rules give an account besides what
// its invitation gives.
type ruleGrants struct {
	text    string
	allowed bool // whoever approves may give it
}

// SetRuleGrants says what GLPI's authorization rules would give the account of
// a registration besides, in the plugin's words, "" for nothing; and whether
// those who approve may give that. The sandbox has no rules of its own.
func (s *Server) SetRuleGrants(registration int, text string, allowed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.granted[registration] = ruleGrants{text, allowed}
}

// showRegistration is one registration asked for alone. Who waits would also
// get what GLPI's own rules give.
func showRegistration(c *call, r row) (row, object) {
	switch c.s.tables["PluginGlpikeysRegistration"].text(r, "state") {
	case waitingEmail, waitingApproval:
		return r, object{{"rule_grants", c.s.granted[r.id()].text}}
	}
	return r, nil
}

// beforeRegistration is an answer to somebody who waits: state "done" approves,
// "refused" refuses, once. Nothing else can be changed.
func beforeRegistration(c *call, w *write) error {
	w.silent = true
	state, _ := w.input.get("state")
	switch old := w.t.text(w.old, "state"); {
	case state == old:
		return nil
	case old != waitingApproval:
	case state == regRefused:
		c.s.turnDown(w.old)
		return nil
	case state == regDone && c.mayApprove(w.old):
		rules := c.s.granted[w.old.id()]
		switch {
		case rules.text == "":
		case !rules.allowed:
			return complaint("An authorization rule of GLPI would also give this person what you may not give: " + rules.text + ".")
		default:
			w.message = "An authorization rule of GLPI also gives this person: " + rules.text + "."
		}
		c.s.moveOn(w.old, regDone)
		return nil
	}
	return refuse("state", "")
}

// mayApprove reports whether the session could grant what the invitation
// grants, and what the account has: the invitation may have been changed since.
func (c *call) mayApprove(registration row) bool {
	regs, t := c.s.tables["PluginGlpikeysRegistration"], c.s.tables["PluginGlpikeysInvitation"]
	inv := t.find(regs.int(registration, "plugin_glpikeys_invitations_id"))
	if inv == nil || c.mayInvite(params{t.object(inv)}) != nil {
		return false
	}
	user := regs.int(registration, "users_id")
	groups := []int{}
	members := c.s.tables["Group_User"]
	for _, r := range members.where("users_id", user) {
		groups = append(groups, members.int(r, "groups_id"))
	}
	grants := c.s.tables["Profile_User"]
	for _, r := range grants.where("users_id", user) {
		err := c.mayInvite(params{object{
			{"entities_id", grants.int(r, "entities_id")}, {"profiles_id", grants.int(r, "profiles_id")},
			{"profile_recursive", grants.int(r, "is_recursive")}, {"groups", string(appendJSON(nil, groups))},
		}})
		if err != nil {
			return false
		}
	}
	return true
}

// moveOn gives a registration its next state; when it is done the account is
// switched on.
func (s *Server) moveOn(registration row, state string) {
	t := s.tables["PluginGlpikeysRegistration"]
	now := s.now().Format(stamp)
	t.changeRow(registration, object{{"state", state}, {"code_hash", nil}, {"code_until", nil}, {"date_mod", now}})
	users := s.tables["User"]
	if user := users.find(t.int(registration, "users_id")); user != nil && state == regDone {
		users.changeRow(user, object{{"is_active", 1}, {"date_mod", now}})
	}
}

// turnDown refuses a registration and gives its use back. The account stays,
// switched off, as the plugin does unless it is told to delete it.
func (s *Server) turnDown(registration row) {
	s.moveOn(registration, regRefused)
	t := s.tables["PluginGlpikeysInvitation"]
	id := s.tables["PluginGlpikeysRegistration"].int(registration, "plugin_glpikeys_invitations_id")
	if inv := t.find(id); inv != nil {
		t.changeRow(inv, object{{"uses", max(t.int(inv, "uses"), 1) - 1}})
	}
}

// showStatus is what the plugin says of itself, of the session and of the
// installed key.
func showStatus(c *call, r row) (row, object) {
	t := c.s.tables["PluginGlpikeysStatus"]
	r = slices.Clone(r)
	for _, m := range c.s.subscription() {
		r[t.column(m.key)] = m.value
	}
	profiles, known := list{}, c.s.tables["Profile"]
	all := slices.Clone(known.rows)
	sortRows(all, func(p row) any { return known.text(p, "name") }, false)
	for _, p := range all {
		if c.mayGrant(p.id()) {
			profiles = append(profiles, object{
				{"id", p.id()}, {"name", c.s.rawText(known.value(p, "name"))}, {"central", !c.simple(p.id())},
			})
		}
	}
	plugins := c.s.tables["Plugin"]
	return r, object{
		{"version", plugins.value(plugins.where("directory", "glpikeys")[0], "version")}, {"profiles", profiles},
		{"mail", c.s.canMail()}, {"url_base", strings.TrimRight(textOf(c.s.setting("url_base")), "/")},
		{"server_timezone", zoneName(c.s.now())},
	}
}

// zoneName is the name of the clock's time zone. This computer's own has none
// in Go, so it is looked up as far as that is possible.
func zoneName(now time.Time) string {
	name := now.Location().String()
	if name == "Local" {
		name = os.Getenv("TZ")
		if target, err := os.Readlink("/etc/localtime"); name == "" && err == nil {
			_, name, _ = strings.Cut(target, "zoneinfo/")
		}
	}
	if name == "Etc/UTC" {
		return "UTC"
	}
	if _, err := time.LoadLocation(name); err == nil && name != "" {
		return name
	}
	_, offset := now.Zone()
	if offset == 0 {
		return "UTC"
	}
	return fmt.Sprintf("Etc/GMT%+d", -offset/3600) // such names turn the sign round
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newToken is an invitation's secret.
func (s *Server) newToken() string { return s.randomText(22, base62) }

// newUUID is a random UUID, version 4.
func (s *Server) newUUID() string {
	const hexadecimal = "0123456789abcdef"
	return strings.Join([]string{
		s.randomText(8, hexadecimal), s.randomText(4, hexadecimal), "4" + s.randomText(3, hexadecimal),
		s.randomText(1, "89ab") + s.randomText(3, hexadecimal), s.randomText(12, hexadecimal),
	}, "-")
}

// hashOf is what is kept of a secret.
func hashOf(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// typed is a value, or all texts in it, as a person typed it.
func (s *Server) typed(v any) any {
	if s.major() >= 11 {
		return v
	}
	return eachText(v, decode)
}

// rawText is a stored value as text as it was typed.
func (s *Server) rawText(v any) string { return textOf(s.typed(v)) }
