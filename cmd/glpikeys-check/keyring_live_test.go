//go:build keyring && linux

// This test talks to a real Secret Service, in the throw-away session of
// .ci/with-keyring:
//
//	.ci/with-keyring go test -tags ci,keyring -run Keyring ./cmd/...
package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

func TestLiveKeyring(t *testing.T) {
	if os.Getenv("GLPIKEYS_TEST_KEYRING") == "" {
		t.Fatal("run this inside .ci/with-keyring")
	}
	url, dir, program := byRealClock(t, -5), t.TempDir(), built(t)
	store, err := connection.Open(filepath.Join(dir, folder, "connections.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := connection.Connection{ID: connection.NewID(), Name: "GLPI", Address: url, API: url + "/apirest.php", User: "glpi", Remember: true}
	if err := store.Put(c); err != nil {
		t.Fatal(err)
	}
	expect := func(status int, word string) {
		t.Helper()
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+dir)
		text, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != status || !strings.Contains(string(text), word) {
			t.Errorf("exit %d, want %d with %q:\n%s", cmd.ProcessState.ExitCode(), status, word, text)
		}
		t.Logf("exit %d: %s", cmd.ProcessState.ExitCode(), text)
	}
	expect(exitUnknown, "No password or token")
	if err := connection.NewKeyring().Save(t.Context(), c.ID, keys.Credentials{Password: "glpi"}); err != nil {
		t.Fatal(err)
	}
	expect(exitEnded, "CRITICAL: 1 ended")
}
