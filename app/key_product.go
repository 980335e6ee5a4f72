package app

import (
	"context"
	"strings"
	"time"

	"glpikeys/app/internal/rowtable"
	"glpikeys/app/internal/task"
	"glpikeys/keys"
)

const (
	productsRest = 250 * time.Millisecond // so long nobody types before products are looked for
	mostProducts = 5                      // proposed at once
)

// typeProduct takes what was typed as product and looks for Software of that
// name.
func (f *keyForm) typeProduct(text string) {
	f.edit(keys.KeyFieldProduct, func(d *keyDraft) {
		d.product, d.productID = text, 0
		f.matchProduct()
	})
	f.findProducts()
}

// matchProduct recognises the product typed among those found.
func (f *keyForm) matchProduct() {
	d := &f.draft
	if d.productID != 0 {
		return
	}
	for _, p := range f.products {
		if rowtable.Fold(strings.TrimSpace(p.Name)) == rowtable.Fold(strings.TrimSpace(d.product)) {
			d.productID = p.ID
			return
		}
	}
}

// chooseProduct takes one of those found.
func (f *keyForm) chooseProduct(p keys.Product) {
	f.edit(keys.KeyFieldProduct, func(d *keyDraft) { d.product, d.productID = p.Name, p.ID })
}

func (f *keyForm) findProducts() {
	w := f.work
	text := strings.TrimSpace(f.draft.product)
	if len([]rune(text)) < 2 || f.locked() {
		w.tasks.Cancel(slotKeyProducts)
		return
	}
	session := w.session
	task.Run(w.tasks, slotKeyProducts, func(ctx context.Context) ([]keys.Product, error) {
		select {
		case <-time.After(productsRest):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return session.Products(ctx, text)
	}, func(found []keys.Product, err error) {
		if err != nil {
			w.deps.Log.Warn("software could not be looked for", "error", err)
			return
		}
		f.products, f.productsOf = found, text
		f.matchProduct()
		f.onChange()
	})
}

// proposals are products to choose from: those that match, without the one
// that is chosen.
func (f *keyForm) proposals() []keys.Product {
	if f.draft.productID != 0 || strings.TrimSpace(f.draft.product) == "" {
		return nil
	}
	var out []keys.Product
	for _, p := range f.products {
		if holdsAll(rowtable.Fold(p.Name), strings.Fields(rowtable.Fold(f.draft.product))) && len(out) < mostProducts {
			out = append(out, p)
		}
	}
	return out
}

// readPlugins reads which plugins the server has, to choose from.
func (f *keyForm) readPlugins() {
	w, session := f.work, f.work.session
	task.Run(w.tasks, slotKeyPlugins, func(ctx context.Context) ([]keys.InstalledPlugin, error) {
		ctx, cancel := context.WithTimeout(ctx, keyTime)
		defer cancel()
		return session.InstalledPlugins(ctx)
	}, func(found []keys.InstalledPlugin, err error) {
		if err != nil {
			return // then its name is typed
		}
		f.plugins = found
		f.onChange()
	})
}
