package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"glpikeys/keys"
)

// DemoInstance is the instance id of the demonstration. Keys that carry it are
// made up: GLPI Network itself is not to be asked about them.
const DemoInstance = "dm7Kf3QpX0aZr8TnYw2bLcVeHs5GuJi1ROk6MdPq"

// demoKey is one key record of the demonstration. It takes the place of a
// licence that ends in the days of was, so that the counts stay.
type demoKey struct {
	was, days int // to its end; noEnd for none
	product   string
	folder    string // of the plugin, "" for a subscription of GLPI Network
	entity    string
	bound     string // "" for the server itself
	length    int    // of the text, 0 when it is kept elsewhere
	order     string
	notes     string
	revoked   string // reason
	autoRenew bool
	trial     bool
}

const (
	noEnd    = 1 << 20
	farAway  = noEnd + 1 // any licence that ends beyond all thresholds
	formerly = "https://glpi.example.com"
)

// demoKeys show every state.
var demoKeys = []demoKey{
	{was: -19, days: -41, product: "Formcreator Pro", folder: "formcreator", entity: "Paris", bound: formerly, length: 564,
		order: "PO-2188", notes: "Renewal was offered on paper; Purchasing has it."},
	{was: 4, days: 4, product: "GLPI Network Standard", entity: "Root entity", length: 564, order: "PO-2231",
		notes: "Account manager: see the contract of the group."},
	{was: 9, days: 9, product: "Data Injection", folder: "datainjection", entity: "Root entity", length: 240, order: "PO-2240"},
	{was: 21, days: 21, product: "Advanced Dashboard", folder: "advanceddashboard", entity: "Paris", bound: formerly, length: 564, trial: true},
	{was: 63, days: 64, product: "OAuth SSO Applications", folder: "oauthsso", entity: "Root entity", length: 1200, order: "PO-2302", autoRenew: true},
	{was: farAway, days: 249, product: "Carbon", folder: "carbon", entity: "Lyon", length: 180, order: "PO-2310"},
	{was: farAway, days: 295, product: "Gantt", folder: "gantt", entity: "Root entity", length: 4000, order: "PO-2311", autoRenew: true},
	{was: -6, days: -264, product: "Formcreator Pro", folder: "formcreator", entity: "Paris", bound: "https://old.example.com", length: 564,
		order: "PO-1904", revoked: "The old server was switched off"},
	{was: noEnd, days: noEnd, product: "Fields", folder: "fields", entity: "Root entity",
		notes: "Bought for good; the text of the key is in the safe."},
}

// demoPlugins are the plugins of the demonstration besides glpikeys; Carbon's
// was uninstalled.
var demoPlugins = []struct {
	folder, name, version string
	state                 int
}{
	{"formcreator", "Form Creator", "2.13.10", 1}, {"datainjection", "Data Injection", "2.15.0", 1},
	{"advanceddashboard", "Advanced dashboard", "1.5.2", 1}, {"oauthsso", "OAuth SSO applications", "1.7.1", 1},
	{"gantt", "Gantt", "1.2.0", 4}, {"fields", "Additional fields", "1.22.1", 1}, {"escalade", "Escalade", "2.9.14", 1},
}

// keyRecords turns some of the licences into key records. The text of the GLPI
// Network key is installed, and its subscription runs.
func (d *demo) keyRecords() {
	d.set("glpi_network_uuid", DemoInstance)
	d.network = NewNetwork(d.cfg.Now)
	for _, p := range demoPlugins {
		d.put("Plugin", object{
			{"directory", p.folder}, {"name", p.name}, {"version", p.version}, {"state", p.state},
			{"author", "Teclib'"}, {"homepage", ""}, {"license", "GPL-3.0-or-later"},
		})
	}
	kind := d.put("SoftwareLicenseType", object{{"name", "Registration key"}, {"is_recursive", 1}, {"comment", "Licences of this type are registration keys. [GLPI Keys]"}})
	for i := range demoKeys {
		d.keyRecord(&demoKeys[i], kind)
	}
}

