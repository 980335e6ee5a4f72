package keys

import (
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fullBlock uses every field.
func fullBlock(text string) Block {
	return Block{
		Record: "0b5e7a3c-6f0e-4a53-9f6e-2f3d3c1b8a77", Fingerprint: Fingerprint(text),
		BoundTo: "https://helpdesk.example.com/glpi", Instance: "kJ2w9QxT", Scope: ScopePluginURL,
		Vendor: "Teclib’ & Söhne <x>", Plugin: "formcreator", Owner: "Example SA", Kept: PlaceGLPI,
		Begin: Date{2025, 11, 26}, Trial: true, AutoRenews: true, ClosesParent: true, Reminders: []int{180, 30, 1},
		Validated: Validation{time.Date(2026, 11, 22, 9, 30, 5, 0, time.UTC), VerdictTerminated, "Over; \"really\": yes", AskedByGLPI, Date{2026, 11, 20}},
		Reissue:   Reissue{ReissueRequested, Date{2026, 11, 23}, "https://new.example.com/?a=1;b", "Zz9"},
		Revoked:   Revocation{Date{2026, 11, 24}, DepartureReleased, "sold; closed"},
		Steps:     []Step{{Date{2026, 1, 26}, StepSubscribed, ""}, {Date{2026, 2, 1}, StepInstalled, "o'neil x"}},
		Text:      NewKeyText(text),
	}
}

// formSaved is a comment after somebody saved GLPI's form with it.
func formSaved(comment string) string {
	return strings.ReplaceAll(strings.ReplaceAll(comment, "\r\n", "\n"), "\n", "\r\n")
}

func mustWrite(t testing.TB, comment string, b Block) string {
	t.Helper()
	out, err := WriteComment(comment, b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBlockRoundTrip(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"564 characters":    networkKey(564),
		"4,000 characters":  networkKey(4000),
		"groups":            "ABCD-EFGH-IJKL",
		"like base64":       "ABCDEFGH",
		"base64 unpadded":   "QUJDRA",
		"base64 loose bits": "QUJDRB==",
		"odd characters":    " Ünï <a href='x'>&amp;\\ \"q\" \t漢😀\r\n\r\n-----END PGP-----\r\nline: two\n",
		"our own mark":      blockBegin + "\n" + blockEnd,
		"bytes":             "\x00\xff\xfe\n\r",
		"JSON":              `{"key":"x"}`,
		"none":              "",
	} {
		b := fullBlock(text)
		comment := mustWrite(t, "Bought by Ana.\nSee order 7.", b)
		for form, c := range map[string]string{"as written": comment, "saved in GLPI's form": formSaved(comment)} {
			notes, got, damage := ReadComment(c)
			if damage != nil {
				t.Errorf("%s, %s: %v", name, form, damage)
			}
			if diff := cmp.Diff(b, got); diff != "" {
				t.Errorf("%s, %s: %s", name, form, diff)
			}
			if got.Text.Reveal() != text || notes != "Bought by Ana.\nSee order 7." {
				t.Errorf("%s, %s: text %q, notes %q", name, form, got.Text.Reveal(), notes)
			}
		}
	}
}

func TestBlockIsPlainPEM(t *testing.T) {
	t.Parallel()
	comment := mustWrite(t, "", fullBlock(networkKey(564)))
	p, rest := pem.Decode([]byte(comment))
	if p == nil || p.Type != "GLPI REGISTRATION KEY" || len(rest) > 0 || !strings.HasPrefix(string(p.Bytes), `{"name":`) {
		t.Errorf("not the decoded key in PEM:\n%s", comment)
	}
	for _, header := range []string{"Record", "Fingerprint", "Bound-To", "Instance", "Scope", "Vendor"} {
		if p.Headers[header] == "" {
			t.Errorf("no header %s", header)
		}
	}
}

func TestNotesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	first := fullBlock(networkKey(564))
	second := first
	second.Trial, second.Reminders = false, nil
	for _, around := range [][2]string{
		{"", ""}, {"before\n\n", ""}, {"", "\nafter"}, {"  before \r\n\r\n\r\n", "\r\n\r\n after \t\r\n"},
		{"é\x00--- BEGIN\n-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n", " \n\n> 1 < 2 & 3\n"},
		{"--- Begin GLPI contract ---\n", "\n--- End GLPI contract ---\n"},
	} {
		armoured := strings.TrimSuffix(mustWrite(t, "", first), "\n")
		for _, c := range []string{armoured, formSaved(armoured)} {
			got := mustWrite(t, around[0]+c+around[1], second)
			if !strings.HasPrefix(got, around[0]+blockBegin) || !strings.HasSuffix(got, blockEnd+around[1]) {
				t.Errorf("around %q: %q", around, got)
			}
			if _, b, damage := ReadComment(got); damage != nil || cmp.Diff(second, b) != "" {
				t.Errorf("around %q: %v", around, damage)
			}
		}
	}
	// The first block goes below the notes, which keep their line breaks.
	for _, notes := range []string{"a\r\nb", "a\n", "a\n\n", "a\r\n\r\n", " "} {
		if got := mustWrite(t, notes, first); !strings.HasPrefix(got, notes) {
			t.Errorf("notes %q became %q", notes, got)
		}
	}
}

func TestWriteNotes(t *testing.T) {
	t.Parallel()
	block := strings.TrimSuffix(mustWrite(t, "", fullBlock("x")), "\n")
	for _, tc := range []struct{ name, comment, notes, want string }{
		{"no block", "old", "new", "new"},
		{"unchanged", "a\r\n\r\n" + block + "\r\nb", "a\n\nb", "a\r\n\r\n" + block + "\r\nb"},
		{"changed", "a\n\n" + block + "\nb", "c", "c\n\n" + block + "\n"},
		{"emptied", "a\n\n" + block, "", block + "\n"},
		{"added", block + "\n", "n\n\n", "n\n\n" + block + "\n"},
	} {
		if got, err := WriteNotes(tc.comment, tc.notes); got != tc.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tc.name, got, err, tc.want)
		}
	}
	if _, err := WriteNotes(block[:len(block)-9], "n"); CauseOf(err) != BlockDamaged {
		t.Errorf("over damage: %v", err)
	}
	if _, err := WriteNotes(block, "n\n"+block); CauseOf(err) != BlockForeign {
		t.Errorf("a block among the notes: %v", err)
	}
	if _, err := WriteNotes(block, strings.Repeat("&", 14_000)); CauseOf(err) != CommentTooLong {
		t.Errorf("too long: %v", err)
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	block := mustWrite(t, "", fullBlock(networkKey(564)))
	edit := func(old, new string) string {
		out := strings.Replace(block, old, new, 1)
		if out == block {
			t.Fatalf("nothing to edit: %s", old)
		}
		return out
	}
	body := block[strings.Index(block, "\n\n")+2:]
	for _, tc := range []struct {
		name, comment string
		kind          DamageKind
		header        string
	}{
		{"cut in the body", block[:len(block)-100], DamageCut, ""},
		{"cut in the last line", block[:len(block)-8], DamageCut, ""},
		{"end only", body, DamageCut, ""},
		{"first line changed", edit("-----BEGIN", "----BEGIN"), DamageCut, ""},
		{"last line lower case", edit(blockEnd, strings.ToLower(blockEnd)), DamageCut, ""},
		{"cut in the first line", "Notes.\n" + blockBegin[:20], DamageCut, ""},
		{"indented", "x " + block, DamageCut, ""},
		{"text after the first line", edit(blockBegin, blockBegin+" hello"), DamageCut, ""},
		{"two blocks", block + "\n" + block, DamageSeveral, ""},
		{"a second beginning", blockBegin + "\n" + block, DamageSeveral, ""},
		{"quoted by a mail program", "> " + strings.ReplaceAll(block, "\n", "\n> "), DamageCut, ""},
		{"a note within", edit("\nRecord:", "\nhello\nRecord:"), DamageForm, ""},
		{"not base64", edit(body[:4], "!!!!"), DamageForm, ""},
		{"the body changed", edit(body[:6], "AAAAAA"), DamageText, ""},
		{"a line of the body lost", edit(body[:65], ""), DamageText, ""},
		{"the fingerprint changed", edit("Fingerprint: "+Fingerprint(networkKey(564)), "Fingerprint: "+Fingerprint("x")), DamageText, ""},
		{"the fingerprint lost", edit("Fingerprint: "+Fingerprint(networkKey(564))+"\n", ""), DamageText, ""},
		{"no SHA-256", edit("Fingerprint: ", "Fingerprint: zz"), DamageHeader, "Fingerprint"},
		{"a day that is none", edit("Begin: 2025-11-26", "Begin: 2025-11-31"), DamageHeader, "Begin"},
		{"a number that is none", edit("Reminders: 180", "Reminders: soon"), DamageHeader, "Reminders"},
		{"a flag that is none", edit("Trial: yes", "Trial: perhaps"), DamageHeader, "Trial"},
		{"a time that is none", edit("Validated: 2026-", "Validated: x2026-"), DamageHeader, "Validated"},
		{"a vendor's end that is none", edit("Validated-End: 2026-", "Validated-End: x2026-"), DamageHeader, "Validated-End"},
		{"a header twice", edit("Vendor:", "vendor: A\nVendor:"), DamageHeader, "vendor"},
	} {
		for form, c := range map[string]string{"": tc.comment, ", from the form": formSaved(tc.comment)} {
			notes, b, damage := ReadComment(c)
			if diff := cmp.Diff(&Damage{tc.kind, tc.header, NewKeyText(c)}, damage); diff != "" {
				t.Errorf("%s%s: %s", tc.name, form, diff)
			}
			if notes != "" || cmp.Diff(Block{}, b) != "" {
				t.Errorf("%s%s: damage is trusted", tc.name, form)
			}
			_, err := WriteComment(c, fullBlock("x"))
			var found *Damage
			if CauseOf(err) != BlockDamaged || !errors.As(err, &found) {
				t.Errorf("%s%s: overwritten, %v", tc.name, form, err)
			}
			if err != nil && strings.Contains(err.Error(), networkKey(564)[:40]) {
				t.Errorf("%s%s: the error shows the key", tc.name, form)
			}
		}
	}
}

