package app

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// Opened is a sign-in that succeeded.
type Opened struct {
	Session    Session
	Connection connection.Connection // as saved; it has no ID in the demo
	Demo       bool
	Offline    *offline // Session itself when the server cannot be reached, nil otherwise
	Stop       func()   // ends the demo's server, nil otherwise
	Notices    []string // what did not work besides, as sentences
}

// signIn is the presenter of the sign-in screen: the saved servers, the form,
// the check of the server while a person types, and the way from there to a
// session. It knows no widgets; the view reads its fields and methods after
// each call of onChange. It belongs to the window's goroutine.
type signIn struct {
	deps     Deps
	tasks    *task.Runner
	opened   func(Opened)
	onChange func()

	saved   []connection.Connection // last used first
	current connection.Connection   // the saved one that was chosen, without ID for a new server
	form    signInForm
	pin     string // public key trusted for this form
	pinHost string // the host that it was trusted for

	check    serverCheck
	stage    stage
	under    *handover // of the attempt under way
	question *certificateQuestion
	problems map[field]string // messages at fields
	notice   formNotice       // message for the form as a whole
	offered  *offline         // can be shown while the server cannot be reached, nil for nothing
	focus    field            // where the view should put the keyboard; it resets this

	keyringErr   error                       // why the keyring cannot be used, nil when it can
	waiting      bool                        // a person may have to unlock the keyring
	afterKeyring func(error)                 // goes on with a sign-in that waits for the keyring
	kept         map[string]keys.Credentials // by connection, for this run only
}

// signInForm is what a person typed, as typed.
type signInForm struct {
	Server    string
	ByToken   bool // by personal token instead of password
	User      string
	Password  string
	UserToken string
	AppToken  string
	Proxy     string
	Advanced  bool // the proxy is shown
	Remember  bool
	Mint      bool // keep a new personal token instead of the password
}

// serverCheck is what is known about the server in the form.
type serverCheck struct {
	State   checkState
	At      keys.Endpoint // when found
	Err     error         // when failed
	address string        // what was checked
	via     keys.Via
}

type checkState int

const (
	checkNone checkState = iota
	checkRunning
	checkFound
	checkFailed
)

// certificateQuestion asks whether to trust a certificate that no authority
// signed, or that is not the trusted one any more.
type certificateQuestion struct {
	Certificate keys.Certificate
	Changed     bool
	Host        string // to type before a changed certificate is trusted
	Wrong       bool   // something else was typed
	again       func() // what the question interrupted
}

// formNotice is a message for the form as a whole.
type formNotice struct {
	Good bool
	Text string
}

// stage is what an attempt is doing, for the button.
type stage string

const (
	idle           stage = ""
	stageFinding   stage = "finding"
	stageSigningIn stage = "signing_in"
	stageTesting   stage = "testing"
	stageMinting   stage = "minting"
	stageRestoring stage = "restoring"
	stageKeyring   stage = "keyring"
	stageSaving    stage = "saving"
	stageDemo      stage = "demo"
)

// The slots of the sign-in's background work.
const (
	slotCheck       = "signin-check"
	slotAttempt     = "signin-attempt"
	slotKeyring     = "signin-keyring"
	slotKeyringSlow = "signin-keyring-slow"
	slotKeyringTest = "signin-keyring-test"
	slotSave        = "signin-save"
	slotLastSeen    = "signin-lastseen"
)

const (
	checkPause  = 600 * time.Millisecond // after the last key, before the server is asked
	keyringSlow = 300 * time.Millisecond // before "waiting for the keyring" shows
	checkTime   = 45 * time.Second
	attemptTime = 2 * time.Minute
	userLength  = 255 // characters that GLPI keeps of a user name
	nameLength  = 80  // characters of a saved server's name
)

// newSignIn presents the saved servers, the last used one chosen. opened is
// called with each session that a person opens.
func newSignIn(deps Deps, tasks *task.Runner, opened func(Opened)) *signIn {
	p := &signIn{
		deps:     deps,
		tasks:    tasks,
		opened:   opened,
		onChange: func() {},
		problems: map[field]string{},
		kept:     map[string]keys.Credentials{},
	}
	p.checkKeyring()
	p.Resume()
	return p
}

// Resume shows the form again, as after a sign-out: the last used server is
// chosen, its secrets are read again.
func (p *signIn) Resume() {
	p.reload()
	if len(p.saved) == 0 {
		p.add()
		return
	}
	p.Choose(p.saved[0].ID, false)
}

