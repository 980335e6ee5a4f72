package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

// Demo fills a server with believable data of one organisation: about 240
// licences, 25 contracts and 20 certificates in a tree of entities. Three
// licences have expired, some end within 7, 30 and 90 days, 14 have no date.
// The plugin glpikeys is installed, with nine invitations in all states and the
// 64 accounts that were made through them. Nine of the licences are key records,
// one of them GLPI Network's, whose key is installed and whose subscription ends
// in four days; [Network] stands in for it. All dates are relative to the
// server's clock.
func Demo(s *Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &demo{Server: s}
	d.organisation()
	d.people()
	d.catalogue()
	d.licences()
	d.contracts()
	d.certificates()
	d.invitations()
	d.keyRecords()
}

type demo struct {
	*Server
	entities  []int // in tree order
	groups    []int
	software  []int
	types     map[string]int
	suppliers []int
}

// in is the day so many days from now.
func (d *demo) in(days int) string { return d.now().AddDate(0, 0, days).Format(day) }

// site is an entity with those below it.
type site struct {
	name  string
	below []site
}

var sites = []site{
	{"Paris", []site{
		{"Headquarters", []site{{"Finance", nil}, {"IT services", nil}, {"Legal & Compliance", nil}}},
		{"Montreuil", []site{{"Warehouse", nil}, {"Workshop", nil}}},
	}},
	{"Lyon", []site{
		{"Part-Dieu", []site{{"Sales", nil}, {"Support", nil}}},
		{"Gerland", []site{{"R&D", nil}, {"Laboratory", nil}}},
	}},
	{"Lille", []site{{"Euralille", nil}, {"Roubaix", nil}}},
	{"Bordeaux", []site{{"Mériadeck", nil}}},
	{"Nantes", nil},
	{"Brussels", []site{{"Ixelles", []site{{"Training centre", nil}}}}},
	{"Genève", nil},
}

func (d *demo) organisation() {
	d.entities = []int{0}
	d.plant(sites, 0)
	for _, g := range []string{"Licence managers", "Service desk", "Infrastructure", "Purchasing", "Site contacts"} {
		d.groups = append(d.groups, d.put("Group", object{
			{"name", g}, {"is_recursive", 1}, {"is_requester", 1}, {"is_assign", 1}, {"date_creation", d.ago(400)}, {"date_mod", d.ago(30)},
		}))
	}
}

func (d *demo) plant(sites []site, parent int) {
	for _, x := range sites {
		id := d.put("Entity", object{
			{"name", x.name}, {"entities_id", parent}, {"date_creation", d.ago(700)}, {"date_mod", d.ago(90)},
		})
		d.entities = append(d.entities, id)
		d.plant(x.below, id)
	}
}

// ago is a moment so many days ago, as GLPI writes it.
func (d *demo) ago(days int) string {
	return d.now().AddDate(0, 0, -days).Truncate(time.Second).Format(stamp)
}

func (d *demo) people() {
	for i, p := range []struct {
		login, first, last string
		profile, entity    int
	}{
		{"anna.berg", "Anna", "Berg", 6, 0}, {"karim.haddad", "Karim", "Haddad", 3, 0},
		{"sofia.moreau", "Sofia", "Moreau", 7, 1}, {"jürgen", "Jürgen", "Weiß", 6, 2},
		{"chloe.lefevre", "Chloé", "Lefèvre", 2, 0}, {"marc.o'neil", "Marc", "O'Neil", 8, 0},
		{"ines.costa", "Inês", "Costa", 1, 3}, {"tom.janssen", "Tom", "Janssen", 5, 4},
		{"lea.rossi", "Léa", "Rossi", 1, 5}, {"paul.girard", "Paul", "Girard", 1, 6},
	} {
		id := d.put("User", object{
			{"name", p.login}, {"firstname", p.first}, {"realname", p.last}, {"password", hashPassword("Keys-2026!")},
			{"password_last_update", d.ago(40)}, {"authtype", 1}, {"is_active", 1}, {"list_limit", 20}, {"entities_id", d.entities[p.entity]},
			{"date_creation", d.ago(300)}, {"date_mod", d.ago(10 + i)},
		})
		d.grant(id, p.profile, d.entities[p.entity], true)
		d.put("UserEmail", object{{"users_id", id}, {"is_default", 1}, {"email", p.login + "@example.com"}})
		d.put("Group_User", object{{"users_id", id}, {"groups_id", d.groups[i%len(d.groups)]}})
	}
}

// product is something an organisation holds licences of.
type product struct {
	name, maker, kind string
	copies            int // licences of it
	seats             int
}

