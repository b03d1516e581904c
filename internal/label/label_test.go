package label

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNamesBecomeOneHarmlessLine(t *testing.T) {
	for in, want := range map[string]string{
		"Ana Silva":                 "Ana Silva",
		"  Ana\n\tSilva ":           "Ana Silva",
		"Ana \u202egnp.exe\u202c":   "Ana gnp.exe",
		"\u200bA\u2066n\u2069a\x00": "Ana",
		"👩\u200d👧":                  "👩\u200d👧",
		"a\xffb":                    "ab",
		"\u200e \u200f":             "",
		strings.Repeat("ü", 30):     strings.Repeat("ü", 19) + "…",
	} {
		if got := Line(in, 20); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("Ana \u202e\n", 5)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = 1 + max(most, -most)%300
		got := Line(s, most)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || hidden(r) }) {
			t.Errorf("Line(%q, %d) = %q", s, most, got)
		}
		if again := Line(got, most); again != got {
			t.Errorf("Line is not stable: %q, then %q", got, again)
		}
	})
}
