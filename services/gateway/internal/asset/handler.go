package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/web"
)

const (
	// Folder is where everything but the loader is served.
	Folder = "/widget/"
	// Script is the loader's name for pages: it stays, so it is asked for again after a while.
	Script = "/" + web.Loader
	// stable is the panel's name for loaders of another release, whose own panel is gone.
	stable = "panel.js"
	// whileFresh is for how long a browser does not ask whether a name that stays has something new, in seconds.
	whileFresh = 300
)

// file is a built file, and the same compressed: it never changes, so that is done once.
type file struct {
	content, zipped []byte
	mime, tag       string
	immutable       bool
}

// Handler serves the files; mount it on what Patterns answers.
type Handler struct {
	files map[string]file // by path
	// Hashed is the loader's other address, which always means this very release.
	Hashed string
}

// New reads the built files.
func New(built fs.FS) (*Handler, error) {
	h := &Handler{files: map[string]file{}}
	entries, err := fs.ReadDir(built, ".")
	if err != nil {
		return nil, fmt.Errorf("list the widget's files: %w", err)
	}
	for _, entry := range entries {
		content, err := fs.ReadFile(built, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the widget's file: %w", err)
		}
		h.add(entry.Name(), content)
	}
	if h.Hashed == "" || h.files[Folder+stable].content == nil {
		return nil, fmt.Errorf("the widget's files lack %s or its panel: run make web", web.Loader)
	}
	return h, nil
}

// add gives a file its addresses.
func (h *Handler) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:8])
	f := file{content: content, zipped: zip(content), mime: kind(name), tag: hash}
	lasting := f
	lasting.immutable = true
	switch {
	case name == web.Loader:
		h.Hashed = "/" + strings.TrimSuffix(name, ".js") + "-" + hash + ".js"
		h.files[Script], h.files[h.Hashed] = f, lasting
	case strings.HasSuffix(name, ".mjs"): // for bundlers, which take it from the package
	default:
		h.files[Folder+name] = lasting
		if strings.HasPrefix(name, "panel-") {
			h.files[Folder+stable] = f
		}
	}
}

// kind is a file's type. JavaScript's does not depend on what the system thinks it is.
func kind(name string) string {
	if path.Ext(name) == ".js" {
		return "text/javascript; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Patterns are what the handler is to be mounted on.
func (h *Handler) Patterns() []string { return []string{Script, h.Hashed, Folder} }

// ServeHTTP serves a file to any site: scripts are public, and no cookie is ever set.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		httpserver.Error(w, http.StatusMethodNotAllowed, "method_not_allowed", "this route wants GET, HEAD")
		return
	}
	f, known := h.files[r.URL.Path]
	if !known {
		header.Set("Cache-Control", "no-store")
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is no such file")
		return
	}
	header.Set("Content-Type", f.mime)
	header.Set("Cache-Control", caching(f))
	header.Set("Vary", "Accept-Encoding")
	content, tag := f.content, f.tag
	if takesGzip(r) {
		content, tag = f.zipped, f.tag+"-gzip"
		header.Set("Content-Encoding", "gzip")
		r.Header.Del("Range") // parts of what is compressed help nobody
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip tells whether a client says that it does. Browsers do; one that refuses it writes q=0.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.Trim(weight, " q=.0") != "" || weight == ""
		}
	}
	return false
}

func zip(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // the level is right, and a buffer takes everything
	}
	return b.Bytes()
}

func caching(f file) string {
	if f.immutable {
		return "public, max-age=31536000, immutable"
	}
	return fmt.Sprintf("public, max-age=%d, stale-while-revalidate=86400", whileFresh)
}
