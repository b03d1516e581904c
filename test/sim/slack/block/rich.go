package block

import (
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// richText turns a rich_text block, or a part of one, into text with tokens. Its styles leave no marks, because an asterisk in
// rich text is an asterisk.
func richText(b Block) string {
	kind, _ := b["type"].(string)
	field := func(name string) string {
		value, _ := b[name].(string)
		return value
	}
	switch kind {
	case "text":
		return mrkdwn.Escape(field("text"))
	case "link":
		if text := field("text"); text != "" {
			return "<" + mrkdwn.Escape(field("url")) + "|" + mrkdwn.Escape(text) + ">"
		}
		return "<" + mrkdwn.Escape(field("url")) + ">"
	case "emoji":
		return ":" + field("name") + ":"
	case "user":
		return "<@" + field("user_id") + ">"
	case "channel":
		return "<#" + field("channel_id") + ">"
	case "usergroup":
		return "<!subteam^" + field("usergroup_id") + ">"
	case "broadcast":
		return "<!" + field("range") + ">"
	case "date":
		return mrkdwn.Escape(field("fallback"))
	}
	return container(kind, b)
}

func container(kind string, b Block) string {
	elements, _ := b["elements"].([]any)
	var parts []string
	for i, e := range elements {
		inner, ok := e.(Block)
		if !ok {
			continue
		}
		text := richText(inner)
		if kind == "rich_text_list" {
			mark := "• "
			if b["style"] == "ordered" {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			text = mark + text
		}
		parts = append(parts, text)
	}
	if kind == "rich_text" || kind == "rich_text_list" {
		return strings.Join(parts, "\n")
	}
	return strings.Join(parts, "")
}
