package slack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// Channel is what is known of a channel.
type Channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Private  bool   `json:"is_private"`
	Archived bool   `json:"is_archived"`
	// Member: the bot is in it.
	Member bool `json:"is_member"`
	// External: people of other organisations are in it.
	External bool `json:"is_ext_shared"`
}

// ChannelInfo answers what is known of a channel. It is allowed 50 times a minute.
func (c *Client) ChannelInfo(ctx context.Context, channelID string) (Channel, error) {
	result, err := call[struct {
		Channel Channel `json:"channel"`
	}](ctx, c, channelInfo, url.Values{"channel": {channelID}})
	return result.Channel, err
}

// Join makes the bot a member of a public channel. To be one already is a success.
func (c *Client) Join(ctx context.Context, channelID string) error {
	return c.settled(c.do(ctx, joinChannel, url.Values{"channel": {channelID}}))
}

// pageSize is how many messages are asked for at once; Slack recommends no more than 200.
// https://docs.slack.dev/apis/web-api/pagination
const pageSize = 200

// Page is a part of a thread or a channel.
type Page struct {
	Messages []Message
	// Next is the cursor of what follows; empty at the end.
	Next string
}

// Replies answers a thread's messages after oldest (a TS; empty for all), the oldest first, 200 at a time. The thread's first
// message may come in front. cursor is a page's Next; empty for the first. It is allowed 50 times a minute.
func (c *Client) Replies(ctx context.Context, in Place, oldest, cursor string) (Page, error) {
	params := url.Values{"channel": {in.Channel}, "ts": {in.Thread}}
	return c.page(ctx, threadReplies, params, oldest, cursor)
}

// History answers a channel's messages after oldest, the newest first; without answers in threads. Otherwise as Replies.
func (c *Client) History(ctx context.Context, channelID, oldest, cursor string) (Page, error) {
	return c.page(ctx, channelHistory, url.Values{"channel": {channelID}}, oldest, cursor)
}

// CheckThread tells whether a thread is there: nil, or KindThreadGone. Slack may take an answer to one that is not, which nobody
// sees then.
func (c *Client) CheckThread(ctx context.Context, in Place) error {
	params := url.Values{"channel": {in.Channel}, "ts": {in.Thread}, "limit": {"1"}}
	page, err := c.page(ctx, threadReplies, params, "", "")
	if err == nil && (len(page.Messages) == 0 || page.Messages[0].TS != in.Thread) {
		err = &Error{Method: threadReplies.name, HTTPStatus: http.StatusOK, Code: "thread_not_found", threaded: true}
	}
	return err
}

func (c *Client) page(ctx context.Context, m method, params url.Values, oldest, cursor string) (Page, error) {
	set(params, "oldest", oldest)
	set(params, "cursor", cursor)
	if !params.Has("limit") {
		params.Set("limit", strconv.Itoa(pageSize))
	}
	params.Set("include_all_metadata", "true")
	result, err := call[struct {
		Messages []Message `json:"messages"`
		HasMore  bool      `json:"has_more"`
		Metadata struct {
			NextCursor string `json:"next_cursor"`
		} `json:"response_metadata"`
	}](ctx, c, m, params)
	for i := range result.Messages {
		result.Messages[i].Channel = params.Get("channel")
	}
	page := Page{Messages: result.Messages}
	if result.HasMore {
		page.Next = result.Metadata.NextCursor
	}
	return page, err
}

// maxSearched bounds Find, in pages: more messages than that in one thread within minutes are no conversation.
const maxSearched = 10

// errSearched says that a thread is too long to be searched.
var errSearched = errors.New("too many messages to search")

// Find looks for a message that carries the mark, in a thread or, without one, among the channel's own messages, posted after
// oldest (a TS). It is for a Post without an answer: only who has looked knows whether to post again. A Message without a TS
// says that there is none.
func (c *Client) Find(ctx context.Context, in Place, markID, oldest string) (Message, error) {
	cursor := ""
	for range maxSearched {
		var page Page
		var err error
		if in.Thread == "" {
			page, err = c.History(ctx, in.Channel, oldest, cursor)
		} else {
			page, err = c.Replies(ctx, in, oldest, cursor)
		}
		if err != nil {
			return Message{}, err
		}
		for _, m := range page.Messages {
			if m.Mark.ID == markID && markID != "" {
				return m, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			return Message{}, nil
		}
	}
	return Message{}, c.failed(threadReplies, 0, errSearched)
}
