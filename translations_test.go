package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
)

// sameInFrench are words that French writes as English does, and names.
var sameInFrench = strings.Fields(`
	GLPI Keys OK SHA URL API HTTP HTTPS IP TLS PHP JSON http https localhost
	h min s d Date Type Notes Page Service Secret Proxy proxy Support
	Configuration Documentation Description Contact Version version
	English Français Ctrl example com glpi
	Mar Contacts Urgent Licence Licences Parent helpdesk
	Active Invitations
	`)

// pluralForms are the forms that English and French have for the counts that
// this program shows. French has a third one, for millions.
var pluralForms = []string{"one", "other"}

// message is one text, or one per plural form.
type message map[string]string

const plain = "" // the form of a text that no count changes

// placeholders are the names that the message's forms ask for, sorted.
func (m message) placeholders() []string {
	names := map[string]bool{}
	for _, text := range m {
		_, fields, _ := parts(text)
		for _, name := range fields {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// parts takes a text, which is a template, apart: what people read of it, and
// the fields it asks for.
func parts(text string) (words string, fields []string, err error) {
	tree, err := template.New("").Parse(text)
	if err != nil {
		return text, nil, err
	}
	var walk func(parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, inner := range n.Nodes {
					walk(inner)
				}
			}
		case *parse.TextNode:
			words += string(n.Text)
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			for _, command := range n.Cmds {
				for _, argument := range command.Args {
					walk(argument)
				}
			}
		case *parse.IfNode:
			walk(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.WithNode:
			walk(n.Pipe)
			walk(n.List)
			walk(n.ElseList)
		case *parse.FieldNode:
			fields = append(fields, n.Ident[0])
		}
	}
	walk(tree.Root)
	return words, fields, nil
}

// catalogue holds the messages of one language by key.
type catalogue map[string]message

// use is one call of t or tn with a key that can be read off the code.
type use struct {
	place  string
	key    string
	prefix bool     // key is only the beginning; the rest is computed
	plural bool     // by tn
	given  []string // names handed over, sorted; nil when they cannot be read off
	none   bool     // nothing is handed over
}

func TestTranslations(t *testing.T) {
	t.Parallel()
	toolkitKeys := toolkitTexts(t)
	english, order := readCatalogue(t, "assets/translations/en.json")
	french, frenchOrder := readCatalogue(t, "assets/translations/fr.json")
	files := token.NewFileSet()
	uses, literals := collect(files, sources(t, files))
	if len(uses) == 0 {
		t.Fatal("no call of t or tn found")
	}
	report := slices.Concat(
		unsorted("en.json", order), unsorted("fr.json", frenchOrder),
		compareCatalogues(english, french, toolkitKeys),
		missing(uses, literals, english),
		unused(uses, literals, english, toolkitKeys),
		causesWithoutSentence(t, english),
	)
	for _, key := range toolkitKeys {
		if english[key] == nil {
			report = append(report, fmt.Sprintf("%q: a text of the toolkit itself is not in en.json, so its dialogs speak another language", key))
		}
	}
	for _, line := range report {
		t.Error(line)
	}
}

// compareCatalogues lists where the two languages do not fit together. The
// toolkit's own texts have the forms that the toolkit chose.
func compareCatalogues(english, french catalogue, toolkitKeys []string) []string {
	var report []string
	complain := func(key, format string, args ...any) {
		report = append(report, fmt.Sprintf("%q: ", key)+fmt.Sprintf(format, args...))
	}
	for _, key := range slices.Sorted(maps.Keys(french)) {
		if english[key] == nil {
			complain(key, "is in fr.json only")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(english)) {
		en, fr := english[key], french[key]
		if fr == nil {
			complain(key, "is not in fr.json")
			continue
		}
		if want, got := en.placeholders(), fr.placeholders(); !slices.Equal(want, got) {
			complain(key, "placeholders %v in English, %v in French", want, got)
		}
		for language, m := range map[string]message{"English": en, "French": fr} {
			forms := slices.Sorted(maps.Keys(m))
			if m[plain] == "" && !slices.Equal(forms, pluralForms) && !slices.Contains(toolkitKeys, key) {
				complain(key, "%s has the plural forms %v, want %v", language, forms, pluralForms)
			}
			for form, text := range m {
				if strings.TrimSpace(text) == "" {
					complain(key, "%s is empty %s", language, form)
				}
				if _, _, err := parts(text); err != nil {
					complain(key, "%s is not a template: %v", language, err)
				}
			}
		}
		if (en[plain] == "") != (fr[plain] == "") {
			complain(key, "has plural forms in one language only")
		}
		if untranslated(en, fr) {
			complain(key, "French is the same as English: %q", fr)
		}
	}
	return report
}

// untranslated reports whether French repeats English where there are words.
func untranslated(en, fr message) bool {
	return maps.Equal(en, fr) && slices.ContainsFunc(slices.Collect(maps.Values(en)), func(text string) bool {
		words, _, _ := parts(text)
		return slices.ContainsFunc(word.FindAllString(words, -1), func(w string) bool { return !slices.Contains(sameInFrench, w) })
	})
}

var word = regexp.MustCompile(`\pL+`)

// missing lists keys that the code asks for and that do not exist, or not with
// the forms and placeholders the code expects.
func missing(uses []use, literals map[string]string, english catalogue) []string {
	var report []string
	for _, u := range uses {
		complain := func(format string, args ...any) {
			report = append(report, fmt.Sprintf("%s: %q: ", u.place, u.key)+fmt.Sprintf(format, args...))
		}
		if u.prefix {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(english)), func(k string) bool { return strings.HasPrefix(k, u.key) }) {
				complain("no key begins so")
			}
			continue
		}
		m := english[u.key]
		if m == nil {
			complain("is in no translation")
			continue
		}
		if u.plural != (m[plain] == "") {
			complain("t is for texts without plural forms, tn for those with")
		}
		want := m.placeholders()
		switch {
		case u.none && u.plural && slices.Equal(want, []string{"PluralCount"}):
			// Where nothing is handed over, the count is.
		case u.none && len(want) > 0:
			complain("needs %v and gets nothing", want)
		case u.given != nil && !slices.Equal(want, u.given):
			complain("needs %v and gets %v", want, u.given)
		}
	}
	spaces := map[string]bool{}
	for key := range english {
		if space, _, dotted := strings.Cut(key, "."); dotted {
			spaces[space] = true
		}
	}
	for _, literal := range slices.Sorted(maps.Keys(literals)) {
		space, _, _ := strings.Cut(literal, ".")
		if keyLike.MatchString(literal) && spaces[space] && english[literal] == nil {
			report = append(report, fmt.Sprintf("%s: %q looks like a key and is in no translation", literals[literal], literal))
		}
	}
	return report
}

var keyLike = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_-]*[a-z0-9])+$`)

// unused lists keys that no code asks for. A key that stands in the code as a
// text of its own counts as asked for: tables of keys are read elsewhere.
func unused(uses []use, literals map[string]string, english catalogue, toolkitKeys []string) []string {
	var report []string
	for _, key := range slices.Sorted(maps.Keys(english)) {
		asked := literals[key] != "" || slices.Contains(toolkitKeys, key) ||
			slices.ContainsFunc(uses, func(u use) bool {
				return u.key == key || u.prefix && strings.HasPrefix(key, u.key)
			})
		if !asked {
			report = append(report, fmt.Sprintf("%q: no code uses it", key))
		}
	}
	return report
}

// causesWithoutSentence lists the causes of package keys for which there is no
// sentence.
func causesWithoutSentence(t *testing.T, english catalogue) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Join("keys", "problem.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var report []string
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Cause" {
			return true
		}
		cause, ok := literal(spec.Values[0])
		if !ok {
			return true
		}
		found++
		if english["problem."+cause] == nil {
			report = append(report, fmt.Sprintf("%s: cause %q has no sentence", files.Position(spec.Pos()), cause))
		}
		return true
	})
	if found < 20 {
		t.Fatalf("only %d causes found in package keys", found)
	}
	return report
}

// unsorted names the first key that is out of order or stands twice.
func unsorted(name string, order []string) []string {
	for i := 1; i < len(order); i++ {
		if order[i-1] >= order[i] {
			return []string{fmt.Sprintf("%s: %q stands before %q; sort with jq -S", name, order[i-1], order[i])}
		}
	}
	return nil
}

// readCatalogue reads a translation and the order of its keys.
func readCatalogue(t *testing.T, path string) (catalogue, []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, order, err := parseCatalogue(data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return all, order
}

func parseCatalogue(data []byte) (catalogue, []string, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return nil, nil, err
	}
	all := catalogue{}
	var order []string
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, nil, err
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, nil, err
		}
		m := message{}
		switch value := value.(type) {
		case string:
			m[plain] = value
		case map[string]any:
			for form, text := range value {
				m[form] = fmt.Sprint(text)
			}
		default:
			return nil, nil, fmt.Errorf("%v: neither a text nor plural forms", key)
		}
		all[key.(string)] = m
		order = append(order, key.(string))
	}
	return all, order, nil
}

// toolkitTexts are the keys of the toolkit's own texts, for its dialogs.
func toolkitTexts(t *testing.T) []string {
	t.Helper()
	dir := list(t, "-find", toolkit+"/lang")[0].Dir
	all, _ := readCatalogue(t, filepath.Join(dir, "translations", "base.en.json"))
	return slices.Collect(maps.Keys(all))
}

// sources parses the code that a person's texts come from: main and app, but
// no tests.
func sources(t *testing.T, files *token.FileSet) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("app", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".go" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	return parsed
}

// collect finds the calls of t and tn, and where each text of the code stands.
func collect(files *token.FileSet, parsed []*ast.File) (uses []use, literals map[string]string) {
	literals = map[string]string{}
	for _, file := range parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.BasicLit:
				if text, ok := literal(n); ok {
					literals[text] = files.Position(n.Pos()).String()
				}
			case *ast.CallExpr:
				if u, ok := call(n); ok {
					u.place = files.Position(n.Pos()).String()
					uses = append(uses, u)
				}
			}
			return true
		})
	}
	return uses, literals
}

// call reads a call of t or tn. It is not one when the key is wholly computed.
func call(n *ast.CallExpr) (use, bool) {
	name, ok := n.Fun.(*ast.Ident)
	if !ok || name.Name != "t" && name.Name != "tn" || len(n.Args) == 0 {
		return use{}, false
	}
	u := use{plural: name.Name == "tn"}
	data := n.Args[1:]
	if u.plural && len(data) > 0 {
		data = data[1:]
	}
	u.none = len(data) == 0
	if len(data) == 1 {
		u.given = names(data[0])
	}
	key := n.Args[0]
	for {
		sum, ok := key.(*ast.BinaryExpr)
		if !ok || sum.Op != token.ADD {
			break
		}
		key, u.prefix = sum.X, true
	}
	u.key, ok = literal(key)
	return u, ok
}

// names are the keys of a map written out in the code, sorted.
func names(n ast.Expr) []string {
	written, ok := n.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	given := []string{}
	for _, element := range written.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return nil
		}
		name, ok := literal(pair.Key)
		if !ok {
			return nil
		}
		given = append(given, name)
	}
	slices.Sort(given)
	return given
}

func literal(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// TestTranslationsCanFail feeds the checks with each fault they are for.
func TestTranslationsCanFail(t *testing.T) {
	t.Parallel()
	const en = `{"a.b": "Word {{.N}}", "a.n": {"one": "{{.N}} word", "other": "{{.N}} words"}}`
	const fr = `{"a.b": "Mot {{.N}}", "a.n": {"one": "{{.N}} mot", "other": "{{.N}} mots"}}`
	const code = `t("a.b", map[string]any{"N": 1}); tn("a.n", n, map[string]any{"N": 1})`
	for _, tc := range []struct {
		name, en, fr, code string
		want               string // part of a line of the report; "" for none
	}{
		{"all is well", en, fr, code, ""},
		{"not sorted", `{"a.n": "N", "a.b": "B"}`, `{"a.b": "C", "a.n": "M"}`, `t("a.b"); t("a.n")`, "sort"},
		{"twice", `{"a.b": "B", "a.b": "B"}`, `{"a.b": "C"}`, `t("a.b")`, "sort"},
		{"not in French", `{"a.b": "B"}`, `{}`, `t("a.b")`, "not in fr.json"},
		{"not in English", `{}`, `{"a.b": "B"}`, ``, "fr.json only"},
		{"another placeholder", `{"a.b": "Word {{.N}}"}`, `{"a.b": "Mot {{.M}}"}`, `t("a.b", data)`, "placeholders"},
		{"a broken placeholder", `{"a.b": "Word {{N}}"}`, `{"a.b": "Mot"}`, `t("a.b")`, "not a template"},
		{"a form too few", `{"a.n": {"one": "word", "other": "words"}}`, `{"a.n": {"other": "mots"}}`, `tn("a.n", n)`, "plural forms"},
		{"an empty form", `{"a.n": {"one": "word", "other": "words"}}`, `{"a.n": {"one": "", "other": "mots"}}`, `tn("a.n", n)`, "empty"},
		{"not translated", `{"a.b": "Word"}`, `{"a.b": "Word"}`, `t("a.b")`, "the same"},
		{"nothing to translate", `{"a.b": "GLPI {{.N}} · {{.M}}"}`, `{"a.b": "GLPI {{.N}} · {{.M}}"}`, `t("a.b", data)`, ""},
		{"unknown key", `{}`, `{}`, `t("a.c")`, "in no translation"},
		{"unknown prefix", `{}`, `{}`, `t("c."+x)`, "no key begins"},
		{"known prefix", `{"a.b": "B", "a.c": "C"}`, `{"a.b": "D", "a.c": "E"}`, `t("a."+x+"."+y)`, ""},
		{"unknown key in a table", `{"a.b": "B"}`, `{"a.b": "C"}`, `t("a.b"); x = "a.c"`, "looks like a key"},
		{"known key in a table", `{"a.b": "B"}`, `{"a.b": "C"}`, `x = "a.b"`, ""},
		{"unused", `{"a.b": "B"}`, `{"a.b": "C"}`, ``, "no code uses it"},
		{"t for tn", `{"a.n": {"one": "word", "other": "words"}}`, `{"a.n": {"one": "mot", "other": "mots"}}`, `t("a.n")`, "tn for those"},
		{"nothing handed over", `{"a.b": "Word {{.N}}"}`, `{"a.b": "Mot {{.N}}"}`, `t("a.b")`, "gets nothing"},
		{"something else handed over", `{"a.b": "Word {{.N}}"}`, `{"a.b": "Mot {{.N}}"}`, `t("a.b", map[string]any{"M": 1})`, "gets [M]"},
		{"the count alone", `{"a.n": {"one": "{{.PluralCount}} word", "other": "words"}}`,
			`{"a.n": {"one": "{{.PluralCount}} mot", "other": "mots"}}`, `tn("a.n", n)`, ""},
	} {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, "x.go", "package x; func f() {"+tc.code+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		english, order, err := parseCatalogue([]byte(tc.en))
		if err != nil {
			t.Fatal(err)
		}
		french, _, err := parseCatalogue([]byte(tc.fr))
		if err != nil {
			t.Fatal(err)
		}
		uses, literals := collect(files, []*ast.File{file})
		report := slices.Concat(unsorted("en.json", order), compareCatalogues(english, french, nil),
			missing(uses, literals, english), unused(uses, literals, english, nil))
		switch {
		case tc.want == "" && len(report) > 0:
			t.Errorf("%s: %q", tc.name, report)
		case tc.want != "" && !slices.ContainsFunc(report, func(line string) bool { return strings.Contains(line, tc.want) }):
			t.Errorf("%s: %q does not say %q", tc.name, report, tc.want)
		}
	}
}
