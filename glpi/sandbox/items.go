package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// items answers calls about items: /Type, /Type/id, /Type/id/Type.
func items(c *call) (answer, error) {
	t, err := c.typeAt(0)
	if err != nil {
		return answer{}, err
	}
	id, hasID := c.idAt(1)
	var parent *parentItem
	if len(c.path) > 2 {
		child, err := c.typeAt(2)
		if err != nil {
			return answer{}, err
		}
		parent = &parentItem{t, id}
		t = child
		id, hasID = c.idAt(3)
	}
	switch c.verb {
	case http.MethodGet:
		if hasID {
			return c.getOne(t, id)
		}
		return c.getList(t, parent)
	case http.MethodPost:
		return c.add(t)
	case http.MethodPut, http.MethodPatch:
		return c.update(t, id, hasID)
	case http.MethodDelete:
		return c.delete(t, id, hasID)
	}
	return answer{}, unknown("the method " + c.verb)
}

// parentItem is the item whose children are asked for.
type parentItem struct {
	*table
	id int
}

func (c *call) idAt(i int) (int, bool) {
	if i >= len(c.path) || !isDigits(c.path[i]) {
		return 0, false // not a number: GLPI lists (GLPI-REST §1)
	}
	return number(c.path[i]), true
}

// typeAt is the type of item that a part of the address names.
func (c *call) typeAt(i int) (*table, error) {
	if i >= len(c.path) {
		return nil, documented(400, "ERROR_RESOURCE_MISSING", "missing resource")
	}
	return c.s.typeNamed(c.path[i])
}

// typeNamed finds a type; 10 takes any case. Types that only a real GLPI knows
// are answered 501.
func (s *Server) typeNamed(name string) (*table, error) {
	t, ok := s.tables[name]
	if !ok { // 11 takes any case of a plugin's types only
		for n := range s.tables {
			if strings.EqualFold(n, name) && (s.major() < 11 || strings.HasPrefix(n, pluginPrefix)) {
				t, ok = s.tables[n], true
			}
		}
	}
	if ok && (s.pluginIs(PluginActive) || !strings.HasPrefix(t.name, pluginPrefix)) {
		return t, nil
	}
	for known := range dataLines("classes.txt") {
		if known == name {
			return nil, unknown("the type " + name)
		}
	}
	return nil, documented(400, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM",
		"resource not found or not an instance of CommonDBTM")
}

// visible reports whether the session may see an item at all.
func (c *call) visible(t *table, r row) bool {
	switch t.name {
	case "Entity":
		return c.u.active[r.id()]
	case "User":
		return c.seesUser(r.id())
	}
	if !t.placed {
		return true
	}
	recursive := t.recursive && t.int(r, "is_recursive") != 0
	return c.u.sees(t.int(r, "entities_id"), recursive)
}

// seesUser reports whether somebody has a profile where the session is.
func (c *call) seesUser(id int) bool {
	if id == c.u.user || c.u.everywhere(c.s) {
		return true
	}
	links := c.s.tables["Profile_User"]
	for _, l := range links.where("users_id", id) {
		if c.u.sees(links.int(l, "entities_id"), links.int(l, "is_recursive") != 0) {
			return true
		}
	}
	return false
}

// mayRead finds an item that the session may read.
func (c *call) mayRead(t *table, id int) (row, error) {
	r := t.find(id)
	if r == nil {
		return nil, errNotFound
	}
	if !t.can(c.u.rights, read) || !c.visible(t, r) {
		return nil, errRight
	}
	return r, nil
}

func (c *call) getOne(t *table, id int) (answer, error) {
	r, err := c.mayRead(t, id)
	if err != nil {
		return answer{}, err
	}
	body, err := c.detail(t, c.s.loaded(t, r))
	if err != nil {
		return answer{}, err
	}
	a := answer{body: rendered(body)}
	if _, ok := t.index["date_mod"]; ok {
		if at, err := time.ParseInLocation(stamp, t.text(r, "date_mod"), c.s.now().Location()); err == nil {
			a.header = object{{"Last-Modified", at.UTC().Format(http.TimeFormat)}}
		}
	}
	return a, nil
}

