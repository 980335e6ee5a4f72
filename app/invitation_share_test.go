package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"glpikeys/app/internal/look"
	"glpikeys/keys"
	"glpikeys/keys/sheet"
)

// shareBench is the presenter of sharing, with the first invitation in sight.
type shareBench struct {
	*sharing
	*invitationsBench
	link   string
	log    *strings.Builder
	opened []*url.URL // by the system's programs
	asked  [][]warning
	anyway func()
	handed []string // links that were handed on
}

// onShareBench runs a test of sharing; set changes what the server answers.
func onShareBench(t *testing.T, set func(*fakeSession), act func(t *testing.T, b *shareBench)) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.New(look.Light))
	synctest.Test(t, func(t *testing.T) {
		b := &shareBench{invitationsBench: newInvitationsBench(t), log: &strings.Builder{}}
		if set != nil {
			set(b.session)
		}
		b.sharing = b.invitations.share
		b.work.deps.Log = slog.New(slog.NewTextHandler(b.log, nil))
		b.work.deps.OpenURL = func(at *url.URL) error {
			b.opened = append(b.opened, at)
			return nil
		}
		b.onAsk = func(w []warning, anyway func()) { b.asked, b.anyway = append(b.asked, w), anyway }
		b.look(1)
		b.wait()
		b.link = b.detail(1).link
		act(t, b)
		b.wait()
		if secret := tokenOf(b.link); secret != "" {
			if strings.Contains(b.log.String(), secret) {
				t.Errorf("the log holds the link: %s", b.log)
			}
			kept, err := json.Marshal(b.work.deps.Preferences.Get())
			if err != nil || strings.Contains(string(kept), secret) {
				t.Errorf("the preferences hold the link: %v", err)
			}
		}
	})
}

// hand shares the first invitation's link with the test.
func (b *shareBench) hand() {
	b.sharing.share(1, func(_ invitationRow, link string) { b.handed = append(b.handed, link) })
	b.wait()
}

func (b *shareBench) row() invitationRow { return rowOf(b.find(1), testNow) }

func TestLinkIsTriedOnceBeforeItIsShared(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.hand()
		b.hand()
		if n := b.invitationsBench.asked("check link"); n != 1 || len(b.handed) != 2 || len(b.asked) != 0 || b.handed[0] != b.link {
			t.Errorf("tried %d times, handed on %d times, asked %v", n, len(b.handed), b.asked)
		}
	})
}

func TestNewLinkIsTriedAtOnce(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.created(b.link)
		b.wait()
		if n := b.invitationsBench.asked("check link"); n != 1 {
			t.Errorf("tried %d times", n)
		}
		b.hand()
		if n := b.invitationsBench.asked("check link"); n != 1 || len(b.handed) != 1 {
			t.Errorf("tried %d times, handed on %d times", n, len(b.handed))
		}
	})
}

func TestDoubtsAreAskedAboutOnce(t *testing.T) {
	set := func(s *fakeSession) { s.doubts = []keys.LinkDoubt{keys.LinkNotOurs} }
	onShareBench(t, set, func(t *testing.T, b *shareBench) {
		if len(b.warnings(b.row(), b.link)) != 0 {
			t.Error("doubts before anything was tried")
		}
		b.hand()
		if len(b.handed) != 0 || len(b.asked) != 1 || len(b.asked[0]) != 1 {
			t.Fatalf("handed on %v, asked %v", b.handed, b.asked)
		}
		b.hand() // said no: it asks again
		if len(b.handed) != 0 || len(b.asked) != 2 {
			t.Fatalf("handed on %v, asked %v", b.handed, b.asked)
		}
		b.anyway()
		b.hand()
		if len(b.handed) != 2 || len(b.asked) != 2 {
			t.Errorf("handed on %d times, asked %d times", len(b.handed), len(b.asked))
		}
		// The same doubt about another link of the server asks no more.
		b.look(2)
		b.wait()
		b.sharing.share(2, func(_ invitationRow, link string) { b.handed = append(b.handed, link) })
		b.wait()
		if len(b.handed) != 3 || len(b.asked) != 2 {
			t.Errorf("handed on %d times, asked %d times", len(b.handed), len(b.asked))
		}
	})
}

