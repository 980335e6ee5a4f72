package keys

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// networkKey is a key of GLPI Network's shape whose text has n characters.
func networkKey(n int) string {
	object := `{"name":"Example SA","offer":"standard","users":50,"signature":"` // binary, in base64
	fill := n/4*3 - len(object) - 2
	for i := range max(fill, 1) {
		object += string("q+/Zx9Kd"[i%8])
	}
	return base64.StdEncoding.EncodeToString([]byte(object + `"}`))
}

func wrap(text string, width int, lineBreak string) string {
	var lines []string
	for len(text) > width {
		lines, text = append(lines, text[:width]), text[width:]
	}
	return strings.Join(append(lines, text), lineBreak)
}

func TestRepairKey(t *testing.T) {
	t.Parallel()
	key := networkKey(564)
	// One with "+", "/" and "=" in it.
	odd := base64.StdEncoding.EncodeToString([]byte(`{"a":"~~~???>>>","signature":"ÿþ¿"}  `))
	if !strings.Contains(odd, "+") || !strings.Contains(odd, "/") || !strings.HasSuffix(odd, "=") {
		t.Fatal("a poor example:", odd)
	}
	spaced := base64.StdEncoding.EncodeToString([]byte("{ \"signature\": \"x\" }\n"))
	qp := func(s string) string {
		return wrap(strings.ReplaceAll(s, "=", "=3D"), 75, "=\r\n")
	}
	for _, tc := range []struct {
		name, in, want string
		repairs        []Repair
	}{
		{"sound", key, key, nil},
		{"below many words that begin alike", strings.Repeat("Eyes, eyebrows, ewers. ew! ey! ", 50) + "\n" + key, key, []Repair{RepairSurroundings}},
		{"with padding", odd, odd, nil},
		{"long", networkKey(4000), networkKey(4000), nil},
		{"spaces around", "  " + key + "\r\n", key, []Repair{RepairTrimmed}},
		{"byte order mark", "\ufeff" + key, key, []Repair{RepairInvisible}},
		{"zero width inside", key[:100] + "\u200b" + key[100:], key, []Repair{RepairInvisible}},
		{"no-break space after", key + "\u00a0", key, []Repair{RepairTrimmed, RepairInvisible}},
		{"wrapped", wrap(key, 64, "\n"), key, []Repair{RepairLines}},
		{"wrapped, Windows, indented", wrap(key, 64, "\r\n    "), key, []Repair{RepairLines}},
		{"groups of four", wrap(odd, 4, " "), odd, []Repair{RepairLines}},
		{"double quotes", `"` + key + `"`, key, []Repair{RepairQuotes}},
		{"French quotes", "« " + key + " »", key, []Repair{RepairQuotes}},
		{"brackets", "<" + key + ">", key, []Repair{RepairQuotes}},
		{"label", "Registration key: " + key, key, []Repair{RepairLabel}},
		{"label above", "Your registration key:\n\n" + key + "\n", key, []Repair{RepairLabel}},
		{"French label", "Clé d’enregistrement : " + key, key, []Repair{RepairLabel}},
		{"German label, quotes", "Registrierungsschlüssel: „" + key + "“", key, []Repair{RepairLabel, RepairQuotes}},
		{"bold label", "**License key:** " + key, key, []Repair{RepairLabel}},
		{"mail quoted", "> " + wrap(key, 70, "\n> "), key, []Repair{RepairMailQuote, RepairLines}},
		{"mail quoted twice", ">> " + wrap(odd, 20, "\r\n>> "), odd, []Repair{RepairMailQuote, RepairLines}},
		{"quoted-printable", qp(odd), odd, []Repair{RepairQuotedPrintable}},
		{"quoted-printable, long", "Hello,=20\r\n" + qp(key) + "\r\n--=20\r\nBob", key, []Repair{RepairSurroundings, RepairQuotedPrintable}},
		{"e-mail", "Dear customer,\n\nplease find your key below.\n\nRegistration key:\n" + wrap(key, 76, "\n") + "\n\nBest regards\nThe team\n",
			key, []Repair{RepairSurroundings, RepairLabel, RepairLines}},
		{"greeting without stop, key without padding", key + "\nRegards\nBob", key, []Repair{RepairSurroundings}},
		{"command", `php bin/console glpi:config:set glpinetwork_registration_key "` + key + `"`, key,
			[]Repair{RepairSurroundings, RepairLabel, RepairQuotes}},
		{"sentence", "The key is " + odd + ". Keep it.", odd, []Repair{RepairSurroundings}},
		{"URL-safe", base64.URLEncoding.EncodeToString([]byte(`{"a":"~~~???>>>","signature":"ÿþ¿"}  `)), odd, []Repair{RepairURLSafe}},
		{"padding lost", strings.TrimRight(odd, "="), odd, []Repair{RepairPadding}},
		{"JSON with line break", spaced, spaced, nil},
		{"JSON with line break, wrapped in its last word", spaced[:len(spaced)-2] + "\n" + spaced[len(spaced)-2:], spaced, []Repair{RepairLines}},
		{"two keys", key + "\n\n" + odd, key, []Repair{RepairSurroundings, RepairSeveral}},
		{"the same twice", key + "\n\n" + key, key, []Repair{RepairSurroundings}},

		// Keys of other vendors.
		{"empty", "", "", nil},
		{"spaces only", " \n ", "", []Repair{RepairTrimmed}},
		{"groups", "ABCD-EFGH-IJKL", "ABCD-EFGH-IJKL", nil},
		{"groups quoted", " 'ABCD-EFGH' ", "ABCD-EFGH", []Repair{RepairTrimmed, RepairQuotes}},
		{"label stays", "Key: ABCD EFGH", "Key: ABCD EFGH", nil},
		{"lines stay", "line one\n> line two=\n", "line one\n> line two=", []Repair{RepairTrimmed}},
		{"zero width", "AB\u200dCD", "ABCD", []Repair{RepairInvisible}},
		{"quotes inside", `"a" and "b"`, `"a" and "b"`, nil},
		{"JSON", `{"key":"x"}`, `{"key":"x"}`, nil},
		{"JSON list", `["a",["b"]]`, `["a",["b"]]`, nil},
		{"JSON web token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", nil},
		{"wrapped base64 of no JSON", "QUJD\nREVG", "QUJD\nREVG", nil},
		{"cut off", key[:200], key[:200], nil},
		{"cut off in lines", key[:60] + "\n" + key[60:200], key[:60] + "\n" + key[60:200], nil},
	} {
		got, repairs := RepairKey(tc.in)
		if got != tc.want {
			t.Errorf("%s: got %.90q\nwant %.90q", tc.name, got, tc.want)
		}
		if diff := cmp.Diff(inOrder(tc.repairs), repairs); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

func TestReadKey(t *testing.T) {
	t.Parallel()
	key := networkKey(564)
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, tc := range []struct {
		name, key string
		kind      ShapeKind
		odd       []Oddity
	}{
		{"none", " ", ShapeNone, nil},
		{"GLPI Network", key, ShapeNetwork, nil},
		{"white space around", key + "\n", ShapeNetwork, []Oddity{OddAround}},
		{"white space within", wrap(key, 64, "\n"), ShapeNetwork, []Oddity{OddSpace}},
		{"URL-safe", base64.URLEncoding.EncodeToString([]byte(`{"signature":"~~~???"}`)), ShapeNetwork, []Oddity{OddURLSafe}},
		{"no padding", strings.TrimRight(encode(`{"signature":"xy"}  `), "="), ShapeNetwork, []Oddity{OddPadding}},
		{"cut off", key[:300], ShapeText, []Oddity{OddCut}},
		{"in an e-mail", "Hello\n" + key + "\nBob", ShapeText, []Oddity{OddRepairs}},
		{"zero width", key[:9] + "\u200b" + key[9:], ShapeText, []Oddity{OddInvisible, OddRepairs}},
		{"no signature", encode(`{"name":"x"}`), ShapeUnsigned, nil},
		{"plain JSON", `{"name":"x"}`, ShapeJSON, nil},
		{"token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", ShapeToken, nil},
		{"PEM", "-----BEGIN LICENSE-----\nQUJD\n-----END LICENSE-----", ShapePEM, nil},
		{"groups", "ABCD-EFGH-1234", ShapeText, nil},
		{"base64 of no JSON", "QUJDREVG", ShapeText, nil},
	} {
		got := ReadKey(tc.key)
		if got.Kind != tc.kind {
			t.Errorf("%s: %s, want %s", tc.name, got.Kind, tc.kind)
		}
		if diff := cmp.Diff(tc.odd, got.Odd); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}

	got := ReadKey(encode(`{"owner":{"name":"Ünï","signature":"hunter2"},"users":50,"note":"a\nb","Signature":"hunter2","long":"` +
		strings.Repeat("é", 300) + `","api_token":"hunter2"}`))
	want := []ShapeField{
		{"owner", `{"name":"Ünï"}`}, {"users", "50"}, {"note", "a b"}, {"long", strings.Repeat("é", 199) + "…"},
	}
	if diff := cmp.Diff(want, got.Fields); diff != "" {
		t.Error(diff)
	}
	if got.Kind != ShapeNetwork {
		t.Error(got.Kind)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	// printf abc | sha256sum
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	for _, key := range []string{"abc", " abc\r\n", "\tabc\x0b\x00"} {
		if got := Fingerprint(key); got != abc {
			t.Errorf("%q: %s", key, got)
		}
	}
	// GLPI does not cut a no-break space.
	if Fingerprint("abc\u00a0") == abc || Fingerprint(" ") != "" {
		t.Error("not trimmed as GLPI trims")
	}
	if got := ShortFingerprint(abc); got != "ba78 16bf" {
		t.Error(got)
	}
	if ShortFingerprint("") != "" || ShortFingerprint(strings.ToUpper(abc)) != "" {
		t.Error("what is no fingerprint has a short form")
	}
}

func ExampleRepairKey() {
	key, repairs := RepairKey("Hello,\n\nRegistration key:\n> eyJuYW1lIjoiRXhhbXBsZSBTQSIsInNp\n> Z25hdHVyZSI6ImFiYyJ9\n\nRegards\n")
	fmt.Println(key)
	fmt.Println(repairs)
	shape := ReadKey(key)
	fmt.Println(shape.Kind, shape.Fields)
	// Output:
	// eyJuYW1lIjoiRXhhbXBsZSBTQSIsInNpZ25hdHVyZSI6ImFiYyJ9
	// [surroundings label mail-quote lines]
	// network [{name Example SA}]
}

func FuzzRepairKey(f *testing.F) {
	key := networkKey(160)
	for _, s := range []string{
		"", key, "> " + wrap(key, 30, "\n> "), "Key: \"" + key + "\".", strings.ReplaceAll(key, "=", "=3D"), "«x»", "eyB9 eyB9",
		"\ufeff'A'", "[1]", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "=\n=\n", "((x))",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, _ := RepairKey(text)
		shape := ReadKey(key)
		if shape.Kind == ShapeNetwork || shape.Kind == ShapeUnsigned {
			// What was found needs no repair.
			if again, repairs := RepairKey(key); again != key || len(repairs) > 0 {
				t.Errorf("%q became %q, then %q by %v", text, key, again, repairs)
			}
			return
		}
		// Of what is not known nothing within is changed.
		if !strings.Contains(dropInvisible(text), key) {
			t.Errorf("%q became %q", text, key)
		}
	})
}

func FuzzReadKey(f *testing.F) {
	for _, s := range []string{"", networkKey(160), "e30=", `{"a":1}`, "a.b.c", "-----BEGIN ", "eyJ", "eyJhIjox\nfQ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shape := ReadKey(text)
		if (shape.Kind == ShapeNone) != (shape.Length == 0) {
			t.Errorf("%q: %+v", text, shape)
		}
		for _, field := range shape.Fields {
			if secretField(field.Name) && len([]rune(field.Name)) < maxFieldValue-1 {
				t.Errorf("%q shows %q", text, field.Name)
			}
		}
	})
}

func BenchmarkRepairKey(b *testing.B) {
	for name, text := range map[string]string{
		"sound": networkKey(4000),
		"worst": strings.Repeat("eyJhIjoi ", maxSearched/9),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				RepairKey(text)
			}
		})
	}
}
