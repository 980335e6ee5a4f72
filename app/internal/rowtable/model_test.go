package rowtable

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

type book struct {
	id     int
	title  string
	author string
	year   int
}

func columns() []Column[book] {
	return []Column[book]{
		{ID: "title", Title: "Title", Weight: 2, New: cell, Update: setCell(func(b book) string { return b.title }),
			Compare: func(a, b book) int { return cmp.Compare(a.title, b.title) },
			Text:    func(b book) string { return b.title }},
		{ID: "author", Title: "Author", HideBelow: 400, New: cell, Update: setCell(func(b book) string { return b.author }),
			Text: func(b book) string { return b.author }},
		{ID: "year", Title: "Year", Width: 90, AlignRight: true, New: cell, Update: setCell(func(b book) string { return fmt.Sprint(b.year) }),
			Compare: func(a, b book) int { return cmp.Compare(a.year, b.year) },
			Text:    func(b book) string { return fmt.Sprint(b.year) }},
	}
}

func shelf() []book {
	return []book{
		{1, "Élégie", "Duras", 1958},
		{2, "Zazie", "Queneau", 1959},
		{3, "Atlas", "Borges", 1984},
		{4, "Cosmos", "Sagan", 1980},
		{5, "Briefe", "Mühsam", 1958},
	}
}

func model() *Model[book, int] {
	m := NewModel(columns(), func(b book) int { return b.id })
	m.SetRows(shelf())
	return m
}

func shownIDs(m *Model[book, int]) []int {
	ids := []int{}
	for i := range m.Len() {
		ids = append(ids, m.At(i).id)
	}
	return ids
}

func selectedIDs(m *Model[book, int]) []int {
	ids := []int{}
	for _, b := range m.Selected() {
		ids = append(ids, b.id)
	}
	return ids
}

