package keys

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Serial is what a licence's serial column holds for b: the text of the key
// where it is kept in GLPI and fits, else its fingerprint. GLPI 10 cuts what
// is longer than 255 characters without a word, and counts "<", ">" and "&" as
// five (GLPI-REST §5.2, §6). b has to have its Text: that of a list has none.
func (b *Block) Serial() string {
	text := b.Text.Reveal()
	fits := text != "" && b.Kept == PlaceGLPI &&
		utf8.ValidString(text) && storedLength(text, utf8.RuneCountInString) <= maxColumn &&
		!strings.ContainsFunc(text, unicode.IsControl)
	if fits {
		return text
	}
	return b.Fingerprint
}

// SerialFingerprint is the fingerprint that a licence's serial column speaks
// for: the column is a fingerprint, or else is taken for the text of a key. It
// serves licences without a block, and tells when somebody changed the serial
// by hand. "" for an empty serial.
func SerialFingerprint(serial string) string {
	serial = trim(serial)
	switch {
	case serial == "":
		return ""
	case isFingerprint(strings.ToLower(serial)):
		return strings.ToLower(serial)
	default:
		return Fingerprint(serial)
	}
}
