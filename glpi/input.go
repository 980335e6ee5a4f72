package glpi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"glpikeys/keys"
)

// Fields are values to write into an item, by GLPI's column names: texts as a
// person writes them, numbers, booleans, keys.Date, nil for no value, and
// lists and maps of those.
type Fields map[string]any

const (
	maxText    = 255      // characters in a VARCHAR column
	maxComment = 65535    // bytes in a TEXT column
	lastYear   = 2037     // the last full year of a TIMESTAMP column
	pluginType = "Plugin" // class names of plugins begin so
)

// longTexts are TEXT columns of GLPI's own types used here; every other text
// is a VARCHAR(255) (install/mysql/glpi-empty.sql, GLPI 10.0.12 and 11.0.6).
var longTexts = map[string]bool{
	"comment": true, "content": true, "signature": true,
	"command": true, "certificate_request": true, "certificate_item": true,
}

// ready checks fields and gives them the form that GLPI of the given major
// version takes. GLPI 10 cuts what is too long and drops what is no date, both
// silently, and 11 answers with its SQL; neither gets to see such values
// (GLPI-REST §5.2).
func (f Fields) ready(op string, major int, kind string) (map[string]any, error) {
	plain, err := f.plain()
	if err != nil {
		return nil, &keys.Problem{Op: op, Cause: keys.Unexpected, Err: err}
	}
	if major == 10 {
		plain = encodeValue(plain).(map[string]any)
	}
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		value, ok := plain[name].(string)
		if !ok {
			continue
		}
		if tooLongFor(kind, name, value) {
			return nil, &keys.Problem{Op: op, Cause: keys.TooLong, Detail: name, Field: name}
		}
		if isDate(name) && !goodDate(kind, value) {
			return nil, &keys.Problem{Op: op, Cause: keys.BadDate, Detail: name, Field: name}
		}
	}
	return plain, nil
}

// plain turns the values into what JSON has, so that the checks see what GLPI
// will see.
func (f Fields) plain() (map[string]any, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var plain map[string]any
	if err := decoder.Decode(&plain); err != nil {
		return nil, fmt.Errorf("fields: %w", err)
	}
	return plain, nil
}

// tooLongFor measures the stored form: entities count on GLPI 10.
func tooLongFor(kind, column, stored string) bool {
	switch {
	case longTexts[column]:
		return len(stored) > maxComment
	case strings.HasPrefix(kind, pluginType) && column != "name":
		return false // the plugin checks its own columns
	}
	return utf8.RuneCountInString(stored) > maxText
}

func isDate(column string) bool {
	return column == "expire" || strings.HasPrefix(column, "date_") || strings.HasSuffix(column, "_date")
}

// goodDate tells whether GLPI keeps value as it is. Users and plugins keep
// points in time, which end in January 2038; the other types used here keep
// days.
func goodDate(kind, value string) bool {
	if value == "" || value == "NULL" {
		return true
	}
	d, err := keys.ParseDate(value)
	if err != nil || d.Year < 1000 {
		return false
	}
	return d.Year <= lastYear || len(value) <= len("2006-01-02") && kind != "User" && !strings.HasPrefix(kind, pluginType)
}
