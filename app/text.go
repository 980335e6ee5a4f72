package app

import "fyne.io/fyne/v2/lang"

// t is the text of a dotted key in the chosen language. data fills the
// placeholders of the text: a map or a struct.
func t(key string, data ...any) string { return lang.X(key, key, data...) }

// tn is like t for texts whose form depends on a count.
func tn(key string, count int, data ...any) string { return lang.XN(key, key, count, data...) }
