package webhook

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// post is one POST that a receiver got.
type post struct {
	path   string
	header http.Header
	body   []byte
	// What the body says.
	kind, session, content string
	status                 int
}

// receiver is a customer's server. Until it is told otherwise it takes everything.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	posts  []post
	answer func(w http.ResponseWriter, p post) (status int)
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body) // what is cut off is not read by anybody
	p := post{path: req.URL.Path, header: req.Header, body: body, status: http.StatusOK}
	var read struct {
		Type string
		Data struct {
			SessionID string
			Message   struct{ Content string }
		}
		SessionID string
	}
	_ = json.Unmarshal(body, &read)
	p.kind, p.session, p.content = read.Type, read.Data.SessionID+read.SessionID, read.Data.Message.Content
	r.mu.Lock()
	answer := r.answer
	r.mu.Unlock()
	if answer != nil {
		p.status = answer(w, p)
	}
	r.mu.Lock()
	r.posts = append(r.posts, p)
	r.mu.Unlock()
	w.WriteHeader(p.status)
}

// answers sets what is answered from now on.
func (r *receiver) answers(f func(w http.ResponseWriter, p post) (status int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *receiver) always(status int) {
	r.answers(func(http.ResponseWriter, post) int { return status })
}

func (r *receiver) all() []post {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.posts)
}

// took are the contents that were taken of a session, in order.
func (r *receiver) took(s id.Session) []string {
	var contents []string
	for _, p := range r.all() {
		if p.session == string(s) && p.status == http.StatusOK {
			contents = append(contents, p.content)
		}
	}
	return contents
}

// tookOnce are those contents as a receiver sees them that knows an event by its id: a process that was cut off may have repeated
// what it had in its hands.
func (r *receiver) tookOnce(s id.Session) []string {
	known := map[string]bool{}
	var contents []string
	for _, p := range r.all() {
		if eventID := p.header.Get("webhook-id"); p.session == string(s) && p.status == http.StatusOK && !known[eventID] {
			known[eventID] = true
			contents = append(contents, p.content)
		}
	}
	return contents
}
