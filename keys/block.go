package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	blockType  = "GLPI REGISTRATION KEY"
	blockBegin = "-----BEGIN " + blockType + "-----"
	blockEnd   = "-----END " + blockType + "-----"
)

// Limits of GLPI's columns (GLPI-REST §5.1).
const (
	maxComment = 65_535 // bytes
	maxColumn  = 255    // characters
)

// Damage is why an armoured block cannot be trusted.
type Damage struct {
	Kind   DamageKind `json:"kind"`
	Header string     `json:"header,omitempty"` // for DamageHeader: which one
	// Comment is all of the licence's comment, for a person to look at. The text
	// of the key may stand in it, so it is guarded like one.
	Comment KeyText `json:"-"`
}

// DamageKind is the way in which a block is damaged.
type DamageKind string

// The kinds of damage.
const (
	DamageCut     DamageKind = "cut"     // its first or last line is missing, or no longer a line of its own
	DamageSeveral DamageKind = "several" // there is more than one block
	DamageForm    DamageKind = "form"    // the lines between are not headers, an empty line and base64
	DamageHeader  DamageKind = "header"  // a header cannot be read, or stands there twice
	DamageText    DamageKind = "text"    // the text is not the one with the fingerprint
)

// Error names the damage, for logs.
func (d *Damage) Error() string {
	text := "damaged block: " + string(d.Kind)
	if d.Header != "" {
		text += " " + d.Header
	}
	return text
}

// ReadComment takes a licence's comment apart: what people wrote around the
// armoured block, with plain line breaks and the two parts joined by an empty
// line, and the block. A comment without a block gives a zero Block.
//
// When the block is damaged, damage says why and holds the whole comment; notes
// and Block are empty, because nobody knows where the text of the key ends.
func ReadComment(comment string) (notes string, b Block, damage *Damage) {
	start, end, damage := findBlock(comment)
	if damage == nil && start < end {
		var p *pem.Block
		if p, damage = decodeBlock(comment[start:end]); damage == nil {
			b, damage = readBlock(p)
		}
	}
	if damage != nil {
		damage.Comment = NewKeyText(comment)
		return "", Block{}, damage
	}
	return joinNotes(comment[:start], comment[end:]), b, nil
}

// WriteComment puts b into a licence's comment, as it was just read from GLPI:
// in the place of its block, or at the end when there is none. All around the
// block stays byte for byte as it was, and so do headers of the block that
// this program does not know.
//
// A block without Text whose fingerprint stands there already keeps the text
// that is there, so that what was read without its text (lists) can be written.
//
// It refuses, with a *Problem: BlockDamaged, BlockForeign (another Record
// stands there), KeyMismatch (Text is not that of Fingerprint, or is missing),
// CommentTooLong (over the 65,535 bytes that GLPI keeps, counted as GLPI 10
// stores them; Detail is the count).
func WriteComment(comment string, b Block) (string, error) {
	refuse := func(cause Cause, err error) (string, error) {
		return "", &Problem{Op: "write key record", Cause: cause, Field: "comment", Err: err}
	}
	_, old, damage := ReadComment(comment)
	if damage != nil {
		return refuse(BlockDamaged, damage)
	}
	if old.Record != "" && old.Record != b.Record {
		return refuse(BlockForeign, nil)
	}
	if b.Kept == PlaceGLPI && b.Text.Empty() && b.Fingerprint == old.Fingerprint {
		b.Text = old.Text
	}
	if err := b.settleText(); err != nil {
		return refuse(KeyMismatch, err)
	}
	start, end, _ := findBlock(comment)
	armoured, err := b.encode(unknownHeaders(comment[start:end]))
	if err != nil {
		return refuse(Unexpected, err)
	}
	if start == end {
		return checkComment(appendBlock(comment, armoured))
	}
	return checkComment(comment[:start] + armoured + comment[end:])
}

