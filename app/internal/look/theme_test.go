package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// luminance and contrast are those of WCAG 2.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n.R) + 0.7152*linear(n.G) + 0.0722*linear(n.B)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

type pair struct{ text, on fyne.ThemeColorName }

func windowPairs() []pair {
	pairs := []pair{
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary},
		{theme.ColorNameForegroundOnPrimary, ColorAccentHover},
		{theme.ColorNameForegroundOnError, theme.ColorNameError},
		{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning},
		{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess},
		{ColorOnStrong, ColorStrong},
		{ColorOnBadge, ColorBadge},
		{theme.ColorNameForeground, theme.ColorNameSelection},
		{theme.ColorNameForeground, ColorTrack},
	}
	surfaces := []fyne.ThemeColorName{
		theme.ColorNameBackground, ColorSignIn, ColorCard, ColorSelectedRow, ColorHoverRow,
		theme.ColorNameHeaderBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground,
		theme.ColorNameInputBackground, theme.ColorNameButton, ColorButton,
	}
	for _, on := range surfaces {
		for _, text := range []fyne.ThemeColorName{
			theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNameHyperlink, ColorAccentText,
			ColorDanger, theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess,
		} {
			pairs = append(pairs, pair{text, on})
		}
		for _, tone := range Tones {
			pairs = append(pairs, pair{tone.Text(), on})
		}
	}
	for _, tone := range Tones {
		pairs = append(pairs, pair{tone.Text(), tone.Pale()}, pair{ColorAccentText, tone.Pale()},
			pair{theme.ColorNameForeground, tone.Pale()})
	}
	return pairs
}

func railPairs() []pair {
	return []pair{
		{theme.ColorNameForeground, theme.ColorNameBackground},
		{theme.ColorNameForeground, ColorCard},
		{theme.ColorNameForeground, ColorStrong},
		{theme.ColorNameForeground, theme.ColorNameButton},
		{theme.ColorNameForeground, ColorButton},
		{theme.ColorNamePlaceHolder, theme.ColorNameBackground},
		{theme.ColorNamePlaceHolder, ColorCard},
		{ColorOnStrong, ColorStrong},
		{ColorOnStrong, theme.ColorNameBackground},
		{ColorOnBadge, ColorBadge},
	}
}

func TestContrast(t *testing.T) {
	test.NewTempApp(t)
	for _, c := range []struct {
		name  string
		theme fyne.Theme
		pairs []pair
	}{
		{"light", New(Light), windowPairs()},
		{"dark", New(Dark), windowPairs()},
		{"rail", Rail(), railPairs()},
	} {
		worst := math.Inf(1)
		for _, p := range c.pairs {
			got := contrast(c.theme.Color(p.text, theme.VariantLight), c.theme.Color(p.on, theme.VariantLight))
			worst = min(worst, got)
			if got < 4.5 {
				t.Errorf("%s: %s on %s has %.2f", c.name, p.text, p.on, got)
			}
		}
		t.Logf("%s: %d pairs, the worst has %.2f", c.name, len(c.pairs), worst)
	}
}

// TestPalette holds the light variant to the design.
func TestPalette(t *testing.T) {
	test.NewTempApp(t)
	light, rail := New(Light), Rail()
	for _, c := range []struct {
		theme fyne.Theme
		name  fyne.ThemeColorName
		want  uint32
	}{
		{rail, theme.ColorNameBackground, 0x1D2740},
		{rail, ColorStrong, 0x31406A},
		{light, theme.ColorNamePrimary, 0x2B5FD9},
		{light, theme.ColorNameBackground, 0xF4F6FA},
		{light, theme.ColorNameSeparator, 0xDDE3EE},
		{light, theme.ColorNameForeground, 0x1B2333},
		{light, theme.ColorNamePlaceHolder, 0x5D6881},
		{light, Expired.Text(), 0x9B1C12}, {light, Expired.Pale(), 0xFDE4E1},
		{light, Soon.Text(), 0x7A4A00}, {light, Soon.Pale(), 0xFDECCD},
		{light, OK.Text(), 0x14663A}, {light, OK.Pale(), 0xDCF3E4},
		{light, Neutral.Text(), 0x46506A}, {light, Neutral.Pale(), 0xE8ECF4},
		{light, Revoked.Text(), 0x55348B}, {light, Revoked.Pale(), 0xECE6F6},
	} {
		if got := c.theme.Color(c.name, theme.VariantDark); got != color.Color(rgb(c.want)) {
			t.Errorf("%s is %v, want #%06X", c.name, got, c.want)
		}
	}
}

func TestVariants(t *testing.T) {
	test.NewTempApp(t)
	for name := range lightColors {
		if _, ok := darkColors[name]; !ok {
			t.Errorf("the dark variant lacks %s", name)
		}
	}
	for name := range darkColors {
		if _, ok := lightColors[name]; !ok {
			t.Errorf("the light variant lacks %s", name)
		}
	}
	system := New(System)
	for variant, want := range map[fyne.ThemeVariant]color.Color{
		theme.VariantLight: lightColors[ColorCard], theme.VariantDark: darkColors[ColorCard],
	} {
		if got := system.Color(ColorCard, variant); got != want {
			t.Errorf("the system's variant %d gives %v, want %v", variant, got, want)
		}
		if got := New(Dark).Color(ColorCard, variant); got != darkColors[ColorCard] {
			t.Errorf("forced dark gives %v for variant %d", got, variant)
		}
		if got := New(Light).Color(ColorCard, variant); got != lightColors[ColorCard] {
			t.Errorf("forced light gives %v for variant %d", got, variant)
		}
	}
}
