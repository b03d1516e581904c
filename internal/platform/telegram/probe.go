package telegram

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ProbeTopic does to a group all that conversations need, with a topic of that name: creates, renames, closes, reopens and deletes
// it. The error names the step that failed, and what is left of the topic is deleted. It costs up to five of the group's budget of
// a minute, so it is for a person who asks for it.
func (c *Client) ProbeTopic(ctx context.Context, chat int64, name string) error {
	topic, err := c.CreateForumTopic(ctx, NewTopic{Chat: chat, Name: TopicName(name)})
	if err != nil {
		return fmt.Errorf("create a topic: %w", err)
	}
	at := Place{Chat: chat, Thread: topic.MessageThreadID}
	err = c.turn(ctx, at, name)
	if gone := c.DeleteForumTopic(context.WithoutCancel(ctx), at); gone != nil {
		err = errors.Join(err, fmt.Errorf("delete the topic: %w", gone))
	}
	return err
}

// turn takes a topic through its life.
func (c *Client) turn(ctx context.Context, at Place, name string) error {
	renamed := TopicName(strings.TrimSpace(name) + " ✓")
	if err := c.EditForumTopic(ctx, TopicEdit{Place: at, Name: &renamed}); err != nil {
		return fmt.Errorf("rename the topic: %w", err)
	}
	if err := c.CloseForumTopic(ctx, at); err != nil {
		return fmt.Errorf("close the topic: %w", err)
	}
	if err := c.ReopenForumTopic(ctx, at); err != nil {
		return fmt.Errorf("reopen the topic: %w", err)
	}
	return nil
}
