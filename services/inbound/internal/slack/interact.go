package slack

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// interaction hands in a press of a button, or a shortcut that was chosen on a message.
func (b *Bot) interaction(i *slack.Interaction) arrival {
	thread := i.Message.ThreadTS
	if thread == "" {
		thread = i.Message.TS
	}
	return arrival{lane: i.Channel + "/" + thread, do: func(ctx context.Context) error {
		gestures := b.pressed(i, thread)
		if len(gestures) == 0 {
			b.metrics.Count(office.ResultIgnored)
		}
		for _, g := range gestures {
			g.Chat, g.Thread = b.cfg.Channel, thread
			g.By = b.operator(ctx, i.UserID)
			if name := label.Clean(i.UserName); g.By.Name == defaultName && name != "" {
				g.By.Name = name
			}
			if err := b.hand(ctx, intent{gesture: g, userID: i.UserID, respondAt: i.ResponseURL}); err != nil {
				return err
			}
		}
		return nil
	}}
}

// buttons are what may be pressed, or chosen on a message.
var buttons = []string{slack.ActionClose, slack.ActionReopen, slack.ActionRead}

// shortcutDelete takes back the message that it was chosen on.
const shortcutDelete = "delete"

func (b *Bot) pressed(i *slack.Interaction, thread string) []office.Gesture {
	if i.Channel != b.cfg.Channel || thread == "" {
		return nil
	}
	var gestures []office.Gesture
	switch i.Type {
	case slack.TypeBlockActions:
		for _, action := range i.Actions {
			if slices.Contains(buttons, action.ID) {
				id := b.eventID(strings.Join([]string{"press", i.UserID, i.Message.TS, action.ID, action.TS}, ":"))
				gestures = append(gestures, office.Gesture{Kind: office.Pressed, EventID: id, Button: action.ID})
			}
		}
	case slack.TypeMessageAction:
		id := b.eventID("shortcut:" + i.TriggerID)
		switch {
		case slices.Contains(buttons, i.CallbackID):
			gestures = append(gestures, office.Gesture{Kind: office.Pressed, EventID: id, Button: i.CallbackID})
		case i.CallbackID == shortcutDelete:
			// As if it had been typed as an answer to the message.
			gestures = append(gestures, office.Gesture{Kind: office.Said, EventID: id, Content: "/" + shortcutDelete, ReplyTo: i.Message.TS})
		}
	}
	return gestures
}

// atLarge are the commands that need no conversation: a slash command comes from none, because Slack refuses it in threads.
var atLarge = []string{"online", "offline"}

// slash runs a slash command.
func (b *Bot) slash(c *slack.Command) arrival {
	return arrival{lane: c.Channel + "/", do: func(ctx context.Context) error {
		in := intent{userID: c.UserID, respondAt: c.ResponseURL}
		word, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(c.Text)), " ")
		if !slices.Contains(atLarge, word) {
			b.metrics.Count(office.ResultAnswered)
			b.answers.ask(answer{to: in, Answer: office.Answer{Text: slashHelp, Mark: office.Refused}})
			return nil
		}
		by := b.operator(ctx, c.UserID)
		occasion := receive.Occasion{EventID: b.eventID("command:" + c.TriggerID), At: time.Now().Truncate(time.Millisecond), By: by}
		nowhere := &receive.Conversation{Thread: receive.Thread{Project: b.opts.Project, Platform: platform}}
		out := command.Run(command.Line{Kind: command.Order, Word: word}, command.In{Conversation: nowhere, Occasion: occasion})
		if err := b.opts.Desk.Store(ctx, out.Events...); err != nil {
			return err
		}
		b.metrics.Count(office.ResultCommand)
		b.answers.ask(answer{to: in, Answer: office.Answer{Text: out.Answer, Mark: office.Done}})
		return nil
	}}
}

const slashHelp = "Here: online, or offline, for what visitors see of you. Slack takes no slash commands in threads: " +
	"in the thread of a conversation write !help, !close and the like, or press the buttons."
