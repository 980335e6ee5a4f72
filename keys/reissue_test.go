package keys

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func movedRecord() *KeyRecord {
	return &KeyRecord{
		Name: "GLPI Network 2026", Product: Product{Name: "GLPI Network"}, Number: "PO-2231", Contact: "support@example.com", End: today, Valid: true,
		Block: Block{
			Fingerprint: Fingerprint("k"), BoundTo: "https://old.example.com", Instance: "ID0", Owner: "Example",
			Text: NewKeyText("k"), Kept: PlaceGLPI, Scope: ScopeInstance,
		},
	}
}

func TestReissueRequest(t *testing.T) {
	t.Parallel()
	r := movedRecord()
	server := &Facts{Endpoint: Endpoint{API: "https://new.example.com/apirest.php"}, NetworkID: "ID1"}
	want := ReissueRequest{
		Reason: ReissueBoth, Reasons: []ReissueReason{ReissueBoth, ReissueAgain, ReissueLost},
		Product: "GLPI Network", Subscription: "Standard", Owner: "Example SA", Number: "PO-2231", Fingerprint: Fingerprint("k"), End: today,
		To: "support@example.com", BoundAddress: "https://old.example.com", Address: "https://new.example.com", BoundInstance: "ID0", Instance: "ID1",
	}
	got := NewReissueRequest(r, &Subscription{Title: "Standard", Owner: "Example SA"}, server)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = NewReissueRequest(r, nil, nil)
	if !got.Release || got.Address != "" || got.Instance != "" || got.Reasons != nil || got.Reason != "" || got.Owner != "Example" || !got.Key.Empty() {
		t.Errorf("a release: %+v", got)
	}
}

// TestReissueReasons: a message says nothing that is not so.
func TestReissueReasons(t *testing.T) {
	t.Parallel()
	const old, behind = "https://old.example.com", "http://10.0.0.5/glpi"
	same := Facts{Endpoint: Endpoint{API: old + "/apirest.php"}, URLBase: old, NetworkID: "ID0"}
	for name, tc := range map[string]struct {
		record  func(*KeyRecord)
		server  func(*Facts)
		verdict Verdict
		want    []ReissueReason
		address string
	}{
		"nothing has changed":   {want: []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"written in other ways": {record: func(r *KeyRecord) { r.Block.BoundTo = "HTTPS://Old.example.com:443/" }, want: []ReissueReason{ReissueAgain, ReissueLost}, address: "HTTPS://Old.example.com:443/"},
		"reached in another way": {
			server: func(f *Facts) { f.API = behind + "/apirest.php" }, want: []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"bound to that way": {
			record: func(r *KeyRecord) { r.Block.BoundTo = behind }, server: func(f *Facts) { f.API = behind + "/apirest.php" },
			want: []ReissueReason{ReissueAgain, ReissueLost}, address: behind},
		"address": {
			server: func(f *Facts) { f.API, f.URLBase = "https://new.example.com/apirest.php", "https://new.example.com" },
			want:   []ReissueReason{ReissueAddress, ReissueAgain, ReissueLost}, address: "https://new.example.com"},
		"instance":              {server: func(f *Facts) { f.NetworkID = "ID1" }, want: []ReissueReason{ReissueInstance, ReissueAgain, ReissueLost}, address: old},
		"instance not made yet": {server: func(f *Facts) { f.NetworkID = "" }, want: []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"bound to nothing": {
			record: func(r *KeyRecord) { r.Block.BoundTo, r.Block.Instance = "", "" }, want: []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"a plugin wherever it runs": {
			record: func(r *KeyRecord) { r.Block.BoundTo, r.Block.Scope = "https://other.example.com", ScopePlugin },
			want:   []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"invalid":            {verdict: VerdictInvalid, want: []ReissueReason{ReissueRefused, ReissueAgain, ReissueLost}, address: old},
		"invalid before":     {record: func(r *KeyRecord) { r.Block.Validated.Verdict = VerdictInvalid }, want: []ReissueReason{ReissueRefused, ReissueAgain, ReissueLost}, address: old},
		"invalid, not now":   {record: func(r *KeyRecord) { r.Block.Validated.Verdict = VerdictInvalid }, verdict: VerdictRunning, want: []ReissueReason{ReissueAgain, ReissueLost}, address: old},
		"moved and invalid":  {server: func(f *Facts) { f.NetworkID = "ID1" }, verdict: VerdictInvalid, want: []ReissueReason{ReissueInstance, ReissueRefused, ReissueAgain, ReissueLost}, address: old},
		"its text is broken": {record: func(r *KeyRecord) { r.Damage = &Damage{Kind: DamageCut} }, want: []ReissueReason{ReissueLost, ReissueAgain}, address: old},
		"given up":           {record: func(r *KeyRecord) { r.Valid, r.Block.Revoked.Date = false, today }, server: func(f *Facts) { f.NetworkID = "ID1" }, want: []ReissueReason{ReissueInstance, ReissueAgain, ReissueLost}, address: old},
	} {
		r, server := movedRecord(), same
		if tc.record != nil {
			tc.record(r)
		}
		if tc.server != nil {
			tc.server(&server)
		}
		q := NewReissueRequest(r, &Subscription{Verdict: tc.verdict}, &server)
		if diff := cmp.Diff(tc.want, q.Reasons); diff != "" || q.Reason != tc.want[0] || q.Address != tc.address || q.Instance != server.NetworkID {
			t.Errorf("%s: %s %+v", name, diff, q)
		}
	}
}
