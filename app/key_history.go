package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"glpikeys/keys"
)

// keyStep is one line of a key's life.
type keyStep struct {
	at   time.Time
	day  keys.Date // in the person's zone
	text string
}

// steps is the life of a key, newest first: what its block tells, and who
// changed what, as GLPI logged it.
func (p *keyList) steps(r *keys.KeyRecord, history []keys.KeyEvent) []keyStep {
	l := life{p: p, r: r, zone: p.work.deps.Now().Location()}
	l.fromHistory(history)
	l.fromBlock()
	slices.SortStableFunc(l.steps, func(a, b keyStep) int {
		return cmp.Or(-a.day.Compare(b.day), -a.at.Compare(b.at))
	})
	return l.steps
}

// life collects the steps of one key.
type life struct {
	p    *keyList
	r    *keys.KeyRecord
	zone *time.Location

	steps     []keyStep
	acquired  bool      // the history tells of the beginning
	validator string    // who noted the last validation
	closed    keys.Date // when the history tells that GLPI calls the key invalid
	back      bool      // the history told that it was taken back into use
}

func (l *life) add(at time.Time, text string) {
	at = at.In(l.zone)
	l.steps = append(l.steps, keyStep{at, keys.DateOf(at), text})
}

// addDay adds what is known by its day alone; it stands above what happened
// earlier on that day.
func (l *life) addDay(day keys.Date, text string) {
	at := time.Date(day.Year, day.Month, day.Day, 23, 59, 59, 0, l.zone)
	l.steps = append(l.steps, keyStep{at, day, text})
}

// sameAct is how far apart the log's lines about one act of one person may be.
const sameAct = 2 * time.Second

// fromHistory tells each act of a person in one line.
func (l *life) fromHistory(history []keys.KeyEvent) {
	for len(history) > 0 {
		n := 1
		for n < len(history) && history[n].Who == history[0].Who && history[0].Time.Sub(history[n].Time).Abs() <= sameAct {
			n++
		}
		l.act(history[:n])
		history = history[n:]
	}
}

