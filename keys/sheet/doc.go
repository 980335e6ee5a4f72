// Package sheet makes the things that carry an invitation's link out of the
// window: its QR code, and pages with that code and some words around it. A
// page is described once, in millimetres, and written as PDF, as SVG or as a
// picture, so that the preview on the screen is what comes out of the printer.
//
// Nothing is called saved before it has been read again: [Save] writes a file,
// reads it back from the disk, decodes its codes with another library than the
// one that made them, and only then gives it its name.
//
// A link is a secret: whoever has it can make an account. It stands in the
// codes and in the texts of these files, in nothing else: no error, no file's
// title, no String method holds it. Texts come from the caller, in the
// person's language.
package sheet
