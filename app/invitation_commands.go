package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"glpikeys/app/internal/command"
	"glpikeys/keys/sheet"
)

// registerInvitationCommands lists what can be done with invitations. Menu,
// palette and context menu read it.
func (w *Window) registerInvitationCommands() {
	ctrl := func(key fyne.KeyName) *desktop.CustomShortcut {
		return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	}
	text := func(key string) func() string { return func() string { return t(key) } }
	add := func(id, title string, key *desktop.CustomShortcut, plain fyne.KeyName, enabled func(*invitationsView) bool, run func(*invitationsView)) {
		w.commands.Add(command.Command{
			ID: id, Group: menuInvitations, Title: text(title), Shortcut: key, Key: plain,
			Enabled: func() bool {
				v := w.invitationsShown()
				return v != nil && v.p.acting == nil && enabled(v)
			},
			Run: func() { run(w.invitationsShown()) },
		})
	}
	w.commands.Add(
		command.Command{
			ID: "invitation.new", Group: menuInvitations, Title: text("invitations.new"), Shortcut: ctrl(fyne.KeyN),
			Enabled: func() bool { return w.work != nil && w.work.inv.able() && !w.work.inv.forming },
			Run: func() {
				w.frame.open(routeInvitations)
				w.work.inv.openForm(nil)
			},
		},
		command.Command{
			ID: "invitation.create", Group: menuInvitations, Title: text("invite.create"), Shortcut: ctrl(fyne.KeyReturn),
			Enabled: func() bool {
				return w.frame != nil && w.frame.at == routeInvitations && w.work.inv.forming && !w.work.inv.draft.busy()
			},
			Run: func() { w.work.inv.draft.submit() },
		},
		command.Command{
			ID: "invitation.find", Title: text("command.find_invitation"),
			Enabled: func() bool { return w.work != nil && len(w.work.inv.list) > 0 && !w.work.inv.forming },
			Run: func() {
				w.frame.open(routeInvitations)
				w.frame.invitations.find()
			},
		},
		command.Command{
			ID: "invitation.plugin", Title: text("invitations.plugin.save"),
			Enabled: func() bool { return w.work != nil && w.deps.PluginArchive != nil },
			Run:     func() { w.frame.invitations.savePlugin() },
		},
	)
	share := func(id, title string, key *desktop.CustomShortcut, run func(h sharer, id int)) {
		add(id, title, key, "",
			func(v *invitationsView) bool { return v.p.detail(v.p.at).link != "" && !v.p.share.saving() },
			func(v *invitationsView) {
				v.openDetail() // it says how this ended
				run(sharer{v.p.share, v.acts, v.notify}, v.p.at)
			})
	}
	share("invitation.copy", "invitations.copy_link", ctrl(fyne.KeyL), sharer.copyLink)
	share("invitation.message", "invite.share.copy_message", nil, sharer.copyMessage)
	share("invitation.show", "invite.share.show", nil, sharer.showLarge)
	share("invitation.save_png", "invite.share.save_png", nil, func(h sharer, id int) { h.save(id, sheet.PNG) })
	share("invitation.save_svg", "invite.share.save_svg", nil, func(h sharer, id int) { h.save(id, sheet.SVG) })
	share("invitation.save_card", "invite.share.save_card", ctrl(fyne.KeyS), func(h sharer, id int) { h.save(id, sheet.PDF) })
	share("invitation.print", "invite.share.command.print", ctrl(fyne.KeyP), sharer.print)
	share("invitation.email", "invite.share.command.email", nil, sharer.email)
	add("invitation.extend", "invitations.extend", nil, "",
		func(v *invitationsView) bool { inv := v.p.find(v.p.at); return inv != nil && inv.Active && v.single() },
		func(v *invitationsView) { v.askExtend(v.p.at) })
	add("invitation.duplicate", "invitations.duplicate", ctrl(fyne.KeyD), "",
		func(v *invitationsView) bool { return v.p.find(v.p.at) != nil && v.single() },
		func(v *invitationsView) { v.p.duplicate(v.p.at) })
	add("invitation.reissue", "invitations.reissue", nil, "",
		func(v *invitationsView) bool {
			inv := v.p.find(v.p.at)
			return inv != nil && v.single() && reissuable(rowOf(inv, v.p.now()))
		},
		func(v *invitationsView) { v.askReissue(v.p.at) })
	add("invitation.approve", "command.approve", nil, "",
		func(v *invitationsView) bool { return len(v.p.detail(v.p.at).waiting()) > 0 && v.single() },
		func(v *invitationsView) { v.approveAll() })
	add("invitation.revoke", "invitations.revoke", nil, fyne.KeyDelete,
		func(v *invitationsView) bool { return len(v.p.revocable(v.targets())) > 0 },
		func(v *invitationsView) { v.askRevoke(v.targets()) })
	add("invitation.restore", "invitations.restore", nil, "",
		func(v *invitationsView) bool { return len(v.p.restorable(v.targets())) > 0 },
		func(v *invitationsView) { v.p.restore(v.p.restorable(v.targets())) })
}

// invitationsShown is the list of invitations while it is in sight, else nil.
func (w *Window) invitationsShown() *invitationsView {
	if w.frame == nil || w.frame.at != routeInvitations || w.work.inv.forming {
		return nil
	}
	return w.frame.invitations
}

// invitationRecords are the invitations that the palette finds by name.
func (w *Window) invitationRecords() []command.Record {
	now := w.work.inv.now()
	var records []command.Record
	for i := range w.work.inv.list {
		r := rowOf(&w.work.inv.list[i], now)
		_, symbol := invitationLook(r.state)
		records = append(records, command.Record{
			Symbol: symbol,
			Title:  r.Label,
			Detail: invitationWord(r.state) + " · " + r.Profile.Name + " · " + r.Entity.Name(),
			Run: func() {
				w.work.inv.forming = false
				w.frame.open(routeInvitations)
				w.frame.invitations.choose(r.ID)
			},
		})
	}
	return records
}
