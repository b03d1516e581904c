package slack

import (
	"encoding/json"
	"html/template"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/emoji"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// messageHTML shows a message's blocks, or its text if it has none. Buttons are shown below it by the template.
func (s *Server) messageHTML(m *Message) template.HTML {
	var blocks []block.Block
	if m.Blocks == nil || json.Unmarshal(m.Blocks, &blocks) != nil || !m.FromBot() {
		return s.mrkdwnHTML(m.Text) // a person's blocks say what the text says
	}
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString(s.blockHTML(b))
	}
	return template.HTML(out.String())
}

func (s *Server) mrkdwnHTML(text string) template.HTML {
	return mrkdwn.HTML(text, s.nameOf, emoji.Char)
}

// blockHTML shows one block. Every text in it is escaped by mrkdwn.HTML or textHTML.
func (s *Server) blockHTML(b block.Block) string {
	switch b["type"] {
	case "section":
		return `<div class="block">` + s.textHTML(b["text"]) + `<div class="fields">` + s.listHTML(b["fields"], "div") + `</div></div>`
	case "header":
		return `<div class="block header">` + s.textHTML(b["text"]) + `</div>`
	case "context":
		return `<div class="block context">` + s.listHTML(b["elements"], "span") + `</div>`
	case "divider":
		return "<hr>"
	case "image":
		alt, _ := b["alt_text"].(string)
		return `<div class="block context">[` + template.HTMLEscapeString(alt) + `]</div>`
	case "rich_text":
		return `<div class="block">` + s.richHTML(b) + `</div>`
	case "actions":
		return ""
	}
	set, _, err := block.Parse(encoded(b), func() string { return "x" })
	if err != nil || len(set.Texts) == 0 {
		return ""
	}
	var out strings.Builder
	for _, t := range set.Texts {
		out.WriteString(`<div class="block">` + string(s.mrkdwnHTML(t.Value)) + `</div>`)
	}
	return out.String()
}

func encoded(b block.Block) []byte {
	raw, err := json.Marshal([]block.Block{b})
	if err != nil {
		return []byte("[]") // it was decoded from JSON
	}
	return raw
}

func (s *Server) listHTML(list any, tag string) string {
	items, _ := list.([]any)
	var out strings.Builder
	for _, item := range items {
		out.WriteString("<" + tag + ">" + s.textHTML(item) + "</" + tag + ">")
	}
	return out.String()
}

// textHTML shows a text object: markup of plain_text is none, but emoji are.
func (s *Server) textHTML(value any) string {
	object, _ := value.(block.Block)
	text, _ := object["text"].(string)
	if object["type"] == "mrkdwn" {
		return string(s.mrkdwnHTML(text))
	}
	return template.HTMLEscapeString(shortcode.ReplaceAllStringFunc(text, emojiChar))
}