// detail is one item with everything that was asked for beside it.
func (c *call) detail(t *table, r row) ([]byte, error) {
	extra, err := c.companions(t, r)
	if err != nil {
		return nil, err
	}
	if t.name == "Entity" && c.s.major() >= 11 && t.int(r, "2fa_enforcement_strategy") < 0 {
		extra = append(extra, member{"2fa_enforcement_id", t.int(r, "2fa_enforcement_strategy")})
	}
	if t.name == "Profile" {
		rights := c.s.rights[r.id()]
		for _, name := range slices.Sorted(maps.Keys(rights)) {
			extra = append(extra, member{name, rights[name]})
		}
	}
	if t.shown != nil {
		var more object
		r, more = t.shown(c, r)
		extra = append(extra, more...)
	}
	return c.newWriter(t, true).append(nil, r, extra), nil
}

// loaded is a row as GLPI's class shows it: an entity's setting that is a rule,
// as "like the parent", stands in the column of its value too.
func (s *Server) loaded(t *table, r row) row {
	if t.name != "Entity" {
		return r
	}
	r = slices.Clone(r)
	for i, col := range t.columns {
		if rule, ok := r[i].(int); ok && rule < 0 && strings.Contains(col.name, "s_strategy") {
			if at, ok := t.index[strings.Replace(col.name, "_strategy", "_id", 1)]; ok {
				r[at] = rule
			}
		}
	}
	return r
}

func getMultipleItems(c *call) (answer, error) {
	wanted, _ := c.get("items")
	out := list{}
	for _, w := range values(wanted) {
		o, _ := w.(object)
		p := params{o}
		t, err := c.s.typeNamed(p.text("itemtype"))
		if err != nil {
			return answer{}, errNotFound
		}
		r, err := c.mayRead(t, number(p.text("items_id")))
		if err != nil {
			return answer{}, err
		}
		body, err := c.detail(t, c.s.loaded(t, r))
		if err != nil {
			return answer{}, err
		}
		out = append(out, rendered(body))
	}
	return answer{body: out}, nil
}

// listing is what a list was asked for.
type listing struct {
	from, to int
	given    bool
	sort     int // column
	down     bool
	trash    int
	all      bool // also what the session may not see
	filters  []filter
}

type filter struct {
	column int
	pattern
}

// readRange reads "from-to".
func readRange(text string) (from, to int, ok bool) {
	a, b, found := strings.Cut(text, "-")
	if !found || !isDigits(a) || !isDigits(b) {
		return 0, 0, false
	}
	return number(a), number(b), true
}

var errRange = documented(400, "ERROR", "range must be in format : [start-end] with integers")

func (c *call) readListing(t *table) (listing, error) {
	l := listing{to: c.u.limit - 1, sort: 0}
	if c.has("range") {
		var ok bool
		if l.from, l.to, ok = readRange(c.text("range")); !ok {
			return l, errRange
		}
		l.given = true
	}
	if c.has("order") {
		order := strings.ToUpper(c.text("order"))
		if order != "ASC" && order != "DESC" {
			return l, documented(400, "ERROR", "order must be DESC or ASC")
		}
		l.down = order == "DESC"
	}
	if c.has("sort") {
		i, ok := t.index[c.text("sort")]
		if !ok || t.columns[i].kind == integers || t.secret[t.columns[i].name] && strings.HasPrefix(t.name, pluginPrefix) {
			return l, documented(400, "ERROR", "sort param is not a field of "+t.table)
		}
		l.sort = i
	}
	l.trash = number(param(c, "is_deleted"))
	return l, nil
}

// errFatal stands for an answer of a PHP that failed.
var errFatal = refused(500, "SANDBOX_FATAL", "")

