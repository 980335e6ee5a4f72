package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"glpikeys/app/connection"
	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// now is the clock of the command and of the servers: late in the evening, in
// a zone where it is tomorrow already in most of the world's.
var now = time.Date(2026, time.November, 23, 23, 59, 0, 0, time.FixedZone("", -5*60*60))

var today = keys.DateOf(now)

// in is a day so many days from today, as GLPI keeps it.
func in(days int) string { return today.AddDays(days).String() }

// things fills a server with what ends, so many days from today.
type things struct {
	licences, certificates []int
	contracts              []contract
	keys                   []key
}

type contract struct {
	begin   int // days from today
	months  int
	renewal int // GLPI's: 1 tacit
}

type key struct {
	days  int
	valid int
	block keys.Block
}

func (th things) fill(t *testing.T, s *sandbox.Server) {
	t.Helper()
	for _, days := range th.licences {
		s.Put("SoftwareLicense", map[string]any{"name": "Licence in " + in(days), "expire": in(days)})
	}
	for _, days := range th.certificates {
		s.Put("Certificate", map[string]any{"name": "Certificate", "date_expiration": in(days)})
	}
	for _, c := range th.contracts {
		s.Put("Contract", map[string]any{"name": "Contract", "begin_date": in(c.begin), "duration": c.months, "renewal": c.renewal})
	}
	if len(th.keys) == 0 {
		return
	}
	kind := s.Put("SoftwareLicenseType", map[string]any{"name": "Registration key"})
	product := s.Put("Software", map[string]any{"name": "GLPI Network"})
	for _, k := range th.keys {
		comment, err := keys.WriteComment("", k.block)
		if err != nil {
			t.Fatal(err)
		}
		s.Put("SoftwareLicense", map[string]any{
			"name": "Key", "expire": in(k.days), "is_valid": k.valid, "comment": comment,
			"softwarelicensetypes_id": kind, "softwares_id": product,
		})
	}
}

