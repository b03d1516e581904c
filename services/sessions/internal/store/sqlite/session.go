package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Session reads one session.
func (s *Store) Session(ctx context.Context, key store.Key) (*sessionsv1.SessionRecord, error) {
	var raw []byte
	record := &sessionsv1.SessionRecord{}
	err := s.stmt.session.QueryRowContext(ctx, string(key.Project), string(key.Session)).Scan(&raw)
	if err == nil {
		err = decode(raw, record)
	}
	if err != nil {
		return nil, absent("read session", err)
	}
	return record, nil
}

// Sessions pages through a project's sessions; it wraps store.ErrToken and store.ErrLimit.
func (s *Store) Sessions(ctx context.Context, project id.Project, status string, limit int, token string) ([]*sessionsv1.SessionRecord, string, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, "", fmt.Errorf("list sessions: %w", err)
	}
	after := store.Cursor{LastActivity: math.MaxInt64}
	if token != "" {
		var err error
		if after, err = store.ParseCursor(token); err != nil {
			return nil, "", fmt.Errorf("list sessions: %w", err)
		}
	}
	var records []*sessionsv1.SessionRecord
	next := ""
	rows, err := s.stmt.list.QueryContext(ctx, string(project), after.LastActivity, string(after.Session), status, limit+1)
	err = each(rows, err, func(rows *sql.Rows) error {
		if len(records) == limit {
			next = after.Token()
			return nil
		}
		var raw sql.RawBytes
		record := &sessionsv1.SessionRecord{}
		if err := rows.Scan(&after.LastActivity, (*string)(&after.Session), &raw); err != nil {
			return err
		}
		records = append(records, record)
		return decode(raw, record)
	})
	if err != nil {
		return nil, "", fmt.Errorf("list sessions: %w", err)
	}
	return records, next, nil
}

// ByThread finds whose thread it is.
func (s *Store) ByThread(ctx context.Context, project id.Project, platform, chat, thread string) (store.Key, error) {
	key := store.Key{Project: project}
	if err := s.stmt.thread.QueryRowContext(ctx, string(project), platform, chat, thread).Scan((*string)(&key.Session)); err != nil {
		return store.Key{}, absent("find thread", err)
	}
	return key, nil
}

// ByCopy finds which message a platform's message shows.
func (s *Store) ByCopy(ctx context.Context, project id.Project, platform, chat, messageID string) (store.Key, string, error) {
	key := store.Key{Project: project}
	var message string
	if err := s.stmt.copy.QueryRowContext(ctx, string(project), platform, chat, messageID).Scan((*string)(&key.Session), &message); err != nil {
		return store.Key{}, "", absent("find copy", err)
	}
	return key, message, nil
}

// Operators lists a project's operators by id.
func (s *Store) Operators(ctx context.Context, project id.Project) ([]*sessionsv1.Operator, error) {
	rows, err := s.stmt.operators.QueryContext(ctx, string(project))
	operators, err := scanRecords(rows, err, func() *sessionsv1.Operator { return &sessionsv1.Operator{} })
	return operators, wrap("list operators", err)
}

// scanRecords reads rows of one column, the record.
func scanRecords[R proto.Message](rows *sql.Rows, err error, empty func() R) ([]R, error) {
	var records []R
	err = each(rows, err, func(rows *sql.Rows) error {
		var raw sql.RawBytes
		if err := rows.Scan(&raw); err != nil {
			return err
		}
		record := empty()
		records = append(records, record)
		return decode(raw, record)
	})
	if err != nil {
		return nil, err
	}
	return records, nil
}

// absent turns SQL's word for it into the store's.
func absent(doing string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}
