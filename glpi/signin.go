package glpi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/keys"
)

const (
	pathInit = "/initSession"
	opSignIn = "sign in"
)

// SignIn opens a session by personal token when who holds one, else by
// password. It reads the facts of the session at once; when that fails, it
// ends the session again. The error is a *keys.Problem with one of the causes
// of GLPI-REST §2.
func SignIn(ctx context.Context, at keys.Endpoint, via keys.Via, who keys.Credentials, o Options) (*Session, error) {
	if who.Password == "" && who.UserToken == "" {
		return nil, &keys.Problem{Op: opSignIn, Cause: keys.NothingSent}
	}
	// Tokens are pasted, often with a space or a line break.
	who.UserToken, who.AppToken = strings.TrimSpace(who.UserToken), strings.TrimSpace(who.AppToken)
	if strings.ContainsFunc(who.AppToken, notInHeader) {
		return nil, &keys.Problem{Op: opSignIn, Cause: keys.AppTokenWrong}
	}
	c, err := newClient(at.API, via, who, o.withDefaults())
	if err != nil {
		return nil, err
	}
	s := &Session{c: c, who: who}
	s.facts.Endpoint = at
	s.facts.State = ""
	opened, err := c.open(ctx, who)
	if err != nil {
		c.close()
		return nil, err
	}
	s.token = opened.Token
	if err := s.settle(ctx, opened.Session); err != nil {
		s.abandon(ctx)
		return nil, err
	}
	return s, nil
}

func notInHeader(r rune) bool { return r < ' ' || r > '~' }

// opened is the answer of initSession with get_full_session.
type opened struct {
	Token   string     `json:"session_token"`
	Session rawSession `json:"session"`
}

// open opens a session. When ctx ends first, GLPI may have opened one all the
// same, which nobody could end any more: the call is let go on behind the
// caller's back, and what it opens is ended.
func (c *client) open(ctx context.Context, who keys.Credentials) (opened, error) {
	type result struct {
		opened
		err error
	}
	done := make(chan result, 1)
	go func() {
		o, err := c.initSession(context.WithoutCancel(ctx), who)
		done <- result{o, err}
	}()
	select {
	case r := <-done:
		return r.opened, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				_ = c.kill(ctx, r.Token)
			}
		}()
		return opened{}, problemOf(request{op: opSignIn}, context.Cause(ctx))
	}
}

// initSession makes the call of that name. The credentials travel as JSON:
// unlike the Authorization header, no proxy strips a body (GLPI-REST §2, 12
// and 39).
func (c *client) initSession(ctx context.Context, who keys.Credentials) (opened, error) {
	body := map[string]string{"user_token": who.UserToken}
	if who.UserToken == "" {
		body = map[string]string{"login": who.User, "password": who.Password}
	}
	r := request{
		op: opSignIn, method: http.MethodPost, path: pathInit, body: body,
		query: url.Values{"get_full_session": {"true"}},
	}
	var o opened
	a, err := c.do(ctx, r, "")
	if err != nil {
		return o, err
	}
	if err := a.into(r, &o); err != nil {
		return o, err
	}
	if o.Token == "" {
		return o, &keys.Problem{Op: opSignIn, Cause: keys.NotGLPI}
	}
	return o, nil
}

// kill ends a session on the server. The caller may be leaving because its
// context ended, so this goes on for a moment of its own.
func (c *client) kill(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	_, err := c.do(ctx, request{op: "end session", method: http.MethodGet, path: "/killSession"}, token)
	return err
}

// rawSession is what is used of getFullSession. Numbers are sometimes strings
// (GLPI-REST §3).
type rawSession struct {
	UserID          number     `json:"glpiID"`
	Login           text       `json:"glpiname"`
	Friendly        text       `json:"glpifriendlyname"`
	Entity          number     `json:"glpiactive_entity"`
	EntityName      text       `json:"glpiactive_entity_name"`
	Recursive       number     `json:"glpiactive_entity_recursive"`
	PasswordExpired number     `json:"glpi_password_expired"`
	Profile         rawProfile `json:"glpiactiveprofile"`
}

// rawProfile is an active profile: its name among all its rights.
type rawProfile struct {
	keys.Profile
	rights map[string]keys.Right
}

// UnmarshalJSON keeps what is a number: every right is one. PHP writes an
// empty profile as null or [].
func (p *rawProfile) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return nil
	}
	p.rights = make(map[string]keys.Right, len(fields))
	for name, value := range fields {
		switch name {
		case "name":
			var t text
			_ = json.Unmarshal(value, &t)
			p.Name = string(t)
		case "id":
			var n number
			_ = json.Unmarshal(value, &n)
			p.ID = int(n)
		case "is_default", "entities", "helpdesk_item_type":
		default:
			if bits, err := strconv.Atoi(strings.Trim(string(value), `"`)); err == nil {
				p.rights[name] = keys.Right(bits)
			}
		}
	}
	return nil
}

// rawConfig is what is used of getGlpiConfig, which anybody signed in may
// read. Switches are "0" and "1" (GLPI-REST §3).
type rawConfig struct {
	Version      text   `json:"version"`
	URLBase      text   `json:"url_base"`
	URLBaseAPI   text   `json:"url_base_api"` // 10 only
	NetworkID    text   `json:"glpi_network_uuid"`
	Notify       number `json:"use_notifications"`
	NotifyByMail number `json:"notifications_mailing"`
	PolicyOn     number `json:"use_password_security"`
	MinLength    number `json:"password_min_length"`
	NeedDigit    number `json:"password_need_number"`
	NeedLower    number `json:"password_need_letter"`
	NeedUpper    number `json:"password_need_caps"`
	NeedSymbol   number `json:"password_need_symbol"`
}

