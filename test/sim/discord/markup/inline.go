package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spans are the delimiters of inline markup, longer ones first.
var spans = []struct {
	mark string
	kind Kind
}{
	{"||", Spoiler}, {"~~", Strike}, {"**", Bold}, {"__", Underline}, {"*", Italic}, {"_", Italic},
}

// inline reads one line without what only means something at its beginning.
func inline(text string, depth int) []Node {
	var out []Node
	for i := 0; i < len(text); {
		n, size := at(text, i, depth)
		if size == 0 {
			_, size = utf8.DecodeRuneInString(text[i:])
			n = Node{Kind: Text, Text: text[i : i+size]}
		}
		out = append(out, n)
		i += size
	}
	return join(out)
}

// at reads what begins at i; size 0 means a plain character.
func at(text string, i, depth int) (Node, int) {
	rest := text[i:]
	switch rest[0] {
	case '\\':
		if len(rest) > 1 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", rest[1]) >= 0 {
			return Node{Kind: Text, Text: rest[1:2]}, 2
		}
		return Node{}, 0
	case '`':
		return code(rest)
	case '<', '@':
		return token(rest)
	case 'h':
		return address(rest)
	}
	if depth >= deepest {
		return Node{}, 0
	}
	if rest[0] == '[' {
		return masked(rest, depth)
	}
	return span(text, i, depth)
}

// code reads `…` or “…“ with two backticks.
func code(text string) (Node, int) {
	ticks := len(text) - len(strings.TrimLeft(text, "`"))
	if ticks > 2 {
		return Node{Kind: Text, Text: text[:ticks]}, ticks
	}
	mark := text[:ticks]
	end := strings.Index(text[ticks:], mark)
	for end >= 0 && strings.HasPrefix(text[2*ticks+end:], "`") { // a longer run of backticks closes nothing
		run := len(text[ticks+end:]) - len(strings.TrimLeft(text[ticks+end:], "`"))
		next := strings.Index(text[ticks+end+run:], mark)
		if next < 0 {
			end = -1
			break
		}
		end += run + next
	}
	if end <= 0 {
		return Node{Kind: Text, Text: mark}, ticks
	}
	return Node{Kind: Code, Text: strings.TrimSpace(text[ticks : ticks+end])}, 2*ticks + end
}

// span reads bold, italic and their like.
func span(text string, i, depth int) (Node, int) {
	for _, s := range spans {
		body, ok := strings.CutPrefix(text[i:], s.mark)
		if !ok || body == "" || !opens(text, i, s.mark, body) {
			continue
		}
		end := closing(body, s.mark)
		if end <= 0 {
			continue
		}
		return Node{Kind: s.kind, Children: inline(body[:end], depth+1)}, end + 2*len(s.mark)
	}
	return Node{}, 0
}

// opens says whether a delimiter may begin something there: a star not before a space, an underscore not inside of a word.
func opens(text string, i int, mark, body string) bool {
	switch mark {
	case "*":
		r, _ := utf8.DecodeRuneInString(body)
		return !unicode.IsSpace(r)
	case "_":
		r, _ := utf8.DecodeLastRuneInString(text[:i])
		return i == 0 || !word(r)
	}
	return true
}

// closing finds where a delimiter ends what it began; -1 if nowhere.
func closing(body, mark string) int {
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == '\\':
			i++
			continue
		case body[i] == '`':
			if _, size := code(body[i:]); size > 1 {
				i += size - 1
				continue
			}
		case !strings.HasPrefix(body[i:], mark):
			continue
		}
		run := len(body[i:]) - len(strings.TrimLeft(body[i:], mark[:1]))
		if run == 0 {
			continue
		}
		if len(mark) == 1 {
			if run == 2 { // two of them are another mark
				i++
				continue
			}
			if i == 0 || !closes(body, i, run, mark) {
				i += run - 1
				continue
			}
			return i + run - 1
		}
		if run < len(mark) || i+run-len(mark) == 0 {
			i += run - 1
			continue
		}
		return i + run - len(mark)
	}
	return -1
}

// closes is opens for the other end.
func closes(body string, i, run int, mark string) bool {
	if mark == "_" {
		r, _ := utf8.DecodeRuneInString(body[i+run:])
		return i+run == len(body) || !word(r)
	}
	r, _ := utf8.DecodeLastRuneInString(body[:i])
	return !unicode.IsSpace(r)
}

func word(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
