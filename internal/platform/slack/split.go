package slack

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Split cuts the text into parts of which each has room in limit (MaxText, or somewhat less), after a line's end or a space
// where there is one in the second half. Together the parts are the text. An empty text has no parts.
func (t *Text) Split(limit int) []*Text {
	limit = max(limit, 2*maxLink)
	var parts []*Text
	part := &Text{}
	for _, p := range t.pieces {
		for p.text != "" {
			head, tail := p.fit(limit-part.Len(), len(part.pieces) == 0)
			if head.text != "" {
				part.pieces = append(part.pieces, head)
			}
			if tail.text != "" || head.text == "" {
				parts, part = append(parts, part), &Text{}
			}
			p = tail
		}
	}
	if len(part.pieces) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// fit cuts off what has room. In a part of its own everything does, by the limits of links.
func (p piece) fit(room int, alone bool) (head, tail piece) {
	const least = 64 // a shorter rest of a part is better left empty
	head, tail = p, p
	switch {
	case p.room() <= room:
		tail.text = ""
	case p.kind != words, !alone && room < pieceCost+least:
		head.text = ""
		if alone {
			head.text, tail.text = p.text, ""
		}
	default:
		end := cut(p.text, room-pieceCost)
		head.text, tail.text = p.text[:end], p.text[end:]
	}
	return head, tail
}

// Numbered puts before each of several parts which one it is, and leaves a single one as it is. It takes up to 16 characters and a
// piece's cost, so split for somewhat less than MaxText.
func Numbered(parts []*Text) []*Text {
	if len(parts) < 2 {
		return parts
	}
	numbered := make([]*Text, len(parts))
	for i, part := range parts {
		numbered[i] = new(Text).Italic(fmt.Sprintf("(%d/%d) ", i+1, len(parts))).Add(part)
	}
	return numbered
}

// cut is where the first part of s ends, in bytes: at most limit code points, at least one.
func cut(s string, limit int) int {
	limit = max(limit, 1)
	end, half, points := len(s), 0, 0
	for at := range s {
		if points == limit/2 {
			half = at
		}
		if points == limit {
			end = at
			break
		}
		points++
	}
	if end == len(s) {
		return end
	}
	if line := strings.LastIndexByte(s[half:end], '\n'); line >= 0 {
		return half + line + 1
	}
	if space := strings.LastIndexAny(s[half:end], " \t"); space >= 0 {
		return half + space + 1
	}
	return end
}

// escapeUpTo escapes the three characters that Slack reads as more than themselves, and keeps within limit code points without
// cutting through what it has made of them. What is cut off is marked. A text of nothing is a space no wider than nothing:
// Slack refuses an empty one.
func escapeUpTo(s string, limit int) string {
	escaped := Escape(s)
	if strings.TrimSpace(escaped) == "" {
		return "\u200b"
	}
	if utf8.RuneCountInString(escaped) <= limit {
		return escaped
	}
	var short strings.Builder
	points := 0
	for _, r := range s {
		next := Escape(string(r))
		if points+utf8.RuneCountInString(next) > limit-1 {
			break
		}
		points += utf8.RuneCountInString(next)
		short.WriteString(next)
	}
	return short.String() + "…"
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Escape makes s stand for itself in a text: no mention, no link and no date is left in it. It refuses nothing but bytes
// that are no UTF-8, which become U+FFFD. https://docs.slack.dev/messaging/formatting-message-text#escaping
func Escape(s string) string { return escaper.Replace(strings.ToValidUTF8(s, "\uFFFD")) }
