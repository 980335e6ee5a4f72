package app

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
)

// install looks at GLPI's configuration, asks what has to be asked, and writes
// the key there.
func (v *keyActs) install(id int) {
	v.k.checkInstall(id, func(i *keyInstalling, err error) {
		v.tell("") // it has been looked at
		if err != nil {
			v.explain(t("keywork.install.failed"), installFault(err))
			return
		}
		v.askInstall(i)
	})
	v.tell(t("keywork.install.looking"))
}

// explain says why something cannot be done.
func (v *keyActs) explain(title, text string) {
	ask(v.acts.win, question{title: title, content: look.NewWrapped(look.Body, text), leave: t("OK")})
}

// networkPage is GLPI's page of its key.
func networkPage(web string) *url.URL {
	at, err := url.Parse(web + "/front/config.form.php?forcetab=GLPINetwork$1")
	if err != nil {
		return nil
	}
	return at
}

// askInstall asks before a key is written into GLPI: a typed word where a key
// would be lost that nobody can put back.
func (v *keyActs) askInstall(i *keyInstalling) {
	k := v.k
	box := look.VBox(10, look.NewWrapped(look.Body, i.question()))
	open := look.NewButton(look.Link, t("keywork.install.open"), func() {
		if at := networkPage(k.work.facts.Web()); at != nil {
			if err := k.work.deps.OpenURL(at); err != nil {
				v.tell(t("keywork.install.not_opened"))
			}
		}
	})
	open.SetSymbols(look.SymbolExternal, look.NoSymbol)
	word := t("keywork.install.word")
	typed, pasted := look.NewEntry(word), look.NewEntry(t("keywork.value.placeholder"))
	consent := look.NewField(t("keywork.install.consent", map[string]any{"Word": word}), "", typed)
	consent.Hidden = !i.foreign()
	pasted.MultiLine, pasted.Wrapping = true, fyne.TextWrapBreak
	pasted.SetMinRowsVisible(3)
	paste := look.NewField(t("keywork.install.paste"), "", pasted)
	paste.Hidden = !i.text.Empty()
	if i.foreign() {
		box.Add(look.NewNotice(look.Expired, look.SymbolWarning, t("keywork.install.foreign"), i.foreignText()))
	}
	box.Add(paste)
	box.Add(consent)
	box.Add(look.Leading(open))
	confirm := t("keywork.install.confirm")
	if i.state == installedLost {
		confirm = t("keywork.install.restore")
	}
	confirmed := ask(v.acts.win, question{
		title: t("keywork.install.title", map[string]any{"Name": i.record.Name}), content: box, kind: look.Primary, confirm: confirm,
		act: func() bool {
			consent.SetError("")
			paste.SetError("")
			if i.foreign() && !strings.EqualFold(strings.TrimSpace(typed.Text), word) {
				consent.SetError(t("keywork.install.consent_wrong", map[string]any{"Word": word}))
				return false
			}
			text := keys.KeyText{}
			if i.text.Empty() {
				key, _ := keys.RepairKey(pasted.Text)
				if keys.Fingerprint(key) != i.record.Block.Fingerprint {
					paste.SetError(t("keywork.install.mismatch"))
					return false
				}
				text = keys.NewKeyText(key)
			}
			k.install(i, text)
			return true
		},
	})
	typed.OnSubmitted = func(string) { confirmed() }
	switch {
	case i.text.Empty():
		v.acts.win.Canvas().Focus(pasted)
	case i.foreign():
		v.acts.win.Canvas().Focus(typed)
	}
}

// foreignText says what is known of the key that would be lost.
func (i *keyInstalling) foreignText() string {
	text := t("keywork.install.foreign_text", map[string]any{"Length": formatCount(i.length)})
	if i.now.By != "" && !i.now.Written.IsZero() {
		text = t("keywork.install.foreign_by", map[string]any{"Who": i.now.By, "Day": dayText(keys.DateOf(i.now.Written))}) + " " + text
	}
	return text
}

