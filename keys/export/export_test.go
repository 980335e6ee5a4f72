package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"glpikeys/keys"
)

var now = time.Date(2026, 11, 23, 10, 30, 0, 0, time.FixedZone("Lisbon summer", 3600))

func event(id, days int) Event {
	return Event{
		Ending: keys.Ending{Server: "https://helpdesk.example.com", Item: keys.Item{
			Type: keys.TypeLicence, ID: id, Name: fmt.Sprint("Key ", id), End: keys.DateOf(now).AddDays(days)}},
		Summary: fmt.Sprintf("Key %d ends", id), Changed: now.Add(-time.Hour),
	}
}

func calendarText(t testing.TB, at time.Time, events ...Event) string {
	t.Helper()
	var out bytes.Buffer
	if err := Calendar(&out, "GLPI Keys", events, at); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// unfold undoes folding and gives the lines of a calendar.
func unfold(text string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n")
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	e := event(315, 20)
	e.Summary = `GLPI Network; "Standard", ends \o/`
	e.Description = "Bound to https://helpdesk.example.com\r\nüñí\x00\x07漢😀\nlast"
	e.Address = "https://helpdesk.example.com/front/softwarelicense.form.php?id=315&x=a,b;c"
	want := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//GLPI Keys//Expiry//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"X-WR-CALNAME:GLPI Keys",
		"BEGIN:VEVENT", "UID:" + UID(&e.Ending), "DTSTAMP:20261123T093000Z", "LAST-MODIFIED:20261123T083000Z", "SEQUENCE:3626490",
		"DTSTART;VALUE=DATE:20261213", "DTEND;VALUE=DATE:20261214", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED",
		`SUMMARY:GLPI Network\; "Standard"\, ends \\o/`,
		`DESCRIPTION:Bound to https://helpdesk.example.com\nüñí漢😀\nlast`,
		"URL:https://helpdesk.example.com/front/softwarelicense.form.php?id=315&x=a,b;c",
		"BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:GLPI Network\; "Standard"\, ends \\o/`, "TRIGGER:-P6DT15H", "END:VALARM",
		"BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:GLPI Network\; "Standard"\, ends \\o/`, "TRIGGER:-PT15H", "END:VALARM",
		"END:VEVENT", "END:VCALENDAR",
	}
	if diff := cmp.Diff(want, unfold(calendarText(t, now, e))); diff != "" {
		t.Error(diff)
	}
}

func TestCalendarLines(t *testing.T) {
	t.Parallel()
	var events []Event
	for i := range 200 {
		e := event(i, 100)
		e.Summary = strings.Repeat("x", i) + strings.Repeat("漢é😀", 40)
		events = append(events, e)
	}
	text := calendarText(t, now, events...)
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Error("a line does not end in CR LF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("%d octets: %q", len(line), line)
		}
	}
	for i, line := range unfold(text) {
		if name, value, _ := strings.Cut(line, ":"); name == "SUMMARY" && !strings.HasSuffix(value, strings.Repeat("漢é😀", 40)) {
			t.Errorf("line %d lost characters: %q", i, value)
		}
	}
}

