package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// fourServers are saved: the one signed in to, one that answers, one that
// cannot be reached and one whose secret is not kept.
func fourServers(deps *Deps, far *fakeSession) {
	saved := func(id, name string, remember bool) connection.Connection {
		return connection.Connection{
			ID: id, Name: name, Address: "https://" + name, API: "https://" + name + "/apirest.php", User: "glpi", Remember: remember,
			Version: "10.0.18", Profile: 6,
		}
	}
	deps.Connections = &fakeConnections{saved: []connection.Connection{
		saved("one", "helpdesk.example.com", true), saved("two", "support.customer-a.example", true),
		saved("three", "glpi.customer-b.example", true), saved("four", "old.example.com", false),
	}}
	deps.Secrets = &fakeSecrets{kept: map[string]keys.Credentials{"two": {Password: "x"}, "three": {Password: "x"}}}
	day := keys.DateOf(testNow)
	kept := &fakeLastSeen{kept: map[string]connection.Seen{}}
	for _, id := range []string{"two", "three"} {
		kept.kept[id] = connection.Seen{
			Time: testNow.Add(-2 * time.Hour), Version: "10.0.18", User: "glpi", Profile: "Technician",
			Items: []keys.Item{
				{Type: keys.TypeLicence, ID: 1, Name: "Fields", End: day.AddDays(-4)},
				{Type: keys.TypeLicence, ID: 2, Name: "GLPI Network", End: day.AddDays(12)},
				{Type: keys.TypeContract, ID: 3, Name: "Hosting", End: day.AddDays(300)},
			},
		}
	}
	deps.LastSeen = kept
	deps.SignIn = func(ctx context.Context, at keys.Endpoint, via keys.Via, who keys.Credentials) (Session, error) {
		if strings.Contains(at.API, "customer-b") {
			return nil, &keys.Problem{Op: "sign in", Cause: keys.Unreachable, Detail: "glpi.customer-b.example"}
		}
		if who.User != "glpi" || who.Password != "x" {
			return nil, errors.New("wrong credentials")
		}
		return far, nil
	}
}

func farSession() *fakeSession {
	far := helpdesk()
	far.facts.Version = "10.0.19"
	far.glance.Items = far.glance.Items[:4]
	far.keyRecords = []keys.KeyRecord{{ID: 1, Name: "Formcreator Pro", End: far.glance.Items[0].End, Block: keys.Block{Revoked: keys.Revocation{Date: keys.DateOf(testNow)}}}} // given up
	return far
}

func TestAllServersAreLookedAtOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, got := remindingWorkspace(t, l, subscribed())
		far := farSession()
		fourServers(&w.deps, far)
		w.deps.Connections.(*fakeConnections).saved[0] = w.connection
		w.servers.load()
		l.Drain()
		if rows := w.servers.list(); len(rows) != 4 || rows[1].counts.Count(keys.Expired) != 1 || rows[3].counts != nil {
			t.Fatalf("before: %+v", rows)
		}
		w.offline = true // so that only the others are looked at
		w.servers.checkAll()
		w.offline = false
		if !w.servers.busy() {
			t.Error("nothing is under way")
		}
		l.Drain()
		rows := w.servers.list()
		two, three, four := rows[1], rows[2], rows[3]
		if two.failure != nil || !two.seen.Equal(testNow) || two.Version != "10.0.19" || two.profile != "Technician" {
			t.Errorf("the one that answers: %+v", two)
		}
		if n := two.counts.Count(keys.Expired); n != 2 {
			t.Errorf("%d expired, want 2: a key that was given up does not count", n)
		}
		if keys.CauseOf(three.failure) != keys.Unreachable || !three.offline || three.counts.Count(keys.Expired) != 1 {
			t.Errorf("the one out of reach: %+v", three)
		}
		if keys.CauseOf(four.failure) != keys.NothingSent || four.offline {
			t.Errorf("the one without secret: %+v", four)
		}
		if !far.closed {
			t.Error("a session is left open")
		}
		if seen, _ := w.deps.LastSeen.Load("two"); len(seen.Items) != 3 || !seen.Time.Equal(testNow) {
			t.Errorf("kept %+v", seen)
		}
		if check, ok := w.remind.last("three"); !ok || check.Cause != keys.Unreachable {
			t.Errorf("the log says %+v", check)
		}
		if len(*got) > keys.MaxNotifications+1 {
			t.Errorf("%d notifications", len(*got))
		}
		// In a later run the log says what happened.
		later := newWorkspace(w.deps, Opened{Session: w.session, Connection: w.connection})
		t.Cleanup(later.tasks.Close)
		later.remind.load()
		later.servers.load()
		l.Drain()
		if rows := later.servers.list(); keys.CauseOf(rows[2].failure) != keys.Unreachable || rows[1].failure != nil {
			t.Errorf("later: %+v", rows)
		}
	})
}

func TestLookingAtServersCanBeCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop()
		w, _ := remindingWorkspace(t, l, subscribed())
		far := farSession()
		far.delay = time.Minute
		fourServers(&w.deps, far)
		w.servers.checkAll()
		time.Sleep(time.Second)
		w.servers.cancel()
		l.Drain()
		if w.servers.busy() || len(w.servers.failures) != 0 || !far.closed {
			t.Errorf("busy %v, failures %v, closed %v", w.servers.busy(), w.servers.failures, far.closed)
		}
	})
}

// The pictures of the board.
// How old what was seen of a server is stays true while the window is open.
func TestAgesOnTheBoardFollowTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFrameScreen(t, look.Light, fyne.NewSize(1280, 1100), subscribed())
		fourServers(&s.work.deps, farSession())
		s.work.servers.load()
		s.loop.Drain()
		later := testNow.Add(5 * time.Minute)
		s.work.deps.Now = func() time.Time { return later }
		s.tick()
		var said []string
		for _, o := range test.LaidOutObjects(s.overview.servers.root) {
			if text, ok := o.(*look.Text); ok {
				said = append(said, text.Text())
			}
		}
		if !slices.Contains(said, "5 min ago") {
			t.Errorf("the board says %q", said)
		}
		s.work.tasks.Close()
		s.loop.Drain()
	})
}

func TestServersPictures(t *testing.T) {
	for _, c := range []struct {
		name, code, variant string
		size                fyne.Size
	}{
		{"wide_en_light", "en", look.Light, fyne.NewSize(1280, 1100)},
		{"wide_en_dark", "en", look.Dark, fyne.NewSize(1280, 1100)},
		{"small_fr_light", "fr", look.Light, fyne.NewSize(1000, 1200)},
		{"small_fr_dark", "fr", look.Dark, fyne.NewSize(1000, 1200)},
	} {
		t.Run(c.name, func(t *testing.T) {
			useLanguage(t, c.code)
			synctest.Test(t, func(t *testing.T) {
				s := newFrameScreen(t, c.variant, c.size, subscribed())
				fourServers(&s.work.deps, farSession())
				s.overview.acts.server = func(string) {}
				s.work.servers.load()
				s.loop.Drain()
				s.work.servers.checkAll()
				s.loop.Drain()
				assertPicture(t, "servers_"+c.name+".png", s.win)
				s.work.tasks.Close()
				s.loop.Drain()
			})
		})
	}
}
