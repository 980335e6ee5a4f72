package keys

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// header is one line of the block: how it is written from a Block ("" leaves
// it out), and read into one.
type header struct {
	name  string
	write func(*Block) string
	read  func(*Block, string) error
}

// headers are all that this program knows.
var headers = []header{
	textHeader("Record", func(b *Block) *string { return &b.Record }),
	{"Fingerprint",
		func(b *Block) string { return b.Fingerprint },
		func(b *Block, v string) error {
			b.Fingerprint = strings.ToLower(v)
			if !isFingerprint(b.Fingerprint) {
				return fmt.Errorf("not a SHA-256")
			}
			return nil
		}},
	textHeader("Bound-To", func(b *Block) *string { return &b.BoundTo }),
	textHeader("Instance", func(b *Block) *string { return &b.Instance }),
	textHeader("Scope", func(b *Block) *string { return (*string)(&b.Scope) }),
	textHeader("Vendor", func(b *Block) *string { return &b.Vendor }),
	textHeader("Plugin", func(b *Block) *string { return &b.Plugin }),
	textHeader("Owner", func(b *Block) *string { return &b.Owner }),
	textHeader("Kept", func(b *Block) *string { return (*string)(&b.Kept) }),
	dateHeader("Begin", func(b *Block) *Date { return &b.Begin }),
	flagHeader("Trial", func(b *Block) *bool { return &b.Trial }),
	flagHeader("Auto-Renews", func(b *Block) *bool { return &b.AutoRenews }),
	flagHeader("Closes-Parent", func(b *Block) *bool { return &b.ClosesParent }),
	{"Reminders",
		func(b *Block) string { return WriteReminders(b.Reminders) },
		func(b *Block, v string) (err error) { b.Reminders, err = ParseReminders(v); return err }},
	{"Validated", writeValidated, readValidated},
	dateHeader("Validated-End", func(b *Block) *Date { return &b.Validated.End }),
	{"Re-Issue", writeReissue, readReissue},
	{"Revoked", writeRevoked, readRevoked},
	{"Steps", writeSteps, readSteps},
}

func textHeader(name string, field func(*Block) *string) header {
	return header{name,
		func(b *Block) string { return *field(b) },
		func(b *Block, v string) error { *field(b) = v; return nil }}
}

func dateHeader(name string, field func(*Block) *Date) header {
	return header{name,
		func(b *Block) string { return field(b).String() },
		func(b *Block, v string) (err error) { *field(b), err = ParseDate(v); return err }}
}

func flagHeader(name string, field func(*Block) *bool) header {
	return header{name,
		func(b *Block) string {
			if *field(b) {
				return "yes"
			}
			return ""
		},
		func(b *Block, v string) error {
			*field(b) = strings.EqualFold(v, "yes")
			if !*field(b) && !strings.EqualFold(v, "no") && v != "" {
				return fmt.Errorf("neither yes nor no")
			}
			return nil
		}}
}

// Headers of several parts put them in a fixed order with semicolons between;
// what people wrote stands last and may hold semicolons itself.
// Without the part that they cannot do without they say nothing.
const partSep = "; "

func parts(value string, n int) []string {
	out := strings.SplitN(value, ";", n)
	for len(out) < n {
		out = append(out, "")
	}
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// part is text without what would end it.
func part(text string) string { return strings.ReplaceAll(oneLine(text), ";", ",") }

func writeValidated(b *Block) string {
	v := b.Validated
	if v.Time.IsZero() {
		return ""
	}
	return strings.Join([]string{v.Time.UTC().Format(time.RFC3339), part(string(v.Verdict)), part(v.From), v.Message}, partSep)
}

func readValidated(b *Block, value string) error {
	if value == "" {
		return nil
	}
	p := parts(value, 4)
	t, err := time.Parse(time.RFC3339, p[0])
	if !t.IsZero() {
		b.Validated = Validation{Time: t.UTC(), Verdict: Verdict(p[1]), Message: p[3], From: p[2]}
	}
	return err
}

func writeReissue(b *Block) string {
	r := b.Reissue
	if r.State == "" {
		return ""
	}
	return strings.Join([]string{part(string(r.State)), r.Date.String(), part(r.Instance), r.Address}, partSep)
}

func readReissue(b *Block, value string) error {
	p := parts(value, 4)
	date, err := ParseDate(p[1])
	if p[0] != "" {
		b.Reissue = Reissue{State: ReissueState(p[0]), Date: date, Instance: p[2], Address: p[3]}
	}
	return err
}

func writeRevoked(b *Block) string {
	r := b.Revoked
	if r.Date.IsZero() {
		return ""
	}
	return strings.Join([]string{r.Date.String(), part(string(r.Why)), r.Reason}, partSep)
}

func readRevoked(b *Block, value string) error {
	p := parts(value, 3)
	date, err := ParseDate(p[0])
	if !date.IsZero() {
		b.Revoked = Revocation{Date: date, Why: Departure(p[1]), Reason: p[2]}
	}
	return err
}

// writeSteps writes "2026-11-23 installed ana; 2026-11-24 removed ana".
func writeSteps(b *Block) string {
	var steps []string
	for _, s := range b.Steps {
		what := strings.Join(strings.Fields(part(string(s.What))), "-")
		if s.Date.IsZero() || what == "" {
			continue
		}
		steps = append(steps, strings.TrimSpace(strings.Join([]string{s.Date.String(), what, part(s.By)}, " ")))
	}
	return strings.Join(steps, partSep)
}

// readSteps leaves out what is no step: a piece of history that somebody broke
// is not worth the rest of the block. The next write drops it.
func readSteps(b *Block, value string) error {
	for text := range strings.SplitSeq(value, ";") {
		f := strings.Fields(text)
		if len(f) < 2 {
			continue
		}
		if date, err := ParseDate(f[0]); err == nil {
			b.Steps = append(b.Steps, Step{date, StepKind(f[1]), strings.Join(f[2:], " ")})
		}
	}
	return nil
}

// WriteReminders is the text form of days before an end: "90, 30, 7, 1".
func WriteReminders(days []int) string {
	texts := make([]string, len(days))
	for i, d := range days {
		texts[i] = strconv.Itoa(d)
	}
	return strings.Join(texts, ", ")
}

// ParseReminders reads days before an end, separated by commas, semicolons or
// spaces. It refuses what is not a number from 0 to 3,650.
func ParseReminders(text string) ([]int, error) {
	var days []int
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 0 || n > 3650 {
			return nil, fmt.Errorf("not a number of days from 0 to 3650")
		}
		days = append(days, n)
	}
	return days, nil
}
