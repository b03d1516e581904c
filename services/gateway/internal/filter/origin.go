package filter

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// Origins are the sites that may use the gateway from a browser. Empty means every site.
type Origins []string

// Allows tells whether a site may. A request without an Origin does not come from another site's page.
func (o Origins) Allows(origin string) bool {
	if origin == "" || len(o) == 0 {
		return true
	}
	for _, allowed := range o {
		if allowed == "*" || strings.EqualFold(allowed, origin) {
			return true
		}
		if suffix, ok := strings.CutPrefix(allowed, "*."); ok && underDomain(origin, suffix) {
			return true
		}
	}
	return false
}

// underDomain tells whether an origin's host is a subdomain, for an allowed origin such as *.example.com.
func underDomain(origin, domain string) bool {
	u, err := url.Parse(origin)
	return err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), "."+strings.ToLower(domain))
}

const (
	allowMethods  = "GET, POST, PATCH, DELETE, PUT, OPTIONS"
	allowHeaders  = "Content-Type, X-PocketPing-Version, Authorization"
	exposeHeaders = "X-PocketPing-Version-Status, X-PocketPing-Min-Version, X-PocketPing-Latest-Version, X-PocketPing-Version-Message, Retry-After"
)

// CORS lets the allowed sites' pages in. The origin is echoed with credentials allowed, although no cookie is ever set:
// navigator.sendBeacon makes credentialed requests, and a browser drops those when the answer says "*". Preflights are
// answered before anything else looks at the request.
func (o Origins) CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		allowed := o.Allows(origin)
		if origin != "" && allowed {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", exposeHeaders)
		}
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", allowMethods)
			h.Set("Access-Control-Allow-Headers", allowHeaders)
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if !allowed {
			httpserver.Error(w, http.StatusForbidden, "origin_not_allowed", "this site may not use this chat; see ALLOWED_ORIGINS")
			return
		}
		next.ServeHTTP(w, r)
	})
}
