package app

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task/tasktest"
	"glpikeys/keys"
)

// loop stands in for the window's goroutine.
type loop = tasktest.Loop

func newLoop() *loop { return tasktest.NewLoop() }

// testNow is the moment at which tests happen.
var testNow = time.Date(2026, time.November, 23, 9, 30, 0, 0, time.UTC)

// newDeps makes dependencies that reach nothing outside the test.
func newDeps(t testing.TB, l *loop) Deps {
	t.Helper()
	prefs, err := OpenPreferences(filepath.Join(t.TempDir(), "preferences.json"))
	if err != nil {
		t.Fatal(err)
	}
	return Deps{
		Connections: &fakeConnections{},
		Secrets:     &fakeSecrets{kept: map[string]keys.Credentials{}},
		LastSeen:    &fakeLastSeen{kept: map[string]connection.Seen{}},
		Preferences: prefs,
		Do:          l.Do,
		Now:         func() time.Time { return testNow },
		OpenURL:     func(*url.URL) error { return nil },
		Log:         slog.New(slog.DiscardHandler),
		Version:     "0.1.0",
		PrintFolder: filepath.Join(t.TempDir(), "print"),
	}
}

// fakeSession answers from its fields, after delay.
type fakeSession struct {
	mu     sync.Mutex
	facts  keys.Facts
	glance keys.Glance
	err    error
	errs   map[string]error // of single calls, by what calls has for them
	delay  time.Duration
	ending time.Duration // that Close takes
	token  string
	clock  keys.ServerClock
	calls  []string
	closed bool

	plugin        keys.Plugin
	invitations   []keys.Invitation
	registrations map[int][]keys.Registration // by invitation
	groups        []keys.Group                // of every entity
	links         map[int]string              // by invitation
	doubts        []keys.LinkDoubt            // about every link
	lostAnswers   int                         // so many creations and changes of keys are done, and fail with OutcomeUnknown

	keyRecords       []keys.KeyRecord // with their texts; lists leave those out
	keyHistory       map[int][]keys.KeyEvent
	hasKeyType       bool
	products         []keys.Product
	installed        keys.InstalledKey
	subscription     keys.Subscription
	installedPlugins []keys.InstalledPlugin
}

