package app

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/assets"
	"glpikeys/keys"
)

// settingsView is the Settings screen.
type settingsView struct {
	set  *settings
	tell func(string)

	limits  *look.Field
	proxy   *look.Field
	network *look.Field
	service *look.Entry // in network
	saved   *look.Notice
	remind  *remindersCard
	root    fyne.CanvasObject
}

const settingsWidth = 560

// newSettingsView makes the screen. tell says something in passing.
func newSettingsView(set *settings, work *workspace, clip fyne.Clipboard, tell func(string)) *settingsView {
	deps := work.deps
	v := &settingsView{set: set, tell: tell, remind: newRemindersCard(set, work, tell)}
	data := set.prefs.Get()
	v.saved = look.NewNotice(look.Expired, look.SymbolWarning, "", "")
	v.saved.Hide()

	cards := look.VBox(gap,
		v.saved,
		settingsCard(t("settings.appearance"),
			look.Equal(gap, labelled("settings.language", v.languageSelect(data)),
				labelled("settings.theme", v.themeSelect(data)))),
		settingsCard(t("settings.thresholds"), v.thresholds()),
		settingsCard(t("settings.reminders"), v.remind.root),
		settingsCard(t("settings.proxy"), v.proxyField()),
		settingsCard(t("settings.network"), v.networkField()),
		settingsCard(t("settings.files"), v.files(deps, clip)),
		look.NewText(look.Muted, t("settings.about", map[string]any{"Version": deps.Version})),
	)
	v.root = container.NewVScroll(look.Padded(0, 22, gap, 22, look.Border(0, nil, nil, look.Wide(settingsWidth, cards), nil, nil)))
	return v
}

// labelled puts the text of a key above an input.
func labelled(key string, input fyne.CanvasObject) fyne.CanvasObject {
	return look.VBox(4, look.NewText(look.Muted, t(key)), input)
}

func settingsCard(title string, content fyne.CanvasObject) fyne.CanvasObject {
	return look.NewCard(look.VBox(10, look.NewText(look.Bold, title), content))
}

// languageSelect offers the languages, each in its own words.
func (v *settingsView) languageSelect(data PreferencesData) fyne.CanvasObject {
	codes := append([]string{""}, assets.Languages()...)
	names := []string{t("settings.language.system")}
	for _, code := range codes[1:] {
		names = append(names, t("settings.language."+code))
	}
	return look.Outlined(choice(names, codes, data.Language, v.set.setLanguage))
}

func (v *settingsView) themeSelect(data PreferencesData) fyne.CanvasObject {
	variants := []string{ThemeSystem, ThemeLight, ThemeDark}
	var names []string
	for _, variant := range variants {
		names = append(names, t("settings.theme."+variant))
	}
	return look.Outlined(choice(names, variants, data.Theme, v.set.setTheme))
}

// choice is a select over values with names; chosen is called with the value.
func choice(names, values []string, now string, chosen func(string)) *look.Select {
	s := look.NewSelect(names, nil)
	for i, value := range values {
		if value == now {
			s.SetSelectedIndex(i)
		}
	}
	s.OnChanged = func(string) { chosen(values[s.SelectedIndex()]) }
	return s
}

// thresholds is three numbers beside each other with one message below.
func (v *settingsView) thresholds() fyne.CanvasObject {
	urgent, soon, plan := look.NewEntry(""), look.NewEntry(""), look.NewEntry("")
	urgent.Text, soon.Text, plan.Text = v.set.urgent, v.set.soon, v.set.plan
	for _, e := range []*look.Entry{urgent, soon, plan} {
		settleWhenLeft(e, v.set, func() { v.set.setThresholds(urgent.Text, soon.Text, plan.Text) })
	}
	v.limits = look.NewField(t("settings.thresholds.days"), t("settings.thresholds.hint"), look.Equal(gap,
		labelled("settings.thresholds.urgent", urgent),
		labelled("settings.thresholds.soon", soon),
		labelled("settings.thresholds.plan", plan)))
	return v.limits
}

