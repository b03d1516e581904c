package slack

import (
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// richHTML shows a rich_text block or a part of one. Its text is taken literally: an asterisk is an asterisk.
func (s *Server) richHTML(b block.Block) string {
	field := func(name string) string {
		text, _ := b[name].(string)
		return text
	}
	token := func(raw string) string { return string(mrkdwn.HTML(raw, s.nameOf, emojiOf)) }
	switch b["type"] {
	case "text":
		return styled(b, template.HTMLEscapeString(field("text")))
	case "link":
		if field("text") == "" {
			return styled(b, token("<"+mrkdwn.Escape(field("url"))+">"))
		}
		return styled(b, token("<"+mrkdwn.Escape(field("url"))+"|"+mrkdwn.Escape(field("text"))+">"))
	case "emoji":
		return template.HTMLEscapeString(emojiChar(":" + field("name") + ":"))
	case "user":
		return token("<@" + field("user_id") + ">")
	case "channel":
		return token("<#" + field("channel_id") + ">")
	case "usergroup":
		return token("<!subteam^" + field("usergroup_id") + ">")
	case "broadcast":
		return token("<!" + field("range") + ">")
	case "rich_text_list":
		if field("style") == "ordered" {
			return "<ol>" + s.richParts(b, "li") + "</ol>"
		}
		return "<ul>" + s.richParts(b, "li") + "</ul>"
	case "rich_text_quote":
		return `<span class="quoted">` + s.richParts(b, "") + "</span>"
	case "rich_text_preformatted":
		return "<pre>" + s.richParts(b, "") + "</pre>"
	case "rich_text":
		return s.richParts(b, "div")
	}
	return s.richParts(b, "")
}

// richParts shows what an element consists of, each part in a tag of its own or in none.
func (s *Server) richParts(b block.Block, tag string) string {
	parts, _ := b["elements"].([]any)
	var out strings.Builder
	for _, part := range parts {
		inner, ok := part.(block.Block)
		if !ok {
			continue
		}
		html := s.richHTML(inner)
		if tag != "" {
			html = "<" + tag + ">" + html + "</" + tag + ">"
		}
		out.WriteString(html)
	}
	return out.String()
}

func styled(b block.Block, html string) string {
	style, _ := b["style"].(block.Block)
	for _, s := range [][2]string{{"code", "code"}, {"bold", "b"}, {"italic", "em"}, {"strike", "s"}} {
		if on, _ := style[s[0]].(bool); on {
			html = "<" + s[1] + ">" + html + "</" + s[1] + ">"
		}
	}
	return html
}

func emojiOf(string) string { return "" }
