package demo

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
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

// gateway is where the widget's script comes from.
func (o Options) gateway() string {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Script is the widget's address.
func (o Options) Script() string { return o.gateway() + "/widget.js" }

// policy lets nothing run or style the pages but their own files and the widget's script; no inline style, no eval. Bellhop and
// the simulators are at other addresses.
func (o Options) policy() string {
	gateway := o.gateway()
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self' " + gateway, "style-src 'self'", "img-src 'self' blob: data: " + gateway, "media-src " + gateway,
		"connect-src " + gateway + " " + "ws" + strings.TrimPrefix(gateway, "http"), "frame-src *",
	}, "; ")
}

// Handler serves the pages: / shows both sides, /shop the visitor's alone.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	page := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Security-Policy", o.policy())
			_ = pages.ExecuteTemplate(w, name, o) // a reader who has gone away is nobody's error
		}
	}
	mux.HandleFunc("GET /{$}", page("index.html"))
	mux.HandleFunc("GET /shop", page("shop.html"))
	mux.HandleFunc("GET /page/", http.FileServerFS(files).ServeHTTP)
	return mux
}
