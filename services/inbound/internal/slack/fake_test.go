package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// call is one that the bot made.
type call struct {
	method, body string
	form         url.Values
}

// fake is a Slack that answers as it is told, keeps what it was asked, and speaks over sockets.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change
	calls   []call
	answers map[string]string
	sockets chan *websocket.Conn
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{changed: make(chan struct{}), sockets: make(chan *websocket.Conn, 10), answers: map[string]string{
		"auth.test":          `{"ok":true,"user":"bellhop","user_id":"U0BOT","bot_id":"B01","team_id":"T01"}`,
		"users.info":         `{"ok":true,"user":{"real_name":"Olga \u202eP"}}`,
		"conversations.info": `{"ok":true,"channel":{"id":"C0SUPPORT01","is_member":true}}`,
	}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/link" {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err == nil {
			f.sockets <- conn
		}
		return
	}
	body, _ := io.ReadAll(r.Body) // the client's trouble
	form, _ := url.ParseQuery(string(body))
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call{method, string(body), form})
	close(f.changed)
	f.changed = make(chan struct{})
	answer, told := f.answers[method]
	switch {
	case told:
	case method == "apps.connections.open":
		answer = `{"ok":true,"url":"ws://` + r.Host + `/link?ticket=1"}`
	default:
		answer = `{"ok":true}`
	}
	_, _ = io.WriteString(w, answer)
}

// tell has a method answer something from now on.
func (f *fake) tell(method, answer string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[method] = answer
}

// made are the calls of a method.
func (f *fake) made(method string) []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var made []call
	for _, c := range f.calls {
		if c.method == method {
			made = append(made, c)
		}
	}
	return made
}

// await waits until so many calls of a method were made.
func (f *fake) await(t *testing.T, method string, n int) []call {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		f.mu.Lock()
		changed := f.changed
		f.mu.Unlock()
		if made := f.made(method); len(made) >= n {
			return made
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("%s was called %d times, want %d", method, len(f.made(method)), n)
		}
	}
}

// socket is the other end of the next socket that is opened.
func (f *fake) socket(t *testing.T) *peer {
	t.Helper()
	select {
	case conn := <-f.sockets:
		p := &peer{t: t, conn: conn, acks: make(chan string, 100)}
		p.done.Go(p.read)
		t.Cleanup(p.close)
		return p
	case <-time.After(10 * time.Second):
		t.Fatal("no socket is opened")
		return nil
	}
}

// peer is Slack's end of a socket.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	acks chan string // closed when the bot has left
	done sync.WaitGroup
}

func (p *peer) read() {
	defer close(p.acks)
	for {
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if err := p.conn.ReadJSON(&ack); err != nil {
			return
		}
		p.acks <- ack.ID
	}
}

func (p *peer) close() {
	_ = p.conn.Close()
	p.done.Wait()
}

func (p *peer) says(kind, envelopeID, payload string) {
	p.t.Helper()
	e := map[string]any{"type": kind, "envelope_id": envelopeID, "payload": json.RawMessage(payload)}
	if err := p.conn.WriteJSON(e); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) disconnects(reason string) {
	p.t.Helper()
	if err := p.conn.WriteJSON(map[string]string{"type": "disconnect", "reason": reason}); err != nil {
		p.t.Fatal(err)
	}
}

// acked waits for the next confirmation; false when the bot has left.
func (p *peer) acked() (string, bool) {
	p.t.Helper()
	select {
	case id, ok := <-p.acks:
		return id, ok
	case <-time.After(10 * time.Second):
		p.t.Fatal("no confirmation")
		return "", false
	}
}
