package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Handler serves the commands below /api for holders of the key. Without a key in the configuration nobody is one.
func (c *Commands) Handler(key string) http.Handler {
	mux := http.NewServeMux()
	route := func(pattern string, do func(context.Context, string, []byte) (any, *intake.Refusal)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.answer(w, r, do) })
	}
	route("POST /api/v1/sessions/{id}/reply", func(ctx context.Context, s string, body []byte) (any, *intake.Refusal) {
		return c.send(ctx, s, body, "api")
	})
	route("POST /api/v1/sessions/{id}/close", func(ctx context.Context, s string, body []byte) (any, *intake.Refusal) {
		return c.close(ctx, s, body, "api")
	})
	route("POST /api/v1/sessions/{id}/events", c.emit)
	route("POST /api/v1/events", func(ctx context.Context, _ string, body []byte) (any, *intake.Refusal) {
		return c.broadcast(ctx, body)
	})
	route("POST /api/operator/status", func(ctx context.Context, _ string, body []byte) (any, *intake.Refusal) {
		return c.operatorStatus(ctx, body)
	})
	c.privacy(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is no such route")
	})
	return authorized(key, mux)
}

func (c *Commands) answer(w http.ResponseWriter, r *http.Request, do func(context.Context, string, []byte) (any, *intake.Refusal)) {
	body, refusal := intake.Read(w, r)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), commandTimeout)
	defer cancel()
	result, refusal := do(ctx, r.PathValue("id"), body)
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, result)
}

// authorized lets holders of the key pass. Digests are compared, so that neither the key's length nor its beginning can be
// found out by timing.
func authorized(key string, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(key))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key == "" {
			httpserver.Error(w, http.StatusServiceUnavailable, "api_key_missing", "the API is off until API_KEY is set")
			return
		}
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		got := sha256.Sum256([]byte(token))
		if !bearer || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			httpserver.Error(w, http.StatusUnauthorized, "unauthorized", "Unauthorized")
			return
		}
		next.ServeHTTP(w, r)
	})
}
