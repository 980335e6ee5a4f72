package app

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"glpikeys/app/internal/task"
	"glpikeys/keys"
	"glpikeys/keys/sheet"
)

// sharing is the presenter of handing links on: what speaks against it, what is
// copied or sent, and the files that hold a link. A link stands in the code, in
// the texts that people copy or print, and in the address of an e-mail draft;
// in no file's name, no preference and no log.
type sharing struct {
	p *invitations

	checks   map[string]linkCheck // of links that were opened in this run
	checking string               // the link that is being opened, "" for none
	waiting  *sharePlan           // what goes on when it has been opened
	agreed   map[string]bool      // warnings that somebody saw, and shared nevertheless
	note     *shareNote           // how the last act ended
	copied   shareCopy            // for a moment, so that the button can say so

	onChange func()                                  // something of the above changed
	onAsk    func(warnings []warning, anyway func()) // asks before a doubtful link is handed on
}

// linkCheck is what opening a link showed.
type linkCheck struct {
	doubts  []keys.LinkDoubt
	failure error // why it could not be opened at all
}

// sharePlan is a way of sharing that waits for an invitation's link.
type sharePlan struct {
	id int
	do func(r invitationRow, link string)
}

// shareNote is how saving, printing or sending ended.
type shareNote struct {
	id          int // of the invitation
	failed      bool
	title, text string
	path        string // of a file that can be opened, "" for none
	told        bool   // on the status line, too
}

// shareCopy is what was put on the clipboard last.
type shareCopy uint8

const (
	nothingCopied shareCopy = iota
	linkCopied
	messageCopied
)

// warning is a reason to look before a link is handed on, and what to do.
type warning struct{ title, text string }

// The slots of the background work.
const (
	slotLinkCheck = "link check"
	slotShareFile = "share file"
	slotCopied    = "link copied"
)

const (
	// linkCheckTime is how long opening a link may take altogether: longer than
	// the client waits for an answer, which it then calls unreachable.
	linkCheckTime = 45 * time.Second
	// copiedTime is how long a button says that something was copied.
	copiedTime = 2 * time.Second
	// draftLimit is the longest address of an e-mail draft, in bytes: Windows
	// cuts what is over about 2,000.
	draftLimit = 1900
)

func newSharing(p *invitations) *sharing {
	s := &sharing{p: p}
	s.forget()
	s.detach()
	return s
}

// forget drops what is known of links, for another profile or entity.
func (s *sharing) forget() {
	s.p.work.tasks.Cancel(slotLinkCheck)
	s.checks, s.agreed = map[string]linkCheck{}, map[string]bool{}
	s.checking, s.waiting, s.note = "", nil, nil
}

// detach lets go of a view.
func (s *sharing) detach() {
	s.onChange, s.onAsk = func() {}, func([]warning, func()) {}
}

// created opens a new link once, so that doubts show before anybody has it. GLPI
// counts that as opened.
func (s *sharing) created(link string) {
	if link != "" {
		s.check(link)
	}
}

// check opens a link as anybody would, unless that was done in this run. The
// demo's links work nowhere else, which is no surprise.
func (s *sharing) check(link string) {
	_, known := s.checks[link]
	if known || s.checking == link || s.p.work.demo {
		return
	}
	s.checking = link
	session := s.p.work.session
	task.Run(s.p.work.tasks, slotLinkCheck, func(ctx context.Context) ([]keys.LinkDoubt, error) {
		ctx, cancel := context.WithTimeout(ctx, linkCheckTime)
		defer cancel()
		return session.CheckLink(ctx, link)
	}, func(doubts []keys.LinkDoubt, err error) {
		if err != nil {
			s.p.work.deps.Log.Warn("could not open an invitation's link", "error", err)
		}
		s.checks[link] = linkCheck{doubts, err}
		s.checking = ""
		plan := s.waiting
		s.waiting = nil
		s.onChange()
		if plan != nil && plan.id == s.p.at { // else somebody went on to another
			s.share(plan.id, plan.do)
		}
	})
	s.onChange()
}

// cancelCheck gives up opening a link, and what waits for it.
func (s *sharing) cancelCheck() {
	s.p.work.tasks.Cancel(slotLinkCheck)
	s.checking, s.waiting = "", nil
	s.onChange()
}