var products = []product{
	{"GLPI Network Standard", "Teclib'", "GLPI Network subscription", 12, -1},
	{"GLPI Network Advanced", "Teclib'", "GLPI Network subscription", 4, -1},
	{"Formcreator Pro", "Teclib'", "Plugin key", 10, -1},
	{"Data Injection", "Teclib'", "Plugin key", 8, -1},
	{"Advanced Dashboard", "Teclib'", "Plugin key", 9, -1},
	{"OAuth SSO Applications", "Teclib'", "Plugin key", 7, -1},
	{"Carbon", "Teclib'", "Plugin key", 6, -1},
	{"Gantt", "Teclib'", "Plugin key", 6, -1},
	{"Fields", "Teclib'", "Plugin key", 8, -1},
	{"Escalade", "Teclib'", "Plugin key", 5, -1},
	{"Borealis Backup Server", "Borealis Software", "Subscription", 16, 10},
	{"Sentinelle Endpoint Protection", "Sentinelle", "Subscription", 18, 250},
	{"Atelier CAD", "Atelier Numérique", "Volume", 14, 25},
	{"Paperless Archive", "Feuille & Fils", "Volume", 12, 40},
	{"Tisserand Payroll", "Tisserand", "Subscription", 9, 5},
	{"Meridian Mail Gateway", "Meridian Networks", "Subscription", 11, 500},
	{"Plume Office Suite", "Plume", "Volume", 20, 200},
	{"Lumen Photo Studio", "Lumen", "Volume", 10, 12},
	{"Quarry Database Enterprise", "Quarry Systems", "OEM", 12, 4},
	{"Passerelle VPN", "Meridian Networks", "Subscription", 13, 120},
	{"Greenfield Monitoring", "Greenfield", "Subscription", 10, 80},
	{"Cadence Project Planner", "Cadence Works", "Volume", 8, 30},
	{"Orchard Font Library", "Orchard Type", "OEM", 6, -1},
	{"Vigie Vulnerability Scanner", "Vigie", "Subscription", 6, 3},
}

func (d *demo) catalogue() {
	d.types = map[string]int{"OEM": 1}
	makers := map[string]int{}
	for _, p := range products {
		if d.types[p.kind] == 0 {
			d.types[p.kind] = d.put("SoftwareLicenseType", object{{"name", p.kind}, {"is_recursive", 1}})
		}
		if makers[p.maker] == 0 {
			makers[p.maker] = d.put("Manufacturer", object{{"name", p.maker}})
			d.suppliers = append(d.suppliers, d.put("Supplier", object{{"name", p.maker}, {"is_recursive", 1}}))
		}
		d.software = append(d.software, d.put("Software", object{
			{"name", p.name}, {"is_recursive", 1}, {"manufacturers_id", makers[p.maker]}, {"is_valid", 1}, {"ticket_tco", "0.0000"},
			{"date_creation", d.ago(500)}, {"date_mod", d.ago(60)},
		}))
	}
}

// pressing are the days to the end of the licences that need a look; 14 more
// have no date, and the others end between 95 and about 900 days from now.
var pressing = []int{
	-19, -6, -1,
	2, 4, 6, 7,
	9, 11, 12, 15, 18, 21, 24, 27, 30,
	33, 36, 38, 41, 44, 47, 49, 52, 55, 58, 61, 63, 66, 69, 72, 75, 78, 81, 84, 87, 90,
}

const undated = 14

func (d *demo) licences() {
	total := 0
	for _, p := range products {
		total += p.copies
	}
	n := 0
	for i, p := range products {
		for k := range p.copies {
			// A step that shares no factor with the total spreads the pressing
			// ones over all products.
			d.licence(i, k, (n*91+17)%total)
			n++
		}
	}
}

// licence adds copy k of a product; rank says how soon it ends.
func (d *demo) licence(i, k, rank int) {
	p := products[i]
	var end any
	switch {
	case rank < len(pressing):
		end = d.in(pressing[rank])
	case rank < len(pressing)+undated:
		end = nil
	default:
		end = d.in(95 + (rank-len(pressing)-undated)*17%810)
	}
	e := (i*7 + k*5) % len(d.entities)
	name := p.name
	if e > 0 {
		t := d.tables["Entity"]
		name += " – " + decode(t.text(t.find(d.entities[e]), "name"))
	}
	if k >= len(d.entities) {
		name += " " + strconv.Itoa(k+1)
	}
	d.put("SoftwareLicense", object{
		{"name", name}, {"softwares_id", d.software[i]}, {"softwarelicensetypes_id", d.types[p.kind]},
		{"entities_id", d.entities[e]}, {"is_recursive", (k + 1) % 2}, {"number", p.seats},
		{"serial", d.serial(i, k)}, {"expire", end}, {"is_valid", 1},
		{"manufacturers_id", d.tables["Software"].int(d.tables["Software"].find(d.software[i]), "manufacturers_id")},
		{"contact", "licences@example.com"}, {"comment", nil},
		{"date_creation", d.ago(330 - k)}, {"date_mod", d.ago(20 + k)},
	})
}

