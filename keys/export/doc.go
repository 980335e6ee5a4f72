// Package export writes what ends as files for other programs: a calendar
// (ICS), a table (CSV) and JSON. None of them ever holds the text of a key.
//
// Sentences come from the caller in the person's language; names of columns
// and fields are stable words that the caller may translate.
package export
