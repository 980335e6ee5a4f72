package glpi

import (
	"context"
	"errors"
	"strings"

	"glpikeys/keys"
)

// rightNames are the rights that guard the types used here; those of the keys
// package's own types come from there (GLPI-REST §3).
var rightNames = map[string]string{
	"Software": "software", "SoftwareLicenseType": "dropdown", "Entity": "entity", "User": "user",
	"Profile": "profile", "Group": "group", kindConfig: "config", kindPlugin: "config",
	kindSupplier: "contact_enterprise", kindInfocom: "infocom",
	kindInvitation: rightInvitation, kindRegistration: rightInvitation,
}

func rightOf(kind string) string {
	if name := keys.ItemType(kind).Right(); name != "" {
		return name
	}
	return rightNames[kind]
}

// explain looks for the true cause of a refused write before its data is
// blamed. GLPI answers a missing right like any other refusal, told apart only
// by a text in the language of the session (GLPI-REST §4): so first the rights
// of the session count, and then, for an existing item, whether it is there.
func (s *Session) explain(ctx context.Context, err error, kind string, id int, right keys.Right) error {
	var p *keys.Problem
	if !errors.As(err, &p) || p.Cause != keys.Refused {
		return err
	}
	facts := s.Facts()
	if name := rightOf(kind); name != "" && !facts.Can(name, right) {
		return &keys.Problem{Op: p.Op, Cause: keys.NoRight, Err: p.Err}
	}
	var e *Error
	if id == 0 || !errors.As(err, &e) || !strings.HasPrefix(e.Code, "ERROR_GLPI_") {
		return err
	}
	_, getErr := Get[struct{}](ctx, s, kind, id)
	if cause := keys.CauseOf(getErr); cause == keys.NotFound || cause == keys.NoRight {
		return &keys.Problem{Op: p.Op, Cause: cause, Err: p.Err}
	}
	return err
}
