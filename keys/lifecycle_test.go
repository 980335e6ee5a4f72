package keys

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStanding(t *testing.T) {
	t.Parallel()
	record := func(days int, change func(*KeyRecord)) *KeyRecord {
		r := &KeyRecord{Valid: true, End: today.AddDays(days)}
		if change != nil {
			change(r)
		}
		return r
	}
	trial := func(r *KeyRecord) { r.Block.Trial = true }
	revoked := func(why Departure) func(*KeyRecord) {
		return func(r *KeyRecord) { r.Valid, r.Block.Revoked = false, Revocation{Date: today, Why: why} }
	}
	for _, tc := range []struct {
		name   string
		record *KeyRecord
		want   Standing
	}{
		{"ended", record(-1, nil), Standing{KeyExpired, Expired, -1}},
		{"its last day", record(0, nil), Standing{KeyUrgent, Urgent, 0}},
		{"soon", record(30, nil), Standing{KeySoon, Soon, 30}},
		{"plan", record(90, nil), Standing{KeyPlan, Plan, 90}},
		{"fine", record(91, nil), Standing{KeyFine, Fine, 91}},
		{"no date", &KeyRecord{Valid: true}, Standing{KeyNoDate, NoDate, 0}},
		{"trial", record(12, trial), Standing{KeyTrial, Soon, 12}},
		{"trial's last day", record(0, trial), Standing{KeyTrial, Urgent, 0}},
		{"trial over", record(-1, trial), Standing{KeyExpired, Expired, -1}},
		{"trial without end", &KeyRecord{Valid: true, Block: Block{Trial: true}}, Standing{KeyTrial, NoDate, 0}},
		{"revoked", record(12, revoked(DepartureRevoked)), Standing{KeyRevoked, Soon, 12}},
		{"released", record(12, revoked(DepartureReleased)), Standing{KeyRevoked, Soon, 12}},
		{"renewed", record(-3, revoked(DepartureRenewed)), Standing{KeyRenewed, Expired, -3}},
		{"invalid by GLPI's count", record(12, func(r *KeyRecord) { r.Valid = false }), Standing{KeySoon, Soon, 12}},
		{"ended, and invalid by GLPI's count", record(-3, func(r *KeyRecord) { r.Valid = false }), Standing{KeyExpired, Expired, -3}},
		{"valid again by GLPI's form", record(12, func(r *KeyRecord) { revoked("")(r); r.Valid = true }), Standing{KeyRevoked, Soon, 12}},
		{"renewed, valid again", record(12, func(r *KeyRecord) { revoked(DepartureRenewed)(r); r.Valid = true }), Standing{KeyRenewed, Soon, 12}},
		{"reminders of its own", record(120, func(r *KeyRecord) { r.Block.Reminders = []int{180, 60, 14} }), Standing{KeyPlan, Plan, 120}},
	} {
		if got := tc.record.Standing(DefaultThresholds, today); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
	}
	for i, s := range KeyStates {
		if int(s) != i || s.String() == "unknown" {
			t.Errorf("state %d is %v", i, s)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		days    int // to the end
		begin   Date
		revoked Date
		said    Verdict
		want    Verdict
	}{
		{"runs", 12, Date{}, Date{}, VerdictRunning, ""},
		{"nobody asked", 12, Date{}, Date{}, "", ""},
		{"not reached", 12, Date{}, Date{}, VerdictUnreached, ""},
		{"terminated", 12, today, Date{}, VerdictTerminated, VerdictTerminated},
		{"on its last day", 0, Date{}, Date{}, VerdictTerminated, VerdictTerminated},
		{"ended anyway", -1, Date{}, Date{}, VerdictTerminated, ""},
		{"has not begun", 12, today.AddDays(1), Date{}, VerdictTerminated, ""},
		{"has not begun, and is none", 12, today.AddDays(1), Date{}, VerdictInvalid, VerdictInvalid},
		{"given up", 12, Date{}, today, VerdictInvalid, ""},
	} {
		r := KeyRecord{End: today.AddDays(tc.days), Block: Block{
			Begin: tc.begin, Revoked: Revocation{Date: tc.revoked}, Validated: Validation{Verdict: tc.said},
		}}
		if got := r.Refused(today); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	r := KeyRecord{Block: Block{Validated: Validation{Verdict: VerdictInvalid}}}
	if r.Refused(today) != VerdictInvalid {
		t.Error("without an end nothing is refused")
	}
}

// What its vendor refuses is over: it counts as that, and comes before what ends
// soon.
func TestRefusedItems(t *testing.T) {
	t.Parallel()
	items := []Item{
		{ID: 1, Name: "soon", End: today.AddDays(3)}, {ID: 2, Name: "fine", End: today.AddDays(300)},
		{ID: 3, Name: "refused", End: today.AddDays(299), Refused: true}, {ID: 4, Name: "refused without end", Refused: true},
	}
	s := Summarise(items, DefaultThresholds, today)
	if s.Count(Expired) != 2 || s.Count(Fine) != 1 || s.Count(NoDate) != 0 || s.Oldest != 0 || s.Next != 3 {
		t.Errorf("%+v", s)
	}
	var first []int
	for _, it := range NeedsAttention(items, DefaultThresholds, today, 2) {
		first = append(first, it.ID)
	}
	if !slices.Equal(first, []int{3, 4}) {
		t.Errorf("of two, %v", first)
	}
}

// TestLastDayInLocalTime is the day of a renewal, in zones around the world: a
// key whose end is today is good until local midnight.
func TestLastDayInLocalTime(t *testing.T) {
	t.Parallel()
	r := &KeyRecord{Valid: true, End: Date{2026, 11, 23}}
	for _, zone := range []*time.Location{
		time.UTC, time.FixedZone("Kiritimati", 14*3600), time.FixedZone("Baker Island", -12*3600), time.FixedZone("Kathmandu", 5*3600+45*60),
	} {
		for clock, want := range map[time.Time]KeyState{
			time.Date(2026, 11, 23, 0, 0, 0, 0, zone):            KeyUrgent,
			time.Date(2026, 11, 23, 23, 59, 59, 999999999, zone): KeyUrgent,
			time.Date(2026, 11, 24, 0, 0, 0, 0, zone):            KeyExpired,
		} {
			if got := r.Standing(DefaultThresholds, DateOf(clock)).State; got != want {
				t.Errorf("%v: %v, want %v", clock, got, want)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		reminders []int
		want      Thresholds
	}{
		{nil, DefaultThresholds},
		{[]int{90, 30, 7, 1}, DefaultThresholds},
		{[]int{1, 7, 30, 90, 30}, DefaultThresholds},
		{[]int{180, 60, 14}, Thresholds{14, 60, 180}},
		{[]int{60}, Thresholds{7, 30, 60}},
		{[]int{20, 3}, Thresholds{7, 19, 20}},
		{[]int{180, 14}, Thresholds{7, 30, 180}},
		{[]int{10}, Thresholds{7, 9, 10}},
		{[]int{3}, Thresholds{1, 2, 3}},
		{[]int{1}, DefaultThresholds}, // too short for three limits
		{[]int{0}, DefaultThresholds},
	} {
		r := &KeyRecord{Block: Block{Reminders: tc.reminders}}
		if got := r.Limits(DefaultThresholds); got != tc.want {
			t.Errorf("%v: %+v, want %+v", tc.reminders, got, tc.want)
		}
	}
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	day := Date{2026, 11, 23}
	for _, tc := range []struct {
		name       string
		from       RenewalStart
		oldEnd     Date
		months     int
		begin, end Date
	}{
		{"from the old end, early", FromOldEnd, Date{2026, 12, 31}, 12, Date{2027, 1, 1}, Date{2027, 12, 31}},
		{"from the old end, late", FromOldEnd, Date{2026, 9, 30}, 12, Date{2026, 10, 1}, Date{2027, 9, 30}},
		{"from the old end, no end", FromOldEnd, Date{}, 12, Date{2026, 11, 23}, Date{2027, 11, 22}},
		{"from today", FromToday, Date{2026, 12, 31}, 12, Date{2026, 11, 23}, Date{2027, 11, 22}},
		{"today if ended, running", FromTodayIfEnded, Date{2026, 11, 26}, 12, Date{2026, 11, 27}, Date{2027, 11, 26}},
		{"today if ended, its last day", FromTodayIfEnded, day, 1, Date{2026, 11, 24}, Date{2026, 12, 23}},
		{"today if ended, ended", FromTodayIfEnded, Date{2026, 11, 22}, 12, Date{2026, 11, 23}, Date{2027, 11, 22}},
		{"29 February", FromOldEnd, Date{2028, 2, 29}, 12, Date{2028, 3, 1}, Date{2029, 2, 28}},
		{"31 January, a month", FromOldEnd, Date{2027, 1, 31}, 1, Date{2027, 2, 1}, Date{2027, 2, 28}},
	} {
		if begin, end := Renewal(tc.from, tc.oldEnd, day, tc.months); begin != tc.begin || end != tc.end {
			t.Errorf("%s: %v to %v, want %v to %v", tc.name, begin, end, tc.begin, tc.end)
		}
	}
}

func TestNormalAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://helpdesk.example.com":                 "helpdesk.example.com",
		"http://Helpdesk.Example.COM.:80/":             "helpdesk.example.com",
		"helpdesk.example.com:443":                     "helpdesk.example.com",
		"//helpdesk.example.com/glpi/":                 "helpdesk.example.com/glpi",
		" https://a:b@h.example.com:8443//glpi//x?y#z": "h.example.com:8443/glpi/x",
		"https://h.example.com/glpi/index.php":         "h.example.com/glpi",
		"https://h.example.com/glpi/apirest.php/":      "h.example.com/glpi",
		"https://h.example.com/apirest.php":            "h.example.com",
		"https://h.example.com/glpi/front/central.php": "h.example.com/glpi",
		"https://h.example.com/frontdesk":              "h.example.com/frontdesk",
		"https://bücher.example":                       "xn--bcher-kva.example",
		"https://XN--BCHER-KVA.example":                "xn--bcher-kva.example",
		"http://[2001:DB8::1]:8080/":                   "[2001:db8::1]:8080",
		"localhost":                                    "localhost",
		"":                                             "",
		"https://":                                     "",
		"two words":                                    "",
		"http://%zz":                                   "",
	} {
		if got := NormalAddress(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func kinds(doubts []KeyDoubt) []string {
	var out []string
	for _, d := range doubts {
		text := string(d.Kind)
		if d.Other != 0 {
			text += fmt.Sprint(" ", d.Other)
		}
		out = append(out, text)
	}
	return out
}

func TestDoubts(t *testing.T) {
	t.Parallel()
	server := &Facts{
		Endpoint: Endpoint{API: "https://10.0.0.5/glpi/apirest.php"}, URLBase: "https://helpdesk.example.com/glpi", NetworkID: "ID1",
	}
	given := Revocation{Date: today, Why: DepartureRevoked}
	said := func(end Date) Validation { return Validation{Time: time.Now(), Verdict: VerdictRunning, End: end} }
	for _, tc := range []struct {
		name   string
		record KeyRecord
		want   []string
	}{
		{"nothing known", KeyRecord{Valid: true}, nil},
		{"GLPI's own address", KeyRecord{Valid: true, Block: Block{BoundTo: "HELPDESK.example.com/glpi/", Instance: "ID1"}}, nil},
		{"the address signed in at", KeyRecord{Valid: true, Block: Block{BoundTo: "http://10.0.0.5/glpi"}}, nil},
		{"moved", KeyRecord{Valid: true, Block: Block{BoundTo: "https://old.example.com", Instance: "ID1"}}, []string{"address"}},
		{"address only", KeyRecord{Valid: true, Block: Block{BoundTo: "https://old.example.com"}}, []string{"address"}},
		{"installed anew", KeyRecord{Valid: true, Block: Block{BoundTo: "https://helpdesk.example.com/glpi", Instance: "ID0"}}, []string{"instance"}},
		{"another server's", KeyRecord{Valid: true, Block: Block{BoundTo: "https://x.example.com", Instance: "ID0", Plugin: "gone"}}, []string{"other-server"}},
		{"moved, address and instance", KeyRecord{Valid: true, Block: Block{BoundTo: "https://x.example.com", Instance: "ID0", Fingerprint: "used"}}, []string{"moved"}},
		{"wherever it runs", KeyRecord{Valid: true, Block: Block{BoundTo: "https://x.example.com", Scope: ScopePlugin}}, nil},
		{"revoked", KeyRecord{Block: Block{BoundTo: "https://old.example.com", Plugin: "gone", Revoked: given, Validated: said(today)}}, nil},
		{"revoked, GLPI says valid", KeyRecord{Valid: true, Block: Block{BoundTo: "https://old.example.com", Revoked: given}}, []string{"reopened"}},
		{"not revoked, GLPI says invalid", KeyRecord{Block: Block{BoundTo: "https://old.example.com"}}, []string{"invalid", "address"}},
		{"nobody can read whether it was revoked", KeyRecord{Damage: &Damage{Kind: DamageCut}}, nil},
		{"plugin there", KeyRecord{Valid: true, Block: Block{Plugin: "FormCreator"}}, nil},
		{"plugin gone", KeyRecord{Valid: true, Block: Block{Plugin: "fields"}}, []string{"gone"}},
		{"wrong period", KeyRecord{Valid: true, End: today, Block: Block{Begin: today.AddDays(1)}}, []string{"period"}},
		{"a day", KeyRecord{Valid: true, End: today, Block: Block{Begin: today}}, nil},
		{"no begin", KeyRecord{Valid: true, End: today}, nil},
		{"the vendor says the same end", KeyRecord{Valid: true, End: today, Block: Block{Validated: said(today)}}, nil},
		{"the vendor says no end", KeyRecord{Valid: true, End: today, Block: Block{Validated: said(Date{})}}, nil},
		{"the vendor says another end", KeyRecord{Valid: true, End: today, Block: Block{Validated: said(today.AddDays(1))}}, []string{"end"}},
		{"the vendor says an end, the record none", KeyRecord{Valid: true, Block: Block{Validated: said(today)}}, []string{"end"}},
	} {
		if diff := cmp.Diff(tc.want, kinds(tc.record.Doubts(server, "used", []InstalledPlugin{{Folder: "formcreator"}}))); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
	gone := KeyRecord{Valid: true, Block: Block{Plugin: "fields"}}
	if got := gone.Doubts(server, "", nil); got != nil {
		t.Errorf("the list of plugins was not read, and yet: %v", got)
	}
	if got := gone.Doubts(&Facts{}, "", []InstalledPlugin{}); len(got) != 1 {
		t.Errorf("a server without plugins: %v", got)
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	at := func(id int, plugin, address, text string) KeyRecord {
		return KeyRecord{ID: id, Valid: true, Product: Product{Name: "P " + plugin},
			Block: Block{Plugin: plugin, BoundTo: address, Fingerprint: Fingerprint(text)}}
	}
	records := []KeyRecord{
		at(1, "formcreator", "https://a.example.com/", "k1"),
		at(2, "formcreator", "http://A.example.com", "k2"),
		at(3, "formcreator", "https://b.example.com", "k3"),
		at(4, "fields", "https://a.example.com", "k1"),
		at(5, "formcreator", "https://a.example.com", "k5"), // revoked
		at(6, "formcreator", "https://a.example.com", "k6"), // renews 1
		at(7, "formcreator", "https://a.example.com", "k7"), // ended
		at(8, "", "https://a.example.com", "k8"),
		at(9, "", "https://a.example.com", "k9"),
	}
	records[4].Block.Revoked.Date = today
	records[5].Parent = 1
	records[6].End = today.AddDays(-1)
	x := IndexKeys(records)
	for id, want := range map[int][]string{
		1: {"same-text 4", "same-plugin 2"}, 2: {"same-plugin 1", "same-plugin 6"}, 3: nil, 4: {"same-text 1"},
		5: nil, 6: {"same-plugin 2"}, 7: nil, 8: {"same-plugin 9"},
	} {
		if diff := cmp.Diff(want, kinds(x.Duplicates(x.Record(id), today))); diff != "" {
			t.Errorf("record %d: %s", id, diff)
		}
	}
	fresh := at(0, "formcreator", "b.example.com", "k2")
	if diff := cmp.Diff([]string{"same-text 2", "same-plugin 3"}, kinds(x.Duplicates(&fresh, today))); diff != "" {
		t.Error("a new one:", diff)
	}
	keyless := KeyRecord{Valid: true}
	if got := x.Duplicates(&keyless, today); got != nil {
		t.Errorf("nothing known: %v", got)
	}
}

func TestSuccessors(t *testing.T) {
	t.Parallel()
	x := IndexKeys([]KeyRecord{
		{ID: 1, End: Date{2024, 1, 1}},
		{ID: 2, Parent: 1},
		{ID: 3, Parent: 1, End: Date{2026, 1, 1}},
		{ID: 4, Parent: 1, End: Date{2025, 6, 1}},
		{ID: 6, Parent: 7}, {ID: 7, Parent: 6},
		{ID: 8, Parent: 8}, // GLPI's form lets people make circles
	})
	for id, want := range map[int][]int{1: {4, 3, 2}, 2: nil, 6: {7}, 7: {6}, 8: nil, 42: nil} {
		var ids []int
		for _, r := range x.Successors(id) {
			ids = append(ids, r.ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("successors of %d: %s", id, diff)
		}
	}
}

func ExampleRenewal() {
	oldEnd, today := Date{2026, time.November, 26}, Date{2026, time.December, 3}
	for _, from := range []RenewalStart{FromOldEnd, FromToday, FromTodayIfEnded} {
		begin, end := Renewal(from, oldEnd, today, 12)
		fmt.Println(from, begin, end)
	}
	// Output:
	// old-end 2026-11-27 2027-11-26
	// today 2026-12-03 2027-12-02
	// today-if-ended 2026-12-03 2027-12-02
}

func FuzzNormalAddress(f *testing.F) {
	for _, s := range []string{"https://h.example.com:443/glpi/index.php", "[::1]:80", "bücher.example/a b", "http://%zz", "a://b://c", ".", "//"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := NormalAddress(text)
		if once == "" {
			return
		}
		if twice := NormalAddress(once); twice != once {
			t.Errorf("%q is %q, then %q", text, once, twice)
		}
	})
}

// BenchmarkIndexKeys is a list of 10,000 records, all looked at.
func BenchmarkIndexKeys(b *testing.B) {
	records := make([]KeyRecord, 10_000)
	for i := range records {
		records[i] = KeyRecord{ID: i + 1, Parent: i / 2, Valid: i%7 > 0, End: today.AddDays(i % 900),
			Block: Block{Fingerprint: Fingerprint(fmt.Sprint(i)), Plugin: fmt.Sprint("p", i%50), BoundTo: fmt.Sprintf("https://h%d.example.com/glpi", i%3989)}}
	}
	server := &Facts{URLBase: "https://h7.example.com/glpi", NetworkID: "x"}
	for b.Loop() {
		x := IndexKeys(records)
		for i := range records {
			_ = slices.Concat(x.Duplicates(&records[i], today), records[i].Doubts(server, "", nil))
		}
	}
}
