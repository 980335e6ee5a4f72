package connection

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"glpikeys/app/internal/jsonfile"
	"glpikeys/keys"
)

// KeyTexts keeps the texts of registration keys on this computer. They are too
// long for some keyrings, so they stand in one file, each text encrypted by
// itself (AES-256-GCM), and the keyring holds the 32 bytes that open the file.
// A text is known by the connection it was kept for and by its fingerprint,
// both of which stand in the file in clear: an ID is random, and a fingerprint
// stands in GLPI too.
//
// What cannot be saved is kept for this run of the program, and written
// together with the next text that can. A file that cannot be read is never
// overwritten: it gets another name.
//
// KeyTexts may be used from several goroutines, and several instances of the
// program may share the file. Load and Save may wait until a person has
// unlocked the keyring, as Keyring does; Delete and List use the disk. Errors
// are *keys.Problem and hold no text.
type KeyTexts struct {
	path    string
	keyring *Keyring
	unsaved MemoryKeyTexts
}

// NewKeyTexts keeps texts in the file at path, which is made when it is
// needed, and its key in keyring.
func NewKeyTexts(path string, keyring *Keyring) *KeyTexts {
	return &KeyTexts{path: path, keyring: keyring}
}

// textFile is the file's outermost object.
type textFile struct {
	Version int         `json:"version"`
	Key     string      `json:"key"` // ID of the key that opens the texts
	Texts   sealedTexts `json:"texts"`
}

const textFileVersion = 1

// keyLost is what the name of a file ends in that was set aside because the
// keyring no longer holds what opens it.
const keyLost = "key-lost"

// sealedTexts are encrypted texts as base64, by connection and fingerprint.
type sealedTexts map[string]map[string]string

// UnmarshalJSON takes nothing that it would lose with the next change.
func (s *sealedTexts) UnmarshalJSON(data []byte) error {
	var texts map[string]map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("no encrypted texts: %v", err)
	}
	*s = texts
	return nil
}

func (s sealedTexts) put(connection, fingerprint, sealed string) {
	if s[connection] == nil {
		s[connection] = map[string]string{}
	}
	s[connection][fingerprint] = sealed
}

const (
	opLoadText   = "load key text"
	opSaveText   = "save key text"
	opDeleteText = "delete key text"
	opListTexts  = "list key texts"
)

// Load is false when no text with that fingerprint is kept for the connection.
// The cause is KeyTextsDamaged when the file or the text in it was changed,
// KeyTextsLost when the keyring no longer holds what opens the file, a Keyring…
// cause or Canceled when it could not be asked, else FileFailed. Nothing is
// changed by a Load.
func (k *KeyTexts) Load(ctx context.Context, connection, fingerprint string) (keys.KeyText, bool, error) {
	if text, ok, _ := k.unsaved.Load(ctx, connection, fingerprint); ok {
		return text, true, nil
	}
	f, err := k.read(opLoadText)
	if err != nil {
		return keys.KeyText{}, false, err
	}
	sealed, ok := f.Texts[connection][fingerprint]
	if !ok {
		return keys.KeyText{}, false, nil
	}
	box, err := k.box(ctx, opLoadText, f.Key)
	if err != nil {
		return keys.KeyText{}, false, err
	}
	if box == nil {
		return keys.KeyText{}, false, &keys.Problem{Op: opLoadText, Cause: keys.KeyTextsLost, Detail: k.path}
	}
	text, err := unseal(box, connection, fingerprint, sealed)
	if err != nil {
		return keys.KeyText{}, false, &keys.Problem{Op: opLoadText, Cause: keys.KeyTextsDamaged, Detail: k.path, Err: err}
	}
	return text, true, nil
}

// Save keeps text for the connection. A fingerprint that is not the text's is
// refused with cause KeyMismatch.
//
// With these causes the text is kept nevertheless. KeyTextUnsaved: for this run
// only; Err is the problem that stood in the way, such as KeyringAbsent.
// KeyTextsDamaged and KeyTextsLost: the text is in a new file, but those of the
// earlier file are out of reach; Detail is the name that it has now.
func (k *KeyTexts) Save(ctx context.Context, connection, fingerprint string, text keys.KeyText) error {
	_, before, _ := k.unsaved.Load(ctx, connection, fingerprint)
	if err := k.unsaved.Save(ctx, connection, fingerprint, text); err != nil {
		return err
	}
	written := k.unsaved.all()
	aside, err := k.write(ctx, written)
	switch {
	case keys.CauseOf(err) == keys.Canceled:
		if !before {
			_ = k.unsaved.Delete(connection, fingerprint)
		}
		return err
	case err != nil:
		return &keys.Problem{Op: opSaveText, Cause: keys.KeyTextUnsaved, Err: err}
	}
	for id := range written {
		_ = k.unsaved.Delete(id.connection, id.fingerprint)
	}
	return aside
}

