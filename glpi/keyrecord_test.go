package glpi

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"glpikeys/glpi/sandbox"
	"glpikeys/keys"
)

// BenchmarkKeyRecords reads 10,000 records with comments of 2.2 KB from the
// sandbox over loopback.
func BenchmarkKeyRecords(b *testing.B) {
	for _, major := range []int{10, 11} {
		b.Run(fmt.Sprint(major), func(b *testing.B) {
			box := sandbox.New(sandbox.Config{Major: major, Seed: sandbox.KeyRecords(10_000)})
			srv := httptest.NewServer(box)
			b.Cleanup(srv.Close)
			s, err := SignIn(b.Context(), keys.Endpoint{API: srv.URL + script, Major: major}, keys.Via{Proxy: keys.ProxyDirect},
				keys.Credentials{User: "glpi", Password: "glpi"}, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				list, err := s.KeyRecords(b.Context(), nil)
				if err != nil || len(list) != 10_009 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}

// Comments may be so long that a block of the usual size is too large.
func TestLongComments(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	comment := strings.Repeat("x", 60_000)
	row := func(id int) string {
		return fmt.Sprintf(`{"id":%d,"name":"k","comment":%q,"is_valid":1,"serial":"s"}`, id, comment)
	}
	const total = 300
	f.on("GET /SoftwareLicense", func(w http.ResponseWriter, r *http.Request) {
		var from, to int
		_, _ = fmt.Sscanf(r.URL.Query().Get("range"), "%d-%d", &from, &to)
		w.Header().Set("Content-Range", fmt.Sprintf("%d-%d/%d", from, to, total))
		var body bytes.Buffer
		for id := from + 1; id <= min(to+1, total); id++ {
			body.WriteString(map[bool]string{true: "[", false: ","}[id == from+1] + row(id))
		}
		jsonAnswer(w, 206, body.String()+"]")
	})
	s := f.signIn(t, at)
	rows, err := s.listKeys(t.Context(), 1, nil)
	if err != nil || len(rows) != total || len(rows[299].Comment.notes) != len(comment) || !rows[0].Serial.isText {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// Nothing of a key stays behind in a list, whatever the record looks like.
func TestListedKeysHoldNoText(t *testing.T) {
	t.Parallel()
	secret := "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0h"
	sound, err := keys.WriteComment("notes", keys.Block{Record: "r", Text: keys.NewKeyText(secret), Kept: keys.PlaceGLPI})
	if err != nil {
		t.Fatal(err)
	}
	for name, comment := range map[string]string{
		"sound": sound, "cut": sound[:len(sound)-20], "none": "notes", "twice": sound + sound,
	} {
		var l listedKey
		if err := l.Comment.UnmarshalJSON([]byte(fmt.Sprintf("%q", comment))); err != nil {
			t.Fatal(err)
		}
		if err := l.Serial.UnmarshalJSON([]byte(fmt.Sprintf("%q", secret))); err != nil {
			t.Fatal(err)
		}
		r := l.keyRecord(&keyAbout{}, time.UTC)
		if !r.Block.Text.Empty() || r.Damage != nil && !r.Damage.Comment.Empty() || strings.Contains(r.Notes+r.Block.Fingerprint, secret) {
			t.Errorf("%s: %+v", name, r)
		}
		if r.Damage == nil && r.Block.Fingerprint != keys.Fingerprint(secret) {
			t.Errorf("%s: fingerprint %q", name, r.Block.Fingerprint)
		}
	}
}

func TestZoneBetween(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		local, date string
		offset      int // minutes
	}{
		{"2026-11-23 10:00:01", "Mon, 23 Nov 2026 09:00:03 GMT", 60},
		{"2026-11-23 09:00:00", "Mon, 23 Nov 2026 09:00:00 GMT", 0},
		{"2026-11-23 14:29:58", "Mon, 23 Nov 2026 09:00:00 GMT", 330},
		{"2026-11-22 23:00:00", "Mon, 23 Nov 2026 09:00:00 GMT", -600},
		{"", "Mon, 23 Nov 2026 09:00:00 GMT", 0},
		{"2026-11-23 09:00:00", "", 0},
		{"2020-01-01 00:00:00", "Mon, 23 Nov 2026 09:00:00 GMT", 0},
	} {
		at := time.Date(2026, 11, 23, 9, 0, 0, 0, zoneBetween(tc.local, tc.date))
		if _, offset := at.Zone(); offset != tc.offset*60 {
			t.Errorf("%s at %s: %d s", tc.local, tc.date, offset)
		}
	}
}

func TestLogRows(t *testing.T) {
	t.Parallel()
	block, err := keys.WriteComment("", keys.Block{Record: "r", Text: keys.NewKeyText("c2VjcmV0"), Kept: keys.PlaceGLPI})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		row  logRow
		want keys.KeyEvent
		ok   bool
	}{
		{logRow{Who: "glpi (2)", Action: 20}, keys.KeyEvent{Who: "glpi", Field: "created"}, true},
		{logRow{Who: "Ana (Paris) (17)", Action: 13}, keys.KeyEvent{Who: "Ana (Paris)", Field: "trashed"}, true},
		{logRow{Option: 11, Old: "KEY-TEXT", New: text(keys.Fingerprint("x"))}, keys.KeyEvent{Field: "serial", New: keys.Fingerprint("x")}, true},
		{logRow{Option: 16, Old: "notes", New: text("notes\n" + block)}, keys.KeyEvent{Field: "comment", Old: "notes", New: "notes\n\n…"}, true},
		{logRow{Option: 13, Old: "a", New: "b"}, keys.KeyEvent{Field: "softwarelicenses_id"}, false},
		{logRow{Option: 13, Old: "0", New: "12"}, keys.KeyEvent{Field: "softwarelicenses_id", Old: "0", New: "12"}, true},
		{logRow{Option: 53, Old: "&nbsp; (0)", New: "Teclib (3)"}, keys.KeyEvent{Field: "supplier", Old: "&nbsp;", New: "Teclib"}, true},
		{logRow{Option: 999, Old: "secret", New: "secret"}, keys.KeyEvent{Field: "other"}, true},
		{logRow{Action: 15, Linked: "Contract"}, keys.KeyEvent{}, false},
	} {
		got, ok := tc.row.event(time.UTC)
		if ok != tc.ok || ok && got != tc.want {
			t.Errorf("%+v: %+v, %v", tc.row, got, ok)
		}
	}
}
