package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"glpikeys/keys"
)

// report is the result, as -json prints it: see the package's documentation.
type report struct {
	Time    time.Time    `json:"time"`
	Today   keys.Date    `json:"today"`
	Days    int          `json:"days"`
	Exit    int          `json:"exit"`
	Status  string       `json:"status"`
	Summary string       `json:"summary"`
	Servers []serverLine `json:"servers"`
	Items   []itemLine   `json:"items"`
}

type serverLine struct {
	Name     string        `json:"name"`
	Address  string        `json:"address"`
	Checked  bool          `json:"checked"`
	Looked   int           `json:"looked"`
	Ended    int           `json:"ended"`
	Refused  int           `json:"refused"`
	Ending   int           `json:"ending"`
	Problems []problemLine `json:"problems"`
}

type problemLine struct {
	Type    keys.ItemType `json:"type,omitempty"`
	Cause   keys.Cause    `json:"cause"`
	Message string        `json:"message"`
}

type itemLine struct {
	Server  string        `json:"server"`
	State   string        `json:"state"`
	End     keys.Date     `json:"end"`
	Days    int           `json:"days"`
	Type    keys.ItemType `json:"type"`
	ID      int           `json:"id"`
	Name    string        `json:"name"`
	Detail  string        `json:"detail"`
	Entity  string        `json:"entity"`
	Key     bool          `json:"registration_key"`
	Verdict keys.Verdict  `json:"verdict"`
	Trial   bool          `json:"trial"`
	Renews  bool          `json:"renews"`
}

// The states of an item that is printed.
const (
	stateEnded   = "ended"
	stateRefused = "refused"
	stateEnding  = "ending"
)

var statuses = [...]string{exitNothing: "OK", exitEnding: "WARNING", exitEnded: "CRITICAL", exitUnknown: "UNKNOWN"}

// emptyReport is one without servers. Its lists are not nil: JSON has no null.
func emptyReport(o options, now time.Time) report {
	return report{Time: now.Truncate(time.Second), Today: keys.DateOf(now), Days: o.days, Servers: []serverLine{}, Items: []itemLine{}}
}