func (d *demo) serial(i, k int) any {
	if k%9 == 8 {
		return nil
	}
	return fmt.Sprintf("DEMO-%02d%02d-%s-%s", i+1, k+1, d.randomText(5, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
		d.randomText(5, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
}

// agreement is one contract of the demonstration.
type agreement struct {
	name     string
	days     int // from now to the end
	months   int // duration
	notice   int // months
	renewals int // GLPI: 1 tacit, 2 express
}

var agreements = []agreement{
	{"GLPI Network subscription – group", 212, 12, 2, 1},
	{"Borealis Backup – maintenance", -12, 12, 1, 0},
	{"Sentinelle Endpoint – enterprise agreement", 17, 36, 3, 1},
	{"Printer fleet – leasing", 26, 48, 3, 2},
	{"Fibre access Paris", 88, 24, 3, 1},
	{"Fibre access Lyon", 143, 24, 3, 1},
	{"Fibre access Lille", 301, 36, 3, 1},
	{"Mobile telephony", 59, 24, 2, 1},
	{"Data centre housing", 402, 36, 6, 1},
	{"Air conditioning of server rooms", 121, 12, 1, 1},
	{"Uninterruptible power supplies – service", 233, 12, 1, 2},
	{"Atelier CAD – support", 74, 12, 2, 2},
	{"Quarry Database – support", 187, 12, 3, 1},
	{"Tisserand Payroll – hosting", 265, 12, 3, 1},
	{"Meridian Mail Gateway – support", 348, 12, 1, 0},
	{"Help desk – out of hours", 51, 12, 3, 2},
	{"Workstation leasing 2025", 520, 36, 6, 0},
	{"Workstation leasing 2026", 790, 36, 6, 0},
	{"Video conferencing rooms", 160, 24, 2, 0},
	{"Access control – maintenance", 95, 12, 2, 1},
	{"Data destruction", 610, 24, 1, 0},
	{"Training vouchers", 38, 12, 0, 0},
	{"Domain names", 290, 12, 1, 1},
	{"Cloud storage R&D", 66, 12, 1, 1},
	{"Framework agreement for consultancy", 0, 0, 0, 0}, // without dates
}

func (d *demo) contracts() {
	for i, a := range agreements {
		var begin any
		if a.months > 0 {
			begin = d.now().AddDate(0, 0, a.days).AddDate(0, -a.months, 0).Format(day)
		}
		id := d.put("Contract", object{
			{"name", a.name}, {"num", fmt.Sprintf("C-%d-%03d", d.now().Year()-1, i+1)}, {"begin_date", begin},
			{"duration", a.months}, {"notice", a.notice}, {"renewal", a.renewals}, {"is_recursive", 1},
			{"entities_id", d.entities[i%3*4]}, {"date_creation", d.ago(365)}, {"date_mod", d.ago(12 + i)},
		})
		if i < 4 {
			d.put("Contract_Item", object{{"contracts_id", id}, {"itemtype", "SoftwareLicense"}, {"items_id", 1 + i*30}})
		}
	}
}

var hosts = []struct {
	name string
	days int
}{
	{"helpdesk.example.com", 61}, {"www.example.com", 5}, {"intranet.example.com", 28}, {"vpn.example.com", -4},
	{"mail.example.com", 84}, {"sso.example.com", 133}, {"git.example.com", 172}, {"backup.example.com", 199},
	{"monitoring.example.com", 44}, {"*.paris.example.com", 240}, {"*.lyon.example.com", 261}, {"ldap.example.com", 310},
	{"wiki.example.com", 19}, {"shop.example.com", 355}, {"api.example.com", 92}, {"radius.example.com", 390},
	{"Code signing", 455}, {"Issuing CA", 1480}, {"Root CA", 3300}, {"Test lab", 0},
}

func (d *demo) certificates() {
	for i, h := range hosts {
		var end any
		if h.days != 0 {
			end = d.in(h.days)
		}
		d.put("Certificate", object{
			{"name", h.name}, {"serial", d.randomText(16, "0123456789ABCDEF")}, {"dns_name", h.name}, {"date_expiration", end},
			{"entities_id", d.entities[i%4]}, {"is_recursive", 1}, {"date_creation", d.ago(200)}, {"date_mod", d.ago(15)},
		})
	}
}

// Bulk is the demonstration's data with n more licences, for measuring: ends
// from 30 days ago to three years from now, every twentieth without a date.
func Bulk(n int) func(*Server) {
	return func(s *Server) {
		Demo(s)
		s.mu.Lock()
		defer s.mu.Unlock()
		d := &demo{Server: s}
		entities := s.tables["Entity"].next
		software := s.tables["Software"].next - 1
		for i := range n {
			var end any
			if i%20 != 19 {
				end = d.in(i*37%1125 - 30)
			}
			s.put("SoftwareLicense", object{
				{"name", fmt.Sprintf("Licence %05d", i)}, {"softwares_id", 1 + i%software}, {"softwarelicensetypes_id", 1 + i%4},
				{"entities_id", i % entities}, {"number", 1 + i%50}, {"serial", d.serial(i%97, i%101)}, {"expire", end},
				{"date_creation", d.ago(i % 300)}, {"date_mod", d.ago(i % 30)},
			})
		}
	}
}
