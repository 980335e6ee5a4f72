package glpi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

func TestReady(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 255)
	date := keys.Date{Year: 2027, Month: 3, Day: 31}
	for _, tc := range []struct {
		kind   string
		fields Fields
		ten    string // column and cause that GLPI 10 is spared, "" when it takes the fields
		eleven string
	}{
		{"SoftwareLicense", Fields{"name": long, "expire": date, "number": 3, "is_recursive": true, "comment": nil}, "", ""},
		{"SoftwareLicense", Fields{"name": long + "x"}, "name too-long", "name too-long"},
		{"SoftwareLicense", Fields{"serial": strings.Repeat("漢", 255)}, "", ""},
		{"SoftwareLicense", Fields{"serial": strings.Repeat("漢", 256)}, "serial too-long", "serial too-long"},
		// Stored as an entity by 10, this takes five characters.
		{"SoftwareLicense", Fields{"name": "<" + long[1:]}, "name too-long", ""},
		{"SoftwareLicense", Fields{"comment": strings.Repeat("é", 32767)}, "", ""},
		{"SoftwareLicense", Fields{"comment": strings.Repeat("é", 32768)}, "comment too-long", "comment too-long"},
		{"SoftwareLicense", Fields{"expire": "31/03/2027"}, "expire bad-date", "expire bad-date"},
		{"SoftwareLicense", Fields{"expire": "2027-02-29"}, "expire bad-date", "expire bad-date"},
		{"SoftwareLicense", Fields{"expire": "0000-00-00"}, "expire bad-date", "expire bad-date"},
		{"SoftwareLicense", Fields{"expire": "2099-12-31"}, "", ""},
		{"SoftwareLicense", Fields{"expire": ""}, "", ""},
		{"SoftwareLicense", Fields{"expire": keys.Date{}}, "", ""},
		{"SoftwareLicense", Fields{"expire": nil}, "", ""},
		{"SoftwareLicense", Fields{"expire": time.Now()}, "expire bad-date", "expire bad-date"},
		{"Certificate", Fields{"date_expiration": "soon"}, "date_expiration bad-date", "date_expiration bad-date"},
		{"Contract", Fields{"begin_date": "2027-13-01"}, "begin_date bad-date", "begin_date bad-date"},
		{"User", Fields{"end_date": "2037-12-31 23:59:59"}, "", ""},
		{"User", Fields{"end_date": "2038-01-01"}, "end_date bad-date", "end_date bad-date"},
		{"PluginGlpikeysInvitation", Fields{"groups": long + long, "end_date": "2038-01-01 00:00:00"}, "end_date bad-date", "end_date bad-date"},
		{"SoftwareLicense", Fields{"name": func() {}}, " unexpected", " unexpected"},
	} {
		for major, want := range map[int]string{10: tc.ten, 11: tc.eleven} {
			_, err := tc.fields.ready("test", major, tc.kind)
			got := ""
			var p *keys.Problem
			if errors.As(err, &p) {
				got = p.Detail + " " + string(p.Cause)
			}
			if got != want {
				t.Errorf("%d, %s %.60v: %q, want %q", major, tc.kind, tc.fields, got, want)
			}
		}
	}
	got, err := Fields{"name": "R&D", "list": []string{"<"}, "deep": map[string]any{"a": []any{"&", 1}}, "n": 12345678901234567, "d": date}.ready("test", 10, "X")
	want := map[string]any{
		"name": "R&#38;D", "list": []any{"&#60;"}, "deep": map[string]any{"a": []any{"&#38;", json.Number("1")}},
		"n": json.Number("12345678901234567"), "d": "2027-03-31",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// TestRowsPerCreate: the link header of the answer stays under what common
// proxies take (GLPI-REST §5.4).
func TestRowsPerCreate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		created, kind string
		want          int
	}{
		{"http://127.0.0.1:18010/apirest.php", "SoftwareLicense", 47},
		{"http://g/apirest.php", "User", 50},
		{"https://helpdesk.it.subsidiary.example.com/glpi/api.php/v1", "PluginGlpikeysRegistration", 29},
		{"http://g/apirest.php", "PluginGlpikeysInvitation", 20},
		{"https://" + strings.Repeat("x", 4000), "User", 1},
	} {
		s := &Session{created: tc.created}
		got := s.rowsPerCreate(tc.kind)
		if got != tc.want {
			t.Errorf("%s/%s: %d rows, want %d", tc.created, tc.kind, got, tc.want)
		}
	}
}

// TestRowsPerCreateBesideRefresh is for the race detector.
func TestRowsPerCreateBesideRefresh(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 10)
	s := f.signIn(t, at)
	done := make(chan error)
	go func() { done <- s.Refresh(t.Context()) }()
	for range 100 {
		if s.rowsPerCreate("User") < 1 {
			t.Error("no rows")
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// creator answers bulk POSTs, and counts them and their rows.
type creator struct {
	posts, rows int
	fail        func(post int) http.HandlerFunc
}

func (c *creator) serve(w http.ResponseWriter, r *http.Request) {
	var body struct{ Input []map[string]any }
	data, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(data, &body)
	c.posts++
	if c.fail != nil {
		if h := c.fail(c.posts); h != nil {
			h(w, r)
			return
		}
	}
	var out []string
	for range body.Input {
		c.rows++
		out = append(out, fmt.Sprintf(`{"id":%d,"message":"ok"}`, c.rows))
	}
	jsonAnswer(w, 201, "["+strings.Join(out, ",")+"]")
}

func rowsNamed(n int) []Fields {
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"name": fmt.Sprint("row ", i)}
	}
	return rows
}

