package telegram

import (
	"strings"
)

// summary is a message in one line.
func summary(m *Message) string {
	text := strings.Join(strings.Fields(m.Text), " ")
	if text == "" && m.Media != nil {
		text = "[" + m.Media.Kind + "]"
	}
	if runes := []rune(text); len(runes) > 80 {
		text = string(runes[:80]) + "…"
	}
	return text
}
