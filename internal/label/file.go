package label

import (
	"path"
	"strings"
)

// maxFile is how much of a file's name is kept, in code points: every file system takes it.
const maxFile = 120

// File makes anybody's name of a file one that harms nobody: no folders, nothing hidden, at most 120 code points with its
// extension kept, and "file" if nothing is left.
func File(name string) string {
	name = Clean(path.Base(strings.ReplaceAll(Clean(name), `\`, "/")))
	if strings.Trim(name, "./ ") == "" {
		return "file"
	}
	if runes := []rune(name); len(runes) > maxFile {
		extension := []rune(path.Ext(name))
		if len(extension) > maxFile/4 {
			extension = nil
		}
		name = string(runes[:maxFile-len(extension)]) + string(extension)
	}
	return name
}
