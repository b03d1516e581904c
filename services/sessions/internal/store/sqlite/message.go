package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Messages reads messages of one session as of one moment; it wraps store.ErrLimit.
func (s *Store) Messages(ctx context.Context, key store.Key, query store.Query) (messages []*sessionsv1.MessageRecord, more bool, err error) {
	err = store.CheckLimit(query.Limit)
	known := false
	if err == nil {
		err = s.read(ctx, func(tx *sql.Tx) (err error) {
			messages, known, err = s.find(ctx, tx, key, query)
			return err
		})
	}
	if err != nil {
		return nil, false, fmt.Errorf("read messages: %w", err)
	}
	messages, more = query.Page(messages, known)
	return messages, more, nil
}

// find reads one message more than the limit where there are as many; known says whether AfterID is a message.
func (s *Store) find(ctx context.Context, tx *sql.Tx, key store.Key, q store.Query) (found []*sessionsv1.MessageRecord, known bool, err error) {
	if len(q.IDs) > 0 {
		view := &store.View{Messages: map[store.Key]map[string]*sessionsv1.MessageRecord{}}
		err = s.loadMessages(ctx, tx, map[store.Key][]string{key: q.IDs}, view)
		return slices.Collect(maps.Values(view.Messages[key])), false, err
	}
	stmt := s.stmt.newest
	args := []any{string(key.Project), string(key.Session)}
	switch {
	case q.Oldest:
		stmt, args, known = s.stmt.createdAfter, append(args, 0), true
	case q.AfterID != "":
		var created int64
		err = tx.StmtContext(ctx, s.stmt.created).QueryRowContext(ctx, args[0], args[1], q.AfterID).Scan(&created)
		if err == nil {
			stmt, args, known = s.stmt.createdAfter, append(args, created), true
		} else if !errors.Is(err, sql.ErrNoRows) {
			return nil, false, err
		}
	case !q.ChangedSince.IsZero():
		stmt, args = s.stmt.changedSince, append(args, q.ChangedSince.UnixMilli())
	case q.ChangedAfter != nil:
		stmt, args = s.stmt.changedAfter, append(args, column(*q.ChangedAfter))
	case q.ContentAfter != nil:
		stmt, args = s.stmt.newContent, append(args, column(*q.ContentAfter))
	}
	rows, err := tx.StmtContext(ctx, stmt).QueryContext(ctx, append(args, q.Limit+1)...)
	found, err = scanRecords(rows, err, func() *sessionsv1.MessageRecord { return &sessionsv1.MessageRecord{} })
	return found, known, err
}

// column fits a sequence that somebody asks about into SQLite's signed integers; no stored one is as large.
func column(seq uint64) int64 { return int64(min(seq, math.MaxInt64)) }
