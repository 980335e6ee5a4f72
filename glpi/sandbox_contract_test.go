package glpi

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// TestSandbox runs the contract of the live tests against the sandbox.
func TestSandbox(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewUnstartedServer(nil)
			// Links have to lead to this server.
			srv.Config.Handler = sandbox.New(sandbox.Config{
				Major: major, Seed: sandbox.Demo, Path: "/glpi", BaseURL: "http://" + srv.Listener.Addr().String(),
			})
			srv.Start()
			t.Cleanup(srv.Close)
			at, err := Probe(t.Context(), srv.URL, keys.Via{Proxy: keys.ProxyDirect}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if at != (keys.Endpoint{API: srv.URL + "/glpi/apirest.php", Major: major}) {
				t.Errorf("found %+v", at)
			}
			contract(t, at, keys.Credentials{User: "glpi", Password: "glpi"}, true)
		})
	}
}
