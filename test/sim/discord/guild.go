package discord

type wireGuild struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Icon        *string    `json:"icon"`
	OwnerID     string     `json:"owner_id"`
	Roles       []wireRole `json:"roles"`
	Emojis      []any      `json:"emojis"`
	Stickers    []any      `json:"stickers"`
	Features    []string   `json:"features"`
	PremiumTier int        `json:"premium_tier"`
	Locale      string     `json:"preferred_locale"`
	MaxMembers  int        `json:"max_members"`

	VerificationLevel int `json:"verification_level"`
	MFALevel          int `json:"mfa_level"`
	NSFWLevel         int `json:"nsfw_level"`
}

func (w *world) wireGuild() wireGuild {
	return wireGuild{
		ID: w.Guild.ID, Name: w.Guild.Name, OwnerID: w.Guild.OwnerID, Roles: w.wireRoles(), Emojis: []any{}, Stickers: []any{},
		Features: []string{}, Locale: "en-US", MaxMembers: 500000,
	}
}

func (c *call) getGuild() (any, *apiError) {
	if err := c.guild(); err != nil {
		return nil, err
	}
	return c.w.wireGuild(), nil
}

func (c *call) getRoles() (any, *apiError) {
	if err := c.guild(); err != nil {
		return nil, err
	}
	return c.w.wireRoles(), nil
}

func (c *call) getMember() (any, *apiError) {
	if err := c.guild(); err != nil {
		return nil, err
	}
	m := c.w.wireFullMember(c.r.PathValue("user"))
	if m == nil {
		return nil, errUnknownMember
	}
	return m, nil
}

// getGuildChannels are the channels that are no threads, whether the bot sees them or not.
func (c *call) getGuildChannels() (any, *apiError) {
	if err := c.guild(); err != nil {
		return nil, err
	}
	out := []*wireChannel{}
	for _, id := range c.w.Order {
		if ch := c.w.Channels[id]; !ch.isThread() && !ch.Deleted {
			out = append(out, c.s.wireChannel(ch))
		}
	}
	return out, nil
}

func (c *call) getMe() (any, *apiError) {
	type me struct {
		wireUser
		Verified   bool    `json:"verified"`
		MFAEnabled bool    `json:"mfa_enabled"`
		Email      *string `json:"email"`
		Flags      int     `json:"flags"`
	}
	return me{wireUser: c.w.bot().wire(), Verified: true}, nil
}

func (c *call) getUser() (any, *apiError) {
	u := c.w.Users[c.r.PathValue("user")]
	if u == nil {
		return nil, errUnknownUser
	}
	return u.wire(), nil
}
