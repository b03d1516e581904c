package pusher

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	clientPrefix = "client-"
	// reserved begin the names of events that only the server sends.
	reserved, reservedInternal = "pusher:", "pusher_internal:"
)

// Event is what travels on the bus to the sockets of a channel, as JSON. A program on the bus may publish one too: a name and data are
// enough.
type Event struct {
	Name string `json:"name"`
	// Data is a string for whatever was triggered, and any JSON value for a client's event: it is passed on as it came.
	Data json.RawMessage `json:"data"`
	// Socket is not told: it has sent the event, or the trigger excludes it.
	Socket string `json:"socketId,omitempty"`
	// User is who sent a client's event, in a presence channel.
	User string `json:"userId,omitempty"`
	// Client tells that a socket sent it.
	Client bool `json:"client,omitempty"`
}

// encode writes JSON as it is read by everybody: < and > stay what they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("pusher: " + err.Error()) // only our own types come here, and strings and raw JSON that was read before
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// text is a string as a JSON string.
func text(s string) json.RawMessage { return encode(s) }

// frame is one message to a client.
type frame struct {
	Event   string          `json:"event"`
	Channel string          `json:"channel,omitempty"`
	Data    json.RawMessage `json:"data"`
	User    string          `json:"user_id,omitempty"`
}

func (f frame) bytes() []byte { return encode(f) }

// say is a frame whose data is JSON in a string, as all have but errors.
func say(event, channel string, data any) []byte {
	return frame{Event: event, Channel: channel, Data: text(string(encode(data)))}.bytes()
}

// empty is the data of frames that have none to say.
type empty struct{}

// frameOf is what a channel's sockets are told of an event; nil when it is none that they may be told.
func frameOf(channel string, e Event) []byte {
	if e.Name == "" || len(e.Data) == 0 || strings.HasPrefix(e.Name, reservedInternal) {
		return nil
	}
	return frame{Event: e.Name, Channel: channel, Data: e.Data, User: e.User}.bytes()
}
