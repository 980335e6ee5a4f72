package sandbox

import (
	"encoding/base64"
	"slices"
	"strings"
)

// registrationKey is the setting that holds GLPI Network's key.
const registrationKey = "glpinetwork_registration_key"

// secretSettings are the settings whose value no answer of the API shows
// (search does: GLPI-REST §7).
var secretSettings = []string{
	"proxy_passwd", "smtp_passwd", "smtp_oauth_client_id", "smtp_oauth_client_secret",
	"smtp_oauth_options", "smtp_oauth_refresh_token", registrationKey,
}

func secretSetting(name string) bool { return slices.Contains(secretSettings, name) }

// readSettings finds the rows of GLPI's own settings again.
func (s *Server) readSettings() {
	t := s.tables["Config"]
	context, name := t.column("context"), t.column("name")
	clear(s.settings)
	for _, r := range t.rows {
		if r[context] == "core" {
			s.settings[textOf(r[name])] = r
		}
	}
}

// setting is the value of a setting of GLPI itself, nil when it has none.
func (s *Server) setting(name string) any {
	r, ok := s.settings[name]
	if !ok {
		return nil
	}
	return s.tables["Config"].value(r, "value")
}

// on reports whether a setting is switched on.
func (s *Server) on(name string) bool { return truthy(s.setting(name)) }

// set stores a setting, in a new row when there is none.
func (s *Server) set(name string, value any) {
	t := s.tables["Config"]
	if r, ok := s.settings[name]; ok {
		r = slices.Clone(r)
		r[t.column("value")] = value
		t.replace(r)
	} else {
		s.put("Config", object{{"context", "core"}, {"name", name}, {"value", value}})
	}
	s.readSettings()
}

// getGlpiConfig answers the settings but the secret ones. A real GLPI adds its
// lists of item types, which nothing here needs.
func getGlpiConfig(c *call) (answer, error) {
	t := c.s.tables["Config"]
	o := object{}
	for _, r := range t.rows {
		name := t.text(r, "name")
		if t.text(r, "context") != "core" || secretSetting(name) {
			continue
		}
		o = append(o, member{name, t.value(r, "value")})
	}
	o = o.set("list_limit", c.u.limit) // the person's own preference
	o = o.set("root_doc", c.s.cfg.Path)
	return answer{body: object{{"cfg_glpi", o}}}, nil
}

// beforeConfig is how GLPI's class writes settings: input with a context
// changes the row itself, in clear; other input is stored as settings by name,
// and then the change of the row is called off, which the API reports as a
// failure without a text (GLPI-REST §7).
func beforeConfig(c *call, w *write) error {
	if w.has("context") {
		w.input = object{{"value", w.text("value")}}
		return nil
	}
	w.silent = true
	for _, m := range w.input {
		c.storeSetting(m.key, strings.TrimSpace(textOf(m.value)))
	}
	return complaint("")
}

// storeSetting stores a setting as GLPI's form does, secrets encrypted, and
// writes the history.
func (c *call) storeSetting(name, value string) {
	before := textOf(c.s.setting(name))
	after := value
	if name == registrationKey {
		c.s.key = value
	}
	if secretSetting(name) {
		value = c.s.encrypt(value)
		before, after = "********", "********"
	}
	c.s.set(name, value)
	c.log("Config", 1, "", 0, 1, name+" "+before, after)
}

// encrypt is text as long as what GLPI's key makes of it: a nonce of 24 bytes,
// the text and a mark of 16. What it holds is noise; nothing reads it back.
func (s *Server) encrypt(text string) string {
	if text == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(s.randomText(40+len(text), lowerDigits)))
}
