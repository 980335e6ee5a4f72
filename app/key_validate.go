package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"glpikeys/keys"
)

// keyAnswer is what GLPI Network last said about a key, or why it said
// nothing.
type keyAnswer struct {
	keys.Subscription
	Time   time.Time
	Err    error // of the question itself
	Unkept error // the answer is good, and could not be written into the record
	NoText bool  // nobody keeps the key where this program can read it
	Closes bool  // the key is good, and the one that it renews was to be closed then
	// Through is why GLPI did not ask itself, "" when it did: a cause, or
	// throughOther.
	Through string
}

// throughOther: GLPI has another key installed than the one asked about.
const throughOther = "other"

// throughNone: GLPI has no key installed. throughSilent: GLPI asked and got no
// usable answer, so this computer asked.
const (
	throughNone   = "none"
	throughSilent = "silent"
)

// answer is the last answer of this run about a record, nil for none.
func (k *keyWork) answer(id int) *keyAnswer { return k.answers[id] }

// validate asks GLPI Network about a key and keeps what it says with the
// record. It is never asked about keys of other vendors.
func (k *keyWork) validate(id int) {
	if !k.can(keyValidate, id) {
		return
	}
	x, now := k.reach(), k.work.deps.Now
	var answer keyAnswer
	k.perform(&keyDeed{
		act: keyValidate, ids: []int{id},
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			var record keys.KeyRecord
			answer, record = x.validate(ctx, id, now)
			return record, answer.Err
		},
		after: func(r *keyReport) { k.answered(id, answer, r) },
	})
}

// answered takes an answer, and closes the record that this one renewed when
// that was to wait for it.
func (k *keyWork) answered(id int, answer keyAnswer, r *keyReport) {
	k.answers[id] = &answer
	r.text = joined(" ", r.text, answerLine(&answer))
	if answer.Err != nil || answer.Verdict != keys.VerdictRunning {
		return
	}
	rec := k.record(id)
	if rec == nil {
		return
	}
	if answer.From == keys.AskedByGLPI || k.installedState(rec) == installedOurs {
		k.forgetEarlier(rec)
	}
	before := k.record(rec.Parent)
	if rec.Parent == 0 || before == nil {
		return
	}
	if ids := k.closedBy(rec); answer.Closes && len(ids) > 0 {
		report := *r
		k.closeRenewed(ids, r.text)
		if k.report == nil {
			k.report = &report
		}
	} else if !before.Closed() {
		r.closes = before.ID
	}
}

// closedBy are the records in use that a good key closes: the one that it
// renews, and those that this one was to close in its turn.
func (k *keyWork) closedBy(r *keys.KeyRecord) (ids []int) {
	seen := map[int]bool{r.ID: true}
	for closes := true; closes; {
		r = k.record(r.Parent)
		if r == nil || seen[r.ID] {
			break
		}
		if seen[r.ID] = true; !r.Closed() {
			ids = append(ids, r.ID)
		}
		closes = r.Block.ClosesParent
	}
	return ids
}

// validate asks about the key of a record: GLPI itself when it is its installed
// key, else from here. record is the one that the answer was written into, the
// zero one when it was not.
func (x keyReach) validate(ctx context.Context, id int, now func() time.Time) (a keyAnswer, record keys.KeyRecord) {
	r, err := x.session.KeyRecord(ctx, id)
	a.Time = now()
	if err == nil && r.Block.Vendor != keys.GLPINetwork {
		err = &keys.Problem{Op: "ask GLPI Network", Cause: keys.BadValue}
	}
	if err != nil {
		a.Err = err
		return a, keys.KeyRecord{}
	}
	a.Subscription, err = x.session.Subscription(ctx)
	switch {
	case err != nil:
		a.Through = string(keys.CauseOf(err))
	case a.Fingerprint == "":
		a.Through = throughNone
	case a.Fingerprint != r.Block.Fingerprint:
		a.Through = throughOther
	default:
		a.From = keys.AskedByGLPI
		x.askBeside(ctx, &r, &a)
	}
	if a.Through != "" && a.Through != throughSilent {
		a.Subscription = keys.Subscription{}
		x.askHere(ctx, &r, &a)
	}
	if a.Err != nil {
		return a, keys.KeyRecord{}
	}
	if a.Checked.IsZero() {
		a.Checked = now()
	}
	a.Time = a.Checked.In(a.Time.Location())
	if a.Verdict == keys.VerdictUnreached { // what was known before is worth more
		return a, keys.KeyRecord{}
	}
	record, a.Unkept = x.update(ctx, id, func(r *keys.KeyRecord) error {
		r.Block.Validated = validationOf(&a.Subscription, a.From)
		r.Block.Owner = cmp.Or(a.Owner, r.Block.Owner)
		a.Closes = a.Verdict == keys.VerdictRunning && r.Block.ClosesParent
		return nil
	})
	a.Closes = a.Closes && a.Unkept == nil // else it would be closed anew with every answer
	return a, record
}

