package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// A Go program that crashes exits with 2, which here means that something has
// ended, and no recover stops a panic in another goroutine. So the check runs
// in a worker process, whose exit statuses no crash has.

// workerMark is the variable of the environment that makes a process the
// worker.
const workerMark = "GLPIKEYS_CHECK_WORKER"

// workerExit is added to the worker's exit statuses.
const workerExit = 100

// workerGrace is how long a worker may take to end when its time is over or
// somebody stops it: for the ends of sessions.
const workerGrace = closeTime + 2*time.Second

// main is the command: it starts the worker, or is the worker.
func (c *command) main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer stop()
	if c.env(workerMark) != "" {
		return workerExit + c.run(ctx, args)
	}
	program, err := os.Executable()
	if err != nil { // nothing to start a worker from
		return c.run(ctx, args)
	}
	quiet := *c
	quiet.stdout = io.Discard // the worker says what is wrong with the arguments
	o, err := quiet.parse(args)
	if err != nil {
		return c.run(ctx, args)
	}
	return c.supervise(ctx, o, program, args)
}

// supervise runs the worker and gives its exit status. It tells of a crash
// without what the crash left, which may hold anything.
func (c *command) supervise(ctx context.Context, o options, program string, args []string) int {
	ctx, cancel := context.WithTimeout(ctx, o.timeout+workerGrace)
	defer cancel()
	worker := exec.CommandContext(ctx, program, args...)
	worker.Env = append(os.Environ(), workerMark+"=1")
	worker.Stdout = c.stdout
	if o.verbose {
		worker.Stderr = c.stderr
	}
	worker.Cancel = func() error { return worker.Process.Signal(os.Interrupt) }
	worker.WaitDelay = workerGrace
	_ = worker.Run()
	status := -1
	if worker.ProcessState != nil {
		status = worker.ProcessState.ExitCode() - workerExit
	}
	if status < exitNothing || status > exitUnknown {
		return c.unable(o, "the check itself failed; -verbose tells more")
	}
	return status
}
