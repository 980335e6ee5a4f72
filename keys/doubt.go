package keys

import (
	"cmp"
	"slices"
	"strings"
)

// KeyDoubt is something about a key record to look at. It stops nothing.
type KeyDoubt struct {
	Kind  KeyDoubtKind
	Other int    // id of the other record, for duplicates
	Bound string // what the key is bound to, or the record's end
	Found string // what the server has instead, or the vendor's end
}

// KeyDoubtKind is what is doubtful.
type KeyDoubtKind string

// The kinds of doubt.
const (
	DoubtSameText    KeyDoubtKind = "same-text"    // another record holds the same key
	DoubtSamePlugin  KeyDoubtKind = "same-plugin"  // another live key for the same plugin at the same address
	DoubtAddress     KeyDoubtKind = "address"      // bound to another address than the server's
	DoubtInstance    KeyDoubtKind = "instance"     // bound to another instance id than the server's
	DoubtOtherServer KeyDoubtKind = "other-server" // both differ: it is another server's key
	DoubtMoved       KeyDoubtKind = "moved"        // both differ, and the server uses it all the same: it has moved
	DoubtGone        KeyDoubtKind = "gone"         // its plugin is not installed on the server
	DoubtPeriod      KeyDoubtKind = "period"       // it ends before it begins
	DoubtInvalid     KeyDoubtKind = "invalid"      // GLPI calls it invalid, and nobody gave it up
	DoubtReopened    KeyDoubtKind = "reopened"     // it was given up, and GLPI calls it valid again
	DoubtEnd         KeyDoubtKind = "end"          // its vendor says another end; both as YYYY-MM-DD
)

// Doubts compares r with the server that one is signed in to, the fingerprint
// of the key that it uses, "" where nobody can tell, and the plugins on it, nil
// when they could not be read. The only doubt about a closed key is
// DoubtReopened.
func (r *KeyRecord) Doubts(server *Facts, installed string, plugins []InstalledPlugin) []KeyDoubt {
	var doubts []KeyDoubt
	switch {
	case r.Closed() && r.Valid:
		return []KeyDoubt{{Kind: DoubtReopened}}
	case r.Closed():
		return nil
	case !r.Valid && r.Damage == nil: // a damaged block may say that it was given up
		doubts = append(doubts, KeyDoubt{Kind: DoubtInvalid})
	}
	if said := r.Block.Validated.End; !said.IsZero() && said != r.End {
		doubts = append(doubts, KeyDoubt{Kind: DoubtEnd, Bound: r.End.String(), Found: said.String()})
	}
	if !r.End.IsZero() && r.Block.Begin.Compare(r.End) > 0 && !r.Block.Begin.IsZero() {
		doubts = append(doubts, KeyDoubt{Kind: DoubtPeriod})
	}
	bound := r.BoundElsewhere(server, installed)
	doubts = append(doubts, bound...)
	elsewhere := len(bound) > 0 && bound[0].Kind == DoubtOtherServer
	isOurs := func(p InstalledPlugin) bool { return strings.EqualFold(p.Folder, r.Block.Plugin) }
	if plugins != nil && r.Block.Plugin != "" && !elsewhere && !slices.ContainsFunc(plugins, isOurs) {
		doubts = append(doubts, KeyDoubt{Kind: DoubtGone, Bound: r.Block.Plugin})
	}
	return doubts
}

// BoundElsewhere compares what r is bound to with the server: the doubts of the
// kinds DoubtAddress, DoubtInstance, DoubtOtherServer and DoubtMoved. A server
// answers at the address that one signed in at, and at the one that GLPI calls
// its own. installed is the fingerprint of the key that it uses, "" where
// nobody can tell.
func (r *KeyRecord) BoundElsewhere(server *Facts, installed string) []KeyDoubt {
	bound, instance := NormalAddress(r.Block.BoundTo), r.Block.Instance
	web, base := NormalAddress(server.Web()), NormalAddress(server.URLBase)
	addressKnown := bound != "" && (web != "" || base != "") && r.Block.Scope != ScopePlugin
	address := KeyDoubt{Kind: DoubtAddress, Bound: r.Block.BoundTo, Found: cmp.Or(server.URLBase, server.Web())}
	otherAddress := addressKnown && bound != web && bound != base
	instanceKnown := instance != "" && server.NetworkID != ""
	id := KeyDoubt{Kind: DoubtInstance, Bound: instance, Found: server.NetworkID}
	otherInstance := instanceKnown && instance != server.NetworkID
	switch {
	case otherAddress && otherInstance && installed != "" && installed == r.Block.Fingerprint:
		address.Kind = DoubtMoved
		return []KeyDoubt{address}
	case otherAddress && otherInstance:
		address.Kind = DoubtOtherServer
		return []KeyDoubt{address}
	case otherAddress:
		return []KeyDoubt{address}
	case otherInstance:
		return []KeyDoubt{id}
	}
	return nil
}
