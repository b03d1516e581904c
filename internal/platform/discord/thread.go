package discord

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// ChannelType is what a channel is. https://discord.com/developers/docs/resources/channel#channel-object-channel-types
type ChannelType int

// The channels that Bellhop meets.
const (
	ChannelText               ChannelType = 0
	ChannelAnnouncement       ChannelType = 5
	ChannelAnnouncementThread ChannelType = 10
	ChannelPublicThread       ChannelType = 11
	ChannelPrivateThread      ChannelType = 12
	ChannelForum              ChannelType = 15
	ChannelMedia              ChannelType = 16
)

// IsForum tells whether everything in it is a thread.
func (t ChannelType) IsForum() bool { return t == ChannelForum || t == ChannelMedia }

// IsThread tells threads of every sort.
func (t ChannelType) IsThread() bool {
	return t == ChannelAnnouncementThread || t == ChannelPublicThread || t == ChannelPrivateThread
}

// Channel is a channel or a thread, with the fields that Bellhop reads.
type Channel struct {
	ID       string      `json:"id"`
	Type     ChannelType `json:"type"`
	GuildID  string      `json:"guild_id"`
	ParentID string      `json:"parent_id"`
	OwnerID  string      `json:"owner_id"`
	Name     string      `json:"name"`
	Flags    int         `json:"flags"`
	// Tags are a forum's, and AppliedTags the ids of a post's.
	Tags          []Tag       `json:"available_tags"`
	AppliedTags   []string    `json:"applied_tags"`
	LastMessageID string      `json:"last_message_id"`
	Overwrites    []Overwrite `json:"permission_overwrites"`
	// Thread is nil for what is no thread.
	Thread *ThreadState `json:"thread_metadata"`
}

// RequiresTag tells whether a forum takes only posts with a tag.
func (c *Channel) RequiresTag() bool { return c.Flags&(1<<4) != 0 }

// Tag is one of a forum's.
type Tag struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Moderated tags are for whoever may manage threads.
	Moderated bool `json:"moderated"`
}

// ThreadState tells whether a thread is open. Discord archives idle threads by itself, so only a locked one was closed by somebody.
type ThreadState struct {
	Archived    bool `json:"archived"`
	Locked      bool `json:"locked"`
	AutoArchive int  `json:"auto_archive_duration"` // minutes
	// TurnedAt is when it was archived or opened last.
	TurnedAt time.Time `json:"archive_timestamp"`
}

// Closed tells whether somebody closed the thread.
func (c *Channel) Closed() bool { return c.Thread != nil && c.Thread.Archived && c.Thread.Locked }

// Post is a thread of a forum with its first message, which has the thread's id.
type Post struct {
	Channel
	Message Message `json:"message"`
}

// NewThread is a thread to be opened. Name has 1 to MaxThreadName code points, see ThreadName.
type NewThread struct {
	Name string
	// AutoArchive is 1 h, 1, 3 or 7 days; 0 for the channel's own.
	AutoArchive time.Duration
	// Tags are ids of a forum's tags, at most MaxTags.
	Tags []string
}

type threadBody struct {
	Name        string       `json:"name"`
	AutoArchive int          `json:"auto_archive_duration,omitempty"`
	Tags        []string     `json:"applied_tags,omitempty"`
	Message     *messageBody `json:"message,omitempty"`
}

func (t NewThread) wire() threadBody {
	return threadBody{Name: t.Name, AutoArchive: int(t.AutoArchive / time.Minute), Tags: t.Tags}
}

// CreatePost opens a thread in a forum with its first message, in one call.
func (c *Client) CreatePost(ctx context.Context, forum string, t NewThread, first NewMessage) (Post, error) {
	body, message := t.wire(), first.wire()
	body.Message = &message
	return call[Post](ctx, c, request{
		method: http.MethodPost, route: "/channels/{channel}/threads", args: []string{forum}, body: body, files: first.Files,
	})
}

// StartThread opens a public thread on a message of a text channel; its id is the message's. A second time it is KindThreadExists.
func (c *Client) StartThread(ctx context.Context, channel, message string, t NewThread) (Channel, error) {
	t.Tags = nil
	return call[Channel](ctx, c, request{
		method: http.MethodPost, route: "/channels/{channel}/messages/{message}/threads", args: []string{channel, message}, body: t.wire(),
	})
}

// ThreadEdit changes what is not nil. Renaming is limited to twice in 10 minutes, which no header tells.
type ThreadEdit struct {
	Name     *string   `json:"name,omitempty"`
	Archived *bool     `json:"archived,omitempty"`
	Locked   *bool     `json:"locked,omitempty"`
	Tags     *[]string `json:"applied_tags,omitempty"`
}

// EditThread changes a thread; reason, which may be empty, is for the server's audit log.
func (c *Client) EditThread(ctx context.Context, thread string, e ThreadEdit, reason string) (Channel, error) {
	e.Tags = list(e.Tags)
	return call[Channel](ctx, c, request{
		method: http.MethodPatch, route: "/channels/{channel}", args: []string{thread}, body: e, reason: reason,
	})
}

// GetChannel answers what a channel or thread is.
func (c *Client) GetChannel(ctx context.Context, channel string) (Channel, error) {
	return call[Channel](ctx, c, request{method: http.MethodGet, route: "/channels/{channel}", args: []string{channel}})
}

// DeleteChannel deletes a thread and all its messages.
func (c *Client) DeleteChannel(ctx context.Context, channel, reason string) error {
	return c.run(ctx, request{method: http.MethodDelete, route: "/channels/{channel}", args: []string{channel}, reason: reason})
}

// threads is a list of threads.
type threads struct {
	Threads []Channel `json:"threads"`
	HasMore bool      `json:"has_more"`
}

// ActiveThreads are the threads of a server that are not archived, in all of its channels.
func (c *Client) ActiveThreads(ctx context.Context, guild string) ([]Channel, error) {
	found, err := call[threads](ctx, c, request{method: http.MethodGet, route: "/guilds/{guild}/threads/active", args: []string{guild}})
	return found.Threads, err
}

// ArchivedThreads are up to limit archived public threads of a channel, the last archived first; more tells that there are others.
func (c *Client) ArchivedThreads(ctx context.Context, channel string, before time.Time, limit int) (list []Channel, more bool, err error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if !before.IsZero() {
		query.Set("before", before.UTC().Format(time.RFC3339Nano))
	}
	found, err := call[threads](ctx, c, request{
		method: http.MethodGet, route: "/channels/{channel}/threads/archived/public", args: []string{channel}, query: query,
	})
	return found.Threads, found.HasMore, err
}
