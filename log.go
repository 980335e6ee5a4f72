package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
)

// logLimit is the size in bytes at which a log file makes room for a new one
// when the program starts.
const logLimit = 2 << 20

// openLog opens the log: a file in dir, or standard error and no file. Nothing
// that is logged holds a secret: credentials print as "[redacted]", and
// requests are logged without query and body.
func openLog(dir string, verbose, stderr bool) (log *slog.Logger, file string, err error) {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if verbose {
		options.Level = slog.LevelDebug
	}
	if stderr {
		return slog.New(slog.NewTextHandler(os.Stderr, options)), "", nil
	}
	file = filepath.Join(dir, "glpikeys.log")
	if info, err := os.Stat(file); err == nil && info.Size() > logLimit {
		_ = os.Rename(file, file+".1") // else the file grows on
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, "", err
	}
	// A crash leaves its trace in the log, too.
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, "", err
	}
	return slog.New(slog.NewJSONHandler(f, options)), file, nil
}
