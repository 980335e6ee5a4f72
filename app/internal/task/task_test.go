package task_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/app/internal/task/tasktest"
)

func answer(after time.Duration, text string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		select {
		case <-time.After(after):
			return text, nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func TestRunHandsBackResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasktest.NewLoop()
		r := task.New(l.Do)
		defer r.Close()
		var got string
		task.Run(r, "load", answer(time.Minute, "rows"), func(s string, err error) { got = s })
		l.Drain()
		if got != "" || !r.Busy("load") {
			t.Fatal("done before the work was")
		}
		time.Sleep(time.Minute)
		l.Drain()
		if got != "rows" || r.Busy("load") {
			t.Errorf("got %q, busy %v", got, r.Busy("load"))
		}
	})
}

func TestNewerRunWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasktest.NewLoop()
		r := task.New(l.Do)
		defer r.Close()
		var got []string
		keep := func(s string, err error) { got = append(got, s) }
		task.Run(r, "load", answer(time.Second, "old"), keep)
		// The old result is already queued when the newer run starts.
		time.Sleep(time.Second)
		synctest.Wait()
		task.Run(r, "load", answer(time.Second, "new"), keep)
		time.Sleep(time.Second)
		l.Drain()
		if len(got) != 1 || got[0] != "new" {
			t.Errorf("got %q", got)
		}
	})
}

func TestCloseCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasktest.NewLoop()
		r := task.New(l.Do)
		ended := make(chan error, 1)
		task.Run(r, "load", func(ctx context.Context) (int, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return 0, ctx.Err()
		}, func(int, error) { t.Error("done was called") })
		r.Close()
		l.Drain()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		task.Run(r, "load", answer(time.Second, "late"), func(string, error) { t.Error("work went on after Close") })
		time.Sleep(time.Second)
		l.Drain()
	})
}

func TestProgressIsDroppedAfterCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tasktest.NewLoop()
		r := task.New(l.Do)
		defer r.Close()
		steps := 0
		task.Run(r, "load", func(ctx context.Context) (int, error) {
			r.Do(ctx, func() { steps++ })
			time.Sleep(time.Second)
			r.Do(ctx, func() { steps++ })
			return 0, nil
		}, func(int, error) {})
		l.Drain()
		if steps != 1 {
			t.Fatalf("%d steps shown", steps)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		r.Cancel("load")
		l.Drain()
		if steps != 1 {
			t.Error("progress of cancelled work was shown")
		}
	})
}