// question says what writing this key into GLPI means.
func (i *keyInstalling) question() string {
	var parts []string
	switch {
	case i.state == installedOurs:
		parts = append(parts, t("keywork.install.again"))
	case i.now.Unreadable:
		parts = append(parts, t("keywork.install.unreadable"))
	case i.state == installedLost:
		parts = append(parts, t("keywork.install.lost"))
	case i.other != "":
		parts = append(parts, t("keywork.install.other", map[string]any{"Name": i.other}))
		if !i.previous.Empty() {
			parts = append(parts, t("keywork.install.backup"))
		}
	case !i.previous.Empty():
		parts = append(parts, t("keywork.install.previous"))
	case i.length == 0:
		parts = append(parts, t("keywork.install.none"))
	}
	return strings.Join(append(parts, t("keywork.install.text")), " ")
}

// reissue prepares the message that asks for a key for this server.
func (v *keyActs) reissue(id int) { v.askReissue(id, false) }

// release prepares the message that gives a key back to its vendor.
func (v *keyActs) release(id int) { v.askReissue(id, true) }

func (v *keyActs) askReissue(id int, release bool) {
	k := v.k
	r := k.record(id)
	if r == nil {
		return
	}
	q := k.request(r, release)
	m := k.message(q)
	var body *readOnly
	leave := func() { look.PassOn(body, &fyne.KeyEvent{Name: fyne.KeyEscape}) }
	body = newReadOnly(m.body, leave)
	body.Wrapping = fyne.TextWrapWord
	body.SetMinRowsVisible(9)
	if v.acts.win.Canvas().Size().Height > 640 {
		body.SetMinRowsVisible(14)
	}
	show := func() {
		m = k.message(q)
		body.show(m.body)
	}
	var with *look.Check
	with = look.NewCheck(t("keywork.mail.with_key"), "", func(on bool) {
		q.Key = keys.KeyText{}
		show()
		if on {
			k.work.keys.withText(id, func(text keys.KeyText) {
				if with.Checked() { // the keyring may have taken its time
					q.Key = text
					show()
				}
			})
		}
	})
	with.Hidden = !k.work.keys.atHand(r)
	said := look.NewWrapped(look.Small, "")
	copyIt := look.NewButton(look.Secondary, t("keywork.mail.copy"), func() {
		v.acts.clipboard.SetContent(m.subject + "\n\n" + m.body)
		said.SetText(t("keywork.mail.copied"))
	})
	mail := look.NewButton(look.Secondary, t("keywork.mail.open"), func() {
		said.SetText(t("keywork.mail.opened"))
		if !k.sendMail(m) {
			said.SetText(t("keywork.mail.not_opened"))
		}
	})
	box := look.VBox(8, look.NewWrapped(look.Muted, reissueState(r, &q)))
	if !release {
		box.Add(reasonField(&q, show))
	}
	box.Add(look.NewWrapped(look.SmallBold, m.subject))
	box.Add(body)
	box.Add(with)
	box.Add(look.HBox(8, copyIt, mail))
	box.Add(said)
	if !release && r.Block.Reissue.State != "" {
		box.Add(look.Leading(look.NewButton(look.Link, t("keywork.reissue.forget"), func() {
			leave()
			k.setReissue(id, "")
		})))
	}
	next := v.reissueStep(r, release)
	next.content, next.width = box, 560
	ask(v.acts.win, next)
}

// reasonField lets a person choose the reason that the message gives, among
// those that can be true.
func reasonField(q *keys.ReissueRequest, chosen func()) fyne.CanvasObject {
	names, values := make([]string, len(q.Reasons)), make([]string, len(q.Reasons))
	for i, reason := range q.Reasons {
		names[i], values[i] = t("keywork.reissue.why."+string(reason)), string(reason)
	}
	return look.Border(10, nil, nil, look.NewText(look.SmallBold, t("keywork.reissue.why")), nil,
		look.Outlined(choice(names, values, string(q.Reason), func(reason string) {
			q.Reason = keys.ReissueReason(reason)
			chosen()
		})))
}