// serve starts a GLPI with things in it.
func serve(t *testing.T, th things) (*sandbox.Server, string) {
	t.Helper()
	s := sandbox.New(sandbox.Config{Now: func() time.Time { return now }})
	th.fill(t, s)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

// memory is a keyring.
type memory struct {
	connection.Memory
	err   error
	crash string // the ID with which it panics
}

func (m *memory) Load(ctx context.Context, id string) (keys.Credentials, error) {
	if m.err != nil {
		return keys.Credentials{}, m.err
	}
	if id == m.crash {
		panic("S3cret")
	}
	return m.Memory.Load(ctx, id)
}

// desk is a computer on which the command runs.
type desk struct {
	t       *testing.T
	home    string
	env     map[string]string
	keyring *memory
	now     time.Time
}

func newDesk(t *testing.T) *desk {
	return &desk{t: t, home: t.TempDir(), env: map[string]string{}, keyring: &memory{}, now: now}
}

// save saves a connection; its password goes into the keyring when it is told
// to be remembered.
func (d *desk) save(c connection.Connection, password string) {
	d.t.Helper()
	c.ID = "id-" + c.Name
	store, err := connection.Open(filepath.Join(d.home, folder, "connections.json"))
	if err == nil {
		err = store.Put(c)
	}
	if err == nil && password != "" {
		err = d.keyring.Save(d.t.Context(), c.ID, keys.Credentials{Password: password})
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

func saved(name, url string) connection.Connection {
	return connection.Connection{Name: name, Address: url, API: url + "/apirest.php", User: "glpi", Remember: true}
}

// run gives the exit status and what was printed.
func (d *desk) run(args ...string) (exit int, stdout, stderr string) {
	d.t.Helper()
	var out, errs bytes.Buffer
	c := command{
		env: func(name string) string { return d.env[name] }, stdout: &out, stderr: &errs,
		now:       func() time.Time { return d.now },
		configDir: func() (string, error) { return d.home, nil },
		secrets:   d.keyring,
	}
	exit = c.run(d.t.Context(), args)
	for _, secret := range []string{"S3cret", "T0ken"} {
		if strings.Contains(out.String()+errs.String(), secret) {
			d.t.Errorf("a secret was printed:\n%s%s", &out, &errs)
		}
	}
	return exit, out.String(), errs.String()
}

func (d *desk) json(args ...string) report {
	d.t.Helper()
	exit, out, errs := d.run(append(args, "-json")...)
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		d.t.Fatalf("%v: %s%s", err, out, errs)
	}
	if r.Exit != exit || r.Status != statuses[exit] {
		d.t.Errorf("exit %d, told %d %s", exit, r.Exit, r.Status)
	}
	return r
}

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		things
		args []string
		want int
		line string // part of the output
	}{
		"empty":                        {want: 0, line: "OK: nothing ends within 30 days (0 items)"},
		"later":                        {things: things{licences: []int{31}}, want: 0, line: "OK: nothing ends within 30 days (1 item)"},
		"on the last day":              {things: things{licences: []int{30}}, want: 1, line: "WARNING: 1 ends within 30 days (1 item)\nends in 30 days, 2026-12-23: licence "},
		"more days":                    {things: things{licences: []int{31}}, args: []string{"-days", "31"}, want: 1, line: "ends in 31 days"},
		"no days, today":               {things: things{licences: []int{0}}, args: []string{"-days", "0"}, want: 1, line: "ends today, 2026-11-23: licence"},
		"no days, tomorrow":            {things: things{licences: []int{1}}, args: []string{"-days", "0"}, want: 0},
		"yesterday":                    {things: things{licences: []int{-1, 5}}, want: 2, line: "CRITICAL: 1 ended, 1 ends within 30 days (2 items)\nended 1 day ago, 2026-11-22: licence "},
		"long ago":                     {things: things{licences: []int{-400}}, want: 2, line: "ended 400 days ago"},
		"long ago, not asked for":      {things: things{licences: []int{-400}}, args: []string{"-ended", "90"}, want: 0},
		"ended on the last day":        {things: things{licences: []int{-90}}, args: []string{"-ended", "90"}, want: 2},
		"certificate":                  {things: things{certificates: []int{3}}, want: 1, line: `ends in 3 days, 2026-11-26: certificate 1 "Certificate"`},
		"other type":                   {things: things{certificates: []int{3}}, args: []string{"-types", "licences, Contracts"}, want: 0},
		"that type":                    {things: things{certificates: []int{3}}, args: []string{"-types", "certificates"}, want: 1},
		"contract":                     {things: things{contracts: []contract{{-350, 12, 0}}}, want: 1, line: "contract"},
		"contract renews":              {things: things{contracts: []contract{{-350, 12, 1}}}, want: 0},
		"contract renews, asked for":   {things: things{contracts: []contract{{-350, 12, 1}}}, args: []string{"-renewing"}, want: 1, line: "renews itself"},
		"licence is no key":            {things: things{licences: []int{-1}, keys: []key{{days: 90, valid: 1}}}, args: []string{"-keys"}, want: 0, line: "(1 item)"},
		"no keys at all":               {things: things{licences: []int{-1}}, args: []string{"-keys"}, want: 0, line: "(0 items)"},
		"key":                          {things: things{keys: []key{{days: 3, valid: 1}}}, args: []string{"-keys"}, want: 1, line: `ends in 3 days, 2026-11-26: registration key 1 "Key" (GLPI Network), Root entity`},
		"key among all":                {things: things{keys: []key{{days: 3, valid: 1}}}, want: 1, line: `registration key 1 "Key" (GLPI Network), Root entity`},
		"keys by type":                 {things: things{keys: []key{{days: -3, valid: 1}}}, args: []string{"-types", "keys,contracts"}, want: 2, line: "registration key"},
		"revoked key":                  {things: things{keys: []key{{days: -3, block: revoked}}}, args: []string{"-keys"}, want: 0},
		"revoked key among all":        {things: things{keys: []key{{days: -3, block: revoked}}}, want: 0, line: "(0 items)"},
		"revoked, then saved in GLPI":  {things: things{keys: []key{{days: -3, valid: 1, block: revoked}}}, want: 0},
		"not valid, without our block": {things: things{keys: []key{{days: -3}}}, want: 2, line: "registration key"},
		"not valid, given up by nobody": {
			things: things{keys: []key{{days: 3, block: keys.Block{Vendor: keys.GLPINetwork}}}}, args: []string{"-keys"}, want: 1, line: "registration key",
		},
		"renewing key":              {things: things{keys: []key{{days: 3, valid: 1, block: keys.Block{AutoRenews: true}}}}, want: 0},
		"renewing key that ended":   {things: things{keys: []key{{days: -3, valid: 1, block: keys.Block{AutoRenews: true}}}}, want: 2},
		"terminated key":            {things: things{keys: []key{{days: 300, valid: 1, block: said(keys.VerdictTerminated)}}}, want: 2, line: "CRITICAL: 1 key refused by GLPI Network (1 item)\nrefused by GLPI Network, terminated, " + in(300) + ": registration key"},
		"invalid key":               {things: things{keys: []key{{days: 3, valid: 1, block: said(keys.VerdictInvalid)}}}, args: []string{"-keys"}, want: 2, line: "refused by GLPI Network, invalid, "},
		"terminated key that ended": {things: things{keys: []key{{days: -3, valid: 1, block: said(keys.VerdictTerminated)}}}, want: 2, line: "CRITICAL: 1 ended"},
		"terminated key, given up":  {things: things{keys: []key{{days: 300, block: keys.Block{Validated: said(keys.VerdictTerminated).Validated, Revoked: revoked.Revoked}}}}, want: 0},
		"running key":               {things: things{keys: []key{{days: 300, valid: 1, block: said(keys.VerdictRunning)}}}, want: 0},
		"trial":                     {things: things{keys: []key{{days: 3, valid: 1, block: keys.Block{Trial: true}}}}, want: 1, line: "trial key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, url := serve(t, tc.things)
			d := newDesk(t)
			d.env = map[string]string{"GLPI_USER": "glpi", "GLPI_PASSWORD": "glpi"}
			exit, out, errs := d.run(append(tc.args, "-url", url)...)
			if exit != tc.want || !strings.Contains(out, tc.line) || errs != "" {
				t.Errorf("exit %d, want %d and %q:\n%s%s", exit, tc.want, tc.line, out, errs)
			}
			if server.Sessions() != 0 {
				t.Error("a session is left on the server")
			}
		})
	}
}

