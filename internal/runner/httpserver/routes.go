package httpserver

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

type route struct {
	pattern string
	handler http.Handler
	site    *Site // whose it is; nil for the front's own
}

// routes is a ServeMux to which patterns can be added, and from which they can be taken, while it serves: each change builds a new one.
type routes struct {
	current atomic.Pointer[http.ServeMux]

	mu      sync.Mutex
	mounted []route
}

func (r *routes) init() { r.current.Store(withFallback(http.NewServeMux(), http.NewServeMux())) }

func (r *routes) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.current.Load().ServeHTTP(w, req)
}

func (r *routes) add(added route) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var mounted []route
	for _, old := range r.mounted {
		// A closed site answers 503 for its patterns until somebody mounts again, perhaps the same service, restarted.
		if old.site == nil || !old.site.requests.isShut() {
			mounted = append(mounted, old)
		}
	}
	mounted = append(mounted, added)
	mux, err := build(mounted)
	if err != nil {
		return fmt.Errorf("mount %q: %w", added.pattern, err)
	}
	r.mounted = mounted
	r.current.Store(mux)
	return nil
}

// build returns as an error what ServeMux panics with.
func build(mounted []route) (mux *http.ServeMux, err error) {
	defer func() {
		if conflict := recover(); conflict != nil {
			err = fmt.Errorf("%v", conflict)
		}
	}()
	mux, bare := http.NewServeMux(), http.NewServeMux()
	catchAll := false
	for _, route := range mounted {
		mux.Handle(route.pattern, route.handler)
		bare.Handle(route.pattern, route.handler)
		catchAll = catchAll || route.pattern == "/"
	}
	if catchAll {
		return mux, nil
	}
	return withFallback(mux, bare), nil
}

// withFallback lets mux answer in JSON what nobody handles. bare holds the same patterns without the fallback, so
// that it still tells a wrong method from a wrong path.
func withFallback(mux, bare *http.ServeMux) *http.ServeMux {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		probe := probe{header: http.Header{}}
		if h, pattern := bare.Handler(r); pattern == "" {
			h.ServeHTTP(&probe, r)
		}
		if probe.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", probe.header.Get("Allow"))
			Error(w, http.StatusMethodNotAllowed, "method_not_allowed", "this method is not allowed here")
			return
		}
		Error(w, http.StatusNotFound, "not_found", "there is nothing at this address")
	})
	return mux
}

// probe is a response that nobody receives.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }
