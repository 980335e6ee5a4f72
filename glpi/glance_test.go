package glpi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"glpikeys/glpi/internal/transcript"
	"glpikeys/keys"
)

func TestRunning(t *testing.T) {
	t.Parallel()
	on := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 9, 0, 0, 0, time.UTC) }
	for _, tc := range []struct {
		begin          keys.Date
		duration, step int
		now            time.Time
		want           keys.Date
	}{
		{keys.Date{}, 12, 12, on(2026, 11, 23), keys.Date{}},
		{keys.Date{Year: 2026, Month: 1, Day: 1}, 12, 12, on(2026, 11, 23), keys.Date{Year: 2027, Month: 1, Day: 1}},
		{keys.Date{Year: 2023, Month: 10, Day: 19}, 24, 24, on(2026, 11, 23), keys.Date{Year: 2027, Month: 10, Day: 19}},
		// On the day that GLPI calls the end the next period runs.
		{keys.Date{Year: 2024, Month: 11, Day: 23}, 24, 24, on(2026, 11, 23), keys.Date{Year: 2028, Month: 11, Day: 23}},
		{keys.Date{Year: 2024, Month: 11, Day: 24}, 24, 24, on(2026, 11, 23), keys.Date{Year: 2026, Month: 11, Day: 24}},
		// First three years, then year by year.
		{keys.Date{Year: 2020, Month: 5, Day: 1}, 36, 12, on(2026, 11, 23), keys.Date{Year: 2027, Month: 5, Day: 1}},
		// PHP's months overflow.
		{keys.Date{Year: 2026, Month: 10, Day: 31}, 1, 1, on(2026, 11, 23), keys.Date{Year: 2026, Month: 12, Day: 1}},
	} {
		if got := running(tc.begin, tc.duration, tc.step, tc.now); got != tc.want {
			t.Errorf("from %v for %d, then %d months: %v, want %v", tc.begin, tc.duration, tc.step, got, tc.want)
		}
	}
}

func TestItem(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	date := func(y, m, d int) keys.Date { return keys.Date{Year: y, Month: time.Month(m), Day: d} }
	for _, tc := range []struct {
		kind  keys.ItemType
		major int
		row   string
		want  keys.Item
	}{
		// As recorded on both (GLPI-REST §5.7): the id is a string here, a number there.
		{keys.TypeLicence, 10, `{"1":"L","80":"Root entity","2":"302","8":"2026-12-04","10":"GLPI Network"}`,
			keys.Item{ID: 302, Name: "L", Detail: "GLPI Network", Entity: "Root entity", End: date(2026, 12, 4)}},
		{keys.TypeLicence, 11, `{"13":null,"80":"Root entity","2":302,"1":"L","8":null,"10":["A","B"]}`,
			keys.Item{ID: 302, Name: "L", Detail: "A, B", Entity: "Root entity"}},
		{keys.TypeLicence, 10, `{"1":null,"80":"R","2":"1","8":"0000-00-00","10":null}`, keys.Item{ID: 1, Entity: "R"}},
		{keys.TypeCertificate, 11, `{"1":"C","2":3,"10":"2027-01-31","80":"R"}`,
			keys.Item{ID: 3, Name: "C", Entity: "R", End: date(2027, 1, 31)}},
		{keys.TypeContract, 11, `{"1":"K","2":4,"3":"N-7","5":"2025-08-25","6":12,"20":"2026-08-25","21":0,"23":0,"80":"R"}`,
			keys.Item{ID: 4, Name: "K", Detail: "N-7", Entity: "R", End: date(2026, 8, 25)}},
		{keys.TypeContract, 11, `{"1":"express","2":4,"5":"2025-08-25","6":12,"20":"2026-08-25","21":12,"23":2,"80":"R"}`,
			keys.Item{ID: 4, Name: "express", Entity: "R", End: date(2026, 8, 25)}},
		{keys.TypeContract, 10, `{"1":"tacit","2":4,"5":"2020-08-25","6":"36","20":"2023-08-25","21":"12","23":1,"80":"R"}`,
			keys.Item{ID: 4, Name: "tacit", Entity: "R", End: date(2029, 8, 25), Renews: true}},
		{keys.TypeContract, 11, `{"1":"tacit","2":4,"5":"2020-08-25","6":"36","20":"2023-08-25","21":"12","23":1,"80":"R"}`,
			keys.Item{ID: 4, Name: "tacit", Entity: "R", End: date(2027, 8, 25), Renews: true}},
		{keys.TypeContract, 10, `{"1":"no duration","2":4,"5":"2020-08-25","6":0,"20":"2020-08-25","23":1,"80":"R"}`,
			keys.Item{ID: 4, Name: "no duration", Entity: "R"}},
		{keys.TypeContract, 10, `{"1":"no begin","2":4,"5":null,"6":12,"20":null,"23":1,"80":"R"}`,
			keys.Item{ID: 4, Name: "no begin", Entity: "R", Renews: true}},
	} {
		var row endRow
		if err := json.Unmarshal([]byte(tc.row), &row); err != nil {
			t.Fatal(err)
		}
		tc.want.Type = tc.kind
		if diff := cmp.Diff(tc.want, row.item(tc.kind, tc.major, now)); diff != "" {
			t.Errorf("%s: %s", tc.row, diff)
		}
	}
}

