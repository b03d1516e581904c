package pusher

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// invalid refuses a parameter. Backends' libraries show the text to their developer.
func invalid(text string) *intake.Refusal { return intake.Invalid("invalid_parameter", text) }

func tooLarge(text string) *intake.Refusal {
	return &intake.Refusal{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Text: text}
}

func unavailable() *intake.Refusal { return intake.Unavailable("this cannot be done now; try again") }

// call is a request to the API whose signature was found right.
type call struct {
	params params
	body   []byte
	r      *http.Request
}

// accepted is the answer of a retired endpoint, which has no body.
type accepted struct{}

// api serves what follows /apps/{id}/. Success is 200 and a JSON object, always but for what is retired.
func (s *Server) api(w http.ResponseWriter, r *http.Request, path string) {
	c, f := s.verify(w, r)
	if f == nil {
		var answer any
		if answer, f = s.route(c, path); f == nil {
			respond(w, answer)
			return
		}
	}
	f.Write(w)
}

func respond(w http.ResponseWriter, answer any) {
	if answer == (accepted{}) {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(answer)) // the client's trouble
}

// route finds what is asked for. Names may be escaped or not.
func (s *Server) route(c call, path string) (any, *intake.Refusal) {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = unescaped(parts[i])
	}
	post := c.r.Method == http.MethodPost
	if !post && c.r.Method != http.MethodGet {
		return nil, &intake.Refusal{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Text: "the API has GET and POST"}
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
	case post && len(parts) == 3 && parts[0] == "channels" && parts[2] == "events":
		return s.oldTrigger(c, parts[1])
	case !post && len(parts) == 3 && parts[0] == "channels" && parts[2] == "stats":
		return s.oldStats(c, parts[1])
	}
	return nil, &intake.Refusal{Status: http.StatusNotFound, Code: "not_found", Text: "the API has no such path"}
}

// unescaped reads a piece of a path; what is no escaping stands for itself.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// parse reads a body, or says what is wrong with it.
func (c call) parse(into any) *intake.Refusal {
	if !utf8.Valid(c.body) {
		return invalid("the body is no UTF-8")
	}
	err := json.Unmarshal(c.body, into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid(fmt.Sprintf("%s must be %s, and is a JSON %s", cmp.Or(wrong.Field, "the body"), named(wrong.Type), wrong.Value))
	}
	if err != nil {
		return invalid("the body is not the JSON that it should be: " + err.Error())
	}
	return nil
}

// named is a type as people who know no Go call it.
func named(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}
