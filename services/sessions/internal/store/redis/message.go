package redis

import (
	"context"
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Messages reads messages of one session in one round trip; it wraps store.ErrLimit.
func (s *Store) Messages(ctx context.Context, key store.Key, query store.Query) (messages []*sessionsv1.MessageRecord, more bool, err error) {
	var values []any
	known := false
	if err = store.CheckLimit(query.Limit); err == nil {
		values, known, err = s.find(ctx, keysOf(key), query)
	}
	if err == nil {
		messages, err = messageRecords(values)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read messages: %w", err)
	}
	messages, more = query.Page(messages, known)
	return messages, more, nil
}

// find reads one message more than the limit where there are as many; known says whether AfterID is a message.
func (s *Store) find(ctx context.Context, k sessionKeys, q store.Query) (values []any, known bool, err error) {
	if len(q.IDs) > 0 {
		ids := slices.Compact(slices.Sorted(slices.Values(q.IDs)))
		values, err = s.client.HMGet(ctx, k.messages, ids...).Result()
		return values, false, err
	}
	kind, argument := "newest", any("")
	switch {
	case q.Oldest:
		kind = "first"
	case q.AfterID != "":
		kind, argument = "after", q.AfterID
	case !q.ChangedSince.IsZero():
		kind, argument = "since", q.ChangedSince.UnixMilli()
	case q.ChangedAfter != nil:
		kind, argument = "changed", *q.ChangedAfter
	case q.ContentAfter != nil:
		kind, argument = "content", *q.ContentAfter
	}
	answers, err := s.run(ctx, []call{{
		script: messagesScript,
		keys:   []string{k.messages, k.created, k.content, k.changed, k.times},
		args:   []any{kind, argument, q.Limit + 1},
	}}, nil)
	if err != nil {
		return nil, false, err
	}
	answer, err := answers[0].Slice()
	if err != nil {
		return nil, false, err
	}
	if len(answer) == 2 {
		if values, ok := answer[1].([]any); ok {
			return values, answer[0] == int64(1), nil
		}
	}
	return nil, false, fmt.Errorf("script answered %d values", len(answer))
}
