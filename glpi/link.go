package glpi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"glpikeys/keys"
)

const opLink = "check link"

// joinMark stands in every page that the plugin shows to visitors
// (plugin/glpikeys/templates/join/base.html.twig).
const joinMark = `id="glpikeys-join"`

// linkSecret is an invitation's token behind the address of its page.
var linkSecret = regexp.MustCompile(`(join\.php)[^\s"'<>]+`)

// CheckLink opens an invitation's link once, as a visitor's browser would, and
// gives all doubts about it. A page of the plugin that says "not yet" or "no
// longer" is the right page, too; only a link that it does not know is not. It
// goes by the session's proxy, but neither session nor certificate of the
// session's server serve for another host. The error is Canceled or
// SessionEnded.
func (s *Session) CheckLink(ctx context.Context, link string) ([]keys.LinkDoubt, error) {
	if _, closed := s.state(); closed {
		return nil, &keys.Problem{Op: opLink, Cause: keys.SessionEnded}
	}
	facts := s.Facts()
	doubts := keys.LinkDoubts(link, facts.Web())
	if slices.Contains(doubts, keys.LinkNotOurs) {
		return doubts, nil
	}
	ours, err := s.c.opensJoinPage(ctx, link)
	switch {
	case ctx.Err() != nil:
		return nil, &keys.Problem{Op: opLink, Cause: keys.Canceled, Err: ctx.Err()}
	case errors.Is(err, errElsewhere), err == nil && !ours:
		doubts = append(doubts, keys.LinkNotOurs)
	case err != nil:
		doubts = append(doubts, keys.LinkUnreachable)
	}
	return doubts, nil
}

var errElsewhere = errors.New("the link leads elsewhere")

// maxHops is how many redirects of one host are followed, from http to https
// for instance.
const maxHops = 3

func (c *client) opensJoinPage(ctx context.Context, link string) (ours bool, err error) {
	at, err := url.Parse(link)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" {
		return false, errElsewhere
	}
	transport := c.transport
	if !strings.EqualFold(at.Hostname(), c.hostname) {
		transport, err = newTransport(at.Hostname(), keys.Via{Proxy: c.via.Proxy}, c.o)
		if err != nil {
			return false, err
		}
		defer transport.CloseIdleConnections()
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	for range 1 + maxHops {
		next, ours, err := c.visit(ctx, transport, at)
		if err != nil || next == nil {
			return ours, err
		}
		if !strings.EqualFold(next.Hostname(), at.Hostname()) || at.Scheme == "https" && next.Scheme != "https" {
			return false, errElsewhere
		}
		at = next
	}
	return false, errElsewhere
}

// visit gets one page: where it redirects to, or whether it is ours. It goes
// round http.Client, whose errors repeat addresses.
func (c *client) visit(ctx context.Context, transport http.RoundTripper, at *url.URL) (next *url.URL, ours bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, false, errElsewhere
	}
	r.Header.Set("User-Agent", c.o.UserAgent)
	r.Header.Set("Accept", "text/html")
	begun := time.Now()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		// Not the error itself: what a transport says may hold the address.
		cause, _ := transportCause(err)
		c.o.Log.Warn(opLink, "host", at.Host, "cause", cause, "ms", time.Since(begun).Milliseconds())
		return nil, false, err
	}
	defer answer.Body.Close()
	c.o.Log.Info(opLink, "host", at.Host, "status", answer.StatusCode, "ms", time.Since(begun).Milliseconds())
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		next, err := answer.Location()
		if err != nil {
			return nil, false, errElsewhere
		}
		return next, false, nil
	}
	page, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	if err != nil && len(page) == 0 {
		return nil, false, err
	}
	return nil, answer.StatusCode != http.StatusNotFound && bytes.Contains(page, []byte(joinMark)), nil
}
