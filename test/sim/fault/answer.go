package fault

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
)

// Answer is what goes back on the wire.
type Answer struct {
	Status int
	Header http.Header // Content-Type and the platform's own; nil is fine
	Body   []byte

	Truncate bool        // only half of the body, with a length that fits the half
	Reset    bool        // no answer: the connection is reset
	Pause    func() bool // between the halves of the body; false if there is nobody to write to any more
}

// HTML is how a proxy in front of a platform answers when the platform does not.
func HTML(status int) Answer {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	page := "<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text +
		"</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
	return Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(page)}
}

// Write sends an answer, whole, cut in half, slowly, or as a reset connection.
func (a Answer) Write(w http.ResponseWriter) {
	if a.Reset {
		reset(w)
		return
	}
	body := a.Body
	if a.Truncate {
		body = body[:len(body)/2]
	}
	maps.Copy(w.Header(), a.Header)
	if a.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.Status)
	if a.Pause != nil {
		half := len(body) / 2
		_, _ = w.Write(body[:half])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if !a.Pause() {
			return
		}
		body = body[half:]
	}
	_, _ = w.Write(body) // the client may be gone; there is nobody to tell
}

// reset closes the connection so that the client sees a reset and not an orderly end.
func reset(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
