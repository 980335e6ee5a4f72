package glpi

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	two := func(host string) []string { return []string{host + "/apirest.php", host + "/glpi/apirest.php"} }
	for _, tc := range []struct {
		typed string
		want  []string
	}{
		{"glpi.example.org", two("https://glpi.example.org")},
		{"  glpi.example.org  ", two("https://glpi.example.org")},
		{"GLPI.Example.ORG.", two("https://glpi.example.org")},
		{"glpi", two("https://glpi")},
		{"localhost:8080", two("https://localhost:8080")},
		{"https://glpi.example.org:443/", two("https://glpi.example.org")},
		{"http://glpi.example.org", two("http://glpi.example.org")},
		{"HTTP://glpi.example.org:80", two("http://glpi.example.org")},
		{"http://10.0.0.7:8080", two("http://10.0.0.7:8080")},
		{"::1", two("https://[::1]")},
		{"[2001:db8::7]:8443", two("https://[2001:db8::7]:8443")},
		{"https://[2001:db8:0:0::7]", two("https://[2001:db8::7]")},
		{"glpi_prod.example.org", two("https://glpi_prod.example.org")},
		{"hélpdesk.exämple.org", two("https://xn--hlpdesk-bya.xn--exmple-cua.org")},
		{"https://helpdesk。example.org", two("https://helpdesk.example.org")},
		{`"glpi.example.org",`, two("https://glpi.example.org")},
		{"<https://glpi.example.org/>", two("https://glpi.example.org")},
		{"glpi.example.org (our helpdesk)", two("https://glpi.example.org")},
		{"https://glpi.example.org/front/central.php", two("https://glpi.example.org")},
		{"https://glpi.example.org/index.php?redirect=%2Ffront%2Fticket.php&error=3", two("https://glpi.example.org")},
		{"https://glpi.example.org/apirest.php/", two("https://glpi.example.org")},
		{"https://glpi.example.org/apirest.php/initSession?user_token=secret", two("https://glpi.example.org")},
		{"https://glpi.example.org/api.php/v1", two("https://glpi.example.org")},
		{"https://glpi.example.org/plugins/glpikeys/front/join.php?i=abc", two("https://glpi.example.org")},
		{"https://example.org/glpi", []string{
			"https://example.org/glpi/apirest.php", "https://example.org/apirest.php",
		}},
		{"example.org//helpdesk//front/ticket.form.php?id=7#tab", []string{
			"https://example.org/helpdesk/apirest.php", "https://example.org/apirest.php", "https://example.org/glpi/apirest.php",
		}},
		{"https://example.org/it/glpi/Form/7", []string{
			"https://example.org/it/glpi/Form/7/apirest.php", "https://example.org/it/glpi/Form/apirest.php",
			"https://example.org/it/glpi/apirest.php", "https://example.org/apirest.php", "https://example.org/glpi/apirest.php",
		}},
		{"", nil},
		{"   ", nil},
		{"https://", nil},
		{"ftp://example.org", nil},
		{"file:///etc/passwd", nil},
		{"javascript:alert(1)", nil},
		{"ana@example.org", nil},
		{"https://ana:secret@example.org", nil},
		{"example.org:", nil},
		{"example.org:0", nil},
		{"example.org:70000", nil},
		{"example.org:abc", nil},
		{"exa mple.org", two("https://exa")},
		{"example..org", nil},
		{"http:/example.org", nil},
		{"a!b.org", nil},
		{strings.Repeat("a", 64) + ".org", nil},
		{"%zz", nil},
	} {
		got, err := addresses(tc.typed)
		if diff := cmp.Diff(tc.want, got); diff != "" || (err != nil) != (tc.want == nil) {
			t.Errorf("%q: %v %s", tc.typed, err, diff)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows what was typed: %v", tc.typed, err)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"glpi.example.org", "http://[::1]:80/glpi/front/x.php?y#z", "é.org", "a@b", "::1", "fe80::1%eth0", "https://a/b/c/d/e/f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		found, err := addresses(typed)
		if err != nil {
			return
		}
		if len(found) < 2 || len(found) > 5 {
			t.Errorf("%q: %d addresses", typed, len(found))
		}
		for _, a := range found {
			u, err := url.Parse(a)
			if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !strings.HasSuffix(u.Path, script) {
				t.Errorf("%q became %q: %v", typed, a, err)
			}
			if u != nil && u.Scheme != "https" && !strings.Contains(strings.ToLower(typed), "http://") {
				t.Errorf("%q became %q, unencrypted", typed, a)
			}
			if u != nil && u.Port() != "" && !goodPort(u) {
				t.Errorf("%q became %q", typed, a)
			}
		}
		// What was found can be typed again.
		again, err := addresses(found[0])
		if err != nil || again[0] != found[0] {
			t.Errorf("%q: %q reads as %v, %v", typed, found[0], again, err)
		}
	})
}
