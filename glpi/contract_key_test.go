package glpi

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"glpikeys/keys"
)

// sampleKey is a text that looks like GLPI Network's keys: base64 of JSON.
func sampleKey(t *testing.T, length int) string {
	t.Helper()
	noise := make([]byte, length)
	_, _ = rand.Read(noise)
	json := fmt.Sprintf(`{"owner":"Contract Ltd","signature":"%x`, noise)
	return base64.StdEncoding.EncodeToString([]byte(json[:length*3/4-2] + `"}`))
}

// keyType makes the licence type, and takes it away with the test when it was
// not there.
func keyType(t *testing.T, s *Session) {
	t.Helper()
	ctx := t.Context()
	has, err := s.HasKeyType(ctx)
	if err != nil || has {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	var p *keys.Problem
	_, err = s.CreateKeyRecord(ctx, keys.KeyRecord{Product: keys.Product{Name: "contract"}, Valid: true})
	if !errors.As(err, &p) || p.Cause != keys.KeyTypeMissing {
		t.Errorf("a record without the type: %v", err)
	}
	if err := s.AddKeyType(ctx); err != nil {
		t.Fatal(err)
	}
	types, err := s.keyTypes(ctx)
	if err != nil || len(types) != 1 {
		t.Fatalf("types %v, %v", types, err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		if used, err := s.KeyRecords(ctx, nil); err != nil || len(used) > 0 {
			t.Logf("the licence type stays, %d records use it, %v", len(used), err)
			return
		}
		if err := s.Delete(ctx, kindKeyType, types[0], true); err != nil {
			t.Error(err)
		}
	})
}

// newKeyRecord makes a record that goes away with the test, and so do a product
// and a supplier that it made.
func newKeyRecord(t *testing.T, s *Session, record keys.KeyRecord) int {
	t.Helper()
	id, err := s.CreateKeyRecord(t.Context(), record)
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, kindLicence, id)
	return id
}

// purgeNamed takes away what a test made under a name of its own.
func purgeNamed(t *testing.T, s *Session, kind, name string) {
	t.Helper()
	t.Cleanup(func() {
		rows, err := List[dropdownRow](context.Background(), s, kind, Filter{Contains: map[string]string{"name": anchored(name)}})
		if err != nil || len(rows) > 1 {
			t.Errorf("%d of %s %q, %v", len(rows), kind, name, err)
		}
		for _, row := range rows {
			if err := s.Delete(context.Background(), kind, int(row.ID), true); err != nil {
				t.Errorf("clean up of %s %q: %v", kind, name, err)
			}
		}
	})
}

// sameRecord compares what was asked for with what GLPI has.
func sameRecord(t *testing.T, about string, want, got keys.KeyRecord) {
	t.Helper()
	diff := cmp.Diff(want, got, cmpopts.IgnoreFields(keys.KeyRecord{}, "ID", "Created", "Changed"),
		cmpopts.IgnoreFields(keys.Product{}, "ID"), cmp.Comparer(keys.KeyText.Equal))
	if diff != "" {
		t.Errorf("%s: %s", about, diff)
	}
}

