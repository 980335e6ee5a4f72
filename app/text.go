package app

import "fyne.io/fyne/v2/lang"

// t is the text of a dotted key in the chosen language. data fills the
// placeholders of the text: a map or a struct.
func t(key string, data ...any) string { return lang.X(key, key, data...) }

// tn is like t for texts whose form depends on a count. Fyne goes by the plural
// rules of the system's language, not of the texts': English and French differ
// only in whether none counts as one, which the texts say themselves.
func tn(key string, count int, data ...any) string {
	const one, several = 1, 2
	form := several
	if count == one || count == 0 && t("plural.none") == "one" {
		form = one
	}
	return lang.XN(key, key, form, data...)
}
