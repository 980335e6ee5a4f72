package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"glpikeys/keys"
)

// option is one search option of a type.
type option struct {
	id        int
	table     string
	field     string
	datatype  string
	nosearch  bool
	nodisplay bool
	types     string // letters, see data/options.txt
	uid       string
	name      string
	// value is what the option holds for a row: nil, one value, or a list. Nil
	// when the sandbox cannot tell.
	value func(*Server, row) any
	// target is the type that an id to search for means, else "".
	target string
	// link is the column with the id of the target's item, -1 without.
	link int
}

// heading is a group of options in the list that GLPI gives out.
type heading struct {
	at   int // before the option of this position
	key  string
	name string
}

func (t *itemtype) addOption(f []string) {
	if !isDigits(f[0]) {
		t.headings = append(t.headings, heading{len(t.options), f[0], f[1]})
		return
	}
	blank := func(s string) string {
		if s == "-" {
			return ""
		}
		return s
	}
	o := &option{
		id: number(f[0]), table: blank(f[1]), field: blank(f[2]), datatype: blank(f[3]),
		nosearch: strings.Contains(f[4], "S"), nodisplay: strings.Contains(f[4], "D"),
		types: blank(f[5]), uid: f[6], name: blank(f[7]), link: -1,
	}
	t.options = append(t.options, o)
	t.byID[o.id] = o
}

// optionOf is the option that stands for a column of the type itself.
func (t *itemtype) optionOf(column string) *option {
	for _, o := range t.options {
		if o.uid == t.name+"."+column {
			return o
		}
	}
	return nil
}

// resolveOptions finds, by an option's uid, where its values come from: a
// column, a column of an item that a key points to, or one of the special ones.
func (t *itemtype) resolveOptions(s *schema) {
	for _, o := range t.options {
		if special, ok := specials[t.name+" "+strconv.Itoa(o.id)]; ok {
			o.value = special
			continue
		}
		parts := strings.Split(o.uid, ".")
		switch {
		case len(parts) == 2 && o.table == t.table:
			if i, ok := t.index[o.field]; ok {
				o.value = func(_ *Server, r row) any { return r[i] }
				if o.datatype == "itemlink" || o.id == 13 && t.parent != "" {
					o.target, o.link = t.name, 0
				}
			}
		case len(parts) == 3 || len(parts) == 4:
			t.resolveKey(s, o, parts)
		}
	}
}

// resolveKey handles "Type.Other.field" and "Type.column.Other.field".
func (t *itemtype) resolveKey(s *schema, o *option, parts []string) {
	other, ok := s.byTable[o.table]
	if !ok {
		return
	}
	link := -1
	for i, col := range t.columns {
		named := len(parts) == 4 && col.name == parts[1]
		plain := len(parts) == 3 && col.key == other.name && strings.HasSuffix(col.name, "s_id")
		if named || plain {
			link = i
			break
		}
	}
	field, ok := other.index[o.field]
	if link < 0 || !ok || t.columns[link].kind != integer {
		return
	}
	o.target, o.link = other.name, link
	o.value = func(s *Server, r row) any {
		target := s.tables[other.name].find(number(r[link]))
		if r[link] == nil || target == nil {
			return nil
		}
		return target[field]
	}
}

