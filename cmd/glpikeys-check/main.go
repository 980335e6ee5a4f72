// Command glpikeys-check tells a monitoring system what ends in GLPI: it asks
// saved connections of GLPI Keys, or one address, and prints what has ended or
// ends within some days. It has no window and needs none.
//
//	glpikeys-check                           all saved connections of this user
//	glpikeys-check -connection Production    one of them, by its name
//	glpikeys-check -url https://glpi.example.org -keys -days 60 -json
//
// Its exit status is 0 when nothing ends, 1 when something ends within the
// days, 2 when something has ended, or GLPI Network does not accept a key whose
// period runs, and 3 when something could not be checked. The highest one wins;
// what could be checked is printed in every case. These are the states OK,
// WARNING, CRITICAL and UNKNOWN of Nagios and its relatives, and the first line
// of the text is made for them. Everything is printed on standard output, also
// that an option is wrong: they read nothing else. 0 is also the status of -help
// and -version, and 3 that of a crash, which would be 2 for other Go programs:
// the check runs in a process of its own.
//
// What counts: licences, contracts and certificates that the account may read,
// with the profile and entity last used in the window (else GLPI's default
// ones), except those in the trash, templates, registration keys that were
// revoked or renewed, and what has no end. A day counts in this computer's time
// zone, and what ends today has not ended. What renews itself ends only when
// its end has passed nevertheless, unless -renewing is given.
//
// Credentials of a saved connection come from the keyring. Where it has none,
// and when exactly one server is asked, they come from the environment:
// GLPI_USER and GLPI_PASSWORD, or GLPI_USER_TOKEN, with GLPI_APP_TOKEN where
// the server wants one. They are never arguments, which every user of the
// computer can read.
//
// # JSON
//
// With -json one object is printed. Names of fields, types, states and causes
// stay as they are; fields may be added.
//
//	{
//	  "time": "2026-11-23T04:20:00+01:00",
//	  "today": "2026-11-23",
//	  "days": 30,
//	  "exit": 3,
//	  "status": "UNKNOWN",
//	  "summary": "1 of 2 servers not checked; 1 ended, 1 ends within 30 days (245 items)",
//	  "servers": [
//	    {"name": "Production", "address": "https://glpi.example.org/apirest.php", "checked": true, "looked": 245,
//	     "ended": 1, "refused": 0, "ending": 1, "problems": []},
//	    {"name": "Staging", "address": "https://stage.example.org/apirest.php", "checked": false, "looked": 0,
//	     "ended": 0, "refused": 0, "ending": 0,
//	     "problems": [{"cause": "unreachable", "message": "The server cannot be reached."}]}
//	  ],
//	  "items": [
//	    {"server": "Production", "state": "ended", "end": "2026-11-01", "days": -22, "type": "SoftwareLicense", "id": 12,
//	     "name": "GLPI Network 2026", "detail": "GLPI Network", "entity": "Root entity > Oslo",
//	     "registration_key": true, "verdict": "running", "trial": false, "renews": false},
//	    {"server": "Production", "state": "ending", "end": "2026-12-04", "days": 11, "type": "Contract", "id": 3,
//	     "name": "Printers", "detail": "C-2024-7", "entity": "Root entity",
//	     "registration_key": false, "verdict": "", "trial": false, "renews": false}
//	  ]
//	}
//
// An item's "state" is "ended", "refused" (by GLPI Network, when it was last asked
// about the key) or "ending". "days" are those until its end, negative after it,
// 0 without one; items stand in the order of their ends. "verdict" is what GLPI
// Network last said of a key: "running", "terminated", "invalid" or "". "detail"
// is the software of a licence and the number of a contract. "status" is OK,
// WARNING, CRITICAL or UNKNOWN. A problem with a "type" concerns that type alone.
// "cause" is a word of package keys. Where no server could be asked at all, as
// after a wrong option, "servers" and "items" are empty and "summary" says why.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glpikeys/app/connection"
	"glpikeys/keys"
)

// version is set by the linker; see the Makefile.
var version = "dev"

// The exit statuses; the highest wins.
const (
	exitNothing = iota
	exitEnding
	exitEnded
	exitUnknown
)