// Delete forgets a text. Nothing to forget is no error. It does not need the
// keyring. Causes are KeyTextsDamaged, with nothing changed, and FileFailed.
func (k *KeyTexts) Delete(connection, fingerprint string) error {
	_ = k.unsaved.Delete(connection, fingerprint)
	f, err := k.read(opDeleteText)
	if err != nil {
		return err
	}
	if _, ok := f.Texts[connection][fingerprint]; !ok {
		return nil
	}
	f = textFile{}
	err = jsonfile.Update(k.path, &f, func() error {
		if err := k.newer(opDeleteText, f); err != nil {
			return err
		}
		delete(f.Texts[connection], fingerprint)
		if len(f.Texts[connection]) == 0 {
			delete(f.Texts, connection)
		}
		return nil
	})
	return k.problem(opDeleteText, err)
}

// Forget deletes all texts of a connection, also those whose key was lost, and
// with the last text of all the key in the keyring, too. Nothing to forget is
// no error. Causes are KeyTextsDamaged, with the damaged file left as
// it is, FileFailed, and a Keyring… cause or Canceled when the texts are gone
// and the key that opened them is not.
func (k *KeyTexts) Forget(ctx context.Context, connection string) error {
	if _, err := k.read(opDeleteText); err != nil {
		if keys.CauseOf(err) == keys.KeyTextsDamaged { // the next save would write them into a new file
			k.unsaved.forget(connection)
		}
		return err
	}
	beside, err := filesBeside(k.path)
	if err != nil {
		return k.problem(opDeleteText, err)
	}
	for _, path := range beside {
		if strings.HasSuffix(path, "."+keyLost) {
			if err := forgetIn(path, connection); err != nil {
				return k.problem(opDeleteText, err)
			}
		}
	}
	key, err := k.forget(connection)
	if err != nil {
		return err
	}
	k.unsaved.forget(connection)
	if key == "" {
		return nil
	}
	return k.keyring.Delete(ctx, keyItem(key))
}

