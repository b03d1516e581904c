package page

import (
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"
	"unicode"
)

//go:embed asset
var assets embed.FS

// interval is the shortest time between two refreshes of an open page.
const interval = 100 * time.Millisecond

// Serve adds the routes of what a page loads: base.css and base.js, and the named files below page/ in own.
func Serve(mux *http.ServeMux, own fs.FS, names ...string) {
	file := func(from fs.FS, name string) {
		base := path.Base(name)
		mux.HandleFunc("GET /_sim/page/"+base, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(base)))
			http.ServeFileFS(w, r, from, name)
		})
	}
	file(assets, "asset/base.css")
	file(assets, "asset/base.js")
	for _, name := range names {
		file(own, "page/"+name)
	}
}

// Head writes the headers of a page: nothing on it comes from anywhere else, and only a page of this machine may frame it.
func Head(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors http://127.0.0.1:* http://localhost:*")
}

// Tell tells an open page, by server-sent events, that something changed, until the reader goes away or stop is closed. changes
// returns a channel that is closed at the next change, and the number of changes so far.
func Tell(w http.ResponseWriter, r *http.Request, stop <-chan struct{}, changes func() (<-chan struct{}, int64)) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "streaming is not possible here", http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for {
		changed, version := changes()
		if _, err := fmt.Fprintf(w, "id: %d\ndata: changed\n\n", version); err != nil {
			return
		}
		flusher.Flush()
		if !pause(r, stop, interval) {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-stop:
			return
		}
	}
}

// pause waits on the machine's time; false if the reader or the simulator went away.
func pause(r *http.Request, stop <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-stop:
	}
	return false
}

// Initial is the letter that stands for a name.
func Initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// Hue gives every name a colour of its own, in degrees.
func Hue(name string) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, name)
	return int(h.Sum32() % 360)
}
