// Package tasktest stands in for the window's goroutine in tests.
package tasktest

import "testing/synctest"

// Loop queues functions until Drain runs them, as the window's goroutine does
// between two frames. Give its Do to task.New.
type Loop struct{ queue chan func() }

// NewLoop makes a loop with room for as many functions as a test ever queues.
func NewLoop() *Loop { return &Loop{make(chan func(), 1000)} }

// Do queues f.
func (l *Loop) Do(f func()) { l.queue <- f }

// Drain runs what is queued until nothing moves any more. It works only inside
// synctest.Test.
func (l *Loop) Drain() {
	for {
		synctest.Wait()
		select {
		case f := <-l.queue:
			f()
		default:
			return
		}
	}
}
