package stream

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
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
func hijack(w http.ResponseWriter) (eventStream, error) {
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Connection", "close")
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return eventStream{}, fmt.Errorf("take connection over: %w", err)
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
		return eventStream{}, fmt.Errorf("send head: %w", err)
	}
	return eventStream{conn}, nil
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

// eventStream carries frames as events.
type eventStream struct{ net.Conn }

// Frame writes one event. JSON has no line breaks.
func (e eventStream) Frame(frame []byte) error {
	before := "data: "
	if name := eventName(frame); name != "" {
		before = "event: " + name + "\n" + before
	}
	if at := position(frame); at != "" {
		before = "id: " + at + "\n" + before
	}
	parts := net.Buffers{[]byte(before), frame, []byte("\n\n")}
	_, err := parts.WriteTo(e.Conn)
	return err
}

// Ping writes a comment.
func (e eventStream) Ping() error {
	_, err := e.Write([]byte(heartbeat))
	return err
}

// Bye ends it: an event stream has no codes.
func (e eventStream) Bye(int, string) error { return net.ErrClosed }

// watch waits for the client's end: it says nothing more.
func (c *conn) watch(events eventStream) {
	var rest [64]byte
	for {
		if _, err := events.Read(rest[:]); err != nil {
			c.leave()
			return
		}
	}
}
