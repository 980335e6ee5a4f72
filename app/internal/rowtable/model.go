// Package rowtable is the list of rows that every screen uses: columns as
// data, sorting, filtering, a selection that survives a refresh, and the
// keyboard. The Model holds what is shown and selected and has no widgets; the
// Table draws it. Both belong to the window's goroutine.
package rowtable

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"golang.org/x/text/unicode/norm"
)

// Column says how one property of a row is shown, sorted and searched.
type Column[T any] struct {
	ID    string // stable, for preferences
	Title string // for people
	// Width is the column's width with the padding around its cells; 0 shares
	// what the other columns leave, by Weight (0 counts as 1).
	Width, Weight float32
	// Least is the width below which a column that shares is of little use.
	Least float32
	// HideBelow hides the column while the table is narrower than that.
	HideBelow  float32
	Hidden     bool // searched all the same, but neither shown nor copied
	AlignRight bool
	// New makes an empty cell and Update fills it; cells are used again for
	// other rows.
	New    func() fyne.CanvasObject
	Update func(cell fyne.CanvasObject, row T)
	// Compare orders rows, negative when a comes first. A column without it
	// cannot be sorted.
	Compare func(a, b T) int
	// Text is the cell as plain text, for searching and for copying. A column
	// without it is neither searched nor copied.
	Text func(T) string
}

// Model is what a table shows: rows, in an order, through a filter, some of
// them selected. Rows are told apart by their key, so that the selection
// survives when they are read again.
type Model[T any, K comparable] struct {
	columns []Column[T]
	key     func(T) K

	rows   []T
	folded []string // of each row, for the text filter; nil until needed
	order  []int    // indexes into rows, sorted
	view   []int    // the part of order that the filter lets through

	accept func(T) bool
	words  []string
	sortBy string
	down   bool

	selected map[K]bool
	cursor   int // into view, -1 for none
	anchor   int // where a range starts, into view
	marking  bool
}

// NewModel makes a model without rows. key must differ between any two rows.
func NewModel[T any, K comparable](columns []Column[T], key func(T) K) *Model[T, K] {
	return &Model[T, K]{columns: columns, key: key, selected: map[K]bool{}, cursor: -1}
}

// SetRows replaces all rows. Selection, order and filter stay; rows that are
// gone leave the selection.
func (m *Model[T, K]) SetRows(rows []T) {
	at, had := m.place()
	m.rows, m.folded = rows, nil
	present := make(map[K]bool, len(rows))
	for _, row := range rows {
		present[m.key(row)] = true
	}
	for k := range m.selected {
		if !present[k] {
			delete(m.selected, k)
		}
	}
	m.arrange()
	m.restore(at, had)
}

// All are all rows, as given.
func (m *Model[T, K]) All() []T { return m.rows }

// Len is how many rows the filter lets through.
func (m *Model[T, K]) Len() int { return len(m.view) }

// At is the row shown at index i, 0 ≤ i < Len.
func (m *Model[T, K]) At(i int) T { return m.rows[m.view[i]] }

// SetFilter shows only the rows that accept says yes to; nil shows all.
func (m *Model[T, K]) SetFilter(accept func(T) bool) {
	at, had := m.place()
	m.accept = accept
	m.sift()
	m.restore(at, had)
}

// SetText shows only the rows in whose texts all words of text occur, whatever
// their case and accents.
func (m *Model[T, K]) SetText(text string) {
	at, had := m.place()
	m.words = strings.Fields(Fold(text))
	m.sift()
	m.restore(at, had)
}

// SetSort orders the rows by a column; equal rows stay as given. An unknown
// column or one that cannot be sorted leaves the rows as given.
func (m *Model[T, K]) SetSort(id string, descending bool) {
	at, had := m.place()
	m.sortBy, m.down = id, descending
	m.arrange()
	m.restore(at, had)
}

// Sort is the column that orders the rows and its direction.
func (m *Model[T, K]) Sort() (id string, descending bool) { return m.sortBy, m.down }

