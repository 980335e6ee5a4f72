// Package command is the one list of what the program can do. The menu, the
// toolbar, context menus, the palette and the shortcuts all read it, so that
// they cannot disagree. All of it belongs to the window's goroutine.
package command

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Command is something the program can do.
type Command struct {
	ID string // stable: "item.open"
	// Title is read whenever the command is shown, so that it follows the
	// language.
	Title func() string
	// Group is the ID of the menu it stands in; empty for the palette and
	// context menus only.
	Group string
	// Shortcut runs it from the keyboard; nil for none. It needs a modifier key.
	Shortcut *desktop.CustomShortcut
	// Key runs it too, without a modifier and through Registry.TypedKey: F5.
	Key fyne.KeyName
	// Enabled says whether it can run now; nil means always.
	Enabled func() bool
	Run     func()

	under *submenu // of its menu; nil: it stands in the menu itself
}

// submenu is compared by its address: commands next to each other share one.
type submenu struct{ title func() string }

func (c Command) enabled() bool { return c.Enabled == nil || c.Enabled() }

// Group is a menu of the menu bar.
type Group struct {
	ID    string
	Title func() string
}

// Registry holds the commands in the order in which they were added.
type Registry struct {
	groups   []Group
	commands []Command
	blocked  func() bool
}

// New makes a registry with its menus from left to right. While blocked says
// yes, shortcuts and the menu bar do nothing; see Modal.
func New(blocked func() bool, groups ...Group) *Registry {
	return &Registry{groups: groups, blocked: blocked}
}

// Modal reports whether something lies over the window's content, such as a
// dialog. Fyne passes shortcuts through to the window behind it.
func Modal(c fyne.Canvas) bool { return c.Overlays().Top() != nil }

// Add appends commands.
func (r *Registry) Add(commands ...Command) { r.commands = append(r.commands, commands...) }

// Nest puts commands that follow each other in one menu into a submenu of it.
func (r *Registry) Nest(title func() string, ids ...string) {
	under := &submenu{title}
	for i := range r.commands {
		if slices.Contains(ids, r.commands[i].ID) {
			r.commands[i].under = under
		}
	}
}

// All are all commands.
func (r *Registry) All() []Command { return r.commands }

// Get is the command with that ID.
func (r *Registry) Get(id string) (Command, bool) {
	for _, c := range r.commands {
		if c.ID == id {
			return c, true
		}
	}
	return Command{}, false
}

// Enabled reports whether the command exists and can run now.
func (r *Registry) Enabled(id string) bool {
	c, ok := r.Get(id)
	return ok && c.enabled()
}

// Run runs a command if it can run now, and reports whether it did.
func (r *Registry) Run(id string) bool {
	c, ok := r.Get(id)
	if !ok || !c.enabled() {
		return false
	}
	c.Run()
	return true
}

// Check finds mistakes in the list: an ID or a shortcut given twice, a group
// that is no menu. A test calls it on the program's own list.
func (r *Registry) Check() error {
	ids, keys, groups := map[string]bool{}, map[string]string{}, map[string]bool{"": true}
	for _, g := range r.groups {
		groups[g.ID] = true
	}
	for _, c := range r.commands {
		switch {
		case ids[c.ID]:
			return fmt.Errorf("command %s: given twice", c.ID)
		case !groups[c.Group]:
			return fmt.Errorf("command %s: no menu %q", c.ID, c.Group)
		case c.Title == nil || c.Run == nil:
			return fmt.Errorf("command %s: no title or nothing to run", c.ID)
		}
		ids[c.ID] = true
		if c.Shortcut == nil {
			continue
		}
		key := Keys(c.Shortcut)
		if other := keys[key]; other != "" {
			return fmt.Errorf("command %s: %s is the shortcut of %s", c.ID, key, other)
		}
		keys[key] = c.ID
	}
	return nil
}