// WriteNotes puts notes into a licence's comment in the place of what people
// wrote around the block, which itself stays byte for byte. Notes that are
// those of ReadComment change nothing. It refuses as WriteComment does.
func WriteNotes(comment, notes string) (string, error) {
	before, _, damage := ReadComment(comment)
	if damage != nil {
		return "", &Problem{Op: "write notes of key record", Cause: BlockDamaged, Field: "comment", Err: damage}
	}
	if plainBreaks(notes) == before {
		return comment, nil
	}
	if found, _, _ := findMarks(notes); found > 0 {
		return "", &Problem{Op: "write notes of key record", Cause: BlockForeign, Field: KeyFieldNotes}
	}
	start, end, _ := findBlock(comment)
	if start == end {
		return checkComment(notes)
	}
	return checkComment(appendBlock(strings.TrimRight(notes, "\r\n"), comment[start:end]))
}

// WithoutBlock is a text that may hold a block, or a part of one as GLPI's
// history keeps it, with "…" in its place: the text of the key is in it.
func WithoutBlock(text string) string {
	marks := looseMark.FindAllStringSubmatchIndex(text, -1)
	if len(marks) == 0 {
		return text
	}
	isBegin := func(m []int) bool { return strings.EqualFold(text[m[2]:m[3]], "BEGIN") }
	before, after := text[:marks[0][0]], text[marks[len(marks)-1][1]:]
	if !isBegin(marks[0]) {
		before = ""
	}
	if isBegin(marks[len(marks)-1]) {
		after = ""
	}
	return joinNotes(joinNotes(before, "…"), after)
}

// settleText makes Text, Fingerprint and Kept agree, or says why they do not.
func (b *Block) settleText() error {
	if b.Kept != PlaceGLPI || trim(b.Text.Reveal()) == "" {
		b.Text = KeyText{}
	}
	if b.Kept != PlaceGLPI {
		return nil
	}
	if b.Text.Empty() {
		if b.Fingerprint != "" {
			return fmt.Errorf("no text to keep in GLPI")
		}
		return nil
	}
	switch own := Fingerprint(b.Text.Reveal()); b.Fingerprint {
	case own:
	case "":
		b.Fingerprint = own
	default:
		return fmt.Errorf("the text has another fingerprint")
	}
	return nil
}

// looseMark also finds first and last lines that somebody changed, or that
// break off at the end of the text, so that what is left of a block is called
// damaged and not taken for notes.
var looseMark = regexp.MustCompile(`(?i)-{2,} *(BEGIN|END) +GLPI(?: +REGISTRATION +KEY\b[^\r\n]*|[ A-Z]*\z)`)

// findMarks counts what looks like a first or last line of a block, and says
// where the first begins and the second ends.
func findMarks(comment string) (found, start, end int) {
	marks := looseMark.FindAllStringIndex(comment, 3)
	if len(marks) > 1 {
		start, end = marks[0][0], marks[1][0]+len(blockEnd)
	}
	return len(marks), start, end
}

// findBlock is the part of comment that is its block; start and end are equal,
// the length of comment, when there is none.
func findBlock(comment string) (start, end int, damage *Damage) {
	found, start, end := findMarks(comment)
	switch {
	case found == 0:
		return len(comment), len(comment), nil
	case found == 1:
		return 0, 0, &Damage{Kind: DamageCut}
	case found > 2:
		return 0, 0, &Damage{Kind: DamageSeveral}
	}
	sound := end <= len(comment) &&
		ownLine(comment, start, blockBegin) && ownLine(comment, end-len(blockEnd), blockEnd)
	if !sound {
		return 0, 0, &Damage{Kind: DamageCut}
	}
	return start, end, nil
}

// ownLine reports whether mark stands at i and is all of its line, but for
// space after it.
func ownLine(comment string, i int, mark string) bool {
	if !strings.HasPrefix(comment[i:], mark) || i > 0 && comment[i-1] != '\n' {
		return false
	}
	line, _, _ := strings.Cut(comment[i+len(mark):], "\n")
	return strings.Trim(line, " \t\r") == ""
}

