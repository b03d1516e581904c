package discord

import (
	"strings"
	"unicode"
)

// ThreadName makes s a thread's name: one line of at most MaxThreadName code points, without the characters by which a name
// could turn around or hide what stands beside it. It is empty when nothing else is left. Discord formats nothing in names.
func ThreadName(s string) string { return clip(CleanName(s), MaxThreadName) }

// CleanName takes out of a foreign name what is not seen but acts: control characters, marks of direction, and the
// overrides that turn text around. Runs of white space become one space.
func CleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// hidden tells the characters that change how their neighbours are shown. The joiner of emoji (U+200D) is none of them.
func hidden(r rune) bool {
	return r == 0x061C || r == 0x200B || r == 0x200E || r == 0x200F || 0x202A <= r && r <= 0x202E ||
		0x2060 <= r && r <= 0x206F || r == 0xFEFF || 0xE0000 <= r && r <= 0xE007F
}

// clip keeps the first points code points, the last of which then says that something is missing.
func clip(s string, points int) string {
	count, last := 0, 0
	for at := range s {
		if count == points-1 {
			last = at
		}
		if count == points {
			return strings.TrimSpace(s[:last]) + "…"
		}
		count++
	}
	return s
}
