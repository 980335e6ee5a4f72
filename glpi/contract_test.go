package glpi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

// awkward is text that shows whether encoding is done exactly once.
const awkward = `A < B & C > D "q" 's' é 漢 😀 \ / &amp; <b>`

// contract is what the client promises of any GLPI: it runs against real
// servers (make live) and against the sandbox, so that neither client nor
// sandbox can drift from GLPI.
func contract(t *testing.T, at keys.Endpoint, who keys.Credentials, mint bool) {
	t.Helper()
	s := signIn(t, at, who)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *Session)
	}{
		{"facts", contractFacts},
		{"clock", contractClock},
		{"switch", contractSwitch},
		{"glance", contractGlance},
		{"text", contractText},
		{"bulk", contractBulk},
		{"refused before sending", contractInput},
		{"refusals", contractRefusals},
		{"trash", contractTrash},
		{"renewal", contractRenewal},
		{"plugin", contractPlugin},
		{"invitations", contractInvitations},
		{"invitations refused", contractInvitationRefusals},
		{"invitations twice", contractIdempotence},
		{"invitations' life", contractInvitationLife},
		{"granted later", contractGranted},
		{"registrations", contractRegistrations},
		{"approval", contractApproval},
		{"key records", contractKeys},
		{"key records' edits", contractKeyEdits},
		{"key records by hand", contractKeyByHand},
		{"key records that GLPI calls invalid", contractKeyInvalid},
		{"key records' history", contractKeyHistory},
		{"key records twice", contractKeyTwice},
		{"installed key", contractInstalledKey},
		{"keys of a technician", contractKeyTechnician},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, s) })
	}
	if mint {
		t.Run("mint", contractMint(at, who, s))
	}
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := Get[struct{}](t.Context(), s, "Software", 1); keys.CauseOf(err) != keys.SessionEnded {
		t.Errorf("a call after Close: %v", err)
	}
}

func signIn(t *testing.T, at keys.Endpoint, who keys.Credentials) *Session {
	t.Helper()
	s, err := SignIn(t.Context(), at, keys.Via{Proxy: keys.ProxyDirect}, who, Options{})
	if err != nil {
		t.Fatalf("SignIn: %v", err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func contractFacts(t *testing.T, s *Session) {
	f := s.Facts()
	if f.Version == "" || f.Major < 10 || !strings.HasPrefix(f.Version, fmt.Sprint(f.Major)+".") {
		t.Errorf("version %q, major %d", f.Version, f.Major)
	}
	if f.User.ID == 0 || f.User.Login == "" || f.User.Name == "" {
		t.Errorf("user %+v", f.User)
	}
	if !f.Can("license", keys.Read|keys.Update|keys.Create|keys.Delete|keys.Purge) {
		t.Errorf("license right is %d", f.Rights["license"])
	}
	if !slices.Contains(f.Profiles, f.Profile) {
		t.Errorf("profile %+v is not among %+v", f.Profile, f.Profiles)
	}
	if !slices.Contains(f.Entities, f.Entity) || len(f.Entities) < 2 {
		t.Errorf("entity %+v is not among %d", f.Entity, len(f.Entities))
	}
	for _, e := range f.Entities {
		if strings.Contains(e.Path, "&#") {
			t.Errorf("entity path %q is not decoded", e.Path)
		}
	}
	if err := s.Refresh(t.Context()); err != nil || !cmp.Equal(s.Facts(), f) {
		t.Errorf("read again: %v %s", err, cmp.Diff(f, s.Facts()))
	}
	t.Logf("GLPI %s, %s, %d entities, %d rights", f.Version, f.Profile.Name, len(f.Entities), len(f.Rights))
}

func contractSwitch(t *testing.T, s *Session) {
	ctx, before := t.Context(), s.Facts()
	other := before.Entities[len(before.Entities)-1]
	if err := s.UseEntity(ctx, other.ID, false); err != nil {
		t.Fatal(err)
	}
	if f := s.Facts(); f.Entity != other || f.Recursive {
		t.Errorf("after the switch the entity is %+v, recursive %v", f.Entity, f.Recursive)
	}
	if err := s.UseProfile(ctx, before.Profile.ID); err != nil {
		t.Error(err)
	}
	if err := s.UseEntity(ctx, before.Entity.ID, before.Recursive); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.Facts()); diff != "" {
		t.Errorf("there and back changed the facts: %s", diff)
	}
	if err := s.UseEntity(ctx, 987654, true); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("an unknown entity: %v", err)
	}
	if err := s.UseProfile(ctx, 987654); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("an unknown profile: %v", err)
	}
}

