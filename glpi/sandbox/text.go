package sandbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// GLPI 10 keeps <, > and & as entities in its database and hands them out so;
// GLPI 11 keeps and hands out text as it was sent (GLPI-REST §6).
var (
	encoder = strings.NewReplacer("&", "&#38;", "<", "&#60;", ">", "&#62;")
	decoder = strings.NewReplacer("&#38;", "&", "&#60;", "<", "&#62;", ">")
	older   = strings.NewReplacer("&lt;", "<", "&gt;", ">")
	escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")

	entity      = regexp.MustCompile(`(?i)&#?[a-z0-9]+;`)
	knownEntity = regexp.MustCompile(`&#38;|&#60;|&#62;|&lt;|&gt;`)
)

// encoded reports whether GLPI 10 takes s for text that is encoded already.
func encoded(s string) bool {
	if !strings.Contains(s, "&") || strings.ContainsAny(s, "<>") {
		return false
	}
	return knownEntity.MatchString(s) && !strings.Contains(entity.ReplaceAllString(s, ""), "&")
}

// encode is s as GLPI 10 stores it.
func encode(s string) string {
	if !strings.ContainsAny(s, "<>&") || encoded(s) {
		return s
	}
	return encoder.Replace(s)
}

// decode is text of GLPI 10 as it was sent.
func decode(s string) string {
	if !encoded(s) {
		return s
	}
	if strings.Contains(s, "&#38;") || strings.Contains(s, "&#60;") || strings.Contains(s, "&#62;") {
		return decoder.Replace(s)
	}
	return older.Replace(s)
}

// fold maps text to what GLPI's collation (utf8mb4_unicode_ci) compares:
// without case and accents. It covers the letters of European languages.
func fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		r = unicode.ToLower(r)
		if base, ok := bases[r]; ok {
			b.WriteString(base)
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var bases = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe"}
	for base, letters := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįı", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł", "n": "ñńņňŉ", "o": "òóôõöøōŏő",
		"r": "ŕŗř", "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűų", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range letters {
			m[r] = base
		}
	}
	return m
}()

// pattern is a search text as GLPI reads it: ^ and $ anchor, % stands for
// anything, NULL for no value.
type pattern struct {
	null         bool
	blank        bool     // matches no value as well as an empty one
	parts        []string // folded text between the wildcards
	begin, close bool     // anchored
	any          bool     // ^ alone: everything that is not null
}

// readPattern reads a search text. On 10 the text is decoded once, which is why
// a term with < never matches there and &#38;#60; does (GLPI-REST §6).
func readPattern(s string, major int) pattern {
	if major < 11 {
		s = decode(s)
	}
	if s == "NULL" || s == "null" {
		return pattern{null: true}
	}
	switch s = strings.TrimSpace(s); s {
	case "^":
		return pattern{any: true}
	case "", "$", "^$":
		return pattern{begin: true, close: true, parts: []string{""}, blank: major < 11}
	}
	var p pattern
	if rest, ok := strings.CutPrefix(s, "^"); ok {
		p.begin, s = true, strings.TrimLeft(rest, " ")
	}
	if rest, ok := strings.CutSuffix(s, "$"); ok {
		p.close, s = true, strings.TrimRight(rest, " ")
	}
	p.parts = strings.Split(fold(s), "%")
	return p
}

// match reports whether v, as the database compares it, fits.
func (p pattern) match(v any) bool {
	if v == nil {
		return p.null || p.blank
	}
	if p.null {
		return false
	}
	if p.any {
		return true
	}
	s := fold(textOf(v))
	if p.begin && p.close && len(p.parts) == 1 {
		return strings.TrimRight(s, " ") == p.parts[0]
	}
	for i, part := range p.parts {
		at := strings.Index(s, part)
		switch {
		case at < 0, i == 0 && p.begin && at > 0:
			return false
		case i == len(p.parts)-1 && p.close:
			return strings.HasSuffix(s, part)
		}
		s = s[at+len(part):]
	}
	return true
}
