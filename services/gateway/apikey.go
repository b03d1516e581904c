package gateway

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// byKey is the API of all projects: a request is for the project whose key it carries.
type byKey struct {
	projects []keyed
	// others answers who has no project's key: it refuses.
	others http.Handler
}

type keyed struct {
	digest [sha256.Size]byte
	api    http.Handler
}

func (h *house) api() http.Handler {
	all := &byKey{}
	for _, s := range h.sites {
		api := s.commands.Handler(s.cfg.APIKey)
		if s.cfg.APIKey != "" {
			all.projects = append(all.projects, keyed{sha256.Sum256([]byte(s.cfg.APIKey)), api})
		}
		// The default project says what is missing as it does alone; else one that has a key says that this one is wrong.
		if all.others == nil || s.cfg.Project == id.Default || s.cfg.APIKey != "" && h.sites[id.Default] == nil {
			all.others = api
		}
	}
	return all
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
	cmp.Or(found, a.others).ServeHTTP(w, r)
}
