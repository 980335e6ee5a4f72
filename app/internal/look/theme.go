package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The variants of the theme.
const (
	System = ""      // as the desktop says
	Light  = "light" // always light
	Dark   = "dark"  // always dark
)

// Colours that Fyne's own names do not cover. The page, texts, borders and the
// accent have Fyne's names: theme.ColorNameBackground, …Foreground,
// …PlaceHolder (muted), …Separator (line), …InputBorder, …Primary.
const (
	ColorCard        fyne.ThemeColorName = "glpikeys.card"        // white panels
	ColorSignIn      fyne.ThemeColorName = "glpikeys.signin"      // the page behind the sign-in card
	ColorStrong      fyne.ThemeColorName = "glpikeys.strong"      // the selected chip
	ColorOnStrong    fyne.ThemeColorName = "glpikeys.onStrong"    // text on it
	ColorSelectedRow fyne.ThemeColorName = "glpikeys.selectedRow" // of a table, the palette
	ColorHoverRow    fyne.ThemeColorName = "glpikeys.hoverRow"
	ColorButton      fyne.ThemeColorName = "glpikeys.button"      // secondary buttons; Fyne's own have no border and need a darker one
	ColorRowLine     fyne.ThemeColorName = "glpikeys.rowLine"     // between the rows of a table
	ColorAccentHover fyne.ThemeColorName = "glpikeys.accentHover" // the accent under the pointer
	ColorAccentText  fyne.ThemeColorName = "glpikeys.accentText"  // links
	ColorDanger      fyne.ThemeColorName = "glpikeys.danger"      // text of acts that destroy
	ColorBadge       fyne.ThemeColorName = "glpikeys.badge"       // the count in the rail
	ColorOnBadge     fyne.ThemeColorName = "glpikeys.onBadge"
	ColorTrack       fyne.ThemeColorName = "glpikeys.track" // behind a bar
)

// Tone is the mood of a pill, a notice or a bar. Each tone has a text colour,
// a pale background and a strong fill.
type Tone uint8

// The tones.
const (
	Neutral Tone = iota
	Expired
	Soon
	OK
	Revoked
	Info
)

// Tones lists every tone.
var Tones = [...]Tone{Neutral, Expired, Soon, OK, Revoked, Info}

var toneNames = [...]string{"neutral", "expired", "soon", "ok", "revoked", "info"}

func (t Tone) name() string {
	if int(t) < len(toneNames) {
		return toneNames[t]
	}
	return toneNames[Neutral]
}

// Text is the name of the tone's text colour; it is readable on Pale and on a
// card.
func (t Tone) Text() fyne.ThemeColorName { return fyne.ThemeColorName("glpikeys.text." + t.name()) }

// Pale is the name of the tone's background colour.
func (t Tone) Pale() fyne.ThemeColorName { return fyne.ThemeColorName("glpikeys.pale." + t.name()) }

// Fill is the name of the tone's strong colour, for bars and squares that hold
// no text.
func (t Tone) Fill() fyne.ThemeColorName { return fyne.ThemeColorName("glpikeys.fill." + t.name()) }

// Sizes that Fyne's own names do not cover, in units of the canvas.
const (
	SizeRadius     fyne.ThemeSizeName = "glpikeys.radius"     // of cards
	SizeSmallText  fyne.ThemeSizeName = "glpikeys.smallText"  // second lines, chips, pills
	SizeTitleText  fyne.ThemeSizeName = "glpikeys.titleText"  // of a screen
	SizeNumberText fyne.ThemeSizeName = "glpikeys.numberText" // big counts
)

// New makes the program's theme in one of the variants.
func New(variant string) fyne.Theme { return &windowTheme{forced: variant} }

// Rail is the theme of the navy rail at the left, the same in both variants.
// Put the rail into container.NewThemeOverride with it.
func Rail() fyne.Theme { return &railTheme{windowTheme{forced: Dark}} }

type windowTheme struct{ forced string }

