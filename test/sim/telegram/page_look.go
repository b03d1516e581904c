package telegram

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
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

func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// hue gives every name a colour of its own.
func hue(name string) int {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, name)
	return int(h.Sum32() % 360)
}
