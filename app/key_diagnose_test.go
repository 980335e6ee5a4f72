package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// diagnosed looks at a key of a bench.
func (b *keyBench) diagnosed(t *testing.T, id int) *keyDiagnosis {
	t.Helper()
	var d *keyDiagnosis
	b.diagnose(id, func(found *keyDiagnosis, err error) { d = found })
	b.loop.Drain()
	if d == nil || len(d.findings) < 4 {
		t.Fatalf("%d: found %+v", id, d)
	}
	return d
}

func TestDiagnose(t *testing.T) {
	for _, code := range []string{"en", "fr"} {
		useLanguage(t, code)
		onKeys(t, func(s *fakeSession) {
			s.installed = keys.InstalledKey{Present: true, Fingerprint: strings.Repeat("ab", 32)}
			s.subscription = keys.Subscription{Fingerprint: strings.Repeat("ab", 32)}
			s.clock = keys.ServerClock{Time: testNow.In(time.FixedZone("", 7200)), Ahead: time.Hour}
		}, func(t *testing.T, b *keyBench) {
			b.network = keys.Subscription{Verdict: keys.VerdictInvalid, Message: "bad key " + networkKey}
			for id := 1; id <= 4; id++ {
				d := b.diagnosed(t, id)
				report := d.report("1.0", &b.work.facts)
				if strings.Contains(report, "Nobody has checked") || strings.Contains(report, "Personne ne l’a") {
					t.Error("GLPI Network has checked it by now")
				}
				if strings.Contains(report, networkKey) || strings.Contains(report, pluginKey) {
					t.Errorf("%d: the key is in the report", id)
				}
				for _, f := range d.findings {
					if strings.Contains(f.text, "keywork.") || strings.Contains(said("keywork.diagnose.what."+f.what), "keywork.diagnose") {
						t.Errorf("%d: no sentence for %s: %s", id, f.what, f.text)
					}
				}
			}
		})
	}
}

// TestDiagnoseClock: minutes matter, zones do not.
func TestDiagnoseClock(t *testing.T) {
	at := testNow.In(time.FixedZone("", 3600))
	for _, tc := range []struct {
		ahead, within time.Duration
		zone          int // hours
		err           error
		tone          look.Tone
		text          string
		zoned         bool
	}{
		{0, time.Second, 1, nil, look.OK, "This computer and the server agree: 10:30 (UTC+1).", false},
		{-179 * time.Second, 0, 1, nil, look.OK, "agree", false},
		{190 * time.Second, 20 * time.Second, 1, nil, look.OK, "agree", false},
		{3 * time.Minute, 0, 1, nil, look.Soon, "The server’s clock is 3 minutes ahead of this computer’s. One of the two is wrong.", false},
		{-90 * time.Minute, time.Second, 1, nil, look.Soon, "90 minutes behind", false},
		{-150 * time.Minute, time.Second, 1, nil, look.Soon, "2 hours behind", false},
		{49 * time.Hour, time.Second, 1, nil, look.Soon, "2 days ahead", false},
		{-365 * 24 * time.Hour, time.Second, 1, nil, look.Soon, "365 days behind", false},
		{0, time.Second, -5, nil, look.OK, "agree", true},
		{time.Hour, time.Second, -5, nil, look.Soon, "60 minutes ahead", true},
		{0, 0, 0, errors.New("none"), look.Neutral, "did not tell its time", false},
	} {
		d := &keyDiagnosis{at: at}
		d.clock(keys.ServerClock{
			Time: testNow.Add(tc.ahead).In(time.FixedZone("", tc.zone*3600)), Ahead: tc.ahead, Within: tc.within,
		}, tc.err)
		f := d.findings[0]
		if f.what != "clock" || f.tone != tc.tone || !strings.Contains(f.text, tc.text) {
			t.Errorf("%v: %+v", tc.ahead, f)
		}
		if zoned := len(d.findings) == 2; zoned != tc.zoned || zoned && (d.findings[1].tone != look.Neutral ||
			!strings.Contains(d.findings[1].text, "UTC-5, this computer shows UTC+1")) {
			t.Errorf("%v: %+v", tc.ahead, d.findings)
		}
	}
}

// TestReportHoldsNoSecret, whatever an answer or a setting holds.
func TestReportHoldsNoSecret(t *testing.T) {
	long := strings.Repeat("bG9uZ2tleXdpdGhzaWduYXR1cmU", 30) + "0123456789abcdef" + networkKey
	for name, tc := range map[string]struct{ key, text, want string }{
		"key":                 {networkKey, "bad key " + networkKey + ".", "bad key […]."},
		"short key":           {"AB-12", "key AB-12 is bad", "key […] is bad"},
		"cut key":             {long, "bad key " + long[:60] + "…", "bad key […]…"},
		"end of the key":      {long, "…" + long[len(long)-30:], "…[…]"},
		"broken over lines":   {long, long[40:80] + "\n" + long[80:120], "[…]\n[…]"},
		"no key":              {"", "nothing", "nothing"},
		"a few letters":       {long, "long key with signature", "long key with signature"},
		"proxy's password":    {"", "http://ana:S3cret@proxy:3128 and https://S3cret@h/x", "http://[…]proxy:3128 and https://[…]h/x"},
		"link":                {"", "see https://g/plugins/glpikeys/front/join.php?i=S3cretS3cretS3cret22aa now", "see https://g/plugins/glpikeys/front/join.php[…] now"},
		"link by path":        {"", "https://g/join.php/S3cretS3cret", "https://g/join.php[…]"},
		"tokens":              {"", "Session-Token: S3cret, App-Token=S3cret user_token:\"S3cret\"", "Session-Token: […], App-Token=[…] user_token:\"[…]\""},
		"password":            {"", `{"login":"glpi","password":"S3cret"}`, `{"login":"glpi","password":"[…]"}`},
		"key's header":        {"", "X-Registration-Key: S3cret", "X-Registration-Key: […]"},
		"addresses and times": {"", "https://helpdesk.example.com at 10:30, ask@example.com", "https://helpdesk.example.com at 10:30, ask@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			d := keyDiagnosis{at: testNow, text: keys.NewKeyText(tc.key)}
			d.add("here", look.Soon, tc.text)
			report := d.report("1.0", &keys.Facts{})
			if !strings.HasSuffix(report, tc.want) || strings.Contains(report, "S3cret") {
				t.Errorf("%q", report)
			}
		})
	}
	// The whole way: a service that repeats what it was asked.
	onKeys(t, func(s *fakeSession) {
		s.keyRecords[0].Block.Text, s.keyRecords[0].Block.Fingerprint = keys.NewKeyText(long), keys.Fingerprint(long)
	}, func(t *testing.T, b *keyBench) {
		b.network = keys.Subscription{Verdict: keys.VerdictInvalid, Message: "unknown key " + long}
		report := b.diagnosed(t, 1).report("1.0", &b.work.facts)
		for at := range len(long) - 12 {
			if strings.Contains(report, long[at:at+12]) {
				t.Fatalf("part of the key is in the report:\n%s", report)
			}
		}
		if !strings.Contains(report, "unknown key […]") {
			t.Error(report)
		}
	})
}