func contractGlance(t *testing.T, s *Session) {
	template := newLicence(t, s, Fields{"name": "contract template", "is_template": 1, "template_name": "contract template"})
	trashed := newLicence(t, s, Fields{"name": "contract trashed"})
	if err := s.Delete(t.Context(), string(keys.TypeLicence), trashed, false); err != nil {
		t.Fatal(err)
	}
	ends := newLicence(t, s, Fields{"name": awkward, "expire": "2031-05-06"})
	done, total := 0, 0
	g, err := s.Glance(t.Context(), func(d, n int) { done, total = d, n })
	if err != nil || len(g.Missing) != 0 {
		t.Fatal(err, g.Missing)
	}
	if done != total || done != len(g.Items) || done == 0 {
		t.Errorf("progress ended at %d of %d, items %d", done, total, len(g.Items))
	}
	seen := make(map[keys.ItemKey]bool)
	counts := make(map[keys.ItemType]int)
	for _, it := range g.Items {
		counts[it.Type]++
		if it.ID == 0 || seen[it.Key()] {
			t.Errorf("bad or repeated: %+v", it)
		}
		seen[it.Key()] = true
		if it.Type == keys.TypeLicence && (it.ID == template || it.ID == trashed) {
			t.Errorf("a template, or from the trash: %+v", it)
		}
		if it.Type == keys.TypeLicence && it.ID == ends && (it.Name != awkward || it.End != keys.Date{Year: 2031, Month: 5, Day: 6}) {
			t.Errorf("just created: %+v", it)
		}
		if it.Name == "" || it.Entity == "" || it.Type == keys.TypeLicence && it.Detail == "" {
			t.Errorf("incomplete: %+v", it)
		}
	}
	if !seen[keys.ItemKey{Type: keys.TypeLicence, ID: ends}] {
		t.Error("the licence just created is missing")
	}
	t.Logf("%d items: %v", len(g.Items), counts)
}

// licence is what the contract looks at.
type licence struct {
	ID      int       `json:"id"`
	Name    string    `json:"name"`
	Serial  string    `json:"serial"`
	Comment string    `json:"comment"`
	Expire  keys.Date `json:"expire"`
	Deleted int       `json:"is_deleted"`
}

// newLicence makes a licence that goes away with the test.
func newLicence(t *testing.T, s *Session, fields Fields) int {
	t.Helper()
	fields["softwares_id"] = 1
	created, err := s.Create(t.Context(), string(keys.TypeLicence), fields)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := s.Delete(context.Background(), string(keys.TypeLicence), created.ID, true)
		if err != nil && keys.CauseOf(err) != keys.NotFound {
			t.Errorf("clean up: %v", err)
		}
	})
	return created.ID
}

