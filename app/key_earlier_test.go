package app

import (
	"context"
	"strings"
	"testing"

	"glpikeys/keys"
)

const nextKey = "eyJzaWduYXR1cmUiOiJuZXh0IiwidXVpZCI6ImtKMnc5UXhUIn0="

// another enters another key into a record.
func (b *keyBench) another(t *testing.T, id int, key string, place keys.Place) {
	t.Helper()
	b.openForm(keyFormEdit, b.record(id))
	b.form.typeKey(key)
	b.form.choosePlace(place)
	b.form.submit()
	b.loop.Drain()
	if b.form != nil {
		t.Fatalf("not saved: %v, %v", b.form.failure, b.form.problems)
	}
}

// has reports whether a text is on this computer.
func (b *keyBench) has(key string) bool {
	own, _ := b.reach().own(context.Background(), keys.Fingerprint(key))
	return !own.Empty()
}

// The way back stays until the new key was found running and installed.
func TestEarlierTextGoesOnceTheNewKeyIsGood(t *testing.T) {
	for _, place := range []keys.Place{keys.PlaceGLPI, keys.PlaceComputer, placeRun} {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			if place == placeRun {
				b.without()
			}
			b.another(t, 1, nextKey, place)
			b.vault.err = nil
			b.validate(1) // GLPI has no key: running, yet not installed
			b.loop.Drain()
			if b.answer(1).Verdict != keys.VerdictRunning || !b.has(networkKey) {
				t.Fatalf("%s: gone before the new one is installed: %+v", place, b.answer(1))
			}

			install := func(verdict keys.Verdict) {
				b.session.subscription = keys.Subscription{Verdict: verdict, Fingerprint: keys.Fingerprint(nextKey)}
				b.install(&keyInstalling{id: 1, record: b.onServer(1), previous: keys.NewKeyText(networkKey)}, keys.NewKeyText(nextKey))
				b.loop.Drain()
			}
			install(keys.VerdictInvalid)
			if b.report.previous.Empty() || !b.has(networkKey) {
				t.Fatalf("%s: gone while it can be put back: %+v", place, b.report)
			}
			install(keys.VerdictRunning)
			if !b.report.previous.Empty() || b.has(networkKey) || len(b.work.deps.Preferences.Get().Earlier) != 0 {
				t.Errorf("%s: still there: %+v", place, b.work.deps.Preferences.Get().Earlier)
			}
			if place != keys.PlaceGLPI && !b.has(nextKey) {
				t.Errorf("%s: the new one is gone, too", place)
			}
		})
	}
}

func TestEarlierTextThatIsUsedAgainStays(t *testing.T) {
	running := func(b *keyBench, id int, key string) {
		b.session.installed = keys.InstalledKey{Present: true, Fingerprint: keys.Fingerprint(key)}
		b.session.subscription = keys.Subscription{Verdict: keys.VerdictRunning, Fingerprint: keys.Fingerprint(key)}
		b.validate(id)
		b.loop.Drain()
	}
	t.Run("in its own record", func(t *testing.T) {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			b.another(t, 1, nextKey, keys.PlaceComputer)
			b.another(t, 1, networkKey, keys.PlaceComputer)
			running(b, 1, networkKey)
			if !b.has(networkKey) || b.has(nextKey) {
				t.Errorf("first %t, second %t", b.has(networkKey), b.has(nextKey))
			}
		})
	})
	t.Run("kept elsewhere", func(t *testing.T) {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			b.another(t, 1, nextKey, keys.PlaceComputer)
			b.another(t, 1, networkKey, keys.PlaceNowhere)
			if b.has(networkKey) || !b.has(nextKey) {
				t.Errorf("first %t, second %t", b.has(networkKey), b.has(nextKey))
			}
		})
	})
	t.Run("in another record", func(t *testing.T) {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			b.another(t, 1, nextKey, keys.PlaceComputer)
			b.session.keyRecord(2).Block.Fingerprint = keys.Fingerprint(networkKey)
			b.work.keys.changed(b.onServer(2))
			running(b, 1, nextKey)
			if !b.has(networkKey) {
				t.Error("its text is gone")
			}
		})
	})
}

// A refused change leaves no copies behind.
func TestRefusedChangeLeavesNoEarlierText(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormEdit, b.record(1))
		b.form.typeKey(nextKey)
		b.form.choosePlace(keys.PlaceComputer)
		b.loop.Drain()
		b.session.errs = map[string]error{"update key": &keys.Problem{Cause: keys.Refused}}
		b.form.submit()
		b.loop.Drain()
		if b.form == nil || b.has(networkKey) || b.has(nextKey) || len(b.work.deps.Preferences.Get().Earlier) != 0 {
			t.Errorf("earlier here %t, new here %t, %+v", b.has(networkKey), b.has(nextKey), b.work.deps.Preferences.Get().Earlier)
		}
	})
}

// What is sent once more after a lost answer does not take the new key for the
// earlier one.
func TestLostChangeKeepsTheEarlierText(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormEdit, b.record(1))
		b.form.typeKey(nextKey)
		b.form.choosePlace(keys.PlaceGLPI)
		b.loop.Drain()
		b.session.lostAnswers = 2
		b.form.submit()
		b.loop.Drain()
		if b.form == nil || !b.form.unknown {
			t.Fatal("the answer was not lost")
		}
		b.form.submit()
		b.loop.Drain()
		earlier := b.work.deps.Preferences.Get().Earlier
		if b.form != nil || !b.has(networkKey) || b.has(nextKey) || len(earlier) != 1 || earlier[0].Fingerprint != keys.Fingerprint(networkKey) {
			t.Errorf("earlier here %t, new here %t, %+v", b.has(networkKey), b.has(nextKey), earlier)
		}
	})
}

func TestKeepFaultNamesWhatStoodInTheWay(t *testing.T) {
	useLanguage(t, "en")
	unsaved := func(inner error) error {
		return atField(&keys.Problem{Cause: keys.KeyTextUnsaved, Err: inner}, keys.KeyFieldKept)
	}
	for _, c := range []struct {
		err  error
		says string
		not  string
	}{
		{unsaved(&keys.Problem{Cause: keys.KeyringAbsent}), "keyring of this computer", "disk"},
		{unsaved(&keys.Problem{Cause: keys.KeyringTimedOut}), "unlock the keyring", "disk"},
		{unsaved(&keys.Problem{Cause: keys.FileFailed, Detail: "keys.json"}), "free space on the disk", "keyring"},
		{&keys.Problem{Cause: keys.KeyringAbsent}, "keyring of this computer", "Passwords"},
		{&keys.Problem{Cause: keys.Refused}, sentence(&keys.Problem{Cause: keys.Refused}), "keyring"},
	} {
		if said := keepFault(c.err); !strings.Contains(said, c.says) || strings.Contains(said, c.not) {
			t.Errorf("%v: said %q", c.err, said)
		}
	}
}
