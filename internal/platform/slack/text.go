package slack

import (
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// style is how words look.
type style int

const (
	regular style = iota
	bold
	italic
	code
)

// kind is what a piece of a Text is.
type pieceKind int

const (
	words   pieceKind = iota
	link              // an http or https address, shown as it is
	picture           // an emoji: a name without colons
	quoted            // a line with a bar beside it
)

type piece struct {
	kind  pieceKind
	style style
	text  string
}

// maxQuote is how much of a quoted message is shown.
const maxQuote = 150

// pieceCost is what a piece takes of a message's room beside its characters, about the JSON around them: that counts as well.
const pieceCost = 50

// Text is a text with its formatting, built piece by piece. Its zero value is empty and ready. It is sent as rich text, in which
// every character stands for itself: nothing is escaped, and nobody can inject a mention, a link that lies, or markup.
type Text struct {
	pieces []piece
}

// Plain adds words.
func (t *Text) Plain(s string) *Text { return t.add(words, regular, s) }

// Bold adds bold words.
func (t *Text) Bold(s string) *Text { return t.add(words, bold, s) }

// Italic adds words in italics.
func (t *Text) Italic(s string) *Text { return t.add(words, italic, s) }

// Code adds words in fixed width.
func (t *Text) Code(s string) *Text { return t.add(words, code, s) }

// Emoji adds an emoji by its name, such as "white_check_mark"; it may be one of the workspace's own.
func (t *Text) Emoji(name string) *Text { return t.add(picture, regular, name) }

// Quote adds a line of its own with a bar beside it: what a message answers. Of s the first maxQuote characters are shown, as one line.
func (t *Text) Quote(s string) *Text {
	return t.add(quoted, regular, label.Line(s, maxQuote))
}

// Verbatim adds what somebody else wrote, exactly as typed. Web addresses in it can be clicked, and show where they lead.
func (t *Text) Verbatim(s string) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	at := 0
	for _, found := range links(s) {
		t.add(words, regular, s[at:found.from]).add(link, regular, s[found.from:found.to])
		at = found.to
	}
	return t.add(words, regular, s[at:])
}

// Add adds another text with its formatting.
func (t *Text) Add(other *Text) *Text {
	for _, p := range other.pieces {
		t.add(p.kind, p.style, p.text)
	}
	return t
}

// add joins words of one style: a piece has its cost.
func (t *Text) add(kind pieceKind, look style, s string) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if s == "" {
		return t
	}
	if last := len(t.pieces) - 1; last >= 0 && kind == words && t.pieces[last].kind == words && t.pieces[last].style == look {
		t.pieces[last].text += s
		return t
	}
	t.pieces = append(t.pieces, piece{kind, look, s})
	return t
}

// String is the text without its formatting; an emoji is its name between colons, a quote a line that begins with ">".
func (t *Text) String() string {
	var text strings.Builder
	for _, p := range t.pieces {
		switch p.kind {
		case picture:
			text.WriteString(":" + p.text + ":")
		case quoted:
			text.WriteString("> " + p.text + "\n")
		default:
			text.WriteString(p.text)
		}
	}
	return text.String()
}

// Len is how much of a message's room the text takes, which MaxText limits: its code points, and some for every change of style.
func (t *Text) Len() int {
	total := 0
	for _, p := range t.pieces {
		total += p.room()
	}
	return total
}

func (p piece) room() int { return pieceCost + utf8.RuneCountInString(p.text) }
