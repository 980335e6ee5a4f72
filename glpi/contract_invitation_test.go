package glpi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"glpikeys/keys"
)

var joinLink = regexp.MustCompile(`^https?://\S+/(?:plugins|marketplace)/glpikeys/front/join\.php\?i=([0-9A-Za-z]{22})$`)

// plugin is the server's plugin; a real server without it promises nothing.
func plugin(t *testing.T, s *Session) keys.Plugin {
	t.Helper()
	p, err := s.Plugin(t.Context())
	if keys.CauseOf(err) == keys.PluginMissing && strings.HasPrefix(t.Name(), "TestLive") {
		t.Skip("the plugin glpikeys is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// profileNamed is one of those that the person may give.
func profileNamed(t *testing.T, p keys.Plugin, name string) keys.Profile {
	t.Helper()
	i := slices.IndexFunc(p.Profiles, func(p keys.Profile) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no profile %s among %v", name, p.Profiles)
	}
	found := p.Profiles[i]
	found.Central = false // told nowhere else
	return found
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newInvitation makes an invitation that goes away with the test.
func newInvitation(t *testing.T, s *Session, policy keys.InvitationPolicy) (id int, uuid, link string) {
	t.Helper()
	uuid = newUUID()
	id, link, err := s.CreateInvitation(t.Context(), uuid, policy)
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, kindInvitation, id)
	return id, uuid, link
}

func purgeLater(t *testing.T, s *Session, kind string, ids ...int) {
	t.Helper()
	t.Cleanup(func() {
		for _, id := range ids {
			err := s.Delete(context.Background(), kind, id, true)
			if err != nil && keys.CauseOf(err) != keys.NotFound {
				t.Errorf("clean up of %s %d: %v", kind, id, err)
			}
		}
	})
}

func newGroup(t *testing.T, s *Session, fields Fields) keys.Group {
	t.Helper()
	created, err := s.Create(t.Context(), "Group", fields)
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, "Group", created.ID)
	return keys.Group{ID: created.ID, Name: fields["name"].(string)}
}

func contractPlugin(t *testing.T, s *Session) {
	p := plugin(t, s)
	f := s.Facts()
	if older(p.Version, minPlugin) || p.URLBase == "" || p.Zone == nil || p.MailOn != f.MailOn {
		t.Errorf("%+v", p)
	}
	if own := profileNamed(t, p, f.Profile.Name); own != f.Profile {
		t.Errorf("a person may give the own profile %v, but reads %v", f.Profile, p.Profiles)
	}
	if !f.Can(rightInvitation, keys.Read|keys.Update|keys.Create|keys.Delete|keys.Purge) {
		t.Errorf("right %d", f.Rights[rightInvitation])
	}
	t.Logf("plugin %s, %s, mail %v", p.Version, p.Zone, p.MailOn)
}

// policies are one invitation of each kind.
func policies(t *testing.T, s *Session, p keys.Plugin) map[string]keys.InvitationPolicy {
	f := s.Facts()
	deep := f.Entities[len(f.Entities)-1]
	helper, technician := profileNamed(t, p, "Self-Service"), profileNamed(t, p, "Technician")
	day := time.Now().In(p.Zone).AddDate(0, 0, 1)
	at := func(days, hour, minute, second int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+days, hour, minute, second, 0, p.Zone)
	}
	plain := keys.InvitationPolicy{Label: "contract plain", Entity: f.Entity, Profile: helper}
	with := func(label string, change func(*keys.InvitationPolicy)) keys.InvitationPolicy {
		policy := plain
		policy.Label = "contract " + label
		change(&policy)
		return policy
	}
	all := map[string]keys.InvitationPolicy{
		"plain": plain,
		"everything": {
			Label: "contract " + awkward, Comment: "two\nlines, " + awkward + "\n",
			Entity: deep, Below: true, Profile: technician, ProfileBelow: true,
			Groups: []keys.Group{
				newGroup(t, s, Fields{"name": "contract A < B & C", "entities_id": 0, "is_recursive": 1, "is_usergroup": 1}),
				newGroup(t, s, Fields{"name": "contract of the entity", "entities_id": deep.ID, "is_usergroup": 1}),
			},
			Begin: at(0, 8, 30, 0), End: at(60, 18, 0, 1), MaxUses: 25, AccountEnd: at(400, 23, 59, 59),
			EmailDomains: []string{"example.com", "sub.example.org"}, Approval: true, Batch: "contract batch",
		},
		"days":      with("days", func(p *keys.InvitationPolicy) { p.AccountDays, p.MaxUses = 30, 1 }),
		"login":     with("login is e-mail", func(p *keys.InvitationPolicy) { p.LoginIsEmail = true }),
		"show once": with("show once", func(p *keys.InvitationPolicy) { p.ShowOnce = true }),
		"ended":     with("ended", func(p *keys.InvitationPolicy) { p.End = at(-30, 12, 0, 0) }),
	}
	if p.MailOn {
		all["verify"] = with("verify", func(p *keys.InvitationPolicy) { p.VerifyEmail = true })
	}
	return all
}

func contractInvitations(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, f := t.Context(), s.Facts()
	want := make(map[int]keys.Invitation)
	links := make(map[int]string)
	for kind, policy := range policies(t, s, p) {
		id, uuid, link := newInvitation(t, s, policy)
		if !joinLink.MatchString(link) {
			t.Fatalf("%s: no link in the answer", kind)
		}
		links[id] = link
		inv, again, err := s.Invitation(ctx, id)
		if err != nil {
			t.Fatal(kind, err)
		}
		if policy.ShowOnce == (again != "") || again != "" && again != link {
			t.Errorf("%s: read again, the link is there: %v, the same: %v", kind, again != "", again == link)
		}
		if inv.Created.IsZero() {
			t.Errorf("%s: no time of creation", kind)
		}
		want[id] = keys.Invitation{
			ID: id, UUID: uuid, InvitationPolicy: policy, Active: true, Author: f.User.Name, Created: inv.Created,
		}
		if diff := cmp.Diff(want[id], inv, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: written and read: %s", kind, diff)
		}
	}
	done, total := 0, 0
	list, err := s.Invitations(ctx, func(d, n int) { done, total = d, n })
	if err != nil || done != len(list) || total != len(list) {
		t.Fatalf("%d rows, progress %d of %d, %v", len(list), done, total, err)
	}
	found := 0
	for _, inv := range list {
		if w, ok := want[inv.ID]; ok {
			found++
			if diff := cmp.Diff(w, inv, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("listed: %s", diff)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d are in the list", found, len(want))
	}
	contractSecrets(t, s, links)
	if _, _, err := s.Invitation(ctx, 98765432); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("a missing one: %v", err)
	}
	t.Logf("%d invitations", len(list))
}

// contractSecrets: no list, search or bundle holds what is behind the links.
func contractSecrets(t *testing.T, s *Session, links map[int]string) {
	all := url.Values{"range": {"0-199"}, "sort": {"121"}, "order": {"DESC"}}
	for i := range 30 {
		all.Set(fmt.Sprintf("forcedisplay[%d]", i), fmt.Sprint(i+1))
	}
	bundle := url.Values{}
	for id := range links {
		bundle.Set("items[0][itemtype]", kindInvitation)
		bundle.Set("items[0][items_id]", fmt.Sprint(id))
	}
	for path, query := range map[string]url.Values{
		"/" + kindInvitation:        {"range": {"0-199"}, "sort": {"id"}, "order": {"DESC"}},
		"/search/" + kindInvitation: all,
		"/getMultipleItems":         bundle,
	} {
		r := s.get("look for secrets", path)
		r.query = query
		a, err := s.call(t.Context(), r)
		if err != nil {
			t.Error(path, err)
			continue
		}
		for _, link := range links {
			if token := joinLink.FindStringSubmatch(link)[1]; strings.Contains(string(a.body), token) {
				t.Errorf("%s holds a link's token", path)
			}
		}
		if strings.Contains(string(a.body), "token") {
			t.Errorf("%s tells of tokens", path)
		}
	}
}

func contractInvitationRefusals(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, f := t.Context(), s.Facts()
	good := keys.InvitationPolicy{Label: "contract refused", Entity: f.Entity, Profile: profileNamed(t, p, "Self-Service")}
	begin := time.Date(2030, 1, 2, 0, 0, 0, 0, p.Zone)
	// Neither of the whole entity tree nor for people.
	foreign := newGroup(t, s, Fields{"name": "contract elsewhere", "entities_id": f.Entities[len(f.Entities)-1].ID, "is_usergroup": 1})
	machines := newGroup(t, s, Fields{"name": "contract machines", "entities_id": 0, "is_recursive": 1, "is_usergroup": 0})
	for _, tc := range []struct {
		name   string
		change func(*keys.InvitationPolicy)
		field  string
		cause  keys.Cause
	}{
		{"profile", func(p *keys.InvitationPolicy) { p.Profile.ID = 987654 }, keys.FieldProfile, keys.Refused},
		{"no profile", func(p *keys.InvitationPolicy) { p.Profile.ID = 0 }, keys.FieldProfile, keys.Refused},
		{"entity", func(p *keys.InvitationPolicy) { p.Entity.ID = 987654 }, keys.FieldEntity, keys.NoRight},
		{"group", func(p *keys.InvitationPolicy) { p.Groups = []keys.Group{{ID: 987654}} }, keys.FieldGroups, keys.Refused},
		{"group of another entity", func(p *keys.InvitationPolicy) { p.Groups = []keys.Group{foreign} }, keys.FieldGroups, keys.Refused},
		{"group not of people", func(p *keys.InvitationPolicy) { p.Groups = []keys.Group{machines} }, keys.FieldGroups, keys.Refused},
		{"end before begin", func(p *keys.InvitationPolicy) { p.Begin, p.End = begin, begin.Add(-time.Second) }, keys.FieldEnd, keys.Refused},
		{"end in 2038", func(p *keys.InvitationPolicy) { p.End = begin.AddDate(8, 0, 0) }, keys.FieldEnd, keys.BadDate},
		{"no label", func(p *keys.InvitationPolicy) { p.Label = " " }, keys.FieldLabel, keys.Refused},
		{"long label", func(p *keys.InvitationPolicy) { p.Label = strings.Repeat("é", 256) }, keys.FieldLabel, keys.TooLong},
		{"long comment", func(p *keys.InvitationPolicy) { p.Comment = strings.Repeat("é", 7000) }, keys.FieldComment, keys.Refused},
		{"uses", func(p *keys.InvitationPolicy) { p.MaxUses = -1 }, keys.FieldMaxUses, keys.Refused},
		{"many uses", func(p *keys.InvitationPolicy) { p.MaxUses = 1_000_001 }, keys.FieldMaxUses, keys.Refused},
		{"two ends", func(p *keys.InvitationPolicy) { p.AccountDays, p.AccountEnd = 3, begin }, keys.FieldAccountDays, keys.Refused},
		{"days beyond 2038", func(p *keys.InvitationPolicy) { p.AccountDays = 36500 }, keys.FieldAccountDays, keys.Refused},
		{"domain", func(p *keys.InvitationPolicy) { p.EmailDomains = []string{"nodot"} }, keys.FieldEmailDomains, keys.Refused},
		{"long batch", func(p *keys.InvitationPolicy) { p.Batch = strings.Repeat("b", 65) }, "batch", keys.Refused},
		{"no mail", func(p *keys.InvitationPolicy) { p.VerifyEmail = true }, keys.FieldVerifyEmail, keys.Refused},
	} {
		if tc.name == "no mail" && p.MailOn {
			continue
		}
		policy := good
		tc.change(&policy)
		id, _, err := s.CreateInvitation(ctx, newUUID(), policy)
		if err == nil {
			purgeLater(t, s, kindInvitation, id)
		}
		var problem *keys.Problem
		if !errors.As(err, &problem) || problem.Cause != tc.cause || problem.Field != tc.field {
			t.Errorf("%s: %+v", tc.name, err)
			continue
		}
		if problem.Cause == keys.Refused && (problem.Detail == "" || strings.Contains(problem.Detail, "("+tc.field)) {
			t.Errorf("%s: %q", tc.name, problem.Detail)
		}
	}
	for _, list := range []struct {
		entity keys.Entity
		in     bool
	}{{f.Entity, false}, {f.Entities[len(f.Entities)-1], true}} {
		groups, err := s.Groups(ctx, list.entity.ID)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(groups, foreign) != list.in || slices.Contains(groups, machines) {
			t.Errorf("groups of %s: %v", list.entity.Path, groups)
		}
	}
	if _, err := s.Groups(ctx, 987654); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("groups of a missing entity: %v", err)
	}
}

func contractIdempotence(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx := t.Context()
	policy := keys.InvitationPolicy{
		Label: "contract twice " + awkward, Comment: awkward, Entity: s.Facts().Entity,
		Profile: profileNamed(t, p, "Self-Service"), MaxUses: 2, EmailDomains: []string{"b.example", "a.example"},
		End: time.Date(2031, 5, 6, 7, 8, 9, 0, p.Zone),
	}
	id, uuid, link := newInvitation(t, s, policy)
	again, sameLink, err := s.CreateInvitation(ctx, uuid, policy)
	if err != nil || again != id || sameLink != link {
		t.Errorf("the same uuid: invitation %d, want %d; the same link: %v; %v", again, id, sameLink == link, err)
	}
	policy.MaxUses = 3
	var problem *keys.Problem
	if _, _, err = s.CreateInvitation(ctx, uuid, policy); !errors.As(err, &problem) || problem.Field != "uuid" {
		t.Errorf("the same uuid for something else: %v", err)
	}
	policy.ShowOnce = true
	id, uuid, link = newInvitation(t, s, policy)
	again, fresh, err := s.CreateInvitation(ctx, uuid, policy)
	if err != nil || again != id || fresh == link || !joinLink.MatchString(fresh) {
		t.Errorf("shown once, the same uuid: invitation %d, want %d; a new link: %v; %v", again, id, fresh != link, err)
	}
	if there, err := s.byUUID(ctx, uuid); there != id || err != nil {
		t.Errorf("by uuid: %d, want %d, %v", there, id, err)
	}
	if there, err := s.byUUID(ctx, newUUID()); there != 0 || err != nil {
		t.Errorf("by an unknown uuid: %d, %v", there, err)
	}

	rows := make([]Fields, 20)
	batch := "contract " + rand.Text()[:8]
	policy.Batch, policy.ShowOnce = batch, false
	for i := range rows {
		policy.Label = fmt.Sprintf("contract card %02d", i)
		rows[i] = policyFields(newUUID(), &policy, p.Zone)
	}
	created, err := s.CreateAll(ctx, kindInvitation, rows, nil)
	distinct := make(map[string]bool)
	for _, c := range created {
		purgeLater(t, s, kindInvitation, c.ID)
		distinct[c.Message] = joinLink.MatchString(c.Message)
	}
	if err != nil || len(distinct) != 20 {
		t.Fatalf("%d different links, %v", len(distinct), err)
	}
	repeated, err := s.CreateAll(ctx, kindInvitation, rows, nil)
	if err != nil || !slices.Equal(repeated, created) {
		t.Errorf("a bulk of 20 again: the same is %v, %v", slices.Equal(repeated, created), err)
	}
	list, err := s.Invitations(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(inv keys.Invitation) bool { return inv.Batch != batch })
	if len(list) != 20 || list[19].Label != "contract card 19" {
		t.Errorf("%d of the batch", len(list))
	}
}

func contractInvitationLife(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, now := t.Context(), time.Now()
	id, _, link := newInvitation(t, s, keys.InvitationPolicy{
		Label: "contract life", Entity: s.Facts().Entity, Profile: profileNamed(t, p, "Self-Service"), MaxUses: 2,
	})
	state := func(want keys.InvitationState) {
		t.Helper()
		inv, again, err := s.Invitation(ctx, id)
		if err != nil || inv.State(now) != want || again != link {
			t.Errorf("state %s, want %s, %v", inv.State(now), want, err)
		}
	}
	state(keys.InvitationActive)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(s.SetInvitationActive(ctx, id, false))
	state(keys.InvitationRevoked)
	do(s.SetInvitationActive(ctx, id, false)) // twice is no error
	do(s.SetInvitationActive(ctx, id, true))
	state(keys.InvitationActive)
	do(s.ExtendInvitation(ctx, id, 1, time.Date(2020, 1, 1, 12, 30, 0, 0, p.Zone)))
	state(keys.InvitationEnded)
	end := time.Date(now.Year()+2, 3, 4, 17, 30, 0, 0, p.Zone)
	do(s.ExtendInvitation(ctx, id, 1, end))
	state(keys.InvitationLastUse)
	if inv, _, err := s.Invitation(ctx, id); err != nil || !inv.End.Equal(end) || inv.MaxUses != 1 {
		t.Errorf("extended: %+v, %v", inv, err)
	}
	do(s.ExtendInvitation(ctx, id, 0, time.Time{}))
	if inv, _, err := s.Invitation(ctx, id); err != nil || !inv.End.IsZero() || inv.MaxUses != 0 {
		t.Errorf("for ever: %+v, %v", inv, err)
	}
	var problem *keys.Problem
	if err := s.ExtendInvitation(ctx, id, -1, time.Time{}); !errors.As(err, &problem) || problem.Field != keys.FieldMaxUses {
		t.Errorf("extended by nonsense: %v", err)
	}
	if err := s.SetInvitationActive(ctx, 98765432, false); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("revoking a missing one: %v", err)
	}
	do(s.Delete(ctx, kindInvitation, id, false))
	if _, _, err := s.Invitation(ctx, id); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("in the trash: %v", err)
	}
	list, err := s.Invitations(ctx, nil)
	if err != nil || slices.ContainsFunc(list, func(inv keys.Invitation) bool { return inv.ID == id }) {
		t.Errorf("the list has it from the trash, %v", err)
	}
}

// contractGranted: somebody with the plugin's right alone, given after the
// sign-in, and what that person may not give.
func contractGranted(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, f := t.Context(), s.Facts()
	deep := f.Entities[len(f.Entities)-1]
	login := "contract-" + strings.ToLower(rand.Text()[:10])
	profile, err := s.Create(ctx, "Profile", Fields{"name": login, "interface": "central"})
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, "Profile", profile.ID)
	user, err := s.Create(ctx, "User", Fields{
		"name": login, "password": contractPassword, "password2": contractPassword,
		"_profiles_id": profile.ID, "_entities_id": deep.ID, "_is_recursive": 0, "entities_id": deep.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, "User", user.ID)
	person := signIn(t, f.Endpoint, keys.Credentials{User: login, Password: contractPassword, AppToken: s.who.AppToken})
	if _, err := person.Plugin(ctx); keys.CauseOf(err) != keys.NoRight {
		t.Fatalf("without the right: %v", err)
	}
	type right struct {
		ID int `json:"id"`
	}
	rights, err := List[right](ctx, s, "ProfileRight", Filter{Contains: map[string]string{
		"profiles_id": exactly(profile.ID), "name": "^" + rightInvitation + "$"}})
	var answer *Error
	if errors.As(err, &answer) && answer.Status == http.StatusNotImplemented {
		t.Skip("the sandbox does not change rights")
	}
	if err != nil || len(rights) != 1 {
		t.Fatal(rights, err)
	}
	all := keys.Read | keys.Update | keys.Create | keys.Delete | keys.Purge
	if _, err := s.Update(ctx, "ProfileRight", rights[0].ID, Fields{"rights": all}); err != nil {
		t.Fatal(err)
	}
	got, err := person.Plugin(ctx)
	if facts := person.Facts(); err != nil || !facts.Can(rightInvitation, all) || facts.Entity.ID != deep.ID {
		t.Fatalf("with the right: %v, %d, %+v", err, facts.Rights[rightInvitation], facts.Entity)
	}
	if slices.ContainsFunc(got.Profiles, func(p keys.Profile) bool { return p.ID == f.Profile.ID }) {
		t.Errorf("may give %v", got.Profiles)
	}
	own := keys.InvitationPolicy{Label: "contract granted", Entity: deep, Profile: keys.Profile{ID: profile.ID, Name: login}}
	for _, tc := range []struct {
		field  string
		cause  keys.Cause
		change func(*keys.InvitationPolicy)
	}{
		{keys.FieldProfile, keys.Refused, func(p *keys.InvitationPolicy) { p.Profile = f.Profile }},
		{keys.FieldEntity, keys.NoRight, func(p *keys.InvitationPolicy) { p.Entity = f.Entity }},
		{keys.FieldBelow, "", func(p *keys.InvitationPolicy) { p.Below = true }},
		{keys.FieldProfileBelow, keys.Refused, func(p *keys.InvitationPolicy) { p.ProfileBelow = true }},
	} {
		policy := own
		tc.change(&policy)
		id, _, err := person.CreateInvitation(ctx, newUUID(), policy)
		if err == nil {
			purgeLater(t, s, kindInvitation, id)
		}
		var problem *keys.Problem
		if !errors.As(err, &problem) || tc.cause != "" && problem.Cause != tc.cause || problem.Field != tc.field {
			t.Errorf("%s: %+v", tc.field, err)
		}
	}
	id, link, err := person.CreateInvitation(ctx, newUUID(), own)
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, kindInvitation, id)
	inv, again, err := person.Invitation(ctx, id)
	if err != nil || !joinLink.MatchString(link) || again != link || inv.Profile != own.Profile || inv.Author != login {
		t.Errorf("%+v, the same link: %v, %v", inv, again == link, err)
	}
	// Somebody else's, of more than this person may give: to see and to
	// revoke, without its link.
	id, _, _ = newInvitation(t, s, keys.InvitationPolicy{Label: "contract strong", Entity: deep, Profile: profileNamed(t, p, f.Profile.Name)})
	if _, link, err := person.Invitation(ctx, id); err != nil || link != "" {
		t.Errorf("somebody else's: link given %v, %v", link != "", err)
	}
	if err := person.ExtendInvitation(ctx, id, 9, time.Time{}); keys.CauseOf(err) != keys.Refused {
		t.Errorf("extended: %v", err)
	}
	if err := person.SetInvitationActive(ctx, id, false); err != nil {
		t.Error(err)
	}
	if err := person.SetInvitationActive(ctx, id, true); keys.CauseOf(err) != keys.Refused {
		t.Errorf("activated again: %v", err)
	}
	// An entity above is out of reach.
	id, _, _ = newInvitation(t, s, keys.InvitationPolicy{Label: "contract above", Entity: f.Entity, Profile: f.Profile})
	if _, _, err := person.Invitation(ctx, id); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("of the entity above: %v", err)
	}
	list, err := person.Invitations(ctx, nil)
	if err != nil || slices.ContainsFunc(list, func(inv keys.Invitation) bool { return inv.ID == id }) || len(list) < 2 {
		t.Errorf("%d listed, %v", len(list), err)
	}
}