func main() {
	c := command{
		env: os.Getenv, stdout: os.Stdout, stderr: os.Stderr,
		now: time.Now, configDir: os.UserConfigDir, secrets: connection.NewKeyring(),
	}
	os.Exit(c.main(os.Args[1:]))
}

// command is what the command needs from outside.
type command struct {
	env            func(string) string
	stdout, stderr io.Writer
	now            func() time.Time
	configDir      func() (string, error)
	secrets        secrets
}

// secrets is the keyring.
type secrets interface {
	Load(ctx context.Context, id string) (keys.Credentials, error)
}

// options are the arguments.
type options struct {
	days     int
	ended    int // -1: however long ago
	kinds    []keys.ItemType
	keysOnly bool
	renewing bool
	json     bool
	names    []string // of connections
	url      string
	timeout  time.Duration
	verbose  bool
}

// run is the check itself. args are without the command's name. When ctx ends,
// what is not known by then could not be checked.
func (c *command) run(ctx context.Context, args []string) int {
	o, err := c.parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp), errors.Is(err, errShown):
		return exitNothing
	case err != nil:
		o.json = o.json || slices.Contains(args, "-json") || slices.Contains(args, "--json") // behind what is wrong
		return c.unable(o, err.Error())
	}
	targets, err := c.targets(o)
	if err != nil {
		return c.unable(o, err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	return c.print(o, newReport(o, c.now(), c.askAll(ctx, o, targets)))
}

// unable tells why nothing could be checked.
func (c *command) unable(o options, why string) int {
	r := emptyReport(o, c.now())
	r.Exit, r.Status, r.Summary = exitUnknown, statuses[exitUnknown], why
	return c.print(o, r)
}

// print gives the exit status.
func (c *command) print(o options, r report) int {
	if err := r.write(c.stdout, o.json); err != nil {
		fmt.Fprintln(c.stderr, "glpikeys-check: the result could not be written")
		return exitUnknown
	}
	return r.Exit
}

// errShown says that something else than a check was asked for and done.
var errShown = errors.New("shown")

const usage = `Usage: glpikeys-check [options]

Prints what has ended in GLPI or ends within some days: of all saved
connections of GLPI Keys, or of those chosen by -connection or -url.

`

const usageEnd = `
Exit status, the highest one wins:
  0  nothing ends; also after -help and -version
  1  something ends within the days
  2  something has ended, or GLPI Network does not accept a key any more
  3  something could not be checked, a wrong option, or a crash; what could be
     checked is printed all the same
Everything is printed on standard output.

Credentials of a saved connection come from the keyring. Where it has none, and
only when exactly one server is asked, they come from the environment:
GLPI_USER and GLPI_PASSWORD, or GLPI_USER_TOKEN; GLPI_APP_TOKEN with either.
A certificate that was trusted for a saved connection is trusted here, too; for
another private authority set SSL_CERT_FILE (Linux).
`

// parse reads the arguments. None of them holds a secret, and none is repeated
// in a message, in case one does.
func (c *command) parse(args []string) (options, error) {
	o := options{ended: -1}
	flags := flag.NewFlagSet("glpikeys-check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.IntVar(&o.days, "days", 30, "how many days ahead to look, `N`")
	flags.IntVar(&o.ended, "ended", -1, "of what has ended, count only the last `N` days (default all)")
	types := flags.String("types", "", "only these types, a `list` of licences, contracts, certificates, keys")
	all := flags.Bool("all", false, "all licences, contracts and certificates (the default)")
	flags.BoolVar(&o.keysOnly, "keys", false, "only registration keys")
	flags.BoolVar(&o.renewing, "renewing", false, "count what renews itself, too")
	flags.BoolVar(&o.json, "json", false, "print JSON instead of text")
	flags.Func("connection", "only the saved connection with this `name` or ID; may be given again", func(name string) error {
		o.names = append(o.names, name)
		return nil
	})
	flags.StringVar(&o.url, "url", "", "the `address` of a GLPI, instead of saved connections")
	flags.DurationVar(&o.timeout, "timeout", 50*time.Second, "for everything together, `time` such as 20s")
	flags.BoolVar(&o.verbose, "verbose", false, "write one line per request to standard error, and what a crash leaves")
	showVersion := flags.Bool("version", false, "print the version and exit")
	help := func(to io.Writer) {
		fmt.Fprint(to, usage)
		flags.SetOutput(to)
		flags.PrintDefaults()
		fmt.Fprint(to, usageEnd)
	}
	flags.Usage = func() {} // ErrHelp below says when
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		help(c.stdout)
		return o, err
	case err != nil:
		return o, errors.New("wrong option or value; see glpikeys-check -help")
	case *showVersion:
		fmt.Fprintln(c.stdout, "glpikeys-check", version)
		return o, errShown
	case flags.NArg() > 0:
		return o, errors.New("takes options only; see glpikeys-check -help")
	case o.days < 0:
		return o, errors.New("-days is below 0")
	case o.timeout <= 0:
		return o, errors.New("-timeout is not above 0")
	case o.url != "" && len(o.names) > 0:
		return o, errors.New("-url and -connection exclude each other")
	case connection.HasUser(o.url):
		return o, errors.New("-url holds a user or a password; set GLPI_USER and GLPI_PASSWORD in the environment instead")
	}
	return o, o.chooseTypes(*types, *all)
}

var typeNames = map[string]keys.ItemType{
	"licences": keys.TypeLicence, "licenses": keys.TypeLicence,
	"contracts": keys.TypeContract, "certificates": keys.TypeCertificate,
}

// chooseTypes brings -types, -all and -keys together.
func (o *options) chooseTypes(list string, all bool) error {
	for name := range strings.SplitSeq(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		kind, known := typeNames[name]
		switch {
		case known:
			o.kinds = append(o.kinds, kind)
		case name == "keys":
			o.keysOnly = true
		case name != "":
			return errors.New("-types knows licences, contracts, certificates and keys")
		}
	}
	if all && (o.keysOnly || len(o.kinds) > 0) {
		return errors.New("-all excludes -keys and -types")
	}
	if o.keysOnly && slices.Contains(o.kinds, keys.TypeLicence) {
		return errors.New("registration keys are licences: give either -keys or licences")
	}
	if !o.keysOnly && len(o.kinds) == 0 {
		o.kinds = slices.Clone(keys.ItemTypes[:])
	}
	return nil
}

// wants reports whether items of the type are looked at in GLPI's lists of all.
func (o *options) wants(kind keys.ItemType) bool { return slices.Contains(o.kinds, kind) }

// folder is the program's below the user's configuration folder.
const folder = "glpikeys"

// targets are the servers to ask. Errors tell people what to do.
func (c *command) targets(o options) ([]connection.Connection, error) {
	if o.url != "" {
		return []connection.Connection{{Name: keys.NormalAddress(o.url), Address: o.url}}, nil
	}
	dir, err := c.configDir()
	if err != nil {
		return nil, errors.New("no configuration folder: HOME or XDG_CONFIG_HOME is not set; -url works without")
	}
	path := filepath.Join(dir, folder, "connections.json")
	saved, err := connection.Read(path)
	if err != nil {
		return nil, fmt.Errorf("the saved connections cannot be read: %s", path)
	}
	if len(saved) == 0 {
		return nil, errors.New("no saved connections in " + path + "; save one in GLPI Keys, or give -url")
	}
	if len(o.names) == 0 {
		return saved, nil
	}
	var chosen []connection.Connection
	for _, name := range o.names {
		i := slices.IndexFunc(saved, func(c connection.Connection) bool { return c.ID == name || c.Name == name })
		if i < 0 {
			i = slices.IndexFunc(saved, func(c connection.Connection) bool { return strings.EqualFold(c.Name, name) })
		}
		if i < 0 {
			return nil, fmt.Errorf("no saved connection is called %q", name)
		}
		chosen = append(chosen, saved[i])
		saved = slices.Delete(saved, i, i+1) // so that the second of two with one name can be given, too
	}
	return chosen, nil
}

// log is where requests are noted: nowhere, unless -verbose.
func (c *command) log(o options) *slog.Logger {
	if !o.verbose {
		return nil
	}
	return slog.New(slog.NewTextHandler(c.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
