package redis

import (
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	prefix      = "bellhop:"
	epochKey    = prefix + "epoch"
	visitPrefix = prefix + "visit:"
	// ChannelPrefix begins the keys of what is no store's: who is in which channel. It does not come from the bus, so Reset leaves it alone.
	ChannelPrefix = prefix + "ch:"
	// everything matches all keys of ours, in the pattern language of SCAN.
	everything = prefix + "*"
)

// join writes a key. The parts are tokens, so no id can hold the separator or the braces of a hash tag.
func join(kind string, parts ...string) string {
	var b strings.Builder
	b.WriteString(prefix + kind)
	for _, p := range parts {
		b.WriteByte(':')
		b.WriteString(id.Token(p))
	}
	return b.String()
}

// sessionKeys are the keys under one session's hash tag.
type sessionKeys struct {
	// state is a hash of seq and record, messages one of message id → record. The others are sorted sets of message ids, by
	// created_seq, content_seq, changed_seq and changed_at.
	state, messages, created, content, changed, times string
}

func keysOf(k store.Key) sessionKeys {
	tag := ":{" + id.Token(string(k.Project)) + ":" + id.Token(string(k.Session)) + "}"
	return sessionKeys{
		state: prefix + "session" + tag, messages: prefix + "messages" + tag,
		created: prefix + "created" + tag, content: prefix + "content" + tag,
		changed: prefix + "changed" + tag, times: prefix + "times" + tag,
	}
}

func (k sessionKeys) all() []string {
	return []string{k.state, k.messages, k.created, k.content, k.changed, k.times}
}

func floorKey(part id.Part) string { return join("floor", part.String()) }

// listKey is a sorted set of session ids by last activity.
func listKey(project id.Project) string { return join("list", string(project)) }

// silentKey is a sorted set of sessions in which nobody has written, by last activity.
func silentKey(project id.Project) string { return join("silent", string(project)) }

// visitorKey is a set of a visitor's sessions, visitsKey one of his visits.
func visitorKey(project id.Project, visitor string) string {
	return join("visitor", string(project), visitor)
}

func visitsKey(project id.Project, visitor string) string {
	return visitPrefix + "of:" + id.Token(string(project)) + ":" + id.Token(visitor)
}

// identityKey is a sorted set of a verified identity's sessions, by last activity.
func identityKey(project id.Project, identity string) string {
	return join("identity", string(project), identity)
}

// erasureKey is a set of the sessions of an erasure.
func erasureKey(project id.Project, erasure string) string {
	return join("erasure", string(project), erasure)
}

const (
	// erasingKey is a sorted set of the erased sessions whose erasure has not ended, by sequence; erasedKey of the others, by when it did.
	erasingKey = prefix + "erasing"
	erasedKey  = prefix + "erased"
)

// member names a session in a set that is not of one project.
func member(k store.Key) string {
	return id.Token(string(k.Project)) + " " + id.Token(string(k.Session))
}

// ofMember is the inverse of member.
func ofMember(s string) (store.Key, error) {
	first, second, found := strings.Cut(s, " ")
	project, errProject := id.Decode(first)
	session, errSession := id.Decode(second)
	if !found || errProject != nil || errSession != nil {
		return store.Key{}, errIndex
	}
	return store.Key{Project: id.Project(project), Session: id.Session(session)}, nil
}

// operatorsKey is a hash of operator id → "seq record".
func operatorsKey(project id.Project) string { return join("operators", string(project)) }

// threadKey is a session id.
func threadKey(at store.Place) string {
	return join("thread", string(at.Project), at.Platform, at.Chat, at.Name)
}

// copyKey is "rank session message", the latter two as tokens.
func copyKey(at store.Place) string {
	return join("copy", string(at.Project), at.Platform, at.Chat, at.Name)
}

func visitKey(k store.Key) string { return join("visit", string(k.Project), string(k.Session)) }
