package app

import (
	"cmp"
	"context"
	"regexp"
	"strings"
	"time"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyFinding is one thing that was looked at to tell why a key does not work.
type keyFinding struct {
	what string // "shape": names its sentence's beginning
	tone look.Tone
	text string
}

// keyDiagnosis is all that was found about a key.
type keyDiagnosis struct {
	record   keys.KeyRecord
	findings []keyFinding
	text     keys.KeyText // to be kept out of the report
	at       time.Time
}

// diagnose looks at everything that a key depends on, and tells what it found.
func (k *keyWork) diagnose(id int, then func(*keyDiagnosis, error)) {
	w, x := k.work, k.reach()
	now := w.deps.Now
	today, limits := w.today(), w.limits()
	uses, plugins, mark, via := w.sub.installed(), w.keys.plugins, k.mark(), w.connection.Via
	task.Run(w.tasks, slotKeyCheck, func(ctx context.Context) (*keyDiagnosis, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		d := &keyDiagnosis{at: now()}
		var lost error
		if d.record, d.text, lost = x.text(ctx, id); d.record.ID == 0 {
			return nil, lost
		}
		d.shape(lost)
		d.period(limits, today)
		d.bound(&x.facts, uses, plugins)
		d.installed(ctx, x, mark)
		d.asked(ctx, x, now)
		d.network(x, via)
		clock, err := x.session.ServerClock(ctx)
		d.clock(clock, err)
		return d, nil
	}, func(d *keyDiagnosis, err error) {
		if err != nil {
			w.deps.Log.Warn("a key could not be looked at", "error", err)
		}
		then(d, err)
	})
}

func (d *keyDiagnosis) add(what string, tone look.Tone, text string) {
	d.findings = append(d.findings, keyFinding{what, tone, text})
}

// shape looks at the text itself.
func (d *keyDiagnosis) shape(lost error) {
	b := &d.record.Block
	switch {
	case d.record.Damage != nil:
		d.add("shape", look.Expired, causeText(keys.BlockDamaged, ""))
		return
	case b.Fingerprint == "":
		d.add("shape", look.Neutral, t("keywork.diagnose.no_key"))
		return
	case lost != nil:
		d.add("shape", look.Expired, sentence(lost))
		return
	case d.text.Empty():
		d.add("shape", look.Neutral, t("keywork.diagnose.no_text"))
		return
	}
	key := d.text.Reveal()
	s := keys.ReadKey(key)
	form := "keywork.shape." + string(s.Kind)
	if s.Kind == keys.ShapeNetwork {
		form = "keywork.diagnose.signed" // the other one speaks of a key that is being added
	}
	text, tone := t(form, map[string]any{"Length": formatCount(s.Length)}), look.OK
	if keys.Fingerprint(key) != b.Fingerprint {
		text, tone = causeText(keys.KeyMismatch, ""), look.Expired
	} else if b.Vendor == keys.GLPINetwork && s.Kind != keys.ShapeNetwork {
		text, tone = text+" "+t("keywork.diagnose.not_network"), look.Soon
	}
	d.add("shape", tone, text)
	if len(s.Odd) == 0 {
		d.add("space", look.OK, t("keywork.diagnose.clean"))
	}
	for _, o := range s.Odd {
		d.add("space", look.Soon, t("keywork.odd."+string(o)))
	}
}

// period looks at the dates and at whether it is in use.
func (d *keyDiagnosis) period(limits keys.Thresholds, today keys.Date) {
	r := &d.record
	switch s := r.Standing(limits, today); {
	case r.Closed():
		d.add("period", look.Expired, t("keywork.diagnose.closed"))
	case s.State == keys.KeyExpired:
		d.add("period", look.Expired, t("keywork.diagnose.ended", map[string]any{"Day": dayText(r.End)}))
	case r.Future(today):
		d.add("period", look.Soon, t("keywork.diagnose.future", map[string]any{"Day": dayText(r.Block.Begin)}))
	default:
		d.add("period", look.OK, t("keywork.diagnose.runs", map[string]any{"Day": dayText(r.End)}))
	}
}

// bound compares with the server.
func (d *keyDiagnosis) bound(facts *keys.Facts, uses string, plugins []keys.InstalledPlugin) {
	fits := true
	for _, doubt := range d.record.Doubts(facts, uses, plugins) {
		switch doubt.Kind {
		case keys.DoubtPeriod, keys.DoubtEnd, keys.DoubtInvalid, keys.DoubtReopened:
			d.add("period", look.Soon, doubtText(doubt))
		default:
			fits = false
			d.add("instance", look.Soon, doubtText(doubt))
		}
	}
	switch {
	case !fits:
	case facts.NetworkID == "":
		d.add("instance", look.Neutral, t("keywork.diagnose.no_instance"))
	default:
		d.add("instance", look.OK, t("keywork.diagnose.instance_ok", map[string]any{"Instance": facts.NetworkID}))
	}
}

// installed compares this computer's view with GLPI's configuration.
func (d *keyDiagnosis) installed(ctx context.Context, x keyReach, mark InstalledMark) {
	b := &d.record.Block
	if b.Vendor != keys.GLPINetwork || b.Fingerprint == "" {
		return
	}
	if !x.facts.Can(rightConfig, keys.Read) {
		d.add("installed", look.Neutral, t("keywork.diagnose.no_config"))
		return
	}
	now, err := x.session.InstalledKey(ctx)
	ours := mark.installed(now) == b.Fingerprint
	switch {
	case err != nil:
		d.add("installed", look.Expired, sentence(err))
	case now.Unreadable:
		d.add("installed", look.Expired, t("keywork.diagnose.unreadable"))
	case !now.Present:
		d.add("installed", look.Expired, t("keywork.diagnose.not_installed"))
	case ours:
		d.add("installed", look.OK, t("keywork.diagnose.installed"))
	case now.Fingerprint == "":
		d.add("installed", look.Soon, t("keywork.diagnose.installed_unknown"))
	default:
		d.add("installed", look.Expired, t("keywork.diagnose.installed_other", map[string]any{"Fingerprint": keys.ShortFingerprint(now.Fingerprint)}))
	}
}

// asked compares GLPI's answer with the one that this computer gets.
func (d *keyDiagnosis) asked(ctx context.Context, x keyReach, now func() time.Time) {
	b := &d.record.Block
	if b.Vendor != keys.GLPINetwork || b.Fingerprint == "" {
		d.add("vendor", look.Neutral, t("keywork.diagnose.other_vendor"))
		return
	}
	theirs, err := x.session.Subscription(ctx)
	switch {
	case err != nil:
		d.add("glpi", look.Neutral, t("keywork.diagnose.glpi_none")+" "+sentence(err))
	case theirs.Fingerprint == "":
		d.add("glpi", look.Neutral, t("keywork.diagnose.glpi_nokey"))
	case theirs.Fingerprint != b.Fingerprint:
		d.add("glpi", look.Neutral, t("keywork.diagnose.glpi_other"))
	default:
		a := keyAnswer{Subscription: theirs, Time: d.at}
		d.add("glpi", verdictTone(theirs.Verdict), answerLine(&a))
	}
	here := keyAnswer{Time: d.at}
	r := d.record
	r.Block.Text = d.text
	x.askHere(ctx, &r, &here)
	if here.Err != nil {
		d.add("here", look.Soon, answerFault(&here))
		return
	}
	d.add("here", verdictTone(here.Verdict), answerLine(&here))
	if err == nil && theirs.Fingerprint == b.Fingerprint && theirs.Verdict != here.Verdict {
		d.add("differ", look.Soon, t("keywork.diagnose.differ"))
	}
}

func verdictTone(v keys.Verdict) look.Tone {
	switch v {
	case keys.VerdictRunning:
		return look.OK
	case keys.VerdictUnreached, keys.VerdictUnknown:
		return look.Soon
	default:
		return look.Expired
	}
}

// network tells through what this computer asks.
func (d *keyDiagnosis) network(x keyReach, server keys.Via) {
	switch x.via.Proxy {
	case "":
		d.add("proxy", look.Neutral, t("keywork.diagnose.proxy_system"))
	case keys.ProxyDirect:
		d.add("proxy", look.Neutral, t("keywork.diagnose.proxy_none"))
	default:
		d.add("proxy", look.Neutral, t("keywork.diagnose.proxy", map[string]any{"Proxy": x.via.Proxy}))
	}
	d.add("service", look.Neutral, cmp.Or(x.service, networkService))
	switch {
	case strings.HasPrefix(x.facts.API, "http://"):
		d.add("certificate", look.Soon, t("keywork.diagnose.plain"))
	case server.Pin != "":
		d.add("certificate", look.Soon, t("keywork.diagnose.pinned"))
	default:
		d.add("certificate", look.OK, t("keywork.diagnose.certificate"))
	}
}

// clockTolerance is how far two clocks may be apart without harm. GLPI Network's
// certificate and periods are judged by either.
const clockTolerance = 3 * time.Minute

// clock compares this computer's clock with the server's. Different zones are
// worth a note, and do no harm.
func (d *keyDiagnosis) clock(there keys.ServerClock, err error) {
	here := map[string]any{"Time": clockText(d.at), "Zone": zoneText(d.at)}
	if err != nil {
		d.add("clock", look.Neutral, t("keywork.diagnose.clock_unknown", here))
		return
	}
	apart := max(there.Ahead.Abs()-there.Within, 0)
	about := map[string]any{"Apart": apartText(there.Ahead.Abs())}
	switch {
	case apart < clockTolerance:
		d.add("clock", look.OK, t("keywork.diagnose.clock_same", here))
	case there.Ahead > 0:
		d.add("clock", look.Soon, t("keywork.diagnose.clock_ahead", about)+" "+t("keywork.diagnose.clock_matters"))
	default:
		d.add("clock", look.Soon, t("keywork.diagnose.clock_behind", about)+" "+t("keywork.diagnose.clock_matters"))
	}
	_, offset := there.Time.Zone()
	if _, ours := there.Time.In(d.at.Location()).Zone(); ours != offset {
		d.add("zone", look.Neutral, t("keywork.diagnose.zone", map[string]any{"There": zoneText(there.Time), "Here": zoneText(d.at)}))
	}
}

// apartText is how far two clocks are apart, at least some minutes.
func apartText(d time.Duration) string {
	unit, n := "minutes", d.Round(time.Minute).Minutes()
	switch {
	case d >= 48*time.Hour:
		unit, n = "days", d.Round(time.Hour).Hours()/24
	case d >= 2*time.Hour:
		unit, n = "hours", d.Round(time.Minute).Hours()
	}
	return t("keywork.diagnose.apart."+unit, map[string]any{"N": int(n)})
}

// networkService is GLPI Network's usual address (GLPI-NETWORK, "Constants").
const networkService = "https://services.glpi-network.com"

// report is the diagnosis as text, without the key.
func (d *keyDiagnosis) report(version string, facts *keys.Facts) string {
	lines := []string{
		t("keywork.diagnose.title"), "GLPI Keys " + version + " · GLPI " + facts.Version + " · " + d.at.Format("2006-01-02 15:04 -0700"),
		d.record.Name + " · " + keys.ShortFingerprint(d.record.Block.Fingerprint), "",
	}
	for _, f := range d.findings {
		lines = append(lines, "["+t("keywork.tone."+toneWord(f.tone))+"] "+t("keywork.diagnose.what."+f.what)+": "+f.text)
	}
	return withoutKey(reportSecrets.ReplaceAllString(strings.Join(lines, "\n"), "$1$2$3[…]"), d.text.Reveal())
}

// reportSecrets is what no report may repeat of an address or of an answer: a
// user with a password, an invitation's token, and tokens and passwords by
// name.
var reportSecrets = regexp.MustCompile(`(?i)(//)[^\s/@]+@|(?:(join\.php)|((?:[a-z]+[-_])?(?:token|password|authorization|registration-key)\b["']?\s*[:=]\s*["']?))[^\s"'<>,;]+`)

// withoutKey replaces a key, and any part of it that would tell something, for
// instance where a service repeated what it was asked and the answer was cut.
func withoutKey(text, key string) string {
	const telling = 12 // characters
	if key == "" {
		return text
	}
	text = strings.ReplaceAll(text, key, "[…]")
	var out strings.Builder
	for at := 0; at < len(text); {
		end := at
		for end+telling <= len(text) && strings.Contains(key, text[end:end+telling]) {
			end++
		}
		if end > at {
			out.WriteString("[…]")
			at = end + telling - 1
			continue
		}
		out.WriteByte(text[at])
		at++
	}
	return out.String()
}

func toneWord(tone look.Tone) string {
	switch tone {
	case look.OK:
		return "ok"
	case look.Expired:
		return "bad"
	case look.Soon:
		return "look"
	default:
		return "note"
	}
}