func (c *call) readFilters(t *table) ([]filter, error) {
	v, _ := c.get("searchText")
	o, _ := v.(object)
	if len(o) == 1 && o[0].key == "all" {
		term := o[0].value
		if c.s.major() < 11 || t.name == "SoftwareLicense" {
			return nil, c.badField("all", t)
		}
		o = object{{"name", term}, {"comment", term}}
	}
	var out []filter
	for _, m := range o {
		i, ok := t.index[m.key]
		switch {
		case t.secret[m.key]:
			continue // GLPI forgets the filter and lists everything
		case !ok:
			return nil, c.badField(m.key, t)
		}
		if text := textOf(m.value); text != "" {
			out = append(out, filter{i, readPattern(text, c.s.major())})
		}
	}
	return out, nil
}

// badField is the answer to a filter on a column that is not there.
func (c *call) badField(name string, t *table) error {
	if c.s.major() < 11 {
		return errFatal
	}
	return documented(400, "ERROR_FIELD_NOT_FOUND", "Field "+name+" is not valid for "+t.name+" item.")
}

func (c *call) getList(t *table, parent *parentItem) (answer, error) {
	if !t.can(c.u.rights, read) {
		return answer{}, errRight
	}
	l, err := c.readListing(t)
	if err != nil {
		return answer{}, err
	}
	keep, err := c.childOf(t, parent)
	if err != nil {
		return answer{}, err
	}
	l.filters, err = c.readFilters(t)
	if err == errFatal {
		return c.fatal()
	}
	if err != nil {
		return answer{}, err
	}
	rows := c.choose(t, l, keep)
	return c.pageOf(t, rows, l)
}

// childOf restricts a list to the children of an item.
func (c *call) childOf(t *table, parent *parentItem) (func(row) bool, error) {
	if parent == nil {
		return func(row) bool { return true }, nil
	}
	if _, err := c.mayRead(parent.table, parent.id); err != nil {
		return nil, err
	}
	for i, col := range t.columns {
		if col.key == parent.name && strings.HasSuffix(col.name, "s_id") && col.kind == integer {
			return func(r row) bool { return r[i] == parent.id }, nil
		}
	}
	if _, ok := t.index["itemtype"]; ok {
		typ, id := t.column("itemtype"), t.column("items_id")
		return func(r row) bool { return r[typ] == parent.name && r[id] == parent.id }, nil
	}
	return nil, unknown(t.name + " as children of " + parent.name)
}

// choose are the rows that a list covers, sorted.
func (c *call) choose(t *table, l listing, keep func(row) bool) []row {
	rows := make([]row, 0, len(t.rows))
	deleted := -1
	if t.trash {
		deleted = t.column("is_deleted")
	}
next:
	for _, r := range t.rows {
		if deleted >= 0 && r[deleted] != l.trash || !keep(r) || !l.all && !c.visible(t, r) {
			continue
		}
		for _, f := range l.filters {
			if !f.match(r[f.column]) {
				continue next
			}
		}
		rows = append(rows, r)
	}
	if l.sort != 0 || l.down {
		sortRows(rows, func(r row) any { return r[l.sort] }, l.down)
	}
	return rows
}

// sortRows sorts by a value as the database does: nothing first, numbers by
// size, text without case and accents.
func sortRows(rows []row, value func(row) any, down bool) {
	type keyed struct {
		row
		n    float64
		text string
	}
	list := make([]keyed, len(rows))
	for i, r := range rows {
		list[i] = keyed{row: r}
		switch v := value(r).(type) {
		case nil:
			list[i].n = -1e18
		case int:
			list[i].n = float64(v)
		case float64:
			list[i].n = v
		default:
			list[i].text = fold(textOf(v))
		}
	}
	slices.SortStableFunc(list, func(a, b keyed) int {
		n := cmp.Or(cmp.Compare(a.n, b.n), strings.Compare(a.text, b.text))
		if down {
			return -n
		}
		return n
	})
	for i := range list {
		rows[i] = list[i].row
	}
}