// TestEditedByHand is what people may do to a block in GLPI's form.
func TestEditedByHand(t *testing.T) {
	t.Parallel()
	comment := "Notes.\n\n" + mustWrite(t, "", fullBlock("abc")) + "More."
	comment = strings.Replace(comment, "Bound-To: https://helpdesk.example.com/glpi", "bound-to:   https://b.example.com  ", 1)
	comment = strings.Replace(comment, "Trial: yes\n", "Trial: no\n", 1)
	comment = strings.Replace(comment, Fingerprint("abc"), strings.ToUpper(Fingerprint("abc")), 1)
	comment = strings.Replace(comment, "Scope: plugin-url", "Scope: country", 1)
	notes, b, damage := ReadComment(formSaved(comment))
	if damage != nil {
		t.Fatal(damage)
	}
	if b.BoundTo != "https://b.example.com" || b.Trial || b.Scope != "country" || notes != "Notes.\n\nMore." {
		t.Errorf("%+v, %q", b, notes)
	}
	// Written again, a value that only a newer program knows is still there.
	if _, again, _ := ReadComment(mustWrite(t, comment, b)); again.Scope != "country" {
		t.Error(again.Scope)
	}
}

func TestNewerProgramsHeadersStay(t *testing.T) {
	t.Parallel()
	comment := strings.Replace(mustWrite(t, "", fullBlock("abc")), "Vendor:", "Seats: 12; ü\nVendor:", 1)
	b := fullBlock("abcd")
	got := mustWrite(t, comment, b)
	if !strings.Contains(got, "\nSeats: 12; ü\n") {
		t.Errorf("lost:\n%s", got)
	}
	b.Vendor, b.Trial = "", false
	if got := mustWrite(t, got, b); strings.Contains(got, "Vendor:") || strings.Contains(got, "Trial:") || !strings.Contains(got, "\nSeats:") {
		t.Errorf("what was emptied stays, or what is not known went:\n%s", got)
	}
}

