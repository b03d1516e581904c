package office

import (
	"context"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// ordered runs a command that was typed.
func (o *Office) ordered(ctx context.Context, g Gesture, c *receive.Conversation, line command.Line) (Outcome, error) {
	in := o.input(g, c)
	if in.Reply = g.ReplyTo != ""; in.Reply {
		var err error
		if in.Quoted, err = o.Desk.Shown(ctx, c, g.ReplyTo); err != nil {
			return Outcome{}, err
		}
	}
	return o.run(ctx, line, in)
}

// pressed runs the command of a button, if it was made for this conversation: what a button says can be made up, or come from
// another thread.
func (o *Office) pressed(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	if g.Key != "" && g.Key != c.Session.Short() {
		return refusal("This button belongs to another conversation."), nil
	}
	return o.run(ctx, command.Line{Kind: command.Order, Word: g.Button}, o.input(g, c))
}

func (o *Office) input(g Gesture, c *receive.Conversation) command.In {
	return command.In{Conversation: c, Occasion: o.occasion(g), Screenshots: o.Screenshots}
}

func (o *Office) run(ctx context.Context, line command.Line, in command.In) (Outcome, error) {
	out := command.Run(line, in)
	if err := o.Desk.Store(ctx, out.Events...); err != nil {
		return Outcome{}, err
	}
	answer := Answer{Text: out.Answer, Asked: out.Asked}
	switch {
	case out.Refused:
		answer.Mark = Refused
	case out.Answer != "":
		answer.Mark = Done
	}
	return Outcome{Result: ResultCommand, Answer: answer}, nil
}

// turned follows a thread that a person closed or reopened by hand.
func (o *Office) turned(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	closing := g.Kind == ThreadClosed
	switch {
	case c.Closed() == closing:
		return ignored(), nil
	case closing:
		return o.store(ctx, c.ThreadClosed(o.occasion(g))...)
	}
	return o.store(ctx, c.ThreadReopened(o.occasion(g))...)
}

// wastebaskets are the reactions that delete a message of the team.
var wastebaskets = []string{"🗑", "🗑️"}

// reacted marks everything as read: whoever reacts has read.
func (o *Office) reacted(ctx context.Context, g Gesture, c *receive.Conversation, on *sessionsv1.MessageRecord) (Outcome, error) {
	occasion := o.occasion(g)
	events := c.Read(occasion, c.Unread)
	if slices.ContainsFunc(g.Emoji, func(e string) bool { return slices.Contains(wastebaskets, e) }) {
		in := command.In{Conversation: c, Occasion: occasion, Reply: true, Quoted: on}
		events = append(events, command.Run(command.Line{Word: "delete"}, in).Events...)
	}
	return o.store(ctx, events...)
}