// Cursor is the index of the row where the keyboard is, -1 for none.
func (m *Model[T, K]) Cursor() int { return m.cursor }

// Current is the row where the keyboard is.
func (m *Model[T, K]) Current() (row T, ok bool) {
	if m.cursor < 0 || m.cursor >= len(m.view) {
		return row, false
	}
	return m.At(m.cursor), true
}

// IsSelected reports whether the row shown at i is selected.
func (m *Model[T, K]) IsSelected(i int) bool {
	return i >= 0 && i < len(m.view) && m.selected[m.key(m.At(i))]
}

// IsChosen reports whether the row shown at i is one that things are done to: it
// is selected, or nothing in sight is and the keyboard is there.
func (m *Model[T, K]) IsChosen(i int) bool {
	return m.IsSelected(i) || i >= 0 && i == m.cursor && (len(m.selected) == 0 || len(m.Selected()) == 0)
}

// Selected are the selected rows that are shown, in their order.
func (m *Model[T, K]) Selected() []T {
	var out []T
	for i := range m.view {
		if m.IsSelected(i) {
			out = append(out, m.At(i))
		}
	}
	return out
}

// Move puts the cursor on a row, clamped to the rows there are. extend selects
// everything between where the range began and there; otherwise the row alone
// is selected, or, while rows are being marked, the marks stay.
func (m *Model[T, K]) Move(to int, extend bool) {
	if len(m.view) == 0 {
		return
	}
	to = min(max(to, 0), len(m.view)-1)
	switch {
	case extend:
		if m.cursor < 0 {
			m.anchor = to
		}
		clear(m.selected)
		for i := min(m.anchor, to); i <= max(m.anchor, to); i++ {
			m.selected[m.key(m.At(i))] = true
		}
	case !m.marking:
		clear(m.selected)
		m.selected[m.key(m.At(to))] = true
		m.anchor = to
	default:
		m.anchor = to
	}
	m.cursor = to
}

// Choose puts the cursor on a row and selects it alone, as a click does.
func (m *Model[T, K]) Choose(i int) {
	m.marking = false
	m.Move(i, false)
}

// ChooseKey does the same for the row with that key; false when it is not
// shown.
func (m *Model[T, K]) ChooseKey(k K) bool {
	i := m.index(k)
	if i >= 0 {
		m.Choose(i)
	}
	return i >= 0
}

// Mark changes whether a row is selected and leaves the others alone. From
// then on the cursor moves without changing the selection, until Choose or
// Clear. The first mark by keyboard keeps the row that the cursor had selected.
func (m *Model[T, K]) Mark(i int) {
	if i < 0 || i >= len(m.view) {
		return
	}
	k := m.key(m.At(i))
	following := !m.marking && i == m.cursor && len(m.selected) == 1 && m.selected[k]
	switch {
	case following: // it is selected already: from now on as a mark
	case m.selected[k]:
		delete(m.selected, k)
	default:
		m.selected[k] = true
	}
	m.marking = len(m.selected) > 0
	m.cursor, m.anchor = i, i
}

// SelectAll selects every row that is shown.
func (m *Model[T, K]) SelectAll() {
	for i := range m.view {
		m.selected[m.key(m.At(i))] = true
	}
	m.marking = len(m.view) > 0
	if m.cursor < 0 && len(m.view) > 0 {
		m.cursor, m.anchor = 0, 0
	}
}

// Clear selects nothing; the cursor stays.
func (m *Model[T, K]) Clear() {
	clear(m.selected)
	m.marking = false
}

// TSV is the selected rows as text: a line of titles, then one line a row,
// cells separated by tabs. It is empty when nothing is selected.
func (m *Model[T, K]) TSV() string {
	rows := m.Selected()
	if len(rows) == 0 {
		return ""
	}
	var b strings.Builder
	line := func(cell func(Column[T]) string) {
		first := true
		for _, c := range m.columns {
			if c.Text == nil || c.Hidden {
				continue
			}
			if !first {
				b.WriteByte('\t')
			}
			first = false
			b.WriteString(oneCell.Replace(cell(c)))
		}
		b.WriteByte('\n')
	}
	line(func(c Column[T]) string { return c.Title })
	for _, row := range rows {
		line(func(c Column[T]) string { return c.Text(row) })
	}
	return b.String()
}

