package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Load reads what a fold needs as of one moment.
func (s *Store) Load(ctx context.Context, want store.Want) (*store.View, error) {
	view := &store.View{
		Sessions: make(map[store.Key]*sessionsv1.SessionRecord, len(want.Sessions)),
		Messages: make(map[store.Key]map[string]*sessionsv1.MessageRecord, len(want.Messages)),
	}
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if view.Floor, err = scanFloor(tx.StmtContext(ctx, s.stmt.floor).QueryRowContext(ctx, int64(want.Part))); err != nil {
			return err
		}
		if err := s.loadSessions(ctx, tx, want.Sessions, view); err != nil {
			return err
		}
		if err := s.loadWhole(ctx, tx, want.Whole, view); err != nil {
			return err
		}
		return s.loadMessages(ctx, tx, want.Messages, view)
	})
	if err != nil {
		return nil, fmt.Errorf("load part %s: %w", want.Part, err)
	}
	return view, nil
}

func (s *Store) loadSessions(ctx context.Context, tx *sql.Tx, keys []store.Key, view *store.View) error {
	args := make([]any, 0, 2*len(keys))
	for _, k := range keys {
		args = append(args, string(k.Project), string(k.Session))
	}
	return wrap("read sessions", s.stmt.sessions.query(ctx, tx, args, func(rows *sql.Rows) error {
		record := &sessionsv1.SessionRecord{}
		key, err := scanKeyed(rows, record)
		view.Sessions[key] = record
		return err
	}))
}

func (s *Store) loadMessages(ctx context.Context, tx *sql.Tx, wanted map[store.Key][]string, view *store.View) error {
	var args []any
	for k, messages := range wanted {
		for _, m := range messages {
			args = append(args, string(k.Project), string(k.Session), m)
		}
	}
	return wrap("read messages", s.stmt.messages.query(ctx, tx, args, func(rows *sql.Rows) error {
		return scanMessage(rows, view)
	}))
}

// loadWhole reads all messages of sessions.
func (s *Store) loadWhole(ctx context.Context, tx *sql.Tx, keys []store.Key, view *store.View) error {
	for _, k := range keys {
		rows, err := tx.StmtContext(ctx, s.stmt.whole).QueryContext(ctx, string(k.Project), string(k.Session))
		if err := each(rows, err, func(rows *sql.Rows) error { return scanMessage(rows, view) }); err != nil {
			return fmt.Errorf("read all messages: %w", err)
		}
	}
	return nil
}

func scanMessage(rows *sql.Rows, view *store.View) error {
	record := &sessionsv1.MessageRecord{}
	key, err := scanKeyed(rows, record)
	if view.Messages[key] == nil {
		view.Messages[key] = make(map[string]*sessionsv1.MessageRecord)
	}
	view.Messages[key][record.GetMessage().GetId()] = record
	return err
}

// scanKeyed reads project, session and record.
func scanKeyed(rows *sql.Rows, record proto.Message) (store.Key, error) {
	var project, session string
	var raw sql.RawBytes
	if err := rows.Scan(&project, &session, &raw); err != nil {
		return store.Key{}, err
	}
	return store.Key{Project: id.Project(project), Session: id.Session(session)}, decode(raw, record)
}

func decode(raw []byte, record proto.Message) error {
	return wrap("decode record", proto.Unmarshal(raw, record))
}

// Floor is the applied stream sequence of a part.
func (s *Store) Floor(ctx context.Context, part id.Part) (uint64, error) {
	return scanFloor(s.stmt.floor.QueryRowContext(ctx, int64(part)))
}

func scanFloor(row *sql.Row) (uint64, error) {
	var floor int64
	if err := row.Scan(&floor); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read floor: %w", err)
	}
	return uint64(floor), nil
}

// Epoch is the stream that the store was built from.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	var epoch string
	if err := s.stmt.epoch.QueryRowContext(ctx).Scan(&epoch); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read epoch: %w", err)
	}
	return epoch, nil
}

// SetEpoch says which stream that is.
func (s *Store) SetEpoch(ctx context.Context, epoch string) error {
	return wrap("set epoch", s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.StmtContext(ctx, s.stmt.putEpoch).ExecContext(ctx, epoch)
		return err
	}))
}

// Reset forgets everything but the visits.
func (s *Store) Reset(ctx context.Context) error {
	return wrap("reset", s.write(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"meta", "floors", "sessions", "messages", "threads", "copies", "operators", "erasures"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		return nil
	}))
}
