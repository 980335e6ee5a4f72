package main

import (
	_ "fyne.io/fyne/v2/app"
	_ "fyne.io/fyne/v2/container"
	_ "fyne.io/fyne/v2/dialog"
	_ "fyne.io/fyne/v2/driver/software"
	_ "fyne.io/fyne/v2/lang"
	_ "fyne.io/fyne/v2/layout"
	_ "fyne.io/fyne/v2/test"
	_ "fyne.io/fyne/v2/widget"
	_ "github.com/dweymouth/fyne-tooltip"
	_ "github.com/go-resty/resty/v2"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/sahilm/fuzzy"
	_ "github.com/zalando/go-keyring"
	_ "golang.org/x/sync/singleflight"
)

func main() {}
