package keys

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// KeyText is the text of a registration key: a secret. However it is printed,
// logged or encoded, alone or deep within other values, it shows as
// "[redacted]" or not at all; Reveal is the one way to the text. The zero
// KeyText is no text. KeyTexts can be compared with ==.
type KeyText struct {
	// A handle and not a string, because fmt prints the strings of unexported
	// fields without asking their methods.
	handle unique.Handle[string]
}

// NewKeyText guards text, byte for byte.
func NewKeyText(text string) KeyText {
	if text == "" {
		return KeyText{}
	}
	return KeyText{unique.Make(text)}
}

// Reveal is the text itself.
func (k KeyText) Reveal() string {
	if k.Empty() {
		return ""
	}
	return k.handle.Value()
}

// Empty reports whether there is no text.
func (k KeyText) Empty() bool { return k == KeyText{} }

// Equal reports whether both are the same text.
func (k KeyText) Equal(other KeyText) bool { return k == other }

func (k KeyText) shown() string {
	if k.Empty() {
		return ""
	}
	return redacted
}

// String hides the text.
func (k KeyText) String() string { return k.shown() }

// Format hides the text from every verb of fmt, known or not.
func (k KeyText) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.shown()) }

// LogValue hides the text from log/slog.
func (k KeyText) LogValue() slog.Value { return slog.StringValue(k.shown()) }

// MarshalText hides the text from JSON and its like.
func (k KeyText) MarshalText() ([]byte, error) { return []byte(k.shown()), nil }

// UnmarshalText refuses, so that "[redacted]" is never taken for a key.
func (k *KeyText) UnmarshalText([]byte) error {
	return errors.New("the text of a key is never written")
}
