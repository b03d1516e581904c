package api

import (
	"context"
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/bridge"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/foreign"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/setting"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Routes are what the API over HTTP works with.
type Routes struct {
	Commands *Commands
	Gate     *access.Gate
	Names    *foreign.Names
	Links    *transfer.Links
	// Events is the stream of what the team does.
	Events http.Handler
	// All are the routes of all projects, these among them; nil for these alone.
	All []*Routes
	// Settings are what may be changed while everything runs. Shuts names the variable that lacks something when settings would keep
	// every visitor out.
	Settings *setting.Settings
	Shuts    func(setting.Values) string
	// Domain is where visitors reach the site; empty when it is not configured.
	Domain string
}

type action func(ctx context.Context, sessionID string, body []byte) (any, *intake.Refusal)

type question func(ctx context.Context, r *http.Request) (any, *intake.Refusal)

// Handler serves everything below /api, and /stats. All but the document that describes it wants a key.
func (a *Routes) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range a.actions() {
		mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) { a.act(w, r, do) })
	}
	for pattern, ask := range a.questions() {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { a.answer(w, r, ask) })
	}
	mux.HandleFunc("PATCH "+oneProject, func(w http.ResponseWriter, r *http.Request) {
		body, refusal := intake.Read(w, r)
		if refusal != nil {
			refusal.Write(w)
			return
		}
		a.answer(w, r, func(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
			return a.change(ctx, r.PathValue("id"), body)
		})
	})
	mux.Handle("GET /api/events/stream", a.Events)
	for pattern, serve := range a.Commands.privacy() {
		if pattern == eraseOne {
			serve = a.byOwnID(serve)
		}
		mux.HandleFunc(pattern, serve)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if _, known := a.actions()[r.URL.Path]; known && r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			httpserver.Error(w, http.StatusMethodNotAllowed, "method_not_allowed", "this route takes POST")
			return
		}
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is no such route")
	})
	open := http.NewServeMux()
	open.HandleFunc("GET /api/openapi.json", document)
	open.Handle("/", a.Gate.Pass(a.inProject(mux)))
	return open
}

// byOwnID has a session that is to be erased named by Bellhop's id. It need not be there any more, so it is not looked for.
func (a *Routes) byOwnID(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if named, err := id.ParseSession(r.PathValue("id")); err == nil && !named.Own() {
			own, err := a.Names.Session(r.Context(), a.in().Project, named)
			if err != nil {
				intake.Unavailable("the session cannot be looked up now; try again").Write(w)
				return
			}
			r.SetPathValue("id", string(own))
		}
		next(w, r)
	}
}

// inProject refuses what is meant for another project than the key's.
func (a *Routes) inProject(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if named := r.URL.Query().Get("projectId"); named != "" && named != string(a.in().Project) {
			unknownProject().Write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func unknownProject() *intake.Refusal {
	return &intake.Refusal{Status: http.StatusNotFound, Code: "unknown_project", Text: "projectId names no project of this key"}
}

// actions are the routes that take a body.
func (a *Routes) actions() map[string]action {
	c := a.Commands
	b := &bridge.Bridge{Intake: c.Intake, Names: a.Names, Status: c.operatorStatus}
	return map[string]action{
		"/api/events":          plain(b.Event),
		"/api/sessions":        plain(b.Session),
		"/api/messages":        plain(b.Typed("visitor_message")),
		"/api/custom-events":   plain(b.Typed("custom_event")),
		"/api/disconnect":      plain(b.Typed("visitor_disconnect")),
		"/api/operator/status": plain(c.operatorStatus),
		"/api/v1/events":       plain(c.broadcast),
		"/api/v1/sessions/{id}/reply": func(ctx context.Context, s string, body []byte) (any, *intake.Refusal) {
			return c.send(ctx, s, body, "api")
		},
		"/api/v1/sessions/{id}/close": func(ctx context.Context, s string, body []byte) (any, *intake.Refusal) {
			return c.close(ctx, s, body, "api")
		},
		"/api/v1/sessions/{id}/events": c.emit,
	}
}

func plain(do func(context.Context, []byte) (any, *intake.Refusal)) action {
	return func(ctx context.Context, _ string, body []byte) (any, *intake.Refusal) { return do(ctx, body) }
}

func (a *Routes) act(w http.ResponseWriter, r *http.Request, do action) {
	body, refusal := intake.Read(w, r)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), commandTimeout)
	defer cancel()
	sessionID := r.PathValue("id")
	if sessionID != "" {
		entry, refusal := a.Names.Find(ctx, a.Commands.Intake, "the session's id", sessionID)
		if refusal != nil {
			refusal.Write(w)
			return
		}
		sessionID = string(entry.Session)
	}
	result, refusal := do(ctx, sessionID, body)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, result)
}

func (a *Routes) answer(w http.ResponseWriter, r *http.Request, ask question) {
	ctx, cancel := context.WithTimeout(r.Context(), commandTimeout)
	defer cancel()
	result, refusal := ask(ctx, r)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, result)
}
