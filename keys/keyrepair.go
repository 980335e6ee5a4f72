package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Repair is one thing that RepairKey did to a pasted text.
type Repair string

// The repairs, in the order in which RepairKey names them.
const (
	RepairTrimmed         Repair = "trimmed"          // spaces and line breaks around the key
	RepairInvisible       Repair = "invisible"        // characters that nobody sees: byte order mark, zero width, no-break space
	RepairSurroundings    Repair = "surroundings"     // text before or after the key: the rest of an e-mail, a command
	RepairLabel           Repair = "label"            // "Registration key:" before it
	RepairQuotes          Repair = "quotes"           // quotes or brackets around it
	RepairMailQuote       Repair = "mail-quote"       // "> " at the beginning of its lines
	RepairQuotedPrintable Repair = "quoted-printable" // "=" at line ends and "=3D", from an e-mail's source
	RepairLines           Repair = "lines"            // line breaks and spaces within it
	RepairURLSafe         Repair = "url-safe"         // "-" and "_" where GLPI Network writes "+" and "/"
	RepairPadding         Repair = "padding"          // the "=" at its end was missing
	RepairSeveral         Repair = "several"          // there are more keys; this is the first
)

var repairOrder = []Repair{
	RepairTrimmed, RepairInvisible, RepairSurroundings, RepairLabel, RepairQuotes, RepairMailQuote,
	RepairQuotedPrintable, RepairLines, RepairURLSafe, RepairPadding, RepairSeveral,
}

// maxSearched is how much text RepairKey looks through for a key; far more
// than any e-mail's text.
const maxSearched = 256 << 10

// RepairKey finds the key in what a person pasted or dropped, and says what it
// did to get at it. A key of the known shape (base64 of a JSON object) is found
// within an e-mail, quoted, wrapped, labelled. Of any other text only what is
// around it goes: spaces, one pair of quotes or brackets, invisible characters.
func RepairKey(text string) (key string, repairs []Repair) {
	plain := dropInvisible(text)
	if plain != text {
		repairs = append(repairs, RepairInvisible)
	}
	if len(plain) <= maxSearched {
		if found, more, ok := findKey(plain); ok {
			return found, inOrder(append(repairs, more...))
		}
		undone := undoQuotedPrintable(plain)
		if undone != plain {
			if found, more, ok := findKey(undone); ok {
				return found, inOrder(append(append(repairs, more...), RepairQuotedPrintable))
			}
		}
	}
	key, more := unwrap(plain)
	return key, inOrder(append(repairs, more...))
}

func inOrder(repairs []Repair) []Repair {
	var out []Repair
	for _, r := range repairOrder {
		if slices.Contains(repairs, r) {
			out = append(out, r)
		}
	}
	return out
}

func dropInvisible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0', r == '\u202f', r == '\u2007':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, text)
}

// invisible tells marks of direction and joining, soft hyphens, byte order
// marks and NUL.
func invisible(r rune) bool { return r == 0 || r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) }

// unwrap takes what may stand around a key of a shape that is not known.
func unwrap(text string) (string, []Repair) {
	var repairs []Repair
	key := strings.TrimSpace(text)
	if key != text {
		repairs = append(repairs, RepairTrimmed)
	}
	inner, ok := unquote(key)
	if list := strings.HasPrefix(key, "[") && json.Valid([]byte(key)); !ok || list {
		return key, repairs
	}
	return strings.TrimSpace(inner), append(repairs, RepairQuotes)
}

var pairs = map[rune]rune{
	'"': '"', '\'': '\'', '`': '`', '«': '»', '»': '«', '“': '”', '„': '“', '‘': '’', '‚': '‘',
	'<': '>', '[': ']', '(': ')',
}

// unquote takes one pair of quotes or brackets off, if neither occurs inside.
func unquote(text string) (string, bool) {
	first, n := utf8.DecodeRuneInString(text)
	last, ok := pairs[first]
	if !ok || len(text) <= n || !strings.HasSuffix(text[n:], string(last)) {
		return text, false
	}
	inner := text[n : len(text)-utf8.RuneLen(last)]
	if strings.ContainsRune(inner, first) || strings.ContainsRune(inner, last) || strings.TrimSpace(inner) == "" {
		return text, false
	}
	return inner, true
}

var quotedPrintable = regexp.MustCompile(`=\r?\n(?:>[> ]*)?|=3[Dd]|=2[BbFf]`)

