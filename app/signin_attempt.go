package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// attempt is one sign-in, as the form stood when it began.
type attempt struct {
	address string
	via     keys.Via
	at      keys.Endpoint // without API: to be found
	who     keys.Credentials
	mint    bool
	saved   connection.Connection // whose profile and entity to restore
}

// result is a session that an attempt opened.
type result struct {
	session Session
	at      keys.Endpoint
	who     keys.Credentials // as they should be kept
	lost    bool             // the profile or entity of last time is not there any more
	notes   []note
}

// note is something that did not work besides; its sentence is made on the
// window's goroutine.
type note struct {
	key string
	err error
}

func (n note) text() string { return t(n.key, map[string]any{"Why": sentence(n.err)}) }

func (p *signIn) attempt() attempt {
	a := attempt{
		address: p.address(), via: p.effective(p.via()), at: p.endpoint(), who: p.credentials(),
		mint: p.form.Mint && p.canMint(),
	}
	a.saved = p.chosen()
	return a
}

// chosen is the saved server that the form signs in to: the zero Connection
// once another address or user has been typed.
func (p *signIn) chosen() connection.Connection {
	c := p.current
	if sameServer(c.Address, p.address()) && (p.form.ByToken || c.User == strings.TrimSpace(p.form.User)) {
		return c
	}
	return connection.Connection{}
}

// submit signs in with what stands in the form.
func (p *signIn) submit() {
	if p.busy() {
		return
	}
	p.clearMessages()
	if !p.ready() {
		p.onChange()
		return
	}
	a, h := p.attempt(), &handover{}
	p.tasks.Cancel(slotCheck)
	p.begin(stageSigningIn, h)
	task.Run(p.tasks, slotAttempt, func(ctx context.Context) (result, error) {
		ctx, cancel := context.WithTimeout(ctx, attemptTime)
		defer cancel()
		r, err := p.open(ctx, a)
		if err != nil {
			return r, err
		}
		return r, h.offer(ctx, func(ctx context.Context) { p.end(ctx, r.session) })
	}, func(r result, err error) {
		p.stage = idle
		if err != nil {
			p.fail(err, p.submit)
			p.onChange()
			return
		}
		p.remember(r)
	})
	p.onChange()
}

func (p *signIn) begin(s stage, h *handover) { p.stage, p.under = s, h }

// enter tells the window what the attempt of ctx is doing.
func (p *signIn) enter(ctx context.Context, s stage) {
	p.tasks.Do(ctx, func() {
		p.stage = s
		p.onChange()
	})
}

// open finds the API, signs in, makes a token if asked to and goes back to the
// profile and entity of last time. A session that it does not return is closed.
func (p *signIn) open(ctx context.Context, a attempt) (result, error) {
	r := result{at: a.at, who: a.who}
	if r.at.API == "" {
		p.enter(ctx, stageFinding)
		at, err := p.deps.Probe(ctx, a.address, a.via)
		if err != nil {
			return r, err
		}
		r.at = at
		p.enter(ctx, stageSigningIn)
	}
	if s := r.at.State; s != "" && (s != keys.AppTokenMissing || a.who.AppToken == "") {
		return r, &keys.Problem{Op: "sign in", Cause: s}
	}
	session, err := p.deps.SignIn(ctx, r.at, a.via, a.who)
	if err != nil {
		return r, err
	}
	r.session = session
	if a.mint {
		p.enter(ctx, stageMinting)
		p.mint(ctx, a, &r)
	}
	p.restore(ctx, a.saved, &r)
	if err := ctx.Err(); err != nil {
		p.end(ctx, r.session)
		return r, &keys.Problem{Op: "sign in", Cause: causeOfEnd(err), Err: err}
	}
	return r, nil
}

// causeOfEnd tells a deadline from a person who gave up.
func causeOfEnd(err error) keys.Cause {
	if errors.Is(err, context.DeadlineExceeded) {
		return keys.TimedOut
	}
	return keys.Canceled
}

// mint replaces the password by a new personal token. The password is let go
// only once the token has signed in.
func (p *signIn) mint(ctx context.Context, a attempt, r *result) {
	token, err := r.session.MintToken(ctx)
	if err != nil {
		r.notes = append(r.notes, note{"signin.note.mint", err})
		return
	}
	who := keys.Credentials{UserToken: token, AppToken: a.who.AppToken}
	second, err := p.deps.SignIn(ctx, r.at, a.via, who)
	if err != nil {
		r.notes = append(r.notes, note{"signin.note.token", err})
		return
	}
	p.end(ctx, r.session)
	r.session, r.who = second, who
}

// restore goes back to the profile and entity of last time. GLPI's default
// ones stay when they are gone.
func (p *signIn) restore(ctx context.Context, c connection.Connection, r *result) {
	facts := r.session.Facts()
	if c.Profile != 0 && c.Profile != facts.Profile.ID {
		p.enter(ctx, stageRestoring)
		if err := r.session.UseProfile(ctx, c.Profile); err != nil {
			r.missed(note{"signin.note.profile", err})
			return
		}
		facts = r.session.Facts()
	}
	if c.Entity != nil && (*c.Entity != facts.Entity.ID || c.Tree != facts.Recursive) {
		p.enter(ctx, stageRestoring)
		if err := r.session.UseEntity(ctx, *c.Entity, c.Tree); err != nil {
			r.missed(note{"signin.note.entity", err})
		}
	}
}

