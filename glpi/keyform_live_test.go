//go:build live

package glpi

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"glpikeys/keys"
)

// TestLiveForm edits key records in GLPI's own form, as a browser sends it,
// and reads them again: GLPI_URL, GLPI_USER and GLPI_PASSWORD as for TestLive.
func TestLiveForm(t *testing.T) {
	address := os.Getenv("GLPI_URL")
	if address == "" {
		t.Skip("GLPI_URL is not set")
	}
	who := keys.Credentials{User: os.Getenv("GLPI_USER"), Password: os.Getenv("GLPI_PASSWORD"), AppToken: os.Getenv("GLPI_APP_TOKEN")}
	at, err := Probe(t.Context(), address, keys.Via{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := signIn(t, at, who)
	keyType(t, s)
	b := newBrowser(t, at.Web(), who)
	for _, length := range []int{120, 564, 4000} {
		text := sampleKey(t, length)
		notes := "Ask " + awkward + " first\n  indented\n\ttab"
		id := newKeyRecord(t, s, keys.KeyRecord{
			Name: "contract form " + awkward, Product: keys.Product{ID: 1}, Entity: s.Facts().Entity, Valid: true, Notes: notes,
			End:   keys.Date{Year: 2031, Month: 5, Day: 6},
			Block: keys.Block{Record: newUUID(), Text: keys.NewKeyText(text), Kept: keys.PlaceGLPI, Owner: "Müller & Söhne <SA>"},
		})
		form := b.form(t, id)
		if form.Get("name") != "contract form "+awkward {
			t.Fatalf("the form says %q of %d fields", form.Get("name"), len(form))
		}
		form.Set("otherserial", "by hand")
		form.Set("comment", "Above, by hand\n"+form.Get("comment")+"\nbelow, by hand & <more>")
		b.send(t, form)
		got, err := s.KeyRecord(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got.Number != "by hand" || got.Block.Text.Reveal() != text || got.Block.Owner != "Müller & Söhne <SA>" || !got.Valid {
			t.Errorf("%d characters, after GLPI's form: %+v", length, got)
		}
		if want := "Above, by hand\n" + notes + "\n\nbelow, by hand & <more>"; got.Notes != want {
			t.Errorf("notes are %q, want %q", got.Notes, want)
		}
		// Our own write leaves alone what the form wrote, and the form what we did.
		before, err := Get[keyRow](t.Context(), s, kindLicence, id)
		if err != nil {
			t.Fatal(err)
		}
		after, err := s.UpdateKeyRecord(t.Context(), id, func(r *keys.KeyRecord) error {
			r.Block.Revoked, r.Valid = keys.Revocation{Date: keys.Date{Year: 2026, Month: 11, Day: 23}, Reason: "moved"}, false
			return nil
		})
		if err != nil || after.Valid || after.Notes != got.Notes {
			t.Fatalf("%+v, %v", after, err)
		}
		now, err := Get[keyRow](t.Context(), s, kindLicence, id)
		if err != nil {
			t.Fatal(err)
		}
		above, _, _ := strings.Cut(string(before.Comment), "-----BEGIN")
		_, below, _ := strings.Cut(string(before.Comment), "-----END")
		if c := string(now.Comment); !strings.HasPrefix(c, above+"-----BEGIN") || !strings.HasSuffix(c, "-----END"+below) {
			t.Errorf("notes changed from %q to %q", before.Comment, now.Comment)
		}
		b.send(t, b.form(t, id))
		got, err = s.KeyRecord(t.Context(), id)
		if err != nil || !got.Valid || !got.Closed() || got.Block.Text.Reveal() != text || got.Block.Revoked.Reason != "moved" {
			t.Errorf("revoked and saved in GLPI: %+v, %v", got, err)
		}
		t.Logf("%d characters: %d fields in the form, line breaks %q", length, len(form), lineBreak(string(before.Comment)))
	}
}

func lineBreak(text string) string {
	if strings.Contains(text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// browser is a person signed in to GLPI's own pages.
type browser struct {
	base   string
	client *http.Client
}

func newBrowser(t *testing.T, base string, who keys.Credentials) *browser {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &browser{base, &http.Client{Jar: jar}}
	page := b.get(t, "/index.php")
	form := formWith(page, "login_name")
	if form == nil {
		t.Fatal("no sign-in form")
	}
	values := url.Values{}
	formValues(form, values)
	values.Set(attr(byAttr(form, "id", "login_name"), "name"), who.User)
	values.Set(attr(byAttr(form, "id", "login_password"), "name"), who.Password)
	b.post(t, "/front/login.php", values)
	return b
}

// form is what the main form of a licence holds, as a browser would send it.
func (b *browser) form(t *testing.T, id int) url.Values {
	t.Helper()
	q := url.Values{"_target": {"/front/softwarelicense.form.php"}, "_itemtype": {"SoftwareLicense"}, "_glpi_tab": {"SoftwareLicense$main"}, "id": {fmt.Sprint(id)}}
	page := b.get(t, "/ajax/common.tabs.php?"+q.Encode())
	form := formWith(page, "")
	if form == nil {
		t.Fatal("no form of the licence")
	}
	values := url.Values{}
	formValues(form, values)
	return values
}

// send saves the form.
func (b *browser) send(t *testing.T, values url.Values) {
	t.Helper()
	values.Set("update", "1")
	// Browsers end the lines of what they send with two characters.
	for name, list := range values {
		for i, v := range list {
			values[name][i] = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\n", "\r\n")
		}
	}
	b.post(t, "/front/softwarelicense.form.php", values)
}

func (b *browser) get(t *testing.T, path string) *html.Node {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+path, nil)
	if strings.HasPrefix(path, "/ajax/") {
		r.Header.Set("X-Requested-With", "XMLHttpRequest")
	}
	return b.do(t, r)
}

func (b *browser) post(t *testing.T, path string, values url.Values) *html.Node {
	t.Helper()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Referer", b.base+"/front/softwarelicense.php")
	return b.do(t, r)
}

func (b *browser) do(t *testing.T, r *http.Request) *html.Node {
	t.Helper()
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := html.Parse(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		t.Fatalf("%s %s: %d %v %.200s", r.Method, r.URL.Path, answer.StatusCode, err, body)
	}
	return page
}

// formWith is the form that has a field of that id; "": one with a comment.
func formWith(n *html.Node, id string) *html.Node {
	if n.Type == html.ElementNode && n.Data == "form" {
		if id != "" && byAttr(n, "id", id) != nil || id == "" && byAttr(n, "name", "comment") != nil {
			return n
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := formWith(c, id); found != nil {
			return found
		}
	}
	return nil
}

func byAttr(n *html.Node, name, value string) *html.Node {
	if n.Type == html.ElementNode && attr(n, name) == value {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := byAttr(c, name, value); found != nil {
			return found
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// formValues adds what a browser sends for the fields below n.
func formValues(n *html.Node, values url.Values) {
	name := attr(n, "name")
	switch {
	case n.Type != html.ElementNode || has(n, "disabled"):
	case n.Data == "input" && name != "":
		switch attr(n, "type") {
		case "checkbox", "radio":
			if has(n, "checked") {
				values.Add(name, attr(n, "value"))
			}
		case "submit", "button", "file", "image":
		default:
			values.Add(name, attr(n, "value"))
		}
	case n.Data == "textarea" && name != "":
		var text strings.Builder
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			text.WriteString(c.Data)
		}
		values.Add(name, text.String())
	case n.Data == "select" && name != "":
		chosen(n, func(value string) { values.Add(name, value) })
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		formValues(c, values)
	}
}

// chosen tells the values of the selected options below n.
func chosen(n *html.Node, each func(value string)) {
	if n.Data == "option" && has(n, "selected") {
		each(attr(n, "value"))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		chosen(c, each)
	}
}
