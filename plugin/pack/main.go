// Command pack writes the GLPI plugin's zip archive into a folder and prints
// its name: go run ./plugin/pack build
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"glpikeys/plugin"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pack FOLDER")
		os.Exit(2)
	}
	name, err := write(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(name)
}

func write(folder string) (string, error) {
	version, err := plugin.Version()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	name := filepath.Join(folder, plugin.Name+"-"+version+".zip")
	file, err := os.Create(name)
	if err != nil {
		return "", err
	}
	if err := plugin.Pack(file); err != nil {
		file.Close()
		return "", err
	}
	return name, file.Close()
}
