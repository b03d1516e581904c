package access

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Options are what a gate works with.
type Options struct {
	// Environment is the key of the configuration; empty for none.
	Environment string
	// Book knows the keys that were made. Gates share one.
	Book    *Book
	Project id.Project
	// Guesses limits what one client address may get wrong; Calls the calls of one key to the management API, Reports those of
	// the bridge API. Nil for no limit.
	Guesses, Calls, Reports *filter.Limiter
	Proxies                 filter.Proxies
	Log                     *zap.Logger
}

// Gate lets holders of keys pass.
type Gate struct{ Options }

// New makes a gate.
func New(o Options) *Gate { return &Gate{o} }

// Check answers the key that a token is. Errors: apikey.ErrUnknown, bus.ErrUnavailable.
func (g *Gate) Check(ctx context.Context, token string) (apikey.Key, error) {
	if g.Environment != "" && apikey.Same(token, g.Environment) {
		// The key of the environment may do everything in its project.
		return apikey.Key{ID: "environment of " + string(g.Project), Name: "API_KEY", Project: g.Project, Scopes: []apikey.Scope{apikey.Read, apikey.Write}}, nil
	}
	return g.Book.Find(ctx, token)
}

// Pass lets a request through whose key has the scope of its method: read for GET, write for everything else.
func (g *Gate) Pass(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer {
			token = ""
		}
		key, refusal := g.admit(r, token)
		if refusal != nil {
			if refusal.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
				if wait := g.Guesses.Wait(filter.Network(g.Proxies.ClientIP(r))); wait > 0 {
					filter.TooMany(w, wait)
					return
				}
			}
			refusal.Write(w)
			return
		}
		limiter := g.Reports
		if strings.HasPrefix(r.URL.Path, "/api/v1/") || r.URL.Path == "/stats" {
			limiter = g.Calls
		}
		if wait := limiter.Wait(key.ID); wait > 0 {
			filter.TooMany(w, wait)
			return
		}
		holder := &Holder{Key: key, gate: g, token: token}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), holderKey{}, holder)))
	})
}

func (g *Gate) admit(r *http.Request, token string) (apikey.Key, *intake.Refusal) {
	if g.Environment == "" && !apikey.Looks(token) {
		return apikey.Key{}, &intake.Refusal{Status: http.StatusServiceUnavailable, Code: "api_key_missing",
			Text: "the API is off for all but keys that `bellhop key create` makes, until API_KEY is set"}
	}
	key, err := g.Check(r.Context(), token)
	scope := apikey.Write
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		scope = apikey.Read
	}
	switch {
	case errors.Is(err, apikey.ErrUnknown):
		return key, &intake.Refusal{Status: http.StatusUnauthorized, Code: "unauthorized", Text: "Unauthorized"}
	case err != nil:
		g.Log.Warn("API key cannot be looked up", zap.Error(err))
		return key, intake.Unavailable("the key cannot be looked up now; try again")
	case key.Project != "" && key.Project != g.Project:
		return key, &intake.Refusal{Status: http.StatusForbidden, Code: "wrong_project", Text: "this key is for another project"}
	case !key.May(scope):
		return key, &intake.Refusal{Status: http.StatusForbidden, Code: "wrong_scope", Text: "this needs a key with the scope " + string(scope)}
	}
	return key, nil
}

type holderKey struct{}

// Holder is who makes a request.
type Holder struct {
	Key apikey.Key

	gate  *Gate
	token string
}

// HolderOf is who makes a request that has passed a gate.
func HolderOf(ctx context.Context) *Holder {
	holder, _ := ctx.Value(holderKey{}).(*Holder)
	return holder
}

// Revoked tells whether the key of a request that has passed a gate is known to be gone.
func Revoked(ctx context.Context) bool {
	holder := HolderOf(ctx)
	return holder != nil && holder.Revoked(ctx)
}

// Revoked tells whether the key is known to be gone. While nobody can say, it is not.
func (h *Holder) Revoked(ctx context.Context) bool {
	_, err := h.gate.Check(ctx, h.token)
	return errors.Is(err, apikey.ErrUnknown)
}
