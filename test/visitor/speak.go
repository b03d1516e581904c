package visitor

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Sent is the answer to a message.
type Sent struct {
	MessageID   string       `json:"messageId"`
	Timestamp   time.Time    `json:"timestamp"`
	Attachments []Attachment `json:"attachments"`
}

// Send is POST /message. The bubble appears at once under a temporary id and goes again if the server refuses. replyTo is a
// message's id, or empty; files are uploads that are complete.
func (c *Client) Send(ctx context.Context, content, replyTo string, files ...Attachment) (Sent, error) {
	temp := "temp-" + strconv.FormatInt(c.temp.Add(1), 10)
	bubble := &Message{ID: temp, Content: content, Sender: "visitor", Status: "sending", Timestamp: time.Now()}
	c.page.edit(func() { c.page.messages = append(c.page.messages, bubble) })
	request := map[string]any{"sessionId": c.SessionID(), "content": content, "sender": "visitor", "attachmentIds": idsOf(files)}
	if replyTo != "" {
		request["replyTo"] = replyTo
	}
	var sent Sent
	err := c.Call(ctx, http.MethodPost, "/message", request, &sent)
	c.page.edit(func() { c.page.answered(temp, sent, err) })
	return sent, err
}

func idsOf(files []Attachment) []string {
	ids := make([]string, len(files))
	for i, a := range files {
		ids[i] = a.ID
	}
	return ids
}

// answered names the bubble, or removes it. The caller holds mu.
func (p *Page) answered(temp string, sent Sent, err error) {
	bubble := p.find(temp)
	switch {
	case bubble == nil: // the socket was faster
	case err != nil || p.find(sent.MessageID) != nil:
		p.messages = slices.DeleteFunc(p.messages, func(m *Message) bool { return m == bubble })
	default:
		bubble.ID, bubble.Timestamp, bubble.Status, bubble.Attachments = sent.MessageID, sent.Timestamp, "sent", sent.Attachments
	}
}

// Edit is PATCH /message/{id}.
func (c *Client) Edit(ctx context.Context, id, content string) error {
	var answer struct {
		Message struct {
			Content  string    `json:"content"`
			EditedAt time.Time `json:"editedAt"`
		} `json:"message"`
	}
	body := map[string]any{"sessionId": c.SessionID(), "content": content}
	if err := c.Call(ctx, http.MethodPatch, "/message/"+url.PathEscape(id), body, &answer); err != nil {
		return err
	}
	c.page.edit(func() {
		if m := c.page.find(id); m != nil {
			c.page.update(m, Message{Content: answer.Message.Content, EditedAt: answer.Message.EditedAt})
		}
	})
	return nil
}

// Delete is DELETE /message/{id}.
func (c *Client) Delete(ctx context.Context, id string) error {
	var answer struct {
		Deleted bool `json:"deleted"`
	}
	return c.Call(ctx, http.MethodDelete, "/message/"+url.PathEscape(id)+"?sessionId="+url.QueryEscape(c.SessionID()), nil, &answer)
}

// Read is POST /read: the window is open and shows these messages. It answers how many ticks it set.
func (c *Client) Read(ctx context.Context, ids ...string) (int, error) {
	var answer struct {
		Updated int `json:"updated"`
	}
	body := map[string]any{"sessionId": c.SessionID(), "messageIds": ids, "status": "read"}
	err := c.Call(ctx, http.MethodPost, "/read", body, &answer)
	return answer.Updated, err
}

// Types is POST /typing, what the widget does with every keystroke.
func (c *Client) Types(ctx context.Context) error {
	var answer struct{}
	body := map[string]any{"sessionId": c.SessionID(), "sender": "visitor", "isTyping": true}
	return c.Call(ctx, http.MethodPost, "/typing", body, &answer)
}

// History is GET /messages. after is an instant, a message's id, or empty; limit 0 leaves it to the server.
func (c *Client) History(ctx context.Context, after string, limit int) (messages []Message, more bool, err error) {
	query := url.Values{"sessionId": {c.SessionID()}}
	if after != "" {
		query.Set("after", after)
	}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	var answer struct {
		Messages []Message `json:"messages"`
		HasMore  bool      `json:"hasMore"`
	}
	err = c.Call(ctx, http.MethodGet, "/messages?"+query.Encode(), nil, &answer)
	return answer.Messages, answer.HasMore, err
}

// Everything is the whole history, read page by page, oldest first, the way an SDK reads it: from the first message on.
// Its first page is the newest one when a conversation is longer than a page, so first must be its oldest message's id.
func (c *Client) Everything(ctx context.Context, first string) ([]Message, error) {
	var all []Message
	for after := first; ; {
		page, more, err := c.History(ctx, after, 100)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if !more || len(page) == 0 {
			return all, nil
		}
		after = page[len(page)-1].ID
	}
}
