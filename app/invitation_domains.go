package app

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"glpikeys/keys"
)

// typeDomains takes what stands in the entry for domains. What a comma,
// semicolon or space ends becomes a domain; whole is true when nothing more
// will be typed.
func (f *invitationForm) typeDomains(text string, whole bool) {
	f.edit(keys.FieldEmailDomains, func(d *invitationDraft) { d.domainText = text })
	if f.locked() {
		return
	}
	if whole || strings.ContainsAny(text, " ,;\n\t") {
		f.takeDomains(whole)
		f.onChange()
	}
}

// takeDomains makes chips of the domains typed. What is no domain stays, with
// a message.
func (f *invitationForm) takeDomains(whole bool) {
	d := &f.draft
	words := strings.FieldsFunc(d.domainText, func(r rune) bool { return strings.ContainsRune(" ,;\n\t", r) })
	rest := ""
	if !whole && len(words) > 0 && strings.HasSuffix(d.domainText, words[len(words)-1]) {
		rest, words = words[len(words)-1], words[:len(words)-1] // still being typed
	}
	var wrong []string
	for _, w := range words {
		domain, ok := readDomain(w)
		switch {
		case !ok:
			wrong = append(wrong, w)
		case !slices.Contains(d.domains, domain):
			d.domains = append(d.domains, domain)
		}
	}
	d.domainText = strings.TrimSpace(strings.Join(append(wrong, rest), " "))
	if len(wrong) > 0 {
		f.problems[keys.FieldEmailDomains] = tn("invite.error.domain", len(wrong), map[string]any{
			"Domains": strings.Join(wrong, ", ")})
	}
}

// removeDomain takes back the domain with that index.
func (f *invitationForm) removeDomain(i int) {
	f.edit(keys.FieldEmailDomains, func(d *invitationDraft) { d.domains = slices.Delete(d.domains, i, i+1) })
}

// readDomain reads "example.com", "@example.com" or a whole address, in any
// letters, as the domain in the letters of DNS.
func readDomain(text string) (string, bool) {
	text = strings.ToLower(strings.Trim(text, "<>\"'"))
	text = text[strings.LastIndex(text, "@")+1:]
	domain, err := idna.New(idna.MapForLookup(), idna.Transitional(false)).ToASCII(text)
	if err != nil || len(domain) > 253 {
		return "", false
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return "", false
		}
	}
	return domain, len(labels) > 1 && len(labels[len(labels)-1]) > 1
}

// isLabel reports whether text is a part of a domain: letters, digits, and
// hyphens inside.
func isLabel(text string) bool {
	if text == "" || len(text) > 63 || text[0] == '-' || text[len(text)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	})
}

// domainsText lists domains as people know them: "@example.com, @bücher.de".
func domainsText(domains []string) string {
	var out []string
	for _, d := range domains {
		out = append(out, "@"+shownDomain(d))
	}
	return strings.Join(out, ", ")
}

// shownDomain is a domain in the letters of people.
func shownDomain(domain string) string {
	if shown, err := idna.ToUnicode(domain); err == nil {
		return shown
	}
	return domain
}
