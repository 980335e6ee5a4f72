package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

var errForeign = errors.New("not written by this program")

// readSVG finds the codes in a drawing that SVG wrote: its paths.
func readSVG(file []byte) ([]shape, error) {
	var shapes []shape
	decoder := xml.NewDecoder(bytes.NewReader(file))
	for depth := 0; ; {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && len(shapes) > 0 && depth == 0:
			return shapes, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("no code in the drawing")
		case err != nil:
			return nil, err
		}
		switch token := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			if token.Name.Local != "path" {
				continue
			}
			found, err := pathShape(token)
			if err != nil {
				return nil, err
			}
			shapes = append(shapes, found)
		}
	}
}

// pathShape reads what placedCode.svg writes, and nothing else.
func pathShape(path xml.StartElement) (shape, error) {
	attributes := map[string]string{}
	for _, a := range path.Attr {
		attributes[a.Name.Local] = a.Value
	}
	var x, y, module float64
	if _, err := fmt.Sscanf(attributes["transform"], "translate(%g %g) scale(%g)", &x, &y, &module); err != nil ||
		attributes["fill"] != "#000000" {
		return nil, errForeign
	}
	var found shape
	for _, part := range strings.SplitAfter(attributes["d"], "z") {
		if part == "" {
			continue
		}
		var left, top, length, back int
		if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%dz", &left, &top, &length, &back); err != nil || back != length {
			return nil, errForeign
		}
		found = append(found, box{
			x + module*float64(left), y + module*float64(top),
			x + module*float64(left+length), y + module*float64(top+1),
		})
	}
	if len(found) == 0 {
		return nil, errForeign
	}
	return found, nil
}
