package glpi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// GLPI writes the same value as a number here and as a string there, as a
// scalar or, where a search column has several values, as an array
// (GLPI-REST §3, §5.7). These types read all of its forms.

// number is a JSON number, a string of digits, a boolean or null.
type number int

// UnmarshalJSON never fails on what GLPI writes; anything else is 0.
func (n *number) UnmarshalJSON(data []byte) error {
	data = bytes.Trim(data, `"`)
	switch string(data) {
	case "true":
		*n = 1
		return nil
	}
	i, err := strconv.Atoi(string(data))
	if err != nil {
		if f, ferr := strconv.ParseFloat(string(data), 64); ferr == nil {
			i = int(f)
		}
	}
	*n = number(i)
	return nil
}

// text is a JSON string, a number, null, or an array of those joined by ", ".
type text string

// UnmarshalJSON reads all the forms.
func (t *text) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		return json.Unmarshal(data, (*string)(t))
	case '[':
		var all []text
		if err := json.Unmarshal(data, &all); err != nil {
			return err
		}
		parts := make([]string, len(all))
		for i, p := range all {
			parts[i] = string(p)
		}
		*t = text(strings.Join(parts, ", "))
	case 'n', '{':
		*t = ""
	default:
		*t = text(data)
	}
	return nil
}
