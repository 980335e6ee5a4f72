package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	for _, major := range []int{10, 11} {
		s := New(Config{Major: major, Seed: Demo})
		get := func(verb, path, token, body string) string {
			r := httptest.NewRequest(verb, path, strings.NewReader(body))
			r.RemoteAddr = "127.0.0.1:1"
			r.Header.Set("Session-Token", token)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			b, _ := io.ReadAll(w.Body)
			if len(b) > 700 {
				b = b[:700]
			}
			t.Log(verb, path, w.Code, w.Header().Get("Content-Range"), string(b))
			return string(b)
		}
		tok := get("POST", "/apirest.php/initSession", "", `{"login":"glpi","password":"glpi"}`)
		tok = strings.Split(tok, `"`)[3]
		for _, p := range []string{"SoftwareLicense?range=0-1", "SoftwareLicense/1", "search/SoftwareLicense?criteria[0][field]=8&criteria[0][searchtype]=lessthan&criteria[0][value]=NOW&forcedisplay[0]=8", "search/Contract?forcedisplay[0]=20&range=0-2", "getMyEntities?is_recursive=true", "getGlpiConfig", "listSearchOptions/SoftwareLicense", "Entity?range=0-1", "search/User?forcedisplay[0]=20", "Computer", "PluginFoo"} {
			get("GET", "/apirest.php/"+p, tok, "")
		}
		get("POST", "/apirest.php/SoftwareLicense", tok, `{"input":{"name":"A < B","softwares_id":1,"expire":"2027-01-01"}}`)
	}
	_ = http.StatusOK
	_ = time.Now
}
