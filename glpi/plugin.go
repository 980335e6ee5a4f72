package glpi

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"glpikeys/keys"
)

// The plugin's types and the right that guards all of them
// (plugin/glpikeys/inc).
const (
	kindInvitation   = "PluginGlpikeysInvitation"
	kindRegistration = "PluginGlpikeysRegistration"
	kindStatus       = "PluginGlpikeysStatus"
	rightInvitation  = "plugin_glpikeys_invitation"
)

// minPlugin is the oldest version of the plugin that this program works with.
const minPlugin = "1.0.0"

const opPlugin = "look for the plugin"

// Plugin tells how the plugin glpikeys stands. Without it the error is
// PluginMissing, PluginInactive or, when the profile may not read GLPI's list
// of plugins, PluginUnseen; PluginOld carries the version in Detail. NoRight
// means that the profile lacks the plugin's right now: rights that were given
// after the sign-in, as those of a plugin just installed, are fetched first.
func (s *Session) Plugin(ctx context.Context) (keys.Plugin, error) {
	row, err := s.pluginStatus(ctx)
	if keys.CauseOf(err) == keys.NoRight && s.renewRights(ctx) {
		row, err = s.pluginStatus(ctx)
	}
	switch {
	case keys.CauseOf(err) == keys.UnknownType:
		return keys.Plugin{}, s.whyNoPlugin(ctx, err)
	case err != nil:
		return keys.Plugin{}, err
	case older(string(row.Version), minPlugin):
		return keys.Plugin{}, &keys.Problem{Op: opPlugin, Cause: keys.PluginOld, Detail: string(row.Version)}
	}
	p := keys.Plugin{
		Version: string(row.Version), MailOn: row.Mail != 0, URLBase: string(row.URLBase), Zone: s.learnZone(string(row.Zone)),
	}
	for _, profile := range row.Profiles {
		p.Profiles = append(p.Profiles, keys.Profile{ID: int(profile.ID), Name: string(profile.Name), Central: profile.Central != 0})
	}
	return p, nil
}

// statusRow is the plugin's only row of status.
type statusRow struct {
	Version  text   `json:"version"`
	Mail     number `json:"mail"`
	URLBase  text   `json:"url_base"`
	Zone     text   `json:"server_timezone"`
	Profiles []struct {
		ID      number `json:"id"`
		Name    text   `json:"name"`
		Central number `json:"central"`
	} `json:"profiles"`

	// About the installed key, for those who may read GLPI's configuration.
	HTTPStatus   number          `json:"http_status"`
	Error        text            `json:"error"`
	Verdict      text            `json:"verdict"`
	Fingerprint  text            `json:"fingerprint"`
	CheckedAt    text            `json:"checked_at"`
	Subscription json.RawMessage `json:"subscription"`
}

func (s *Session) pluginStatus(ctx context.Context) (statusRow, error) {
	return Get[statusRow](ctx, s, kindStatus, 1)
}

// pluginFolder is where GLPI keeps the plugin glpikeys.
const pluginFolder = "glpikeys"

// kindPlugin is GLPI's list of its plugins.
const kindPlugin = "Plugin"

type pluginRow struct {
	Directory text   `json:"directory"`
	Name      text   `json:"name"`
	Version   text   `json:"version"`
	State     number `json:"state"` // see pluginActive
}

// pluginActive is GLPI's number for a plugin that runs, the others are for
// one that was installed and does not: to be configured, switched off, or
// waiting for its new version (src/Plugin.php, GLPI 10.0.12 and 11.0.6).
const (
	pluginActive      = 1
	pluginUnset       = 3
	pluginOff         = 4
	pluginNotMigrated = 6
)

// whyNoPlugin looks into GLPI's list of plugins, which takes the right to read
// its setup, for why it does not know the plugin's types.
func (s *Session) whyNoPlugin(ctx context.Context, unknown error) error {
	because := func(cause keys.Cause, detail string) error {
		return &keys.Problem{Op: opPlugin, Cause: cause, Detail: detail, Err: unknown}
	}
	rows, err := List[pluginRow](ctx, s, kindPlugin, Filter{Contains: map[string]string{"directory": anchored(pluginFolder)}})
	switch {
	case keys.CauseOf(err) == keys.NoRight:
		return because(keys.PluginUnseen, "")
	case err != nil:
		return err
	}
	for _, row := range rows {
		switch {
		case row.Directory != pluginFolder:
		case row.State == pluginOff, row.State == pluginUnset, row.State == pluginNotMigrated:
			return because(keys.PluginInactive, string(row.Version))
		case row.State == pluginActive && older(string(row.Version), minPlugin):
			return because(keys.PluginOld, string(row.Version))
		}
	}
	// GLPI also lists what was uninstalled, and calls active what somebody
	// removed from its folder since.
	return because(keys.PluginMissing, "")
}

// renewRights gives the session the rights that its profile has by now: GLPI
// reads them when a session opens, and holds on to them (GLPI-REST §3). It
// opens a new session in the same place. Choosing the active profile again
// would do as well, but moves the session to the profile's default entity for
// a moment, in which other calls would read the wrong items. It reports
// whether that worked.
func (s *Session) renewRights(ctx context.Context) bool {
	old, _ := s.state()
	if s.renew(ctx, opPlugin, old) != nil {
		return false
	}
	_ = s.c.kill(ctx, old)
	return s.readSession(ctx) == nil
}

// serverZone is the time zone in which the plugin writes dates.
func (s *Session) serverZone(ctx context.Context) (*time.Location, error) {
	if zone := s.zone.Load(); zone != nil {
		return zone, nil
	}
	row, err := s.pluginStatus(ctx)
	if err != nil {
		return nil, err
	}
	return s.learnZone(string(row.Zone)), nil
}

// learnZone keeps the zone of that name. PHP knows more names than the IANA's
// list of today; without a zone that both know, times are read as UTC.
func (s *Session) learnZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		s.c.o.Log.Warn("unknown time zone of the server, reading its times as UTC", "zone", name)
		zone = time.UTC
	}
	s.zone.Store(zone)
	return zone
}

// older compares versions such as "1.10.0" and "1.9.2-beta" by their numbers;
// with the same numbers, one with something behind them comes first.
func older(version, than string) bool {
	a, aRest := versionParts(version)
	b, bRest := versionParts(than)
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(part0(a, i), part0(b, i)); c != 0 {
			return c < 0
		}
	}
	return aRest != "" && bRest == ""
}

func versionParts(version string) (numbers []int, rest string) {
	version = strings.TrimPrefix(strings.TrimSpace(version), "v")
	for {
		end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(version)
		}
		n, err := strconv.Atoi(version[:end])
		if err != nil {
			return numbers, version
		}
		numbers, version = append(numbers, n), version[end:]
		if !strings.HasPrefix(version, ".") {
			return numbers, version
		}
		version = version[1:]
	}
}

func part0(numbers []int, i int) int {
	if i < len(numbers) {
		return numbers[i]
	}
	return 0
}
