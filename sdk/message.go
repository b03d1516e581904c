package bellhop

import (
	"context"
	"crypto/rand"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// MessageQuery says which messages of a session are wanted; zero for all.
type MessageQuery struct {
	// After is the id of a message: only what came after it is wanted.
	After string
	// PageSize is how many are fetched at once, 1 to 100; 100 unless given.
	PageSize int
}

// Messages are a conversation, the oldest message first. Pages are fetched as they are needed. An error is the last thing of the sequence.
func (c *Client) Messages(ctx context.Context, sessionID string, q MessageQuery) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		after := q.After
		if after == "" {
			t, err := c.Transcript(ctx, sessionID)
			if err != nil {
				yield(Message{}, err)
				return
			}
			last, more := through(t.Messages, yield)
			if !more || !t.Truncated {
				return
			}
			after = last
		}
		for after != "" {
			query := url.Values{"after": {after}, "limit": {strconv.Itoa(pageSize(q.PageSize))}}
			var page struct {
				Messages []Message `json:"messages"`
				HasMore  bool      `json:"hasMore"`
			}
			if err := c.get(ctx, &page, query, "api", "v1", "sessions", sessionID, "messages"); err != nil {
				yield(Message{}, err)
				return
			}
			last, more := through(page.Messages, yield)
			if !more || !page.HasMore {
				return
			}
			after = last
		}
	}
}

// through yields messages, and answers the last one's id and whether more are wanted.
func through(messages []Message, yield func(Message, error) bool) (last string, more bool) {
	for _, m := range messages {
		if !yield(m, nil) {
			return "", false
		}
		last = m.ID
	}
	return last, true
}

// Outgoing is a message to a visitor, in the team's name.
type Outgoing struct {
	// Content is what is said, 1 to 4000 characters.
	Content string
	// OperatorName is who says it; at most 100 characters, none for nobody in particular.
	OperatorName string
	// ReplyTo is the id of the message of the session that this one answers, if any.
	ReplyTo string
	// IdempotencyKey makes what is sent twice under it one message of the session, 1 to 128 bytes of printable text; a random one unless
	// given. Name it after what the message is about ("order-17-shipped") when your own program may be restarted in between.
	IdempotencyKey string
}

// Sent is a message that Bellhop has stored.
type Sent struct {
	MessageID string    `json:"messageId"`
	Timestamp time.Time `json:"timestamp"`
}

// SendMessage says something to a visitor: his page shows it, and so does every platform of the team. When it returns without an error
// the message is stored, once.
func (c *Client) SendMessage(ctx context.Context, sessionID string, m Outgoing) (Sent, error) {
	body := struct {
		IdempotencyKey string `json:"idempotencyKey"`
		Content        string `json:"content"`
		OperatorName   string `json:"operatorName,omitempty"`
		ReplyTo        string `json:"replyTo,omitempty"`
	}{m.IdempotencyKey, m.Content, m.OperatorName, m.ReplyTo}
	if body.IdempotencyKey == "" {
		body.IdempotencyKey = rand.Text()
	}
	var sent Sent
	err := c.post(ctx, &sent, body, "api", "v1", "sessions", sessionID, "reply")
	return sent, err
}
