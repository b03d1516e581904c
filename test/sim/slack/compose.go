package slack

import (
	"encoding/json"
	"regexp"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

var shortcode = regexp.MustCompile(`:([a-z0-9_+'-]+):`)

// richText is the rich_text block that Slack's clients send beside the text of a person's message.
func (s *Server) richText(text string) json.RawMessage {
	elements := []fields{}
	for _, t := range mrkdwn.Tokens(text) {
		switch t.Kind {
		case mrkdwn.Member:
			elements = append(elements, fields{"type": "user", "user_id": t.Value})
		case mrkdwn.Channel:
			elements = append(elements, fields{"type": "channel", "channel_id": t.Value})
		case mrkdwn.Broadcast:
			elements = append(elements, fields{"type": "broadcast", "range": t.Value})
		case mrkdwn.Group:
			elements = append(elements, fields{"type": "usergroup", "usergroup_id": t.Value})
		case mrkdwn.Link:
			link := fields{"type": "link", "url": mrkdwn.Unescape(t.Value)}
			if t.Label != "" {
				link["text"] = mrkdwn.Unescape(t.Label)
			}
			elements = append(elements, link)
		default:
			elements = append(elements, textElements(t.Raw)...)
		}
	}
	raw, err := json.Marshal([]fields{{
		"type": "rich_text", "block_id": random(s.rng, alphabet, 5),
		"elements": []fields{{"type": "rich_text_section", "elements": elements}},
	}})
	if err != nil {
		return nil // maps of strings always encode
	}
	return raw
}

// textElements cuts the emoji out of a text.
func textElements(text string) []fields {
	var out []fields
	last := 0
	say := func(piece string) {
		if piece != "" {
			out = append(out, fields{"type": "text", "text": mrkdwn.Unescape(piece)})
		}
	}
	for _, at := range shortcode.FindAllStringSubmatchIndex(text, -1) {
		say(text[last:at[0]])
		out = append(out, fields{"type": "emoji", "name": text[at[2]:at[3]]})
		last = at[1]
	}
	say(text[last:])
	return out
}
