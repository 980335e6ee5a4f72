package app

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of GLPI's columns: characters of a line, bytes of a longer text.
const (
	lineLength = 255
	textBytes  = 13000
)

// cleanLine is text as one line, without control characters.
func cleanLine(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text))
}

// keptLength is how many characters GLPI needs for a text: GLPI 10 keeps each
// of & < > as five.
func keptLength(text string) int {
	n := utf8.RuneCountInString(text)
	for _, c := range "&<>" {
		n += 4 * strings.Count(text, string(c))
	}
	return n
}

// readCount reads a whole number from 1 to most.
func readCount(text string, most int) (int, bool) {
	text = strings.Join(strings.Fields(text), "")
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most && text[0] != '+'
}
