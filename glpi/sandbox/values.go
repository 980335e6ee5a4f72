package sandbox

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	dateStart = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}`)
	someClock = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{1,2}`)
)

// accepts is GLPI's check of a form's value by the type of its search option:
// what fails is dropped with a message, not refused (GLPI-REST §5.2).
func (o *option) accepts(v any) bool {
	s := textOf(v)
	if v == nil || s == "" || s == "NULL" {
		return true
	}
	switch o.datatype {
	case "date":
		return dateStart.MatchString(s)
	case "datetime":
		return someClock.MatchString(s)
	case "bool":
		return s == "0" || s == "1"
	}
	return true
}

// clean is what GLPI's form makes of a value before the database sees it: of a
// number only its digits; 10 cuts names and other lines.
func (o *option) clean(v any, major int) any {
	s := textOf(v)
	switch {
	case v == nil || s == "" || s == "NULL":
	case o.datatype == "number" || o.datatype == "count" || o.datatype == "integer":
		return number(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '-' {
				return r
			}
			return -1
		}, s))
	case major < 11 && (o.datatype == "string" || o.datatype == "itemlink" || o.datatype == "email"):
		if r := []rune(s); len(r) > 255 {
			return string(r[:255])
		}
	}
	return v
}

// coerce turns an input value into what the column stores; problem is the
// database's complaint.
func coerce(col column, v any) (stored any, problem string) {
	if b, ok := v.(bool); ok {
		v = 0
		if b {
			v = 1
		}
	}
	if v == nil || textOf(v) == "NULL" {
		if col.nullable || col.kind == date || col.kind == datetime {
			return nil, ""
		}
		return col.zero(), ""
	}
	switch col.kind {
	case integer:
		return integerOf(v)
	case float:
		f, err := strconv.ParseFloat(textOf(v), 64)
		if err != nil {
			return nil, "Incorrect double value: '" + textOf(v) + "'"
		}
		return f, ""
	case decimal:
		f, err := strconv.ParseFloat(textOf(v), 64)
		if err != nil && textOf(v) != "" {
			return nil, "Incorrect decimal value: '" + textOf(v) + "'"
		}
		return strconv.FormatFloat(f, 'f', col.size, 64), ""
	case date, datetime:
		return timeOf(col, textOf(v))
	case integers:
		out := []int{}
		for _, e := range values(v) {
			if n := number(e); n > 0 {
				out = append(out, n)
			}
		}
		return out, ""
	case clock:
		return textOf(v), ""
	}
	return textFor(col, textOf(v))
}

func integerOf(v any) (any, string) {
	switch v := v.(type) {
	case int:
		return v, ""
	case float64:
		return int(v), ""
	}
	text := strings.TrimSpace(textOf(v))
	n, err := strconv.Atoi(text)
	if err != nil && text != "" {
		return nil, "Incorrect integer value: '" + text + "'"
	}
	return n, ""
}

// lastStamp is when the database's TIMESTAMP columns end.
const lastStamp = "2038-01-19 03:14:07"

func timeOf(col column, text string) (any, string) {
	if text == "" {
		return nil, ""
	}
	forms := []string{stamp, "2006-01-02 15:04", "2006-1-2"}
	form, name := stamp, "datetime"
	if col.kind == date {
		form, name = day, "date"
	}
	for _, f := range forms {
		t, err := time.Parse(f, text)
		if err != nil {
			continue
		}
		if out := t.Format(form); col.kind == date || out <= lastStamp {
			return out, ""
		}
	}
	return nil, "Incorrect " + name + " value: '" + text + "'"
}

// textFor refuses a text that is too long: a varchar counts characters, a
// longer column bytes.
func textFor(col column, text string) (any, string) {
	length := len(text)
	if col.size <= 1024 {
		length = utf8.RuneCountInString(text)
	}
	if length > col.size {
		return nil, "Data too long"
	}
	return text, ""
}

// sqlProblem is the database's complaint as GLPI hands it out: 11 with the
// whole statement and the values in it.
func (s *Server) sqlProblem(w *write, col column, problem string) string {
	code := "1292"
	where := " for column `glpi" + strconv.Itoa(s.major()) + "`.`" + w.t.table + "`.`" + col.name + "` at row 1"
	switch {
	case problem == "Data too long":
		code, where = "1406", " for column '"+col.name+"' at row 1"
	case strings.HasPrefix(problem, "Incorrect integer"):
		code = "1366"
	}
	if s.major() < 11 {
		return problem + where
	}
	return "MySQL query error: " + problem + where + " (" + code + ") in SQL query \"" + w.statement() + "\"."
}

// statement is the SQL that a write would have been.
func (w *write) statement() string {
	var names, vals, sets []string
	for _, m := range w.input {
		if _, ok := w.t.index[m.key]; ok {
			names = append(names, "`"+m.key+"`")
			vals = append(vals, "'"+textOf(m.value)+"'")
			sets = append(sets, "`"+m.key+"` = '"+textOf(m.value)+"'")
		}
	}
	if w.adding() {
		return "INSERT INTO `" + w.t.table + "` (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(vals, ", ") + ")"
	}
	return "UPDATE `" + w.t.table + "` SET " + strings.Join(sets, ", ") + " WHERE `id` = '" + strconv.Itoa(w.old.id()) + "'"
}
