package slack

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

func (s *Server) pageRoutes(mux *http.ServeMux) {
	page.Serve(mux, pageFiles, "style.css", "page.js", "bot.svg")
	mux.HandleFunc("GET /_sim/events", func(w http.ResponseWriter, r *http.Request) { page.Tell(w, r, s.ctx.Done(), s.watch.Changes) })
}

// servePage renders the operators' page.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	page.Head(w)
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
