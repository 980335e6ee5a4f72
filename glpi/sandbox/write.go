package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// write is the adding or changing of one item.
type write struct {
	t       *table
	input   object
	old     row // nil when adding
	row     row // what will be stored
	message string
	below   bool // the item is below a changed one in a tree
	silent  bool // nothing is to be stored: the hook did the work
}

func (w *write) adding() bool { return w.old == nil }

// has reports whether the input holds a column or a pseudo column.
func (w *write) has(key string) bool { return params{w.input}.has(key) }

// is reports whether the input asks for something.
func (w *write) is(key string) bool { return params{w.input}.is(key) }

func (w *write) text(key string) string { return params{w.input}.text(key) }

// unmoved reports whether an item of a tree keeps its name and its parent.
func (w *write) unmoved() bool {
	name, parent := w.t.column("name"), w.t.column(w.t.parent)
	return w.old[name] == w.row[name] && w.old[parent] == w.row[parent]
}

// set puts a value into the row.
func (w *write) set(column string, v any) { w.row[w.t.column(column)] = v }

// complaint is a refusal of one item, as GLPI words it. Its text may be empty.
type complaint string

func (c complaint) Error() string { return string(c) }

// outcome is what one item of a write came to.
type outcome struct {
	id      any
	ok      bool
	message any
	absent  bool // answers leave it out
	nothing bool // an item without an id: answered by an empty array
}

// inputs are the items of a write; single when it is one object.
func (c *call) inputs() (in list, single bool, err error) {
	v, _ := c.get("input")
	switch v := v.(type) {
	case object:
		return list{v}, true, nil
	case list:
		return v, false, nil
	}
	return nil, false, errArray
}

// settle answers a write of several items: 200 or 201, 207 when some failed,
// 400 when all did (GLPI-REST §5.3).
func (c *call) settle(act string, outcomes []outcome, single bool, show func(outcome) any) (answer, error) {
	body, failed := list{}, 0
	for _, o := range outcomes {
		if !o.ok {
			failed++
		}
		if !o.absent {
			body = append(body, show(o))
		}
	}
	switch {
	case single && failed > 0:
		return answer{}, refused(400, "ERROR_GLPI_"+act, outcomes[0].message)
	case failed == len(outcomes) && !single:
		return answer{}, refused(400, "ERROR_GLPI_"+act, body)
	case failed > 0:
		return answer{}, refused(http.StatusMultiStatus, "ERROR_GLPI_PARTIAL_"+act, body)
	}
	return answer{body: body}, nil
}

func showUpdated(o outcome) any {
	if o.nothing {
		return list{}
	}
	return object{{textOf(o.id), o.ok}, {"message", o.message}}
}

func (c *call) add(t *table) (answer, error) {
	in, single, err := c.inputs()
	if err != nil {
		return answer{}, err
	}
	if t.name == "Config" || t.name == "Log" || t.name == "Plugin" {
		return answer{}, unknown("how to add a " + t.name)
	}
	var outcomes []outcome
	var created []string
	for _, v := range in {
		o, _ := v.(object)
		out := c.addOne(t, o)
		if out.ok {
			created = append(created, c.s.linkBase()+"/"+t.name+"/"+textOf(out.id))
		}
		outcomes = append(outcomes, out)
	}
	a, err := c.settle("ADD", outcomes, single, func(o outcome) any {
		if !o.ok {
			return object{{"id", false}, {"message", o.message}}
		}
		return object{{"id", o.id}, {"message", o.message}}
	})
	if err != nil {
		return a, err
	}
	a.status = http.StatusCreated
	if single {
		a.header = object{{"location", created[0]}}
		a.body = a.body.(list)[0]
		return a, nil
	}
	a.header = object{{"link", strings.Join(created, ",")}}
	return a, nil
}

