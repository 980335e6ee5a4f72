package glpi

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/keys"
)

// Invitations reads all that the active entity lets one see, without those in
// the trash, in the order of their ids.
//
// It reads lists, not GLPI's search: 10,000 invitations take 0.3 s on GLPI 10
// and 0.6 s on 11 (5.4 MB), their search 3.3 and 4.3 s (3.4 MB, loopback), and
// only lists tell which groups, profile and entity an invitation gives. Their
// names come once for each, not once for each row, which would take 5 s.
func (s *Session) Invitations(ctx context.Context, progress func(done, total int)) ([]keys.Invitation, error) {
	zone, err := s.serverZone(ctx)
	if err != nil {
		return nil, err
	}
	var rows []invitationRow
	var waiting map[int]int
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		rows, err = List[invitationRow](groupCtx, s, kindInvitation, Filter{Progress: progress})
		return err
	})
	group.Go(func() (err error) {
		waiting, err = s.waiting(groupCtx, 0)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	names, err := s.namesFor(ctx, rows)
	if err != nil {
		return nil, err
	}
	list := make([]keys.Invitation, len(rows))
	for i := range rows {
		list[i] = rows[i].invitation(zone, names)
		list[i].Waiting = waiting[list[i].ID]
	}
	return list, nil
}

// Invitation reads one invitation, and its link: "" when GLPI keeps none, or
// gives it only to people who could have made the invitation. NotFound when
// there is none, or only in the trash.
func (s *Session) Invitation(ctx context.Context, id int) (inv keys.Invitation, link string, err error) {
	zone, err := s.serverZone(ctx)
	if err != nil {
		return inv, "", err
	}
	row, err := s.invitationRow(ctx, id)
	if err != nil {
		return inv, "", err
	}
	if row.Deleted != 0 {
		return inv, "", &keys.Problem{Op: "get " + kindInvitation, Cause: keys.NotFound}
	}
	names := s.newNames()
	names.add(&row)
	if len(row.groupIDs()) > 0 {
		if names.groups, err = s.groupNames(ctx); err != nil {
			return inv, "", err
		}
	}
	inv = row.invitation(zone, names)
	if inv.Uses > 0 {
		waiting, err := s.waiting(ctx, id)
		if err != nil {
			return keys.Invitation{}, "", err
		}
		inv.Waiting = waiting[id]
	}
	return inv, asLink(string(row.Link)), nil
}

// namedColumns are those whose meaning GLPI is asked for in words.
var namedColumns = []string{"profiles_id", "entities_id", "users_id"}

func (s *Session) invitationRow(ctx context.Context, id int) (invitationRow, error) {
	var row invitationRow
	r := s.get("get "+kindInvitation, itemPath(kindInvitation, id))
	r.query = url.Values{"get_hateoas": {"false"}, "add_keys_names[]": namedColumns}
	err := s.fetch(ctx, r, &row)
	return row, err
}

// CreateInvitation makes one. uuid is random and the caller's: when an answer
// is lost, it tells whether the invitation is there, here and for a caller who
// tries again later with the same uuid and policy; the plugin never makes two.
// OutcomeUnknown means that this could not be found out now. The link is ""
// when GLPI does not give it to this person.
func (s *Session) CreateInvitation(ctx context.Context, uuid string, policy keys.InvitationPolicy) (id int, link string, err error) {
	zone, err := s.serverZone(ctx)
	if err != nil {
		return 0, "", err
	}
	fields := policyFields(uuid, &policy, zone)
	id, link, err = s.postInvitation(ctx, fields)
	if keys.CauseOf(err) != keys.OutcomeUnknown {
		return id, link, err
	}
	there, look := s.byUUID(ctx, uuid)
	if look != nil {
		return 0, "", err
	}
	if there != 0 && !policy.ShowOnce {
		row, look := s.invitationRow(ctx, there)
		if look != nil {
			return 0, "", err
		}
		return there, asLink(string(row.Link)), nil
	}
	// It is not there. Or it is, and nobody ever saw its link: the plugin
	// takes this for the same invitation, and gives it a new link as long as
	// it is unused.
	return s.postInvitation(ctx, fields)
}

func (s *Session) postInvitation(ctx context.Context, fields Fields) (int, string, error) {
	created, err := s.Create(ctx, kindInvitation, fields)
	var p *keys.Problem
	if errors.As(err, &p) && p.Cause == keys.NoRight {
		if facts := s.Facts(); facts.Can(rightInvitation, keys.Create) {
			// GLPI looks at the entity before it lets the plugin speak
			// (src/CommonDBTM.php, can, GLPI 10.0.12 and 11.0.6).
			err = &keys.Problem{Op: p.Op, Cause: keys.NoRight, Field: keys.FieldEntity, Err: p.Err}
		}
	}
	if err != nil {
		return 0, "", err
	}
	return created.ID, asLink(created.Message), nil
}

// byUUID is the id of the invitation with that uuid, 0 when there is none.
func (s *Session) byUUID(ctx context.Context, uuid string) (int, error) {
	rows, err := List[invitationRow](ctx, s, kindInvitation, Filter{Contains: map[string]string{"uuid": anchored(uuid)}})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return int(rows[0].ID), nil
}

// asLink is the link in the plugin's message: anything else there is GLPI's.
func asLink(message string) string {
	if strings.HasPrefix(message, "http") && strings.Contains(message, "/front/join.php") && !strings.ContainsAny(message, " \n") {
		return message
	}
	return ""
}

// SetInvitationActive revokes an invitation, or undoes that.
func (s *Session) SetInvitationActive(ctx context.Context, id int, active bool) error {
	return s.put(ctx, kindInvitation, id, Fields{"is_active": active}, func(ctx context.Context) (bool, error) {
		row, err := s.invitationRow(ctx, id)
		return (row.Active != 0) == active, err
	})
}

// ExtendInvitation changes how often (0: unlimited) and until when (zero: for
// ever) an invitation works.
func (s *Session) ExtendInvitation(ctx context.Context, id, maxUses int, end time.Time) error {
	zone, err := s.serverZone(ctx)
	if err != nil {
		return err
	}
	fields := Fields{keys.FieldMaxUses: maxUses, keys.FieldEnd: stamp(end, zone)}
	return s.put(ctx, kindInvitation, id, fields, func(ctx context.Context) (bool, error) {
		row, err := s.invitationRow(ctx, id)
		return int(row.MaxUses) == maxUses && moment(row.End, zone).Equal(end), err
	})
}

// put writes values that are the same however often they are written. When the
// answer is lost, done looks whether they are there; if they are not, they are
// written once more.
func (s *Session) put(ctx context.Context, kind string, id int, fields Fields, done func(context.Context) (bool, error)) error {
	_, err := s.Update(ctx, kind, id, fields)
	if keys.CauseOf(err) != keys.OutcomeUnknown {
		return err
	}
	is, look := done(ctx)
	switch {
	case look != nil:
		return err
	case is:
		return nil
	}
	_, err = s.Update(ctx, kind, id, fields)
	return err
}

// Groups are the groups of users whose members an invitation in the entity may
// make: those that exist in the entity and that the session sees, which is
// what the plugin demands (inc/invitation.class.php, areGroupsVisible). By
// name. NotFound for an entity that the profile may not choose.
//
// Entities are compared by their paths, which GLPI's search tells without the
// right to read entities.
func (s *Session) Groups(ctx context.Context, entity int) ([]keys.Group, error) {
	facts := s.Facts()
	at := slices.IndexFunc(facts.Entities, func(e keys.Entity) bool { return e.ID == entity })
	if at < 0 {
		return nil, &keys.Problem{Op: opSearch("Group"), Cause: keys.NotFound}
	}
	rows, err := Search[groupRow](ctx, s, "Group", Query{Columns: groupColumns})
	if err != nil {
		return nil, err
	}
	var groups []keys.Group
	for _, row := range rows {
		if row.Users != 0 && row.in(facts.Entities[at].Path) {
			groups = append(groups, keys.Group{ID: int(row.ID), Name: string(row.Name)})
		}
	}
	slices.SortFunc(groups, func(a, b keys.Group) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return groups, nil
}

// groupColumns are search options of Group (src/Group.php, GLPI 10.0.12 and
// 11.0.6).
var groupColumns = []int{2, 1, 15, 80, 86}

type groupRow struct {
	Name   text   `json:"1"` // with its ancestors
	ID     number `json:"2"`
	Users  number `json:"15"` // people can be members
	Entity text   `json:"80"`
	Below  number `json:"86"`
}

func (g *groupRow) in(entity string) bool {
	return string(g.Entity) == entity || g.Below != 0 && strings.HasPrefix(entity, string(g.Entity)+" > ")
}

// groupNames are the names of all groups that the session sees. A profile that
// may not read groups sees none.
func (s *Session) groupNames(ctx context.Context) (map[int]string, error) {
	rows, err := Search[groupRow](ctx, s, "Group", Query{Columns: groupColumns})
	if err != nil && keys.CauseOf(err) != keys.NoRight {
		return nil, err
	}
	names := make(map[int]string, len(rows))
	for _, row := range rows {
		names[int(row.ID)] = string(row.Name)
	}
	return names, nil
}

// names are what GLPI calls the things that invitations point to, by their
// ids. What GLPI does not tell, or no longer knows, is "".
type names struct{ profiles, entities, users, groups map[int]string }

// newNames knows the entities that the session knows.
func (s *Session) newNames() *names {
	facts := s.Facts()
	n := &names{profiles: map[int]string{}, entities: map[int]string{}, users: map[int]string{}}
	for _, e := range facts.Entities {
		n.entities[e.ID] = e.Path
	}
	return n
}

// add learns from a row that has names.
func (n *names) add(row *invitationRow) {
	n.profiles[int(row.Profile)] = row.Names.of("profiles_id")
	n.users[int(row.Author)] = row.Names.of("users_id")
	if n.entities[int(row.Entity)] == "" {
		n.entities[int(row.Entity)] = row.Names.of("entities_id")
	}
}

// namesFor asks for the names that rows need, by one row for each.
func (s *Session) namesFor(ctx context.Context, rows []invitationRow) (*names, error) {
	n := s.newNames()
	var ask []int
	var err error
	for i := range rows {
		row := &rows[i]
		_, profile := n.profiles[int(row.Profile)]
		_, user := n.users[int(row.Author)]
		_, entity := n.entities[int(row.Entity)]
		if !profile || !user || !entity {
			ask = append(ask, int(row.ID))
			n.add(row) // still without names: nobody else has to ask
		}
		if n.groups == nil && len(row.groupIDs()) > 0 {
			if n.groups, err = s.groupNames(ctx); err != nil {
				return nil, err
			}
		}
	}
	for some := range slices.Chunk(ask, perCall) {
		named, err := s.namedRows(ctx, some)
		if err != nil {
			return nil, err
		}
		for i := range named {
			n.add(&named[i])
		}
	}
	return n, nil
}

// namedRows reads invitations with the names of what they point to. GLPI
// refuses the whole call when one of them has just been deleted: then none.
func (s *Session) namedRows(ctx context.Context, ids []int) ([]invitationRow, error) {
	r := s.getSeveral("read names for "+kindInvitation, kindInvitation, ids)
	r.query["add_keys_names[]"] = namedColumns
	var rows []invitationRow
	err := s.fetch(ctx, r, &rows)
	if cause := keys.CauseOf(err); cause == keys.NotFound || cause == keys.NoRight {
		return nil, nil
	}
	return rows, err
}

// keyNames is GLPI's "_keys_names". PHP writes an empty one as [].
type keyNames map[string]text

// UnmarshalJSON takes anything else for no names.
func (k *keyNames) UnmarshalJSON(data []byte) error {
	var fields map[string]text
	if json.Unmarshal(data, &fields) == nil {
		*k = fields
	}
	return nil
}

func (k keyNames) of(column string) string { return string(k[column]) }

// invitationRow is the plugin's table, as far as it is used.
type invitationRow struct {
	ID           number   `json:"id"`
	UUID         text     `json:"uuid"`
	Name         text     `json:"name"`
	Comment      text     `json:"comment"`
	Entity       number   `json:"entities_id"`
	Below        number   `json:"is_recursive"`
	Profile      number   `json:"profiles_id"`
	ProfileBelow number   `json:"profile_recursive"`
	Groups       text     `json:"groups"` // "[1,2]"
	Begin        text     `json:"begin_date"`
	End          text     `json:"end_date"`
	MaxUses      number   `json:"max_uses"`
	AccountEnd   text     `json:"account_end_date"`
	AccountDays  number   `json:"account_days"`
	EmailDomains text     `json:"email_domains"` // "a.example,b.example"
	LoginIsEmail number   `json:"login_is_email"`
	VerifyEmail  number   `json:"verify_email"`
	Approval     number   `json:"require_approval"`
	ShowOnce     number   `json:"show_once"`
	Batch        text     `json:"batch"`
	Active       number   `json:"is_active"`
	Uses         number   `json:"uses"`
	Opened       number   `json:"opened"`
	Started      number   `json:"started"`
	Author       number   `json:"users_id"`
	Created      text     `json:"date_creation"`
	Deleted      number   `json:"is_deleted"`
	Link         text     `json:"link"` // of a single item alone
	Names        keyNames `json:"_keys_names"`
}

func (r *invitationRow) groupIDs() []int {
	var ids []int
	if json.Unmarshal([]byte(r.Groups), &ids) != nil {
		return nil
	}
	return ids
}

func (r *invitationRow) invitation(zone *time.Location, n *names) keys.Invitation {
	inv := keys.Invitation{
		ID: int(r.ID), UUID: string(r.UUID), Active: r.Active != 0,
		Uses: int(r.Uses), Opened: int(r.Opened), Started: int(r.Started),
		Author: n.users[int(r.Author)], Created: moment(r.Created, zone),
		InvitationPolicy: keys.InvitationPolicy{
			Label: string(r.Name), Comment: string(r.Comment),
			Entity: keys.Entity{ID: int(r.Entity), Path: n.entities[int(r.Entity)]}, Below: r.Below != 0,
			Profile:      keys.Profile{ID: int(r.Profile), Name: n.profiles[int(r.Profile)]},
			ProfileBelow: r.ProfileBelow != 0,
			Begin:        moment(r.Begin, zone), End: moment(r.End, zone), MaxUses: int(r.MaxUses),
			AccountEnd: moment(r.AccountEnd, zone), AccountDays: int(r.AccountDays),
			LoginIsEmail: r.LoginIsEmail != 0, VerifyEmail: r.VerifyEmail != 0, Approval: r.Approval != 0,
			ShowOnce: r.ShowOnce != 0, Batch: string(r.Batch),
		},
	}
	for _, id := range r.groupIDs() {
		inv.Groups = append(inv.Groups, keys.Group{ID: id, Name: n.groups[id]})
	}
	if r.EmailDomains != "" {
		inv.EmailDomains = strings.Split(string(r.EmailDomains), ",")
	}
	return inv
}

// policyFields is a policy as the plugin's columns.
func policyFields(uuid string, p *keys.InvitationPolicy, zone *time.Location) Fields {
	groups := make([]int, len(p.Groups))
	for i, g := range p.Groups {
		groups[i] = g.ID
	}
	return Fields{
		"uuid":                 uuid,
		keys.FieldLabel:        p.Label,
		keys.FieldComment:      p.Comment,
		keys.FieldEntity:       p.Entity.ID,
		keys.FieldBelow:        p.Below,
		keys.FieldProfile:      p.Profile.ID,
		keys.FieldProfileBelow: p.ProfileBelow,
		keys.FieldGroups:       groups,
		keys.FieldBegin:        stamp(p.Begin, zone),
		keys.FieldEnd:          stamp(p.End, zone),
		keys.FieldMaxUses:      p.MaxUses,
		keys.FieldAccountEnd:   stamp(p.AccountEnd, zone),
		keys.FieldAccountDays:  p.AccountDays,
		keys.FieldEmailDomains: strings.Join(p.EmailDomains, ","),
		"login_is_email":       p.LoginIsEmail,
		keys.FieldVerifyEmail:  p.VerifyEmail,
		"require_approval":     p.Approval,
		"show_once":            p.ShowOnce,
		"batch":                p.Batch,
	}
}

// stampLayout is how GLPI writes a point in time, in its own zone
// (GLPI-REST §9).
const stampLayout = "2006-01-02 15:04:05"

// stamp is the server's time for t, nil for the zero time.
func stamp(t time.Time, zone *time.Location) any {
	if t.IsZero() {
		return nil
	}
	return t.In(zone).Format(stampLayout)
}

// moment reads the server's time; what is none is the zero time.
func moment(t text, zone *time.Location) time.Time {
	at, err := time.ParseInLocation(stampLayout, string(t), zone)
	if err != nil {
		return time.Time{}
	}
	return at
}
