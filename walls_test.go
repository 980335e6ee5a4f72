package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module  = "glpikeys"
	toolkit = "fyne.io/fyne/v2"
	resty   = "github.com/go-resty/resty/v2"
	keyring = "github.com/zalando/go-keyring"
	monitor = "cmd/glpikeys-check"
)

// listed is a package as "go list -json" tells it.
type listed struct {
	ImportPath   string
	Dir          string
	Imports      []string // by the package itself
	Deps         []string // of the package, to any depth; without tests
	TestImports  []string
	XTestImports []string
	Export       string // file of compiled type information, where asked for
}

// rule is one wall of the house: packages it holds for, and what they must not
// reach. Names are import paths; a name ending in "/..." means the package and
// all below it.
type rule struct {
	name   string
	within []string // the rule holds for these packages
	except []string // but not for these
	never  []string // what they must not reach
	unless []string // but these are allowed
	direct bool     // only what the package imports itself counts
	tests  bool     // what its tests import counts too
}

// project names a package of this module; "" is the root.
func project(path string) string {
	if path == "" {
		return module
	}
	return module + "/" + path
}

// walls are written for folders that do not exist yet, too, so that they stand
// when somebody adds them.
var walls = []rule{
	{
		name:   "keys knows neither the toolkit nor the network nor the rest of the project",
		within: []string{project("keys/...")},
		never:  []string{toolkit + "/...", "fyne.io/...", "net/http/...", resty + "/...", keyring, module + "/..."},
		unless: []string{project("keys/...")},
	},
	{
		name:   "keys itself does not lean on what stands below it",
		within: []string{project("keys")},
		never:  []string{module + "/..."},
		unless: []string{project("keys")},
		tests:  true,
	},
	{
		name:   "glpi knows keys and itself only",
		within: []string{project("glpi/...")},
		never:  []string{toolkit + "/...", "fyne.io/...", keyring, module + "/..."},
		unless: []string{project("glpi/..."), project("keys/...")},
	},
	{
		name:   "the program's client does not carry the sandbox",
		within: []string{project("glpi")},
		never:  []string{project("glpi/sandbox/...")},
	},
	{
		name:   "the sandbox stands without the client and its library",
		within: []string{project("glpi/sandbox/...")},
		never:  []string{resty + "/...", project("glpi")},
	},
	{
		name:   "resty is used by the client alone",
		within: []string{module + "/..."},
		except: []string{project("glpi"), project("glpi/internal/...")},
		never:  []string{resty + "/..."},
		direct: true,
		tests:  true,
	},
	{
		name:   "app never imports glpi: what it needs is handed to it",
		within: []string{project("app/...")},
		never:  []string{project("glpi/..."), resty + "/..."},
		tests:  true,
	},
	{
		name:   "app knows keys, assets and itself only",
		within: []string{project("app/...")},
		never:  []string{module + "/..."},
		unless: []string{project("app/..."), project("keys/..."), project("assets/...")},
	},
	{
		name:   "connections work without a window",
		within: []string{project("app/connection/...")},
		never:  []string{toolkit + "/...", "fyne.io/...", project("app"), project("assets/...")},
	},
	{
		name:   "pieces that screens share do not know the screens",
		within: []string{project("app/internal/...")},
		never:  []string{project("app")},
	},
	{
		name:   "pieces that screens share take ready texts",
		within: []string{project("app/internal/...")},
		never:  []string{toolkit + "/lang"},
		direct: true,
	},
	{
		name:   "the keyring is reached through connections",
		within: []string{module + "/..."},
		except: []string{project("app/connection/...")},
		never:  []string{keyring},
		direct: true,
	},
	{
		name:   "only main starts the toolkit",
		within: []string{module + "/..."},
		except: []string{module},
		never:  []string{toolkit + "/app"},
		tests:  true,
	},
	{
		name:   "commands for servers carry no toolkit and no screens",
		within: []string{project("cmd/...")},
		never:  []string{toolkit + "/...", "fyne.io/...", project("app"), project("assets/...")},
	},
	{
		name:   "the plugin's files are wrapped by a package of their own",
		within: []string{project("plugin/...")},
		never:  []string{toolkit + "/...", "fyne.io/...", resty + "/...", module + "/..."},
		unless: []string{project("plugin/...")},
	},
	{
		name:   "assets know nothing of the project",
		within: []string{project("assets/...")},
		never:  []string{module + "/..."},
		unless: []string{project("assets/...")},
	},
	{
		name:   "nothing imports main or a command",
		within: []string{module + "/..."},
		never:  []string{module, project("cmd/...")},
		unless: nil,
		direct: true,
		tests:  true,
	},
}