func TestWriteCommentRefuses(t *testing.T) {
	t.Parallel()
	comment := mustWrite(t, "", fullBlock("abc"))
	change := func(f func(*Block)) Block {
		b := fullBlock("abc")
		f(&b)
		return b
	}
	for _, tc := range []struct {
		name    string
		comment string
		block   Block
		want    Cause
	}{
		{"another record", comment, change(func(b *Block) { b.Record = "other" }), BlockForeign},
		{"another text", comment, change(func(b *Block) { b.Text = NewKeyText("abcd") }), KeyMismatch},
		{"no text", "", change(func(b *Block) { b.Text = KeyText{} }), KeyMismatch},
		{"no text for a new fingerprint", comment, change(func(b *Block) { b.Text, b.Fingerprint = KeyText{}, Fingerprint("z") }), KeyMismatch},
		{"too long", strings.Repeat("x", maxComment-300), fullBlock("abc"), CommentTooLong},
		{"too long once encoded", strings.Repeat("&", 13_000), fullBlock("abc"), CommentTooLong},
	} {
		got, err := WriteComment(tc.comment, tc.block)
		if got != "" || CauseOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
	if _, err := WriteComment(strings.Repeat("&", 12_000), fullBlock("abc")); err != nil {
		t.Error("just short enough:", err)
	}
}

func TestTextStaysWhereItIsKept(t *testing.T) {
	t.Parallel()
	comment := mustWrite(t, "", fullBlock("abc"))
	listed := fullBlock("abc")
	listed.Text = KeyText{} // as lists read it
	listed.AutoRenews = false
	if _, b, _ := ReadComment(mustWrite(t, comment, listed)); b.Text.Reveal() != "abc" || b.AutoRenews {
		t.Errorf("a write without the text lost it: %+v", b)
	}
	moved := fullBlock("abc")
	moved.Kept = PlaceComputer
	got := mustWrite(t, comment, moved)
	if p, _ := pem.Decode([]byte(got)); len(p.Bytes) != 0 || p.Headers["Fingerprint"] != Fingerprint("abc") {
		t.Errorf("the text stayed in GLPI:\n%s", got)
	}
	keyless := Block{Record: "r", Kept: PlaceNowhere}
	if _, b, damage := ReadComment(mustWrite(t, "", keyless)); damage != nil || cmp.Diff(keyless, b) != "" {
		t.Errorf("without key: %+v, %v", b, damage)
	}
	filled := fullBlock("abc")
	filled.Fingerprint = ""
	if _, b, _ := ReadComment(mustWrite(t, "", filled)); b.Fingerprint != Fingerprint("abc") {
		t.Error("the fingerprint was not filled in")
	}
}

// TestAnswersWithoutAnEnd reads a block as this program wrote it before it kept
// the vendor's end.
func TestAnswersWithoutAnEnd(t *testing.T) {
	t.Parallel()
	want := fullBlock("abc")
	comment := strings.Replace(mustWrite(t, "", want), "Validated-End: 2026-11-20\n", "", 1)
	want.Validated.End = Date{}
	if _, got, damage := ReadComment(comment); damage != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v %s", damage, cmp.Diff(want, got))
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	var b Block
	for day := range 50 {
		step := Step{today.AddDays(day), StepInstalled, "ana"}
		b.Note(step)
		b.Note(step) // said twice, done once
	}
	if len(b.Steps) != maxSteps || b.Steps[0].Date != today.AddDays(10) || b.Steps[maxSteps-1].Date != today.AddDays(49) {
		t.Errorf("%d steps, %v to %v", len(b.Steps), b.Steps[0], b.Steps[len(b.Steps)-1])
	}
	odd := Block{Steps: []Step{{today, "some thing; else", "a;b  c"}}}
	_, got, damage := ReadComment(mustWrite(t, "", odd))
	if want := (Step{today, "some-thing,-else", "a,b c"}); damage != nil || len(got.Steps) != 1 || got.Steps[0] != want {
		t.Errorf("%+v, %v", got.Steps, damage)
	}
}

// TestOddSteps: what somebody broke in the history, or a newer program wrote
// there, takes nothing with it.
func TestOddSteps(t *testing.T) {
	t.Parallel()
	first, second := Step{Date{2026, 1, 26}, StepSubscribed, ""}, Step{Date{2026, 2, 1}, "upgraded", "o'neil x"}
	const wrote = "2026-01-26 subscribed; 2026-02-01 upgraded o'neil x"
	b := fullBlock("abc")
	b.Steps = []Step{first, second}
	comment := mustWrite(t, "Notes.", b)
	for name, value := range map[string]string{
		"as written":               wrote,
		"the separator at the end": wrote + ";",
		"and at the beginning":     " ;; " + wrote + " ; ",
		"a step without a day":     "requested; " + wrote,
		"without a kind":           wrote + "; 2026-03-01",
		"a day that is none":       wrote + "; 2026-02-30 installed ana",
		"of another form":          "#3 2026 at noon; " + wrote,
	} {
		_, got, damage := ReadComment(strings.Replace(comment, wrote, value, 1))
		if diff := cmp.Diff(b, got); damage != nil || diff != "" {
			t.Errorf("%s: %v %s", name, damage, diff)
		}
	}
	b.Steps = append([]Step{{What: StepRequested}, {Date: today}}, b.Steps...)
	if again := mustWrite(t, "Notes.", b); again != comment {
		t.Errorf("wrote what is no step: %s", again)
	}
	var none Block
	if none.Note(Step{What: StepRequested}); none.Steps != nil {
		t.Errorf("noted %+v", none.Steps)
	}
}

func TestHeadersAreLines(t *testing.T) {
	t.Parallel()
	b := fullBlock("abc")
	b.Owner = " A\r\nScope: instance\n\n" + blockEnd + "\x00 "
	b.Revoked.Reason = "one;\ntwo"
	b.Validated.Verdict = "a;b"
	_, got, damage := ReadComment(mustWrite(t, "", b))
	if damage != nil || !strings.HasPrefix(got.Owner, "A  Scope: instance") || got.Scope != ScopePluginURL {
		t.Errorf("a mark within a header: %+v, %v", got, damage)
	}
	b.Owner = " A\r\nScope: instance "
	_, got, damage = ReadComment(mustWrite(t, "", b))
	if damage != nil || got.Owner != "A  Scope: instance" || got.Scope != ScopePluginURL ||
		got.Revoked.Reason != "one; two" || got.Validated.Verdict != "a,b" {
		t.Errorf("%+v, %v", got, damage)
	}
}

func TestSerial(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		kept       Place
		fits       bool
	}{
		{"short", "ABCD-EFGH", PlaceGLPI, true},
		{"255", strings.Repeat("é", 255), PlaceGLPI, true},
		{"256", strings.Repeat("é", 256), PlaceGLPI, false},
		{"255 once encoded", strings.Repeat("x", 250) + "&", PlaceGLPI, true},
		{"256 once encoded", strings.Repeat("x", 251) + "&", PlaceGLPI, false},
		{"two lines", "a\nb", PlaceGLPI, false},
		{"long", networkKey(564), PlaceGLPI, false},
		{"on this computer", "ABCD-EFGH", PlaceComputer, false},
	} {
		b := Block{Kept: tc.kept, Fingerprint: Fingerprint(tc.text), Text: NewKeyText(tc.text)}
		want := b.Fingerprint
		if tc.fits {
			want = tc.text
		}
		if got := b.Serial(); got != want {
			t.Errorf("%s: %q", tc.name, got)
		}
		if got := SerialFingerprint(b.Serial()); got != b.Fingerprint {
			t.Errorf("%s: serial speaks for %s", tc.name, got)
		}
	}
	if SerialFingerprint(" ") != "" || SerialFingerprint(strings.ToUpper(Fingerprint("x"))) != Fingerprint("x") {
		t.Error("empty, or typed in capitals")
	}
}

