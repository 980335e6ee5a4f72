package glpi

import (
	"bytes"
	"html"
	"strings"
)

// GLPI 10 keeps text with three characters as entities and answers it so,
// whatever the call: items, lists, searches, entity paths, messages. There is
// a request header X-GLPI-Sanitized-Content that makes it decode, but only
// items and lists, only values without a raw ">" (every entity path has one),
// and a client cannot tell afterwards what was decoded: a text that reads
// "&#60;" would be decoded twice. So the header is never sent, and every JSON
// string that GLPI 10 answers is decoded here, exactly once
// (src/Toolbox/Sanitizer.php and src/Api/API.php, GLPI 10.0.12).
var (
	encoder = strings.NewReplacer("&", "&#38;", "<", "&#60;", ">", "&#62;")
	decoder = strings.NewReplacer("&#38;", "&", "&#60;", "<", "&#62;", ">")
	// legacy entities stand in rows last written before GLPI 10.
	legacy = strings.NewReplacer("&lt;", "<", "&gt;", ">")
)

// encode is the form in which GLPI 10 keeps a text. Sent so, it is stored as
// it is: GLPI recognises it. A plain text is nearly always stored the same
// way, but "&lt;" on its own would come back as "<".
func encode(text string) string { return encoder.Replace(text) }

// decode is the text that GLPI 10 keeps in the form stored.
func decode(stored string) string {
	switch {
	case !strings.Contains(stored, "&") || !looksEncoded(stored):
		return stored
	case strings.Contains(stored, "&#38;") || strings.Contains(stored, "&#60;") || strings.Contains(stored, "&#62;"):
		return decoder.Replace(stored)
	default:
		return legacy.Replace(stored)
	}
}

// looksEncoded follows GLPI: a text with a raw "<" or a bare "&" never went
// through its encoding. A raw ">" says nothing, as it separates entities.
func looksEncoded(text string) bool {
	if strings.Contains(text, "<") {
		return false
	}
	for {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			return true
		}
		text = text[i+1:]
		name := strings.TrimPrefix(text, "#")
		end := strings.IndexFunc(name, func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
		})
		if end < 1 || name[end] != ';' {
			return false
		}
	}
}

// term is a search term as GLPI has to be sent it. GLPI 10 decodes it once
// and then compares it with encoded columns, so it goes encoded twice
// (GLPI-REST §6).
func term(major int, text string) string {
	if major == 10 {
		return encode(encode(text))
	}
	return text
}

// decodeJSON decodes the strings of a JSON text in place of each other. The
// characters that decoding makes need no escape in JSON, so that no value has
// to be parsed for it.
func decodeJSON(data []byte) []byte {
	if !bytes.ContainsRune(data, '&') {
		return data
	}
	out := make([]byte, 0, len(data))
	for {
		open := bytes.IndexByte(data, '"')
		if open < 0 {
			return append(out, data...)
		}
		end := stringEnd(data[open+1:])
		if end < 0 {
			return append(out, data...)
		}
		end += open + 1
		out = append(out, data[:open+1]...)
		if text := data[open+1 : end]; bytes.IndexByte(text, '&') >= 0 {
			out = append(out, decode(string(text))...)
		} else {
			out = append(out, text...)
		}
		out = append(out, '"')
		data = data[end+1:]
	}
}

// stringEnd is where the quote that ends a JSON string stands, -1 for nowhere.
func stringEnd(data []byte) int {
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// plainMessage is GLPI's message as a person reads it. GLPI 11 escapes it for
// HTML; GLPI 10's has been decoded with the rest of its answer.
func plainMessage(major int, text string) string {
	if major != 10 {
		text = html.UnescapeString(text)
	}
	return strings.TrimSpace(text)
}

// encodeValue encodes every text in a value that goes to GLPI 10.
func encodeValue(v any) any {
	switch v := v.(type) {
	case string:
		return encode(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = encodeValue(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = encodeValue(e)
		}
		return out
	case []string:
		out := make([]string, len(v))
		for i, e := range v {
			out[i] = encode(e)
		}
		return out
	default:
		return v
	}
}
