package markup

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// html parses the HTML parse mode. Positions in its errors are byte offsets in the source, as the server's are.
type html struct {
	source string
	pos    int
	out    builder
	stack  []openTag
}

type openTag struct {
	name   string
	begin  int
	entity Entity
	isCode bool // a code tag with a language, which belongs to its pre
}

func (h *html) run() (*builder, error) {
	for h.pos < len(h.source) {
		switch c := h.source[h.pos]; {
		case c == '&':
			h.character()
		case c == '<' && strings.HasPrefix(h.source[h.pos:], "</"):
			if err := h.endTag(); err != nil {
				return nil, err
			}
		case c == '<':
			if err := h.startTag(); err != nil {
				return nil, err
			}
		default:
			r, size := utf8.DecodeRuneInString(h.source[h.pos:])
			h.out.rune(r)
			h.pos += size
		}
	}
	if n := len(h.stack); n > 0 {
		return nil, refuse("Can't find end tag corresponding to start tag %q", h.stack[n-1].name)
	}
	return &h.out, nil
}

var namedCharacters = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}

// character reads a character reference; an unknown one stays as it is written.
func (h *html) character() {
	r, size := decodeCharacter(h.source[h.pos:])
	h.out.rune(r)
	h.pos += size
}

func decodeCharacter(s string) (rune, int) {
	end := 1
	for end < len(s) && (s[end] == '#' || isAlnum(s[end])) {
		end++
	}
	name, size := s[1:end], end
	if end < len(s) && s[end] == ';' {
		size++
	}
	if r, ok := namedCharacters[name]; ok {
		return r, size
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, isHex := strings.CutPrefix(number, "x"); isHex {
			number, base = hex, 16
		}
		n, err := strconv.ParseUint(number, base, 32)
		if err == nil && n > 0 && n < 0x10ffff && utf8.ValidRune(rune(n)) {
			return rune(n), size
		}
	}
	return '&', 1
}

var knownTags = map[string]bool{
	"b": true, "strong": true, "i": true, "em": true, "u": true, "ins": true, "s": true, "strike": true, "del": true,
	"tg-spoiler": true, "span": true, "a": true, "pre": true, "code": true, "blockquote": true, "tg-emoji": true,
}

func (h *html) startTag() error {
	begin := h.pos
	h.pos++
	name := strings.ToLower(h.take(func(c byte) bool { return !isSpace(c) && c != '>' && c != '=' }))
	if !knownTags[name] {
		return refuse("Unsupported start tag %q at byte offset %d", name, begin)
	}
	attributes, err := h.attributes(name, begin)
	if err != nil {
		return err
	}
	entity, err := tagEntity(name, attributes, begin)
	if err != nil {
		return err
	}
	entity.Offset = h.out.units
	open := openTag{name: name, begin: begin, entity: entity}
	if n := len(h.stack); name == "code" && entity.Language != "" {
		open.isCode = n > 0 && h.stack[n-1].name == "pre"
	}
	h.stack = append(h.stack, open)
	return nil
}

func tagEntity(name string, attributes map[string]string, begin int) (Entity, error) {
	switch name {
	case "b", "strong":
		return Entity{Type: "bold"}, nil
	case "i", "em":
		return Entity{Type: "italic"}, nil
	case "u", "ins":
		return Entity{Type: "underline"}, nil
	case "s", "strike", "del":
		return Entity{Type: "strikethrough"}, nil
	case "tg-spoiler":
		return Entity{Type: "spoiler"}, nil
	case "span":
		if attributes["class"] != "tg-spoiler" {
			return Entity{}, refuse("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
		}
		return Entity{Type: "spoiler"}, nil
	case "a":
		return Entity{Type: "text_link", URL: attributes["href"]}, nil
	case "pre":
		return Entity{Type: "pre"}, nil
	case "code":
		language, _ := strings.CutPrefix(attributes["class"], "language-")
		return Entity{Type: "code", Language: language}, nil
	case "blockquote":
		if _, ok := attributes["expandable"]; ok {
			return Entity{Type: "expandable_blockquote"}, nil
		}
		return Entity{Type: "blockquote"}, nil
	}
	if attributes["emoji-id"] == "" { // tg-emoji is what is left
		return Entity{}, refuse("Custom emoji entity must have a valid identifier at byte offset %d", begin)
	}
	return Entity{Type: "custom_emoji", CustomEmojiID: attributes["emoji-id"]}, nil
}

func (h *html) endTag() error {
	begin := h.pos
	h.pos += 2
	name := strings.ToLower(h.take(func(c byte) bool { return !isSpace(c) && c != '>' }))
	h.take(isSpace)
	if h.pos >= len(h.source) || h.source[h.pos] != '>' {
		return refuse("Unclosed end tag at byte offset %d", begin)
	}
	h.pos++
	n := len(h.stack)
	if n == 0 {
		return refuse("Unexpected end tag at byte offset %d", begin)
	}
	open := h.stack[n-1]
	if name != "" && name != open.name {
		return refuse("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, open.name, name)
	}
	h.stack = h.stack[:n-1]
	h.finish(open)
	return nil
}

func (h *html) finish(open openTag) {
	switch {
	case open.isCode:
		h.stack[len(h.stack)-1].entity.Language = open.entity.Language
		return
	case open.entity.Type == "code":
		open.entity.Language = ""
	case open.entity.Type == "text_link" && open.entity.URL == "":
		open.entity.URL = h.out.since(open.entity.Offset)
		if !strings.Contains(open.entity.URL, ".") {
			return
		}
	}
	h.out.close(open.entity)
}
