// Command glpikeys opens the window of GLPI Keys, a program for administrators
// of GLPI servers. This package is the only place where the window, the REST
// client and the operating system meet.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // Windows has no zones of its own for the servers' times

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"glpikeys/app"
	"glpikeys/app/connection"
	"glpikeys/assets"
	"glpikeys/glpi"
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
	deps := app.Deps{Version: version, Now: time.Now, PrintFolder: filepath.Join(cacheDir, "print")}
	deps.Log, deps.LogFile, err = openLog(cacheDir, verbose, stderr)
	if err != nil {
		return err
	}
	deps.Log.Info("start", "version", version)
	emptyPrints(&deps)
	defer emptyPrints(&deps)
	keepHere(&deps, configDir, cacheDir)
	reachServers(&deps)
	a := newApp()
	showThere(&deps, a)
	window := app.New(a, deps)
	quitOnSignal(a)
	window.ShowAndRun()
	deps.Log.Info("end")
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

// emptyPrints removes what was made to be printed: it holds secrets.
func emptyPrints(deps *app.Deps) {
	if err := os.RemoveAll(deps.PrintFolder); err != nil { // Windows keeps what is open
		deps.Log.Warn("could not remove what was printed", "error", err)
	}
}

// keepHere fills in what is kept on this computer. What cannot be read is
// logged, and begins anew: the window opens all the same.
func keepHere(deps *app.Deps, configDir, cacheDir string) {
	connections, err := connection.Open(filepath.Join(configDir, "connections.json"))
	if err != nil {
		deps.Log.Error("could not read the saved connections", "error", err)
	}
	deps.Preferences, err = app.OpenPreferences(filepath.Join(configDir, "preferences.json"))
	if err != nil {
		deps.Log.Error("could not read the preferences", "error", err)
	}
	keyring := connection.NewKeyring()
	deps.Connections, deps.Secrets = connections, keyring
	deps.LastSeen = connection.NewLastSeen(filepath.Join(cacheDir, "lastseen"))
	deps.KeyTexts = connection.NewKeyTexts(filepath.Join(configDir, "keytexts.json"), keyring)
	deps.RunTexts = &connection.MemoryKeyTexts{}
	deps.Reminders = connection.NewReminders(filepath.Join(configDir, "reminders"))
	deps.Checks = connection.NewChecks(filepath.Join(configDir, "checks.json"))
}

// reachServers fills in what reaches GLPI, GLPI Network and the demo.
func reachServers(deps *app.Deps) {
	options := glpi.Options{TLS: connection.TLSConfig, Log: deps.Log, UserAgent: "glpikeys/" + version}
	demo := &demo{log: deps.Log}
	deps.Demo = func(context.Context) (keys.Endpoint, keys.Credentials, func(), error) { return demo.start() }
	deps.Probe = func(ctx context.Context, address string, via keys.Via) (keys.Endpoint, error) {
		return glpi.Probe(ctx, address, via, options)
	}
	deps.SignIn = func(ctx context.Context, at keys.Endpoint, via keys.Via, who keys.Credentials) (app.Session, error) {
		session, err := glpi.SignIn(ctx, at, via, who, options)
		if err != nil {
			return nil, err // not session: a nil *glpi.Session is not a nil app.Session
		}
		return session, nil
	}
	deps.AskNetwork = func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) (keys.Subscription, error) {
		service, err := demo.service(service, instance)
		if err != nil {
			return keys.Subscription{Verdict: keys.VerdictUnreached}, err
		}
		return glpi.AskNetwork(ctx, service, key, instance, via, options)
	}
	deps.PluginOffers = func(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via) ([]keys.PluginOffer, error) {
		service, err := demo.service(service, instance)
		if err != nil {
			return nil, err
		}
		return glpi.PluginOffers(ctx, service, key, instance, via, options)
	}
	deps.PluginArchive = func() ([]byte, error) {
		var archive bytes.Buffer
		err := plugin.Pack(&archive)
		return archive.Bytes(), err
	}
}

// newApp is the program to the desktop.
func newApp() fyne.App {
	fyneapp.SetMetadata(fyne.AppMetadata{ID: programID, Name: "GLPI Keys", Version: version, Icon: assets.Icon()})
	a := fyneapp.NewWithID(programID)
	a.SetIcon(assets.Icon())
	return a
}

// showThere fills in what the desktop does for the window.
func showThere(deps *app.Deps, a fyne.App) {
	deps.Do, deps.OpenURL = fyne.Do, a.OpenURL
	deps.Notify = func(title, body string) { a.SendNotification(fyne.NewNotification(title, body)) }
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