// TestRecordedContract: 192 has the end as GLPI computes it.
func TestRecordedContract(t *testing.T) {
	t.Parallel()
	for _, major := range []int{10, 11} {
		s := testSession(t, transcript.Serve(t, transcript.Load(t, major, "192")), major)
		rows, err := Search[endRow](t.Context(), s, "Contract", Query{Columns: []int{2}})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		it := rows[0].item(keys.TypeContract, major, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
		if it.End != (keys.Date{Year: 2027, Month: 1, Day: 1}) {
			t.Errorf("%d: ends %v", major, it.End)
		}
	}
}

// engine answers searches for licences like GLPI's, n rows in all. change, if
// not nil, is asked before each answer for the number of rows.
func engine(n int, change func(call int) int) http.HandlerFunc {
	var calls atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		total := n
		if change != nil {
			total = change(int(calls.Add(1)))
		}
		from, to, _ := strings.Cut(r.URL.Query().Get("range"), "-")
		first, _ := strconv.Atoi(from)
		last, _ := strconv.Atoi(to)
		if first > total {
			jsonAnswer(w, 400, `["ERROR_RANGE_EXCEED_TOTAL","Provided range exceed total count of data"]`)
			return
		}
		jsonAnswer(w, 206, searchPage(first, min(last+1, total), total))
	}
}

func searchPage(first, end, total int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"totalcount":%d,"count":%d,"sort":[2],"order":["ASC"],"data":[`, total, end-first)
	for i := first; i < end; i++ {
		if i > first {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"1":"Licence %04d – Named users","80":"Root entity > Region North > Site Lille","2":"%d","8":"2027-01-%02d","10":"JetBrains R&#38;D"}`,
			i, i+1, i%28+1)
	}
	b.WriteString(`],"content-range":"x"}`)
	return b.String()
}

func TestGlanceInBlocks(t *testing.T) {
	t.Parallel()
	const n = 2345
	f, at := newFake(t, 10)
	s := f.signIn(t, at)
	f.on("GET /search/SoftwareLicense", engine(n, nil))
	f.on("GET /search/Contract", recorded(t, 10, "77"))
	f.on("GET /search/Certificate", recorded(t, 10, "114"))
	var last [2]int
	g, err := s.Glance(t.Context(), func(done, total int) {
		if done < last[0] || done > total {
			t.Errorf("progress %d of %d after %v", done, total, last)
		}
		last = [2]int{done, total}
	})
	if err != nil || len(g.Items) != n || last != [2]int{n, n} {
		t.Fatalf("%d items, progress %v, %v", len(g.Items), last, err)
	}
	if g.Items[n-1].ID != n || g.Items[0].Detail != "JetBrains R&D" {
		t.Errorf("%+v … %+v", g.Items[0], g.Items[n-1])
	}
	if len(g.Missing) != 1 || g.Missing[keys.TypeCertificate].Cause != keys.NoRight {
		t.Errorf("missing %v", g.Missing)
	}
	if got := f.count("GET /search/SoftwareLicense"); got != 3 {
		t.Errorf("%d requests for %d rows", got, n)
	}
	// Nothing at all can be read.
	f.on("GET /search/SoftwareLicense", recorded(t, 10, "201"))
	f.on("GET /search/Contract", recorded(t, 10, "201"))
	if g, err = s.Glance(t.Context(), nil); keys.CauseOf(err) != keys.Maintenance || len(g.Missing) != 3 {
		t.Errorf("nothing: %v, %v", err, g.Missing)
	}
}

