package stream

import (
	"net/http"
	"net/url"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// origin is what a client says that it knows already.
type origin struct {
	// resumes tells that the client speaks positions: mark is how far it has been told everything, the zero mark when it does not know.
	resumes bool
	mark    bus.Mark
	// since is the instant of an event stream that knows none; zero for none.
	since time.Time
}

// originOf reads it from a request; nil for a client that says nothing. The header is what an EventSource sends when it comes back
// by itself.
func originOf(r *http.Request, query url.Values, now time.Time) *origin {
	position, speaks := query.Get("position"), query.Has("position")
	if header := r.Header.Get("Last-Event-ID"); speaks && header != "" {
		position = header // newer than the address, which stays as it was
	}
	if speaks {
		mark, err := bus.ParseMark(position)
		if err != nil {
			mark = bus.Mark{}
		}
		return &origin{resumes: true, mark: mark}
	}
	if since, ok := intake.Since(query.Get("after"), now); ok {
		return &origin{since: since}
	}
	return nil
}