// visitor is a browser without JavaScript.
type visitor struct {
	t    *testing.T
	http http.Client
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{Proxy: nil}}}
}

// page is what a visitor sees.
type page struct {
	status int
	at     *url.URL
	body   string
}

var (
	heading    = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	formAction = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	troubles   = regexp.MustCompile(`(?s)(?:invalid-feedback"[^>]*|role="alert")>.*?</div>`)
	hidden     = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

func (v *visitor) read(answer *http.Response, err error) page {
	v.t.Helper()
	if err != nil {
		v.t.Fatal("the join page does not answer") // the error has the link
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Request.URL, string(body)}
}

func (p *page) title() string {
	if m := heading.FindStringSubmatch(p.body); m != nil {
		return strings.TrimSpace(html.UnescapeString(m[1]))
	}
	return ""
}

// register opens a link and sends its form.
func (v *visitor) register(link, login string, more url.Values) page {
	v.t.Helper()
	form := v.read(v.http.Get(link))
	action := formAction.FindStringSubmatch(form.body)
	if form.status != http.StatusOK || action == nil {
		v.t.Fatalf("no form: %d, %q", form.status, form.title())
	}
	fields := url.Values{
		"firstname": {"Ana"}, "realname": {"O'Neil & <Ü>"}, "login": {login}, "email": {login + "@example.com"},
		"password": {contractPassword}, "password2": {contractPassword}, "website": {""},
	}
	for _, m := range hidden.FindAllStringSubmatch(form.body, -1) {
		fields.Set(m[1], html.UnescapeString(m[2]))
	}
	for name, values := range more {
		fields[name] = values
	}
	to, err := form.at.Parse(html.UnescapeString(action[1]))
	if err != nil {
		v.t.Fatal(err)
	}
	result := v.read(v.http.PostForm(to.String(), fields))
	if result.status != http.StatusOK {
		v.t.Errorf("registering %s: %d, %q, %q", login, result.status, result.title(), troubles.FindAllString(result.body, -1))
	}
	return result
}

const contractPassword = "Correct-Horse-7-battery"

// account finds an account by its login, 0 for none, and purges it at the end.
func account(t *testing.T, s *Session, login string) int {
	t.Helper()
	type user struct {
		ID int `json:"id"`
	}
	rows, err := List[user](t.Context(), s, "User", Filter{Contains: map[string]string{"name": "^" + login + "$"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return 0
	}
	purgeLater(t, s, "User", rows[0].ID)
	return rows[0].ID
}

func contractRegistrations(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, f := t.Context(), s.Facts()
	tag := strings.ToLower(rand.Text()[:10])
	deep := f.Entities[len(f.Entities)-1]
	group := newGroup(t, s, Fields{"name": "contract joiners", "entities_id": 0, "is_recursive": 1, "is_usergroup": 1})
	technician := profileNamed(t, p, "Technician")
	id, _, link := newInvitation(t, s, keys.InvitationPolicy{
		Label: "contract join", Entity: deep, Profile: technician, ProfileBelow: true,
		Groups: []keys.Group{group}, MaxUses: 2, AccountDays: 30,
	})
	login := "contract-" + tag
	done := newVisitor(t).register(link, login, nil)
	user := account(t, s, login)
	if done.status != http.StatusOK || user == 0 {
		t.Fatalf("registered: %d, %q, account %d", done.status, done.title(), user)
	}
	if strings.Contains(done.at.String(), joinLink.FindStringSubmatch(link)[1]) {
		t.Error("the address of the last page holds the token")
	}
	person := signIn(t, f.Endpoint, keys.Credentials{User: login, Password: contractPassword, AppToken: s.who.AppToken})
	if got := person.Facts(); got.Profile != technician || len(got.Profiles) != 1 || got.Entity != deep || !got.Recursive {
		t.Errorf("the account has %+v on %+v, recursive %v", got.Profiles, got.Entity, got.Recursive)
	}
	if got := memberships(t, s, user); !slices.Equal(got, []int{group.ID}) {
		t.Errorf("the account is in groups %v, want %d", got, group.ID)
	}
	list, err := s.Registrations(ctx, id)
	want := []keys.Registration{{UserID: user, Email: login + "@example.com", State: keys.RegistrationDone}}
	if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(keys.Registration{}, "ID", "Name", "Time")); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if len(list) == 1 && (!strings.Contains(list[0].Name, "O'Neil & <Ü>") || list[0].ID == 0 || list[0].Time.IsZero()) {
		t.Errorf("%+v", list[0])
	}
	if inv, _, err := s.Invitation(ctx, id); err != nil || inv.Uses != 1 || inv.Opened == 0 || inv.Waiting != 0 {
		t.Errorf("%+v, %v", inv, err)
	}
	// The second is the last; who comes then reads that it is used up.
	newVisitor(t).register(link, login+"-b", nil)
	second := account(t, s, login+"-b")
	if late := newVisitor(t).read(http.Get(link)); late.status == http.StatusOK || formAction.MatchString(late.body) {
		t.Errorf("a third visitor reads %d, %q", late.status, late.title())
	}
	if err := s.Delete(ctx, "User", user, true); err != nil {
		t.Fatal(err)
	}
	list, err = s.Registrations(ctx, id)
	if err != nil || len(list) != 2 || list[0].UserID != second || list[1].UserID != 0 || list[1].Name != "" || list[1].Email == "" {
		t.Errorf("one account deleted: %+v, %v", list, err)
	}
	contractLink(t, s, link)
}

// memberships are the groups of an account.
func memberships(t *testing.T, s *Session, user int) []int {
	t.Helper()
	type membership struct {
		User  int `json:"users_id"`
		Group int `json:"groups_id"`
	}
	rows, err := List[membership](t.Context(), s, "Group_User", Filter{Contains: map[string]string{"users_id": exactly(user)}})
	if err != nil {
		t.Fatal(err)
	}
	var groups []int
	for _, row := range rows {
		groups = append(groups, row.Group)
	}
	return groups
}

// contractLink: the page of a link that is used up is the plugin's all the
// same, that of an unknown one is not.
func contractLink(t *testing.T, s *Session, link string) {
	t.Helper()
	f := s.Facts()
	want := keys.LinkDoubts(link, f.Web())
	got, err := s.CheckLink(t.Context(), link)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("doubts %v, want %v, %v", got, want, err)
	}
	got, err = s.CheckLink(t.Context(), link[:len(link)-22]+strings.Repeat("0", 22))
	if err != nil || !slices.Contains(got, keys.LinkNotOurs) {
		t.Errorf("doubts about an unknown link: %v, %v", got, err)
	}
}

func contractApproval(t *testing.T, s *Session) {
	p := plugin(t, s)
	ctx, f := t.Context(), s.Facts()
	login := "contract-" + strings.ToLower(rand.Text()[:10])
	id, _, link := newInvitation(t, s, keys.InvitationPolicy{
		Label: "contract approval", Entity: f.Entity, Profile: profileNamed(t, p, "Self-Service"), MaxUses: 2, Approval: true,
	})
	who := func(login string) keys.Credentials {
		return keys.Credentials{User: login, Password: contractPassword, AppToken: s.who.AppToken}
	}
	refused := func(login string) {
		t.Helper()
		o, err := SignIn(ctx, f.Endpoint, keys.Via{Proxy: keys.ProxyDirect}, who(login), Options{})
		if err == nil {
			_ = o.Close(ctx)
			t.Errorf("%s can sign in", login)
		}
	}
	counts := func(uses, waiting int) {
		t.Helper()
		inv, _, err := s.Invitation(ctx, id)
		if err != nil || inv.Uses != uses || inv.Waiting != waiting {
			t.Errorf("%d uses, %d waiting; want %d, %d; %v", inv.Uses, inv.Waiting, uses, waiting, err)
		}
		list, err := s.Invitations(ctx, nil)
		if i := slices.IndexFunc(list, func(i keys.Invitation) bool { return i.ID == id }); err != nil || i < 0 || list[i].Waiting != waiting {
			t.Errorf("the list does not tell that %d wait, %v", waiting, err)
		}
	}
	for _, name := range []string{login + "-a", login + "-b"} {
		newVisitor(t).register(link, name, nil)
		if account(t, s, name) == 0 {
			t.Fatal("no account", name)
		}
		refused(name)
	}
	counts(2, 2)
	list, err := s.Registrations(ctx, id)
	if err != nil || len(list) != 2 || list[0].State != keys.WaitingForApproval || !strings.HasPrefix(list[0].Email, login+"-b") {
		t.Fatalf("%+v, %v", list, err)
	}
	b, a := list[0], list[1]
	if err := s.AnswerRegistration(ctx, a, true); err != nil {
		t.Fatal(err)
	}
	signIn(t, f.Endpoint, who(login+"-a"))
	counts(2, 1)
	if err := s.AnswerRegistration(ctx, b, false); err != nil {
		t.Fatal(err)
	}
	refused(login + "-b")
	counts(1, 0)
	list, err = s.Registrations(ctx, id)
	if err != nil || len(list) != 2 || list[0].State != keys.RegistrationRefused || list[1].State != keys.RegistrationDone {
		t.Errorf("%+v, %v", list, err)
	}
	// The same answer again is no error, the other one is.
	if err := s.AnswerRegistration(ctx, a, true); err != nil {
		t.Errorf("approved twice: %v", err)
	}
	if err := s.AnswerRegistration(ctx, a, false); keys.CauseOf(err) != keys.Refused {
		t.Errorf("refused after approval: %v", err)
	}
	if err := s.AnswerRegistration(ctx, keys.Registration{ID: 98765432}, true); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("a missing registration: %v", err)
	}
}
