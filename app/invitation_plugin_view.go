package app

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"glpikeys/app/internal/look"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// slotPlugin is the saving of the plugin's archive.
const slotPlugin = "plugin"

// needsPlugin reports whether invitations are missing because of the plugin.
func needsPlugin(c keys.Cause) bool {
	return c == keys.PluginMissing || c == keys.PluginInactive || c == keys.PluginUnseen || c == keys.PluginOld
}

// pluginState says how the plugin stands on the server, and how it gets there.
func (v *invitationsView) pluginState(cause keys.Cause) fyne.CanvasObject {
	title := look.NewWrapped(look.Heading, t("invitations.plugin.title."+string(cause)))
	text := look.NewWrapped(look.Muted, sentence(v.p.failure))
	title.SetAlign(fyne.TextAlignCenter)
	text.SetAlign(fyne.TextAlignCenter)
	icon := look.NewIcon(look.SymbolMail, 40)
	icon.SetColor("placeholder")
	box := look.VBox(10, container.NewCenter(icon), title, text)

	save := look.NewButton(look.Primary, t("invitations.plugin.save"), v.savePlugin)
	save.SetBusy(v.p.work.tasks.Busy(slotPlugin))
	check := look.NewButton(look.Secondary, t("invitations.plugin.check"), v.p.refresh)
	buttons := look.HBox(8, save, check)
	if cause == keys.PluginInactive { // the files are there already
		buttons = look.HBox(8, look.NewButton(look.Primary, t("invitations.plugin.check"), v.p.refresh))
	} else {
		steps := look.VBox(6)
		for i, step := range []string{t("invitations.plugin.step1"), t("invitations.plugin.step2"), t("invitations.plugin.step3")} {
			steps.Add(look.Border(8, nil, nil, look.Wide(14, look.NewWrapped(look.Bold, strconv.Itoa(i+1))), nil,
				look.NewWrapped(look.Body, step)))
		}
		box.Add(look.NewCard(steps))
	}
	box.Add(look.Padded(4, 0, 0, 0, container.NewCenter(buttons)))
	return look.Wide(440, box)
}

// savePlugin asks where to and writes the plugin's archive there.
func (v *invitationsView) savePlugin() {
	w := v.p.work
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			if err != nil {
				v.pluginFailed(err)
			}
			return
		}
		name := to.URI().Name()
		task.Run(w.tasks, slotPlugin, func(context.Context) (struct{}, error) {
			return struct{}{}, writePlugin(w.deps, to)
		}, func(_ struct{}, err error) {
			w.onChange()
			if err != nil {
				v.pluginFailed(err)
				return
			}
			v.notify(t("invitations.plugin.saved", map[string]any{"Name": name}))
		})
	}, v.acts.win)
	d.SetFileName("glpikeys.zip")
	d.SetFilter(storage.NewExtensionFileFilter([]string{".zip"}))
	showFileDialog(d, v.acts.win)
}

func writePlugin(deps Deps, to fyne.URIWriteCloser) error {
	archive, err := deps.PluginArchive()
	if err == nil {
		_, err = to.Write(archive)
	}
	if closing := to.Close(); err == nil {
		err = closing
	}
	return err
}

func (v *invitationsView) pluginFailed(err error) {
	v.p.work.deps.Log.Warn("could not save the plugin", "error", err)
	v.notify(t("invitations.plugin.unsaved"))
}
