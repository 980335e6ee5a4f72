// Package keys holds what GLPI Keys is about, free of any window and any
// network: items of GLPI that end (licences, contracts, certificates) and the
// state their end date puts them in, the facts of a server one is signed in
// to, credentials, and the problems that can stop an operation.
//
// It owns the words that the other packages share. Package glpi turns GLPI's
// answers into these types; package app turns them into sentences and
// pictures. A problem's cause is a value here, never a sentence.
package keys
