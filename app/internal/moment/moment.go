// Package moment reads the dates and times that people type: "2026-12-04
// 18:00", "4 Dec 2026", "4/12/26 6 pm", "tomorrow", "+2w". It knows no
// language of its own: callers hand in the words.
package moment

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Why a text is no moment.
var (
	ErrUnreadable = errors.New("not a date that can be read")
	ErrNoSuchDay  = errors.New("no such day")
	ErrNoSuchTime = errors.New("no such time of day")
	ErrSkipped    = errors.New("summer time skips this hour")
)

// Words are those of the person's language, in any case and with or without
// accents. English month names and units are understood besides.
type Words struct {
	Months   [12]string // short names: "déc." also stands for "décembre"
	Days     []string   // units after a number: "j", "jour", "jours"
	Weeks    []string
	Mon      []string // months as a unit: "mois"
	Today    string
	Tomorrow string
}

var english = Words{
	Months:   [12]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
	Days:     []string{"d", "day", "days"},
	Weeks:    []string{"w", "week", "weeks"},
	Mon:      []string{"m", "month", "months"},
	Today:    "today",
	Tomorrow: "tomorrow",
}

// Default is the time of day of a text that names only a day.
type Default uint8

// The defaults.
const (
	DayStart Default = iota // 00:00:00
	DayEnd                  // 23:59:59
)

// Reader reads moments.
type Reader struct {
	Words   Words
	Now     time.Time // in the zone that the text is meant in
	Default Default
}

// Moment is what was read.
type Moment struct {
	time.Time
	DayOnly bool // no time of day was named
}

// Read reads text. Its error is one of this package's.
//
// Numbers with dots or slashes are day, month, year. A day without a year is
// the next such day; a time without a day the next such time.
func (r Reader) Read(text string) (Moment, error) {
	tokens := scan(fold(text))
	if len(tokens) == 0 || len(tokens) > longest {
		return Moment{}, ErrUnreadable
	}
	p := parser{r: r, tokens: tokens}
	return p.read()
}

// longest is how many pieces a text may have: no date needs more.
const longest = 20

