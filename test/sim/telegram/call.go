package telegram

import (
	"strconv"
	"time"
)

// call is one method call in progress. Server.mu is held for all of its life.
type call struct {
	s       *Server
	p       *params
	now     time.Time
	arrived time.Time // the machine's time, to tell what the client could know
	note    string    // what the answer's description says beside the result
	told    *freeze   // the retry_after that the answer speaks of
	denied  bool      // refused by the budget
	posted  []*Message
	broke   bool // sent while a retry_after was in force
}

// chat finds the group of chat_id, wherever the bot stands to it.
func (c *call) chat() (*group, *apiError) {
	text := c.p.values["chat_id"]
	if text == "" {
		return nil, badRequest("chat_id is empty")
	}
	id, err := strconv.ParseInt(text, 10, 64)
	g := c.s.world.Chats[id]
	if err != nil || g == nil {
		return nil, badRequest("chat not found")
	}
	if g.MigratedTo != 0 {
		refusal := badRequest("group chat was upgraded to a supergroup chat")
		refusal.MigrateTo = g.MigratedTo
		return nil, refusal
	}
	kind := "supergroup chat"
	if g.Type == "group" {
		kind = "group chat"
	}
	switch g.BotStatus {
	case "kicked":
		return nil, forbidden("bot was kicked from the " + kind)
	case "left":
		return nil, forbidden("bot is not a member of the " + kind)
	}
	return g, nil
}

// may says whether the bot has an administrator's right.
func (c *call) may(g *group, right string) bool {
	return g.BotStatus == "administrator" && g.Rights[right]
}

// sendThread finds the topic that a send is for; nil is General, which must not be addressed as thread 1.
func (c *call) sendThread(g *group) (*thread, *apiError) {
	id, err := c.p.int("message_thread_id")
	if err != nil || id == 0 {
		return nil, err
	}
	t := g.Topics[id]
	if !g.Forum || t == nil || t.State == TopicDeleted {
		return nil, errThread
	}
	return t, nil
}

// adminThread finds the topic of a forum method.
func (c *call) adminThread(g *group) (*thread, *apiError) {
	if !g.Forum {
		return nil, badRequest("the chat is not a forum")
	}
	id, err := c.p.int("message_thread_id")
	if err != nil {
		return nil, err
	}
	t := g.Topics[id]
	if t == nil {
		return nil, badRequest("TOPIC_ID_INVALID")
	}
	if t.State == TopicDeleted {
		return nil, badRequest("TOPIC_DELETED")
	}
	return t, nil
}

// message finds the message of message_id, or refuses with the text given.
func (c *call) message(g *group, missing string) (*Message, *apiError) {
	id, err := c.p.int("message_id")
	if err != nil {
		return nil, err
	}
	if id == 0 {
		return nil, errMessageID
	}
	m := g.live(id)
	if m == nil {
		return nil, badRequest("%s", missing)
	}
	return m, nil
}

func (c *call) getMe() (any, *apiError) {
	return wireMe{
		User: c.s.world.Bot, CanJoinGroups: true, CanReadAll: !c.s.opts.PrivacyMode, SupportsInline: false,
	}, nil
}

func (c *call) getChat() (any, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	return chatFullInfo(g), nil
}

func (c *call) getChatMember() (any, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	id, err := c.p.int("user_id")
	if err != nil {
		return nil, err
	}
	u := c.s.world.Users[id]
	if u == nil {
		return nil, badRequest("member not found")
	}
	return c.s.chatMember(g, *u, g.BotStatus), nil
}
