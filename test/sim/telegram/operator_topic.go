package telegram

import "context"

// inTopic finds a topic that is not deleted and lets a person act in it.
func (s *Server) inTopic(ctx context.Context, topicID int64, options []Option, do func(*group, *thread, author)) error {
	return s.locked(ctx, options, func(g *group, a act) error {
		t := g.Topics[topicID]
		if t == nil || t.State == TopicDeleted {
			return ErrNoTopic
		}
		do(g, t, s.person(a))
		return nil
	})
}

// CreateTopic opens a topic by hand.
func (s *Server) CreateTopic(ctx context.Context, name string, options ...Option) (Topic, error) {
	var made Topic
	err := s.locked(ctx, options, func(g *group, a act) error {
		if !g.Forum {
			return ErrNoTopic
		}
		made = s.topicView(s.openTopic(g, name, 0, "", s.person(a)))
		return nil
	})
	return made, err
}

// CloseTopic closes a topic; a closed one stays as it is.
func (s *Server) CloseTopic(ctx context.Context, topicID int64, options ...Option) error {
	return s.setState(ctx, topicID, TopicClosed, options)
}

// ReopenTopic opens a closed topic.
func (s *Server) ReopenTopic(ctx context.Context, topicID int64, options ...Option) error {
	return s.setState(ctx, topicID, TopicOpen, options)
}

func (s *Server) setState(ctx context.Context, topicID int64, state TopicState, options []Option) error {
	return s.inTopic(ctx, topicID, options, func(g *group, t *thread, by author) {
		if t.State != state {
			s.moveTopic(g, t, state, by)
		}
	})
}

// RenameTopic gives a topic another name.
func (s *Server) RenameTopic(ctx context.Context, topicID int64, name string, options ...Option) error {
	return s.inTopic(ctx, topicID, options, func(g *group, t *thread, by author) {
		if name != "" && name != t.Name {
			s.renameTopic(g, t, name, nil, by)
		}
	})
}

// DeleteTopic deletes a topic and its messages. The bot is not told; its next send finds no thread.
func (s *Server) DeleteTopic(ctx context.Context, topicID int64, options ...Option) error {
	return s.inTopic(ctx, topicID, options, func(g *group, t *thread, _ author) { g.removeTopic(t) })
}

// PinMessage pins a message.
func (s *Server) PinMessage(ctx context.Context, messageID int64, options ...Option) error {
	return s.locked(ctx, options, func(g *group, a act) error {
		m := g.live(messageID)
		if m == nil {
			return ErrNoMessage
		}
		m.Pinned = true
		s.announce(g, m.TopicID, s.person(a), Service{Kind: "pinned", Ref: m.ID})
		return nil
	})
}
