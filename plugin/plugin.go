// Package plugin carries the GLPI plugin "glpikeys" and packs it as the zip
// archive that is unpacked into GLPI's folder "plugins" or "marketplace".
package plugin

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"
)

// Name is the plugin's key: GLPI wants its folder to have exactly this name.
const Name = "glpikeys"

// Folders that are left out of the archive serve development only.
var left = map[string]bool{"tests": true}

// all: also what begins with "_" or "."; there is none today, and a file that
// silently goes missing would be a hard fault to find.
//
//go:embed all:glpikeys
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
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if left[strings.TrimPrefix(file, Name+"/")] {
				return fs.SkipDir
			}
			return nil
		case !wanted(file):
			return nil
		}
		return add(archive, file)
	})
	if err != nil {
		return err
	}
	return archive.Close()
}

func wanted(file string) bool {
	base := path.Base(file)
	return base != "phpunit.xml" && !strings.HasPrefix(base, ".")
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