func TestCreateAll(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	licences := string(keys.TypeLicence)
	size := s.rowsPerCreate(licences)
	c := &creator{}
	f.on("POST /SoftwareLicense", c.serve)
	last := [2]int{}
	created, err := s.CreateAll(t.Context(), licences, rowsNamed(120), func(done, total int) { last = [2]int{done, total} })
	if err != nil || c.rows != 120 || c.posts != (120+size-1)/size || last != [2]int{120, 120} || created[119].ID != 120 {
		t.Errorf("%d rows in %d posts, %v, %v", c.rows, c.posts, last, err)
	}
	// The second block is written, but its answer is lost: nothing more is
	// sent, and it is clear which rows are in doubt. A row that was never
	// sent is reported beside it.
	c = &creator{fail: func(post int) http.HandlerFunc {
		if post == 2 {
			return recorded(t, 11, "219")
		}
		return nil
	}}
	f.on("POST /SoftwareLicense", c.serve)
	rows := rowsNamed(120)
	rows[1]["name"] = strings.Repeat("x", 300)
	created, err = s.CreateAll(t.Context(), licences, rows, nil)
	var failed RowErrors
	if keys.CauseOf(err) != keys.OutcomeUnknown || c.posts != 2 || !errors.As(err, &failed) || len(failed) != 1 || failed[0].Row != 1 {
		t.Errorf("answer lost: %v, %d posts", err, c.posts)
	}
	if created[0].ID != 1 || created[1].ID != 0 || created[size].ID != size || created[size+1].ID != 0 {
		t.Errorf("answer lost: %+v", created[:size+2])
	}
	// An answer with another number of rows belongs to nobody.
	f.on("POST /SoftwareLicense", func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 201, `[{"id":1,"message":""}]`) })
	if _, err := s.CreateAll(t.Context(), licences, rowsNamed(2), nil); keys.CauseOf(err) != keys.OutcomeUnknown {
		t.Errorf("too few rows: %v", err)
	}
	// Nobody may.
	f.on("POST /SoftwareLicense", recorded(t, 11, "115"))
	if _, err := s.CreateAll(t.Context(), licences, rowsNamed(2), nil); keys.CauseOf(err) != keys.NoRight {
		t.Errorf("no right: %v", err)
	}
	// Given up between two blocks.
	ctx, cancel := context.WithCancel(t.Context())
	c = &creator{fail: func(post int) http.HandlerFunc {
		if post == 2 {
			t.Error("a block was sent after the person gave up")
		}
		return nil
	}}
	f.on("POST /SoftwareLicense", c.serve)
	_, err = s.CreateAll(ctx, licences, rowsNamed(120), func(int, int) { cancel() })
	if keys.CauseOf(err) != keys.Canceled {
		t.Errorf("given up: %v", err)
	}
	// Nothing to do.
	if _, err := s.CreateAll(t.Context(), licences, nil, nil); err != nil {
		t.Error(err)
	}
}

// TestWritesAreNotRepeated: each write is sent once, whatever happens to its
// answer.
func TestWritesAreNotRepeated(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	release := make(chan struct{})
	defer close(release)
	for name, h := range map[string]http.HandlerFunc{
		"reset":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"502":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
		"stall":     func(http.ResponseWriter, *http.Request) { <-release },
		"cut":       func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 201, `{"id":`) },
		"no id":     func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 201, `{"message":"x"}`) },
		"fatal":     recorded(t, 10, "67"),
		"other row": func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `[[]]`) },
	} {
		for call, write := range map[string]func() error{
			"POST /Contract": func() error {
				_, err := s.Create(t.Context(), "Contract", Fields{"name": "x"})
				return err
			},
			"PUT /Contract/1": func() error {
				_, err := s.Update(t.Context(), "Contract", 1, Fields{"name": "x"})
				return err
			},
			"DELETE /Contract/1": func() error { return s.Delete(t.Context(), "Contract", 1, true) },
		} {
			s.c.o.Timeout = time.Minute
			if name == "stall" {
				s.c.o.Timeout = 200 * time.Millisecond
			}
			before := f.count(call)
			f.on(call, h)
			if err := write(); keys.CauseOf(err) != keys.OutcomeUnknown {
				t.Errorf("%s, %s: %v", call, name, err)
			}
			if n := f.count(call) - before; n != 1 {
				t.Errorf("%s, %s: sent %d times", call, name, n)
			}
		}
	}
}

func TestRowErrors(t *testing.T) {
	t.Parallel()
	var rows RowErrors
	for i := range 5 {
		rows = append(rows, RowError{Row: i, Err: &keys.Problem{Op: "x", Cause: keys.Refused}})
	}
	want := "row 0: x: refused; row 1: x: refused; row 2: x: refused; and 2 more"
	if rows.Error() != want {
		t.Errorf("%s", rows.Error())
	}
}
