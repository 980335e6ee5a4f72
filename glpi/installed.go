package glpi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/keys"
)

const (
	kindConfig = "Config"

	// settingKey is GLPI's setting that holds the GLPI Network key.
	settingKey = "glpinetwork_registration_key"

	opInstalled    = "read installed key"
	opInstall      = "install key"
	opSubscription = "ask GLPI about its key"
)

// sealed is by how much GLPI's ciphertext is longer than the text: a nonce of
// 24 bytes and an authenticator of 16 (src/GLPIKey.php, encrypt, GLPI 10.0.12
// and 11.0.6; measured for keys of 1 to 4,000 bytes).
const sealed = 40

// InstalledKey tells what can be known of the GLPI Network key in GLPI's
// configuration: GLPI hides it from its API, all but the ciphertext, which its
// search gives to those who may read the configuration (GLPI-REST §7). NoRight
// without that right.
func (s *Session) InstalledKey(ctx context.Context) (keys.InstalledKey, error) {
	key, err := s.storedKey(ctx)
	if err != nil || !key.Present {
		return key, err
	}
	// The rest is told where plugin and rights allow it.
	var group errgroup.Group
	group.Go(func() error {
		if row, err := s.pluginStatus(ctx); err == nil {
			key.Fingerprint = string(row.Fingerprint)
			key.Unreadable = row.Verdict == verdictNone
		}
		return nil
	})
	group.Go(func() error {
		key.Written, key.By = s.lastInstalled(ctx)
		return nil
	})
	_ = group.Wait()
	if ctx.Err() != nil {
		return keys.InstalledKey{}, problemOf(request{op: opInstalled}, context.Cause(ctx))
	}
	if key.Unreadable {
		key.Present, key.Length = false, 0
	}
	return key, nil
}

// lastInstalled is who last wrote the key, and when, from GLPI's history of its
// settings (GLPI-REST §7): zero when this person may not read that.
func (s *Session) lastInstalled(ctx context.Context) (at time.Time, by string) {
	zone, err := s.clockZone(ctx)
	if err != nil {
		return at, ""
	}
	f := Filter{Contains: map[string]string{"itemtype": anchored(kindConfig), "items_id": exactly(1), "old_value": "^" + settingKey}}
	r := s.get(opInstalled, "/Log")
	r.query = f.values(s.major(), 0, 0)
	r.query.Set("order", "DESC")
	var rows []logRow
	if err := s.fetch(ctx, r, &rows); err != nil || len(rows) == 0 {
		return at, ""
	}
	return moment(rows[0].Date, zone), withoutID(string(rows[0].Who))
}

// storedKey is InstalledKey without the fingerprint.
func (s *Session) storedKey(ctx context.Context) (keys.InstalledKey, error) {
	type configRow struct {
		ID      number `json:"id"`
		Context text   `json:"context"`
		Name    text   `json:"name"`
	}
	rows, err := List[configRow](ctx, s, kindConfig, Filter{Contains: map[string]string{"name": anchored(settingKey)}})
	if err != nil {
		return keys.InstalledKey{}, err
	}
	for _, row := range rows {
		if row.Context == "core" && row.Name == settingKey {
			stored, err := s.ciphertext(ctx, int(row.ID))
			return installedKey(stored), err
		}
	}
	return keys.InstalledKey{}, nil // GLPI 10 has no row before the first key
}

// ciphertext is the value of a row of GLPI's settings as it is stored. The
// search knows no criterion for one of them, so that all come: 6 KB.
func (s *Session) ciphertext(ctx context.Context, id int) (string, error) {
	r := s.get(opInstalled, "/search/"+kindConfig)
	r.query = url.Values{"range": {"0-99999"}, "withindexes": {"1"}}
	var body struct {
		Rows map[string]struct {
			Value text `json:"1"`
		} `json:"data"`
	}
	err := s.fetch(ctx, r, &body)
	return string(body.Rows[strconv.Itoa(id)].Value), err
}

// installedKey is what a ciphertext tells.
func installedKey(stored string) keys.InstalledKey {
	if stored == "" {
		return keys.InstalledKey{}
	}
	sum := sha256.Sum256([]byte(stored))
	key := keys.InstalledKey{Present: true, Mark: hex.EncodeToString(sum[:])}
	if data, err := base64.StdEncoding.DecodeString(stored); err == nil && len(data) > sealed {
		key.Length = len(data) - sealed
	}
	return key
}

