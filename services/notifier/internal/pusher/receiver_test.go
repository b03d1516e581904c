package pusher

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/sdk/channels"
)

// receiver is a customer's server, which verifies with Pusher's client.
type receiver struct {
	*httptest.Server
	w      *world
	client *channels.Client

	mu       sync.Mutex
	requests []request
	answer   func(http.ResponseWriter) int
	attempts int
	posts    [][]string // that were taken
}

// request is what came.
type request struct {
	header http.Header
	body   []byte
}

func (w *world) receiver() *receiver {
	w.Helper()
	client, err := channels.New(channels.Options{AppID: appID, Key: key, Secret: secret, URL: "http://127.0.0.1"})
	if err != nil {
		w.Fatal(err)
	}
	r := &receiver{w: w, client: client}
	r.always(http.StatusOK)
	r.Server = httptest.NewServer(r)
	w.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body) // what is cut off cannot be verified
	told, err := r.client.Webhook(in.Header, body)
	if err != nil {
		r.w.Errorf("a webhook is refused: %v", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts++
	r.requests = append(r.requests, request{in.Header, body})
	status := r.answer(out)
	if status == http.StatusOK {
		var post []string
		for _, e := range told.Events {
			post = append(post, e.Name+" "+e.Channel)
		}
		r.posts = append(r.posts, post)
	}
	out.WriteHeader(status)
}

func (r *receiver) answers(answer func(http.ResponseWriter) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func (r *receiver) always(status int) { r.answers(func(http.ResponseWriter) int { return status }) }

func (r *receiver) tries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attempts
}

func (r *receiver) took() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Concat(r.posts...)
}

// takes waits until the receiver has taken all that is wanted, and nothing else.
func (r *receiver) takes(want []string) {
	r.w.Helper()
	bustest.Until(r.w, "everything is told", func() bool { return len(r.took()) >= len(want) })
	if got := r.took(); !slices.Equal(got, want) {
		r.w.Errorf("told were %v, want %v", got, want)
	}
}
