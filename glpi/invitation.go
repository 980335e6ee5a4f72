package glpi

import (
	"context"
	"time"

	"glpikeys/keys"
)

var errSoon = &keys.Problem{Op: "invitations", Cause: keys.PluginMissing}

func (s *Session) Plugin(context.Context) (keys.Plugin, error) { return keys.Plugin{}, errSoon }
func (s *Session) Invitations(context.Context, func(done, total int)) ([]keys.Invitation, error) {
	return nil, errSoon
}
func (s *Session) Invitation(context.Context, int) (keys.Invitation, string, error) {
	return keys.Invitation{}, "", errSoon
}
func (s *Session) Registrations(context.Context, int) ([]keys.Registration, error) {
	return nil, errSoon
}
func (s *Session) Groups(context.Context, int) ([]keys.Group, error) { return nil, errSoon }
func (s *Session) CreateInvitation(context.Context, string, keys.InvitationPolicy) (int, string, error) {
	return 0, "", errSoon
}
func (s *Session) SetInvitationActive(context.Context, int, bool) error        { return errSoon }
func (s *Session) ExtendInvitation(context.Context, int, int, time.Time) error { return errSoon }
func (s *Session) AnswerRegistration(context.Context, int, bool) error         { return errSoon }
func (s *Session) CheckLink(context.Context, string) ([]keys.LinkDoubt, error) { return nil, errSoon }
