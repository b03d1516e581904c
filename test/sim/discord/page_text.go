package discord

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
)

// textHTML renders a text as Discord's clients do.
func (w *world) textHTML(text string) template.HTML {
	var out strings.Builder
	w.write(&out, markup.Parse(text))
	return template.HTML(out.String())
}

var textTags = map[markup.Kind][2]string{
	markup.Bold:      {"<b>", "</b>"},
	markup.Italic:    {`<em class="slant">`, "</em>"},
	markup.Underline: {"<u>", "</u>"},
	markup.Strike:    {"<s>", "</s>"},
	markup.Code:      {"<code>", "</code>"},
	markup.CodeBlock: {"<pre><code>", "</code></pre>"},
	markup.Spoiler:   {`<span class="spoiler">`, "</span>"},
	markup.Quote:     {`<span class="quoted">`, "</span>"},
	markup.Subtext:   {"<small>", "</small>"},
	markup.Item:      {"• ", ""},
}

func (w *world) write(out *strings.Builder, nodes []markup.Node) {
	for _, n := range nodes {
		open, closing := w.tags(n)
		out.WriteString(open)
		switch n.Kind {
		case markup.User, markup.Role, markup.Channel:
			out.WriteString(template.HTMLEscapeString(w.nameOf(n.Kind, n.ID)))
		case markup.Emoji:
			out.WriteString(":" + template.HTMLEscapeString(n.Text) + ":")
		default:
			out.WriteString(template.HTMLEscapeString(n.Text))
		}
		w.write(out, n.Children)
		out.WriteString(closing)
	}
}

func (w *world) tags(n markup.Node) (open, closing string) {
	switch n.Kind {
	case markup.Text:
		return "", ""
	case markup.Heading:
		return fmt.Sprintf(`<b class="heading h%d">`, n.Level), "</b>"
	case markup.Link, markup.URL: // the reader lets nothing through but http and https
		return `<a href="` + template.HTMLEscapeString(n.URL) + `" target="_blank" rel="noopener noreferrer">`, "</a>"
	}
	if pair, ok := textTags[n.Kind]; ok {
		return pair[0], pair[1]
	}
	return `<span class="token">`, "</span>"
}