// specials are options whose values GLPI computes or gathers.
var specials = map[string]func(*Server, row) any{
	"SoftwareLicense 2": func(_ *Server, r row) any { return strconv.Itoa(r.id()) },
	"SoftwareLicense 4": func(s *Server, r row) any { return s.tables["SoftwareLicense"].text(r, "number") },
	"SoftwareLicense 13": func(s *Server, r row) any {
		t := s.tables["SoftwareLicense"]
		if up := t.find(t.int(r, "softwarelicenses_id")); up != nil {
			return t.value(up, "completename")
		}
		return nil
	},
	"SoftwareLicense 53": func(s *Server, r row) any { return s.supplierOf("SoftwareLicense", r.id()) },
	"SoftwareLicense 163": func(s *Server, _ row) any {
		if s.major() < 11 {
			return 0
		}
		return "0"
	},
	"Contract 20": func(s *Server, r row) any { return s.contractEnd(r, 0) },
	"Contract 12": func(s *Server, r row) any {
		if s.major() >= 11 {
			return nil
		}
		return s.contractEnd(r, 0)
	},
	"Contract 13": func(s *Server, r row) any { return s.contractEnd(r, s.tables["Contract"].int(r, "notice")) },
	"User 5":      func(s *Server, r row) any { return s.linked(r, relation{"UserEmail", ""}, "email") },
	"User 13":     func(s *Server, r row) any { return s.linked(r, relation{"Group_User", "Group"}, "completename") },
	"User 20":     func(s *Server, r row) any { return s.linked(r, relation{"Profile_User", "Profile"}, "name") },
	"User 80":     func(s *Server, r row) any { return s.linked(r, relation{"Profile_User", "Entity"}, "completename") },
	"Contract 11": func(*Server, row) any { return nil }, // the sandbox holds no costs,
	"Software 4":  func(*Server, row) any { return nil }, // no operating systems,
	"Software 5":  func(*Server, row) any { return nil }, // no versions
	"Software 72": func(*Server, row) any { return 0 },   // and no installations
	"User 132":    func(*Server, row) any { return nil },

	"PluginGlpikeysInvitation 3":  func(s *Server, r row) any { return s.invitationState(r) },
	"PluginGlpikeysInvitation 25": func(s *Server, r row) any { return s.waiting(r.id()) },

	"Group 13":               parentPath("Group"),
	"SoftwareLicenseType 13": parentPath("SoftwareLicenseType"),
}

// supplierOf is the supplier in an item's financial data.
func (s *Server) supplierOf(typ string, id int) any {
	infos, suppliers := s.tables["Infocom"], s.tables["Supplier"]
	for _, r := range infos.where("items_id", id) {
		if supplier := suppliers.find(infos.int(r, "suppliers_id")); supplier != nil && infos.text(r, "itemtype") == typ {
			return suppliers.value(supplier, "name")
		}
	}
	return nil
}

func parentPath(typ string) func(*Server, row) any {
	return func(s *Server, r row) any {
		t := s.tables[typ]
		if up := t.find(t.int(r, t.parent)); up != nil {
			return t.value(up, "completename")
		}
		return nil
	}
}

// contractEnd is begin plus duration, less the notice in months.
func (s *Server) contractEnd(r row, notice int) any {
	t := s.tables["Contract"]
	begin, err := keys.ParseDate(t.text(r, "begin_date"))
	if err != nil || begin.IsZero() {
		return nil
	}
	return begin.AddMonths(t.int(r, "duration") - notice).String()
}

// relation is a type that ties people to items of another, or to nothing else.
type relation struct{ name, to string }

// gathered are the options, by uid, that gather items over a relation.
var gathered = map[string]relation{
	"User.Group_User.Group.completename":    {"Group_User", "Group"},
	"User.Profile_User.Profile.name":        {"Profile_User", "Profile"},
	"User.Profile_User.Entity.completename": {"Profile_User", "Entity"},
}

// linkedIDs are the ids of what a person is tied to.
func (s *Server) linkedIDs(user row, l relation) []int {
	rel := s.tables[l.name]
	var out []int
	for _, r := range rel.where("users_id", user.id()) {
		out = append(out, rel.int(r, foreignColumn(l.to)))
	}
	return out
}

