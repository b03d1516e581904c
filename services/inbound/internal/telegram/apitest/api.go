// Package apitest is a Bot API for tests: it hands out updates as long polling does, remembers every call, and refuses on
// command. It refuses to keep a group: the simulator does that.
package apitest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
)

// Call is one call of a method.
type Call struct {
	Method string
	Params map[string]any
}

// API is the server.
type API struct {
	URL string

	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change
	pending []json.RawMessage
	refused map[string]string
	files   map[string]string
	hook    string
	allowed []any
	calls   []Call
	offset  int64
}

// New starts a server that stops with the test.
func New(t testing.TB) *API {
	t.Helper()
	a := &API{changed: make(chan struct{}), refused: map[string]string{}, files: map[string]string{}}
	server := httptest.NewServer(a)
	a.URL = server.URL
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return a
}

// Push adds updates.
func (a *API) Push(updates ...string) {
	a.change(func() {
		for _, update := range updates {
			a.pending = append(a.pending, json.RawMessage(update))
		}
	})
}

// Refuse makes a method answer a body of its own; an empty one ends that.
func (a *API) Refuse(method, body string) { a.change(func() { a.refused[method] = body }) }

// Keep has the API give out a file under an id.
func (a *API) Keep(fileID, data string) { a.change(func() { a.files[fileID] = data }) }

// Steal registers another webhook, as a second installation with the same token does.
func (a *API) Steal(url string) { a.change(func() { a.hook = url }) }

func (a *API) change(do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	do()
	close(a.changed)
	a.changed = make(chan struct{})
}

// Offset is what the last getUpdates confirmed everything below of.
func (a *API) Offset() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offset
}

// Calls are the calls of a method so far.
func (a *API) Calls(method string) []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	var calls []Call
	for _, call := range a.calls {
		if call.Method == method {
			calls = append(calls, call)
		}
	}
	return calls
}

// Await waits until a condition over the server holds.
func (a *API) Await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		a.mu.Lock()
		changed := a.changed
		a.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("in vain: %s", what)
		}
	}
}

// ServeHTTP answers a method.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := Call{Method: path.Base(r.URL.Path)}
	if strings.HasPrefix(r.URL.Path, "/file/bot") {
		a.mu.Lock()
		data := a.files[call.Method]
		a.mu.Unlock()
		_, _ = io.WriteString(w, data)
		return
	}
	body, _ := io.ReadAll(r.Body)
	if json.Unmarshal(body, &call.Params) != nil || !strings.HasPrefix(r.URL.Path, "/bot") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var refusal string
	a.change(func() {
		a.calls = append(a.calls, call)
		if call.Method == "getUpdates" {
			a.confirm(call.Params)
		}
		refusal = a.refused[call.Method]
	})
	if refusal != "" {
		_, _ = io.WriteString(w, refusal)
		return
	}
	result, err := json.Marshal(a.answer(r, call))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, `{"ok":true,"result":`+string(result)+`}`)
}

func (a *API) answer(r *http.Request, call Call) any {
	switch call.Method {
	case "getMe":
		return map[string]any{"id": 7001, "is_bot": true, "username": "bellhop_bot"}
	case "getChatMember":
		return map[string]any{"status": "administrator", "can_manage_topics": true, "can_delete_messages": true}
	case "getFile":
		fileID, _ := call.Params["file_id"].(string)
		a.mu.Lock()
		defer a.mu.Unlock()
		return map[string]any{"file_id": fileID, "file_path": "documents/" + fileID, "file_size": len(a.files[fileID])}
	case "sendMessage":
		return map[string]any{"message_id": 9000 + len(a.Calls("sendMessage"))}
	case "getUpdates":
		return a.wait(r)
	case "setWebhook":
		a.change(func() {
			a.hook, _ = call.Params["url"].(string)
			a.allowed, _ = call.Params["allowed_updates"].([]any)
		})
	case "deleteWebhook":
		a.change(func() { a.hook = "" })
	case "getWebhookInfo":
		a.mu.Lock()
		defer a.mu.Unlock()
		return map[string]any{"url": a.hook, "allowed_updates": a.allowed}
	}
	return true
}

// confirm forgets what is below the offset. The caller holds mu.
func (a *API) confirm(params map[string]any) {
	offset, _ := params["offset"].(float64)
	a.offset = int64(offset)
	var kept []json.RawMessage
	for _, raw := range a.pending {
		var u struct {
			ID int64 `json:"update_id"`
		}
		if json.Unmarshal(raw, &u) != nil || u.ID >= a.offset {
			kept = append(kept, raw)
		}
	}
	a.pending = kept
}

// wait returns what is pending, as soon as there is something.
func (a *API) wait(r *http.Request) []json.RawMessage {
	for {
		a.mu.Lock()
		batch, changed := a.pending, a.changed
		a.mu.Unlock()
		if len(batch) > 0 {
			return batch
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return nil
		}
	}
}
