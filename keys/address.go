package keys

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// NormalAddress is a server's address as keys' bounds are compared: host, port
// where it is an unusual one, and folder. "https://Help.Example.com:443/glpi/
// index.php" is "help.example.com/glpi". Scheme, user, query and GLPI's own
// pages do not count. "" for what is no address.
func NormalAddress(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "https://" + strings.TrimPrefix(text, "//")
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := normalHost(u.Hostname())
	if host == "" {
		return ""
	}
	if port := u.Port(); port != "" && port != "443" && port != "80" {
		host += ":" + port
	}
	return host + folder(u.EscapedPath())
}

var hostName = regexp.MustCompile(`^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$`)

// normalHost is a name in small ASCII letters, or an address; "" for neither.
func normalHost(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.WithZone("").String() + "]"
		}
		return ip.String()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if !hostName.MatchString(host) {
		return ""
	}
	return host
}

// ownPages is what of an address's path is GLPI's and not the folder's.
var ownPages = regexp.MustCompile(`/(?:index|apirest|api)\.php(?:/.*)?$|/(?:front|marketplace|plugins)/.*$`)

// folder is the path of an address without GLPI's own pages.
func folder(path string) string {
	parts := strings.FieldsFunc(ownPages.ReplaceAllString(path, ""), func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return ""
	}
	return "/" + strings.Join(parts, "/")
}
