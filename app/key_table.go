package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"glpikeys/app/internal/rowtable"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// keyTable is the presenter of an import: a table of keys from a file, what
// each row becomes, and how each ended. Rows stay until the page is left, so
// that nothing that failed is lost.
type keyTable struct {
	k    *keyWork
	name string // of the file

	table   *keys.KeyImport // nil before a file was read
	failure error           // why the file cannot be used, or why nothing was begun
	rows    []keyRowState   // beside table.Rows
	place   keys.Place      // of texts, for rows that do not say
	version int             // counts the changes

	entities   map[string]foundEntity // by what the file says
	typeAgreed bool
	done       int // rows of the run under way
	total      int
	stop       *atomic.Bool
	saved      string // the file that failed rows were written to

	onChange func()
	onType   func()
}

// keyRowState is how far a row is.
type keyRowState struct {
	uuid string // of its record, so that a repeat makes no second one
	id   int    // of its record in GLPI, 0 before
	err  error  // why the last attempt failed
}

// maxKeyFile is the largest file that is read for a key or a table.
const maxKeyFile = 64 << 20

func newKeyTable(k *keyWork) *keyTable {
	return &keyTable{k: k, place: k.work.usualPlace(), entities: map[string]foundEntity{}, onChange: func() {}, onType: func() {}}
}

func (p *keyTable) busy() bool {
	return p.k.work.tasks.Busy(slotKeyTable) || p.k.work.tasks.Busy(slotKeyFile)
}

// running reports whether rows are being written.
func (p *keyTable) running() bool { return p.k.work.tasks.Busy(slotKeyTable) }

// read reads a file.
func (p *keyTable) read(path string) {
	w := p.k.work
	p.failure = nil
	task.Run(w.tasks, slotKeyFile, func(context.Context) (*keys.KeyImport, error) {
		data, err := readLimited(path, maxKeyFile)
		if err != nil {
			return nil, err
		}
		return keys.ReadKeyImport(data, false)
	}, func(table *keys.KeyImport, err error) {
		p.name = filepath.Base(path)
		p.take(table, err)
	})
	p.onChange()
}

// take shows a table that was read.
func (p *keyTable) take(table *keys.KeyImport, err error) {
	p.failure = err
	if err != nil {
		p.k.work.deps.Log.Warn("a table of keys cannot be used", "error", err)
	} else {
		p.table, p.rows, p.saved = table, make([]keyRowState, len(table.Rows)), ""
		for i := range p.rows {
			p.rows[i].uuid = newUUID()
		}
	}
	p.version++
	p.onChange()
}

// readLimited reads a file that is not too large.
func readLimited(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &keys.Problem{Op: "read file", Cause: keys.FileFailed, Detail: filepath.Base(path), Err: err}
	case info.IsDir() || info.Size() > limit:
		return nil, &keys.Problem{Op: "read file", Cause: keys.FileTooLarge, Detail: filepath.Base(path)}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &keys.Problem{Op: "read file", Cause: keys.FileFailed, Detail: filepath.Base(path), Err: err}
	}
	return data, nil
}

// record is what a row becomes, or why it becomes nothing.
func (p *keyTable) record(i int) (keys.KeyRecord, *keys.Problem) {
	row := &p.table.Rows[i]
	if row.Problem != nil {
		return row.Record, row.Problem
	}
	r := row.Record
	r.Block.Record = p.rows[i].uuid
	found, known := p.entities[r.Entity.Path]
	if !known {
		found.entity, found.ok = p.k.entityOf(r.Entity.Path)
		p.entities[r.Entity.Path] = found
	}
	if !found.ok {
		return r, &keys.Problem{Op: "read row", Cause: keys.BadValue, Field: keys.KeyFieldEntity}
	}
	r.Entity = found.entity
	if r.Block.Fingerprint != "" && p.table.Cell(i, keys.KeyFieldKept).Empty() {
		r.Block.Kept = p.place
	}
	return r, nil
}

// foundEntity is the entity that a text names, if it names one.
type foundEntity struct {
	entity keys.Entity
	ok     bool
}

