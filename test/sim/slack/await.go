package slack

import (
	"context"
	"fmt"
	"strings"
)

// AwaitThread waits for a root of the app that is not deleted and whose text (the shown one or the one for notifications)
// contains part, and returns the first of them.
func (s *Server) AwaitThread(ctx context.Context, part string) (Thread, error) {
	var found Thread
	err := s.WaitFor(ctx, func(v State) bool {
		for _, t := range v.Threads() {
			if t.Root.FromBot() && !t.Root.Deleted && t.Root.says(part) {
				found = t
				return true
			}
		}
		return false
	})
	if err != nil {
		return Thread{}, fmt.Errorf("wait for a thread %q: %w", part, err)
	}
	return found, nil
}

// AwaitMessage waits for a message of the app in a thread (its root included; "": in the channel itself) that contains part
// and is not deleted, and returns the first of them.
func (s *Server) AwaitMessage(ctx context.Context, threadTS, part string) (Message, error) {
	var found Message
	err := s.WaitFor(ctx, func(v State) bool {
		for _, m := range v.Messages(threadTS) {
			if m.FromBot() && !m.Deleted && m.says(part) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("wait for a message %q in thread %s: %w", part, threadTS, err)
	}
	return found, nil
}

// AwaitInteraction waits until the app has answered a press, shortcut, submission or command, or failed to.
func (s *Server) AwaitInteraction(ctx context.Context, id string) (Interaction, error) {
	var found Interaction
	err := s.WaitFor(ctx, func(v State) bool {
		found = v.Interaction(id)
		return found.Done
	})
	if err != nil {
		return Interaction{}, fmt.Errorf("wait for interaction %s: %w", id, err)
	}
	return found, nil
}

// says says whether people read part of it, in the message or in its notification.
func (m Message) says(part string) bool {
	return strings.Contains(m.Shown, part) || strings.Contains(m.Text, part)
}