func (c *call) addOne(t *table, input object) outcome {
	w := &write{t: t, input: c.received(input), row: t.blank()}
	if !c.mayAdd(w) {
		return outcome{message: noRight}
	}
	if t.known != nil {
		if out, ok := t.known(c, w); ok {
			return out
		}
	}
	if i, ok := t.index["entities_id"]; ok && t.name != "Entity" {
		w.row[i] = c.u.entity
	}
	err := c.fill(w)
	if err != nil {
		return outcome{message: err.Error()}
	}
	now := c.s.now().Format(stamp)
	for _, name := range []string{"date_creation", "date_mod"} {
		if i, ok := t.index[name]; ok {
			w.row[i] = now
		}
	}
	c.s.place(w)
	id := t.insert(w.row)
	c.log(t.name, id, "0", 20, 0, "", "")
	if t.after != nil {
		t.after(c, w)
	}
	return outcome{id: id, ok: true, message: c.addedMessage(w)}
}

// mayAdd checks the right and the entity that a new item is to stand in.
func (c *call) mayAdd(w *write) bool {
	if !w.t.can(c.u.rights, create) {
		return false
	}
	if !w.t.placed && w.t.name != "Entity" || !w.has("entities_id") {
		return true
	}
	return c.u.active[number(w.text("entities_id"))]
}

// received is an input as GLPI takes it: 10 encodes its texts.
func (c *call) received(input object) object { return c.s.stored(input).(object) }

// stored is a value, or all texts in it, as this version keeps it.
func (s *Server) stored(v any) any { return eachText(v, s.store) }

// eachText is a value with all texts in it changed.
func eachText(v any, change func(string) string) any {
	switch v := v.(type) {
	case string:
		return change(v)
	case list:
		out := make(list, len(v))
		for i := range v {
			out[i] = eachText(v[i], change)
		}
		return out
	case object:
		out := make(object, len(v))
		for i, m := range v {
			out[i] = member{m.key, eachText(m.value, change)}
		}
		return out
	}
	return v
}

// store is text as this version keeps it.
func (s *Server) store(text string) string {
	if s.major() < 11 {
		return encode(text)
	}
	return text
}

// fill checks the input and puts it into the row.
func (c *call) fill(w *write) error {
	if w.t.before != nil {
		if err := w.t.before(c, w); err != nil || w.silent {
			return err
		}
	}
	for _, m := range w.input {
		i, ok := w.t.index[m.key]
		if !ok || i == 0 || w.t.secret[m.key] && m.key != "api_token" && m.key != "app_token" {
			continue
		}
		col, value := w.t.columns[i], m.value
		if opt := w.t.optionOf(col.name); opt != nil {
			if !opt.accepts(value) {
				w.message = "At least one field has an incorrect value: " + opt.name
				continue
			}
			value = opt.clean(value, c.s.major())
		}
		v, problem := coerce(col, value)
		if problem != "" {
			return complaint(c.s.sqlProblem(w, col, problem))
		}
		if !w.adding() && col.kind == text && textOf(v) == textOf(w.row[i]) {
			continue // null and "" are the same to PHP: no change
		}
		w.row[i] = v
	}
	return nil
}

// place keeps the path of an item in a type that forms a tree.
func (s *Server) place(w *write) {
	t := w.t
	if t.parent == "" || !w.adding() && !w.below && w.unmoved() {
		return
	}
	name := t.text(w.row, "name")
	w.set("name", name)
	above, level := "", 1
	chain := []int{}
	if p := t.value(w.row, t.parent); p != nil {
		if up := t.find(number(p)); up != nil && up.id() != w.row[0] {
			above, level = t.text(up, "completename")+" > ", t.int(up, "level")+1
			chain = append(chain, up.id())
		}
	}
	full := name
	if uncut := w.text("name"); s.major() < 11 && strings.HasPrefix(uncut, name) {
		full = uncut // the path is put together before the name is cut
	}
	w.set("completename", above+full)
	w.set("level", level)
	licence10 := s.major() < 11 && t.name == "SoftwareLicense"
	if w.adding() && !licence10 {
		w.set("ancestors_cache", ancestorsText(chain))
	}
	if w.old == nil || t.value(w.old, "completename") == above+name || licence10 {
		return // licences of 10 keep their parent's old name in their paths
	}
	for _, child := range t.where(t.parent, w.row.id()) {
		t.replace(w.row)
		below := &write{t: t, old: child, row: slices.Clone(child), below: true}
		s.place(below)
		t.replace(below.row)
	}
}

