package keys

import (
	"slices"
	"testing"
	"time"
)

func TestInvitationState(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 30, 0, 500, time.UTC)
	past, future := now.Add(-time.Hour), now.Add(time.Hour)
	policy := func(begin, end time.Time, uses int) InvitationPolicy {
		return InvitationPolicy{Begin: begin, End: end, MaxUses: uses}
	}
	for _, tt := range []struct {
		name string
		inv  Invitation
		want InvitationState
	}{
		{"unlimited", Invitation{Active: true, Uses: 500}, InvitationActive},
		{"two left", Invitation{Active: true, Uses: 3, InvitationPolicy: policy(past, future, 5)}, InvitationActive},
		{"one left", Invitation{Active: true, Uses: 4, InvitationPolicy: policy(past, future, 5)}, InvitationLastUse},
		{"a single use", Invitation{Active: true, InvitationPolicy: policy(past, future, 1)}, InvitationLastUse},
		{"none left", Invitation{Active: true, Uses: 5, InvitationPolicy: policy(past, future, 5)}, InvitationUsedUp},
		{"ended", Invitation{Active: true, InvitationPolicy: policy(past, past, 5)}, InvitationEnded},
		{"in its last second", Invitation{Active: true, InvitationPolicy: policy(past, now.Truncate(time.Second), 5)}, InvitationActive},
		{"not yet", Invitation{Active: true, InvitationPolicy: policy(future, time.Time{}, 5)}, InvitationScheduled},
		{"used up before it ended", Invitation{Active: true, Uses: 5, InvitationPolicy: policy(past, past, 5)}, InvitationUsedUp},
		{"revoked before all", Invitation{Uses: 5, InvitationPolicy: policy(past, past, 5)}, InvitationRevoked},
	} {
		if got := tt.inv.State(now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, s := range InvitationStates {
		if want := s == InvitationActive || s == InvitationLastUse; s.Open() != want {
			t.Errorf("%v open: %v", s, s.Open())
		}
	}
}

func TestLinkDoubts(t *testing.T) {
	const web = "https://helpdesk.example.com/glpi"
	for link, want := range map[string][]LinkDoubt{
		"https://helpdesk.example.com/glpi/plugins/glpikeys/front/join.php?i=x": nil,
		"https://HELPDESK.example.com:8443/x":                                   nil,
		"http://helpdesk.example.com/x":                                         {LinkPlain},
		"http://localhost/glpi/x":                                               {LinkLocal, LinkPlain, LinkOtherHost},
		"https://127.0.0.1:8080/x":                                              {LinkLocal, LinkOtherHost},
		"https://[::1]/x":                                                       {LinkLocal, LinkOtherHost},
		"https://other.example.com/x":                                           {LinkOtherHost},
		"/plugins/glpikeys/front/join.php":                                      {LinkNotOurs},
		"":                                                                      {LinkNotOurs},
	} {
		if got := LinkDoubts(link, web); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", link, got, want)
		}
	}
}
