package telegram

import (
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// kind is what an update asks for.
type kind int

const (
	nothing kind = iota
	said
	edited
	ordered
	fileOnly
	topicClosed
	topicReopened
	reacted
)

// intent is an update in our terms.
type intent struct {
	kind kind
	// why nothing is done.
	why     string
	place   telegram.Place
	message int
	by      receive.Operator
	content string
	line    command.Line
	// replyTo is the message that this one answers; 0 for none.
	replyTo int
	// file: there is more than the text. album groups the files of one gesture; may be empty.
	file  bool
	album string
	emoji []string
}

// self is what a bot knows of itself.
type self struct {
	id       int64
	username string
	chats    map[int64]bool
}

// defaultName is an operator whose name Telegram doesn't tell.
const defaultName = "Operator"

func ignore(why string) intent { return intent{why: why} }

// classify reads an update. It asks nobody.
func classify(u *telegram.Update, me self) intent {
	switch {
	case u.Message != nil:
		return classifyMessage(u.Message, me)
	case u.EditedMessage != nil:
		in := classifyMessage(u.EditedMessage, me)
		if in.kind == said || in.kind == ordered || in.why == whyNote {
			in.kind, in.why = edited, ""
		} else if in.kind != nothing {
			return ignore("an edit without text")
		}
		return in
	case u.Reaction != nil:
		return classifyReaction(u.Reaction, me)
	}
	return ignore("an update of another kind")
}

// whyNote is the one reason for doing nothing that an edit must tell apart: the message may have been no note before.
const whyNote = "a note"

func classifyMessage(m *telegram.Message, me self) intent {
	in := intent{place: telegram.Place{Chat: m.Chat.ID, Thread: m.ThreadID}, message: m.ID, file: m.HasMedia(), album: m.MediaGroupID}
	switch {
	case !me.chats[m.Chat.ID]:
		return ignore("a chat that is not configured")
	case !m.IsTopicMessage || m.ThreadID == 0:
		return ignore("not in a topic")
	case m.IsAutomaticForward:
		return ignore("a channel's post")
	}
	var human bool
	if in.by, human = author(m, me); !human {
		return ignore("not from a human")
	}
	switch {
	case m.TopicClosed != nil:
		in.kind = topicClosed
		return in
	case m.TopicReopened != nil:
		in.kind = topicReopened
		return in
	}
	if m.ReplyTo != nil && m.ReplyTo.ID != m.ThreadID && m.ReplyTo.TopicCreated == nil {
		in.replyTo = m.ReplyTo.ID
	}
	return classifyContent(in, m.Content(), me)
}

func classifyContent(in intent, content string, me self) intent {
	in.content = content
	switch in.line = command.Parse(content, me.username); {
	case strings.TrimSpace(content) == "" && in.file:
		in.kind = fileOnly
	case strings.TrimSpace(content) == "":
		return ignore("a service message")
	case in.line.Kind == command.Order:
		in.kind = ordered
	case in.line.Kind == command.Note:
		in.why = whyNote
	case in.line.Kind == command.Foreign:
		return ignore("a command for another bot")
	default:
		in.kind = said
	}
	return in
}

// author is the human who wrote a message; false for bots. An anonymous administrator comes as a bot of Telegram's that speaks
// for the group.
func author(m *telegram.Message, me self) (by receive.Operator, human bool) {
	switch {
	case m.From != nil && m.From.ID == me.id:
		return by, false
	case m.SenderChat != nil:
		return operator(m.SenderChat.ID, m.AuthorSignature, m.SenderChat.Title), true
	case m.From == nil || m.From.IsBot:
		return by, false
	}
	return operator(m.From.ID, m.From.FirstName, m.From.Username), true
}

// operator takes the first name that can be read.
func operator(userID int64, names ...string) receive.Operator {
	by := receive.Operator{ID: platform + ":" + strconv.FormatInt(userID, 10), Name: defaultName}
	for _, name := range names {
		if name = label.Clean(name); name != "" {
			by.Name = name
			break
		}
	}
	return by
}

func classifyReaction(r *telegram.Reaction, me self) intent {
	in := intent{kind: reacted, place: telegram.Place{Chat: r.Chat.ID}, message: r.MessageID}
	switch {
	case !me.chats[r.Chat.ID]:
		return ignore("a chat that is not configured")
	case r.User != nil && r.User.IsBot:
		return ignore("not from a human")
	case r.User != nil:
		in.by = operator(r.User.ID, r.User.FirstName, r.User.Username)
	case r.ActorChat != nil:
		in.by = operator(r.ActorChat.ID, r.ActorChat.Title)
	default:
		return ignore("a reaction of nobody")
	}
	had := map[string]bool{}
	for _, old := range r.Old {
		had[old.Type+old.Emoji] = true
	}
	for _, given := range r.New {
		if !had[given.Type+given.Emoji] {
			in.emoji = append(in.emoji, given.Emoji)
		}
	}
	if len(in.emoji) == 0 {
		return ignore("a reaction taken back")
	}
	return in
}
