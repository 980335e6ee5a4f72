package glpi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"glpikeys/glpi/internal/transcript"
	"glpikeys/keys"
)

// testClient is a client for a server of the test's own.
func testClient(t testing.TB, base string, major int) *client {
	t.Helper()
	c, err := newClient(base+script, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{}, Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	c.major.Store(int32(major))
	return c
}

// testSession is a session with everything allowed, without having signed in.
func testSession(t testing.TB, base string, major int) *Session {
	t.Helper()
	s := &Session{c: testClient(t, base, major), token: "session-of-the-test", created: base + script}
	s.facts = keys.Facts{Endpoint: keys.Endpoint{API: base + script, Major: major}, Rights: map[string]keys.Right{
		"license": 255, "contract": 255, "certificate": 255, "user": 255, "software": 255, "config": 3,
	}}
	return s
}

// replay asks a server for what a transcript recorded, as the client would.
func replay(t testing.TB, x transcript.Exchange) (*answer, error) {
	t.Helper()
	c := testClient(t, transcript.Serve(t, x), x.Major)
	u, err := url.Parse(x.Request.Path)
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(u.Path, script)
	r := request{
		op: "test", method: x.Request.Method, path: path, query: u.Query(),
		writes: x.Request.Method != http.MethodGet && path != pathInit,
	}
	return c.do(t.Context(), r, "")
}

// TestRecordedFailures goes through every recorded failure: what GLPI really
// answered, and the cause that is made of it.
func TestRecordedFailures(t *testing.T) {
	t.Parallel()
	const ok = keys.Cause("")
	for _, tc := range []struct {
		number         string
		ten, eleven    keys.Cause
		detail         string // of 10
		detailOfEleven string // where it differs
	}{
		{number: "01", ten: keys.APIOff, eleven: keys.APIOff},
		{number: "02", ten: keys.NotJSON, eleven: keys.NotJSON, detail: "HTTP 403", detailOfEleven: "Item not found - Soporte TI Santacruz"},
		{number: "03", ten: keys.AppTokenMissing, eleven: keys.AppTokenMissing},
		{number: "04", ten: keys.AppTokenWrong, eleven: keys.AppTokenWrong},
		{number: "05", ten: keys.AppTokenWrong, eleven: keys.AppTokenWrong},
		{number: "06", ten: keys.AppTokenWrong, eleven: keys.AppTokenWrong},
		{number: "08", ten: keys.WrongPassword, eleven: keys.WrongPassword},
		{number: "09", ten: keys.WrongPassword, eleven: keys.WrongPassword},
		{number: "10", ten: keys.CredentialsMissing, eleven: keys.CredentialsMissing},
		{number: "11", ten: keys.UserTokenWrong, eleven: keys.UserTokenWrong},
		{number: "14", ten: keys.AddressRefused, eleven: keys.AddressRefused, detail: "127.0.0.1"},
		{number: "16", ten: keys.PasswordLoginOff, eleven: keys.PasswordLoginOff},
		{number: "18", ten: keys.UserTokenWrong, eleven: keys.UserTokenWrong},
		{number: "19", ten: keys.AccountInactive, eleven: keys.AccountInactive},
		{number: "20", ten: keys.NoProfile, eleven: keys.NoProfile},
		{number: "31", ten: keys.NotFound, eleven: keys.NotFound},
		{number: "32", ten: keys.UnknownType, eleven: keys.UnknownType, detail: "nosuchEndpoint"},
		{number: "33", ten: keys.NotFound, eleven: keys.NotFound},
		{number: "34", ten: keys.SessionEnded, eleven: keys.SessionEnded},
		{number: "35", ten: keys.SessionEnded, eleven: keys.SessionEnded},
		{number: "36", ten: keys.AppTokenMissing, eleven: keys.AppTokenMissing},
		{number: "38", ten: keys.SessionEnded, eleven: keys.SessionEnded},
		{number: "44", ten: keys.BadDate, eleven: keys.BadDate, detail: "expire"},
		{number: "45", ten: keys.Refused, eleven: keys.Refused},
		{number: "46", ten: keys.Refused, eleven: ok, detail: "Please select a software for this license"},
		{number: "47", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "48", ten: ok, eleven: keys.TooLong, detailOfEleven: "serial"},
		{number: "51", ten: keys.SomeFailed, eleven: keys.SomeFailed},
		{number: "52", ten: keys.Refused, eleven: keys.Refused},
		{number: "53", ten: keys.SomeFailed, eleven: keys.SomeFailed},
		{number: "54", ten: keys.SomeFailed, eleven: keys.SomeFailed},
		{number: "58", ten: keys.NotFound, eleven: keys.NotFound},
		{number: "59", ten: keys.SomeFailed, eleven: keys.SomeFailed},
		{number: "63", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "64", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "67", ten: keys.ServerFault, eleven: keys.Refused, detail: "*"},
		{number: "74", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "75", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "76", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "87", ten: keys.Refused, eleven: keys.Refused},
		{number: "90", ten: keys.Refused, eleven: keys.Refused},
		{number: "91", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "101", ten: keys.Refused, eleven: keys.Refused, detail: "Unable to add. The user already exists."},
		{number: "102", ten: keys.Refused, eleven: keys.Refused, detail: "Error: the two passwords do not match"},
		{number: "108", ten: ok, eleven: keys.Refused, detailOfEleven: "Password must include at least a symbol!"},
		{number: "112", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "113", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "114", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "115", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "116", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "117", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "122", ten: keys.Refused, eleven: keys.Refused, detail: "*"},
		{number: "126", ten: keys.NoRight, eleven: keys.NoRight},
		{number: "200", ten: keys.Maintenance, eleven: keys.Maintenance, detail: "*"},
		{number: "201", ten: keys.Maintenance, eleven: keys.Maintenance, detail: "*"},
		{number: "202", ten: keys.UnknownType, eleven: keys.UnknownType, detail: "PluginRegdemoInvite"},
		{number: "219", ten: keys.OutcomeUnknown, eleven: keys.OutcomeUnknown},
		{number: "220", ten: keys.ServerFault, eleven: keys.ServerFault, detail: "*"},
	} {
		for major, want := range map[int]keys.Cause{10: tc.ten, 11: tc.eleven} {
			x := transcript.Load(t, major, tc.number)
			t.Run(fmt.Sprintf("%d/%s", major, x.Name), func(t *testing.T) {
				t.Parallel()
				_, err := replay(t, x)
				if got := keys.CauseOf(err); got != want {
					t.Fatalf("cause %q, want %q: %v", got, want, err)
				}
				if want == ok {
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Status != x.Response.Status || e.Path == "" || strings.Contains(e.Path, "?") {
					t.Errorf("error is %+v", e)
				}
				detail := tc.detail
				if major == 11 && tc.detailOfEleven != "" {
					detail = tc.detailOfEleven
				}
				var p *keys.Problem
				errors.As(err, &p)
				if detail == "*" && p.Detail == "" || detail != "*" && p.Detail != detail {
					t.Errorf("detail %q, want %q", p.Detail, detail)
				}
			})
		}
	}
}

// TestNoValuesInErrors: GLPI 11 answers with its whole SQL, values included.
func TestNoValuesInErrors(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"44", "48", "51", "52", "54"} {
		for _, major := range []int{10, 11} {
			x := transcript.Load(t, major, number)
			_, err := replay(t, x)
			if err == nil {
				continue
			}
			for _, value := range []string{"2027-13-45", "2027-99-99", "KKKK", "VALUES", "UPDATE `"} {
				if strings.Contains(err.Error(), value) {
					t.Errorf("%s of %d shows %q: %v", x.Name, major, value, err)
				}
			}
		}
	}
}

// TestRecordedSuccesses: nothing that GLPI does right is taken for a failure.
func TestRecordedSuccesses(t *testing.T) {
	t.Parallel()
	n := 0
	for _, major := range []int{10, 11} {
		for _, x := range transcript.All(t, major) {
			if !strings.HasPrefix(x.Request.Path, script) || x.Response.Status >= 300 || x.Response.Status == http.StatusMultiStatus ||
				!strings.Contains(x.Response.Headers.Get("Content-Type"), "json") {
				continue
			}
			n++
			if _, err := replay(t, x); err != nil {
				t.Errorf("%d/%s: %v", major, x.Name, err)
			}
		}
	}
	t.Logf("%d exchanges", n)
}

func TestRecordedTexts(t *testing.T) {
	t.Parallel()
	// What was sent in transcript 80.
	var sent struct {
		Input struct{ Name, Serial, Comment string }
	}
	for _, major := range []int{10, 11} {
		add := transcript.Load(t, major, "80")
		if err := json.Unmarshal([]byte(*add.Request.Body), &sent); err != nil {
			t.Fatal(err)
		}
		want := licence{Name: sent.Input.Name, Serial: sent.Input.Serial, Comment: sent.Input.Comment}

		s := testSession(t, transcript.Serve(t, transcript.Load(t, major, "81")), major)
		got, err := Get[licence](t.Context(), s, "SoftwareLicense", 313)
		if err != nil {
			t.Fatal(err)
		}
		want.ID = got.ID
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d get: %s", major, diff)
		}

		s = testSession(t, transcript.Serve(t, transcript.Load(t, major, "84")), major)
		rows, err := Search[struct {
			ID      number `json:"2"`
			Name    text   `json:"1"`
			Serial  text   `json:"11"`
			Comment text   `json:"16"`
		}](t.Context(), s, "SoftwareLicense", Query{Columns: []int{2, 11, 16, 1}})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		found := licence{ID: int(rows[0].ID), Name: string(rows[0].Name), Serial: string(rows[0].Serial), Comment: string(rows[0].Comment)}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%d search: %s", major, diff)
		}

		s = testSession(t, transcript.Serve(t, add), major)
		created, err := s.Create(t.Context(), "SoftwareLicense", Fields{"name": "x"})
		if err != nil {
			t.Fatal(err)
		}
		// GLPI 10 strips the backslash from its message; nothing else is lost.
		name := strings.TrimPrefix(created.Message, "Item successfully added: ")
		if strings.ReplaceAll(name, `\`, "") != strings.ReplaceAll(want.Name, `\`, "") {
			t.Errorf("%d message: %q", major, created.Message)
		}
	}
}

func TestRecordedLists(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		want := map[int]int{10: 308, 11: 306}[major]
		for _, number := range []string{"60", "61", "62", "65"} {
			a, err := replay(t, transcript.Load(t, major, number))
			if err != nil {
				t.Fatal(err)
			}
			if total, ok := totalOf(a.header); !ok || total != want {
				t.Errorf("%d/%s: total %d, %v", major, number, total, ok)
			}
		}
		// No row, no Content-Range.
		s := testSession(t, transcript.Serve(t, transcript.Load(t, major, "68")), major)
		if rows, err := List[licence](t.Context(), s, "SoftwareLicense", Filter{}); err != nil || len(rows) != 0 {
			t.Errorf("%d: empty list: %v, %v", major, rows, err)
		}
		// No row, no data.
		s = testSession(t, transcript.Serve(t, transcript.Load(t, major, "77")), major)
		if rows, err := Search[endRow](t.Context(), s, "SoftwareLicense", Query{Columns: []int{2}}); err != nil || len(rows) != 0 {
			t.Errorf("%d: empty search: %v, %v", major, rows, err)
		}
		// All of it on one page.
		s = testSession(t, transcript.Serve(t, transcript.Load(t, major, "216")), major)
		if rows, err := List[struct{ ID int }](t.Context(), s, "SoftwareLicenseType", Filter{}); err != nil || len(rows) == 0 {
			t.Errorf("%d: whole list: %v, %v", major, rows, err)
		}
		// A column with several values is an array.
		s = testSession(t, transcript.Serve(t, transcript.Load(t, major, "218")), major)
		users, err := Search[struct {
			Mails text `json:"5"`
		}](t.Context(), s, "User", Query{Columns: []int{2}})
		if err != nil || len(users) != 1 || !strings.Contains(string(users[0].Mails), ", ") {
			t.Errorf("%d: several values: %+v, %v", major, users, err)
		}
	}
}

func TestRecordedRows(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		serve := func(number string) *Session {
			return testSession(t, transcript.Serve(t, transcript.Load(t, major, number)), major)
		}
		failures := func(err error) RowErrors {
			var rows RowErrors
			errors.As(err, &rows)
			return rows
		}
		licences := string(keys.TypeLicence)
		three := []Fields{{"name": "1"}, {"name": "2"}, {"name": "3"}}

		created, err := serve("51").CreateAll(t.Context(), licences, three, nil)
		if rows := failures(err); keys.CauseOf(err) != keys.SomeFailed || len(rows) != 1 || rows[0].Row != 1 ||
			rows[0].Err.Cause != keys.BadDate || rows[0].Err.Detail != "expire" {
			t.Errorf("%d/51: %v", major, err)
		}
		if created[0].ID == 0 || created[1].ID != 0 || created[2].ID == 0 {
			t.Errorf("%d/51: %+v", major, created)
		}
		_, err = serve("52").CreateAll(t.Context(), licences, three[:2], nil)
		if rows := failures(err); len(rows) != 2 || rows[1].Err.Cause != keys.BadDate {
			t.Errorf("%d/52: %v", major, err)
		}
		// The middle one does not exist, and is left out of the answer.
		ids := idsOf(t, transcript.Load(t, major, "53"))
		err = serve("53").UpdateAll(t.Context(), licences, changesOf(ids), nil)
		if rows := failures(err); len(rows) != 1 || rows[0].ID != ids[1] || rows[0].Row != 1 || rows[0].Err.Cause != keys.NotFound {
			t.Errorf("%d/53: %v", major, err)
		}
		// GLPI 10 gives the second row the text of the first one.
		ids = idsOf(t, transcript.Load(t, major, "54"))
		err = serve("54").UpdateAll(t.Context(), licences, changesOf(ids), nil)
		if rows := failures(err); len(rows) != 1 || rows[0].ID != ids[0] || rows[0].Err.Cause != keys.BadDate {
			t.Errorf("%d/54: %v", major, err)
		}
		ids = idsOf(t, transcript.Load(t, major, "59"))
		err = serve("59").DeleteAll(t.Context(), licences, ids, true, nil)
		if rows := failures(err); len(rows) != 1 || rows[0].ID != ids[1] || rows[0].Err.Cause != keys.NotFound {
			t.Errorf("%d/59: %v", major, err)
		}
		// All rows written, 502: nobody may repeat this blindly.
		if _, err = serve("219").CreateAll(t.Context(), licences, three, nil); keys.CauseOf(err) != keys.OutcomeUnknown {
			t.Errorf("%d/219: %v", major, err)
		}
		if _, err := serve("43").Update(t.Context(), licences, 301, three[0]); err != nil {
			t.Errorf("%d/43: %v", major, err)
		}
		purged, _ := strconv.Atoi(path.Base(strings.TrimSuffix(transcript.Load(t, major, "57").Request.Path, "?force_purge=true")))
		if err := serve("57").Delete(t.Context(), licences, purged, true); err != nil {
			t.Errorf("%d/57: %v", major, err)
		}
		// The answer is about another item than the one that was meant.
		if _, err := serve("43").Update(t.Context(), licences, 5, three[0]); keys.CauseOf(err) != keys.OutcomeUnknown {
			t.Errorf("%d/43 of another item: %v", major, err)
		}
		if c, err := serve("128").Create(t.Context(), "PluginRegdemoInvite", three[0]); err != nil || c.Message == "" {
			t.Errorf("%d/128: %+v, %v", major, c, err)
		}
	}
	// On 10 a weak password is refused within a success.
	s := testSession(t, transcript.Serve(t, transcript.Load(t, 10, "108")), 10)
	if warning, err := s.Update(t.Context(), "User", 2268, Fields{"password": "x"}); err != nil || warning != "Password must include at least a symbol!" {
		t.Errorf("10/108: %q, %v", warning, err)
	}
}

// idsOf are the ids in the body of a recorded bulk request.
func idsOf(t *testing.T, x transcript.Exchange) (ids []int) {
	t.Helper()
	var body struct{ Input []struct{ ID int } }
	if err := json.Unmarshal([]byte(*x.Request.Body), &body); err != nil {
		t.Fatal(err)
	}
	for _, row := range body.Input {
		ids = append(ids, row.ID)
	}
	return ids
}

func changesOf(ids []int) (changes []Change) {
	for _, id := range ids {
		changes = append(changes, Change{id, Fields{"comment": "x"}})
	}
	return changes
}
