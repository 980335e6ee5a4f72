package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

// plugins is the presenter of the page about the plugins of the server: which
// have key records, which GLPI Network wants a subscription for, and which keys
// stand for plugins that are gone.
type plugins struct {
	work    *workspace
	list    []keys.InstalledPlugin // nil: unread
	failure error                  // why the plugins could not be read

	offers []keys.PluginOffer
	asked  time.Time // when GLPI Network was asked for the offers, zero: never
	noText bool      // no key is at hand to ask with
	refuse error     // why GLPI Network gave none
}

// The slots of the background work.
const (
	slotPlugins = "plugins"
	slotOffers  = "offers"
)

func newPlugins(work *workspace) *plugins { return &plugins{work: work} }

// forget drops what was seen with another profile.
func (p *plugins) forget() {
	p.work.tasks.Cancel(slotPlugins)
	p.work.tasks.Cancel(slotOffers)
	*p = plugins{work: p.work}
}

// reading and asking report whether GLPI, or GLPI Network, is being asked.
func (p *plugins) reading() bool { return p.work.tasks.Busy(slotPlugins) }
func (p *plugins) asking() bool  { return p.work.tasks.Busy(slotOffers) }

// read reads the plugins of the server.
func (p *plugins) read() {
	w := p.work
	if w.offline {
		p.failure = w.failure
		return
	}
	task.Run(w.tasks, slotPlugins, func(ctx context.Context) ([]keys.InstalledPlugin, error) {
		ctx, cancel := context.WithTimeout(ctx, keyReadTime)
		defer cancel()
		return w.session.InstalledPlugins(ctx)
	}, func(list []keys.InstalledPlugin, err error) {
		p.failure = err
		if err == nil {
			p.list = slices.Concat([]keys.InstalledPlugin{}, list) // not nil: none is an answer
			slices.SortFunc(p.list, func(a, b keys.InstalledPlugin) int {
				return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
			})
		}
		w.onChange()
	})
	w.onChange()
}

// asker is the record whose key GLPI Network can be asked with, nil for none.
func (p *plugins) asker() *keys.KeyRecord {
	w := p.work
	r := w.sub.now().record
	if w.offline || w.deps.PluginOffers == nil || r == nil || r.Block.Fingerprint == "" {
		return nil
	}
	return r
}

// canAsk reports whether GLPI Network can be asked what it wants a subscription
// for: with the key of a record, where its text should be at hand.
func (p *plugins) canAsk() bool {
	r := p.asker()
	return r != nil && p.work.keys.atHand(r)
}

// ask asks GLPI Network which plugins need a subscription.
func (p *plugins) ask() {
	if !p.canAsk() {
		return
	}
	w := p.work
	x, id, offers := w.keyWork.reach(), p.asker().ID, w.deps.PluginOffers
	type answer struct {
		offers []keys.PluginOffer
		noText bool
	}
	task.Run(w.tasks, slotOffers, func(ctx context.Context) (answer, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		r, text, err := x.text(ctx, id)
		if err != nil || text.Empty() {
			return answer{noText: err == nil}, err
		}
		list, err := offers(ctx, x.service, text, cmp.Or(x.facts.NetworkID, r.Block.Instance), x.via)
		return answer{offers: list}, err
	}, func(a answer, err error) {
		p.refuse, p.noText = err, a.noText
		if err == nil && !a.noText {
			p.offers, p.asked = a.offers, w.deps.Now()
		}
		w.onChange()
	})
	w.onChange()
}

// known reports whether GLPI Network has told which plugins need a
// subscription. A list of none is no answer: it may tell a key that it does
// not accept nothing at all.
func (p *plugins) known() bool { return !p.asked.IsZero() && len(p.offers) > 0 }

// coverage is how the subscription stands for the plugins.
type coverage string

const (
	coverageUnknown coverage = "unknown" // nobody can tell whether there is one
	coverageNone    coverage = "none"    // there is none
	coverageUnsure  coverage = "unsure"  // a record stands for one, GLPI Network has not answered
	coverageRuns    coverage = "runs"
	coverageOver    coverage = "over"
	coverageInvalid coverage = "invalid" // GLPI Network does not accept the key
)

// coverage is how the subscription stands today, and its last day. An answer
// that is older than that day does not make it run.
func (p *plugins) coverage() (coverage, keys.Date) {
	seen := p.work.sub.now()
	past := !seen.end.IsZero() && seen.end.Compare(p.work.today()) < 0
	switch {
	case seen.verdict == keys.VerdictRunning && !past:
		return coverageRuns, seen.end
	case seen.verdict == keys.VerdictRunning, seen.verdict == keys.VerdictTerminated:
		return coverageOver, seen.end
	case seen.verdict == keys.VerdictInvalid:
		return coverageInvalid, seen.end
	case seen.record != nil || seen.unreached != nil:
		return coverageUnsure, seen.end
	case seen.absent:
		return coverageNone, keys.Date{}
	}
	return coverageUnknown, keys.Date{}
}