// linked gathers a column over a person's rows of a relation: nothing, one
// value, or a list (GLPI-REST §5.7).
func (s *Server) linked(user row, l relation, field string) any {
	rel := s.tables[l.name]
	var out list
	for _, r := range rel.where("users_id", user.id()) {
		var v any
		if l.to == "" {
			v = rel.value(r, field)
		} else {
			t := s.tables[l.to]
			target := t.find(rel.int(r, foreignColumn(l.to)))
			if target == nil {
				continue
			}
			v = t.value(target, field)
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if l.to != "" { // told apart and so sorted, with a mark and the id behind
		slices.SortFunc(out, func(a, b any) int { return cmp.Compare(fold(textOf(a))+"$", fold(textOf(b))+"$") })
	}
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

// foreignColumn is the usual name of a key to a type.
func foreignColumn(typ string) string {
	return strings.TrimPrefix(tableName(typ), "glpi_") + "_id"
}

// searchTypes are GLPI's names of the letters in data/options.txt.
var searchTypes = map[rune]string{
	'c': "contains", 'C': "notcontains", 'e': "equals", 'E': "notequals",
	'u': "under", 'U': "notunder", '<': "lessthan", '>': "morethan",
}

func (o *option) searchTypes(major int) list {
	var out, tree list
	for _, letter := range o.types {
		if letter == 'u' || letter == 'U' {
			tree = append(tree, searchTypes[letter])
			continue
		}
		out = append(out, searchTypes[letter])
	}
	if major >= 11 {
		out = append(out, "empty")
	}
	return append(out, tree...)
}

func listSearchOptions(c *call) (answer, error) {
	t, err := c.typeAt(1)
	if err != nil {
		return answer{}, err
	}
	if len(t.options) == 0 {
		return answer{}, unknown("the search options of " + t.name)
	}
	out := object{}
	headings := t.headings
	for i, o := range t.options {
		for len(headings) > 0 && headings[0].at == i {
			out = append(out, member{headings[0].key, object{{"name", headings[0].name}}})
			headings = headings[1:]
		}
		out = append(out, member{strconv.Itoa(o.id), object{
			{"name", o.name}, {"table", o.table}, {"field", o.field}, {"datatype", o.datatype},
			{"nosearch", o.nosearch}, {"nodisplay", o.nodisplay},
			{"available_searchtypes", o.searchTypes(c.s.major())}, {"uid", o.uid},
		}})
	}
	return answer{body: out}, nil
}

// query is what a search was asked for.
type query struct {
	t        *table
	criteria []criterion
	columns  []*option
	from, to int
	sort     *option
	sorts    list
	down     bool
	trash    int
	asked    []int // options of conditions: GLPI shows what it searches
}

// shownByDefault are the options that lists show after installation.
var shownByDefault = map[string][]int{
	"SoftwareLicense": {1, 3, 10, 162, 5}, "Contract": {4, 3, 5, 6, 7, 11}, "Software": {23, 5, 4, 72, 163},
	"PluginGlpikeysInvitation": {3, 8, 7, 6, 9, 80, 24}, "PluginGlpikeysRegistration": {3, 4, 5, 80, 121},
	"User": {34, 5, 6, 3, 8}, "Group": {16}, "Profile": {2, 3, 19}, "Plugin": {2, 3, 4, 5, 6, 7, 8},
}

// criterion is one condition or a group of them.
type criterion struct {
	link  string // AND, OR, AND NOT, OR NOT
	group []criterion
	match func(row) bool
}

func search(c *call) (answer, error) {
	t, err := c.typeAt(1)
	if err != nil {
		return answer{}, err
	}
	if !t.can(c.u.rights, read) {
		return answer{}, errRight
	}
	if len(t.options) == 0 {
		return answer{}, unknown("how to search " + t.name)
	}
	q, err := c.readQuery(t)
	if err != nil {
		return answer{}, err
	}
	return c.runQuery(q)
}

func (c *call) readQuery(t *table) (*query, error) {
	q := &query{t: t, to: c.u.limit - 1, trash: number(param(c, "is_deleted"))}
	var err error
	criteria, _ := c.get("criteria")
	if q.criteria, err = c.readCriteria(q, values(criteria)); err != nil {
		return nil, err
	}
	if _, ok := c.get("metacriteria"); ok {
		return nil, unknown("metacriteria")
	}
	c.readSort(q)
	if err := c.readColumns(q); err != nil {
		return nil, err
	}
	if c.has("range") {
		var ok bool
		if q.from, q.to, ok = readRange(c.text("range")); !ok {
			return nil, errRange
		}
	}
	return q, nil
}

func (c *call) readSort(q *query) {
	q.down = strings.EqualFold(textOf(first(param(c, "order"))), "DESC")
	if asked := first(param(c, "sort")); asked != nil {
		q.sorts = list{number(asked)}
		if o := q.t.byID[number(asked)]; o != nil && o.value != nil {
			q.sort = o
		} else if c.s.major() >= 11 { // an unknown one is ignored
			q.sorts = list{0}
		}
		return
	}
	if c.s.major() < 11 {
		q.sort, q.sorts = q.t.byID[1], list{"1"}
		return
	}
	q.sorts = list{0}
}

func first(v any) any {
	if vs := values(v); len(vs) > 0 {
		return vs[0]
	}
	return nil
}

// readColumns are the columns of the answer: GLPI's own first, then those asked
// for.
func (c *call) readColumns(q *query) error {
	t := q.t
	ids := []int{}
	lead := 1
	switch {
	case t.name == "SoftwareLicense" && c.s.major() >= 11:
		lead = 13
	case (t.byID[1] == nil || !t.named()) && c.s.major() >= 11:
		lead = 2
	}
	if t.byID[lead] != nil {
		ids = append(ids, lead)
	}
	if t.placed && len(c.u.entities) > 1 && t.byID[80] != nil {
		ids = append(ids, 80)
	}
	asked := list{}
	if v, ok := c.get("forcedisplay"); ok {
		asked = values(v)
	} else {
		for _, id := range shownByDefault[t.name] {
			asked = append(asked, id)
		}
	}
	for _, v := range asked {
		o := t.byID[number(v)]
		if o == nil || o.table == "glpi_suppliers" && t.byID[37] != nil && !c.s.tables["Infocom"].can(c.u.rights, read) {
			continue // GLPI knows no options of the financial data for others
		}
		if o.nodisplay {
			return documented(400, "ERROR", "ID is forbidden along with 'forcedisplay' parameter.")
		}
		ids = append(ids, o.id)
	}
	ids = append(ids, q.asked...)
	if q.sort != nil {
		ids = append(ids, q.sort.id)
	}
	seen := map[int]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		o := t.byID[id]
		if o.value == nil {
			return unknown("search option " + strconv.Itoa(id) + " of " + t.name)
		}
		q.columns = append(q.columns, o)
	}
	return nil
}

func (c *call) readCriteria(q *query, in list) ([]criterion, error) {
	t := q.t
	var out []criterion
	for _, v := range in {
		o, _ := v.(object)
		p := params{o}
		link := strings.ToUpper(p.text("link"))
		if inner, ok := o.get("criteria"); ok {
			group, err := c.readCriteria(q, values(inner))
			if err != nil {
				return nil, err
			}
			out = append(out, criterion{link: link, group: group})
			continue
		}
		if !p.has("field") || !p.has("searchtype") || !p.has("value") {
			return nil, documented(400, "ERROR", "Malformed search criteria")
		}
		opt := t.byID[number(p.text("field"))]
		switch {
		case !isDigits(p.text("field")) || opt == nil:
			return nil, documented(400, "ERROR", "Bad field ID in search criteria")
		case opt.nosearch:
			return nil, documented(400, "ERROR", "Forbidden field ID in search criteria")
		case opt.value == nil:
			return nil, unknown("search option " + p.text("field") + " of " + t.name)
		}
		if !opt.nodisplay {
			q.asked = append(q.asked, opt.id)
		}
		out = append(out, criterion{link: link, match: c.matcher(opt, p.text("searchtype"), p.text("value"))})
	}
	return out, nil
}

// matcher is one condition. An unknown type of search is a text search.
func (c *call) matcher(o *option, kind, value string) func(row) bool {
	s := c.s
	negated := strings.HasPrefix(kind, "not")
	base := strings.TrimPrefix(kind, "not")
	var hit func(row) bool
	switch {
	case base == "equals":
		hit = s.equals(o, value)
	case base == "under":
		hit = s.under(o, value)
	case base == "lessthan" || base == "morethan":
		hit = s.compare(o, base, value)
	case base == "empty" && s.major() >= 11:
		hit = func(r row) bool { v := o.value(s, r); return v == nil || textOf(v) == "" }
	default:
		p := readPattern(value, s.major())
		if n, err := strconv.Atoi(value); err == nil && (o.isNumber() || o.datatype == "bool") {
			// Compared as numbers, and "notcontains" as if it were "contains".
			hit = func(r row) bool { v := o.value(s, r); return v != nil && number(v) == n }
			negated = negated && o.datatype == "count"
			break
		}
		if o.target == "User" && o.field == "name" && !p.null && value != "" {
			return func(r row) bool { return s.matchesPerson(r[o.link], p, negated) }
		}
		hit = func(r row) bool { return anyValue(o.value(s, r), p.match) }
		if o.isNumber() && s.major() >= 11 {
			hit = func(row) bool { return false }
		}
		if p.null || value == "" {
			hit = func(r row) bool { v := o.value(s, r); return v == nil || v == "" || value == "" }
		}
	}
	if negated && base == "equals" && o.isDate() && o.datatype != "datetime" {
		return func(r row) bool { return o.value(s, r) != nil && !hit(r) }
	}
	if negated {
		return func(r row) bool { return !hit(r) }
	}
	return hit
}

func (o *option) isDate() bool { return strings.HasPrefix(o.datatype, "date") }

func (o *option) isNumber() bool {
	return o.datatype == "number" || o.datatype == "count" || o.datatype == "decimal"
}

// anyValue reports whether one of several values fits.
func anyValue(v any, fits func(any) bool) bool {
	if l, ok := v.(list); ok {
		return slices.ContainsFunc(l, fits)
	}
	return fits(v)
}

// equals compares a linked item by its id, anything else by its value.
func (s *Server) equals(o *option, value string) func(row) bool {
	if o.link >= 0 {
		id := number(value)
		return func(r row) bool {
			return number(r[o.link]) == id || id == 0 && s.tables[o.target].find(number(r[o.link])) == nil
		}
	}
	if l, ok := gathered[o.uid]; ok {
		return func(r row) bool {
			ids := s.linkedIDs(r, l)
			return slices.Contains(ids, number(value)) || len(ids) == 0 && number(value) == 0 && s.major() < 11
		}
	}
	if o.isDate() {
		want := s.moment(value, o.datatype)
		if want == "" {
			return func(row) bool { return false }
		}
		return func(r row) bool { return strings.HasPrefix(textOf(o.value(s, r)), want) }
	}
	want := fold(s.store(value))
	return func(r row) bool {
		return anyValue(o.value(s, r), func(v any) bool { return fold(textOf(v)) == want })
	}
}

// matchesPerson searches for somebody by login, name or first name. Turned
// round, it leaves out whoever has one of these not at all, as the database
// does, but not rows of nobody.
func (s *Server) matchesPerson(id any, p pattern, negated bool) bool {
	t := s.tables["User"]
	user := t.find(number(id))
	if user == nil {
		return negated
	}
	first, last := t.value(user, "firstname"), t.value(user, "realname")
	hit := p.match(t.value(user, "name")) || first != nil && p.match(first) || last != nil && p.match(last) ||
		first != nil && last != nil && p.match(textOf(last)+" "+textOf(first))
	if negated {
		return !hit && first != nil && last != nil
	}
	return hit
}

// under matches an item of a tree and everything below it.
func (s *Server) under(o *option, value string) func(row) bool {
	id := number(value)
	if o.link < 0 {
		return func(row) bool { return false }
	}
	t := s.tables[o.target]
	return func(r row) bool {
		at := number(r[o.link])
		for range 100 {
			if at == id {
				return true
			}
			target := t.find(at)
			if target == nil || t.parent == "" || t.value(target, t.parent) == nil || at == 0 {
				return false
			}
			at = t.int(target, t.parent)
		}
		return false
	}
}

// compare is before or after a date, or smaller or larger than a number.
func (s *Server) compare(o *option, kind, value string) func(row) bool {
	if !o.isDate() {
		n := number(value)
		return func(r row) bool {
			v := number(o.value(s, r))
			return kind == "lessthan" && v < n || kind == "morethan" && v > n
		}
	}
	limit := s.moment(value, o.datatype)
	return func(r row) bool {
		v := textOf(o.value(s, r))
		switch {
		case limit == "":
			return true // DAY without a number matches everything
		case v == "":
			return false
		}
		n := cmp.Compare(v, limit)
		return kind == "lessthan" && n < 0 || kind == "morethan" && n > 0
	}
}

// moment is a date as searches give it: a date, NOW, TODAY, or so many units
// from now as in -30DAY.
func (s *Server) moment(value, datatype string) string {
	now := s.now()
	form := stamp
	if datatype == "date" || datatype == "date_delay" {
		form = day
	}
	upper := strings.ToUpper(strings.TrimSpace(value))
	unit := strings.TrimLeft(upper, "+-0123456789")
	n, err := strconv.Atoi(strings.TrimSuffix(upper, unit))
	at := now
	switch {
	case upper == "NOW":
	case upper == "TODAY":
		at = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	case dateStart.MatchString(value):
		return value
	case err != nil:
		return ""
	case unit == "HOUR":
		at = now.Add(time.Duration(n) * time.Hour)
	case unit == "MINUTE":
		at = now.Add(time.Duration(n) * time.Minute)
	case unit == "DAY":
		at = now.AddDate(0, 0, n)
	case unit == "WEEK":
		at = now.AddDate(0, 0, 7*n)
	case unit == "MONTH":
		at = now.AddDate(0, n, 0)
	case unit == "YEAR":
		at = now.AddDate(n, 0, 0)
	default:
		return ""
	}
	return at.Format(form)
}

// fits applies conditions from left to right.
func fits(criteria []criterion, r row) bool {
	ok := true
	for i, k := range criteria {
		hit := k.match != nil && k.match(r) || k.match == nil && fits(k.group, r)
		if strings.HasSuffix(k.link, "NOT") {
			hit = !hit
		}
		switch {
		case i == 0:
			ok = hit
		case strings.HasPrefix(k.link, "OR"):
			ok = ok || hit
		default:
			ok = ok && hit
		}
	}
	return ok
}

func (c *call) runQuery(q *query) (answer, error) {
	// Who sees the whole tree finds items of entities that are gone, too; lists
	// have not got them.
	rows := c.choose(q.t, listing{trash: q.trash, all: c.u.everywhere(c.s)}, func(r row) bool { return !q.t.isTemplate(r) && fits(q.criteria, r) })
	total := len(rows)
	if q.from > total {
		return answer{}, documented(400, "ERROR_RANGE_EXCEED_TOTAL",
			"Provided range exceed total count of data: "+strconv.Itoa(total))
	}
	if q.sort != nil {
		sortRows(rows, func(r row) any { return q.sort.value(c.s, r) }, q.down)
	}
	shown := cut(rows, q.from, q.to, 10)
	order := "ASC"
	if q.down {
		order = "DESC"
	}
	contentRange := strconv.Itoa(q.from) + "-" + strconv.Itoa(min(q.to, total-1)) + "/" + strconv.Itoa(total)
	body := object{{"totalcount", total}, {"count", len(shown)}, {"sort", q.sorts}, {"order", list{order}}}
	if len(shown) > 0 {
		body = append(body, member{"data", c.queryRows(q, shown)})
	}
	body = append(body, member{"content-range", contentRange})
	a := answer{body: body, header: object{{"Accept-Range", q.t.name + " 1000"}}}
	if total > 0 {
		a.header = append(a.header, member{"Content-Range", contentRange})
	}
	if len(shown) < total {
		a.status = http.StatusPartialContent
	}
	return a, nil
}

func (c *call) queryRows(q *query, rows []row) rendered {
	byID := c.has("withindexes")
	names := make([][]byte, len(q.columns))
	for i, o := range q.columns {
		name := strconv.Itoa(o.id)
		if c.has("uid_cols") {
			name = o.uid
		}
		names[i] = append(appendString(nil, name), ':')
	}
	open, shut := byte('['), byte(']')
	if byID {
		open, shut = '{', '}'
	}
	b := append(make([]byte, 0, 256*len(rows)), open)
	for n, r := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		if byID {
			b = append(appendString(b, strconv.Itoa(r.id())), ':')
		}
		b = append(b, '{')
		for i, o := range q.columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(append(b, names[i]...), o.value(c.s, r))
		}
		b = append(b, '}')
	}
	return append(b, shut)
}
