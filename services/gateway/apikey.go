package gateway

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/access"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/api"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/foreign"
)

// byKey is the API of all projects: a request is for the project whose key it carries. One with a key that opens all of them says
// which it means.
type byKey struct {
	book     *access.Book
	projects []keyed
	named    map[id.Project]http.Handler
	// others answers who has no project's key: it refuses.
	others http.Handler
}

type keyed struct {
	digest [sha256.Size]byte
	api    http.Handler
}

func (h *house) api(g *runner.Group) (http.Handler, error) {
	all := &byKey{book: access.NewBook(h.bus.Notebook(), h.cfg.Log), named: map[id.Project]http.Handler{}}
	g.Go("keys", all.book.Run)
	names, sites := foreign.New(h.bus.Notebook()), []*api.Routes{}
	for p, s := range h.sites {
		routes, err := s.backend(all.book, names)
		if err != nil {
			return nil, err
		}
		sites = append(sites, routes)
		handler := routes.Handler()
		all.named[p] = handler
		if s.cfg.APIKey != "" {
			all.projects = append(all.projects, keyed{sha256.Sum256([]byte(s.cfg.APIKey)), handler})
		}
		// The default project says what is missing as it does alone; else one that has a key says that this one is wrong.
		if all.others == nil || p == id.Default || s.cfg.APIKey != "" && h.sites[id.Default] == nil {
			all.others = handler
		}
	}
	for _, routes := range sites {
		routes.All = sites
	}
	return all, nil
}

// ServeHTTP compares digests with every key there is, so that timing tells nothing of any.
func (a *byKey) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	got := sha256.Sum256([]byte(token))
	var found http.Handler
	for _, p := range a.projects {
		if subtle.ConstantTimeCompare(got[:], p.digest[:]) == 1 {
			found = p.api
		}
	}
	if found == nil {
		if key, err := a.book.Find(r.Context(), token); err == nil {
			found = a.named[cmp.Or(key.Project, id.Project(r.URL.Query().Get("projectId")))]
		}
	}
	cmp.Or(found, a.others).ServeHTTP(w, r)
}
