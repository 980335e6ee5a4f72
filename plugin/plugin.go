// Package plugin carries the GLPI plugin "glpikeys" and packs it as the zip
// archive that is unpacked into GLPI's folder "plugins" or "marketplace".
package plugin

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"time"
)

// Name is the plugin's key: GLPI wants its folder to have exactly this name.
const Name = "glpikeys"

// What GLPI needs, by name: the tests beside it stay at home. A test compares
// this list with the folder.
//
//go:embed glpikeys/LICENSE glpikeys/setup.php glpikeys/hook.php
//go:embed glpikeys/front glpikeys/inc glpikeys/locales glpikeys/public glpikeys/src glpikeys/templates
var files embed.FS

var version = regexp.MustCompile(`define\('PLUGIN_GLPIKEYS_VERSION', '([0-9.]+)'\)`)

// Version is the plugin's own version, as its setup.php tells GLPI.
func Version() (string, error) {
	setup, err := files.ReadFile(Name + "/setup.php")
	if err != nil {
		return "", err
	}
	found := version.FindSubmatch(setup)
	if found == nil {
		return "", fmt.Errorf("plugin: no version in %s/setup.php", Name)
	}
	return string(found[1]), nil
}

// Pack writes the archive. The same source always gives the same bytes, so
// that anybody can check a published archive against the source.
func Pack(to io.Writer) error {
	archive := zip.NewWriter(to)
	err := fs.WalkDir(files, Name, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(archive, file)
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

func add(archive *zip.Writer, file string) error {
	content, err := files.ReadFile(file)
	if err != nil {
		return err
	}
	header := &zip.FileHeader{
		Name:     file,
		Method:   zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	header.SetMode(0o644)
	writer, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = writer.Write(content)
	return err
}
