package glpi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"glpikeys/keys"
)

// GLPI's rules are asked for those who wait for approval, in bundles, and for
// the newest alone when very many wait.
func TestRulesOfThoseWhoWait(t *testing.T) {
	t.Parallel()
	const rows = rulesLimit + 10
	_, f, s := newInvitationServer(t, Options{})
	f.on("GET /PluginGlpikeysRegistration", func(w http.ResponseWriter, _ *http.Request) {
		list := make([]string, rows)
		for i := range list {
			state := keys.WaitingForApproval
			if i == rows-1 {
				state = keys.RegistrationDone
			}
			list[i] = fmt.Sprintf(`{"id":%d,"state":%q,"users_id":%d,"_keys_names":{"users_id":"P%d"}}`, i+1, state, i+1, i+1)
		}
		w.Header().Set("Content-Range", fmt.Sprintf("0-%d/%d", rows-1, rows))
		jsonAnswer(w, 200, "["+strings.Join(list, ",")+"]")
	})
	f.on("GET /getMultipleItems", func(w http.ResponseWriter, r *http.Request) {
		var list []string
		for i := 0; r.URL.Query().Has(fmt.Sprintf("items[%d][items_id]", i)); i++ {
			id := r.URL.Query().Get(fmt.Sprintf("items[%d][items_id]", i))
			list = append(list, fmt.Sprintf(`{"id":%s,"state":"waiting_approval","rule_grants":"group %s"}`, id, id))
		}
		jsonAnswer(w, 200, "["+strings.Join(list, ",")+"]")
	})
	list, err := s.Registrations(t.Context(), 1)
	if err != nil || len(list) != rows {
		t.Fatal(len(list), err)
	}
	if r := list[0]; r.RulesUnread || r.RuleGrants != "" {
		t.Errorf("rules for somebody who waits no more: %+v", r)
	}
	for i, r := range list[1:] {
		want := keys.Registration{RuleGrants: fmt.Sprintf("group %d", r.ID)}
		if i >= rulesLimit {
			want = keys.Registration{RulesUnread: true}
		}
		if r.RuleGrants != want.RuleGrants || r.RulesUnread != want.RulesUnread {
			t.Errorf("the %d. who waits: %+v", i, r)
		}
	}
	if n := f.count("GET /getMultipleItems"); n != rulesLimit/perCall {
		t.Errorf("%d calls", n)
	}
}

// Approving gives what was read, or nothing.
func TestApprovesWhatWasRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		state     keys.RegistrationState // now, on the server
		now       string                 // what the rules give there
		read      keys.Registration
		approve   bool
		want      keys.Cause
		wantWrite int
	}{
		{"as read", keys.WaitingForApproval, "group Staff", keys.Registration{RuleGrants: "group Staff"}, true, "", 1},
		{"more than read", keys.WaitingForApproval, "group Staff", keys.Registration{}, true, keys.RulesChanged, 0},
		{"less than read", keys.WaitingForApproval, "", keys.Registration{RuleGrants: "group Staff"}, true, keys.RulesChanged, 0},
		{"never read", keys.WaitingForApproval, "", keys.Registration{RulesUnread: true}, true, keys.RulesChanged, 0},
		{"approved by somebody else", keys.RegistrationDone, "", keys.Registration{RuleGrants: "group Staff"}, true, "", 1},
		{"refused", keys.WaitingForApproval, "group Staff", keys.Registration{}, false, "", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, f, s := newInvitationServer(t, Options{})
			f.on("GET /PluginGlpikeysRegistration/5", func(w http.ResponseWriter, _ *http.Request) {
				jsonAnswer(w, 200, fmt.Sprintf(`{"id":5,"state":%q,"rule_grants":%q}`, tc.state, tc.now))
			})
			f.on("PUT /PluginGlpikeysRegistration/5", func(w http.ResponseWriter, _ *http.Request) {
				jsonAnswer(w, 200, `[{"5":true,"message":""}]`)
			})
			tc.read.ID = 5
			err := s.AnswerRegistration(t.Context(), tc.read, tc.approve)
			if keys.CauseOf(err) != tc.want || f.count("PUT /PluginGlpikeysRegistration/5") != tc.wantWrite {
				t.Errorf("%v, %d writes", err, f.count("PUT /PluginGlpikeysRegistration/5"))
			}
		})
	}
}
