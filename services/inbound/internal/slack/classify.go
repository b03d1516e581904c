package slack

import (
	"context"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/platform/slack/emoji"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// intent is something that came, in our terms.
type intent struct {
	// why nothing is done; empty if something is.
	why     string
	gesture office.Gesture
	// raw is the text as Slack sends it, userID who, and files what came along: complete makes words, a name and files of them.
	raw, userID string
	files       []slack.File
	// vanished is a thread whose first message was deleted; then there is no gesture.
	vanished string
	// respondAt is where an answer goes to whoever pressed or chose something; empty for an answer in the thread.
	respondAt string
}

func ignore(why string) intent { return intent{why: why} }

// laneOf is the thread that an event belongs to, as far as the event tells.
func laneOf(e slack.Event) string {
	m := e.Message
	switch {
	case e.Changed != nil:
		m.ThreadTS = e.Changed.ThreadTS
	case e.Previous != nil:
		m.ThreadTS = e.Previous.ThreadTS
	case e.Reaction != "":
		m.ThreadTS = e.Item.TS
	}
	return m.Channel + "/" + m.ThreadTS
}

// classify reads an event. It asks nobody.
func (b *Bot) classify(c *slack.Callback, me slack.Identity) intent {
	var in intent
	switch e := c.Event; e.Type {
	case slack.EventMessage:
		in = b.classifyMessage(e, me)
	case slack.EventReactionAdded:
		in = b.classifyReaction(e, me)
	default:
		return ignore("an event of another kind")
	}
	in.gesture.EventID = b.eventID(c.EventID)
	in.gesture.Bot = me.User
	return in
}

func (b *Bot) classifyMessage(e slack.Event, me slack.Identity) intent {
	if e.Channel != b.cfg.Channel {
		return ignore("a channel that is not configured")
	}
	switch e.Subtype {
	case "", slack.SubtypeFileShare, slack.SubtypeBroadcast, slack.SubtypeMe, slack.SubtypeBot:
		return b.said(e.Message, me)
	case slack.SubtypeChanged:
		return b.changed(e, me)
	case slack.SubtypeDeleted:
		return b.deleted(e, me)
	}
	return ignore("a service message")
}

// said is what somebody wrote in a thread.
func (b *Bot) said(m slack.Message, me slack.Identity) intent {
	switch {
	case !m.InThread():
		return ignore("not in a thread")
	case !b.human(m, me):
		return ignore("not from a human")
	case m.ParentUser != "" && m.ParentUser != me.UserID:
		return ignore("in a thread of somebody else")
	}
	return intent{
		gesture: office.Gesture{Kind: office.Said, Chat: b.cfg.Channel, Thread: m.ThreadTS, MessageID: m.TS},
		raw:     m.Text, userID: author(m), files: m.Files,
	}
}

// changed is a correction. Slack says that a message has changed also when a link was unfolded, or somebody answered.
func (b *Bot) changed(e slack.Event, me slack.Identity) intent {
	switch {
	case e.Changed == nil || e.Changed.Subtype == "tombstone":
		return ignore("a change of nothing")
	case e.Previous != nil && e.Previous.Text == e.Changed.Text:
		return ignore("a change of something else than the text")
	case !e.Changed.InThread():
		return ignore("not in a thread")
	case !b.human(*e.Changed, me):
		return ignore("not from a human")
	}
	return intent{
		gesture: office.Gesture{Kind: office.Edited, Chat: b.cfg.Channel, Thread: e.Changed.ThreadTS, MessageID: e.Changed.TS},
		raw:     e.Changed.Text, userID: author(*e.Changed),
	}
}

// deleted is a message that was taken back. Slack does not tell by whom.
func (b *Bot) deleted(e slack.Event, me slack.Identity) intent {
	in := intent{gesture: office.Gesture{Kind: office.Deleted, Chat: b.cfg.Channel, MessageID: e.DeletedTS}}
	switch {
	case e.DeletedTS == "":
		return ignore("a deletion of nothing")
	case e.Previous == nil:
		return in
	case !e.Previous.InThread() && e.Previous.User == me.UserID:
		return intent{vanished: e.DeletedTS}
	case !e.Previous.InThread():
		return ignore("not in a thread")
	case !b.human(*e.Previous, me):
		return ignore("not from a human")
	}
	in.gesture.Thread, in.userID = e.Previous.ThreadTS, author(*e.Previous)
	return in
}

func (b *Bot) classifyReaction(e slack.Event, me slack.Identity) intent {
	switch {
	case e.Item.Channel != b.cfg.Channel || e.Item.TS == "":
		return ignore("a channel that is not configured")
	case e.User == "" || e.User == me.UserID:
		return ignore("not from a human")
	}
	character, known := emoji.Of(e.Reaction)
	if !known {
		character = ":" + e.Reaction + ":"
	}
	return intent{
		gesture: office.Gesture{Kind: office.Reacted, Chat: b.cfg.Channel, MessageID: e.Item.TS, Emoji: []string{character}}, userID: e.User,
	}
}

// human tells people from apps, of which those for tests count as people. Our own messages are nobody's, whoever we call ourselves.
func (b *Bot) human(m slack.Message, me slack.Identity) bool {
	switch {
	case m.User == me.UserID && m.User != "", m.BotID == me.BotID && m.BotID != "", m.AppID == me.AppID && m.AppID != "", m.Mark.ID != "":
		return false
	case m.BotID != "":
		return b.testBots[m.BotID] || b.testBots[m.User] || b.testBots[m.AppID]
	}
	return m.User != ""
}

// author is a message's user; of an app that has none, the app.
func author(m slack.Message) string {
	if m.User != "" {
		return m.User
	}
	return m.BotID
}

// defaultName is an operator whose name Slack doesn't tell.
const defaultName = "Operator"

// operator is who did something.
func (b *Bot) operator(ctx context.Context, userID string) receive.Operator {
	by := receive.Operator{ID: platform + ":" + userID, Name: defaultName}
	if userID == "" || userID[0] == 'B' {
		return by
	}
	if name := b.nameOf(ctx, userID); name != "" {
		by.Name = name
	}
	return by
}
