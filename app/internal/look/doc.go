// Package look is how the window looks: its theme, its symbols and the widgets
// that several screens share. It knows no translations: callers hand in ready
// texts. All of it belongs to the window's goroutine.
package look