// TestLastDay: what ends today has not ended, until the day is over where the
// command runs, wherever that is; also on days on which the clocks change.
func TestLastDay(t *testing.T) {
	t.Parallel()
	for name, day := range map[string]string{
		"Pacific/Kiritimati": "2026-11-23", "America/Adak": "2026-11-01", "Australia/Lord_Howe": "2026-04-05", "America/Santiago": "2026-09-05",
		"Africa/Cairo": "2026-10-29", "Europe/Paris": "2026-03-29", "UTC": "2026-12-31",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			end, err := keys.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			box := sandbox.New(sandbox.Config{}) // in a zone of its own
			box.Put("SoftwareLicense", map[string]any{"name": "Licence", "expire": end.String()})
			server := httptest.NewServer(box)
			t.Cleanup(server.Close)
			noon := time.Date(end.Year, end.Month, end.Day, 12, 0, 0, 0, zone)
			last := noon.Add(time.Duration(sort.Search(24*60*60, func(n int) bool {
				return keys.DateOf(noon.Add(time.Duration(n)*time.Second)) != end
			})-1) * time.Second)
			for at, want := range map[time.Time]int{
				last.Add(-20 * time.Hour): exitEnding, last: exitEnding, last.Add(time.Second): exitEnded,
			} {
				d := newDesk(t)
				d.env, d.now = map[string]string{"GLPI_USER": "glpi", "GLPI_PASSWORD": "glpi"}, at
				if exit, out, _ := d.run("-url", server.URL, "-days", "0"); exit != want {
					t.Errorf("%s, ends %s: exit %d\n%s", at, end, exit, out)
				}
			}
		})
	}
}