// fold makes letters small and drops their accents, so that "Déc." is "dec.".
func fold(s string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(s)) {
		if !unicode.Is(unicode.Mn, c) {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// token is a number, a word or a sign.
type token struct {
	text   string
	number int // -1 for none
}

func scan(s string) []token {
	var tokens []token
	runes := []rune(s)
	kind := func(c rune) int {
		switch {
		case c >= '0' && c <= '9':
			return 1
		case unicode.IsLetter(c):
			return 2
		}
		return 0
	}
	for i := 0; i < len(runes); {
		start, k := i, kind(runes[i])
		for i++; k != 0 && i < len(runes) && kind(runes[i]) == k; i++ {
		}
		text := string(runes[start:i])
		switch {
		case k == 1:
			n, err := strconv.Atoi(text)
			if err != nil || len(text) > 6 {
				n = -2 // too long for any date: never accepted
			}
			tokens = append(tokens, token{text, n})
		case k == 2 || strings.Contains("-/.:+", text):
			tokens = append(tokens, token{text, -1})
		case unicode.IsSpace(runes[start]) || text == ",":
		default:
			tokens = append(tokens, token{"?", -1})
		}
	}
	return tokens
}

// parser reads a day and a time of day, in this order or the other.
type parser struct {
	r      Reader
	tokens []token

	day   *date
	clock *clock
	err   error
}

type date struct{ year, month, day int }

type clock struct{ hour, minute, second int }

func (p *parser) read() (Moment, error) {
	for len(p.tokens) > 0 && p.err == nil {
		switch {
		case p.clock == nil && p.readClock():
		case p.day == nil && p.readDay():
		case p.isFiller():
			p.tokens = p.tokens[1:]
		default:
			return Moment{}, ErrUnreadable
		}
	}
	if p.err != nil {
		return Moment{}, p.err
	}
	return p.moment()
}

// isFiller reports whether the next piece may stand anywhere: "at", "à", "in".
func (p *parser) isFiller() bool {
	switch p.tokens[0].text {
	case "at", "a", "in", "dans", "on", "le", "t":
		return len(p.tokens) > 1
	}
	return false
}

// number is the piece i, when that is a number.
func (p *parser) number(i int) (int, bool) {
	if i < len(p.tokens) && p.tokens[i].number >= 0 {
		return p.tokens[i].number, true
	}
	return 0, false
}

func (p *parser) is(i int, texts ...string) bool {
	if i >= len(p.tokens) {
		return false
	}
	for _, t := range texts {
		if t != "" && p.tokens[i].text == t {
			return true
		}
	}
	return false
}

func (p *parser) drop(n int) { p.tokens = p.tokens[n:] }

// readClock reads "18:00", "18:00:30", "18h", "18h30", "6 pm", "6:30pm".
func (p *parser) readClock() bool {
	hour, ok := p.number(0)
	if !ok {
		return false
	}
	c, used := clock{hour: hour}, 0
	switch {
	case p.is(1, ":", "h"):
		minute, named := p.number(2)
		if !named && p.is(1, ":") {
			return false
		}
		c.minute, used = minute, 2
		if named {
			used = 3
		}
		if second, ok := p.number(4); ok && named && p.is(3, ":") {
			c.second, used = second, 5
		}
		if p.is(used, "am", "pm") {
			p.halfDay(&c, p.is(used, "pm"))
			used++
		}
	case p.is(1, "am", "pm"):
		p.halfDay(&c, p.is(1, "pm"))
		used = 2
	default:
		return false
	}
	if c.hour > 23 || c.minute > 59 || c.second > 59 {
		p.err = ErrNoSuchTime
	}
	p.clock = &c
	p.drop(used)
	return true
}

func (p *parser) halfDay(c *clock, afternoon bool) {
	switch {
	case c.hour < 1 || c.hour > 12:
		p.err = ErrNoSuchTime
	case afternoon && c.hour < 12:
		c.hour += 12
	case !afternoon && c.hour == 12:
		c.hour = 0
	}
}

// readDay reads a day in one of its forms.
func (p *parser) readDay() bool {
	return p.readNamedDay() || p.readDistance() || p.readNumbers() || p.readMonthName()
}

func (p *parser) setDay(t time.Time) {
	y, m, d := t.Date()
	p.day = &date{y, int(m), d}
}

// readNamedDay reads "today" and "tomorrow".
func (p *parser) readNamedDay() bool {
	switch {
	case p.is(0, english.Today, fold(p.r.Words.Today)):
		p.setDay(p.r.Now)
		p.drop(1)
	case p.is(0, english.Tomorrow, fold(p.r.Words.Tomorrow)):
		p.setDay(p.noon().AddDate(0, 0, 1))
		p.drop(1)
	default:
		return p.readPhrase(p.r.Words.Today, 0) || p.readPhrase(p.r.Words.Tomorrow, 1)
	}
	return true
}

// readPhrase reads a name of several pieces, such as "aujourd’hui".
func (p *parser) readPhrase(phrase string, days int) bool {
	pieces := scan(fold(phrase))
	if len(pieces) < 2 || len(pieces) > len(p.tokens) {
		return false
	}
	for i, piece := range pieces {
		if p.tokens[i].text != piece.text {
			return false
		}
	}
	p.setDay(p.noon().AddDate(0, 0, days))
	p.drop(len(pieces))
	return true
}

// noon is the middle of today, which no change of the clocks touches.
func (p *parser) noon() time.Time {
	y, m, d := p.r.Now.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, p.r.Now.Location())
}

// furthest is the longest distance, in any unit.
const furthest = 5000

// readDistance reads "+2w", "2 weeks", "+10" in days.
func (p *parser) readDistance() bool {
	at, plus := 0, p.is(0, "+")
	if plus {
		at = 1
	}
	n, ok := p.number(at)
	if !ok {
		return false
	}
	days, months := 0, 0
	switch {
	case p.isUnit(at+1, english.Weeks, p.r.Words.Weeks):
		days = 7 * n
	case p.isUnit(at+1, english.Mon, p.r.Words.Mon):
		months = n
	case p.isUnit(at+1, english.Days, p.r.Words.Days):
		days = n
	case plus && at+1 == len(p.tokens):
		days = n
		at-- // there is no unit to drop
	default:
		return false
	}
	if n > furthest {
		p.err = ErrNoSuchDay
	}
	t := p.noon().AddDate(0, 0, days)
	if months > 0 {
		t = addMonths(p.noon(), months)
	}
	p.setDay(t)
	p.drop(at + 2)
	return true
}

func (p *parser) isUnit(i int, lists ...[]string) bool {
	for _, list := range lists {
		for _, unit := range list {
			if p.is(i, fold(unit)) {
				return true
			}
		}
	}
	return false
}

// addMonths keeps to the month's last day where the day does not exist.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), 0, 0, 0, t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// readNumbers reads "2026-12-04", "4.12.2026", "4/12/26", "4/12".
func (p *parser) readNumbers() bool {
	first, ok := p.number(0)
	second, ok2 := p.number(2)
	if !ok || !ok2 {
		return false
	}
	third, hasThird := p.number(4)
	switch {
	case p.is(1, "-", "/", ".") && len(p.tokens[0].text) == 4 && hasThird && p.is(3, p.tokens[1].text):
		p.day = &date{first, second, third}
		p.drop(5)
	case p.is(1, ".", "/", "-") && hasThird && p.is(3, p.tokens[1].text) && yearLength(p.tokens[4].text) && !p.is(5, clockSigns...):
		p.day = &date{fullYear(third), second, first}
		p.drop(5)
	case p.is(1, ".", "/"):
		p.day = &date{0, second, first}
		p.drop(3)
		if p.is(0, ".") {
			p.drop(1)
		}
	default:
		return false
	}
	return true
}

// clockSigns say that the number before them is an hour.
var clockSigns = []string{":", "h", "am", "pm"}

func yearLength(text string) bool { return len(text) == 2 || len(text) == 4 }

func fullYear(n int) int {
	if n < 100 {
		return 2000 + n
	}
	return n
}

// readMonthName reads "4 Dec 2026", "4. Dezember", "Dec 4, 2026", "1er mai".
func (p *parser) readMonthName() bool {
	if day, ok := p.number(0); ok {
		at := 1
		if p.is(at, "er", "st", "nd", "rd", "th", ".", "-") {
			at++
		}
		month := p.month(at)
		if month == 0 {
			return false
		}
		p.day = &date{0, month, day}
		p.drop(at + 1)
		p.takeYear()
		return true
	}
	month := p.month(0)
	if month == 0 {
		return false
	}
	at := 1
	if p.is(at, ".") {
		at++
	}
	day, ok := p.number(at)
	if !ok {
		return false
	}
	p.day = &date{0, month, day}
	p.drop(at + 1)
	p.takeYear()
	return true
}

// takeYear reads the year behind a day and a month, when there is one: four
// digits, or two that are no hour.
func (p *parser) takeYear() {
	for p.is(0, ".", "-") {
		p.drop(1)
	}
	year, ok := p.number(0)
	if !ok || p.is(1, clockSigns...) || !yearLength(p.tokens[0].text) {
		return
	}
	p.day.year = fullYear(year)
	p.drop(1)
}

// month is the month that piece i names, in at least three letters: 0 for
// none, or when it could be several.
func (p *parser) month(i int) int {
	if i >= len(p.tokens) || p.tokens[i].number != -1 {
		return 0
	}
	word := p.tokens[i].text
	if len([]rune(word)) < 3 {
		return 0
	}
	for _, names := range [][12]string{p.r.Words.Months, english.Months} {
		found := 0
		for m, name := range names {
			name = strings.Trim(fold(name), ".")
			if name != "" && (strings.HasPrefix(word, name) || strings.HasPrefix(name, word)) {
				if found != 0 {
					return 0
				}
				found = m + 1
			}
		}
		if found != 0 {
			return found
		}
	}
	return 0
}

// moment puts day and time together.
func (p *parser) moment() (Moment, error) {
	if p.day == nil && p.clock == nil {
		return Moment{}, ErrUnreadable
	}
	c, dayOnly := p.clock, p.clock == nil
	if dayOnly {
		c = &clock{}
		if p.r.Default == DayEnd {
			c = &clock{23, 59, 59}
		}
	}
	if p.day == nil {
		p.setDay(p.r.Now)
		t, err := p.at(*p.day, *c)
		if err == nil && t.After(p.r.Now) {
			return Moment{t, false}, nil
		}
		p.setDay(p.noon().AddDate(0, 0, 1))
	}
	d := *p.day
	if d.year == 0 {
		d.year = p.r.Now.Year()
		t, err := p.at(d, clock{23, 59, 59})
		if err == nil && t.Before(p.r.Now) || err != nil && d.month == 2 && d.day == 29 {
			for range 8 { // the next year that has the day
				d.year++
				if exists(d) {
					break
				}
			}
		}
	}
	t, err := p.at(d, *c)
	return Moment{t, dayOnly}, err
}

func exists(d date) bool {
	t := time.Date(d.year, time.Month(d.month), d.day, 12, 0, 0, 0, time.UTC)
	return d.month >= 1 && d.month <= 12 && d.day >= 1 && t.Day() == d.day && int(t.Month()) == d.month && d.year > 0 && d.year < 10000
}

// at is an instant in the reader's zone.
func (p *parser) at(d date, c clock) (time.Time, error) {
	if !exists(d) {
		return time.Time{}, ErrNoSuchDay
	}
	t := time.Date(d.year, time.Month(d.month), d.day, c.hour, c.minute, c.second, 0, p.r.Now.Location())
	if hour, minute, second := t.Clock(); hour != c.hour || minute != c.minute || second != c.second {
		return time.Time{}, ErrSkipped
	}
	return t, nil
}
