package keys

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustImport(t testing.TB, text string) *KeyImport {
	t.Helper()
	m, err := ReadKeyImport([]byte(text), false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadKeyImport(t *testing.T) {
	t.Parallel()
	key := networkKey(564)
	want := KeyRecord{
		Name: "GLPI Network", Product: Product{Name: "GLPI Network"}, Entity: Entity{Path: "Root entity > Paris"},
		End: Date{2027, 12, 31}, Valid: true, Supplier: "Teclib’", Number: "PO-2231", Notes: "two\nlines; \"quoted\"",
		Block: Block{
			Fingerprint: Fingerprint(key), BoundTo: "https://h.example.com", Vendor: GLPINetwork, Kept: PlaceComputer,
			Begin: Date{2027, 1, 1}, AutoRenews: true, Reminders: []int{60, 5}, Text: NewKeyText(key),
		},
	}
	for name, text := range map[string]string{
		"English, comma": "Product,Entity,Start date,End date,Supplier,Order number,Notes,Bound to,Auto-renews,Reminders,Registration key\r\n" +
			`GLPI Network,Root entity > Paris,2027-01-01,2027-12-31,Teclib’,PO-2231,"two` + "\r\n" + `lines; ""quoted""",https://h.example.com,yes,"60, 5",` + key + "\r\n",
		"French, semicolon, BOM": "\ufeffProduit;Entité;Date de début;Date de fin;Fournisseur;Numéro de commande;Remarques;Adresse;Renouvellement automatique;Rappels;Clé d’enregistrement\n" +
			`GLPI Network;Root entity > Paris;01/01/2027;31/12/2027;Teclib’;PO-2231;"two` + "\n" + `lines; ""quoted""";https://h.example.com;oui;60 5;"` + wrap(key, 70, "\n") + "\"\n",
		"German, tab": "PRODUKT\tEntität\tgültig ab\tgültig bis\tHersteller\tBestellnummer\tBemerkungen\tURL\tautomatische Verlängerung\tErinnerungen\tSchlüssel\n" +
			"GLPI Network\tRoot entity > Paris\t1.1.2027\t31.12.2027\tTeclib’\tPO-2231\t\"two\nlines; \"\"quoted\"\"\"\thttps://h.example.com\tJa\t60,5\t" + key,
	} {
		m := mustImport(t, text)
		if len(m.Rows) != 1 || len(m.Unknown) != 0 {
			t.Errorf("%s: %d rows, unknown %v", name, len(m.Rows), m.Unknown)
			continue
		}
		if m.Rows[0].Problem != nil {
			t.Errorf("%s: %v in %s", name, m.Rows[0].Problem, m.Rows[0].Problem.Field)
		}
		if diff := cmp.Diff(want, m.Rows[0].Record); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestImportRows(t *testing.T) {
	t.Parallel()
	const header = "product;name;expire;begin;scope;kept;trial;reminders;bound_to;key;number\n"
	for _, tc := range []struct {
		name, row string
		cause     Cause
		field     string
	}{
		{"product only", "P", "", ""},
		{"name only", ";N", "", ""},
		{"neither", ";;2027-01-01", FieldMissing, KeyFieldProduct},
		{"day first", "P;;31/12/2027", "", ""},
		{"the same either way", "P;;05/05/2027", "", ""},
		{"dots", "P;;03.04.2027", "", ""},
		{"could be March or April", "P;;03/04/2027", AmbiguousDate, KeyFieldEnd},
		{"with dashes", "P;;3-4-2027", AmbiguousDate, KeyFieldEnd},
		{"month first", "P;;12/31/2027", BadDate, KeyFieldEnd},
		{"two digits", "P;;31/12/27", BadDate, KeyFieldEnd},
		{"no such day", "P;;31.11.2027", BadDate, KeyFieldEnd},
		{"words", "P;;next year", BadDate, KeyFieldEnd},
		{"ends before", "P;;2027-01-01;2027-01-02", BadDate, KeyFieldEnd},
		{"scope", "P;;;;Plugin-URL", "", ""},
		{"no scope", "P;;;;moon", BadValue, KeyFieldScope},
		{"no scope, marks only", "P;;;;?", BadValue, KeyFieldScope},
		{"place", "P;;;;;GLPI", "", ""},
		{"no place", "P;;;;;cloud", BadValue, KeyFieldKept},
		{"trial", "P;;;;;;Oui", "", ""},
		{"no flag", "P;;;;;;perhaps", BadValue, KeyFieldTrial},
		{"no days", "P;;;;;;;soon", BadValue, KeyFieldReminders},
		{"no address", "P;;;;;;;;two words", BadAddress, KeyFieldBoundTo},
		{"too long", strings.Repeat("é", 256), TooLong, KeyFieldProduct},
		{"too long once encoded", strings.Repeat("&", 52), TooLong, KeyFieldProduct},
		{"more cells than columns", "P;;;;;;;;;;;x", BadTable, ""},
	} {
		m := mustImport(t, header+tc.row)
		row := m.Rows[0]
		var cause Cause
		var field string
		if row.Problem != nil {
			cause, field = row.Problem.Cause, row.Problem.Field
		}
		if cause != tc.cause || field != tc.field {
			t.Errorf("%s: %q in %q, want %q in %q", tc.name, cause, field, tc.cause, tc.field)
		}
		if row.Line != 2 || row.Record.Valid != true {
			t.Errorf("%s: %+v", tc.name, row)
		}
	}
}

func TestImportKeepsTexts(t *testing.T) {
	t.Parallel()
	m := mustImport(t, "product,key,kept,vendor\nA,ABCD-EFGH,,Acme\nB,,glpi,\nC,XYZ,glpi,\n")
	for i, want := range []Block{
		{Fingerprint: Fingerprint("ABCD-EFGH"), Text: NewKeyText("ABCD-EFGH"), Kept: PlaceComputer, Vendor: "Acme"},
		{Kept: PlaceNowhere},
		{Fingerprint: Fingerprint("XYZ"), Text: NewKeyText("XYZ"), Kept: PlaceGLPI},
	} {
		if diff := cmp.Diff(want, m.Rows[i].Record.Block); diff != "" {
			t.Errorf("row %d: %s", i, diff)
		}
	}
}

func TestBadTables(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "no columns that are known": "a;b\n1;2", "binary": "\x00\x01\xff", "the key is not a name": "key\nhunter2\n",
	} {
		if _, err := ReadKeyImport([]byte(text), false); CauseOf(err) != BadTable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadKeyImport(make([]byte, maxImport+1), false); CauseOf(err) != FileTooLarge {
		t.Error("too large:", err)
	}
	// Latin-1, empty lines, a column twice, unknown ones, those of exports.
	m := mustImport(t, "Produit;\xc9diteur;Nom;Nom;Couleur;state\n\nCl\xe9;Teclib;a;b;red;ok\n;;;;;\n")
	if len(m.Rows) != 1 || m.Rows[0].Record.Product.Name != "Clé" || m.Rows[0].Record.Supplier != "Teclib" || m.Rows[0].Record.Name != "a" || m.Rows[0].Line != 3 {
		t.Errorf("%+v", m.Rows)
	}
	if diff := cmp.Diff([]string{"Nom", "Couleur"}, m.Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestCorrectAndWriteOutAgain(t *testing.T) {
	t.Parallel()
	m := mustImport(t, "\ufeffProduit;Fin;Couleur;Clé\n"+
		"A;2027-01-01;red;k1\n"+
		"B;03/04/2027;\"gr;een\";k2\n"+
		"\"'=C\";soon;;\"k\"\"3\"\n")
	if diff := cmp.Diff([]int{1, 2}, m.Failed()); diff != "" {
		t.Fatal(diff)
	}
	var out bytes.Buffer
	if err := m.WriteRows(&out, m.Failed()); err != nil {
		t.Fatal(err)
	}
	want := "Produit;Fin;Couleur;Clé\r\nB;03/04/2027;\"gr;een\";k2\r\n'=C;soon;;\"k\"\"3\"\r\n"
	if out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
	if again := mustImport(t, out.String()); len(again.Failed()) != 2 || again.Rows[1].Record.Product.Name != "=C" {
		t.Errorf("%+v", again)
	}

	m.Correct(1, KeyFieldEnd, "2027-04-03")
	m.Correct(2, KeyFieldEnd, "")
	m.Correct(2, KeyFieldBoundTo, "h.example.com")
	if m.Failed() != nil || m.Rows[1].Record.End != (Date{2027, 4, 3}) || m.Rows[2].Record.Block.BoundTo != "h.example.com" {
		t.Errorf("%+v", m.Rows)
	}
	if m.Cell(1, KeyFieldBoundTo) != (KeyText{}) || m.Cell(2, KeyFieldValue).Reveal() != `k"3` || m.Cell(0, "x") != (KeyText{}) {
		t.Error("cells")
	}
	if diff := cmp.Diff([]string{KeyFieldProduct, KeyFieldEnd, KeyFieldValue, KeyFieldBoundTo}, m.Columns()); diff != "" {
		t.Error(diff)
	}

	m = mustImport(t, "product,expire\nA,03/04/2027\n")
	m.SetDayFirst(true)
	if m.Failed() != nil || m.Rows[0].Record.End != (Date{2027, 4, 3}) {
		t.Errorf("%+v", m.Rows)
	}
}

func TestImportDoesNotShowKeys(t *testing.T) {
	t.Parallel()
	// The columns are in the wrong order: the key stands where a date should.
	m := mustImport(t, "product,expire,key,scope,bound_to\nA,hunter2,hunter2,hunter2,hunter2 x\n")
	text := fmt.Sprintf("%v %+v %#v %v", m, *m, m.Rows, m.Rows[0].Problem)
	_, err := ReadKeyImport([]byte("product,key\nA,\"hunter2\"x\n\"hunter2"), false)
	text = strings.ReplaceAll(text+fmt.Sprint(err), "hunter2 x", "") // an address is no secret
	if strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}

func ExampleReadKeyImport() {
	m, err := ReadKeyImport([]byte("Produit;Date de fin;Clé\nFormcreator Pro;31/12/2027;ABCD-1234\nGantt;03/04/2027;\n"), false)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range m.Rows {
		if row.Problem != nil {
			fmt.Println("line", row.Line, row.Problem.Cause, row.Problem.Field)
			continue
		}
		fmt.Println("line", row.Line, row.Record.Product.Name, row.Record.End, row.Record.Block.Text)
	}
	// Output:
	// line 2 Formcreator Pro 2027-12-31 [redacted]
	// line 3 ambiguous-date expire
}

func FuzzReadKeyImport(f *testing.F) {
	for _, s := range []string{
		"product,expire\nA,2027-01-01\n", "\ufeffProduit;Fin;Clé\n\"A\nB\";03/04/2027;x\n", "name\tkey\n\"'=x\"\ty", "name\n\"", "\xff", "name,name\n,,,,",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadKeyImport([]byte(text), false)
		if err != nil {
			return
		}
		all := make([]int, len(m.Rows))
		for i := range all {
			all[i] = i
		}
		var out bytes.Buffer
		if err := m.WriteRows(&out, all); err != nil {
			t.Fatal(err)
		}
		again, err := ReadKeyImport(out.Bytes(), false)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", text, out.String(), err)
		}
		if len(again.Rows) != len(m.Rows) {
			t.Fatalf("%q: %d rows became %d", text, len(m.Rows), len(again.Rows))
		}
		for i := range m.Rows {
			if strings.Contains(text, "\r") {
				continue
			}
			if diff := cmp.Diff(m.Rows[i].Record, again.Rows[i].Record); diff != "" {
				t.Errorf("%q, row %d: %s", text, i, diff)
			}
		}
	})
}

func BenchmarkReadKeyImport(b *testing.B) {
	var text strings.Builder
	text.WriteString("product,expire,bound_to,key\n")
	for i := range 10_000 {
		fmt.Fprintf(&text, "P%d,2027-01-01,https://h%d.example.com,%s\n", i, i, networkKey(564))
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := ReadKeyImport(data, false); err != nil {
			b.Fatal(err)
		}
	}
}
