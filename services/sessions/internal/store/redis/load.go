package redis

import (
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/proto"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Load reads what a fold needs in one pipeline. What others commit meanwhile makes the fold's own commit a conflict.
func (s *Store) Load(ctx context.Context, want store.Want) (*store.View, error) {
	view := &store.View{
		Sessions: make(map[store.Key]*sessionsv1.SessionRecord, len(want.Sessions)),
		Messages: make(map[store.Key]map[string]*sessionsv1.MessageRecord, len(want.Messages)),
	}
	pipe := s.client.Pipeline()
	floor := pipe.Get(ctx, floorKey(want.Part))
	sessions := getSessions(ctx, pipe, want.Sessions)
	messages := make(map[store.Key]*goredis.SliceCmd, len(want.Messages))
	for k, ids := range want.Messages {
		if len(ids) > 0 {
			messages[k] = pipe.HMGet(ctx, keysOf(k).messages, ids...)
		}
	}
	whole := make([]*goredis.StringSliceCmd, len(want.Whole))
	for i, k := range want.Whole {
		whole[i] = pipe.HVals(ctx, keysOf(k).messages)
	}
	_, err := pipe.Exec(ctx)
	if err == nil || errors.Is(err, goredis.Nil) {
		view.Floor, err = number(floor)
	}
	for i := 0; err == nil && i < len(sessions); i++ {
		var record *sessionsv1.SessionRecord
		if record, err = session(sessions[i]); record != nil {
			view.Sessions[want.Sessions[i]] = record
		}
	}
	if err == nil {
		err = readMessages(messages, view)
	}
	for i := 0; err == nil && i < len(whole); i++ {
		err = readWhole(whole[i], want.Whole[i], view)
	}
	if err != nil {
		return nil, fmt.Errorf("load part %s: %w", want.Part, err)
	}
	return view, nil
}

func readMessages(answers map[store.Key]*goredis.SliceCmd, view *store.View) error {
	for k, answer := range answers {
		values, err := answer.Result()
		if err != nil {
			return err
		}
		records, err := messageRecords(values)
		if err != nil {
			return err
		}
		show(view, k, records)
	}
	return nil
}

func readWhole(answer *goredis.StringSliceCmd, k store.Key, view *store.View) error {
	raw, err := answer.Result()
	if err != nil {
		return err
	}
	values := make([]any, len(raw))
	for i, value := range raw {
		values[i] = value
	}
	records, err := messageRecords(values)
	if err != nil {
		return err
	}
	show(view, k, records)
	return nil
}

// show puts messages into a view.
func show(view *store.View, k store.Key, records []*sessionsv1.MessageRecord) {
	if len(records) > 0 && view.Messages[k] == nil {
		view.Messages[k] = make(map[string]*sessionsv1.MessageRecord, len(records))
	}
	for _, m := range records {
		view.Messages[k][m.GetMessage().GetId()] = m
	}
}

func getSessions(ctx context.Context, pipe goredis.Pipeliner, keys []store.Key) []*goredis.StringCmd {
	answers := make([]*goredis.StringCmd, len(keys))
	for i, k := range keys {
		answers[i] = pipe.HGet(ctx, keysOf(k).state, "record")
	}
	return answers
}

// session reads a session's record, nil when there is none.
func session(answer *goredis.StringCmd) (*sessionsv1.SessionRecord, error) {
	raw, err := answer.Bytes()
	if errors.Is(err, goredis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	record := &sessionsv1.SessionRecord{}
	return record, decode(raw, record)
}

// messageRecords reads what HMGET answers; ids that it doesn't know are nil there.
func messageRecords(values []any) ([]*sessionsv1.MessageRecord, error) {
	records := make([]*sessionsv1.MessageRecord, 0, len(values))
	for _, v := range values {
		raw, found := v.(string)
		if !found {
			continue
		}
		record := &sessionsv1.MessageRecord{}
		if err := decode([]byte(raw), record); err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

func decode(raw []byte, record proto.Message) error {
	return wrap("decode record", proto.Unmarshal(raw, record))
}
