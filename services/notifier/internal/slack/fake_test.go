package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

const (
	token   = "xoxb-1001-2002-simulated"
	channel = "C0SUPPORT01"
)

// start is when the fake's clock began: it posts one message a second.
var start = time.Now().Unix()

// stamp is the fake's nth message.
func stamp(n int) string { return fmt.Sprintf("%d.000100", start+int64(n)) }

// call is one that was made.
type call struct {
	method string
	form   url.Values
}

// fake is a Slack of one channel: it keeps messages, and does to answers what it is told.
type fake struct {
	*httptest.Server
	mu       sync.Mutex
	calls    []call
	messages []map[string]any
	next     int
	// answers replace what a method answers, one after the other; "lost" does what is asked and breaks the connection.
	answers map[string][]string
}

func newFake(t *testing.T, change ...func(*webapi.Config)) (*fake, *Sender) {
	f := &fake{answers: map[string][]string{}}
	f.Server = httptest.NewServer(f)
	cfg := webapi.Config{Token: token, Channel: channel, APIURL: f.URL + "/api/", RatePerSecond: 1, Burst: 4}
	for _, how := range change {
		how(&cfg)
	}
	s := New(cfg, shelf.Shelf{}, zap.NewNop())
	s.doubts.checks.SetLimit(0)
	s.doubts.checks.SetBurst(0) // see TestPostToAVanishedThreadIsTakenBack
	t.Cleanup(func() {
		s.Disconnect()
		f.Close()
	})
	return f, s
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // an empty one has no parameters
	form, _ := url.ParseQuery(string(body))
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call{method, form})
	told := ""
	if queue := f.answers[method]; len(queue) > 0 {
		told, f.answers[method] = queue[0], queue[1:]
	}
	if told != "" && told != "lost" {
		status := http.StatusOK
		if strings.Contains(told, "ratelimited") {
			w.Header().Set("Retry-After", "17")
			status = http.StatusTooManyRequests
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, told)
		return
	}
	answer := f.do(method, form)
	if told == "lost" {
		panic(http.ErrAbortHandler)
	}
	answer["ok"] = answer["error"] == nil
	_ = json.NewEncoder(w).Encode(answer) // the client's trouble
}

func (f *fake) do(method string, form url.Values) map[string]any {
	switch method {
	case "chat.postMessage":
		f.next++
		m := map[string]any{"ts": stamp(f.next), "text": form.Get("text"), "thread": form.Get("thread_ts")}
		if form.Get("thread_ts") != "" {
			m["thread_ts"] = form.Get("thread_ts")
		}
		var metadata any
		if json.Unmarshal([]byte(form.Get("metadata")), &metadata) == nil {
			m["metadata"] = metadata
		}
		f.messages = append(f.messages, m)
		return map[string]any{"channel": channel, "ts": m["ts"], "message": m}
	case "chat.update":
		for _, m := range f.messages {
			if m["ts"] == form.Get("ts") {
				m["text"] = form.Get("text")
				return map[string]any{}
			}
		}
		return map[string]any{"error": "message_not_found"}
	case "chat.delete":
		for i, m := range f.messages {
			if m["ts"] == form.Get("ts") {
				f.messages = append(f.messages[:i], f.messages[i+1:]...)
				return map[string]any{}
			}
		}
		return map[string]any{"error": "message_not_found"}
	case "conversations.replies", "conversations.history":
		var found []map[string]any
		for _, m := range f.messages {
			root := m["ts"] == form.Get("ts")
			if root || m["thread"] == form.Get("ts") && m["ts"].(string) > form.Get("oldest") {
				found = append(found, m)
			}
		}
		return map[string]any{"messages": found}
	case "files.getUploadURLExternal":
		f.next++
		id := fmt.Sprintf("F%d", f.next)
		return map[string]any{"upload_url": f.URL + "/api/upload", "file_id": id}
	case "files.completeUploadExternal":
		var files []struct{ ID string }
		_ = json.Unmarshal([]byte(form.Get("files")), &files) // ours
		f.next++
		f.messages = append(f.messages, map[string]any{"ts": stamp(f.next), "text": "file", "thread": form.Get("thread_ts"), "file": files[0].ID})
	case "files.info":
		for _, m := range f.messages {
			if m["file"] == form.Get("file") && form.Get("file") != "" {
				shares := map[string]any{"private": map[string]any{channel: []any{map[string]any{"ts": m["ts"]}}}}
				return map[string]any{"file": map[string]any{"id": m["file"], "shares": shares}}
			}
		}
		return map[string]any{"error": "file_not_found"}
	case "files.delete":
		for i, m := range f.messages {
			if m["file"] == form.Get("file") {
				f.messages = append(f.messages[:i], f.messages[i+1:]...)
				return map[string]any{}
			}
		}
		return map[string]any{"error": "file_not_found"}
	case "conversations.info":
		return map[string]any{"channel": map[string]any{"id": channel, "is_member": true}}
	}
	return map[string]any{}
}

// tell has a method answer otherwise, next time.
func (f *fake) tell(method string, answers ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[method] = append(f.answers[method], answers...)
}

// texts are the first lines after the author of what stands.
func (f *fake) texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var texts []string
	for _, m := range f.messages {
		text := m["text"].(string)
		texts = append(texts, text[strings.LastIndexByte(text, '\n')+1:])
	}
	return texts
}

// made are the methods that were called, in order, since the last asking; the last call besides.
func (f *fake) made() (methods string, last call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for _, c := range f.calls {
		names, last = append(names, c.method), c
	}
	f.calls = nil
	return strings.Join(names, " "), last
}