// settle reads what initSession does not answer, and fills the facts.
func (s *Session) settle(ctx context.Context, raw rawSession) error {
	if raw.PasswordExpired == 1 || raw.Profile.ID == 0 {
		// Only a session whose password has expired opens without a profile
		// (GLPI-REST §2, 22): GLPI refuses people who have none.
		return &keys.Problem{Op: opSignIn, Cause: keys.PasswordExpired}
	}
	config, err := s.readConfig(ctx)
	if err != nil {
		return err
	}
	major, _, _ := strings.Cut(string(config.Version), ".")
	n, _ := strconv.Atoi(major)
	if n == 0 {
		return &keys.Problem{Op: opSignIn, Cause: keys.NotGLPI}
	}
	// From here on GLPI 10's answers are decoded. What came before has names
	// of people and entities in it, so it is decoded by hand.
	s.c.major.Store(int32(n))
	if n == 10 {
		raw.decode()
	}
	s.mu.Lock()
	s.facts.Major = n
	fill(&s.facts, config)
	s.created = createdBase(n, config, s.c.api)
	s.mu.Unlock()
	return s.learn(ctx, raw)
}

func (s *Session) readConfig(ctx context.Context) (*rawConfig, error) {
	var answer struct {
		Config rawConfig `json:"cfg_glpi"`
	}
	err := s.fetch(ctx, s.get(opSignIn, "/getGlpiConfig"), &answer)
	return &answer.Config, err
}

// decode decodes what came before it was known that GLPI 10 answers.
func (r *rawSession) decode() {
	for _, t := range []*text{&r.Login, &r.Friendly, &r.EntityName} {
		*t = text(decode(string(*t)))
	}
	r.Profile.Name = decode(r.Profile.Name)
}

// learn reads the lists of profiles and entities and sets everything that
// depends on the active ones.
func (s *Session) learn(ctx context.Context, raw rawSession) error {
	var profiles []keys.Profile
	var entities []keys.Entity
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		profiles, err = s.readProfiles(ctx)
		return err
	})
	group.Go(func() (err error) {
		entities, err = s.readEntities(ctx)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.facts
	f.User = keys.User{
		ID: int(raw.UserID), Login: string(raw.Login),
		Name: cmp.Or(strings.TrimSpace(string(raw.Friendly)), string(raw.Login)),
	}
	f.Profile, f.Rights = raw.Profile.Profile, raw.Profile.rights
	f.Profiles, f.Entities = profiles, entities
	f.Entity = keys.Entity{ID: int(raw.Entity), Path: string(raw.EntityName)}
	for _, e := range entities {
		if e.ID == f.Entity.ID {
			f.Entity = e
		}
	}
	f.Recursive = raw.Recursive != 0
	return nil
}

func (s *Session) readProfiles(ctx context.Context) ([]keys.Profile, error) {
	var body struct {
		Profiles []struct {
			ID   number `json:"id"`
			Name text   `json:"name"`
		} `json:"myprofiles"`
	}
	r := s.get("read profiles", "/getMyProfiles")
	if err := s.fetch(ctx, r, &body); err != nil {
		return nil, err
	}
	list := make([]keys.Profile, len(body.Profiles))
	for i, p := range body.Profiles {
		list[i] = keys.Profile{ID: int(p.ID), Name: string(p.Name)}
	}
	slices.SortFunc(list, func(a, b keys.Profile) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

func (s *Session) readEntities(ctx context.Context) ([]keys.Entity, error) {
	var body struct {
		Entities []struct {
			ID   number `json:"id"`
			Name text   `json:"name"` // the full path
		} `json:"myentities"`
	}
	r := s.get("read entities", "/getMyEntities")
	r.query = url.Values{"is_recursive": {"true"}}
	if err := s.fetch(ctx, r, &body); err != nil {
		return nil, err
	}
	list := make([]keys.Entity, len(body.Entities))
	order := make(map[int][]string, len(list))
	for i, e := range body.Entities {
		list[i] = keys.Entity{ID: int(e.ID), Path: string(e.Name)}
		order[list[i].ID] = strings.Split(strings.ToLower(list[i].Path), " > ")
	}
	// GLPI lists by level with the root last; people read a tree.
	slices.SortFunc(list, func(a, b keys.Entity) int {
		return cmp.Or(slices.Compare(order[a.ID], order[b.ID]), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// fill sets what does not change during a session.
func fill(f *keys.Facts, c *rawConfig) {
	f.Version, f.URLBase, f.NetworkID = string(c.Version), string(c.URLBase), string(c.NetworkID)
	f.MailOn = c.Notify == 1 && c.NotifyByMail == 1
	f.Policy = keys.PasswordPolicy{
		On: c.PolicyOn == 1, MinLength: int(c.MinLength),
		Digit: c.NeedDigit == 1, Letter: c.NeedLower == 1, Upper: c.NeedUpper == 1, Special: c.NeedSymbol == 1,
	}
}

// createdBase is what GLPI puts before "/Type/id" in the address of a created
// item. It comes out of GLPI's configuration, not out of the request, and is
// only measured here, never followed (GLPI-REST §1).
func createdBase(major int, c *rawConfig, api string) string {
	if major == 10 {
		return cmp.Or(string(c.URLBaseAPI), api)
	}
	return cmp.Or(string(c.URLBase), strings.TrimSuffix(api, script)) + "/api.php/v1"
}