// rememberAncestors fills the cache of ancestors of an item and of its parent,
// as removing an item does.
func (s *Server) rememberAncestors(t *table, r row) {
	chain := []int{}
	if up := t.find(t.int(r, t.parent)); up != nil && up.id() != r.id() {
		chain = append(chain, up.id())
		parent := slices.Clone(up)
		parent[t.column("ancestors_cache")] = "[]"
		t.replace(parent)
	}
	r[t.column("ancestors_cache")] = ancestorsText(chain)
}

// ancestorsText is the cache of ancestors as GLPI keeps it.
func ancestorsText(ids []int) string {
	if len(ids) == 0 {
		return "[]"
	}
	o := object{}
	for _, id := range ids {
		o = append(o, member{strconv.Itoa(id), id})
	}
	return string(appendJSON(nil, o))
}

// addedMessage is what GLPI says after it added an item. 10 says it encoded and
// without backslashes, 11 escaped as for a page.
func (c *call) addedMessage(w *write) string {
	if w.t.added != nil {
		return w.t.added(c, w.row)
	}
	if w.t.quiet {
		return ""
	}
	name := ""
	if w.t.name == "User" {
		name = c.s.friendlyName(w.row)
	} else if _, ok := w.t.index["name"]; ok {
		name = w.t.text(w.row, "name")
	}
	if name == "" {
		name = w.t.label + " - ID " + strconv.Itoa(w.row.id())
	}
	if c.s.major() >= 11 {
		return "Item successfully added: " + escaper.Replace(name)
	}
	name = strings.ReplaceAll(name, `\`, "")
	if c.decode {
		name = decode(name)
	}
	return "Item successfully added: " + name
}

func (c *call) update(t *table, id int, hasID bool) (answer, error) {
	in, single, err := c.inputs()
	if err != nil {
		return answer{}, err
	}
	if t.name == "Config" && !single && c.s.major() < 11 {
		return c.fatal()
	}
	var outcomes []outcome
	last := ""
	for _, v := range in {
		o, _ := v.(object)
		if _, ok := o.get("id"); !ok && single && hasID && (id > 0 || t.name == "Entity") {
			o = append(slices.Clone(o), member{"id", id})
		}
		out, sql := c.updateOne(t, o)
		if c.s.major() < 11 && out.ok && out.message == "" {
			out.message = last // 10 repeats a database's complaint in the next row
		}
		last = sql
		outcomes = append(outcomes, out)
	}
	return c.settle("UPDATE", outcomes, single, showUpdated)
}

// updateOne changes one item; sql is the database's complaint.
func (c *call) updateOne(t *table, input object) (out outcome, sql string) {
	p := params{input}
	if !p.has("id") {
		return outcome{ok: true, nothing: true}, ""
	}
	id := number(p.text("id"))
	old := t.find(id)
	if old == nil {
		return outcome{id: id, absent: true}, ""
	}
	if !t.can(c.u.rights, update) || !c.mayWrite(t, old) {
		return outcome{id: id, message: noRight}, ""
	}
	w := &write{t: t, input: c.received(input.without("id")), old: old, row: slices.Clone(old)}
	if err := c.fill(w); err != nil {
		if complaint, ok := err.(complaint); ok && strings.Contains(string(complaint), "column") {
			sql = string(complaint)
		}
		return outcome{id: id, message: err.Error()}, sql
	}
	if !w.silent {
		c.storeChange(w)
	}
	return outcome{id: id, ok: true, message: w.message}, ""
}

func (c *call) mayWrite(t *table, r row) bool {
	switch {
	case t.name == "Entity" || t.name == "User":
		return c.visible(t, r)
	case t.placed:
		return c.u.sees(t.int(r, "entities_id"), false)
	}
	return true
}

// storeChange stores a changed row and writes the history.
func (c *call) storeChange(w *write) {
	c.s.place(w)
	changed := false
	for i, col := range w.t.columns {
		if col.kind == integers || w.old[i] == w.row[i] {
			continue
		}
		changed = true
		if opt := w.t.optionOf(col.name); opt != nil && col.name != "date_mod" && col.name != "completename" {
			c.log(w.t.name, w.row.id(), "", 0, opt.id, textOf(w.old[i]), textOf(w.row[i]))
		}
	}
	if i, ok := w.t.index["date_mod"]; ok && changed {
		w.row[i] = c.s.now().Format(stamp)
	}
	w.t.replace(w.row)
	if w.t.after != nil {
		w.t.after(c, w)
	}
	c.s.changed(w.t)
}

// changed renews what the server derives from a type's items.
func (s *Server) changed(t *table) {
	switch t.name {
	case "Entity":
		s.growTree()
	case "Config":
		s.readSettings()
	}
}

func (c *call) delete(t *table, id int, hasID bool) (answer, error) {
	in, single := list{object{{"id", id}}}, true
	if !hasID {
		var err error
		if in, single, err = c.inputs(); err != nil {
			return answer{}, err
		}
	}
	if t.name == "Config" || t.name == "Log" || t.name == "Plugin" {
		return answer{}, unknown("how to delete a " + t.name)
	}
	force := c.is("force_purge") && c.text("force_purge") != "false"
	var outcomes []outcome
	for _, v := range in {
		o, _ := v.(object)
		p := params{o}
		if !p.has("id") {
			continue
		}
		id := number(p.text("id"))
		// A template has no trash, and GLPI purges all that follow it, too.
		force = force || !t.trash || t.isTemplate(t.find(id))
		outcomes = append(outcomes, c.deleteOne(t, id, force))
	}
	return c.settle("DELETE", outcomes, single, showUpdated)
}

func (c *call) deleteOne(t *table, id int, force bool) outcome {
	r := t.find(id)
	if r == nil {
		return outcome{id: id, message: "Item not found"}
	}
	bit := remove
	if force {
		bit = purge
	}
	if !t.can(c.u.rights, bit) || !c.mayWrite(t, r) || force && t.bound != nil && t.bound(c.s, r) {
		return outcome{id: id, message: noRight}
	}
	if force {
		c.s.purge(t, id)
	} else {
		r = slices.Clone(r)
		r[t.column("is_deleted")] = 1
		if t.parent != "" {
			c.s.rememberAncestors(t, r)
		}
		t.replace(r)
		c.log(t.name, id, "0", 13, 0, "", "")
	}
	return outcome{id: id, ok: true, message: ""}
}

// purge removes an item with everything that ties it to others.
func (s *Server) purge(t *table, id int) {
	gone := t.find(id)
	t.drop(id)
	if t.name == "Item_SoftwareLicense" {
		s.countInstallations(t.int(gone, "softwarelicenses_id"))
	}
	s.stopInvitations(t.name, id)
	for _, other := range s.tables {
		if !other.relation {
			continue
		}
		for i, col := range other.columns {
			if col.key != t.name {
				continue
			}
			other.rows = slices.DeleteFunc(slices.Clone(other.rows), func(r row) bool { return r[i] == id })
		}
	}
	s.changed(t)
}

// log writes the history. action is GLPI's number of what was done: 20 added,
// 13 put into the trash, 15 tied to another item, 0 a field changed.
func (c *call) log(typ string, id int, link string, action, option int, before, after string) {
	t := c.s.tables["Log"]
	if typ == t.name {
		return
	}
	r := t.blank()
	for name, v := range map[string]any{
		"itemtype": typ, "items_id": id, "itemtype_link": link, "linked_action": action,
		"user_name": c.s.userName(c.u.user), "date_mod": c.s.now().Format(stamp),
		"id_search_option": option, "old_value": shorten(before), "new_value": shorten(after),
	} {
		r[t.column(name)] = v
	}
	t.insert(r)
}

// shorten cuts text to what a column of the history holds.
func shorten(text string) string {
	if r := []rune(text); len(r) > 255 {
		return string(r[:255])
	}
	return text
}
