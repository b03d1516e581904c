package pusher

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/sdk/channels"
)

// member is a socket of a user, and what it was told of the channels that it is in.
type member struct {
	user, id string
	ws       *websocket.Conn
	done     chan struct{} // closed when nothing more comes

	mu    sync.Mutex
	views map[string]*view
	// online is what it was told of those that it watches.
	online map[string]bool
	faults []string
	frames []string
}

// view is what a socket knows of a channel: nobody until it is let in.
type view struct {
	in, refused bool
	users       map[string]bool
}

// joins opens a socket that signs in as a user; nil when the gateway has gone.
func (m *model) opens(g *site, user string, watches ...string) *member {
	ws, res, err := websocket.DefaultDialer.Dial("ws://"+g.addr+"/app/"+app.key+"?protocol=7&client=model", nil)
	if err != nil {
		return nil
	}
	_ = res.Body.Close()
	p := &member{user: user, ws: ws, done: make(chan struct{}), views: map[string]*view{}, online: map[string]bool{}}
	var hello struct{ Data string }
	var socket struct {
		ID string `json:"socket_id"`
	}
	if ws.ReadJSON(&hello) != nil || json.Unmarshal([]byte(hello.Data), &socket) != nil {
		_ = ws.Close()
		return nil
	}
	p.id = socket.ID
	go p.listen()
	auth, err := m.backend.AuthenticateUser(p.id, channels.User{ID: user, Watchlist: watches})
	if err != nil {
		m.t.Error(err)
	}
	p.says("pusher:signin", map[string]string{"auth": auth.Auth, "user_data": auth.UserData})
	p.says("pusher:subscribe", map[string]string{"channel": public})
	return p
}

func (p *member) says(event string, data any) {
	_ = p.ws.WriteJSON(map[string]any{"event": event, "data": data}) // the listener notices a socket that has ended
}

// joins asks to be let into a presence channel.
func (p *member) joins(t *testing.T, backend *channels.Client, channel string) {
	auth, err := backend.AuthenticatePresence(p.id, channel, channels.Member{UserID: p.user})
	if err != nil {
		t.Error(err)
	}
	p.mu.Lock()
	p.views[channel] = &view{users: map[string]bool{}}
	p.mu.Unlock()
	p.says("pusher:subscribe", map[string]string{"channel": channel, "auth": auth.Auth, "channel_data": auth.ChannelData})
}

func (p *member) leaves(channel string) {
	p.mu.Lock()
	delete(p.views, channel)
	p.mu.Unlock()
	p.says("pusher:unsubscribe", map[string]string{"channel": channel})
}

// closes ends the socket without a word.
func (p *member) closes() {
	_ = p.ws.NetConn().Close()
	<-p.done
}

func (p *member) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *member) listen() {
	defer close(p.done)
	for {
		var f struct {
			Event, Channel string
			Data           json.RawMessage
		}
		if p.ws.ReadJSON(&f) != nil {
			return
		}
		var text string
		_ = json.Unmarshal(f.Data, &text) // an error's data are an object
		p.mu.Lock()
		p.frames = append(p.frames, fmt.Sprintf("%s %s %s %s", time.Now().Format("05.000"), f.Event, f.Channel, text))
		p.hear(f.Event, f.Channel, []byte(text))
		p.mu.Unlock()
	}
}

func (p *member) hear(event, channel string, data []byte) {
	if event == "pusher_internal:watchlist_events" {
		p.watched(data)
		return
	}
	v := p.views[channel]
	if v == nil { // it has left, and not everybody knows
		return
	}
	var told struct {
		Presence struct{ IDs []string }
		User     string `json:"user_id"`
	}
	_ = json.Unmarshal(data, &told) // what is missing is noticed
	switch event {
	case "pusher_internal:subscription_succeeded":
		v.in, v.users = true, map[string]bool{}
		for _, user := range told.Presence.IDs {
			v.users[user] = true
		}
		p.fault(!v.users[p.user], "it is in without its own user")
	case "pusher:subscription_error":
		v.refused = true
	case "pusher_internal:member_added":
		p.fault(v.in && (v.users[told.User] || told.User == p.user), told.User+" was added who is in "+channel)
		v.users[told.User] = true
	case "pusher_internal:member_removed":
		p.fault(v.in && (!v.users[told.User] || told.User == p.user || steady[told.User]), told.User+" was removed who is not, or never left, "+channel)
		delete(v.users, told.User)
	}
}

func (p *member) watched(data []byte) {
	var told struct {
		Events []struct {
			Name  string
			Users []string `json:"user_ids"`
		}
	}
	_ = json.Unmarshal(data, &told)
	for _, e := range told.Events {
		for _, user := range e.Users {
			before, known := p.online[user]
			p.fault(known && before == (e.Name == "online"), user+" was said to be "+e.Name+" twice")
			p.fault(known && before && steady[user], user+" never was "+e.Name)
			p.online[user] = e.Name == "online"
		}
	}
}

func (p *member) fault(is bool, what string) {
	if is {
		p.faults = append(p.faults, what)
	}
}

// sees is who is in a channel, and whether the socket should be in it.
func (p *member) sees(channel string) (users []string, in, asked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.views[channel]
	if v == nil || v.refused {
		return nil, false, false
	}
	return slices.Sorted(maps.Keys(v.users)), v.in, true
}
