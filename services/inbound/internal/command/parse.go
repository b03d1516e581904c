package command

import (
	"strings"
	"unicode"
)

// Kind is what an operator's text is.
type Kind int

const (
	// Message is for the visitor.
	Message Kind = iota
	// Note is for the team and never leaves it.
	Note
	// Order is a command, known or not.
	Order
	// Foreign is a command for another bot.
	Foreign
)

// Line is an operator's text, taken apart.
type Line struct {
	Kind Kind
	// Word is an Order's name in lower case, without its mark. It may be empty or unknown.
	Word string
	// Args is the rest of an Order.
	Args string
}

// Parse takes a text apart. Commands are "/x", "/x@bot" and "@bot x" with any word, and "!x" with a known one or a slip of
// it: a visitor may be told "!important". Notes are "//…", "/note …" and "!note …". bot is the bot's user name, empty where it is unknown.
func Parse(text, bot string) Line {
	text = strings.TrimLeftFunc(text, invisible)
	first, args := cutWord(text)
	switch {
	case strings.HasPrefix(text, "//"):
		return Line{Kind: Note}
	case strings.HasPrefix(text, "/"):
		word, to, addressed := strings.Cut(first[1:], "@")
		if addressed && bot != "" && !strings.EqualFold(to, bot) {
			return Line{Kind: Foreign}
		}
		return order(word, args)
	case strings.HasPrefix(text, "!"):
		if line := order(first[1:], args); line.Kind == Note || known(line.Word) || mistyped(line.Word) {
			return line
		}
	case bot != "" && strings.EqualFold(strings.TrimRight(first, ":,"), "@"+bot):
		word, rest := cutWord(args)
		return order(strings.TrimLeft(word, "/!"), rest)
	}
	return Line{Kind: Message}
}

func order(word, args string) Line {
	word = strings.ToLower(word)
	if word == "note" {
		return Line{Kind: Note}
	}
	return Line{Kind: Order, Word: word, Args: args}
}

func known(word string) bool {
	_, ok := Find(word)
	return ok
}

// mistyped tells a word that is one slip away from a command: a letter too many, too few, wrong, or two of them swapped. Short
// words are too near to others for that.
func mistyped(word string) bool {
	const least = 5
	for _, c := range All() {
		if len(word) >= least && len(c.Name) >= least && oneSlip(word, c.Name) {
			return true
		}
	}
	return false
}

func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case a == "" || b == "":
		return len(a)+len(b) == 1
	case a[1:] == b, a == b[1:], a[1:] == b[1:]:
		return true
	}
	return len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

// cutWord separates the first word from what follows.
func cutWord(s string) (word, rest string) {
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimFunc(s[end:], unicode.IsSpace)
}

// invisible is what nobody sees before a command: white space, and format characters such as a zero width space.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}
