// Package task runs work off the window's goroutine and hands the result back
// on it, so that nothing blocks the window and no stale answer overwrites a
// newer one.
package task

import (
	"context"
	"sync"
	"time"
)

// Runner runs background work for one screen or one session. All its methods
// belong to the window's goroutine.
type Runner struct {
	do     func(func())
	ctx    context.Context
	cancel context.CancelFunc
	slots  map[string]*slot

	running sync.WaitGroup // work that has not returned, given up or not
}

type slot struct{ cancel context.CancelFunc }

// New makes a Runner. do must queue a function to run on the window's
// goroutine: fyne.Do in the program, a plain queue in tests.
func New(do func(func())) *Runner {
	ctx, cancel := context.WithCancel(context.Background())
	return &Runner{do: do, ctx: ctx, cancel: cancel, slots: map[string]*slot{}}
}

// Run does work in a goroutine and calls done with its result on the window's
// goroutine. A newer Run of the same slot cancels the older one, whose done is
// never called; so does Cancel. After Close it does nothing.
func Run[T any](r *Runner, name string, work func(context.Context) (T, error), done func(T, error)) {
	if r.ctx.Err() != nil {
		return
	}
	r.Cancel(name)
	ctx, cancel := context.WithCancel(r.ctx)
	mine := &slot{cancel: cancel}
	r.slots[name] = mine
	r.running.Go(func() {
		result, err := work(ctx)
		r.do(func() {
			if r.slots[name] != mine {
				return
			}
			delete(r.slots, name)
			cancel()
			done(result, err)
		})
	})
}

// Do queues f on the window's goroutine, for progress reported by work. It may
// be called from any goroutine. f is dropped when the slot's work has ended or
// has been replaced by then.
func (r *Runner) Do(ctx context.Context, f func()) {
	r.do(func() {
		if ctx.Err() == nil {
			f()
		}
	})
}

// Busy reports whether the slot has work under way.
func (r *Runner) Busy(name string) bool { return r.slots[name] != nil }

// Cancel gives up the slot's work, if there is any.
func (r *Runner) Cancel(name string) {
	if s := r.slots[name]; s != nil {
		s.cancel()
		delete(r.slots, name)
	}
}

// Close gives up all work, now and later.
func (r *Runner) Close() {
	r.cancel()
	clear(r.slots)
}

// Wait waits until all work has returned, at most limit, and reports whether it
// has. Call it after Close. It may be called from any goroutine.
func (r *Runner) Wait(limit time.Duration) bool {
	returned := make(chan struct{})
	go func() {
		r.running.Wait()
		close(returned)
	}()
	select {
	case <-returned:
		return true
	case <-time.After(limit):
		return false
	}
}
