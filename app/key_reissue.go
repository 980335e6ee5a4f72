package app

import (
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

// request collects what a vendor is told who is asked for a key for this server,
// or to release one that is not needed any more.
func (k *keyWork) request(r *keys.KeyRecord, release bool) keys.ReissueRequest {
	var server *keys.Facts
	if !release {
		facts := k.work.facts
		server = &facts
	}
	var subscription *keys.Subscription
	if a := k.answers[r.ID]; a != nil && a.Err == nil {
		subscription = &a.Subscription
	}
	return keys.NewReissueRequest(r, subscription, server)
}

// message is the text for the vendor. It holds the key only where q does.
func (k *keyWork) message(q keys.ReissueRequest) keyMessage {
	product := map[string]any{"Product": q.Product}
	subject, text := t("keywork.mail.release.subject", product), t("keywork.mail.release.text")
	if !q.Release {
		subject, text = t("keywork.mail.reissue.subject", product), t("keywork.mail.reissue."+string(q.Reason), product)
	}
	lines := []string{text, ""}
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
	if q.BoundAddress != q.Address {
		add("bound_address", q.BoundAddress)
	}
	add("address", q.Address)
	if q.BoundInstance != q.Instance {
		add("bound_instance", q.BoundInstance)
	}
	add("instance", q.Instance)
	add("key", q.Key.Reveal())
	lines = append(lines, "", t("keywork.mail.thanks"), k.work.facts.User.Name)
	m := keyMessage{subject: subject, body: strings.Join(lines, "\n")}
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
					q := keys.NewReissueRequest(r, nil, &facts)
					now.Address, now.Instance = q.Address, q.Instance
				}
				r.Block.Reissue = now
				return nil
			})
		},
	})
}
