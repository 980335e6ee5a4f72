package sandbox

import (
	"slices"
	"strings"
)

// The bits of a right (GLPI-REST §3).
const (
	read   = 1
	update = 2
	create = 4
	remove = 8 // to the trash
	purge  = 16
)

// behaviour is what a type of item does beyond its columns. A type of which
// nothing is said here is guarded by the right "dropdown".
type behaviour struct {
	right string
	label string // GLPI's name of one such item, for messages
	// relation is set for rows that tie two items together: who may update the
	// item under this right may add, change and remove them.
	relation bool
	quiet    bool     // says nothing after an item was added
	hidden   []string // columns that no answer shows
	children []string // what the links of an item lead to
	parent   string   // column of the parent, in types that form a tree
	global   bool     // entities_id is a preference, not a place
	never    int      // bits that mean nothing here: nobody may do it
	setup    []string // columns only for those who may read GLPI's configuration
	// before checks and completes the input of a write; an error's text is
	// what GLPI says. after runs when the row is stored.
	before func(c *call, w *write) error
	after  func(c *call, w *write)
	// known finds the item that an adding meant when it is there already.
	known func(c *call, w *write) (outcome, bool)
	// added is what is said after an item was added, in place of GLPI's words.
	added func(c *call, r row) string
	// shown is an item alone as its class shows it, with values that are no
	// columns.
	shown func(c *call, r row) (row, object)
	// bound reports an item that must not be purged yet.
	bound func(s *Server, r row) bool
}

var assetLinks = []string{"Document_Item", "Contract_Item", "Infocom", "Item_Ticket"}

// behaviours describes the types. A type needs its columns in data, its search
// options when it is searched, and a line here.
var behaviours = map[string]behaviour{
	"SoftwareLicense": {
		right: "license", label: "License", parent: "softwarelicenses_id", children: assetLinks,
		before: beforeLicence,
	},
	"Software": {
		right: "software", label: "Software",
		children: append([]string{"ReservationItem"}, append(slices.Clone(assetLinks), "Item_Project")...),
	},
	"Contract":    {right: "contract", label: "Contract", children: []string{"Document_Item"}},
	"Certificate": {right: "certificate", label: "Certificate", children: append(slices.Clone(assetLinks), "Item_Project")},
	"Entity": {
		right: "entity", label: "Entity", parent: "entities_id", children: []string{"Document_Item"},
		before: beforeEntity, after: afterEntity,
	},
	"Group":        {right: "group", label: "Group", parent: "groups_id"},
	"Profile":      {right: "profile", label: "Profile", after: afterProfile},
	"ProfileRight": {right: "profile", relation: true, label: "Profile right", quiet: true, after: afterProfileRight},
	"User": {
		right: "user", label: "User", global: true, children: []string{"Document_Item"},
		hidden: []string{"password", "password_history", "personal_token", "api_token", "cookie_token", "2fa"},
		before: beforeUser, after: afterUser,
	},
	"Profile_User": {right: "user", relation: true, quiet: true, before: beforeProfileUser},
	"Group_User":   {right: "group", label: "General", relation: true},
	"UserEmail":    {right: "user", relation: true, quiet: true, before: beforeEmail},
	"Contract_Item": {
		right: "contract", relation: true, label: "Link Contract/Item", after: afterContractItem,
	},
	"Computer": {
		right: "computer", label: "Computer",
		children: append([]string{"ReservationItem"}, append(slices.Clone(assetLinks), "Item_Project")...),
	},
	"Item_SoftwareLicense": {
		right: "license", relation: true, label: "General", before: beforeInstallation, after: afterInstallation,
	},
	"Infocom":             {right: "infocom", label: "Financial and administrative information", quiet: true, before: beforeInfocom},
	"Plugin":              {right: "config", label: "Plugin"},
	"Config":              {right: "config", label: "Configuration", before: beforeConfig},
	"APIClient":           {right: "config", label: "API client", hidden: []string{"app_token"}, before: beforeClient},
	"Log":                 {right: "logs", label: "Historical"},
	"Supplier":            {right: "contact_enterprise", label: "Supplier"},
	"State":               {right: "state", label: "Status of items", parent: "states_id"},
	"Location":            {right: "location", label: "Location", parent: "locations_id"},
	"SoftwareLicenseType": {right: "dropdown", label: "License type", parent: "softwarelicensetypes_id"},
	"Manufacturer":        {right: "dropdown", label: "Manufacturer"},
	"ContractType":        {right: "dropdown", label: "Contract type"},
	"CertificateType":     {right: "dropdown", label: "Certificate type"},
	"PluginGlpikeysInvitation": {
		right: inviteRight, label: "Invitation", hidden: []string{"token", "token_hash"},
		before: beforeInvitation, after: afterInvitation, known: knownInvitation, added: (*call).invitationLink,
		shown: showInvitation, bound: (*Server).isAwaited,
	},
	"PluginGlpikeysRegistration": {
		right: inviteRight, label: "Registration", hidden: []string{"code_hash", "code_until"},
		never: create | remove | purge, before: beforeRegistration, shown: showRegistration,
	},
	"PluginGlpikeysStatus": {
		right: inviteRight, label: "Status", never: create | update | remove | purge, shown: showStatus,
		setup: []string{"reached", "http_status", "error", "verdict", "fingerprint", "subscription", "checked_at"},
	},
}

