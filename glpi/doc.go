// Package glpi is the REST client of GLPI 10 and 11. It turns GLPI's answers
// into the types of package keys, and every way in which a call can fail into
// a *keys.Problem with a cause.
//
// [Probe] finds the API behind what a person typed; [SignIn] opens a
// [Session], whose methods and the functions [Get], [List] and [Search] do
// everything else.
//
// A call goes down through these layers, one file each, and every rule lives
// in exactly one of them:
//
//	item.go, bulk.go, list.go, search.go, glance.go  what is asked for
//	input.go, rights.go  what is checked before a write, and after a refused one
//	session.go    a dead session is renewed once, profile and entity restored
//	call.go       one HTTP exchange: deadline, body limit, redirects, log line
//	errors.go     what came back, or did not, becomes a cause
//	transport.go  proxy and certificates
//
// A write is sent again only when GLPI refused it because its session was
// dead, which did nothing. When its answer is lost, it fails with
// keys.OutcomeUnknown, and whoever asked for it has to look first.
//
// GLPI 10 keeps and answers text with < > & as entities, GLPI 11 plain
// (GLPI-REST §6). text.go translates at the border, once, in both directions:
// nothing else in the program ever sees an entity.
//
// Facts about GLPI cite the measured contract as "GLPI-REST §n", or a file of
// GLPI's own source with its version.
package glpi