func (s *fakeSession) note(ctx context.Context, call string) error {
	s.mu.Lock()
	s.calls = append(s.calls, call)
	err := cmp.Or(s.errs[call], s.err)
	s.mu.Unlock()
	if s.delay > 0 {
		select {
		case <-time.After(s.delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

func (s *fakeSession) Facts() keys.Facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts
}

func (s *fakeSession) Refresh(context.Context) error { return nil }

func (s *fakeSession) UseProfile(ctx context.Context, id int) error {
	if err := s.note(ctx, "profile"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.facts.Profiles {
		if p.ID == id {
			s.facts.Profile = p
		}
	}
	return nil
}

func (s *fakeSession) UseEntity(ctx context.Context, id int, recursive bool) error {
	if err := s.note(ctx, "entity"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.facts.Entities {
		if e.ID == id {
			s.facts.Entity, s.facts.Recursive = e, recursive
		}
	}
	return nil
}

func (s *fakeSession) Glance(ctx context.Context, progress func(done, total int)) (keys.Glance, error) {
	progress(0, len(s.glance.Items))
	if err := s.note(ctx, "glance"); err != nil {
		return keys.Glance{}, err
	}
	return s.glance, nil
}

func (s *fakeSession) MintToken(ctx context.Context) (string, error) {
	return s.token, s.note(ctx, "mint")
}

func (s *fakeSession) ServerClock(ctx context.Context) (keys.ServerClock, error) {
	return s.clock, s.note(ctx, "clock")
}

func (s *fakeSession) Close(ctx context.Context) error {
	time.Sleep(s.ending)
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return nil
}

func (s *fakeSession) Plugin(ctx context.Context) (keys.Plugin, error) {
	err := s.note(ctx, "plugin")
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		return keys.Plugin{}, err
	}
	return s.plugin, nil
}

func (s *fakeSession) Invitations(ctx context.Context, progress func(done, total int)) ([]keys.Invitation, error) {
	if err := s.note(ctx, "invitations"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	list := slices.Clone(s.invitations)
	s.mu.Unlock()
	if progress != nil {
		progress(len(list), len(list))
	}
	return list, nil
}

func (s *fakeSession) Invitation(ctx context.Context, id int) (keys.Invitation, string, error) {
	if err := s.note(ctx, "invitation"); err != nil {
		return keys.Invitation{}, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if inv := s.invitation(id); inv != nil {
		return *inv, s.links[id], nil
	}
	return keys.Invitation{}, "", &keys.Problem{Op: "get invitation", Cause: keys.NotFound}
}

// invitation is the one of that id, nil for none. The caller holds mu.
func (s *fakeSession) invitation(id int) *keys.Invitation {
	for i := range s.invitations {
		if s.invitations[i].ID == id {
			return &s.invitations[i]
		}
	}
	return nil
}

func (s *fakeSession) Registrations(ctx context.Context, invitation int) ([]keys.Registration, error) {
	if err := s.note(ctx, "registrations"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.registrations[invitation]), nil
}

func (s *fakeSession) Groups(ctx context.Context, entity int) ([]keys.Group, error) {
	if err := s.note(ctx, "groups"); err != nil {
		return nil, err
	}
	return s.groups, nil
}

func (s *fakeSession) CreateInvitation(ctx context.Context, uuid string, policy keys.InvitationPolicy) (int, string, error) {
	if err := s.note(ctx, "create"); err != nil {
		return 0, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := 1
	for i := range s.invitations {
		if s.invitations[i].UUID == uuid {
			return s.invitations[i].ID, s.links[s.invitations[i].ID], nil
		}
		id = max(id, s.invitations[i].ID+1)
	}
	s.invitations = append(s.invitations, keys.Invitation{
		ID: id, UUID: uuid, InvitationPolicy: policy, Active: true, Author: s.facts.User.Name, Created: testNow,
	})
	if s.links == nil {
		s.links = make(map[int]string)
	}
	s.links[id] = fmt.Sprintf("https://glpi.example.com/plugins/glpikeys/front/join.php?i=%022d", id)
	if s.lostAnswers > 0 {
		s.lostAnswers--
		return 0, "", &keys.Problem{Op: "create invitation", Cause: keys.OutcomeUnknown}
	}
	return id, s.links[id], nil
}

func (s *fakeSession) SetInvitationActive(ctx context.Context, id int, active bool) error {
	return s.change(ctx, "active", id, func(inv *keys.Invitation) { inv.Active = active })
}

func (s *fakeSession) ExtendInvitation(ctx context.Context, id int, maxUses int, end time.Time) error {
	return s.change(ctx, "extend", id, func(inv *keys.Invitation) { inv.MaxUses, inv.End = maxUses, end })
}

func (s *fakeSession) change(ctx context.Context, call string, id int, do func(*keys.Invitation)) error {
	if err := s.note(ctx, call); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	inv := s.invitation(id)
	if inv == nil {
		return &keys.Problem{Op: call, Cause: keys.NotFound}
	}
	do(inv)
	return nil
}

func (s *fakeSession) AnswerRegistration(ctx context.Context, r keys.Registration, approve bool) error {
	if err := s.note(ctx, "answer"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for invitation, list := range s.registrations {
		for i := range list {
			if list[i].ID != r.ID {
				continue
			}
			if approve && list[i].RuleGrants != r.RuleGrants {
				return &keys.Problem{Op: "answer registration", Cause: keys.RulesChanged}
			}
			list[i].State = keys.RegistrationRefused
			if approve {
				list[i].State = keys.RegistrationDone
			}
			if inv := s.invitation(invitation); inv != nil {
				inv.Waiting--
				if !approve {
					inv.Uses--
				}
			}
			return nil
		}
	}
	return &keys.Problem{Op: "answer registration", Cause: keys.NotFound}
}

func (s *fakeSession) CheckLink(ctx context.Context, link string) ([]keys.LinkDoubt, error) {
	if err := s.note(ctx, "check link"); err != nil {
		return nil, err
	}
	return s.doubts, nil
}

func (s *fakeSession) KeyRecords(ctx context.Context, progress func(done, total int)) ([]keys.KeyRecord, error) {
	if err := s.note(ctx, "key records"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	list := slices.Clone(s.keyRecords)
	s.mu.Unlock()
	for i := range list {
		list[i].Block.Text = keys.KeyText{}
	}
	if progress != nil {
		progress(len(list), len(list))
	}
	return list, nil
}

func (s *fakeSession) KeyRecord(ctx context.Context, id int) (keys.KeyRecord, error) {
	if err := s.note(ctx, "key record"); err != nil {
		return keys.KeyRecord{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.keyRecord(id); r != nil {
		return *r, nil
	}
	return keys.KeyRecord{}, &keys.Problem{Op: "get key record", Cause: keys.NotFound}
}

// keyRecord is the one of that id, nil for none. The caller holds mu.
func (s *fakeSession) keyRecord(id int) *keys.KeyRecord {
	for i := range s.keyRecords {
		if s.keyRecords[i].ID == id {
			return &s.keyRecords[i]
		}
	}
	return nil
}

func (s *fakeSession) KeyHistory(ctx context.Context, id int) ([]keys.KeyEvent, error) {
	err := s.note(ctx, "key history")
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keyHistory[id]), err
}

func (s *fakeSession) HasKeyType(ctx context.Context) (bool, error) {
	err := s.note(ctx, "has key type")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hasKeyType, err
}

func (s *fakeSession) AddKeyType(ctx context.Context) error {
	if err := s.note(ctx, "add key type"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hasKeyType = true
	return nil
}

func (s *fakeSession) Products(ctx context.Context, text string) ([]keys.Product, error) {
	if err := s.note(ctx, "products"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []keys.Product
	for _, p := range s.products {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(text)) {
			found = append(found, p)
		}
	}
	return found, nil
}

func (s *fakeSession) CreateKeyRecord(ctx context.Context, record keys.KeyRecord) (int, error) {
	if err := s.note(ctx, "create key"); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	record.ID = 1
	for i := range s.keyRecords {
		if s.keyRecords[i].Block.Record == record.Block.Record {
			return s.keyRecords[i].ID, nil
		}
		record.ID = max(record.ID, s.keyRecords[i].ID+1)
	}
	record.Created, record.Changed = testNow, testNow
	s.keyRecords = append(s.keyRecords, record)
	if s.lostAnswers > 0 {
		s.lostAnswers--
		return 0, &keys.Problem{Op: "create key record", Cause: keys.OutcomeUnknown}
	}
	return record.ID, nil
}

func (s *fakeSession) UpdateKeyRecord(ctx context.Context, id int, edit func(*keys.KeyRecord) error) (keys.KeyRecord, error) {
	if err := s.note(ctx, "update key"); err != nil {
		return keys.KeyRecord{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.keyRecord(id)
	if r == nil {
		return keys.KeyRecord{}, &keys.Problem{Op: "update key record", Cause: keys.NotFound}
	}
	changed := *r
	if err := edit(&changed); err != nil {
		return keys.KeyRecord{}, err
	}
	changed.Changed = testNow
	*r = changed
	if s.lostAnswers > 0 {
		s.lostAnswers--
		return keys.KeyRecord{}, &keys.Problem{Op: "update key record", Cause: keys.OutcomeUnknown}
	}
	return changed, nil
}

func (s *fakeSession) InstalledKey(ctx context.Context) (keys.InstalledKey, error) {
	err := s.note(ctx, "installed key")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.installed, err
}

func (s *fakeSession) InstallKey(ctx context.Context, text string) (keys.InstalledKey, error) {
	if err := s.note(ctx, "install key"); err != nil {
		return keys.InstalledKey{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.installed = keys.InstalledKey{}
	if text != "" {
		s.installed = keys.InstalledKey{
			Present: true, Mark: fmt.Sprintf("mark %d", len(s.calls)), Length: len(text), Fingerprint: keys.Fingerprint(text),
		}
	}
	return s.installed, nil
}

func (s *fakeSession) Subscription(ctx context.Context) (keys.Subscription, error) {
	err := s.note(ctx, "subscription")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.subscription, err
}

func (s *fakeSession) InstalledPlugins(ctx context.Context) ([]keys.InstalledPlugin, error) {
	err := s.note(ctx, "installed plugins")
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.installedPlugins), err
}

// fakeConnections keeps connections in memory, in the order of Put.
type fakeConnections struct {
	saved []connection.Connection
	err   error
}

func (f *fakeConnections) All() []connection.Connection { return f.saved }

func (f *fakeConnections) Put(c connection.Connection) error {
	if f.err != nil {
		return f.err
	}
	for i := range f.saved {
		if f.saved[i].ID == c.ID {
			f.saved[i] = c
			return nil
		}
	}
	f.saved = append(f.saved, c)
	return nil
}

func (f *fakeConnections) Delete(id string) error {
	for i := range f.saved {
		if f.saved[i].ID == id {
			f.saved = append(f.saved[:i], f.saved[i+1:]...)
			return nil
		}
	}
	return f.err
}

// fakeSecrets is a keyring in memory; every call takes delay and ends with err.
type fakeSecrets struct {
	mu    sync.Mutex
	kept  map[string]keys.Credentials
	err   error
	delay time.Duration
}

func (f *fakeSecrets) wait(ctx context.Context) error {
	if f.delay > 0 {
		select {
		case <-time.After(f.delay):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.err
}

func (f *fakeSecrets) Service() string { return "Secret Service" }

func (f *fakeSecrets) Check(ctx context.Context) error { return f.wait(ctx) }

func (f *fakeSecrets) Load(ctx context.Context, id string) (keys.Credentials, error) {
	err := f.wait(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept[id], err
}

func (f *fakeSecrets) Save(ctx context.Context, id string, c keys.Credentials) error {
	if err := f.wait(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept[id] = c
	return nil
}

func (f *fakeSecrets) Delete(ctx context.Context, id string) error {
	if err := f.wait(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, id)
	return nil
}

// fakeLastSeen keeps what was last seen in memory; saving takes delay and ends
// with err.
type fakeLastSeen struct {
	mu    sync.Mutex
	kept  map[string]connection.Seen
	err   error
	delay time.Duration
}

func (f *fakeLastSeen) Save(ctx context.Context, id string, seen connection.Seen) error {
	time.Sleep(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil || f.err != nil {
		return cmp.Or(f.err, ctx.Err())
	}
	f.kept[id] = seen
	return nil
}

func (f *fakeLastSeen) Load(id string) (connection.Seen, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, ok := f.kept[id]
	return seen, ok
}

func (f *fakeLastSeen) Delete(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.kept, id)
	return nil
}
