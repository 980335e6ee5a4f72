package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestNoRestyInSignatures holds that what glpi shows to the rest of the
// program does not mention the library it is built on, so that the library can
// be changed in one place.
func TestNoRestyInSignatures(t *testing.T) {
	t.Parallel()
	packages := list(t, "-deps", "-export", "./glpi/...")
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	for _, p := range packages {
		if !matches([]string{project("glpi/...")}, p.ImportPath) {
			continue
		}
		loaded, err := compiled.Import(p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range shown(loaded, resty) {
			t.Error(place)
		}
	}
}

// TestNoRestyInSignaturesCanFail feeds the check with packages that show the
// library in each way a package can.
func TestNoRestyInSignaturesCanFail(t *testing.T) {
	t.Parallel()
	library := check(t, resty, "package resty; type Client struct{}; type Option func()", nil)
	for _, tc := range []struct {
		name, code string
		want       bool
	}{
		{"unexported field", "type C struct { inner *resty.Client }", false},
		{"unexported function", "func f(*resty.Client) {}", false},
		{"unexported method", "type C struct{}; func (C) m(*resty.Client) {}", false},
		{"parameter", "func F(*resty.Client) {}", true},
		{"result", "func F() map[string][]resty.Client { return nil }", true},
		{"method", "type C struct{}; func (*C) M() resty.Option { return nil }", true},
		{"exported field", "type C struct { Inner *resty.Client }", true},
		{"embedded", "type C struct { *resty.Client }", true},
		{"variable", "var V func(resty.Option)", true},
		{"alias", "type A = resty.Client", true},
		{"defined on it", "type D resty.Option", false},
		{"interface", "type I interface { Do(chan resty.Client) }", true},
		{"through a hidden type", "type c struct{}; func (c) M() resty.Option { return nil }; func F() c { return c{} }", true},
		{"type argument", "type G[T any] struct{ t T }; var V G[resty.Client]", true},
		{"recursive type", "type N struct { Next *N }", false},
	} {
		p := check(t, "example.com/glpi", `package glpi; import "`+resty+`"; var _ resty.Client; `+tc.code,
			map[string]*types.Package{resty: library})
		if found := shown(p, resty); (len(found) > 0) != tc.want {
			t.Errorf("%s: found %q", tc.name, found)
		}
	}
}

// check type-checks one file of code.
func check(t *testing.T, path, code string, imports map[string]*types.Package) *types.Package {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "x.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: from(imports)}
	p, err := config.Check(path, files, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// from is an importer of ready packages.
type from map[string]*types.Package

func (f from) Import(path string) (*types.Package, error) {
	if p := f[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

// shown lists the exported names of p whose type mentions library.
func shown(p *types.Package, library string) []string {
	var found []string
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		w := &walk{home: p, library: library, seen: map[types.Type]bool{}}
		if w.mentions(object.Type()) {
			found = append(found, fmt.Sprintf("%s.%s shows %s", p.Path(), name, library))
		}
	}
	slices.Sort(found)
	return found
}

// walk looks through what a user of a package can see of a type.
type walk struct {
	home    *types.Package
	library string
	seen    map[types.Type]bool
}

func (w *walk) mentions(t types.Type) bool {
	if t == nil || w.seen[t] {
		return false
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return w.of(t.Obj()) || w.mentions(types.Unalias(t))
	case *types.Named:
		return w.of(t.Obj()) || w.arguments(t.TypeArgs()) || w.insides(t)
	case *types.Signature:
		return w.mentions(t.Params()) || w.mentions(t.Results())
	case *types.Tuple:
		return w.any(t.Len(), func(i int) types.Type { return t.At(i).Type() })
	case *types.Struct:
		return w.any(t.NumFields(), func(i int) types.Type {
			if f := t.Field(i); f.Exported() || f.Embedded() {
				return f.Type()
			}
			return nil
		})
	case *types.Interface:
		return w.any(t.NumMethods(), func(i int) types.Type { return t.Method(i).Type() })
	case *types.Map:
		return w.mentions(t.Key()) || w.mentions(t.Elem())
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		return w.mentions(t.Elem())
	}
	return false
}

// of reports whether the type's name belongs to the library.
func (w *walk) of(name *types.TypeName) bool {
	return name.Pkg() != nil && (name.Pkg().Path() == w.library || strings.HasPrefix(name.Pkg().Path(), w.library+"/"))
}

func (w *walk) arguments(list *types.TypeList) bool {
	return w.any(list.Len(), func(i int) types.Type { return list.At(i) })
}

// insides looks at what a type of the package itself shows: its exported
// methods and fields. Types of other packages answer for themselves.
func (w *walk) insides(t *types.Named) bool {
	if t.Obj().Pkg() != w.home {
		return false
	}
	methods := w.any(t.NumMethods(), func(i int) types.Type {
		if m := t.Method(i); m.Exported() {
			return m.Type()
		}
		return nil
	})
	return methods || w.mentions(t.Underlying())
}

func (w *walk) any(n int, at func(int) types.Type) bool {
	for i := range n {
		if w.mentions(at(i)) {
			return true
		}
	}
	return false
}
