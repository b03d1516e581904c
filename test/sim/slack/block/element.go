package block

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// menus are interactive elements beside the button; they are accepted, and a person presses them by their action_id.
var menus = []string{
	"static_select", "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
	"multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "overflow", "datepicker",
	"timepicker", "datetimepicker", "radio_buttons", "checkboxes", "workflow_button",
}

func (c *checker) interactive(at string, b Block) {
	kind, _ := b["type"].(string)
	if kind != "button" && !slices.Contains(menus, kind) {
		c.problem(at, "unsupported type: %s", kind)
		return
	}
	c.properties(at, kind, b)
	action, _ := b["action_id"].(string)
	if action == "" {
		action = c.newID()
		b["action_id"] = action
	}
	c.length(pointer(at, "action_id"), action, MaxID)
	if c.actions[action] {
		c.problem(pointer(at, "action_id"), "`action_id` \"%s\" already exists", action)
	}
	c.actions[action] = true
	button := Button{BlockID: c.blockID, ActionID: action, Type: kind}
	if kind == "button" {
		c.button(at, b, &button)
	}
	c.set.Buttons = append(c.set.Buttons, button)
}

func (c *checker) button(at string, b Block, button *Button) {
	c.require(at, b, "text", MaxLabel, "plain_text")
	if label, ok := b["text"].(Block); ok {
		button.Text, _ = label["text"].(string)
	}
	button.Value, _ = b["value"].(string)
	button.URL, _ = b["url"].(string)
	button.Style, _ = b["style"].(string)
	if utf8.RuneCountInString(button.Value) > MaxValue {
		c.problem(pointer(at, "value"), "must be less than %d characters", MaxValue+1)
	}
	if utf8.RuneCountInString(button.URL) > MaxURL {
		c.problem(pointer(at, "url"), "must be less than %d characters", MaxURL+1)
	}
	if b["style"] != nil && button.Style != "primary" && button.Style != "danger" {
		c.problem(pointer(at, "style"), "must be one of: primary, danger")
	}
}

func (c *checker) contextElement(at string, b Block) {
	if b["type"] == "image" {
		c.image(at, b)
		return
	}
	c.text(at, b, MaxPlaintext)
}

func (c *checker) image(at string, b Block) {
	alt, _ := b["alt_text"].(string)
	if b["alt_text"] == nil {
		c.problem(at, "missing required field: alt_text")
	} else if utf8.RuneCountInString(alt) > MaxAlt {
		c.problem(pointer(at, "alt_text"), "must be less than %d characters", MaxAlt+1)
	}
	address, _ := b["image_url"].(string)
	if b["slack_file"] == nil && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		c.problem(pointer(at, "image_url"), "missing required field: image_url")
	}
	if b["title"] != nil {
		c.require(at, b, "title", MaxPlaintext, "plain_text")
	}
}

func (c *checker) markdown(at string, b Block) {
	text, ok := b["text"].(string)
	if !ok {
		c.problem(at, "missing required field: text")
		return
	}
	c.length(pointer(at, "text"), text, MaxMarkdown)
	c.set.Texts = append(c.set.Texts, Text{Value: mrkdwn.Escape(text), Plain: true})
}

// loose keeps the texts of a block that is not checked.
func (c *checker) loose(value any) {
	switch value := value.(type) {
	case Block:
		text, ok := value["text"].(string)
		switch {
		case value["type"] == "mrkdwn" && ok:
			c.set.Texts = append(c.set.Texts, Text{Value: text})
		case value["type"] == "plain_text" && ok:
			c.set.Texts = append(c.set.Texts, Text{Value: mrkdwn.Escape(text), Plain: true})
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			c.loose(value[name])
		}
	case []any:
		for _, inner := range value {
			c.loose(inner)
		}
	}
}