// pageOf is one page of a list, with GLPI's odd ranges (GLPI-REST §5.6).
func (c *call) pageOf(t *table, rows []row, l listing) (answer, error) {
	total := len(rows)
	if l.from > total {
		return answer{}, documented(400, "ERROR_RANGE_EXCEED_TOTAL",
			"Provided range exceed total count of data: "+strconv.Itoa(total))
	}
	shown := cut(rows, l.from, l.to, c.s.major())
	to := l.to
	if !l.given {
		to = c.u.limit // one too many, in the header only
	}
	to = min(to, total-1)
	a := answer{header: object{{"Accept-Range", t.name + " 1000"}}}
	if to-l.from+1 < total {
		a.status = http.StatusPartialContent
	}
	if total > 0 {
		a.header = append(a.header, member{"Content-Range",
			strconv.Itoa(l.from) + "-" + strconv.Itoa(to) + "/" + strconv.Itoa(total)})
	}
	w := c.newWriter(t, false)
	b := make([]byte, 0, 1024*len(shown)+2)
	b = append(b, '[')
	for i, r := range shown {
		if i > 0 {
			b = append(b, ',')
		}
		b = w.append(b, r, nil)
	}
	a.body = rendered(append(b, ']'))
	return a, nil
}

// cut takes rows from–to. Backwards, 10 gives none and 11 all.
func cut(rows []row, from, to, major int) []row {
	switch {
	case to >= from:
		return rows[min(from, len(rows)):min(to+1, len(rows))]
	case major < 11:
		return nil
	}
	return rows
}

// itemWriter writes items of one type as JSON.
type itemWriter struct {
	c      *call
	t      *table
	single bool
	onlyID bool
	expand bool
	links  bool
	names  list // columns whose names are added
	keys   [][]byte
	base   string
}

func (c *call) newWriter(t *table, single bool) *itemWriter {
	w := &itemWriter{c: c, t: t, single: single, expand: c.is("expand_dropdowns"), links: true, base: c.s.linkBase()}
	w.onlyID = !single && c.is("only_id")
	if v, ok := c.get("get_hateoas"); ok {
		w.links = truthy(v)
	}
	names, _ := c.get("add_keys_names")
	w.names = values(names)
	for _, col := range t.columns {
		w.keys = append(w.keys, append(appendString(nil, col.name), ':'))
	}
	return w
}

// append writes one item: its columns, what was asked for beside it, links.
func (w *itemWriter) append(b []byte, r row, extra object) []byte {
	b = append(b, '{')
	var links []byte
	begin := len(b)
	for i, col := range w.t.columns {
		if w.skip(i, r) {
			continue
		}
		if len(b) > begin {
			b = append(b, ',')
		}
		b = append(b, w.keys[i]...)
		v := r[i]
		if text, ok := v.(string); ok && w.c.decode {
			v = decode(text)
		}
		if col.key != "" || col.name == "items_id" {
			v, links = w.reference(i, r, v, links)
		}
		b = appendJSON(b, v)
	}
	for _, m := range extra {
		b = append(append(appendString(append(b, ','), m.key), ':'), appendJSON(nil, m.value)...)
	}
	if w.links {
		for _, child := range w.t.children {
			links = appendLink(links, child, w.base+"/"+w.t.name+"/"+strconv.Itoa(r.id())+"/"+child+"/")
		}
	}
	if len(links) > 0 {
		b = append(append(append(b, `,"links":[`...), links...), ']')
	}
	if len(w.names) > 0 {
		b = appendJSON(append(b, `,"_keys_names":`...), w.keyNames(r))
	}
	return append(b, '}')
}

// skip reports columns that an answer does not show.
func (w *itemWriter) skip(i int, r row) bool {
	col := w.t.columns[i]
	return w.onlyID && i > 0 || w.t.secret[col.name] || col.kind == integers && !w.single ||
		w.c.u.rights["config"]&read == 0 && slices.Contains(w.t.setup, col.name) ||
		w.t.name == "Config" && col.name == "value" && secretSetting(w.t.text(r, "name"))
}

// reference handles a foreign key: a link to what it means, and its name in
// its place.
func (w *itemWriter) reference(i int, r row, v any, links []byte) (any, []byte) {
	col := w.t.columns[i]
	id, ok := v.(int)
	if !ok || id < 0 && w.c.s.major() >= 11 || id == 0 && col.name != "entities_id" {
		return v, links
	}
	typ := col.key
	if col.name == "items_id" {
		if _, ok := w.t.index["itemtype"]; !ok {
			return v, links
		}
		typ = w.t.text(r, "itemtype")
	}
	if w.links {
		links = appendLink(links, typ, w.base+"/"+typ+"/"+strconv.Itoa(id))
	}
	if w.expand {
		v = w.c.s.nameOf(typ, id)
	}
	return v, links
}

