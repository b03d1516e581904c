package pusher

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/hook"
)

const (
	// maxName bounds a channel's name, and maxEventName an event's, in characters. Both are Pusher's.
	maxName      = 164
	maxEventName = 200
	// userPrefix begins the channel of whoever is signed in as a user. No other name begins with #.
	userPrefix = "#server-to-user-"
	// sessionPrefix begins the channel of a chat session, and customPrefix that of the custom events of all visitors, by name.
	sessionPrefix = hook.SessionPrefix
	customPrefix  = "private-events-"
)

// kind is what the beginning of a channel's name says of it.
type kind struct {
	// private channels need a signature, presence channels tell who is in them; user is the channel of one who is signed in.
	private, presence, user bool
	// session is a private channel, of a chat session; custom one of visitors' custom events.
	session, custom bool
	// cached channels keep their last event; the events of encrypted ones cannot be read here.
	cached, encrypted bool
}

// kinds by prefix, the longer before the shorter ones that they begin with.
var kinds = []struct {
	prefix string
	kind
}{
	{"presence-cache-", kind{presence: true, cached: true}},
	{"presence-", kind{presence: true}},
	{"private-encrypted-cache-", kind{private: true, encrypted: true, cached: true}},
	{"private-encrypted-", kind{private: true, encrypted: true}},
	{"private-cache-", kind{private: true, cached: true}},
	{sessionPrefix, kind{private: true, session: true}},
	{customPrefix, kind{private: true, custom: true}},
	{"private-", kind{private: true}},
	{"cache-", kind{cached: true}},
	{userPrefix, kind{user: true}},
}

// kindOf reads the kind of a name; the zero kind is a public channel.
func kindOf(name string) kind {
	for _, k := range kinds {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return kind{}
}

// guarded tells that not everybody may subscribe.
func (k kind) guarded() bool { return k.private || k.presence }

var errName = errors.New("no channel name")

// checkName says what is wrong with a channel's name.
func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: it is empty", errName)
	case len(name) > maxName:
		return fmt.Errorf("%w: it has %d characters, of %d that it may have", errName, len(name), maxName)
	}
	plain, user := strings.CutPrefix(name, userPrefix)
	if user && plain == "" {
		return fmt.Errorf("%w: it names no user", errName)
	}
	if at := strings.IndexFunc(plain, func(r rune) bool { return !nameable(r) }); at >= 0 {
		return fmt.Errorf("%w: only letters, digits and _-=@,.; may stand in %q", errName, name)
	}
	return nil
}

// nameable tells what may stand in the name of a channel and in the id of a user who signs in.
func nameable(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-=@,.;", r)
}
