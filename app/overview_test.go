package app

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// standardKey is the fingerprint of the key installed in subscribed's GLPI.
var standardKey = keys.Fingerprint("the standard key")

// subscribed is helpdesk with key records among its licences, a subscription
// that GLPI sees, plugins and invitations.
func subscribed() *fakeSession {
	s := helpdesk()
	s.facts.Rights = map[string]keys.Right{"license": 31, "config": 3}
	s.facts.URLBase, s.facts.NetworkID = "https://helpdesk.example.com", "aa11bb22-0000-4000-8000-00000000cc33"
	day := keys.DateOf(testNow)
	add := func(id int, product string, block keys.Block) {
		for i := range s.glance.Items {
			it := &s.glance.Items[i]
			if it.ID == id {
				block.Record = "record"
				s.keyRecords = append(s.keyRecords, keys.KeyRecord{
					ID: id, Name: it.Name, Product: keys.Product{ID: id, Name: product}, Entity: keys.Entity{Path: it.Entity},
					End: it.End, Valid: true, Block: block,
				})
			}
		}
	}
	add(1, "Formcreator Pro", keys.Block{BoundTo: "https://glpi.example.com", Vendor: "Teclib", Plugin: "formcreator", Scope: keys.ScopePlugin})
	add(4, "GLPI Network", keys.Block{
		BoundTo: "https://helpdesk.example.com", Instance: s.facts.NetworkID, Vendor: keys.GLPINetwork, Scope: keys.ScopeInstance,
		Fingerprint: standardKey, Begin: day.AddDays(-362), Owner: "Example SA",
		Kept: keys.PlaceGLPI, Text: keys.NewKeyText("the standard key"),
	})
	add(5, "Data Injection", keys.Block{BoundTo: "https://helpdesk.example.com", Vendor: "Teclib", Plugin: "datainjection", Scope: keys.ScopePlugin})
	add(7, "Advanced Dashboard", keys.Block{BoundTo: "https://glpi.example.com", Vendor: "Teclib", Plugin: "gone", Trial: true, Scope: keys.ScopePlugin})
	s.hasKeyType = true
	s.subscription = keys.Subscription{
		Verdict: keys.VerdictRunning, Message: "The registration key is valid.", Owner: "Example SA", Title: "GLPI Network Standard",
		Offer: "GLPI-STD", Begin: day.AddDays(-362), End: day.AddDays(3),
		Checked: testNow.Add(-2 * time.Minute), From: keys.AskedByGLPI, Fingerprint: standardKey,
	}
	s.installedPlugins = []keys.InstalledPlugin{
		{Folder: "datainjection", Name: "Data Injection", Version: "2.13.4", Active: true},
		{Folder: "formcreator", Name: "Form Creator", Version: "3.0.0"},
		{Folder: "glpikeys", Name: "GLPI Keys", Version: "1.0.0", Active: true},
	}
	s.plugin = keys.Plugin{Version: "1.0.0"}
	for i := range 18 {
		s.invitations = append(s.invitations, keys.Invitation{ID: i + 1, Active: true, Uses: 2 + i%3, Waiting: i / 16})
	}
	s.invitations[17].Active = false
	return s
}

// offersOf is a GLPI Network that lists these offers.
func offersOf(offers []keys.PluginOffer) func(context.Context, string, keys.KeyText, string, keys.Via) ([]keys.PluginOffer, error) {
	return func(context.Context, string, keys.KeyText, string, keys.Via) ([]keys.PluginOffer, error) {
		return offers, nil
	}
}

// The pictures of the overview, in both variants and languages.
func TestOverviewPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		size fyne.Size
		set  func(s *fakeSession)
		act  func(s *frameScreen)
	}{
		{name: "drawn", size: wideWindow},
		{name: "drawn_small", size: smallWindow},
		{name: "no_key", size: wideWindow, set: func(s *fakeSession) {
			s.keyRecords, s.subscription = nil, keys.Subscription{}
			s.errs = map[string]error{"plugin": &keys.Problem{Op: "plugin", Cause: keys.PluginMissing}}
		}},
		{name: "moved", size: wideWindow, set: func(s *fakeSession) {
			s.facts.URLBase, s.facts.API = "https://new.example.com", "https://new.example.com/apirest.php"
			s.errs = map[string]error{"subscription": &keys.Problem{Op: "subscription", Cause: keys.PluginMissing}}
		}},
		{name: "lost", size: wideWindow, set: func(s *fakeSession) { s.subscription = keys.Subscription{} }, act: func(s *frameScreen) {
			s.work.keyWork.remember(standardKey, keys.InstalledKey{Present: true, Mark: "ours"})
			s.work.refresh()
		}},
		{name: "other_end", size: wideWindow, set: func(s *fakeSession) { s.subscription.End = s.subscription.End.AddMonths(7) }},
		{name: "future", size: wideWindow, set: func(s *fakeSession) {
			begin := keys.DateOf(testNow).AddDays(39)
			s.keyRecords[1].Block.Begin, s.keyRecords[1].End = begin, begin.AddMonths(24)
			for i := range s.glance.Items {
				if s.glance.Items[i].Key() == keyOf(4) {
					s.glance.Items[i].End = begin.AddMonths(24)
				}
			}
			s.subscription.Begin, s.subscription.End = begin, begin.AddMonths(24)
			s.subscription.Verdict, s.subscription.Message = keys.VerdictTerminated, "The registration key refers to a terminated subscription."
		}},
		{name: "plugins", size: wideWindow, act: func(s *frameScreen) {
			s.work.deps.PluginOffers = offersOf([]keys.PluginOffer{
				{Folder: "datainjection", Offers: []string{"GLPI-STD"}}, {Folder: "formcreator", Offers: []string{"GLPI-ADV"}},
			})
			s.openPlugins()
			s.loop.Drain()
			s.work.plugins.ask()
			s.loop.Drain()
		}},
		{name: "plugins_over_small", size: smallWindow, set: func(s *fakeSession) {
			s.subscription.Verdict, s.subscription.End = keys.VerdictTerminated, keys.DateOf(testNow).AddDays(-40)
		}, act: func(s *frameScreen) {
			s.work.deps.PluginOffers = offersOf(nil)
			s.openPlugins()
			s.loop.Drain()
		}},
		{name: "plugins_no_key", size: wideWindow, set: func(s *fakeSession) {
			s.keyRecords, s.subscription = nil, keys.Subscription{}
		}, act: func(s *frameScreen) {
			s.openPlugins()
			s.loop.Drain()
		}},
		{name: "need_small", size: smallWindow, act: func(s *frameScreen) { s.openNeed() }},
	} {
		for _, code := range []string{"en", "fr"} {
			for _, variant := range []string{look.Light, look.Dark} {
				name := strings.Join([]string{"overview", c.name, code, variant}, "_")
				t.Run(name, func(t *testing.T) {
					useLanguage(t, code)
					synctest.Test(t, func(t *testing.T) {
						session := subscribed()
						if c.set != nil {
							c.set(session)
						}
						s := newFrameScreen(t, variant, c.size, session)
						if c.act != nil {
							c.act(s)
						}
						s.settle() // the page is as high as what the last answer brought
						assertPicture(t, name+".png", s.win)
						s.work.tasks.Close()
						s.loop.Drain()
					})
				})
			}
		}
	}
}
