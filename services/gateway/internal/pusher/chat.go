package pusher

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Every chat session is a channel too, private-session-<id>: whoever is in it hears what the session's pages hear, as events by the names of the
// widget protocol. What a backend triggers there is a custom event to the visitor, and what a client sends there is one from him: both
// are facts, stored before anybody is told. A backend hears the custom events of all visitors in private-events-<name>.

// storeTimeout bounds the wait for the bus with one custom event of a client.
const storeTimeout = 10 * time.Second

// listener hears a session for a socket.
type listener struct {
	*conn
	key   session.Key
	room  *room
	since time.Time
}

// Push tells the socket what the session's pages are told. After the last there is no channel any more: the socket is told so, and loses its
// seat; that it has listened is forgotten with it.
func (l *listener) Push(f hub.Frame) {
	if data := fromWidget(l.room.name, f.Data); data != nil {
		l.tell(data)
	}
	if f.Last {
		l.room.leave(l.conn)
	}
}

// Resync tells that something may have been missed: the page reads the conversation anew.
func (l *listener) Resync() { l.tell(say("reset", l.room.name, empty{})) }

// Tend and Shut do nothing: the socket is looked after, and shut, where it is itself.
func (l *listener) Tend() {}

// Shut does nothing.
func (l *listener) Shut() {}

// fromWidget makes a channel's event of a frame of the widget protocol. A custom event is called by its own name.
func fromWidget(channel string, data []byte) []byte {
	var f struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(data, &f) != nil {
		return nil
	}
	var custom struct {
		Name string          `json:"name"`
		Data json.RawMessage `json:"data"`
	}
	if f.Type == "event" && json.Unmarshal(f.Data, &custom) == nil && custom.Name != "" && !strings.HasPrefix(custom.Name, reserved) {
		f.Type, f.Data = custom.Name, custom.Data
	}
	if len(f.Data) == 0 {
		f.Data = json.RawMessage("null")
	}
	return frameOf(channel, Event{Name: f.Type, Data: text(string(f.Data))})
}

// visitor says whether a socket may hear a session: one that Bellhop has named is its bearer's, as everywhere; of one that somebody else has
// named, only who has a signature may.
func (c *conn) visitor(s subscription, unsigned string) *refusal {
	name := strings.TrimPrefix(s.Channel, sessionPrefix)
	if unsigned != "" && !id.Session(name).Own() {
		return &refusal{authError, 401, unsigned}
	}
	ctx, cancel := context.WithTimeout(c.server.ctx, admitTimeout)
	defer cancel()
	entry, refused := c.server.Intake.Visitor(ctx, name)
	switch {
	case refused != nil:
		return &refusal{authError, refused.Status, refused.Text}
	case c.server.Chat.Holds(entry.Key) >= hub.Most:
		return &refusal{limitReached, codeOverCapacity, "this session has as many connections as it may have"}
	}
	return nil
}

// listen has a socket hear a session.
func (c *conn) listen(r *room) {
	key := session.Key{Project: c.server.Project, Session: id.Session(strings.TrimPrefix(r.name, sessionPrefix))}
	l := &listener{conn: c, key: key, room: r, since: time.Now()}
	if c.listeners == nil {
		c.listeners = map[string]*listener{}
	}
	c.unlisten(r.name) // a session of this name that was erased
	c.listeners[r.name] = l
	c.server.Chat.Join(key, l)
}

// unlisten ends that. The last connection of a visitor that goes is his leaving.
func (c *conn) unlisten(channel string) {
	l := c.listeners[channel]
	if l == nil {
		return
	}
	delete(c.listeners, channel)
	c.server.Chat.Leave(l.key, l)
	c.server.Absence.Closed(l.key, time.Since(l.since))
}

// received stores a visitor's custom event; the answer is why not.
func (c *conn) received(r request) string {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout) // what has been taken is stored, also while the server closes
	defer cancel()
	name := strings.TrimPrefix(r.Event, clientPrefix)
	data, refused := custom(name, r.Data)
	if refused != nil {
		return refused.Text
	}
	entry, refused := c.server.Intake.Speaker(ctx, strings.TrimPrefix(r.Channel, sessionPrefix))
	if refused == nil {
		refused = c.server.Intake.Record(ctx, entry, fact.Received(entry, name, data, fact.Now()))
	}
	if refused != nil {
		return refused.Text
	}
	return ""
}

// custom reads the data of a custom event: JSON, or a text that holds JSON, or any other text.
func custom(name string, raw json.RawMessage) (*structpb.Value, *intake.Refusal) {
	var inside string
	if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &inside) == nil && json.Valid([]byte(inside)) {
		raw = json.RawMessage(inside)
	}
	return intake.CustomEvent(name, raw)
}

// emit stores a custom event to a visitor.
func (s *Server) emit(ctx context.Context, channel string, t triggered) *intake.Refusal {
	data, refused := custom(*t.Name, t.Data)
	if refused != nil {
		return refused
	}
	entry, refused := s.Intake.Find(ctx, strings.TrimPrefix(channel, sessionPrefix))
	if refused != nil {
		return refused
	}
	return s.Intake.Note(ctx, entry, fact.Emitted(entry, *t.Name, data, fact.Now()))
}

// Received tells those who listen of a visitor's custom event. It is called for every event of the project, and is nearly always done at once.
func (s *Server) Received(live bus.Live) {
	if s == nil || live.Type != bus.EventReceived || s.customs.Load() == 0 {
		return
	}
	ev, err := live.Event()
	if err != nil {
		return // the feed says so
	}
	data, ok := ev.Data.(*eventv1.Custom)
	if !ok {
		return
	}
	channel := customPrefix + data.GetName()
	r := s.rooms.find(channel)
	if r == nil {
		return
	}
	body, err := protojson.Marshal(data)
	if err != nil {
		return
	}
	if frame := frameOf(channel, Event{Name: data.GetName(), Data: text(string(body))}); frame != nil {
		r.push(event{data: frame}, "")
	}
}
