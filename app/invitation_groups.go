package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"glpikeys/app/internal/rowtable"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// noEntity is no entity's ID: the root's is 0.
const noEntity = -1

// profiles are those that the person may give, the simplified interface's
// first.
func (f *invitationForm) profiles() []keys.Profile {
	list := slices.Clone(f.plugin.Profiles)
	slices.SortStableFunc(list, func(a, b keys.Profile) int {
		if a.Central != b.Central {
			return boolIndex(a.Central) - boolIndex(b.Central)
		}
		return cmp.Compare(rowtable.Fold(a.Name), rowtable.Fold(b.Name))
	})
	return list
}

func (f *invitationForm) hasEntity(id int) bool {
	return slices.ContainsFunc(f.work.facts.Entities, func(e keys.Entity) bool { return e.ID == id })
}

// setEntity chooses the entity and reads which groups exist there.
func (f *invitationForm) setEntity(e keys.Entity) {
	f.edit(keys.FieldEntity, func(d *invitationDraft) { d.entity = e })
	f.entityNotice = ""
	f.readGroups()
	f.onChange()
}

// readGroups reads the groups of the draft's entity, unless they are known.
func (f *invitationForm) readGroups() {
	entity := f.draft.entity
	if entity.ID == f.groupsOf {
		f.work.tasks.Cancel(slotGroups)
		f.dropGroups()
		return
	}
	f.groupsError = nil
	session := f.work.session
	task.Run(f.work.tasks, slotGroups, func(ctx context.Context) ([]keys.Group, error) {
		ctx, cancel := context.WithTimeout(ctx, groupsTime)
		defer cancel()
		return session.Groups(ctx, entity.ID)
	}, func(groups []keys.Group, err error) {
		f.groupsError = err
		if err != nil {
			f.work.deps.Log.Warn("groups could not be read", "error", err)
		} else {
			f.groups, f.groupsOf = groups, entity.ID
			f.dropGroups()
		}
		f.onChange()
	})
}

// dropGroups lets go of chosen groups that do not exist in the entity, and
// says so.
func (f *invitationForm) dropGroups() {
	var kept []keys.Group
	var gone []string
	for _, g := range f.draft.groups {
		at := slices.IndexFunc(f.groups, func(o keys.Group) bool { return o.ID == g.ID })
		if at < 0 {
			gone = append(gone, cmp.Or(g.Name, strconv.Itoa(g.ID)))
		} else {
			kept = append(kept, f.groups[at])
		}
	}
	f.draft.groups = kept
	if len(gone) > 0 {
		f.groupsNotice = tn("invite.groups.dropped", len(gone), map[string]any{
			"Groups": strings.Join(gone, ", "), "Entity": f.draft.entity.Name()})
		delete(f.problems, keys.FieldGroups)
	}
}

// groupsBusy reports whether groups are being read.
func (f *invitationForm) groupsBusy() bool { return f.work.tasks.Busy(slotGroups) }

// freeGroups are the groups that are not chosen yet.
func (f *invitationForm) freeGroups() []keys.Group {
	var free []keys.Group
	for _, g := range f.groups {
		if !slices.ContainsFunc(f.draft.groups, func(o keys.Group) bool { return o.ID == g.ID }) {
			free = append(free, g)
		}
	}
	return free
}

// addGroup chooses one more group.
func (f *invitationForm) addGroup(g keys.Group) {
	f.groupsNotice = ""
	f.edit(keys.FieldGroups, func(d *invitationDraft) { d.groups = append(d.groups, g) })
}

// removeGroup takes back the group with that index.
func (f *invitationForm) removeGroup(i int) {
	f.groupsNotice = ""
	f.edit(keys.FieldGroups, func(d *invitationDraft) { d.groups = slices.Delete(d.groups, i, i+1) })
}
