package assets

import (
	"bytes"
	"encoding/json"
	"image/png"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"
)

func TestUseLanguage(t *testing.T) {
	systems := []string{"C", "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8", "de_AT.UTF-8", "fr_FR.UTF-8", "fr_CA.UTF-8",
		"nl_NL.UTF-8", "pt_BR.UTF-8", "pl_PL.UTF-8", "zh_CN.UTF-8", "sr_RS.UTF-8", "ja_JP.UTF-8"}
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			t.Setenv("LC_ALL", system)
			t.Setenv("LANG", system)
			t.Setenv("LANGUAGE", "")
			var logged bytes.Buffer
			log.SetOutput(&logged)
			defer log.SetOutput(os.Stderr)
			for _, step := range []struct{ code, cancel, monday string }{
				{"fr", "Annuler", "Lundi"},
				{"en", "Cancel", "Monday"},
				{"fr", "Annuler", "Lundi"},
				{"en", "Cancel", "Monday"},
			} {
				if err := UseLanguage(step.code); err != nil {
					t.Fatal(err)
				}
				if got := lang.L("Cancel"); got != step.cancel {
					t.Errorf("%s: Cancel is %q, want %q", step.code, got, step.cancel)
				}
				if got := lang.X("monday", "none"); got != step.monday {
					t.Errorf("%s: monday is %q, want %q", step.code, got, step.monday)
				}
				for _, count := range []int{0, 1, 2, 3, 5, 11, 21, 100} {
					lang.XN("file.name", "Name", count)
				}
			}
			if logged.Len() > 0 {
				t.Errorf("logged:\n%s", logged.String())
			}
		})
	}
}

func TestUseLanguageUnknown(t *testing.T) {
	if err := UseLanguage("xx"); err == nil {
		t.Error("no error for a language that does not exist")
	}
}

func TestSystemLanguage(t *testing.T) {
	for system, want := range map[string]string{
		"fr_FR.UTF-8": "fr", "fr_CA.UTF-8": "fr", "fr": "fr",
		"en_GB.UTF-8": "en", "de_DE.UTF-8": "en", "C": "en",
	} {
		t.Setenv("LC_ALL", system)
		t.Setenv("LANG", system)
		t.Setenv("LANGUAGE", "")
		if got := SystemLanguage(); got != want {
			t.Errorf("%s: got %s, want %s", system, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	if got := Languages(); !slices.Equal(got, []string{"en", "fr"}) {
		t.Errorf("got %v", got)
	}
}

// TestTranslationsAgree holds the languages together: same keys, same
// placeholders, sorted as they are merged.
func TestTranslationsAgree(t *testing.T) {
	english, err := texts(English)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Languages() {
		own, err := texts(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range slices.Sorted(maps.Keys(english)) {
			text, ok := own[key]
			if !ok {
				t.Errorf("%s lacks %q", code, key)
			} else if want, got := placeholders(english[key]), placeholders(text); !slices.Equal(want, got) {
				t.Errorf("%s %q has placeholders %v, English %v", code, key, got, want)
			}
		}
		for key := range own {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %q, English does not", code, key)
			}
		}
	}
}

// placeholders are the {{.Names}} in a message, sorted, each once.
func placeholders(message any) []string {
	data, _ := json.Marshal(message)
	seen := map[string]bool{}
	for _, part := range strings.Split(string(data), "{{")[1:] {
		name, _, _ := strings.Cut(part, "}}")
		seen[strings.TrimSpace(name)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestSymbols(t *testing.T) {
	if len(Symbols()) < 25 {
		t.Errorf("only %d symbols", len(Symbols()))
	}
	for _, name := range Symbols() {
		if data := Symbol(name); !bytes.Contains(data, []byte("currentColor")) {
			t.Errorf("%s cannot be coloured", name)
		}
	}
	if Symbol("no-such") != nil {
		t.Error("found a symbol that does not exist")
	}
}

func TestIcon(t *testing.T) {
	picture, err := png.Decode(bytes.NewReader(Icon().Content()))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != 512 || b.Dy() != 512 {
		t.Errorf("icon is %v", b)
	}
	if len(IconSVG().Content()) == 0 {
		t.Error("no drawing of the icon")
	}
}