// Color implements fyne.Theme.
func (t *windowTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch t.forced {
	case Light:
		v = theme.VariantLight
	case Dark:
		v = theme.VariantDark
	}
	table := lightColors
	if v == theme.VariantDark {
		table = darkColors
	}
	if c, ok := table[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font implements fyne.Theme.
func (t *windowTheme) Font(style fyne.TextStyle) fyne.Resource {
	return theme.DefaultTheme().Font(style)
}

// Icon implements fyne.Theme.
func (t *windowTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

// Size implements fyne.Theme.
func (t *windowTheme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

type railTheme struct{ windowTheme }

// Color implements fyne.Theme.
func (t *railTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if c, ok := railColors[name]; ok {
		return c
	}
	return t.windowTheme.Color(name, v)
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:               13,
	theme.SizeNameCaptionText:        12,
	theme.SizeNameSubHeadingText:     16,
	theme.SizeNameHeadingText:        21,
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameLineSpacing:        3,
	theme.SizeNameInlineIcon:         18,
	theme.SizeNameScrollBar:          10,
	theme.SizeNameScrollBarSmall:     4,
	theme.SizeNameInputRadius:        6,
	theme.SizeNameButtonRadius:       6,
	theme.SizeNameSelectionRadius:    4,
	theme.SizeNameCardRadius:         8,
	theme.SizeNameDialogRadius:       10,
	theme.SizeNamePopupRadius:        8,
	theme.SizeNameMenuRadius:         6,
	theme.SizeNameSeparatorThickness: 1,
	SizeRadius:                       8,
	SizeSmallText:                    12,
	SizeTitleText:                    21,
	SizeNumberText:                   26,
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func rgba(hex uint32, alpha uint8) color.NRGBA {
	c := rgb(hex)
	c.A = alpha
	return c
}

type palette map[fyne.ThemeColorName]color.Color

// tones adds the three colours of one tone.
func (p palette) tone(t Tone, text, pale, fill uint32) {
	p[t.Text()], p[t.Pale()], p[t.Fill()] = rgb(text), rgb(pale), rgb(fill)
}

var lightColors = func() palette {
	p := palette{
		theme.ColorNameBackground:          rgb(0xF4F6FA),
		theme.ColorNameForeground:          rgb(0x1B2333),
		theme.ColorNamePlaceHolder:         rgb(0x5D6881),
		theme.ColorNameDisabled:            rgb(0x8A94A8),
		theme.ColorNameSeparator:           rgb(0xDDE3EE),
		theme.ColorNamePrimary:             rgb(0x2B5FD9),
		theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
		theme.ColorNameHyperlink:           rgb(0x2450BA),
		theme.ColorNameFocus:               rgba(0x2B5FD9, 0x66),
		theme.ColorNameSelection:           rgb(0xC9DAFB),
		theme.ColorNameHover:               rgba(0x1B2333, 0x0D),
		theme.ColorNamePressed:             rgba(0x1B2333, 0x1A),
		theme.ColorNameButton:              rgb(0xE8ECF4),
		theme.ColorNameDisabledButton:      rgb(0xE8ECF4),
		theme.ColorNameInputBackground:     rgb(0xFFFFFF),
		theme.ColorNameInputBorder:         rgb(0xCFD6E4),
		theme.ColorNameHeaderBackground:    rgb(0xFAFBFE),
		theme.ColorNameMenuBackground:      rgb(0xFFFFFF),
		theme.ColorNameOverlayBackground:   rgb(0xFFFFFF),
		theme.ColorNameScrollBar:           rgba(0x5D6881, 0x99),
		theme.ColorNameScrollBarBackground: rgba(0x5D6881, 0x14),
		theme.ColorNameShadow:              rgba(0x1B2333, 0x33),
		theme.ColorNameError:               rgb(0x9B1C12),
		theme.ColorNameForegroundOnError:   rgb(0xFFFFFF),
		theme.ColorNameWarning:             rgb(0x7A4A00),
		theme.ColorNameSuccess:             rgb(0x14663A),
		theme.ColorNameForegroundOnWarning: rgb(0xFFFFFF),
		theme.ColorNameForegroundOnSuccess: rgb(0xFFFFFF),

		ColorCard:        rgb(0xFFFFFF),
		ColorSignIn:      rgb(0xEEF1F7),
		ColorStrong:      rgb(0x1D2740),
		ColorOnStrong:    rgb(0xFFFFFF),
		ColorSelectedRow: rgb(0xE7EEFC),
		ColorHoverRow:    rgb(0xF2F5FB),
		ColorButton:      rgb(0xFFFFFF),
		ColorRowLine:     rgb(0xEDF0F6),
		ColorAccentHover: rgb(0x2350BC),
		ColorAccentText:  rgb(0x2450BA),
		ColorDanger:      rgb(0xA3241A),
		ColorBadge:       rgb(0xC0392B),
		ColorOnBadge:     rgb(0xFFFFFF),
		ColorTrack:       rgb(0xE8ECF4),
	}
	p.tone(Neutral, 0x46506A, 0xE8ECF4, 0x7684A3)
	p.tone(Expired, 0x9B1C12, 0xFDE4E1, 0xB3261E)
	p.tone(Soon, 0x7A4A00, 0xFDECCD, 0xD68A00)
	p.tone(OK, 0x14663A, 0xDCF3E4, 0x3A9D63)
	p.tone(Revoked, 0x55348B, 0xECE6F6, 0x7E57C2)
	p.tone(Info, 0x1B2333, 0xE7EEFC, 0x2B5FD9)
	return p
}()

var darkColors = func() palette {
	p := palette{
		theme.ColorNameBackground:          rgb(0x11151E),
		theme.ColorNameForeground:          rgb(0xE6EAF3),
		theme.ColorNamePlaceHolder:         rgb(0x9BA7C0),
		theme.ColorNameDisabled:            rgb(0x69748C),
		theme.ColorNameSeparator:           rgb(0x2C3549),
		theme.ColorNamePrimary:             rgb(0x2F64DE),
		theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
		theme.ColorNameHyperlink:           rgb(0x8FB2FF),
		theme.ColorNameFocus:               rgba(0x7FA5FF, 0x80),
		theme.ColorNameSelection:           rgb(0x2C4A8C),
		theme.ColorNameHover:               rgba(0xFFFFFF, 0x0F),
		theme.ColorNamePressed:             rgba(0xFFFFFF, 0x1F),
		theme.ColorNameButton:              rgb(0x2B3448),
		theme.ColorNameDisabledButton:      rgb(0x242C3D),
		theme.ColorNameInputBackground:     rgb(0x141924),
		theme.ColorNameInputBorder:         rgb(0x414C66),
		theme.ColorNameHeaderBackground:    rgb(0x1E2535),
		theme.ColorNameMenuBackground:      rgb(0x20283A),
		theme.ColorNameOverlayBackground:   rgb(0x1A2130),
		theme.ColorNameScrollBar:           rgba(0x9BA7C0, 0x99),
		theme.ColorNameScrollBarBackground: rgba(0x9BA7C0, 0x14),
		theme.ColorNameShadow:              rgba(0x000000, 0x80),
		theme.ColorNameError:               rgb(0xFFB1A8),
		theme.ColorNameForegroundOnError:   rgb(0x2A0B08),
		theme.ColorNameWarning:             rgb(0xFFCE85),
		theme.ColorNameSuccess:             rgb(0x8EDDB0),
		theme.ColorNameForegroundOnWarning: rgb(0x2B1C00),
		theme.ColorNameForegroundOnSuccess: rgb(0x06210F),

		ColorCard:        rgb(0x1A2130),
		ColorSignIn:      rgb(0x11151E),
		ColorStrong:      rgb(0xE6EAF3),
		ColorOnStrong:    rgb(0x1B2333),
		ColorSelectedRow: rgb(0x24345A),
		ColorHoverRow:    rgb(0x20283A),
		ColorButton:      rgb(0x20283A),
		ColorRowLine:     rgb(0x252D3F),
		ColorAccentHover: rgb(0x2858C9),
		ColorAccentText:  rgb(0x8FB2FF),
		ColorDanger:      rgb(0xFFA69C),
		ColorBadge:       rgb(0xC0392B),
		ColorOnBadge:     rgb(0xFFFFFF),
		ColorTrack:       rgb(0x2B3448),
	}
	p.tone(Neutral, 0xBCC6DB, 0x2B3448, 0x7D8AA8)
	p.tone(Expired, 0xFFB1A8, 0x4B1F1B, 0xE0645A)
	p.tone(Soon, 0xFFCE85, 0x46330F, 0xE09B23)
	p.tone(OK, 0x8EDDB0, 0x153B28, 0x4CB67B)
	p.tone(Revoked, 0xD3BDF8, 0x382B52, 0x9B7ADB)
	p.tone(Info, 0xE6EAF3, 0x24345A, 0x5B87EC)
	return p
}()

var railColors = palette{
	theme.ColorNameBackground:  rgb(0x1D2740),
	theme.ColorNameForeground:  rgb(0xD3DCEF),
	theme.ColorNamePlaceHolder: rgb(0xA5B3D3),
	theme.ColorNameSeparator:   rgb(0x3A4A77),
	theme.ColorNameInputBorder: rgb(0x3A4A77),
	theme.ColorNameHover:       rgba(0xFFFFFF, 0x12),
	theme.ColorNameFocus:       rgba(0x8FB2FF, 0xB3),
	theme.ColorNameButton:      rgb(0x31406A),
	ColorButton:                rgb(0x1D2740),
	ColorCard:                  rgb(0x263355), // the connection box
	ColorStrong:                rgb(0x31406A), // the selected entry
	ColorOnStrong:              rgb(0xFFFFFF),
	ColorBadge:                 rgb(0xC0392B),
	ColorOnBadge:               rgb(0xFFFFFF),
}
