package glpi

import (
	"context"
	"slices"
	"strconv"

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
	Names      keyNames `json:"_keys_names"`
}

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
			State: keys.RegistrationState(row.State), Time: moment(row.Created, zone),
		}
		if list[i].Name == "" {
			list[i].UserID = 0 // every account has a login at least
		}
	}
	slices.Reverse(list) // they come by id
	return list, nil
}

func exactly(id int) string { return "^" + strconv.Itoa(id) + "$" }

// waiting counts, by invitation, the registrations that wait for approval; of
// a single invitation, or of all when it is 0.
func (s *Session) waiting(ctx context.Context, invitation int) (map[int]int, error) {
	only := map[string]string{"state": "^" + string(keys.WaitingForApproval) + "$"}
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
// approving would give more than this person may give.
func (s *Session) AnswerRegistration(ctx context.Context, id int, approve bool) error {
	state := keys.RegistrationRefused
	if approve {
		state = keys.RegistrationDone
	}
	return s.put(ctx, kindRegistration, id, Fields{"state": string(state)}, func(ctx context.Context) (bool, error) {
		row, err := Get[registrationRow](ctx, s, kindRegistration, id)
		return keys.RegistrationState(row.State) == state, err
	})
}