func TestSort(t *testing.T) {
	for _, c := range []struct {
		id   string
		down bool
		want []int
	}{
		{"", false, []int{1, 2, 3, 4, 5}},
		{"year", false, []int{1, 5, 2, 4, 3}},
		{"year", true, []int{3, 4, 2, 1, 5}}, // equal years stay as given
		{"title", false, []int{3, 5, 4, 2, 1}},
		{"author", false, []int{1, 2, 3, 4, 5}}, // cannot be sorted
		{"nonsense", true, []int{1, 2, 3, 4, 5}},
	} {
		m := model()
		m.SetSort(c.id, c.down)
		if got := shownIDs(m); !slices.Equal(got, c.want) {
			t.Errorf("%s %v: got %v, want %v", c.id, c.down, got, c.want)
		}
		if id, down := m.Sort(); id != c.id || down != c.down {
			t.Errorf("Sort is %s %v, want %s %v", id, down, c.id, c.down)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string][]int{
		"":              {1, 2, 3, 4, 5},
		"  ":            {1, 2, 3, 4, 5},
		"elegie":        {1},
		"ÉLÉGIE":        {1},
		"muhsam":        {5},
		"1958":          {1, 5},
		"1958 duras":    {1},
		"duras 1958":    {1},
		"duras queneau": {},
		"durasqueneau":  {},
		"s19":           {}, // no word spans two cells
		"gan cos":       {4},
	} {
		m := model()
		m.SetText(text)
		if got := shownIDs(m); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestFilterAndTextAndSort(t *testing.T) {
	m := model()
	m.SetSort("year", true)
	m.SetFilter(func(b book) bool { return b.year < 1982 })
	m.SetText("s") // Cosmos Sagan, Elégie Duras, Briefe Mühsam
	if got, want := shownIDs(m), []int{4, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	m.SetFilter(nil)
	m.SetText("")
	if m.Len() != 5 || len(m.All()) != 5 {
		t.Error("rows are missing after the filter was cleared")
	}
}

func TestSelectionSurvivesRefresh(t *testing.T) {
	m := model()
	m.SetSort("year", false) // 1 5 2 4 3
	m.Choose(1)              // 5
	m.Mark(1)                // from now on a mark
	m.Mark(3)                // 4
	rows := shelf()
	slices.Reverse(rows)
	m.SetRows(slices.DeleteFunc(rows, func(b book) bool { return b.id == 5 }))
	if got, want := selectedIDs(m), []int{4}; !slices.Equal(got, want) {
		t.Errorf("selected %v, want %v", got, want)
	}
	if b, ok := m.Current(); !ok || b.id != 4 {
		t.Errorf("cursor on %v %v, want 4", b, ok)
	}
}

func TestCursorStaysNearWhenItsRowGoes(t *testing.T) {
	m := model()
	m.Choose(4)
	m.SetRows(shelf()[:3])
	if b, ok := m.Current(); !ok || b.id != 3 {
		t.Errorf("cursor on %v %v, want the last row", b, ok)
	}
	m.SetRows(nil)
	if _, ok := m.Current(); ok || m.Cursor() != -1 {
		t.Error("a cursor without rows")
	}
	m.Move(3, false) // nothing to move on
	m.SelectAll()
	m.Mark(0)
	if m.Cursor() != -1 || len(m.Selected()) != 0 {
		t.Error("selected something without rows")
	}
}

func TestHiddenRowsAreNotSelected(t *testing.T) {
	m := model()
	m.SelectAll()
	m.SetText("1958")
	if got, want := selectedIDs(m), []int{1, 5}; !slices.Equal(got, want) {
		t.Errorf("selected %v, want only what is shown, %v", got, want)
	}
}

// What is done goes to the row of the keyboard when nothing in sight is selected,
// so that row is shown as chosen.
func TestChosenRowIsInSight(t *testing.T) {
	m := model()
	m.Choose(0)
	m.Clear()
	if len(m.Selected()) != 0 || !m.IsChosen(0) || m.IsChosen(1) {
		t.Errorf("selected %v, chosen %t and %t", selectedIDs(m), m.IsChosen(0), m.IsChosen(1))
	}
	m.Mark(1)
	if m.IsChosen(0) || !m.IsChosen(1) {
		t.Error("a row is chosen beside the selected one")
	}
}

func TestMoves(t *testing.T) {
	type step func(*Model[book, int])
	choose := func(i int) step { return func(m *Model[book, int]) { m.Choose(i) } }
	mark := func(i int) step { return func(m *Model[book, int]) { m.Mark(i) } }
	move := func(i int) step { return func(m *Model[book, int]) { m.Move(i, false) } }
	extend := func(i int) step { return func(m *Model[book, int]) { m.Move(i, true) } }
	all := func(m *Model[book, int]) { m.SelectAll() }
	none := func(m *Model[book, int]) { m.Clear() }
	for _, c := range []struct {
		name   string
		steps  []step
		want   []int
		cursor int
	}{
		{"the selection follows the cursor", []step{move(0), move(1), move(2)}, []int{3}, 2},
		{"clamped below", []step{move(-7)}, []int{1}, 0},
		{"clamped above", []step{move(99)}, []int{5}, 4},
		{"a range", []step{choose(1), extend(3)}, []int{2, 3, 4}, 3},
		{"a range upwards", []step{choose(3), extend(1)}, []int{2, 3, 4}, 1},
		{"a range turned round", []step{choose(2), extend(4), extend(1)}, []int{2, 3}, 1},
		{"a range from nothing", []step{extend(2)}, []int{3}, 2},
		{"first mark keeps the row", []step{move(0), mark(0)}, []int{1}, 0},
		{"marks stay while moving", []step{move(0), mark(0), move(2), mark(2), move(4)}, []int{1, 3}, 4},
		{"a mark taken back", []step{move(0), mark(0), move(2), mark(2), mark(2), move(4)}, []int{1}, 4},
		{"the last mark taken back ends marking", []step{mark(0), mark(0), move(1)}, []int{2}, 1},
		{"a click ends marking", []step{mark(0), mark(2), choose(4)}, []int{5}, 4},
		{"a click with Ctrl adds", []step{choose(0), mark(3)}, []int{1, 4}, 3},
		{"all", []step{choose(2), all}, []int{1, 2, 3, 4, 5}, 2},
		{"none", []step{all, none}, []int{}, 0},
		{"moving after none", []step{all, none, move(1)}, []int{2}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model()
			for _, s := range c.steps {
				s(m)
			}
			if got := selectedIDs(m); !slices.Equal(got, c.want) {
				t.Errorf("selected %v, want %v", got, c.want)
			}
			if m.Cursor() != c.cursor {
				t.Errorf("cursor at %d, want %d", m.Cursor(), c.cursor)
			}
		})
	}
}

func TestChooseKey(t *testing.T) {
	m := model()
	if !m.ChooseKey(4) || m.Cursor() != 3 {
		t.Errorf("cursor at %d, want 3", m.Cursor())
	}
	m.SetText("duras")
	if m.ChooseKey(4) {
		t.Error("chose a row that is not shown")
	}
}

func TestTSV(t *testing.T) {
	m := model()
	if got := m.TSV(); got != "" {
		t.Errorf("nothing is selected, got %q", got)
	}
	m.SetRows([]book{{1, "A\tB\nC", "é", 2000}, {2, "D", "", 2001}})
	m.SelectAll()
	want := "Title\tAuthor\tYear\nA B C\té\t2000\nD\t\t2001\n"
	if got := m.TSV(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Élégie": "elegie", "ÇA VA": "ca va", "Zürich": "zurich", "plain": "plain", "漢": "漢", "": "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// Folding letter by letter gives what folding whole texts does, for every
// letter but the syllables of Hangul, which stay as they are.
func TestFoldIsTheNormalForm(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) || unicode.Is(unicode.Hangul, r) {
			continue
		}
		text := "A" + string(r) + "\u0301b"
		want := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(strings.ToLower(text)))
		if got := Fold(text); got != want {
			t.Errorf("%q (%U): got %q, want %q", r, r, got, want)
		}
	}
}

func manyBooks(n int) []book {
	rows := make([]book, n)
	for i := range rows {
		rows[i] = book{i, fmt.Sprintf("Licence numéro %d of %s", i*7919%n, strings.Repeat("x", i%40)), "Éditeur " + fmt.Sprint(i%97), 1900 + i*31%200}
	}
	return rows
}

func BenchmarkFilter10000(b *testing.B) {
	m := NewModel(columns(), func(b book) int { return b.id })
	m.SetRows(manyBooks(10_000))
	m.SetText("x") // texts are prepared once
	for i := 0; b.Loop(); i++ {
		m.SetText([]string{"numero 12", "editeur 5 19"}[i%2])
	}
}

func BenchmarkFirstFilter10000(b *testing.B) {
	m := NewModel(columns(), func(b book) int { return b.id })
	rows := manyBooks(10_000)
	for b.Loop() {
		m.SetRows(rows)
		m.SetText("numero 12")
	}
}

func BenchmarkSort10000(b *testing.B) {
	m := NewModel(columns(), func(b book) int { return b.id })
	m.SetRows(manyBooks(10_000))
	for i := 0; b.Loop(); i++ {
		m.SetSort("title", i%2 == 0)
	}
}
