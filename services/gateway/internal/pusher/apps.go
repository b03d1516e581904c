package pusher

import (
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	// SocketPath is where clients connect, by the app's key; APIPath is where backends call, by the app's id.
	SocketPath = "/app/"
	APIPath    = "/apps/"
)

// Apps are the apps of this gateway. No two have the same id or key.
type Apps []*Server

// Mount adds the routes of all apps, also behind what a proxy may take away from the path, or may not.
func (a Apps) Mount(routes map[string]http.Handler) {
	for _, s := range a {
		for _, prefix := range []string{"", s.PathPrefix} {
			routes[prefix+SocketPath] = http.StripPrefix(prefix, http.HandlerFunc(a.Sockets))
			routes[prefix+APIPath] = http.StripPrefix(prefix, http.HandlerFunc(a.API))
		}
	}
}

// Sockets serves GET /app/{key}.
func (a Apps) Sockets(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		httpserver.Error(w, http.StatusUpgradeRequired, "websocket_required", "this is where WebSockets connect")
		return
	}
	key := strings.TrimPrefix(r.URL.Path, SocketPath)
	for _, s := range a {
		if s.Key == key {
			s.ServeHTTP(w, r)
			return
		}
	}
	NoApp(w, r)
}

// API serves /apps/{id}/….
func (a Apps) API(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), APIPath)
	escaped, rest, _ := strings.Cut(path, "/")
	for _, s := range a {
		if s.AppID == unescaped(escaped) {
			s.api(w, r, rest)
			return
		}
	}
	drain(w, r, bodyFrame)
	(&intake.Refusal{Status: http.StatusNotFound, Code: "unknown_app", Text: "there is no app of this id here"}).Write(w)
}