func contractKeys(t *testing.T, s *Session) {
	keyType(t, s)
	ctx, f := t.Context(), s.Facts()
	deep := f.Entities[len(f.Entities)-1]
	tag := rand.Text()[:8]
	product, supplier := "contract product <"+tag+"> & Co", "contract supplier <"+tag+"> & Co"
	purgeNamed(t, s, kindSupplier, supplier)
	purgeNamed(t, s, kindSoftware, product)
	long, short := sampleKey(t, 4000), sampleKey(t, 564)
	block := func(text string) keys.Block {
		return keys.Block{Record: newUUID(), Text: keys.NewKeyText(text), Kept: keys.PlaceGLPI, Fingerprint: keys.Fingerprint(text)}
	}
	full := keys.KeyRecord{
		Name: "contract " + awkward, Product: keys.Product{Name: product}, Entity: deep, Below: true,
		End: keys.Date{Year: 2031, Month: 2, Day: 28}, Valid: true, Supplier: supplier,
		Contact: "Ana <ana@example.com>", ContactNum: "+33 1 & 2", Number: "PO-" + awkward,
		Notes: "Notes, " + awkward + "\nsecond line", Block: block(long),
	}
	full.Block.BoundTo, full.Block.Instance = "https://helpdesk.example.com/glpi?a=b&c=<d>", "kJ2wQxT"
	full.Block.Scope, full.Block.Vendor, full.Block.Owner = keys.ScopeInstance, keys.GLPINetwork, "Müller & Söhne <SA>"
	full.Block.Begin, full.Block.AutoRenews, full.Block.Reminders = keys.Date{Year: 2030, Month: 3, Day: 1}, true, []int{60, 5}
	full.Block.Validated = keys.Validation{Time: time.Now().UTC().Truncate(time.Second), Verdict: keys.VerdictRunning, Message: "fine; & good", From: keys.AskedHere, End: keys.Date{Year: 2031, Month: 3, Day: 31}}

	fullID := newKeyRecord(t, s, full)
	got, err := s.KeyRecord(ctx, fullID)
	if err != nil {
		t.Fatal(err)
	}
	sameRecord(t, "created and read", full, got)
	if got.Block.Text.Reveal() != long {
		t.Errorf("the key of 4,000 characters came back with %d", len(got.Block.Text.Reveal()))
	}
	if since := time.Since(got.Created); got.Product.ID == 0 || since < -time.Minute || since > 2*time.Minute {
		t.Errorf("product %v, created %v ago (%v)", got.Product, since, got.Created)
	}

	// The next one finds product and supplier.
	successor := keys.KeyRecord{
		Name: "contract successor", Product: keys.Product{Name: strings.ToUpper(product)}, Entity: deep, Valid: false,
		Supplier: supplier, Parent: fullID, Block: block(short),
	}
	successorID := newKeyRecord(t, s, successor)
	if got, err = s.KeyRecord(ctx, successorID); err != nil {
		t.Fatal(err)
	}
	successor.Product.Name = product
	sameRecord(t, "is not valid", successor, got)

	plain := keys.KeyRecord{Name: "contract subscription", Product: got.Product, Entity: f.Entity, Valid: true, Block: keys.Block{Record: newUUID(), Kept: keys.PlaceNowhere}}
	plainID := newKeyRecord(t, s, plain)

	done, total := 0, 0
	list, err := s.KeyRecords(ctx, func(d, n int) { done, total = d, n })
	if err != nil || done != total || done < len(list) {
		t.Fatalf("%d records, progress %d of %d, %v", len(list), done, total, err)
	}
	full.Block.Text, successor.Block.Text = keys.KeyText{}, keys.KeyText{}
	for id, want := range map[int]keys.KeyRecord{fullID: full, successorID: successor, plainID: plain} {
		at := slices.IndexFunc(list, func(r keys.KeyRecord) bool { return r.ID == id })
		if at < 0 {
			t.Fatalf("%d is not listed", id)
		}
		sameRecord(t, "listed", want, list[at])
	}
	products, err := s.Products(ctx, "PRODUCT <"+tag)
	if err != nil || len(products) != 1 || products[0] != got.Product {
		t.Errorf("products %v, %v", products, err)
	}
	row, err := Get[keyRow](ctx, s, kindLicence, fullID)
	if err != nil || string(row.Serial) != full.Block.Fingerprint {
		t.Errorf("serial of a long key: %q, %v", row.Serial, err)
	}
	if strings.Contains(fmt.Sprintf("%+v %#v", list, got), long[:40]) {
		t.Error("a key is printed")
	}
}

