package keys

import "cmp"

// ReissueReason is why a vendor is asked for another key.
type ReissueReason string

// The reasons. The first three are seen by comparing the key with the server,
// the fourth by what GLPI Network answered; the others only a person knows.
const (
	ReissueAddress  ReissueReason = "address"  // the server has another address than the key is bound to
	ReissueInstance ReissueReason = "instance" // the server has another instance id
	ReissueBoth     ReissueReason = "both"     // both are others
	ReissueRefused  ReissueReason = "refused"  // GLPI Network calls the key invalid
	ReissueLost     ReissueReason = "lost"     // nobody has the text of the key any more
	ReissueAgain    ReissueReason = "again"    // none of these: a new key is wanted
)

// ReissueRequest is what a message to a vendor says who is asked for a new key,
// or to release one that is not needed any more. It is made of values; the
// sentences are app's.
type ReissueRequest struct {
	Release bool // the key is given back, no new one is wanted
	// Reasons are those that can be true, the likeliest first; none for a
	// release. Reason is the one that the message gives.
	Reasons      []ReissueReason
	Reason       ReissueReason
	Product      string // what the key is for
	Plugin       string // GLPI's name of its folder, "" for GLPI Network
	Subscription string // the title of GLPI Network's subscription, "" when it is not known
	Owner        string // to whom it is registered
	Number       string // of the order
	Fingerprint  string // of the key, 64 hex digits
	End          Date
	To           string // the record's contact: an e-mail address or a name
	// BoundAddress and BoundInstance are what the key is bound to, "" where the
	// record does not say.
	BoundAddress, BoundInstance string
	// Address and Instance are those of the server that the new key is to be
	// for, "" for a release and where the server does not tell.
	Address, Instance string
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
		To: r.Contact, BoundAddress: r.Block.BoundTo, BoundInstance: r.Block.Instance,
	}
	verdict := r.Block.Validated.Verdict
	if subscription != nil {
		q.Subscription = subscription.Title
		q.Owner = cmp.Or(subscription.Owner, q.Owner)
		if subscription.Verdict != VerdictUnreached { // what was known before is worth more
			verdict = cmp.Or(subscription.Verdict, verdict)
		}
	}
	if server == nil {
		return q
	}
	q.Instance, q.Address = server.NetworkID, cmp.Or(server.URLBase, server.Web())
	switch NormalAddress(q.BoundAddress) {
	case "":
	case NormalAddress(server.Web()), NormalAddress(server.URLBase): // one is as good as the other
		q.Address = q.BoundAddress
	}
	q.Reasons = r.reissueReasons(server, verdict)
	q.Reason = q.Reasons[0]
	return q
}

func (r *KeyRecord) reissueReasons(server *Facts, verdict Verdict) (reasons []ReissueReason) {
	damaged := r.Damage != nil
	if damaged {
		reasons = append(reasons, ReissueLost)
	}
	if changed := r.changed(server); changed != "" {
		reasons = append(reasons, changed)
	}
	if verdict == VerdictInvalid {
		reasons = append(reasons, ReissueRefused)
	}
	reasons = append(reasons, ReissueAgain)
	if !damaged {
		reasons = append(reasons, ReissueLost)
	}
	return reasons
}

// changed is which of address and instance id are others than those that r is
// bound to, "" for neither.
func (r *KeyRecord) changed(server *Facts) ReissueReason {
	for _, d := range r.BoundElsewhere(server, "") {
		switch d.Kind {
		case DoubtAddress:
			return ReissueAddress
		case DoubtInstance:
			return ReissueInstance
		case DoubtOtherServer:
			return ReissueBoth
		}
	}
	return ""
}
