package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shape is what can be told about a key without asking anybody.
type Shape struct {
	Kind   ShapeKind
	Length int          // of the trimmed text, in bytes
	Fields []ShapeField // what stands in a key that is JSON, in its order; never a signature
	Odd    []Oddity
}

// ShapeKind is how a key is made.
type ShapeKind string

// The kinds of key. All but ShapeNetwork and ShapeNone are other vendors' and
// nothing to complain about.
const (
	ShapeNone     ShapeKind = "none"     // no text
	ShapeNetwork  ShapeKind = "network"  // base64 of a JSON object with a signature: GLPI Network's
	ShapeUnsigned ShapeKind = "unsigned" // base64 of a JSON object without one
	ShapeJSON     ShapeKind = "json"     // a JSON object, not in base64
	ShapeToken    ShapeKind = "token"    // a JSON web token
	ShapePEM      ShapeKind = "pem"      // lines of base64 between BEGIN and END
	ShapeText     ShapeKind = "text"     // any other text
)

// Oddity is something about a key that may be why it does not work.
type Oddity string

// The oddities.
const (
	OddCut       Oddity = "cut"       // begins like a GLPI Network key and breaks off
	OddSpace     Oddity = "space"     // space or line breaks within base64
	OddAround    Oddity = "around"    // space around, which GLPI cuts off
	OddInvisible Oddity = "invisible" // characters that nobody sees
	OddURLSafe   Oddity = "url-safe"  // base64 of the other alphabet
	OddPadding   Oddity = "padding"   // base64 whose "=" are missing or too many
	OddRepairs   Oddity = "wrapped"   // a key with other text around; RepairKey finds it
)

// ShapeField is a top-level field of a key's JSON.
type ShapeField struct{ Name, Value string }

// maxFieldValue is how many characters of a field are shown.
const maxFieldValue = 200

// ReadKey looks at a key as it is.
func ReadKey(key string) Shape {
	text := trim(key)
	s := Shape{Kind: ShapeNone, Length: len(text)}
	if text == "" {
		return s
	}
	if text != key {
		s.Odd = append(s.Odd, OddAround)
	}
	if strings.ContainsFunc(text, invisible) {
		s.Odd = append(s.Odd, OddInvisible)
	}
	s.Kind = ShapeText
	data, odd, isBase64 := decodeKey(text)
	switch {
	case isBase64 && isObject(data):
		s.Odd = append(s.Odd, odd...)
		signed := false
		s.Fields, signed = readFields(data)
		s.Kind = ShapeUnsigned
		if signed {
			s.Kind = ShapeNetwork
		}
	case isObject([]byte(text)):
		s.Kind = ShapeJSON
		s.Fields, _ = readFields([]byte(text))
	case isToken(text):
		s.Kind = ShapeToken
	case strings.HasPrefix(text, "-----BEGIN "):
		s.Kind = ShapePEM
	default:
		s.Odd = append(s.Odd, textOddities(text, data)...)
	}
	return s
}

// decodeKey decodes base64 as PHP does, which overlooks space, padding and,
// here, the alphabet; odd says what there was to overlook.
func decodeKey(text string) (data []byte, odd []Oddity, ok bool) {
	joined := strings.Join(strings.Fields(text), "")
	if joined != text {
		odd = append(odd, OddSpace)
	}
	if strings.ContainsAny(joined, "-_") {
		odd = append(odd, OddURLSafe)
	}
	bare := strings.TrimRight(standard(joined), "=")
	if pad := len(joined) - len(bare); pad != (4-len(bare)%4)%4 {
		odd = append(odd, OddPadding)
	}
	data, err := base64.RawStdEncoding.DecodeString(bare)
	return data, odd, err == nil
}

// textOddities finds GLPI Network's keys in what is not one.
func textOddities(text string, decoded []byte) []Oddity {
	if found, _ := RepairKey(text); found != text && ReadKey(found).Kind == ShapeNetwork {
		return []Oddity{OddRepairs}
	}
	// What base64 decodes before an error tells how the text begins.
	begins := bytes.HasPrefix(bytes.TrimSpace(decoded), []byte("{"))
	if begins && !strings.ContainsFunc(strings.TrimRight(text, "="), func(r rune) bool {
		return r > unicode.MaxASCII || !isBase64(byte(r)) && !unicode.IsSpace(r)
	}) {
		return []Oddity{OddCut}
	}
	return nil
}

func isToken(text string) bool {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return false
	}
	for _, p := range parts[:2] {
		data, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil || !isObject(data) {
			return false
		}
	}
	return true
}

// readFields lists the top-level fields of a JSON object without its
// signature, and whether it has one.
func readFields(object []byte) (fields []ShapeField, signed bool) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	_, _ = decoder.Token() // the opening brace
	for decoder.More() {
		name, err := decoder.Token()
		var value any
		if err != nil || decoder.Decode(&value) != nil {
			break
		}
		if secretField(name.(string)) {
			signed = signed || strings.EqualFold(name.(string), "signature")
			continue
		}
		fields = append(fields, ShapeField{shorten(oneLine(name.(string))), readable(value)})
	}
	return fields, signed
}

// secretField names what is never shown of a key.
func secretField(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"signature", "secret", "password", "token", "private"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func readable(value any) string {
	if text, ok := value.(string); ok {
		return shorten(oneLine(text))
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(withoutSecrets(value))
	return shorten(strings.TrimSpace(out.String()))
}

func withoutSecrets(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if secretField(name) {
				delete(v, name)
				continue
			}
			v[name] = withoutSecrets(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withoutSecrets(inner)
		}
	}
	return value
}

func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxFieldValue {
		return text
	}
	return string([]rune(text)[:maxFieldValue-1]) + "…"
}
