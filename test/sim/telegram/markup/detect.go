package markup

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// detectors are simplified readings of what the server links in plain text; the group is the entity. Anything may
// stand before it but a word character, which detect checks, because Go's expressions cannot look behind.
var detectors = []struct {
	entity  string
	pattern *regexp.Regexp
}{
	{"url", regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)\]]`)},
	{"email", regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z0-9]`)},
	{"mention", regexp.MustCompile(`@[A-Za-z0-9_]{3,32}`)},
	{"bot_command", regexp.MustCompile(`/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?`)},
	{"hashtag", regexp.MustCompile(`#[\p{L}\p{N}_]+`)},
}

// Detect returns what the server would link in text by itself, outside of code, pre and links.
func Detect(text string, entities []Entity) []Entity {
	if !strings.ContainsAny(text, "@/#") {
		return nil
	}
	var found []Entity
	taken := blocked(entities)
	for _, d := range detectors {
		for _, at := range d.pattern.FindAllStringIndex(text, -1) {
			if !stands(text, at[0], at[1]) {
				continue
			}
			offset := unitsIn(text[:at[0]])
			e := Entity{Type: d.entity, Offset: offset, Length: unitsIn(text[at[0]:at[1]])}
			if !overlaps(taken, e) && !overlaps(found, e) {
				found = append(found, e)
			}
		}
	}
	sortEntities(found)
	return found
}

// stands says whether text[from:to] is a token of its own.
func stands(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	if from > 0 && (isWord(before) || strings.ContainsRune("/@#", before)) {
		return false
	}
	if text[from] == '/' && (from > 0 && strings.ContainsRune("<>", before) || strings.ContainsRune("/<>", after)) {
		return false // a path or a tag, not a command
	}
	return to == len(text) || !isWord(after)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func blocked(entities []Entity) []Entity {
	var out []Entity
	for _, e := range entities {
		if e.literal() || e.Type == "text_link" || e.Type == "text_mention" {
			out = append(out, e)
		}
	}
	return out
}

func overlaps(entities []Entity, e Entity) bool {
	for _, other := range entities {
		if e.Offset < other.end() && other.Offset < e.end() {
			return true
		}
	}
	return false
}

func unitsIn(s string) (n int) {
	for _, r := range s {
		n += width(r)
	}
	return n
}

// Mentions returns the names (without "@") that text would notify if they are members, and the ids of its
// text_mention entities. Only code and pre protect: a name inside a link or a bold stretch still counts.
func Mentions(text string, entities []Entity) (names []string, ids []int64) {
	var literal []Entity
	for _, e := range entities {
		if e.literal() {
			literal = append(literal, e)
		}
		if e.Type == "text_mention" && e.User != nil {
			ids = append(ids, e.User.ID)
		}
	}
	for _, e := range Detect(text, literal) {
		if e.Type == "mention" {
			names = append(names, Slice(text, e)[1:])
		}
	}
	return names, ids
}

// Slice returns the part of text that e covers, or "" if e does not lie inside text.
func Slice(text string, e Entity) string {
	at, start := 0, -1
	for i, r := range text {
		if at == e.Offset {
			start = i
		}
		if at == e.end() && start >= 0 {
			return text[start:i]
		}
		at += width(r)
	}
	if at == e.end() && start >= 0 {
		return text[start:]
	}
	return ""
}
