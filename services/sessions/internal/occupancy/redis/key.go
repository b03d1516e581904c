package redis

import (
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redis"
)

const appsKey = redis.ChannelPrefix + "apps"

// keys are those of one app. It is what they all begin with.
type keys string

func keysOf(app string) keys { return keys(redis.ChannelPrefix + "{" + id.Token(app) + "}:") }

func (k keys) state() string                 { return string(k) + "state" }
func (k keys) leases() string                { return string(k) + "leases" }
func (k keys) index() string                 { return string(k) + "index" }
func (k keys) news() string                  { return string(k) + "news" }
func (k keys) gateway(gateway string) string { return string(k) + "gateway:" + id.Token(gateway) }

func (k keys) reported() string { return string(k) + "reported" }

// changed are the keys that channel.lua is told.
func (k keys) changed(gateway string) []string {
	return []string{k.state(), k.leases(), k.index(), k.gateway(gateway)}
}

// between are the ends of the range of an index that holds the names with a prefix. Tokens keep prefixes, and hold nothing above "z".
func between(prefix string) (low, high string) {
	if prefix == "" {
		return "-", "+"
	}
	return "[" + id.Token(prefix), "(" + id.Token(prefix) + "\x7f"
}
