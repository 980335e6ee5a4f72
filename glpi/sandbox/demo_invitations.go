package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// offer is one invitation of the demonstration.
type offer struct {
	name, entity, domains string
	author                string // login, else glpi
	profile               int
	limit                 int
	begins, ends          time.Duration // from now; 0: at once, never
	days                  int           // that accounts last
	group, verify         bool
	approve, once         bool
	revoked, below        bool
	done, waits           int // registrations
	made                  int // days ago
}

const oneDay = 24 * time.Hour

// offers show every state.
var offers = []offer{
	{name: "New hires – Paris", entity: "Paris", domains: "example.com", profile: 1, limit: 40, ends: 12 * oneDay,
		group: true, verify: true, done: 12, made: 9},
	{name: "Contractors Q4", entity: "Lyon", author: "anna.berg", profile: 1, limit: 5, ends: 38 * oneDay, days: 90, done: 1, made: 20},
	{name: "Night shift lead", entity: "Paris", profile: 6, limit: 1, ends: 2 * oneDay, below: true, made: 3},
	{name: "Spring interns", entity: "Root entity", profile: 1, limit: 60, begins: 98 * oneDay, ends: 190 * oneDay, days: 180, below: true, made: 2},
	{name: "Marketing team", entity: "Paris", profile: 1, limit: 8, ends: 5 * oneDay, done: 8, made: 25},
	{name: "Open day", entity: "Lyon", profile: 1, limit: 100, ends: -3 * oneDay, days: 30, done: 31, made: 40},
	{name: "Old supplier", entity: "Lyon", profile: 2, limit: 10, revoked: true, done: 2, made: 210},
	{name: "Temporary help", entity: "Lille", author: "anna.berg", profile: 1, limit: 10, ends: 24 * oneDay, days: 60, approve: true, done: 1, waits: 2, made: 6},
	{name: "Training centre – tablets", entity: "Training centre", profile: 1, once: true, done: 5, made: 60},
}

// invitations adds the offers, with the accounts that were made through them.
// Mail is on, so that addresses can be confirmed: the join page shows what
// would have been sent.
func (d *demo) invitations() {
	d.set("use_notifications", "1")
	d.set("notifications_mailing", "1")
	if d.cfg.Plugin == NoPlugin {
		d.installPlugin(PluginActive)
	}
	staff := d.put("Group", object{
		{"name", "Staff"}, {"is_recursive", 1}, {"is_requester", 1}, {"date_creation", d.ago(400)}, {"date_mod", d.ago(30)},
	})
	n := 0
	for _, o := range offers {
		groups := []int{}
		if o.group {
			groups = append(groups, staff)
		}
		id := d.offer(o, groups)
		for i := range o.done + o.waits {
			state := regDone
			if i >= o.done {
				state = waitingApproval
			}
			// The latest came an hour or so ago, or as long before the end.
			at := d.now().Add(min(o.ends, 0)).Add(-78*time.Minute - time.Duration(o.done+o.waits-1-i)*15*time.Hour)
			if o.revoked {
				at = at.AddDate(0, 0, -180)
			}
			inv := d.tables["PluginGlpikeysInvitation"].find(id)
			d.enrol(inv, newcomer(n), state, "127.0.0.1", at)
			n++
		}
	}
}

func (d *demo) offer(o offer, groups []int) int {
	users := d.tables["User"]
	if o.author == "" {
		o.author = "glpi"
	}
	entities := d.tables["Entity"]
	moment := func(after time.Duration) any {
		if after == 0 {
			return nil
		}
		at := d.now().Add(after)
		if at.Year() >= 2038 {
			return nil
		}
		return at.Format(day) + " 18:00:00"
	}
	var begin any
	if o.begins != 0 {
		begin = d.now().Add(o.begins).Format("2006-01") + "-01 00:00:00"
	}
	var token any = d.newToken()
	hash := hashOf(textOf(token))
	if o.once {
		token = nil
	}
	seen := (o.done + o.waits) * 3 / 2
	return d.put("PluginGlpikeysInvitation", object{
		{"uuid", d.newUUID()}, {"name", o.name}, {"entities_id", entities.where("name", o.entity)[0].id()},
		{"is_recursive", flag(o.below)}, {"is_active", flag(!o.revoked)}, {"begin_date", begin}, {"end_date", moment(o.ends)},
		{"max_uses", o.limit}, {"profiles_id", o.profile}, {"profile_recursive", flag(o.below)},
		{"groups", string(appendJSON(nil, groups))}, {"account_days", o.days}, {"email_domains", o.domains},
		{"verify_email", flag(o.verify)}, {"require_approval", flag(o.approve)}, {"show_once", flag(o.once)},
		{"opened", seen + 2}, {"started", seen}, {"users_id", users.where("name", o.author)[0].id()}, {"token_hash", hash}, {"token", token},
		{"date_creation", d.ago(o.made)}, {"date_mod", d.ago(o.made)},
	})
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

var (
	firstNames = strings.Fields("Inès Hugo Malik Zoé Jonas Clara Noé Sara Émile Lucie Léo Ana Omar Eva Felix Nora")
	lastNames  = strings.Fields("Lambert Nowak Diallo Roche Meyer Silva Petit Haas Bonnet Kaya Martin Pires Lopes Vidal")
)

// newcomer is one of many people, no two alike.
func newcomer(n int) person {
	first, last := firstNames[n%len(firstNames)], lastNames[(n+n/len(firstNames)*3)%len(lastNames)]
	login := strings.ToLower(fold(first) + "." + fold(last))
	return person{first: first, last: last, login: login, email: login + "@example.com", password: "Keys-2026!"}
}

// Invitations is the demonstration's data with n more invitations, for
// measuring: all states in turn, and a registration for every tenth.
func Invitations(n int) func(*Server) {
	return func(s *Server) {
		Demo(s)
		s.mu.Lock()
		defer s.mu.Unlock()
		d := &demo{Server: s}
		entities := []string{"Root entity", "Paris", "Lyon", "Lille", "Finance", "Brussels"}
		for i := range n {
			o := offer{
				name: fmt.Sprintf("Invitation %05d", i), entity: entities[i%len(entities)], profile: 1 + i%3, limit: 1 + i%40,
				ends: time.Duration(i*37%400+1) * oneDay, made: i % 300, once: i%50 == 49,
			}
			switch i % 7 {
			case 1:
				o.ends = -o.ends
			case 2:
				o.revoked = true
			case 3:
				o.begins, o.ends = o.ends+31*oneDay, o.ends+90*oneDay
			case 4:
				o.limit = 1
			case 5:
				o.limit = 0
			}
			id := d.offer(o, nil)
			if i%10 != 0 {
				continue
			}
			state := regDone
			if i%70 == 0 {
				state = waitingApproval
			}
			p := person{first: "Person", last: fmt.Sprintf("%05d", i), login: fmt.Sprintf("person.%05d", i), email: fmt.Sprintf("person.%05d@example.com", i), password: "Keys-2026!"}
			d.enrol(s.tables["PluginGlpikeysInvitation"].find(id), p, state, "127.0.0.1", s.now().Add(-time.Duration(i)*time.Minute))
		}
	}
}
