package telegram

import (
	"strings"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// Text is a text with its formatting, built piece by piece. Its zero value is empty and ready. Formatting is carried by
// entities, never by a parse mode: so nothing is escaped, and nobody can inject any.
type Text struct {
	text     strings.Builder
	units    int // UTF-16 code units so far: what entity offsets count
	points   int // code points so far: what limits count
	entities []models.MessageEntity
}

// Plain adds words of our own. Telegram links what it finds in them.
func (t *Text) Plain(s string) *Text { return t.add(s, "") }

// Bold adds bold words that may be anybody's: nobody is pinged by them.
func (t *Text) Bold(s string) *Text { return t.foreign(s, models.MessageEntityTypeBold) }

// Italic is Bold in italics.
func (t *Text) Italic(s string) *Text { return t.foreign(s, models.MessageEntityTypeItalic) }

// Code adds s in fixed width. Telegram links nothing in it.
func (t *Text) Code(s string) *Text { return t.add(s, models.MessageEntityTypeCode) }

// Verbatim adds what somebody else wrote, exactly as typed. What would ping a member or call a bot (@name, /word) becomes
// code, in which Telegram links nothing.
func (t *Text) Verbatim(s string) *Text { return t.foreign(s, "") }

// Add adds another text with its formatting.
func (t *Text) Add(other *Text) *Text {
	for _, e := range other.entities {
		e.Offset += t.units
		t.entities = append(t.entities, e)
	}
	t.text.WriteString(other.text.String())
	t.units, t.points = t.units+other.units, t.points+other.points
	return t
}

func (t *Text) foreign(s string, style models.MessageEntityType) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	at := 0
	for _, risk := range risks(s) {
		t.add(s[at:risk.from], style)
		// Code can't be part of any other entity, so the style pauses.
		t.add(s[risk.from:risk.to], models.MessageEntityTypeCode)
		at = risk.to
	}
	return t.add(s[at:], style)
}

func (t *Text) add(s string, style models.MessageEntityType) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if s == "" {
		return t
	}
	units := utf16Len(s)
	if style != "" {
		t.entities = append(t.entities, models.MessageEntity{Type: style, Offset: t.units, Length: units})
	}
	t.text.WriteString(s)
	t.units, t.points = t.units+units, t.points+utf8.RuneCountInString(s)
	return t
}

// String is the text alone.
func (t *Text) String() string { return t.text.String() }

// Entities are the formatting, by offset.
func (t *Text) Entities() []models.MessageEntity { return t.entities }

// Len is the length in code points, which is what MaxText limits.
func (t *Text) Len() int { return t.points }

// utf16Len counts code units of valid UTF-8.
func utf16Len(s string) (units int) {
	for _, r := range s {
		units += width(r)
	}
	return units
}

// width is the number of UTF-16 code units of a code point.
func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
