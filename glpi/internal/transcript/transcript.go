// Package transcript gives tests the exchanges recorded on real GLPI 10.0.12
// and 11.0.6 servers: as data, or played back by a server.
//
// One file holds one exchange; its name begins with the number by which
// documents and tests cite it.
package transcript

import (
	"embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"
)

//go:embed testdata
var files embed.FS

// Exchange is one recorded request and its answer.
type Exchange struct {
	Name        string // "42-license-add"
	Major       int    // 10 or 11
	Description string
	Request     struct {
		Method, Path string // Path with query
		Headers      Headers
		Body         *string
	}
	Response struct {
		Status  int
		Headers Headers
		Body    string
	}
}

// Headers are header values by name, as the server spelt it.
type Headers map[string]Values

// Get is the first value of a header, whatever the case of its name.
func (h Headers) Get(name string) string {
	for k, v := range h {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// Values are the values of one header; a single one is recorded as a string.
type Values []string

// UnmarshalJSON reads a string or a list of strings.
func (v *Values) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(v))
}

// Number is the part of the name before the first dash: "42".
func (x Exchange) Number() string {
	n, _, _ := strings.Cut(x.Name, "-")
	return n
}

// Load is the exchange of the given number ("42") on GLPI 10 or 11.
func Load(t testing.TB, major int, number string) Exchange {
	t.Helper()
	for _, x := range All(t, major) {
		if x.Number() == number {
			return x
		}
	}
	t.Fatalf("no transcript %s of GLPI %d", number, major)
	return Exchange{}
}

// All lists the exchanges recorded on GLPI 10 or 11, in order of their names.
func All(t testing.TB, major int) []Exchange {
	t.Helper()
	dir := "testdata/glpi" + strconv.Itoa(major)
	entries, err := files.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []Exchange
	for _, e := range entries {
		data, err := files.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		x := Exchange{Name: strings.TrimSuffix(e.Name(), ".json"), Major: major}
		if err := json.Unmarshal(data, &x); err != nil {
			t.Fatalf("%s: %v", e.Name(), err)
		}
		all = append(all, x)
	}
	return all
}

// WriteTo answers a request as the recorded server did.
func (x Exchange) WriteTo(w http.ResponseWriter) {
	for name, values := range x.Response.Headers {
		switch strings.ToLower(name) {
		case "transfer-encoding", "connection", "date", "server", "content-length":
			continue // the server at hand makes its own
		}
		for _, v := range values {
			w.Header().Add(name, v)
		}
	}
	w.WriteHeader(x.Response.Status)
	_, _ = w.Write([]byte(x.Response.Body))
}

// Serve answers the given exchanges one after the other, whatever is asked,
// under a base path as GLPI has on many servers; it repeats the last one. It
// returns the server's address with that base path.
func Serve(t testing.TB, exchanges ...Exchange) string {
	t.Helper()
	next := make(chan Exchange, len(exchanges))
	for _, x := range exchanges {
		next <- x
	}
	last := exchanges[len(exchanges)-1]
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case x := <-next:
			x.WriteTo(w)
		default:
			last.WriteTo(w)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/glpi"
}
