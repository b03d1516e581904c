package pusher

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// The versions of the protocol that are spoken. 6 was the first to end a connection with a close code alone.
const (
	oldest, newest = 4, 7
	closesAlone    = 6
)

// protocolOf is the version that a client speaks; the newest when it does not say.
func protocolOf(r *http.Request) int {
	version, err := strconv.Atoi(r.URL.Query().Get("protocol"))
	if err != nil {
		return newest
	}
	return version
}

// refusal is why a client is not let in; 0 for nothing. It is told with a close code: a browser cannot see the status of an upgrade that
// failed, and would try for ever.
func (s *Server) refusal(r *http.Request) (code int, why string) {
	query := r.URL.Query()
	switch version := query.Get("protocol"); {
	case version == "" && query.Get("client") == "" && query.Get("version") == "":
		return codeNoVersion, "no protocol version was given"
	case version != "" && !isNumber(version):
		return codeBadVersion, "the protocol version is no number"
	case protocolOf(r) < oldest || protocolOf(r) > newest:
		return codeOldVersion, "this protocol version is not supported; versions 4 to 7 are"
	}
	if origin := r.Header.Get("Origin"); origin != "" && !s.Origins.Allows(origin) {
		return codeUnauthorized, "pages of this origin may not connect"
	}
	return 0, ""
}

// note says who has come, to whoever looks for old clients.
func (s *Server) note(c *conn, r *http.Request) {
	if entry := s.Log.Check(zap.DebugLevel, "client connected"); entry != nil {
		query := r.URL.Query()
		entry.Write(zap.String("socket", c.id), zap.String("client", query.Get("client")), zap.String("version", query.Get("version")), zap.Int("protocol", protocolOf(r)))
	}
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// refuse closes a connection that was not let in. Clients before version 6 are told with an error first.
func refuse(ws *websocket.Conn, code int, why string, version int) {
	deadline := time.Now().Add(socket.CloseGrace)
	_ = ws.SetWriteDeadline(deadline) // whoever does not listen is not told
	if version < closesAlone {
		_ = ws.WriteMessage(websocket.TextMessage, problem(code, why))
	}
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), deadline)
	_ = ws.Close()
}

// NoApp refuses whoever names a key that is no app's.
func NoApp(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{HandshakeTimeout: handshakeTimeout, CheckOrigin: func(*http.Request) bool { return true }}
	if ws, err := upgrader.Upgrade(w, r, nil); err == nil {
		refuse(ws, codeNoApp, "there is no app of this key here", protocolOf(r))
	}
}

// newSocketID is two runs of digits, which nobody can guess.
func newSocketID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	const some = 1 << 30   // neither run begins with a zero, or is longer than 31 bits
	return number(binary.BigEndian.Uint32(b[:4])%some+some) + "." + number(binary.BigEndian.Uint32(b[4:])%some+some)
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// isSocketID tells what newSocketID could have made, or another server of this protocol.
func isSocketID(s string) bool {
	dots := 0
	for i, r := range s {
		switch {
		case r == '.' && i > 0 && i < len(s)-1:
			dots++
		case r < '0' || r > '9':
			return false
		}
	}
	return dots == 1
}
