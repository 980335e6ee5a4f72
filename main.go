// Command glpikeys opens the window of GLPI Keys, a program for administrators
// of GLPI servers. This file is the only place where the window, the REST
// client and the operating system meet.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // Windows has no zones of its own for the servers' times

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"glpikeys/app"
	"glpikeys/app/connection"
	"glpikeys/assets"
	"glpikeys/glpi"
	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
	"glpikeys/plugin"
)

// version is set by the linker; see the Makefile.
var version = "dev"

const (
	programID = "io.github.glpikeys"
	folder    = "glpikeys" // below the user's configuration and cache folders
)

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	verbose := flag.Bool("verbose", false, "write one log line per request to the server")
	stderr := flag.Bool("log-stderr", false, "write the log to standard error instead of a file")
	flag.Parse()
	if *showVersion {
		fmt.Println("glpikeys", version)
		return
	}
	if err := run(*verbose, *stderr); err != nil {
		fmt.Fprintln(os.Stderr, "glpikeys:", err)
		os.Exit(1)
	}
}

// run opens the window and returns when it is closed.
func run(verbose, stderr bool) error {
	configDir, err := ownDir(os.UserConfigDir)
	if err != nil {
		return err
	}
	cacheDir, err := ownDir(os.UserCacheDir)
	if err != nil {
		return err
	}
	log, logFile, err := openLog(cacheDir, verbose, stderr)
	if err != nil {
		return err
	}
	log.Info("start", "version", version)

	connections, err := connection.Open(filepath.Join(configDir, "connections.json"))
	if err != nil {
		log.Error("could not read the saved connections", "error", err) // the store starts empty
	}
	preferences, err := app.OpenPreferences(filepath.Join(configDir, "preferences.json"))
	if err != nil {
		log.Error("could not read the preferences", "error", err) // defaults hold
	}

	fyneapp.SetMetadata(fyne.AppMetadata{ID: programID, Name: "GLPI Keys", Version: version, Icon: assets.Icon()})
	a := fyneapp.NewWithID(programID)
	a.SetIcon(assets.Icon())
	printFolder := filepath.Join(cacheDir, "print")
	empty := func() {
		if err := os.RemoveAll(printFolder); err != nil { // Windows keeps what is open
			log.Warn("could not remove what was printed", "error", err)
		}
	}
	empty()
	defer empty()
	keyring := connection.NewKeyring()
	options := glpi.Options{TLS: connection.TLSConfig, Log: log, UserAgent: "glpikeys/" + version}
	var demoNetwork atomic.Value // where the demo's keys are asked about: never the real GLPI Network
	network := func(service, instance string) string {
		if instance == sandbox.DemoInstance {
			service, _ = demoNetwork.Load().(string)
		}
		return service
	}
	window := app.New(a, app.Deps{
		Probe: func(ctx context.Context, address string, via keys.Via) (keys.Endpoint, error) {
			return glpi.Probe(ctx, address, via, options)
		},
		SignIn: func(ctx context.Context, at keys.Endpoint, via keys.Via, who keys.Credentials) (app.Session, error) {
			session, err := glpi.SignIn(ctx, at, via, who, options)
			if err != nil {
				return nil, err // not session: a nil *glpi.Session is not a nil app.Session
			}
			return session, nil
		},
		AskNetwork: func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) (keys.Subscription, error) {
			return glpi.AskNetwork(ctx, network(service, instance), key, instance, via, options)
		},
		PluginOffers: func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) ([]keys.PluginOffer, error) {
			return glpi.PluginOffers(ctx, network(service, instance), key, instance, via, options)
		},
		Demo: func(ctx context.Context) (keys.Endpoint, keys.Credentials, func(), error) {
			at, who, stop, err := startDemo(ctx)
			if err == nil {
				demoNetwork.Store(at.Web() + "/glpi-network")
			}
			return at, who, stop, err
		},
		PluginArchive: func() ([]byte, error) {
			var archive bytes.Buffer
			err := plugin.Pack(&archive)
			return archive.Bytes(), err
		},
		Connections: connections,
		Secrets:     keyring,
		LastSeen:    connection.NewLastSeen(filepath.Join(cacheDir, "lastseen")),
		KeyTexts:    connection.NewKeyTexts(filepath.Join(configDir, "keytexts.json"), keyring),
		RunTexts:    &connection.MemoryKeyTexts{},
		Reminders:   connection.NewReminders(filepath.Join(configDir, "reminders")),
		Checks:      connection.NewChecks(filepath.Join(configDir, "checks.json")),
		Preferences: preferences,
		Do:          fyne.Do,
		Now:         time.Now,
		OpenURL:     a.OpenURL,
		Notify: func(title, body string) {
			a.SendNotification(fyne.NewNotification(title, body))
		},
		Log:         log,
		LogFile:     logFile,
		Version:     version,
		PrintFolder: printFolder,
	})
	quitOnSignal(a)
	window.ShowAndRun()
	log.Info("end")
	return nil
}

// ownDir is the program's folder below one of the user's, made when missing
// and closed to other users.
func ownDir(parent func() (string, error)) (string, error) {
	base, err := parent()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, folder)
	return dir, os.MkdirAll(dir, 0o700)
}

// logLimit is the size at which a log file makes room for a new one when the
// program starts.
const logLimit = 2 << 20

// openLog opens the log. Nothing that is logged holds a secret: credentials
// print as "[redacted]", and requests are logged without query and body.
func openLog(dir string, verbose, stderr bool) (log *slog.Logger, file string, err error) {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	options := &slog.HandlerOptions{Level: level}
	if stderr {
		return slog.New(slog.NewTextHandler(os.Stderr, options)), "", nil
	}
	file = filepath.Join(dir, "glpikeys.log")
	if info, err := os.Stat(file); err == nil && info.Size() > logLimit {
		_ = os.Rename(file, file+".1")
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, "", err
	}
	// A crash leaves its trace in the log too.
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, "", err
	}
	return slog.New(slog.NewJSONHandler(io.Writer(f), options)), file, nil
}

// quitOnSignal closes the window as a person would, so that the session on the
// server ends.
func quitOnSignal(a fyne.App) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		fyne.Do(a.Quit)
	}()
}

// startDemo starts an in-memory GLPI on this computer alone, on a free port.
func startDemo(context.Context) (keys.Endpoint, keys.Credentials, func(), error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return keys.Endpoint{}, keys.Credentials{}, nil, &keys.Problem{Op: "start demo", Cause: keys.Unexpected, Err: err}
	}
	// Its invitations' links open in the browser as long as the demo runs.
	demo := sandbox.New(sandbox.Config{Seed: sandbox.Demo, BaseURL: "http://" + listener.Addr().String()})
	server := &http.Server{Handler: demo, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("the demo's server stopped", "error", err)
		}
	}()
	api := url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/apirest.php"}
	return keys.Endpoint{API: api.String(), Major: 11},
		keys.Credentials{User: "glpi", Password: "glpi"},
		func() { _ = server.Close() }, nil
}
