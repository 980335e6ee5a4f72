package app

import (
	"cmp"
	"context"
	"net/mail"
	"net/url"
	"strings"

	"glpikeys/keys"
)

// keyMessage is what a vendor is written.
type keyMessage struct {
	to, subject, body string
}

// message makes the text that asks a vendor for a key for this server, or to
// release one that is not needed any more. text is the key, empty unless it is
// to be sent along.
func (k *keyWork) message(r *keys.KeyRecord, release bool, text keys.KeyText) keyMessage {
	var server *keys.Facts
	if !release {
		facts := k.work.facts
		server = &facts
	}
	var subscription *keys.Subscription
	if a := k.answers[r.ID]; a != nil && a.Err == nil {
		subscription = &a.Subscription
	}
	q := keys.NewReissueRequest(r, subscription, server)
	q.Key = text
	kind := "reissue"
	if release {
		kind = "release"
	}
	lines := []string{t("keywork.mail." + kind + ".text"), ""}
	add := func(field, value string) {
		if value != "" {
			lines = append(lines, t("keywork.mail."+field)+" "+value)
		}
	}
	add("product", q.Product)
	add("plugin", q.Plugin)
	add("subscription", q.Subscription)
	add("owner", q.Owner)
	add("number", q.Number)
	if q.Fingerprint != "" {
		add("fingerprint", "SHA-256 "+q.Fingerprint)
	}
	if !q.End.IsZero() {
		add("end", q.End.String())
	}
	add("old_address", q.OldAddress)
	add("new_address", q.NewAddress)
	add("old_instance", q.OldInstance)
	add("new_instance", q.NewInstance)
	add("key", q.Key.Reveal())
	lines = append(lines, "", t("keywork.mail.thanks"), k.work.facts.User.Name)
	m := keyMessage{
		subject: t("keywork.mail."+kind+".subject", map[string]any{"Product": q.Product}), body: strings.Join(lines, "\n"),
	}
	if at, err := mail.ParseAddress(q.To); err == nil {
		m.to = at.Address
	}
	return m
}

// sendMail opens a draft in the mail program; false when it is too long for
// one, or no program opened it.
func (k *keyWork) sendMail(m keyMessage) bool {
	draft, ok := mailDraft(m.subject, m.body)
	if !ok {
		return false
	}
	if m.to != "" {
		draft.Opaque = url.PathEscape(m.to)
	}
	if err := k.work.deps.OpenURL(draft); err != nil {
		// Not the error itself: it names the command with the message.
		k.work.deps.Log.Warn("no program opened an e-mail draft")
		return false
	}
	return true
}

// setReissue records how far asking the vendor for another key is; "" forgets
// that it was asked.
func (k *keyWork) setReissue(id int, state keys.ReissueState) {
	x, today, facts := k.reach(), k.work.today(), k.work.facts
	k.perform(&keyDeed{
		act: keyReissue, ids: []int{id},
		do: func(ctx context.Context, id int) (keys.KeyRecord, error) {
			return x.update(ctx, id, func(r *keys.KeyRecord) error {
				now := keys.Reissue{}
				if state != "" {
					now = r.Block.Reissue
					now.State, now.Date = state, today
				}
				if state == keys.ReissueRequested {
					now.Address, now.Instance = cmp.Or(facts.URLBase, facts.Web()), facts.NetworkID
				}
				r.Block.Reissue = now
				return nil
			})
		},
	})
}
