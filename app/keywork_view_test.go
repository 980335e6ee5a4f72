package app

import (
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// keyScreen is the pages and questions of key records in a window.
type keyScreen struct {
	*keyBench
	acts *keyActs
	win  fyne.Window
	page *fyne.Container
}

func newKeyScreen(t *testing.T, variant string, size fyne.Size, set func(*fakeSession)) *keyScreen {
	t.Helper()
	app, win := newThemedWindow(t, variant)
	s := &keyScreen{keyBench: newKeyBench(t, set), win: win}
	s.acts = newKeyActs(s.keyWork, frameActs{win: s.win, clipboard: app.Clipboard()}, func(string) {})
	s.page = container.NewStack()
	s.win.SetContent(look.NewSurface(theme.ColorNameBackground, s.page))
	s.win.Resize(size)
	s.work.onChange = s.render
	s.render()
	return s
}

// render puts what the frame would into the window.
func (s *keyScreen) render() {
	if p := s.acts.page(); p != nil {
		if len(s.page.Objects) != 1 || s.page.Objects[0] != p {
			s.page.Objects = []fyne.CanvasObject{p}
			s.page.Refresh()
			s.acts.shown()
		}
		return
	}
	s.page.Objects = []fyne.CanvasObject{look.Padded(12, 22, 12, 22, look.VBox(8, s.acts.notices()...))}
	s.page.Refresh()
}

func (s *keyScreen) settle() { s.loop.Drain() }

// keyPictures are the pages and questions as they are drawn.
var keyPictures = []struct {
	name string
	set  func(*fakeSession)
	act  func(*keyScreen)
}{
	{name: "add", act: func(s *keyScreen) { s.acts.add() }},
	{name: "add_pasted", act: func(s *keyScreen) {
		f := s.addForm("Registration key:\n" + networkKey[:18] + "\n" + networkKey[18:36] + "\n" + networkKey[36:] + "\n")
		f.settleKey()
		f.setMonths(12)
		f.edit("", func(d *keyDraft) { d.supplier, d.number = "Teclib’", "PO-4471" })
	}},
	{name: "add_refused", act: func(s *keyScreen) {
		s.acts.add()
		s.form.typeKey("eyJzaWduYXR1cmUiOiJ0ZXN0Iiwid")
		s.form.edit("", func(d *keyDraft) { d.scope, d.kept = keys.ScopePluginURL, keys.PlaceGLPI })
		s.form.typeDay(keys.KeyFieldEnd, "31.2.2027")
		s.form.submit()
	}},
	{name: "add_unknown", set: func(f *fakeSession) { f.lostAnswers = 1 }, act: func(s *keyScreen) {
		s.addForm(pluginKey + "Z").submit()
		s.settle()
	}},
	{name: "add_type", set: func(f *fakeSession) { f.hasKeyType = false }, act: func(s *keyScreen) {
		s.addForm(pluginKey + "Z").submit()
		s.settle()
	}},
	{name: "edit", act: func(s *keyScreen) { s.acts.edit(2) }},
	{name: "renew", act: func(s *keyScreen) { s.acts.renew(1) }},
	{name: "renew_new", act: func(s *keyScreen) {
		s.acts.renew(1)
		s.form.typeKey("eyJzaWduYXR1cmUiOiJuZXh0IiwidXVpZCI6ImtKMnc5UXhUIn0=")
	}},
	{name: "import", act: func(s *keyScreen) { s.acts.importMany() }},
	{name: "import_rows", act: func(s *keyScreen) { s.tableOf(keyCSV) }},
	{name: "import_done", act: func(s *keyScreen) {
		s.tableOf(keyCSV).run()
		s.settle()
		s.acts.tableView.render()
	}},
	{name: "import_correct", act: func(s *keyScreen) {
		s.tableOf(keyCSV)
		s.acts.tableView.askCorrect(2)
	}},
	{name: "revoke", act: func(s *keyScreen) {
		s.session.installed = keys.InstalledKey{Present: true, Length: len(networkKey), Fingerprint: keys.Fingerprint(networkKey)}
		s.acts.revoke([]int{1, 2, 4})
		s.settle()
	}},
	{name: "revoked", act: func(s *keyScreen) {
		s.revoke([]int{1, 2, 4}, keys.DepartureRevoked, "", false)
		s.settle()
	}},
	{name: "revoke_failed", set: func(f *fakeSession) {
		f.errs = map[string]error{"update key": &keys.Problem{Cause: keys.NoRight}}
	}, act: func(s *keyScreen) {
		s.revoke([]int{1, 2}, keys.DepartureRevoked, "", false)
		s.settle()
	}},
	{name: "validated", act: func(s *keyScreen) {
		s.validate(1)
		s.settle()
	}},
	{name: "unreachable", act: func(s *keyScreen) {
		s.failing = &keys.Problem{Cause: keys.HostUnknown, Detail: "services.glpi-network.com"}
		s.validate(1)
		s.settle()
	}},
	{name: "install", act: func(s *keyScreen) {
		s.acts.install(1)
		s.settle()
	}},
	{name: "install_foreign", set: func(f *fakeSession) {
		f.installed = keys.InstalledKey{Present: true, Mark: "x", Length: 564}
	}, act: func(s *keyScreen) {
		s.acts.install(1)
		s.settle()
	}},
	{name: "install_right", set: func(f *fakeSession) { f.facts.Rights[rightConfig] = keys.Read }, act: func(s *keyScreen) {
		s.acts.install(1)
		s.settle()
	}},
	{name: "reissue", act: func(s *keyScreen) { s.acts.reissue(2) }},
	{name: "release", act: func(s *keyScreen) { s.acts.release(2) }},
	{name: "diagnose", set: func(f *fakeSession) {
		f.installed = keys.InstalledKey{Present: true, Fingerprint: keys.Fingerprint("other")}
	}, act: func(s *keyScreen) {
		s.network = keys.Subscription{Verdict: keys.VerdictTerminated, Message: "The registration key refers to a terminated subscription."}
		s.acts.diagnose(1)
		s.settle()
	}},
}

func TestKeyActPictures(t *testing.T) {
	for _, c := range keyPictures {
		for name, size := range map[string]fyne.Size{"": widePage, "_small": smallPage} {
			for _, variant := range []string{look.Light, look.Dark} {
				t.Run(c.name+name+"_"+variant, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newKeyScreen(t, variant, size, c.set)
						c.act(s)
						s.settle()
						s.render()
						assertPicture(t, "key_"+c.name+name+"_"+variant+".png", s.win)
						s.finish()
					})
				})
			}
		}
	}
}

// TestKeyActsFit: no page and no question is larger than the smallest window,
// in either language.
func TestKeyActsFit(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		useLanguage(t, language)
		for _, c := range keyPictures {
			t.Run(language+"_"+c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newKeyScreen(t, look.Light, smallPage, c.set)
					c.act(s)
					s.settle()
					s.render()
					if need := s.page.MinSize(); need.Width > smallPage.Width || need.Height > smallPage.Height {
						t.Errorf("the page needs %v", need)
					}
					if top := s.win.Canvas().Overlays().Top(); top != nil {
						if need := top.MinSize(); need.Width > 1000 || need.Height > 600 {
							t.Errorf("the question needs %v", need)
						}
					}
					s.finish()
				})
			})
		}
	}
}