// Keys writes a shortcut for people: "Ctrl+Shift+K". It is empty for nil.
func Keys(s *desktop.CustomShortcut) string {
	if s == nil {
		return ""
	}
	var parts []string
	for _, m := range []struct {
		bit  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl"}, {fyne.KeyModifierAlt, "Alt"},
		{fyne.KeyModifierShift, "Shift"}, {fyne.KeyModifierSuper, "Super"},
	} {
		if s.Modifier&m.bit != 0 {
			parts = append(parts, m.name)
		}
	}
	return strings.Join(append(parts, string(s.KeyName)), "+")
}

// UpdateMenu greys out in a menu bar of MainMenu what cannot run now, and shows
// the rest. Titles follow too.
func (r *Registry) UpdateMenu(menu *fyne.MainMenu) {
	changed := false
	for i, m := range r.MainMenu().Items {
		changed = follow(menu.Items[i].Items, m.Items) || changed
	}
	if changed {
		menu.Refresh()
	}
}

// follow makes items like fresh ones, and reports whether they were not. Fyne
// may have added items after them.
func follow(items, fresh []*fyne.MenuItem) (changed bool) {
	for i, now := range fresh {
		item := items[i]
		if item.Disabled != now.Disabled || item.Label != now.Label {
			item.Disabled, item.Label, changed = now.Disabled, now.Label, true
		}
		if now.ChildMenu != nil {
			changed = follow(item.ChildMenu.Items, now.ChildMenu.Items) || changed
		}
	}
	return changed
}

// MainMenu makes the menu bar. Make it again after a change of language, and
// call UpdateMenu after a change of what is enabled.
func (r *Registry) MainMenu() *fyne.MainMenu {
	var menus []*fyne.Menu
	for _, g := range r.groups {
		if items := r.menuItems(g.ID); len(items) > 0 {
			menus = append(menus, fyne.NewMenu(g.Title(), items...))
		}
	}
	return fyne.NewMainMenu(menus...)
}

// menuItems are the commands of a menu. A submenu is grey when all in it is.
func (r *Registry) menuItems(group string) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	var open *submenu
	for _, c := range r.commands {
		if c.Group != group {
			continue
		}
		item := r.item(c, true)
		if c.under == nil {
			items, open = append(items, item), nil
			continue
		}
		if open != c.under {
			open = c.under
			parent := fyne.NewMenuItem(open.title(), nil)
			parent.ChildMenu, parent.Disabled = fyne.NewMenu(""), true
			items = append(items, parent)
		}
		parent := items[len(items)-1]
		parent.ChildMenu.Items = append(parent.ChildMenu.Items, item)
		parent.Disabled = parent.Disabled && item.Disabled
	}
	return items
}

// ContextMenu makes a menu of some commands; an empty ID is a line between
// them. Unknown commands are left out.
func (r *Registry) ContextMenu(ids ...string) *fyne.Menu {
	var items []*fyne.MenuItem
	for _, id := range ids {
		if id == "" {
			items = append(items, fyne.NewMenuItemSeparator())
		} else if c, ok := r.Get(id); ok {
			items = append(items, r.item(c, false))
		}
	}
	return fyne.NewMenu("", items...)
}

// item makes a menu item. Fyne runs an item's shortcut even when the item is
// disabled or a dialog is open, so the action looks for itself.
func (r *Registry) item(c Command, guarded bool) *fyne.MenuItem {
	item := fyne.NewMenuItem(c.Title(), func() {
		if c.enabled() && !(guarded && r.isBlocked()) {
			c.Run()
		}
	})
	item.Disabled = !c.enabled()
	if c.Shortcut != nil {
		item.Shortcut = c.Shortcut
	}
	return item
}

func (r *Registry) isBlocked() bool { return r.blocked != nil && r.blocked() }

// TypedKey runs the command whose Key it is, such as F5, and reports whether
// there was one. Give it the keys that nothing else wanted.
func (r *Registry) TypedKey(e *fyne.KeyEvent) bool {
	if r.isBlocked() {
		return false
	}
	for _, c := range r.commands {
		if c.Key != "" && c.Key == e.Name && c.enabled() {
			c.Run()
			return true
		}
	}
	return false
}
