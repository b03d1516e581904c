package discord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// breaker stands after a character that would begin a mention. It is not seen.
const breaker = "\u200B"

// always are escaped wherever they stand: they format, hide or name what stands between two of them.
const always = "\\*_~`|[]"

// EscapeText is a Text of somebody else's words alone.
func EscapeText(s string) string { return new(Text).Verbatim(s).String() }

// escaped adds the characters of a word, or of white space, each with its escape. Which one it needs depends on what stands around it in
// the word only, never on the line: so a text may be cut anywhere between two of them.
func (t *Text) escaped(word string, around style) {
	runes := []rune(word)
	for i, r := range runes {
		out := string(r)
		if escapes(runes, i) {
			out = "\\" + out
		}
		t.atoms = append(t.atoms, atom{shown: string(r), out: out + defuse(runes, i), style: around})
	}
}

// escapes tells whether a character would format. At the start of a line #, -, +, > and a number's full stop do so before a
// space; the end of a word counts as one, because a space follows, or nobody knows what.
func escapes(runes []rune, i int) bool {
	r := runes[i]
	if strings.ContainsRune(always, r) {
		return true
	}
	var next rune
	if i+1 < len(runes) {
		next = runes[i+1]
	}
	ends := next == 0 || unicode.IsSpace(next)
	switch r {
	case '#', '-', '>':
		return ends || next == '#' || next == '>'
	case '+':
		return ends
	case '.':
		return ends && i > 0 && '0' <= runes[i-1] && runes[i-1] <= '9'
	case ':': // before an emoji's name, or in an address that is not surely one
		return !ends
	}
	return false
}

// defuse is what stands after a character so that it begins no mention, emoji, time, command or link: after every < that is no sign of
// comparison, and after every @ outside of an e-mail address.
func defuse(runes []rune, i int) string {
	rest := runes[i+1:]
	switch runes[i] {
	case '<':
		if len(rest) > 0 && (unicode.IsSpace(rest[0]) || rest[0] == '=' || unicode.IsDigit(rest[0])) {
			return ""
		}
		return breaker
	case '@':
		if i > 0 && len(rest) > 0 && isWord(runes[i-1]) && isWord(rest[0]) && !everyone.MatchString(string(rest[:min(len(rest), 8)])) {
			return ""
		}
		return breaker
	}
	return ""
}

// everyone is what pings many; Discord finds it inside of words too.
var everyone = regexp.MustCompile(`(?i)^(everyone|here)`)

func isWord(r rune) bool {
	return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || r == '.' || r == '_' || r == '-' || r == '+'
}

// link is a web address in which Discord surely takes every character for a part of the address, so that an escape would be seen:
// an ordinary host, ordinary characters, and at its end perhaps a mark that ends a sentence.
var link = regexp.MustCompile(`^https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9_.~%+/?=&#@,;!$()-]*)?[.,;!?'"]?$`)

// maxLink is how long a link may be, in bytes, which must not be cut: less than any part of a message.
const maxLink = 1000

// isLink tells an address that is left as it is. One that would ping is not.
func isLink(word string) bool {
	if len(word) > maxLink || !link.MatchString(word) {
		return false
	}
	for rest := word; ; {
		_, after, found := strings.Cut(rest, "@")
		if !found {
			return true
		}
		if everyone.MatchString(after) {
			return false
		}
		rest = after
	}
}

// endsLink tells whether a link ends before rest for everybody: Discord's clients disagree about rarer white space.
func endsLink(rest string) bool { return rest == "" || strings.IndexByte(" \t\n\r", rest[0]) >= 0 }

// nextWord is the word, or the white space, that s begins with.
func nextWord(s string) (word, rest string) {
	first, _ := utf8.DecodeRuneInString(s)
	space := unicode.IsSpace(first)
	for at, r := range s {
		if unicode.IsSpace(r) != space {
			return s[:at], s[at:]
		}
	}
	return s, ""
}