func (p *signIn) reload() { p.saved = slices.Clone(p.deps.Connections.All()) }

// checkKeyring finds out whether secrets can be remembered at all.
func (p *signIn) checkKeyring() {
	task.Run(p.tasks, slotKeyringTest, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.deps.Secrets.Check(ctx)
	}, func(_ struct{}, err error) {
		p.keyringErr = err
		p.onChange()
	})
}

// busy reports whether an attempt is under way, during which the form rests.
func (p *signIn) busy() bool { return p.stage != idle }

// keeping reports whether a session is open already and its connection and
// secrets are being saved; then there is nothing left to give up.
func (p *signIn) keeping() bool { return p.stage == stageKeyring || p.stage == stageSaving }

// add empties the form for a server that is not saved yet.
func (p *signIn) add() {
	if p.keeping() {
		return
	}
	p.show(connection.Connection{Remember: true})
	p.focus = fieldServer
	p.onChange()
}

// Choose shows a saved server and reads its secrets. With signInNow it signs
// in to it as soon as they are there; when some are missing the form says
// which.
func (p *signIn) Choose(id string, signInNow bool) {
	if p.keeping() {
		return
	}
	i := slices.IndexFunc(p.saved, func(c connection.Connection) bool { return c.ID == id })
	if i < 0 {
		p.reload()
		if i = slices.IndexFunc(p.saved, func(c connection.Connection) bool { return c.ID == id }); i < 0 {
			return
		}
	}
	p.show(p.saved[i])
	p.startCheck(0)
	p.loadSecrets(func() {
		if signInNow {
			p.submit()
			return
		}
		p.focus = p.start()
	})
	p.onChange()
}

// show fills the form from a connection and forgets everything about the one
// before.
func (p *signIn) show(c connection.Connection) {
	p.cancel()
	p.cancelKeyring()
	p.tasks.Cancel(slotCheck)
	p.withdraw()
	p.current = c
	p.form = signInForm{
		Server: c.Address, ByToken: c.ByToken, Proxy: c.Via.Proxy, Advanced: c.Via.Proxy != "",
		Remember: c.Remember,
	}
	if !c.ByToken {
		p.form.User = c.User
	}
	p.pin, p.pinHost = c.Via.Pin, hostOf(c.Address)
	p.check, p.question = serverCheck{}, nil
	p.clearMessages()
}

// loadSecrets reads the secrets of the chosen server, from this run's memory
// or from the keyring, and then calls then. What was typed meanwhile stays.
func (p *signIn) loadSecrets(then func()) {
	if kept, ok := p.kept[p.current.ID]; ok {
		p.form.ByToken = kept.Password == ""
		p.form.User = cmp.Or(kept.User, p.form.User)
		p.fill(kept)
		then()
		return
	}
	if !p.current.Remember {
		then()
		return
	}
	id := p.current.ID
	p.keyring(func(ctx context.Context) (keys.Credentials, error) {
		return p.deps.Secrets.Load(ctx, id)
	}, func(secrets keys.Credentials, err error) {
		if err != nil {
			p.deps.Log.Warn("secrets not loaded", "error", err)
			p.notice = formNotice{Text: sentence(err)}
			p.focus = p.start()
		} else {
			p.fill(secrets)
			then()
		}
		p.onChange()
	})
}

func (p *signIn) fill(secrets keys.Credentials) {
	p.form.Password = cmp.Or(p.form.Password, secrets.Password)
	p.form.UserToken = cmp.Or(p.form.UserToken, secrets.UserToken)
	p.form.AppToken = cmp.Or(p.form.AppToken, secrets.AppToken)
}

// keyring runs work that may wait for a person to unlock the keyring, and says
// so when it takes a while.
func (p *signIn) keyring(work func(context.Context) (keys.Credentials, error), done func(keys.Credentials, error)) {
	task.Run(p.tasks, slotKeyring, work, func(secrets keys.Credentials, err error) {
		p.tasks.Cancel(slotKeyringSlow)
		p.waiting = false
		done(secrets, err)
	})
	task.Run(p.tasks, slotKeyringSlow, pause(keyringSlow), func(struct{}, error) {
		p.waiting = true
		p.onChange()
	})
}

