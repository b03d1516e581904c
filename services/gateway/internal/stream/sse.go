package stream

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// Event streams (text/event-stream) are connections like the WebSockets: in the hub, with the same backlog, tended at the same times. They
// never end by themselves: the widget takes any end for the last one and polls for the rest of its page's life.

const (
	// headTimeout bounds the sending of an event stream's head, a few hundred bytes, to the client's kernel.
	headTimeout = 5 * time.Second
	// heartbeat is a comment: it keeps proxies from cutting the stream, and finds out whether somebody is there.
	heartbeat = ": \n\n"
	// retry is how long an EventSource of somebody else's waits before it comes back, in milliseconds.
	retry = "retry: 1000\n\n"
)

// named are the types that have an event name of their own. The widget listens to these and to "message", and would not hear a
// "typing": all others go as messages.
var named = []string{"screenshot_request", "csat_request", "connected"}

// hijack takes the connection over and sends the head. The answer has no length and no chunks: it ends with the connection, which a
// proxy that speaks HTTP/1.0 understands too.
func hijack(w http.ResponseWriter) (net.Conn, error) {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Connection", "close")
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, fmt.Errorf("take connection over: %w", err)
	}
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	_ = header.Write(&head) // a buffer takes everything
	head.WriteString("\r\n" + retry)
	err = conn.SetDeadline(time.Now().Add(headTimeout))
	if err == nil {
		_, err = conn.Write(head.Bytes())
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("send head: %w", err)
	}
	return conn, nil
}

// notStreamed answers whoever cannot be given an event stream.
func notStreamed(w http.ResponseWriter) {
	httpserver.Error(w, http.StatusHTTPVersionNotSupported, "http_1_required", "event streams are for HTTP/1.1")
}

// eventName is the event line of a frame; empty for none, which is a message.
func eventName(frame []byte) string {
	for _, name := range named {
		rest, ok := bytes.CutPrefix(frame, []byte(`{"type":"`))
		if ok && bytes.HasPrefix(rest, []byte(name+`"`)) {
			return name
		}
	}
	return ""
}

// position is what Mark has put behind a frame; empty for none.
func position(frame []byte) string {
	const key = `,"position":"`
	at := bytes.LastIndex(frame, []byte(key))
	if at < 0 || !bytes.HasSuffix(frame, []byte(`"}`)) {
		return ""
	}
	text := frame[at+len(key) : len(frame)-len(`"}`)]
	if bytes.ContainsAny(text, "\"\\{}:,") { // a piece of the data
		return ""
	}
	return string(text)
}

// eventStream is the form of an event stream.
type eventStream struct{}

// Frame appends one event. JSON has no line breaks.
func (eventStream) Frame(to, frame []byte) []byte {
	if at := position(frame); at != "" {
		to = append(append(append(to, "id: "...), at...), '\n')
	}
	if name := eventName(frame); name != "" {
		to = append(append(append(to, "event: "...), name...), '\n')
	}
	to = append(append(to, "data: "...), frame...)
	return append(to, "\n\n"...)
}

// Ping is a comment.
func (eventStream) Ping() []byte { return []byte(heartbeat) }

// Bye is nothing: an event stream has no codes.
func (eventStream) Bye(int, string) []byte { return nil }

// Take ignores what a client says: it has asked.
func (eventStream) Take(*socket.Socket, []byte) bool { return true }
