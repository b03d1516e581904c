package discord

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// token is what Discord shows as something else: <@1>, <@!1>, <@&1>, <#1>, </name:1>, <:n:1>, <a:n:1>, <t:1:R>, <id:guide>, <https://…>.
var token = regexp.MustCompile(`<(?:@[!&]?[0-9]{1,20}|#[0-9]{1,20}|/[^<>:\n]{1,100}:[0-9]{1,20}|a?:[A-Za-z0-9_~]{1,32}:[0-9]{1,20}|t:-?[0-9]{1,17}(?::[A-Za-z])?|id:[A-Za-z]{1,20}|https?://[^<>\s]+)>`)

// Readable is what an operator wrote, for somebody who is not on Discord: people are called by name, emoji of the server are
// written out, times are UTC. Names of roles and channels are none of a visitor's business. Markdown stays.
func Readable(content string, mentions []User) string {
	return token.ReplaceAllStringFunc(content, func(found string) string {
		inner := found[1 : len(found)-1]
		switch {
		case strings.HasPrefix(inner, "@&"):
			return "@team"
		case strings.HasPrefix(inner, "@"):
			return "@" + mentioned(strings.TrimLeft(inner, "@!"), mentions)
		case strings.HasPrefix(inner, "#"), strings.HasPrefix(inner, "id:"):
			return "#channel"
		case strings.HasPrefix(inner, "t:"):
			return moment(inner, found)
		case strings.HasPrefix(inner, "http"):
			return inner
		case strings.HasPrefix(inner, "/"):
			name, _, _ := strings.Cut(inner, ":")
			return name
		}
		_, name, _ := strings.Cut(inner, ":")
		name, _, _ = strings.Cut(name, ":")
		return ":" + name + ":"
	})
}

func mentioned(user string, mentions []User) string {
	for i := range mentions {
		if mentions[i].ID == user {
			if name := DisplayName(&mentions[i], nil); name != "" {
				return name
			}
		}
	}
	return "someone"
}

// moment writes a time that everybody would see in their own zone.
func moment(inner, found string) string {
	digits, _, _ := strings.Cut(strings.TrimPrefix(inner, "t:"), ":")
	at, err := strconv.ParseInt(digits, 10, 64)
	const farthest = 8_640_000_000_000 // as far as JavaScript's dates, and Discord's clients, reach
	if err != nil || at > farthest || at < -farthest {
		return found
	}
	return time.Unix(at, 0).UTC().Format("2 Jan 2006 15:04 UTC")
}