// missed notes that the profile or entity of last time could not be had.
func (r *result) missed(n note) {
	r.notes = append(r.notes, n)
	switch keys.CauseOf(n.err) {
	case keys.NotFound, keys.NoRight, keys.Refused:
		r.lost = true
	}
}

// end closes a session that nobody uses, even when ctx is over.
func (p *signIn) end(ctx context.Context, s Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		p.deps.Log.Warn("session not closed", "error", err)
	}
}

// cancel gives up the attempt under way; what was typed stays. While a sign-in
// that succeeded waits for the keyring, it goes on without saving.
func (p *signIn) cancel() {
	switch p.stage {
	case idle, stageSaving: // nothing to give up
		return
	case stageKeyring:
		p.cancelKeyring()
		return
	}
	p.tasks.Cancel(slotAttempt)
	if end := p.under.giveUp(); end != nil {
		p.inBackground(end)
	}
	p.stage, p.under = idle, nil
	p.onChange()
}

// inBackground ends a session after the person has given up. A later one that
// takes the slot does not stop it: end goes on without its context.
func (p *signIn) inBackground(end func(context.Context)) {
	task.Run(p.tasks, "signin-end", func(ctx context.Context) (struct{}, error) {
		end(ctx)
		return struct{}{}, nil
	}, func(struct{}, error) {})
}

// close gives up everything, for the end of the program. It waits until open
// sessions that nobody took have ended on their server, at most closeTime each.
func (p *signIn) close() {
	var end func(context.Context)
	if p.under != nil {
		end = p.under.giveUp()
	}
	p.tasks.Close()
	if end != nil {
		end(context.Background())
	}
	if !p.tasks.Wait(closeTime) {
		p.deps.Log.Warn("an attempt to sign in did not end in time")
	}
}

// test tries the server and, when they are there, the credentials, and keeps
// nothing of it.
func (p *signIn) test() {
	if p.busy() {
		return
	}
	p.clearMessages()
	if p.firstEmpty() != noField {
		p.testServer()
		return
	}
	if !p.ready() {
		p.onChange()
		return
	}
	a := p.attempt()
	a.mint, a.saved = false, connection.Connection{}
	p.tasks.Cancel(slotCheck)
	p.begin(stageTesting, &handover{})
	task.Run(p.tasks, slotAttempt, func(ctx context.Context) (keys.Facts, error) {
		ctx, cancel := context.WithTimeout(ctx, attemptTime)
		defer cancel()
		r, err := p.open(ctx, a)
		if err != nil {
			return keys.Facts{}, err
		}
		defer p.end(ctx, r.session)
		return r.session.Facts(), nil
	}, func(facts keys.Facts, err error) {
		p.stage, p.under = idle, nil
		if err != nil {
			p.fail(err, p.test)
		} else {
			p.notice = formNotice{Good: true, Text: t("signin.test.ok", map[string]any{
				"Version": facts.Version, "User": facts.User.Name, "Profile": facts.Profile.Name,
			})}
		}
		p.onChange()
	})
	p.onChange()
}

// testServer asks the server alone who it is, whatever its address looks like.
func (p *signIn) testServer() {
	if p.address() == "" {
		p.problem(fieldServer, t("signin.missing.server"))
	} else {
		p.runCheck(0)
	}
	p.onChange()
}

// explore opens the demo: an in-memory GLPI on this computer. It touches
// neither the keyring nor the saved servers.
func (p *signIn) explore() {
	if p.busy() {
		return
	}
	p.clearMessages()
	h := &handover{}
	p.begin(stageDemo, h)
	task.Run(p.tasks, slotAttempt, func(ctx context.Context) (Opened, error) {
		ctx, cancel := context.WithTimeout(ctx, attemptTime)
		defer cancel()
		at, who, stop, err := p.deps.Demo(ctx)
		if err != nil {
			return Opened{}, err
		}
		via := keys.Via{Proxy: keys.ProxyDirect}
		session, err := p.deps.SignIn(ctx, at, via, who)
		if err != nil {
			stop()
			return Opened{}, err
		}
		c := connection.Connection{Address: at.Web(), API: at.API, User: who.User, Via: via, Version: session.Facts().Version}
		return Opened{Session: session, Connection: c, Demo: true, Stop: stop},
			h.offer(ctx, func(ctx context.Context) { p.end(ctx, session); stop() })
	}, func(o Opened, err error) {
		p.stage, p.under = idle, nil
		if err != nil {
			p.deps.Log.Warn("the demo did not start", "error", err)
			p.notice = formNotice{Text: sentence(err)} // no field of the form is about it
			p.onChange()
			return
		}
		p.onChange()
		p.opened(o)
	})
	p.onChange()
}