func contractText(t *testing.T, s *Session) {
	ctx := t.Context()
	for _, name := range []string{awkward, "&lt;", "&#60;", "&#38;lt; R&D", "plain", "tab\tand\r\nlines", `C:\new "x" \\`} {
		id := newLicence(t, s, Fields{"name": name, "serial": name, "comment": name, "expire": "2031-05-06"})
		want := licence{ID: id, Name: name, Serial: name, Comment: name, Expire: keys.Date{Year: 2031, Month: 5, Day: 6}}
		got, err := Get[licence](ctx, s, string(keys.TypeLicence), id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("created and read: %s", diff)
		}
		list, err := List[licence](ctx, s, string(keys.TypeLicence), Filter{Contains: map[string]string{"id": fmt.Sprintf("^%d$", id)}})
		if err != nil || len(list) != 1 || list[0] != want {
			t.Errorf("listed: %+v, %v", list, err)
		}
		if _, err := s.Update(ctx, string(keys.TypeLicence), id, Fields{"name": name + "!", "comment": got.Comment}); err != nil {
			t.Fatal(err)
		}
		want.Name += "!"
		if got, err := Get[licence](ctx, s, string(keys.TypeLicence), id); err != nil || got != want {
			t.Errorf("edited: %+v, %v", got, err)
		}
	}
	id := newLicence(t, s, Fields{"name": awkward})
	for _, word := range []string{"A < B", "B & C", "> D", `"q" 's'`, "漢", "&amp;", "<b>", awkward} {
		rows, err := Search[endRow](ctx, s, string(keys.TypeLicence), Query{
			Columns: []int{1, 2}, Criteria: []Criterion{{Field: 1, Type: "contains", Value: word}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(rows, func(r endRow) bool { return int(r.ID) == id && string(r.Name) == awkward }) {
			t.Errorf("search for %q does not find it among %d rows", word, len(rows))
		}
		list, err := List[licence](ctx, s, string(keys.TypeLicence), Filter{Contains: map[string]string{"name": word}})
		if err != nil || !slices.ContainsFunc(list, func(l licence) bool { return l.ID == id && l.Name == awkward }) {
			t.Errorf("list by %q does not find it among %d rows, %v", word, len(list), err)
		}
	}
}

func contractBulk(t *testing.T, s *Session) {
	ctx := t.Context()
	const n, bad = 120, 60
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"name": fmt.Sprintf("contract bulk %03d <&>", i), "softwares_id": 1, "expire": keys.Date{Year: 2032, Month: 1, Day: 2}}
	}
	rows[bad]["expire"] = "2032-13-45"
	created, err := s.CreateAll(ctx, string(keys.TypeLicence), rows, nil)
	var ids []int
	for _, c := range created {
		if c.ID > 0 {
			ids = append(ids, c.ID)
		}
	}
	t.Cleanup(func() { _ = s.DeleteAll(context.Background(), string(keys.TypeLicence), ids, true, nil) })
	var failed RowErrors
	if keys.CauseOf(err) != keys.SomeFailed || !errors.As(err, &failed) || len(failed) != 1 ||
		failed[0].Row != bad || failed[0].Err.Cause != keys.BadDate {
		t.Fatalf("one bad row: %v", err)
	}
	if len(ids) != n-1 || created[bad].ID != 0 {
		t.Fatalf("%d rows created", len(ids))
	}
	// The row is where it belongs.
	last, err := Get[licence](ctx, s, string(keys.TypeLicence), created[n-1].ID)
	if err != nil || last.Name != rows[n-1]["name"] {
		t.Errorf("last row is %+v, %v", last, err)
	}
	changes := []Change{
		{ids[0], Fields{"comment": "one"}}, {98765432, Fields{"comment": "none"}}, {ids[1], Fields{"comment": "two"}},
	}
	err = s.UpdateAll(ctx, string(keys.TypeLicence), changes, nil)
	if !errors.As(err, &failed) || len(failed) != 1 || failed[0].ID != 98765432 || failed[0].Err.Cause != keys.NotFound {
		t.Errorf("update of a missing row: %v", err)
	}
	if two, err := Get[licence](ctx, s, string(keys.TypeLicence), ids[1]); err != nil || two.Comment != "two" {
		t.Errorf("the row after the missing one: %+v, %v", two, err)
	}
	err = s.DeleteAll(ctx, string(keys.TypeLicence), append([]int{98765432}, ids...), true, nil)
	if !errors.As(err, &failed) || len(failed) != 1 || failed[0].ID != 98765432 || failed[0].Err.Cause != keys.NotFound {
		t.Errorf("purge: %v", err)
	}
	if _, err := Get[licence](ctx, s, string(keys.TypeLicence), ids[0]); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("after the purge: %v", err)
	}
}

func contractInput(t *testing.T, s *Session) {
	ctx := t.Context()
	long := strings.Repeat("é", 256)
	for _, tc := range []struct {
		fields Fields
		cause  keys.Cause
		detail string
	}{
		{Fields{"name": long, "softwares_id": 1}, keys.TooLong, "name"},
		{Fields{"name": "x", "serial": long, "softwares_id": 1}, keys.TooLong, "serial"},
		{Fields{"name": "x", "comment": strings.Repeat("x", 70000), "softwares_id": 1}, keys.TooLong, "comment"},
		{Fields{"name": "x", "expire": "31/03/2027", "softwares_id": 1}, keys.BadDate, "expire"},
		{Fields{"name": "x", "expire": "2027-13-45", "softwares_id": 1}, keys.BadDate, "expire"},
		{Fields{"name": "x", "expire": "2027-03-31T10:00:00+02:00", "softwares_id": 1}, keys.BadDate, "expire"},
	} {
		_, err := s.Create(ctx, string(keys.TypeLicence), tc.fields)
		var p *keys.Problem
		if !errors.As(err, &p) || p.Cause != tc.cause || p.Detail != tc.detail {
			t.Errorf("%s: %v", tc.detail, err)
		}
	}
	// 255 characters are fine, and so is no date.
	id := newLicence(t, s, Fields{"name": long[:255*2], "expire": ""})
	if got, err := Get[licence](ctx, s, string(keys.TypeLicence), id); err != nil || got.Name != long[:255*2] || !got.Expire.IsZero() {
		t.Errorf("255 characters: %d bytes back, %v", len(got.Name), err)
	}
}