func contractKeyEdits(t *testing.T, s *Session) {
	keyType(t, s)
	ctx := t.Context()
	text := sampleKey(t, 120)
	// People's notes around the block, as GLPI's form leaves them.
	start := keys.KeyRecord{
		Name: "contract edits", Product: keys.Product{ID: 1}, Valid: true, Entity: s.Facts().Entity,
		Block: keys.Block{Record: newUUID(), Text: keys.NewKeyText(text), Kept: keys.PlaceGLPI},
	}
	id := newKeyRecord(t, s, start)
	row, err := Get[keyRow](ctx, s, kindLicence, id)
	if err != nil || string(row.Serial) != text {
		t.Fatalf("a short key's serial: %d characters, %v", len(row.Serial), err)
	}
	above, below := "Ask "+awkward+" first\r\n\r\n  indented\t\r\n\r\n", "\r\n\r\nbelow & <beyond>\r\n  "
	block := strings.ReplaceAll(strings.TrimSpace(string(row.Comment)), "\n", "\r\n")
	if _, err := s.Update(ctx, kindLicence, id, Fields{"comment": above + block + below, "number": 3, "serial": "by hand"}); err != nil {
		t.Fatal(err)
	}
	if row, err = Get[keyRow](ctx, s, kindLicence, id); err != nil {
		t.Fatal(err)
	}
	stored := string(row.Comment) // GLPI may trim
	at := strings.Index(stored, "-----BEGIN")
	end := strings.Index(stored, "-----END GLPI REGISTRATION KEY-----") + len("-----END GLPI REGISTRATION KEY-----")
	got, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
		if r.Block.Text.Reveal() != text {
			t.Error("the key did not survive the form")
		}
		r.Block.Revoked = keys.Revocation{Date: keys.Date{Year: 2026, Month: 11, Day: 23}, Reason: "moved & <closed>"}
		r.Valid, r.End = false, keys.Date{Year: 2029, Month: 12, Day: 31}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Valid || got.End.Year != 2029 || got.Block.Revoked.Reason != "moved & <closed>" || got.Block.Text.Reveal() != text {
		t.Errorf("after the change: %+v", got)
	}
	after, err := Get[keyRow](ctx, s, kindLicence, id)
	if err != nil {
		t.Fatal(err)
	}
	if c := string(after.Comment); !strings.HasPrefix(c, stored[:at]) || !strings.HasSuffix(c, stored[end:]) {
		t.Errorf("notes changed from\n%q to\n%q", stored, c)
	}
	if after.Serial != "by hand" {
		t.Errorf("serial is %q", after.Serial)
	}

	// GLPI's form sends the number of seats, and makes the licence valid.
	if _, err := s.Update(ctx, kindLicence, id, Fields{"number": 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.KeyRecord(ctx, id); err != nil || !got.Valid || !got.Closed() {
		t.Errorf("revoked, and saved in GLPI: %+v, %v", got, err)
	}

	// What did not change is not written, and an error of edit stops it.
	if _, err := s.UpdateKeyRecord(ctx, id, func(*keys.KeyRecord) error { return nil }); err != nil {
		t.Error(err)
	}
	stop := errors.New("stop")
	if _, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { r.Name = "no"; return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}

	// Somebody else writes while edit runs: both changes are there afterwards.
	times := 0
	got, err = s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
		if times++; times == 1 {
			other := strings.Replace(string(after.Comment), "Ask ", "Somebody else: ask ", 1)
			if _, err := s.Update(ctx, kindLicence, id, Fields{"comment": other}); err != nil {
				t.Error(err)
			}
		}
		r.Block.Owner = "Contract Ltd"
		r.Supplier, r.Number = "", "N-1"
		return nil
	})
	if err != nil || times != 2 || got.Block.Owner != "Contract Ltd" || !strings.HasPrefix(got.Notes, "Somebody else: ask") || got.Number != "N-1" {
		t.Errorf("two at once, %d times: %+v, %v", times, got, err)
	}
	if _, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
		times++
		if _, err := s.Update(ctx, kindLicence, id, Fields{"comment": fmt.Sprint("note ", times)}); err != nil {
			t.Error(err)
		}
		r.Notes = "mine"
		return nil
	}); keys.CauseOf(err) != keys.KeyRecordBusy {
		t.Errorf("a comment that keeps changing: %v", err)
	}

	// A new text: the serial number follows.
	renewed := sampleKey(t, 100)
	if _, err := s.Update(ctx, kindLicence, id, Fields{"comment": string(after.Comment)}); err != nil {
		t.Fatal(err)
	}
	got, err = s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
		r.Block.Text, r.Block.Fingerprint = keys.NewKeyText(renewed), keys.Fingerprint(renewed)
		return nil
	})
	if err != nil || got.Block.Text.Reveal() != renewed {
		t.Fatal(err)
	}
	if row, err = Get[keyRow](ctx, s, kindLicence, id); err != nil || string(row.Serial) != renewed {
		t.Errorf("serial after a new key: %v", err)
	}

	// Damage is refused, other columns are not.
	damaged := strings.Replace(string(row.Comment), "-----END GLPI REGISTRATION KEY-----", "-----END GLPI REG", 1)
	if _, err := s.Update(ctx, kindLicence, id, Fields{"comment": damaged}); err != nil {
		t.Fatal(err)
	}
	_, err = s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
		if r.Damage == nil {
			t.Error("no damage")
		}
		r.Name, r.Block.Owner = "no", "no"
		return nil
	})
	if keys.CauseOf(err) != keys.BlockDamaged {
		t.Errorf("a damaged block: %v", err)
	}
	got, err = s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { r.Contact = "somebody"; return nil })
	if err != nil || got.Damage == nil || got.Contact != "somebody" || got.Name != start.Name {
		t.Errorf("%+v, %v", got, err)
	}
	if row, err = Get[keyRow](ctx, s, kindLicence, id); err != nil || string(row.Comment) != damaged {
		t.Errorf("the damaged comment was written: %v", err)
	}
	list, err := s.KeyRecords(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(list, func(r keys.KeyRecord) bool { return r.ID == id }); i < 0 || list[i].Damage == nil || !list[i].Damage.Comment.Empty() {
		t.Errorf("listed at %d: %+v", i, list)
	}

	if _, err := s.UpdateKeyRecord(ctx, 98765432, func(*keys.KeyRecord) error { return nil }); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("a missing record: %v", err)
	}
}

