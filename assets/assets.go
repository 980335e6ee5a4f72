// Package assets holds what the program carries in its binary: the icon, the
// symbols of the window and the translations.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

//go:embed icon.svg icon.png
var icons embed.FS

//go:embed symbols/*.svg
var symbols embed.FS

//go:embed translations/*.json
var translations embed.FS

// English is the language that every text exists in.
const English = "en"

// Icon is the program's icon, a square PNG of 512 pixels.
func Icon() fyne.Resource { return resource(icons, "icon.png") }

// IconSVG is the program's icon as a drawing.
func IconSVG() fyne.Resource { return resource(icons, "icon.svg") }

// Symbol is the drawing, 24 × 24 units, whose strokes have the colour
// "currentColor". It is nil when there is no symbol of that name.
func Symbol(name string) []byte {
	data, err := symbols.ReadFile("symbols/" + name + ".svg")
	if err != nil {
		return nil
	}
	return data
}

// Symbols lists the names of all symbols.
func Symbols() []string { return names(symbols, "symbols", ".svg") }

// Languages lists the codes of the languages the program speaks, English
// first: "en", "fr".
func Languages() []string {
	codes := names(translations, "translations", ".json")
	slices.SortStableFunc(codes, func(a, b string) int {
		switch {
		case a == English:
			return -1
		case b == English:
			return 1
		}
		return strings.Compare(a, b)
	})
	return codes
}

// SystemLanguage is the best of Languages for the system's own language:
// English when the program does not speak it.
func SystemLanguage() string {
	base, _, _ := strings.Cut(lang.SystemLocale().LanguageString(), "-")
	if slices.Contains(Languages(), base) {
		return base
	}
	return English
}

// UseLanguage makes package lang answer in the language with that code; the
// empty code stands for the system's language. It may be called again while
// the program runs: texts read afterwards are in the new language.
//
// The content is registered under the system's own locale, whatever that is:
// lang looks there first, so that the choice also holds on a German system,
// and Fyne's own dialogs follow it. English fills what a language lacks. The
// system's language still decides which plural form a count takes.
func UseLanguage(code string) error {
	if code == "" {
		code = SystemLanguage()
	}
	messages, err := texts(English)
	if err != nil {
		return err
	}
	if code != English {
		own, err := texts(code)
		if err != nil {
			return err
		}
		for key, text := range own {
			messages[key] = text
		}
	}
	fillPlurals(messages)
	data, err := json.Marshal(messages)
	if err != nil {
		return fmt.Errorf("language %q: %w", code, err)
	}
	// lang may settle on the language without the country, so both are needed.
	system := lang.SystemLocale()
	base, _, _ := strings.Cut(system.LanguageString(), "-")
	for _, locale := range []fyne.Locale{system, fyne.Locale(base)} {
		if err := lang.AddTranslationsForLocale(data, locale); err != nil {
			return fmt.Errorf("language %q: %w", code, err)
		}
	}
	return nil
}

// fillPlurals gives each message with plural forms all the forms there are: a
// Polish system asks for "few", which neither English nor French has.
func fillPlurals(messages map[string]any) {
	for _, message := range messages {
		forms, ok := message.(map[string]any)
		if !ok {
			continue
		}
		for _, form := range []string{"zero", "one", "two", "few", "many"} {
			if _, ok := forms[form]; !ok {
				forms[form] = forms["other"]
			}
		}
	}
}

func texts(code string) (map[string]any, error) {
	data, err := translations.ReadFile("translations/" + path.Base(code) + ".json")
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", code, err)
	}
	messages := map[string]any{}
	if err := json.Unmarshal(data, &messages); err != nil {
		return nil, fmt.Errorf("language %q: %w", code, err)
	}
	return messages, nil
}

func resource(from embed.FS, name string) fyne.Resource {
	data, err := from.ReadFile(name)
	if err != nil {
		return nil // cannot happen: the name is embedded above
	}
	return fyne.NewStaticResource(name, data)
}

func names(from embed.FS, dir, ext string) []string {
	entries, err := from.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ext))
	}
	return out
}
