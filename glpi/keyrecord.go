package glpi

import (
	"context"

	"glpikeys/keys"
)

func (s *Session) KeyRecords(ctx context.Context, progress func(done, total int)) ([]keys.KeyRecord, error) {
	return nil, nil
}
func (s *Session) KeyRecord(ctx context.Context, id int) (keys.KeyRecord, error) {
	return keys.KeyRecord{}, &keys.Problem{Op: "get key record", Cause: keys.NotFound}
}
func (s *Session) KeyHistory(ctx context.Context, id int) ([]keys.KeyEvent, error) { return nil, nil }
func (s *Session) HasKeyType(ctx context.Context) (bool, error)                    { return false, nil }
func (s *Session) AddKeyType(ctx context.Context) error                            { return nil }
func (s *Session) Products(ctx context.Context, text string) ([]keys.Product, error) {
	return nil, nil
}
func (s *Session) CreateKeyRecord(ctx context.Context, record keys.KeyRecord) (id int, err error) {
	return 0, &keys.Problem{Op: "create key record", Cause: keys.Unexpected}
}
func (s *Session) UpdateKeyRecord(ctx context.Context, id int, edit func(*keys.KeyRecord) error) (keys.KeyRecord, error) {
	return keys.KeyRecord{}, &keys.Problem{Op: "update key record", Cause: keys.NotFound}
}
func (s *Session) InstalledKey(ctx context.Context) (keys.InstalledKey, error) {
	return keys.InstalledKey{}, nil
}
func (s *Session) InstallKey(ctx context.Context, text string) (keys.InstalledKey, error) {
	return keys.InstalledKey{}, &keys.Problem{Op: "install key", Cause: keys.NoRight}
}
func (s *Session) Subscription(ctx context.Context) (keys.Subscription, error) {
	return keys.Subscription{}, &keys.Problem{Op: "ask GLPI about its key", Cause: keys.PluginMissing}
}
func (s *Session) InstalledPlugins(ctx context.Context) ([]keys.InstalledPlugin, error) {
	return nil, nil
}
func AskNetwork(ctx context.Context, service string, key keys.KeyText, instance string, via keys.Via, o Options) (keys.Subscription, error) {
	return keys.Subscription{}, &keys.Problem{Op: "ask GLPI Network", Cause: keys.Unreachable}
}
