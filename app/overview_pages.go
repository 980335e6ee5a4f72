package app

// openPlugins shows the plugins of the server in place of the cards.
func (v *overviewView) openPlugins() {}

// openNeed shows who needs a key at all.
func (v *overviewView) openNeed() {}
