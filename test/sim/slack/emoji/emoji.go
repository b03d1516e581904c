package emoji

import (
	"regexp"
	"sort"
	"strings"
)

var (
	// chars are by name, names by character without its variation selector; order has the longest characters first, so that
	// a flag is not cut in two.
	chars, names, order = index()

	toned  = regexp.MustCompile(`^(.+)::skin-tone-[2-6]$`)
	tones  = []string{"🏻", "🏼", "🏽", "🏾", "🏿"}
	plains = strings.NewReplacer("\uFE0F", "")
)

func index() (chars, names map[string]string, order []string) {
	chars, names = map[string]string{}, map[string]string{}
	for _, e := range table {
		chars[e.name] = e.char
		char := plains.Replace(e.char)
		if names[char] == "" {
			names[char] = e.name
			order = append(order, char)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return len(order[i]) > len(order[j]) })
	return chars, names, order
}

// Known says whether a short name, with or without a skin tone, is one.
func Known(name string) bool { return chars[bare(name)] != "" }

// Char is the character of a short name; "" if there is none.
func Char(name string) string {
	char := chars[bare(name)]
	if tone := strings.TrimPrefix(name, bare(name)+"::skin-tone-"); char != "" && len(tone) == 1 && tone != name {
		return char + tones[tone[0]-'2']
	}
	return char
}

// Name is the short name of a character, with its skin tone; "" if there is none.
func Name(char string) string {
	char = plains.Replace(char)
	for i, tone := range tones {
		if base, ok := strings.CutSuffix(char, tone); ok && names[base] != "" {
			return names[base] + "::skin-tone-" + string(rune('2'+i))
		}
	}
	return names[char]
}

// Shorten replaces the characters of a text by :names:, as Slack's own clients do.
func Shorten(text string) string {
	for _, char := range order {
		if strings.Contains(text, char) {
			name := names[char]
			text = strings.ReplaceAll(text, char+"\uFE0F", ":"+name+":")
			text = strings.ReplaceAll(text, char, ":"+name+":")
		}
	}
	return text
}

func bare(name string) string {
	if m := toned.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}
