package keys

import "log/slog"

// Credentials open a session: either User and Password, or UserToken; with
// AppToken where the server asks for one. They print as "[redacted]" whatever
// the verb, so that no log or error can hold them.
type Credentials struct {
	User      string `json:"-"` // not secret; kept in the connection
	Password  string `json:"password,omitempty"`
	UserToken string `json:"user_token,omitempty"`
	AppToken  string `json:"app_token,omitempty"`
}

const redacted = "[redacted]"

// String hides the secrets.
func (Credentials) String() string { return redacted }

// GoString hides the secrets from %#v.
func (Credentials) GoString() string { return redacted }

// LogValue hides the secrets from log/slog.
func (Credentials) LogValue() slog.Value { return slog.StringValue(redacted) }

// Empty reports whether there is no secret at all.
func (c Credentials) Empty() bool {
	return c.Password == "" && c.UserToken == "" && c.AppToken == ""
}