// undoQuotedPrintable undoes what concerns base64: "=" at line ends, and the
// codes of "=", "+" and "/".
func undoQuotedPrintable(text string) string {
	return quotedPrintable.ReplaceAllStringFunc(text, func(code string) string {
		switch strings.ToUpper(code) {
		case "=3D":
			return "="
		case "=2B":
			return "+"
		case "=2F":
			return "/"
		}
		return ""
	})
}

// findKey looks for base64 of a JSON object, and names what it takes to make
// it one text.
func findKey(text string) (key string, repairs []Repair, ok bool) {
	key, start, end, run := nextKey(text)
	if key == "" {
		return "", nil, false
	}
	repairs = append(run.repairs(end), around(text[:start], text[end:])...)
	if another, _, _, _ := nextKey(text[end:]); another != "" && another != key {
		repairs = append(repairs, RepairSeveral)
	}
	if strings.ContainsAny(text[start:end], "-_") {
		repairs = append(repairs, RepairURLSafe)
	}
	if strings.HasSuffix(key, "=") && text[end-1] != '=' {
		repairs = append(repairs, RepairPadding)
	}
	return key, repairs, true
}

// maxEffort bounds the time that a text made to look like many keys takes: how
// many bytes are looked at as parts of a key. Words such as "eyes" cost little.
const (
	maxEffort  = 30 * maxRun
	perAttempt = 100 // what else an attempt costs
)

// nextKey finds the first key of text and where it stands. Base64 of a JSON
// object begins with "ey" or "ew": "{" and a quote, space or line break.
func nextKey(text string) (key string, start, end int, r run) {
	effort := 0
	for i := 0; i+2 <= len(text) && effort < maxEffort; i++ {
		if text[i] != 'e' || text[i+1] != 'y' && text[i+1] != 'w' || !startsWord(text, i) {
			continue
		}
		r = scanRun(text, i)
		effort += r.words[len(r.words)-1].end - i + perAttempt
		if key, end, ok := r.key(); ok {
			r.quote = r.quote || quotedLine(text[:i])
			return key, i, end, r
		}
	}
	return "", 0, 0, run{}
}

// startsWord reports whether a key can begin at i. A dot before means one of
// the middle parts of a JSON web token, which is another vendor's shape.
func startsWord(text string, i int) bool {
	if i == 0 {
		return true
	}
	before := text[i-1]
	return !isBase64(before) && before != '.'
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
		c == '+' || c == '/' || c == '-' || c == '_'
}

// run is base64 with breaks in it.
type run struct {
	words []word
	quote bool // lines of it begin with ">"
}

// word is a stretch of base64 without a break.
type word struct {
	text  string // with the "=" at its end
	end   int    // where it ends in the whole text
	clean bool   // what follows can follow a key
}

// mailQuote is a line break, and the ">" with which mail programs begin the
// lines that they quote.
var mailQuote = regexp.MustCompile(`^[ \t]*\r?\n[ \t]*(?:>[ \t>]*)?`)

// maxRun is how much text one key may take with all its breaks: GLPI keeps no
// key over 64 KiB.
const maxRun = 80 << 10

func scanRun(text string, i int) run {
	var r run
	for first := i; i < len(text) && i < first+maxRun; {
		start := i
		for i < len(text) && isBase64(text[i]) {
			i++
		}
		if i == start {
			break
		}
		pad := i
		for i < len(text) && text[i] == '=' && i < pad+2 {
			i++
		}
		r.words = append(r.words, word{text[start:i], i, endsWord(text, i)})
		if i > pad {
			break
		}
		if gap := mailQuote.FindString(text[i:]); gap != "" {
			r.quote = r.quote || strings.Contains(gap, ">")
			i += len(gap)
		}
		for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
			i++
		}
	}
	return r
}

func quotedLine(before string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">")
}

// endsWord reports whether a key can end at i: at the end, before a space, a
// quote, a bracket or a mark that ends a sentence.
func endsWord(text string, i int) bool {
	r, n := utf8.DecodeRuneInString(text[i:])
	switch {
	case n == 0, unicode.IsSpace(r), r == '<', r == '\\':
		return true
	case r == '.', r == ',', r == ';':
		next, n := utf8.DecodeRuneInString(text[i+1:])
		return n == 0 || unicode.IsSpace(next)
	}
	return isClosing(r)
}