// contractKeyByHand is a licence that somebody made in GLPI with the type.
func contractKeyByHand(t *testing.T, s *Session) {
	keyType(t, s)
	ctx := t.Context()
	types, err := s.keyTypes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	text := sampleKey(t, 200)
	id := newLicence(t, s, Fields{"name": "contract by hand", "serial": text, "comment": "by hand", "softwarelicensetypes_id": types[0], "number": 1})
	got, err := s.KeyRecord(ctx, id)
	if err != nil || got.Block.Fingerprint != keys.Fingerprint(text) || got.Block.Text.Reveal() != text || got.Notes != "by hand" || !got.Valid {
		t.Fatalf("%+v, %v", got, err)
	}
	got, err = s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { r.Block.Trial = true; return nil })
	if err != nil || !got.Block.Trial || got.Block.Record == "" || got.Block.Text.Reveal() != text || got.Notes != "by hand" {
		t.Errorf("adopted: %+v, %v", got, err)
	}
	if err := s.Delete(ctx, kindLicence, id, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeyRecord(ctx, id); keys.CauseOf(err) != keys.NotFound {
		t.Errorf("in the trash: %v", err)
	}
}

// contractKeyInvalid is a key that GLPI calls invalid because its licence is
// installed more often than bought: nobody gave it up.
func contractKeyInvalid(t *testing.T, s *Session) {
	keyType(t, s)
	ctx, f := t.Context(), s.Facts()
	const kindInstallation = "Item_SoftwareLicense"
	id := newKeyRecord(t, s, keys.KeyRecord{
		Name: "contract installed twice", Product: keys.Product{ID: 1}, Entity: f.Entity, Valid: true,
		End: keys.DateOf(time.Now()).AddDays(20), Block: keys.Block{Record: newUUID(), Kept: keys.PlaceNowhere},
	})
	read := func(about string, valid, closed bool, doubts ...keys.KeyDoubtKind) {
		t.Helper()
		alone, err := s.KeyRecord(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.KeyRecords(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(list, func(r keys.KeyRecord) bool { return r.ID == id })
		if at < 0 {
			t.Fatal("it is not listed")
		}
		for _, r := range []*keys.KeyRecord{&alone, &list[at]} {
			var kinds []keys.KeyDoubtKind
			for _, d := range r.Doubts(&f, "", nil) {
				kinds = append(kinds, d.Kind)
			}
			live := r.Standing(keys.DefaultThresholds, keys.DateOf(time.Now())).State.Live()
			if r.Valid != valid || r.Closed() != closed || live == closed || !slices.Equal(kinds, doubts) {
				t.Errorf("%s: valid %v, closed %v, live %v, doubts %v", about, r.Valid, r.Closed(), live, kinds)
			}
		}
	}
	var last int
	for i, want := range []bool{true, false} {
		computer, err := s.Create(ctx, "Computer", Fields{"name": fmt.Sprint("contract computer ", i), "entities_id": f.Entity.ID})
		if err != nil {
			t.Fatal(err)
		}
		purgeLater(t, s, "Computer", computer.ID)
		tie, err := s.Create(ctx, kindInstallation, Fields{"itemtype": "Computer", "items_id": computer.ID, "softwarelicenses_id": id})
		if err != nil {
			t.Fatal(err)
		}
		last = tie.ID
		if want {
			read("installed once", true, false)
		}
	}
	read("installed twice", false, false, keys.DoubtInvalid)

	set := func(change func(*keys.KeyRecord)) {
		t.Helper()
		if _, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { change(r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(func(r *keys.KeyRecord) { r.Valid = true })
	read("called valid here", true, false)
	set(func(r *keys.KeyRecord) { r.Contact = "somebody" })
	read("edited here", true, false)
	if _, err := s.Update(ctx, kindLicence, id, Fields{"number": 1}); err != nil { // as GLPI's form does
		t.Fatal(err)
	}
	read("saved in GLPI's form", false, false, keys.DoubtInvalid)
	if err := s.Delete(ctx, kindInstallation, last, true); err != nil {
		t.Fatal(err)
	}
	read("installed once again", true, false)

	set(func(r *keys.KeyRecord) {
		r.Valid, r.Block.Revoked = false, keys.Revocation{Date: keys.DateOf(time.Now()), Why: keys.DepartureRevoked}
	})
	read("revoked", false, true)
	if _, err := s.Update(ctx, kindLicence, id, Fields{"number": 1}); err != nil {
		t.Fatal(err)
	}
	read("revoked, and saved in GLPI's form", true, true, keys.DoubtReopened)
	set(func(r *keys.KeyRecord) { r.Valid = false })
	read("called invalid again", false, true)
}

func contractKeyHistory(t *testing.T, s *Session) {
	keyType(t, s)
	ctx, f := t.Context(), s.Facts()
	text := sampleKey(t, 150)
	id := newKeyRecord(t, s, keys.KeyRecord{Name: "contract history", Product: keys.Product{ID: 1}, Entity: f.Entity, Valid: true})
	for _, edit := range []func(*keys.KeyRecord){
		func(r *keys.KeyRecord) { r.Name = "contract history & more" },
		func(r *keys.KeyRecord) {
			r.Block.Text, r.Block.Kept, r.Block.Fingerprint = keys.NewKeyText(text), keys.PlaceGLPI, keys.Fingerprint(text)
		},
		func(r *keys.KeyRecord) { r.End, r.Valid = keys.Date{Year: 2030, Month: 1, Day: 2}, false },
	} {
		if _, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { edit(r); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	events, err := s.KeyHistory(ctx, id)
	if err != nil || len(events) < 5 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	found := map[string]keys.KeyEvent{}
	for i, e := range events {
		found[e.Field] = e
		if e.Who == "" || strings.Contains(e.Who, "(") || e.Time.IsZero() || i > 0 && e.Time.After(events[i-1].Time) {
			t.Errorf("%+v", e)
		}
		if strings.Contains(e.Old+e.New, text[:30]) {
			t.Errorf("a key in %q", e.Field)
		}
	}
	if last := events[len(events)-1]; last.Field != "created" || time.Since(last.Time).Abs() > 2*time.Minute {
		t.Errorf("first of all: %+v", last)
	}
	for field, value := range map[string]string{"name": "contract history & more", "expire": "2030-01-02", "is_valid": "0"} {
		if found[field].New != value {
			t.Errorf("%s: %+v", field, found[field])
		}
	}
	for _, field := range []string{"serial", "comment", "is_valid"} {
		if _, ok := found[field]; !ok {
			t.Errorf("no %s in %+v", field, events)
		}
	}
	t.Logf("%+v", events)
}

// contractKeyTwice loses answers of creations.
func contractKeyTwice(t *testing.T, s *Session) {
	keyType(t, s)
	ctx, f := t.Context(), s.Facts()
	for _, how := range []string{"reset", "502", "timeout"} {
		record := keys.KeyRecord{
			Name: "contract twice " + how, Product: keys.Product{ID: 1}, Entity: f.Entity, Valid: true,
			Block: keys.Block{Record: newUUID(), Text: keys.NewKeyText(sampleKey(t, 564)), Kept: keys.PlaceGLPI},
		}
		undo := loseAnswers(s, how, http.MethodPost, "/"+kindLicence)
		id, err := s.CreateKeyRecord(ctx, record)
		undo()
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		purgeLater(t, s, kindLicence, id)
		again, err := s.CreateKeyRecord(ctx, record)
		if err != nil || again != id {
			t.Errorf("%s: again %d, first %d, %v", how, again, id, err)
		}
		rows, err := List[licence](ctx, s, kindLicence, Filter{Contains: map[string]string{"name": anchored(record.Name)}})
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %d licences, %v", how, len(rows), err)
		}
		undo = loseAnswers(s, how, http.MethodPut, fmt.Sprintf("/%s/%d", kindLicence, id))
		got, err := s.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error {
			r.Block.Owner, r.Below, r.End, r.Valid = "Contract", true, keys.Date{Year: 2030, Month: 1, Day: 1}, false
			return nil
		})
		undo()
		if err != nil || got.Block.Owner != "Contract" || got.Valid || !got.Below {
			t.Errorf("%s: %+v, %v", how, got, err)
		}
	}
}

// loseAnswers makes calls arrive and their answers disappear, until undone.
func loseAnswers(s *Session, how, method, path string) (undo func()) {
	client, timeout := s.c.http.GetClient(), s.c.o.Timeout
	client.Transport = losing{s.c.transport, how, method, path}
	if how == "timeout" {
		s.c.o.Timeout = 3 * time.Second
	}
	return func() { client.Transport, s.c.o.Timeout = s.c.transport, timeout }
}

type losing struct {
	next              http.RoundTripper
	how, method, path string
}

func (l losing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err != nil || r.Method != l.method || !strings.HasSuffix(r.URL.Path, l.path) {
		return answer, err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	switch l.how {
	case "reset":
		return nil, io.ErrUnexpectedEOF
	case "502":
		return &http.Response{
			StatusCode: 502, Header: http.Header{"Content-Type": {"text/html"}}, Request: r, ProtoMajor: 1, ProtoMinor: 1,
			Body: io.NopCloser(strings.NewReader("<title>502 Bad Gateway</title>")),
		}, nil
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// contractInstalledKey writes GLPI's own setting: only where it holds no key,
// or one of an earlier run, because nobody can put another one back.
func contractInstalledKey(t *testing.T, s *Session) {
	ctx := t.Context()
	first, err := s.InstalledKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if first.Present && strings.HasPrefix(t.Name(), "TestLive") {
		t.Skip("a key is installed; it could not be put back")
	}
	_, pluginErr := s.Plugin(ctx)
	t.Cleanup(func() {
		if _, err := s.InstallKey(context.Background(), ""); err != nil {
			t.Errorf("clean up: %v", err)
		}
	})
	marks := map[string]bool{}
	for _, length := range []int{564, 4000, 4000, 1} {
		text := "k"
		if length > 1 {
			text = sampleKey(t, length)
		}
		installed, err := s.InstallKey(ctx, "\n "+text+" \r\n")
		if err != nil {
			t.Fatal(err)
		}
		want := keys.InstalledKey{Present: true, Mark: installed.Mark, Length: len(text), Written: installed.Written, By: s.Facts().User.Login}
		if time.Since(installed.Written).Abs() > 2*time.Minute {
			t.Errorf("written at %v", installed.Written)
		}
		if pluginErr == nil {
			want.Fingerprint = keys.Fingerprint(text)
		}
		if installed != want || len(installed.Mark) != 64 || marks[installed.Mark] {
			t.Errorf("installed %+v, want %+v", installed, want)
		}
		marks[installed.Mark] = true
		if again, err := s.InstalledKey(ctx); err != nil || again != installed {
			t.Errorf("read again: %+v, %v", again, err)
		}
	}
	for _, how := range []string{"reset", "502"} {
		undo := loseAnswers(s, how, http.MethodPut, "/Config/1")
		text := sampleKey(t, 564)
		installed, err := s.InstallKey(ctx, text)
		undo()
		if err != nil || installed.Length != len(text) || marks[installed.Mark] {
			t.Errorf("%s: %+v, %v", how, installed, err)
		}
	}
	cleared, err := s.InstallKey(ctx, "")
	if err != nil || cleared != (keys.InstalledKey{}) {
		t.Errorf("cleared: %+v, %v", cleared, err)
	}
	if now, err := s.InstalledKey(ctx); err != nil || now.Present {
		t.Errorf("after clearing: %+v, %v", now, err)
	}
	for _, bad := range []string{"two\nlines", "a b", "A<B", "A&B", "clé"} {
		if _, err := s.InstallKey(ctx, bad); keys.CauseOf(err) != keys.BadValue {
			t.Errorf("%q: %v", bad, err)
		}
	}
	plugins, err := s.InstalledPlugins(ctx)
	if err != nil || pluginErr == nil && !slices.ContainsFunc(plugins, func(p keys.InstalledPlugin) bool { return p.Folder == "glpikeys" && p.Active }) {
		t.Errorf("plugins %+v, %v", plugins, err)
	}
}

// contractKeyTechnician is what somebody can do with keys who may write
// licences and neither read GLPI's dropdowns, nor its setup, nor financial
// data: GLPI's own account tech, with its default rights.
func contractKeyTechnician(t *testing.T, s *Session) {
	keyType(t, s)
	ctx, f := t.Context(), s.Facts()
	tech, err := SignIn(ctx, f.Endpoint, keys.Via{Proxy: keys.ProxyDirect}, keys.Credentials{User: "tech", Password: "tech"}, Options{})
	if err != nil {
		t.Skip("no account tech: ", err)
	}
	t.Cleanup(func() { _ = tech.Close(context.Background()) })
	if rights := tech.Facts(); rights.Can("dropdown", keys.Read) || rights.Can("config", keys.Read) || !rights.Can("license", keys.Create) {
		t.Skip("tech has other rights than GLPI gives it")
	}
	supplier := "contract supplier " + rand.Text()[:8]
	purgeNamed(t, s, kindSupplier, supplier)
	text := sampleKey(t, 564)
	mine := keys.KeyRecord{
		Name: "contract of the administrator", Product: keys.Product{ID: 1}, Entity: f.Entity, Below: true, Valid: true, Supplier: supplier,
		Block: keys.Block{Record: newUUID(), Text: keys.NewKeyText(text), Kept: keys.PlaceGLPI},
	}
	id := newKeyRecord(t, s, mine)
	list, err := tech.KeyRecords(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list, func(r keys.KeyRecord) bool { return r.ID == id })
	if at < 0 || list[at].Product.Name == "" || list[at].Entity.Path == "" || list[at].Supplier != "" {
		t.Errorf("at %d of %d: %+v", at, len(list), list)
	}
	got, err := tech.UpdateKeyRecord(ctx, id, func(r *keys.KeyRecord) error { r.Block.Owner = "tech"; return nil })
	if err != nil || got.Block.Owner != "tech" || got.Block.Text.Reveal() != text {
		t.Errorf("%+v, %v", got, err)
	}
	if now, err := s.KeyRecord(ctx, id); err != nil || now.Supplier != supplier {
		t.Errorf("the supplier is %q, %v", now.Supplier, err)
	}
	other := keys.KeyRecord{Name: "contract of tech", Product: keys.Product{ID: 1}, Entity: f.Entity, Valid: true, Supplier: supplier, Block: keys.Block{Record: newUUID()}}
	var p *keys.Problem
	if _, err := tech.CreateKeyRecord(ctx, other); !errors.As(err, &p) || p.Cause != keys.NoRight || p.Field != keys.KeyFieldSupplier {
		t.Errorf("with a supplier: %v", err)
	}
	other.Supplier = ""
	own, err := tech.CreateKeyRecord(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	purgeLater(t, s, kindLicence, own)
	for what, err := range map[string]error{
		"installed key": second(tech.InstalledKey(ctx)), "install key": second(tech.InstallKey(ctx, text)), "plugins": second(tech.InstalledPlugins(ctx)),
		"subscription": second(tech.Subscription(ctx)), "history": second(tech.KeyHistory(ctx, id)),
	} {
		if keys.CauseOf(err) != keys.NoRight {
			t.Errorf("%s: %v", what, err)
		}
	}
	if has, err := tech.HasKeyType(ctx); err != nil || !has {
		t.Errorf("the type that a record has: %v, %v", has, err)
	}
}

func second[T any](_ T, err error) error { return err }