// offer is the reference of the running subscription's offer, "" when neither
// GLPI nor this computer was told.
func (p *plugins) offer() string {
	w := p.work
	if w.sub.failure == nil && w.sub.answer.Offer != "" {
		return w.sub.answer.Offer
	}
	if r := w.sub.now().record; r != nil {
		if a := w.keyWork.answer(r.ID); a != nil {
			return a.Offer
		}
	}
	return ""
}

// pluginCover is how a plugin stands with GLPI Network.
type pluginCover string

const (
	coverUnknown pluginCover = ""          // nobody has asked
	coverFree    pluginCover = "free"      // GLPI Network wants nothing for it
	coverYes     pluginCover = "covered"   // the running subscription covers it
	coverNo      pluginCover = "uncovered" // it wants another offer
	coverEnded   pluginCover = "ended"     // it wants an offer, and no subscription runs
	coverUnsure  pluginCover = "unsure"    // it wants an offer, and it is not known whether one runs, or which
)

// cover is how a plugin stands that wants one of these offers, when the
// subscription stands like that and is for offer.
func (p *plugins) cover(offers []string, stands coverage, offer string) pluginCover {
	switch {
	case !p.known():
		return coverUnknown
	case len(offers) == 0:
		return coverFree
	case stands == coverageOver, stands == coverageInvalid, stands == coverageNone:
		return coverEnded
	case stands != coverageRuns, offer == "":
		return coverUnsure
	case slices.Contains(offers, offer):
		return coverYes
	}
	return coverNo
}

// pluginRow is one plugin of the server, or one that is gone and whose key is
// still there.
type pluginRow struct {
	keys.InstalledPlugin
	gone   bool
	record *keys.KeyRecord // its key, the one that is good the longest; nil: none
	cover  pluginCover
	offers []string // that GLPI Network wants one of
}

// rows are the plugins that are gone and leave a key, then those installed.
func (p *plugins) rows() []pluginRow {
	var gone, rows []pluginRow
	stands, _ := p.coverage()
	offer := p.offer()
	for _, plugin := range p.list {
		row := pluginRow{InstalledPlugin: plugin, record: p.record(plugin.Folder), offers: p.wanted(plugin.Folder)}
		row.cover = p.cover(row.offers, stands, offer)
		rows = append(rows, row)
	}
	if p.list != nil {
		installed := p.work.sub.installed()
		for i := range p.work.keys.list {
			r := &p.work.keys.list[i]
			for _, d := range r.Doubts(&p.work.facts, installed, p.list) {
				if d.Kind == keys.DoubtGone {
					gone = append(gone, pluginRow{InstalledPlugin: keys.InstalledPlugin{Folder: d.Bound, Name: keyRow{record: r}.title()}, gone: true, record: r})
				}
			}
		}
	}
	return append(gone, rows...)
}

// outlook is what stays and what stops when the subscription ends, or has
// ended.
type outlook struct {
	coverage  coverage
	end       keys.Date
	past      bool // the end
	installed int  // plugins
	known     bool // GLPI Network has told which plugins need a subscription
	need      int  // of the installed ones
	stops     []string
	own       []pluginRow // with keys of their own that end
}

// outlook sums up the rows.
func (p *plugins) outlook(rows []pluginRow) outlook {
	o := outlook{known: p.known()}
	o.coverage, o.end = p.coverage()
	o.past = !o.end.IsZero() && o.end.Compare(p.work.today()) < 0
	for _, r := range rows {
		if r.gone {
			continue
		}
		o.installed++
		if len(r.offers) > 0 && o.known {
			o.need++
			if r.cover != coverNo {
				o.stops = append(o.stops, r.Name)
			}
		}
		if r.record != nil && !r.record.End.IsZero() {
			o.own = append(o.own, r)
		}
	}
	return o
}

// wanted are the offers that GLPI Network wants one of for a plugin.
func (p *plugins) wanted(folder string) []string {
	for _, o := range p.offers {
		if strings.EqualFold(o.Folder, folder) {
			return o.Offers
		}
	}
	return nil
}

// record is the key in use of a plugin that is good the longest.
func (p *plugins) record(folder string) *keys.KeyRecord {
	var best *keys.KeyRecord
	for i := range p.work.keys.list {
		r := &p.work.keys.list[i]
		if !r.Closed() && r.Block.Plugin != "" && strings.EqualFold(r.Block.Plugin, folder) &&
			!p.work.sub.elsewhere(r) && (best == nil || later(r.End, best.End)) {
			best = r
		}
	}
	return best
}
