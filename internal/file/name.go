package file

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
)

const (
	// maxName is the longest file name, in code points: platforms take more, people don't read more.
	maxName = 100
	// maxExtension is how long an ending may be to count as an extension, the dot included.
	maxExtension = 16
)

// CleanName makes a file name of what somebody says that a file is called: no path, nothing that is invisible or turns the
// reading direction ("exe.gpj" must not look like "jpg.exe"), nothing that means something to a file system or a header, at
// most 100 code points of which the last are the extension. A name of which nothing is left is "file" with the extension of
// the type.
func CleanName(name, mime string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(cleanRune, name)
	name = strings.Join(strings.FieldsFunc(name, unicode.IsSpace), " ")
	name = strings.TrimLeft(name, ". ")
	name = strings.TrimRight(name, ". ")
	extension := path.Ext(name)
	if utf8.RuneCountInString(extension) > maxExtension {
		extension = ""
	}
	stem := []rune(strings.TrimSuffix(name, extension))
	if len(stem) == 0 {
		return "file" + extensionOf(mime)
	}
	if most := maxName - utf8.RuneCountInString(extension); len(stem) > most {
		stem = stem[:most]
	}
	return strings.TrimRight(string(stem), ". ") + extension
}

// cleanRune answers -1 for what is dropped.
func cleanRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != zeroWidthJoiner, unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	default:
		return r
	}
}

// zeroWidthJoiner holds emoji of several parts together; it is the one invisible character that names need.
const zeroWidthJoiner = '\u200d'

// extensionOf is the usual extension of a type, empty for none.
func extensionOf(mime string) string {
	if known := mimetype.Lookup(mime); known != nil {
		return known.Extension()
	}
	return ""
}
