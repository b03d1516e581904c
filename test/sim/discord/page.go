package discord

import "net/http"

func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {}
func (s *Server) controlRoutes(m *http.ServeMux)                   {}
func (w *world) shown(t string) string                             { return t }
