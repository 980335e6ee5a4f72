package app

import (
	"net/url"
	"strconv"
	"strings"

	"glpikeys/keys"
)

// settings is the presenter of the Settings screen. What is typed counts once
// its field is left, not before: half of an address is an address, too. What
// is not valid stays in its field with a message, and what counted before
// counts on.
type settings struct {
	prefs   *Preferences
	pending func() // takes what was typed last, nil when that was done

	urgent, soon, plan string // thresholds as typed
	proxy              string // as typed
	network            string // address of GLPI Network, as typed
	days               string // before an end, for reminders, as typed

	daysWrong    bool  // the days as typed do not count
	limitsWrong  bool  // the thresholds as typed do not count
	proxyError   error // why the proxy as typed does not count, nil when it does
	networkError error // why the address as typed does not count, nil when it does
	saveError    error // why the last change was not written to disk

	onChange  func()
	onApplied func() // language or theme changed: every widget is made anew
}

func newSettings(prefs *Preferences) *settings {
	data := prefs.Get()
	return &settings{
		prefs:     prefs,
		urgent:    strconv.Itoa(data.Thresholds.Urgent),
		soon:      strconv.Itoa(data.Thresholds.Soon),
		plan:      strconv.Itoa(data.Thresholds.Plan),
		proxy:     data.Proxy,
		network:   data.Network,
		days:      keys.WriteReminders(data.reminders()),
		onChange:  func() {},
		onApplied: func() {},
	}
}

// later takes what was typed as soon as its field is left.
func (s *settings) later(take func()) { s.pending = take }

// settle takes what was typed.
func (s *settings) settle() {
	if take := s.pending; take != nil {
		s.pending = nil
		take()
	}
}

// save writes a change; applied tells that every widget shows it.
func (s *settings) save(change func(*PreferencesData), applied bool) {
	s.saveError = s.prefs.Update(change)
	if applied {
		s.onApplied()
	}
	s.onChange()
}

// setLanguage chooses a language by its code, "" for the system's.
func (s *settings) setLanguage(code string) {
	s.save(func(p *PreferencesData) { p.Language = code }, true)
}

// setTheme chooses "system", "light" or "dark".
func (s *settings) setTheme(variant string) {
	s.save(func(p *PreferencesData) { p.Theme = variant }, true)
}

// setThresholds takes the three limits as typed, in days.
func (s *settings) setThresholds(urgent, soon, plan string) {
	s.urgent, s.soon, s.plan = urgent, soon, plan
	limits, ok := parseThresholds(urgent, soon, plan)
	s.limitsWrong = !ok
	if !ok {
		s.onChange()
		return
	}
	s.save(func(p *PreferencesData) { p.Thresholds = limits }, false)
}

// longestThreshold is the highest limit that makes sense: ten years.
const longestThreshold = 3650

func parseThresholds(urgent, soon, plan string) (keys.Thresholds, bool) {
	var days [3]int
	for i, text := range []string{urgent, soon, plan} {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n > longestThreshold {
			return keys.Thresholds{}, false
		}
		days[i] = n
	}
	limits := keys.Thresholds{Urgent: days[0], Soon: days[1], Plan: days[2]}
	return limits, limits.Valid()
}

// setProxy takes the proxy for servers that set none of their own: "" for the
// system's, keys.ProxyDirect, or an address.
func (s *settings) setProxy(text string) {
	s.proxy = strings.TrimSpace(text)
	if s.proxy != "" && s.proxy != keys.ProxyDirect {
		if _, err := keys.ParseProxy(s.proxy); err != nil {
			s.proxyError = err
			s.onChange()
			return
		}
	}
	s.proxyError = nil
	s.save(func(p *PreferencesData) { p.Proxy = s.proxy }, false)
}

// setReminders takes the days before an end on which people are reminded, as
// typed. No day at all stands for the usual ones.
func (s *settings) setReminders(text string) {
	s.days = text
	days, err := keys.ParseReminders(text)
	s.daysWrong = err != nil
	if err != nil {
		s.onChange()
		return
	}
	s.days = keys.WriteReminders(days)
	s.save(func(p *PreferencesData) { p.Reminders = days }, false)
}

// setSilent switches the notifications on the desktop off or on.
func (s *settings) setSilent(silent bool) {
	s.save(func(p *PreferencesData) { p.Silent = silent }, false)
}

// setNetwork takes the address of GLPI Network, "" for the usual one. Whatever
// answers there is sent keys.
func (s *settings) setNetwork(text string) {
	s.network = strings.TrimSpace(text)
	address, ok := serviceAddress(s.network)
	s.networkError = nil
	if !ok {
		s.networkError = &keys.Problem{Op: "read service address", Cause: keys.BadAddress}
		s.onChange()
		return
	}
	s.network = address
	s.save(func(p *PreferencesData) { p.Network = address }, false)
}

// serviceAddress is the address of a service as a person types it, with or
// without a scheme, "" for the usual one; ok is false for what is none.
func serviceAddress(text string) (address string, ok bool) {
	if text == "" {
		return "", true
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	at, err := url.Parse(text)
	if err != nil || at.Hostname() == "" || at.User != nil || at.Scheme != "https" && at.Scheme != "http" ||
		strings.ContainsAny(text, "?#") || !portOK(at.Port()) {
		return "", false
	}
	at.Host = strings.ToLower(at.Host)
	if address = strings.TrimRight(at.String(), "/"); address == networkService {
		return "", true
	}
	return address, true
}

// portOK reports whether a port can be one; none is the scheme's own.
func portOK(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n > 0 && n < 1<<16
}