// said is the block of a key of GLPI Network, with what that last said of it.
func said(v keys.Verdict) keys.Block {
	return keys.Block{
		Vendor: keys.GLPINetwork, Fingerprint: keys.Fingerprint("k"),
		Validated: keys.Validation{Time: now.UTC().Truncate(time.Second), Verdict: v, From: keys.AskedHere},
	}
}

var revoked = keys.Block{Revoked: keys.Revocation{Date: today, Why: keys.DepartureRevoked}}

func TestSavedConnections(t *testing.T) {
	t.Parallel()
	_, fine := serve(t, things{licences: []int{90}})
	_, ends := serve(t, things{licences: []int{3}})
	_, ended := serve(t, things{licences: []int{-3}})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	d := newDesk(t)
	d.save(saved("Fine", fine), "glpi")
	d.save(saved("Ends", ends), "glpi")
	d.save(saved("Ended", ended), "glpi")
	d.save(saved("Gone", gone.URL), "glpi")
	wrong := saved("Wrong", fine)
	d.save(wrong, "S3cret")
	for name, tc := range map[string]struct {
		names string
		want  int
		lines []string
	}{
		"nothing":            {"Fine", 0, []string{"OK: nothing ends within 30 days (1 item)"}},
		"by ID, other case":  {"id-Fine fine", 3, []string{"UNKNOWN: no saved connection is called \"fine\""}}, // the second has no second one to mean
		"ends":               {"Fine Ends", 1, []string{"WARNING: 1 ends within 30 days (2 items)", "[Ends]"}},
		"ended":              {"Ends Ended", 2, []string{"CRITICAL: 1 ended, 1 ends", "[Ends]", "[Ended]"}},
		"gone wins":          {"Ended Gone ends", 3, []string{"UNKNOWN: 1 of 3 servers not checked; 1 ended, 1 ends", "[Ended]", "not checked: Gone: The server cannot be reached."}},
		"wrong password":     {"Wrong", 3, []string{"not checked: Wrong: GLPI refuses the user name or the password."}},
		"unknown connection": {"Nobody", 3, []string{"UNKNOWN: no saved connection"}},
		"all of them":        {"", 3, []string{"2 of 5 servers not checked"}},
	} {
		t.Run(name, func(t *testing.T) {
			var args []string
			for _, name := range strings.Fields(tc.names) {
				args = append(args, "-connection", name)
			}
			exit, out, errs := d.run(args...)
			if exit != tc.want {
				t.Errorf("exit %d, want %d:\n%s%s", exit, tc.want, out, errs)
			}
			for _, line := range tc.lines {
				if !strings.Contains(out, line) {
					t.Errorf("no %q in\n%s", line, out)
				}
			}
			if errs != "" {
				t.Errorf("standard error: %s", errs)
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{})
	robot := server.AddUser(sandbox.User{Login: "robot", Password: "S3cret-pass", Profile: "Super-Admin", Recursive: true})
	server.Change("User", robot, map[string]any{"api_token": "T0ken-of-robot-T0ken-of-robot"})
	const absent, failed = keys.KeyringAbsent, keys.KeyringFailed
	for name, tc := range map[string]struct {
		inKeyring string
		keyring   keys.Cause
		env       string
		second    bool // another connection is asked, too
		want      keys.Cause
	}{
		"keyring":                     {inKeyring: "S3cret-pass"},
		"keyring first":               {inKeyring: "S3cret-pass", env: "GLPI_PASSWORD=wrong"},
		"environment":                 {env: "GLPI_PASSWORD=S3cret-pass"},
		"environment, other user":     {env: "GLPI_PASSWORD=S3cret-pass GLPI_USER=nobody", want: keys.WrongPassword},
		"token":                       {env: "GLPI_USER_TOKEN=T0ken-of-robot-T0ken-of-robot"},
		"no keyring":                  {keyring: absent, env: "GLPI_PASSWORD=S3cret-pass"},
		"no keyring, nothing else":    {keyring: absent, want: absent},
		"keyring fails":               {keyring: failed, env: "GLPI_APP_TOKEN=T0ken", want: failed},
		"nothing":                     {want: keys.NothingSent},
		"two servers, one password":   {env: "GLPI_PASSWORD=S3cret-pass", second: true, want: keys.NothingSent},
		"two servers, nothing at all": {second: true, want: keys.NothingSent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			c := saved("GLPI", url)
			c.User = "robot"
			d.save(c, tc.inKeyring)
			if tc.keyring != "" {
				d.keyring.err = &keys.Problem{Op: "load secrets", Cause: tc.keyring}
			}
			for pair := range strings.FieldsSeq(tc.env) {
				name, value, _ := strings.Cut(pair, "=")
				d.env[name] = value
			}
			if tc.second {
				d.save(saved("Second", url), "")
			}
			r := d.json("-types", "licences")
			i := 0
			if r.Servers[i].Name != "GLPI" {
				i = 1
			}
			s := r.Servers[i]
			if tc.want == "" && (!s.Checked || len(s.Problems) > 0) || tc.want != "" && (s.Checked || len(s.Problems) != 1 || s.Problems[0].Cause != tc.want) {
				t.Errorf("want %q, got %+v", tc.want, s)
			}
		})
	}
}

// TestAppToken is a server that admits nobody without one.
func TestAppToken(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{})
	server.SetClients(sandbox.Client{Name: "all", Active: true, AppToken: "T0kenT0kenT0ken"})
	d := newDesk(t)
	d.env = map[string]string{"GLPI_USER": "glpi", "GLPI_PASSWORD": "glpi"}
	if r := d.json("-url", url); r.Exit != exitUnknown || r.Servers[0].Problems[0].Cause != keys.AppTokenMissing {
		t.Errorf("%+v", r)
	}
	d.env["GLPI_APP_TOKEN"] = "T0kenT0kenT0ken"
	if r := d.json("-url", url); r.Exit != exitNothing || !r.Servers[0].Checked {
		t.Errorf("%+v", r)
	}
}

// TestMissingType is a profile that may not read contracts.
func TestMissingType(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{licences: []int{3}})
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/search/Contract") {
			return false
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`["ERROR_RIGHT_MISSING","You don't have permission to perform this action."]`))
		return true
	})
	d := newDesk(t)
	d.env = map[string]string{"GLPI_USER": "glpi", "GLPI_PASSWORD": "glpi"}
	r := d.json("-url", url)
	if r.Summary != "1 of 1 server checked in part; 1 ends within 30 days (1 item)" {
		t.Error(r.Summary)
	}
	if r.Exit != exitUnknown || len(r.Items) != 1 || len(r.Servers[0].Problems) != 1 ||
		r.Servers[0].Problems[0].Type != keys.TypeContract || r.Servers[0].Problems[0].Cause != keys.NoRight {
		t.Errorf("%+v", r)
	}
	if r := d.json("-url", url, "-types", "licences,certificates"); r.Exit != exitEnding {
		t.Errorf("%+v", r)
	}
}

