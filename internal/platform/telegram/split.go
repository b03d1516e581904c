package telegram

import (
	"strings"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// Part is a piece of a Text that fits into one message.
type Part struct {
	Text     string
	Entities []models.MessageEntity
}

// Split cuts the text into parts of at most limit code points (MaxText, or somewhat less), after a line's end or a space where there is one
// in the second half. Together the parts are the text, without parts of nothing but spaces, which Telegram refuses.
func (t *Text) Split(limit int) []Part {
	limit = max(limit, 64)
	var parts []Part
	rest, offset, entities := t.text.String(), 0, t.entities
	for rest != "" {
		end := cut(rest, limit)
		piece := rest[:end]
		units := utf16Len(piece)
		if strings.TrimSpace(piece) != "" {
			parts = append(parts, Part{Text: piece, Entities: slice(entities, offset, offset+units)})
		}
		rest, offset = rest[end:], offset+units
	}
	return parts
}

// cut is where the first part of s ends, in bytes.
func cut(s string, limit int) int {
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
	return hardCut(s, half, end)
}

// hardCut cuts through a word, but not before what would become a mention or a command at the start of a message.
func hardCut(s string, half, end int) int {
	for at := end; at > half; {
		if s[at] != '@' && s[at] != '/' {
			return at
		}
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return end
}

// slice moves the entities of the range [from, to) to its start; one that reaches beyond is cut.
func slice(entities []models.MessageEntity, from, to int) []models.MessageEntity {
	var inside []models.MessageEntity
	for _, e := range entities {
		begin, end := max(e.Offset, from), min(e.Offset+e.Length, to)
		if begin < end {
			e.Offset, e.Length = begin-from, end-begin
			inside = append(inside, e)
		}
	}
	return inside
}
