package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// Operations. https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11
)

// Events that begin and go on with a session.
const (
	eventReady   = "READY"
	eventResumed = "RESUMED"
)

// frame is what both sides send.
type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type string          `json:"t"`
}

type identify struct {
	Token      string            `json:"token"`
	Intents    int               `json:"intents"`
	Properties map[string]string `json:"properties"`
	Shard      [2]int            `json:"shard"`
}

type resume struct {
	Token     string `json:"token"`
	SessionID string `json:"session_id"`
	Seq       int64  `json:"seq"`
}

// begin resumes the session, or begins one.
func (one *conn) begin() error {
	if one.session.resumable() {
		return one.write(opResume, resume{Token: one.Token, SessionID: one.session.ID, Seq: one.session.Seq})
	}
	one.identified = time.Now()
	return one.write(opIdentify, identify{
		Token: one.Token, Intents: int(one.Intents), Shard: [2]int{0, 1},
		Properties: map[string]string{"os": "linux", "browser": "bellhop", "device": "bellhop"},
	})
}

func (one *conn) write(op int, data any) error {
	body, err := json.Marshal(struct {
		Op   int `json:"op"`
		Data any `json:"d"`
	}{op, data})
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	_ = one.ws.SetWriteDeadline(time.Now().Add(writing)) // fails only when it is closed, as the writing then does
	if err := one.ws.WriteMessage(websocket.TextMessage, body); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// heartbeat tells what was received last.
func (one *conn) heartbeat() error {
	if seq := one.seq.Load(); seq > 0 {
		return one.write(opHeartbeat, seq)
	}
	return one.write(opHeartbeat, nil)
}

// beat sends heartbeats until ctx ends. The first comes at a random time, so that not all of the world's bots come at once; one
// that was not acknowledged before the next is due means that nobody is there.
func (one *conn) beat(ctx context.Context, interval time.Duration) {
	wait := rand.N(interval)
	for sleep(ctx, wait) {
		if !one.acked.Swap(false) {
			one.end(errZombie)
			return
		}
		if err := one.heartbeat(); err != nil {
			one.end(err)
			return
		}
		wait = interval
	}
}
