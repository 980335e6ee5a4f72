package app

import (
	"strings"
	"testing"
)

// A row says in the words of licences what is wrong with it.
func TestImportFaults(t *testing.T) {
	for row, want := range map[string]string{
		"A;tomorrow;;":             "Ends: Not a date",
		"A;31/02/2027;;":           "Ends: Not a date",
		"A;2027-01-01;2027-05-05;": "Ends: It ends before it begins",
		"A;;;Elsewhere":            "Entity: No entity of this name",
		"A;2044-12-31;;":           "",
	} {
		onKeys(t, nil, func(t *testing.T, b *keyBench) {
			p := b.tableOf("product;end;begin;entity\r\n" + row + "\r\n")
			got := ""
			if err := p.problem(0); err != nil {
				got = rowFault(err)
			}
			if !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("%s: said %q, want %q", row, got, want)
			}
		})
	}
}