// share hands an invitation's link to do, once it was opened in this run and
// somebody has seen what speaks against it.
func (s *sharing) share(id int, do func(r invitationRow, link string)) {
	inv, link := s.p.find(id), s.p.detail(id).link
	if inv == nil || link == "" {
		return
	}
	if _, known := s.checks[link]; !known && !s.p.work.demo {
		s.waiting = &sharePlan{id, do}
		s.check(link)
		s.onChange()
		return
	}
	r := rowOf(inv, s.p.work.deps.Now())
	warnings := s.warnings(r, link)
	key := agreement(r, warnings)
	if len(warnings) == 0 || s.agreed[key] {
		do(r, link)
		return
	}
	s.onAsk(warnings, func() {
		s.agreed[key] = true
		do(r, link)
	})
}

// agreement is what somebody agrees to: doubts about the server hold for all of
// its links, that one of them is over for this one only.
func agreement(r invitationRow, warnings []warning) string {
	var key strings.Builder
	if shareless(r.state) {
		key.WriteString(r.UUID)
	}
	for _, w := range warnings {
		key.WriteString("\n" + w.title + "\n" + w.text)
	}
	return key.String()
}

// shareless reports whether a link is over.
func shareless(s keys.InvitationState) bool { return !s.Open() && s != keys.InvitationScheduled }

// doubts are those that opening the link showed, or, before that, those that
// its address alone raises.
func (s *sharing) doubts(link string) []keys.LinkDoubt {
	if s.p.work.demo {
		return nil
	}
	if check, known := s.checks[link]; known && check.failure == nil {
		return check.doubts
	}
	return keys.LinkDoubts(link, s.p.work.facts.Web())
}

// warnings are what speaks against handing a link on.
func (s *sharing) warnings(r invitationRow, link string) []warning {
	var out []warning
	if shareless(r.state) {
		what := "invite.share.over.extend"
		if r.state == keys.InvitationRevoked {
			what = "invite.share.over.restore"
		}
		out = append(out, warning{t("invite.share.over", map[string]any{"State": invitationWord(r.state)}), t(what)})
	}
	data := map[string]any{"Host": hostOf(link), "Here": hostOf(s.p.work.facts.Web()), "Base": baseOf(link)}
	for _, d := range s.doubts(link) {
		out = append(out, warning{t("invite.share.doubt."+string(d), data), t("invite.share.doubt."+string(d)+".do", data)})
	}
	if check := s.checks[link]; check.failure != nil {
		out = append(out, warning{t("invite.share.unchecked"), sentence(check.failure)})
	}
	return out
}

// baseOf is what GLPI takes for its own address when it makes links like this:
// "http://localhost/glpi".
func baseOf(link string) string {
	at := parse(link)
	folder, _, _ := strings.Cut(at.Path, "/glpikeys/front/") // of plugins
	return at.Scheme + "://" + at.Host + strings.TrimSuffix(path.Dir(folder), "/")
}

// copiedNow notes what is on the clipboard now, for a moment.
func (s *sharing) copiedNow(what shareCopy) {
	s.copied = what
	task.Run(s.p.work.tasks, slotCopied, pause(copiedTime), func(struct{}, error) {
		s.copied = nothingCopied
		s.onChange()
	})
	s.onChange()
}

// title is what people who get a link are invited to. The name of the topmost
// entity is GLPI's own more often than not, so that the server's is better.
func (s *sharing) title(r invitationRow, link string) string {
	if r.Entity.ID == 0 {
		return t("invite.share.title_at", map[string]any{"Host": hostOf(link)})
	}
	return t("invite.share.title_of", map[string]any{"Name": r.Entity.Name()})
}

// moment is a time in the server's zone, which it names.
func (s *sharing) moment(at time.Time) string {
	zone := s.p.zoneOf()
	return t("invite.share.moment", map[string]any{"Moment": momentText(at, zone), "Zone": zoneText(at.In(zone))})
}

// message is a short text that invites people, in the window's language.
func (s *sharing) message(r invitationRow, link string) string {
	text := t("invite.share.message", map[string]any{"Title": s.title(r, link), "Link": link})
	if terms := s.terms(r, left(r.Invitation)); len(terms) > 0 {
		text += "\n\n" + strings.Join(terms, "\n")
	}
	return text + "\n\n" + t("invite.share.message_secret")
}

// terms are when a link works and for how many: n, if it counts at all.
func (s *sharing) terms(r invitationRow, n int) []string {
	var out []string
	if r.Begin.After(r.now) {
		out = append(out, t("invite.share.from", map[string]any{"Moment": s.moment(r.Begin)}))
	}
	if !r.End.IsZero() {
		out = append(out, t("invite.share.until", map[string]any{"Moment": s.moment(r.End)}))
	}
	if r.MaxUses > 0 {
		out = append(out, tn("invite.share.people", n, map[string]any{"N": formatCount(n)}))
	}
	return out
}

