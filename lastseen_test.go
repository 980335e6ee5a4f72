package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"glpikeys/app/connection"
	"glpikeys/glpi"
	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// TestLastSeenHoldsNoKeyText follows a key from GLPI, where its text stands in
// the serial number, in the block and in the notes, to the file of what was
// last seen: the text must not arrive there.
func TestLastSeenHoldsNoKeyText(t *testing.T) {
	t.Parallel()
	const marker = "Top5ecretRegistrationKeyText"
	for _, major := range []int{10, 11} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(sandbox.New(sandbox.Config{Major: major, Seed: sandbox.Demo}))
			defer server.Close()
			options := glpi.Options{TLS: connection.TLSConfig}
			at, err := glpi.Probe(t.Context(), server.URL, keys.Via{}, options)
			if err != nil {
				t.Fatal(err)
			}
			session, err := glpi.SignIn(t.Context(), at, keys.Via{}, keys.Credentials{User: "glpi", Password: "glpi"}, options)
			if err != nil {
				t.Fatal(err)
			}
			id, err := session.CreateKeyRecord(t.Context(), keys.KeyRecord{
				Name: "Marked", Product: keys.Product{Name: "Marked"}, Valid: true, Notes: "It is " + marker,
				End: keys.DateOf(time.Now()).AddDays(5), Number: marker, Contact: marker,
				Block: keys.Block{
					Record: "0f8fad5b-d9cb-469f-a165-70867728950e", Fingerprint: keys.Fingerprint(marker), Kept: keys.PlaceGLPI,
					Text: keys.NewKeyText(marker), Owner: marker,
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			if r, err := session.KeyRecord(t.Context(), id); err != nil || r.Block.Text.Reveal() != marker || !strings.Contains(r.Notes, marker) {
				t.Fatalf("GLPI does not keep the text: %+v, %v", r, err)
			}
			records, err := session.KeyRecords(t.Context(), func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			glance, err := session.Glance(t.Context(), func(int, int) {})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			seen := connection.SeenNow(time.Now(), connection.Connection{User: "glpi"}, session.Facts(), glance).WithKeys(time.Now(), records)
			if err := connection.NewLastSeen(dir).Save(t.Context(), "one", seen); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if text := string(data); strings.Contains(text, marker) || strings.Count(text, `"Marked"`) < 2 || !strings.Contains(text, keys.Fingerprint(marker)) {
				t.Errorf("%.2000s", text)
			}
		})
	}
}
