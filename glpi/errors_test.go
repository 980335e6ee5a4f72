package glpi

import (
	"strings"
	"testing"

	"glpikeys/keys"
)

func TestDatabaseCause(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text, message string
		cause         keys.Cause
		detail        string
	}{
		{"Password must include at least a symbol!", "Password must include at least a symbol!", "", ""},
		{"Data too long for column 'serial' at row 1", "too long for column serial", keys.TooLong, "serial"},
		{"MySQL query error: Data too long for column 'serial' at row 1 (1406) in SQL query \"UPDATE `t` SET `serial` = 'SECRET'\".",
			"too long for column serial", keys.TooLong, "serial"},
		{"Incorrect datetime value: 'SECRET' for column `g`.`glpi_users`.`begin_date` at row 1",
			"bad datetime for column begin_date", keys.BadDate, "begin_date"},
		{"Incorrect integer value: 'SECRET' for column `g`.`t`.`number` at row 1", "bad integer for column number", keys.Refused, "number"},
		{"Duplicate entry 'SECRET' for key 'unicity'", "duplicate entry for key unicity", keys.Refused, ""},
		{"You have an error in your SQL syntax; check the manual of your MariaDB server near 'SECRET' at line 1", "database error", keys.Refused, ""},
		{"MySQL query error: Cannot add (SECRET) in SQL query \"INSERT INTO `t` VALUES ('SECRET\n')\".", "database error", keys.Refused, ""},
		{"INSERT INTO `t` (`serial`) VALUES ('SECRET')", "database error", keys.Refused, ""},
	} {
		cause, detail, message := databaseCause(tc.text)
		if cause != tc.cause || detail != tc.detail || message != tc.message {
			t.Errorf("%s: %q %q %q", tc.text, cause, detail, message)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"":                       "",
		"<h1>502</h1>\n<p>Bad\n": "502 Bad",
		"<html><style>a{}</style><script>var x = 1 < 2;</script>Hello": "Hello",
		"<script>never closed":                     "",
		strings.Repeat("é", 200):                   strings.Repeat("é", 120) + "…",
		"Fatal: MySQL query SET x = 'SECRET' <br>": "database error",
	} {
		if got := excerpt([]byte(page)); got != want {
			t.Errorf("%q: %q", page, got)
		}
	}
}