// TestListMoves: rows that come and go while a list is read must be neither
// missed nor doubled.
func TestListMoves(t *testing.T) {
	t.Parallel()
	search := func(change func(call int) int) ([]endRow, error) {
		s := testSession(t, server(t, engine(0, change)), 11)
		return Search[endRow](t.Context(), s, "SoftwareLicense", Query{Columns: []int{2}})
	}
	for name, change := range map[string]func(int) int{
		"one more":    func(call int) int { return map[bool]int{true: 1500, false: 1501}[call == 1] },
		"fewer":       func(call int) int { return map[bool]int{true: 2500, false: 700}[call == 1] },
		"none at all": func(call int) int { return map[bool]int{true: 1500, false: 0}[call == 1] },
	} {
		rows, err := search(change)
		if want := change(2); err != nil || len(rows) != want {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
	if _, err := search(func(call int) int { return 1500 + call }); keys.CauseOf(err) != keys.Truncated {
		t.Errorf("always another number: %v", err)
	}
}

func TestGlanceCanceled(t *testing.T) {
	t.Parallel()
	f, at := newFake(t, 11)
	s := f.signIn(t, at)
	release := make(chan struct{})
	defer close(release)
	for _, kind := range keys.ItemTypes {
		f.on("GET /search/"+string(kind), func(http.ResponseWriter, *http.Request) { <-release })
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	if _, err := s.Glance(ctx, nil); keys.CauseOf(err) != keys.Canceled {
		t.Error(err)
	}
}

// BenchmarkGlance2000 reads 2,000 licences from a server that has its answers
// ready; "over" is what the client adds to the bare transfer of the same
// bytes (aim: less than 15 ms).
func BenchmarkGlance2000(b *testing.B) {
	pages := [...]string{searchPage(0, 1000, 2000), searchPage(1000, 2000, 2000)}
	empty := `{"totalcount":0,"count":0,"content-range":"x"}`
	f, at := newFake(b, 10)
	f.on("GET /search/SoftwareLicense", func(w http.ResponseWriter, r *http.Request) {
		page := pages[0]
		if strings.HasPrefix(r.URL.Query().Get("range"), "1000-") {
			page = pages[1]
		}
		jsonAnswer(w, 206, page)
	})
	for _, kind := range []string{"Contract", "Certificate"} {
		f.on("GET /search/"+kind, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, empty) })
	}
	s := f.signIn(b, at)
	bare := func() {
		for _, q := range []string{"SoftwareLicense?range=0-999", "SoftwareLicense?range=1000-1999", "Contract", "Certificate"} {
			res, err := s.c.http.GetClient().Get(at.API + "/search/" + q)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	}
	var transfer, whole time.Duration
	for b.Loop() {
		begun := time.Now()
		bare()
		middle := time.Now()
		g, err := s.Glance(b.Context(), nil)
		if err != nil || len(g.Items) != 2000 {
			b.Fatal(len(g.Items), err)
		}
		transfer += middle.Sub(begun)
		whole += time.Since(middle)
	}
	perOp := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(perOp(transfer), "ms-bare")
	b.ReportMetric(perOp(whole), "ms-whole")
	b.ReportMetric(perOp(whole-transfer), "ms-over")
	b.ReportMetric(float64(len(pages[0])+len(pages[1])), "bytes")
}
