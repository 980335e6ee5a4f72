package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"glpikeys/glpi/sandbox"
)

// TestMain makes this very program, in the hands of the shell script, a command
// that crashes: in the check itself, and in a goroutine where no recover helps.
func TestMain(m *testing.M) {
	crash := os.Getenv("CRASH")
	if crash == "" {
		os.Exit(m.Run())
	}
	c := command{env: os.Getenv, stdout: os.Stdout, stderr: os.Stderr, now: time.Now, secrets: &memory{}}
	c.configDir = func() (string, error) {
		if crash == "elsewhere" {
			go panic("S3cret")
			select {}
		}
		panic("S3cret")
	}
	os.Exit(c.main(os.Args[1:]))
}

func readFile(path string) (string, error) {
	data, err := os.ReadFile(path)
	return string(data), err
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

// TestExitStatus builds the program and lets a shell script, as a monitoring
// system would, see all four statuses, also when the program crashes or is stopped.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	dir, program := t.TempDir(), built(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	crashing, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command("sh", "testdata/exit-status.sh")
	// Nothing of this computer's: no keyring, no connections.
	script.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "PROGRAM=" + program, "CRASHING=" + crashing,
		"FINE=" + byRealClock(t, 365), "ENDING=" + byRealClock(t, 5), "ENDED=" + byRealClock(t, -5), "GONE=" + gone.URL,
		"SILENT=http://" + silent.Addr().String(),
	}
	text, err := script.CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s", text)
}

// built is the program, compiled.
func built(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "glpikeys-check")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatal(err, string(text))
	}
	return path
}

// byRealClock is a server by the real clock with one licence that ends in so many
// days.
func byRealClock(t *testing.T, days int) (url string) {
	s := sandbox.New(sandbox.Config{})
	s.Put("SoftwareLicense", map[string]any{"name": "Licence", "expire": time.Now().AddDate(0, 0, days).Format(time.DateOnly)})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}
