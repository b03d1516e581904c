package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// statusErased is what stands in an erased session's column, so that no list shows it.
const statusErased = "erased"

// erasureRows are the entries by which an erasure is found.
func erasureRows(c store.SessionChange) (args []any) {
	e := c.Record.GetErasure()
	ended := int64(0)
	if e.GetEndedAt() != nil {
		ended = e.GetEndedAt().AsTime().UnixMilli()
	}
	// One without a name is for those that nobody has asked for.
	for _, erasure := range append([]string{""}, e.GetIds()...) {
		args = append(args, string(c.Key.Project), erasure, string(c.Key.Session), ended, int64(e.GetSeq()))
	}
	return args
}

// forget runs statements that remove something of one session.
func (s *Store) forget(ctx context.Context, tx *sql.Tx, key store.Key, statements ...*sql.Stmt) error {
	for _, statement := range statements {
		if _, err := tx.StmtContext(ctx, statement).ExecContext(ctx, string(key.Project), string(key.Session)); err != nil {
			return fmt.Errorf("forget session …%s: %w", key.Session.Short(), err)
		}
	}
	return nil
}

// ByVisitor lists a visitor's sessions and visits.
func (s *Store) ByVisitor(ctx context.Context, project id.Project, visitor string) ([]store.Key, error) {
	return s.keys(ctx, "list a visitor's sessions", s.stmt.byVisitor, string(project), visitor)
}

// ByIdentity lists the sessions of a verified identity.
func (s *Store) ByIdentity(ctx context.Context, project id.Project, identity string, limit int) ([]store.Key, error) {
	return s.keys(ctx, "list an identity's sessions", s.stmt.byIdentity, string(project), identity, limit)
}

// Idle lists sessions in which nothing has happened since an instant.
func (s *Store) Idle(ctx context.Context, project id.Project, since time.Time, silent bool, limit int) ([]store.Key, error) {
	statement := s.stmt.idle
	if silent {
		statement = s.stmt.silent
	}
	return s.keys(ctx, "list idle sessions", statement, string(project), since.UnixMilli(), limit)
}

// Erasing lists erased sessions whose erasure has not ended.
func (s *Store) Erasing(ctx context.Context, limit int) ([]store.Key, error) {
	return s.keys(ctx, "list erasures", s.stmt.erasing, limit)
}

// ErasedBy lists the sessions of an erasure.
func (s *Store) ErasedBy(ctx context.Context, project id.Project, erasure string) ([]store.Key, error) {
	return s.keys(ctx, "find erasure", s.stmt.erasedBy, string(project), erasure)
}

// Erased lists sessions whose erasure has ended before an instant.
func (s *Store) Erased(ctx context.Context, before time.Time, limit int) ([]store.Key, error) {
	return s.keys(ctx, "list ended erasures", s.stmt.erased, before.UnixMilli(), limit)
}

func (s *Store) keys(ctx context.Context, doing string, statement *sql.Stmt, args ...any) ([]store.Key, error) {
	var keys []store.Key
	rows, err := statement.QueryContext(ctx, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var key store.Key
		if err := rows.Scan((*string)(&key.Project), (*string)(&key.Session)); err != nil {
			return err
		}
		keys = append(keys, key)
		return nil
	})
	return keys, wrap(doing, err)
}

// Sweep removes what the indexes and the visits still say of an erased session.
func (s *Store) Sweep(ctx context.Context, key store.Key) error {
	return wrap("sweep", s.write(ctx, func(tx *sql.Tx) error {
		return s.forget(ctx, tx, key, s.stmt.forgetMessages, s.stmt.forgetThreads, s.stmt.forgetCopies, s.stmt.forgetVisit)
	}))
}

// Drop forgets an erased session altogether.
func (s *Store) Drop(ctx context.Context, key store.Key) error {
	return wrap("drop", s.write(ctx, func(tx *sql.Tx) error {
		return s.forget(ctx, tx, key, s.stmt.forgetThreads, s.stmt.forgetCopies, s.stmt.forgetErasures, s.stmt.forgetSession)
	}))
}

// Scrub folds the log into the file and empties it: the log holds pages as they were. A reader that is still at work keeps some
// of it, and then the answer is an error.
func (s *Store) Scrub(ctx context.Context) error {
	if err := s.takeTurn(ctx); err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	defer s.passTurn()
	var busy, logged, folded int
	if err := s.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &folded); err != nil {
		return fmt.Errorf("scrub: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("scrub: a reader holds the log")
	}
	return nil
}