// entityOf finds an entity by its path or by its name, the active one for an
// empty text.
func (k *keyWork) entityOf(text string) (keys.Entity, bool) {
	facts := &k.work.facts
	want := rowtable.Fold(strings.Join(strings.Fields(strings.ReplaceAll(text, "›", ">")), " "))
	if want == "" {
		return facts.Entity, true
	}
	var found []keys.Entity
	for _, e := range facts.Entities {
		if rowtable.Fold(e.Path) == want {
			return e, true
		}
		if rowtable.Fold(e.Name()) == want {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return keys.Entity{}, false
}

// ready, wrong, failed and made count the rows: those that can be imported,
// those that cannot be read, those that GLPI refused, and those that are there.
func (p *keyTable) counts() (ready, wrong, failed, made int) {
	if p.table == nil {
		return
	}
	for i := range p.rows {
		switch _, problem := p.record(i); {
		case p.rows[i].id != 0:
			made++
		case problem != nil:
			wrong++
		case p.rows[i].err != nil:
			failed++
			ready++
		default:
			ready++
		}
	}
	return
}

// open are the rows that are not in GLPI.
func (p *keyTable) open() []int {
	var out []int
	for i := range p.rows {
		if p.rows[i].id == 0 {
			out = append(out, i)
		}
	}
	return out
}

// problem is what is wrong with a row now, nil for nothing.
func (p *keyTable) problem(i int) error {
	if p.rows[i].id != 0 {
		return nil
	}
	if _, problem := p.record(i); problem != nil {
		return problem
	}
	return p.rows[i].err
}

// correct puts other values into the fields of a row.
func (p *keyTable) correct(i int, values map[string]string) {
	if p.running() || p.rows[i].id != 0 {
		return
	}
	for field, value := range values {
		if value != p.table.Cell(i, field).Reveal() {
			p.table.Correct(i, field, value)
		}
	}
	p.rows[i].err = nil
	p.version++
	p.onChange()
}

// setDayFirst says how 03/04/2027 is meant in the file.
func (p *keyTable) setDayFirst(on bool) {
	if p.table == nil || p.running() {
		return
	}
	p.table.SetDayFirst(on)
	p.version++
	p.onChange()
}

// setPlace says where the texts of keys are kept when their row does not say.
func (p *keyTable) setPlace(place keys.Place) {
	if p.running() {
		return
	}
	p.place = place
	p.version++
	p.onChange()
}

// run writes all rows that can be written and are not there yet, one after the
// other.
func (p *keyTable) run() {
	if p.table == nil || p.busy() {
		return
	}
	type job struct {
		row    int
		record keys.KeyRecord
	}
	var jobs []job
	for _, i := range p.open() {
		if r, problem := p.record(i); problem == nil {
			jobs = append(jobs, job{i, r})
		}
	}
	if len(jobs) == 0 {
		return
	}
	w, x, agreed := p.k.work, p.k.reach(), p.typeAgreed
	stop := &atomic.Bool{}
	p.stop, p.done, p.total, p.failure = stop, 0, len(jobs), nil
	first := 0
	task.Run(w.tasks, slotKeyTable, func(ctx context.Context) (struct{}, error) {
		for n, j := range jobs {
			if stop.Load() {
				return struct{}{}, &keys.Problem{Op: "import keys", Cause: keys.Canceled}
			}
			one, cancel := context.WithTimeout(ctx, keyTime)
			text := j.record.Block.Text
			record := j.record
			if record.Block.Kept != keys.PlaceGLPI {
				record.Block.Text = keys.KeyText{}
			}
			made, err := x.create(one, record, text, agreed)
			cancel()
			if errors.Is(err, errNeedsType) {
				return struct{}{}, err
			}
			w.tasks.Do(ctx, func() {
				p.rows[j.row].id, p.rows[j.row].err = made.ID, err
				if first == 0 {
					first = made.ID
				}
				p.done = n + 1
				p.version++
				p.onChange()
			})
			if c := keys.CauseOf(err); outOfReach(c) || c == keys.SessionEnded || c == keys.NoRight {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	}, func(_ struct{}, err error) {
		switch {
		case errors.Is(err, errNeedsType):
			p.onType()
		case err != nil:
			p.failure = err
			w.deps.Log.Warn("not all keys were imported", "error", err)
		}
		if first != 0 {
			p.k.work.keys.arrived(first)
			if p.done > 1 { // the others are read with the list
				p.k.work.keys.refresh()
			}
		}
		p.version++
		p.onChange()
	})
	p.onChange()
}

// agreeType goes on after somebody agreed to a new licence type.
func (p *keyTable) agreeType(yes bool) {
	p.typeAgreed = yes
	if yes {
		p.run()
	}
}

// halt leaves the rest of the rows as they are.
func (p *keyTable) halt() {
	if p.stop != nil {
		p.stop.Store(true)
	}
}

// save writes the rows that are not in GLPI to a file of their own, which only
// this person may read: the texts of keys stand in it.
func (p *keyTable) save(path string) {
	w := p.k.work
	var out bytes.Buffer
	if err := p.table.WriteRows(&out, p.open()); err != nil {
		p.failure = &keys.Problem{Op: "write rows", Cause: keys.FileFailed, Detail: filepath.Base(path), Err: err}
		p.onChange()
		return
	}
	task.Run(w.tasks, slotKeyFile, func(context.Context) (struct{}, error) {
		return struct{}{}, writePrivate(path, out.Bytes())
	}, func(_ struct{}, err error) {
		p.failure = err
		if err == nil {
			p.saved = path
		}
		p.onChange()
	})
	p.onChange()
}

// writePrivate writes a file that only this person may read, whole or not at
// all, also when it was there before.
func writePrivate(path string, data []byte) error {
	if err := replaceFile(path, data); err != nil { // a temporary file is private from its beginning
		return &keys.Problem{Op: "write file", Cause: keys.FileFailed, Detail: filepath.Base(path), Err: err}
	}
	return nil
}

// close leaves the page; while rows are being written it only stops that.
func (p *keyTable) close() {
	if p.running() {
		p.halt()
		return
	}
	p.k.table = nil
	if len(p.open()) == 0 {
		p.k.kept = nil
	}
	p.k.work.onChange()
}

// fieldOfKey is the field that a problem is about, "" for none.
func fieldOfKey(err error) string {
	var p *keys.Problem
	if errors.As(err, &p) && p != nil {
		return p.Field
	}
	return ""
}

func joinNames(names []string) string { return strings.Join(names, ", ") }