// Every doubt says in words of its own what is wrong and what to do.
func TestEveryDoubtHasItsSentence(t *testing.T) {
	all := []keys.LinkDoubt{keys.LinkLocal, keys.LinkPlain, keys.LinkOtherHost, keys.LinkNotOurs, keys.LinkUnreachable}
	for _, language := range []string{"en", "fr"} {
		t.Run(language, func(t *testing.T) {
			useLanguage(t, language)
			set := func(s *fakeSession) {
				s.doubts = all
				s.links[1] = "http://localhost:8080/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R0001"
			}
			onShareBench(t, set, func(t *testing.T, b *shareBench) {
				if n := len(b.warnings(b.row(), b.link)); n != 3 { // those that the address raises
					t.Errorf("%d doubts before it was tried", n)
				}
				b.hand()
				seen := map[string]bool{}
				for _, w := range b.asked[0] {
					for _, text := range []string{w.title, w.text} {
						if text == "" || seen[text] || strings.Contains(text, "invite.share") || strings.Contains(text, "<no value>") ||
							strings.Contains(text, tokenOf(b.link)) {
							t.Errorf("%q", text)
						}
						seen[text] = true
					}
				}
				if len(b.asked[0]) != len(all) || !strings.Contains(b.asked[0][0].text, "http://localhost:8080") {
					t.Errorf("%v", b.asked[0])
				}
			})
		})
	}
}

func TestLinkOfARevokedInvitationIsAskedAbout(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.revoke([]int{1})
		b.wait()
		b.hand()
		if len(b.asked) != 1 || len(b.handed) != 0 {
			t.Fatalf("asked %v, handed on %v", b.asked, b.handed)
		}
		b.anyway()
		b.restore([]int{1})
		b.wait()
		b.hand()
		if len(b.asked) != 1 || len(b.handed) != 2 {
			t.Errorf("asked %d times, handed on %d times", len(b.asked), len(b.handed))
		}
	})
}

func TestTryingALinkCanBeGivenUp(t *testing.T) {
	onShareBench(t, func(s *fakeSession) {}, func(t *testing.T, b *shareBench) {
		b.session.delay = 10 * time.Second
		b.sharing.share(1, func(invitationRow, string) { t.Error("handed on") })
		if b.checking != b.link {
			t.Fatal("not tried")
		}
		b.cancelCheck()
		b.wait()
		if b.checking != "" || len(b.checks) != 0 || b.waiting != nil {
			t.Errorf("still trying: %v %v", b.checks, b.waiting)
		}
		b.session.delay = 0
		b.hand() // it can be tried again
		if len(b.handed) != 1 {
			t.Error("not handed on")
		}
	})
}

// What waited for a link is not done once another invitation is in sight.
func TestSharingFollowsTheCursor(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.session.delay = 10 * time.Second
		b.sharing.share(1, func(invitationRow, string) { t.Error("handed on") })
		b.look(2)
		b.wait()
		if len(b.checks) != 1 {
			t.Errorf("%d links tried", len(b.checks))
		}
	})
}

func TestLinkThatCouldNotBeTried(t *testing.T) {
	set := func(s *fakeSession) {
		s.errs = map[string]error{"check link": &keys.Problem{Op: "check link", Cause: keys.SessionEnded}}
	}
	onShareBench(t, set, func(t *testing.T, b *shareBench) {
		b.hand()
		if len(b.asked) != 1 || len(b.handed) != 0 || b.asked[0][0].text != sentence(b.session.errs["check link"]) {
			t.Errorf("asked %v, handed on %v", b.asked, b.handed)
		}
	})
}