func (d *demo) keyRecord(k *demoKey, kind int) {
	today := keys.DateOf(d.now())
	b := keys.Block{
		Record: d.newUUID(), Vendor: "Teclib'", Plugin: k.folder, Scope: keys.ScopePluginURL, Owner: "Example SA", Kept: keys.PlaceNowhere,
		BoundTo: k.bound, AutoRenews: k.autoRenew, Trial: k.trial, Begin: today.AddDays(k.days).AddMonths(-12),
	}
	if b.BoundTo == "" {
		b.BoundTo = textOf(d.setting("url_base"))
		b.Instance = DemoInstance
	}
	if k.days == noEnd {
		b.Begin = today.AddMonths(-20)
	}
	if k.length > 0 {
		b.Kept, b.Text = keys.PlaceGLPI, keys.NewKeyText(d.keyText(k.length))
		b.Fingerprint = keys.Fingerprint(b.Text.Reveal())
	}
	if k.folder == "" {
		b.Vendor, b.Scope = keys.GLPINetwork, keys.ScopeInstance
		b.Validated = keys.Validation{
			Time: d.now().Add(-22 * time.Hour).Truncate(time.Second), Verdict: keys.VerdictRunning,
			Message: "The registration key is valid.", From: keys.AskedByGLPI,
		}
		d.install(b.Text.Reveal())
	}
	if k.revoked != "" {
		b.Revoked = keys.Revocation{Date: today.AddDays(-270), Why: keys.DepartureRevoked, Reason: k.revoked}
	}
	comment, err := keys.WriteComment(k.notes, b)
	if err != nil {
		panic(err) // the demonstration's own data
	}
	t := d.tables["SoftwareLicense"]
	r := d.licenceEnding(k.was, kind)
	t.changeRow(r, object{
		{"name", k.product}, {"completename", k.product}, {"softwares_id", d.software[slices.IndexFunc(products, func(p product) bool { return p.name == k.product })]},
		{"softwarelicensetypes_id", kind}, {"entities_id", d.entityNamed(k.entity)}, {"is_recursive", 1}, {"number", 1},
		{"serial", b.Serial()}, {"expire", d.end(k.days)}, {"is_valid", number(k.revoked == "")}, {"comment", d.stored(comment)},
		{"contact", "support@example.com"}, {"otherserial", orNil(k.order)},
		{"date_creation", d.ago(363)}, {"date_mod", d.ago(1)},
	})
	d.put("Infocom", object{{"itemtype", "SoftwareLicense"}, {"items_id", r.id()}, {"suppliers_id", d.suppliers[0]}})
	d.history(r.id(), k)
}

// history is what GLPI has written down about a record.
func (d *demo) history(licence int, k *demoKey) {
	for _, e := range []struct {
		ago, action, option int
		before, after       string
	}{
		{363, 20, 0, "", ""}, {362, 0, 162, "", k.order}, {360, 0, 11, "", ""}, {1, 0, 16, "", ""},
	} {
		d.put("Log", object{
			{"itemtype", "SoftwareLicense"}, {"items_id", licence}, {"itemtype_link", ""}, {"linked_action", e.action},
			{"user_name", "glpi (2)"}, {"date_mod", d.ago(e.ago)}, {"id_search_option", e.option}, {"old_value", e.before}, {"new_value", e.after},
		})
	}
}

// install puts the text of a key into GLPI's configuration.
func (d *demo) install(text string) {
	d.key = text
	d.set(registrationKey, d.encrypt(text))
}

// keyText is a text of the form that GLPI Network's keys have.
func (d *demo) keyText(length int) string {
	const signature = `{"owner":"Example SA","signature":"%s"}`
	n := length/4*3 - len(signature) + 2
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, signature, hex.EncodeToString([]byte(d.randomText(n/2, lowerDigits)))))
}

// licenceEnding is an ordinary licence with that end.
func (d *demo) licenceEnding(days, kind int) row {
	t := d.tables["SoftwareLicense"]
	for _, r := range t.rows {
		end := t.text(r, "expire")
		fits := end == textOf(d.end(days))
		if days == farAway {
			fits = end > d.in(100)
		}
		if fits && t.int(r, "softwarelicensetypes_id") != kind {
			return r
		}
	}
	panic("sandbox: the demonstration has no such licence")
}

// end is a licence's date, nil for none.
func (d *demo) end(days int) any {
	if days >= noEnd {
		return nil
	}
	return d.in(days)
}

func (d *demo) entityNamed(name string) int {
	t := d.tables["Entity"]
	if found := t.where("name", name); len(found) > 0 {
		return found[0].id()
	}
	return 0
}

// KeyRecords is the demonstration with n more key records, for measuring: with
// texts of 564, 1,200 and 4,000 characters, some with long notes, 2.2 KB each
// on average.
func KeyRecords(n int) func(*Server) {
	return func(s *Server) {
		Demo(s)
		s.mu.Lock()
		defer s.mu.Unlock()
		d := &demo{Server: s}
		kind := s.tables["SoftwareLicenseType"].where("name", "Registration key")[0].id()
		software, entities := s.tables["Software"].next-1, s.tables["Entity"].next
		today := keys.DateOf(s.now())
		for i := range n {
			text := d.keyText([]int{564, 564, 564, 1200, 4000}[i%5])
			b := keys.Block{
				Record: s.newUUID(), Text: keys.NewKeyText(text), Fingerprint: keys.Fingerprint(text), Kept: keys.PlaceGLPI,
				BoundTo: "https://helpdesk.example.com", Instance: DemoInstance, Scope: keys.ScopePluginURL, Vendor: "Teclib'",
				Owner: "Example SA", Begin: today.AddDays(-i % 300),
			}
			notes := "Order " + fmt.Sprint(i)
			if i%5 == 4 {
				notes = strings.Repeat("Long notes. ", 150)
			}
			comment, err := keys.WriteComment(notes, b)
			if err != nil {
				panic(err) // made here
			}
			s.put("SoftwareLicense", object{
				{"name", fmt.Sprintf("Key %05d", i)}, {"softwares_id", 1 + i%software}, {"softwarelicensetypes_id", kind},
				{"entities_id", i % entities}, {"is_recursive", 1}, {"number", 1}, {"serial", b.Serial()}, {"expire", d.in(i*37%1125 - 30)},
				{"is_valid", 1}, {"comment", comment}, {"date_creation", d.ago(i % 300)}, {"date_mod", d.ago(i % 30)},
			})
		}
	}
}
