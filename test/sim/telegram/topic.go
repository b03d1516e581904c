package telegram

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// topicColors are the icon colours that createForumTopic takes; the first is the default.
var topicColors = []int{7322096, 16766590, 13338331, 9367192, 16749490, 16478047}

func (c *call) createForumTopic() (any, *apiError) {
	name, err := c.topicName()
	if err != nil {
		return nil, err
	}
	if name == "" {
		return nil, badRequest("TOPIC_TITLE_EMPTY")
	}
	color, err := c.p.int("icon_color")
	if err != nil {
		return nil, err
	}
	if color != 0 && !slices.Contains(topicColors, int(color)) {
		return nil, badRequest("invalid icon color specified")
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	if !g.Forum {
		return nil, badRequest("the chat is not a forum")
	}
	if !c.may(g, "can_manage_topics") {
		return nil, badRequest("not enough rights to create a topic")
	}
	if err := c.spend(g, 1); err != nil {
		return nil, err
	}
	t := c.s.openTopic(g, name, int(color), c.p.values["icon_custom_emoji_id"], c.s.self())
	return wireTopic{ThreadID: t.ID, Name: t.Name, IconColor: t.IconColor, IconEmoji: t.IconEmoji}, nil
}

// topicName reads a name. The real server's answer to a name that is too long is not documented; the simulator
// refuses it, so that a client which does not shorten names is noticed.
func (c *call) topicName() (string, *apiError) {
	name, err := c.p.text("name")
	name = strings.TrimSpace(name)
	if err == nil && utf8.RuneCountInString(name) > maxTopicName {
		return "", badRequest("TOPIC_TITLE_TOO_LONG")
	}
	return name, err
}

// openTopic creates a topic and its service message, whose id becomes the topic's. The caller holds mu.
func (s *Server) openTopic(g *group, name string, color int, icon string, by author) *thread {
	orDefault(&color, topicColors[0])
	id := g.NextMessage
	t := &thread{Topic: Topic{
		ID: id, ChatID: g.ID, Name: name, IconColor: color, IconEmoji: icon,
		State: TopicOpen, CreatorID: by.ID, Created: s.clock.Now(),
	}}
	g.Topics[id] = t
	g.Order = append(g.Order, id)
	service := Service{Kind: "topic_created", Name: name, IconColor: color}
	if icon != "" {
		service.IconEmoji = &icon
	}
	s.announce(g, id, by, service)
	return t
}

// announce posts a service message. The bot hears of all of them, its own included.
func (s *Server) announce(g *group, topicID int64, by author, service Service) {
	m := g.place(&Message{TopicID: topicID, From: by.User, Anonymous: by.title, Date: s.clock.Now(), Service: &service})
	s.emitMessage("message", g, m)
}

// managed finds the topic of a method that needs can_manage_topics or the bot to be its creator.
func (c *call) managed() (*group, *thread, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, nil, err
	}
	t, err := c.adminThread(g)
	if err != nil {
		return nil, nil, err
	}
	if !c.may(g, "can_manage_topics") && t.CreatorID != c.s.world.Bot.ID {
		return nil, nil, badRequest("not enough rights to edit the topic")
	}
	return g, t, nil
}

func (c *call) editForumTopic() (any, *apiError) {
	name, err := c.topicName()
	if err != nil {
		return nil, err
	}
	g, t, err := c.managed()
	if err != nil {
		return nil, err
	}
	var icon *string
	if c.p.has("icon_custom_emoji_id") {
		value := c.p.values["icon_custom_emoji_id"]
		icon = &value
	}
	if (name == "" || name == t.Name) && (icon == nil || *icon == t.IconEmoji) {
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	if err := c.spendTopicAction(g); err != nil {
		return nil, err
	}
	c.s.renameTopic(g, t, name, icon, c.s.self())
	return true, nil
}

// renameTopic changes name and icon; "" and nil keep them. The caller holds mu.
func (s *Server) renameTopic(g *group, t *thread, name string, icon *string, by author) {
	service := Service{Kind: "topic_edited", IconEmoji: icon}
	if name != "" && name != t.Name {
		t.Name, service.Name = name, name
	}
	if icon != nil {
		t.IconEmoji = *icon
	}
	s.announce(g, t.ID, by, service)
}

func (c *call) closeForumTopic() (any, *apiError) { return c.setTopicState(TopicClosed) }

func (c *call) reopenForumTopic() (any, *apiError) { return c.setTopicState(TopicOpen) }

func (c *call) setTopicState(state TopicState) (any, *apiError) {
	g, t, err := c.managed()
	if err != nil {
		return nil, err
	}
	if t.State == state {
		return nil, badRequest("TOPIC_NOT_MODIFIED")
	}
	if err := c.spendTopicAction(g); err != nil {
		return nil, err
	}
	c.s.moveTopic(g, t, state, c.s.self())
	return true, nil
}

// moveTopic opens or closes a topic. The caller holds mu.
func (s *Server) moveTopic(g *group, t *thread, state TopicState, by author) {
	t.State = state
	kind := "topic_closed"
	if state == TopicOpen {
		kind = "topic_reopened"
	}
	s.announce(g, t.ID, by, Service{Kind: kind})
}

func (c *call) deleteForumTopic() (any, *apiError) {
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	t, err := c.adminThread(g)
	if err != nil {
		return nil, err
	}
	if !c.may(g, "can_delete_messages") {
		return nil, badRequest("not enough rights to delete the topic")
	}
	g.removeTopic(t)
	return true, nil
}

// removeTopic deletes a topic and its messages. Nobody is told: there is no update for it.
func (g *group) removeTopic(t *thread) {
	t.State = TopicDeleted
	for _, id := range t.MessageIDs {
		g.Messages[id].Deleted = true
	}
}
