package telegram

import (
	"encoding/json"
	"net"
	"net/http"
	"strconv"
)

// answer is what goes back on the wire.
type answer struct {
	status      int
	body        []byte
	contentType string
	truncate    bool
	reset       bool
	pause       func() bool // between the halves of the body; false if there is nobody to write to any more
}

func encode(result any, err *apiError, note string) answer {
	if err != nil {
		return refusal(err)
	}
	return success(result, note)
}

func success(result any, note string) answer {
	body, err := json.Marshal(envelope{OK: true, Result: result, Description: note})
	if err != nil {
		return refusal(&apiError{Code: 500, Description: "Internal Server Error"})
	}
	return answer{status: http.StatusOK, body: body, contentType: "application/json"}
}

func refusal(e *apiError) answer {
	out := envelope{ErrorCode: e.Code, Description: e.Description}
	if e.RetryAfter > 0 || e.MigrateTo != 0 {
		out.Parameters = &responseParameters{RetryAfter: e.RetryAfter, MigrateToChatID: e.MigrateTo}
	}
	body, err := json.Marshal(out)
	if err != nil {
		body = []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	return answer{status: e.Code, body: body, contentType: "application/json"}
}

// send writes an answer, whole, cut in half, or as a reset connection.
func send(w http.ResponseWriter, a answer) {
	if a.reset {
		reset(w)
		return
	}
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	body := a.body
	if a.truncate {
		body = body[:len(body)/2]
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if a.pause != nil {
		half := len(body) / 2
		_, _ = w.Write(body[:half])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if !a.pause() {
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