func TestWalls(t *testing.T) {
	t.Parallel()
	packages := list(t, "-deps", "./...")
	seen := map[string]bool{}
	for _, p := range packages {
		seen[p.ImportPath] = true
	}
	// A graph without these would let everything pass.
	for _, path := range []string{module, project("keys"), project("app"), project("app/connection"), project(monitor), toolkit} {
		if !seen[path] {
			t.Fatalf("go list does not show %s among %d packages", path, len(packages))
		}
	}
	for _, breach := range breaches(walls, packages) {
		t.Error(breach)
	}
}

// breaches names every place where a package reaches what a rule keeps from it.
func breaches(rules []rule, packages []listed) []string {
	var found []string
	deps := map[string][]string{}
	for _, p := range packages {
		deps[p.ImportPath] = p.Deps
	}
	for _, r := range rules {
		for _, p := range packages {
			if !matches(r.within, p.ImportPath) || matches(r.except, p.ImportPath) {
				continue
			}
			for _, to := range reached(r, p, deps) {
				if to != p.ImportPath && matches(r.never, to) && !matches(r.unless, to) {
					found = append(found, fmt.Sprintf("%s: %s reaches %s", r.name, p.ImportPath, to))
				}
			}
		}
	}
	return found
}

// reached lists what counts as used by p under r, sorted, each once.
func reached(r rule, p listed, deps map[string][]string) []string {
	to := slices.Clone(p.Imports)
	if !r.direct {
		to = append(to, p.Deps...)
	}
	if r.tests {
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			to = append(to, path)
			if !r.direct {
				to = append(to, deps[path]...)
			}
		}
	}
	slices.Sort(to)
	return slices.Compact(to)
}

// matches reports whether path is one of names, or stands below one that ends
// in "/...".
func matches(names []string, path string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		if root, all := strings.CutSuffix(name, "/..."); all {
			return path == root || strings.HasPrefix(path, root+"/")
		}
		return path == name
	})
}

// list runs go list with the tags of the tests, so that it never needs a C
// compiler.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	stamp(t)
	command := exec.Command("go", append([]string{"list", "-json", "-tags", "ci,migrated_fynedo"}, args...)...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, &complaints)
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// stamp touches every Go file of the module. What a test reads decides whether
// its last result still holds, and "go test" cannot see what go list read.
func stamp(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "build") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMonitorIsStatic builds the command for monitoring systems for each
// system without a C compiler, and looks at what went into it.
func TestMonitorIsStatic(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"linux", "windows", "darwin"} {
		environment := append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH=amd64")
		command := exec.Command("go", "list", "-deps", "./"+monitor)
		command.Env = environment
		out, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		deps := strings.Fields(string(out))
		if !slices.Contains(deps, project("app/connection")) || slices.Contains(deps, "runtime/cgo") ||
			slices.ContainsFunc(deps, func(path string) bool { return strings.HasPrefix(path, "fyne.io/") }) {
			t.Errorf("%s: of %d packages one is missing, or is of the toolkit or of C", system, len(deps))
		}
		program := filepath.Join(t.TempDir(), system)
		command = exec.Command("go", "build", "-o", program, "./"+monitor)
		command.Env = environment
		if text, err := command.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", system, err, text)
			continue
		}
		if system == "linux" {
			f, err := elf.Open(program)
			if err != nil {
				t.Fatal(err)
			}
			if libraries, err := f.ImportedLibraries(); err != nil || len(libraries) > 0 {
				t.Errorf("needs %v, %v", libraries, err)
			}
			_ = f.Close()
		}
	}
}

