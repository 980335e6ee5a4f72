package app

import (
	"context"
	"reflect"
	"slices"
	"time"

	"glpikeys/app/connection"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyList is the presenter of the Registration keys screen: the key records, on
// demand all else in GLPI that ends, which of them are shown, and the one that
// is looked at. The text filter, the order and the selection belong to the row
// table.
type keyList struct {
	work *workspace

	list    []keys.KeyRecord
	index   *keys.KeyIndex
	hasType bool                   // GLPI knows the licence type of key records
	plugins []keys.InstalledPlugin // of the server, nil when they could not be read
	seen    time.Time              // when list was read, zero before the first time
	kept    bool                   // list is what this computer kept: the server did not give it in this run
	done    int                    // rows read by the refresh under way
	total   int                    // rows to read, 0 while unknown
	failure error                  // why the last refresh failed, nil after a success
	version int                    // counts the changes of what the rows rest on

	tally   map[stateFilter]int // as counts gives them, of tallyOf
	tallyOf keysBasis

	all   bool // what is no key record is shown, too
	state stateFilter
	only  keys.ItemType // "" for every type
	month keys.Date     // first day of the only month shown, zero for all

	at      keys.ItemKey // whose detail is shown, zero for none
	details map[int]*keyDetail
	want    keys.ItemKey // to put the cursor on as soon as it is there, zero for none
	moved   bool         // a change moved the row in sight, perhaps

	text     keyTextShown // of the key in sight
	clip     keys.KeyText // that this program put on the clipboard, empty for none
	report   *exportReport
	looked   bool              // at the key in GLPI's configuration
	onDetail func()            // the detail changed, and nothing else
	onClip   func(text string) // puts a text on the clipboard
	clipNow  func() string     // what is on the clipboard
}

// keyDetail is what is known of one key record beyond its row. It never holds
// the text of the key.
type keyDetail struct {
	record   keys.KeyRecord
	history  []keys.KeyEvent
	unlogged error // why the history could not be read
	failure  error // why the last reading failed
	read     bool  // false: there is only a failure
	stale    bool  // read before the last refresh
	away     bool  // the text is kept on a computer, and this one has none
}

// The slots of the background work.
const (
	slotKeys      = "keys"
	slotKey       = "key"
	slotKeyText   = "key text"
	slotKeyClip   = "key clipboard"
	slotKeyExport = "key export"
)

// keyReadTime is how long one request about one key may take.
const keyReadTime = 30 * time.Second

func newKeyList(work *workspace) *keyList {
	return &keyList{
		work: work, index: keys.IndexKeys(nil), state: showAll, details: map[int]*keyDetail{},
		onDetail: func() {}, onClip: func(string) {}, clipNow: func() string { return "" },
	}
}

// busy reports whether the records are being read.
func (p *keyList) busy() bool { return p.work.tasks.Busy(slotKeys) }

// keysRead is what one refresh brings.
type keysRead struct {
	list    []keys.KeyRecord
	hasType bool
	plugins []keys.InstalledPlugin
	kept    connection.Seen // in place of list, when that could not be read; zero: nothing is kept
}

// refresh reads the records again. What is shown stays until the new rows are
// there; a failure keeps it too.
func (p *keyList) refresh() {
	w := p.work
	if w.offline {
		p.failure = w.failure
		return
	}
	p.done, p.total = 0, 0
	session, kept := w.session, p.keptReader()
	task.Run(w.tasks, slotKeys, func(ctx context.Context) (keysRead, error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTime)
		defer cancel()
		r, err := readKeys(ctx, session, func(done, total int) {
			w.tasks.Do(ctx, func() {
				p.done, p.total = done, total
				w.onChange()
			})
		})
		if err != nil {
			r.kept = kept(err)
		}
		return r, err
	}, func(r keysRead, err error) {
		p.failure = err
		if err != nil {
			w.deps.Log.Warn("could not read the key records", "error", err)
			p.showKept(r.kept)
			w.settled()
			w.onChange()
			return
		}
		p.hasType, p.plugins, p.kept = r.hasType, r.plugins, false
		p.show(r.list)
		p.seen, p.looked = w.deps.Now(), false
		for _, d := range p.details {
			d.stale = true
		}
		w.settled()
		w.onChange()
		p.look(p.at)
	})
}

