package keys

import "cmp"

// ReissueRequest is what a message to a vendor says who is asked for a new key
// because the server moved, or to release one that is not needed any more. It
// is made of values; the sentences are app's.
type ReissueRequest struct {
	Release      bool   // the key is given back, no new one is wanted
	Product      string // what the key is for
	Plugin       string // GLPI's name of its folder, "" for GLPI Network
	Subscription string // the title of GLPI Network's subscription, "" when it is not known
	Owner        string // to whom it is registered
	Number       string // of the order
	Fingerprint  string // of the key, 64 hex digits
	End          Date
	To           string // the record's contact: an e-mail address or a name
	OldAddress   string
	NewAddress   string // "" for a release
	OldInstance  string
	NewInstance  string // "" for a release
	// Key is the text, empty unless the person asked to send it along.
	Key KeyText
}

// NewReissueRequest collects what the message for r says. subscription is GLPI
// Network's last answer about this very key, nil when there is none. server is
// where the key is to work from now on, nil for a release.
func NewReissueRequest(r *KeyRecord, subscription *Subscription, server *Facts) ReissueRequest {
	q := ReissueRequest{
		Release: server == nil, Product: cmp.Or(r.Product.Name, r.Name), Plugin: r.Block.Plugin,
		Owner: r.Block.Owner, Number: r.Number, Fingerprint: r.Block.Fingerprint, End: r.End,
		To: r.Contact, OldAddress: r.Block.BoundTo, OldInstance: r.Block.Instance,
	}
	if subscription != nil {
		q.Subscription = subscription.Title
		q.Owner = cmp.Or(subscription.Owner, q.Owner)
	}
	if server != nil {
		q.NewAddress = cmp.Or(server.URLBase, server.Web())
		q.NewInstance = server.NetworkID
	}
	return q
}
