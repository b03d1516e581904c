package discord

import (
	"context"
	"fmt"
	"strings"
)

// AwaitThread waits for a thread that is not deleted and whose name contains part, and returns the first of them.
func (s *Server) AwaitThread(ctx context.Context, part string) (Thread, error) {
	var found Thread
	err := s.WaitFor(ctx, func(v State) bool {
		for _, t := range v.Threads() {
			if t.State != ThreadDeleted && strings.Contains(t.Name, part) {
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

// AwaitMessage waits for a message of the bot or of a webhook in a thread that shows part (in its text or an embed) and is
// not deleted, and returns the first of them.
func (s *Server) AwaitMessage(ctx context.Context, threadID, part string) (Message, error) {
	var found Message
	err := s.WaitFor(ctx, func(v State) bool {
		for _, m := range v.Messages(threadID) {
			if m.FromBot() && !m.Deleted && m.Has(part) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("wait for a message %q in thread %s: %w", part, threadID, err)
	}
	return found, nil
}

// AwaitAnswer waits until an interaction is answered or has failed, and returns it.
func (s *Server) AwaitAnswer(ctx context.Context, interactionID string) (Interaction, error) {
	var found Interaction
	err := s.WaitFor(ctx, func(v State) bool {
		found = v.Interaction(interactionID)
		return found.ID != "" && found.Verdict != VerdictWaiting
	})
	if err != nil {
		return Interaction{}, fmt.Errorf("wait for an answer to interaction %s: %w", interactionID, err)
	}
	return found, nil
}
