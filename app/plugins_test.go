package app

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"glpikeys/keys"
)

// broken is what no sentence may look like: a text without a translation, a
// dash for a day, nothing within brackets or behind a colon.
var broken = regexp.MustCompile(`plugins\.|—|\(\)|:\s*$|:\s*\.|  |<no value>`)

// TestPluginsPage goes through the states of the page in both languages: each
// says what is known, and nothing more.
func TestPluginsPage(t *testing.T) {
	sold := []keys.PluginOffer{{Folder: "datainjection", Offers: []string{"GLPI-STD"}}, {Folder: "formcreator", Offers: []string{"GLPI-ADV"}}}
	past := func(days int) keys.Date { return keys.DateOf(testNow).AddDays(-days) }
	for name, tc := range map[string]struct {
		server func(*fakeSession)
		page   func(*workspace)
		en     []string // parts of what is said
		not    []string
	}{
		"not asked": {
			en: []string{
				"When the GLPI Network subscription ends, after 26 Nov 2026", "GLPI itself and its 3 plugins", "downloads and updates of the plugins that need a subscription",
				"Data Injection (1 Dec 2026), Form Creator (12 Oct 2026). What these plugins do", "GLPI Network can tell which of these plugins need",
				"No key is recorded for it", "Its own key ended on 12 Oct 2026.", "which this server does not have. Its vendor may",
			},
		},
		"running": {
			page: func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en: []string{
				"updates of: Data Injection.", "GLPI Network answered just now: 2 of these plugins need a subscription.",
				"Covered by the subscription until 26 Nov 2026.", "another offer (GLPI-ADV) than the subscription’s (GLPI-STD). No downloads", "asks for no subscription for it.",
			},
		},
		"running, no end": {
			server: func(s *fakeSession) {
				s.subscription.End = keys.Date{}
				for i := range s.keyRecords {
					if s.keyRecords[i].ID == 4 {
						s.keyRecords[i].End = keys.Date{}
					}
				}
			},
			page: func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:   []string{"When the GLPI Network subscription ends", "Covered by the subscription."},
			not:  []string{"after 26", "until"},
		},
		"running, another offer": {
			server: func(s *fakeSession) { s.subscription.Offer = "GLPI-BASIC" },
			page:   func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:     []string{"None of the installed plugins is covered by this subscription.", "(GLPI-BASIC)"},
		},
		"running, nobody told the offer": {
			server: func(s *fakeSession) {
				s.errs = map[string]error{"subscription": &keys.Problem{Cause: keys.PluginMissing}}
				for i := range s.keyRecords {
					s.keyRecords[i].Block.Validated.Verdict = keys.VerdictRunning
				}
			},
			page: func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:   []string{"updates of: Data Injection, Form Creator.", "Whether yours is one of these is not known here"},
			not:  []string{"Covered", "Not covered"},
		},
		"running once, and past": {
			server: func(s *fakeSession) { s.subscription.End = past(2) },
			page:   func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:     []string{"The GLPI Network subscription ended on 21 Nov 2026", "Not there", "and none is running. No downloads"},
			not:    []string{"Covered", "Stops"},
		},
		"terminated": {
			server: func(s *fakeSession) { s.subscription.Verdict, s.subscription.End = keys.VerdictTerminated, past(40) },
			page:   func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:     []string{"The GLPI Network subscription ended on 14 Oct 2026", "Not there", "updates of: Data Injection, Form Creator."},
		},
		"terminated before its end": {
			server: func(s *fakeSession) { s.subscription.Verdict = keys.VerdictTerminated },
			en:     []string{"The GLPI Network subscription has ended", "Not there"},
			not:    []string{"26 Nov"},
		},
		"invalid": {
			server: func(s *fakeSession) {
				s.subscription = keys.Subscription{Verdict: keys.VerdictInvalid, Fingerprint: standardKey, Checked: testNow}
			},
			page: func(w *workspace) { w.plugins.asked = testNow },
			en:   []string{"GLPI Network calls the recorded key invalid", "Not there", "listed no plugin at all"},
			not:  []string{"none of these plugins needs", "asks for no subscription"},
		},
		"GLPI Network out of reach": {
			server: func(s *fakeSession) {
				s.subscription = keys.Subscription{Verdict: keys.VerdictUnreached, Fingerprint: standardKey, Checked: testNow}
			},
			page: func(w *workspace) {
				w.plugins.refuse = &keys.Problem{Cause: keys.HostUnknown, Detail: "services.glpi-network.com"}
			},
			en: []string{"by its record after 26 Nov 2026", "GLPI Network gave no list.", "services.glpi-network.com"},
		},
		"refused after an answer": {
			page: func(w *workspace) {
				w.plugins.offers, w.plugins.asked = sold, testNow
				w.plugins.refuse = &keys.Problem{Cause: keys.TimedOut}
			},
			en: []string{"GLPI Network gave no list.", "What stands here is from before: just now.", "Covered by"},
		},
		"by its record over": {
			server: func(s *fakeSession) {
				s.errs = map[string]error{"subscription": &keys.Problem{Cause: keys.PluginMissing}}
				for i := range s.keyRecords {
					if s.keyRecords[i].ID == 4 {
						s.keyRecords[i].End = past(1)
					}
				}
			},
			en: []string{"By its record, the GLPI Network subscription ended on 22 Nov 2026", "Not there"},
		},
		"key elsewhere": {
			server: func(s *fakeSession) {
				for i := range s.keyRecords {
					s.keyRecords[i].Block.Kept = keys.PlaceNowhere
				}
			},
			en: []string{"is not kept where this program can read it, so GLPI Network cannot be asked."},
		},
		"key was not there after all": {
			page: func(w *workspace) { w.plugins.noText = true },
			en:   []string{"is not kept where this program can read it, so GLPI Network cannot be asked."},
		},
		"no subscription": {
			server: func(s *fakeSession) { s.keyRecords, s.subscription = nil, keys.Subscription{} },
			en:     []string{"This GLPI has no GLPI Network subscription", "Not there", "once its key is recorded here", "most plugins need none"},
		},
		"nothing known": {
			server: func(s *fakeSession) {
				s.keyRecords = nil
				s.errs = map[string]error{"subscription": &keys.Problem{Cause: keys.PluginMissing}}
			},
			en: []string{"When a GLPI Network subscription ends", "Stops"},
		},
		"no plugins": {
			server: func(s *fakeSession) { s.keyRecords, s.installedPlugins = nil, nil },
			en:     []string{"GLPI itself.", "No plugin is installed, and no key is recorded for one."},
		},
		"one plugin, free": {
			server: func(s *fakeSession) { s.installedPlugins = s.installedPlugins[2:] },
			page:   func(w *workspace) { w.plugins.offers, w.plugins.asked = sold, testNow },
			en:     []string{"GLPI itself and its plugin:", "None of the installed plugins needs a subscription.", "none of these plugins needs a subscription."},
		},
		"a key without an end": {
			server: func(s *fakeSession) {
				for i := range s.keyRecords {
					if s.keyRecords[i].ID != 4 {
						s.keyRecords[i].End = keys.Date{}
					}
				}
			},
			en:  []string{"Its own key has no end."},
			not: []string{"Own keys"},
		},
	} {
		for _, code := range []string{"en", "fr"} {
			t.Run(name+"_"+code, func(t *testing.T) {
				useLanguage(t, code)
				synctest.Test(t, func(t *testing.T) {
					l, session := newLoop(), subscribed()
					for i := range session.keyRecords {
						session.keyRecords[i].Block.Kept = keys.PlaceGLPI
					}
					if tc.server != nil {
						tc.server(session)
					}
					w, _ := remindingWorkspace(t, l, session)
					w.deps.PluginOffers = offersOf(nil)
					w.refresh()
					w.plugins.read()
					l.Drain()
					if tc.page != nil {
						tc.page(w)
					}
					text := pageText(w)
					for _, line := range strings.Split(text, "\n") {
						if broken.MatchString(line) {
							t.Errorf("%q", line)
						}
					}
					if code != "en" {
						return
					}
					for _, part := range tc.en {
						if !strings.Contains(text, part) {
							t.Errorf("no %q in\n%s", part, text)
						}
					}
					for _, part := range tc.not {
						if strings.Contains(text, part) {
							t.Errorf("%q in\n%s", part, text)
						}
					}
				})
			})
		}
	}
}

// pageText is what the page of the plugins says, a sentence or two on a line.
func pageText(w *workspace) string {
	p := w.plugins
	rows := p.rows()
	o := p.outlook(rows)
	stops := "plugins.outlook.stops"
	if o.over() {
		stops = "plugins.outlook.stopped"
	}
	lines := []string{o.title(), o.staying(), said(stops) + " " + o.stopping(), p.offersText(&o)}
	if len(o.own) > 0 {
		lines = append(lines, said("plugins.outlook.own")+" "+o.ownKeys())
	}
	for _, r := range rows {
		lines = append(lines, p.text(r))
	}
	if len(rows) == 0 {
		lines = append(lines, said("plugins.none"))
	}
	return strings.Join(lines, "\n")
}
