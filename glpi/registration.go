package glpi

import (
	"context"
	"slices"

	"glpikeys/keys"
)

// registrationRow is the plugin's table, as far as it is used.
type registrationRow struct {
	ID         number   `json:"id"`
	Invitation number   `json:"plugin_glpikeys_invitations_id"`
	User       number   `json:"users_id"`
	Email      text     `json:"email"`
	State      text     `json:"state"`
	Created    text     `json:"date_creation"`
	RuleGrants text     `json:"rule_grants"` // not in lists, and only while it waits
	Names      keyNames `json:"_keys_names"`
}

func (r *registrationRow) state() keys.RegistrationState { return keys.RegistrationState(r.State) }

const columnInvitation = "plugin_glpikeys_invitations_id"

// Registrations are the accounts made with an invitation, newest first. The
// row of an account that was deleted since has its e-mail address alone.
func (s *Session) Registrations(ctx context.Context, invitation int) ([]keys.Registration, error) {
	zone, err := s.serverZone(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := List[registrationRow](ctx, s, kindRegistration, Filter{
		Contains: map[string]string{columnInvitation: exactly(invitation)}, Names: []string{"users_id"},
	})
	if err != nil {
		return nil, err
	}
	list := make([]keys.Registration, len(rows))
	for i, row := range rows {
		list[i] = keys.Registration{
			ID: int(row.ID), UserID: int(row.User), Name: row.Names.of("users_id"), Email: string(row.Email),
			State: row.state(), Time: moment(row.Created, zone),
		}
		if list[i].Name == "" {
			list[i].UserID = 0 // every account has a login at least
		}
	}
	slices.Reverse(list) // they come by id
	return list, s.readRules(ctx, list)
}

// rulesLimit is for how many GLPI's rules are asked. On GLPI 11 that takes a
// second.
const rulesLimit = 10 * perCall

// readRules asks what GLPI's authorization rules would give those who wait for
// approval, the newest rulesLimit of them.
func (s *Session) readRules(ctx context.Context, list []keys.Registration) error {
	var waiting []*keys.Registration
	for i := range list {
		if list[i].State == keys.WaitingForApproval {
			list[i].RulesUnread = true
			waiting = append(waiting, &list[i])
		}
	}
	waiting = waiting[:min(len(waiting), rulesLimit)]
	for some := range slices.Chunk(waiting, perCall) {
		ids := make([]int, len(some))
		for i, one := range some {
			ids[i] = one.ID
		}
		r := s.getSeveral("read rules for "+kindRegistration, kindRegistration, ids)
		var rows []registrationRow
		if err := s.fetch(ctx, r, &rows); err != nil {
			return err
		}
		for _, row := range rows {
			if i := slices.IndexFunc(some, func(one *keys.Registration) bool { return one.ID == int(row.ID) }); i >= 0 {
				some[i].State, some[i].RuleGrants, some[i].RulesUnread = row.state(), string(row.RuleGrants), false
			}
		}
	}
	return nil
}

// waiting counts, by invitation, the registrations that wait for approval; of
// a single invitation, or of all when it is 0.
func (s *Session) waiting(ctx context.Context, invitation int) (map[int]int, error) {
	only := map[string]string{"state": anchored(string(keys.WaitingForApproval))}
	if invitation != 0 {
		only[columnInvitation] = exactly(invitation)
	}
	rows, err := List[registrationRow](ctx, s, kindRegistration, Filter{Contains: only})
	if err != nil {
		return nil, err
	}
	counts := make(map[int]int)
	for _, row := range rows {
		counts[int(row.Invitation)]++
	}
	return counts, nil
}

// AnswerRegistration approves or refuses a registration that waits for
// approval. Refused when somebody has given the other answer before, or when
// approving would give more than this person may give. RulesChanged, and
// nothing done, when the rules by now give the account something else than
// r.RuleGrants, which is what the person read who approves.
func (s *Session) AnswerRegistration(ctx context.Context, r keys.Registration, approve bool) error {
	state := keys.RegistrationRefused
	if approve {
		state = keys.RegistrationDone
		row, err := Get[registrationRow](ctx, s, kindRegistration, r.ID)
		if err != nil {
			return err
		}
		if row.state() == keys.WaitingForApproval && (r.RulesUnread || string(row.RuleGrants) != r.RuleGrants) {
			return &keys.Problem{Op: "update " + kindRegistration, Cause: keys.RulesChanged, Detail: string(row.RuleGrants)}
		}
	}
	return s.put(ctx, kindRegistration, r.ID, Fields{"state": string(state)}, func(ctx context.Context) (bool, error) {
		row, err := Get[registrationRow](ctx, s, kindRegistration, r.ID)
		return row.state() == state, err
	})
}
