package discord

import (
	"embed"
	"html/template"
	"net/http"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

func (s *Server) pageRoutes(mux *http.ServeMux) {
	page.Serve(mux, pageFiles, "style.css", "page.js")
	mux.HandleFunc("GET /_sim/events", func(w http.ResponseWriter, r *http.Request) { page.Tell(w, r, s.ctx.Done(), s.watch.Changes) })
}

// servePage renders the operators' page.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	page.Head(w)
	view := s.pageView(r.URL.Query().Get("thread"), r.URL.Query().Has("thread"))
	if err := pageTemplate.ExecuteTemplate(w, "page.html", view); err != nil {
		s.log.Warn("render page", zap.Error(err))
	}
}