// forget deletes the texts of a connection from the file, and gives the ID of
// the file's key when there is nothing left for it to open.
func (k *KeyTexts) forget(connection string) (key string, err error) {
	if _, err := os.Stat(k.path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	var f textFile
	err = jsonfile.Update(k.path, &f, func() error {
		if err := k.newer(opDeleteText, f); err != nil {
			return err
		}
		delete(f.Texts, connection)
		if len(f.Texts) == 0 {
			key, f.Key = f.Key, "" // another instance must not go on with it
		}
		return nil
	})
	return key, k.problem(opDeleteText, err)
}

// forgetIn deletes the texts of a connection from a file that was set aside. One
// that cannot be read stays for somebody to look at.
func forgetIn(path, connection string) error {
	var f textFile
	if err := jsonfile.Read(path, &f); err != nil || f.Texts[connection] == nil {
		return nil
	}
	if len(f.Texts) == 1 {
		return os.Remove(path)
	}
	return jsonfile.Update(path, &f, func() error { delete(f.Texts, connection); return nil })
}

// List is the fingerprints of all texts kept for the connection, sorted. It
// does not need the keyring, so it cannot tell whether the texts can be opened.
// Beside an error, KeyTextsDamaged or FileFailed, it lists those of this run.
func (k *KeyTexts) List(connection string) ([]string, error) {
	list, _ := k.unsaved.List(connection)
	f, err := k.read(opListTexts)
	if err != nil {
		return list, err
	}
	list = slices.AppendSeq(list, maps.Keys(f.Texts[connection]))
	slices.Sort(list)
	return slices.Compact(list), nil
}

// attempts are how often write starts again because another instance of the
// program has begun a new file meanwhile.
const attempts = 5

// errOtherKey says that the file is not the one that was looked at before.
var errOtherKey = errors.New("another program has begun a new file")

// write encrypts texts into the file. aside tells that the earlier file had to
// be set aside, err that nothing was written.
//
// Every file has a key with an ID of its own, which is in the keyring before
// the file names it and is never replaced there. So of two instances that begin
// a file at once one finds the other's in its place, and starts again with that
// one's key.
func (k *KeyTexts) write(ctx context.Context, texts map[textID]keys.KeyText) (aside, err error) {
	err = errOtherKey
	for n := 0; n < attempts && errors.Is(err, errOtherKey); n++ {
		aside, err = k.tryWrite(ctx, texts)
	}
	return aside, k.problem(opSaveText, err)
}

func (k *KeyTexts) tryWrite(ctx context.Context, texts map[textID]keys.KeyText) (aside, err error) {
	var before textFile
	if before, err = k.read(opSaveText); err != nil && keys.CauseOf(err) != keys.KeyTextsDamaged {
		return nil, err
	}
	id, box := before.Key, cipher.AEAD(nil)
	if id != "" {
		if box, err = k.box(ctx, opSaveText, id); err != nil {
			return nil, err
		}
	}
	if box == nil {
		if id, box, err = k.newBox(ctx); err != nil {
			return nil, err
		}
	}
	var f textFile
	err = jsonfile.Update(k.path, &f, func() error {
		if err := k.newer(opSaveText, f); err != nil {
			return err
		}
		switch {
		case f.Key == id, f.Key == "" && before.Key == "" && len(f.Texts) == 0:
		case f.Key != before.Key:
			return errOtherKey
		default:
			to, err := jsonfile.SetAside(k.path, keyLost)
			if err != nil {
				return err
			}
			aside = &keys.Problem{Op: opSaveText, Cause: keys.KeyTextsLost, Detail: to}
			f = textFile{}
		}
		f.Version, f.Key = max(f.Version, textFileVersion), id
		if f.Texts == nil {
			f.Texts = sealedTexts{}
		}
		for at, text := range texts {
			f.Texts.put(at.connection, at.fingerprint, seal(box, at, text))
		}
		return nil
	})
	if jsonfile.Moved(err) {
		aside, err = k.problem(opSaveText, err), nil
	}
	if err != nil {
		if id != before.Key { // nobody will ever ask for the new key
			k.dropKey(ctx, id)
		}
		return nil, err
	}
	return aside, nil
}

// read is the file as it stands; one that does not exist is empty.
func (k *KeyTexts) read(op string) (textFile, error) {
	var f textFile
	err := jsonfile.Read(k.path, &f)
	if err == nil {
		err = k.newer(op, f)
	}
	if err != nil {
		return textFile{}, k.problem(op, err)
	}
	return f, nil
}

// newer refuses a file whose rules this version does not know.
func (k *KeyTexts) newer(op string, f textFile) error {
	if f.Version <= textFileVersion {
		return nil
	}
	return &keys.Problem{
		Op: op, Cause: keys.FileFailed, Detail: k.path,
		Err: errors.New("written by a newer version of the program"),
	}
}

func (k *KeyTexts) problem(op string, err error) error {
	var damaged *jsonfile.DamagedError
	if !errors.As(err, &damaged) {
		return fileProblem(op, k.path, err)
	}
	path := damaged.Path
	if damaged.MovedTo != "" {
		path = damaged.MovedTo
	}
	return &keys.Problem{Op: op, Cause: keys.KeyTextsDamaged, Detail: path, Err: damaged}
}

// keyItem is the keyring's name for the key of a file.
func keyItem(id string) string { return "keytexts-" + id }

const keyBytes = 32

// box opens and closes texts with the key that has this ID; nil when the
// keyring does not hold it, or holds something else in its place.
func (k *KeyTexts) box(ctx context.Context, op, id string) (cipher.AEAD, error) {
	var item string
	err := k.keyring.call(ctx, op, func() (err error) {
		item, err = k.keyring.ring.Get(keyringService, keyItem(id))
		return unlessNotFound(err)
	}, nil)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(item)
	if err != nil || len(key) != keyBytes {
		return nil, nil
	}
	return boxOf(key)
}

// newBox puts a new key into the keyring, and makes sure that it is there.
func (k *KeyTexts) newBox(ctx context.Context) (id string, box cipher.AEAD, err error) {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	// No results of this function below: a call that was given up goes on.
	newID, item := NewID(), base64.StdEncoding.EncodeToString(key)
	err = k.keyring.call(ctx, opSaveText,
		func() error {
			if err := k.keyring.ring.Set(keyringService, keyItem(newID), item); err != nil {
				return err
			}
			back, err := k.keyring.ring.Get(keyringService, keyItem(newID))
			if err == nil && back != item {
				err = errors.New("the keyring does not give back what it was given")
			}
			return err
		},
		func() { _ = k.keyring.ring.Delete(keyringService, keyItem(newID)) })
	if err != nil {
		return "", nil, err
	}
	box, err = boxOf(key)
	return newID, box, err
}

// dropKey takes a key that was never used out of the keyring again. The caller
// may have given up, so this goes on for a moment of its own.
func (k *KeyTexts) dropKey(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = k.keyring.Delete(ctx, keyItem(id))
}

// boxOf takes a new random nonce for every text that it closes.
func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func seal(box cipher.AEAD, at textID, text keys.KeyText) string {
	return base64.StdEncoding.EncodeToString(box.Seal(nil, nil, []byte(text.Reveal()), at.bound()))
}

func unseal(box cipher.AEAD, connection, fingerprint, sealed string) (keys.KeyText, error) {
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return keys.KeyText{}, errors.New("not base64")
	}
	text, err := box.Open(nil, nil, data, textID{connection, fingerprint}.bound())
	if err != nil {
		return keys.KeyText{}, err
	}
	return keys.NewKeyText(string(text)), nil
}

// bound is what a text is encrypted together with: moved to another place in
// the file, it does not open.
func (id textID) bound() []byte {
	return []byte("GLPI Keys, key text 1\x00" + id.connection + "\x00" + id.fingerprint)
}
