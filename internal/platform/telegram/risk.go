package telegram

import (
	"regexp"
	"strings"
)

// span is a range of bytes.
type span struct{ from, to int }

// risky is what Telegram would make a mention or a command of: it pings a member, or calls a bot. It looks for more than
// Telegram links, because a word in code is harmless and a ping is not.
var risky = regexp.MustCompile(`[@/][A-Za-z0-9_]+(?:@[A-Za-z0-9_]+)*`)

// link is the part of a web address in which Telegram surely links nothing else: an ordinary host, and a path of ordinary characters.
// It stands after white space, and maxLink is less than half of any message: so Split never cuts through one.
var link = regexp.MustCompile(`(?:^|\s)https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::[0-9]{1,5})?(?:/@?[A-Za-z0-9_.~%+-]*)+`)

// maxLink is in bytes.
const maxLink = 1000

// risks finds what must not be linked in s, in order.
func risks(s string) []span {
	if !strings.ContainsAny(s, "@/") {
		return nil
	}
	var found []span
	links := link.FindAllStringIndex(s, -1)
	for _, at := range risky.FindAllStringIndex(s, -1) {
		for len(links) > 0 && links[0][1] <= at[0] {
			links = links[1:]
		}
		inLink := len(links) > 0 && links[0][0] < at[0] && links[0][1]-links[0][0] <= maxLink
		if inLink || !startsWord(s, at[0]) || s[at[0]] == '/' && at[0] > 0 && s[at[0]-1] == '/' {
			continue
		}
		found = append(found, span{at[0], at[1]})
	}
	return found
}

// startsWord tells whether what begins at a byte is not the rest of a word, as the domain of an e-mail address is.
func startsWord(s string, at int) bool { return at == 0 || !isWord(s[at-1]) }

func isWord(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}
