package block

import (
	"encoding/json"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// Read is what a person reads in the blocks of a message, from top to bottom, without anything that only says how it looks. What
// can be pressed is left out. It is empty where there is nothing to read.
func Read(raw []byte) string {
	var blocks []Block
	if json.Unmarshal(raw, &blocks) != nil {
		return ""
	}
	var lines []string
	for _, b := range blocks {
		if line := read(b); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// read is what stands in a block, or in a part of one.
func read(b Block) string {
	text := func(name string) string {
		value, _ := b[name].(string)
		return value
	}
	switch kind := text("type"); kind {
	case "actions", "divider":
		return ""
	case "text":
		return text("text")
	case "plain_text":
		return text("text")
	case "mrkdwn":
		return mrkdwn.Plain(text("text"), unknown)
	case "link":
		if words := text("text"); words != "" {
			return words
		}
		return text("url")
	case "emoji":
		if char := emoji.Char(text("name")); char != "" {
			return char
		}
		return ":" + text("name") + ":"
	case "rich_text_quote":
		return "> " + strings.ReplaceAll(all(b, ""), "\n", "\n> ")
	case "rich_text", "rich_text_list", "context":
		return all(b, "\n")
	case "section", "header":
		if inner, ok := b["text"].(Block); ok {
			return read(inner)
		}
	case "user", "channel", "usergroup", "broadcast", "date":
		return mrkdwn.Plain(richText(b), unknown)
	}
	return all(b, "")
}

// all are a block's elements.
func all(b Block, between string) string {
	elements, _ := b["elements"].([]any)
	var parts []string
	for _, e := range elements {
		if inner, ok := e.(Block); ok {
			parts = append(parts, read(inner))
		}
	}
	return strings.Join(parts, between)
}

// unknown leaves the ids of members, channels and groups as they are.
func unknown(mrkdwn.Kind, string) string { return "" }
