package slack

import (
	"slices"
	"strings"
)

// service says whether the message announces something instead of saying it.
func (m *Message) service() bool {
	return strings.HasPrefix(m.Subtype, "channel_") || strings.HasPrefix(m.Subtype, "group_")
}

func (c *call) postMessage() (fields, *apiError) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	m, err := c.compose(ch)
	if err != nil {
		return nil, err
	}
	c.s.post(ch, m)
	return fields{"channel": ch.ID, "ts": m.TS, "message": c.s.wireMessage(ch, m)}, nil
}

// compose builds the message that a call describes, without placing it.
func (c *call) compose(ch *channel) (*Message, *apiError) {
	said, err := c.content()
	if err != nil {
		return nil, err
	}
	m := &Message{ChannelID: ch.ID, From: *c.s.world.Users[BotUserID], BotID: BotID, Date: c.now}
	if err := c.inThread(ch, m); err != nil {
		return nil, err
	}
	if err := c.identity(m); err != nil {
		return nil, err
	}
	c.s.apply(m, said)
	m.Unfurl = c.unfurls(m.Text)
	return m, nil
}

// identity is what the app calls itself for this message.
func (c *call) identity(m *Message) *apiError {
	v := c.p.values
	m.Username, m.IconEmoji, m.IconURL = v["username"], v["icon_emoji"], v["icon_url"]
	if m.Username == "" && m.IconEmoji == "" && m.IconURL == "" {
		return nil
	}
	if m.Username != "" && m.Subtype == "" {
		m.Subtype = "bot_message"
	}
	return c.needs("chat:write.customize")
}

// inThread checks thread_ts. A reply's ts stands for its root.
func (c *call) inThread(ch *channel, m *Message) *apiError {
	root := c.p.values["thread_ts"]
	if root == "" {
		if slices.Contains([]string{"restricted_action_thread_only_channel", "restricted_action_read_only_channel", "restricted_action"}, ch.Restriction) {
			return refuse(ch.Restriction)
		}
		return nil
	}
	if !isTS(root) {
		return refuse("invalid_thread_ts")
	}
	m.ThreadTS = ch.rootOf(root)
	m.Broadcast = c.p.flag("reply_broadcast")
	if m.Broadcast {
		m.Subtype = "thread_broadcast"
	}
	parent := ch.Messages[m.ThreadTS]
	switch {
	case ch.thread(m.ThreadTS).Locked:
		return refuse("restricted_action_thread_locked")
	case slices.Contains([]string{"restricted_action_non_threadable_channel", "restricted_action_read_only_channel", "restricted_action"}, ch.Restriction):
		return refuse(ch.Restriction)
	case parent == nil || parent.Deleted && !parent.Tombstone:
		c.p.warn("posted into a thread whose root is gone")
		if c.s.opts.RefuseOrphans {
			return refuse("thread_not_found")
		}
	case parent.service() || parent.Ephemeral != "":
		return refuse("cannot_reply_to_message")
	}
	return nil
}

// rootOf is the root of the thread that a message belongs to.
func (ch *channel) rootOf(ts string) string {
	if m := ch.Messages[ts]; m != nil {
		return m.Root()
	}
	return ts
}

// unfurls says whether links of an app's text get a preview: other media unless it is switched off, text only if it
// is switched on.
func (c *call) unfurls(text string) bool {
	links := linksOf(text)
	media := slices.ContainsFunc(links, isMedia)
	return len(links) > 0 && (c.p.flag("unfurl_links") || media && !strings.EqualFold(c.p.values["unfurl_media"], "false"))
}

func (c *call) updateMessage() (fields, *apiError) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	m, err := c.own(ch, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if len([]rune(c.p.values["text"])) > c.s.opts.UpdateLimit {
		return nil, refuse("msg_too_long")
	}
	said, err := c.content()
	if err != nil && (err.Code != "no_text" || len(m.Files) == 0) {
		return nil, err
	}
	if !said.hasBlocks && m.Blocks != nil {
		// Whether blocks survive an update without any has changed over time; the simulator drops them.
		c.p.warn("an update without blocks of a message that has some")
	}
	if c.p.flag("reply_broadcast") && m.ThreadTS != "" && !m.Broadcast {
		m.Broadcast = true
		ch.Timeline = append(ch.Timeline, m.TS)
	}
	c.s.change(ch, m, BotUserID, func() { c.s.apply(m, said) })
	return fields{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": c.s.wireMessage(ch, m)}, nil
}

func (c *call) deleteMessage() (fields, *apiError) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	m, err := c.own(ch, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.s.remove(ch, m)
	return fields{"channel": ch.ID, "ts": m.TS}, nil
}

func (c *call) postEphemeral() (fields, *apiError) {
	ch, err := c.writable("channel")
	if err != nil {
		return nil, err
	}
	user := c.p.values["user"]
	if c.s.world.Users[user] == nil {
		return nil, refuse("user_not_found")
	}
	if !slices.Contains(ch.Members, user) {
		return nil, refuse("user_not_in_channel")
	}
	m, err := c.compose(ch)
	if err != nil {
		return nil, err
	}
	m.Ephemeral, m.Notified = user, nil
	ch.place(m)
	return fields{"message_ts": m.TS}, nil
}

func (c *call) getPermalink() (fields, *apiError) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	m := ch.live(c.p.values["message_ts"])
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return fields{"channel": ch.ID, "permalink": c.s.permalink(m)}, nil
}

func (s *Server) permalink(m *Message) string {
	link := s.base + "/archives/" + m.ChannelID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + m.ChannelID
	}
	return link
}