func TestProfileAndEntityOfTheWindow(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{})
	oslo := server.Put("Entity", map[string]any{"name": "Oslo", "entities_id": 0, "completename": "Root entity > Oslo", "level": 2})
	server.Put("SoftwareLicense", map[string]any{"name": "In Oslo", "expire": in(3), "entities_id": oslo})
	server.Put("SoftwareLicense", map[string]any{"name": "In the root", "expire": in(3)})
	d := newDesk(t)
	c := saved("GLPI", url)
	c.Entity = &oslo
	d.save(c, "glpi")
	if r := d.json(); r.Exit != exitEnding || len(r.Items) != 1 || r.Items[0].Name != "In Oslo" {
		t.Errorf("%+v", r)
	}
	none := 999
	c.Entity = &none
	d.save(c, "glpi")
	if r := d.json(); r.Exit != exitUnknown || r.Servers[0].Checked {
		t.Errorf("an entity that is gone: %+v", r)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{})
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	server.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/search/") {
			<-release
		}
		return false
	})
	d := newDesk(t)
	d.save(saved("GLPI", url), "glpi")
	start := time.Now()
	r := d.json("-timeout", "400ms")
	if took := time.Since(start); r.Exit != exitUnknown || took > 5*time.Second {
		t.Errorf("after %v: %+v", took, r)
	}
}

