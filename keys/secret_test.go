package keys

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestKeyTextDoesNotShow prints a key text in every way that a log, an error
// or a file might, alone and within the types that carry it.
func TestKeyTextDoesNotShow(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	text := NewKeyText(secret)
	block := Block{Record: "r", Kept: PlaceGLPI, Text: text}
	record := KeyRecord{ID: 1, Block: block, Damage: &Damage{Kind: DamageCut, Comment: text}}
	hidden := struct{ inner KeyRecord }{record} // fmt asks no method of an unexported field

	var out strings.Builder
	for _, logger := range []*slog.Logger{
		slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil)),
	} {
		logger.Info("x", "text", text, "p", &text, "block", block, "record", &record, "hidden", hidden)
	}
	for _, v := range []any{text, &text, block, &block, record, &record, hidden, []KeyText{text}, map[string]KeyText{"k": text}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%f", "%c"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		data, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(data)
	}
	fmt.Fprintln(&out, fmt.Errorf("write %v: %w", block, &Problem{Op: "x", Detail: fmt.Sprint(text)}))
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if i := strings.Index(out.String(), form); i >= 0 {
			t.Errorf("the text shows: …%s…", out.String()[max(0, i-80):i+len(form)])
		}
	}
	if text.Reveal() != secret || text != NewKeyText(secret) || (KeyText{}).Reveal() != "" || !NewKeyText("").Empty() {
		t.Error("a key text is not what it was made of")
	}
	if err := json.Unmarshal([]byte(`"[redacted]"`), &text); err == nil {
		t.Error("a hidden text was read back as a key")
	}
}
