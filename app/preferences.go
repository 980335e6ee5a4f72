package app

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"glpikeys/app/connection"
	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// The values of PreferencesData.Theme.
const (
	ThemeSystem = "system"
	ThemeLight  = "light"
	ThemeDark   = "dark"
)

// PreferencesData is what a person has set up on this computer. It holds no
// secret.
type PreferencesData struct {
	Language   string                `json:"language,omitempty"` // "fr"; "": the system's
	Theme      string                `json:"theme"`              // one of the Theme… values
	Thresholds keys.Thresholds       `json:"thresholds"`
	Proxy      string                `json:"proxy,omitempty"` // as keys.Via.Proxy, for connections that set none
	Width      float32               `json:"width,omitempty"` // of the window, as Fyne counts; 0: never set
	Height     float32               `json:"height,omitempty"`
	Tables     map[string]TableState `json:"tables,omitempty"` // by the table's name
	Folder     string                `json:"folder,omitempty"` // where a file was saved last

	Reminders []int `json:"reminders,omitempty"` // days before an end, none: keys.DefaultReminders
	Silent    bool  `json:"silent,omitempty"`    // nothing is told on the desktop

	Network   string                   `json:"network,omitempty"`   // address of GLPI Network, "": the usual one
	Installed map[string]InstalledMark `json:"installed,omitempty"` // by connection ID: the key that this computer installed last
	Earlier   []EarlierKey             `json:"earlier,omitempty"`   // whose texts are still kept here
}

// EarlierKey is a key that another one replaced within its record. Its text is
// kept as the way back, although no record stands for it any more.
type EarlierKey struct {
	Connection  string `json:"connection"` // its ID
	Fingerprint string `json:"fingerprint"`
	Record      string `json:"record"` // keys.Block.Record
}

// InstalledMark tells later whether the key that this computer installed in a
// GLPI is still there.
type InstalledMark struct {
	Fingerprint string `json:"fingerprint"` // of the key
	Mark        string `json:"mark"`        // keys.InstalledKey.Mark after it was installed
}

// installed is the fingerprint of the key that a GLPI has: its own word, through
// the plugin, or without it that of the key that this computer installed, as
// long as what is stored has not changed; "" for none, and where nobody can tell.
func (m InstalledMark) installed(now keys.InstalledKey) string {
	switch {
	case !now.Present:
		return ""
	case now.Fingerprint == "" && now.Mark == m.Mark:
		return m.Fingerprint
	}
	return now.Fingerprint
}

// TableState is how a person left a table.
type TableState struct {
	Sort       string   `json:"sort,omitempty"` // the column's name, "": the table's own order
	Descending bool     `json:"descending,omitempty"`
	Columns    []string `json:"columns,omitempty"` // those shown, in their order; none: the table's own
}

// Preferences keeps PreferencesData in a JSON file. It may be used from
// several goroutines, and several instances of the program may share the file.
// Its zero value has the defaults and keeps changes for this run only.
type Preferences struct {
	path string

	mu   sync.Mutex
	data PreferencesData
}

// OpenPreferences reads the preferences saved at path; without a file they
// have their defaults. They can be used even when there is an error, which is
// a *keys.Problem with cause FileFailed. A damaged file has then been moved
// aside: the problem's Detail is its new name. A value that makes no sense is
// replaced by its default.
func OpenPreferences(path string) (*Preferences, error) {
	p := &Preferences{path: path}
	err := jsonfile.Load(path, &p.data)
	p.data.repair()
	return p, preferencesProblem("read preferences", path, err)
}

// Get gives a copy, as of the last Update of this instance.
func (p *Preferences) Get() PreferencesData {
	p.mu.Lock()
	defer p.mu.Unlock()
	data := p.data.clone()
	data.repair()
	return data
}

// Update applies change to what stands in the file now, so that another
// instance of the program loses nothing, and saves it. Values that make no
// sense are replaced by their defaults, except a proxy that names a user or a
// password: it is refused with cause BadProxy and nothing changes, since it
// would stand readable in the file. When the file cannot be written (cause
// FileFailed), the change still counts for this run.
func (p *Preferences) Update(change func(*PreferencesData)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	data := p.data.clone()
	changed := false
	apply := func() error {
		changed = true
		data.repair()
		change(&data)
		if connection.HasUser(data.Proxy) {
			return &keys.Problem{Op: "save preferences", Cause: keys.BadProxy}
		}
		data.repair()
		data = data.clone() // what change put in stays its caller's
		return nil
	}
	var err error
	if p.path != "" {
		err = jsonfile.Update(p.path, &data, apply)
	}
	if keys.CauseOf(err) == keys.BadProxy {
		return err
	}
	if !changed { // there is no file, or it could not even be read
		if refused := apply(); refused != nil {
			return refused
		}
	}
	p.data = data
	return preferencesProblem("save preferences", p.path, err)
}

func (d *PreferencesData) repair() {
	if !slices.Contains([]string{ThemeSystem, ThemeLight, ThemeDark}, d.Theme) {
		d.Theme = ThemeSystem
	}
	if !d.Thresholds.Valid() {
		d.Thresholds = keys.DefaultThresholds
	}
	// Written so that it also catches what is not a number.
	if !(d.Width > 0 && d.Width < 1e5 && d.Height > 0 && d.Height < 1e5) {
		d.Width, d.Height = 0, 0
	}
}

// reminders are the days before an end on which people are reminded of what
// has no days of its own.
func (d PreferencesData) reminders() []int {
	if len(d.Reminders) == 0 {
		return keys.DefaultReminders
	}
	return d.Reminders
}

// setTable keeps how a person left a table; there may be none kept yet.
func (d *PreferencesData) setTable(name string, state TableState) {
	if d.Tables == nil {
		d.Tables = map[string]TableState{}
	}
	d.Tables[name] = state
}

func (d PreferencesData) clone() PreferencesData {
	d.Tables = maps.Clone(d.Tables)
	d.Installed = maps.Clone(d.Installed)
	d.Earlier = slices.Clone(d.Earlier)
	d.Reminders = slices.Clone(d.Reminders)
	for name, table := range d.Tables {
		table.Columns = slices.Clone(table.Columns)
		d.Tables[name] = table
	}
	return d
}

func preferencesProblem(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var damaged *jsonfile.DamagedError
	if errors.As(err, &damaged) && damaged.MovedTo != "" {
		path = damaged.MovedTo
	}
	return &keys.Problem{Op: op, Cause: keys.FileFailed, Detail: path, Err: err}
}
