package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Session reads one session.
func (s *Store) Session(ctx context.Context, key store.Key) (*sessionsv1.SessionRecord, error) {
	record, err := session(s.client.HGet(ctx, keysOf(key).state, "record"))
	if err == nil && record == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	return record, nil
}

// Sessions pages through a project's sessions; it wraps store.ErrToken and store.ErrLimit. The status is compared with
// the records that the list names, so a rare one costs the reading of those in between.
func (s *Store) Sessions(ctx context.Context, project id.Project, status string, limit int, token string) ([]*sessionsv1.SessionRecord, string, error) {
	w := walk{store: s, project: project}
	err := store.CheckLimit(limit)
	if err == nil && token != "" {
		w.at, err = store.ParseCursor(token)
		w.begun = true
	}
	var records []*sessionsv1.SessionRecord
	var last store.Cursor
	for err == nil && !w.ended {
		var page []listed
		page, err = w.next(ctx)
		for _, e := range page {
			if status != "" && e.record.GetSession().GetStatus() != status {
				continue
			}
			if len(records) == limit {
				return records, last.Token(), nil
			}
			records, last = append(records, e.record), e.Cursor
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("list sessions: %w", err)
	}
	return records, "", nil
}

type listed struct {
	store.Cursor
	record *sessionsv1.SessionRecord
}

// walk goes through a project's list, latest activity first.
type walk struct {
	store   *Store
	project id.Project
	at      store.Cursor
	// skip counts the entries with at's score that come before it.
	skip         int64
	begun, ended bool
}

// stride is how many entries are read at once.
const stride = store.MaxLimit + 1

// next reads on. It leaves out entries whose session is not there yet: indexes are written first.
func (w *walk) next(ctx context.Context) ([]listed, error) {
	highest := "+inf"
	if w.begun {
		highest = strconv.FormatInt(w.at.LastActivity, 10)
	}
	entries, err := w.store.client.ZRangeArgsWithScores(ctx, goredis.ZRangeArgs{
		Key: listKey(w.project), Start: highest, Stop: "-inf", ByScore: true, Rev: true, Offset: w.skip, Count: stride,
	}).Result()
	if err != nil {
		return nil, err
	}
	w.ended = len(entries) < stride
	w.skip += int64(len(entries))
	var found []store.Cursor
	for _, e := range entries {
		member, _ := e.Member.(string)
		c := store.Cursor{LastActivity: int64(e.Score), Session: id.Session(member)}
		if w.begun && c.LastActivity == w.at.LastActivity && c.Session >= w.at.Session {
			continue
		}
		found = append(found, c)
	}
	if len(found) > 0 {
		w.at, w.begun, w.skip = found[len(found)-1], true, 0
	}
	return w.records(ctx, found)
}

func (w *walk) records(ctx context.Context, found []store.Cursor) ([]listed, error) {
	if len(found) == 0 {
		return nil, nil
	}
	keys := make([]store.Key, len(found))
	for i, c := range found {
		keys[i] = store.Key{Project: w.project, Session: c.Session}
	}
	pipe := w.store.client.Pipeline()
	answers := getSessions(ctx, pipe, keys)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, goredis.Nil) {
		return nil, err
	}
	page := make([]listed, 0, len(found))
	for i, answer := range answers {
		record, err := session(answer)
		if err != nil {
			return nil, err
		}
		if record != nil && record.GetErasure() == nil {
			page = append(page, listed{found[i], record})
		}
	}
	return page, nil
}
