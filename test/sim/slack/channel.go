package slack

import "slices"

// wireChannel is a channel as the Web API shows it.
type wireChannel struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	NameNormal  string `json:"name_normalized"`
	IsChannel   bool   `json:"is_channel"`
	IsGroup     bool   `json:"is_group"`
	IsIM        bool   `json:"is_im"`
	IsPrivate   bool   `json:"is_private"`
	IsArchived  bool   `json:"is_archived"`
	IsMember    bool   `json:"is_member"`
	IsGeneral   bool   `json:"is_general"`
	IsShared    bool   `json:"is_shared"`
	IsExtShared bool   `json:"is_ext_shared"`
	IsOrgShared bool   `json:"is_org_shared"`
	Created     int64  `json:"created"`
	Creator     string `json:"creator"`
	NumMembers  int    `json:"num_members,omitempty"`
	Topic       fields `json:"topic"`
	Purpose     fields `json:"purpose"`
}

func (ch *channel) wire() wireChannel {
	note := fields{"value": "", "creator": "", "last_set": 0}
	return wireChannel{
		ID: ch.ID, Name: ch.Name, NameNormal: ch.Name, IsChannel: !ch.Private, IsGroup: false, IsPrivate: ch.Private,
		IsArchived: ch.Archived, IsMember: ch.BotMember, Topic: note, Purpose: note,
	}
}

func (c *call) channelInfo() (fields, *apiError) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	out := ch.wire()
	if c.p.flag("include_num_members") {
		out.NumMembers = len(ch.Members)
	}
	return fields{"channel": out}, nil
}

func (c *call) joinChannel() (fields, *apiError) {
	ch := c.s.world.Channels[c.p.values["channel"]]
	switch {
	case ch == nil:
		return nil, refuse("channel_not_found")
	case ch.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("is_archived")
	case ch.BotMember:
		c.codes = append(c.codes, "already_in_channel")
		return fields{"channel": ch.wire()}, nil
	}
	c.s.join(ch, BotUserID)
	return fields{"channel": ch.wire()}, nil
}

func (c *call) channelMembers() (fields, *apiError) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	from, to, next, err := c.bounds(len(ch.Members))
	if err != nil {
		return nil, err
	}
	return c.paged(fields{"members": slices.Clone(ch.Members[from:to])}, next), nil
}

type memberEvent struct {
	Type        string `json:"type"`
	User        string `json:"user"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	Team        string `json:"team"`
	EventTS     string `json:"event_ts"`
}

// join lets a member in and announces it. The caller holds mu.
func (s *Server) join(ch *channel, user string) {
	if !slices.Contains(ch.Members, user) {
		ch.Members = append(slices.Clip(ch.Members), user)
	}
	if user == BotUserID {
		ch.BotMember = true
	}
	s.announce(ch, user, "channel_join", "<@"+user+"> has joined the channel")
	s.emitMember(ch, "member_joined_channel", user)
	s.touch()
}

// leave takes a member out and announces it. The caller holds mu.
func (s *Server) leave(ch *channel, user string) {
	ch.Members = slices.DeleteFunc(slices.Clone(ch.Members), func(m string) bool { return m == user })
	if user == BotUserID {
		ch.BotMember = false
	}
	s.announce(ch, user, "channel_leave", "<@"+user+"> has left the channel")
	s.emitMember(ch, "member_left_channel", user)
	s.touch()
}

func (s *Server) emitMember(ch *channel, kind, user string) {
	s.emit(ch, kind, kind, kind, memberEvent{
		Type: kind, User: user, Channel: ch.ID, ChannelType: ch.kind()[:1], Team: TeamID, EventTS: ch.nextTS(s.clock.Now()),
	})
}

// announce writes a service message. The caller holds mu.
func (s *Server) announce(ch *channel, user, subtype, text string) {
	m := &Message{ChannelID: ch.ID, From: *s.world.Users[user], Subtype: subtype, Text: text, Date: s.clock.Now()}
	m.Shown = s.plain(text)
	ch.place(m)
	s.emitMessage(ch, m)
}

func (c *call) userInfo() (fields, *apiError) {
	u := c.s.world.Users[c.p.values["user"]]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	profile := fields{
		"real_name": u.RealName, "real_name_normalized": u.RealName, "display_name": u.RealName, "display_name_normalized": u.RealName,
		"team": TeamID, "avatar_hash": "g" + u.ID, "status_text": "", "status_emoji": "",
	}
	for _, size := range []string{"24", "32", "48", "72", "192", "512"} {
		profile["image_"+size] = c.s.base + "/_sim/page/bot.svg"
	}
	if u.Email != "" && c.s.world.Scopes["users:read.email"] {
		profile["email"] = u.Email
	}
	return fields{"user": fields{
		"id": u.ID, "team_id": TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted, "is_bot": u.IsBot,
		"is_app_user": false, "tz": "Europe/Berlin", "tz_label": "Central European Time", "tz_offset": 3600, "profile": profile,
		"updated": c.now.Unix(), "is_admin": false, "is_owner": false,
	}}, nil
}
