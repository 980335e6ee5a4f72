package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Fingerprint is the SHA-256 of the key text as GLPI saves it, without the
// white space around: 64 hex digits. "" for an empty text.
func Fingerprint(key string) string {
	key = trim(key)
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// ShortFingerprint is how a fingerprint is shown: "a91f 03c2". "" for what is
// no fingerprint.
func ShortFingerprint(fingerprint string) string {
	if !isFingerprint(fingerprint) {
		return ""
	}
	return fingerprint[:4] + " " + fingerprint[4:8]
}

func isFingerprint(text string) bool {
	return len(text) == 2*sha256.Size && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f')
	})
}

// trim cuts what GLPI cuts when it saves a key (PHP's trim).
func trim(text string) string { return strings.Trim(text, " \t\n\r\x00\x0b") }
