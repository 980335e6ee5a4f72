package app

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// The place of a page in the largest and in the smallest window.
var (
	widePage  = fyne.NewSize(1064, 710)
	smallPage = fyne.NewSize(784, 512)
)

// formScreen is the page of the form in a window.
type formScreen struct {
	*invitationFormView
	formBench
	win fyne.Window
}

func newFormScreen(t *testing.T, variant string, size fyne.Size, set func(*groupSession)) *formScreen {
	t.Helper()
	app, win := newThemedWindow(t, variant)
	s := &formScreen{formBench: newFormBench(t, set), win: win}
	s.invitationFormView = newInvitationFormView(s.form, frameActs{win: s.win, clipboard: app.Clipboard()})
	s.win.SetContent(look.NewSurface(theme.ColorNameBackground, s.root))
	s.win.Resize(size)
	s.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { s.handle(e) })
	s.shown()
	s.loop.Drain()
	return s
}

// asDrawn types what the drawing shows.
func asDrawn(s *formScreen) {
	s.form.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = "New hires – Paris" })
	s.form.setEntity(s.form.work.facts.Entities[3])
	s.loop.Drain()
	for _, g := range s.form.groups {
		s.form.addGroup(g)
	}
	s.form.edit(keys.FieldMaxUses, func(d *invitationDraft) { d.uses = "40" })
	s.form.edit(keys.FieldAccountEnd, func(d *invitationDraft) { d.accounts = accountsUntil })
	s.form.typeMoment(keys.FieldAccountEnd, "2027-12-31")
	s.form.leave(keys.FieldAccountEnd)
	s.form.typeMoment(keys.FieldEnd, "2026-12-04 18:00")
	s.form.leave(keys.FieldEnd)
	s.form.typeDomains("example.com, @example.org", true)
}

func TestInvitationFormPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		size fyne.Size
		set  func(*groupSession)
		act  func(*formScreen)
	}{
		{name: "new", size: widePage},
		{name: "drawn", size: widePage, act: asDrawn},
		{name: "drawn_small", size: smallPage, act: asDrawn},
		{name: "refused", size: widePage, act: func(s *formScreen) {
			asDrawn(s)
			s.form.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = "" })
			s.form.edit(keys.FieldMaxUses, func(d *invitationDraft) { d.uses = "many" })
			s.form.typeMoment(keys.FieldEnd, "31.2.2027")
			s.form.typeDomains("example,com", true)
			s.submit()
		}},
		{name: "dangerous_small", size: smallPage, set: func(g *groupSession) { g.plugin.MailOn = false }, act: func(s *formScreen) {
			s.form.edit(keys.FieldProfile, func(d *invitationDraft) { d.profile = s.form.profiles()[3] })
			s.form.edit(keys.FieldProfileBelow, func(d *invitationDraft) { d.profileBelow = true })
			s.form.edit(keys.FieldMaxUses, func(d *invitationDraft) { d.unlimited, d.loginIsEmail = true, false })
			s.form.typeMoment(keys.FieldEnd, "")
			s.more = true
			s.render()
			s.reveal(s.warnings)
		}},
		{name: "unknown", size: widePage, set: func(g *groupSession) { g.lostAnswers = 1 }, act: func(s *formScreen) {
			asDrawn(s)
			s.submit()
			s.loop.Drain()
		}},
		{name: "busy", size: widePage, act: func(s *formScreen) {
			asDrawn(s)
			s.session.delay = time.Minute
			s.submit()
		}},
		{name: "entity", size: widePage, act: func(s *formScreen) {
			asDrawn(s)
			s.form.setEntity(s.form.work.facts.Entities[1])
			s.loop.Drain()
			s.entity.Tapped(nil)
			for _, r := range "ly" {
				s.win.Canvas().Focused().TypedRune(r)
			}
		}},
		{name: "calendar", size: widePage, act: func(s *formScreen) {
			s.openCalendar(keys.FieldEnd, s.end)
		}},
		{name: "presets_small", size: smallPage, act: func(s *formScreen) {
			s.win.Canvas().Focus(s.end)
			s.end.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}},
	} {
		for _, variant := range []string{look.Light, look.Dark} {
			t.Run(c.name+"_"+variant, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newFormScreen(t, variant, c.size, c.set)
					if c.act != nil {
						c.act(s)
					}
					assertPicture(t, "invite_form_"+c.name+"_"+variant+".png", s.win)
					s.finish()
				})
			})
		}
	}
}

func TestInvitationFormInFrench(t *testing.T) {
	useLanguage(t, "fr")
	for name, size := range map[string]fyne.Size{"wide": widePage, "small": smallPage} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newFormScreen(t, look.Light, size, nil)
				asDrawn(s)
				assertPicture(t, "invite_form_french_"+name+".png", s.win)
				if need := s.root.MinSize(); need.Width > size.Width || need.Height > size.Height {
					t.Errorf("needs %v", need)
				}
				s.finish()
			})
		})
	}
}

func TestInvitationFormFromTheKeyboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFormScreen(t, look.Light, widePage, nil)
		s.watch()
		c := s.win.Canvas()
		typed := func(text string) {
			for _, r := range text {
				c.Focused().TypedRune(r)
			}
		}
		key := func(name fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: name}) }
		typed("New hires")
		c.FocusNext() // the entity
		key(fyne.KeyDown)
		typed("paris")
		key(fyne.KeyReturn)
		s.loop.Drain()
		c.FocusNext() // the profile
		c.FocusNext() // the groups
		key(fyne.KeyReturn)
		key(fyne.KeyDown)
		key(fyne.KeyReturn)
		c.FocusNext() // behind the group's chip and the plus: the accounts
		for c.Focused() != fyne.Focusable(s.uses) {
			c.FocusNext()
		}
		typed("40")
		c.FocusNext() // unlimited
		c.FocusNext() // the end
		if c.Focused() != fyne.Focusable(s.end) {
			t.Fatalf("the keyboard is at %T", c.Focused())
		}
		typed("4 dec 18:00")
		c.FocusNext() // the domains
		typed("example.com example.org")
		key(fyne.KeyReturn)
		key(fyne.KeyBackspace) // takes the last one back
		typed("@example.net")
		c.FocusNext()
		if got := s.form.draft.domains; len(got) != 2 || got[1] != "example.net" {
			t.Errorf("domains %v", got)
		}
		c.Focus(s.label)
		key(fyne.KeyReturn)
		s.loop.Drain()
		if len(s.session.policies) != 1 || len(s.created) != 1 {
			t.Fatalf("sent %v, wrong %v", s.session.policies, s.form.problems)
		}
		p := s.session.policies[0]
		if p.Entity.ID != 1 || len(p.Groups) != 1 || p.Groups[0].ID != 2 || p.MaxUses != 40 || p.End.Format(time.DateTime) != "2026-12-04 18:00:00" {
			t.Errorf("sent %+v", p)
		}
		key(fyne.KeyEscape)
		c.Focus(s.send)
		key(fyne.KeyEscape)
		if s.closed != 2 {
			t.Errorf("Escape closed %d times", s.closed)
		}
		s.finish()
	})
}

func TestInvitationFormTellsWhatIsWrongWhereItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFormScreen(t, look.Light, smallPage, nil)
		s.form.typeMoment(keys.FieldBegin, "soon")
		s.form.edit(keys.FieldLabel, func(d *invitationDraft) { d.label = "x" })
		s.submit()
		if s.win.Canvas().Focused() != fyne.Focusable(s.begin) || !s.moreBox.Visible() || s.fields[keys.FieldBegin].Error() == "" {
			t.Error("a refused field behind “More options” is not shown")
		}
		if s.scroll.Offset.Y == 0 {
			t.Error("it is not in sight")
		}
		s.finish()
	})
}

func TestLanguageChangeKeepsDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFormBench(t, nil)
		b.loop.Drain()
		b.form.typeMoment(keys.FieldEnd, "4 Aug 2027")
		useLanguage(t, "fr")
		app := test.NewTempApp(t)
		app.Settings().SetTheme(look.New(look.Light))
		v := newInvitationFormView(b.form, frameActs{win: test.NewTempWindow(t, nil)})
		if v.end.Text != "4 août 2027" || b.form.draft.end.err != nil {
			t.Errorf("shown as %q", v.end.Text)
		}
		b.finish()
	})
}

func TestMoreOptionsComeIntoSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFormScreen(t, look.Light, smallPage, nil)
		test.Tap(s.moreLink)
		driver := fyne.CurrentApp().Driver()
		bottom := driver.AbsolutePositionForObject(s.moreBox).Y + s.moreBox.Size().Height
		if edge := driver.AbsolutePositionForObject(s.scroll).Y + s.scroll.Size().Height; bottom > edge {
			t.Errorf("ends at %v, the sight at %v", bottom, edge)
		}
		s.finish()
	})
}

func TestTimeIsTypedBehindTheDayOfTheCalendar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newFormScreen(t, look.Light, widePage, nil)
		s.openCalendar(keys.FieldEnd, s.end)
		c := s.win.Canvas()
		c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		for _, r := range " 8h30" {
			c.Focused().TypedRune(r)
		}
		c.FocusNext()
		if s.end.Text != "8 Dec 2026 08:30" {
			t.Errorf("the end is %q", s.end.Text)
		}
		s.finish()
	})
}
