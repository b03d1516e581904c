package telegram

type wireFullChat struct {
	wireChat
	AccentColorID      int             `json:"accent_color_id"`
	MaxReactionCount   int             `json:"max_reaction_count"`
	Permissions        map[string]bool `json:"permissions,omitempty"`
	AvailableReactions []wireReaction  `json:"available_reactions,omitempty"`
	SlowModeDelay      int             `json:"slow_mode_delay,omitempty"`
}

func chatFullInfo(g *group) wireFullChat {
	out := wireFullChat{
		wireChat: g.wire(), MaxReactionCount: 11, SlowModeDelay: g.SlowMode,
		Permissions: map[string]bool{
			"can_send_messages": true, "can_send_photos": true, "can_send_documents": true,
			"can_manage_topics": false, "can_pin_messages": false,
		},
	}
	for _, emoji := range g.Reactions {
		out.AvailableReactions = append(out.AvailableReactions, wireReaction{Type: "emoji", Emoji: emoji})
	}
	return out
}

type wireMember struct {
	Status          string `json:"status"`
	User            User   `json:"user"`
	CanBeEdited     *bool  `json:"can_be_edited,omitempty"`
	IsAnonymous     *bool  `json:"is_anonymous,omitempty"`
	CanManageChat   *bool  `json:"can_manage_chat,omitempty"`
	CanDelete       *bool  `json:"can_delete_messages,omitempty"`
	CanManageTopics *bool  `json:"can_manage_topics,omitempty"`
	CanPin          *bool  `json:"can_pin_messages,omitempty"`
	CanRestrict     *bool  `json:"can_restrict_members,omitempty"`
	CanPromote      *bool  `json:"can_promote_members,omitempty"`
	CanChangeInfo   *bool  `json:"can_change_info,omitempty"`
	CanInvite       *bool  `json:"can_invite_users,omitempty"`
	UntilDate       *int64 `json:"until_date,omitempty"`
}

// chatMember describes a member; people are administrators with all rights, strangers' bots are members.
func (s *Server) chatMember(g *group, u User, status string) wireMember {
	out := wireMember{Status: status, User: u}
	if u.ID != s.world.Bot.ID {
		out.Status = "administrator"
		if u.IsBot {
			out.Status = "member"
		}
	}
	if out.Status == "kicked" {
		out.UntilDate = new(int64)
	}
	if out.Status != "administrator" {
		return out
	}
	right := func(name string) *bool {
		has := u.ID != s.world.Bot.ID || g.Rights[name]
		return &has
	}
	out.CanBeEdited, out.IsAnonymous = new(bool), new(bool)
	out.CanManageChat, out.CanDelete = right("can_manage_chat"), right("can_delete_messages")
	out.CanManageTopics, out.CanPin = right("can_manage_topics"), right("can_pin_messages")
	out.CanRestrict, out.CanPromote = right("can_restrict_members"), right("can_promote_members")
	out.CanChangeInfo, out.CanInvite = right("can_change_info"), right("can_invite_users")
	return out
}
