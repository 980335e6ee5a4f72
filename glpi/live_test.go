//go:build live

package glpi

import (
	"context"
	"os"
	"testing"

	"glpikeys/keys"
)

// TestLive runs the contract against a real server:
//
//	GLPI_URL=http://… GLPI_USER=glpi GLPI_PASSWORD=… [GLPI_APP_TOKEN=…] make live
//
// The person needs the Super-Admin profile on the root entity. Everything the
// test creates is purged again. GLPI_LIVE_MINT=1 also makes a new personal
// token for that person, which disconnects whatever uses the old one.
func TestLive(t *testing.T) {
	address := os.Getenv("GLPI_URL")
	if address == "" {
		t.Skip("GLPI_URL is not set")
	}
	who := keys.Credentials{
		User: os.Getenv("GLPI_USER"), Password: os.Getenv("GLPI_PASSWORD"), AppToken: os.Getenv("GLPI_APP_TOKEN"),
	}
	at, err := Probe(context.Background(), address, keys.Via{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	contract(t, at, who, os.Getenv("GLPI_LIVE_MINT") == "1")
}
