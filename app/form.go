package app

import (
	"errors"
	"slices"

	"glpikeys/keys"
)

// form is what the presenters of the forms have in common: what is wrong with
// what was typed, and how far asking GLPI for it is. It belongs to the window's
// goroutine.
//
// A form whose answer was lost stays as it was sent until somebody knows what
// GLPI did.
type form struct {
	work  *workspace
	slot  string   // of the work that asks GLPI
	order []string // the fields, as they stand on the page

	problems map[string]string // by field, as keys.Problem.Field names them
	failure  error             // of the last attempt, when it belongs to no field
	unknown  bool              // nobody knows whether GLPI did what was asked
	focus    string            // the field that wants the keyboard, "" for none

	loses    func() bool // closing the page loses what was typed
	onChange func()
	onClose  func()
	onLose   func() // asks before that
}

func newForm(work *workspace, slot string, order []string) form {
	return form{
		work: work, slot: slot, order: order, problems: map[string]string{}, focus: order[0],
		loses:    func() bool { return false },
		onChange: func() {}, onClose: func() {}, onLose: func() {},
	}
}

// busy reports whether GLPI is being asked.
func (f *form) busy() bool { return f.work.tasks.Busy(f.slot) }

// locked reports whether nothing may be changed: while GLPI is being asked, and
// while nobody knows whether it has done what is shown.
func (f *form) locked() bool { return f.busy() || f.unknown }

// edit changes what was typed and takes back what was said about a field.
func (f *form) edit(field string, change func()) {
	if !f.locked() {
		change()
		delete(f.problems, field)
		f.failure = nil
	}
	f.onChange()
}

// submit sends the form off when check finds nothing wrong. After a lost answer
// it is sent as it was, which tells what became of it.
func (f *form) submit(check func() map[string]string, send func()) {
	if f.busy() {
		return
	}
	f.failure = nil
	if !f.unknown {
		f.problems = check()
	}
	if f.unknown || len(f.problems) == 0 {
		send()
	} else {
		f.toFirstProblem()
	}
	f.onChange()
}

// fail says what went wrong: at the field that it is about when atField has a
// sentence for that, else for the form as a whole.
func (f *form) fail(err error, atField func(*keys.Problem) string) {
	switch cause := keys.CauseOf(err); {
	case cause == keys.OutcomeUnknown:
		f.unknown = true
	case refuses(cause): // GLPI looked at it and has not done it
		f.unknown = false
	}
	var p *keys.Problem
	if errors.As(err, &p) && slices.Contains(f.order, p.Field) {
		if text := atField(p); text != "" {
			f.problems[p.Field] = text
			f.toFirstProblem()
			return
		}
	}
	f.failure = err
}

// refuses reports whether a cause is a no to what was typed.
func refuses(c keys.Cause) bool {
	return c == keys.Refused || c == keys.TooLong || c == keys.BadDate
}

// toFirstProblem wants the keyboard at the first field that is refused.
func (f *form) toFirstProblem() {
	if i := slices.IndexFunc(f.order, func(field string) bool { return f.problems[field] != "" }); i >= 0 {
		f.focus = f.order[i]
	}
}

// stop gives up waiting for GLPI. Nobody knows then what it did.
func (f *form) stop() {
	if f.busy() {
		f.work.tasks.Cancel(f.slot)
		f.unknown = true
		f.onChange()
	}
}

// close leaves the form, perhaps after a question; while GLPI is being asked it
// only stops waiting.
func (f *form) close() {
	switch {
	case f.busy():
		f.stop()
	case f.loses():
		f.onLose()
	default:
		f.onClose()
	}
}
