package discord

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// promised is after how long an answer is promised instead of given: Discord waits for 3 seconds.
	promised = 2 * time.Second
	// interacting bounds what somebody waits for with an open form.
	interacting = 15 * time.Second
	// commandReply is the command that says something to the visitor; optionMessage is what.
	commandReply  = "reply"
	optionMessage = "message"
)

// What is said of a command or a button that did nothing.
const (
	sayElsewhere = "This works in a conversation's thread only."
	sayAgain     = "That could not be stored, please try again."
	sayDone      = "👌"
)

// interaction is an interaction that came by the gateway. It has a lane of its own: whoever gave it waits, and Discord keeps none.
func (s *shift) interaction(ev gateway.Event) plan {
	i, err := api.DecodeInteraction(ev.Data)
	if err != nil {
		return s.skip(ev.Type, err)
	}
	if i.Type != api.InteractionCommand && i.Type != api.InteractionComponent {
		return plan{}
	}
	return plan{lane: "interaction:" + i.ID, do: func(ctx context.Context) error {
		s.interact(context.WithoutCancel(ctx), i)
		return nil
	}}
}

// interact does what an interaction asks for and answers it by a call.
func (b *Bot) interact(ctx context.Context, i *api.Interaction) {
	ctx, cancel := context.WithTimeout(ctx, interacting)
	defer cancel()
	first, later := b.answerTo(ctx, i)
	if err := b.client.Respond(ctx, i.ID, i.Token, first); err != nil {
		b.log.Warn("an interaction could not be answered", zap.Stringer("kind", api.KindOf(err)), zap.Error(err))
	}
	if later != nil {
		b.follow(ctx, i, later)
	}
}

// answerTo does what an interaction asks for. If that takes long, first only promises an answer, which comes by later.
func (b *Bot) answerTo(ctx context.Context, i *api.Interaction) (first api.Answer, later <-chan api.Answer) {
	answers := make(chan api.Answer, 1)
	go func() { answers <- b.outcome(ctx, i) }()
	timer := time.NewTimer(promised)
	defer timer.Stop()
	select {
	case answer := <-answers:
		return answer, nil
	case <-timer.C:
	}
	promise := api.Answer{Type: api.AnswerLater}
	if i.Data.Name != commandReply {
		promise.Message = &api.NewMessage{Flags: api.Ephemeral}
	}
	return promise, answers
}

// follow gives the answer that was promised.
func (b *Bot) follow(ctx context.Context, i *api.Interaction, later <-chan api.Answer) {
	answer := <-later
	edit := api.Edit{}
	if m := answer.Message; m == nil {
		text := sayDone
		edit.Content = &text
	} else {
		edit.Content, edit.Embeds = &m.Content, &m.Embeds
	}
	if _, err := b.client.EditAnswer(ctx, i.ApplicationID, i.Token, edit); err != nil {
		b.log.Warn("a promised answer could not be given", zap.Stringer("kind", api.KindOf(err)), zap.Error(err))
	}
}

// outcome has an interaction done and says what came of it.
func (b *Bot) outcome(ctx context.Context, i *api.Interaction) api.Answer {
	ours, err := b.inThread(ctx, i)
	if err != nil {
		return api.Whisper(sayAgain)
	}
	if !ours {
		b.metrics.Count(office.ResultIgnored)
		return api.Whisper(sayElsewhere)
	}
	out, err := b.office.Handle(ctx, b.interacted(i))
	switch {
	case err != nil:
		b.log.Warn("an interaction could not be stored", zap.Error(err))
		return api.Whisper(sayAgain)
	case out.Answer.Text != "":
		b.metrics.Answered("text")
		return api.Whisper(api.EscapeText(out.Answer.Text))
	case i.Data.Name == commandReply && out.Result == office.ResultStored:
		return said(i)
	case i.Type == api.InteractionComponent:
		return api.Answer{Type: api.AnswerNothing}
	}
	return api.Whisper(sayDone)
}

// said shows the team what was said to the visitor by the command, which nobody else sees.
func said(i *api.Interaction) api.Answer {
	by := operator(i.By(), i.Member)
	text := new(api.Text).Verbatim(i.Data.Text(optionMessage)).Split(api.MaxDescription)
	return api.Answer{Type: api.AnswerMessage, Message: &api.NewMessage{Embeds: []api.Embed{{
		Author: &api.EmbedAuthor{Name: "📨 " + by.Name}, Description: text[0],
	}}}}
}

// inThread tells whether an interaction is about one of our threads.
func (b *Bot) inThread(ctx context.Context, i *api.Interaction) (bool, error) {
	if i.Channel != nil && i.Channel.ParentID != "" {
		return i.Channel.ParentID == b.cfg.Channel, nil
	}
	return b.ours(ctx, i.ChannelID)
}

// interacted is an interaction as a gesture. A command is what it would be if it was typed.
func (b *Bot) interacted(i *api.Interaction) office.Gesture {
	g := office.Gesture{
		Kind: office.Said, EventID: b.eventID("interaction:" + i.ID), Chat: b.cfg.Channel, Thread: i.ChannelID, MessageID: i.ID,
		By: operator(i.By(), i.Member), Bot: botName,
	}
	switch {
	case i.Type == api.InteractionComponent:
		g.Kind, g.MessageID = office.Pressed, ""
		g.Button, _ = strings.CutPrefix(i.Data.CustomID, api.ButtonPrefix)
	case i.Data.Name == commandReply:
		g.EventID = b.eventID(i.ID)
		g.Content = api.Readable(i.Data.Text(optionMessage), nil)
	default:
		g.Content = "/" + i.Data.Name
		for _, option := range i.Data.Options {
			g.Content += " " + i.Data.Text(option.Name)
		}
	}
	return g
}
