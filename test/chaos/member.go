package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// member is a user's socket in a presence channel, with a ledger of how often it was told that somebody came or went.
type member struct {
	user string
	ws   *websocket.Conn
	done chan struct{} // closed when it hears nothing more

	mu             sync.Mutex
	added, removed map[string]int
	frames         []string // of the ledger, with when they came
}

// pusherFrame is what a server says. Its data are JSON in a string.
type pusherFrame struct{ Event, Channel, Data string }

// join has a user's socket in a channel when it returns. Like a client it tries again: no sessions service, no presence channel.
func (h *haunted) join(ctx context.Context, addr, channel, user string) (*member, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for {
		m, err := h.try(ctx, addr, channel, user)
		if err == nil {
			go m.listen()
			return m, nil
		}
		if !visitor.Sleep(ctx, again) {
			return nil, fmt.Errorf("%s joins %s at %s: %w", user, channel, addr, err)
		}
	}
}

func (h *haunted) try(ctx context.Context, addr, channel, user string) (*member, error) {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+addr+"/app/"+appKey+"?protocol=7&client=bellhop", nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	m := &member{user: user, ws: ws, done: make(chan struct{}), added: map[string]int{}, removed: map[string]int{}}
	if err := m.enter(h, channel); err != nil {
		_ = ws.Close()
		return nil, err
	}
	return m, nil
}

func (m *member) enter(h *haunted, channel string) error {
	_ = m.ws.SetReadDeadline(time.Now().Add(attempt)) // a socket that is gone says so when it is read
	var hello pusherFrame
	if err := m.ws.ReadJSON(&hello); err != nil {
		return err
	}
	var socket struct {
		ID string `json:"socket_id"`
	}
	if err := json.Unmarshal([]byte(hello.Data), &socket); err != nil {
		return err
	}
	auth, err := h.backend.AuthenticatePresence(socket.ID, channel, channels.Member{UserID: m.user})
	if err != nil {
		return err
	}
	if err := m.ws.WriteJSON(map[string]any{"event": "pusher:subscribe", "data": map[string]string{
		"channel": channel, "auth": auth.Auth, "channel_data": auth.ChannelData,
	}}); err != nil {
		return err
	}
	var in pusherFrame
	if err := m.ws.ReadJSON(&in); err != nil {
		return err
	}
	if in.Event != "pusher_internal:subscription_succeeded" {
		return fmt.Errorf("refused: %s %s", in.Event, in.Data)
	}
	return m.ws.SetReadDeadline(time.Time{})
}

func (m *member) listen() {
	defer close(m.done)
	for {
		var f pusherFrame
		if err := m.ws.ReadJSON(&f); err != nil {
			return
		}
		var who struct {
			User string `json:"user_id"`
		}
		_ = json.Unmarshal([]byte(f.Data), &who) // other frames name nobody
		m.mu.Lock()
		switch f.Event {
		case "pusher_internal:member_added":
			m.added[who.User]++
		case "pusher_internal:member_removed":
			m.removed[who.User]++
		}
		m.frames = append(m.frames, fmt.Sprintf("%s %s %s", time.Now().Format("15:04:05.000"), f.Event, f.Data))
		m.mu.Unlock()
	}
}

func (m *member) close() {
	_ = m.ws.Close() // a gateway that was killed has closed it
	<-m.done
}

// told is what the ledger says, and begins it anew.
func (m *member) told() (added, removed map[string]int, frames []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	added, removed, frames = m.added, m.removed, m.frames
	m.added, m.removed, m.frames = map[string]int{}, map[string]int{}, nil
	return added, removed, frames
}

// hears waits until the ledger has everybody in one of its halves.
func (m *member) hears(ctx context.Context, half func(*member) map[string]int, users []string) error {
	for {
		m.mu.Lock()
		heard := maps.Clone(half(m))
		m.mu.Unlock()
		missing := 0
		for _, user := range users {
			if heard[user] == 0 {
				missing++
			}
		}
		if missing == 0 {
			return nil
		}
		if !visitor.Sleep(ctx, look) {
			return fmt.Errorf("%s heard %v, and is not told of %d of %q: %w", m.user, heard, missing, users, ctx.Err())
		}
	}
}

func came(m *member) map[string]int { return m.added }
func went(m *member) map[string]int { return m.removed }
