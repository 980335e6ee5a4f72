package sandbox

import (
	"net/url"
	"strconv"
	"strings"
)

// params are a call's parameters from the address, the body and the headers,
// as GLPI merges them: a later source overrides an earlier one.
type params struct{ object }

// parseQuery reads an address's query with PHP's brackets:
// criteria[0][field]=8 becomes nested objects.
func parseQuery(query string) object {
	out := object{}
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		k, v = unescape(k), unescape(v)
		name, rest, nested := strings.Cut(k, "[")
		if !nested {
			out = out.set(name, v)
			continue
		}
		keys := strings.Split(strings.TrimSuffix(rest, "]"), "][")
		old, _ := out.get(name)
		out = out.set(name, nest(old, keys, v))
	}
	return out
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// nest puts v under the keys inside of old, as PHP does.
func nest(old any, keys []string, v any) any {
	if len(keys) == 0 {
		return v
	}
	o, _ := old.(object)
	key := keys[0]
	if key == "" { // name[]=value: the next number
		key = strconv.Itoa(len(o))
	}
	inner, _ := o.get(key)
	return o.set(key, nest(inner, keys[1:], v))
}

// values are the entries of a PHP array: a JSON list or an object, or one bare
// value.
func values(v any) list {
	switch v := v.(type) {
	case nil:
		return nil
	case list:
		return v
	case object:
		out := make(list, len(v))
		for i, m := range v {
			out[i] = m.value
		}
		return out
	}
	return list{v}
}

// text is a parameter as PHP turns it into a string; "" when it is missing.
func (p params) text(key string) string {
	v, _ := p.get(key)
	return textOf(v)
}

// is reports whether a parameter is true in PHP's sense.
func (p params) is(key string) bool {
	v, _ := p.get(key)
	return truthy(v)
}

// has reports whether a parameter is there and not null.
func (p params) has(key string) bool {
	v, ok := p.get(key)
	return ok && v != nil
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != "" && v != "0"
	case list:
		return len(v) > 0
	case object:
		return len(v) > 0
	}
	return true
}

// textOf is v as PHP turns it into a string.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return "1"
		}
	case []int:
		parts := make([]string, len(v))
		for i, n := range v {
			parts[i] = strconv.Itoa(n)
		}
		return strings.Join(parts, ",")
	}
	return ""
}

// number is v as PHP's intval gives it.
func number(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case bool:
		if v {
			return 1
		}
	case float64:
		return int(v)
	case string:
		v = strings.TrimSpace(v)
		end := 0
		for end < len(v) && (v[end] >= '0' && v[end] <= '9' || end == 0 && (v[0] == '-' || v[0] == '+')) {
			end++
		}
		n, _ := strconv.Atoi(v[:end])
		return n
	}
	return 0
}

// isDigits reports whether s is a number as GLPI demands it in addresses.
func isDigits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
