package app

import (
	"fmt"
	"os"
	"testing"

	"glpikeys/assets"
)

// TestMain makes the texts English, whatever the system's language.
func TestMain(m *testing.M) {
	if err := assets.UseLanguage(assets.English); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