// readKeys asks for all records, and for what judging them takes. Plugins that
// may not be read are no reason to show nothing.
func readKeys(ctx context.Context, session Session, progress func(done, total int)) (r keysRead, err error) {
	if r.list, err = session.KeyRecords(ctx, progress); err != nil {
		return r, err
	}
	if r.hasType = len(r.list) > 0; !r.hasType {
		if r.hasType, err = session.HasKeyType(ctx); err != nil {
			return r, err
		}
		return r, nil
	}
	if r.plugins, err = session.InstalledPlugins(ctx); err != nil {
		r.plugins = nil
	}
	return r, ctx.Err()
}

// cancel gives up the refresh under way.
func (p *keyList) cancel() {
	p.work.tasks.Cancel(slotKeys)
	p.work.onChange()
}

// forget drops what was seen with another profile or entity.
func (p *keyList) forget() {
	for _, slot := range []string{slotKeys, slotKey, slotKeyExport} {
		p.work.tasks.Cancel(slot)
	}
	p.conceal()
	p.looked, p.kept = false, false
	p.seen, p.failure, p.report, p.hasType, p.plugins = time.Time{}, nil, nil, false, nil
	clear(p.details)
	p.at = keys.ItemKey{}
	p.show(nil)
}

// show makes list what the screen shows.
func (p *keyList) show(list []keys.KeyRecord) {
	p.list, p.index = list, keys.IndexKeys(list)
	p.version++
	p.work.counted = nil // closed keys are not counted
}

// record is the record with that id, nil for none.
func (p *keyList) record(id int) *keys.KeyRecord { return p.index.Record(id) }

// recordAt is the record that an item is, nil for what is no key.
func (p *keyList) recordAt(key keys.ItemKey) *keys.KeyRecord {
	if key.Type != keys.TypeLicence {
		return nil
	}
	return p.record(key.ID)
}

// keyOf is the identity of a key record among all that ends.
func keyOf(id int) keys.ItemKey { return keys.ItemKey{Type: keys.TypeLicence, ID: id} }

// look puts the detail of a row in sight, and reads it once the cursor rests
// there.
func (p *keyList) look(key keys.ItemKey) {
	p.work.tasks.Cancel(slotKey)
	if key != p.at {
		p.conceal()
	}
	p.at = key
	if p.recordAt(key) != nil && !p.readOnly() {
		if d := p.details[key.ID]; d == nil || !d.read || d.stale {
			p.read(key.ID, cursorRest)
		}
	}
	p.onDetail()
}

// reading reports whether the detail in sight is being read.
func (p *keyList) reading() bool { return p.work.tasks.Busy(slotKey) }

// again reads the detail in sight anew, after a failure.
func (p *keyList) again() {
	p.read(p.at.ID, 0)
	p.onDetail()
}

// detail is what is known of a record; it is never nil.
func (p *keyList) detail(id int) *keyDetail {
	if d := p.details[id]; d != nil {
		return d
	}
	return &keyDetail{}
}

// read reads a record and its history after a pause.
func (p *keyList) read(id int, after time.Duration) {
	w := p.work
	session, texts, server := w.session, w.deps.KeyTexts, w.connection.ID
	task.Run(w.tasks, slotKey, func(ctx context.Context) (*keyDetail, error) {
		if _, err := pause(after)(ctx); err != nil {
			return nil, err
		}
		d, err := readKey(ctx, session, id)
		if err == nil && d.record.Block.Kept == keys.PlaceComputer && texts != nil {
			here, unread := texts.List(server)
			d.away = unread == nil && !slices.Contains(here, d.record.Block.Fingerprint)
		}
		return d, err
	}, func(d *keyDetail, err error) {
		if err != nil {
			w.deps.Log.Warn("could not read the key record", "id", id, "error", err)
			failed := *p.detail(id)
			failed.failure = err
			p.details[id] = &failed
			p.onDetail()
			return
		}
		p.details[id] = d
		if p.take(d.record) {
			p.work.onChange()
		}
		p.lookAtInstalled(&d.record)
		p.onDetail()
	})
}

