// Package keys holds what GLPI Keys is about, free of any window and any
// network: items of GLPI that end (licences, contracts, certificates) and the
// state their end date puts them in, registration keys and their life,
// invitations, the facts of a server one is signed in to, credentials, and the
// problems that can stop an operation.
//
// A registration key is a KeyRecord: a licence of GLPI whose comment carries,
// in an armoured block, what GLPI has no column for (ReadComment,
// WriteComment). RepairKey finds the key in what a person pasted and ReadKey
// says what it is; Standing, Renewal and KeyIndex are its life; ReminderLog
// knows what to tell when; ReadKeyImport reads many at once. The text of a key
// is a KeyText, which nothing prints.
//
// It owns the words that the other packages share. Package glpi turns GLPI's
// answers into these types; package app turns them into sentences and
// pictures. A problem's cause is a value here, never a sentence.
package keys
