package app

import (
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"glpikeys/app/connection"
	"glpikeys/app/internal/look"
	"glpikeys/assets"
	"glpikeys/keys"
)

// frameScreen is a frame in a window, on a session that answers at once.
type frameScreen struct {
	*frame
	session *fakeSession
	loop    *loop
	win     fyne.Window
}

// newFrameScreen opens the frame on what session answers and lets it read.
func newFrameScreen(t *testing.T, variant string, size fyne.Size, session *fakeSession) *frameScreen {
	t.Helper()
	app, win := newThemedWindow(t, variant)
	s := &frameScreen{session: session, loop: newLoop(), win: win}
	deps := newDeps(t, s.loop)
	deps.LogFile = "/home/ana/.cache/glpikeys/glpikeys.log"
	w := newWorkspace(deps, Opened{
		Session:    session,
		Connection: connection.Connection{ID: "one", Name: "helpdesk.example.com"},
	})
	t.Cleanup(w.tasks.Close)
	set := newSettings(deps.Preferences)
	s.frame = newFrame(w, set, frameActs{
		win: s.win, clipboard: app.Clipboard(), palette: func() {}, switcher: func() {}, changed: func() {},
	})
	w.onChange, set.onChange = s.render, s.render
	s.win.SetContent(s.root)
	s.win.Resize(size)
	w.refresh()
	s.loop.Drain()
	return s
}

// helpdesk is a session on a believable server: 243 items around testNow.
func helpdesk() *fakeSession {
	day := keys.DateOf(testNow)
	add := func(items []keys.Item, typ keys.ItemType, name, detail, entity string, end keys.Date) []keys.Item {
		return append(items, keys.Item{Type: typ, ID: len(items) + 1, Name: name, Detail: detail, Entity: entity, End: end})
	}
	const root, paris, lyon = "Root entity", "Root entity > Paris", "Root entity > Lyon > Headquarters"
	items := add(nil, keys.TypeLicence, "Formcreator Pro", "Formcreator", paris, day.AddDays(-42))
	items = add(items, keys.TypeLicence, "Old archive", "Archive", lyon, day.AddDays(-12))
	items = add(items, keys.TypeCertificate, "intranet.example.com", "", root, day.AddDays(-2))
	items = add(items, keys.TypeLicence, "GLPI Network Standard", "GLPI Network", root, day.AddDays(3))
	items = add(items, keys.TypeLicence, "Data Injection", "Data Injection", root, day.AddDays(8))
	items = add(items, keys.TypeContract, "Printers, maintenance", "C-2231", paris, day.AddDays(20))
	items[len(items)-1].Renews = true
	items = add(items, keys.TypeLicence, "Advanced Dashboard", "Dashboard", paris, day.AddDays(21))
	items = add(items, keys.TypeLicence, "A licence whose name is so long that it cannot possibly fit into its column", "Software", lyon, day.AddDays(29))
	for i := range 9 {
		items = add(items, keys.TypeLicence, fmt.Sprintf("OAuth SSO %d", i), "OAuth", root, day.AddDays(40+5*i))
	}
	for i := range 212 {
		items = add(items, keys.ItemTypes[i%3], fmt.Sprintf("Carbon %03d", i), "Carbon", lyon, day.AddDays(95+4*i))
	}
	for i := range 14 {
		items = add(items, keys.TypeLicence, fmt.Sprintf("Fields %02d", i), "Fields", root, keys.Date{})
	}
	return &fakeSession{
		facts: keys.Facts{
			Endpoint: keys.Endpoint{API: "https://helpdesk.example.com/apirest.php", Major: 11},
			Version:  "11.0.6",
			User:     keys.User{ID: 2, Login: "glpi", Name: "glpi"},
			Profile:  keys.Profile{ID: 4, Name: "Super-Admin"},
			Profiles: []keys.Profile{{ID: 4, Name: "Super-Admin"}, {ID: 6, Name: "Technician"}},
			Entity:   keys.Entity{Path: root}, Recursive: true,
			Entities: []keys.Entity{{ID: 0, Path: root}, {ID: 2, Path: "Root entity > Lyon"}, {ID: 3, Path: lyon}, {ID: 1, Path: paris}},
		},
		glance: keys.Glance{Items: items},
	}
}

