package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
)

// Press presses the button with that label, action_id or value under a message, and returns the press; how it went is in
// State().Interaction(id).
func (s *Server) Press(ctx context.Context, ts, button string, options ...Option) (Interaction, error) {
	var pressed Interaction
	err := s.locked(ctx, func(ch *channel) error {
		m := ch.Messages[ts]
		if m == nil || m.Deleted {
			return ErrNoMessage
		}
		b, ok := findButton(m.Buttons, button)
		if !ok {
			return ErrNoButton
		}
		by := s.person(gesture(options))
		i := s.begin("block_actions", *by, ch, m)
		i.ActionID, i.Value = b.ActionID, b.Value
		payload := s.common(i, ch)
		container := fields{"type": "message", "message_ts": m.TS, "channel_id": ch.ID, "is_ephemeral": m.Ephemeral != ""}
		if m.ThreadTS != "" {
			container["thread_ts"] = m.ThreadTS
		}
		payload["container"], payload["message"], payload["state"] = container, s.wireMessage(ch, m), fields{"values": fields{}}
		payload["actions"] = []fields{s.action(ch, b)}
		if err := s.interact(i, payload, nil); err != nil {
			return err
		}
		pressed = *i
		return nil
	})
	return pressed, err
}

func (s *Server) action(ch *channel, b block.Button) fields {
	out := fields{"action_id": b.ActionID, "block_id": b.BlockID, "type": b.Type, "action_ts": ch.nextTS(s.clock.Now())}
	if b.Type == "button" {
		out["text"] = fields{"type": "plain_text", "text": b.Text, "emoji": true}
	}
	if b.Value != "" {
		out["value"] = b.Value
	}
	if b.Style != "" {
		out["style"] = b.Style
	}
	return out
}

func findButton(buttons []block.Button, label string) (block.Button, bool) {
	for _, same := range []func(block.Button) bool{
		func(b block.Button) bool { return b.Text == label || b.ActionID == label || b.Value == label },
		func(b block.Button) bool { return strings.Contains(b.Text, label) },
	} {
		if at := slices.IndexFunc(buttons, same); at >= 0 && label != "" {
			return buttons[at], true
		}
	}
	return block.Button{}, false
}

// Shortcut runs a message shortcut (by its callback_id) on a message.
func (s *Server) Shortcut(ctx context.Context, ts, callbackID string, options ...Option) (Interaction, error) {
	var used Interaction
	err := s.locked(ctx, func(ch *channel) error {
		m := ch.live(ts)
		if m == nil {
			return ErrNoMessage
		}
		i := s.begin("message_action", *s.person(gesture(options)), ch, m)
		i.ActionID = callbackID
		payload := s.common(i, ch)
		payload["callback_id"], payload["message_ts"], payload["action_ts"] = callbackID, m.TS, ch.nextTS(s.clock.Now())
		payload["message"] = s.wireMessage(ch, m)
		if err := s.interact(i, payload, nil); err != nil {
			return err
		}
		used = *i
		return nil
	})
	return used, err
}

// Slash types a slash command, as "/close". In a thread (InThread) it is a SlashInThreadError and nothing is sent.
func (s *Server) Slash(ctx context.Context, command, text string, options ...Option) (Interaction, error) {
	a := gesture(options)
	var typed Interaction
	err := s.locked(ctx, func(ch *channel) error {
		if a.thread != "" {
			return SlashInThreadError{Command: command}
		}
		if s.opts.Commands != nil && !slices.Contains(s.opts.Commands, command) || !s.world.Scopes["commands"] {
			return ErrNoCommand
		}
		by := *s.person(a)
		i := s.begin("slash_command", by, ch, nil)
		i.Command, i.Value = command, text
		form := map[string]string{
			"token": verificationToken, "team_id": TeamID, "team_domain": handle(s.world.TeamName), "channel_id": ch.ID,
			"channel_name": ch.Name, "user_id": by.ID, "user_name": by.Name, "command": command, "text": text, "api_app_id": AppID,
			"response_url": i.ResponseURL, "trigger_id": i.ID, "is_enterprise_install": "false",
		}
		if err := s.askCommand(i, form, func(answer []byte) { s.answerCommand(ch, by, answer) }); err != nil {
			return err
		}
		typed = *i
		return nil
	})
	return typed, err
}

func (s *Server) askCommand(i *Interaction, form map[string]string, then func([]byte)) error {
	values := url.Values{}
	for name, value := range form {
		values.Set(name, value)
	}
	raw, err := json.Marshal(form)
	if err != nil {
		return err
	}
	return s.ask(i, "commands", s.world.Hooks.Commands, "slash_commands", formType, []byte(values.Encode()), raw, then)
}

// answerCommand shows what a command answered: text, or a message as JSON.
func (s *Server) answerCommand(ch *channel, by User, answer []byte) {
	text := strings.TrimSpace(string(answer))
	if text == "" || text == "null" {
		return
	}
	p := &params{values: map[string]string{}}
	if !strings.HasPrefix(text, "{") || p.addJSON(answer) != nil {
		p.values = map[string]string{"text": text}
	}
	if err := s.respond(ch, by.ID, nil, p); err != nil {
		s.strange.add("commands", []string{"an answer that is no message: " + err.Code})
	}
}
