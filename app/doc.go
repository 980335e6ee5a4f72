// Package app is the window of GLPI Keys: its screens, and the words in which
// it tells people what happened.
//
// A screen is a presenter, a plain struct without widgets that holds what is
// shown and what was typed, and a view (…_view.go) that draws it. A presenter
// calls onChange, the view renders again; nothing is bound to anything. All of
// it belongs to the window's goroutine; work that waits for a server, a
// keyring or a disk goes through app/internal/task.
//
// The package reaches the outside only through [Deps], which main fills, and
// does not know that package glpi exists.
package app