// TestOneOfSeveral: neither a server that never answers nor one whose answer
// brings the check down hides what the others say.
func TestOneOfSeveral(t *testing.T) {
	t.Parallel()
	_, ended := serve(t, things{licences: []int{-3}})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	d := newDesk(t)
	d.save(saved("Ended", ended), "glpi")
	d.save(saved("Silent", "http://"+silent.Addr().String()), "glpi")
	d.save(saved("Crash", ended), "glpi")
	d.keyring.crash = "id-Crash"
	start := time.Now()
	r := d.json("-timeout", "700ms")
	if took := time.Since(start); r.Exit != exitUnknown || r.Summary != "2 of 3 servers not checked; 1 ended (1 item)" || took > 3*time.Second {
		t.Errorf("after %v: %+v", took, r)
	}
	for _, s := range r.Servers {
		switch {
		case s.Name == "Ended" && s.Checked && s.Ended == 1:
		case s.Name == "Silent" && (s.Problems[0].Cause == keys.TimedOut || s.Problems[0].Cause == keys.Canceled):
		case s.Name == "Crash" && s.Problems[0].Cause == keys.Unexpected:
		default:
			t.Errorf("%+v", s)
		}
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args string
		want int
		out  string
	}{
		"help":             {"-help", 0, "Exit status, the highest one wins"},
		"short help":       {"-h", 0, "Exit status, the highest one wins"},
		"version":          {"-version", 0, "glpikeys-check dev"},
		"unknown":          {"-password S3cret", 3, "UNKNOWN: wrong option"},
		"bad number":       {"-days S3cret", 3, "UNKNOWN: wrong option"},
		"bad time":         {"-timeout S3cret", 3, "UNKNOWN: wrong option"},
		"no value":         {"-url", 3, "UNKNOWN: wrong option"},
		"bare word":        {"S3cret", 3, "UNKNOWN: takes options only"},
		"negative":         {"-days -1", 3, "UNKNOWN: -days is below 0"},
		"no time":          {"-timeout 0s", 3, "UNKNOWN: -timeout is not above 0"},
		"unknown type":     {"-types printers", 3, "UNKNOWN: -types knows"},
		"both":             {"-keys -all", 3, "UNKNOWN: -all excludes"},
		"types and all":    {"-types contracts -all", 3, "UNKNOWN: -all excludes"},
		"keys twice":       {"-types keys,licences", 3, "UNKNOWN: registration keys are licences"},
		"url and name":     {"-url x -connection y", 3, "UNKNOWN: -url and -connection exclude"},
		"password in url":  {"-url https://glpi:S3cret@glpi.example.org", 3, "UNKNOWN: -url holds a user or a password"},
		"nothing is saved": {"", 3, "UNKNOWN: no saved connections"},
		"no address":       {"-url ://", 3, "not checked: the server: This is not the address of a server."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.env["GLPI_USER_TOKEN"] = "T0ken"
			args := strings.Fields(tc.args)
			exit, out, errs := d.run(args...)
			if exit != tc.want || !strings.Contains(out, tc.out) || errs != "" {
				t.Errorf("exit %d: %s%s", exit, out, errs)
			}
			if tc.want == 0 || tc.args == "-url" {
				return
			}
			for _, args := range [][]string{append([]string{"-json"}, args...), append(args, "--json")} {
				if r := d.json(args...); r.Servers == nil || r.Items == nil || r.Summary == "" {
					t.Errorf("%s: %+v", args, r)
				}
			}
		})
	}
}