func contractRefusals(t *testing.T, s *Session) {
	ctx := t.Context()
	if _, err := Get[licence](ctx, s, string(keys.TypeLicence), 98765432); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("get of a missing item: %v", err)
	}
	if _, err := s.Update(ctx, string(keys.TypeLicence), 98765432, Fields{"name": "x"}); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("update of a missing item: %v", err)
	}
	if err := s.Delete(ctx, string(keys.TypeLicence), 98765432, true); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("delete of a missing item: %v", err)
	}
	if _, err := List[licence](ctx, s, "PluginNosuchThing", Filter{}); keys.CauseOf(err) != keys.UnknownType {
		t.Errorf("an unknown type: %v", err)
	}
}

func contractTrash(t *testing.T, s *Session) {
	ctx := t.Context()
	const name = "contract trash"
	id := newLicence(t, s, Fields{"name": name})
	inTrash := func() bool {
		t.Helper()
		f := Filter{Contains: map[string]string{"name": name}, Trash: true}
		list, err := List[licence](ctx, s, string(keys.TypeLicence), f)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(list, func(l licence) bool { return l.ID == id })
	}
	if err := s.Delete(ctx, string(keys.TypeLicence), id, false); err != nil {
		t.Fatal(err)
	}
	if !inTrash() {
		t.Error("not in the trash after Delete")
	}
	if err := s.Restore(ctx, string(keys.TypeLicence), id); err != nil {
		t.Fatal(err)
	}
	if inTrash() {
		t.Error("still in the trash after Restore")
	}
	// A template beside it is purged at once, and must not take it along.
	template := newLicence(t, s, Fields{"name": "contract template", "is_template": 1, "template_name": "contract template"})
	if err := s.DeleteAll(ctx, string(keys.TypeLicence), []int{template, id}, false, nil); err != nil {
		t.Error(err)
	}
	if !inTrash() {
		t.Error("not in the trash after a template")
	}
	if err := s.Delete(ctx, string(keys.TypeLicence), id, true); err != nil {
		t.Fatal(err)
	}
	if _, err := Get[licence](ctx, s, string(keys.TypeLicence), id); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("after the purge: %v", err)
	}
}

// contractRenewal ends the session behind its back.
func contractRenewal(t *testing.T, s *Session) {
	ctx, before := t.Context(), s.Facts()
	other := before.Entities[len(before.Entities)-1]
	if err := s.UseEntity(ctx, other.ID, false); err != nil {
		t.Fatal(err)
	}
	dead, _ := s.state()
	if err := s.c.kill(ctx, dead); err != nil {
		t.Fatal(err)
	}
	// A write is repeated, and lands in the entity where the person was.
	id := newLicence(t, s, Fields{"name": "contract renewal"})
	got, err := Get[struct {
		Entity int `json:"entities_id"`
	}](ctx, s, string(keys.TypeLicence), id)
	if err != nil || got.Entity != other.ID {
		t.Errorf("created in entity %d, want %d, %v", got.Entity, other.ID, err)
	}
	if token, _ := s.state(); token == dead {
		t.Error("the session was not renewed")
	}
	if err := s.UseEntity(ctx, before.Entity.ID, before.Recursive); err != nil {
		t.Fatal(err)
	}
}

func contractMint(at keys.Endpoint, who keys.Credentials, s *Session) func(*testing.T) {
	return func(t *testing.T) {
		token, err := s.MintToken(t.Context())
		if err != nil || len(token) != 40 {
			t.Fatal(len(token), err)
		}
		byToken := signIn(t, at, keys.Credentials{UserToken: token, AppToken: who.AppToken})
		if got := byToken.Facts().User; got != s.Facts().User {
			t.Errorf("the token signs in %+v", got)
		}
	}
}
