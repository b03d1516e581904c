package mrkdwn

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// Marks of finished pieces: private characters that no markup matches.
const (
	first = '\uE000'
	last  = '\uF8FF'
)

var (
	fence  = regexp.MustCompile("(?s)```(.+?)```")
	code   = regexp.MustCompile("`([^`\n]+)`")
	bold   = regexp.MustCompile(`(^|[\s(>_~\x{E000}-\x{F8FF}])\*([^*\n]+)\*`)
	italic = regexp.MustCompile(`(^|[\s(>*~\x{E000}-\x{F8FF}])_([^_\n]+)_`)
	strike = regexp.MustCompile(`(^|[\s(>*_\x{E000}-\x{F8FF}])~([^~\n]+)~`)
	quote  = regexp.MustCompile(`(?m)^&gt; ?(.*)(?:\n|$)`) // its newline goes: the quote is a block
	emoji  = regexp.MustCompile(`:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):`)
)

// page collects pieces that are HTML already.
type page struct{ pieces []string }

// keep stores a piece and returns the character that stands for it.
func (p *page) keep(html string) string {
	at := first + rune(len(p.pieces))
	if at > last {
		return html
	}
	p.pieces = append(p.pieces, html)
	return string(at)
}

// put fills the pieces in. Each stands in one place only, maybe inside of another.
func (p *page) put(out *strings.Builder, text string) {
	for _, r := range text {
		if at := int(r - first); r >= first && at < len(p.pieces) {
			p.put(out, p.pieces[at])
		} else {
			out.WriteRune(r)
		}
	}
}

// HTML shows a text as Slack does. Nothing in it can leave its place: every character of the text that is no token and
// no markup is escaped. emojis turns a short name into a character; "" leaves the name.
func HTML(text string, names Names, emojis func(name string) string) template.HTML {
	p := &page{}
	var flat strings.Builder
	for _, t := range Tokens(withoutMarks(text)) {
		if t.Kind == Text {
			flat.WriteString(template.HTMLEscapeString(Unescape(t.Raw)))
			continue
		}
		flat.WriteString(p.keep(t.html(names)))
	}
	out := flat.String()
	out = fence.ReplaceAllStringFunc(out, func(s string) string {
		return p.keep("<pre>" + strings.Trim(s, "`\n") + "</pre>")
	})
	out = code.ReplaceAllStringFunc(out, func(s string) string { return p.keep("<code>" + strings.Trim(s, "`") + "</code>") })
	out = emoji.ReplaceAllStringFunc(out, func(s string) string {
		if char := emojis(strings.Trim(s, ":")); char != "" {
			return p.keep(char)
		}
		return p.keep(s)
	})
	out = quote.ReplaceAllString(out, `<span class="quoted">$1</span>`)
	out = bold.ReplaceAllString(out, "$1<b>$2</b>")
	out = italic.ReplaceAllString(out, "$1<em>$2</em>")
	out = strike.ReplaceAllString(out, "$1<s>$2</s>")
	var whole strings.Builder
	p.put(&whole, out)
	return template.HTML(whole.String())
}

// withoutMarks takes away the characters that HTML uses for itself.
func withoutMarks(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= first && r <= last {
			return '\uFFFD'
		}
		return r
	}, text)
}

func (t Token) html(names Names) string {
	shown := template.HTMLEscapeString(t.plain(names))
	switch t.Kind {
	case Link:
		href := template.HTMLEscapeString(Unescape(t.Value))
		return `<a href="` + href + `" title="` + href + `" target="_blank" rel="noopener noreferrer">` + shown + "</a>"
	case Broadcast, Group:
		return `<span class="token loud">` + shown + "</span>"
	case Date:
		return `<time title=` + strconv.Quote(template.HTMLEscapeString(t.Value)) + `>` + shown + "</time>"
	}
	return `<span class="token">` + shown + "</span>"
}
