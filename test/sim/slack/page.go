package slack

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

// pageInterval is the shortest time between two refreshes of an open page.
const pageInterval = 100 * time.Millisecond

func (s *Server) pageRoutes(mux *http.ServeMux) {
	asset := func(name, contentType string) {
		mux.HandleFunc("GET /_sim/page/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			http.ServeFileFS(w, r, pageFiles, "page/"+name)
		})
	}
	asset("style.css", "text/css; charset=utf-8")
	asset("page.js", "text/javascript; charset=utf-8")
	asset("bot.svg", "image/svg+xml")
}

// servePage renders the operators' page. Nothing on it comes from anywhere else.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors http://127.0.0.1:* http://localhost:*")
	picked := r.URL.Query().Has("thread")
	view := s.pageView(r.URL.Query().Get("thread"), picked)
	if err := pageTemplate.ExecuteTemplate(w, "page.html", view); err != nil {
		s.log.Warn("render page", zap.Error(err))
	}
}

// followPermalink leads from a message's address to its thread on the page.
func (s *Server) followPermalink(w http.ResponseWriter, r *http.Request) {
	p := r.PathValue("p")
	if len(p) < 8 || p[0] != 'p' {
		http.NotFound(w, r)
		return
	}
	ts := p[1:len(p)-6] + "." + p[len(p)-6:]
	s.mu.Lock()
	ch := s.world.Channels[r.PathValue("channel")]
	if ch == nil || ch.Messages[ts] == nil {
		s.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	root := ch.rootOf(ts)
	s.mu.Unlock()
	http.Redirect(w, r, "/?thread="+url.QueryEscape(root), http.StatusFound)
}

// serveEvents tells an open page, by server-sent events, that something changed.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "streaming is not possible here", http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for {
		changed, version := s.watch.Changes()
		if _, err := fmt.Fprintf(w, "id: %d\ndata: changed\n\n", version); err != nil {
			return
		}
		flusher.Flush()
		if !s.pause(r, pageInterval) {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// pause waits on the machine's time; false if the reader or the simulator went away.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	return false
}
