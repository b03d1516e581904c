package telegram

import (
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// intent is an update in our terms.
type intent struct {
	// why nothing is done; empty if something is.
	why     string
	gesture office.Gesture
	place   telegram.Place
	message int
	// album is the same for all messages of an album; empty for others.
	album string
	// files of a message, as Telegram describes them.
	files []telegram.FileDescriptor
	// press is the id of a pressed button's query; empty for everything else.
	press string
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
		return classifyMessage(u.Message, office.Said, me)
	case u.EditedMessage != nil:
		return classifyMessage(u.EditedMessage, office.Edited, me)
	case u.Reaction != nil:
		return classifyReaction(u.Reaction, me)
	case u.Callback != nil:
		return classifyPress(u.Callback, me)
	}
	return ignore("an update of another kind")
}

func classifyMessage(m *telegram.Message, kind office.Kind, me self) intent {
	in := intent{place: telegram.Place{Chat: m.Chat.ID, Thread: m.ThreadID}, message: m.ID}
	switch {
	case !me.chats[m.Chat.ID]:
		return ignore("a chat that is not configured")
	case !m.IsTopicMessage || m.ThreadID == 0:
		return ignore("not in a topic")
	case m.IsAutomaticForward:
		return ignore("a channel's post")
	}
	by, human := author(m, me)
	if !human {
		return ignore("not from a human")
	}
	in.gesture = office.Gesture{
		Kind: kind, Chat: decimal(m.Chat.ID), Thread: strconv.Itoa(m.ThreadID), MessageID: strconv.Itoa(m.ID), By: by, Content: m.Content(), Bot: me.username,
	}
	switch {
	case m.TopicClosed != nil:
		in.gesture.Kind = office.ThreadClosed
		return in
	case m.TopicReopened != nil:
		in.gesture.Kind = office.ThreadReopened
		return in
	case strings.TrimSpace(in.gesture.Content) == "" && kind == office.Edited:
		return ignore("an edit without text")
	case strings.TrimSpace(in.gesture.Content) == "" && !m.HasMedia():
		return ignore("a service message")
	}
	if kind == office.Said {
		in.attach(m)
	}
	if m.ReplyTo != nil && m.ReplyTo.ID != m.ThreadID && m.ReplyTo.TopicCreated == nil {
		in.gesture.ReplyTo = strconv.Itoa(m.ReplyTo.ID)
	}
	return in
}

// attach takes in what a message holds besides its text.
func (in *intent) attach(m *telegram.Message) {
	described, ok := m.File()
	switch {
	case ok:
		in.files, in.album = []telegram.FileDescriptor{described}, m.MediaGroupID
	case m.HasMedia():
		in.gesture.Files = []office.File{uncarried(m)}
	}
}

// author is the human who wrote a message; false for bots. An anonymous administrator comes as a bot of Telegram's that speaks
// for the group.
func author(m *telegram.Message, me self) (by receive.Operator, human bool) {
	switch {
	case m.From != nil && m.From.ID == me.id:
		return by, false
	case m.IsAnonymousAdmin(), m.SenderChat != nil: // or somebody who writes as a channel
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
	in := intent{place: telegram.Place{Chat: r.Chat.ID}, message: r.MessageID}
	in.gesture = office.Gesture{Kind: office.Reacted, Chat: decimal(r.Chat.ID), MessageID: strconv.Itoa(r.MessageID)}
	switch {
	case !me.chats[r.Chat.ID]:
		return ignore("a chat that is not configured")
	case r.User != nil && r.User.IsBot:
		return ignore("not from a human")
	case r.User != nil:
		in.gesture.By = operator(r.User.ID, r.User.FirstName, r.User.Username)
	case r.ActorChat != nil:
		in.gesture.By = operator(r.ActorChat.ID, r.ActorChat.Title)
	default:
		return ignore("a reaction of nobody")
	}
	had := map[string]bool{}
	for _, old := range r.Old {
		had[old.Type+old.Emoji] = true
	}
	for _, given := range r.New {
		if !had[given.Type+given.Emoji] {
			in.gesture.Emoji = append(in.gesture.Emoji, given.Emoji)
		}
	}
	if len(in.gesture.Emoji) == 0 {
		return ignore("a reaction taken back")
	}
	return in
}
