package hook

import (
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// SessionPrefix begins the channel of a chat session. The session's id follows.
const SessionPrefix = "private-session-"

// Session is whose channel it is: a chat session, or id.Everyone of any other channel. What webhooks are told of a session goes by itself on
// the bus, so that it can be erased with the session.
func Session(channel string) id.Session {
	name, ok := strings.CutPrefix(channel, SessionPrefix)
	if !ok {
		return id.Everyone
	}
	s, err := id.ParseSession(name)
	if err != nil {
		return id.Everyone
	}
	return s
}