func decodeBlock(armoured string) (*pem.Block, *Damage) {
	p, rest := pem.Decode([]byte(armoured))
	if p == nil || p.Type != blockType || len(bytes.TrimSpace(rest)) > 0 {
		return nil, &Damage{Kind: DamageForm}
	}
	// pem keeps the last of several headers of one name.
	seen := map[string]bool{}
	for line := range strings.Lines(strings.TrimPrefix(plainBreaks(armoured), blockBegin+"\n")) {
		name, _, ok := strings.Cut(line, ":")
		if !ok {
			break
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if seen[name] {
			return nil, &Damage{Kind: DamageHeader, Header: name}
		}
		seen[name] = true
	}
	return p, nil
}

// readBlock fills a Block from the headers and the body of p.
func readBlock(p *pem.Block) (Block, *Damage) {
	values := map[string]string{}
	for name, value := range p.Headers {
		values[strings.ToLower(name)] = oneLine(value)
	}
	var b Block
	for _, h := range headers {
		if err := h.read(&b, values[strings.ToLower(h.name)]); err != nil && values[strings.ToLower(h.name)] != "" {
			return Block{}, &Damage{Kind: DamageHeader, Header: h.name}
		}
	}
	if len(p.Bytes) == 0 {
		return b, nil
	}
	// The body is the key's own base64 decoded, or else its raw text; only one
	// of them can have the fingerprint.
	for _, text := range []string{base64.StdEncoding.EncodeToString(p.Bytes), string(p.Bytes)} {
		if Fingerprint(text) == b.Fingerprint {
			b.Text = NewKeyText(text)
			return b, nil
		}
	}
	return Block{}, &Damage{Kind: DamageText}
}

func (b *Block) encode(others map[string]string) (string, error) {
	p := &pem.Block{Type: blockType, Headers: others, Bytes: body(b.Text.Reveal())}
	for _, h := range headers {
		// A value that looks like the end of the block would be read as one.
		value := looseMark.ReplaceAllStringFunc(oneLine(h.write(b)), func(mark string) string {
			return strings.ReplaceAll(mark, "-", " ")
		})
		if value = strings.TrimSpace(value); value != "" {
			p.Headers[h.name] = value
		}
	}
	var out bytes.Buffer
	if err := pem.Encode(&out, p); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func body(text string) []byte {
	if data, err := base64.StdEncoding.DecodeString(text); err == nil && base64.StdEncoding.EncodeToString(data) == text {
		return data
	}
	return []byte(text)
}

// unknownHeaders are those that a newer program put into a block.
func unknownHeaders(armoured string) map[string]string {
	others := map[string]string{}
	if p, _ := pem.Decode([]byte(armoured)); p != nil {
		maps.Copy(others, p.Headers)
	}
	maps.DeleteFunc(others, func(name, _ string) bool {
		return slices.ContainsFunc(headers, func(h header) bool { return strings.EqualFold(h.name, name) })
	})
	return others
}

// oneLine is text as a header can hold it: valid UTF-8, control characters and
// line breaks turned into spaces, no space around.
func oneLine(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

func plainBreaks(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// joinNotes is what stands before and after a block, as one text.
func joinNotes(before, after string) string {
	before, after = strings.TrimRight(plainBreaks(before), "\n"), strings.TrimLeft(plainBreaks(after), " \t\n")
	if before == "" || after == "" {
		return before + after
	}
	return before + "\n\n" + after
}

// appendBlock is notes with the block below, an empty line between.
func appendBlock(notes, armoured string) string {
	switch {
	case notes == "":
		return armoured + "\n"
	case strings.HasSuffix(notes, "\n\n"), strings.HasSuffix(notes, "\n\r\n"):
		return notes + armoured + "\n"
	case strings.HasSuffix(notes, "\n"):
		return notes + "\n" + armoured + "\n"
	default:
		return notes + "\n\n" + armoured + "\n"
	}
}

func checkComment(comment string) (string, error) {
	if n := storedLength(comment, func(s string) int { return len(s) }); n > maxComment {
		return "", &Problem{Op: "write key record", Cause: CommentTooLong, Field: "comment", Detail: strconv.Itoa(n)}
	}
	return comment, nil
}

// storedLength is how much of a column text takes on GLPI 10, which stores
// "<", ">" and "&" as "&#60;", "&#62;" and "&#38;" (GLPI-REST §6). GLPI 11
// stores them as they are; the longer count holds for both, so that a database
// can move from one to the other. GLPI's form ends lines with two bytes.
func storedLength(text string, measure func(string) int) int {
	n := measure(text)
	for _, c := range []byte(text) {
		if c == '<' || c == '>' || c == '&' {
			n += 4
		}
	}
	return n + strings.Count(text, "\n") - strings.Count(text, "\r\n")
}