// card is what is printed. It says for how many the link was made, since nobody
// prints it again after each use.
func (s *sharing) card(r invitationRow, link string) (sheet.Card, error) {
	code, err := sheet.NewCode(link, sheet.Medium)
	return sheet.Card{
		Title: s.title(r, link), Label: r.Label, Code: code, Note: strings.Join(s.terms(r, r.MaxUses), "\n"),
	}, err
}

// shareFile makes the bytes of a file that holds the card's link: the card, or
// its code alone.
func shareFile(kind sheet.Kind, card sheet.Card, fonts sheet.Fonts) ([]byte, error) {
	switch kind {
	case sheet.PNG:
		return card.Code.PNG(sheet.DefaultPixels)
	case sheet.SVG:
		return card.Code.SVG(), nil
	}
	page, err := card.Page(fonts)
	if err != nil {
		return nil, err
	}
	return page.PDF()
}

// saving reports whether a file is being written.
func (s *sharing) saving() bool { return s.p.work.tasks.Busy(slotShareFile) }

// errExists is a file that was not named, and would be replaced.
var errExists = errors.New("there is such a file")

// save writes the link's code at path and tells once it was read again. Whoever
// chose the path may have left an empty file there, which does not stay.
func (s *sharing) save(r invitationRow, link string, kind sheet.Kind, path string) {
	s.write(r, link, kind, func(file []byte) (string, error) {
		path, err := withEnding(path, kind)
		if err == nil {
			err = sheet.Save(path, kind, file, link)
		}
		return path, err
	}, func(saved string, err error) {
		if err != nil {
			dropEmpty(path)
			s.fail(r.ID, t("invite.share.unsaved"), err)
			return
		}
		if saved != path {
			dropEmpty(path)
		}
		s.note = &shareNote{
			id: r.ID, path: saved,
			title: t("invite.share.saved", map[string]any{"Name": filepath.Base(saved)}), text: t("invite.share.saved_text"),
		}
		s.rememberFolder(filepath.Dir(saved))
	})
}

// print makes the card in a folder of the program's own and opens it in the
// program for PDF files: Fyne cannot print.
func (s *sharing) print(r invitationRow, link string) {
	folder := s.p.work.deps.PrintFolder
	s.write(r, link, sheet.PDF, func(file []byte) (string, error) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
		own, err := os.MkdirTemp(folder, "card-") // mode 0700
		if err != nil {
			return "", err
		}
		path := filepath.Join(own, fileName(r.Label, link, sheet.PDF))
		if err := sheet.Save(path, sheet.PDF, file, link); err != nil {
			return "", errors.Join(err, os.Remove(own))
		}
		return path, nil
	}, func(path string, err error) {
		if err != nil {
			s.fail(r.ID, t("invite.share.unprinted"), err)
			return
		}
		if err := s.p.work.deps.OpenURL(fileURL(path)); err != nil {
			s.fail(r.ID, t("invite.share.unprinted"), err)
			s.note.text = t("invite.share.why.print")
			return
		}
		s.note = &shareNote{id: r.ID, title: t("invite.share.printed"), text: t("invite.share.printed_text")}
	})
}

// write makes a file in the background. done tells how it ended on the window's
// goroutine.
func (s *sharing) write(r invitationRow, link string, kind sheet.Kind, save func(file []byte) (path string, err error), done func(path string, err error)) {
	s.note = nil
	card, err := s.card(r, link)
	fonts := cardFonts() // here: texts and theme are the window's
	task.Run(s.p.work.tasks, slotShareFile, func(context.Context) (string, error) {
		if err != nil {
			return "", err
		}
		file, err := shareFile(kind, card, fonts)
		if err != nil {
			return "", err
		}
		return save(file)
	}, func(path string, err error) {
		done(path, err)
		s.onChange()
	})
	s.onChange()
}

// fail tells why something was not done.
func (s *sharing) fail(id int, title string, err error) {
	s.p.work.deps.Log.Warn("could not share an invitation", "id", id, "error", err)
	s.note = &shareNote{id: id, failed: true, title: title, text: shareFailure(err)}
}

// shareFailure says why no file could be made, and what to do.
func shareFailure(err error) string {
	switch {
	case errors.Is(err, sheet.ErrTooLong), errors.Is(err, sheet.ErrNotALink):
		return t("invite.share.why.link")
	case errors.Is(err, sheet.ErrNoRoom):
		return t("invite.share.why.room")
	case errors.Is(err, sheet.ErrDamaged):
		return t("invite.share.why.damaged")
	case errors.Is(err, errExists):
		return t("invite.share.why.exists")
	case errors.Is(err, syscall.ENOSPC):
		return t("invite.share.why.full")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return t("invite.share.why.permission")
	case errors.Is(err, fs.ErrNotExist):
		return t("invite.share.why.gone")
	default:
		return t("invite.share.why.other")
	}
}

