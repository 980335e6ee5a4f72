package sandbox

import (
	"slices"
	"strings"
)

// install fills the tables as GLPI's installation does: root entity, profiles,
// accounts, types, configuration, one API client for this computer.
func (s *Server) install() {
	s.put("Entity", object{{"name", "Root entity"}, {"completename", "Root entity"}, {"level", 1}, {"entities_id", nil}})
	s.installProfiles()
	for _, r := range s.schema.config {
		value := any(strings.ReplaceAll(r[2], "@BASE@", strings.TrimRight(s.cfg.BaseURL, "/")+s.cfg.Path))
		if r[2] == `\N` {
			value = nil
		}
		s.put("Config", object{{"context", r[0]}, {"name", r[1]}, {"value", value}})
	}
	s.readSettings()
	s.growTree()
	s.put("APIClient", object{
		{"name", "full access from localhost"}, {"is_active", 1}, {"is_recursive", 1},
		{"ipv4_range_start", 2130706433}, {"ipv4_range_end", 2130706433}, {"ipv6", "::1"},
	})
	s.put("SoftwareLicenseType", object{{"name", "OEM"}, {"completename", "OEM"}, {"is_recursive", 1}})
	s.tables["User"].next = 2
	s.tables["Profile_User"].next = 2
	for _, u := range []struct {
		login, password string
		profile         int
	}{{"glpi", "glpi", 4}, {"post-only", "postonly", 1}, {"tech", "tech", 6}, {"normal", "normal", 2}} {
		id := s.put("User", object{
			{"name", u.login}, {"password", hashPassword(u.password)}, {"authtype", 1}, {"is_active", 1}, {"list_limit", 20},
		})
		s.grant(id, u.profile, 0, true)
	}
	s.put("User", object{{"name", "glpi-system"}, {"realname", "Support"}, {"authtype", 1}, {"is_active", 1}, {"list_limit", nil}})
	s.readSettings()
}

// allAssets is what a profile lets people open tickets for, after installation.
const allAssets = `["Computer","Monitor","NetworkEquipment","Peripheral","Phone","Printer","Software", "DCRoom", "Rack", "Enclosure", "Database"]`

// fewStates is the life cycle of tickets in the simplified interface.
const fewStates = `{"1":{"2":0,"3":0,"4":0,"5":0,"6":0},"2":{"1":0,"3":0,"4":0,"5":0,"6":0}}`

func (s *Server) installProfiles() {
	for i, name := range []string{
		"Self-Service", "Observer", "Admin", "Super-Admin", "Hotliner", "Technician", "Supervisor", "Read-Only",
	} {
		face, states, domains, first := "central", "[]", "[]", 0
		if i == 0 {
			face, states, first = "helpdesk", fewStates, 1
		}
		if i == 3 {
			domains = "[-1]"
		}
		id := s.put("Profile", object{
			{"name", name}, {"interface", face}, {"is_default", first}, {"helpdesk_hardware", 1},
			{"helpdesk_item_type", allAssets}, {"ticket_status", states}, {"comment", ""},
			{"problem_status", "[]"}, {"managed_domainrecordtypes", domains},
		})
		for _, r := range s.schema.rights {
			if r.bits[i] >= 0 {
				s.setRight(id, r.name, r.bits[i])
			}
		}
	}
}

// setRight gives a profile a right, in the table and where it is looked up.
func (s *Server) setRight(profile int, right string, bits int) {
	if s.rights[profile] == nil {
		s.rights[profile] = map[string]int{}
	}
	t := s.tables["ProfileRight"]
	if _, ok := s.rights[profile][right]; !ok {
		s.put(t.name, object{{"profiles_id", profile}, {"name", right}, {"rights", bits}})
	} else {
		for _, r := range t.where("profiles_id", profile) {
			if t.text(r, "name") == right {
				t.changeRow(r, object{{"rights", bits}})
			}
		}
	}
	s.rights[profile][right] = bits
}

// grant gives a person a profile at an entity.
func (s *Server) grant(user, profile, entity int, recursive bool) {
	deep := 0
	if recursive {
		deep = 1
	}
	s.put("Profile_User", object{
		{"users_id", user}, {"profiles_id", profile}, {"entities_id", entity}, {"is_recursive", deep},
	})
}

// put stores an item as it is, past GLPI's checks, and returns its id. It is
// for filling a server; texts are encoded on 10 as always.
func (s *Server) put(typ string, values object) int {
	t := s.tables[typ]
	r := t.blank()
	for _, m := range values {
		i := t.column(m.key)
		v := s.stored(m.value)
		if t.columns[i].kind == integers && v != nil {
			v = slices.DeleteFunc([]int{number(v)}, func(n int) bool { return n == 0 })
		}
		r[i] = v
	}
	if t.parent != "" {
		s.place(&write{t: t, row: r})
	}
	id := t.insert(r)
	if typ == "Entity" {
		s.growTree()
	}
	return id
}