func appendLink(links []byte, rel, href string) []byte {
	if len(links) > 0 {
		links = append(links, ',')
	}
	return appendJSON(links, object{{"rel", rel}, {"href", href}})
}

func (w *itemWriter) keyNames(r row) object {
	out := object{}
	for _, n := range w.names {
		name := textOf(n)
		i, ok := w.t.index[name]
		if !ok {
			continue
		}
		if name == "id" {
			out = append(out, member{name, w.c.s.shortName(w.t.name, r.id())})
			continue
		}
		if key := w.t.columns[i].key; key != "" {
			out = append(out, member{name, w.c.s.shortName(key, number(r[i]))})
		}
	}
	return out
}

// nameOf is an item's name, with its path in types that form a tree; "" when
// there is no such item.
func (s *Server) nameOf(typ string, id int) string {
	t, ok := s.tables[typ]
	if !ok {
		return ""
	}
	r := t.find(id)
	switch {
	case r == nil:
		return ""
	case typ == "User":
		return t.text(r, "name")
	case t.parent != "":
		return s.shownPath(t.text(r, "completename"))
	}
	return s.shortName(typ, id)
}

// shortName is an item's name without its path.
func (s *Server) shortName(typ string, id int) string {
	t, ok := s.tables[typ]
	if !ok {
		return ""
	}
	r := t.find(id)
	if _, named := t.index["name"]; r == nil || !named {
		return ""
	}
	if typ == "User" {
		return s.friendlyName(r)
	}
	return t.text(r, "name")
}

// companions are the things that with_… parameters add to one item.
func (c *call) companions(t *table, r row) (object, error) {
	var out object
	for _, m := range c.object {
		if !strings.HasPrefix(m.key, "with_") || !truthy(m.value) {
			continue
		}
		add, ok := companions[m.key]
		if !ok {
			return nil, unknown(m.key)
		}
		out = append(out, member{"_" + strings.TrimPrefix(m.key, "with_"), add(c, t, r)})
	}
	return out, nil
}

// rightMissing stands for a companion that the session may not read.
var rightMissing = object{{"error", 401}, {"message", noRight}}

var companions = map[string]func(*call, *table, row) any{
	"with_infocoms": func(c *call, t *table, r row) any {
		if !c.s.tables["Infocom"].can(c.u.rights, read) {
			return rightMissing
		}
		for _, m := range c.belonging("Infocom", t, r) {
			return m
		}
		return list{}
	},
	"with_contracts": func(c *call, t *table, r row) any {
		if !c.s.tables["Contract"].can(c.u.rights, read) {
			return rightMissing
		}
		return c.belonging("Contract_Item", t, r)
	},
	"with_documents": func(*call, *table, row) any { return list{} }, // the sandbox holds no documents
	"with_notes":     func(*call, *table, row) any { return list{} }, // and no notes
	"with_logs": func(c *call, t *table, r row) any {
		if !c.s.tables["Log"].can(c.u.rights, read) {
			return rightMissing
		}
		out := object{}
		for _, m := range c.belonging("Log", t, r) {
			id, _ := m.(object).get("id")
			out = append(out, member{textOf(id), m})
		}
		return emptyArray(out)
	},
}

// belonging are the items of a type that name r as theirs.
func (c *call) belonging(typ string, t *table, r row) list {
	others := c.s.tables[typ]
	kind, id := others.column("itemtype"), others.column("items_id")
	out := list{}
	for _, o := range others.rows {
		if o[kind] == t.name && o[id] == r.id() {
			out = append(out, others.object(o))
		}
	}
	return out
}

// object is a whole row with its columns' names.
func (t *table) object(r row) object {
	o := make(object, len(t.columns))
	for i, col := range t.columns {
		o[i] = member{col.name, r[i]}
	}
	return o
}
