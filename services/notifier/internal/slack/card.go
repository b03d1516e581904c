package slack

import (
	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
)

// card is a thread's first message: what is known of the visitor, whether the conversation is open, and what can be done.
func card(record *sessionsv1.SessionRecord, closed bool) webapi.Content {
	content := cardText(record, closed).Content()
	close := webapi.Button{Action: webapi.ActionClose, Label: "Close", Danger: true}
	if closed {
		close = webapi.Button{Action: webapi.ActionReopen, Label: "Reopen"}
	}
	read := webapi.Button{Action: webapi.ActionRead, Label: "Mark read"}
	content.Blocks = append(content.Blocks, webapi.Buttons("conversation", close, read))
	return content
}

// cardText begins with the state: Slack has no threads that are closed, so this is where people see it.
func cardText(record *sessionsv1.SessionRecord, closed bool) *webapi.Text {
	t := &webapi.Text{}
	if closed {
		_, name := brief.Closed(record.GetClosedBy())
		t.Emoji("white_check_mark").Plain(" Closed")
		if name != "" {
			t.Plain(" by ").Bold(name)
		}
	} else {
		t.Emoji("large_green_circle").Plain(" Open")
	}
	t.Plain("\n👤 ").Bold(brief.Visitor(record))
	for _, line := range brief.Card(record) {
		t.Plain("\n" + line.Icon + " ").Verbatim(line.Text)
	}
	t.Plain("\n🔖 ").Code(brief.Short(record))
	if !closed {
		t.Plain("\n💬 Reply in the thread to answer")
	}
	return t
}