// cancelKeyring stops waiting for the keyring. A sign-in that waits to save
// its secrets goes on without.
func (p *signIn) cancelKeyring() {
	p.tasks.Cancel(slotKeyring)
	p.tasks.Cancel(slotKeyringSlow)
	p.waiting = false
	if kept := p.afterKeyring; kept != nil {
		p.afterKeyring = nil
		kept(&keys.Problem{Op: "save secrets", Cause: keys.Canceled})
	}
	p.onChange()
}

// text is what stands in a field.
func (p *signIn) text(f field) string {
	if s := p.fieldText(f); s != nil {
		return *s
	}
	return ""
}

func (p *signIn) fieldText(f field) *string {
	switch f {
	case fieldServer:
		return &p.form.Server
	case fieldUser:
		return &p.form.User
	case fieldPassword:
		return &p.form.Password
	case fieldUserToken:
		return &p.form.UserToken
	case fieldAppToken:
		return &p.form.AppToken
	case fieldProxy:
		return &p.form.Proxy
	default:
		return nil
	}
}

// edit takes what a person typed into a field. A new server or proxy is
// checked after a pause.
func (p *signIn) edit(f field, text string) {
	s := p.fieldText(f)
	if s == nil || *s == text {
		return
	}
	*s = text
	delete(p.problems, f)
	p.notice = formNotice{}
	if f == fieldServer || f == fieldProxy {
		p.question = nil
		p.startCheck(checkPause)
	}
	p.onChange()
}

// setByToken chooses between personal token and password; what stands in the
// fields of the other way stays.
func (p *signIn) setByToken(on bool) {
	if p.form.ByToken == on || p.busy() {
		p.onChange() // the view may show the other choice already
		return
	}
	p.form.ByToken = on
	p.clearMessages()
	p.focus = p.start()
	p.onChange()
}

func (p *signIn) setRemember(on bool) { p.form.Remember = on; p.onChange() }
func (p *signIn) setMint(on bool)     { p.form.Mint = on; p.onChange() }
func (p *signIn) setAdvanced(on bool) { p.form.Advanced = on; p.onChange() }

// canRemember reports whether the keyring can keep secrets.
func (p *signIn) canRemember() bool { return p.keyringErr == nil }

// canMint reports whether a personal token may be made and kept: it would cut
// off other programs for nothing when it could not be remembered.
func (p *signIn) canMint() bool { return !p.form.ByToken && p.form.Remember && p.canRemember() }

// via is how the server in the form is reached. A trusted certificate counts
// for its host only.
func (p *signIn) via() keys.Via {
	v := keys.Via{Proxy: strings.TrimSpace(p.form.Proxy)}
	if p.pin != "" && hostOf(p.address()) == p.pinHost {
		v.Pin = p.pin
	}
	return v
}

// effective is v with the proxy of the settings where it names none.
func (p *signIn) effective(v keys.Via) keys.Via {
	v.Proxy = cmp.Or(v.Proxy, p.deps.Preferences.Get().Proxy)
	return v
}

// address is what was typed without what copying adds around it. A space
// inside is left for the refusal: without it another server would be meant.
func (p *signIn) address() string { return strings.TrimSpace(p.form.Server) }

// credentials are what the form signs in with, cleaned of what copying adds.
func (p *signIn) credentials() keys.Credentials {
	who := keys.Credentials{AppToken: oneWord(p.form.AppToken)}
	if p.form.ByToken {
		who.UserToken = oneWord(p.form.UserToken)
		return who
	}
	who.User, who.Password = strings.TrimSpace(p.form.User), p.form.Password
	return who
}

// oneWord drops all white space: no token holds any, but what is copied from a
// mail or a page often does.
func oneWord(text string) string { return strings.Join(strings.Fields(text), "") }

// required are the fields that a sign-in needs, in the order of the form.
func (p *signIn) required() []field {
	if p.form.ByToken {
		return []field{fieldServer, fieldUserToken}
	}
	return []field{fieldServer, fieldUser, fieldPassword}
}

// firstEmpty is the first field that still has to be filled in, noField when
// none has.
func (p *signIn) firstEmpty() field {
	for _, f := range p.required() {
		if p.empty(f) {
			return f
		}
	}
	return noField
}

// start is where the keyboard begins: the first empty field, else the last one
// that a sign-in needs, where Enter signs in.
func (p *signIn) start() field {
	if f := p.firstEmpty(); f != noField {
		return f
	}
	needed := p.required()
	return needed[len(needed)-1]
}