func TestDamagedConnectionsStay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.save(saved("GLPI", "https://glpi.example.org"), "")
	path := filepath.Join(d.home, folder, "connections.json")
	if err := writeFile(path, `{"connections":`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if exit, out, _ := d.run(); exit != exitUnknown || !strings.Contains(out, path) {
			t.Errorf("exit %d: %s", exit, out)
		}
	}
}

// failing is a pipe whose reader has gone.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestResultThatNobodyReads(t *testing.T) {
	t.Parallel()
	_, url := serve(t, things{})
	var errs bytes.Buffer
	env := map[string]string{"GLPI_USER": "glpi", "GLPI_PASSWORD": "glpi"}
	c := command{env: func(n string) string { return env[n] }, stdout: failing{}, stderr: &errs, now: time.Now}
	if exit := c.run(t.Context(), []string{"-url", url}); exit != exitUnknown || errs.Len() == 0 {
		t.Errorf("exit %d, %s", exit, &errs)
	}
}

// TestNamesCannotForgeLines prints what somebody typed into GLPI.
func TestNamesCannotForgeLines(t *testing.T) {
	t.Parallel()
	server, url := serve(t, things{})
	server.Put("SoftwareLicense", map[string]any{"name": "A\nOK: nothing\x1b[2J|ends=0", "expire": in(3)})
	d := newDesk(t)
	d.save(saved("GLPI", url), "glpi")
	exit, out, _ := d.run()
	if exit != exitEnding || strings.Count(out, "\n") != 2 || strings.ContainsAny(out, "\x1b|") {
		t.Errorf("%q", out)
	}
}

// TestJSON holds the form that the package's documentation promises.
func TestJSON(t *testing.T) {
	t.Parallel()
	_, url := serve(t, things{keys: []key{{days: 3, valid: 1}}})
	d := newDesk(t)
	d.save(saved("GLPI", url), "glpi")
	_, out, _ := d.run("-json")
	var got, want map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(example(t)), &want); err != nil {
		t.Fatal(err)
	}
	sameFields(t, "", want, got)
	if got["time"] != "2026-11-23T23:59:00-05:00" || got["today"] != "2026-11-23" {
		t.Error(got["time"], got["today"])
	}
}

// example is the JSON in the package's documentation.
func example(t *testing.T) string {
	t.Helper()
	text, err := readFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "//\t"); ok && !strings.HasPrefix(rest, "glpikeys-check") {
			out.WriteString(rest)
		}
	}
	return out.String()
}

func sameFields(t *testing.T, at string, want, got any) {
	t.Helper()
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok || len(got) != len(want) {
			t.Errorf("%s: %v, documented %v", at, got, want)
		}
		for name := range want {
			if _, ok := got[name]; !ok {
				t.Errorf("%s: no %q", at, name)
			} else {
				sameFields(t, at+"."+name, want[name], got[name])
			}
		}
	case []any:
		got, ok := got.([]any)
		if !ok {
			t.Errorf("%s: %v, documented %v", at, got, want)
		}
		if len(want) > 0 && len(got) > 0 {
			sameFields(t, at+"[0]", want[0], got[0])
		}
	}
}

func TestEverySentenceIsOne(t *testing.T) {
	t.Parallel()
	for cause, text := range sentences {
		if !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "\n|") {
			t.Errorf("%s: %q", cause, text)
		}
	}
	err := &keys.Problem{Cause: "new", Detail: strings.Repeat("x ", 200), Err: errors.New("S3cret")}
	if got := sentence(err); !strings.HasPrefix(got, "Unexpected: new. (x x") || len(got) > 160 || strings.Contains(got, "S3cret") {
		t.Error(got)
	}
}
