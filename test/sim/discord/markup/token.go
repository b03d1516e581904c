package markup

import (
	"regexp"
	"strings"
)

var (
	mention   = regexp.MustCompile(`^<(@!?|@&|#)([0-9]{17,20})>`)
	custom    = regexp.MustCompile(`^<a?:([A-Za-z0-9_]{2,32}):([0-9]{17,20})>`)
	timestamp = regexp.MustCompile(`^<t:(-?[0-9]{1,13})(?::[tTdDfFR])?>`)
	command   = regexp.MustCompile(`^</([^:>]{1,100}):([0-9]{17,20})>`)
	bracketed = regexp.MustCompile(`^<(https?://[^\s<>]+)>`)
	bare      = regexp.MustCompile(`^https?://[^\s<>]+[^\s<>.,:;"'\]\)]`)
	target    = regexp.MustCompile(`^\(<?(https?://[^\s()<>]+)>?(?: +"[^"]*")?\)`)
)

var mentioned = map[string]Kind{"@": User, "@!": User, "@&": Role, "#": Channel}

// token reads what Discord resolves: mentions, custom emoji, timestamps, commands, <addresses>.
func token(text string) (Node, int) {
	for _, all := range []string{"@everyone", "@here"} {
		if strings.HasPrefix(text, all) {
			return Node{Kind: Everyone, Text: all}, len(all)
		}
	}
	if m := mention.FindStringSubmatch(text); m != nil {
		return Node{Kind: mentioned[m[1]], ID: m[2]}, len(m[0])
	}
	if m := custom.FindStringSubmatch(text); m != nil {
		return Node{Kind: Emoji, Text: m[1], ID: m[2]}, len(m[0])
	}
	if m := timestamp.FindStringSubmatch(text); m != nil {
		return Node{Kind: Timestamp, Text: m[1]}, len(m[0])
	}
	if m := command.FindStringSubmatch(text); m != nil {
		return Node{Kind: Command, Text: "/" + m[1], ID: m[2]}, len(m[0])
	}
	if m := bracketed.FindStringSubmatch(text); m != nil {
		return Node{Kind: URL, Text: m[1], URL: m[1]}, len(m[0])
	}
	return Node{}, 0
}

// address reads a bare address.
func address(text string) (Node, int) {
	found := bare.FindString(text)
	if found == "" {
		return Node{}, 0
	}
	return Node{Kind: URL, Text: found, URL: found}, len(found)
}

// masked reads [text](address).
func masked(text string, depth int) (Node, int) {
	level := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			level++
		case ']':
			if level--; level > 0 {
				continue
			}
			m := target.FindStringSubmatch(text[i+1:])
			if m == nil || strings.TrimSpace(text[1:i]) == "" {
				return Node{}, 0
			}
			return Node{Kind: Link, URL: m[1], Children: inline(text[1:i], depth+1)}, i + 1 + len(m[0])
		}
	}
	return Node{}, 0
}
