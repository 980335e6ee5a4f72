package app

import (
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

func TestReissueOfKey(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		q := b.request(b.record(1), false)
		m := b.message(q)
		for _, part := range []string{"GLPI Network", "Example SA", "PO-2231", keys.Fingerprint(networkKey), here, "kJ2w9QxT"} {
			if !strings.Contains(m.body, part) {
				t.Errorf("no %s in %q", part, m.body)
			}
		}
		if strings.Contains(m.body, networkKey) || m.to != "support@example.org" {
			t.Errorf("to %s: %s", m.to, m.body)
		}
		if !b.sendMail(m) || !strings.HasPrefix(b.opened[0], "mailto:support@example.org?subject=") {
			t.Errorf("opened %v", b.opened)
		}
		q.Key = keys.NewKeyText(networkKey)
		if with := b.message(q); !strings.Contains(with.body, networkKey) {
			t.Error("no key although asked for")
		}
		b.setReissue(2, keys.ReissueRequested)
		b.loop.Drain()
		if r := b.onServer(2).Block.Reissue; r.State != keys.ReissueRequested || r.Address != here || r.Instance != "kJ2w9QxT" {
			t.Errorf("recorded %+v", r)
		}
		b.openForm(keyFormEdit, b.record(2))
		b.form.typeKey("FC-PRO-NEW")
		b.form.submit()
		b.loop.Drain()
		if r := b.onServer(2).Block; r.Reissue.State != keys.ReissueReceived || r.BoundTo != here || r.Instance != "kJ2w9QxT" {
			t.Errorf("received %+v", r)
		}
	})
}

// TestReissueSaysWhatIsTrue: no message tells of a move that did not happen, in
// either language, and none holds the key.
func TestReissueSaysWhatIsTrue(t *testing.T) {
	const other, otherID = "https://old.example.com", "otherInstance"
	for name, tc := range map[string]struct {
		bound, instance string
		verdict         keys.Verdict
		damaged         bool
		want            keys.ReissueReason
	}{
		"nothing has changed": {here, "kJ2w9QxT", "", false, keys.ReissueAgain},
		"bound to nothing":    {"", "", "", false, keys.ReissueAgain},
		"address":             {other, "kJ2w9QxT", "", false, keys.ReissueAddress},
		"address only known":  {other, "", "", false, keys.ReissueAddress},
		"instance":            {here, otherID, "", false, keys.ReissueInstance},
		"both":                {other, otherID, "", false, keys.ReissueBoth},
		"refused":             {here, "kJ2w9QxT", keys.VerdictInvalid, false, keys.ReissueRefused},
		"damaged":             {here, "kJ2w9QxT", "", true, keys.ReissueLost},
	} {
		for code, word := range map[string]struct{ address, instance string }{
			"en": {"new address", "new instance id"}, "fr": {"nouvelle adresse", "nouvel identifiant"},
		} {
			t.Run(name+"_"+code, func(t *testing.T) {
				useLanguage(t, code)
				onKeys(t, func(s *fakeSession) {
					b := &s.keyRecords[0].Block
					b.BoundTo, b.Instance, b.Validated.Verdict = tc.bound, tc.instance, tc.verdict
					if tc.damaged {
						s.keyRecords[0].Damage = &keys.Damage{Kind: keys.DamageCut}
					}
				}, func(t *testing.T, b *keyBench) {
					q := b.request(b.record(1), false)
					if q.Reason != tc.want {
						t.Errorf("reason %q", q.Reason)
					}
					body := b.message(q).body
					first, _, _ := strings.Cut(body, "\n")
					if first != said("keywork.mail.reissue."+string(tc.want)) && tc.want != keys.ReissueAgain {
						t.Error(first)
					}
					address := tc.want == keys.ReissueAddress || tc.want == keys.ReissueBoth
					instance := tc.want == keys.ReissueInstance || tc.want == keys.ReissueBoth
					if strings.Contains(first, word.address) != address || strings.Contains(first, word.instance) != instance {
						t.Error(first)
					}
					for label, want := range map[string]bool{
						"address": true, "instance": true, "bound_address": address, "bound_instance": instance,
					} {
						if strings.Contains(body, said("keywork.mail."+label)+" ") != want {
							t.Errorf("%s: %s", label, body)
						}
					}
					if strings.Contains(body, networkKey) || strings.Contains(body, "keywork.") {
						t.Error(body)
					}
					release := b.message(b.request(b.record(1), true)).body
					if strings.Contains(release, "kJ2w9QxT") != (tc.instance == "kJ2w9QxT") || strings.Contains(release, said("keywork.mail.address")+" ") {
						t.Error(release)
					}
				})
			})
		}
	}
}

// TestReissueReasonIsChosen in the question: the message follows, and stays
// without the key until that is asked for.
func TestReissueReasonIsChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeyScreen(t, look.Light, widePage, nil)
		s.acts.reissue(1)
		s.settle()
		top := s.win.Canvas().Overlays().Top()
		reasons, body, with := find[*look.Select](top)[0], find[*readOnly](top)[0], find[*look.Check](top)[0]
		var texts []string
		for _, text := range find[*look.Text](top) {
			texts = append(texts, text.Text())
		}
		if said := strings.Join(texts, "\n"); !strings.Contains(said, "still the one that the key is bound to") || len(reasons.Options) != 2 {
			t.Error(said, reasons.Options)
		}
		if !strings.HasPrefix(body.Text, "Please send us a new registration key for GLPI Network.") {
			t.Error(body.Text)
		}
		reasons.SetSelected("Nobody has the text of the key any more")
		if !strings.HasPrefix(body.Text, "We no longer have the text of our registration key.") || strings.Contains(body.Text, networkKey) {
			t.Error(body.Text)
		}
		for _, asked := range []bool{true, false} {
			with.Tapped(nil)
			s.settle()
			if strings.Contains(body.Text, networkKey) != asked || !strings.HasPrefix(body.Text, "We no longer") {
				t.Errorf("asked for the key: %v: %s", asked, body.Text)
			}
		}
		with.Tapped(nil)
		with.Tapped(nil) // taken back before the text is there
		s.settle()
		if with.Checked() || strings.Contains(body.Text, networkKey) {
			t.Error("the key stands there unasked:", body.Text)
		}
		now := body.Text
		body.SetText("typed")
		if body.Text != now {
			t.Error("what is shown is not what is copied")
		}
		body.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if s.win.Canvas().Overlays().Top() != nil {
			t.Error("Escape leaves the question open")
		}
		s.finish()
	})
}

// TestReissueIsForgotten from within its question, which does not stay open
// over what it says no more.
func TestReissueIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newKeyScreen(t, look.Light, widePage, func(f *fakeSession) {
			f.keyRecords[0].Block.Reissue = keys.Reissue{State: keys.ReissueRequested, Date: keys.DateOf(testNow), Address: here}
		})
		s.acts.reissue(1)
		for _, b := range find[*look.Button](s.win.Canvas().Overlays().Top()) {
			if b.Text() == said("keywork.reissue.forget") {
				b.Tapped(nil)
			}
		}
		s.settle()
		if s.win.Canvas().Overlays().Top() != nil || s.onServer(1).Block.Reissue != (keys.Reissue{}) {
			t.Errorf("open %v, %+v", s.win.Canvas().Overlays().Top() != nil, s.onServer(1).Block.Reissue)
		}
		s.finish()
	})
}
