package app

import "testing"

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
