package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var embedded embed.FS

// Loader is the name of the script that a page includes; everything else is named with a hash of what is in it.
const Loader = "widget.js"

// Files are the built files, without a folder: Loader, the panel that it loads, and the languages that the panel loads.
func Files() fs.FS {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dist
}
