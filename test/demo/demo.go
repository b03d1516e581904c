package demo

import (
	"embed"
	"html/template"
	"net/http"
)

//go:embed page
var files embed.FS

var pages = template.Must(template.ParseFS(files, "page/*.html"))

// Options of the demo.
type Options struct {
	// Endpoint is the base of the widget protocol, for example http://127.0.0.1:8080/pocketping.
	Endpoint string
	// Teams are the simulators' pages, the first of them shown at first; none when real platforms are connected.
	Teams []Team
}

// Team is the page of a simulated platform.
type Team struct{ Name, URL string }

// policy lets nothing run or style the pages but their own files. Bellhop and the simulator are at other addresses.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; img-src * data:; media-src *; frame-src *"

// Handler serves the pages: / shows both sides, /visitor the visitor's alone.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	page := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Security-Policy", policy)
			_ = pages.ExecuteTemplate(w, name, o) // a reader who has gone away is nobody's error
		}
	}
	mux.HandleFunc("GET /{$}", page("index.html"))
	mux.HandleFunc("GET /visitor", page("visitor.html"))
	mux.HandleFunc("GET /page/", http.FileServerFS(files).ServeHTTP)
	return mux
}