func TestImportedAgain(t *testing.T) {
	t.Parallel()
	one := event(315, 20)
	same, moved, other, contract := one, one, one, one
	same.Ending.Server = "http://HELPDESK.example.com:80/index.php"
	same.Ending.Item.Name, same.Ending.Item.End, same.Summary = "Renamed", keys.Date{}, "x"
	moved.Ending.Server = "https://other.example.com"
	other.Ending.Item.ID = 316
	contract.Ending.Item.Type = keys.TypeContract
	uid := UID(&one.Ending)
	if UID(&same.Ending) != uid {
		t.Error("the same licence has another UID")
	}
	if uid != "552d2974a544e3000473bbeab66ad8c5@glpikeys" {
		t.Errorf("UIDs that calendars already hold changed: %s", uid)
	}
	for _, e := range []Event{moved, other, contract} {
		if UID(&e.Ending) == uid {
			t.Errorf("another thing has its UID: %+v", e)
		}
	}
	property := func(e Event, at time.Time, name string) string {
		for _, line := range unfold(calendarText(t, at, e)) {
			if value, ok := strings.CutPrefix(line, name+":"); ok {
				return value
			}
		}
		return ""
	}
	sequence := func(at time.Time) (n int) {
		fmt.Sscan(property(one, at, "SEQUENCE"), &n)
		return n
	}
	if a, b := sequence(now), sequence(now.Add(time.Minute)); b <= a || sequence(now.AddDate(60, 0, 0)) > 1<<31-1 || sequence(time.Time{}) != 0 {
		t.Errorf("SEQUENCE %d, a minute later %d", a, b)
	}
	closed, ahead := one, one
	closed.Ending.Closed = true
	ahead.Changed = now.Add(time.Hour)
	for _, tc := range []struct {
		e          Event
		name, want string
	}{
		{one, "STATUS", "CONFIRMED"}, {closed, "STATUS", "CANCELLED"}, {one, "LAST-MODIFIED", "20261123T083000Z"},
		{ahead, "LAST-MODIFIED", "20261123T093000Z"}, {ahead, "DTSTAMP", "20261123T093000Z"},
	} {
		if got := property(tc.e, now, tc.name); got != tc.want {
			t.Errorf("%s:%s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*Event)
		want   []string
	}{
		{"usual", func(*Event) {}, []string{"-P89DT15H", "-P29DT15H", "-P6DT15H", "-PT15H"}},
		{"own", func(e *Event) { e.Ending.Days = []int{2, 0, 2, -3} }, []string{"-P1DT15H", "PT9H"}},
		{"only those to come", func(e *Event) { e.Ending.Item.End = keys.DateOf(now).AddDays(7) }, []string{"-P6DT15H", "-PT15H"}},
		{"over", func(e *Event) { e.Ending.Item.End = keys.DateOf(now).AddDays(-1) }, nil},
		{"closed", func(e *Event) { e.Ending.Closed = true }, nil},
		{"renews itself", func(e *Event) { e.Ending.Item.Renews = true }, nil},
	} {
		e := event(1, 200)
		tc.change(&e)
		var got []string
		for _, line := range unfold(calendarText(t, now, e)) {
			if trigger, ok := strings.CutPrefix(line, "TRIGGER:"); ok {
				got = append(got, trigger)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
	dateless := event(1, 0)
	dateless.Ending.Item.End = keys.Date{}
	if strings.Contains(calendarText(t, now, dateless), "VEVENT") {
		t.Error("an entry without a day")
	}
}

// TestCalendarInAnyZone: an entry is the day itself wherever the file is written,
// in the day's last second as in its first, and its alarms ring at nine there.
func TestCalendarInAnyZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Pacific/Kiritimati", "America/Adak", "Africa/Cairo", "America/Santiago", "Australia/Lord_Howe", "Europe/Paris", "UTC"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		// The days on which clocks change there, and an ordinary one.
		for _, day := range []string{
			"2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-09-06", "2026-10-29", "2026-11-01", "2026-11-26",
		} {
			end, err := keys.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			e := event(1, 0)
			e.Ending.Item.End, e.Ending.Days = end, []int{0, 1}
			for _, tc := range []struct {
				day   keys.Date
				clock [3]int
				want  string
			}{
				{end.AddDays(-1), [3]int{23, 59, 59}, "PT9H -PT15H"}, {end, [3]int{12, 0, 0}, "PT9H"}, {end, [3]int{23, 59, 59}, "PT9H"},
				{end.AddDays(1), [3]int{2, 0, 0}, ""},
			} {
				at := time.Date(tc.day.Year, tc.day.Month, tc.day.Day, tc.clock[0], tc.clock[1], tc.clock[2], 0, zone)
				var begins, ends string
				var triggers []string
				for _, line := range unfold(calendarText(t, at, e)) {
					if day, ok := strings.CutPrefix(line, "DTSTART;VALUE=DATE:"); ok {
						begins = day
					}
					if day, ok := strings.CutPrefix(line, "DTEND;VALUE=DATE:"); ok {
						ends = day
					}
					if trigger, ok := strings.CutPrefix(line, "TRIGGER:"); ok {
						triggers = append(triggers, trigger)
					}
				}
				if begins != end.Time().Format("20060102") || ends != end.AddDays(1).Time().Format("20060102") || strings.Join(triggers, " ") != tc.want {
					t.Errorf("%s, ends %s: %s to %s, %v", at, end, begins, ends, triggers)
				}
			}
		}
	}
}

func record() keys.KeyRecord {
	return keys.KeyRecord{
		ID: 315, Name: "=Network", Product: keys.Product{ID: 3, Name: "GLPI Network"}, Entity: keys.Entity{Path: "Root entity > Paris"},
		End: keys.Date{Year: 2026, Month: 12, Day: 13}, Valid: true, Supplier: "Teclib’", Contact: "@ana", Number: "-7", Notes: "one;\n\"two\"",
		Block: keys.Block{
			Record: "uuid", BoundTo: "https://h.example.com", Scope: keys.ScopeInstance, Vendor: keys.GLPINetwork, Plugin: "p", Owner: "Example SA",
			Instance: "id", Kept: keys.PlaceGLPI, Begin: keys.Date{Year: 2025, Month: 12, Day: 14}, AutoRenews: true, Reminders: []int{90, 7},
			Fingerprint: keys.Fingerprint("hunter2"), Text: keys.NewKeyText("hunter2"),
			Validated: keys.Validation{Time: now, Verdict: keys.VerdictRunning, Message: "ok"},
		},
		Damage: &keys.Damage{Kind: keys.DamageCut, Comment: keys.NewKeyText("hunter2")},
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	table := Table{Header: []string{"a", "b"}, Rows: [][]string{
		{"=1+1", "+1"}, {"-1", "@x"}, {"\tx", "\rx"}, {"\nx", `q"q`}, {"a,b;c", ""}, {"é", " =1"},
	}}
	var out bytes.Buffer
	if err := table.CSV(&out, CSVOptions{}); err != nil {
		t.Fatal(err)
	}
	want := "a,b\r\n'=1+1,'+1\r\n'-1,'@x\r\n'\tx,\"'x\"\r\n\"'\r\nx\",\"q\"\"q\"\r\n\"a,b;c\",\r\né,\" =1\"\r\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
	out.Reset()
	if err := table.CSV(&out, CSVOptions{Comma: ';', BOM: true}); err != nil || !strings.HasPrefix(out.String(), "\ufeffa;b\r\n") {
		t.Errorf("%v %q", err, out.String())
	}
}

// TestCSVComesBack imports an export: all but the text of the key is there.
func TestCSVComesBack(t *testing.T) {
	t.Parallel()
	r := record()
	r.Damage = nil
	table := Keys([]keys.KeyRecord{r}, keys.DefaultThresholds, keys.DateOf(now))
	for _, opt := range []CSVOptions{{}, {Comma: ';', BOM: true}, {Comma: '\t'}} {
		var out bytes.Buffer
		if err := table.CSV(&out, opt); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(out.String(), string(rune(0xfeff)), ""))).ReadAll()
		if opt.Comma == 0 && (err != nil || len(rows) != 2 || rows[1][1] != "soon" || rows[1][2] != "20" || rows[1][3] != "'=Network") {
			t.Errorf("%v %q", err, rows)
		}
		m, err := keys.ReadKeyImport(out.Bytes(), false)
		if err != nil || len(m.Rows) != 1 || m.Rows[0].Problem != nil || m.Unknown != nil {
			t.Fatalf("%v %+v", err, m)
		}
		want := r
		want.ID, want.Product.ID, want.Block.Record = 0, 0, ""
		want.Block.Validated, want.Block.Text, want.Block.Fingerprint, want.Block.Kept = keys.Validation{}, keys.KeyText{}, "", keys.PlaceNowhere
		if diff := cmp.Diff(want, m.Rows[0].Record); diff != "" {
			t.Error(diff)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := KeysJSON(&out, "https://h.example.com", []keys.KeyRecord{
		record(), {ID: 2, Block: keys.Block{Revoked: keys.Revocation{Date: keys.DateOf(now)}}}, {ID: 3, End: keys.DateOf(now)},
	}, keys.DefaultThresholds, now); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Server, Exported string
		Keys             []struct {
			State   string
			Days    *int
			ID      int
			Valid   bool
			Name    string
			Expires string `json:"end"`
			Block   struct{ Scope, Begin string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	k := got.Keys[0]
	if got.Exported != "2026-11-23T10:30:00+01:00" || k.State != "soon" || *k.Days != 20 || k.Expires != "2026-12-13" || k.Block.Begin != "2025-12-14" {
		t.Errorf("%s", out.String())
	}
	if k := got.Keys[1]; k.State != "revoked" || k.Days != nil {
		t.Errorf("%+v", k)
	}
	if k := got.Keys[2]; k.State != "urgent" || k.Valid {
		t.Errorf("called invalid by GLPI and given up by nobody: %+v", k)
	}
}

// TestRefusedKeys: what its vendor refuses is good in no file.
func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	today := keys.DateOf(now)
	r := keys.KeyRecord{ID: 1, Valid: true, End: today.AddDays(300), Block: keys.Block{Validated: keys.Validation{Verdict: keys.VerdictInvalid}}}
	it := r.Item()
	it.Refused = r.Refused(today) != ""
	var asJSON, itemsJSON bytes.Buffer
	if err := errors.Join(
		KeysJSON(&asJSON, "h", []keys.KeyRecord{r}, keys.DefaultThresholds, now),
		ItemsJSON(&itemsJSON, "h", []keys.Item{it}, keys.DefaultThresholds, now),
	); err != nil {
		t.Fatal(err)
	}
	for kind, got := range map[string]bool{
		"keys, CSV":   Keys([]keys.KeyRecord{r}, keys.DefaultThresholds, today).Rows[0][1] == "refused",
		"keys, JSON":  strings.Contains(asJSON.String(), `"state": "refused"`),
		"items, CSV":  Items("h", []keys.Item{it}, keys.DefaultThresholds, today).Rows[0][3] == "expired",
		"items, JSON": strings.Contains(itemsJSON.String(), `"state": "expired"`),
	} {
		if !got {
			t.Errorf("%s: a refused key is called good", kind)
		}
	}
}

func TestNoExportHoldsAKey(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	records := []keys.KeyRecord{record()}
	table := Keys(records, keys.DefaultThresholds, keys.DateOf(now))
	items := Items("h", []keys.Item{records[0].Item()}, keys.DefaultThresholds, keys.DateOf(now))
	for _, err := range []error{
		table.CSV(&out, CSVOptions{}), items.CSV(&out, CSVOptions{}),
		KeysJSON(&out, "h", records, keys.DefaultThresholds, now),
		Calendar(&out, "", []Event{{Ending: records[0].Ending("h")}}, now),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), "redacted") {
		t.Error(out.String())
	}
	if len(table.Header) != len(table.Rows[0]) || len(items.Header) != len(items.Rows[0]) {
		t.Error("columns and cells do not match")
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	if got := Name("keys", "https://Helpdesk.example.com:8443/glpi/", keys.DateOf(now)); got != "keys-helpdesk.example.com_8443_glpi-2026-11-23" {
		t.Error(got)
	}
}

func ExampleCalendar() {
	var out bytes.Buffer
	_ = Calendar(&out, "GLPI", []Event{{
		Ending: keys.Ending{Server: "https://helpdesk.example.com", Days: []int{7}, Item: keys.Item{
			Type: keys.TypeLicence, ID: 315, End: keys.Date{Year: 2026, Month: 12, Day: 13}}},
		Summary: "GLPI Network Standard ends",
	}}, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	for _, line := range unfold(out.String())[6:] {
		fmt.Println(line)
	}
	// Output:
	// BEGIN:VEVENT
	// UID:552d2974a544e3000473bbeab66ad8c5@glpikeys
	// DTSTAMP:20261123T090000Z
	// LAST-MODIFIED:20261123T090000Z
	// SEQUENCE:3626460
	// DTSTART;VALUE=DATE:20261213
	// DTEND;VALUE=DATE:20261214
	// TRANSP:TRANSPARENT
	// STATUS:CONFIRMED
	// SUMMARY:GLPI Network Standard ends
	// BEGIN:VALARM
	// ACTION:DISPLAY
	// DESCRIPTION:GLPI Network Standard ends
	// TRIGGER:-P6DT15H
	// END:VALARM
	// END:VEVENT
	// END:VCALENDAR
}

func FuzzCalendar(f *testing.F) {
	f.Add("a;b,c\\", "x\ny", "https://h")
	f.Add("\r\nEND:VEVENT\r\n", strings.Repeat("漢", 90), "http://h\r\nX:1")
	f.Fuzz(func(t *testing.T, summary, description, address string) {
		e := event(1, 100)
		e.Summary, e.Description, e.Address = summary, description, address
		text := calendarText(t, now, e)
		if strings.Count("\r\n"+text, "\r\nEND:VEVENT\r\n") != 1 || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
			t.Errorf("%q", text)
		}
		for _, line := range strings.Split(text, "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) {
				t.Errorf("%d octets: %q", len(line), line)
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("=1", "a\r\nb", "'=x")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		table := Table{Header: []string{a}, Rows: [][]string{{b, c}}}
		var out bytes.Buffer
		if err := table.CSV(&out, CSVOptions{}); err != nil {
			t.Fatal(err)
		}
		reader := csv.NewReader(&out)
		reader.FieldsPerRecord = -1
		rows, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
					t.Errorf("a spreadsheet computes %q", cell)
				}
			}
		}
	})
}