// empty reports whether nothing is typed; a password may be all spaces.
func (p *signIn) empty(f field) bool {
	if f == fieldPassword {
		return p.form.Password == ""
	}
	return strings.TrimSpace(p.text(f)) == ""
}

// ready says at the fields what is missing or too long; nothing is sent then.
func (p *signIn) ready() bool {
	missing := map[field]string{
		fieldServer: "signin.missing.server", fieldUser: "signin.missing.user",
		fieldPassword: "signin.missing.password", fieldUserToken: "signin.missing.token",
	}
	for _, f := range p.required() {
		if p.empty(f) {
			p.problem(f, t(missing[f]))
		}
	}
	if !p.form.ByToken && utf8.RuneCountInString(strings.TrimSpace(p.form.User)) > userLength {
		p.problem(fieldUser, causeText(keys.TooLong, ""))
	}
	return len(p.problems) == 0
}

// problem puts a message at a field; the first one gets the keyboard.
func (p *signIn) problem(f field, text string) {
	if len(p.problems) == 0 {
		p.focus = f
	}
	p.problems[f] = text
}

func (p *signIn) clearMessages() {
	clear(p.problems)
	p.notice = formNotice{}
}

// fail shows why something failed, where the person looks. again is what to
// repeat once a certificate is trusted.
func (p *signIn) fail(err error, again func()) {
	if keys.CauseOf(err) == keys.Canceled || errors.Is(err, context.Canceled) {
		return
	}
	p.offer(err)
	if p.ask(err, again) {
		return
	}
	p.deps.Log.Warn("sign-in failed", "error", err)
	f := fieldOf(keys.CauseOf(err))
	switch f {
	case noField:
		p.notice = formNotice{Text: sentence(err)}
		if p.check.State == checkFailed && sentence(p.check.Err) == p.notice.Text {
			p.check = serverCheck{} // once is enough
		}
		return
	case fieldProxy:
		p.form.Advanced = true
	case fieldServer:
		p.check = serverCheck{}
	}
	p.problem(f, sentence(err))
}

// ask turns a refused certificate into a question.
func (p *signIn) ask(err error, again func()) bool {
	var refused *keys.CertificateError
	if !errors.As(err, &refused) {
		return false
	}
	p.check = serverCheck{}
	p.question = &certificateQuestion{
		Certificate: refused.Certificate, Changed: refused.Changed,
		Host: hostnameOf(p.address()), again: again,
	}
	return true
}

// trust accepts the certificate in question for this server and goes on with
// what the question interrupted. A changed certificate is trusted only by
// typing the server's host name.
func (p *signIn) trust(typed string) {
	q := p.question
	if q == nil || p.busy() {
		return
	}
	if q.Changed && !strings.EqualFold(strings.TrimSpace(typed), q.Host) {
		q.Wrong = true
		p.onChange()
		return
	}
	p.pin, p.pinHost = q.Certificate.Pin, hostOf(p.address())
	p.question = nil
	p.clearMessages()
	p.focus = p.start() // the button that was pressed is gone
	q.again()
	p.onChange()
}

// startCheck asks the server in the form who it is, after a pause in which
// newer typing wins. An address that is not complete yet is left alone.
func (p *signIn) startCheck(wait time.Duration) {
	p.tasks.Cancel(slotCheck)
	p.check = serverCheck{}
	if plausible(p.address()) {
		p.runCheck(wait)
	}
}

func (p *signIn) runCheck(wait time.Duration) {
	address, via := p.address(), p.via()
	task.Run(p.tasks, slotCheck, func(ctx context.Context) (keys.Endpoint, error) {
		if _, err := pause(wait)(ctx); err != nil {
			return keys.Endpoint{}, err
		}
		p.tasks.Do(ctx, func() {
			p.check = serverCheck{State: checkRunning}
			p.onChange()
		})
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		return p.deps.Probe(ctx, address, p.effective(via))
	}, func(at keys.Endpoint, err error) {
		p.checked(address, via, at, err)
		p.onChange()
	})
}

func (p *signIn) checked(address string, via keys.Via, at keys.Endpoint, err error) {
	p.offer(err)
	switch {
	case err == nil:
		p.check = serverCheck{State: checkFound, At: at, address: address, via: via}
	case !p.ask(err, func() { p.runCheck(0) }):
		p.check = serverCheck{State: checkFailed, Err: err}
	}
}