// key joins the words up to the end of the JSON object that they begin, and
// says where that is in the whole text. What a greeting adds after a key
// without "=" is base64, too, for all one can see.
func (r run) key() (key string, end int, ok bool) {
	var all strings.Builder
	for _, w := range r.words {
		all.WriteString(w.text)
	}
	joined := strings.TrimRight(standard(all.String()), "=")
	data, _ := base64.RawStdEncoding.DecodeString(joined[:len(joined)/4*4])
	if rest := joined[len(joined)/4*4:]; len(rest) > 1 {
		tail, _ := base64.RawStdEncoding.DecodeString(rest)
		data = append(data, tail...)
	}
	var object json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(data))
	if decoder.Decode(&object) != nil || !bytes.HasPrefix(object, []byte("{")) {
		return "", 0, false
	}
	needed := (int(decoder.InputOffset())*8 + 5) / 6 // characters without "="
	length := 0
	for _, w := range r.words {
		length += len(strings.TrimRight(w.text, "="))
		// A line break at the end of the JSON takes some characters more.
		if length > needed+8 {
			break
		}
		if length < needed || !w.clean {
			continue
		}
		if text, sound := strict(joined[:length]); sound {
			key, end, ok = text, w.end, true
		}
	}
	return key, end, ok
}

// standard is base64 in the alphabet of GLPI Network.
func standard(text string) string { return strings.NewReplacer("-", "+", "_", "/").Replace(text) }

// strict is unpadded base64 with its padding, if it is nothing but a JSON
// object.
func strict(unpadded string) (string, bool) {
	data, err := base64.RawStdEncoding.DecodeString(unpadded)
	if err != nil || !isObject(data) {
		return "", false
	}
	return unpadded + strings.Repeat("=", (4-len(unpadded)%4)%4), true
}

func isObject(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && json.Valid(data)
}

// repairs of the run itself, up to where the key ends.
func (r run) repairs(end int) []Repair {
	var out []Repair
	if len(r.words) > 1 && r.words[0].end < end {
		out = append(out, RepairLines)
	}
	if r.quote {
		out = append(out, RepairMailQuote)
	}
	return out
}

var label = regexp.MustCompile(`(?i)(?:^|[\s>*|])(?:` +
	`(?:(?:your|the|glpi|network|plugin|votre|ihr) +)*(?:registration|licen[cs]e|subscription|product|activation)?[ _-]*key|` +
	`cl[ée](?: +d['’ ] ?enregistrement| +de +licence| +d['’ ]activation| +produit)?|` +
	`(?:registrierungs|lizenz|produkt|aktivierungs)?schl[üu]e?ssel|` +
	`clave(?: +de +(?:registro|licencia))?|chave(?: +de +(?:registro|licença))?|` +
	`glpinetwork_registration_key` +
	`)["']?\s*[:=]?\s*$`)

// around names the repairs that taking before and after away amounts to.
func around(before, after string) []Repair {
	var out []Repair
	rest, opened := cutQuotes(strings.TrimRight(before, "> \t\r\n"))
	end, closed := cutClosing(strings.TrimLeftFunc(after, unicode.IsSpace))
	if opened || closed {
		out = append(out, RepairQuotes)
	}
	if i := label.FindStringIndex(rest); i != nil {
		out = append(out, RepairLabel)
		rest = rest[:i[0]]
	}
	if strings.Trim(rest+end, "> \t\r\n*|:=") != "" {
		out = append(out, RepairSurroundings)
	} else if before+after != "" && strings.TrimSpace(before+after) == "" {
		out = append(out, RepairTrimmed)
	}
	return out
}

// cutQuotes takes opening quotes, brackets and marks of bold text off the end
// of before.
func cutQuotes(before string) (rest string, quoted bool) {
	rest = strings.TrimRightFunc(before, func(r rune) bool { return pairs[r] != 0 || r == '*' })
	return rest, strings.TrimRight(before, "*") != rest
}

// cutClosing takes closing quotes and brackets off the beginning of after.
func cutClosing(after string) (rest string, quoted bool) {
	rest = strings.TrimLeftFunc(after, func(r rune) bool { return isClosing(r) || r == '*' })
	return rest, strings.TrimLeft(after, "*") != rest
}

func isClosing(r rune) bool {
	for _, closing := range pairs {
		if r == closing {
			return true
		}
	}
	return false
}
