package app

import (
	"context"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyTextShown is the text of the key in sight, as far as somebody asked for it.
type keyTextShown struct {
	id      int
	text    keys.KeyText // empty: not shown
	reading bool
	absent  bool  // it was looked for and is not where it should be
	failure error // why it could not be read
}

const (
	// clipTime is how long the text of a key stays on the clipboard.
	clipTime = 30 * time.Second
	// secretTime is how long reading a text may take: somebody may have to
	// unlock the keyring first.
	secretTime = 5 * time.Minute
)

// atHand reports whether the text of a key should be where this program can
// read it.
func (p *keyList) atHand(r *keys.KeyRecord) bool {
	switch {
	case r.Damage != nil || r.Block.Fingerprint == "":
		return false
	case r.Block.Kept == keys.PlaceGLPI:
		return !p.readOnly()
	default:
		place := p.work.placeOf(r)
		return place == placeRun || place == keys.PlaceComputer && p.work.deps.KeyTexts != nil
	}
}

// withText reads the text of a key where it is kept and hands it to do. It stays
// nowhere else.
func (p *keyList) withText(id int, do func(keys.KeyText)) {
	r := p.record(id)
	if r == nil || !p.atHand(r) {
		return
	}
	text := p.work.runText(r.Block.Fingerprint)
	if p.text.id == id && !p.text.text.Empty() {
		text = p.text.text
	}
	if !text.Empty() {
		do(text)
		return
	}
	p.text = keyTextShown{id: id, reading: true}
	w := p.work
	session, texts, at, block := w.session, w.deps.KeyTexts, w.connection.ID, r.Block
	task.Run(w.tasks, slotKeyText, func(ctx context.Context) (keys.KeyText, error) {
		if block.Kept == keys.PlaceComputer {
			ctx, cancel := context.WithTimeout(ctx, secretTime)
			defer cancel()
			text, _, err := texts.Load(ctx, at, block.Fingerprint)
			return text, err
		}
		ctx, cancel := context.WithTimeout(ctx, keyReadTime)
		defer cancel()
		r, err := session.KeyRecord(ctx, id)
		return r.Block.Text, err
	}, func(text keys.KeyText, err error) {
		p.text = keyTextShown{id: id, failure: err, absent: err == nil && text.Empty()}
		if err != nil {
			w.deps.Log.Warn("could not read the text of a key", "id", id, "error", err)
		} else if !text.Empty() {
			do(text)
		}
		p.onDetail()
	})
	p.onDetail()
}

// reveal shows the text of a key, or hides it again.
func (p *keyList) reveal(id int) {
	if p.text.id == id && !p.text.text.Empty() {
		p.conceal()
		p.onDetail()
		return
	}
	p.withText(id, func(text keys.KeyText) {
		p.text = keyTextShown{id: id, text: text}
		p.onDetail()
	})
}

// conceal forgets the text of the key in sight.
func (p *keyList) conceal() {
	p.work.tasks.Cancel(slotKeyText)
	p.text = keyTextShown{}
}

// copyText puts the text of a key on the clipboard for a while; then, which runs
// when it is there, tells so.
func (p *keyList) copyText(id int, then func()) {
	p.withText(id, func(text keys.KeyText) {
		p.clip = text
		p.onClip(text.Reveal())
		task.Run(p.work.tasks, slotKeyClip, pause(clipTime), func(struct{}, error) { p.emptyClip() })
		then()
	})
}

// emptyClip takes the text of a key from the clipboard if it is still there.
func (p *keyList) emptyClip() {
	if !p.clip.Empty() && p.clipNow() == p.clip.Reveal() {
		p.onClip("")
	}
	p.clip = keys.KeyText{}
}
