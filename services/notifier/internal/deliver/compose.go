package deliver

import (
	"unicode/utf8"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// joined is how many deliveries at the front of the list make one post.
func (w *work) joined() int {
	first := w.list[0]
	if first.Kind == kindNotice {
		return w.noticed()
	}
	if !w.gathered || !joinable(first) || first.Seq <= w.lane.alone {
		return 1
	}
	n, total := 1, length(first)
	for _, d := range w.list[1:] {
		total += timeMark + length(d)
		if !joinable(d) || d.Message.Message.ReplyTo != "" || total > MaxJoined {
			break
		}
		n++
	}
	return n
}

// noticed is how many notices at the front of the list make one post: all that come together, as nobody edits or answers them.
// One with a file stands alone.
func (w *work) noticed() int {
	n, total := 0, 0
	for _, d := range w.list {
		total += timeMark + utf8.RuneCountInString(d.GetNotice().GetDetail()) + utf8.RuneCountInString(d.GetNotice().GetName())
		alone := len(d.GetNotice().GetAttachments()) > 0 || d.Seq <= w.lane.alone
		if d.Kind != kindNotice || n > 0 && (alone || total > MaxJoined) {
			break
		}
		n++
		if alone {
			break
		}
	}
	return n
}

// cardMark stands among the messages that share a post when the visitor's card does: an edit must show it again. No message
// has such an id, for it begins like the widget's placeholders.
const cardMark = "temp-card"

// timeMark is room for what a platform writes between joined texts.
const timeMark = 16

// joinable tells a visitor's text. A reply may begin a joined post, since the whole post is then the reply.
func joinable(d *sessionsv1.Delivery) bool {
	m := d.GetMessage().GetMessage()
	return d.Kind == kindPost && m.GetSender() == senderVisitor && len(m.GetAttachments()) == 0 && m.GetDeletedAt() == nil
}

func length(d *sessionsv1.Delivery) int {
	return utf8.RuneCountInString(d.GetMessage().GetMessage().GetContent())
}

func (w *work) compose() Post {
	first := w.group[0]
	post := Post{Record: w.record, Card: w.lane.card == cardDue, Plain: w.lane.plain == first.Seq}
	for _, d := range w.group {
		if d.Kind == kindNotice {
			post.Notices = append(post.Notices, d.Notice)
		} else {
			post.Messages = append(post.Messages, d.Message)
		}
	}
	if post.Quoted = first.Quoted; w.lane.noReply != first.Seq {
		post.ReplyTo = w.replyTo(first)
	}
	return post
}

// replyTo is the post that a message answers, if it stands in the present thread.
func (w *work) replyTo(d *sessionsv1.Delivery) *bellhopv1.PlatformMessage {
	at := d.GetReplyTo().GetAt()
	if at == nil {
		at = w.shown[d.GetMessage().GetMessage().GetReplyTo()].GetAt()
	}
	if len(at.GetIds()) == 0 || at.Thread != w.place.Thread || w.Platform.Current(at.Chat) != w.place.Chat {
		return nil
	}
	return at
}

// parts are all messages of the post that a delivery changes.
func parts(d *sessionsv1.Delivery) []*sessionsv1.MessageRecord {
	if len(d.GetJoined()) > 0 {
		return d.Joined
	}
	return []*sessionsv1.MessageRecord{d.Message}
}

func (w *work) standsAt(d *sessionsv1.Delivery) *bellhopv1.PlatformMessage {
	return w.copyOf(d.Message).GetAt()
}

// copyOf is what the platform shows of a message.
func (w *work) copyOf(m *sessionsv1.MessageRecord) *eventv1.Copy {
	if c := w.shown[m.GetMessage().GetId()]; c != nil {
		return c
	}
	return m.GetCopies()[w.Platform.Name()]
}
