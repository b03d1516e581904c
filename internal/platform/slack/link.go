package slack

import (
	"net/url"
	"regexp"
	"strings"
)

// span is a range of bytes.
type span struct{ from, to int }

// address is a web address as people type it. Its host has plain letters only: others can look like what they are not.
var address = regexp.MustCompile(`https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:[/?#][\p{L}\p{N}!#-;=?-_a-~]*)?`)

// maxLink is the longest address that becomes a link, in bytes; a longer one stays text.
const maxLink = 1000

// links finds what can be clicked in s, in order.
func links(s string) []span {
	if !strings.Contains(s, "://") {
		return nil
	}
	var found []span
	for _, at := range address.FindAllStringIndex(s, -1) {
		from, to := at[0], at[0]+len(trimEnd(s[at[0]:at[1]]))
		if from > 0 && isWord(s[from-1]) || to-from > maxLink {
			continue
		}
		if u, err := url.Parse(s[from:to]); err != nil || u.Host == "" || u.User != nil {
			continue
		}
		found = append(found, span{from, to})
	}
	return found
}

// trimEnd takes off what ends the sentence and not the address. A bracket stays if it was opened in the address.
func trimEnd(s string) string {
	for s != "" {
		last := s[len(s)-1]
		switch {
		case strings.IndexByte(".,;:!?'*_~|", last) >= 0:
		case last == ')' && strings.Count(s, "(") < strings.Count(s, ")"):
		case last == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
		case last == '}' && strings.Count(s, "{") < strings.Count(s, "}"):
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || b >= 0x80
}
