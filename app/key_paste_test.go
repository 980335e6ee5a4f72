package app

import (
	"testing"

	"glpikeys/keys"
)

func TestBreaksWithinAKey(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{networkKey, 0},
		{"Hello,\n\nyour key:\n" + networkKey + "\n\nRegards,\nAna\n", 0},
		{"Hello,\n\n" + networkKey[:20] + "\r\n" + networkKey[20:40] + "\n" + networkKey[40:] + "\n\nRegards\n", 2},
		{"> " + networkKey[:20] + "\n> " + networkKey[20:], 1},
		{"something else", 0},
	} {
		if got := breaksWithin(c.text, networkKey); got != c.want {
			t.Errorf("%q: got %d, want %d", c.text, got, c.want)
		}
	}
	if got := breaksWithin("text", ""); got != 0 {
		t.Errorf("without a key: got %d", got)
	}
}

// What a key's shape ticked goes with the key.
func TestNetworkIsTickedWithItsKeyOnly(t *testing.T) {
	onKeys(t, nil, func(t *testing.T, b *keyBench) {
		b.openForm(keyFormNew, nil)
		f := b.form
		f.typeKey(networkKey)
		if !f.draft.network {
			t.Error("a key of GLPI Network's shape is not taken for one")
		}
		f.typeKey("")
		if f.draft.network {
			t.Error("a subscription without a key is GLPI Network's")
		}
		f.edit(keys.KeyFieldVendor, func(d *keyDraft) { d.network = true })
		f.typeKey(networkKey)
		f.typeKey("")
		if !f.draft.network {
			t.Error("what a person ticked is taken back")
		}
	})
}