// proxyField offers the system's proxy, none, or an address.
func (v *settingsView) proxyField() fyne.CanvasObject {
	entry := look.NewEntry("http://proxy.example.com:3128")
	kinds := []string{"system", "direct", "address"}
	now := "address"
	switch v.set.proxy {
	case "":
		now = "system"
	case keys.ProxyDirect:
		now = "direct"
	default:
		entry.Text = v.set.proxy
	}
	settleWhenLeft(entry, v.set, func() { v.set.setProxy(entry.Text) })
	entry.Hidden = now != "address"
	names := []string{t("settings.proxy.system"), t("settings.proxy.direct"), t("settings.proxy.address")}
	kind := choice(names, kinds, now, func(kind string) {
		entry.Hidden = kind != "address"
		switch kind {
		case "system":
			v.set.setProxy("")
		case "direct":
			v.set.setProxy(keys.ProxyDirect)
		default:
			if entry.Text != "" {
				v.set.setProxy(entry.Text)
			}
		}
		v.root.Refresh()
	})
	v.proxy = look.NewField(t("settings.proxy.use"), t("settings.proxy.hint"), look.VBox(8, look.Outlined(kind), entry))
	return v.proxy
}

// networkField is the address of GLPI Network, for a proxy or a stand-in.
func (v *settingsView) networkField() fyne.CanvasObject {
	v.service = look.NewEntry(networkService)
	v.service.Text = v.set.network
	settleWhenLeft(v.service, v.set, func() { v.set.setNetwork(v.service.Text) })
	v.network = look.NewField(t("settings.network.address"), t("settings.network.hint"), v.service)
	return v.network
}

// settleWhenLeft takes what is typed into an entry once the keyboard leaves it,
// or on Enter.
func settleWhenLeft(e *look.Entry, set *settings, take func()) {
	e.OnChanged = func(string) { set.later(take) }
	e.OnSubmitted = func(string) { set.settle() }
	e.OnFocus = func(gained bool) {
		if !gained {
			set.settle()
		}
	}
}

// showTaken writes into an entry what was made of what was typed there.
func showTaken(e *look.Entry, text string) {
	if e.Text != text {
		e.Text = text
		e.Refresh()
	}
}

// files says where the log is.
func (v *settingsView) files(deps Deps, clip fyne.Clipboard) fyne.CanvasObject {
	if deps.LogFile == "" {
		return look.NewText(look.Muted, t("settings.log.none"))
	}
	path := look.NewShortened(look.Mono, deps.LogFile)
	open := look.NewButton(look.Secondary, t("settings.log.open"), func() {
		if err := deps.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(deps.LogFile)}); err != nil {
			deps.Log.Warn("could not open the log", "error", err)
			v.tell(t("settings.log.open_failed"))
		}
	})
	copyPath := look.NewButton(look.Secondary, t("settings.log.copy"), func() {
		clip.SetContent(deps.LogFile)
		v.tell(t("settings.log.copied"))
	})
	return look.VBox(6,
		look.NewText(look.Body, t("settings.log")),
		look.Border(10, nil, nil, nil, look.HBox(8, open, copyPath), path),
		look.NewText(look.Muted, t("settings.log.hint")))
}

// render shows the messages at the fields; the fields themselves hold what was
// typed.
func (v *settingsView) render() {
	wrong, data := "", v.set.prefs.Get()
	if limits := data.Thresholds; v.set.limitsWrong {
		wrong = t("settings.thresholds.invalid", map[string]any{"Urgent": limits.Urgent, "Soon": limits.Soon, "Plan": limits.Plan})
	}
	v.limits.SetError(wrong)
	v.proxy.SetError(sentence(v.set.proxyError))
	wrong = ""
	if v.set.networkError != nil {
		wrong = t("settings.network.wrong", map[string]any{"Address": cmp.Or(data.Network, networkService)})
	} else if v.set.pending == nil {
		showTaken(v.service, v.set.network)
	}
	v.network.SetError(wrong)
	v.network.SetNote(look.Neutral, look.NoSymbol, "")
	if strings.HasPrefix(v.set.network, "http:") {
		v.network.SetNote(look.Soon, look.SymbolWarning, t("settings.network.plain"))
	}
	v.remind.render()
	if v.set.saveError != nil {
		v.saved.Set(look.Expired, look.SymbolWarning, t("settings.unsaved"), sentence(v.set.saveError))
		v.saved.Show()
	} else {
		v.saved.Hide()
	}
	v.root.Refresh()
}
