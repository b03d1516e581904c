package telegram

import (
	"encoding/json"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// Lengths in Unicode code points, counted after parsing; buttons' data in bytes.
const (
	maxText         = 4096
	maxCaption      = 1024
	maxTopicName    = 128
	maxCallbackData = 64
	maxAnswerText   = 200
	maxQuote        = 1024
)

// formatted is a text as it will be stored: what the client formatted and what the server linked.
type formatted struct {
	text     string
	entities []markup.Entity
}

// messageText reads text, parse_mode and entities of sendMessage and editMessageText.
func (c *call) messageText() (formatted, *apiError) {
	raw, err := c.p.text("text")
	if err != nil {
		return formatted{}, err
	}
	if raw == "" {
		return formatted{}, badRequest("message text is empty")
	}
	f, err := c.formatted(raw, c.p.values["parse_mode"], c.p.values["entities"])
	if err != nil {
		return f, err
	}
	if f.text == "" {
		return f, badRequest("message text is empty")
	}
	if markup.Blank(f.text) {
		return f, badRequest("text must be non-empty")
	}
	if markup.Length(f.text) > maxText {
		return f, badRequest("message is too long")
	}
	return f, nil
}

// caption reads a caption with its own parse_mode and entities.
func (c *call) caption(raw, mode, entities string) (formatted, *apiError) {
	f, err := c.formatted(raw, mode, entities)
	if err == nil && markup.Length(f.text) > maxCaption {
		return f, badRequest("message caption is too long")
	}
	return f, err
}

// formatted parses and validates a text. Entities that come with a parse_mode are ignored, as the real server does.
func (c *call) formatted(raw, mode, entityJSON string) (formatted, *apiError) {
	text, entities, failure := markup.Parse(mode, raw)
	if failure != nil {
		return formatted{}, badRequest("%s", failure)
	}
	if mode != "" && entityJSON != "" {
		c.p.warn("parse_mode and entities together")
	} else if entityJSON != "" {
		if err := c.p.decode("entities", []byte(entityJSON), &entities); err != nil {
			return formatted{}, badRequest("can't parse entities JSON object")
		}
	}
	given := len(entities)
	text, entities, failure = markup.Clean(text, entities)
	if failure != nil {
		return formatted{}, badRequest("%s", failure)
	}
	if len(entities) < given {
		c.p.warn("an empty entity was dropped")
	}
	if a, b, found := markup.Overlapping(entities); found {
		c.p.warn("entities " + a.Type + " and " + b.Type + " overlap")
	}
	return formatted{text: text, entities: append(entities, markup.Detect(text, entities)...)}, nil
}

// notified lists the members whom a text pings; the sender is not among them.
func (s *Server) notified(text string, entities []markup.Entity, sender int64) []string {
	names, ids := markup.Mentions(text, entities)
	var out []string
	add := func(u *User) {
		if u != nil && u.ID != sender {
			out = append(out, u.Username)
		}
	}
	for _, name := range names {
		add(s.world.userByUsername(name))
	}
	for _, id := range ids {
		add(s.world.Users[id])
	}
	return out
}

// keyboard reads reply_markup; only inline keyboards have buttons that the simulator keeps.
func (c *call) keyboard() ([][]Button, *apiError) {
	raw := c.p.values["reply_markup"]
	if raw == "" {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &fields) != nil {
		return nil, badRequest("object expected as reply markup")
	}
	if _, ok := fields["inline_keyboard"]; !ok {
		c.p.warn("reply_markup without inline_keyboard")
		return nil, nil
	}
	var keyboard inlineKeyboard
	if err := c.p.decode("reply_markup", []byte(raw), &keyboard); err != nil {
		return nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	for _, row := range keyboard.InlineKeyboard {
		for _, b := range row {
			if err := checkButton(b); err != nil {
				return nil, err
			}
		}
	}
	return keyboard.InlineKeyboard, nil
}

func checkButton(b Button) *apiError {
	kinds := 0
	for _, set := range []bool{b.CallbackData != "", b.URL != "", b.CopyText != nil} {
		if set {
			kinds++
		}
	}
	switch {
	case b.Text == "":
		return badRequest(`can't parse inline keyboard button: Can't find field "text"`)
	case kinds != 1:
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case len(b.CallbackData) > maxCallbackData:
		return badRequest("BUTTON_DATA_INVALID")
	case b.Style != "" && b.Style != "danger" && b.Style != "success" && b.Style != "primary":
		return badRequest("can't parse inline keyboard button: unsupported button style specified")
	}
	return nil
}