func TestDemoLinksAreNotDoubted(t *testing.T) {
	set := func(s *fakeSession) {
		s.links[1] = "http://127.0.0.1:4000/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R0001"
	}
	onShareBench(t, set, func(t *testing.T, b *shareBench) {
		b.work.demo = true
		b.hand()
		if len(b.handed) != 1 || len(b.asked) != 0 || b.invitationsBench.asked("check link") != 0 {
			t.Errorf("handed on %v, asked %v", b.handed, b.asked)
		}
	})
}

func TestLinkShownOnceIsNeverShared(t *testing.T) {
	set := func(s *fakeSession) { delete(s.links, 1) }
	onShareBench(t, set, func(t *testing.T, b *shareBench) {
		b.sharing.share(1, func(invitationRow, string) { t.Error("handed on") })
		b.wait()
		if b.invitationsBench.asked("check link") != 0 {
			t.Error("tried")
		}
	})
}

func TestSavedFilesHoldTheLink(t *testing.T) {
	for _, kind := range []sheet.Kind{sheet.PNG, sheet.SVG, sheet.PDF} {
		t.Run(kind.String(), func(t *testing.T) {
			onShareBench(t, nil, func(t *testing.T, b *shareBench) {
				folder := t.TempDir()
				path := filepath.Join(folder, fileName(b.row().Label, b.link, kind))
				if err := os.WriteFile(path, nil, 0o644); err != nil { // as Fyne's dialog leaves it
					t.Fatal(err)
				}
				b.save(b.row(), b.link, kind, path)
				if !b.saving() {
					t.Error("not under way")
				}
				b.wait()
				if b.note == nil || b.note.failed || b.note.path != path {
					t.Fatalf("%+v", b.note)
				}
				file, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := sheet.Read(kind, file); err != nil || len(got) != 1 || got[0] != b.link {
					t.Errorf("decoded %v, %v", got, err)
				}
				if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
				if left := names(t, folder); len(left) != 1 {
					t.Errorf("in the folder: %v", left)
				}
				if b.work.deps.Preferences.Get().Folder != folder {
					t.Error("the folder is not remembered")
				}
				b.open(path)
				if len(b.opened) != 1 || b.opened[0].Scheme != "file" || b.opened[0].Path != filepath.ToSlash(path) {
					t.Errorf("opened %v", b.opened)
				}
			})
		})
	}
}

// names are the files in a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestSaveAddsTheEnding(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		folder := t.TempDir()
		path := filepath.Join(folder, "card")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		b.save(b.row(), b.link, sheet.SVG, path)
		b.wait()
		if left := names(t, folder); b.note.failed || len(left) != 1 || left[0] != "card.svg" {
			t.Fatalf("%+v, in the folder: %v", b.note, left)
		}
		// A file that nobody named is not replaced.
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		b.save(b.row(), b.link, sheet.SVG, path)
		b.wait()
		if left := names(t, folder); !b.note.failed || b.note.text != t2("invite.share.why.exists") || len(left) != 1 {
			t.Errorf("%+v, in the folder: %v", b.note, left)
		}
	})
}

// t2 is t where a *testing.T hides it.
func t2(key string) string { return t(key) }

func TestFailedSaveLeavesNothing(t *testing.T) {
	empty := func(path string) error { return os.WriteFile(path, nil, 0o644) } // as Fyne's dialog leaves it
	for _, c := range []struct {
		name, why, label string
		set              func(path string) error
	}{
		{name: "gone", why: "gone", set: func(path string) error { return os.RemoveAll(filepath.Dir(path)) }},
		{name: "a folder", why: "other", set: func(path string) error { return os.MkdirAll(filepath.Join(path, "inside"), 0o700) }},
		{name: "no room", why: "room", label: strings.Repeat("a very long label ", 1000), set: empty},
	} {
		t.Run(c.name, func(t *testing.T) {
			onShareBench(t, nil, func(t *testing.T, b *shareBench) {
				folder := t.TempDir()
				path := filepath.Join(folder, "card.pdf")
				if err := c.set(path); err != nil {
					t.Fatal(err)
				}
				r := b.row()
				if c.label != "" {
					inv := *r.Invitation
					inv.Label = c.label
					r.Invitation = &inv
				}
				b.save(r, b.link, sheet.PDF, path)
				b.wait()
				if b.note == nil || !b.note.failed || b.note.text != t2("invite.share.why."+c.why) || b.note.path != "" {
					t.Errorf("%+v", b.note)
				}
				_ = filepath.WalkDir(folder, func(at string, e fs.DirEntry, err error) error {
					if err == nil && !e.IsDir() {
						t.Errorf("left behind: %s", at)
					}
					return nil
				})
				if b.work.deps.Preferences.Get().Folder != "" {
					t.Error("the folder is remembered")
				}
				b.dismiss()
				if b.note != nil {
					t.Error("still said")
				}
			})
		})
	}
}

