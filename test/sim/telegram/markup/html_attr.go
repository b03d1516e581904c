package markup

import (
	"strings"
)

// attributes reads up to and including the ">" of a start tag.
func (h *html) attributes(tag string, begin int) (map[string]string, error) {
	found := map[string]string{}
	for {
		h.take(isSpace)
		if h.pos >= len(h.source) {
			return nil, refuse("Unclosed start tag %q at byte offset %d", tag, begin)
		}
		if h.source[h.pos] == '>' {
			h.pos++
			return found, nil
		}
		name := strings.ToLower(h.take(func(c byte) bool { return !isSpace(c) && c != '=' && c != '>' }))
		if name == "" {
			return nil, refuse("Empty attribute name in the tag %q at byte offset %d", tag, begin)
		}
		value, err := h.attributeValue(tag, begin)
		if err != nil {
			return nil, err
		}
		found[name] = value
	}
}

func (h *html) attributeValue(tag string, begin int) (string, error) {
	h.take(isSpace)
	if h.pos >= len(h.source) || h.source[h.pos] != '=' {
		return "", nil // an attribute without a value, as in <blockquote expandable>
	}
	h.pos++
	h.take(isSpace)
	if h.pos >= len(h.source) {
		return "", refuse("Unclosed start tag %q at byte offset %d", tag, begin)
	}
	quote := h.source[h.pos]
	if quote != '"' && quote != '\'' {
		value := h.take(func(c byte) bool { return isAlnum(c) || c == '.' || c == '-' })
		if value == "" {
			return "", refuse("Unexpected end of name token at byte offset %d", h.pos)
		}
		return strings.ToLower(value), nil
	}
	h.pos++
	raw := h.take(func(c byte) bool { return c != quote })
	if h.pos >= len(h.source) {
		return "", refuse("Unclosed start tag %q at byte offset %d", tag, begin)
	}
	h.pos++
	return decodeCharacters(raw), nil
}

func decodeCharacters(s string) string {
	var out strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '&')
		if at < 0 {
			out.WriteString(s)
			break
		}
		out.WriteString(s[:at])
		r, size := decodeCharacter(s[at:])
		out.WriteRune(r)
		s = s[at+size:]
	}
	return out.String()
}

// take consumes bytes while ok.
func (h *html) take(ok func(byte) bool) string {
	start := h.pos
	for h.pos < len(h.source) && ok(h.source[h.pos]) {
		h.pos++
	}
	return h.source[start:h.pos]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
