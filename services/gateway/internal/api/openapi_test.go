package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// contract is the document as the gateway serves it, and what checks requests and answers by it.
type contract struct {
	s      *gatewaytest.Site
	doc    *openapi3.T
	router routers.Router
	// erasure is the newest that was begun: no example can be one that there is.
	erasure string
}

func readContract(s *gatewaytest.Site) *contract {
	s.Helper()
	served := s.Call("GET", "/api/openapi.json", nil)
	if served.Status != 200 {
		s.Fatalf("the document: %d", served.Status)
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(served.Raw))
	if err != nil {
		s.Fatal(err)
	}
	if err := doc.Validate(s.Context()); err != nil {
		s.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		s.Fatal(err)
	}
	return &contract{s: s, doc: doc, router: router}
}

// try sends a request that the document allows, and checks that the answer is one that it announces.
func (c *contract) try(method, path string, body any) (status int) {
	c.s.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	build := func(base string) *http.Request {
		req, err := http.NewRequestWithContext(c.s.Context(), method, base+path, bytes.NewReader(raw))
		if err != nil {
			c.s.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", bearer)
		return req
	}
	checked := build("")
	route, params, err := c.router.FindRoute(checked)
	if err != nil {
		c.s.Errorf("%s %s: %v", method, path, err)
		return 0
	}
	input := &openapi3filter.RequestValidationInput{Request: checked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(c.s.Context(), input); err != nil {
		c.s.Errorf("%s %s: the example is not what the document says: %v", method, path, err)
	}
	got := c.s.Do(build(c.s.Base))
	output := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: got.Status, Header: got.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true}, Body: io.NopCloser(strings.NewReader(got.Raw))}
	if err := openapi3filter.ValidateResponse(c.s.Context(), output); err != nil {
		c.s.Errorf("%s %s answered %d %.300s: %v", method, path, got.Status, got.Raw, err)
	}
	if begun := got.Text("erasureId"); begun != "" {
		c.erasure = begun
	}
	return got.Status
}

// addressed is a path with the examples of its parameters.
func (c *contract) addressed(path string, op *openapi3.Operation) string {
	query := url.Values{}
	path = strings.ReplaceAll(path, "{erasureId}", c.erasure)
	for _, p := range op.Parameters {
		text := strings.Trim(string(must(json.Marshal(p.Value.Example))), `"`)
		switch {
		case p.Value.Example == nil:
		case p.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", text)
		case p.Value.In == "query":
			query.Set(p.Value.Name, text)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// bodies are an operation's examples; one nil for none.
func bodies(op *openapi3.Operation, order []string) []any {
	if op.RequestBody == nil {
		return []any{nil}
	}
	media := op.RequestBody.Value.Content["application/json"]
	if len(media.Examples) == 0 {
		return []any{media.Example}
	}
	var all []any
	for _, name := range order {
		all = append(all, media.Examples[name].Value.Value)
	}
	return all
}

// inOrder are the examples of /api/events as one conversation goes.
var inOrder = []string{"new_session", "visitor_message", "visitor_message_edited", "message_read", "custom_event", "identity_update", "ai_takeover",
	"operator_status", "csat_submitted", "visitor_message_deleted", "visitor_disconnect"}

// stage is when an operation is tried: what begins the session first, then what looks at it, and what ends it last.
func stage(path, method string) int {
	switch {
	case path == "/api/sessions":
		return 0
	case strings.HasSuffix(path, "/close"):
		return 2
	case method == http.MethodDelete:
		return 3
	case strings.Contains(path, "{erasureId}"):
		return 4
	}
	return 1
}

// announced is the status of an operation's success.
func announced(op *openapi3.Operation) (status int) {
	for code := range op.Responses.Map() {
		if code[0] == '2' {
			status = must(strconv.Atoi(code))
		}
	}
	return status
}

func TestEveryExampleOfTheDocumentIsAnsweredAsItSays(t *testing.T) {
	s := gatewaytest.Start(t)
	c := readContract(s)
	if got := slices.Sorted(maps.Keys(c.doc.Paths.Find("/api/events").Post.RequestBody.Value.Content["application/json"].Examples)); !slices.Equal(got, slices.Sorted(slices.Values(inOrder))) {
		t.Fatalf("examples of events: %v", got)
	}
	ok(s, report(s, "/api/sessions", `{"id":"order-8","visitorId":"visitor-2"}`)) // the one who is erased as a whole
	tried := 0
	for at := range 5 {
		for path, item := range c.doc.Paths.Map() {
			for method, op := range item.Operations() {
				if stage(path, method) != at || op.OperationID == "streamEvents" { // TestEveryEventOfTheStreamIsOneOfTheDocuments
					continue
				}
				for _, body := range bodies(op, inOrder) {
					if status := c.try(method, c.addressed(path, op), body); status != announced(op) {
						t.Errorf("%s %s answered %d", method, path, status)
					}
					tried++
				}
			}
		}
	}
	if tried < 36 {
		t.Errorf("only %d requests were made", tried)
	}
}

func TestRefusalsAreThoseOfTheDocument(t *testing.T) {
	s := gatewaytest.Start(t)
	c := readContract(s)
	for path, want := range map[string]int{
		"/api/v1/sessions/nobody": 404, "/api/v1/visitors/nobody/export": 404, "/api/v1/erasures/era_0": 404, "/api/v1/sessions/nobody/messages": 404, "/api/v1/projects/nobody": 404, "/api/v1/sessions?projectId=nobody": 404,
		"/api/v1/stats?from=2025-01-01T00:00:00Z&to=2026-03-01T00:00:00Z": 400, "/api/v1/stats?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": 400,
		"/api/v1/stats?period=7d&from=2026-01-02T00:00:00Z": 400, "/api/v1/stats?to=2026-01-02T00:00:00Z": 400,
	} {
		if got := c.try("GET", path, nil); got != want {
			t.Errorf("%s answered %d, want %d", path, got, want)
		}
	}
	for _, path := range []string{"/api/v1/sessions?limit=0", "/api/v1/sessions?limit=101", "/api/v1/sessions?limit=x", "/api/v1/sessions?status=open", "/api/v1/sessions?unanswered=maybe",
		"/api/v1/stats?period=1y", "/api/v1/stats?from=yesterday", "/api/v1/sessions?q=" + strings.Repeat("x", 201)} {
		if got := s.Call("GET", path, nil, "Authorization", bearer); got.Status != 400 || got.Text("code") == "" || got.Text("error") == "" {
			t.Errorf("%s answered %d %s", path, got.Status, got.Raw)
		}
	}
}

func TestEveryEventOfTheStreamIsOneOfTheDocuments(t *testing.T) {
	s := gatewaytest.Start(t)
	c := readContract(s)
	session := begun(s, "order-7")
	e := listen(s, "", bearer)
	answers(s, session, "1", "hello")
	report(s, "/api/v1/sessions/order-7/close", `{"operatorName":"Ada"}`)
	schema := c.doc.Components.Schemas["OutgoingEvent"].Value
	for _, kind := range []string{"operator_message", "session_closed"} {
		if got := e.hears(kind); schema.VisitJSON(got.data, openapi3.EnableJSONSchema2020()) != nil {
			t.Errorf("%v is not in the document", got.data)
		}
	}
}
