package app

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"glpikeys/assets"
	"glpikeys/keys"
)

// useLanguage speaks a language until the test ends.
func useLanguage(t *testing.T, code string) {
	t.Helper()
	if err := assets.UseLanguage(code); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := assets.UseLanguage(assets.English); err != nil {
			t.Error(err)
		}
	})
}

// allCauses reads the constants of keys.Cause from its source, so that a new
// one cannot be forgotten here.
func allCauses(t *testing.T) []keys.Cause {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../keys/problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var causes []keys.Cause
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Cause" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			causes = append(causes, keys.Cause(text))
		}
		return true
	})
	if len(causes) < 40 {
		t.Fatalf("found only %d causes", len(causes))
	}
	return causes
}

func TestEveryCauseHasItsSentence(t *testing.T) {
	const longest = 300 // characters, with a host as detail
	causes := allCauses(t)
	english := map[keys.Cause]string{}
	for _, language := range []string{"en", "fr"} {
		useLanguage(t, language)
		seen := map[string]keys.Cause{}
		for _, cause := range causes {
			for _, detail := range []string{"", "helpdesk.example.com"} {
				name := fmt.Sprintf("%s, %s, detail %q", language, cause, detail)
				text := sentence(&keys.Problem{Op: "sign in", Cause: cause, Detail: detail})
				for _, bad := range []string{"problem.", "%!", "<no value>", "{{", "  ", " .", "()", `""`, "sign in:"} {
					if strings.Contains(text, bad) {
						t.Errorf("%s: %q holds %q", name, text, bad)
					}
				}
				if n := utf8.RuneCountInString(text); n < 20 || n > longest {
					t.Errorf("%s: %d characters: %s", name, n, text)
				}
				if !strings.HasSuffix(text, ".") {
					t.Errorf("%s: not a sentence: %q", name, text)
				}
				if other, ok := seen[text]; ok && other != cause {
					t.Errorf("%s: same text as %s", name, other)
				}
				seen[text] = cause
			}
			text := causeText(cause, "")
			if language == "en" {
				english[cause] = text
			} else if text == english[cause] {
				t.Errorf("%s: %s is not translated", language, cause)
			}
		}
	}
}

// What a person has to switch on stands in the sentence by GLPI's own labels.
func TestSignInRefusalsSayWhatToSwitchOn(t *testing.T) {
	wants := map[string]map[keys.Cause][]string{
		"en": {
			keys.APIOff:           {"Setup > General > API", `"Enable Rest API"`, `"Enable Legacy REST API"`},
			keys.AddressRefused:   {"Setup > General > API", `"Add API client"`, "IPv4 address range"},
			keys.AppTokenMissing:  {"Setup > General > API", `"Application token"`},
			keys.AppTokenWrong:    {"Setup > General > API", `"Application token"`},
			keys.PasswordLoginOff: {"Setup > General > API", `"Enable login with credentials"`},
			keys.UserTokenWrong:   {"Setup > General > API", `"Enable login with external token"`, `"API token"`, "My settings"},
			keys.AccountInactive:  {"Administration > Users", `"Active"`, `"Valid until"`},
			keys.NoProfile:        {"Administration > Users", `"Authorizations"`},
			keys.Maintenance:      {"Setup > General > System", `"Maintenance mode"`},
		},
		"fr": {
			keys.APIOff:           {"Configuration > Générale > API", "« Activer l'API Rest »", "« Activer l'API REST legacy »"},
			keys.AddressRefused:   {"Configuration > Générale > API", "« Ajouter un client de l'API »"},
			keys.AppTokenMissing:  {"« Jeton d'application »"},
			keys.AppTokenWrong:    {"« Jeton d'application »"},
			keys.PasswordLoginOff: {"« Activer la connexion avec identifiants »"},
			keys.UserTokenWrong:   {"« Activer la connexion avec un jeton externe »", "« Jeton d'API »", "Mes préférences"},
			keys.AccountInactive:  {"Administration > Utilisateurs", "« Actif »"},
			keys.NoProfile:        {"« Habilitations »"},
			keys.Maintenance:      {"Configuration > Générale > Système", "« Mode maintenance »"},
		},
	}
	for language, causes := range wants {
		useLanguage(t, language)
		for cause, parts := range causes {
			for _, part := range parts {
				if text := causeText(cause, ""); !strings.Contains(text, part) {
					t.Errorf("%s, %s: %q lacks %q", language, cause, text, part)
				}
			}
		}
	}
}

func TestSentence(t *testing.T) {
	useLanguage(t, "en")
	p := &keys.Problem{Op: "find", Cause: keys.HostUnknown, Detail: "nowhere.example", Err: errors.New("lookup: hunter2")}
	got := sentence(fmt.Errorf("wrapped: %w", p))
	if !strings.Contains(got, "nowhere.example") || strings.Contains(got, "hunter2") {
		t.Error(got)
	}
	if got := sentence(errors.New("boom")); !strings.Contains(got, "log file") || strings.Contains(got, "boom") {
		t.Error(got)
	}
	if got := sentence(nil); got != "" {
		t.Errorf("nil: %q", got)
	}
	long := &keys.Problem{Cause: keys.Refused, Detail: strings.Repeat("é\n", 5000)}
	if n := utf8.RuneCountInString(sentence(long)); n > 200 {
		t.Errorf("GLPI's message makes the sentence %d characters long", n)
	}
}

func TestFieldOf(t *testing.T) {
	for cause, want := range map[keys.Cause]field{
		keys.BadAddress:      fieldServer,
		keys.NotGLPI:         fieldServer,
		keys.ProxyFailed:     fieldProxy,
		keys.AppTokenWrong:   fieldAppToken,
		keys.AppTokenMissing: fieldAppToken,
		keys.WrongPassword:   fieldPassword,
		keys.UserTokenWrong:  fieldUserToken,
		keys.APIOff:          noField,
		keys.Maintenance:     noField,
	} {
		if got := fieldOf(cause); got != want {
			t.Errorf("%s belongs to field %d, want %d", cause, got, want)
		}
	}
}
