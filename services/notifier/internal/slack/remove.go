package slack

import (
	"context"
	"errors"
	"slices"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// maxListed bounds the reading of a thread that is to be removed, in pages of 200.
const maxListed = 100

// Stands lists what the bot has posted to a thread: its messages by their mark, its files by what is known of them. The thread's first
// message is not among it. The others' messages are counted: a bot can't delete them.
func (s *Sender) Stands(ctx context.Context, at deliver.Place, known []string) (ids []string, others int, err error) {
	ids = slices.Clone(known)
	cursor := ""
	for range maxListed {
		page, err := s.api.Replies(ctx, webapi.Place{Channel: at.Chat, Thread: at.Thread}, "", cursor)
		if err != nil {
			return nil, 0, lenient(failure(err))
		}
		for _, m := range page.Messages {
			switch {
			case m.TS == at.Thread || slices.Contains(ids, m.TS):
			case m.Mark.ID != "":
				ids = append(ids, m.TS)
			case showsAny(m, ids):
			case m.BotID != "" && len(m.Files) > 0: // a picture for the team, of which nothing is noted
				for _, f := range m.Files {
					ids = append(ids, f.ID)
				}
			default:
				others++
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return ids, others, nil
}

// showsAny tells a message that Slack has made of one of these files: it goes with the file.
func showsAny(m webapi.Message, ids []string) bool {
	return slices.ContainsFunc(m.Files, func(f webapi.File) bool { return slices.Contains(ids, f.ID) })
}

// Remove deletes the thread's first message, which is the visitor's card.
func (s *Sender) Remove(ctx context.Context, at deliver.Place) error {
	return lenient(failure(s.api.Delete(ctx, webapi.Ref{Channel: at.Chat, TS: at.Thread})))
}

// errNothingTaken says why an incoming webhook leaves everything behind.
var errNothingTaken = errors.New("slack: an incoming webhook can post, and delete nothing")

// Stands is nothing that could be named.
func (h *Hook) Stands(context.Context, deliver.Place, []string) ([]string, int, error) {
	return nil, 0, nil
}

// Remove can't be done by an incoming webhook.
func (h *Hook) Remove(context.Context, deliver.Place) error {
	return &deliver.Failure{Kind: deliver.Refused, Err: errNothingTaken}
}
