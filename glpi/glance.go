package glpi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"glpikeys/keys"
)

// Glance reads all licences, contracts and certificates that the active
// profile and entity let one see, without those in the trash and without
// templates. A type that cannot be read goes into Missing; only when none can
// be read is there an error.
//
// It uses GLPI's search engine, not its lists. On loopback a list of 2,000
// licences with the Software it needs beside it takes 60 ms on GLPI 10 and 145
// ms on 11, the search 77 and 180; but a list is five times as large (1.35 MiB
// against 270 KB), which any real network turns around, and wrong at times: it
// holds templates, needs the right to read Software and a Software list that
// may have thousands of rows, and the session's entities lack those above the
// active one, whose items one sees all the same.
func (s *Session) Glance(ctx context.Context, progress func(done, total int)) (keys.Glance, error) {
	facts := s.Facts()
	now := s.c.o.Now()
	sum := &sum{progress: progress, parts: make(map[keys.ItemType]part)}
	var mu sync.Mutex
	found := make(map[keys.ItemType][]keys.Item)
	g := keys.Glance{Missing: make(map[keys.ItemType]*keys.Problem)}
	group, groupCtx := errgroup.WithContext(ctx)
	for _, kind := range keys.ItemTypes {
		group.Go(func() error {
			items, err := s.ending(groupCtx, kind, facts.Major, now, sum.of(kind))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				g.Missing[kind] = problemOf(request{op: opSearch(string(kind))}, err)
				return nil
			}
			found[kind] = items
			return nil
		})
	}
	_ = group.Wait()
	if err := ctx.Err(); err != nil {
		return keys.Glance{}, problemOf(request{op: "read what ends"}, context.Cause(ctx))
	}
	if len(g.Missing) == len(keys.ItemTypes) {
		return g, g.Missing[keys.TypeLicence]
	}
	for _, kind := range keys.ItemTypes {
		g.Items = append(g.Items, found[kind]...)
	}
	return g, nil
}

// The numbers of GLPI's search options (GLPI-REST §5.7, §9).
var endColumns = map[keys.ItemType][]int{
	keys.TypeLicence:     {2, 1, 8, 10, 80},
	keys.TypeContract:    {2, 1, 3, 5, 6, 20, 21, 23, 80},
	keys.TypeCertificate: {2, 1, 10, 80},
}

// endRow has the columns of all three types; each number means the same or
// something else from type to type.
type endRow struct {
	Name        text   `json:"1"`
	ID          number `json:"2"`
	Number      text   `json:"3"`  // contract
	Begin       text   `json:"5"`  // contract
	Duration    number `json:"6"`  // contract, months
	Expire      text   `json:"8"`  // licence
	Ten         text   `json:"10"` // licence: software; certificate: expiration
	End         text   `json:"20"` // contract, as the database computes it
	Periodicity number `json:"21"` // contract, months
	Renewal     number `json:"23"` // contract
	Entity      text   `json:"80"`
}

// ending reads all items of one type.
func (s *Session) ending(ctx context.Context, kind keys.ItemType, major int, now time.Time, progress func(done, total int)) ([]keys.Item, error) {
	rows, err := Search[endRow](ctx, s, string(kind), Query{Columns: endColumns[kind], Progress: progress})
	if err != nil {
		return nil, err
	}
	items := make([]keys.Item, len(rows))
	for i := range rows {
		items[i] = rows[i].item(kind, major, now)
	}
	return items, nil
}

func (r *endRow) item(kind keys.ItemType, major int, now time.Time) keys.Item {
	it := keys.Item{Type: kind, ID: int(r.ID), Name: string(r.Name), Entity: string(r.Entity)}
	switch kind {
	case keys.TypeLicence:
		it.Detail = string(r.Ten)
		it.End = day(r.Expire)
	case keys.TypeCertificate:
		it.End = day(r.Ten)
	case keys.TypeContract:
		it.Detail = string(r.Number)
		it.End = day(r.End)
		if r.Duration <= 0 {
			// GLPI's search computes an end all the same; its own alerts
			// leave such contracts out (src/Contract.php, cronContract, GLPI
			// 10.0.12 and 11.0.6).
			it.End = keys.Date{}
		} else if r.Renewal == renewalTacit {
			it.Renews = true
			it.End = running(day(r.Begin), int(r.Duration), r.step(major), now)
		}
	}
	return it
}

const renewalTacit = 1 // src/Contract.php, Contract::RENEWAL_TACIT

// step is by how many months a contract renews itself: GLPI 11 goes by its
// periodicity when there is one, GLPI 10 always by its duration
// (src/Infocom.php, getWarrantyExpir, GLPI 11.0.6 and 10.0.12).
func (r *endRow) step(major int) int {
	if major >= 11 && r.Periodicity > 0 {
		return int(r.Periodicity)
	}
	return int(r.Duration)
}

// running is the end of the period that runs at the moment now, as GLPI shows
// it on the form of a contract that renews tacitly
// (templates/pages/management/contract.html.twig, GLPI 10.0.12 and 11.0.6):
// a period is over as soon as the day begins that GLPI calls its end. Months
// are added as PHP does, where 31 January plus one is 3 March; Go does the
// same.
func running(begin keys.Date, duration, step int, now time.Time) keys.Date {
	if begin.IsZero() {
		return keys.Date{}
	}
	today := keys.DateOf(now).Time()
	end := begin.Time().AddDate(0, duration, 0)
	for i := 0; !end.After(today) && i < 12*200; i++ {
		end = end.AddDate(0, step, 0)
	}
	return keys.DateOf(end)
}

// day reads a date; what GLPI holds that is none, "0000-00-00", is no date.
func day(t text) keys.Date {
	d, err := keys.ParseDate(string(t))
	if err != nil {
		return keys.Date{}
	}
	return d
}

// sum adds up the progress of several reads.
type sum struct {
	progress func(done, total int)
	mu       sync.Mutex
	parts    map[keys.ItemType]part
}

type part struct{ done, total int }

func (s *sum) of(kind keys.ItemType) func(done, total int) {
	return func(done, total int) {
		if s.progress == nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.parts[kind] = part{done, total}
		var all part
		for _, p := range s.parts {
			all.done += p.done
			all.total += p.total
		}
		s.progress(all.done, all.total)
	}
}
