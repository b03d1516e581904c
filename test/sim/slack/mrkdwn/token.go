package mrkdwn

import (
	"regexp"
	"strings"
)

// Kind is what a token is.
type Kind int

// The kinds of tokens.
const (
	Text      Kind = iota // plain text, still escaped
	Member                // <@U…>
	Channel               // <#C…|name>
	Broadcast             // <!channel>, <!here>, <!everyone>
	Group                 // <!subteam^S…>
	Date                  // <!date^…^…|fallback>
	Link                  // <https://…|label>, <mailto:…>
)

// Token is one piece of a text.
type Token struct {
	Kind  Kind
	Value string // an id, "channel", an address; of text the text itself
	Label string // what stands behind |
	Raw   string // as it was written
}

var (
	bracket = regexp.MustCompile(`<([^<>\n]+)>`)
	scheme  = regexp.MustCompile(`^(https?://|mailto:|tel:)`)
	id      = regexp.MustCompile(`^[A-Z][A-Z0-9]+$`)
)

// Tokens cuts a text into its pieces, in order; joining the Raw of all gives the text.
func Tokens(text string) []Token {
	var out []Token
	last := 0
	for _, at := range bracket.FindAllStringSubmatchIndex(text, -1) {
		token, ok := parse(text[at[2]:at[3]])
		if !ok {
			continue
		}
		if at[0] > last {
			out = append(out, Token{Value: text[last:at[0]], Raw: text[last:at[0]]})
		}
		token.Raw = text[at[0]:at[1]]
		out = append(out, token)
		last = at[1]
	}
	if last < len(text) {
		out = append(out, Token{Value: text[last:], Raw: text[last:]})
	}
	return out
}

func parse(inside string) (Token, bool) {
	value, label, _ := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(value, "@"):
		return Token{Kind: Member, Value: value[1:], Label: label}, id.MatchString(value[1:])
	case strings.HasPrefix(value, "#"):
		return Token{Kind: Channel, Value: value[1:], Label: label}, id.MatchString(value[1:])
	case value == "!channel", value == "!here", value == "!everyone":
		return Token{Kind: Broadcast, Value: value[1:], Label: label}, true
	case value == "!group": // the old word for !channel in private channels
		return Token{Kind: Broadcast, Value: "channel", Label: label}, true
	case strings.HasPrefix(value, "!subteam^"):
		return Token{Kind: Group, Value: strings.TrimPrefix(value, "!subteam^"), Label: label}, true
	case strings.HasPrefix(value, "!date^"):
		return Token{Kind: Date, Value: strings.TrimPrefix(value, "!date^"), Label: label}, true
	case scheme.MatchString(value):
		return Token{Kind: Link, Value: value, Label: label}, true
	}
	return Token{}, false
}

var (
	escaper   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// Escape replaces the three characters that are special in a message's text.
func Escape(s string) string { return escaper.Replace(s) }

// Unescape is the reverse of Escape.
func Unescape(s string) string { return unescaper.Replace(s) }

// Names turns the id of a member, channel or group into what people read; "" if it is unknown.
type Names func(kind Kind, id string) string

// Plain is what people read of a text, without tokens and escapes. Emphasis marks stay.
func Plain(text string, names Names) string {
	var out strings.Builder
	for _, t := range Tokens(text) {
		out.WriteString(t.plain(names))
	}
	return out.String()
}

func (t Token) plain(names Names) string {
	label := Unescape(t.Label)
	named := func(sign string) string {
		if name := names(t.Kind, t.Value); name != "" {
			return sign + name
		}
		if label != "" {
			return sign + strings.TrimPrefix(label, sign)
		}
		return sign + t.Value
	}
	switch t.Kind {
	case Member, Group:
		return named("@")
	case Channel:
		return named("#")
	case Broadcast:
		return "@" + t.Value
	case Date:
		return label
	case Link:
		if label != "" {
			return label
		}
		return Unescape(strings.TrimPrefix(t.Value, "mailto:"))
	}
	return Unescape(t.Raw)
}