// TestWallsCanFail proves that each wall stops what it is for, and lets pass
// what the design allows.
func TestWallsCanFail(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from, to string
		deeply   bool // to is reached through another package
		byTest   bool // to is imported by from's test
		want     bool // some rule objects
	}{
		{from: "keys", to: "time"},
		{from: "keys", to: "net/url"},
		{from: "keys", to: "net/http", want: true},
		{from: "keys", to: "net/http", deeply: true, want: true},
		{from: "keys", to: toolkit, deeply: true, want: true},
		{from: "keys", to: project("assets"), want: true},
		{from: "keys", to: project("keys/sheet"), want: true},
		{from: "keys/sheet", to: project("keys")},
		{from: "keys/sheet", to: toolkit + "/theme", want: true},
		{from: "glpi", to: project("keys")},
		{from: "glpi", to: project("glpi/internal/transcript")},
		{from: "glpi", to: resty},
		{from: "glpi", to: project("app"), want: true},
		{from: "glpi", to: project("app/connection"), want: true},
		{from: "glpi", to: project("glpi/sandbox"), want: true},
		{from: "glpi", to: project("glpi/sandbox"), byTest: true},
		{from: "glpi", to: toolkit, want: true},
		{from: "glpi/sandbox", to: project("keys")},
		{from: "glpi/sandbox", to: resty, deeply: true, want: true},
		{from: "glpi/sandbox", to: project("glpi"), want: true},
		{from: "app", to: project("keys")},
		{from: "app", to: project("assets")},
		{from: "app", to: project("app/internal/task")},
		{from: "app", to: toolkit + "/widget"},
		{from: "app", to: project("glpi"), want: true},
		{from: "app", to: project("glpi"), deeply: true, want: true},
		{from: "app", to: project("glpi/sandbox"), byTest: true, want: true},
		{from: "app", to: project("plugin"), want: true},
		{from: "app", to: toolkit + "/app", want: true},
		{from: "app", to: toolkit + "/app", byTest: true, want: true},
		{from: "app", to: keyring, want: true},
		{from: "app", to: keyring, deeply: true},
		{from: "app/connection", to: keyring},
		{from: "app/connection", to: project("keys")},
		{from: "app/connection", to: toolkit, deeply: true, want: true},
		{from: "app/connection", to: project("app"), want: true},
		{from: "app/internal/look", to: toolkit + "/widget"},
		{from: "app/internal/look", to: toolkit + "/lang", want: true},
		{from: "app/internal/look", to: toolkit + "/lang", deeply: true},
		{from: "app/internal/look", to: project("app"), want: true},
		{from: "", to: toolkit + "/app"},
		{from: "", to: project("glpi/sandbox")},
		{from: "", to: resty, deeply: true},
		{from: "", to: resty, want: true},
		{from: "cmd/glpikeys-check", to: project("glpi")},
		{from: "cmd/glpikeys-check", to: project("app/connection")},
		{from: "cmd/glpikeys-check", to: toolkit, deeply: true, want: true},
		{from: "cmd/glpikeys-check", to: project("app"), want: true},
		{from: "plugin", to: "archive/zip"},
		{from: "plugin", to: project("keys"), want: true},
		{from: "assets", to: toolkit},
		{from: "assets", to: project("app"), want: true},
		{from: "app", to: module, want: true},
		{from: "app", to: project("cmd/glpikeys-check"), want: true},
	} {
		p := listed{ImportPath: project(tc.from)}
		graph := []listed{{ImportPath: "example.com/between", Imports: []string{tc.to}, Deps: []string{tc.to}}}
		switch {
		case tc.byTest:
			p.TestImports = []string{tc.to}
		case tc.deeply:
			p.Imports, p.Deps = []string{"example.com/between"}, []string{"example.com/between", tc.to}
		default:
			p.Imports, p.Deps = []string{tc.to}, []string{tc.to}
		}
		found := breaches(walls, append(graph, p))
		if (len(found) > 0) != tc.want {
			t.Errorf("%+v: breaches %q", tc, found)
		}
	}
}
