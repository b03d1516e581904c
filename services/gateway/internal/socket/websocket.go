package socket

import (
	"time"

	"github.com/gorilla/websocket"
)

// WebSocket carries frames as text messages.
type WebSocket struct{ *websocket.Conn }

// Frame writes a text message.
func (w WebSocket) Frame(data []byte) error { return w.WriteMessage(websocket.TextMessage, data) }

// Ping writes a ping.
//
//go:noinline
func (w WebSocket) Ping() error {
	return w.WriteControl(websocket.PingMessage, nil, time.Now().Add(ControlTimeout))
}

// Bye writes a close frame, and gives the client CloseGrace for its answer.
//
//go:noinline
func (w WebSocket) Bye(code int, why string) error {
	_ = w.SetReadDeadline(time.Now().Add(CloseGrace)) // fails only when it is closed, as the writing then does
	return w.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(ControlTimeout))
}