// reissueStep is what comes after the message was sent: title and button of the
// question.
func (v *keyActs) reissueStep(r *keys.KeyRecord, release bool) question {
	k, id, name := v.k, r.ID, map[string]any{"Name": r.Name}
	if release {
		return question{
			title: t("keywork.release.title", name), kind: look.Danger, confirm: t("keywork.release.confirm"),
			then: func() { k.revoke([]int{id}, keys.DepartureReleased, t("keywork.release.reason"), false) },
		}
	}
	q := question{
		title: t("keywork.reissue.title", name), kind: look.Primary, confirm: t("keywork.reissue.confirm"),
		then: func() { k.setReissue(id, keys.ReissueRequested) },
	}
	switch state := r.Block.Reissue.State; {
	case state == keys.ReissueRequested:
		q.confirm = t("keywork.reissue.received")
		q.then = func() { v.edit(id) }
	case state == keys.ReissueReceived && k.can(keyInstall, id):
		q.confirm = t("keywork.reissue.install")
		q.then = func() { v.install(id) }
	case state == keys.ReissueReceived:
		q.confirm = t("keywork.reissue.installed")
		q.then = func() { k.setReissue(id, keys.ReissueInstalled) }
	}
	return q
}

// reissueState says how far asking the vendor is, and at first what the server
// tells about the reason.
func reissueState(r *keys.KeyRecord, q *keys.ReissueRequest) string {
	state := r.Block.Reissue
	switch {
	case q.Release:
		return t("keywork.release.text")
	case state.State != "":
		return t("keywork.reissue.state."+string(state.State), map[string]any{"Day": dayText(state.Date)})
	}
	text := t("keywork.reissue.text")
	switch {
	case q.BoundAddress == "" && q.BoundInstance == "":
		text = t("keywork.reissue.unbound") + " " + text
	case (q.BoundAddress == "" || q.BoundAddress == q.Address) && (q.BoundInstance == "" || q.BoundInstance == q.Instance):
		text = t("keywork.reissue.same") + " " + text
	}
	return text
}

// diagnose looks why a key does not work, and shows what was found.
func (v *keyActs) diagnose(id int) {
	v.k.diagnose(id, func(d *keyDiagnosis, err error) {
		v.tell("")
		if err != nil {
			v.explain(t("keywork.diagnose.title"), sentence(err))
			return
		}
		v.showDiagnosis(d)
	})
	v.tell(t("keywork.diagnose.looking"))
}

func (v *keyActs) showDiagnosis(d *keyDiagnosis) {
	rows := look.VBox(8)
	for _, f := range d.findings {
		symbol := look.SymbolDash
		switch f.tone {
		case look.OK:
			symbol = look.SymbolCheck
		case look.Soon:
			symbol = look.SymbolExclamation
		case look.Expired:
			symbol = look.SymbolCross
		}
		icon := look.NewIcon(symbol, 14)
		icon.SetColor(f.tone.Text())
		rows.Add(look.Border(10, nil, nil, look.Wide(20, icon), nil,
			look.VBox(1, look.NewText(look.SmallBold, t("keywork.diagnose.what."+f.what)), look.NewWrapped(look.Body, f.text))))
	}
	scroll := container.NewVScroll(look.Padded(0, 14, 0, 0, rows))
	room := v.acts.win.Canvas().Size()
	scroll.SetMinSize(fyne.NewSize(400, min(rows.MinSize().Height+60, room.Height-220)))
	w := v.k.work
	ask(v.acts.win, question{
		title: t("keywork.diagnose.title_of", map[string]any{"Name": d.record.Name}), content: scroll,
		kind: look.Primary, confirm: t("keywork.diagnose.copy"), leave: t("invite.share.close"), width: min(560, room.Width-120),
		then: func() {
			facts := w.facts
			v.acts.clipboard.SetContent(d.report(w.deps.Version, &facts))
			v.tell(t("keywork.diagnose.copied"))
		},
	})
}
