package telegram

import (
	"context"
	"fmt"
	"strings"
)

// AwaitTopic waits for a topic that is not deleted and whose name contains part, in whichever group, and returns the first of them.
func (s *Server) AwaitTopic(ctx context.Context, part string) (Topic, error) {
	var found Topic
	err := s.WaitFor(ctx, func(v State) bool {
		for _, chat := range v.Chats() {
			for _, t := range v.In(chat.ID).Topics() {
				if t.State != TopicDeleted && strings.Contains(t.Name, part) {
					found = t
					return true
				}
			}
		}
		return false
	})
	if err != nil {
		return Topic{}, fmt.Errorf("wait for a topic %q: %w", part, err)
	}
	return found, nil
}

// AwaitMessage waits for a message of the bot in a topic that contains part and is not deleted, and returns the first of
// them.
func (s *Server) AwaitMessage(ctx context.Context, topicID int64, part string, options ...Option) (Message, error) {
	var found Message
	chat := gesture(options).chat
	err := s.WaitFor(ctx, func(v State) bool {
		for _, m := range v.In(chat).Messages(topicID) {
			if m.FromBot() && !m.Deleted && strings.Contains(m.Text, part) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("wait for a message %q in topic %d: %w", part, topicID, err)
	}
	return found, nil
}
