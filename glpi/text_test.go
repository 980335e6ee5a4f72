package glpi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		"":                                 "",
		"plain":                            "plain",
		"R&#38;D":                          "R&D",
		"a &#60; b":                        "a < b",
		"&#38;amp;":                        "&amp;",
		"&#38;#60;":                        "&#60;",
		"R&D":                              "R&D", // never went through GLPI's encoding
		"A &lt;x&gt;":                      "A <x>",
		"A &lt; R&D":                       "A &lt; R&D",
		"&lt;&#38;":                        "&lt;&",
		"&eacute;":                         "&eacute;",
		"x & y &#60;":                      "x & y &#60;",
		"<b>&#38;</b>":                     "<b>&#38;</b>",
		"&":                                "&",
		"&#38;&":                           "&#38;&",
		"Root entity > Lab &#60;test&#62;": "Root entity > Lab <test>",
	} {
		if got := decode(stored); got != want {
			t.Errorf("decode(%q) = %q, want %q", stored, got, want)
		}
	}
}

func TestTerm(t *testing.T) {
	t.Parallel()
	if got := term(10, "R&D <x>"); got != "R&#38;#38;D &#38;#60;x&#38;#62;" {
		t.Errorf("term of 10: %q", got) // GLPI-REST §6
	}
	if got := term(11, "R&D <x>"); got != "R&D <x>" {
		t.Errorf("term of 11: %q", got)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{awkward, "", "&", "&#38;", "&lt;", `\"`, "\xff", "a > b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := decode(encode(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
		if !utf8.ValidString(s) {
			return
		}
		// The way of a value through GLPI 10's answer.
		data, err := json.Marshal(map[string]any{encode(s): []string{encode(s), s}})
		if err != nil {
			t.Fatal(err)
		}
		// GLPI does not escape < > & as Go does.
		var got map[string][]string
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(data))
		if err := json.Unmarshal(decodeJSON([]byte(plain)), &got); err != nil {
			t.Fatalf("%q: %v", plain, err)
		}
		if strings.Contains(s, `\u`) {
			return // the replacer above is too simple for it
		}
		if values := got[s]; len(values) != 2 || values[0] != s || values[1] != decode(s) {
			t.Errorf("%q came back as %q", s, got)
		}
	})
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(`{"a&#38;":["&#60;\"&#62;\\",1,null]}`))
	f.Add([]byte(`["&#60;`))
	f.Add([]byte(`"\`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after any
		if json.Unmarshal(data, &before) != nil {
			decodeJSON(data) // must not panic
			return
		}
		if err := json.Unmarshal(decodeJSON(data), &after); err != nil {
			t.Errorf("%q became %q: %v", data, decodeJSON(data), err)
		}
	})
}

func FuzzLoose(f *testing.F) {
	for _, s := range []string{`1`, `"7"`, `null`, `true`, `[1,"2",null,["x"]]`, `{}`, `1.5`, `"é"`, `-0`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		var n number
		var s text
		var p rawProfile
		var row changedRow
		_ = json.Unmarshal(data, &s)
		if err := json.Unmarshal(data, &n); err != nil {
			t.Errorf("number of %q: %v", data, err)
		}
		_ = json.Unmarshal(data, &p)
		_ = json.Unmarshal(data, &row)
	})
}
