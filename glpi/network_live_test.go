//go:build live

package glpi

import (
	"net"
	"net/http"
	"os"
	"testing"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// TestLiveNetwork asks a real GLPI about the key installed in it, in each of
// the ways in which GLPI Network answers:
//
//	GLPI_NETWORK=127.0.0.1:18099 GLPI_URL=… GLPI_USER=… GLPI_PASSWORD=… make live
//
// GLPI_NETWORK is where the stand-in listens, and where that GLPI's
// GLPI_NETWORK_SERVICES points to. The server must have the plugin and no key.
func TestLiveNetwork(t *testing.T) {
	address, at := os.Getenv("GLPI_NETWORK"), os.Getenv("GLPI_URL")
	if address == "" || at == "" {
		t.Skip("GLPI_NETWORK or GLPI_URL is not set")
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	stand := sandbox.NewNetwork(nil)
	server := &http.Server{Handler: stand}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	found, err := Probe(t.Context(), at, keys.Via{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := signIn(t, found, keys.Credentials{User: os.Getenv("GLPI_USER"), Password: os.Getenv("GLPI_PASSWORD"), AppToken: os.Getenv("GLPI_APP_TOKEN")})
	if installed, err := s.InstalledKey(t.Context()); err != nil || installed.Present {
		t.Skip("a key is installed; it could not be put back", err)
	}
	contractNetwork(t, stand, "http://"+address, s)
	for _, asked := range stand.Asked()[:2] {
		t.Logf("%+v", asked)
	}
}
