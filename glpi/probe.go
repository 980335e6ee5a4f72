package glpi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"glpikeys/keys"
)

// Probe finds the API behind what a person typed or pasted: a host, with or
// without scheme, port and path, or the address of any page of GLPI. It asks
// initSession without credentials, so nothing secret leaves this computer, and
// the answer tells what stands in the way of signing in (GLPI-REST §2).
//
// The error is a *keys.Problem, NotGLPI when something else answers.
func Probe(ctx context.Context, address string, via keys.Via, o Options) (keys.Endpoint, error) {
	tries, err := addresses(address)
	if err != nil {
		return keys.Endpoint{}, &keys.Problem{Op: opProbe, Cause: keys.BadAddress, Err: err}
	}
	c, err := newClient(tries[0], via, keys.Credentials{}, o.withDefaults())
	if err != nil {
		return keys.Endpoint{}, err
	}
	defer c.close()
	var worst error
	for _, api := range tries {
		c.api = api
		state, err := c.ask(ctx)
		if err == nil {
			return keys.Endpoint{API: api, Major: c.askMajor(ctx), State: state}, nil
		}
		var e *Error
		if !errors.As(err, &e) {
			return keys.Endpoint{}, err // no answer: another path will not help
		}
		if cause := keys.CauseOf(err); cause == keys.Maintenance {
			return keys.Endpoint{}, err
		} else if worst == nil || cause != keys.NotGLPI {
			worst = err
		}
	}
	return keys.Endpoint{}, worst
}

const opProbe = "find the API"

// ask is what initSession says to somebody without credentials.
func (c *client) ask(ctx context.Context) (keys.Cause, error) {
	_, err := c.do(ctx, request{op: opProbe, method: http.MethodGet, path: pathInit}, "")
	switch cause := keys.CauseOf(err); cause {
	case keys.CredentialsMissing:
		return "", nil
	case keys.APIOff, keys.AddressRefused, keys.AppTokenMissing:
		return cause, nil
	case "", keys.NotJSON, keys.Truncated:
		// Nobody opens sessions without credentials; and where no API has
		// been found yet, a page is not a failure of GLPI.
		return "", &keys.Problem{Op: opProbe, Cause: keys.NotGLPI, Detail: c.host, Err: answered(err)}
	case keys.Refused, keys.UnknownType, keys.NotFound:
		return "", &keys.Problem{Op: opProbe, Cause: keys.NotGLPI, Detail: c.host, Err: answered(err)}
	default:
		return "", err
	}
}

// answered is the answer inside err, so that Probe goes on to the next
// address.
func answered(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Op: opProbe, Method: http.MethodGet, Path: pathInit, Status: http.StatusOK}
}

// askMajor tells GLPI 10 from 11: only 11 has api.php, which answers JSON even
// when its newer API is switched off (GLPI-REST §11). 0 when it cannot be told.
func (c *client) askMajor(ctx context.Context) int {
	v2 := &client{http: c.http, o: c.o, secrets: c.secrets, api: strings.TrimSuffix(c.api, script)}
	r := request{op: opProbe, method: http.MethodGet, path: "/api.php/"}
	_, err := v2.do(ctx, r, "")
	var e *Error
	switch {
	case err == nil:
		return 11
	case !errors.As(err, &e):
		return 0
	case e.json:
		return 11
	case e.Status == http.StatusForbidden || e.Status == http.StatusNotFound:
		return 10
	}
	return 0
}