// lookAtInstalled asks which key GLPI has installed, when that can be said of a
// record: once after each reading of the list, since GLPI may have lost it.
func (p *keyList) lookAtInstalled(r *keys.KeyRecord) {
	k := p.work.keyWork
	if r.Block.Vendor != keys.GLPINetwork || p.looked || !p.work.facts.Can(rightConfig, keys.Read) {
		return
	}
	p.looked = true
	k.readInstalled(nil)
}

// readKey asks for a record and who did what with it. The text of the key does
// not stay: it is asked for when somebody wants to see it.
func readKey(ctx context.Context, session Session, id int) (*keyDetail, error) {
	ctx, cancel := context.WithTimeout(ctx, keyReadTime)
	defer cancel()
	r, err := session.KeyRecord(ctx, id)
	if err != nil {
		return nil, err
	}
	r.Block.Text = keys.KeyText{}
	d := &keyDetail{record: r, read: true}
	d.history, d.unlogged = session.KeyHistory(ctx, id)
	return d, ctx.Err()
}

// take puts a record that was just read into its row, and reports whether the
// row is another now.
func (p *keyList) take(r keys.KeyRecord) bool {
	r.Block.Text = keys.KeyText{}
	row := p.record(r.ID)
	if row != nil && sameKey(row, &r) {
		return false
	}
	list := make([]keys.KeyRecord, 0, len(p.list)+1)
	for _, old := range p.list {
		if old.ID != r.ID {
			list = append(list, old)
		}
	}
	p.show(append(list, r))
	return true
}

// sameKey reports whether two readings of a record look alike in the list.
func sameKey(a, b *keys.KeyRecord) bool {
	return a.Name == b.Name && a.Product == b.Product && a.Entity == b.Entity && a.End == b.End &&
		a.Valid == b.Valid && a.Supplier == b.Supplier && a.Contact == b.Contact && a.ContactNum == b.ContactNum &&
		a.Number == b.Number && a.Parent == b.Parent && (a.Damage == nil) == (b.Damage == nil) &&
		sameBlock(a.Block, b.Block)
}

// sameBlock compares all but the text, which the list does not have.
func sameBlock(a, b keys.Block) bool {
	a.Text, b.Text = keys.KeyText{}, keys.KeyText{}
	return reflect.DeepEqual(a, b)
}

// changed takes over a record that was just written. What ends is read again:
// it counts in the overview.
func (p *keyList) changed(r keys.KeyRecord) {
	p.take(r)
	p.version++
	if d := p.details[r.ID]; d != nil {
		d.stale = true
	}
	if p.at == keyOf(r.ID) {
		p.moved = true
		p.look(p.at)
	}
	p.takeItem(r)
	p.work.onChange()
}

// takeItem puts what a record says about its end among all that ends.
func (p *keyList) takeItem(r keys.KeyRecord) {
	w := p.work
	items := make([]keys.Item, 0, len(w.glance.Items)+1)
	for _, it := range w.glance.Items {
		if it.Key() != keyOf(r.ID) {
			items = append(items, it)
		}
	}
	w.glance.Items, w.counted = append(items, r.Item()), nil
}

// arrived reads a record that is new and puts the cursor on it. When that fails
// the whole list is read.
func (p *keyList) arrived(id int) {
	p.clearFilters()
	p.want, p.at = keyOf(id), keyOf(id)
	session := p.work.session
	task.Run(p.work.tasks, slotKey, func(ctx context.Context) (*keyDetail, error) {
		return readKey(ctx, session, id)
	}, func(d *keyDetail, err error) {
		if err != nil {
			p.refresh()
			p.work.onChange()
			return
		}
		p.details[id], p.hasType = d, true
		p.take(d.record)
		p.takeItem(d.record)
		p.work.onChange()
		p.onDetail()
	})
	p.work.onChange()
}

// able reports whether keys can be made and changed here.
func (p *keyList) able() bool { return !p.readOnly() && !p.seen.IsZero() }

// doubts are what to look at in a record.
func (p *keyList) doubts(r *keys.KeyRecord) []keys.KeyDoubt {
	facts := p.work.facts
	return append(p.work.keyWork.withSaid(r).Doubts(&facts, p.work.sub.installed(), p.plugins), p.index.Duplicates(r, p.work.today())...)
}
