package glpi

import (
	"encoding/base64"
	"net/http"
	"testing"
)

// TestInstalledKeyUnreadable: once config/glpicrypt.key is another one, the
// ciphertext is still there and GLPI has no key all the same (measured on
// 10.0.12). Without the plugin nobody can tell.
func TestInstalledKeyUnreadable(t *testing.T) {
	for _, tc := range []struct {
		name, status string
		present      bool
		unreadable   bool
		length       int
	}{
		{"read", `{"id":1,"version":"1.0.0","verdict":"valid","fingerprint":"ab12"}`, true, false, 64},
		{"lost", `{"id":1,"version":"1.0.0","verdict":"none","fingerprint":""}`, false, true, 0},
		{"no plugin", "", true, false, 64},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, at := newFake(t, 11)
			answer := func(call string, status int, body string) {
				f.on(call, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, status, body) })
			}
			answer("GET /Config", http.StatusOK, `[{"id":5,"context":"core","name":"glpinetwork_registration_key"}]`)
			answer("GET /search/Config", http.StatusOK, `{"data":{"5":{"1":"`+base64.StdEncoding.EncodeToString(make([]byte, sealed+64))+`"}}}`)
			answer("GET /Log", http.StatusOK, `[]`)
			if tc.status != "" {
				answer("GET /PluginGlpikeysStatus/1", http.StatusOK, tc.status)
			} else {
				answer("GET /PluginGlpikeysStatus/1", http.StatusBadRequest, `["ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM",""]`)
			}
			key, err := f.signIn(t, at).InstalledKey(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if key.Present != tc.present || key.Unreadable != tc.unreadable || key.Length != tc.length || key.Mark == "" {
				t.Errorf("%+v", key)
			}
		})
	}
}
