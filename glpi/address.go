package glpi

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// script is the one entry that GLPI 10 and 11 have in common (GLPI-REST §1).
const script = "/apirest.php"

// pages are folders of GLPI's own below its base path. Whoever pastes the
// address of a page means the GLPI above it.
var pages = [...]string{"/front/", "/plugins/", "/marketplace/", "/ajax/", "/api.php/", "/api.php", script}

var errAddress = errors.New("not the address of a server")

// addresses turns what a person typed or pasted into the addresses of the API
// worth trying, most likely first: below the typed path and its parents, at
// the root of the host, and below /glpi. Without a scheme it means https;
// plain http is used only where it was typed.
func addresses(typed string) ([]string, error) {
	u, err := readAddress(typed)
	if err != nil {
		return nil, err
	}
	var found []string
	add := func(base string) {
		at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: base + script}
		if text := at.String(); !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	base := basePath(u.Path)
	for range 3 {
		if base == "" {
			break
		}
		add(base)
		base = base[:strings.LastIndexByte(base, '/')]
	}
	add("")
	add("/glpi")
	return found, nil
}

// readAddress is scheme, host and path of what was typed.
func readAddress(typed string) (*url.URL, error) {
	// Pasted text often brings quotes, brackets or a word behind it.
	const around = `<>"',;`
	typed = strings.Trim(typed, around+" \t\r\n")
	if i := strings.IndexAny(typed, " \t\r\n"); i >= 0 {
		typed = strings.TrimRight(typed[:i], around)
	}
	if !utf8.ValidString(typed) {
		return nil, errAddress
	}
	if ip, err := netip.ParseAddr(typed); err == nil && ip.Is6() {
		typed = "[" + typed + "]"
	}
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil {
		return nil, errAddress // url's own error repeats what was typed
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !goodPort(u) {
		return nil, errAddress
	}
	host, err := asciiHost(u.Hostname())
	if err != nil {
		return nil, err
	}
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host += ":" + port
	}
	return &url.URL{Scheme: u.Scheme, Host: host, Path: u.Path}, nil
}

// asciiHost is the host as it stands in an address: internationalised names
// in their ASCII form, IPv6 in brackets.
func asciiHost(host string) (string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + strings.ReplaceAll(ip.String(), "%", "%25") + "]", nil
		}
		return ip.String(), nil
	}
	host = strings.TrimSuffix(host, ".")
	ascii, err := lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", errAddress
	}
	if again, err := lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", errAddress
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInName) {
			return "", errAddress
		}
	}
	return ascii, nil
}

// lookup is how browsers prepare a name. Underscores stay: internal names
// have them.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func notInName(r rune) bool {
	return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

func goodPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n > 0 && n < 1<<16
}

// basePath is the path under which GLPI lies, without a slash at the end, as
// far as the path of one of its pages tells.
func basePath(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	for _, page := range pages {
		if i := strings.Index(path+"/", page); i >= 0 {
			path = path[:min(i, len(path))]
		}
	}
	for {
		path = strings.TrimRight(path, "/")
		last := path[strings.LastIndexByte(path, '/')+1:]
		if !strings.HasSuffix(last, ".php") && !strings.HasSuffix(last, ".html") {
			return path
		}
		path = strings.TrimSuffix(path, last) // index.php
	}
}