// withEnding gives a file that was named without it the ending of its kind. It
// never replaces a file that nobody named.
func withEnding(path string, kind sheet.Kind) (string, error) {
	ending := "." + kind.String()
	if strings.EqualFold(filepath.Ext(path), ending) {
		return path, nil
	}
	path += ending
	if _, err := os.Lstat(path); err == nil {
		return path, errExists
	}
	return path, nil
}

// dropEmpty removes a file if nothing is in it.
func dropEmpty(path string) {
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		_ = os.Remove(path)
	}
}

// rememberFolder keeps where files were saved last.
func (s *sharing) rememberFolder(folder string) {
	deps := s.p.work.deps
	if deps.Preferences.Get().Folder == folder {
		return
	}
	if err := deps.Preferences.Update(func(p *PreferencesData) { p.Folder = folder }); err != nil {
		deps.Log.Warn("could not save preferences", "error", err)
	}
}

// open shows a saved file, or its folder, in the program that the system has
// for it.
func (s *sharing) open(path string) {
	if err := s.p.work.deps.OpenURL(fileURL(path)); err != nil {
		s.fail(s.p.at, t("invite.share.unopened"), err)
		s.note.text = t("invite.share.why.open")
		s.onChange()
	}
}

// dismiss forgets how the last act ended.
func (s *sharing) dismiss() {
	s.note = nil
	s.onChange()
}

// email opens a draft in the mail program. The link stands in an argument of
// that program, which other users of this computer may be able to see.
func (s *sharing) email(r invitationRow, link string) {
	draft, ok := mailDraft(s.title(r, link), s.message(r, link))
	if !ok {
		draft, ok = mailDraft(t("invite.share.subject"), link)
	}
	if !ok {
		s.note = &shareNote{id: r.ID, failed: true, title: t("invite.share.unsent"), text: t("invite.share.why.long")}
	} else if err := s.p.work.deps.OpenURL(draft); err != nil {
		// Not the error itself: it names the command with the link.
		s.p.work.deps.Log.Warn("no program opened an e-mail draft", "id", r.ID)
		s.note = &shareNote{id: r.ID, failed: true, title: t("invite.share.unsent"), text: t("invite.share.why.mail")}
	} else {
		s.note = &shareNote{id: r.ID, title: t("invite.share.sent"), text: t("invite.share.sent_text")}
	}
	s.onChange()
}

// mailDraft is the address that opens a draft (RFC 6068); false when it is too
// long for some system.
func mailDraft(subject, body string) (*url.URL, bool) {
	encode := func(text string) string {
		text = strings.ReplaceAll(text, "\n", "\r\n")
		return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	}
	draft := &url.URL{Scheme: "mailto", RawQuery: "subject=" + encode(subject) + "&body=" + encode(body)}
	return draft, len(draft.String()) <= draftLimit
}

// fileURL is the address of a file on this computer.
func fileURL(path string) *url.URL {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	return &url.URL{Scheme: "file", Path: path}
}

// fileNameLength is how many characters of a label a file's name takes.
const fileNameLength = 80

// fileName is what a file is called unless somebody says otherwise: the
// invitation's label without what Windows refuses, and never its secret.
func fileName(label, link string, kind sheet.Kind) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r):
			return '-'
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, strings.Join(strings.Fields(label), " "))
	if runes := []rune(name); len(runes) > fileNameLength {
		name = string(runes[:fileNameLength])
	}
	name = strings.Trim(name, ". ")
	if stem, _, _ := strings.Cut(name, "."); name == "" || reservedName(stem) || holdsSecret(label, link) {
		name = "invitation"
	}
	return name + "." + kind.String()
}

// holdsSecret reports whether a label repeats the secret part of a link.
func holdsSecret(label, link string) bool {
	secret := cmp.Or(tokenOf(link), link)
	return secret != "" && strings.Contains(label, secret)
}

// tokenOf is the secret part of a link: the value of i, or what follows the
// page.
func tokenOf(link string) string {
	at, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return cmp.Or(at.Query().Get("i"), at.Path[strings.LastIndex(at.Path, "/")+1:])
}

// reservedName reports whether Windows keeps a name for a device.
func reservedName(name string) bool {
	name = strings.ToUpper(strings.TrimSpace(name))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, name) {
		return true
	}
	port, found := strings.CutPrefix(name, "COM")
	if !found {
		port, found = strings.CutPrefix(name, "LPT")
	}
	return found && len(port) == 1 && port >= "0" && port <= "9"
}
