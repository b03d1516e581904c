package telegram

import (
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// replyParameters are sendMessage's reply_parameters.
type replyParameters struct {
	MessageID    int64           `json:"message_id"`
	ChatID       any             `json:"chat_id"`
	Allow        bool            `json:"allow_sending_without_reply"`
	Quote        string          `json:"quote"`
	QuoteMode    string          `json:"quote_parse_mode"`
	QuoteEntity  []markup.Entity `json:"quote_entities"`
	QuotePos     int             `json:"quote_position"`
	ChecklistTID int64           `json:"checklist_task_id"`
}

// target is where a send goes.
type target struct {
	group   *group
	topicID int64
	replyTo int64
	quote   string
	buttons [][]Button
}

func (c *call) sendMessage() (any, *apiError) {
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	to, err := c.target("can_send_messages", "text messages")
	if err != nil {
		return nil, err
	}
	var preview linkPreview
	if _, err := c.p.object("link_preview_options", "link preview options", &preview); err != nil {
		return nil, err
	}
	if err := c.spend(to.group, 1); err != nil {
		return nil, err
	}
	m := c.post(to, f)
	m.PreviewOff = preview.IsDisabled
	return to.group.wireMessage(m), nil
}

// target reads and checks everything of a send but its content.
func (c *call) target(right, what string) (*target, *apiError) {
	buttons, err := c.keyboard()
	if err != nil {
		return nil, err
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	if !g.Rights["can_send_messages"] || !g.Rights[right] {
		return nil, badRequest("not enough rights to send %s to the chat", what)
	}
	t, err := c.sendThread(g)
	if err != nil {
		return nil, err
	}
	to := &target{group: g, buttons: buttons}
	if t != nil {
		to.topicID = t.ID
	}
	if err := c.reply(to); err != nil {
		return nil, err
	}
	if t = g.Topics[to.topicID]; t != nil && t.State == TopicDeleted {
		return nil, errThread
	}
	if t != nil && t.State == TopicClosed && !c.may(g, "can_manage_topics") {
		return nil, badRequest("TOPIC_CLOSED")
	}
	return to, nil
}

// reply resolves reply_parameters. Without a thread id the target's topic is the message's topic.
func (c *call) reply(to *target) *apiError {
	var r replyParameters
	given, err := c.p.object("reply_parameters", "reply parameters", &r)
	if err != nil || !given {
		return err
	}
	m := to.group.live(r.MessageID)
	if m == nil {
		if r.Allow {
			return nil
		}
		return errReplyNotFound
	}
	if r.Quote != "" {
		if markup.Length(r.Quote) > maxQuote || !strings.Contains(m.Text, r.Quote) {
			return badRequest("QUOTE_TEXT_INVALID")
		}
		to.quote = r.Quote
	}
	to.replyTo = m.ID
	if !c.p.has("message_thread_id") {
		to.topicID = m.TopicID
	}
	return nil
}

// post stores one message of the bot.
func (c *call) post(to *target, f formatted) *Message {
	m := to.group.place(&Message{
		TopicID: to.topicID, From: c.s.world.Bot, Date: c.now, Text: f.text, Entities: f.entities,
		ReplyTo: to.replyTo, Quote: to.quote, Buttons: to.buttons, Silent: c.flag("disable_notification"),
		Notified: c.s.notified(f.text, f.entities, c.s.world.Bot.ID),
	})
	c.posted = append(c.posted, m)
	return m
}

// flag is a boolean argument whose malformed value does not matter.
func (c *call) flag(name string) bool {
	set, err := c.p.bool(name)
	if err != nil {
		c.p.warn(name + " is not a Boolean")
	}
	return set
}

var chatActions = map[string]bool{
	"typing": true, "upload_photo": true, "record_video": true, "upload_video": true, "record_voice": true,
	"upload_voice": true, "upload_document": true, "choose_sticker": true, "find_location": true,
	"record_video_note": true, "upload_video_note": true,
}

func (c *call) sendChatAction() (any, *apiError) {
	action := c.p.values["action"]
	if !chatActions[action] {
		return nil, badRequest("wrong parameter action in request")
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	t, err := c.sendThread(g)
	if err != nil {
		return nil, err
	}
	if err := c.spendFrom(g, func(l *chatLimit) *bucket { return l.actions }); err != nil {
		return nil, err
	}
	if t != nil {
		t.Typing, t.TypingEnds = action, c.now.Add(chatActionLasts)
	}
	return true, nil
}