// itemtype is one type of item in one version of GLPI.
type itemtype struct {
	behaviour
	name      string
	table     string
	columns   []column
	index     map[string]int
	trash     bool // items are deleted in two steps
	placed    bool // items belong to an entity
	recursive bool // items may be seen in the entities below theirs
	secret    map[string]bool
	groups    bool // 11: groups are lists, shown last in an answer about one item
	headings  []heading
	options   []*option
	byID      map[int]*option
}

func newItemtype(name string, major int) *itemtype {
	b := behaviours[name]
	if b.right == "" {
		b.right = "dropdown"
	}
	t := &itemtype{
		behaviour: b, name: name, table: tableName(name),
		index: map[string]int{}, secret: map[string]bool{}, byID: map[int]*option{},
	}
	for _, h := range b.hidden {
		t.secret[h] = true
	}
	switch name {
	case "SoftwareLicense", "Software", "Certificate", "Computer":
		t.groups = major >= 11
	}
	return t
}

func (t *itemtype) addColumn(c column) {
	t.index[c.name] = len(t.columns)
	t.columns = append(t.columns, c)
}

// finish derives what follows from the columns.
func (t *itemtype) finish(major int) {
	if t.groups {
		for _, name := range []string{"groups_id", "groups_id_tech"} {
			t.addColumn(column{name: name, kind: integers, initial: []int{}, key: "Group"})
		}
	}
	if t.name == "SoftwareLicense" && major >= 11 {
		t.columns[t.index["number"]].initial = 1 // the class sets it; the column says 0
		t.columns[t.index["softwares_id"]].initial = nil
	}
	_, t.trash = t.index["is_deleted"]
	_, t.placed = t.index["entities_id"]
	t.placed = t.placed && !t.global && t.name != "Entity"
	_, t.recursive = t.index["is_recursive"]
	t.recursive = t.recursive && !t.relation
}

// column is the position of a column; the type must have it.
func (t *itemtype) column(name string) int {
	i, ok := t.index[name]
	if !ok {
		panic("sandbox: " + t.name + " has no column " + name)
	}
	return i
}

// can reports whether rights allow an act on items of this type.
func (t *itemtype) can(rights map[string]int, bit int) bool {
	if t.relation && bit != read {
		bit = update
	}
	return rights[t.right]&bit&^t.never != 0
}

// named reports whether items have a name.
func (t *itemtype) named() bool {
	_, ok := t.index["name"]
	return ok
}

// tableName is GLPI's table of a type.
func tableName(typ string) string {
	if name, ok := strings.CutPrefix(typ, pluginPrefix); ok {
		return "glpi_plugin_glpikeys_" + plural(strings.ToLower(name))
	}
	first, second, two := strings.Cut(typ, "_")
	name := plural(strings.ToLower(first))
	if two {
		name += "_" + plural(strings.ToLower(second))
	}
	return "glpi_" + name
}

func plural(s string) string {
	if stem, ok := strings.CutSuffix(s, "y"); ok {
		return stem + "ies"
	}
	if strings.HasSuffix(s, "us") {
		return s + "es"
	}
	if strings.HasSuffix(s, "s") {
		return s
	}
	return s + "s"
}

// row is one stored item: its values in the order of its type's columns. A
// stored row is never changed, only replaced, so that an answer may be written
// while others write.
type row []any

func (r row) id() int { return r[0].(int) }

// table holds the items of one type, sorted by id.
type table struct {
	*itemtype
	rows []row
	next int
}

func newTable(t *itemtype) *table {
	next := 1
	if t.name == "Entity" {
		next = 0
	}
	return &table{itemtype: t, next: next}
}

func (t *table) position(id int) (int, bool) {
	return slices.BinarySearchFunc(t.rows, id, func(r row, id int) int { return r.id() - id })
}

// find is the row of an id, nil when there is none.
func (t *table) find(id int) row {
	if i, ok := t.position(id); ok {
		return t.rows[i]
	}
	return nil
}

// blank is a new row with the columns' initial values and no id yet.
func (t *table) blank() row {
	r := make(row, len(t.columns))
	for i, c := range t.columns {
		r[i] = c.initial
	}
	r[0] = -1 // 0 would be the root entity
	return r
}

// insert stores r under the next id.
func (t *table) insert(r row) int {
	r[0] = t.next
	t.next++
	t.rows = append(t.rows, r)
	return r.id()
}

// replace stores a changed copy of a row.
func (t *table) replace(r row) {
	if i, ok := t.position(r.id()); ok {
		t.rows[i] = r
	}
}

// drop removes a row.
func (t *table) drop(id int) {
	if i, ok := t.position(id); ok {
		t.rows = slices.Delete(slices.Clone(t.rows), i, i+1)
	}
}

// value is a column of a row.
func (t *table) value(r row, column string) any { return r[t.column(column)] }

// text is a column of a row as text.
func (t *table) text(r row, column string) string { return textOf(r[t.column(column)]) }

// int is a column of a row as a number.
func (t *table) int(r row, column string) int { return number(r[t.column(column)]) }

// isTemplate reports whether a row is a form to make items from.
func (t *table) isTemplate(r row) bool {
	i, ok := t.index["is_template"]
	return ok && r != nil && r[i] != 0
}

// where lists the rows whose column holds v.
func (t *table) where(column string, v any) []row {
	var out []row
	i := t.column(column)
	for _, r := range t.rows {
		if r[i] == v {
			out = append(out, r)
		}
	}
	return out
}