// remember saves the secrets of a session that was just opened, as far as the
// person wants that, and then the connection. Nothing of this can lose the
// session: what fails is told beside it.
func (p *signIn) remember(r result) {
	c, old := p.connectionOf(r)
	typed := p.credentials()
	save := p.form.Remember && p.canRemember()
	if !save && !old.Remember {
		if !p.canRemember() {
			p.kept[c.ID] = typed
		}
		c.Remember = false
		p.store(r, c)
		return
	}
	p.stage = stageKeyring
	p.afterKeyring = func(err error) {
		p.settle(r, c, old, typed, save, err)
	}
	p.keyring(func(ctx context.Context) (keys.Credentials, error) {
		if save {
			return r.who, p.deps.Secrets.Save(ctx, c.ID, r.who)
		}
		return r.who, p.deps.Secrets.Delete(ctx, c.ID)
	}, func(_ keys.Credentials, err error) {
		p.afterKeyring = nil
		p.settle(r, c, old, typed, save, err)
	})
	p.onChange()
}

// settle goes on after the keyring has saved the secrets of c, or deleted
// them, or failed to. Then the keyring still has what it had for old, and the
// new secrets count for this run only.
func (p *signIn) settle(r result, c, old connection.Connection, typed keys.Credentials, save bool, err error) {
	c.Remember = save
	switch {
	case err == nil:
		delete(p.kept, c.ID)
	case save:
		r.notes = append(r.notes, note{"signin.note.not_saved", err})
		p.kept[c.ID] = typed
		c.Remember = old.Remember
		c.ByToken, c.User = typed.UserToken != "", cmp.Or(typed.User, c.User)
		if old.Remember {
			c.ByToken, c.User = old.ByToken, old.User
		}
	default:
		r.notes = append(r.notes, note{"signin.note.not_forgotten", err})
		c.Remember = true
	}
	p.store(r, c)
}

// store saves the connection and hands the session over.
func (p *signIn) store(r result, c connection.Connection) {
	p.stage = stageSaving
	task.Run(p.tasks, slotSave, func(context.Context) (struct{}, error) {
		return struct{}{}, p.deps.Connections.Put(c)
	}, func(_ struct{}, err error) {
		if err != nil {
			r.notes = append(r.notes, note{"signin.note.connection", err})
		}
		p.finish(r, c)
	})
	p.onChange()
}

// finish ends the attempt; the form keeps no secret.
func (p *signIn) finish(r result, c connection.Connection) {
	p.stage, p.under, p.current = idle, nil, c
	p.form.Password, p.form.UserToken, p.form.AppToken, p.form.Mint = "", "", "", false
	p.check = serverCheck{}
	p.withdraw()
	p.reload()
	var notices []string
	for _, n := range r.notes {
		p.deps.Log.Warn("signed in, but", "note", n.key, "error", n.err)
		notices = append(notices, n.text())
	}
	p.onChange()
	p.opened(Opened{Session: r.session, Connection: c, Notices: notices})
}

// connectionOf is how the session of r is saved, and what was saved for the
// same person on the same server before.
func (p *signIn) connectionOf(r result) (c, old connection.Connection) {
	facts := r.session.Facts()
	typed := strings.TrimSpace(p.form.User)
	if p.form.ByToken {
		typed = facts.User.Login
	}
	same := func(c connection.Connection) bool {
		return sameServer(c.API, r.at.API) && (c.User == typed || c.User == facts.User.Login)
	}
	if p.current.ID != "" && same(p.current) {
		old = p.current
	} else if i := slices.IndexFunc(p.saved, same); i >= 0 {
		old = p.saved[i]
	}
	c = old
	if c.ID == "" {
		c.ID, c.Name = connection.NewID(), siteOf(r.at.API)
	}
	c.Address, c.API, c.Via = p.address(), r.at.API, p.via()
	c.ByToken, c.User, c.Version = r.who.UserToken != "", typed, facts.Version
	if c.ByToken {
		c.User = facts.User.Login
	}
	c.LastUsed = p.deps.Now()
	if r.lost {
		c.Profile, c.Entity, c.Tree = 0, nil, false
	}
	return c, old
}

// handover passes a session from background work to the window. When the
// person gives up in between, whoever comes second ends the session, so that
// none stays open on the server.
type handover struct {
	mu   sync.Mutex
	gone bool
	end  func(context.Context)
}

// offer is called in the background with the way to end what was opened. An
// error means that nobody waits for it any more; it has been ended then.
func (h *handover) offer(ctx context.Context, end func(context.Context)) error {
	h.mu.Lock()
	gone := h.gone || ctx.Err() != nil
	if !gone {
		h.end = end
	}
	h.mu.Unlock()
	if !gone {
		return nil
	}
	end(ctx)
	return &keys.Problem{Op: "sign in", Cause: keys.Canceled}
}

// giveUp returns the way to end what was offered, nil when nothing was; later
// offers are refused.
func (h *handover) giveUp() func(context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = true
	return h.end
}
