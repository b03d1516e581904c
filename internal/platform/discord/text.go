package discord

import (
	"strings"
	"unicode/utf8"
)

// Text is a text in Discord's Markdown, built piece by piece. Its zero value is empty and ready. What is not ours is escaped as
// it comes in, so that nobody can inject formatting, a link under another name, an emoji or a mention.
//
// It is for contents and for descriptions and field values of embeds. Titles of threads, authors and footers are not formatted by
// Discord: there label.Clean is enough.
type Text struct {
	atoms []atom
}

// atom is what must stay together: a character with its escape, or a link.
type atom struct {
	// shown is what a person sees of it, out what is sent.
	shown, out string
	style      style
}

// style is what stands around a run of atoms. Neighbours with the same style share it.
type style struct{ open, close string }

// Plain adds words of our own, as Markdown.
func (t *Text) Plain(s string) *Text {
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		t.atoms = append(t.atoms, atom{shown: string(r), out: string(r)})
	}
	return t
}

// Bold adds bold words that may be anybody's: nobody is pinged by them.
func (t *Text) Bold(s string) *Text { return t.foreign(s, style{"**", "**"}) }

// Verbatim adds what somebody else wrote, exactly as typed.
func (t *Text) Verbatim(s string) *Text { return t.foreign(s, style{}) }

// maxFence is the longest run of backticks that Code can hold.
const maxFence = 16

// Code adds a line of anybody's in fixed width; a line's end in it becomes a space. With too many backticks it is Verbatim.
func (t *Text) Code(s string) *Text {
	s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	run := longestRun(s, '`')
	if run > maxFence {
		return t.Verbatim(s)
	}
	fence := strings.Repeat("`", run+1)
	around := style{fence, fence}
	if len(fence) > 1 { // a backtick at an end would join the fence
		around = style{fence + " ", " " + fence}
	}
	runes := []rune(s)
	for i, r := range runes {
		t.atoms = append(t.atoms, atom{shown: string(r), out: string(r) + defuse(runes, i), style: around})
	}
	return t
}

// Add adds another text with its formatting.
func (t *Text) Add(other *Text) *Text {
	t.atoms = append(t.atoms, other.atoms...)
	return t
}

func (t *Text) foreign(s string, around style) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	for s != "" {
		word, rest := nextWord(s)
		if isLink(word) && endsLink(rest) {
			t.atoms = append(t.atoms, atom{shown: word, out: word, style: around})
		} else {
			t.escaped(word, around)
		}
		s = rest
	}
	return t
}

// String is the whole text as it is sent.
func (t *Text) String() string { return render(t.atoms) }

// Shown is what a person sees of the text, without the formatting.
func (t *Text) Shown() string {
	var b strings.Builder
	for _, a := range t.atoms {
		b.WriteString(a.shown)
	}
	return b.String()
}

// Len is the length of String in code points, which is what Discord's limits count.
func (t *Text) Len() int {
	_, length := fit(t.atoms, int(^uint(0)>>1))
	return length
}

// render writes atoms with their styles.
func render(atoms []atom) string {
	var b strings.Builder
	var now style
	for _, a := range atoms {
		if a.style != now {
			b.WriteString(now.close)
			b.WriteString(a.style.open)
			now = a.style
		}
		b.WriteString(a.out)
	}
	b.WriteString(now.close)
	return b.String()
}

func points(s string) int { return utf8.RuneCountInString(s) }

func longestRun(s string, of rune) (longest int) {
	run := 0
	for _, r := range s {
		if run++; r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
