package sandbox

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// data holds what was read from fresh installations of GLPI 10.0.12 and
// 11.0.6: the columns of tables, the search options, the rights of the default
// profiles and the configuration; the same of the plugin glpikeys, and its page.
//
//go:embed data
var data embed.FS

// column is one column of a table.
type column struct {
	name     string
	kind     kind
	size     int // bytes of a text, digits after the point of a decimal
	nullable bool
	initial  any    // what a new row holds unless the request says otherwise
	key      string // itemtype that a foreign key points to, else ""
}

type kind uint8

const (
	integer kind = iota
	text
	date
	datetime
	clock
	decimal
	float
	integers // a list of ids: GLPI 11's groups
)

var kinds = map[string]kind{
	"int": integer, "text": text, "date": date, "datetime": datetime,
	"clock": clock, "decimal": decimal, "float": float,
}

// schema is everything that one version of GLPI fixes.
type schema struct {
	major   int
	types   map[string]*itemtype
	order   []string // names of types, as in the file
	config  [][3]string
	rights  []profileRight
	byTable map[string]*itemtype
}

// profileRight holds one right's bits for the profiles 1 to 8, -1 where a
// profile has none.
type profileRight struct {
	name string
	bits [8]int
}

// schemas are read once; servers share them.
var schemas = map[int]func() *schema{
	10: sync.OnceValue(func() *schema { return readSchema(10) }),
	11: sync.OnceValue(func() *schema { return readSchema(11) }),
}

func readSchema(major int) *schema {
	s := &schema{major: major, types: map[string]*itemtype{}, byTable: map[string]*itemtype{}}
	v := strconv.Itoa(major)
	var t *itemtype
	for _, file := range []string{"fields" + v + ".txt", "plugin.txt"} {
		for line := range dataLines(file) {
			if !strings.HasPrefix(line, "\t") {
				t = newItemtype(line, major)
				s.types[line] = t
				s.byTable[t.table] = t
				s.order = append(s.order, line)
				continue
			}
			t.addColumn(readColumn(strings.Fields(line)))
		}
	}
	for _, t := range s.types {
		t.finish(major)
	}
	for line := range dataLines("options.txt") {
		f := strings.Split(line, "\t")
		switch {
		case len(f) == 1:
			t = s.types[f[0]]
		case f[0] == "=" || f[0] == v:
			t.addOption(f[1:])
		}
	}
	for _, t := range s.types {
		t.resolveOptions(s)
	}
	for line := range dataLines("config" + v + ".txt") {
		f := strings.Split(line, "\t")
		s.config = append(s.config, [3]string{f[0], f[1], f[2]})
	}
	for line := range dataLines("rights" + v + ".txt") {
		f := strings.Fields(line)
		r := profileRight{name: f[0]}
		for i := range r.bits {
			r.bits[i] = -1
			if isDigits(f[i+1]) {
				r.bits[i] = number(f[i+1])
			}
		}
		s.rights = append(s.rights, r)
	}
	return s
}

// dataLines are the lines of an embedded file without its comments.
func dataLines(name string) func(yield func(string) bool) {
	content, err := fs.ReadFile(data, "data/"+name)
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") && !yield(line) {
				return
			}
		}
	}
}

// readColumn reads "name type default".
func readColumn(f []string) column {
	c := column{name: f[0]}
	kindName, nullable := strings.CutSuffix(f[1], "?")
	c.nullable = nullable
	kindName, size, _ := strings.Cut(kindName, ":")
	k, ok := kinds[kindName]
	if !ok {
		panic(fmt.Sprintf("sandbox: column %s has unknown type %q", f[0], f[1]))
	}
	c.kind, c.size = k, number(size)
	switch {
	case f[2] == "-" || f[2] == "now":
		c.initial = nil
	case f[2] == `""`:
		c.initial = ""
	case k == integer:
		c.initial = number(f[2])
	case k == float:
		c.initial, _ = strconv.ParseFloat(f[2], 64)
	default:
		c.initial = f[2]
	}
	if c.initial == nil && !nullable {
		c.initial = c.zero()
	}
	c.key = foreignKey(c.name)
	return c
}

// zero is what MySQL stores in a column that may not be null.
func (c column) zero() any {
	switch c.kind {
	case integer:
		return 0
	case float:
		return 0.0
	case date, datetime:
		return nil
	}
	return ""
}

// foreignKey is the itemtype that a column of this name points to.
func foreignKey(column string) string {
	i := strings.LastIndex(column, "s_id")
	if i < 0 || (len(column) > i+4 && column[i+4] != '_') {
		return ""
	}
	return keyTypes[column[:i+4]]
}

// keyTypes are GLPI's foreign keys in the tables that the sandbox holds.
var keyTypes = map[string]string{
	"authldaps_id": "AuthLDAP", "budgets_id": "Budget", "businesscriticities_id": "BusinessCriticity",
	"calendars_id": "Calendar", "certificatetypes_id": "CertificateType", "contracts_id": "Contract",
	"contracttypes_id": "ContractType", "entities_id": "Entity", "groups_id": "Group",
	"locations_id": "Location", "manufacturers_id": "Manufacturer", "profiles_id": "Profile",
	"plugin_glpikeys_invitations_id": "PluginGlpikeysInvitation",
	"softwarecategories_id":          "SoftwareCategory", "softwarelicenses_id": "SoftwareLicense",
	"softwarelicensetypes_id": "SoftwareLicenseType", "softwares_id": "Software",
	"softwareversions_id": "SoftwareVersion", "states_id": "State", "suppliers_id": "Supplier",
	"tickettemplates_id": "TicketTemplate", "changetemplates_id": "ChangeTemplate",
	"problemtemplates_id": "ProblemTemplate", "users_id": "User", "usercategories_id": "UserCategory",
	"usertitles_id": "UserTitle", "transfers_id": "Transfer", "requesttypes_id": "RequestType",
}