var oneCell = strings.NewReplacer("\t", " ", "\r\n", " ", "\n", " ", "\r", " ")

func (m *Model[T, K]) column(id string) (Column[T], bool) {
	i := slices.IndexFunc(m.columns, func(c Column[T]) bool { return c.ID == id })
	if i < 0 {
		return Column[T]{}, false
	}
	return m.columns[i], true
}

// arrange sorts all rows anew, then filters them.
func (m *Model[T, K]) arrange() {
	m.order = make([]int, len(m.rows))
	for i := range m.order {
		m.order[i] = i
	}
	if c, ok := m.column(m.sortBy); ok && c.Compare != nil {
		slices.SortStableFunc(m.order, func(a, b int) int {
			n := c.Compare(m.rows[a], m.rows[b])
			if m.down {
				return -n
			}
			return n
		})
	}
	m.sift()
}

// sift filters the sorted rows.
func (m *Model[T, K]) sift() {
	m.view = make([]int, 0, len(m.order))
	if len(m.words) > 0 {
		m.foldRows()
	}
	for _, i := range m.order {
		if (m.accept == nil || m.accept(m.rows[i])) && m.matches(i) {
			m.view = append(m.view, i)
		}
	}
}

func (m *Model[T, K]) matches(i int) bool {
	for _, word := range m.words {
		if !strings.Contains(m.folded[i], word) {
			return false
		}
	}
	return true
}

// foldRows makes the texts of all rows comparable; they stand in one string,
// since there may be many.
func (m *Model[T, K]) foldRows() {
	if m.folded != nil {
		return
	}
	var all []byte
	ends := make([]int, len(m.rows))
	for i, row := range m.rows {
		for _, c := range m.columns {
			if c.Text != nil {
				all = append(appendFolded(all, c.Text(row)), '\n') // no word matches across two cells
			}
		}
		ends[i] = len(all)
		if i == 100 { // the others are about as long
			all = slices.Grow(all, len(all)/100*(len(m.rows)-i))
		}
	}
	text, from := string(all), 0
	m.folded = make([]string, len(m.rows))
	for i, end := range ends {
		m.folded[i], from = text[from:end], end
	}
}

// place remembers the key under the cursor while the rows change.
func (m *Model[T, K]) place() (k K, ok bool) {
	row, ok := m.Current()
	if ok {
		k = m.key(row)
	}
	return k, ok
}

// restore puts the cursor back on the row with that key, or near where it was
// when that row is no longer shown.
func (m *Model[T, K]) restore(k K, had bool) {
	if !had || len(m.view) == 0 {
		m.cursor, m.anchor = -1, 0
		return
	}
	if i := m.index(k); i >= 0 {
		m.cursor = i
	} else {
		m.cursor = min(m.cursor, len(m.view)-1)
	}
	m.anchor = m.cursor
}

func (m *Model[T, K]) index(k K) int {
	for i := range m.view {
		if m.key(m.At(i)) == k {
			return i
		}
	}
	return -1
}

// Fold makes texts comparable: small letters without accents.
func Fold(s string) string { return string(appendFolded(nil, s)) }

// appendFolded appends the folded s to to.
func appendFolded(to []byte, s string) []byte {
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			to = append(to, byte(r))
			continue
		}
		from := len(to)
		to = utf8.AppendRune(to, unicode.ToLower(r))
		if parts := norm.NFD.Properties(to[from:]).Decomposition(); parts != nil {
			to = append(to[:from], parts...)
		}
		to = withoutMarks(to, from)
	}
	return to
}

// withoutMarks takes the accents away that stand in text behind from.
func withoutMarks(text []byte, from int) []byte {
	kept := from
	for i := from; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if !unicode.Is(unicode.Mn, r) {
			kept += copy(text[kept:], text[i:i+size])
		}
		i += size
	}
	return text[:kept]
}