// act is what one person did at one moment.
func (l *life) act(events []keys.KeyEvent) {
	who, at := events[0].Who, events[0].Time
	var said, fields []string
	// This program writes is_valid together with the block in the comment. GLPI's
	// own count writes it alone; its form, too, but when it changes line breaks.
	ours := slices.ContainsFunc(events, func(e keys.KeyEvent) bool { return e.Field == "comment" })
	for _, e := range events {
		if e.Field == "created" {
			l.acquired = true
			l.add(at, l.begin(who))
			return // what was filled in then is what the record shows
		}
		if text, same := l.change(e, ours); same {
			continue
		} else if text != "" {
			said = append(said, text)
		} else if name := fieldName(e); name != "" && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	for _, text := range said {
		l.add(at, text)
	}
	block := t("keys.field.block")
	switch only := len(fields) == 1 && fields[0] == block; {
	case only && len(said) > 0: // it says the same
	case only && l.r.Block.Validated.Time.Sub(at).Abs() < noteTime:
		l.validator = who
	default:
		if len(fields) > 1 {
			fields = slices.DeleteFunc(fields, func(name string) bool { return name == block })
		}
		if len(fields) > 0 {
			l.add(at, by(t("keys.life.edited", map[string]any{"Fields": strings.Join(fields, ", ")}), who))
		}
	}
}

// noteTime is how long after a vendor's answer it is noted in the record, at
// most.
const noteTime = 2 * time.Minute

// change says what became of one of GLPI's fields that tells something of the
// key's life; "" for the others. same: it became what it was. ours: this program
// wrote it.
func (l *life) change(e keys.KeyEvent, ours bool) (text string, same bool) {
	switch e.Field {
	case "expire": // GLPI 11's form logs "2027-07-30" becoming "2027-07-30 00:00:00"
		return by(t("keys.life.end", map[string]any{"Old": dayOf(e.Old), "New": dayOf(e.New)}), e.Who), dayOf(e.Old) == dayOf(e.New)
	case "is_valid":
		return l.validity(e, ours), false
	case "trashed":
		return by(t("keys.life.trashed"), e.Who), false
	case "restored":
		return by(t("keys.life.restored"), e.Who), false
	default:
		return "", false
	}
}

// validity is what a change of is_valid was. The record's kind and reason are
// those of the last time that somebody gave the key up.
func (l *life) validity(e keys.KeyEvent, ours bool) string {
	day := keys.DateOf(e.Time.In(l.zone))
	switch {
	case off(e.New) && ours && l.closed.IsZero() && l.gaveUp(day):
		l.closed = day
		return l.departure(e.Who)
	case off(e.New) && ours && l.back: // what was taken back had been given up
		l.back = false
		return by(t("keys.life.revoked"), e.Who)
	case off(e.New):
		return by(t("keys.life.invalid"), e.Who)
	case l.r.Closed() && l.closed.IsZero() || !ours:
		return by(t("keys.life.valid"), e.Who)
	default:
		l.back = true
		return by(t("keys.life.reopened"), e.Who)
	}
}

// gaveUp reports whether the key was given up on that day, in whatever time zone
// somebody did.
func (l *life) gaveUp(day keys.Date) bool {
	apart := day.DaysAfter(l.r.Block.Revoked.Date)
	return l.r.Closed() && -1 <= apart && apart <= 1
}

// off reads a flag as GLPI's log writes it.
func off(value string) bool { return value == "" || value == "0" || strings.EqualFold(value, "no") }

// dayOf is a day of the log as people write it.
func dayOf(value string) string {
	d, err := keys.ParseDate(firstWord(value))
	if err != nil || d.IsZero() {
		return cmp.Or(value, t("keys.life.none"))
	}
	return dayText(d)
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// fieldName is what people call what was changed; "" for what tells nothing. The
// log does not show the block of a comment.
func fieldName(e keys.KeyEvent) string {
	switch e.Field {
	case "id", "other", "":
		return ""
	case "serial":
		return t("keys.field.block")
	case "comment":
		if sameNotes(e.Old, e.New) {
			return t("keys.field.block")
		}
	}
	if name := t("keys.field." + e.Field); !strings.HasPrefix(name, "keys.field.") {
		return name
	}
	return e.Field
}

// sameNotes reports whether two comments of the log differ in their blocks alone,
// which stand there as "…". GLPI 10 logs the line breaks of a new comment as the
// letters r and n, so that those tell nothing.
func sameNotes(old, new string) bool {
	if !strings.Contains(old+new, "…") {
		return old == new
	}
	letters := func(text string) string {
		return strings.NewReplacer("…", "", "\n", "", "\r", "", "n", "", "r", "").Replace(text)
	}
	return letters(old) == letters(new)
}

// begin is how a record came to be.
func (l *life) begin(who string) string {
	text := t("keys.life.acquired")
	wasTrial := slices.ContainsFunc(l.r.Block.Steps, func(s keys.Step) bool { return s.What == keys.StepSubscribed })
	if l.r.Block.Trial || wasTrial {
		text = t("keys.life.trial")
	}
	text = by(text, who)
	if l.r.Number != "" {
		text += t("keys.life.order", map[string]any{"Number": l.r.Number})
	}
	return text
}

// departure is how a key went out of use.
func (l *life) departure(who string) string {
	rev := l.r.Block.Revoked
	text := t("keys.life." + string(cmp.Or(rev.Why, keys.DepartureRevoked)))
	if next := l.p.index.Successors(l.r.ID); rev.Why == keys.DepartureRenewed && len(next) > 0 {
		text = t("keys.life.renewed_by", map[string]any{"Key": nameOf(next[len(next)-1])})
	}
	text = by(text, who)
	if rev.Reason != "" {
		text += t("keys.life.reason", map[string]any{"Reason": rev.Reason})
	}
	return text
}

// nameOf is how another record is called in a line: by its key, else its name.
func nameOf(r *keys.KeyRecord) string {
	return cmp.Or(keys.ShortFingerprint(r.Block.Fingerprint), r.Name, r.Product.Name)
}

// by says who did something, when that is known.
func by(text, who string) string {
	if who == "" {
		return text
	}
	return t("keys.life.by", map[string]any{"What": text, "Who": who})
}

// fromBlock tells what the program itself noted in the record.
func (l *life) fromBlock() {
	b := &l.r.Block
	if !l.acquired && !l.r.Created.IsZero() {
		l.add(l.r.Created, l.begin(""))
	}
	if old := l.p.record(l.r.Parent); old != nil && !l.r.Created.IsZero() {
		l.add(l.r.Created.Add(time.Second), t("keys.life.renews", map[string]any{"Key": nameOf(old)}))
	}
	if v := b.Validated; !v.Time.IsZero() {
		l.add(v.Time, joined(" · ", l.answer(v), l.validator))
	}
	if r := b.Reissue; r.State != "" && !r.Date.IsZero() && !l.installedWith(r) {
		l.addDay(r.Date, t("keys.life.reissue."+string(r.State), map[string]any{"Address": cmp.Or(shortAddress(r.Address), "?")}))
	}
	if !b.Revoked.Date.IsZero() && l.closed.IsZero() {
		l.addDay(b.Revoked.Date, l.departure(""))
	}
	for _, s := range slices.Backward(b.Steps) { // newest first, as those of one day are shown
		if key := stepTexts[s.What]; key != "" {
			l.addDay(s.Date, by(t(key), s.By))
		}
	}
}

// installedWith reports whether the steps tell themselves that a re-issued key
// was installed, and who did.
func (l *life) installedWith(r keys.Reissue) bool {
	return r.State == keys.ReissueInstalled && slices.ContainsFunc(l.r.Block.Steps, func(s keys.Step) bool {
		return s.Date == r.Date && (s.What == keys.StepInstalled || s.What == keys.StepPutBack)
	})
}

// stepTexts are the sentences of the steps that a block keeps.
var stepTexts = map[keys.StepKind]string{
	keys.StepInstalled: "keys.life.installed", keys.StepPutBack: "keys.life.put_back", keys.StepRemoved: "keys.life.removed",
	keys.StepRequested: "keys.life.requested", keys.StepReceived: "keys.life.reissue.received", keys.StepSubscribed: "keys.life.subscribed",
}

// answer is what came of the last validation, and who asked.
func (l *life) answer(v keys.Validation) string {
	vendor := cmp.Or(l.r.Block.Vendor, t("keys.life.vendor"))
	text := t("keys.life.validated."+string(cmp.Or(v.Verdict, keys.VerdictUnreached)), map[string]any{"Vendor": vendor})
	switch v.From {
	case keys.AskedByGLPI:
		text += t("keys.life.asked_glpi")
	case keys.AskedHere:
		text += t("keys.life.asked_here")
	}
	return text
}