// askBeside asks from this computer when GLPI got no usable answer. Where that
// fails, too, GLPI's own failure stands.
func (x keyReach) askBeside(ctx context.Context, r *keys.KeyRecord, a *keyAnswer) {
	if a.Verdict != keys.VerdictUnreached {
		return
	}
	beside := keyAnswer{Time: a.Time, Through: throughSilent}
	x.askHere(ctx, r, &beside)
	if beside.Err == nil && beside.Verdict != keys.VerdictUnreached && beside.Verdict != keys.VerdictUnknown {
		*a = beside
	}
}

// askHere asks from this computer, as the GLPI that one is signed in to.
func (x keyReach) askHere(ctx context.Context, r *keys.KeyRecord, a *keyAnswer) {
	text := r.Block.Text
	if text.Empty() {
		var err error
		if text, err = x.own(ctx, r.Block.Fingerprint); err != nil {
			a.Err = err
			return
		}
	}
	if text.Empty() || x.network == nil {
		a.NoText = true
		a.Err = &keys.Problem{Op: "ask GLPI Network", Cause: keys.KeyMismatch}
		return
	}
	instance := cmp.Or(x.facts.NetworkID, r.Block.Instance)
	a.Subscription, a.Err = x.network(ctx, x.service, text, instance, x.via)
	a.From = keys.AskedHere
}

// answerLine says an answer in a line or two.
func answerLine(a *keyAnswer) string {
	if a.Err != nil {
		return answerFault(a)
	}
	parts := []string{t("keywork.verdict." + cmp.Or(string(a.Verdict), "unknown"))}
	if a.Message != "" {
		parts = append(parts, "“"+shorten(a.Message, detailLength)+"”")
	}
	if detail := answerDetail(a); detail != "" {
		parts = append(parts, detail)
	}
	if a.Verdict == keys.VerdictUnreached {
		parts = append(parts, unreachedText(&a.Subscription))
	}
	if a.Through == throughSilent {
		parts = append(parts, t("keywork.validate.silent"))
	}
	if a.Unkept != nil {
		parts = append(parts, t("keywork.validate.unkept")+" "+sentence(a.Unkept))
	}
	return strings.Join(parts, " ")
}

// answerDetail is what an answer says besides: to whom the key is registered,
// its subscription, and who asked when.
func answerDetail(a *keyAnswer) string {
	var parts []string
	title := a.Title
	if a.Offer != "" && a.Offer != title {
		title = strings.TrimSpace(title + " (" + a.Offer + ")")
	}
	for _, part := range []string{a.Owner, title} {
		if part != "" {
			parts = append(parts, shorten(part, 80))
		}
	}
	if !a.Begin.IsZero() || !a.End.IsZero() {
		parts = append(parts, dayText(a.Begin)+" – "+dayText(a.End))
	}
	if a.From != "" && a.Verdict != keys.VerdictUnreached {
		asked := t("keywork.asked."+a.From, map[string]any{"Time": dayText(keys.DateOf(a.Time)) + " " + clockText(a.Time)})
		if len(parts) == 0 { // it follows a full stop
			asked = strings.ToUpper(asked[:1]) + asked[1:]
		}
		parts = append(parts, asked)
	}
	return strings.Join(parts, " · ")
}

// answerFault says why there is no answer, and what to try.
func answerFault(a *keyAnswer) string {
	switch c := keys.CauseOf(a.Err); {
	case a.NoText && a.Through == throughOther:
		return t("keywork.validate.notext_other")
	case a.NoText:
		return t("keywork.validate.notext")
	case networkFault[c]:
		detail := ""
		var p *keys.Problem
		if errors.As(a.Err, &p) {
			detail = p.Detail
		}
		return t("keywork.network."+string(c), map[string]any{"Detail": shorten(detail, detailLength)})
	default:
		return sentence(a.Err)
	}
}

// networkFault are the causes with a sentence of their own about GLPI Network.
var networkFault = map[keys.Cause]bool{
	keys.HostUnknown: true, keys.Unreachable: true, keys.TimedOut: true, keys.TLSFailed: true,
	keys.CertificateUnknown: true, keys.ProxyFailed: true, keys.NotJSON: true, keys.Truncated: true,
	keys.ServerFault: true, keys.Refused: true, keys.Redirected: true, keys.BadAddress: true,
}

// unreachedText says why GLPI got no usable answer.
func unreachedText(s *keys.Subscription) string {
	switch {
	case s.Status/100 == 2: // a page, in place of an answer
		return t("keywork.network." + string(keys.NotJSON))
	case s.Status != 0:
		return t("keywork.network.status", map[string]any{"Status": s.Status})
	case s.Error != "":
		return t("keywork.network.error", map[string]any{"Error": shorten(s.Error, detailLength)})
	default:
		return t("keywork.network.silent")
	}
}
