package bridge

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	// maxWord is the longest name, reason or other short text, in characters.
	maxWord = 128
	// maxComment is the longest comment on a rating, as the widget has it.
	maxComment = 1000
	// maxPhone is the longest telephone number, with room for how people write it.
	maxPhone = 32
)

// word checks a short text; it may be empty.
func word(field, text string, most int) *intake.Refusal {
	if utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return intake.Invalid("invalid_"+snake(field), field+" is too long, or not printable")
	}
	return nil
}

// snake is the last part of a field's name as codes have it: session.visitorId is visitor_id.
func snake(field string) string {
	var b strings.Builder
	for _, r := range field[strings.LastIndexByte(field, '.')+1:] {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// instant reads a time; absent is now, and so is what lies ahead: the clock of a backend may be fast.
func instant(field, text string) (time.Time, *intake.Refusal) {
	now := fact.Now()
	if text == "" {
		return now, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Year() < 1970 {
		return now, intake.Invalid("invalid_"+snake(field), field+" must be a time such as 2026-01-02T03:04:05.678Z")
	}
	if at = at.UTC().Truncate(time.Millisecond); at.After(now) {
		return now, nil
	}
	return at, nil
}

// platforms begin the ids of messages that were written there: no visitor's message can have one.
var platforms = []string{"telegram:", "discord:", "slack:"}

// messageID checks an id that a backend gives a message.
func messageID(field, text string) *intake.Refusal {
	_, err := id.ParseMessage(text)
	for _, prefix := range platforms {
		if err != nil || strings.HasPrefix(text, prefix) {
			return intake.Invalid("invalid_message_id", field+" must have 1 to 128 bytes of printable text, and not begin as a platform's ids do")
		}
	}
	return nil
}
