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

// canAsk reports whether GLPI Network can be asked what it wants a subscription
// for: with the key of a record.
func (p *plugins) canAsk() bool {
	w := p.work
	r := w.sub.now().record
	return !w.offline && w.deps.PluginOffers != nil && r != nil && r.Block.Fingerprint != ""
}

// ask asks GLPI Network which plugins need a subscription.
func (p *plugins) ask() {
	if !p.canAsk() {
		return
	}
	w := p.work
	x, id, offers := w.keyWork.reach(), w.sub.now().record.ID, w.deps.PluginOffers
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

// pluginCover is how a plugin stands with GLPI Network.
type pluginCover string

const (
	coverUnknown pluginCover = ""          // nobody has asked
	coverFree    pluginCover = "free"      // GLPI Network wants nothing for it
	coverYes     pluginCover = "covered"   // the running subscription covers it
	coverNo      pluginCover = "uncovered" // it wants another offer
	coverEnded   pluginCover = "ended"     // it wants an offer, and no subscription runs
)

// pluginRow is one plugin of the server, or one that is gone and whose key is
// still there.
type pluginRow struct {
	keys.InstalledPlugin
	gone   bool
	record *keys.KeyRecord // its key, the one that is good the longest; nil: none
	cover  pluginCover
	offers []string // that GLPI Network wants one of
	until  keys.Date
	offer  string // of the subscription
}

// rows are the plugins that are gone and leave a key, then those installed.
func (p *plugins) rows() []pluginRow {
	var gone, rows []pluginRow
	sub := p.work.sub.now()
	running := sub.verdict == keys.VerdictRunning
	for _, plugin := range p.list {
		row := pluginRow{InstalledPlugin: plugin, record: p.record(plugin.Folder), until: sub.end, offer: p.work.sub.answer.Offer}
		if !p.asked.IsZero() {
			row.offers = p.wanted(plugin.Folder)
			switch {
			case len(row.offers) == 0:
				row.cover = coverFree
			case !running:
				row.cover = coverEnded
			case slices.Contains(row.offers, row.offer):
				row.cover = coverYes
			default:
				row.cover = coverNo
			}
		}
		rows = append(rows, row)
	}
	if p.list != nil {
		for i := range p.work.keys.list {
			r := &p.work.keys.list[i]
			for _, d := range r.Doubts(&p.work.facts, p.list) {
				if d.Kind == keys.DoubtGone {
					gone = append(gone, pluginRow{InstalledPlugin: keys.InstalledPlugin{Folder: d.Bound, Name: keyRow{record: r}.title()}, gone: true, record: r})
				}
			}
		}
	}
	return append(gone, rows...)
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
