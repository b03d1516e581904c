package discord

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// React puts an operator's reaction on a message.
func (s *Server) React(ctx context.Context, messageID, emoji string, options ...Option) error {
	return s.reacts(ctx, messageID, emoji, options, true)
}

// Unreact takes an operator's reaction away; "" takes all of the operator's.
func (s *Server) Unreact(ctx context.Context, messageID, emoji string, options ...Option) error {
	return s.reacts(ctx, messageID, emoji, options, false)
}

func (s *Server) reacts(ctx context.Context, messageID, emoji string, options []Option, add bool) error {
	return s.locked(ctx, func() error {
		m := s.world.Messages[messageID]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		by, ch := s.person(gesture(options)), s.world.Channels[m.ChannelID]
		if emoji != "" {
			s.react(ch, m, by, sameEmoji(emoji), add)
			return nil
		}
		for _, r := range slices.Clone(m.Reactions) {
			if r.UserID == by.ID && !add {
				s.react(ch, m, by, r.Emoji, false)
			}
		}
		return nil
	})
}

// Press presses the button with that label (or that custom id) under a message, and returns the press.
func (s *Server) Press(ctx context.Context, messageID, button string, options ...Option) (Interaction, error) {
	var pressed Interaction
	err := s.locked(ctx, func() error {
		m := s.world.Messages[messageID]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		id := buttonID(m.Buttons, button)
		if id == "" {
			return ErrNoButton
		}
		i := &interaction{Interaction: Interaction{
			Type: InteractionComponent, User: s.person(gesture(options)), ChannelID: m.ChannelID, MessageID: m.ID, CustomID: id,
		}}
		s.begin(i, wireComponentData{CustomID: id, ComponentType: componentButton, ID: 2})
		pressed = s.interactionView(i)
		return nil
	})
	return pressed, err
}

func buttonID(buttons [][]Button, label string) string {
	for _, row := range buttons {
		for _, b := range row {
			if label != "" && b.CustomID != "" && !b.Disabled &&
				(b.Label == label || b.CustomID == label || strings.Contains(b.Label, label)) {
				return b.CustomID
			}
		}
	}
	return ""
}

// Slash runs a command of the bot in a thread, or in the operators' channel if threadID is "". The command must have been
// registered; values are what an operator typed, by the option's name.
func (s *Server) Slash(ctx context.Context, threadID, name string, values map[string]any, options ...Option) (Interaction, error) {
	var begun Interaction
	err := s.locked(ctx, func() error {
		ch, err := s.writeIn(threadID)
		if err != nil {
			return err
		}
		cmd := s.world.command(strings.TrimPrefix(name, "/"))
		if cmd == nil {
			return ErrNoCommand
		}
		data := wireCommandData{ID: cmd.ID, Name: cmd.Name, Type: cmd.Type, GuildID: s.world.Guild.ID}
		known := 0
		for _, o := range cmd.Options {
			value, given := values[o.Name]
			if !given && o.Required {
				return ErrNoCommand
			}
			if !given {
				continue
			}
			known++
			text, err := json.Marshal(value)
			if err != nil {
				return ErrNoCommand
			}
			data.Options = append(data.Options, wireCommandOption{Name: o.Name, Type: o.Type, Value: text})
		}
		if known != len(values) {
			return ErrNoCommand
		}
		i := &interaction{Interaction: Interaction{
			Type: InteractionCommand, User: s.person(gesture(options)), ChannelID: ch.ID, Command: cmd.Name, Options: values,
		}}
		s.begin(i, data)
		begun = s.interactionView(i)
		return nil
	})
	return begun, err
}
