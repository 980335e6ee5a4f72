package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/app/connection"
	"glpikeys/glpi"
	"glpikeys/keys"
)

// atOnce is how many servers are asked at the same time.
const atOnce = 4

// keyringShare of the time is, for all servers together, for a keyring that
// asks somebody to unlock it, where there may be nobody.
const keyringShare = 3

// closeTime is how long the end of a session may take.
const closeTime = 3 * time.Second

// answer is what one server said.
type answer struct {
	name    string
	address string // of its API, or what was given
	checked bool   // it was asked; types may be missing all the same
	found   []found
	failed  []failure
}

// found is an item of a server that counts.
type found struct {
	keys.Item
	record *keys.KeyRecord // of a registration key, nil for all else
}

// failure is what could not be read, and why.
type failure struct {
	kind keys.ItemType // "" for the server as a whole
	err  error
}

// askAll asks all servers, some at a time. The answers stand in the order of
// the targets.
func (c *command) askAll(ctx context.Context, o options, targets []connection.Connection) []answer {
	answers := make([]answer, len(targets))
	var group errgroup.Group
	group.SetLimit(atOnce)
	alone := len(targets) == 1
	unlocking, cancel := context.WithTimeout(ctx, o.timeout/keyringShare)
	defer cancel()
	for i, target := range targets {
		group.Go(func() error {
			defer func() {
				if recover() != nil { // one server's answer hides no other's
					answers[i] = begun(target).fail("", errCrashed)
				}
			}()
			who, err := c.credentials(unlocking, target, alone)
			if err != nil {
				answers[i] = begun(target).fail("", err)
			} else {
				answers[i] = c.ask(ctx, o, target, who)
			}
			return nil
		})
	}
	_ = group.Wait()
	return answers
}

// errCrashed does not repeat the panic, which may hold anything.
var errCrashed = &keys.Problem{Op: "check", Cause: keys.Unexpected}

// begun is the answer of a server that was not asked yet.
func begun(target connection.Connection) answer {
	return answer{name: target.Name, address: cmp.Or(target.API, keys.NormalAddress(target.Address))}
}

// ask reads one server.
func (c *command) ask(ctx context.Context, o options, target connection.Connection, who keys.Credentials) answer {
	a := begun(target)
	options := glpi.Options{
		TLS: connection.TLSConfig, Log: c.log(o), Now: c.now,
		UserAgent: "glpikeys-check/" + version, Timeout: min(30*time.Second, o.timeout),
	}
	at := keys.Endpoint{API: target.API}
	if at.API == "" {
		var err error
		if at, err = glpi.Probe(ctx, target.Address, target.Via, options); err != nil {
			return a.fail("", err)
		}
		a.address = at.API
	}
	if at.State != "" && (at.State != keys.AppTokenMissing || who.AppToken == "") {
		return a.fail("", &keys.Problem{Op: "sign in", Cause: at.State})
	}
	session, err := glpi.SignIn(ctx, at, target.Via, who, options)
	if err != nil {
		return a.fail("", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		_ = session.Close(ctx)
	}()
	if err := restore(ctx, session, target); err != nil {
		return a.fail("", err)
	}
	a.checked = true
	return a.read(ctx, o, session)
}

func (a answer) fail(kind keys.ItemType, err error) answer {
	a.failed = append(a.failed, failure{kind, err})
	return a
}

// errOneServer is why credentials of the environment were not used: they would
// be told to servers that they are not for.
var errOneServer = errors.New("the environment's credentials are for one server")

// credentials are those in the keyring, else, when no other server is asked,
// those of the environment.
func (c *command) credentials(ctx context.Context, target connection.Connection, alone bool) (keys.Credentials, error) {
	var problem error
	if target.Remember {
		who, err := c.secrets.Load(ctx, target.ID)
		if err == nil && (who.Password != "" || who.UserToken != "") {
			who.User = target.User
			return who, nil
		}
		problem = err
	}
	who := keys.Credentials{
		User: cmp.Or(c.env("GLPI_USER"), target.User), Password: c.env("GLPI_PASSWORD"),
		UserToken: c.env("GLPI_USER_TOKEN"), AppToken: c.env("GLPI_APP_TOKEN"),
	}
	switch given := who.Password != "" || who.UserToken != ""; {
	case given && alone:
		return who, nil
	case problem != nil:
		return keys.Credentials{}, problem
	case given:
		return keys.Credentials{}, &keys.Problem{Op: "find credentials", Cause: keys.NothingSent, Err: errOneServer}
	default:
		return keys.Credentials{}, &keys.Problem{Op: "find credentials", Cause: keys.NothingSent}
	}
}

// restore goes to the profile and entity that the window used last. Others
// might not show what is to be watched.
func restore(ctx context.Context, session *glpi.Session, target connection.Connection) error {
	facts := session.Facts()
	if target.Profile != 0 && target.Profile != facts.Profile.ID {
		if err := session.UseProfile(ctx, target.Profile); err != nil {
			return err
		}
		facts = session.Facts()
	}
	if target.Entity != nil && (*target.Entity != facts.Entity.ID || target.Tree != facts.Recursive) {
		return session.UseEntity(ctx, *target.Entity, target.Tree)
	}
	return nil
}

// read fills in what the session sees. Registration keys are read apart: only
// their records tell which of them were revoked and which renew themselves.
func (a answer) read(ctx context.Context, o options, session *glpi.Session) answer {
	records := map[int]*keys.KeyRecord{}
	if o.keysOnly || o.wants(keys.TypeLicence) {
		list, err := session.KeyRecords(ctx, nil)
		if err != nil {
			a = a.fail(keys.TypeLicence, err)
		}
		for i := range list {
			records[list[i].ID] = &list[i]
		}
	}
	if o.keysOnly {
		for _, r := range records {
			a.addKey(r)
		}
	}
	if len(o.kinds) == 0 {
		return a
	}
	glance, err := session.Glance(ctx, nil)
	if err != nil {
		a.checked = false
		return a.fail("", err)
	}
	for _, kind := range o.kinds {
		problem := glance.Missing[kind]
		if problem != nil && !a.failedFor(kind) {
			a = a.fail(kind, problem)
		}
	}
	for _, item := range glance.Items {
		if !o.wants(item.Type) {
			continue
		}
		if r := records[item.ID]; r != nil && item.Type == keys.TypeLicence {
			a.addKey(r)
		} else {
			a.found = append(a.found, found{Item: item})
		}
	}
	return a
}

// addKey adds a registration key that somebody still cares for.
func (a *answer) addKey(r *keys.KeyRecord) {
	if r.Closed() {
		return
	}
	a.found = append(a.found, found{Item: r.Item(), record: r})
}

func (a *answer) failedFor(kind keys.ItemType) bool {
	for _, f := range a.failed {
		if f.kind == kind {
			return true
		}
	}
	return false
}