// InstallKey writes text into GLPI's configuration, without the white space
// around it, or clears it when text is "". GLPI answers a write of its settings
// with a failure that has no reason, and makes it all the same (GLPI-REST §7):
// so what it stores is looked at before and after. KeyNotStored when that does
// not prove it, BadValue for a text that cannot be a key of GLPI Network,
// NoRight when the profile may not change GLPI's configuration.
func (s *Session) InstallKey(ctx context.Context, text string) (keys.InstalledKey, error) {
	text = strings.TrimSpace(text)
	none := keys.InstalledKey{}
	if facts := s.Facts(); !facts.Can("config", keys.Read|keys.Update) {
		return none, &keys.Problem{Op: opInstall, Cause: keys.NoRight}
	}
	if strings.ContainsFunc(text, notInKey) {
		return none, &keys.Problem{Op: opInstall, Cause: keys.BadValue, Field: keys.KeyFieldValue}
	}
	before, err := s.storedKey(ctx)
	if err != nil {
		return none, err
	}
	if text == "" && !before.Present {
		return none, nil
	}
	written := s.putKey(ctx, text)
	if written != nil && keys.CauseOf(written) != keys.OutcomeUnknown {
		return none, written
	}
	after, err := s.InstalledKey(ctx)
	if err != nil {
		return none, &keys.Problem{Op: opInstall, Cause: keys.OutcomeUnknown, Err: err}
	}
	if !proved(before, after, text) {
		if written != nil {
			return none, written
		}
		return none, &keys.Problem{Op: opInstall, Cause: keys.KeyNotStored}
	}
	return after, nil
}

// notInKey reports what no key of GLPI Network holds, whose keys are base64.
// Of "<", ">" and "&" GLPI 10 would store five characters each (measured).
func notInKey(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '&' }

// putKey sends the write.
func (s *Session) putKey(ctx context.Context, text string) error {
	r := request{
		op: opInstall, method: http.MethodPut, path: itemPath(kindConfig, 1), writes: true,
		body: map[string]any{"input": map[string]any{settingKey: text}},
	}
	_, err := s.call(ctx, r)
	var p *keys.Problem
	if errors.As(err, &p) && p.Cause == keys.Refused && p.Detail == "" {
		return nil
	}
	return err
}

// proved reports whether GLPI holds text now. Every write gives another
// ciphertext, also that of the same text; the plugin knows more.
func proved(before, after keys.InstalledKey, text string) bool {
	if text == "" {
		return !after.Present
	}
	changed := after.Present && after.Mark != before.Mark && after.Length == len(text)
	return changed && (after.Fingerprint == "" || after.Fingerprint == keys.Fingerprint(text))
}

// Subscription is GLPI's own view of the installed key, through the plugin
// glpikeys, which asks GLPI Network at most once a minute. VerdictUnknown with
// no Fingerprint: no key is installed. The causes of Plugin when there is no
// such view; NoRight when the profile may not read GLPI's configuration.
func (s *Session) Subscription(ctx context.Context) (keys.Subscription, error) {
	if facts := s.Facts(); !facts.Can("config", keys.Read) {
		return keys.Subscription{}, &keys.Problem{Op: opSubscription, Cause: keys.NoRight}
	}
	row, err := s.pluginStatus(ctx)
	if keys.CauseOf(err) == keys.UnknownType {
		err = s.whyNoPlugin(ctx, err)
	}
	if err != nil {
		return keys.Subscription{}, err
	}
	return row.asSubscription(s.learnZone(string(row.Zone))), nil
}

// verdictNone is the plugin's word for a GLPI without a key that it can read.
const verdictNone text = "none"

// verdicts are the plugin's words (plugin/glpikeys/src/Subscription.php).
var verdicts = map[text]keys.Verdict{
	"valid": keys.VerdictRunning, "terminated": keys.VerdictTerminated, "invalid": keys.VerdictInvalid,
	"unknown": keys.VerdictUnreached, verdictNone: keys.VerdictUnknown,
}

// InstalledPlugins are the plugins of the server, with those that are switched
// off and without those that were uninstalled. NoRight without the right to
// read GLPI's configuration.
func (s *Session) InstalledPlugins(ctx context.Context) ([]keys.InstalledPlugin, error) {
	rows, err := List[pluginRow](ctx, s, kindPlugin, Filter{})
	if err != nil {
		return nil, err
	}
	var plugins []keys.InstalledPlugin
	for _, row := range rows {
		switch row.State {
		case pluginActive, pluginOff, pluginUnset, pluginNotMigrated:
			plugins = append(plugins, keys.InstalledPlugin{
				Folder: string(row.Directory), Name: string(row.Name), Version: string(row.Version), Active: row.State == pluginActive,
			})
		}
	}
	return plugins, nil
}

// asSubscription is what the plugin's row says about the installed key.
func (row *statusRow) asSubscription(zone *time.Location) keys.Subscription {
	sub := keys.Subscription{
		Verdict: verdicts[row.Verdict], Status: int(row.HTTPStatus), Error: string(row.Error),
		Checked: moment(row.CheckedAt, zone), From: keys.AskedByGLPI, Fingerprint: string(row.Fingerprint),
	}
	var about networkAnswer
	if json.Unmarshal(row.Subscription, &about) == nil {
		about.fill(&sub)
	}
	return sub
}
