package discord

import "time"

// typingLasts is how long others see "is typing" after one call.
const typingLasts = 10 * time.Second

func (c *call) typing() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.Type == typeForum {
		return nil, errNonText
	}
	if err := c.need(ch, sendBit(ch)); err != nil {
		return nil, err
	}
	c.s.startTyping(ch, c.w.bot())
	return nil, nil
}

// startTyping shows that somebody types. The caller holds mu.
func (s *Server) startTyping(ch *channel, by User) {
	now := s.clock.Now()
	ch.TypingUser, ch.TypingEnds = by.ID, now.Add(typingLasts)
	s.emit(event{Name: "TYPING_START", Intent: intentTyping, Channel: ch, Data: raw(map[string]any{
		"channel_id": ch.ID, "guild_id": s.world.Guild.ID, "user_id": by.ID, "timestamp": now.Unix(),
		"member": s.world.wireFullMember(by.ID),
	})})
}