func TestFailuresInPlainWords(t *testing.T) {
	seen := map[string]bool{}
	for _, err := range []error{
		sheet.ErrTooLong, sheet.ErrNoRoom, sheet.ErrDamaged, errExists, fs.ErrPermission, fs.ErrNotExist, errors.New("else"),
	} {
		text := shareFailure(err)
		if text == "" || strings.HasPrefix(text, "invite.") || seen[text] || strings.Contains(text, err.Error()) {
			t.Errorf("%v: %q", err, text)
		}
		seen[text] = true
	}
}

func TestPrintOpensTheCard(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.print(b.row(), b.link)
		b.wait()
		if len(b.opened) != 1 || b.note == nil || b.note.failed {
			t.Fatalf("opened %v, %+v", b.opened, b.note)
		}
		at := filepath.FromSlash(b.opened[0].Path)
		file, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sheet.Read(sheet.PDF, file); err != nil || got[0] != b.link {
			t.Errorf("decoded %v, %v", got, err)
		}
		inside, err := filepath.Rel(b.work.deps.PrintFolder, at)
		if err != nil || strings.HasPrefix(inside, "..") || strings.Contains(at, tokenOf(b.link)) {
			t.Errorf("made at %s", at)
		}
		for _, path := range []string{b.work.deps.PrintFolder, filepath.Dir(at), at} {
			if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm()&0o077 != 0) {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
	})
}

func TestPrintThatCannotBeOpened(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		b.work.deps.OpenURL = func(*url.URL) error { return errors.New("no program") }
		b.print(b.row(), b.link)
		b.wait()
		if b.note == nil || !b.note.failed || b.note.text != t2("invite.share.why.print") {
			t.Errorf("%+v", b.note)
		}
	})
}

func TestEmailDraft(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		t.Run(language, func(t *testing.T) {
			useLanguage(t, language)
			onShareBench(t, nil, func(t *testing.T, b *shareBench) {
				r := b.row()
				b.email(r, b.link)
				if len(b.opened) != 1 || b.note == nil || b.note.failed {
					t.Fatalf("opened %v, %+v", b.opened, b.note)
				}
				text := b.opened[0].String()
				if !strings.HasPrefix(text, "mailto:?subject=") || strings.ContainsAny(text, "+ \n\r\"'<>|^") || len(text) > draftLimit {
					t.Errorf("%d bytes: %s", len(text), text)
				}
				query, err := url.ParseQuery(b.opened[0].RawQuery)
				if err != nil || query.Get("subject") != b.title(r, b.link) ||
					strings.ReplaceAll(query.Get("body"), "\r\n", "\n") != b.message(r, b.link) || strings.Count(query.Get("body"), "\r\n") < 4 {
					t.Errorf("%q, %v", query, err)
				}
			})
		})
	}
}

func TestEmailDraftThatIsTooLong(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		r := b.row()
		inv := *r.Invitation
		inv.Entity = keys.Entity{ID: 9, Path: strings.Repeat("é", 300)}
		r.Invitation = &inv
		b.email(r, b.link) // too long with the entity's name, not without
		query, err := url.ParseQuery(b.opened[0].RawQuery)
		if err != nil || query.Get("body") != b.link || b.note.failed {
			t.Errorf("%q, %v, %+v", query, err, b.note)
		}
		b.email(r, b.link+strings.Repeat("x", draftLimit))
		if len(b.opened) != 1 || !b.note.failed {
			t.Errorf("opened %d, %+v", len(b.opened), b.note)
		}
	})
}

