package keys

// ItemType is GLPI's class name of a kind of item, as its REST addresses and
// its log use it.
type ItemType string

// The types of item that end.
const (
	TypeLicence     ItemType = "SoftwareLicense"
	TypeContract    ItemType = "Contract"
	TypeCertificate ItemType = "Certificate"
)

// ItemTypes lists the types of item that end, in the order of their screens.
var ItemTypes = [...]ItemType{TypeLicence, TypeContract, TypeCertificate}

// Right is the name of the GLPI right that guards the type (GLPI-REST §3).
func (t ItemType) Right() string {
	switch t {
	case TypeLicence:
		return "license"
	case TypeContract:
		return "contract"
	case TypeCertificate:
		return "certificate"
	}
	return ""
}

// Item is a licence, contract or certificate of GLPI, as far as its end is
// concerned. It carries no secret: GLPI's serial and comment stay behind.
type Item struct {
	Type   ItemType `json:"type"`
	ID     int      `json:"id"`
	Name   string   `json:"name"`
	Detail string   `json:"detail,omitempty"` // software of a licence; number of a contract
	Entity string   `json:"entity,omitempty"` // full path, "Root entity > Paris"
	End    Date     `json:"end"`
	// Renews marks a contract that GLPI renews tacitly: End is then the end
	// of the running period.
	Renews bool `json:"renews,omitempty"`
	// Refused marks a key whose vendor says that it does not run, whatever End
	// says: KeyRecord.Refused.
	Refused bool `json:"refused,omitempty"`
}

// Key tells items of all types apart.
func (i Item) Key() ItemKey { return ItemKey{i.Type, i.ID} }

// ItemKey is the identity of an item on one server.
type ItemKey struct {
	Type ItemType
	ID   int
}

// Glance is what one look at a server gives: all items that the active
// profile and entity let one see, and which types could not be read.
type Glance struct {
	Items []Item `json:"items"`
	// Missing holds, per type that could not be read, why. A profile without
	// the right to contracts still sees licences.
	Missing map[ItemType]*Problem `json:"-"`
}
