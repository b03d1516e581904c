package discord

import (
	"encoding/json"
	"fmt"
	"strings"
)

// InteractionType is what somebody did. https://discord.com/developers/docs/interactions/receiving-and-responding
type InteractionType int

// What can be done.
const (
	InteractionPing      InteractionType = 1
	InteractionCommand   InteractionType = 2
	InteractionComponent InteractionType = 3
)

// Interaction is a command that was given, a button that was pressed, or Discord's question whether anybody is there.
type Interaction struct {
	ID            string          `json:"id"`
	ApplicationID string          `json:"application_id"`
	Type          InteractionType `json:"type"`
	GuildID       string          `json:"guild_id"`
	ChannelID     string          `json:"channel_id"`
	Channel       *Channel        `json:"channel"`
	Member        *Member         `json:"member"`
	User          *User           `json:"user"` // instead of Member where there is no server
	// Token answers the interaction for 15 minutes: a secret until then.
	Token   string   `json:"token"`
	Message *Message `json:"message"` // the one that a button stands on
	Data    Given    `json:"data"`
}

// Given is a command with its options, or a button.
type Given struct {
	Name     string        `json:"name"`
	Options  []GivenOption `json:"options"`
	CustomID string        `json:"custom_id"`
}

// GivenOption is one argument of a command.
type GivenOption struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// Text is an option as a text: itself, or a number or truth value as JSON has it. Empty for what is not there.
func (g Given) Text(name string) string {
	for _, option := range g.Options {
		if option.Name != name {
			continue
		}
		var text string
		if json.Unmarshal(option.Value, &text) == nil {
			return text
		}
		if raw := string(option.Value); !strings.ContainsAny(raw, "{[") && raw != "null" {
			return raw
		}
	}
	return ""
}

// By is who did it; nil for a ping.
func (i *Interaction) By() *User {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

// DecodeInteraction reads INTERACTION_CREATE and the body of a posted interaction.
func DecodeInteraction(data []byte) (*Interaction, error) {
	var i Interaction
	if err := json.Unmarshal(data, &i); err != nil {
		return nil, fmt.Errorf("decode interaction: %w", plain(err))
	}
	if i.Type == InteractionPing {
		return &i, nil // what else it holds does not matter
	}
	if i.Type <= 0 || !IsID(i.ID) {
		return nil, fmt.Errorf("decode interaction: %w", errNoID)
	}
	return &i, nil
}