// newReport judges what the servers answered.
func newReport(o options, now time.Time, answers []answer) report {
	r := emptyReport(o, now)
	for _, a := range answers {
		r.add(o, a)
	}
	slices.SortStableFunc(r.Items, func(a, b itemLine) int {
		return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.Server, b.Server), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	r.Status = statuses[r.Exit]
	r.Summary = r.summary()
	return r
}

func (r *report) add(o options, a answer) {
	s := serverLine{Name: a.name, Address: a.address, Checked: a.checked, Looked: len(a.found), Problems: []problemLine{}}
	for _, f := range a.failed {
		s.Problems = append(s.Problems, problemLine{f.kind, keys.CauseOf(f.err), sentence(f.err)})
		r.Exit = exitUnknown
	}
	for _, f := range a.found {
		i := itemLine{
			Server: a.name, State: stateOf(o, f, r.Today), End: f.End, Type: f.Type, ID: f.ID,
			Name: f.Name, Detail: f.Detail, Entity: f.Entity, Renews: f.Renews,
		}
		if !f.End.IsZero() {
			i.Days = f.End.DaysAfter(r.Today)
		}
		if f.record != nil {
			i.Key, i.Trial, i.Verdict = true, f.record.Block.Trial, f.record.Block.Validated.Verdict
		}
		switch i.State {
		case stateEnded:
			s.Ended++
			r.Exit = max(r.Exit, exitEnded)
		case stateRefused:
			s.Refused++
			r.Exit = max(r.Exit, exitEnded)
		case stateEnding:
			s.Ending++
			r.Exit = max(r.Exit, exitEnding)
		default:
			continue
		}
		r.Items = append(r.Items, i)
	}
	r.Servers = append(r.Servers, s)
}

// stateOf is "" for what is not printed.
func stateOf(o options, f found, today keys.Date) string {
	switch {
	case f.record != nil && f.record.Refused(today) != "":
		return stateRefused
	case f.End.IsZero():
		return ""
	}
	switch days := f.End.DaysAfter(today); {
	case days < 0 && (o.ended < 0 || -days <= o.ended):
		return stateEnded
	case days >= 0 && days <= o.days && (o.renewing || !f.Renews):
		return stateEnding
	}
	return ""
}

func (r *report) summary() string {
	looked, ended, refused, ending, failed, inPart := 0, 0, 0, 0, 0, 0
	for _, s := range r.Servers {
		looked, ended, refused, ending = looked+s.Looked, ended+s.Ended, refused+s.Refused, ending+s.Ending
		switch {
		case !s.Checked:
			failed++
		case len(s.Problems) > 0:
			inPart++
		}
	}
	servers := " of " + count(len(r.Servers), "server")
	var troubles []string
	if failed > 0 {
		troubles = append(troubles, strconv.Itoa(failed)+servers+" not checked")
	}
	if inPart > 0 {
		troubles = append(troubles, strconv.Itoa(inPart)+servers+" checked in part")
	}
	if failed == len(r.Servers) {
		return troubles[0]
	}
	var parts []string
	if ended > 0 {
		parts = append(parts, fmt.Sprintf("%d ended", ended))
	}
	if refused > 0 {
		parts = append(parts, count(refused, "key")+" refused by GLPI Network")
	}
	if ending > 0 {
		verb := "end"
		if ending == 1 {
			verb = "ends"
		}
		parts = append(parts, fmt.Sprintf("%d %s within %s", ending, verb, count(r.Days, "day")))
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing ends within "+count(r.Days, "day"))
	}
	text := strings.Join(parts, ", ") + " (" + count(looked, "item") + ")"
	return strings.Join(append(troubles, text), "; ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (r *report) write(to io.Writer, asJSON bool) error {
	out := bufio.NewWriter(to)
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(r); err != nil {
			return err
		}
		return out.Flush()
	}
	line := func(text string) { fmt.Fprintln(out, oneLine(text)) }
	line(r.Status + ": " + r.Summary)
	for _, i := range r.Items {
		line(i.text(len(r.Servers) > 1))
	}
	for _, s := range r.Servers {
		for _, p := range s.Problems {
			text := "not checked: " + cmp.Or(s.Name, s.Address, "the server")
			if p.Type != "" {
				text += ", " + typeWords[p.Type] + "s"
			}
			line(text + ": " + p.Message)
		}
	}
	return out.Flush()
}

var typeWords = map[keys.ItemType]string{
	keys.TypeLicence: "licence", keys.TypeContract: "contract", keys.TypeCertificate: "certificate",
}

func (i itemLine) text(withServer bool) string {
	var when string
	switch {
	case i.State == stateRefused:
		when = "refused by GLPI Network, " + string(i.Verdict)
	case i.Days < 0:
		when = "ended " + count(-i.Days, "day") + " ago"
	case i.Days == 0:
		when = "ends today"
	default:
		when = "ends in " + count(i.Days, "day")
	}
	what := typeWords[i.Type]
	switch {
	case i.Trial:
		what = "trial key"
	case i.Key:
		what = "registration key"
	}
	if !i.End.IsZero() {
		when += ", " + i.End.String()
	}
	text := fmt.Sprintf("%s: %s %d %q", when, what, i.ID, i.Name)
	if i.Detail != "" {
		text += " (" + i.Detail + ")"
	}
	if i.Entity != "" {
		text += ", " + i.Entity
	}
	if i.Renews {
		text += ", renews itself"
	}
	if withServer {
		text += " [" + i.Server + "]"
	}
	return text
}

// oneLine keeps what people typed into GLPI from forging lines, moving the
// cursor, or starting the figures that Nagios looks for behind a "|".
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '|':
			return '¦'
		case !unicode.IsPrint(r):
			return ' '
		}
		return r
	}, text)
}
