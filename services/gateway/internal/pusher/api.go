package pusher

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// failure is what a backend is answered that did something wrong. Its libraries show the text to their developer.
type failure struct {
	status     int
	code, text string
}

func (f failure) write(w http.ResponseWriter) {
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	httpserver.Error(w, f.status, f.code, f.text)
}

func invalid(text string) *failure { return &failure{http.StatusBadRequest, "invalid_parameter", text} }

func unavailable() *failure {
	return &failure{http.StatusServiceUnavailable, "unavailable", "this cannot be done now; try again"}
}

// call is a request to the API whose signature was found right.
type call struct {
	params params
	body   []byte
	r      *http.Request
}

// api serves what follows /apps/{id}/. Success is 200 and a JSON object, always.
func (s *Server) api(w http.ResponseWriter, r *http.Request, path string) {
	params := paramsOf(r.URL.RawQuery)
	body, f := s.verify(w, r, params)
	if f == nil {
		var answer any
		if answer, f = s.route(call{params, body, r}, path); f == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(encode(answer)) // the client's trouble
			return
		}
	}
	f.write(w)
}

// route finds what is asked for. Names may be escaped or not.
func (s *Server) route(c call, path string) (any, *failure) {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = unescaped(parts[i])
	}
	post := c.r.Method == http.MethodPost
	if !post && c.r.Method != http.MethodGet {
		return nil, &failure{http.StatusMethodNotAllowed, "method_not_allowed", "the API has GET and POST"}
	}
	switch {
	case post && len(parts) == 1 && parts[0] == "events":
		return s.trigger(c)
	case post && len(parts) == 1 && parts[0] == "batch_events":
		return s.batch(c)
	case post && len(parts) == 3 && parts[0] == "users" && parts[2] == "terminate_connections":
		return s.endUser(parts[1])
	case !post && len(parts) == 1 && parts[0] == "channels":
		return s.channels(c)
	case !post && len(parts) == 2 && parts[0] == "channels":
		return s.channel(c, parts[1])
	case !post && len(parts) == 3 && parts[0] == "channels" && parts[2] == "users":
		return s.users(c, parts[1])
	}
	return nil, &failure{http.StatusNotFound, "not_found", "the API has no such path"}
}

// unescaped reads a piece of a path; what is no escaping stands for itself.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// parse reads a body, or says what is wrong with it.
func (c call) parse(into any) *failure {
	if err := json.Unmarshal(c.body, into); err != nil {
		return invalid("the body is not the JSON that it should be: " + err.Error())
	}
	return nil
}
