package discord

import (
	"slices"
	"time"
)

func (c *call) getChannel() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	return c.s.wireChannel(ch), nil
}

type threadList struct {
	Threads []*wireChannel  `json:"threads"`
	Members []*threadMember `json:"members"`
	HasMore *bool           `json:"has_more,omitempty"`
}

func (l *threadList) add(s *Server, ch *channel) {
	l.Threads = append(l.Threads, s.wireChannel(ch))
	if slices.Contains(ch.Joined, s.world.App.ID) {
		l.Members = append(l.Members, s.threadMember(ch, s.world.App.ID))
	}
}

func newThreadList() *threadList {
	return &threadList{Threads: []*wireChannel{}, Members: []*threadMember{}}
}

// activeThreads are the guild's open threads that the bot sees, newest first.
func (c *call) activeThreads() (any, *apiError) {
	if err := c.guild(); err != nil {
		return nil, err
	}
	out := newThreadList()
	for _, id := range slices.Backward(c.w.Order) {
		ch := c.w.Channels[id]
		if ch.isThread() && !ch.Archived && !ch.Deleted && c.w.may(ch, permViewChannel) {
			out.add(c.s, ch)
		}
	}
	return out, nil
}

// archivedThreads are a channel's archived threads, the last archived first.
func (c *call) archivedThreads() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.isThread() {
		return nil, errWrongChannelType
	}
	if err := c.need(ch, permReadHistory); err != nil {
		return nil, err
	}
	limit, err := c.limit(50, 100)
	if err != nil {
		return nil, err
	}
	before, err := c.before()
	if err != nil {
		return nil, err
	}
	var found []*channel
	for _, id := range c.w.Order {
		t := c.w.Channels[id]
		if t.ParentID == ch.ID && t.Archived && !t.Deleted && (before.IsZero() || t.ArchivedAt.Before(before)) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b *channel) int { return b.ArchivedAt.Compare(a.ArchivedAt) })
	more := len(found) > limit
	out := newThreadList()
	out.HasMore = &more
	for _, t := range found[:min(limit, len(found))] {
		out.add(c.s, t)
	}
	return out, nil
}

// before reads ?before= as a time; the zero time if it is missing.
func (c *call) before() (time.Time, *apiError) {
	text := c.r.URL.Query().Get("before")
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		f := newForm(nil)
		f.fail("before", "DATE_TIME_TYPE_PARSE", "Could not parse "+clip(text, 50)+". Should be ISO8601.")
		return t, f.err()
	}
	return t, nil
}

func (c *call) joinThread() (any, *apiError) {
	return c.addMember(c.w.App.ID)
}

// addThreadMember adds a user, which notifies them.
func (c *call) addThreadMember() (any, *apiError) {
	id := c.r.PathValue("user")
	if c.w.Users[id] == nil {
		return nil, errUnknownUser
	}
	return c.addMember(id)
}

func (c *call) addMember(userID string) (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	switch {
	case !ch.isThread():
		return nil, errWrongChannelType
	case ch.Archived:
		return nil, errArchived
	case !c.w.may(ch, permSendInThreads):
		return nil, errMissingPermissions
	}
	if userID != c.w.App.ID && !slices.Contains(ch.Joined, userID) {
		ch.Added = appendNew(ch.Added, c.w.Users[userID].Username)
	}
	ch.join(userID)
	return nil, nil
}