// The pictures of the frame, each in both variants.
func TestFramePictures(t *testing.T) {
	withMissing := func(s *fakeSession) {
		s.glance.Missing = map[keys.ItemType]*keys.Problem{
			keys.TypeContract:    {Op: "list", Cause: keys.NoRight},
			keys.TypeCertificate: {Op: "list", Cause: keys.ServerFault},
		}
	}
	drawPictures(t, "frame_", helpdesk, newFrameScreen, []picture{
		{name: "overview"},
		{name: "overview_small", size: smallWindow, set: withMissing},
		{name: "settings", act: func(s *frameScreen) { s.open(routeSettings) }},
		{name: "settings_small_error", size: smallWindow, act: func(s *frameScreen) {
			s.open(routeSettings)
			s.settings.set.setThresholds("7", "3", "x")
			s.settings.set.setProxy("ana:secret@proxy")
		}},
		{name: "reading", set: func(s *fakeSession) { s.delay = time.Minute }},
		{name: "failed", set: func(s *fakeSession) {
			s.err = &keys.Problem{Op: "list", Cause: keys.TimedOut, Detail: "helpdesk.example.com"}
		}},
		{name: "no_right", set: func(s *fakeSession) {
			s.err = &keys.Problem{Op: "list", Cause: keys.NoRight} // as when no type may be read
		}},
		{name: "first_use", set: func(s *fakeSession) { s.glance = keys.Glance{} }},
		{name: "stale_small", size: smallWindow, act: func(s *frameScreen) {
			s.session.err = &keys.Problem{Op: "list", Cause: keys.Unreachable, Detail: "helpdesk.example.com"}
			s.work.refresh()
			s.loop.Drain()
		}},
		{name: "switcher", act: func(s *frameScreen) {
			showSwitcher(newSwitcher(s.work), s.win, switcherActs{
				servers: twoServers(), server: func(string) {}, add: func() {}, signOut: func() {},
			})
		}},
	})
}

// The smallest window shows everything, whatever the language and the screen.
func TestFrameFitsSmallestWindow(t *testing.T) {
	for _, code := range assets.Languages() {
		for _, r := range routes {
			t.Run(code+"_"+string(r), func(t *testing.T) {
				useLanguage(t, code)
				synctest.Test(t, func(t *testing.T) {
					s := newFrameScreen(t, look.Light, smallWindow, helpdesk())
					s.work.demo = true // which the status line says
					s.open(r)
					s.win.Resize(smallWindow)
					// The menu bar takes its height from the window too.
					if need := s.root.MinSize(); need.Width > smallestWidth || need.Height > smallestHigh-40 {
						t.Errorf("needs %v", need)
					}
					s.finish()
				})
			})
		}
	}
}

func TestFrameFollowsTheClockPastMidnight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFrameScreen(t, look.Light, fyne.NewSize(defaultWidth, defaultHeight), helpdesk())
		before := s.work.summary().Count(keys.Expired)
		s.work.deps.Now = func() time.Time { return testNow.AddDate(0, 0, 4) } // past the end of one item
		s.tick()
		if got := s.overview.cards[0].number.Text(); got != strconv.Itoa(before+1) {
			t.Errorf("the card says %s, want %d", got, before+1)
		}
	})
}

// The status line counts what the screen in sight counts.
func TestStatusLineAgreesWithTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFrameScreen(t, look.Light, fyne.NewSize(defaultWidth, defaultHeight), licensed())
		for _, c := range []struct {
			name string
			show func()
			want string
		}{
			{"overview", func() { s.open(routeOverview) }, "4 expired · 9 within 30 days"},
			{"keys", func() { s.open(routeKeys) }, "1 expired · 4 within 30 days"},
			{"all that ends", func() { s.keys.p.showEverything(true) }, "4 expired · 9 within 30 days"},
			{"contracts", func() { s.keys.p.showType(keys.TypeContract) }, "0 expired · 1 within 30 days"},
			{"settings", func() { s.open(routeSettings) }, "4 expired · 9 within 30 days"},
		} {
			c.show()
			if got := s.counts.Text(); got != c.want {
				t.Errorf("%s: the line says %q, want %q", c.name, got, c.want)
			}
		}
	})
}

func TestSortIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFrameScreen(t, look.Light, fyne.NewSize(defaultWidth, defaultHeight), helpdesk())
		s.open(routeKeys)
		s.keys.p.showEverything(true)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.keys.table)
		for range 2 {
			test.TapCanvas(s.win.Canvas(), at.AddXY(200, 10)) // the title of the names
		}
		if s.win.Canvas().Focused() != s.keys.table.Focusable() {
			t.Error("a click on a title takes the keyboard from the rows")
		}
		want := TableState{Sort: "name", Descending: true}
		if got := s.work.deps.Preferences.Get().Tables[keysTable]; got.Sort != want.Sort || got.Descending != want.Descending {
			t.Errorf("kept %+v, want %+v", got, want)
		}
	})
}
