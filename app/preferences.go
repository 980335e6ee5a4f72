package app

// Preferences placeholder until the store is written.
type Preferences struct{}
