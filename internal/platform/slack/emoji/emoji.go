package emoji

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed table.txt
var source string

// entry is one emoji.
type entry struct {
	character string
	toned     bool
}

// tables are the emoji by name, and the first name by character.
type tables struct {
	byName      map[string]entry
	byCharacter map[string]string
}

// table is read when it is first asked for: a service without Slack never does.
var table = sync.OnceValue(func() tables {
	t := tables{byName: make(map[string]entry, 2000), byCharacter: make(map[string]string, 2000)}
	for line := range strings.Lines(source) {
		character, names, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || strings.HasPrefix(line, "# ") {
			continue
		}
		bare, toned := strings.CutSuffix(character, "+")
		for i, name := range strings.Fields(names) {
			t.byName[name] = entry{bare, toned}
			if i == 0 {
				t.byCharacter[plain(bare)] = name
			}
		}
	}
	return t
})

const (
	toneMark = "::skin-tone-"
	// variation asks for a picture instead of a letter; where a tone is, it is implied.
	variation = "\uFE0F"
)

// Of is the emoji of a name without colons, such as "wave" or "wave::skin-tone-3"; false for a name that only a workspace knows.
func Of(name string) (string, bool) {
	name, tone, _ := strings.Cut(name, toneMark)
	e, known := table().byName[name]
	if !known {
		return "", false
	}
	return e.in(tone), true
}

// in is the emoji in a skin tone from 2 (light) to 6 (dark). Two tones, for two people, show as the first.
func (e entry) in(tone string) string {
	if !e.toned || tone == "" || tone[0] < '2' || tone[0] > '6' {
		return e.character
	}
	_, size := utf8.DecodeRuneInString(e.character)
	modifier := rune(0x1F3FB) + rune(tone[0]-'2')
	return e.character[:size] + string(modifier) + strings.TrimPrefix(e.character[size:], variation)
}

// Name is the name of an emoji, with its skin tone; false for what is none.
func Name(character string) (string, bool) {
	bare, tone := plain(character), ""
	for i, r := range bare {
		if 0x1F3FB <= r && r <= 0x1F3FF && i > 0 {
			tone = toneMark + string('2'+r-0x1F3FB)
			bare = bare[:i] + bare[i+utf8.RuneLen(r):]
			break
		}
	}
	name, known := table().byCharacter[bare]
	return name + tone, known
}

func plain(character string) string { return strings.ReplaceAll(character, variation, "") }

// Replace puts emoji in the place of their names between colons. A name of digits (":100:") is one only where it stands alone:
// otherwise it is the time of day.
func Replace(text string) string {
	var out strings.Builder
	last := utf8.RuneError // of what is out already
	for text != "" {
		open := strings.IndexByte(text, ':')
		if open < 0 {
			break
		}
		if open > 0 {
			last, _ = utf8.DecodeLastRuneInString(text[:open])
		}
		name, after, ok := token(text[open:])
		character, known := Of(name)
		next, _ := utf8.DecodeRuneInString(after)
		if !ok || !known || digits(name) && (wordly(last) || wordly(next)) {
			out.WriteString(text[:open+1])
			text, last = text[open+1:], ':'
			continue
		}
		out.WriteString(text[:open] + character)
		text, last = after, utf8.RuneError
	}
	return out.String() + text
}

// token is the name at the beginning of ":name:…" or ":name::skin-tone-3:…", and what follows.
func token(s string) (name, after string, ok bool) {
	const most = 100
	end := strings.IndexByte(s[1:min(len(s), most)], ':') + 1
	if end < 2 {
		return "", s, false
	}
	name, after = s[1:end], s[end+1:]
	if rest, toned := strings.CutPrefix(after, toneMark[1:]); toned {
		if tone, rest, closed := strings.Cut(rest, ":"); closed && (len(tone) == 1 || len(tone) == 3) {
			return name + toneMark + tone, rest, true
		}
	}
	return name, after, true
}

func digits(name string) bool {
	return strings.TrimLeft(name, "0123456789") == ""
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == ':' }