func TestWithoutBlock(t *testing.T) {
	t.Parallel()
	block := strings.TrimSuffix(mustWrite(t, "", fullBlock(networkKey(564))), "\n")
	for _, tc := range []struct{ name, text, want string }{
		{"none", "a\r\nb", "a\r\nb"},
		{"whole", "a\n\n" + formSaved(block) + "\nb", "a\n\n…\n\nb"},
		{"alone", block, "…"},
		{"its beginning", "a\n" + block[:700], "a\n\n…"},
		{"its end", block[400:] + "\nb", "…\n\nb"},
		{"two", "a\n" + block + "\nb\n" + block + "\nc", "a\n\n…\n\nc"},
		{"indented", "> " + strings.ReplaceAll(block, "\n", "\n> "), "> \n\n…"},
	} {
		if got := WithoutBlock(tc.text); got != tc.want {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
}

func TestParseReminders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int{"": nil, "90, 30;7 1": {90, 30, 7, 1}, "0": {0}} {
		if got, err := ParseReminders(text); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"-1", "a", "3651", "1.5"} {
		if _, err := ParseReminders(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func ExampleWriteComment() {
	comment, err := WriteComment("Bought by Ana.", Block{
		Record: "0b5e7a3c", Scope: ScopeInstance, Vendor: GLPINetwork,
		BoundTo: "https://helpdesk.example.com", Kept: PlaceGLPI,
		Text: NewKeyText("eyJvd25lciI6IkV4YW1wbGUgU0EiLCJzaWduYXR1cmUiOiJhYmMifQ=="),
	})
	fmt.Println(comment, err)
	notes, b, damage := ReadComment(comment)
	fmt.Println(notes, ShortFingerprint(b.Fingerprint), b.Text, damage)
	// Output:
	// Bought by Ana.
	//
	// -----BEGIN GLPI REGISTRATION KEY-----
	// Bound-To: https://helpdesk.example.com
	// Fingerprint: f0f32806aad3d61cf82f51697cc413c1214cda195bcc80129fa77f31e159d143
	// Kept: glpi
	// Record: 0b5e7a3c
	// Scope: instance
	// Vendor: GLPI Network
	//
	// eyJvd25lciI6IkV4YW1wbGUgU0EiLCJzaWduYXR1cmUiOiJhYmMifQ==
	// -----END GLPI REGISTRATION KEY-----
	//  <nil>
	// Bought by Ana. f0f3 2806 [redacted] <nil>
}

func FuzzReadComment(f *testing.F) {
	block := mustWrite(f, "Notes.", fullBlock("abc"))
	for _, s := range []string{"", "x", block, formSaved(block), block + block, block[:80], "-----BEGIN GLPI", blockBegin + "\n" + blockEnd,
		blockBegin + "\nProc-Type: x\n: y\n\n" + blockEnd, blockBegin + "\nRe-Issue: ;0000-01-01\nRevoked: ;released\n\n" + blockEnd,
		blockBegin + "\n\nQUJD\n" + blockEnd} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		notes, b, damage := ReadComment(comment)
		if damage != nil {
			if notes != "" || damage.Comment.Reveal() != comment {
				t.Error("damage shows or hides something")
			}
			return
		}
		again, err := WriteComment(comment, b)
		if err != nil {
			if CauseOf(err) != CommentTooLong && CauseOf(err) != KeyMismatch {
				t.Fatal(err)
			}
			return
		}
		start, end, _ := findBlock(comment)
		if !strings.HasPrefix(again, comment[:start]) || !strings.HasSuffix(again, comment[end:]) {
			t.Errorf("%q lost notes: %q", comment, again)
		}
		notes2, b2, damage := ReadComment(again)
		if damage != nil {
			t.Fatalf("%q was damaged by writing: %v\n%q", comment, damage, again)
		}
		if b.Kept != PlaceGLPI {
			b.Text = KeyText{}
		}
		if diff := cmp.Diff(b, b2); diff != "" {
			t.Errorf("%q: %s", comment, diff)
		}
		if start < end && notes != notes2 {
			t.Errorf("%q: notes %q became %q", comment, notes, notes2)
		}
	})
}

func FuzzBlockRoundTrip(f *testing.F) {
	for _, s := range []string{"", "abc", "QUJD", networkKey(160), blockEnd, "\x00\xff"} {
		f.Add(s, "notes", "owner; x", "reason\n")
	}
	f.Fuzz(func(t *testing.T, text, notes, owner, reason string) {
		b := fullBlock(text)
		b.Owner, b.Revoked.Reason = owner, reason
		comment, err := WriteComment(notes, b)
		if err != nil {
			return
		}
		_, got, damage := ReadComment(comment)
		if damage != nil {
			t.Fatalf("%q: %v", comment, damage)
		}
		if trim(text) != "" && got.Text.Reveal() != text {
			t.Errorf("%q became %q", text, got.Text.Reveal())
		}
		if !looseMark.MatchString(owner+reason) && (got.Owner != oneLine(owner) || got.Revoked.Reason != oneLine(reason)) {
			t.Errorf("%q, %q became %q, %q", owner, reason, got.Owner, got.Revoked.Reason)
		}
	})
}
