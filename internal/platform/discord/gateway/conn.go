package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/label"
)

const (
	// handshake bounds everything up to the first event of a session.
	handshake = 30 * time.Second
	// writing bounds one frame that is sent.
	writing = 10 * time.Second
	// maxFrame bounds one that is received: what a large server tells of itself at first.
	maxFrame = 64 << 20
	// leave is the close code with which a session can be resumed: any but 1000 and 1001.
	// https://discord.com/developers/docs/events/gateway#disconnecting
	leave = 4900
)

// dialer honours HTTPS_PROXY.
var dialer = websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: handshake, ReadBufferSize: 16 << 10, WriteBufferSize: 1 << 10}

var (
	errReconnect = errors.New("asked for another connection")
	errZombie    = errors.New("a heartbeat was not acknowledged")
)

// closedError is a connection that Discord closed.
type closedError struct {
	code int
	text string
}

func (e *closedError) Error() string { return fmt.Sprintf("closed with %d %s", e.code, e.text) }

// invalidError is a session that can't be gone on with now, or not at all.
type invalidError struct{ resumable bool }

func (e *invalidError) Error() string {
	return fmt.Sprintf("the session is invalid, resumable: %t", e.resumable)
}

// conn is one connection.
type conn struct {
	*client
	ws    *websocket.Conn
	mu    sync.Mutex // of writing
	acked atomic.Bool
	seq   atomic.Int64
	end   context.CancelCauseFunc
}

// once makes one connection, and returns why it has ended.
func (c *client) once(ctx context.Context) error {
	at, err := c.where(ctx)
	if err != nil {
		return err
	}
	ws, resp, err := dialer.DialContext(ctx, at, http.Header{"User-Agent": {"DiscordBot (https://github.com/bellhop-chat/bellhop, 1)"}})
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	ctx, end := context.WithCancelCause(ctx)
	one := &conn{client: c, ws: ws, end: end}
	one.acked.Store(true)
	one.seq.Store(c.session.Seq)
	ws.SetReadLimit(maxFrame)
	// Whatever ends the connection ends its reading.
	stop := context.AfterFunc(ctx, one.hangUp)
	defer stop()
	var beats sync.WaitGroup
	err = one.run(ctx, &beats)
	end(err)
	one.hangUp()
	beats.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause // the heart knows better than the reading it has ended
	}
	return err
}

// hangUp says goodbye so that the session lives on, and closes the connection.
func (one *conn) hangUp() {
	message := websocket.FormatCloseMessage(leave, "")
	_ = one.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second)) // it may be closed already
	_ = one.ws.Close()
}

// run reads until the connection ends.
func (one *conn) run(ctx context.Context, beats *sync.WaitGroup) error {
	late := time.AfterFunc(handshake, func() { one.end(errors.New("no session within the time")) })
	defer late.Stop()
	for {
		f, err := one.read()
		if err != nil {
			return err
		}
		switch f.Op {
		case opHello:
			var hello struct {
				Interval int64 `json:"heartbeat_interval"`
			}
			if err := json.Unmarshal(f.Data, &hello); err != nil || hello.Interval <= 0 {
				return errors.New("read hello: no heartbeat interval")
			}
			beats.Go(func() { one.beat(ctx, time.Duration(hello.Interval)*time.Millisecond) })
			err = one.begin()
		case opDispatch:
			err = one.dispatch(ctx, f, late)
		case opHeartbeat:
			err = one.heartbeat()
		case opHeartbeatAck:
			one.acked.Store(true)
		case opReconnect:
			err = errReconnect
		case opInvalidSession:
			err = &invalidError{resumable: string(f.Data) == "true"}
		}
		if err != nil {
			return err
		}
	}
}

// read reads one frame. One that is no JSON is skipped: it would come again for ever.
func (one *conn) read() (frame, error) {
	for {
		_, data, err := one.ws.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return frame{}, &closedError{code: closed.Code, text: label.Line(closed.Text, 100)}
		}
		if err != nil {
			return frame{}, fmt.Errorf("read: %w", err)
		}
		var f frame
		if err := json.Unmarshal(data, &f); err == nil {
			return f, nil
		}
		one.Log.Error("a frame of the gateway cannot be read and is skipped", zap.Int("bytes", len(data)))
	}
}

// dispatch queues an event.
func (one *conn) dispatch(ctx context.Context, f frame, late *time.Timer) error {
	session := one.session
	if f.Seq != nil {
		session.Seq = *f.Seq
	}
	if f.Type == eventReady {
		var ready struct {
			ID        string `json:"session_id"`
			ResumeURL string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(f.Data, &ready); err != nil || ready.ID == "" {
			return errors.New("read ready: no session")
		}
		session.ID, session.ResumeURL = ready.ID, ready.ResumeURL
	}
	select {
	case one.queue <- Event{Type: f.Type, Data: f.Data, Session: session}:
	case <-ctx.Done():
		return ctx.Err()
	}
	one.session = session
	one.seq.Store(session.Seq)
	if f.Type == eventReady || f.Type == eventResumed {
		late.Stop()
		one.ready()
		one.Log.Info("gateway connected", zap.String("by", f.Type))
	}
	return nil
}