// endpoint is the API that the check found for the form as it is now, without
// address when it has to be looked for again.
func (p *signIn) endpoint() keys.Endpoint {
	c := p.check
	if c.State != checkFound || c.address != p.address() || c.via != p.via() {
		return keys.Endpoint{}
	}
	if c.At.State != "" && c.At.State != keys.AppTokenMissing {
		return keys.Endpoint{} // an administrator may have put it right meanwhile
	}
	return c.At
}

// wantsAppToken reports whether the server asked for an app token that the
// form lacks.
func (p *signIn) wantsAppToken() bool {
	return p.check.State == checkFound && p.check.At.State == keys.AppTokenMissing && oneWord(p.form.AppToken) == ""
}

// plain reports whether the password would travel unprotected.
func (p *signIn) plain() bool {
	return strings.HasPrefix(strings.ToLower(p.address()), "http://") ||
		p.check.State == checkFound && strings.HasPrefix(p.check.At.API, "http://")
}

// checkText is the line under the server: what was found there, or why
// nothing was.
func (p *signIn) checkText() string {
	c := p.check
	switch {
	case c.State == checkRunning:
		return t("signin.check.running")
	case c.State == checkFailed:
		return sentence(c.Err)
	case c.State != checkFound:
		return ""
	case c.At.State != "" && c.At.State != keys.AppTokenMissing:
		return causeText(c.At.State, "")
	case c.At.Major == 0:
		return t("signin.check.found", map[string]any{"API": c.At.API})
	default:
		return t("signin.check.found_major", map[string]any{"Major": c.At.Major, "API": c.At.API})
	}
}

// checkGood reports whether the server was found and waits for credentials.
func (p *signIn) checkGood() bool {
	s := p.check.At.State
	return p.check.State == checkFound && (s == "" || s == keys.AppTokenMissing)
}

// subtitle is the second line of a saved server: "glpi · GLPI 11.0.6".
func (p *signIn) subtitle(c connection.Connection) string {
	var parts []string
	if c.User != "" {
		parts = append(parts, c.User)
	}
	if c.Version != "" {
		parts = append(parts, "GLPI "+c.Version)
	}
	return strings.Join(parts, " · ")
}

// rename gives a saved server another name; an empty one is its place again.
func (p *signIn) rename(id, name string) {
	i := slices.IndexFunc(p.saved, func(c connection.Connection) bool { return c.ID == id })
	if i < 0 {
		return
	}
	c := p.saved[i]
	c.Name = cmp.Or(shorten(name, nameLength), siteOf(c.API))
	task.Run(p.tasks, slotSave, func(context.Context) (struct{}, error) {
		return struct{}{}, p.deps.Connections.Put(c)
	}, func(_ struct{}, err error) {
		if err != nil {
			p.notice = formNotice{Text: sentence(err)}
		}
		if p.current.ID == id {
			p.current.Name = c.Name
		}
		p.reload()
		p.onChange()
	})
}

// pause waits, or ends early when the work is given up.
func pause(d time.Duration) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (struct{}, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return struct{}{}, nil
		case <-ctx.Done():
			return struct{}{}, ctx.Err()
		}
	}
}

// parse reads an address as a person types it, with or without a scheme.
func parse(address string) *url.URL {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// hostOf is the host of an address with its port, as in "example.com:8443".
func hostOf(address string) string { return strings.ToLower(parse(address).Host) }

// hostnameOf is the host of an address without its port.
func hostnameOf(address string) string { return strings.ToLower(parse(address).Hostname()) }

// sameServer reports whether two addresses name the same GLPI, whatever their
// scheme.
func sameServer(a, b string) bool { return siteOf(a) == siteOf(b) }

// siteOf is what tells one GLPI from another, and what a server is called
// until it is renamed: host, port and folder, as in "example.com/glpi".
func siteOf(address string) string {
	path := strings.TrimRight(parse(address).Path, "/")
	return hostOf(address) + strings.TrimRight(strings.TrimSuffix(path, "/apirest.php"), "/")
}

// plausible reports whether an address is worth asking while a person still
// types: a dotted host, localhost or a complete IP address.
func plausible(address string) bool {
	host := hostnameOf(address)
	if host == "localhost" {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	name, top, dotted := strings.Cut(host, ".")
	if i := strings.LastIndexByte(host, '.'); i > 0 {
		top = host[i+1:]
	}
	return dotted && name != "" && len(top) >= 2 && strings.Trim(top, "0123456789") != ""
}
