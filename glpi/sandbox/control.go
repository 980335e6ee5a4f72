package sandbox

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// Set changes a setting of GLPI itself, by its name in GLPI's configuration:
// "enable_api", "enable_api_login_credentials",
// "enable_api_login_external_token", "maintenance_mode",
// "use_password_security", "password_expiration_delay" (days, -1 off),
// "password_expiration_lock_delay", "url_base", "enable_hlapi" (11). Switches
// are "0" and "1".
func (s *Server) Set(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(name, value)
}

// Setting is the stored value of a setting; secrets are stored encrypted.
func (s *Server) Setting(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return textOf(s.setting(name))
}

// Client is an API client of GLPI: who may call.
type Client struct {
	Name     string
	Active   bool
	From, To string // range of IPv4 addresses; empty admits every address
	AppToken string
}

// SetClients replaces the API clients.
func (s *Server) SetClients(clients ...Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables["APIClient"].rows = nil
	for _, c := range clients {
		active := 0
		if c.Active {
			active = 1
		}
		o := object{{"name", c.Name}, {"is_active", active}, {"is_recursive", 1}}
		if c.From != "" {
			o = append(o, member{"ipv4_range_start", addressNumber(c.From)}, member{"ipv4_range_end", addressNumber(c.To)},
				member{"ipv6", "2001:db8::1"})
		}
		if c.AppToken != "" {
			o = append(o, member{"app_token", c.AppToken})
		}
		s.put("APIClient", o)
	}
}

func addressNumber(text string) int {
	n := netip.MustParseAddr(text).As4()
	return int(n[0])<<24 | int(n[1])<<16 | int(n[2])<<8 | int(n[3])
}

// User is an account to add.
type User struct {
	Login, Password string
	First, Last     string
	Email           string
	Profile         string // name of a profile; "" for none
	Entity          int
	Recursive       bool
}

// AddUser adds an account and returns its id.
func (s *Server) AddUser(u User) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().Format(stamp)
	id := s.put("User", object{
		{"name", u.Login}, {"password", hashPassword(u.Password)}, {"password_last_update", now},
		{"firstname", orNil(u.First)}, {"realname", orNil(u.Last)}, {"authtype", 1}, {"is_active", 1}, {"list_limit", 20},
		{"date_mod", now}, {"date_creation", now},
	})
	if u.Email != "" {
		s.put("UserEmail", object{{"users_id", id}, {"is_default", 1}, {"email", u.Email}})
	}
	if p := s.tables["Profile"].where("name", u.Profile); len(p) == 1 {
		s.grant(id, p[0].id(), u.Entity, u.Recursive)
	}
	return id
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Put stores an item as it is, past GLPI's checks and history, and returns its
// id. Columns that are not named hold GLPI's initial values. The values are
// nil, int or string; a column that the type has not is a fault of the caller.
func (s *Server) Put(itemtype string, values map[string]any) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var o object
	for k, v := range values {
		o = append(o, member{k, v})
	}
	id := s.put(itemtype, o)
	s.changed(s.tables[itemtype])
	return id
}

// Change changes columns of a stored item, past GLPI's checks and history.
func (s *Server) Change(itemtype string, id int, values map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[itemtype]
	r := slices.Clone(t.find(id))
	for k, v := range values {
		r[t.column(k)] = s.stored(v)
	}
	t.replace(r)
	s.changed(t)
}

// Count is the number of stored items of a type, those in the trash included.
func (s *Server) Count(itemtype string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.tables[itemtype].rows)
}

// SetRight gives a profile a right: bits are GLPI's (1 read, 2 update, 4
// create, 8 delete, 16 purge). Open sessions keep the rights they have.
func (s *Server) SetRight(profile, right string, bits int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables["Profile"]
	for _, r := range t.where("name", profile) {
		s.setRight(r.id(), right, bits)
		if s.major() >= 11 {
			r = slices.Clone(r)
			now := s.now().Format(stamp)
			r[t.column("date_mod")], r[t.column("last_rights_update")] = now, now
			t.replace(r)
		}
	}
}

// SetDatabase takes the database away, or gives it back.
func (s *Server) SetDatabase(up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.noDatabase = !up
}

// SetProxyLimit simulates a proxy in front of GLPI that takes so many bytes of
// response headers; nginx's default is 4096. A longer answer becomes 502, and
// what GLPI did is done (GLPI-REST §5.4). Zero takes the proxy away.
func (s *Server) SetProxyLimit(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.proxyHeader = bytes
}

// Intercept lets f see each request first. When it reports true it has
// answered, and GLPI does not see the request. Nil ends that.
func (s *Server) Intercept(f func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.before = f
}

// EndSessions ends all open sessions.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// EndIdleSessions ends the sessions that were not used for at least so long,
// as GLPI's daily clean-up does (after 24 minutes).
func (s *Server) EndIdleSessions(idle time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := s.now().Add(-idle).UnixNano()
	maps.DeleteFunc(s.sessions, func(_ string, u *session) bool { return u.lastUsed.Load() <= limit })
}

// Sessions is the number of open sessions.
func (s *Server) Sessions() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.sessions)
}