func TestNoMailProgram(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		// What a system says names the command, and with it the link.
		b.work.deps.OpenURL = func(at *url.URL) error { return errors.New("xdg-open " + at.String()) }
		b.email(b.row(), b.link)
		if !b.note.failed || !strings.Contains(b.log.String(), "draft") {
			t.Errorf("%+v, log %q", b.note, b.log)
		}
	})
}

func TestMessage(t *testing.T) {
	onShareBench(t, nil, func(t *testing.T, b *shareBench) {
		got := b.message(b.row(), b.link)
		want := "Join the helpdesk of Paris: open this link and fill in the form to get your account.\n\n" + b.link +
			"\n\nThe link works until 5 Dec 2026 18:00, UTC.\nIt is good for 28 people.\n\n" +
			"Whoever has the link can make an account: please do not pass it on."
		if got != want {
			t.Errorf("%s", got)
		}
		b.look(4) // not begun, no end, of the topmost entity
		b.wait()
		got = b.message(rowOf(b.find(4), testNow), b.detail(4).link)
		for _, part := range []string{"Join the helpdesk at helpdesk.example.com", "works from 1 Mar 2027 08:00, UTC", "60 people"} {
			if !strings.Contains(got, part) {
				t.Errorf("no %q in %s", part, got)
			}
		}
	})
}

func TestFileNames(t *testing.T) {
	const link = "https://helpdesk.example.com/plugins/glpikeys/front/join.php?i=7Q2Mk3vX9bT4LwYc8R0001"
	for label, want := range map[string]string{
		"New hires – Paris":          "New hires – Paris.pdf",
		`a/b\c:d*e?f"g<h>i|j`:        "a-b-c-d-e-f-g-h-i-j.pdf",
		"  two\nlines\t ":            "two lines.pdf",
		"ends with dots...":          "ends with dots.pdf",
		"":                           "invitation.pdf",
		"...":                        "invitation.pdf",
		"con":                        "invitation.pdf",
		"LPT1.old":                   "invitation.pdf",
		"COM10":                      "COM10.pdf",
		"../../etc/passwd":           "-..-etc-passwd.pdf",
		link:                         "invitation.pdf",
		"for 7Q2Mk3vX9bT4LwYc8R0001": "invitation.pdf",
		"right\u202eto left\u0000":   "rightto left.pdf",
		strings.Repeat("é", 200):     strings.Repeat("é", fileNameLength) + ".pdf",
	} {
		if got := fileName(label, link, sheet.PDF); got != want {
			t.Errorf("%q: %q, want %q", label, got, want)
		}
	}
}

func TestTokenOf(t *testing.T) {
	for link, want := range map[string]string{
		"https://a.example/plugins/glpikeys/front/join.php?i=ABC": "ABC",
		"https://a.example/plugins/glpikeys/front/join.php/ABC":   "ABC",
		"https://a.example/": "",
		"::":                 "",
	} {
		if got := tokenOf(link); got != want {
			t.Errorf("%s: %q", link, got)
		}
	}
}

func TestFileURL(t *testing.T) {
	for path, want := range map[string]string{
		"/home/ana/New hires – Paris.pdf": "file:///home/ana/New%20hires%20%E2%80%93%20Paris.pdf",
		"C:/Users/ana/50% #1.pdf":         "file:///C:/Users/ana/50%25%20%231.pdf",
	} {
		if got := fileURL(path).String(); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestBaseOf(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"http://localhost/plugins/glpikeys/front/join.php?i=x":             "http://localhost",
		"https://h.example:8443/glpi/plugins/glpikeys/front/join.php?i=x":  "https://h.example:8443/glpi",
		"https://h.example/a/b/marketplace/glpikeys/front/join.php?i=glpi": "https://h.example/a/b",
	} {
		if got := baseOf(link); got != want {
			t.Errorf("%s: %s", link, got)
		}
	}
}
