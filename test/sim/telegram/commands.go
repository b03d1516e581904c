package telegram

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Command is one entry of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

const maxCommands = 100

func (c *call) setMyCommands() (any, *apiError) {
	var commands []Command
	if _, err := c.p.object("commands", "commands", &commands); err != nil {
		return nil, err
	}
	if len(commands) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for _, command := range commands {
		if !commandName.MatchString(strings.TrimPrefix(command.Command, "/")) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := len([]rune(command.Description)); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	raw, err := json.Marshal(commands)
	if err != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	c.s.world.Commands[c.commandScope()] = raw
	return true, nil
}

func (c *call) getMyCommands() (any, *apiError) {
	if raw := c.s.world.Commands[c.commandScope()]; raw != nil {
		return raw, nil
	}
	return []Command{}, nil
}

func (c *call) deleteMyCommands() (any, *apiError) {
	delete(c.s.world.Commands, c.commandScope())
	return true, nil
}

func (c *call) commandScope() string { return c.p.values["scope"] + "/" + c.p.values["language_code"] }

type wireSticker struct {
	FileID        string `json:"file_id"`
	FileUniqueID  string `json:"file_unique_id"`
	Type          string `json:"type"`
	Width         int    `json:"width"`
	Height        int    `json:"height"`
	IsAnimated    bool   `json:"is_animated"`
	IsVideo       bool   `json:"is_video"`
	Emoji         string `json:"emoji"`
	SetName       string `json:"set_name"`
	CustomEmojiID string `json:"custom_emoji_id"`
}

// topicIcons are some of the icons that every user may put on a topic; the ids are invented.
var topicIcons = []struct{ emoji, id string }{
	{"💬", "5417915203100613993"}, {"❗", "5379748062124056162"}, {"✅", "5237699328843200968"},
	{"⭐", "5235579393115438657"}, {"🔥", "5312241539987020022"}, {"💰", "5350452584119279096"},
	{"📝", "5373251851074415873"}, {"🛒", "5431736674147114227"}, {"❓", "5377316857231450742"},
}

func (c *call) getForumTopicIconStickers() (any, *apiError) {
	stickers := make([]wireSticker, 0, len(topicIcons))
	for _, icon := range topicIcons {
		stickers = append(stickers, wireSticker{
			FileID: "sticker-" + icon.id, FileUniqueID: "u" + icon.id, Type: "custom_emoji", Width: 100, Height: 100,
			IsAnimated: true, Emoji: icon.emoji, SetName: "Topics", CustomEmojiID: icon.id,
		})
	}
	return stickers, nil
}
