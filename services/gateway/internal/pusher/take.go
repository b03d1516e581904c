package pusher

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// take does what a client asks for. Odd input is answered with an error, and never ends the connection.
func (c *conn) take(raw []byte) {
	if !utf8.Valid(raw) {
		c.complain(0, "this is no UTF-8")
		return
	}
	var r request
	if err := json.Unmarshal(raw, &r); err != nil {
		c.complain(0, "this is no event: a JSON object with an event and data is")
		return
	}
	switch {
	case r.Event == "pusher:ping":
		c.tell(say("pusher:pong", "", empty{}))
	case r.Event == "pusher:pong":
	case r.Event == "pusher:subscribe":
		var s subscription
		if c.parse(r, &s, "channel") {
			c.subscribe(s)
		}
	case r.Event == "pusher:unsubscribe":
		var s subscription
		if c.parse(r, &s, "channel") {
			c.unsubscribe(s.Channel)
		}
	case r.Event == "pusher:signin":
		var s signin
		if c.parse(r, &s, "auth and user_data") {
			c.signIn(s)
		}
	case strings.HasPrefix(r.Event, clientPrefix):
		c.clientEvent(r)
	case r.Event == "":
		c.complain(0, "missing parameter event: a string")
	default:
		c.complain(0, fmt.Sprintf("unknown event %.100q; a client's own events begin with client-", r.Event))
	}
}

// parse reads the data of a request: an object, or a string that holds one.
func (c *conn) parse(r request, into any, expected string) bool {
	data := r.Data
	var inside string
	if json.Unmarshal(data, &inside) == nil && inside != "" {
		data = json.RawMessage(inside)
	}
	if len(data) == 0 || data[0] != '{' || json.Unmarshal(data, into) != nil {
		c.complain(0, r.Event+": missing parameter: data must be an object with "+expected)
		return false
	}
	return true
}
