package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// pingEvery is how often we ask whether the other end is there, and silence how long it may say nothing at all: Slack pings
	// every few seconds, and answers ours.
	pingEvery = 10 * time.Second
	silence   = 30 * time.Second
	// handshake bounds the opening, write every single write.
	handshake = 10 * time.Second
	writeTime = 10 * time.Second
	// maxEnvelope bounds what comes: the largest real events have a few hundred KiB.
	maxEnvelope = 4 << 20
	// writeBuffer holds an answer as one frame: Slack is said to drop what comes in several.
	writeBuffer = 32 << 10
)

// Types of envelopes, and why a socket is to be left.
const (
	EnvelopeHello       = "hello"
	EnvelopeDisconnect  = "disconnect"
	EnvelopeEvent       = "events_api"
	EnvelopeInteractive = "interactive"
	EnvelopeCommand     = "slash_commands"

	// ReasonWarning comes about 10 s before the end, ReasonRefresh at it: open another socket before leaving this one.
	ReasonWarning = "warning"
	ReasonRefresh = "refresh_requested"
	// ReasonDisabled: Socket Mode was switched off for the app. It stays so until a person changes it.
	ReasonDisabled = "link_disabled"
)

// Envelope is one thing that comes over a socket.
type Envelope struct {
	Type string `json:"type"`
	// ID is what Ack confirms; empty where there is nothing to confirm.
	ID string `json:"envelope_id"`
	// Payload is the same JSON that Slack would have posted: see DecodeCallback, DecodeInteraction, DecodeCommand.
	Payload json.RawMessage `json:"payload"`
	// Reason is why, with EnvelopeDisconnect.
	Reason string `json:"reason"`
	// RetryAttempt counts from 1 what was sent before and not confirmed.
	RetryAttempt int `json:"retry_attempt"`
}

// Socket is one connection of Socket Mode. One goroutine may read, and any confirm.
type Socket struct {
	client *Client
	conn   *websocket.Conn
	write  sync.Mutex
	stop   chan struct{}
	once   sync.Once
	done   sync.WaitGroup
}

// OpenSocket asks for an address with the app token and connects. Up to 10 sockets may be open at once; each event comes over one
// of them. The caller closes it.
func (c *Client) OpenSocket(ctx context.Context) (*Socket, error) {
	address, err := c.openConnection(ctx)
	if err != nil {
		return nil, err
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: handshake, WriteBufferSize: writeBuffer}
	conn, resp, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {"Bellhop"}})
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		status := 0
		if resp != nil {
			status = resp.StatusCode
		}
		return nil, c.failed(openSocket, status, err)
	}
	s := &Socket{client: c, conn: conn, stop: make(chan struct{})}
	conn.SetReadLimit(maxEnvelope)
	s.heard()
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error { s.heard(); return answerPing(data) })
	conn.SetPongHandler(func(string) error { s.heard(); return nil })
	s.done.Go(s.ping)
	return s, nil
}

// openConnection asks for an address, which works once.
func (c *Client) openConnection(ctx context.Context) (string, error) {
	r, err := c.post(ctx, openConnection, c.appToken, url.Values{})
	if err != nil {
		return "", err
	}
	var to struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(r.body, &to); err != nil || to.URL == "" {
		return "", c.failed(openConnection, http.StatusOK, errNoResult)
	}
	if !c.trustedSocket(to.URL) {
		return "", c.failed(openConnection, 0, errForbidden)
	}
	return to.URL, nil
}

// heard puts off the end of our patience.
func (s *Socket) heard() { _ = s.conn.SetReadDeadline(time.Now().Add(silence)) }

// ping asks now and then whether Slack is still there.
func (s *Socket) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			// A write that fails breaks the connection, which Read then tells.
			_ = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
		}
	}
}

// Read waits for the next envelope. What is no JSON object comes without a type, like what nobody knows. After an error the socket is
// of no use; Close ends the waiting.
func (s *Socket) Read() (Envelope, error) {
	_, data, err := s.conn.ReadMessage()
	if err != nil {
		return Envelope{}, s.client.failed(openSocket, 0, fmt.Errorf("read: %w", err))
	}
	s.heard()
	var e Envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return Envelope{}, nil
	}
	return e, nil
}

// Ack confirms an envelope: Slack forgets it. It is due within 3 s of the envelope's coming.
func (s *Socket) Ack(envelopeID string) error {
	s.write.Lock()
	defer s.write.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	err := s.conn.WriteJSON(struct {
		ID string `json:"envelope_id"`
	}{envelopeID})
	if err != nil {
		return s.client.failed(openSocket, 0, fmt.Errorf("confirm: %w", err))
	}
	return nil
}

// Close leaves. It may be called again, and while somebody reads.
func (s *Socket) Close() {
	s.once.Do(func() {
		close(s.stop)
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
		_ = s.conn.Close()
	})
	s.done.Wait()
}
