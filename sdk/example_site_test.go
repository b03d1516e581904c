package bellhop_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
)

// site stands in for an installation: it answers each "METHOD /path" with a text, so that the examples run anywhere.
func site(answers map[string]string) (client *bellhop.Client, end func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, known := answers[r.Method+" "+r.URL.Path]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			text = `{"error":"there is no such session","code":"unknown_session"}`
		}
		_, _ = fmt.Fprint(w, text)
	}))
	return connect(server)
}

// stream stands in for an installation of which only the stream of events is asked.
func stream(events string) (client *bellhop.Client, end func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprint(w, events)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	return connect(server)
}

func connect(server *httptest.Server) (*bellhop.Client, func()) {
	client, err := bellhop.New(bellhop.Options{URL: server.URL, Key: "a-key", HTTPClient: server.Client()})
	if err != nil {
		panic(err)
	}
	return client, server.Close
}
