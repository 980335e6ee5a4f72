package keys

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

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

// normalHost is a name in small ASCII letters, or an address; "" for neither.
func normalHost(host string) string {
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Is6() {
			return "[" + ip.WithZone("").String() + "]"
		}
		return ip.String()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return ""
		}
		host = ascii
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || strings.ContainsFunc(label, oddInHost) {
			return ""
		}
	}
	return host
}

func oddInHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// ownPages is what of an address's path is GLPI's and not the folder's.
var ownPages = regexp.MustCompile(`/(?:index|apirest|api)\.php(?:/.*)?$|/(?:front|marketplace|plugins)/.*$`)

// folder is the path of an address without GLPI's own pages.
func folder(path string) string {
	if path == "" || path == "/" {
		return ""
	}
	parts := strings.FieldsFunc(ownPages.ReplaceAllString(path, ""), func(r rune) bool { return r == '/' })
	if len(parts) == 0 {
		return ""
	}
	return "/" + strings.Join(parts, "/")
}
