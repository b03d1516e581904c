package office

import (
	"context"
	"strings"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/command"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// messageID is what an operator's message is called everywhere.
func (o *Office) messageID(platformID string) string { return o.Platform + ":" + platformID }

// said relays what an operator wrote, unless it is for the team or for us.
func (o *Office) said(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	line := command.Parse(g.Content, g.Bot)
	switch {
	case strings.TrimSpace(g.Content) == "" && len(g.Files) == 0:
		return ignored(), nil
	case line.Kind == command.Order:
		return o.ordered(ctx, g, c, line)
	case line.Kind == command.Note:
		return Outcome{Result: ResultNoted, Answer: Answer{Mark: Noted}}, nil
	case line.Kind == command.Foreign:
		return ignored(), nil
	}
	return o.relayed(ctx, g, c)
}

func (o *Office) relayed(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	words := receive.Words{MessageID: o.messageID(g.MessageID), Content: g.Content, PlatformIDs: append([]string{g.MessageID}, g.Also...)}
	if g.ReplyTo != "" {
		quoted, err := o.Desk.Shown(ctx, c, g.ReplyTo)
		if err != nil {
			return Outcome{}, err
		}
		words.Quoted = quoted.GetMessage()
	}
	kept, lost, err := o.keep(ctx, g, c)
	if err != nil {
		return Outcome{}, err
	}
	if words.Attachments = kept; len(kept) == 0 && strings.TrimSpace(g.Content) == "" {
		return refusal(lost + " The visitor got nothing."), nil
	}
	out, err := o.store(ctx, c.Said(o.occasion(g), words)...)
	if err == nil && lost != "" {
		out.Answer = Answer{Text: lost + " The rest was sent.", Mark: Refused}
	}
	return out, err
}

// edited relays an operator's correction. What never was a message to the visitor does not become one, and a message
// that becomes a note or a command keeps for the visitor the text that it had.
func (o *Office) edited(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	record, err := o.Desk.Shown(ctx, c, g.MessageID)
	if err != nil {
		return Outcome{}, err
	}
	m, line := record.GetMessage(), command.Parse(g.Content, g.Bot)
	empty := strings.TrimSpace(g.Content) == "" && len(m.GetAttachments()) == 0
	switch {
	case !o.own(m) || m.GetDeletedAt() != nil || m.GetContent() == g.Content || empty:
		return ignored(), nil
	case line.Kind != command.Message:
		return refusal("The visitor still sees the text from before. To take it back, " + takeBack[o.Platform] + "."), nil
	}
	return o.store(ctx, c.Edited(o.occasion(g), m.GetId(), g.Content)...)
}

// own tells a message that an operator wrote on this platform from the copy of one that was written elsewhere.
func (o *Office) own(m *bellhopv1.Message) bool {
	return strings.HasPrefix(m.GetId(), o.messageID("")) && m.GetSender() == receive.SenderOperator
}

// takeBack is how a message is deleted: Telegram tells nobody of a deletion.
var takeBack = map[string]string{"telegram": "reply to it with /delete", "discord": "delete it", "slack": "delete it"}

// deleted follows an operator who deleted a message of his own. Copies of what was written elsewhere are not his: whoever tidies
// up a thread does not mean the visitor's page.
func (o *Office) deleted(ctx context.Context, g Gesture, c *receive.Conversation) (Outcome, error) {
	record, err := o.Desk.Shown(ctx, c, g.MessageID)
	if err != nil {
		return Outcome{}, err
	}
	m := record.GetMessage()
	if !o.own(m) || m.GetDeletedAt() != nil {
		return ignored(), nil
	}
	// The files go first: a message that is said to be deleted leaves none behind. The gesture comes again if they cannot.
	if err := o.drop(ctx, m.GetAttachments()); err != nil {
		return Outcome{}, err
	}
	return o.store(ctx, c.Deleted(o.occasion(g), m.GetId())...)
}
