package transcript

import "testing"

func TestAll(t *testing.T) {
	t.Parallel()
	for major, want := range map[int]int{10: 146, 11: 154} {
		seen := map[string]bool{}
		for _, x := range All(t, major) {
			if x.Request.Method == "" || x.Request.Path == "" || x.Response.Status == 0 {
				t.Errorf("%s of GLPI %d is incomplete", x.Name, major)
			}
			if seen[x.Number()] {
				t.Errorf("two transcripts numbered %s", x.Number())
			}
			seen[x.Number()] = true
		}
		if len(seen) != want {
			t.Errorf("%d transcripts of GLPI %d, want %d", len(seen), major, want)
		}
	}
}
