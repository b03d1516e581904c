package emoji

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNamesBecomeEmoji(t *testing.T) {
	for typed, want := range map[string]string{
		"hi :wave:":                          "hi 👋",
		":wave::skin-tone-3:":                "👋🏼",
		":wave::skin-tone-6: :+1:":           "👋🏿 👍",
		":+1::skin-tone-2::heart:":           "👍🏻❤️",
		":point_up::skin-tone-4:":            "☝🏽",
		":woman-running::skin-tone-2:":       "🏃🏻‍♀️",
		":heart::skin-tone-2:":               "❤️",
		":handshake::skin-tone-2-3:":         "🤝🏻",
		":white_check_mark:":                 "✅",
		":large_green_circle:Open":           "🟢Open",
		":thumbsup::thumbsdown:":             "👍👎",
		":us: :flag-us:":                     "🇺🇸 🇺🇸",
		":hash::keycap_star:":                "#️⃣*️⃣",
		":100:":                              "💯",
		"(:100:)":                            "(💯)",
		"at 10:100:30":                       "at 10:100:30",
		"10:30:45":                           "10:30:45",
		"a:b:c":                              "a🅱️c",
		":party_parrot:":                     ":party_parrot:",
		":nobody:wave:":                      ":nobody👋",
		"::":                                 "::",
		":":                                  ":",
		":wave":                              ":wave",
		"std::vector::size":                  "std::vector::size",
		"http://x":                           "http://x",
		":wave::skin-tone-9:":                "👋",
		":wave::skin-tone-":                  "👋:skin-tone-",
		":" + strings.Repeat("x", 200) + ":": ":" + strings.Repeat("x", 200) + ":",
		"":                                   "",
	} {
		if got := Replace(typed); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestEveryNameLeadsToItsEmojiAndBack(t *testing.T) {
	if n := len(table().byName); n < 1900 {
		t.Fatalf("the table has %d names", n)
	}
	for name, e := range table().byName {
		if !utf8.ValidString(e.character) || e.character == "" {
			t.Fatalf("%s is %q", name, e.character)
		}
		first, ok := Name(e.character)
		if again, _ := Of(first); !ok || again != e.character {
			t.Errorf("%s is %q, which is called %q", name, e.character, first)
		}
		if !e.toned {
			continue
		}
		dark, _ := Of(name + "::skin-tone-6")
		if back, _ := Name(dark); dark == e.character || back != first+"::skin-tone-6" {
			t.Errorf("%s in dark is %q, which is called %q", name, dark, back)
		}
	}
	if _, ok := Name("x"); ok {
		t.Error("a letter has a name")
	}
}

func TestTableIsComplete(t *testing.T) {
	lines := slices.Collect(strings.Lines(source))
	named := 0
	for _, line := range lines {
		if strings.Contains(line, "\t") {
			named++
		}
	}
	if named != len(table().byCharacter) || !strings.Contains(source, "MIT License") {
		t.Fatalf("%d lines, %d characters", named, len(table().byCharacter))
	}
}

func FuzzReplace(f *testing.F) {
	for _, seed := range []string{":wave::skin-tone-3:", "10:100:30", "::::", ":\xff:", ":wave::skin-tone-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Replace(text)
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("%q became %q", text, got)
		}
		if !strings.Contains(text, ":") && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
