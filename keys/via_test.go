package keys

import (
	"strings"
	"testing"
)

func TestParseProxy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"proxy.example.com:3128":          "http://proxy.example.com:3128",
		" http://proxy.example.com:3128/": "http://proxy.example.com:3128",
		"https://proxy.example.com":       "https://proxy.example.com",
		"socks5://127.0.0.1:1080":         "socks5://127.0.0.1:1080",
		"[::1]:8080":                      "http://[::1]:8080",
		"":                                "",
		"http://":                         "",
		"ftp://proxy":                     "",
		"http://proxy/path":               "",
		"http://proxy?x=hunter2":          "",
		"ana:hunter2@proxy:3128":          "",
		"http://ana@proxy":                "",
		"http://pro xy":                   "",
	} {
		u, err := ParseProxy(text)
		if want == "" {
			if CauseOf(err) != BadProxy {
				t.Errorf("%q: %v, %v; want it refused", text, u, err)
			} else if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v; want %s", text, u, err, want)
		}
	}
}
